"""Small frames with the package's columns and types, for the tests that write them inline."""

import pandas as pd

from helpers.data.columns import LEVEL_OF, STAGE_OF
from helpers.data.releases import Core
from helpers.study import Boundary, Era, Source

SOURCE = Source(title="a book", publisher="a publisher")
WORDS = (
    "origin", "asylum", "authority", "stage", "stage_code", "level", "level_code", "unit", "kind",
    "touches", "rule", "reason", "iso3", "unhcr_code", "name", "unhcr_region", "region",
)  # fmt: skip
OUTCOMES = "recognised other rejected closed"


def frame(columns: str, *rows: tuple) -> pd.DataFrame:
    """Build a frame: the year a whole number, words as text, every other column a count."""
    names = columns.split()
    types = {name: "str" if name in WORDS else "Int64" for name in names}
    types |= {"year": "int64"} if "year" in types else {}
    return pd.DataFrame(list(rows), columns=names).astype(types)


def make_boundary(cut: int, name: str = "cut", **others: object) -> Boundary:
    """Cut the years after one into two eras, early and late."""
    spans = (Era(name="early", last=cut), Era(name="late", first=cut + 1))
    given = {"eras": spans, "compare": ("early", "late")} | others
    return Boundary(name=name, title="A cut", sources=(SOURCE,), **given)


def make_core(
    stock=(), every=(), lodged=(), all_lodged=(), decided=(), all_decided=(), release: str = ""
) -> Core:
    """Build a core of origin AAA from rows of each table.

    stock: (year, asylum, pending, refugees, oip), the last two as one likes;
    every: (year, asylum, pending, unknown, origins, pairs, same);
    lodged: (year, asylum, stage_code, level_code, unit, applied); all_lodged: the same and
    unknown; decided and all_decided: (year, asylum, level_code, unit, rejected, closed).
    """
    own, place = "year origin asylum", "year asylum"
    claims, decisions = "stage_code level_code unit applied", f"level_code unit {OUTCOMES} total"
    return Core(
        pending=frame(
            f"{own} pending refugees oip",
            *((year, "AAA", *rest, 0, None)[:6] for year, *rest in stock),
        ),
        applications=frame(
            f"{own} authority {claims} stage",
            *((y, "AAA", a, "G", s, *rest, STAGE_OF.get(s, "mixed")) for y, a, s, *rest in lodged),
        ),
        decisions=frame(
            f"{own} authority {decisions} level",
            *(
                (y, "AAA", a, "G", level, unit, 0, 0, r, c, r + c, LEVEL_OF.get(level, "other"))
                for y, a, level, unit, r, c in decided
            ),
        ),
        by_origin=frame("year origin refugees pending"),
        by_asylum=frame(
            f"{place} pending pending_unknown_origin origins pairs_in_both_years pairs_unchanged",
            *every,
        ),
        applications_by_asylum=frame(
            f"{place} {claims} applied_unknown_origin origins stage",
            *((y, a, s, *rest, 9, STAGE_OF.get(s, "mixed")) for y, a, s, *rest in all_lodged),
        ),
        decisions_by_asylum=frame(
            f"{place} {decisions} total_unknown_origin origins level",
            *(
                (y, a, level, unit, 0, 0, r, c, r + c, 0, 9, LEVEL_OF.get(level, "other"))
                for y, a, level, unit, r, c in all_decided
            ),
        ),
        countries=pd.DataFrame(columns=["iso3", "unhcr_code", "name"], dtype="str"),
        release=release,
    )
