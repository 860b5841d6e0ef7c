"""Responders and operators at work, with nothing but a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.alerting.web.network import SECRET_TITLE, Network
from tests.browser.serving import Served
from tocsin_alerting.messages.mail import Mail
from tocsin_schemas import Purpose, Severity, Status, Tlp

pytestmark = pytest.mark.browser


def _heading(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "h1").text


def _press(browser: webdriver.Chrome, words: str) -> None:
    """Press a button and wait for the page after it."""
    before = browser.find_element(By.TAG_NAME, "html")
    browser.find_element(By.XPATH, f"//button[normalize-space()='{words}']").click()
    WebDriverWait(browser, 20).until(lambda now: now.find_element(By.TAG_NAME, "html") != before)


def _sign_in(browser: webdriver.Chrome, served: Served) -> None:
    browser.get(f"{served.url}/sign-in?token={served.network.tokens.issue(Purpose.OPERATOR, {})}")
    _press(browser, "Sign in")


def _keep(browser: webdriver.Chrome, folder: Path, name: str) -> None:
    """A picture of the whole page, for whoever wants to look at what the test saw."""
    before = browser.get_window_size()
    height = browser.execute_script("return document.documentElement.scrollHeight")
    browser.set_window_size(before["width"], height + 150)
    browser.save_screenshot(str(folder / f"{name}.png"))
    browser.set_window_size(before["width"], before["height"])


def _mail(title: str) -> Mail:
    page = f"<!doctype html><html lang='en'><body style='color:#123456'><h1>{title}</h1></body></html>"
    return Mail(subject=title, text=title, html=page)


def _fits(browser: webdriver.Chrome) -> bool:
    return bool(
        browser.execute_script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    )


def test_a_responder_acknowledges_from_the_mail_and_the_second_sees_who_was_first(
    chromium: webdriver.Chrome, served: Served, tmp_path: Path
) -> None:
    """The link opens a page; its button acknowledges; a colleague's link then says who did."""
    network = served.network
    alert = network.raise_alert()
    first, second = network.link(alert, "gb.duty"), network.link(alert, "gb.lead")
    chromium.get(served.url + first)
    opened = _heading(chromium)
    _keep(chromium, tmp_path, "answer-open")
    chromium.find_element(By.ID, "note").send_keys("We look into it.")
    _press(chromium, "Acknowledge")
    pressed = _heading(chromium)
    _keep(chromium, tmp_path, "answer-given")
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
    chromium.get(served.url + second)
    seen = chromium.find_element(By.TAG_NAME, "main").text

    assert opened == SECRET_TITLE
    assert pressed == "UK AI Security Institute: acknowledged"
    assert "acknowledged" in seen
    assert "(Duty (GB))" in seen
    assert chromium.find_elements(By.XPATH, "//button[normalize-space()='Acknowledge']") == []


def test_a_red_text_is_shown_when_asked_for(chromium: webdriver.Chrome, served: Served) -> None:
    """The addressee reads it on the page, after pressing a button."""
    path = served.network.link(served.network.raise_alert(tlp=Tlp.RED), "gb.lead")
    chromium.get(served.url + path)
    opened = chromium.page_source
    _press(chromium, "Show the text")

    assert SECRET_TITLE not in opened
    assert _heading(chromium) == SECRET_TITLE


def test_an_operator_signs_in_looks_answers_and_signs_out(
    chromium: webdriver.Chrome, served: Served, tmp_path: Path
) -> None:
    """From the list to the alert, an answer by telephone recorded, and out again."""
    network = served.network
    network.raise_alert(1, tlp=Tlp.CLEAR, severity=Severity.MINOR, title="A public matter")
    network.raise_alert(2, tlp=Tlp.GREEN, status=Status.EXERCISE, title="Exercise: a lost key")
    alert = network.raise_alert(3, tlp=Tlp.AMBER, title="نموذج يتجاوز الضوابط", language="ar")
    network.deliver(alert)
    chromium.get(served.url + "/")
    stranger = chromium.find_element(By.TAG_NAME, "main").text
    _keep(chromium, tmp_path, "alerts-stranger")
    _sign_in(chromium, served)
    operator = chromium.find_element(By.TAG_NAME, "main").text
    _keep(chromium, tmp_path, "alerts-operator")
    chromium.find_element(By.PARTIAL_LINK_TEXT, "نموذج").click()
    Select(chromium.find_element(By.ID, "institute")).select_by_visible_text("Japan AI Safety Institute")
    Select(chromium.find_element(By.ID, "answer")).select_by_visible_text("Acknowledge")
    chromium.find_element(By.ID, "note").send_keys("By telephone.")
    _press(chromium, "Record the answer")
    recorded = chromium.find_element(By.CSS_SELECTOR, "[role=status]").text
    _keep(chromium, tmp_path, "alert")
    _press(chromium, "Sign out")

    assert "A public matter" in stranger
    assert "Exercise: a lost key" not in stranger
    assert "EXERCISE" in stranger
    assert "Exercise: a lost key" in operator
    assert recorded == "Recorded. Japan AI Safety Institute: acknowledged."
    assert chromium.find_elements(By.LINK_TEXT, "Sign in") != []


