"""axe-core on the site, light and dark, on a phone and on a wide screen: nothing serious.

Every page but those of the code reference, which one template makes: of them the first, the last
and the longest (`browsing.pages.sample_pages`). What does not depend on colours is looked at in
the light theme alone, at both widths, since both themes are the same markup; of a long table or
list, the first dozen rows are looked at.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing.axe import COLOUR_RULES, find_barriers, trim_lists
from browsing.fixtures import open_page, turn_page
from browsing.pages import Folder, sample_pages

pytestmark = pytest.mark.browser


# The theme gives what scrolls its place among the tab stops as a page loads, so each width loads
# it anew; colours turn in the open page.
@pytest.mark.parametrize("width", [1400, 320])
def test_nothing_keeps_people_out(browser, site: Path, width) -> None:
    root, found = site.resolve(), []
    page, _ = open_page(browser, width, "light")
    for file in sample_pages(list(Folder(site).pages), root):
        page.goto(file.as_uri())
        trim_lists(page)
        for theme in ("light", "dark"):
            turn_page(page, width, theme)
            barriers = find_barriers(page, rules=COLOUR_RULES if theme == "dark" else ())
            found += [f"{file.relative_to(root)}, {theme}: {barrier}" for barrier in barriers]
        turn_page(page, width, "light")
    page.context.close()
    assert not found, "\n".join(found)


def test_both_themes_are_looked_at(page_at, site: Path) -> None:
    shades = []
    for theme in ("light", "dark"):
        page = page_at(1400, theme)
        page.goto((site.resolve() / "index.html").as_uri())
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        shades.append(sum(int(part) for part in colour.strip("rgba()").split(",")[:3]))
    assert shades[0] > 600 > 200 > shades[1]
