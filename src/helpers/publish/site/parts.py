"""Parts of the site that are no Sphinx pages: each writes a folder of its own beside the book."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast


@dataclass(frozen=True)
class Part:
    """One part of the site.

    Attributes
    ----------
    name : str
        Its folder in the site; the page of the book that leads to it has the same name.
    title, lead : str
        What the page is called, and what it says of the part.
    module, function : str
        Who writes it: `function(out)` gets the site's folder and returns the file to open.
    """

    name: str
    title: str
    lead: str
    module: str
    function: str

    def load(self) -> Callable[[Path], Path]:
        """Import the function that writes the part.

        Raises
        ------
        ImportError
            Where there is none: a part is never left out in silence.
        """
        try:
            found: Any = getattr(importlib.import_module(self.module), self.function)
        except (ImportError, AttributeError) as error:
            raise ImportError(
                f"the site's part {self.name} is made by {self.module}.{self.function}, "
                f"which cannot be imported: {error}"
            ) from None
        return cast(Callable[[Path], Path], found)

    def build(self, out: Path) -> Path:
        """Write the part into the site's folder and return the file to open.

        Raises
        ------
        ValueError
            Where the part did not write its page.
        """
        written = self.load()(out)
        if not (out / self.name / "index.html").is_file():
            raise ValueError(f"the site's part {self.name} wrote no {self.name}/index.html")
        return written

    def write_page(self) -> str:
        """Write the page of the book that leads to the part."""
        return (
            f"# {self.title}\n\n{self.lead[:1].upper()}{self.lead[1:]}.\n\n"
            f'<p><a class="button" href="{self.name}/index.html">Open: {self.title}</a></p>\n'
        )


# The one place where parts are named; `asylum site` writes each, and fails where one is missing.
PARTS: tuple[Part, ...] = (
    Part(
        name="explorer",
        title="Explorer",
        lead="every origin, measure, destination, year and release, in a chart and a table",
        module="helpers.publish.explorer",
        function="build_explorer",
    ),
)
