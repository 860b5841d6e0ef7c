"""How sentences come from the code into the catalogues."""

from __future__ import annotations

from pathlib import Path

import pytest

from tocsin_alerting.messages.catalogues import languages, locale_folder
from tocsin_alerting.messages.extraction import DOMAINS, sentences, updated

CODE = """
TABLE = {"a": phrase("First sentence."), "b": phrase_in("meaning", "word")}
def said(language):
    return language.ngettext("{count} thing", "{count} things", 2) + language.gettext("Second sentence.")
"""


@pytest.fixture(name="package")
def _package(tmp_path: Path) -> Path:
    (tmp_path / "messages/bulletins").mkdir(parents=True)
    (tmp_path / "messages/words.py").write_text(CODE)
    (tmp_path / "messages/page.txt.j2").write_text("{{ _('In a template.') }}")
    (tmp_path / "messages/bulletins/storm.py").write_text("X = phrase('Of a bulletin.')")
    return tmp_path


def test_every_marked_sentence_is_found(package: Path) -> None:
    """In Python and in templates; a context tells two meanings apart, and what another domain has is left to it."""
    found = sentences("messages", package)

    assert {message.id for message in found if message.id} == {
        "First sentence.",
        "word",
        ("{count} thing", "{count} things"),
        "Second sentence.",
        "In a template.",
    }
    assert found.get("word", "meaning") is not None
    assert [message.id for message in sentences("bulletins", package) if message.id] == ["Of a bulletin."]


def test_an_update_keeps_what_is_translated_adds_what_is_new_and_takes_out_what_is_gone(package: Path) -> None:
    """And what translators write at the beginning of the file stays."""
    first = updated(None, sentences("messages", package), tag="fr", domain="messages")
    translated = first.replace('msgid "First sentence."\nmsgstr ""', 'msgid "First sentence."\nmsgstr "Première."')
    read = translated.replace("not yet read by a native speaker", "read by A. B.")
    (package / "messages/page.txt.j2").write_text("{{ _('Another.') }}")
    second = updated(read, sentences("messages", package), tag="fr", domain="messages")

    assert 'msgstr "Première."' in second
    assert 'msgid "Another."\nmsgstr ""' in second
    assert "In a template." not in second
    assert "read by A. B." in second
    assert "nplurals=3" in second


def test_the_same_code_gives_the_same_file(package: Path) -> None:
    """So that a change of a sentence is the only change that is seen."""
    first = updated(None, sentences("messages", package), tag="ja", domain="messages")

    assert updated(first, sentences("messages", package), tag="ja", domain="messages") == first
    assert str(package) not in first


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_catalogues_have_just_the_sentences_of_the_code(domain: str) -> None:
    """Whoever changes a sentence runs `make catalogues` and translates it in the same change."""
    found = sentences(domain)
    for tag in languages()[1:]:
        written = (Path(str(locale_folder())) / tag / f"{domain}.po").read_text(encoding="utf-8")

        assert written == updated(written, found, tag=tag, domain=domain), f"{tag}/{domain}.po: run `make catalogues`"
