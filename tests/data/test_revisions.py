"""Revisions on the releases on file, held to a comparison of the raw files without our code."""

from itertools import pairwise

import pandas as pd
import pytest
from cells import NAMES, read_cells

from helpers.analysis import revisions
from helpers.data.releases import load_core, load_history

RELEASES = [f"{year}-{period}" for year in range(2022, 2026) for period in ("mid", "end")]
YEARS = range(2000, 2026)
LABELS = {
    "population": [],
    "asylum_applications": ["procedure_type", "app_type", "dec_level", "app_pc"],
    "asylum_decisions": ["procedure_type", "", "dec_level", "dec_pc"],
}
FIGURES = {
    "asylum_seekers": "pending", "refugees": "refugees", "oip": "oip", "applied": "applied",
    "dec_recognized": "recognised", "dec_other": "other", "dec_rejected": "rejected",
    "dec_closed": "closed", "dec_total": "total",
}  # fmt: skip


def list_raw(release: str, origin: str) -> pd.Series:
    """List an origin's cells of a release's files as they are."""
    parts = []
    for table, labels in LABELS.items():
        rows = pd.DataFrame(read_cells(release, table))
        rows = rows[rows["coo_iso"].eq(origin) & rows["year"].astype(int).isin(YEARS)]
        index = {"table": table, "year": rows["year"], "asylum": rows["coa_iso"]}
        named = [rows[name] if name else "" for name in labels] or [""] * 4
        index |= dict(zip(revisions.LABELS, named, strict=True))
        rows = rows.rename(columns=FIGURES).assign(**index)
        rows["unit"] = rows["unit"].map(NAMES).fillna("")
        figures = [name for name in FIGURES.values() if name in rows and name not in index]
        cells = rows.melt(list(revisions.KEY), figures, "measure").query("value != ''")
        parts.append(cells.set_index([*revisions.KEY, "measure"])["value"].astype(int))
    return pd.concat(parts)


@pytest.fixture(scope="module", params=["CHN", "HKG", "MAC", "TIB"])
def origin(request):
    return request.param


@pytest.fixture(scope="module")
def history(origin):
    return load_history(origin)


@pytest.fixture(scope="module")
def cells(history):
    return revisions.list_releases_figures(history, history.releases, YEARS)


@pytest.fixture(scope="module")
def found(history, cells):
    return revisions.list_revisions(cells, history.releases)


def test_every_change_of_the_files_is_listed_and_no_other(origin, found):
    parts = {}
    for before, after in pairwise(RELEASES):
        sides = {"before": list_raw(before, origin), "after": list_raw(after, origin)}
        both = pd.concat(sides, axis=1).astype("Int64")
        parts[before, after] = both[both["before"].ne(both["after"]).fillna(value=True)]
    wanted = pd.concat(parts, names=["release_from", "release_to"]).sort_index()
    ours = found.astype({"year": "str"}).set_index(wanted.index.names)[["before", "after"]]
    pd.testing.assert_frame_equal(ours.sort_index(), wanted, check_index_type=False)


def test_the_changes_turn_each_release_into_the_next_exactly(cells, found):
    assert revisions.count_wrong(cells, found) == 0
    assert revisions.count_wrong(cells, found.iloc[1:]) > 0


def test_the_past_moved_within_the_tolerance_and_no_pending_claim_of_it(cells, found):
    assert revisions.find_furthest(cells, found) < revisions.TOLERANCE
    past = found[(found["year_state"] == "past") & (found["measure"] == "pending")]
    assert not (past["before"].fillna(0) != past["after"].fillna(0)).any()


def test_totals_are_those_of_unhcr_s_table_of_totals(origin, history):
    totals = revisions.list_totals(history, history.releases, YEARS)
    pending = totals[totals["measure"] == "pending"].set_index(["release", "year"])["total"]
    every = {info.name: load_core(info, origin).by_origin for info in history.releases}
    told = pd.concat(every, names=["release"]).query("origin == @origin")
    told = told.reset_index("release").set_index(["release", "year"])["pending"].dropna()
    assert len(told) > 100
    assert pending.reindex(told.index).fillna(0).equals(told)
