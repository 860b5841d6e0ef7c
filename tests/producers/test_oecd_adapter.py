"""Incidents in the OECD's common reporting framework: however a spreadsheet, or a program, writes them down."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.producers.adapted import LABELS, drafts, incidents, read, unread, written
from tests.producers.reports import finding as own_finding
from tests.producers.reports import incident as own_incident
from tocsin_producers.adapters import Draft, Labels, Unread
from tocsin_producers.adapters.oecd import OECD
from tocsin_producers.adapters.oecd.criteria import BESIDE, COLUMNS, CRITERIA
from tocsin_producers.adapters.oecd.headings import column_of
from tocsin_schemas import Action, HarmType, Incident, InvalidEvent, ProblemCode, ReportKind, Severity, Status, Tlp
from tocsin_schemas.report import body_model

ROW = {
    "Title": "A chatbot advised a dose ten times too high",
    "Description of incident": "A clinic's assistant gave a wrong dose.\nTwo patients fell ill.",
    "How AI system relates to incident": "The assistant chose the dose by itself.",
    "Submitter information": "duty officer of the institute",
    "Date of first known occurrence": "2026-11-20",
    "Country(ies) where it occurred": "KE; UK",
    "Supporting materials": "Press report https://example.org/a?x=1,2; sha256:" + "AB" * 32,
    "AI system/product name and version": "Aurora 4, clinical",
    "Developer/deployer organisations": "developer: Example; deployer: Clinic",
    "Severity": "Serious incident",
    "Harm type": "Physical; Psychological",
    "Quantification of harm": "deaths: 0; injuries: 2",
    "Unintended/wrongful use": "Intended use",
    "Affected stakeholders": "patients, staff",
    "Human/fundamental-rights impacts": "health",
    "Associated AI Principles": "Robustness, security and safety; Accountability",
    "Industries": "Q86, Q87",
    "Business functions": "care",
    "Critical functions/infrastructure": "Yes",
    "Breadth of deployment": "one clinic",
    "Link to training data": "-",
    "Link to AI model": "n/a",
    "Usage rights": "closed",
    "Multiple-AI-system interaction": "no",
    "AI system tasks": "recommendation; ranking",
    "Maximum autonomy level": "high",
    "Actions taken": "Switched off.",
    "Steps to reproduce": "",
    "Additional information": "None so far.",
    "causal link": "likely",
    "materialisation": "occurred",
    "extent": "single entity",
    "people at risk": "300",
    "aware at": "2026-11-21T08:00:00Z",
}


def table(
    *rows: dict[str, str], delimiter: str = ",", encoding: str = "utf-8", quoting: int = csv.QUOTE_MINIMAL
) -> bytes:
    """The rows as a spreadsheet would write them."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, names, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type] # an int of csv's
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def one(path: Path, labels: Labels = LABELS) -> Incident:
    """The one incident of a file."""
    (body,) = incidents(path, labels)
    return body


def faults(tmp_path: Path, **changes: str) -> list[tuple[str, str]]:
    """Field, and sentence with fix, of everything that is wrong with the row after these changes."""
    names = {name.replace(" ", "_").lower(): name for name in ROW}
    row = {**ROW, **{names[name]: value for name, value in changes.items()}}
    (item,) = unread(written(tmp_path / "i.csv", table(row)))
    assert item.part == "row 1"
    return [(problem.field, f"{problem.message} {problem.fix}") for problem in item.problems]


def by_json(row: dict[str, Any]) -> Draft | Unread:
    """What becomes of a row as a JSON object."""
    try:
        (item,) = OECD.read(row, LABELS, digest="")
    except InvalidEvent as error:
        return Unread(problems=error.problems)
    return item


