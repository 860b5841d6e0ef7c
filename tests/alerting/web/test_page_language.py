"""Pages in the language of whoever reads them: chosen, of the addressee, or of the browser; nothing left in English."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from starlette.requests import Request

from tests.alerting.web.network import Network
from tests.alerting.web.test_alert_pages import signed_in
from tests.renderings.kinds import ZONES
from tests.renderings.scenes import documents, scenes
from tocsin_alerting.messages import words
from tocsin_alerting.messages.catalogues import catalogue, languages
from tocsin_alerting.messages.language import language_for
from tocsin_alerting.policy.disclosure import DisclosureReason
from tocsin_alerting.policy.overrides import TARGETS
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.policy.sending import DropReason, Outcome
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_alerting.web import page_words
from tocsin_alerting.web.page_language import choices, direction, known, negotiated, reading, with_language
from tocsin_alerting.web.problem_words import problem_said
from tocsin_schemas import Action, AlertState, Answer, Domain, Problem, ReportKind, Severity, Tlp


def _request(query: str = "", accept: str | None = None) -> Request:
    headers = [] if accept is None else [(b"accept-language", accept.encode())]
    return Request({"type": "http", "query_string": query.encode(), "headers": headers, "path": "/", "method": "GET"})


@pytest.mark.parametrize(
    ("accept", "tag"),
    [
        ("fr", "fr"),
        ("fr-CA, en;q=0.8", "fr"),
        ("it, de;q=0.5, es;q=0.9", "es"),
        ("en;q=0.1, ja", "ja"),
        ("sw-KE", "sw"),
        ("ko;q=0, fr;q=0.2", "fr"),
        ("it, zh", "en"),
        ("*", "en"),
        ("", "en"),
        (None, "en"),
        ("de;q=much", "en"),
        (", ;;q=1, =" + "x" * 5_000, "en"),
    ],
)
def test_the_browsers_languages_are_weighed(accept: str | None, tag: str) -> None:
    """What somebody reads best of what there is; a header that makes no sense is nobody's fault."""
    assert negotiated(accept) == tag


@pytest.mark.parametrize(
    ("query", "addressee", "accept", "tag", "kept"),
    [
        ("lang=ja", "fr", "de", "ja", "ja"),
        ("", "fr", "de", "fr", "fr"),
        ("", None, "de", "de", None),
        ("lang=xx", None, "de", "de", None),
        ("lang=", "sw", "de", "sw", "sw"),
        ("lang=fr-CA", None, None, "fr", "fr"),
        ("", None, None, "en", None),
    ],
)
def test_a_choice_goes_before_the_addressee_and_both_before_the_browser(
    query: str, addressee: str | None, accept: str | None, tag: str, kept: str | None
) -> None:
    """And what was chosen, or follows from the link, stays in the page's own links."""
    read = reading(_request(query, accept), addressee=addressee)

    assert (read.language.tag, read.kept) == (tag, kept)
    assert read.link("/alerts/a?x=1") == ("/alerts/a?x=1" if kept is None else f"/alerts/a?x=1&lang={kept}")


def test_links_keep_their_query_and_have_one_language() -> None:
    """Nothing else in an address changes, and nothing is there twice."""
    assert with_language("/?state=all&lang=de&cursor=a%26b", "fr") == "/?state=all&cursor=a%26b&lang=fr"
    assert with_language("/x", None) == "/x"
    assert known("EN_us") == "en"
    assert [tag for tag, _, _ in choices("/")] == list(languages())
    assert {tag: name for tag, name, _ in choices("/")}["ja"] == "日本語"
    assert {direction(tag) for tag in languages()} == {"ltr"}


def test_an_answer_page_is_in_the_addressees_language_and_zone(network: Network) -> None:
    """The link in a mail opens in the language of the mail; the switcher leads elsewhere and changes nothing."""
    french = {"language": "fr", "languages": ("fr",), "time_zone": "Europe/Paris"}
    network.directory.contacts["fr.lead"] = network.directory.contacts["fr.lead"].model_copy(update=french)
    path = network.link(network.raise_alert(), "fr.lead")
    client = network.client()
    before = network.rows()
    own = client.get(path, headers={"accept-language": "de"})
    other = client.get(with_language(path, "ja"))

    assert '<html lang="fr" dir="ltr">' in own.text
    assert own.headers["content-language"] == "fr"
    assert "Accuser réception" in own.text
    assert "Paris, UTC+" in own.text
    assert f'href="{path}?lang=ja"' in own.text
    assert "?lang=fr" in own.text.partition("La page de l&#39;alerte")[0].rpartition("href=")[2]
    assert '<html lang="ja" dir="ltr">' in other.text
    assert network.rows() == before


def test_somebody_whose_zone_is_not_known_reads_times_in_utc(network: Network) -> None:
    """And the zone is said; programs find the instant beside it."""
    alert = network.raise_alert(tlp=Tlp.CLEAR)
    page = network.client().get(f"/alerts/{alert}?lang=de").text

    assert " UTC</time>" in page
    assert '<time datetime="20' in page
    assert "+00:00" in page


