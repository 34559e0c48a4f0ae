"""Whole tables for the stand-in server: real figures where they are on file, filled up elsewhere.

Pairs of the origins kept, unknown origins, and every total over origins or destinations are
UNHCR's, of release 2025-end. How a destination's remainder is spread over the other origins is
made up (seeded), so that both totals come out: it is for tests, and says nothing of the world.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.data.columns import PAIRS
from helpers.data.datapackage import find_file

RELEASE = "2025-end"
# The origins whose pairs are UNHCR's.
KEPT = ("AFG", "BLR", "CHN", "CUB", "ERI", "HKG", "IRN", "MAC", "MMR", "NIC", "RUS", "SYR", "TIB",
        "TUR", "UKR", "VEN")  # fmt: skip
DECIDED = ["dec_recognized", "dec_other", "dec_rejected", "dec_closed"]
OTHER_COUNTS = ["returned_refugees", "idps", "returned_idps", "stateless", "ooc", "hst"]
UNKNOWN = ("UKN", "UNK")
Tables = dict[str, pd.DataFrame]


def make_figures(raw: Path, asylums: set[str] | None = None, first_year: int = 1951) -> Tables:
    """Return population, asylum_applications, asylum_decisions with every origin, sorted by year.

    With some destinations and years only, they are fast to make and enough for most tests.
    """

    def read(raw: Path, name: str) -> pd.DataFrame:
        file = find_file(raw / RELEASE, name)
        table = pd.read_csv(file, keep_default_na=False, na_values=[""])
        if "coo" in table and name in PAIRS:
            table = table[table["coo_iso"].isin(KEPT)]
        table = table[table["year"] >= first_year]
        return table[table["coa"].isin(asylums)] if asylums and "coa" in table else table

    codes = read(raw, "totals_by_origin")[["coo", "coo_iso"]].drop_duplicates()
    spread = Spread(np.random.default_rng(2026), codes)
    return {
        "population": _make_population(
            spread, read(raw, "population"), read(raw, "totals_by_origin"),
            read(raw, "totals_by_asylum"),
        ),
        "asylum_applications": _make_flows(
            spread, read(raw, "asylum_applications"), read(raw, "applications_by_asylum"),
            ["app_type", "dec_level", "app_pc"], ["applied"], [],
        ),
        "asylum_decisions": _make_flows(
            spread, read(raw, "asylum_decisions"), read(raw, "decisions_by_asylum"),
            ["dec_level", "dec_pc"], ["dec_total"], DECIDED,
        ),
    }  # fmt: skip


class Spread:
    """Splits a remainder over origins that are not on file pair by pair."""

    def __init__(self, random: np.random.Generator, codes: pd.DataFrame) -> None:
        self.random = random
        self.iso = dict(zip(codes["coo"], codes["coo_iso"], strict=True))

    def split(self, amount: int, parts: int) -> list[int]:
        """Split into so many parts of five or more where it is enough for that, none of zero."""
        least = 5 if amount >= 5 * parts else 1
        parts = max(1, min(parts, amount))
        cuts = np.sort(self.random.integers(0, amount - least * parts + 1, parts - 1))
        edges = np.concatenate([[0], cuts, [amount - least * parts]])
        return [int(size) + least for size in np.diff(edges)]

    def choose(self, taken: set[str], count: int) -> list[tuple[str, str]]:
        """Choose origin and authority, different ones, none of them taken."""
        free = [origin for origin in self.iso if origin not in taken and origin != UNKNOWN[0]]
        order = self.random.permutation(len(free))[:count]
        pairs = [(free[index], "G") for index in order]
        return pairs + [(origin, "U") for origin in free][: count - len(pairs)]


def _make_flows(
    spread: Spread, kept: pd.DataFrame, totals: pd.DataFrame, labels: list[str],
    total: list[str], outcomes: list[str],
) -> pd.DataFrame:  # fmt: skip
    """Fill every destination's cell up to its total with as many rows as it says it has."""
    column, key = total[0], ["year", "coa", *labels]
    counts = [*outcomes, column]
    held = kept.groupby(key)[counts].sum().join(kept.groupby(key).size().rename("rows"))
    merged = totals.merge(held, how="left", on=key, suffixes=("", "_held")).fillna(0)
    on_file = set(kept["coo"])
    made: list[dict[str, object]] = []
    for cell in merged.to_dict("records"):
        left = {name: int(cell[name] - cell[f"{name}_held"]) for name in counts}
        same = {name: cell[name] for name in ("year", "coa", "coa_iso", *labels)}
        unknown = int(cell["unknown_origin"])
        rest = left[column] - unknown
        rows = [(UNKNOWN[0], "G", unknown)] if unknown else []
        count = int(cell["origins"] - cell["rows"] - len(rows))
        sizes = spread.split(rest, count) if rest else []
        sizes += [0] * (count - len(sizes))
        rows += [
            (*pair, size) for pair, size in zip(spread.choose(on_file, count), sizes, strict=True)
        ]
        pool = [left[name] for name in outcomes]
        for number, (origin, authority, size) in enumerate(rows):
            iso = spread.iso.get(origin, UNKNOWN[1])
            parts = _pour(pool, size, takes_rest=number == len(rows) - 1)
            made.append(
                same | {"coo": origin, "coo_iso": iso, "procedure_type": authority, column: size}
                | dict(zip(outcomes, parts, strict=True))
            )  # fmt: skip
    whole = pd.concat([kept, pd.DataFrame(made)[list(kept.columns)]])
    return whole.sort_values(["year", "coo", "coa", "procedure_type", *labels], ignore_index=True)


