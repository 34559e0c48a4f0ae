"""How a notebook ended; apart from what runs it, so that the command line can name it at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """Where a notebook failed; `cell` counts the source's cells from 1 (0: not in a cell)."""

    notebook: str
    cell: int
    name: str
    value: str

    def describe(self) -> str:
        """Say it in one line.

        >>> Failure("03_eras", 4, "KeyError", "'CHN'").describe()
        "03_eras, cell 4: KeyError: 'CHN'"
        """
        place = f"cell {self.cell}" if self.cell else "the kernel"
        first = (self.value.strip().splitlines() or [""])[0]
        return f"{self.notebook}, {place}: {self.name}{': ' + first if first else ''}"


@dataclass(frozen=True)
class Done:
    """A notebook that has run."""

    notebook: str
    seconds: float
    failure: Failure | None = None