def test_a_form_answers_in_the_language_of_its_page(network: Network) -> None:
    """Faults and refusals too; what leads elsewhere keeps the language; the switcher opens what can be opened."""
    alert = network.raise_alert(severity=Severity.SEVERE)
    client = signed_in(network)
    page = client.get(f"/alerts/{alert}?lang=de").text
    nonce = page.partition('name="nonce" value="')[2].partition('"')[0]
    judge = page.rpartition('name="revision"')[0].rpartition('name="nonce" value="')[2].partition('"')[0]
    german = language_for("de")
    wrong = client.post(f"/alerts/{alert}?lang=de", data={"nonce": nonce, "answer": "acknowledge", "institute": "xx"})
    form = {"nonce": judge, "revision": "1", "severity": "minor", "why": "x"}
    bare = client.post(f"/alerts/{alert}/overrides?lang=de", data=form)
    gone = network.client().get("/a/nonsense?lang=de")
    stranger = network.client().post(f"/alerts/{alert}?lang=de", data={})

    assert f'action="/alerts/{alert}/overrides?lang=de"' in page
    assert "Wählen Sie ein Institut. Es wurde nichts aufgezeichnet." in wrong.text
    assert f"Belege: ist nötig, um unter „{words.severity(german, Severity.SEVERE)}“ zu gehen." in bare.text
    assert f'href="/alerts/{alert}?lang=ja"' in bare.text
    assert "<h1>Dieser Link ist nicht gültig</h1>" in gone.text
    assert gone.status_code == 404
    assert stranger.headers["location"] == "/sign-in?lang=de"


def test_programs_are_spoken_to_in_english(network: Network) -> None:
    """The API does not depend on a browser's language, nor on a parameter of the pages."""
    german = {"accept-language": "de"}
    missing = network.client().get("/v1/alerts/none?lang=de", headers=german).json()
    alert = network.client().get(f"/v1/alerts/{network.raise_alert()}", headers=german).json()

    assert missing["title"] == "Not Found"
    assert missing["detail"] == "There is no alert 'none'."
    assert alert["withheld"].startswith("The text is labelled")


@pytest.mark.parametrize("tag", [tag for tag in ZONES if tag != "en"])
def test_nothing_of_ours_is_left_in_english(network: Network, tag: str) -> None:
    """Whatever a page says in English is a name, a label, an id, or marked as English."""
    places = scenes(network)
    english, translated = documents(network, places, "en"), documents(network, places, tag)
    said = catalogue(tag)
    left = {
        (name, text)
        for name in translated
        for text in _texts(english[name]) & _texts(translated[name])
        if said.gettext(text) != text
    }

    assert left == set()
    for name in translated:
        assert len(_texts(english[name]) - _texts(translated[name])) > 5, name


@pytest.mark.parametrize("tag", languages())
def test_closed_sets_have_words(tag: str) -> None:
    """No page shows a value that was made for programs."""
    assert set(page_words.STATES) == set(AlertState)
    assert set(page_words.SAID) >= set(Answer)
    assert set(page_words.KINDS) == set(ReportKind)
    assert set(page_words.DOMAINS) == set(Domain)
    assert set(page_words.ACTIONS) == set(Action)
    assert set(page_words.DELIVERIES) == set(DeliveryKind)
    assert set(page_words.OUTCOMES) == set(Outcome)
    assert set(page_words.RECEIPTS) == set(Receipt)
    assert set(page_words.REASONS) >= {*TellingReason, *DropReason, *DisclosureReason} - {DisclosureReason.CLEARED}
    assert all(language_for(tag).say(each) for each in page_words.REASONS.values())


def test_a_fault_without_words_stays_english_and_says_so() -> None:
    """Better a sentence in another language than none, and screen readers are told which."""
    german = language_for("de")
    odd = problem_said(german, Problem("severity", "is <odd>.", "Mend it."))
    known_one = problem_said(german, Problem("severity", "is missing.", "Choose one."))
    named = [words.severity(german, each) for each in TARGETS[:2]]
    one_of = ", ".join(each.value for each in TARGETS[:2])
    listed = problem_said(german, Problem("severity", "is missing.", f"Use one of: {one_of}."))

    assert odd == '<span lang="en" dir="ltr">severity: is &lt;odd&gt;. Mend it.</span>'
    assert known_one == "Schweregrad: fehlt. Wählen Sie eine Angabe."
    assert listed == f"Schweregrad: fehlt. Verwenden Sie eines von: {', '.join(named)}."


class _Texts(HTMLParser):
    """Texts of a page that are not marked as being in a language of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self._foreign: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "br", "hr", "input"}:
            above = bool(self._foreign) and self._foreign[-1]
            self._foreign.append(above or tag in {"code", "bdi", "iframe"} or (tag != "html" and "lang" in dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"meta", "link", "br", "hr", "input"}:
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not self._foreign[-1:] or not self._foreign[-1]:
            self.texts.add(" ".join(data.split()).strip(" .:;,"))


def _texts(page: str) -> set[str]:
    parser = _Texts()
    parser.feed(page)
    return {text for text in parser.texts if text}
