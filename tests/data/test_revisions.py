"""Revisions on the releases on file, held to a comparison of the raw files without our code."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cells as tables
import pytest

from helpers.analysis import revisions
from helpers.data.releases import load_history

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
RELEASES = [f"{year}-{period}" for year in range(2022, 2026) for period in ("mid", "end")]
YEARS = range(2000, 2026)
LABELS = {
    "population": [],
    "asylum_applications": ["procedure_type", "app_type", "dec_level", "app_pc"],
    "asylum_decisions": ["procedure_type", "", "dec_level", "dec_pc"],
}
FIGURES = {
    "population": {"asylum_seekers": "pending", "refugees": "refugees", "oip": "oip"},
    "asylum_applications": {"applied": "applied"},
    "asylum_decisions": {
        "dec_recognized": "recognised", "dec_other": "other", "dec_rejected": "rejected",
        "dec_closed": "closed", "dec_total": "total",
    },
}  # fmt: skip
UNITS = {"P": "persons", "C": "cases"}


def read_cells(release: str, origin: str) -> dict[tuple[str, ...], int]:
    """Read an origin's cells from a release's files as they are."""
    cells = {}
    for table, figures in FIGURES.items():
        for row in tables.read_cells(release, table):
            if row["coo_iso"] != origin or int(row["year"]) not in YEARS:
                continue
            labels = [row[name] if name else "" for name in LABELS[table]] or [""] * 4
            labels[3] = UNITS.get(labels[3], "")
            key = (table, row["year"], row["coa_iso"], *labels)
            told = {ours: row[theirs] for theirs, ours in figures.items() if row[theirs]}
            cells |= {(*key, ours): int(figure) for ours, figure in told.items()}
    return cells


@pytest.fixture(scope="module", params=["CHN", "HKG", "MAC", "TIB"])
def origin(request):
    return request.param


@pytest.fixture(scope="module")
def history(origin):
    return load_history(origin)


@pytest.fixture(scope="module")
def cells(history):
    return {
        info.name: revisions.list_figures(revisions.take_tables(history, info.name), YEARS)
        for info in history.releases
    }


@pytest.fixture(scope="module")
def found(history, cells):
    return revisions.list_revisions(cells, history.releases)


def test_every_change_of_the_files_is_listed_and_no_other(origin, found):
    wanted = {}
    for before, after in pairwise(RELEASES):
        old, new = read_cells(before, origin), read_cells(after, origin)
        wanted |= {
            (before, after, *key): (old.get(key), new.get(key))
            for key in old.keys() | new.keys()
            if old.get(key) != new.get(key)
        }
    columns = ["release_from", "release_to", *revisions.KEY, "measure"]
    keys = found[columns].astype(str).itertuples(index=False, name=None)
    values = (
        found[["before", "after"]].astype(object).where(found[["before", "after"]].notna(), None)
    )
    assert dict(zip(keys, values.itertuples(index=False, name=None), strict=True)) == wanted


def test_a_year_is_completed_only_by_the_year_end_release_of_the_same_year(found):
    completed = found[found["year_state"] == "completed"]
    assert (completed["release_from"] == completed["year"].astype(str) + "-mid").all()
    assert (completed["release_to"] == completed["year"].astype(str) + "-end").all()
    assert set(completed["change"]) <= {"completed", "added", "withdrawn"}
    assert set(found.loc[found["year_state"] == "new", "change"]) <= {"added"}


def test_the_past_moved_within_the_tolerance_and_no_pending_claim_of_it(history, cells, found):
    """China's own past hardly moved: the finding that notebook 06 states."""
    moves = revisions.list_moves(cells, found, history.releases)
    assert revisions.find_furthest(moves) < revisions.TOLERANCE
    past = found[(found["year_state"] == "past") & (found["measure"] == "pending")]
    assert not (past["before"].fillna(0) != past["after"].fillna(0)).any()


def test_totals_are_those_of_unhcr_s_table_of_totals(history):
    totals = revisions.list_totals(history, history.releases, YEARS)
    pending = totals[totals["measure"] == "pending"].set_index(["release", "year"])["total"]
    told = history.by_origin.set_index(["release", "year"])["pending"].dropna()
    assert len(told) > 100
    assert pending.reindex(told.index).fillna(0).equals(told)


def test_the_united_states_repeated_its_mid_year_figures_of_2024():
    """UNHCR's footnote: all US figures of 2024 but resettlement are as of mid-2024."""
    history = load_history("CHN")
    found = revisions.find_repeats(history, history.releases, YEARS).set_index(["year", "measure"])
    assert found.loc[(2024, "pending"), "largest"] == "USA"
    assert found.loc[(2024, "pending"), "repeated_share"] > 0.5
    others = found.drop(index=2024, level="year").xs("pending", level="measure")
    assert (others["repeated_share"] < 0.05).all()