def test_every_criterion_reaches_its_field(tmp_path: Path) -> None:
    """A full row, with two further fields that grading asks for."""
    body = one(written(tmp_path / "i.csv", table(ROW)))

    assert body.title.startswith("A chatbot")
    assert body.description.endswith("\nTwo patients fell ill.")
    assert (body.relation_to_ai.causal_link, body.materialisation, body.extent) == (
        "likely",
        "occurred",
        "single_entity",
    )
    assert body.submitter.role == "duty officer of the institute"
    assert (str(body.first_known_occurrence), body.first_known_occurrence_granularity) == ("2026-11-20", "date")
    assert body.countries == ("KE", "GB")
    assert [(item.title, item.uri) for item in body.supporting_materials[:1]] == [
        ("Press report", "https://example.org/a?x=1,2")
    ]
    assert body.supporting_materials[1].digest == "sha256:" + "ab" * 32
    (system,) = body.systems
    assert (system.name, system.developer, system.deployer) == ("Aurora 4, clinical", "Example", "Clinic")
    assert (body.severity, body.harm_types) == ("serious_incident", (HarmType.PHYSICAL, HarmType.PSYCHOLOGICAL))
    assert (body.harm_quantification.deaths, body.harm_quantification.injuries) == (0, 2)
    assert body.harm_quantification.people_affected is None
    assert body.unintended_or_wrongful_use == "intended_use"
    assert body.affected_stakeholders == ("patients", "staff")
    assert body.ai_principles == ("Robustness, security and safety", "Accountability")
    assert body.industries == ("Q86", "Q87")
    assert (body.critical_functions, body.multiple_system_interaction) == ("yes", "no")
    assert (body.training_data, body.ai_model, body.usage_rights) == (None, None, "closed")
    assert (body.steps_to_reproduce, body.additional_information) == (None, "None so far.")
    assert (body.people_at_risk, str(body.aware_at)) == (300, "2026-11-21 08:00:00+00:00")


class TestHeadings:
    @pytest.mark.parametrize("column", CRITERIA, ids=lambda column: column.label)
    def test_a_criterion_is_known_by_number_and_by_name(self, column: Any) -> None:
        """As people, forms and programs write them."""
        headings = [
            str(column.number),
            f"{column.number}.",
            f"criterion_{column.number}",
            f"{column.number} {column.name}",
            f"{column.number}. {column.name.upper()} (mandatory)",
            f"{column.number}) any other words",
            column.name,
            f"{column.name} *",
            column.name.lower().replace(" ", "_"),
            column.key,
        ]

        assert {heading: column_of(heading) for heading in headings} == dict.fromkeys(headings, column)

    def test_no_two_columns_share_a_name(self) -> None:
        """A name that meant two things would mean whichever came last."""
        for column in COLUMNS.values():
            assert [column_of(name) for name in (column.name, column.key, *column.also)] == [column] * (
                2 + len(column.also)
            )

    def test_every_field_of_an_incident_has_a_column(self) -> None:
        """A field that is added to the contract is read without a word here."""
        reached = {column.key for column in (*CRITERIA, *BESIDE)}

        assert set(body_model(ReportKind.INCIDENT, Action.REPORT).model_fields) <= reached

    def test_what_is_mandatory_is_named_by_number_and_name(self, tmp_path: Path) -> None:
        """Once for the file, with the fix, together with what grading needs beside the criteria."""
        with pytest.raises(InvalidEvent) as refusal:
            read(written(tmp_path / "i.csv", table({"Title": "t", "Industries": "x", "Actions taken": "y"})))
        problems = refusal.value.problems

        assert [problem.field for problem in problems] == [
            "2 Description of incident",
            "3 How AI system relates to incident",
            "4 Submitter information",
            "7 Supporting materials",
            "10 Severity",
            "11 Harm type",
            "causal link",
            "materialisation",
        ]
        assert "criterion 10 of the OECD's framework" in problems[4].message
        assert "serious incident" in problems[4].fix
        assert all(problem.code is ProblemCode.MISSING for problem in problems)

    @pytest.mark.parametrize(
        ("heading", "field", "fix"),
        [
            ("Coutries", "Coutries", "6 Country"),
            ("3 Title", "3 Title", "Correct one"),
            ("1. Title", "1 Title", "Keep one"),
            ("Materialistion", "Materialistion", "materialisation"),
        ],
    )
    def test_a_wrong_heading_is_told_before_any_row(self, tmp_path: Path, heading: str, field: str, fix: str) -> None:
        """Misspelt, misnumbered or given twice: what stands under it would be lost or guessed."""
        with pytest.raises(InvalidEvent) as refusal:
            read(written(tmp_path / "i.csv", table({**ROW, heading: "x"})))

        assert refusal.value.problems[0].field == field
        assert fix in refusal.value.problems[0].fix

    def test_an_owners_own_columns_are_not_published_and_named(self, tmp_path: Path) -> None:
        """Reference numbers and notes of the house stay in the house; the row says which columns."""
        rows = [{**ROW, "Our ref": "X-1", "Memo": "secret", "": ""}, {**ROW, "Our ref": "", "Memo": "", "": "y"}]
        first, second = drafts(written(tmp_path / "i.csv", table(*rows)))

        assert first.note.endswith("no such criterion: Our ref, Memo")
        assert second.note.endswith("no such criterion: (no heading)")
        assert "secret" not in first.body.model_dump_json()

    def test_labels_may_have_columns(self, tmp_path: Path) -> None:
        """A row's own label goes before the command line's; an empty cell leaves it to that."""
        rows = [{**ROW, "TLP": "red", "status": "Exercise", "language": "fr-CA"}, {**ROW, "TLP": "", "status": ""}]
        path = written(tmp_path / "i.csv", table(*rows))
        first, second = incidents(path)
        items = read(path, Labels(institute="gb"))

        assert (first.tlp, first.status, first.language) == (Tlp.RED, Status.EXERCISE, "fr-CA")
        assert (second.tlp, second.status) == (Tlp.GREEN, Status.ACTUAL)
        assert [type(item) for item in items] == [Draft, Unread]
        assert isinstance(items[1], Unread)
        assert [problem.field for problem in items[1].problems] == ["tlp"]

    def test_without_a_label_the_file_is_refused_once(self, tmp_path: Path) -> None:
        """Not once a row."""
        with pytest.raises(InvalidEvent) as refusal:
            read(written(tmp_path / "i.csv", table(*[ROW] * 50)), Labels())

        assert [problem.field for problem in refusal.value.problems] == ["institute", "tlp"]


