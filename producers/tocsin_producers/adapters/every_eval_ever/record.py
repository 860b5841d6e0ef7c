"""What all results of one record share: the model, who evaluated it, with what, when, and what the record rests on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_producers.adapters.every_eval_ever.moments import moment
from tocsin_producers.adapters.fields import section, text
from tocsin_producers.adapters.protocol import Labels
from tocsin_producers.adapters.text import names_a_folder, one_line
from tocsin_schemas import Evidence, InvalidEvent, Problem, ProblemCode, System, invalid

FIX = "Correct the record by the schema of Every Eval Ever (eval.schema.json)."
_KNOWN = (0, 2)
_VERSION = re.compile(r"(\d+)\.(\d+)")
_NAME_CHARACTERS = 200
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-fA-F]{64})")
_LINK = re.compile(r"https?://[^\s<>\"]{1,400}")
_UNSAID = {"", "unknown", "none", "n/a"}
_RELATIONS = {
    "first_party": "by the model's own developer",
    "third_party": "by a third party",
    "collaborative": "by the model's developer together with others",
    "other": "by somebody whose relation to the developer is called 'other'",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One record: results of one model, from one source."""

    record_id: str | None
    system: System
    observed_at: datetime | None
    """When its evaluations were run, where it says so or the labels do."""
    made_at: datetime | None
    """When the record was made."""
    library: str | None
    framework: str | None
    """The library with its version."""
    source: str
    """Who says it, in a few words."""
    evaluator: str
    """Who evaluated, in relation to the model."""
    platform: str | None
    evidence: tuple[Evidence, ...]
    republishes: bool
    """Whether it copies published results instead of recording a run."""


def read_record(item: Mapping[str, Any], labels: Labels, *, digest: str) -> Record:
    """The shared part of a record, completed by the labels.

    Raises:
        InvalidEvent: with everything that neither of them says, or the version that is not read here.
    """
    _check_version(item)
    problems = list(labels.missing())
    system = _system(item, labels)
    if isinstance(system, Problem):
        problems.append(system)
    moments = [moment(item.get(name), name, fix=FIX) for name in ("evaluation_timestamp", "retrieved_timestamp")]
    problems += [one for one in moments if isinstance(one, Problem)]
    if problems or isinstance(system, Problem):
        raise InvalidEvent(problems)
    evaluated, made = (one if isinstance(one, datetime) else None for one in moments)
    source = section(item, "source_metadata", fix=FIX)
    library = section(item, "eval_library", fix=FIX)
    named = _said(library.get("name"))
    return Record(
        record_id=_said(item.get("evaluation_id")),
        system=system,
        observed_at=evaluated or labels.observed_at,
        made_at=made,
        library=named,
        framework=_framework(named, library.get("version")),
        source=", ".join(
            filter(None, (_said(source.get("source_name")), _said(source.get("source_organization_name"))))
        ),
        evaluator=_RELATIONS.get(
            text(source.get("evaluator_relationship")) or "", "by somebody the record does not name"
        ),
        platform=_said(section(item, "model_info", fix=FIX).get("inference_platform")),
        evidence=tuple(_evidence(item, source, digest)),
        republishes=source.get("source_type") == "documentation",
    )


def _check_version(item: Mapping[str, Any]) -> None:
    said = text(item.get("schema_version"))
    found = _VERSION.match(said) if said is not None else None
    if found is None:
        raise invalid("schema_version", "must be a version, such as 0.2.0.", FIX, ProblemCode.MISSING)
    if (int(found[1]), int(found[2])) > _KNOWN:
        raise invalid(
            "schema_version",
            f"is {found[0]}; versions up to {_KNOWN[0]}.{_KNOWN[1]} are read here.",
            "Upgrade tocsin-producers, or write the record in version 0.2.",
            ProblemCode.FUTURE_VERSION,
        )


def _system(item: Mapping[str, Any], labels: Labels) -> System | Problem:
    model = section(item, "model_info", fix=FIX)
    details = section(item, "model_info", "additional_details", fix=FIX)
    named = [name for name in (_said(model.get("id")), _said(model.get("name"))) if name is not None]
    name = next((name for name in named if not names_a_folder(name)), labels.system)
    if name is None:
        said = "names only a folder on the machine that ran it" if named else "names no model"
        return Problem(
            "system",
            f"the record {said}.",
            "Name the system as its developer does, such as 'EleutherAI/pythia-12b'.",
            ProblemCode.MISSING,
        )
    return System(
        name=name,
        version=_said(details.get("sha")) or _said(details.get("revision")),
        developer=_said(model.get("developer")),
    )


def _said(value: object) -> str | None:
    """A name on one line; None where it is absent or says that it is not known."""
    name = one_line(text(value) or "", _NAME_CHARACTERS)
    return None if name.lower() in _UNSAID else name


def _framework(name: str | None, version: object) -> str | None:
    return None if name is None else one_line(f"{name} {_said(version) or ''}", _NAME_CHARACTERS)


def _evidence(item: Mapping[str, Any], source: Mapping[str, Any], digest: str) -> Iterator[Evidence]:
    """The record itself, what it says it was made from, and who published it."""
    yield Evidence(title="Record of Every Eval Ever", digest=digest)
    origin = section(item, "dedupe_identity", fix=FIX)
    samples = section(item, "detailed_evaluation_results", fix=FIX)
    named = (
        ("Content that the record names as its own or its source's", origin, "content_hash"),
        ("Results of the single samples", samples, "checksum"),
    )
    for title, holder, field in named:
        found = _SHA256.fullmatch(text(holder.get(field)) or "")
        if found is not None and holder.get("hash_algorithm") == "sha256":
            yield Evidence(title=title, digest=f"sha256:{found[1].lower()}")
    link = _LINK.fullmatch(text(source.get("source_organization_url")) or "")
    if link is not None:
        yield Evidence(title="Who published it", uri=link[0])
