"""One run of the study, held to sums that share no code with it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from cells import NAMES, read_own, read_rows
from pandas.testing import assert_series_equal
from plain.processes import call

from helpers.prose.tables import find_column

PROJECT = Path(__file__).resolve().parents[2]
RELEASE = "2025-end"
YEARS = list(range(2000, 2026))
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
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what a run needs, so that nothing of the checkout is touched."""
    target = tmp_path_factory.mktemp("checkout")
    shutil.copy(PROJECT / "pyproject.toml", target)
    for name in ("data", "notebooks"):
        shutil.copytree(PROJECT / name, target / name)
    return target


@pytest.fixture(scope="module")
def run(root: Path) -> Path:
    """Run the whole study once."""
    done = call(root, "run", "--name", "reference")
    assert done.returncode == 0, done.stderr
    assert "runs/reference" in done.stdout
    return root / "runs" / "reference"


def read(run: Path, table: str) -> pd.DataFrame:
    """Read a run's table: an empty cell alone is missing, and NA is a code."""
    file = run / "tables" / f"{table}.csv"
    return pd.read_csv(file, keep_default_na=False, na_values=[""])


def read_raw(table: str, origin: str | None = "CHN") -> pd.DataFrame:
    """Read a raw table's rows of an origin, or of all."""
    return read_own(RELEASE, table, origin, 0) if origin else read_rows(RELEASE, table)


def read_stock() -> pd.Series:
    """Return pending claims by year."""
    return read_raw("population").groupby("year")["asylum_seekers"].sum()


def assert_same(found: pd.Series, plain: pd.Series) -> None:
    assert_series_equal(found, plain, check_names=False, check_dtype=False, check_index_type=False)


def test_pending_by_year_equals_a_plain_sum(run: Path) -> None:
    rows = read(run, "pending_by_year").set_index("year")
    by_place = read_raw("population").pivot_table(
        index="year", columns="coa_iso", values="asylum_seekers", aggfunc="sum", fill_value=0
    )
    by_place = by_place.loc[YEARS]
    total = by_place.sum(axis="columns")
    world = read_raw("totals_by_asylum", origin=None)
    world = world.groupby("year")["asylum_seekers"].sum()[YEARS]
    assert list(rows.index) == YEARS
    assert_same(rows["pending"], total)
    assert_same(rows["pending_excl_usa"], total - by_place["USA"])
    assert_same(rows["pending_excl_largest"], total - by_place.max(axis="columns"))
    for year, place in rows["largest"].items():
        assert by_place.loc[year, place] == by_place.loc[year].max()
    assert_same(rows["world_pending"], world)
    assert_same(rows["share_of_world"], total / world)
    assert_same(rows["lower"], total)
    assert (rows["upper"].isna() | (rows["upper"] >= total)).all()


def test_the_answers_periods_equal_plain_means_and_its_ratios_bound(run: Path) -> None:
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


def test_other_origins_growth_equals_plain_means(run: Path) -> None:
    pending = read_raw("totals_by_origin", origin=None).pivot_table(
        index="year", columns="coo_iso", values="asylum_seekers", aggfunc="sum", fill_value=0
    )
    rows = read(run, "placebo").query("measure == 'pending' and group == 'all origins'")
    assert set(rows["last_year"]) == {2023, 2025}
    assert rows["origin"].nunique() > 50
    for last, part in rows.groupby("last_year"):
        ratio = pending.loc[2013:last].mean() / pending.loc[2003:2012].mean()
        assert_same(part.set_index("origin")["ratio"], ratio[part["origin"]])


def test_the_split_of_growth_and_the_account_begin_and_end_at_the_stock(run: Path) -> None:
    pending = read_raw("population")
    pending = pending.groupby(["coa_iso", "year"])["asylum_seekers"].sum()
    split = read(run, "shift_share")
    effects = split[["backlog_effect", "named_effect", "share_effect", "entry_effect"]]
    growth = split["after"] - split["before"]
    assert (effects.sum(axis="columns") - growth).abs().max() < 1e-6
    usa = split.query("asylum == 'USA' and span == 'from era to era'")["before"]
    assert list(usa) == [pytest.approx(pending["USA"].loc[2003:2012].mean())] * len(usa)
    rows = read(run, "accounting")
    assert len(rows) > 1000
    for column, back in (("start", 1), ("end", 0)):
        keys = pd.MultiIndex.from_arrays([rows["asylum"], rows["year"] - back])
        assert list(rows[column].fillna(0)) == list(pending.reindex(keys, fill_value=0))
    rest = rows[rows["residual"].fillna(0) != 0]
    assert not rest["end"].between(rest["expected_low"], rest["expected_high"]).any()


def test_new_claims_equal_a_plain_sum_in_persons_and_in_cases_apart(run: Path) -> None:
    rows = read_raw("asylum_applications").query("app_type == 'N' and applied > 0")
    sums = rows.groupby(["year", rows["app_pc"].map(NAMES)])["applied"].sum()
    assert len(sums) > len(YEARS)
    found = read(run, "applications_by_year").query("stage == 'new'").dropna(subset="applied")
    assert found.set_index(["year", "unit"])["applied"].to_dict() == sums.to_dict()


