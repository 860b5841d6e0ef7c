"""A reader's language and clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tocsin_alerting.messages.catalogues import languages
from tocsin_alerting.messages.language import ENGLISH, language_for, preferred
from tocsin_alerting.messages.phrases import phrase, phrase_in

SUMMER = datetime(2026, 7, 1, 12, 5, tzinfo=UTC)
WINTER = datetime(2026, 11, 28, 16, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "given"), [("fr", "fr"), ("fr-CA", "fr"), ("FR", "fr"), ("en-US", "en"), ("xx", "en"), ("und", "en")]
)
def test_a_tag_is_said_in_the_nearest_language_that_there_is(asked: str, given: str) -> None:
    """A Canadian reads French; where there is nothing near, it is English."""
    assert language_for(asked).tag == given


def test_the_networks_languages_are_there() -> None:
    """Seven of them."""
    assert set(languages()) == {"en", "fr", "ja", "ko", "sw", "de", "es"}


@pytest.mark.parametrize(
    ("tag", "zone", "at", "said"),
    [
        ("en", None, WINTER, "28 November 2026, 16:25 UTC"),
        ("en", "UTC", WINTER, "28 November 2026, 16:25 UTC"),
        ("en", "Europe/London", SUMMER, "1 July 2026, 13:05 (London time, UTC+1)"),
        ("fr", "Europe/Paris", WINTER, "28 novembre 2026, 17:25 (heure locale à Paris, UTC+1)"),
        ("fr-CA", "America/Toronto", SUMMER, "1 juillet 2026, 08:05 (heure locale à Toronto, UTC-4)"),
        ("de", "Europe/Berlin", SUMMER, "1. Juli 2026, 14:05 (Ortszeit Berlin, UTC+2)"),
        ("ja", "Asia/Tokyo", WINTER, "2026年11月29日 01:25 (東京時間, UTC+9)"),
        ("ko", "Asia/Seoul", WINTER, "2026년 11월 29일 01:25 (서울 시간, UTC+9)"),
        ("sw", "Africa/Nairobi", WINTER, "28 Novemba 2026, 19:25 (saa za Nairobi, UTC+3)"),
        ("es", "Europe/Madrid", WINTER, "28 de noviembre de 2026, 17:25 (hora de Madrid, UTC+1)"),
        ("en", "Asia/Kolkata", WINTER, "28 November 2026, 21:55 (Kolkata time, UTC+5:30)"),
    ],
)
def test_a_moment_is_told_by_the_readers_clock_and_names_its_zone(
    tag: str, zone: str | None, at: datetime, said: str
) -> None:
    """In summer and in winter; the offset stands beside it, so that no hour is told twice in autumn."""
    assert language_for(tag, zone).instant(at) == said


def test_the_hour_that_comes_twice_in_autumn_is_told_apart() -> None:
    """02:30 in Paris on 25 October 2026 happens twice."""
    paris = language_for("fr", ZoneInfo("Europe/Paris"))

    assert "02:30" in paris.instant(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert "UTC+2" in paris.instant(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert "UTC+1" in paris.instant(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


def test_a_zone_that_nobody_knows_is_told_in_utc_and_says_so() -> None:
    """A message with the right time is better than none."""
    assert language_for("en", "Europe/Atlantis").instant(WINTER).endswith("16:25 UTC")


def test_lists_and_figures_are_written_as_the_language_writes_them() -> None:
    """The English as before; a comma where a comma is the decimal sign."""
    french = language_for("fr")

    assert ENGLISH.join(["a", "b", "c"]) == "a, b and c"
    assert ENGLISH.join([]) == ""
    assert french.join(["a", "b"]) == "a et b"
    assert (ENGLISH.figure("p = 0.57"), french.figure("p = 0.57")) == ("p = 0.57", "p = 0,57")
    assert ENGLISH.number(12345) == "12,345"
    assert language_for("de").number(12345) == "12.345"
    assert language_for("fr").percent(0.25) == "25\xa0%"


def test_a_languages_name_is_said_in_the_readers_own() -> None:
    """So that a remark can say in which language a report is written."""
    assert language_for("fr").language_name("en-GB") == "anglais britannique"
    assert language_for("de").language_name("ja") == "Japanisch"
    assert ENGLISH.language_name("zz") == "zz"


def test_a_text_is_remarked_on_only_where_its_language_is_another() -> None:
    """Regions do not count, and what does not say its language is left alone."""
    french = language_for("fr")

    assert french.reads("fr-CA")
    assert french.reads(None)
    assert french.reads("und")
    assert not french.reads("en")


def test_the_first_language_that_messages_are_written_in_is_taken() -> None:
    """Of several that somebody reads; English is taken where it is the first that there is."""
    assert preferred(("it", "sw", "en")) == "sw"
    assert preferred(("it", "pt")) == "it"
    assert preferred(()) == "en"


def test_places_are_filled_in_and_braces_in_what_fills_them_are_text() -> None:
    """A title with braces is no template."""
    assert ENGLISH.gettext("A {tlp} alert awaits you.", tlp="{0} {evil.__class__}") == (
        "A {0} {evil.__class__} alert awaits you."
    )


def test_a_phrase_is_said_with_and_without_a_context() -> None:
    """What no catalogue knows stays English, whatever its context."""
    assert language_for("ja").say(phrase("A sentence that nobody wrote: {x}"), x=1) == "A sentence that nobody wrote: 1"
    assert language_for("ja").say(phrase_in("nowhere", "no such word")) == "no such word"


def test_a_number_takes_the_languages_own_plural() -> None:
    """French counts nothing as one, English as many."""
    said = [language.ngettext("{count} one", "{count} many", 0) for language in (ENGLISH, language_for("sw"))]

    assert said == ["0 many", "0 many"]
    assert ENGLISH.ngettext("{count} one", "{count} many", 1) == "1 one"
