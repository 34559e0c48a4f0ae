"""A built site as it lies on the disk: where its pages point, and which of them are looked at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

# An address of the disk is one that a script has made: no page has this machine's folders in it.
NO_PAGE = re.compile(r"^(?:https?:|file:|mailto:|data:|javascript:|tel:|blob:|//)", re.I)
# A file's name is no description; myst-nb puts one where a notebook gives none.
NO_WORDS = re.compile(r"\.(?:png|svg|jpe?g|gif|webp)$|^_images/", re.I)
# What an open page can be pointed at, where it points, and its pictures with their words.
READ = """() => {
  const list = (name, ...names) => names.flatMap((each) => [...document.querySelectorAll(
    `${each}[${name}]`)].map((one) => one.getAttribute(name)));
  return {ids: list("id", ""), names: list("name", "a"),
          targets: [...list("href", "a", "area", "link"), ...list("src", "img", "script")],
          pictures: [...document.images].map((one) => [one.src, one.getAttribute("alt")])};
}"""


def find_faults(root: Path, pages: Mapping[Path, Mapping[str, Any]]) -> Iterator[str]:
    """Say which links lead nowhere, which pictures have no words, and which ids come twice.

    `pages` are what `READ` returned, by file.
    """
    places = {file: {*page["ids"], *page["names"]} for file, page in pages.items()}
    for file, page in pages.items():
        found = [f"id {name} twice" for name, count in Counter(page["ids"]).items() if count > 1]
        found += [f"{source}: alt {words!r}" for source, words in page["pictures"]
                  if words is None or NO_WORDS.search(words)]  # fmt: skip
        for target in {each.strip() for each in page["targets"]}:
            # That nothing is loaded from elsewhere is seen in the browser.
            if (
                target
                and not NO_PAGE.match(target)
                and (fault := _judge(root, places, file, target))
            ):
                found.append(f"{target}: {fault}")
        yield from (f"{file.relative_to(root)}: {fault}" for fault in found)


def _judge(root: Path, places: Mapping[Path, set[str]], file: Path, target: str) -> str:
    """Say what is wrong with where a page points; nothing where nothing is."""
    parts = urlsplit(target)
    goal = (file.parent / unquote(parts.path)).resolve() if parts.path else file
    if target.startswith("/") or not goal.is_relative_to(root):
        return "leaves the site's folder"
    if not goal.is_file():
        return "a folder, which no file:// page opens" if goal.is_dir() else "no such file"
    place = unquote(parts.fragment)
    return "no such place in the page" if place and place not in places.get(goal, {place}) else ""


def sample_pages(pages: Iterable[Path], root: Path) -> list[Path]:
    """Take all pages, but of the code reference, the claims and the lessons some.

    Of each folder the first, the last and the longest stand for the others.
    """
    kept = sorted(pages)
    lessons = root / "notebooks" / "exercises"
    for folder in (root / "api", root / "ledger", lessons, lessons / "solutions"):
        own = [file for file in kept if file.parent == folder]
        longest = max(own, key=lambda file: file.stat().st_size)
        kept = [file for file in kept if file not in own or file in (own[0], own[-1], longest)]
    return kept
