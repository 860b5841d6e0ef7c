"""axe-core in a real browser: what of a page keeps people out, contrast included."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib.resources import files

from selenium import webdriver

_RUN = """
const [documents, done] = arguments;
(async () => {
  const found = {};
  for (const [name, html] of Object.entries(documents)) {
    // The window stays, and axe-core in it; only the document is another.
    document.open(); document.write(html); document.close();
    const {violations} = await axe.run(document, {resultTypes: ['violations'], iframes: false});
    found[name] = violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(
      v => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`);
  }
  return found;
})().then(done, error => done({axe: [String(error)]}));
"""
_AT_ONCE = 8
"""Documents in one call, which the browser bounds: the bound is for a few, however many there are."""


@functools.cache
def axe_source() -> str:
    """The script, as its makers publish it; the package that carries it is made for another driver."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def grave(browser: webdriver.Chrome, documents: Mapping[str, str]) -> dict[str, list[str]]:
    """The serious and critical findings in each document, in a line each; what has none is left out.

    Args:
        browser: which shows the documents one after the other.
        documents: whole HTML documents, by name; they load nothing.
    """
    browser.get("about:blank")
    browser.execute_script(axe_source())
    found: dict[str, list[str]] = {}
    names = list(documents)
    for start in range(0, len(names), _AT_ONCE):
        some = {name: documents[name] for name in names[start : start + _AT_ONCE]}
        found |= browser.execute_async_script(_RUN, some)
    missing = documents.keys() - found.keys()
    return {name: said for name, said in found.items() if said} | {name: ["not looked at"] for name in missing}