class TestCsv:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    @pytest.mark.parametrize("name", ["incidents.csv", "incidents.txt"])
    def test_whatever_a_spreadsheet_writes(self, tmp_path: Path, delimiter: str, encoding: str, name: str) -> None:
        """Separator, byte order mark, UTF-16 and the file's name change neither the incident nor its id."""
        reference = drafts(written(tmp_path / "reference.csv", table(ROW)))[0]
        content = table(ROW, delimiter=delimiter, encoding=encoding, quoting=csv.QUOTE_ALL)
        (draft,) = drafts(written(tmp_path / name, content))

        assert (draft.body, draft.event_id) == (reference.body, reference.event_id)

    def test_a_named_separator_is_no_row(self, tmp_path: Path) -> None:
        """Excel may write `sep=;` above the headings."""
        content = b"sep=;\r\n" + table(ROW, delimiter=";")

        assert one(written(tmp_path / "i.csv", content)).severity == "serious_incident"

    def test_one_bad_row_costs_no_other(self, tmp_path: Path) -> None:
        """Rows are numbered below the headings, blank ones counted; what is wrong is told row by row."""
        good, bad = table(ROW), table({**ROW, "Severity": "terrible"}).split(b"\r\n", 1)[1]
        _, row = good.split(b"\r\n", 1)
        content = good + bad + b"\r\n" + b",,,\r\n" + b'"unclosed "quote",x\r\n' + b"x," * 60 + b"\r\n" + row
        items = read(written(tmp_path / "i.csv", content))

        assert [(type(item), item.part) for item in items] == [
            (Draft, "row 1"),
            (Unread, "row 2"),
            (Unread, "row 5"),
            (Unread, "row 6"),
            (Draft, "row 7"),
        ]
        told = [item.problems[0] for item in items if isinstance(item, Unread)]
        assert [problem.field for problem in told] == ["10 Severity", "(row)", "(row)"]
        assert "double quote" in told[1].fix
        assert "cells under" in told[2].message

    def test_a_cell_beyond_all_measure_is_a_row(self, tmp_path: Path) -> None:
        """A quote that is never closed would swallow the file; the reader's limit ends it."""
        content = table(ROW) + b'"' + b"x" * 200_000 + b"\r\n" + table(ROW).split(b"\r\n", 1)[1]
        items = read(written(tmp_path / "i.csv", content))

        assert isinstance(items[0], Draft)
        assert any(isinstance(item, Unread) and item.problems[0].field == "(row)" for item in items)

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "=cmd|' /C calc'!A0"])
    def test_a_formula_is_text(self, tmp_path: Path, start: str) -> None:
        """What a spreadsheet would run is kept letter by letter and runs nowhere here."""
        said = f"{start}HYPERLINK(0)"

        assert one(written(tmp_path / "i.csv", table({**ROW, "Title": said}))).title == said.strip()

    @pytest.mark.parametrize(
        ("content", "field", "code"),
        [
            (b"\xff\xff" + table(ROW), "(file)", ProblemCode.NOT_UTF8),
            ("Title,Description,Severité\nx,y,z\n".encode("latin-1"), "(file)", ProblemCode.NOT_UTF8),
            (b"a,b,c\n1,2,3\n", "(file)", ProblemCode.UNREADABLE_FILE),
            (b'"never closed', "(file)", ProblemCode.INVALID_VALUE),
        ],
    )
    def test_a_file_that_is_none_is_refused(
        self, tmp_path: Path, content: bytes, field: str, code: ProblemCode
    ) -> None:
        """Wrong encoding, other columns, no CSV at all."""
        with pytest.raises(InvalidEvent) as refusal:
            read(written(tmp_path / "i.csv", content))

        assert (refusal.value.problems[0].field, refusal.value.problems[0].code) == (field, code)

    def test_headings_alone_are_no_incident(self, tmp_path: Path) -> None:
        """Nothing is made of nothing."""
        assert read(written(tmp_path / "i.csv", table(ROW).split(b"\r\n", 1)[0] + b"\r\n")) == []

    def test_ten_thousand_rows(self, tmp_path: Path) -> None:
        """Each by itself, and each with its own id."""
        rows = [{**ROW, "Title": f"Incident {number}"} for number in range(10_000)]
        made = drafts(written(tmp_path / "i.csv", table(*rows)))

        assert len({draft.event_id for draft in made}) == 10_000