def _pour(pool: list[int], size: int, *, takes_rest: bool) -> list[int]:
    """Take so many decisions out of the pool of outcomes, in its order."""
    parts = []
    for index, left in enumerate(pool):
        part = left if takes_rest else min(left, size)
        pool[index] -= part
        size -= part
        parts.append(part)
    return parts


def _make_population(
    spread: Spread, kept: pd.DataFrame, origins: pd.DataFrame, asylums: pd.DataFrame
) -> pd.DataFrame:
    kept = kept.astype({"oip": "Int64"})
    coa_iso = dict(zip(asylums["coa"], asylums["coa_iso"], strict=True))
    parts = [kept]
    for year, destinations in asylums.groupby("year"):
        mine = kept[kept["year"] == year]
        rows = _spread_stocks(
            spread, origins[origins["year"] == year], destinations,
            mine.groupby("coa")["asylum_seekers"].sum(), set(kept["coo"]),
        )  # fmt: skip
        rows["year"], rows["coa_iso"] = year, rows["coa"].map(coa_iso)
        rows["coo_iso"] = rows["coo"].map(spread.iso)
        parts.append(rows.assign(oip=pd.array([pd.NA] * len(rows), dtype="Int64")))
    whole = pd.concat([part[list(kept.columns)] for part in parts])
    whole[OTHER_COUNTS] = 0
    return whole.sort_values(["year", "coo", "coa"], ignore_index=True)


def _spread_stocks(
    spread: Spread, origins: pd.DataFrame, asylums: pd.DataFrame, held: pd.Series, on_file: set[str]
) -> pd.DataFrame:
    """Fill pending claims so that both margins hold, then add each origin's refugees."""
    others = origins[~origins["coo"].isin(on_file)]
    supply = {row.coo: row.asylum_seekers for row in others.itertuples() if row.coo != UNKNOWN[0]}
    cells: dict[tuple[str, str], int] = {}
    for row in asylums.itertuples():
        if row.asylum_seekers_unknown_origin:
            cells[UNKNOWN[0], row.coa] = row.asylum_seekers_unknown_origin
        need = row.asylum_seekers - row.asylum_seekers_unknown_origin - held.get(row.coa, 0)
        wide = max(1, need // max(1, row.origins))
        names = list(spread.random.permutation([name for name in supply if supply[name]]))
        for cap in (wide, need):  # a little from many, then what is still needed from the first
            for name in names:
                take = int(min(cap, need, supply[name]))
                if take:
                    cells[name, row.coa] = cells.get((name, row.coa), 0) + take
                    supply[name] -= take
                    need -= take
    rows = pd.DataFrame(
        [(coo, coa, count) for (coo, coa), count in cells.items()],
        columns=["coo", "coa", "asylum_seekers"],
    ).assign(refugees=0)
    return _add_refugees(rows, others, list(asylums["coa"]))


def _add_refugees(rows: pd.DataFrame, others: pd.DataFrame, asylums: list[str]) -> pd.DataFrame:
    """Put all of an origin's refugees in one place: where its first claims are, or anywhere."""
    first = rows.drop_duplicates("coo").set_index("coo")["coa"].to_dict()
    refugees = pd.DataFrame(
        [
            (row.coo, first.get(row.coo, asylums[index % len(asylums)]), 0, row.refugees)
            for index, row in enumerate(others.itertuples())
            if row.refugees
        ],
        columns=["coo", "coa", "asylum_seekers", "refugees"],
    )
    return pd.concat([rows, refugees]).groupby(["coo", "coa"], as_index=False).sum()
