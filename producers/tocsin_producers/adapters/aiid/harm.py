"""What the classifications say about the harm. Each answer comes with the fields it rests on; none is guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from tocsin_producers.adapters.aiid.reading import Stated, stated
from tocsin_producers.adapters.aiid.row import Row
from tocsin_schemas import CausalLink, HarmType, Materialisation

_OF_V0 = {
    "harm to physical health/safety": HarmType.PHYSICAL,
    "psychological harm": HarmType.PSYCHOLOGICAL,
    "financial harm": HarmType.ECONOMIC,
    "harm to physical property": HarmType.PROPERTY,
    "harm to intangible property": HarmType.PROPERTY,
    "harm to social or political systems": HarmType.PUBLIC_INTEREST,
    "harm to civil liberties": HarmType.FUNDAMENTAL_RIGHTS,
}
_DONE = "tangible harm definitively occurred"
_NEAR_MISS = "imminent risk of tangible harm (near miss) did occur"
_ISSUE = "non-imminent risk of tangible harm (an issue) occurred"
_NOTHING = "no tangible harm, near-miss, or issue"


class Link(NamedTuple):
    """How the harm is tied to the system, and which fields say so."""

    causal_link: CausalLink
    ground: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many were killed, hurt or affected and what was lost; None where nobody says."""

    deaths: int | None
    injuries: int | None
    people_affected: int | None
    financial_loss_usd: float | None
    read: tuple[Stated, ...]
    """What of it was read in the text."""

    @property
    def toll(self) -> bool:
        """Whether anybody was killed or hurt."""
        return bool(self.deaths or self.injuries)


def counts_of(row: Row) -> Counts:
    """The counts of CSETv1, else CSETv0's word on lives lost, else what the text states in figures."""
    read = {each.what: each for each in stated(f"{row.title}. {row.description}")}
    deaths, injuries = row.csetv1.count("Lives Lost"), row.csetv1.count("Injuries")
    if deaths is None and row.csetv0.word("Lives Lost") == "false":
        deaths = 0
    used = [each for what, each in read.items() if not _given(what, deaths, injuries)]
    numbers = {each.what: each.value for each in used}
    if deaths is None and "deaths" not in numbers and row.csetv0.word("Lives Lost") == "true":
        numbers["deaths"] = 1
    loss = numbers.get("financial_loss_usd")
    return Counts(
        deaths=deaths if deaths is not None else _whole(numbers.get("deaths")),
        injuries=injuries if injuries is not None else _whole(numbers.get("injuries")),
        people_affected=_whole(numbers.get("people_affected")),
        financial_loss_usd=float(loss) if loss is not None else None,
        read=tuple(used),
    )


def _given(what: str, deaths: int | None, injuries: int | None) -> bool:
    return (what == "deaths" and deaths is not None) or (what == "injuries" and injuries is not None)


def _whole(value: float | str | None) -> int | None:
    return int(value) if value is not None else None


def materialisation_of(row: Row, counts: Counts) -> Materialisation:
    """Whether harm happened: the worst that any annotator says. Only a stated absence of harm makes it a hazard."""
    tangible = row.csetv1.word("Tangible Harm")
    happened = {row.csetv1.word(name) for name in ("Special Interest Intangible Harm", "Rights Violation")}
    happened.add(row.csetv1.word("Impact on Critical Services"))
    near_v0 = row.csetv0.word("Near Miss")
    if tangible == _DONE or counts.toll or counts.financial_loss_usd or "yes" in happened or near_v0 == "harm caused":
        return Materialisation.OCCURRED
    if tangible == _NEAR_MISS or near_v0 == "near miss":
        return Materialisation.NEAR_MISS
    if tangible == _ISSUE or (tangible == _NOTHING and row.csetv1.word("Special Interest Intangible Harm") == "no"):
        return Materialisation.POTENTIAL
    return Materialisation.UNKNOWN