def test_the_average_years_of_all_eras_equal_plain_means(run: Path) -> None:
    pending = read_stock()
    rows = read(run, "eras").query("measure in ['pending', 'pending_summed']")
    assert set(rows["boundary"]) >= {"full-years", "as-published"}
    assert set(rows["era"]) >= {"Jiang", "Hu", "Xi"}
    for row in rows.itertuples():
        years = pending.loc[row.first_year : row.last_year]
        first, last = years.iloc[0], years.iloc[-1]
        if row.measure == "pending_summed":
            assert row.total == years.sum()
            continue
        assert pd.isna(row.total)
        assert row.mean_per_year == pytest.approx(years.mean())
        assert row.ratio == pytest.approx(last / first)
        assert row.percent_increase == pytest.approx(100 * (last - first) / first)


def test_who_entered_and_left_equals_a_plain_ranking(run: Path) -> None:
    rows = read_raw("population").query("asylum_seekers > 0 and year in @YEARS")
    rows = rows.sort_values(["asylum_seekers", "coa_iso"], ascending=[False, True])
    first = rows.groupby("year")["coa_iso"].agg(lambda places: set(places.head(10)))
    moves = read(run, "destination_moves").fillna({"entered": "", "left": ""})
    assert list(moves["year"]) == YEARS[1:]
    for row in moves.itertuples():
        now, before = first[row.year], first[row.before]
        assert set(row.entered.split()) == now - before
        assert set(row.left.split()) == before - now


def test_rates_equal_plain_sums_by_destination_code_and_unit(run: Path) -> None:
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
def test_a_table_begins_with_the_columns_of_the_contract(run: Path, table: str) -> None:
    assert set(TABLES[table].split(",")) <= set(read(run, table).columns)


def test_tables_hold_columns_of_the_dictionary_and_no_word_for_missing(run: Path) -> None:
    for file in (run / "tables").glob("*.csv"):
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        assert [name for name in rows if find_column(name) is None] == [], file.name
        assert not rows.isin(["nan", "NaN", "<NA>", "None", "inf"]).any(axis=None), file.name


def test_the_manifest_names_inputs_versions_and_outcome(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    assert manifest["outcome"] == "complete"
    assert manifest["parameters"]["release"] == RELEASE
    assert "pandas" in json.dumps(manifest["versions"])
    assert f"data/raw/{RELEASE}/population.csv.gz" in json.dumps(manifest["inputs"])


def test_every_number_of_the_prose_is_on_file(run: Path) -> None:
    numbers = json.loads((run / "numbers.json").read_text())
    notebooks = {file.stem for file in (PROJECT / "notebooks").glob("*.py")}
    assert {name.partition("/")[0] for name in numbers} == notebooks
    pending, claims = read_stock(), read(run, "claims")
    assert numbers["03_eras/last.pending"]["value"] == pending[2025]
    assert numbers["03_eras/summed.value"]["value"] == pending.loc[2013:2025].sum()
    assert numbers["05_claims/found.claims"]["value"] == len(claims)
    testable = claims["figure"] != "untestable"
    assert numbers["05_claims/found.testable"]["value"] == testable.sum()


def test_the_report_needs_no_network_and_its_pictures_have_words(run: Path) -> None:
    report = (run / "report.html").read_text(encoding="utf-8")
    tags: list[tuple[str, dict[str, str | None]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, pairs: tags.append((tag, dict(pairs)))
    parser.feed(report)
    loaded = [
        address
        for tag, values in tags
        if tag in ("script", "img", "link", "iframe")
        for address in (values.get("src"), values.get("href"))
        if address and not address.startswith(("data:", "#"))
    ]
    assert loaded == []
    pictures = [values for tag, values in tags if tag == "img"]
    assert len(pictures) == len(list((run / "figures").glob("*.png")))
    assert all(values.get("alt") for values in pictures)


def test_every_figure_has_its_three_files_and_alt_text(run: Path) -> None:
    cards = list((run / "figures").glob("*.json"))
    assert len(cards) >= 8
    for card in cards:
        assert len(json.loads(card.read_text(encoding="utf-8"))["alt"]) > 40
        assert card.with_suffix(".svg").stat().st_size > 1000
        assert card.with_suffix(".png").stat().st_size > 1000


def run_papermill(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("papermill"), *arguments, "--no-progress-bar"]
    env = os.environ | {"ASYLUM_ROOT": str(root), "JUPYTER_PREFER_ENV_PATH": "1"}
    return subprocess.run(command, env=env, cwd=root, capture_output=True, text=True, check=False)


def test_a_notebook_runs_alone_by_plain_papermill_and_leaves_nothing_else(
    root: Path, tmp_path: Path
) -> None:
    before = sorted(file for file in root.rglob("*") if "runs" not in file.parts)
    out = tmp_path / "out.ipynb"
    done = run_papermill(root, "notebooks/03_eras.ipynb", str(out), "-p", "year_to", "2021")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "2021" in out.read_text(encoding="utf-8")
    assert sorted(file for file in root.rglob("*") if "runs" not in file.parts) == before


def test_papermill_shows_each_parameter_with_type_and_meaning(root: Path) -> None:
    done = run_papermill(root, "--help-notebook", "notebooks/03_eras.ipynb")
    for name, kind in (("study", "str"), ("year_to", "int"), ("top_n", "int"), ("run_dir", "str")):
        assert re.search(rf"{name}: {kind} \(default .+\)\s+\S+", done.stdout), name