class TestCells:
    @pytest.mark.parametrize(
        ("said", "day", "granularity"),
        [
            ("2026-03", "2026-03-01", "month"),
            ("2026", "2026-01-01", "year"),
            ("2026-03-05 00:00:00", "2026-03-05", "date"),
        ],
    )
    def test_as_much_of_a_date_as_is_known(self, tmp_path: Path, said: str, day: str, granularity: str) -> None:
        """A month is not its first day."""
        body = one(written(tmp_path / "i.csv", table({**ROW, "Date of first known occurrence": said})))

        assert (str(body.first_known_occurrence), body.first_known_occurrence_granularity) == (day, granularity)

    def test_how_much_of_a_date_is_known_may_be_said(self, tmp_path: Path) -> None:
        """A form that demands a whole date may say beside it that only the month is meant."""
        row = {**ROW, "date granularity": "Month"}

        assert one(written(tmp_path / "i.csv", table(row))).first_known_occurrence_granularity == "month"

    @pytest.mark.parametrize(
        ("said", "kinds"),
        [
            ("Economic/Property", (HarmType.ECONOMIC, HarmType.PROPERTY)),
            ("Human or fundamental rights, Public interest", (HarmType.FUNDAMENTAL_RIGHTS, HarmType.PUBLIC_INTEREST)),
            (
                "critical_infrastructure|physical (injury)|Physical (death)",
                (HarmType.CRITICAL_INFRASTRUCTURE, HarmType.PHYSICAL),
            ),
        ],
    )
    def test_harm_types_as_the_oecd_calls_them(self, tmp_path: Path, said: str, kinds: tuple[HarmType, ...]) -> None:
        """Its monitor joins some of them under one name; both are meant then."""
        assert one(written(tmp_path / "i.csv", table({**ROW, "Harm type": said}))).harm_types == kinds

    @pytest.mark.parametrize(
        "word", ["AI hazard", "Serious AI hazard", "incident", "SERIOUS_INCIDENT", "Disaster", "other"]
    )
    def test_severity_in_all_its_words(self, tmp_path: Path, word: str) -> None:
        """The submitter's own class is kept; the shared grade is another."""
        body = one(written(tmp_path / "i.csv", table({**ROW, "Severity": word})))

        assert body.severity.replace("_", " ") == word.lower().replace("ai ", "").replace("_", " ")
        assert body.severity not in list(Severity)

    @pytest.mark.parametrize(
        ("changes", "field", "fix"),
        [
            ({"severity": "catastrophic"}, "10 Severity", "serious hazard"),
            ({"harm_type": "physical; bad"}, "11 Harm type", "fundamental rights"),
            ({"date_of_first_known_occurrence": "05/06/2026"}, "5 Date of first known occurrence", "2026-11-24"),
            ({"country(ies)_where_it_occurred": "Kenya"}, "6 Country(ies) where it occurred", "KE"),
            ({"title": ""}, "1 Title", "title of one line"),
            ({"title": "x" * 201}, "1 Title", "200"),
            ({"causal_link": ""}, "causal link", "suspected"),
            ({"causal_link": "maybe"}, "causal link", "suspected"),
            ({"materialisation": "-"}, "materialisation", "near_miss"),
            (
                {"critical_functions/infrastructure": "energy"},
                "19 Critical functions/infrastructure",
                "yes, no or unknown",
            ),
            ({"quantification_of_harm": "deaths: 1,234"}, "deaths", "whole number"),
            ({"people_at_risk": "many"}, "people at risk", "whole number"),
            ({"extent": "huge"}, "extent", "national"),
            ({"aware_at": "yesterday"}, "aware at", "2026"),
            ({"description_of_incident": "x" * 8001}, "2 Description of incident", "8000"),
        ],
    )
    def test_a_wrong_cell_is_named_with_its_column(
        self, tmp_path: Path, changes: dict[str, str], field: str, fix: str
    ) -> None:
        """By number and name, with the fix; and nothing else is said to be wrong."""
        ((said, mend),) = faults(tmp_path, **changes)

        assert said == field
        assert fix in mend

    def test_every_fault_of_a_row_is_told_at_once(self, tmp_path: Path) -> None:
        """Whoever mends it need not come back for each."""
        told = faults(tmp_path, severity="bad", harm_type="", title="", causal_link="maybe")

        assert {field for field, _ in told} == {"10 Severity", "11 Harm type", "1 Title", "causal link"}

    def test_who_is_which_is_never_guessed(self, tmp_path: Path) -> None:
        """Criterion 9 asks for developers and deployers in one field: unsaid, it stays in words."""
        row = {**ROW, "Developer/deployer organisations": "Example Ltd", "Quantification of harm": "two people died"}
        body = one(written(tmp_path / "i.csv", table(row)))

        assert (body.systems[0].developer, body.systems[0].deployer) == (None, None)
        assert body.harm_quantification.deaths is None
        assert body.additional_information == (
            "None so far.\n9 Developer/deployer organisations: Example Ltd\n12 Quantification of harm: two people died"
        )

    def test_columns_of_parts(self, tmp_path: Path) -> None:
        """Forms that split a criterion up are read as well; what pairs with no single system stays in words."""
        without = {name: value for name, value in ROW.items() if not name.startswith(("Submitter", "Developer"))}
        row = {
            **without,
            "AI system/product name and version": "Aurora; Borealis",
            "System version": "4; 2",
            "Developer": "Example",
            "Deployer": "A; B; C",
            "Submitter role": "auditor",
            "Submitter relation": "third party",
            "Deaths": "1",
            "Financial loss (USD)": "12.50",
            "Injuries": "unknown",
        }
        body = one(written(tmp_path / "i.csv", table(row)))

        assert [(system.name, system.version, system.developer) for system in body.systems] == [
            ("Aurora", "4", "Example"),
            ("Borealis", "2", "Example"),
        ]
        assert (body.submitter.role, body.submitter.relation) == ("auditor", "third party")
        assert (body.harm_quantification.deaths, body.harm_quantification.financial_loss_usd) == (1, 12.5)
        assert body.harm_quantification.injuries is None
        assert "deployer: A; B; C" in (body.additional_information or "")

    @given(
        st.dictionaries(
            st.sampled_from(list(ROW)),
            st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=60),
            max_size=8,
        ),
        st.sampled_from([",", ";", "\t", "|"]),
    )
    def test_any_cells_come_through_any_csv_as_they_come_through_json(
        self, tmp_path_factory: pytest.TempPathFactory, changes: dict[str, str], delimiter: str
    ) -> None:
        """The same outcome, the same id, the same faults; and the same again."""
        row = {**ROW, **changes}
        path = tmp_path_factory.getbasetemp() / "any.csv"
        content = table(row, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        (by_csv,) = read(written(path, content))

        assert replace(by_csv, part="") == by_json(row) == by_json(row)


class TestJson:
    def test_numbers_names_and_lists(self, tmp_path: Path) -> None:
        """An object by number with JSON's own lists and numbers is the incident that a row of texts is."""
        by_number: dict[str, Any] = {}
        for name, value in ROW.items():
            column = column_of(name)
            assert column is not None
            by_number[str(column.number or column.key)] = value
        by_number |= {
            "6": ["KE", "GB"],
            "11": ["physical", "psychological"],
            "12": {"deaths": 0, "injuries": 2},
            "14": ["patients", "staff"],
            "19": True,
            "people_at_risk": 300,
        }
        (draft,) = drafts(written(tmp_path / "i.json", by_number))
        (row,) = drafts(written(tmp_path / "i.csv", table(ROW)))

        assert draft.body == row.body
        assert draft.event_id == row.event_id

    def test_objects_in_lists_and_lines(self, tmp_path: Path) -> None:
        """One bad object costs no other."""
        bad = {**ROW, "Severity": "bad"}
        listed = read(written(tmp_path / "l.json", [ROW, bad, ROW]))
        lines = read(written(tmp_path / "l.jsonl", b"\n".join(json.dumps(row).encode() for row in (ROW, bad))))

        assert [(type(item), item.part) for item in listed] == [
            (Draft, "item 1"),
            (Unread, "item 2"),
            (Draft, "item 3"),
        ]
        assert [(type(item), item.part) for item in lines] == [(Draft, "line 1"), (Unread, "line 2")]

    def test_a_number_of_ones_own_makes_no_other_row_of_it(self, tmp_path: Path) -> None:
        """The AI Incident Database numbers its rows as well; these are told apart by what only it has."""
        row = {name.lower().replace(" ", "_"): value for name, value in ROW.items()}
        (draft,) = drafts(written(tmp_path / "i.json", {"incident_id": 7, **row}))

        assert isinstance(draft.body, Incident)
        assert draft.body.severity == "serious_incident"
        assert draft.note.endswith("incident_id")

    def test_nested_objects_in_our_own_words(self, tmp_path: Path) -> None:
        """A criterion may be given as the part of a report that it is."""
        row: dict[str, Any] = {name: value for name, value in ROW.items() if name != "causal link"}
        row |= {
            "How AI system relates to incident": {"description": "It chose.", "causal_link": "established"},
            "Submitter information": {"institute": "gb", "role": "officer"},
            "Supporting materials": [{"title": "Log"}, "https://example.org/b"],
            "AI system/product name and version": [{"name": "Aurora", "version": "4"}, "Borealis"],
        }
        body = one(written(tmp_path / "i.json", row))

        assert (body.relation_to_ai.causal_link, body.submitter.institute) == ("established", "gb")
        assert [item.uri for item in body.supporting_materials] == [None, "https://example.org/b"]
        assert [(system.name, system.version) for system in body.systems] == [("Aurora", "4"), ("Borealis", None)]

    def test_a_report_of_ours_is_read_as_one(self, tmp_path: Path) -> None:
        """Its own fields are checked as strictly as ever; a misspelt one is told, not read as a criterion."""
        assert not OECD.recognises(own_incident())
        assert not OECD.recognises(own_finding())
        misspelt = {**own_incident(), "harm_type": ["physical"]}
        with pytest.raises(InvalidEvent) as refusal:
            read(written(tmp_path / "i.json", misspelt))

        assert refusal.value.problems[0].code is ProblemCode.UNKNOWN_FIELD

    @given(
        st.dictionaries(
            st.sampled_from([*ROW, *(str(number) for number in range(1, 30)), "tlp", "Our ref"]),
            st.recursive(
                st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=10)),
                lambda inner: st.one_of(
                    st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
                ),
                max_leaves=6,
            ),
            max_size=12,
        )
    )
    def test_whatever_the_fields_hold_there_is_one_outcome(self, changes: dict[str, Any]) -> None:
        """An incident, or faults with their fixes; never a traceback."""
        outcome = by_json({**ROW, **changes})

        assert isinstance(outcome, Draft) or all(problem.field and problem.fix for problem in outcome.problems)
