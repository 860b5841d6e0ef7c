"""Words bound to a language, as templates speak."""

from __future__ import annotations

from jinja2 import Environment
from markupsafe import Markup

from tests.alerting.messages.views import view
from tocsin_alerting.messages import words
from tocsin_alerting.messages.binding import bound, template_words
from tocsin_alerting.messages.language import ENGLISH, language_for
from tocsin_schemas import Severity

TEMPLATE = "{{ _('A {tlp} alert awaits you.', tlp=what) }}"


def test_what_takes_a_language_is_called_without_one() -> None:
    """So the calls in templates are the same in every language."""
    assert bound(words, ENGLISH).headline(view()) == words.headline(ENGLISH, view())
    assert bound(words, ENGLISH).is_guidance(view()) is False


def test_tables_of_words_are_said_by_their_keys() -> None:
    """As `words.LABELS.severity` and `words.SEVERITY[severity]` stand in templates."""
    assert bound(words, ENGLISH).LABELS["severity"] == "Severity"
    assert bound(words, ENGLISH).SEVERITY[Severity.SEVERE] == "Severe"
    assert words.TOMBSTONE.message == bound(words, ENGLISH).TOMBSTONE


def test_each_language_has_words_of_its_own() -> None:
    """What one reader was told is not said to the next."""
    assert bound(words, ENGLISH) is bound(words, language_for("en"))
    assert bound(words, ENGLISH) is not bound(words, language_for("fr"))


def test_html_escapes_what_stands_in_a_sentences_places_and_keeps_markup_there() -> None:
    """A title cannot become a tag, and a time element can stand in a translated sentence."""
    page = Environment(autoescape=True).from_string(TEMPLATE)
    known = template_words(ENGLISH, html=True)

    assert page.render(known, what="<b>") == "A &lt;b&gt; alert awaits you."
    assert page.render(known, what=Markup("<b>x</b>")) == "A <b>x</b> alert awaits you."
    assert page.render(known, what="{tlp}") == "A {tlp} alert awaits you."


def test_html_escapes_the_translated_sentence_itself() -> None:
    """A translator's mistake is text as well."""
    page = Environment(autoescape=True).from_string(
        "{{ _('a < {b}', b=1) }}{{ ngettext('{count} < x', '{count} < y', 2) }}"
    )

    assert page.render(template_words(ENGLISH, html=True)) == "a &lt; 12 &lt; y"


def test_plain_text_stays_as_it_is() -> None:
    """The text part of a mail shows signs, not entities."""
    text = Environment(autoescape=False).from_string(TEMPLATE)

    assert text.render(template_words(ENGLISH, html=False), what="<b>") == "A <b> alert awaits you."
