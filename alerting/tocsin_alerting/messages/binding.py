"""Words bound to a reader's language, for templates: `words.headline(view)` is said in that language."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from markupsafe import Markup, escape

from tocsin_alerting.messages import comparison, guidance, judged, quiet, weighed, words
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import Phrase


class Bound:
    """A module of words, whose phrases are said and whose functions speak in one language.

    A function that takes a `Language` first takes the rest of its arguments; a phrase is its translation, and so are
    the phrases of a table.
    """

    def __init__(self, module: ModuleType, language: Language) -> None:
        self._module = module
        self._language = language

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._module, name)
        said = self._said(found)
        self.__dict__[name] = said
        return said

    def _said(self, found: Any) -> Any:
        if isinstance(found, Phrase):
            return self._language.say(found)
        if isinstance(found, Mapping):
            return {
                key: self._language.say(value) if isinstance(value, Phrase) else value for key, value in found.items()
            }
        if inspect.isfunction(found) and next(iter(inspect.signature(found).parameters), None) == "language":
            return functools.partial(found, self._language)
        return found


@functools.lru_cache(maxsize=4096)
def bound(module: ModuleType, language: Language) -> Any:
    """A module of words in a language."""
    return Bound(module, language)


def template_words(language: Language, *, html: bool) -> dict[str, Any]:
    """What templates speak by: the modules of words, and `_`, `ngettext` and `pgettext` for their own sentences.

    Args:
        language: the reader's.
        html: whether the template is HTML: sentences are then escaped, and so is what is put in their places unless it
            is markup already.
    """
    speak = _marked_up if html else _plain
    return {
        "language": language,
        "words": bound(words, language),
        "comparison": bound(comparison, language),
        "guidance": bound(guidance, language),
        "judged": bound(judged, language),
        "quiet": bound(quiet, language),
        "weighed": bound(weighed, language),
        "_": speak(language.gettext),
        "gettext": speak(language.gettext),
        "pgettext": speak(language.pgettext),
        "ngettext": speak(language.ngettext),
        "npgettext": speak(language.npgettext),
    }


def _plain(translate: Any) -> Any:
    return translate


def _marked_up(translate: Any) -> Any:
    def said(*messages: Any, **values: object) -> Markup:
        whole = escape(translate(*messages, **{name: _Place(name) for name in values}))
        return whole.format(**values) if values else whole

    return said


class _Place:
    """Stays in a sentence as its place, so that the sentence is escaped before anything is put there."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return f"{{{self._name}}}"