def link_of(row: Row, counts: Counts) -> Link:
    """How the harm is tied to an AI system: CSETv1's two questions first, then what other annotators say of the cause.

    Where one annotator denies or doubts that the system is an AI system and another names AI as the cause, the link is
    no more than suspected. CSETv0's `Harm caused` outweighs a doubt, not a denial.
    """
    system, clear = row.csetv1.word("AI System"), row.csetv1.word("Clear link to technology")
    caused = row.csetv0.word("Near Miss") in {"harm caused", "near miss"}
    blamed = row.mit.word("Entity") == "ai"
    said = f"CSETv1 AI System: {system or 'not said'}; Clear link to technology: {clear or 'not said'}"
    said += f"; CSETv0 Near Miss: {row.csetv0.word('Near Miss') or 'not said'}"
    said += f"; MIT Entity: {row.mit.word('Entity') or 'not said'}"
    if clear == "no":
        return Link(CausalLink.NONE, said)
    if system == "no":
        return Link(CausalLink.SUSPECTED if caused or blamed else CausalLink.NONE, said)
    if clear == "maybe":
        return Link(CausalLink.SUSPECTED, said)
    if system == "maybe":
        return Link(CausalLink.LIKELY if caused else CausalLink.SUSPECTED, said)
    if system == "yes":
        if clear == "yes":
            return Link(CausalLink.ESTABLISHED, said)
        if counts.toll and row.csetv1.word("Detrimental Content") == "yes":
            # CSETv1: such content is often not harmful in itself, and leads to injury through what people do.
            return Link(CausalLink.SUSPECTED, f"{said}; the toll came about through content that people acted on")
        return Link(CausalLink.LIKELY, said)
    if clear == "yes" or caused:
        return Link(CausalLink.LIKELY, said)
    return Link(CausalLink.SUSPECTED if blamed else CausalLink.UNKNOWN, said)


def harm_types_of(row: Row, counts: Counts, happened: Materialisation) -> tuple[HarmType, ...]:
    """The OECD's harm types that the annotators name; `other` where they name none.

    CSETv0 names types that were caused or nearly caused: where it saw a near miss only and CSETv1 a harm, that harm is
    not of CSETv0's types.
    """
    found = {_OF_V0[part.lower()] for part in row.csetv0.parts("Harm Type") if part.lower() in _OF_V0}
    if happened is Materialisation.OCCURRED and row.csetv0.word("Near Miss") == "near miss":
        found = set()
    if counts.toll:
        found.add(HarmType.PHYSICAL)
    if counts.financial_loss_usd:
        found.add(HarmType.ECONOMIC)
    if row.csetv1.word("Rights Violation") == "yes":
        found.add(HarmType.FUNDAMENTAL_RIGHTS)
    if row.csetv1.word("Special Interest Intangible Harm") == "yes":
        # Harm to a group of people: the OECD's communities.
        found.add(HarmType.PUBLIC_INTEREST)
    return tuple(sorted(found)) or (HarmType.OTHER,)


def tangibility_of(row: Row, counts: Counts, happened: Materialisation) -> Literal["tangible", "intangible", "unknown"]:
    """Whether the harm is tangible, by CSETv1's question on tangible harm.

    What happened without tangible harm is intangible, unless tangible harm nearly happened with it.
    """
    tangible = row.csetv1.word("Tangible Harm")
    if counts.toll or counts.financial_loss_usd or tangible == _DONE:
        return "tangible"
    if happened is Materialisation.OCCURRED and tangible in {_ISSUE, _NOTHING}:
        return "intangible"
    return "unknown"


def imminence_of(row: Row, happened: Materialisation) -> Literal["imminent", "not_imminent", "unknown"]:
    """Whether harm that did not happen was about to, by CSETv1's question on tangible harm."""
    tangible = row.csetv1.word("Tangible Harm")
    if happened is Materialisation.OCCURRED or tangible is None:
        return "unknown"
    return "imminent" if tangible == _NEAR_MISS else "not_imminent" if tangible in {_ISSUE, _NOTHING} else "unknown"


def yes_or_no(word: str | None) -> Literal["yes", "no", "unknown"]:
    """An annotator's yes or no; `maybe` and silence are unknown."""
    return "yes" if word == "yes" else "no" if word == "no" else "unknown"
