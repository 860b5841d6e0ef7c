"""What is wrong with a form, for people: the faults that rules report in English, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup

from tocsin_alerting.messages import words
from tocsin_alerting.messages.language import Language
from tocsin_alerting.web import page_words
from tocsin_schemas.errors import Problem
from tocsin_schemas.vocabulary import Severity

_NEEDED = re.compile(re.escape(page_words.EVIDENCE_NEEDED.message).replace(r"\{severity\}", "([a-z]+)"))
_ONE_OF = "Use one of: "


def problems_said(language: Language, problems: Iterable[Problem]) -> Markup:
    """Faults one after the other; what has no translation stays English and is marked as English."""
    return Markup(" ").join(problem_said(language, problem) for problem in problems)


def problem_said(language: Language, problem: Problem) -> Markup:
    """One fault: the field, what is wrong with it, and what to do."""
    field = page_words.FIELDS.get(problem.field)
    message = _message(language, problem.message)
    fix = _fix(language, problem.fix)
    if field is None or message is None or fix is None:
        return Markup('<span lang="en" dir="ltr">{}</span>').format(str(problem))
    return Markup("{}: {}").format(language.say(field), language.sentences([message, fix]))


def _message(language: Language, english: str) -> str | None:
    known = page_words.FAULTS.get(english)
    if known is not None:
        return language.say(known)
    needed = _NEEDED.fullmatch(english)
    if needed is not None:
        return language.say(page_words.EVIDENCE_NEEDED, severity=_severity(language, needed[1]))
    return None


def _fix(language: Language, english: str) -> str | None:
    known = page_words.FIXES.get(english)
    if known is not None:
        return language.say(known)
    if english.startswith(_ONE_OF):
        named = english.removeprefix(_ONE_OF).removesuffix(".").split(", ")
        return language.gettext("Use one of: {choices}.", choices=", ".join(_severity(language, one) for one in named))
    return None


def _severity(language: Language, value: str) -> str:
    return words.severity(language, Severity(value))
