"""The catalogues: whole, certain, and with the places of the English."""

from __future__ import annotations

import importlib
import pkgutil
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from tocsin_alerting import messages
from tocsin_alerting.messages.catalogues import languages, locale_folder, read_catalogue
from tocsin_alerting.messages.extraction import DOMAINS, is_translated, sentences
from tocsin_alerting.messages.phrases import Phrase

TRANSLATED = languages()[1:]


def _catalogue(tag: str, domain: str) -> Catalog:
    return read_catalogue(Path(str(locale_folder())) / tag / f"{domain}.po")


def _places(said: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(said) if name is not None}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_sentence_is_said_in_every_language_with_the_same_places(tag: str, domain: str) -> None:
    """Nobody gets half a message in English, a guess, or a sentence without the name that belongs in it."""
    catalogue = _catalogue(tag, domain)
    for message in catalogue:
        if not message.id:
            continue
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())

        assert is_translated(message), f"{tag}/{domain}.po: {ids[0]!r} is not translated"
        assert not message.fuzzy, f"{tag}/{domain}.po: {ids[0]!r} is a guess"
        assert len(said) == (1 if len(ids) == 1 else catalogue.num_plurals), ids[0]
        for form in said:
            assert _places(str(form)) == _places(ids[-1]), f"{tag}/{domain}.po: {ids[0]!r} has other places"


@pytest.mark.parametrize("tag", TRANSLATED)
def test_the_same_sentence_is_said_the_same_in_messages_and_on_pages(tag: str) -> None:
    """Who comes from a mail finds its words on the page; and only one of two could be said at all."""
    said: dict[tuple[str | None, str], set[str]] = {}
    for domain in DOMAINS:
        for message in _catalogue(tag, domain):
            if message.id:
                said.setdefault((message.context, str(message.id)), set()).add(str(message.string))

    assert {sentence: each for sentence, each in said.items() if len(each) > 1} == {}


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_line_of_french_begins_with_a_colon(domain: str) -> None:
    """French puts a space before it, at which nothing may be broken; likewise before `;`, `?` and `!`."""
    broken = [
        str(message.string)
        for message in _catalogue("fr", domain)
        if message.id and re.search(r" [:;?!»]|« ", str(message.string))
    ]

    assert broken == []


@pytest.mark.parametrize("tag", TRANSLATED)
@pytest.mark.parametrize("domain", DOMAINS)
def test_a_catalogue_says_who_has_read_it(tag: str, domain: str) -> None:
    """Readers can find out whether a person who speaks the language stands behind the words."""
    beginning = (Path(str(locale_folder())) / tag / f"{domain}.po").read_text(encoding="utf-8")[:400]

    assert re.search(r"^# Status: \S", beginning, re.MULTILINE)
    assert f'"Language: {tag}\\n"' in beginning


@pytest.mark.parametrize("tag", TRANSLATED)
def test_no_label_is_translated_and_no_mark_is_lost(tag: str) -> None:
    """TLP and the marks of exercises are the same in every language, so no catalogue has a word for them."""
    for domain in DOMAINS:
        for message in _catalogue(tag, domain):
            if isinstance(message.id, str) and "TLP:" in message.id:
                assert set(re.findall(r"TLP:[A-Z+]+", message.id)) == set(
                    re.findall(r"TLP:[A-Z+]+", str(message.string))
                )


def test_every_phrase_of_the_modules_is_in_the_catalogues() -> None:
    """A phrase that the extraction does not see would be English in every language."""
    found = {
        (message.id, message.context)
        for domain in DOMAINS
        for message in sentences(domain)
        if isinstance(message.id, str)
    }
    marked = {(phrase.message, phrase.context) for phrase in _phrases()}

    assert len(marked) > 200
    assert marked <= found


def _phrases() -> Iterator[Phrase]:
    for module in pkgutil.walk_packages(messages.__path__, f"{messages.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            yield from _within(value)


def _within(value: Any) -> Iterator[Phrase]:
    if isinstance(value, Phrase):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _within(each)
