"""What a run asks of a worker, and what comes back: plain values, cheap to import."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

KERNEL = "asylum"  # forked from a warm parent, see helpers.running.warm
PLAIN = "python3"


@dataclass(frozen=True)
class Job:
    """One notebook to run: its .py, where the executed one goes, and the parameters to inject."""

    source: str
    output: str
    parameters: dict[str, Any]
    kernel: str = KERNEL


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

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Done:
        """Read what `to_json` gave."""
        failure = values["failure"]
        return cls(values["notebook"], values["seconds"], Failure(**failure) if failure else None)
