"""axe-core on an open page: what keeps people with a disability from reading it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

VENDOR = Path(__file__).resolve().parents[1] / "site" / "vendor"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
GRAVE = {"serious", "critical"}
# The rules whose answer can change with the theme.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
RUN = """async ([only, grave]) => {
  const found = await axe.run(document, {
    runOnly: only, resultTypes: ["violations"],
    preload: false,  // a page opened from a file may not fetch its own stylesheet
  });
  return found.violations.filter(rule => grave.includes(rule.impact)).map(rule => ({
    rule: rule.id, impact: rule.impact, help: rule.help,
    places: rule.nodes.map(node => [node.target.join(" "), node.any.concat(node.all, node.none)
      .map(check => check.message).join("; ")]),
  }));
}"""


@dataclass(frozen=True)
class Barrier:
    """One rule that a page breaks, with the places."""

    rule: str
    impact: str
    help: str
    places: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        selector, message = self.places[0]
        return f"{self.impact} {self.rule} ({len(self.places)}): {self.help}: {selector}: {message}"


@cache
def read_axe() -> str:
    """Return axe-core's script."""
    return (VENDOR / "axe.min.js").read_text(encoding="utf-8")


TRIM = """most => document.querySelectorAll("tbody, ul").forEach(
  list => [...list.children].slice(most).forEach(child => child.remove()))"""
MOST = 12


def trim_lists(page: Page) -> None:
    """Keep the first rows and entries of long tables and lists: the others are like them."""
    page.evaluate(TRIM, MOST)


def find_barriers(page: Page, rules: Sequence[str] = ()) -> list[Barrier]:
    """Run axe-core on a page, by some rules or by all; return what is serious or critical."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    if not page.evaluate("'axe' in window"):
        page.evaluate(read_axe())
    found = page.evaluate(RUN, [only, sorted(GRAVE)])
    return [
        Barrier(each["rule"], each["impact"], each["help"],
                tuple((selector, message) for selector, message in each["places"]))
        for each in found
    ]  # fmt: skip
