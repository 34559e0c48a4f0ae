"""`asylum fetch` as a process, against a stand-in for UNHCR's API on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from server.answers import Answers
from server.figures import Tables, make_figures
from server.root import ON_FILE, list_files, make_root
from server.serve import HTML, Fault, StandIn

PROJECT = Path(__file__).resolve().parents[2]
RAW = PROJECT / "data" / "raw"
FILES = ("population", "asylum_applications", "asylum_decisions", "totals_by_origin")
FEW = ["--page-size", "600", "--rate", "200", "--parallel", "4", "--retry-wait", "0.01"]


@pytest.fixture(scope="module")
def figures() -> Tables:
    return make_figures(RAW, {"USA", "AUL", "CAN", "GFR"}, first_year=2018)


@pytest.fixture(scope="module")
def server(figures: Tables) -> Iterator[StandIn]:
    codes = pd.read_csv(RAW / "countries.csv", keep_default_na=False)
    with StandIn(Answers(figures, codes)) as stand_in:
        yield stand_in


@pytest.fixture
def root(tmp_path: Path, figures: Tables, server: StandIn) -> Path:
    """Make a checkout whose newest release ends a year before the served figures."""
    server.reset()
    older = {name: table[table["year"] < 2025] for name, table in figures.items()}
    return make_root(tmp_path / "checkout", older, "2024-end")


def start_fetch(root: Path, url: str, *more: str) -> subprocess.Popen[str]:
    asylum = Path(sys.executable).with_name("asylum")
    return subprocess.Popen(
        [asylum, "fetch", "--api-url", url, *FEW, *more], cwd=root, text=True,
        env=os.environ | {"ASYLUM_ROOT": str(root)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def run_fetch(root: Path, url: str, *more: str) -> tuple[int, str, str]:
    process = start_fetch(root, url, *more)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def list_releases(root: Path) -> list[str]:
    return sorted(folder.name for folder in (root / "data" / "raw").iterdir() if folder.is_dir())


def test_the_next_year_arrives_with_the_figures_served(
    root: Path, server: StandIn, figures: Tables
) -> None:
    code, out, err = run_fetch(root, server.url)
    assert code == 0, err
    folder = root / "data" / "raw" / "2025-end"
    assert "2025" in out
    kept = figures["population"]
    kept = kept[kept["coo_iso"].isin(ON_FILE) & (kept["year"] == 2025)]
    got = pd.read_csv(folder / "population.csv", keep_default_na=False, na_values=[""])
    got = got[got["coo_iso"].isin(ON_FILE) & (got["year"] == 2025)]
    assert got["asylum_seekers"].sum() == kept["asylum_seekers"].sum() > 0
    totals = pd.read_csv(folder / "totals_by_asylum.csv", keep_default_na=False)
    served = figures["population"].query("year == 2025")["asylum_seekers"].sum()
    assert totals.query("year == 2025")["asylum_seekers"].sum() == served
    package = json.loads((folder / "datapackage.json").read_text())
    assert package["release"]["period"] == "end"
    assert all("asylum-eras" in seen.agent for seen in server.seen)


def test_a_fetched_release_loads_like_one_on_file(
    root: Path, server: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = run_fetch(root, server.url, "--release", "later-1", "--origins", "IND")
    assert code == 0, err
    monkeypatch.setenv("ASYLUM_ROOT", str(root))
    from helpers.sources import check_controls, load_core
    from helpers.study import find_release

    info = find_release("later-1")
    assert "IND" in info.origins
    assert check_controls(load_core("later-1"), info)["is_ok"].all()


def test_an_existing_release_is_never_overwritten(root: Path, server: StandIn) -> None:
    before = list_files(root / "data")
    code, _, err = run_fetch(root, server.url, "--release", "2024-end")
    assert code == 2
    assert "2024-end" in err
    assert list_files(root / "data") == before


def drop_items(answer: dict) -> None:
    del answer["items"]


def drop_column(answer: dict) -> None:
    for item in answer["items"]:
        item.pop("coa_iso", None)


def repeat_row(answer: dict) -> None:
    answer["items"][1] = dict(answer["items"][0])


def aggregate_row(answer: dict) -> None:
    for side in ("coo", "coa"):
        answer["items"][0] |= {side: "-", f"{side}_iso": "-", f"{side}_name": "-"}


def move_max_pages(answer: dict) -> None:
    answer["maxPages"] += 1


def name_other_page(answer: dict) -> None:
    answer["page"] = 1


def shift_control_total(answer: dict) -> None:
    answer["total"] = {name: value + 7 for name, value in answer["total"].items()}


REFUSED = {
    "items missing": Fault(path="population", page=2, change=drop_items),
    "a column gone": Fault(path="population", page=1, change=drop_column),
    "a row repeated": Fault(path="population", page=2, change=repeat_row),
    "an aggregated row": Fault(path="population", page=1, change=aggregate_row),
    "maxPages moves": Fault(path="population", page=2, change=move_max_pages),
    "a page repeated": Fault(path="population", page=2, change=name_other_page),
    "a control total off": Fault(path="asylum-applications", page=1, change=shift_control_total),
    "a web page under 200": Fault(path="population", page=1, body=HTML),
    "broken JSON": Fault(path="asylum-decisions", page=1, cuts=True),
    "an unknown path": Fault(path="asylum-decisions", status=404, body=HTML),
    "always 503": Fault(path="population", page=1, status=503, body=b""),
    "connections reset": Fault(path="population", page=1, does_reset=True),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_answer_is_refused_and_nothing_is_left(
    root: Path, server: StandIn, name: str
) -> None:
    fault = REFUSED[name]
    server.faults = [fault]
    code, _, err = run_fetch(root, server.url, "--retries", "2", "--timeout", "5")
    assert code == 2, err
    assert err.strip()
    assert "Traceback" not in err
    assert list_releases(root) == ["2024-end"]


PASSING = {
    "a 429 that says when": Fault(
        path="population", page=1, times=1, status=429, headers={"Retry-After": "0"}, body=b""
    ),
    "two 500": Fault(path="asylum-decisions", page=1, times=2, status=500, body=b""),
    "one reset": Fault(path="asylum-applications", page=1, times=1, does_reset=True),
    "one page cut": Fault(path="population", page=2, times=1, cuts=True),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_failure_costs_a_retry_only(root: Path, server: StandIn, name: str) -> None:
    server.faults = [PASSING[name]]
    code, _, err = run_fetch(root, server.url)
    assert code == 0, err
    assert list_releases(root) == ["2024-end", "2025-end"]


def test_without_an_api_one_line_says_so(root: Path) -> None:
    code, _, err = run_fetch(root, "http://127.0.0.1:9/", "--retries", "1", "--timeout", "2")
    assert code == 2
    assert "127.0.0.1:9" in err
    assert "Traceback" not in err
    assert list_releases(root) == ["2024-end"]


@pytest.mark.parametrize("after", [0.4, 0.9, 1.6])
def test_a_killed_fetch_leaves_no_release_or_a_whole_one_and_resumes(
    root: Path, server: StandIn, after: float
) -> None:
    server.delay = 0.05
    process = start_fetch(root, server.url)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    server.delay = 0.0
    if list_releases(root) == ["2024-end"]:
        code, _, err = run_fetch(root, server.url, "--resume")
        assert code == 0, err
    folder = root / "data" / "raw" / "2025-end"
    assert {f"{name}.csv" for name in FILES} <= {file.name for file in folder.iterdir()}
    assert (folder / "datapackage.json").is_file()


@pytest.mark.parametrize(
    "wrong",
    [["--release", "../x"], ["--period", "quarter"], ["--origins", "XX1"], ["--page-size", "0"]],
)
def test_a_bad_option_is_refused_before_anything_is_asked(
    root: Path, server: StandIn, wrong: list[str]
) -> None:
    before = list_files(root / "data")
    code, _, err = run_fetch(root, server.url, *wrong)
    assert code == 2
    assert "Traceback" not in err
    assert list_files(root / "data") == before
