"""Incidents out of the AI Incident Database."""

import copy
import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_producers import Reporter
from tocsin_producers.adapters import Draft, Labels, Unread, adapter_for
from tocsin_producers.adapters.aiid import AIID, LABELS_OF_TANGIBLE_HARM, AiidAdapter
from tocsin_producers.cli.publishing import Wish, publish_files
from tocsin_producers.cli.rows import RowOutcome
from tocsin_schemas import CausalLink, Extent, HarmType, Incident, InvalidEvent, Materialisation, Tlp

LABELS = Labels(institute="gb", tlp=Tlp.GREEN)
ROW: dict[str, Any] = {
    "incident_id": 9001,
    "date": "2019-05-04",
    "title": "A delivery robot hurt a passer-by",
    "description": "The robot left the pavement.",
    "csetv0": {"Severity": "Moderate", "Near Miss": "Harm caused", "Harm Type": "Harm to physical health/safety"},
    "csetv1": {
        "AI Harm Level": "AI tangible harm event",
        "Tangible Harm": "tangible harm definitively occurred",
        "AI System": "yes",
        "Special Interest Intangible Harm": "no",
        "Rights Violation": "no",
        "Involving Minor": "no",
        "Impact on Critical Services": "no",
        "Lives Lost": "0",
        "Injuries": "2",
    },
    "mit": {"Risk Subdomain": "7.3. Lack of capability or robustness", "Entity": "AI"},
}


def row(**changed: Any) -> dict[str, Any]:
    """The row, with fields of its classifications put in; None takes one out."""
    made = copy.deepcopy(ROW)
    for name, value in changed.items():
        made[name] = {**made[name], **value} if isinstance(value, dict) else value
    return {name: value for name, value in made.items() if value is not None}


def incident(item: dict[str, Any], adapter: AiidAdapter = AIID) -> Incident:
    """The incident of a row."""
    body = adapter.draft(item, LABELS).body
    assert isinstance(body, Incident)
    return body


def test_a_classified_row_is_an_incident_in_the_oecds_criteria() -> None:
    """Counts, link, harm types and materialisation come from the annotators' fields."""
    body = incident(row())

    assert body.materialisation is Materialisation.OCCURRED
    assert body.relation_to_ai.causal_link is CausalLink.LIKELY
    assert body.harm_types == (HarmType.PHYSICAL,)
    assert (body.harm_quantification.deaths, body.harm_quantification.injuries) == (0, 2)
    assert str(body.first_known_occurrence) == "2019-05-04"
    assert body.supporting_materials[0].uri == "https://incidentdatabase.ai/cite/9001"
    assert body.severity == "other"


@pytest.mark.parametrize(
    ("system", "clear", "near_miss", "entity", "link"),
    [
        ("yes", "yes", "Harm caused", "AI", CausalLink.ESTABLISHED),
        ("yes", None, None, "Human", CausalLink.LIKELY),
        ("yes", "maybe", "Harm caused", "AI", CausalLink.SUSPECTED),
        ("yes", "no", "Harm caused", "AI", CausalLink.NONE),
        ("maybe", None, None, "AI", CausalLink.SUSPECTED),
        ("maybe", None, "Harm caused", "AI", CausalLink.LIKELY),
        ("no", None, "Harm caused", "AI", CausalLink.SUSPECTED),
        ("no", "yes", None, "Human", CausalLink.NONE),
        (None, None, "Harm caused", None, CausalLink.LIKELY),
        (None, None, "Unclear/unknown", "AI", CausalLink.SUSPECTED),
        (None, None, None, None, CausalLink.UNKNOWN),
    ],
)
def test_the_causal_link_is_what_the_annotators_say(
    system: str | None, clear: str | None, near_miss: str | None, entity: str | None, link: CausalLink
) -> None:
    """A denial stays a denial, a doubt a doubt unless other annotators name the system as the cause."""
    item = row(
        csetv1={"AI System": system, "Clear link to technology": clear},
        csetv0={"Near Miss": near_miss},
        mit={"Entity": entity},
    )

    assert incident(item).relation_to_ai.causal_link is link


def test_a_toll_that_people_took_after_seeing_content_is_only_suspected() -> None:
    """What a system showed is not yet what killed somebody, unless annotators found a clear link."""
    content = {"Detrimental Content": "yes", "Lives Lost": "51"}

    assert incident(row(csetv1=content)).relation_to_ai.causal_link is CausalLink.SUSPECTED
    linked = row(csetv1={**content, "Clear link to technology": "yes"})
    assert incident(linked).relation_to_ai.causal_link is CausalLink.ESTABLISHED


