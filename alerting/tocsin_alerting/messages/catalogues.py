"""The translations of messages and pages, as gettext reads them from `locale/<language>/<domain>.po`.

They are compiled in memory: what translators edit is what is read, and no compiled file can be older than it.
"""

from __future__ import annotations

import functools
import gettext
import io
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ORIGINAL = "en"
"""The language of the code itself; it has no catalogue."""


def locale_folder() -> Traversable:
    """Where the catalogues lie: a folder for each language, in it a file for each domain."""
    return files("tocsin_alerting.messages") / "locale"


@functools.cache
def languages() -> tuple[str, ...]:
    """The languages that messages are written in: the original first, then those with catalogues."""
    return (ORIGINAL, *sorted(folder.name for folder in locale_folder().iterdir() if folder.is_dir()))


@functools.cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The translations of a language from all its domains; what none of them knows stays English."""
    whole = gettext.NullTranslations()
    if language == ORIGINAL:
        return whole
    for path in sorted((locale_folder() / language).iterdir(), key=lambda path: path.name, reverse=True):
        if path.name.endswith(".po"):
            read = _compiled(read_catalogue(path))
            read.add_fallback(whole)
            whole = read
    return whole


def read_catalogue(path: Traversable) -> Catalog:
    """One file of translations.

    Raises:
        babel.messages.pofile.PoFileError: it is no catalogue.
    """
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _compiled(catalogue: Catalog) -> gettext.GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
