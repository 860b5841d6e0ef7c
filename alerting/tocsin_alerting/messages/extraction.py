"""`make catalogues`: collects every sentence of the code and the templates, and brings the catalogues up to date.

What is new is added empty, what is gone is taken out, and nothing is guessed from what looks alike. The same code gives
the same files: sentences are sorted and neither places nor dates stand in them, so that a change is as small as it is.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

DOMAINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"messages": ("messages",), "bulletins": ("messages/bulletins",), "pages": ("web",)}
)
"""What each file of a catalogue is made from: folders of the package. The narrowest folder counts."""
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "phrase": None,
    "phrase_in": ((1, "c"), 2),
}
"""What marks a sentence: see `phrases`, `language` and `binding`."""
_METHODS = {".py": "python", ".j2": "jinja2", ".html": "jinja2"}
_PACKAGE = Path(__file__).parent.parent
_LOCALE = Path(__file__).parent / "locale"
_HEADER = """# {name} of Tocsin in {language}.
# Status: machine-translated, not yet read by a native speaker.
msgid ""
msgstr ""
"Language: {tag}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"
"""


def sentences(domain: str, package: Path = _PACKAGE) -> Catalog:
    """Every sentence that a domain's code and templates say, in English.

    Args:
        domain: one of `DOMAINS`.
        package: the folder of the package.
    """
    found = Catalog(charset="utf-8")
    for path in _files(domain, package):
        with path.open("rb") as file:
            for line, message, comments, context in extract(
                _METHODS[path.suffix], file, KEYWORDS, options={"silent": "false"}
            ):
                where = path.relative_to(package).as_posix()
                found.add(message, None, [(where, line)], auto_comments=comments, context=context)
    return found


def updated(written: str | None, found: Catalog, *, tag: str, domain: str) -> str:
    """A catalogue with just the sentences that are found, each translated as before.

    Args:
        written: the file as it is; None where there is none.
        found: what the code says.
        tag: the language.
        domain: what the file is for.
    """
    catalogue = Catalog(locale=tag, charset="utf-8")
    before = catalogue if written is None else read_po(io.BytesIO(written.encode()), locale=tag, abort_invalid=True)
    for message in found:
        if not message.id:
            continue
        known = before.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        kept = known is not None and isinstance(known.id, str) == isinstance(message.id, str)
        catalogue.add(message.id, known.string if known is not None and kept else None, context=message.context)
    out = io.BytesIO()
    write_po(out, catalogue, width=100, no_location=True, omit_header=True, sort_output=True)
    head = _head(written) or _HEADER.format(
        name=domain.capitalize(),
        language=Locale.parse(tag).english_name,
        tag=tag,
        plurals=catalogue.plural_forms,
    )
    body = out.getvalue().decode().strip("\n")
    return f"{head}\n{body}\n" if body else head


def _head(written: str | None) -> str | None:
    """The beginning of a file: translators say there who has read it."""
    return None if written is None else written.partition("\n\n")[0].rstrip("\n") + "\n"


def _files(domain: str, package: Path) -> Iterator[Path]:
    narrower = [
        package / folder
        for other, folders in DOMAINS.items()
        for folder in folders
        if other != domain and any(folder.startswith(f"{own}/") for own in DOMAINS[domain])
    ]
    for folder in DOMAINS[domain]:
        for path in sorted((package / folder).rglob("*")):
            if path.suffix in _METHODS and not any(path.is_relative_to(each) for each in narrower):
                yield path


def update(tags: Iterable[str], locale: Path = _LOCALE) -> list[Path]:
    """Bring the catalogues of some languages up to date; the files that are different now."""
    changed = []
    for domain in DOMAINS:
        found = sentences(domain)
        for tag in tags:
            path = locale / tag / f"{domain}.po"
            written = path.read_text(encoding="utf-8") if path.is_file() else None
            text = updated(written, found, tag=tag, domain=domain)
            if text != written:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                changed.append(path)
    return changed


def main() -> None:
    """Update every catalogue, and say what changed and how much is left to translate."""
    tags = sorted(path.name for path in _LOCALE.iterdir() if path.is_dir())
    changed = {path.relative_to(_LOCALE) for path in update(tags)}
    for path in sorted(_LOCALE.glob("*/*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, abort_invalid=True)
        missing = sum(1 for message in catalogue if message.id and not is_translated(message))
        name = path.relative_to(_LOCALE)
        if missing or name in changed:
            print(f"{name}: {'updated' if name in changed else 'as it was'}; {missing} sentences to translate")


def is_translated(message: Message) -> bool:
    """Whether a sentence is said in the catalogue's language, in each of its plural forms."""
    said = message.string
    return bool(said) if isinstance(said, str) or said is None else all(said)


if __name__ == "__main__":
    main()