@pytest.mark.parametrize(
    ("v1", "near_miss", "happened"),
    [
        ({"Injuries": "0"}, "Near miss", Materialisation.OCCURRED),
        ({"Tangible Harm": None}, "Unclear/unknown", Materialisation.OCCURRED),
        ({"Tangible Harm": None, "Injuries": "0"}, "Near miss", Materialisation.NEAR_MISS),
        (
            {"Tangible Harm": "imminent risk of tangible harm (near miss) did occur", "Injuries": "0"},
            None,
            Materialisation.NEAR_MISS,
        ),
        (
            {"Tangible Harm": "non-imminent risk of tangible harm (an issue) occurred", "Injuries": "0"},
            None,
            Materialisation.POTENTIAL,
        ),
        (
            {"Tangible Harm": "no tangible harm, near-miss, or issue", "Injuries": "0"},
            "Unclear/unknown",
            Materialisation.POTENTIAL,
        ),
        ({"Tangible Harm": None, "Injuries": "0"}, None, Materialisation.UNKNOWN),
        (
            {"Tangible Harm": None, "Injuries": "0", "Special Interest Intangible Harm": "yes"},
            None,
            Materialisation.OCCURRED,
        ),
    ],
)
def test_whether_harm_happened_is_the_worst_that_annotators_say(
    v1: dict[str, Any], near_miss: str | None, happened: Materialisation
) -> None:
    """Where nobody says, it is unknown."""
    assert incident(row(csetv1=v1, csetv0={"Near Miss": near_miss})).materialisation is happened


def test_children_imminence_and_tangibility_come_from_csetv1() -> None:
    """And zeros say who was hurt, not who could have been: a hazard carries none."""
    spared = {"Injuries": "0", "Involving Minor": "yes"}
    risk = {**spared, "Tangible Harm": "imminent risk of tangible harm (near miss) did occur"}
    issue = {**spared, "Tangible Harm": "non-imminent risk of tangible harm (an issue) occurred"}
    hurt = incident(row())
    near = incident(row(csetv1=risk, csetv0={"Near Miss": None}))
    far = incident(row(csetv1={**issue, "Involving Minor": "maybe"}, csetv0={"Near Miss": None}))
    felt = incident(row(csetv1={**issue, "Special Interest Intangible Harm": "yes"}, csetv0={"Near Miss": None}))

    assert (hurt.tangibility, hurt.imminence, hurt.involves_minors) == ("tangible", "unknown", "no")
    assert (near.tangibility, near.imminence, near.involves_minors) == ("unknown", "imminent", "yes")
    assert (far.imminence, far.involves_minors) == ("not_imminent", "unknown")
    assert (felt.tangibility, felt.imminence) == ("intangible", "unknown")
    assert near.harm_quantification.deaths is None
    assert felt.harm_quantification.deaths == 0


def test_a_harm_type_that_only_nearly_happened_is_none_of_the_harm_that_did() -> None:
    """CSETv0 names types caused or nearly caused; where it saw a near miss, what CSETv1 saw happen is another harm."""
    nothing = {"Injuries": "0", "Tangible Harm": "no tangible harm, near-miss, or issue"}
    body = incident(
        row(csetv1={**nothing, "Special Interest Intangible Harm": "yes"}, csetv0={"Near Miss": "Near miss"})
    )

    assert body.harm_types == (HarmType.PUBLIC_INTEREST,)


def test_a_row_without_classification_says_little() -> None:
    """A death in the text is counted and said where from; the link and the class are not guessed."""
    body = incident({"incident_id": 7, "title": "A car killed two people", "description": "It ran a red light."})

    assert body.harm_quantification.deaths == 2
    assert body.relation_to_ai.causal_link is CausalLink.UNKNOWN
    assert body.critical_functions == "unknown"
    assert "deaths 2, from “killed two people”" in (body.additional_information or "")


def test_annotators_counts_go_before_the_text() -> None:
    """The text is read only for what nobody counted."""
    body = incident(row(description="It killed two people nationwide: the outage affected hospitals nationwide."))

    assert body.harm_quantification.deaths == 0
    assert body.extent is Extent.NATIONAL


