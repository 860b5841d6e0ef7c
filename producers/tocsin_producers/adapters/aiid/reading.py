"""What a description plainly states in figures: deaths, people hurt or affected, money lost, how far it reached.

A small reader for English sentences, used only where no annotator gave the figure. It knows words for persons, for harm
and for numbers, and nothing of any incident. What is denied ("no injuries"), feared ("could have killed") or nearly
happened is not read; a round word counts for the least it can mean ("thousands" is 1,000).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Stated(NamedTuple):
    """A figure that the text states, and the words that state it."""

    what: str
    """`deaths`, `injuries`, `people_affected`, `financial_loss_usd` or `extent`."""
    value: int | float | str
    words: str


_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - reads as it is said
_ROUND = {"dozens": 12, "hundreds": 100, "thousands": 1_000, "millions": 1_000_000}
_ROUND_OF = {"tens of thousands": 10_000, "hundreds of thousands": 100_000, "tens of millions": 10_000_000}
_SCALE = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}

_ONES = "|".join(_WORDS)
_NUMBER = (
    r"(?P<number>tens of thousands|hundreds of thousands|tens of millions|dozens|hundreds|thousands|millions"
    r"|\d[\d,]*(?:\.\d+)?(?:\s(?:hundred|thousand|million|billion))?"
    rf"|(?:{_ONES}|an?(?:\sfew)?)\s(?:hundred|thousand|million)|{_ONES}|an?)"
)
_PERSON = (
    r"(?:people|persons?|man|men|woman|women|child|children|boys?|girls?|teenagers?|patients?|workers?|employees?"
    r"|drivers?|passengers?|pedestrians?|cyclists?|motorcyclists?|students?|teachers?|customers?|users?|residents?"
    r"|families|citizens?|civilians?|soldiers?|victims?|individuals|applicants?|taxpayers?|tenants?|others)"
)
_MAGNITUDE = r"(?:few|dozens?|hundreds?|thousands?|millions?|billions?)"
# Up to three words may stand between: "killed two young pedestrians", "injured a 24-year-old factory worker".
_BETWEEN = rf"(?:\s(?!{_MAGNITUDE}\b)[\w-]+){{0,3}}?"
_NUMBERED = rf"(?:of\s|about\s|over\s|at\sleast\s|more\sthan\s|nearly\s)?{_NUMBER}{_BETWEEN}\s{_PERSON}\b"
_LED = {
    "deaths": r"(?:kill(?:ed|ing|s)|claim(?:ed|ing) the lives of|deaths?)",
    "injuries": r"(?:injur(?:ed|ing|es)|wound(?:ed|ing)|hospitali[sz](?:ed|ing))",
    "people_affected": (
        r"(?:affect(?:ed|ing|s)|harm(?:ed|ing|s)|(?:wrongly|wrongfully|falsely)\s\w+ed|misidentif(?:ied|ying)"
        r"|defraud(?:ed|ing)|exclud(?:ed|ing)|den(?:ied|ying)|expos(?:ed|ing)|displac(?:ed|ing)|laid off|layoff of"
        r"|dismiss(?:ed|ing)|fired)"
    ),
}
_FOLLOWED = {
    "deaths": r"(?:were\s|was\s)?(?:killed|died|dead)\b",
    "injuries": r"(?:were\s|was\s)?(?:injured|wounded|hospitali[sz]ed|hurt)\b",
    "people_affected": r"(?:were|was)\s(?:\w+ly\s)?(?:affected|harmed|accused|defrauded|excluded|denied|misidentified)",
}
_TOLLS = {
    "deaths": r"(?P<number>\d[\d,]*)\s(?:deaths|fatalities)\b",
    "injuries": r"(?P<number>\d[\d,]*)\s(?:injuries|people hurt)\b",
}
_LOSS = re.compile(
    r"(?:US)?\$\s?(?P<number>\d[\d,]*(?:\.\d+)?(?:\s?(?:thousand|million|billion))?)"
    r"(?=[^.]{0,60}\b(?:lost|losses|loss|fraud|stolen|theft|scam|damages?|heist)\b)"
    r"|\b(?:lost|losing|losses of|loss of|stole|stolen|defrauded of|cost|damages of|scammed out of)\b[^.$]{0,40}?"
    r"(?:US)?\$\s?(?P<number2>\d[\d,]*(?:\.\d+)?(?:\s?(?:thousand|million|billion))?)",
    re.IGNORECASE,
)
_FOREIGN_DOLLARS = re.compile(r"(?<![A-Z])(?:A|AU|CA|C|HK|NZ|S|NT)\$")
_FAR = re.compile(
    r"\b(?:affect|outage|disrupt|harm|victim|shut|halt)\w*\b[^.]{0,60}?"
    r"\b(?P<far>nationwide|across the (?:country|nation)|worldwide|globally|around the world|across the world)\b",
    re.IGNORECASE,
)
_NOT_SO = re.compile(
    r"\b(?:no|not|nobody|without|never|neither|nor|could|would|might|may|can|potential\w*|nearly|almost|risk\w*"
    r"|threat\w*|avoid\w*|prevent\w*|designed|if)\b[^.,;]{0,30}$",
    re.IGNORECASE,
)


def stated(text: str) -> tuple[Stated, ...]:
    """The figures that a text states, of each kind the largest; nothing is added up, for texts repeat themselves."""
    found: dict[str, Stated] = {}
    for each in (*_people(text), *_money(text)):
        before = found.get(each.what)
        if before is None or float(each.value) > float(before.value):
            found[each.what] = each
    for match in _said(_FAR, text):
        national = match["far"].lower() in {"nationwide", "across the country", "across the nation"}
        if "extent" not in found or not national:
            found["extent"] = Stated("extent", "national" if national else "global", match[0])
    return tuple(found.values())


def _people(text: str) -> Iterator[Stated]:
    for what, verb in _LED.items():
        patterns = [rf"\b{verb}\s{_NUMBERED}", rf"\b{_NUMBERED}\s{_FOLLOWED[what]}"]
        if what in _TOLLS:
            patterns.append(rf"\b{_TOLLS[what]}")
        for pattern in patterns:
            for match in _said(re.compile(pattern, re.IGNORECASE), text):
                yield Stated(what, int(_value(match["number"])), match[0])


def _money(text: str) -> Iterator[Stated]:
    for match in _said(_LOSS, text):
        amount = match["number"] or match["number2"]
        if not _FOREIGN_DOLLARS.search(text[max(0, match.start() - 2) : match.end()]):
            yield Stated("financial_loss_usd", _value(amount), match[0])


def _said(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """The matches that are stated as facts."""
    return (match for match in pattern.finditer(text) if not _NOT_SO.search(text[: match.start()]))


def _value(words: str) -> float:
    said = " ".join(words.lower().replace(",", "").split())
    if said in {"a", "an"}:
        return 1
    if said in _ROUND_OF or said in _ROUND:
        return (_ROUND_OF | _ROUND)[said]
    number, _, scale = said.replace("a few ", "one ").replace("a ", "one ").partition(" ")
    count = _WORDS.index(number) + 1 if number in _WORDS else float(number)
    return round(count * _SCALE.get(scale, 1), 2)
