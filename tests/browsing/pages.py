"""A built site as it lies on the disk: its pages, where they point, what its pictures say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

NO_PAGE = re.compile(r"^(?:https?|mailto|data|javascript|tel|blob):", re.I)
# A file's name is no description; myst-nb puts one where a notebook gives none.
NO_WORDS = re.compile(r"\.(?:png|svg|jpe?g|gif|webp)$|^_images/", re.I)
POINTERS = {"a": "href", "area": "href", "link": "href", "img": "src", "script": "src",
            "iframe": "src", "source": "src", "object": "data"}  # fmt: skip


@dataclass
class Page(HTMLParser):
    """One page: the ids that can be pointed at, what it points at, and its pictures."""

    file: Path
    ids: set[str] = field(default_factory=set)
    repeated: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    mute: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names, where it points, and whether a picture has words."""
        values = dict(attrs)
        name = values.get("id")
        if name:
            if name in self.ids:
                self.repeated.append(name)
            self.ids.add(name)
        if tag == "a" and values.get("name"):
            self.ids.add(values["name"] or "")
        if target := values.get(POINTERS.get(tag, "")):
            self.targets.append(target.strip())
        if tag == "img" and (values.get("alt") is None or NO_WORDS.search(values["alt"] or "")):
            self.mute.append(f"{values.get('src') or '?'}: alt {values.get('alt')!r}")


@dataclass
class Folder:
    """A built site."""

    root: Path

    @cached_property
    def pages(self) -> dict[Path, Page]:
        """Every page, by its file; what themes keep in _static are templates and no pages."""
        root = self.root.resolve()
        files = (file for file in sorted(root.rglob("*.html")) if "_static" not in file.parts)
        return {file: Page(file) for file in files}

    def find_faults(self) -> Iterator[str]:
        """Say which links lead nowhere, which pictures have no words, and which ids come twice."""
        for file, page in self.pages.items():
            reasons = {target: self._find_fault(file, target) for target in page.targets}
            dead = [f"{target}: {reason}" for target, reason in reasons.items() if reason]
            for each in [*dead, *page.mute, *(f"id {name}" for name in page.repeated)]:
                yield f"{file.relative_to(self.root.resolve())}: {each}"

    def _find_fault(self, file: Path, target: str) -> str:
        if NO_PAGE.match(target) or target.startswith("//"):
            return ""  # that nothing is loaded from elsewhere is seen in the browser
        parts = urlsplit(target)
        goal = (file.parent / unquote(parts.path)).resolve() if parts.path else file
        if target.startswith("/") or not goal.is_relative_to(self.root.resolve()):
            return "leaves the site's folder"
        if not goal.is_file():
            return "a folder, which no file:// page opens" if goal.is_dir() else "no such file"
        place = unquote(parts.fragment)
        if place and goal in self.pages and place not in self.pages[goal].ids:
            return "no such place in the page"
        return ""


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
