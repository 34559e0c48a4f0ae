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
RUN = """async ([tags, grave]) => {
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], elementRef: false,
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


def find_barriers(page: Page, tags: Sequence[str] = TAGS) -> list[Barrier]:
    """Run axe-core on a page; return what is serious or critical."""
    page.evaluate(read_axe())
    found = page.evaluate(RUN, [list(tags), sorted(GRAVE)])
    return [
        Barrier(each["rule"], each["impact"], each["help"],
                tuple((selector, message) for selector, message in each["places"]))
        for each in found
    ]  # fmt: skip
