"""What UNHCR's API answers to a question, with every quirk that is documented of it.

The figures are those of release 2025-end, origin by origin.
"""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.data.datapackage import find_file

RELEASE = "2025-end"
OTHER_COUNTS = ["returned_refugees", "idps", "returned_idps", "stateless", "ooc", "hst"]
Tables, Items = dict[str, pd.DataFrame], list[dict[str, Any]]
VALUES = {
    "population": ["refugees", "asylum_seekers", *OTHER_COUNTS[:-1], "oip", OTHER_COUNTS[-1]],
    "asylum_applications": ["applied"],
    "asylum_decisions": ["dec_recognized", "dec_other", "dec_rejected", "dec_closed", "dec_total"],
}
PATHS = {name.replace("_", "-"): name for name in VALUES}


def make_figures(raw: Path, asylums: set[str] | None = None, first_year: int = 1951) -> Tables:
    """Return population, asylum_applications, asylum_decisions of some destinations and years."""
    figures = {}
    for name in VALUES:
        file = find_file(raw / RELEASE, name)
        table = pd.read_csv(file, keep_default_na=False, na_values=[""])
        table = table[table["year"] >= first_year]
        table = table[table["coa"].isin(asylums)] if asylums else table
        counts = {each: "Int64" for each in table if table[each].dtype == "float64"}
        figures[name] = table.astype(counts).reset_index(drop=True)
    figures["population"] = figures["population"].assign(**dict.fromkeys(OTHER_COUNTS, 0))
    return figures


class Answers:
    """Answers questions from tables of figures."""

    def __init__(self, figures: Tables, countries: pd.DataFrame) -> None:
        self._names = dict(zip(countries["unhcr_code"], countries["name"], strict=True))
        self._ids = {code: number + 1 for number, code in enumerate(self._names)}
        self._names["UKN"] = "Unknown "  # names may trail a space
        self.set_figures(figures)

    def set_figures(self, figures: Tables) -> None:
        """Serve other figures from now on, as the API does when a release lands."""
        self.figures = figures
        self.find_rows = functools.cache(self._find_rows)

    def answer(self, path: str, params: Sequence[tuple[str, str]]) -> dict[str, Any] | None:
        """Return the answer, or None where there is no such endpoint."""
        first = dict(reversed(params))
        limit, page = int(first.get("limit", 100)), int(first.get("page", 1))
        if path not in PATHS:
            return None
        items, total = self.find_rows(PATHS[path], *_read_question(params))
        return {"page": page, "short-url": "", "maxPages": -(-len(items) // limit), "total": total,
                "items": items[(page - 1) * limit : page * limit]}  # fmt: skip

    def _find_rows(
        self, name: str, years: tuple[int, ...] | None, sides: tuple[Any, ...], is_iso: bool
    ) -> tuple[Items, Any]:
        table = self.figures[name]
        if years is not None:
            table = table[table["year"].isin(years)]
        labels = [name for name in table if name.endswith(("_type", "_level", "_pc"))]
        key = ["year"]
        for side, wanted in sides:
            if wanted is None:
                continue
            key += [side, f"{side}_iso"]
            if wanted != "all":
                table = table[table[f"{side}_iso" if is_iso else side].isin(wanted)]
        key += labels
        if len(key) < 5 + len(labels):  # a side that is neither listed nor expanded is summed
            table = table.groupby(key, as_index=False)[VALUES[name]].sum(min_count=1)
        return self._render(table, labels, VALUES[name]), _sum(table, name)

    def _render(self, table: pd.DataFrame, labels: list[str], values: list[str]) -> Items:
        columns: dict[str, list[Any]] = {"year": [int(year) for year in table["year"]]}
        for side in ("coo", "coa"):
            codes = list(table[side]) if side in table else ["-"] * len(table)
            columns[f"{side}_id"] = [self._ids.get(code, "-") for code in codes]
            columns[f"{side}_name"] = [self._names.get(code, "-") for code in codes]
            columns[side] = codes
            columns[f"{side}_iso"] = list(table[f"{side}_iso"]) if side in table else codes
        columns |= {label: list(table[label]) for label in labels}
        columns |= {value: [_write(count) for count in table[value]] for value in values}
        names = list(columns)
        return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _read_question(params: Sequence[tuple[str, str]]) -> tuple[Any, ...]:
    """Return years, sides and code system; any other parameter is ignored without a word."""
    first: Mapping[str, str] = dict(reversed(params))
    years: tuple[int, ...] | None = None
    if "yearFrom" in first and "yearTo" in first:  # a lone bound is ignored
        years = tuple(range(int(first["yearFrom"]), int(first["yearTo"]) + 1))
    sides = [
        (side, "all" if first.get(f"{side}_all") == "true" else _list(first.get(side)))
        for side in ("coo", "coa")
    ]
    return years, tuple(sides), first.get("cf_type") == "ISO"


def _list(codes: str | None) -> tuple[str, ...] | None:
    return tuple(codes.split(",")) if codes else None


def _sum(table: pd.DataFrame, name: str) -> Any:
    """Return the control totals: sums of persons and cases alike; none for stocks."""
    if name == "population" or table.empty:
        return []
    return {value: int(table[value].sum()) for value in VALUES[name]}


def _write(count: Any) -> int | str:
    """Write a count as the API does: zero and what was not collected are text."""
    if pd.isna(count):
        return "-"
    return int(count) or "0"