@given(
    st.sampled_from([None, "", "Negligible", "Minor", "Moderate", "Severe", "Critical", "Unclear/unknown", "other"]),
    st.sampled_from([None, "", "none", "AI tangible harm event", "AI tangible harm issue", "unclear"]),
)
def test_no_label_of_severity_reaches_the_report(severity: str | None, level: str | None) -> None:
    """Whatever the annotators' severity and harm level are, the draft is the same to the byte."""
    changed = row(csetv0={"Severity": severity}, csetv1={"AI Harm Level": level})

    assert AIID.draft(changed, LABELS) == AIID.draft(row(), LABELS)


def test_no_real_row_shows_its_label(sample_data: Path) -> None:
    """For every real row: without its labels, and with others, the draft is the same."""
    for line in (sample_data / "aiid" / "cset_odd_ids.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        bare, other = copy.deepcopy(item), copy.deepcopy(item)
        for namespace, name in (("csetv0", "Severity"), ("csetv1", "AI Harm Level")):
            bare.get(namespace, {}).pop(name, None)
            other.setdefault(namespace, {})[name] = "Critical"

        assert AIID.draft(item, LABELS) == AIID.draft(bare, LABELS) == AIID.draft(other, LABELS)


def test_named_fields_can_be_withheld() -> None:
    """For a comparison with the harm level its near copy is not seen either."""
    blind = AiidAdapter(withhold=LABELS_OF_TANGIBLE_HARM)
    done = row(csetv1={"Injuries": "0"}, csetv0={"Near Miss": None})
    nothing = row(csetv1={"Injuries": "0", "Tangible Harm": "unclear"}, csetv0={"Near Miss": None})

    assert blind.draft(done, LABELS) == blind.draft(nothing, LABELS)
    assert AIID.draft(done, LABELS) != AIID.draft(nothing, LABELS)


def test_the_database_s_columns_make_alleged_parties(tmp_path: Path) -> None:
    """The CSV snapshot names parties and no system: they stay with a system of the incident's own."""
    file = tmp_path / "snapshot.csv"
    columns = ["_id", "incident_id", "date", "reports", "Alleged deployer of AI system"]
    columns += ["Alleged developer of AI system", "Alleged harmed or nearly harmed parties", "description", "title"]
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(columns)
        writer.writerow(["x", 5, "2020-01-01", "[1]", '["a-co"]', '["b-co","c-co"]', '["drivers"]', "Two\nlines.", "T"])
        writer.writerow(["x", 6, "2020-01-01", "[1]", "[oops", "[]", "[]", "D", "T"])
        writer.writerow(["x", "", "2020-01-01", "[1]", "[]", "[]", "[]", "D", "T"])
    first, second, third = adapter_for(file).read(file, LABELS)

    assert isinstance(first, Draft)
    assert isinstance(first.body, Incident)
    assert (first.body.systems[0].deployer, first.body.systems[0].developer) == ("a-co", "b-co, c-co")
    assert first.body.affected_stakeholders == ("drivers",)
    assert first.body.description == "Two lines."
    assert isinstance(second, Unread)
    assert (second.part, second.problems[0].field) == ("row 2", "Alleged deployer of AI system")
    assert isinstance(third, Unread)
    assert third.problems[0].field == "incident_id"


def test_one_bad_row_does_not_cost_the_others(tmp_path: Path) -> None:
    """Each row of a JSON Lines file stands for itself."""
    file = tmp_path / "rows.jsonl"
    file.write_text(f"{json.dumps(row())}\n{{oops\n[1]\n{json.dumps(row(csetv1=[]))}\n", encoding="utf-8")
    kinds = [type(item) for item in adapter_for(file).read(file, LABELS)]

    assert kinds == [Draft, Unread, Unread, Unread]


def test_without_a_label_a_row_is_refused() -> None:
    """How far a report may travel is the institute's to say."""
    with pytest.raises(InvalidEvent, match="tlp"):
        AIID.draft(row(), Labels(institute="gb"))


def test_every_real_row_is_published_or_refused_with_a_reason(sample_data: Path, reporter: Reporter) -> None:
    """Both files of the database go through a dry run, and each row has its own clear outcome."""
    files = sorted((sample_data / "aiid").glob("*.jsonl")) + sorted((sample_data / "aiid").glob("*.csv"))
    wish = Wish(labels=LABELS, dry_run=True)
    rows = list(publish_files(files, wish, reporter=reporter, done=lambda: None))

    assert len(rows) == 105 + 989
    assert {each.outcome for each in rows} == {RowOutcome.VALID}
    assert len({each.event_id for each in rows}) == len(rows)
