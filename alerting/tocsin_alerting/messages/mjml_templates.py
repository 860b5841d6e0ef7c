"""Mail templates in MJML: turned into tables that every mail client shows alike, once, before anything is filled in.

The frame is compiled as it lies in the file, with Jinja's braces in it; Jinja then fills the HTML in and escapes it.
The other way round a `<` in a title would be read as MJML. See docs/decisions/0031-mjml-before-jinja.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from jinja2 import BaseLoader, Environment
from mjml import mjml2html

MJML_SUFFIX = ".mjml.j2"
_NOT_COMPILED = re.compile(r"</?(mj-?[\w-]*)")


class MjmlError(ValueError):
    """A template that MJML does not understand."""


class MjmlLoader(BaseLoader):
    """Hands out another loader's templates, those in MJML as the HTML they stand for."""

    def __init__(self, files: BaseLoader) -> None:
        self._files = files

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """The template's source as Jinja is to read it.

        Raises:
            MjmlError: it is no MJML, or has a tag that MJML does not know.
        """
        source, path, fresh = self._files.get_source(environment, template)
        return (compiled(source, template) if template.endswith(MJML_SUFFIX) else source), path, fresh


def compiled(source: str, name: str) -> str:
    """A whole MJML document as HTML.

    Raises:
        MjmlError: it is no MJML, or has a tag that MJML does not know; the library passes those on in silence.
    """
    try:
        # No fonts from elsewhere: opening a mail would tell their host.
        html = mjml2html(source, fonts={})
    except ValueError as error:
        raise MjmlError(f"{name}: {error}") from error
    unknown = _NOT_COMPILED.search(html)
    if unknown is not None:
        raise MjmlError(
            f"{name}: MJML does not know <{unknown[1]}> where it stands; see https://documentation.mjml.io/"
        )
    return html
