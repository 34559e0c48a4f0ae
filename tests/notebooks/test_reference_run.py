"""One run of the study, held to sums that share no code with it."""

import json
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from cells import NAMES, assert_same, read_own, read_rows
from plain.checkout import PROJECT, copy_tiny_root
from plain.processes import call

from helpers.prose.tables import find_column
from helpers.study import list_releases

RELEASE = "2025-end"
YEARS = list(range(2000, 2026))
read_raw = partial(read_own, RELEASE, origin="CHN", first=0)
TABLES = {
    "pending_by_year": "year,period,pending,pending_excl_usa,largest,pending_excl_largest,"
    "world_pending,share_of_world,lower,upper,is_comparable,status",
    "applications_by_year": "year,stage,unit,applied,lower,upper,is_comparable",
    "decisions_by_year": "year,level,unit,recognised,other,rejected,closed,recognition_rate,"
    "protection_rate",
    "eras": "boundary,era,measure,first_year,last_year,total,mean_per_year,first,last,ratio,"
    "percent_increase",
    "destinations": "year,asylum,name,region,pending,share,rank,applied_persons,applied_cases",
    "concentration": "year,hhi,effective_destinations,top1_share,top5_share",
    "claims": "claim_id,source,claimed,recomputed,series,release,figure,wording,derivation,"
    "restatement",
    "claims_by_release": "claim_id,release,recomputed,figure,wording",
    "breaks": "asylum,year,kind,severity,detail,effect_on_origin,is_explained",
    "period_means": "measure,span,first_year,last_year,mean_per_year,lower,upper,years_complete",
    "revisions": "release_from,release_to,table,year,asylum,before,after",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Copy what a run needs, so that nothing of the checkout is touched."""
    target = tmp_path_factory.mktemp("checkout")
    copy_tiny_root(target, [info.name for info in list_releases()])
    shutil.copytree(PROJECT / "notebooks", target / "notebooks", dirs_exist_ok=True)
    return target


@pytest.fixture(scope="module")
def run(root):
    """Run the whole study once."""
    done = call(root, "run", "--name", "reference")
    assert done.returncode == 0, done.stderr
    assert "runs/reference" in done.stdout
    return root / "runs" / "reference"


def read(run: Path, table: str) -> pd.DataFrame:
    """Read a run's table: an empty cell alone is missing, and NA is a code."""
    file = run / "tables" / f"{table}.csv"
    return pd.read_csv(file, keep_default_na=False, na_values=[""])


def read_stock() -> pd.Series:
    """Return pending claims by year."""
    return read_raw("population").groupby("year")["asylum_seekers"].sum()


def test_the_answers_periods_equal_plain_means_and_its_ratios_bound(run):
    lodged = read_raw("asylum_applications")
    strict = lodged[lodged["app_type"] == "N"].groupby("year")["applied"].sum()
    means = read(run, "period_means").set_index(["first_year", "last_year"])
    spans = [(2003, 2012), (2013, 2022), (2023, 2025)]
    stock = means[means["measure"] == "pending"]
    claims = means[means["measure"] == "applied_middle"]
    assert list(stock.index) == list(claims.index) == spans
    for first, last in spans:
        mean = read_stock().loc[first:last].mean()
        assert stock.loc[(first, last), "mean_per_year"] == pytest.approx(mean)
    for first, last in spans[:2]:
        row = claims.loc[(first, last)]
        least = strict.loc[first:last].mean()
        assert least <= row["lower"] <= row["mean_per_year"] <= row["upper"]
    assert claims["years_complete"].iloc[2] == 1  # 2024 is half a year, 2025 hardly names origins
    base, later = claims.iloc[0], claims.iloc[1:]
    assert_same(later["ratio_lower"], later["lower"] / base["upper"])
    assert_same(later["ratio_upper"], later["upper"] / base["lower"])


def test_other_origins_growth_equals_plain_means(run):
    pending = read_rows(RELEASE, "totals_by_origin").pivot_table(
        index="year", columns="coo_iso", values="asylum_seekers", aggfunc="sum", fill_value=0
    )
    rows = read(run, "placebo").query("measure == 'pending' and group == 'all origins'")
    assert set(rows["last_year"]) == {2023, 2025}
    assert rows["origin"].nunique() > 50
    for last, part in rows.groupby("last_year"):
        ratio = pending.loc[2013:last].mean() / pending.loc[2003:2012].mean()
        assert_same(part.set_index("origin")["ratio"], ratio[part["origin"]])


def test_the_split_of_growth_and_the_account_begin_and_end_at_the_stock(run):
    pending = read_raw("population")
    pending = pending.groupby(["coa_iso", "year"])["asylum_seekers"].sum()
    split = read(run, "shift_share")
    effects = split[["backlog_effect", "named_effect", "share_effect", "entry_effect"]]
    growth = split["after"] - split["before"]
    assert (effects.sum(axis="columns") - growth).abs().max() < 1e-6
    usa = split.query("asylum == 'USA' and span == 'from era to era'")["before"]
    assert list(usa) == [pytest.approx(pending["USA"].loc[2003:2012].mean())] * len(usa)
    world = read_rows(RELEASE, "totals_by_asylum").groupby("year")["asylum_seekers"].sum()
    everywhere = split.query("asylum == 'all' and span == 'from era to era'")["backlog_ratio"]
    ratio = world.loc[2013:2025].mean() / world.loc[2003:2012].mean()
    assert list(everywhere) == [pytest.approx(ratio)]
    rows = read(run, "accounting")
    assert len(rows) > 1000
    for column, back in (("start", 1), ("end", 0)):
        keys = pd.MultiIndex.from_arrays([rows["asylum"], rows["year"] - back])
        assert list(rows[column].fillna(0)) == list(pending.reindex(keys, fill_value=0))
    rest = rows[rows["residual"].fillna(0) != 0]
    assert not rest["end"].between(rest["expected_low"], rest["expected_high"]).any()


def test_the_average_years_of_all_eras_equal_plain_means(run):
    pending = read_stock()
    world = read_rows(RELEASE, "totals_by_origin").groupby("year")["asylum_seekers"].sum()
    series = {"pending": pending, "pending_summed": pending, "share_of_world": pending / world}
    rows = read(run, "eras").query("measure in @series")
    assert set(rows["boundary"]) >= {"full-years", "as-published"}
    assert set(rows["era"]) >= {"Jiang", "Hu", "Xi"}
    for row in rows.itertuples():
        years = series[row.measure].loc[row.first_year : row.last_year]
        first, last = years.iloc[0], years.iloc[-1]
        if row.measure == "pending_summed":
            assert row.total == years.sum()
            continue
        assert pd.isna(row.total)
        assert row.mean_per_year == pytest.approx(years.mean())
        assert row.ratio == pytest.approx(last / first)
        assert row.percent_increase == pytest.approx(100 * (last - first) / first)


def test_who_entered_and_left_equals_a_plain_ranking(run):
    rows = read_raw("population").query("asylum_seekers > 0 and year in @YEARS")
    rows = rows.sort_values(["asylum_seekers", "coa_iso"], ascending=[False, True])
    first = rows.groupby("year")["coa_iso"].agg(lambda places: set(places.head(10)))
    moves = read(run, "destination_moves").fillna({"entered": "", "left": ""})
    assert list(moves["year"]) == YEARS[1:]
    for row in moves.itertuples():
        now, before = first[row.year], first[row.before]
        assert set(row.entered.split()) == now - before
        assert set(row.left.split()) == before - now


def test_rates_equal_plain_sums_by_destination_code_and_unit(run):
    names = ["dec_recognized", "dec_other", "dec_rejected", "dec_closed"]
    rows = read_raw("asylum_decisions").query("2021 <= year <= 2025")
    sums = rows.groupby(["coa_iso", "dec_level", rows["dec_pc"].map(NAMES)])[names].sum()
    recognised, other, rejected, closed = (sums[sums.sum(axis="columns") > 0][n] for n in names)
    substance = recognised + other + rejected
    found = read(run, "destination_rates").set_index(["asylum", "level_code", "unit"])
    assert set(found.index) == set(substance.index)
    found = found.reindex(substance.index)
    assert_same(found["substance"], substance)
    assert_same(found["closed_share"], closed / (substance + closed))
    is_enough = substance >= 100
    assert_same(found["recognition_rate"], (recognised / substance).where(is_enough))
    protection = ((recognised + other) / substance).where(is_enough)
    assert_same(found["protection_rate"], protection)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_begins_with_the_columns_of_the_contract(run, table):
    assert set(TABLES[table].split(",")) <= set(read(run, table).columns)


def test_tables_are_listed_and_hold_columns_of_the_dictionary_and_no_word_for_missing(run):
    files = list((run / "tables").glob("*.csv"))
    listed = re.findall(r"tables/(\w+\.csv)$", (PROJECT / "codecheck.yml").read_text(), re.M)
    assert sorted(listed) == sorted(file.name for file in files)
    for file in files:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        assert [name for name in rows if not find_column(name).meaning] == [], file.name
        assert not rows.isin(["nan", "NaN", "<NA>", "None", "inf"]).any(axis=None), file.name


def test_every_number_of_the_prose_is_on_file(run):
    numbers = json.loads((run / "numbers.json").read_text())
    notebooks = {file.stem for file in (PROJECT / "notebooks").glob("*.py")}
    assert {name.partition("/")[0] for name in numbers} == notebooks
    pending, claims = read_stock(), read(run, "claims")
    assert numbers["03_eras/last.pending"]["value"] == pending[2025]
    assert numbers["03_eras/summed.value"]["value"] == pending.loc[2013:2025].sum()
    assert numbers["05_claims/found.claims"]["value"] == len(claims)
    testable = claims["figure"] != "untestable"
    assert numbers["05_claims/found.testable"]["value"] == testable.sum()


def run_papermill(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("papermill"), *arguments, "--no-progress-bar"]
    env = os.environ | {"ASYLUM_ROOT": str(root), "JUPYTER_PREFER_ENV_PATH": "1"}
    return subprocess.run(command, env=env, cwd=root, capture_output=True, text=True, check=False)


def test_a_notebook_runs_alone_by_plain_papermill_and_leaves_nothing_else(root, tmp_path):
    before = sorted(file for file in root.rglob("*") if "runs" not in file.parts)
    out = tmp_path / "out.ipynb"
    done = run_papermill(root, "notebooks/03_eras.ipynb", str(out), "-p", "year_to", "2021")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "2021" in out.read_text(encoding="utf-8")
    assert sorted(file for file in root.rglob("*") if "runs" not in file.parts) == before


def test_papermill_shows_each_parameter_with_type_and_meaning(root):
    done = run_papermill(root, "--help-notebook", "notebooks/03_eras.ipynb")
    for name, kind in (("study", "str"), ("year_to", "int"), ("top_n", "int"), ("run_dir", "str")):
        assert re.search(rf"{name}: {kind} \(default .+\)\s+\S+", done.stdout), name
