"""Everybody is told in their own language and by their own clock, of one and the same alert."""

from __future__ import annotations

from tests.alerting import assessments
from tests.consumers.notifier.rig import Notifier
from tocsin_alerting.policy.directory import Directory
from tocsin_schemas.sentences import Sentences, SentencesFile

GB, JP, FR = "C0GBDUTY", "C0JPDUTY", "C0FRDUTY"


def _reads(directory: Directory, contact: str, language: str, zone: str) -> None:
    asked = {"language": language, "languages": (language,), "time_zone": zone}
    directory.contacts[contact] = directory.contacts[contact].model_copy(update=asked)


def _texts(notifier: Notifier) -> dict[str, str]:
    return {each.address: each.message.text for each in notifier.channel.taken}


def test_each_contact_is_told_in_its_own_language(slack: Notifier, directory: Directory) -> None:
    """English in London, Japanese in Tokyo, French in Paris; the label is first everywhere."""
    _reads(directory, "jp.duty", "ja", "Asia/Tokyo")
    _reads(directory, "fr.duty", "fr-CA", "America/Toronto")
    _reads(directory, "gb.duty", "en", "Europe/London")
    slack.desk.take(assessments.finding("r1"))
    slack.work()
    said = _texts(slack)

    assert all(text.startswith("TLP:") for text in said.values())
    assert "London time" in said[GB]
    assert "新しいアラート" in said[JP]
    assert "東京時間, UTC+9" in said[JP]
    assert "Veuillez accuser réception" in said[FR]
    assert "heure locale à Toronto" in said[FR]


def test_a_reason_is_said_by_the_networks_own_translation(slack: Notifier, directory: Directory) -> None:
    """And where there is none for just this wording, in English, marked."""
    _reads(directory, "jp.duty", "ja", "Asia/Tokyo")
    _reads(directory, "fr.duty", "fr", "Europe/Paris")
    report = assessments.finding("r1")
    reason = report.grade.reasons[0] if report.grade is not None else None
    assert reason is not None
    directory.sentences = Sentences(
        [
            SentencesFile.model_validate(
                {
                    "language": "fr",
                    "status": "machine",
                    "glossary": {"severe": "sévère"},
                    "sentences": {reason.rule: {"english": reason.sentence, "says": "Une phrase du réseau."}},
                }
            )
        ]
    )
    slack.desk.take(report)
    slack.work()
    said = _texts(slack)

    assert "Une phrase du réseau." in said[FR]
    assert f"{reason.sentence} （英語）" in said[JP]
