"""axe-core on an open page: what keeps people with a disability from reading it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

VENDOR = Path(__file__).resolve().parents[1] / "site" / "vendor"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# The rules whose answer can change with the theme.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
RUN = """async only => {
  const found = await axe.run(document, {
    runOnly: only, resultTypes: ["violations"],
    preload: false,  // a page opened from a file may not fetch its own stylesheet
  });
  return found.violations.map(rule => {
    const first = rule.nodes[0], checks = first.any.concat(first.all, first.none);
    return `${rule.id}: ${rule.help}, ${rule.nodes.length} times, first at `
      + `${first.target.join(" ")}: ${checks.map(check => check.message).join("; ")}`;
  });
}"""
TRIM = """document.querySelectorAll("tbody, ul, ol").forEach(
  list => [...list.children].slice(12).forEach(child => child.remove()))"""


def trim_lists(page: Page) -> None:
    """Keep the first rows and entries of long tables and lists: the others are like them."""
    page.evaluate(TRIM)


def find_barriers(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Run axe-core on a page, by some rules or by all of `TAGS`; say what it finds."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    if not page.evaluate("'axe' in window"):
        page.evaluate((VENDOR / "axe.min.js").read_text(encoding="utf-8"))
    return page.evaluate(RUN, only)