def test_an_operator_overrides_records_a_dissent_and_withdraws(
    chromium: webdriver.Chrome, served: Served, tmp_path: Path
) -> None:
    """Without a script: a form opens, is refused with its words kept, is mended, and what was said is withdrawn."""
    network = served.network
    alert = network.raise_alert(severity=Severity.SEVERE)
    _sign_in(chromium, served)
    chromium.get(f"{served.url}/alerts/{alert}")
    chromium.find_element(By.XPATH, "//summary[normalize-space()='Override the severity']").click()
    Select(chromium.find_element(By.ID, "override-severity")).select_by_visible_text("Minor")
    chromium.find_element(By.ID, "override-why").send_keys("The judge was wrong in forty samples.")
    _press(chromium, "Set the severity")
    refused = chromium.find_element(By.CSS_SELECTOR, "[role=alert]").text
    kept = chromium.find_element(By.ID, "override-why").get_attribute("value")
    _keep(chromium, tmp_path, "override-refused")
    chromium.find_element(By.ID, "override-evidence").send_keys("https://records.example/7")
    _press(chromium, "Set the severity")
    recorded = chromium.find_element(By.CSS_SELECTOR, "[role=status]").text
    chromium.find_element(By.XPATH, "//summary[normalize-space()='Record the dissent of an institute']").click()
    Select(chromium.find_element(By.ID, "dissent-institute")).select_by_visible_text("Japan AI Safety Institute")
    Select(chromium.find_element(By.ID, "dissent-severity")).select_by_visible_text("Severe")
    chromium.find_element(By.ID, "dissent-why").send_keys("We reproduced it.")
    _press(chromium, "Record the dissent")
    dissenting = chromium.find_element(By.CLASS_NAME, "judgements").text
    _keep(chromium, tmp_path, "override-and-dissent")
    chromium.find_element(By.XPATH, "//summary[normalize-space()='Withdraw this override']").click()
    chromium.find_element(By.CSS_SELECTOR, "[id^=withdraw-]").send_keys("The review was of another run.")
    _press(chromium, "Withdraw the override")
    withdrawn = chromium.find_element(By.CSS_SELECTOR, "[role=status]").text

    assert "Evidence: is needed to go below severe." in refused
    assert kept == "The judge was wrong in forty samples."
    assert recorded == "Recorded: the severity is minor."
    assert "Set to minor by an operator of the network" in dissenting
    assert "This decides." in dissenting
    assert "Japan AI Safety Institute holds severe" in dissenting
    assert withdrawn == "Recorded: the severity is severe."
    assert _fits(chromium)


def test_a_preview_is_shown_in_a_frame_with_its_styles_and_no_rights(
    chromium: webdriver.Chrome, served: Served, tmp_path: Path
) -> None:
    """The mail looks as it would in a mailbox; a script in it would not run; the link below it answers."""
    network = served.network
    alert = network.raise_alert()
    kept = _mail("Severe (serious hazard)<script>document.title='run'</script>").as_dict()
    network.deliver(alert, outcome="previewed", rendered=json.loads(json.dumps(kept)))
    _sign_in(chromium, served)
    chromium.get(f"{served.url}/outbox")
    _keep(chromium, tmp_path, "outbox")
    title = chromium.title
    chromium.switch_to.frame(chromium.find_element(By.TAG_NAME, "iframe"))
    heading = chromium.find_element(By.TAG_NAME, "h1")
    shown, colour = heading.text, heading.value_of_css_property("color")
    chromium.switch_to.default_content()
    chromium.find_element(By.PARTIAL_LINK_TEXT, "Answer as Duty (GB)").click()
    _press(chromium, "Acknowledge")

    assert title == "Outbox of previews · Tocsin"
    assert shown == "Severe (serious hazard)"
    assert colour == "rgba(18, 52, 86, 1)"
    assert _heading(chromium) == "UK AI Security Institute: acknowledged"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_readable_on_a_narrow_screen_in_both_schemes(
    chromium: webdriver.Chrome, served: Served, tmp_path: Path, scheme: str
) -> None:
    """Nothing runs over at 320 px, the sheet is applied, and every text has a contrast of 4.5 to 1."""
    network = served.network
    alert = network.raise_alert(tlp=Tlp.CLEAR, title=f"{'Unbreakable' * 15} title")
    path = network.link(alert, delivery=network.deliver(alert))
    judge(network, alert)
    _sign_in(chromium, served)
    chromium.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    chromium.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 320, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    )
    try:
        for name, page in {
            "alerts": "/",
            "alert": f"/alerts/{alert}",
            "answer": path,
            "outbox": "/outbox",
            "sign-in": "/sign-in",
            "refused": "/nowhere",
        }.items():
            chromium.get(served.url + page)
            chromium.save_screenshot(str(tmp_path / f"narrow-{scheme}-{name}.png"))
            faint = chromium.execute_script(_FAINT)

            assert _fits(chromium), page
            assert faint == [], page
    finally:
        chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def judge(network: Network, alert: str) -> None:
    """People have spoken on the severity: the page has all that it can have."""
    client = network.client()
    said = {"severity": "minor", "why": f"{'Unbreakable' * 15} why", "evidence": [{"title": f"{'Unbreakable' * 15}"}]}
    for path, body in (("overrides", said), ("dissents", {**said, "institute": "fr", "severity": "moderate"})):
        assert client.post(f"/v1/alerts/{alert}/{path}", json=body, headers=network.bearer()).status_code == 201


# WCAG 2.2, 1.4.3: relative luminance of each text against the nearest background that is not transparent.
_FAINT = """
const channel = v => (v /= 255, v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const numbers = c => c.match(/[\\d.]+/g).map(Number);
const light = c => { const [r, g, b] = numbers(c); return .2126*channel(r) + .7152*channel(g) + .0722*channel(b); };
const ground = e => {
  for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor, n = numbers(c);
    if (n.length < 4 || n[3] > 0) return c;
  }
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'rgb(0,0,0)' : 'rgb(255,255,255)';
};
const faint = [];
for (const e of document.querySelectorAll('body *')) {
  const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  if (!own || !e.getClientRects().length) continue;
  const a = light(getComputedStyle(e).color), b = light(ground(e));
  const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (contrast < 4.5) faint.push([e.tagName, e.textContent.trim().slice(0, 40), contrast.toFixed(2)]);
}
return faint;
"""
