"""One run of the study, held to sums that share no code with it."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cells import read_cells
from plain.processes import call

from helpers.prose.tables import find_column

PROJECT = Path(__file__).resolve().parents[2]
RELEASE = "2025-end"
YEARS = range(2000, 2026)
TABLES = {
    "pending_by_year.csv": "year,period,pending,pending_excl_usa,largest,pending_excl_largest,"
    "world_pending,share_of_world,lower,upper,is_comparable,status",
    "applications_by_year.csv": "year,stage,unit,applied,lower,upper,is_comparable",
    "decisions_by_year.csv": "year,level,unit,recognised,other,rejected,closed,recognition_rate,"
    "protection_rate",
    "eras.csv": "boundary,era,measure,first_year,last_year,total,mean_per_year,first,last,ratio,"
    "percent_increase",
    "destinations.csv": "year,asylum,name,region,pending,share,rank,applied_persons,applied_cases",
    "concentration.csv": "year,hhi,effective_destinations,top1_share,top5_share",
    "claims.csv": "claim_id,source,claimed,recomputed,series,release,figure,wording,derivation,"
    "restatement",
    "claims_by_release.csv": "claim_id,release,recomputed,figure,wording",
    "breaks.csv": "asylum,year,kind,severity,detail,effect_on_origin,is_explained",
    "story.csv": "measure,span,first_year,last_year,mean_per_year,lower,upper,years_complete",
    "revisions.csv": "release_from,release_to,table,year,asylum,before,after",
}


def read_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


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


def test_pending_by_year_equals_a_plain_sum(run: Path) -> None:
    total, usa, world = defaultdict(int), defaultdict(int), defaultdict(int)
    by_place = defaultdict(lambda: defaultdict(int))
    for row in read_cells(RELEASE, "population"):
        if row["coo_iso"] == "CHN" and row["asylum_seekers"]:
            count, year = int(row["asylum_seekers"]), int(row["year"])
            total[year] += count
            by_place[year][row["coa_iso"]] += count
            usa[year] += count if row["coa_iso"] == "USA" else 0
    for row in read_cells(RELEASE, "totals_by_asylum"):
        world[int(row["year"])] += int(row["asylum_seekers"])
    rows = {int(row["year"]): row for row in read_rows(run / "tables" / "pending_by_year.csv")}
    assert sorted(rows) == list(YEARS)
    for year in YEARS:
        row = rows[year]
        assert int(row["pending"]) == total[year]
        assert int(row["pending_excl_usa"]) == total[year] - usa[year]
        assert int(row["pending_excl_largest"]) == total[year] - max(by_place[year].values())
        assert by_place[year][row["largest"]] == max(by_place[year].values())
        assert int(row["world_pending"]) == world[year]
        assert float(row["share_of_world"]) == pytest.approx(total[year] / world[year])
        assert int(row["lower"]) == total[year]
        assert row["upper"] == "" or int(row["upper"]) >= total[year]


def test_the_answers_periods_equal_plain_means_and_its_ratios_bound(run: Path) -> None:
    pending, strict = defaultdict(int), defaultdict(int)
    for row in read_cells(RELEASE, "population"):
        if row["coo_iso"] == "CHN":
            pending[int(row["year"])] += int(row["asylum_seekers"] or 0)
    for row in read_cells(RELEASE, "asylum_applications"):
        if row["coo_iso"] == "CHN" and row["app_type"] == "N":
            strict[int(row["year"])] += int(row["applied"] or 0)
    found = defaultdict(list)
    for row in read_rows(run / "tables" / "story.csv"):
        found[row["measure"]].append(row)
    spans = [range(2003, 2013), range(2013, 2023), range(2023, 2026)]
    for row, span in zip(found["pending"], spans, strict=True):
        assert (int(row["first_year"]), int(row["last_year"])) == (span[0], span[-1])
        mean = sum(pending[year] for year in span) / len(span)
        assert float(row["mean_per_year"]) == pytest.approx(mean)
    lodged = found["applied_middle"]
    for row, span in zip(lodged[:2], spans, strict=False):
        least = sum(strict[year] for year in span) / len(span)
        assert least <= float(row["lower"]) <= float(row["mean_per_year"]) <= float(row["upper"])
    assert lodged[2]["years_complete"] == "1"  # 2024 is half a year, 2025 hardly names origins
    base = lodged[0]
    for row in lodged[1:]:
        assert float(row["ratio_lower"]) == pytest.approx(
            float(row["lower"]) / float(base["upper"])
        )
        assert float(row["ratio_upper"]) == pytest.approx(
            float(row["upper"]) / float(base["lower"])
        )


def test_other_origins_growth_equals_plain_means(run: Path) -> None:
    pending: dict[tuple[str, int], int] = defaultdict(int)
    for row in read_cells(RELEASE, "totals_by_origin"):
        pending[row["coo_iso"], int(row["year"])] += int(row["asylum_seekers"] or 0)
    rows = [
        row
        for row in read_rows(run / "tables" / "placebo.csv")
        if (row["measure"], row["group"]) == ("pending", "all origins")
    ]
    assert {row["last_year"] for row in rows} == {"2023", "2025"}
    assert len({row["origin"] for row in rows}) > 50
    for row in rows:
        later = range(2013, int(row["last_year"]) + 1)
        before = sum(pending[row["origin"], year] for year in range(2003, 2013)) / 10
        after = sum(pending[row["origin"], year] for year in later) / len(later)
        assert float(row["ratio"]) == pytest.approx(after / before), row["origin"]


def test_the_split_of_growth_and_the_account_begin_and_end_at_the_stock(run: Path) -> None:
    pending: dict[tuple[str, int], int] = defaultdict(int)
    for row in read_cells(RELEASE, "population"):
        if row["coo_iso"] == "CHN":
            pending[row["coa_iso"], int(row["year"])] += int(row["asylum_seekers"] or 0)
    effects = ("backlog_effect", "named_effect", "share_effect", "entry_effect")
    for row in read_rows(run / "tables" / "shift_share.csv"):
        growth = float(row["after"]) - float(row["before"])
        assert sum(float(row[name]) for name in effects) == pytest.approx(growth, abs=1e-6)
        if row["asylum"] == "USA" and row["span"] == "from era to era":
            mean = sum(pending["USA", year] for year in range(2003, 2013)) / 10
            assert float(row["before"]) == pytest.approx(mean)
    rows = read_rows(run / "tables" / "accounting.csv")
    assert len(rows) > 1000
    for row in rows:
        place, year = row["asylum"], int(row["year"])
        assert int(row["start"] or 0) == pending[place, year - 1]
        assert int(row["end"] or 0) == pending[place, year]
        if row["residual"] and row["residual"] != "0":
            end = int(row["end"])
            assert not int(row["expected_low"]) <= end <= int(row["expected_high"])


def test_new_claims_equal_a_plain_sum_in_persons_and_in_cases_apart(run: Path) -> None:
    sums = defaultdict(int)
    for row in read_cells(RELEASE, "asylum_applications"):
        if row["coo_iso"] == "CHN" and row["app_type"] == "N" and row["applied"]:
            sums[int(row["year"]), row["app_pc"]] += int(row["applied"])
    assert len(sums) > len(YEARS)
    found = {
        (int(row["year"]), {"persons": "P", "cases": "C"}[row["unit"]]): int(row["applied"])
        for row in read_rows(run / "tables" / "applications_by_year.csv")
        if row["stage"] == "new" and row["applied"]
    }
    assert found == dict(sums)


def test_the_average_year_of_an_era_equals_a_plain_mean(run: Path) -> None:
    pending = {
        int(row["year"]): int(row["pending"])
        for row in read_rows(run / "tables" / "pending_by_year.csv")
    }
    rows = {
        (row["boundary"], row["era"], row["measure"]): row
        for row in read_rows(run / "tables" / "eras.csv")
    }
    hu = rows["full-years", "Hu", "pending"]
    assert float(hu["mean_per_year"]) == pytest.approx(
        sum(pending[y] for y in range(2003, 2013)) / 10
    )
    assert hu["total"] == ""
    assert float(hu["ratio"]) == pytest.approx(pending[2012] / pending[2003])
    increase = 100 * (pending[2012] / pending[2003] - 1)
    assert float(hu["percent_increase"]) == pytest.approx(increase)
    xi = rows["as-published", "Xi", "pending_summed"]
    assert float(xi["total"]) == sum(pending[y] for y in range(2012, 2026))


@pytest.mark.parametrize("table", TABLES)
def test_a_table_begins_with_the_columns_of_the_contract(run: Path, table: str) -> None:
    columns = read_rows(run / "tables" / table)[0].keys()
    assert set(TABLES[table].split(",")) <= set(columns)


def test_every_column_of_a_table_is_in_the_dictionary(run: Path) -> None:
    for file in (run / "tables").glob("*.csv"):
        unknown = [name for name in read_rows(file)[0] if find_column(name) is None]
        assert unknown == [], file.name


def test_no_table_holds_a_word_for_missing(run: Path) -> None:
    for file in (run / "tables").glob("*.csv"):
        for row in read_rows(file):
            assert not {"nan", "NaN", "<NA>", "None", "inf"} & set(row.values()), file.name


def test_the_manifest_names_inputs_versions_and_outcome(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    assert manifest["outcome"] == "complete"
    assert manifest["parameters"]["release"] == "2025-end"
    assert "pandas" in json.dumps(manifest["versions"])
    assert "data/raw/2025-end/population.csv.gz" in json.dumps(manifest["inputs"])


def test_every_number_of_the_prose_is_on_file(run: Path) -> None:
    numbers = json.loads((run / "numbers.json").read_text())
    assert {name.partition("/")[0] for name in numbers} == {
        file.stem for file in (PROJECT / "notebooks").glob("*.py")
    }
    rows = read_rows(run / "tables" / "pending_by_year.csv")
    assert numbers["03_eras/last.pending"]["value"] == int(rows[-1]["pending"])
    assert numbers["03_eras/summed.value"]["value"] == sum(
        int(row["pending"]) for row in rows if int(row["year"]) >= 2013
    )
    claims = read_rows(run / "tables" / "claims.csv")
    assert numbers["05_claims/found.claims"]["value"] == len(claims)
    assert numbers["05_claims/found.testable"]["value"] == sum(
        row["figure"] != "untestable" for row in claims
    )


def read_tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return a page's tags with their attributes, as a browser reads them."""
    found: list[tuple[str, dict[str, str | None]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, pairs: found.append((tag, dict(pairs)))
    parser.feed(html)
    return found


def test_the_report_needs_no_network(run: Path) -> None:
    report = (run / "report.html").read_text(encoding="utf-8")
    assert len(report.encode()) < 5_000_000
    tags = read_tags(report)
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
        facts = json.loads(card.read_text(encoding="utf-8"))
        assert len(facts["alt"]) > 40
        assert card.with_suffix(".svg").stat().st_size > 1000
        assert card.with_suffix(".png").stat().st_size > 1000


@pytest.mark.usefixtures("run")
def test_an_unchanged_run_is_recognised_and_a_changed_one_refused(root: Path) -> None:
    manifest = root / "runs" / "reference" / "manifest.json"
    before = manifest.read_bytes()
    assert call(root, "run", "--name", "reference").returncode == 0
    assert manifest.read_bytes() == before
    other = call(root, "run", "--name", "reference", "--year-to", "2021")
    assert other.returncode == 2
    assert "year_to" in other.stderr
    assert "Traceback" not in other.stderr
    assert manifest.read_bytes() == before


def run_papermill(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("papermill"), *arguments, "--no-progress-bar"]
    env = os.environ | {"ASYLUM_ROOT": str(root), "JUPYTER_PREFER_ENV_PATH": "1"}
    return subprocess.run(command, env=env, cwd=root, capture_output=True, text=True, check=False)


# tests/notebooks/test_prose.py runs each notebook by itself without a kernel.
@pytest.mark.parametrize("name", ["03_eras", "05_claims"])
def test_a_notebook_runs_alone_by_plain_papermill_and_leaves_nothing_else(
    root: Path, tmp_path: Path, name: str
) -> None:
    before = sorted(file for file in root.rglob("*") if "runs" not in file.parts)
    out = tmp_path / "out.ipynb"
    done = run_papermill(root, f"notebooks/{name}.ipynb", str(out), "-p", "year_to", "2021")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "2021" in out.read_text(encoding="utf-8")
    assert sorted(file for file in root.rglob("*") if "runs" not in file.parts) == before


def test_papermill_shows_each_parameter_with_type_and_meaning(root: Path) -> None:
    done = run_papermill(root, "--help-notebook", "notebooks/03_eras.ipynb")
    for name, kind in (("study", "str"), ("year_to", "int"), ("top_n", "int"), ("run_dir", "str")):
        assert re.search(rf"{name}: {kind} \(default .+\)\s+\S+", done.stdout), name


def test_who_entered_and_left_equals_a_plain_ranking(run: Path) -> None:
    by_year: dict[int, dict[str, int]] = defaultdict(dict)
    for row in read_cells(RELEASE, "population"):
        if row["coo_iso"] == "CHN" and int(row["year"]) in YEARS and int(row["asylum_seekers"]):
            by_year[int(row["year"])][row["coa_iso"]] = int(row["asylum_seekers"])
    first = {
        year: set(sorted(places, key=lambda code: (-places[code], code))[:10])
        for year, places in by_year.items()
    }
    moves = read_rows(run / "tables" / "destination_moves.csv")
    assert [int(row["year"]) for row in moves] == list(YEARS)[1:]
    for row in moves:
        now, before = first[int(row["year"])], first[int(row["before"])]
        assert set(row["entered"].split()) == now - before
        assert set(row["left"].split()) == before - now


def test_rates_equal_plain_sums_by_destination_code_and_unit(run: Path) -> None:
    names = ("dec_recognized", "dec_other", "dec_rejected", "dec_closed")
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in read_cells(RELEASE, "asylum_decisions"):
        if row["coo_iso"] == "CHN" and int(row["year"]) in range(2021, 2026):
            unit = {"P": "persons", "C": "cases"}[row["dec_pc"]]
            here = sums[row["coa_iso"], row["dec_level"], unit]
            for place, name in enumerate(names):
                here[place] += int(row[name] or 0)
    rows = read_rows(run / "tables" / "destination_rates.csv")
    found = {(row["asylum"], row["level_code"], row["unit"]): row for row in rows}
    assert found.keys() == {key for key, counts in sums.items() if sum(counts)}
    for key, (recognised, other, rejected, closed) in sums.items():
        if not (recognised + other + rejected + closed):
            continue
        below, row = recognised + other + rejected, found[key]
        assert int(row["substance"]) == below
        assert float(row["closed_share"]) == pytest.approx(closed / (below + closed))
        if below >= 100:
            assert float(row["recognition_rate"]) == pytest.approx(recognised / below)
            assert float(row["protection_rate"]) == pytest.approx((recognised + other) / below)
        else:
            assert row["recognition_rate"] == row["protection_rate"] == ""
