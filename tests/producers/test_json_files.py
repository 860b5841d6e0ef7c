"""Reports in JSON files: one, a list, one a line; as events or as bare data."""

import json
from pathlib import Path

import pytest

from tests.producers.reports import BAD_EVENTS, BadBytes, event, finding, incident, without
from tocsin_producers.adapters import Draft, Labels, Unread, adapter_for
from tocsin_schemas import Finding, Incident, InvalidEvent, ProblemCode, ReportKind, Tlp

LABELS = Labels(institute="gb", tlp=Tlp.GREEN)


def read(path: Path, labels: Labels = LABELS, *, kind: ReportKind | None = None) -> list[Draft | Unread]:
    """Everything in the file."""
    return list(adapter_for(path, kind=kind).read(path, labels))


def drafts(path: Path, labels: Labels = LABELS) -> list[Draft]:
    """The reports of a file in which nothing is wrong."""
    items = read(path, labels)
    assert all(isinstance(item, Draft) for item in items), items
    return [item for item in items if isinstance(item, Draft)]


def written(path: Path, content: object) -> Path:
    """A file with this JSON."""
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_bare_data_is_known_by_its_fields(tmp_path: Path) -> None:
    """Nobody need say that a report with a system and measurements is a finding."""
    first = drafts(written(tmp_path / "f.json", finding()))[0]
    second = drafts(written(tmp_path / "i.json", incident()))[0]

    assert (first.kind, type(first.body)) == (ReportKind.FINDING, Finding)
    assert (second.kind, type(second.body)) == (ReportKind.INCIDENT, Incident)


def test_the_files_own_words_go_first(tmp_path: Path) -> None:
    """The command line fills gaps; it never relabels what a file says."""
    labelled = drafts(written(tmp_path / "a.json", finding(tlp="TLP:RED")))[0]
    bare = drafts(written(tmp_path / "b.json", without(finding(), "tlp", "institute")))[0]

    assert labelled.body.tlp is Tlp.RED
    assert (bare.body.tlp, bare.body.institute) == (Tlp.GREEN, "gb")


def test_the_same_report_has_the_same_id_wherever_it_lies(tmp_path: Path) -> None:
    """Publishing a file twice, or a copy of it with its fields in another order, counts once; a change counts anew."""
    here = drafts(written(tmp_path / "a.json", finding()))[0]
    copy = drafts(written(tmp_path / "b.json", dict(reversed(finding().items()))))[0]
    changed = drafts(written(tmp_path / "c.json", finding(title="EXERCISE: other")))[0]

    assert here.event_id == copy.event_id
    assert here.event_id != changed.event_id


def test_a_whole_event_keeps_its_identity(tmp_path: Path) -> None:
    """Id, source, series, time and trace of a CloudEvent are its own."""
    draft = drafts(written(tmp_path / "e.json", event()))[0]

    assert draft.event_id == event()["id"]
    assert draft.source == event()["source"]
    assert draft.envelope is not None
    assert draft.envelope.extensions["traceparent"] == event()["traceparent"]


def test_a_signed_event_is_not_completed(tmp_path: Path) -> None:
    """What somebody signed is taken or refused as it is: nobody adds a label to it."""
    signed = event(signature="a..b", data=without(finding(), "language"))

    with pytest.raises(InvalidEvent) as refused:
        read(written(tmp_path / "e.json", signed))

    assert refused.value.problems[0].field == "language"


def test_a_list_is_read_to_its_end(tmp_path: Path) -> None:
    """A wrong item is told by its place, and costs none of the others."""
    path = written(tmp_path / "list.json", [finding(), without(finding(), "system"), 5, incident()])
    items = read(path)

    assert [type(item) for item in items] == [Draft, Unread, Unread, Draft]
    assert [item.part for item in items] == ["item 1", "item 2", "item 3", "item 4"]


@pytest.mark.parametrize("name", ["r.jsonl", "r.ndjson", "r.json", "r.txt"])
def test_lines_are_read_under_any_name(name: str, tmp_path: Path) -> None:
    """JSON Lines need not be called so; empty lines and a byte order mark are nothing."""
    lines = [json.dumps(finding()), "", json.dumps(without(finding(), "system")), "no json", json.dumps(incident())]
    (tmp_path / name).write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    items = read(tmp_path / name)

    assert [type(item) for item in items] == [Draft, Unread, Unread, Draft]
    assert [item.part for item in items] == ["line 1", "line 3", "line 4", "line 5"]


@pytest.mark.parametrize("bad", BAD_EVENTS, ids=str)
def test_a_wrong_event_names_field_and_fix(bad: BadBytes, tmp_path: Path) -> None:
    """Whatever is wrong with a file, the refusal says where and what to do."""
    (tmp_path / "bad.json").write_bytes(bad.value)

    with pytest.raises(InvalidEvent) as refused:
        read(tmp_path / "bad.json")

    problem = next(one for one in refused.value.problems if one.field == bad.field)
    assert problem.code is bad.code
    assert bad.fix in problem.fix


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ProblemCode.UNREADABLE_FILE),
        (b"\x00\x01\x02", ProblemCode.UNREADABLE_FILE),
        (b"specversion: 1.0\n", ProblemCode.UNREADABLE_FILE),
        (b'{"results": [{"arc": {"acc": 0.2}}], "runs": 3}', ProblemCode.UNREADABLE_FILE),
        (b'"text"', ProblemCode.UNREADABLE_FILE),
        (b'{"title": "t"}', ProblemCode.UNKNOWN_TYPE),
        (b"[" * 100_000, ProblemCode.NOT_JSON),
    ],
)
def test_what_is_no_report_is_refused_with_its_reason(content: bytes, code: ProblemCode, tmp_path: Path) -> None:
    """Foreign files are told apart from wrong reports."""
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(InvalidEvent) as refused:
        read(tmp_path / "file")

    assert refused.value.problems[0].code is code
    assert refused.value.problems[0].fix


def test_the_kind_that_is_said_is_the_kind_that_is_checked(tmp_path: Path) -> None:
    """With the kind given, each field of a hopeless file is checked against it."""
    path = written(tmp_path / "f.json", {"title": "t"})

    with pytest.raises(InvalidEvent) as refused:
        read(path, kind=ReportKind.INCIDENT)

    assert "harm_types" in {one.field for one in refused.value.problems}


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    """A directory and a file that vanished are told as such."""
    with pytest.raises(InvalidEvent, match="is a directory"):
        adapter_for(tmp_path)

    with pytest.raises(InvalidEvent, match="is not there"):
        adapter_for(tmp_path / "gone")


def test_the_samples_of_the_specification_are_events_and_no_reports(sample_data: Path) -> None:
    """CloudEvents of other systems are told that their type is none of ours, or that they carry no JSON."""
    seen: set[ProblemCode] = set()
    for path in sorted((sample_data / "cloudevents").glob("spec_*.json")):
        try:
            items = read(path)
        except InvalidEvent as error:
            seen |= {one.code for one in error.problems}
        else:
            seen |= {one.code for item in items if isinstance(item, Unread) for one in item.problems}
            assert not [item for item in items if isinstance(item, Draft)]

    assert seen == {ProblemCode.UNKNOWN_TYPE, ProblemCode.NOT_CLOUDEVENT}
