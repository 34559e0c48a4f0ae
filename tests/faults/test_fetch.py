"""`asylum fetch` as a process, against a stand-in for UNHCR's API on loopback.

Each quirk and failure that is known of the API ends in the right figures or in a refusal with
code 2 that names the check, and leaves nothing behind.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from server.command import Ended, Forker, run_installed
from server.figures import Tables
from server.root import ON_FILE, NextYear, list_files, serve_next_year
from server.serve import HTML, Fault, StandIn

PROJECT = Path(__file__).resolve().parents[2]
RAW = PROJECT / "data" / "raw"
# Three pages a table; Austria is there because its code is Australia's in the other system.
PLACES = {"AUL", "AUS"}
FIRST_YEAR, NEWEST_YEAR = 2022, 2025
FAST = ("--page-size", "400", "--rate", "500", "--parallel", "4", "--retry-wait", "0.01",
        "--retries", "2", "--timeout", "20")  # fmt: skip


@pytest.fixture(scope="module")
def next_year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NextYear]:
    with serve_next_year(tmp_path_factory.mktemp("fetch"), PLACES, FIRST_YEAR) as served:
        yield served


@pytest.fixture(scope="module")
def figures(next_year: NextYear) -> Tables:
    return next_year.figures


@pytest.fixture(scope="module")
def template(next_year: NextYear) -> Path:
    return next_year.template


@pytest.fixture
def server(next_year: NextYear) -> StandIn:
    next_year.server.reset()
    next_year.server.answers.set_figures(next_year.figures)
    return next_year.server


@pytest.fixture(scope="module")
def forker() -> Iterator[Forker]:
    with Forker() as forker:
        yield forker


@pytest.fixture
def root(tmp_path: Path, next_year: NextYear) -> Path:
    return next_year.start_anew(tmp_path / "checkout")


Fetch = Callable[..., Ended]


@pytest.fixture
def fetch(forker: Forker, server: StandIn) -> Fetch:
    """Return a function that gives the command in a checkout, against the stand-in."""

    def run(root: Path, *more: str) -> Ended:
        return forker.run(root, "fetch", "--api-url", server.url, *FAST, *more)

    return run


def list_releases(root: Path) -> list[str]:
    return sorted(folder.name for folder in (root / "data" / "raw").iterdir() if folder.is_dir())


def read_tables(root: Path, release: str = "2025-end") -> dict[str, bytes]:
    folder = root / "data" / "raw" / release
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.csv"))}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, next_year: NextYear) -> Path:
    """Fetch once without any fault, with the installed command; checks that it went well."""
    root = next_year.start_anew(tmp_path_factory.mktemp("whole") / "checkout")
    started = next_year.server
    ended = run_installed(root, "fetch", "--api-url", started.url, *FAST)
    assert ended.code == 0, ended.err
    assert ended.err == ""
    for said in ("2025-end", "years added: 2025", "breaks found", "next: asylum run"):
        assert said in ended.out
    assert all("asylum-eras" in seen.agent for seen in started.seen)
    assert "years" not in {seen.path for seen in started.seen}  # it lists years without figures
    return root


class TestTheNextYear:
    def test_it_arrives_with_the_figures_served(self, whole: Path, figures: Tables) -> None:
        folder = whole / "data" / "raw" / "2025-end"
        for name, value in (
            ("population", "asylum_seekers"), ("asylum_applications", "applied"),
            ("asylum_decisions", "dec_total"),
        ):  # fmt: skip
            got = pd.read_csv(folder / f"{name}.csv", keep_default_na=False, na_values=[""])
            key = ["year", "coo_iso", "coa_iso"]
            served = figures[name].groupby(key)[value].sum()
            summed = got[got["coo_iso"].isin(ON_FILE)].groupby(key)[value].sum()
            assert (summed[summed > 0] == served.reindex(summed[summed > 0].index)).all()
            assert summed.loc[NEWEST_YEAR].sum() > 0
        totals = pd.read_csv(folder / "totals_by_asylum.csv", keep_default_na=False)
        pending = figures["population"].groupby(["year", "coa_iso"])["asylum_seekers"].sum()
        got = totals.set_index(["year", "coa_iso"])["asylum_seekers"]
        assert (got == pending.reindex(got.index)).all()

    def test_zero_is_zero_and_what_was_not_collected_is_empty(
        self, whole: Path, figures: Tables
    ) -> None:
        served = figures["population"].query("coo_iso == 'AFG'").set_index(["year", "coa_iso"])
        assert served["oip"].isna().any()
        rows = pd.read_csv(
            whole / "data" / "raw" / "2025-end" / "population.csv", dtype=str, keep_default_na=False
        ).query("coo_iso == 'AFG'")  # fmt: skip
        for row in rows.itertuples():
            there = served.loc[(int(row.year), row.coa_iso)]
            assert row.refugees == str(int(there["refugees"]))
            assert row.oip == ("" if pd.isna(there["oip"]) else str(int(there["oip"])))
        decided = pd.read_csv(
            whole / "data" / "raw" / "2025-end" / "asylum_decisions.csv", dtype=str
        )  # fmt: skip
        assert (decided["dec_closed"] == "0").any()  # served as the text "0"

    def test_austria_is_not_australia(self, whole: Path, figures: Tables) -> None:
        folder = whole / "data" / "raw" / "2025-end"
        got = pd.read_csv(folder / "totals_by_asylum.csv", keep_default_na=False)
        pairs = set(got[["coa", "coa_iso"]].drop_duplicates().itertuples(index=False, name=None))
        assert pairs == {("AUS", "AUT"), ("AUL", "AUS")}

    def test_both_bounds_and_both_sides_are_asked_for(
        self, whole: Path, next_year: NextYear
    ) -> None:
        asked = [seen.params for seen in next_year.server.seen if "limit" in seen.params]
        rows = [params for params in asked if "coo_all" in params]
        assert len(rows) > 9
        for params in rows:
            assert {"yearFrom", "yearTo", "coa_all", "cf_type"} <= set(params)

    def test_its_description_says_how_it_came(self, whole: Path, next_year: NextYear) -> None:
        file = whole / "data" / "raw" / "2025-end" / "datapackage.json"
        package = json.loads(file.read_text())
        assert package["release"]["period"] == "end"
        assert package["fetched"]["url"] == next_year.server.url
        assert package["fetched"]["asked"]["population/"]["coo_all"] == "true"
        assert set(package["fetched"]["control"]) == {
            "population", "asylum_applications", "asylum_decisions"
        }  # fmt: skip
        assert not (whole / "data" / ".fetch").exists()

    def test_it_loads_like_one_on_file(self, whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ASYLUM_ROOT", str(whole))
        from helpers.data.controls import check_controls
        from helpers.data.releases import load_core
        from helpers.study import find_release

        info = find_release("2025-end")
        assert check_controls(load_core("2025-end"), info)["is_ok"].all()

    def test_once_it_is_there_nothing_is_new(
        self, whole: Path, server: StandIn, fetch: Fetch
    ) -> None:
        before = list_files(whole)
        ended = fetch(whole)
        assert ended.code == 0, ended.err
        assert "nothing new" in ended.out
        assert list_files(whole) == before


def change_items(change: Callable[[dict[str, Any]], None], only: int | None = None):
    """Return a change of every row of an answer, or of one."""

    def apply(answer: dict[str, Any]) -> None:
        for item in answer["items"] if only is None else answer["items"][only : only + 1]:
            change(item)

    return apply


def set_items(**values: Any):
    """Return a change that sets values in the first row."""
    return change_items(lambda item: item.update(values), only=0)


def set_answer(**values: Any):
    """Return a change that sets values of the envelope."""
    return lambda answer: answer.update(values)


def swap_codes(item: dict[str, Any]) -> None:
    for side in ("coo", "coa"):
        item[side], item[f"{side}_iso"] = item[f"{side}_iso"], item[side]


def sum_row(item: dict[str, Any]) -> None:
    for side in ("coo", "coa"):
        item.update({f"{side}{end}": "-" for end in ("_id", "_name", "", "_iso")})


def repeat_row(answer: dict[str, Any]) -> None:
    answer["items"][1] = dict(answer["items"][0])


def cut_rows(answer: dict[str, Any]) -> None:
    del answer["items"][-7:]


def drop_items(answer: dict[str, Any]) -> None:
    del answer["items"]


def raise_last_page(answer: dict[str, Any]) -> None:
    answer["maxPages"] += 1


def shift_total(answer: dict[str, Any]) -> None:
    answer["total"] = {name: value + 7 for name, value in answer["total"].items()}


STOCK, LODGED, DECIDED = "population", "asylum-applications", "asylum-decisions"
PAGE = {"path": STOCK, "page": 2}
# What is wrong, and what the refusal must say.
REFUSED: dict[str, tuple[Fault, str]] = {
    # A parameter that is ignored without a word answers another question.
    "coo_all ignored": (Fault(STOCK, drops=("coo_all",), is_probe=None), "coo summed into one"),
    "coa_all ignored": (Fault(STOCK, drops=("coa_all",), is_probe=None), "coa summed into one"),
    "limit ignored": (Fault(STOCK, drops=("limit",), is_probe=None), "the API counts"),
    "page ignored": (Fault(PAGE["path"], drops=("page",)), "says that it is page 1"),
    "an aggregated row": (Fault(**PAGE, change=change_items(sum_row, only=3)), "summed into one"),
    "a year not asked for": (Fault(LODGED, change=set_items(year=1999)), "wider than the question"),
    "a year as text": (Fault(**PAGE, change=set_items(year="2024")), "'2024'"),
    # Codes.
    "codes of the other system": (Fault(STOCK, change=change_items(swap_codes)), "countries.csv"),
    "an unknown country": (Fault(STOCK, change=set_items(coo="QQQ", coo_iso="QQQ")), "QQQ"),
    "a code that is none": (Fault(STOCK, change=set_items(coa="aul")), "is no code"),
    "an unknown stage": (Fault(LODGED, change=set_items(app_type="Z")), "no known app_type"),
    # Counts.
    "a fraction": (Fault(STOCK, change=set_items(refugees=1.5)), "is no count"),
    "a count below zero": (Fault(STOCK, change=set_items(asylum_seekers=-5)), "is no count"),
    "a count with a comma": (Fault(STOCK, change=set_items(asylum_seekers="1,234")), "is no count"),
    "a count that is null": (Fault(DECIDED, change=set_items(dec_other=None)), "is no count"),
    # Pages.
    "a row repeated": (Fault(**PAGE, change=repeat_row), "stand twice"),
    "a page repeated": (Fault(**PAGE, drops=("page",), change=set_answer(page=2)), "stand twice"),
    "a page missing": (Fault(**PAGE, change=set_answer(items=[])), "page is missing or cut short"),
    "a page cut short": (Fault(**PAGE, change=cut_rows), "page is missing or cut short"),
    "the last page cut short": (Fault(STOCK, 3, change=cut_rows), "the API counts"),
    "maxPages moves": (Fault(**PAGE, change=raise_last_page), "maxPages was 3"),
    "maxPages is no number": (Fault(STOCK, change=set_answer(maxPages="many")), "'many'"),
    "no answer": (Fault(STOCK, None, None, change=set_answer(items=[], maxPages=0)), "no row"),
    # Control totals.
    "totals off": (Fault(LODGED, change=shift_total), "control total"),
    "totals off on one page": (Fault(LODGED, 2, change=shift_total), "control totals of page 2"),
    "totals gone": (Fault(DECIDED, change=set_answer(total=[])), "no control totals"),
    "the world's sum off": (Fault(STOCK, change=set_items(asylum_seekers=987654)), "sums to"),
    # Columns and shapes.
    "items missing": (Fault(**PAGE, change=drop_items), "holds no items"),
    "items no list": (Fault(**PAGE, change=set_answer(items={})), "holds no items"),
    "a row no object": (Fault(**PAGE, change=set_answer(items=[7])), "no JSON object"),
    "a column gone": (Fault(STOCK, change=change_items(lambda i: i.pop("coa_iso"))), "coa_iso is"),
    "a label gone": (Fault(LODGED, change=change_items(lambda i: i.pop("app_pc"))), "app_pc is"),
    # What is no answer at all.
    "a web page under 200": (Fault(STOCK, 1, body=HTML), "a web page"),
    "an error under 200": (Fault(STOCK, 1, body=b'{"error": "no"}'), "holds no items"),
    "cut JSON": (Fault(DECIDED, 1, cuts=True), "broken JSON"),
    "an unknown path": (Fault(DECIDED, is_probe=None, status=404), "answered 404"),
    "always 503": (Fault(STOCK, 1, status=503, body=b""), "answered 503"),
    "429 for an hour": (
        Fault(STOCK, 1, status=429, headers={"Retry-After": "3600"}, body=b""), "wait 3600 s",
    ),
    "connections reset": (Fault(STOCK, 1, does_reset=True), "not to be reached"),
    "no whole answer in time": (Fault(STOCK, 1, delay=0.6), "no whole answer in 0.3 s"),
}  # fmt: skip


class TestRefused:
    @pytest.mark.parametrize("name", REFUSED)
    def test_a_wrong_answer_is_refused_and_nothing_is_left(
        self, template: Path, server: StandIn, fetch: Fetch, name: str
    ) -> None:
        fault, said = REFUSED[name]
        server.faults = [fault]
        before = list_files(template)
        ended = fetch(template, *(["--timeout", "0.3"] if fault.delay else []))
        assert ended.code == 2, ended.out
        assert said in ended.err
        assert "Traceback" not in ended.err
        assert ended.err.count("\n") == 1
        assert list_files(template) == before

    def test_a_release_that_lands_in_mid_fetch_is_seen(
        self, template: Path, server: StandIn, fetch: Fetch, figures: Tables
    ) -> None:
        def land(answer: dict[str, Any]) -> None:
            revised = {name: table.copy() for name, table in figures.items()}
            rows = revised["population"]["asylum_seekers"] > 0
            revised["population"].loc[rows.idxmax(), "asylum_seekers"] += 5
            server.answers.set_figures(revised)

        server.faults = [Fault(DECIDED, 2, times=1, change=land)]
        before = list_files(template)
        ended = fetch(template)
        assert ended.code == 2
        assert "a release landed in between" in ended.err
        assert list_files(template) == before

    @pytest.mark.parametrize(
        ("drop", "said"),
        [
            ("year == 2023", "lost rows against 2024-end"),
            ("coo_iso == 'CHN'", "no row came for CHN"),
        ],
    )
    def test_figures_that_lost_what_is_on_file_are_refused(
        self, template: Path, server: StandIn, fetch: Fetch, figures: Tables, drop: str, said: str
    ) -> None:
        server.answers.set_figures(
            {name: table.query(f"not ({drop})") for name, table in figures.items()}
        )
        ended = fetch(template)
        assert ended.code == 2
        assert said in ended.err
        assert list_releases(template) == ["2024-end"]

    def test_tables_that_end_in_different_years_are_refused(
        self, template: Path, server: StandIn, fetch: Fetch, figures: Tables
    ) -> None:
        served = dict(figures)
        served["asylum_decisions"] = figures["asylum_decisions"].query("year < 2025")
        server.answers.set_figures(served)
        ended = fetch(template)
        assert ended.code == 2
        assert "end in different years" in ended.err
        assert list_releases(template) == ["2024-end"]


def write_otherwise(item: dict[str, Any]) -> None:
    """Add a column, trail spaces after codes and names, and write every count as text."""
    item["hosts"] = 5
    item.update({name: f"{item[name]} " for name in ("coo", "coo_name", "coa_iso")})
    item.update({name: str(item[name]) for name in ("refugees", "asylum_seekers", "oip")})


def total_stocks(answer: dict[str, Any]) -> None:
    """Write rows otherwise, and sum stocks, which the API does not."""
    change_items(write_otherwise)(answer)
    answer["total"] = {"refugees": 1}


def text_totals(answer: dict[str, Any]) -> None:
    answer["total"] = {name: str(value) for name, value in answer["total"].items()}
    answer["page"], answer["maxPages"] = str(answer["page"]), str(answer["maxPages"])


PASSING: dict[str, Fault] = {
    "a 429 that says when": Fault(
        STOCK, 1, times=1, status=429, headers={"Retry-After": "0"}, body=b""
    ),
    "a 503 until a date": Fault(
        STOCK, 1, times=1, status=503, body=b"",
        headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"},
    ),
    "two 500": Fault(DECIDED, 1, times=2, status=500, body=b""),
    "one reset": Fault(LODGED, 1, times=1, does_reset=True),
    "one page cut": Fault(**PAGE, times=1, cuts=True),
    "one web page": Fault(**PAGE, times=1, body=HTML),
    "one error under 200": Fault(**PAGE, times=1, body=b'{"error": "later"}'),
    "codes, counts and columns written otherwise": Fault(STOCK, change=total_stocks),
    "an envelope as text": Fault(LODGED, is_probe=None, change=text_totals),
    "cf_type and one bound ignored": Fault(drops=("cf_type", "yearFrom"), is_probe=None),
}  # fmt: skip


class TestPassing:
    @pytest.mark.parametrize("name", PASSING)
    def test_a_quirk_or_a_passing_failure_changes_no_figure(
        self, root: Path, server: StandIn, fetch: Fetch, whole: Path, name: str
    ) -> None:
        server.faults = [PASSING[name]]
        ended = fetch(root)
        assert ended.code == 0, ended.err
        assert read_tables(root) == read_tables(whole)
        assert ("a new column, hosts" in ended.out) == name.endswith("written otherwise")


class TestNotThere:
    def test_one_line_says_so(self, template: Path, forker: Forker) -> None:
        before = list_files(template)
        ended = forker.run(
            template, "fetch", *FAST, env={"ASYLUM_API_URL": "http://127.0.0.1:9/"}
        )  # fmt: skip
        assert ended.code == 2
        assert ended.err.count("\n") == 1
        for said in ("127.0.0.1:9", "not to be reached", "3 tries", "releases on file"):
            assert said in ended.err
        assert list_files(template) == before


class TestCutOff:
    def test_a_network_that_goes_away_keeps_its_pages_for_a_resume(
        self, root: Path, server: StandIn, fetch: Fetch, whole: Path
    ) -> None:
        server.faults = [Fault(DECIDED, 2, does_reset=True)]
        ended = fetch(root)
        assert ended.code == 2
        assert "--resume goes on from them" in ended.err
        assert list_releases(root) == ["2024-end"]
        server.reset()
        ended = fetch(root, "--resume")
        assert ended.code == 0, ended.err
        assert "resuming" in ended.out
        assert not [page for page in server.list_pages() if page[0] == STOCK]
        assert read_tables(root) == read_tables(whole)
        assert not (root / "data" / ".fetch").exists()

    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    def test_a_fetch_that_is_stopped_leaves_no_release_and_resumes(
        self, root: Path, server: StandIn, forker: Forker, fetch: Fetch, whole: Path, number: int
    ) -> None:
        server.delay = 0.05
        running = forker.start(root, "fetch", "--api-url", server.url, *FAST)
        while not any((root / "data").glob(".fetch/pages/*.gz")):
            time.sleep(0.01)
        running.kill(number)
        ended = running.wait()
        assert ended.code == (-number if number == signal.SIGKILL else 128 + number)
        assert "Traceback" not in ended.err
        assert list_releases(root) == ["2024-end"]
        server.reset()
        ended = fetch(root, "--resume")
        assert ended.code == 0, ended.err
        assert "resuming" in ended.out
        assert read_tables(root) == read_tables(whole)

    def test_pages_of_another_release_are_not_used(
        self, root: Path, server: StandIn, fetch: Fetch, whole: Path, figures: Tables
    ) -> None:
        older = {name: table.copy() for name, table in figures.items()}
        older["population"].loc[older["population"]["refugees"].idxmax(), "refugees"] += 10
        server.answers.set_figures(older)
        server.faults = [Fault(DECIDED, 1, does_reset=True)]
        assert fetch(root).code == 2
        server.reset()
        server.answers.set_figures(figures)
        ended = fetch(root, "--resume")
        assert ended.code == 0, ended.err
        assert "of another question or release" in ended.out
        assert read_tables(root) == read_tables(whole)

    def test_half_a_release_of_a_killed_fetch_is_in_nobodys_way(
        self, root: Path, server: StandIn, fetch: Fetch, whole: Path
    ) -> None:
        server.faults = [Fault(DECIDED, 3, does_reset=True)]
        assert fetch(root).code == 2
        half = root / "data" / ".fetch" / "release"
        half.mkdir()
        (half / "population.csv").write_text("half")
        server.reset()
        assert fetch(root, "--resume").code == 0
        assert read_tables(root) == read_tables(whole)

    def test_two_fetches_at_once_are_refused(
        self, root: Path, server: StandIn, forker: Forker, fetch: Fetch
    ) -> None:
        server.delay = 0.2
        running = forker.start(root, "fetch", "--api-url", server.url, *FAST)
        while not server.seen:
            time.sleep(0.01)
        ended = fetch(root)
        running.kill()
        running.wait()
        assert ended.code == 2
        assert "another asylum fetch" in ended.err


class TestOptions:
    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            (["--release", "2024-end"], "is on file already"),
            (["--release", "2024-END"], "is on file already"),
            (["--release", "../x"], "letters, digits and hyphens"),
            (["--period", "quarter"], "mid or end"),
            (["--origins", "XX1"], "no ISO3 code"),
            (["--origins", "IND,ind"], "no ISO3 code"),
            (["--page-size", "0"], "page size"),
            (["--rate", "0"], "above 0"),
            (["--retries", "-1"], "0 or more"),
            (["--api-url", "ftp://127.0.0.1/"], "API address"),
            (["--study", "nowhere"], "unknown study"),
        ],
    )
    def test_a_bad_option_is_refused_before_anything_is_asked(
        self, template: Path, server: StandIn, fetch: Fetch, wrong: list[str], said: str
    ) -> None:
        before = list_files(template)
        ended = fetch(template, *wrong)
        assert ended.code == 2
        assert said in ended.err
        assert "Traceback" not in ended.err
        assert server.seen == []
        assert list_files(template) == before

    def test_an_origin_of_which_the_api_has_no_row_is_refused(
        self, template: Path, fetch: Fetch, figures: Tables
    ) -> None:
        codes = pd.read_csv(RAW / "countries.csv", keep_default_na=False)["iso_code"]
        served = {code for table in figures.values() for code in table["coo_iso"]}
        ended = fetch(template, "--origins", sorted(set(codes) - served)[0])
        assert ended.code == 2
        assert "no figures of origin" in ended.err
        assert list_releases(template) == ["2024-end"]

    def test_names_origins_and_period_as_told(
        self, root: Path, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        more = ("--release", "later-1", "--origins", "IND, PAK", "--period", "mid", "--quiet")
        ended = fetch(root, *more)
        assert (ended.code, ended.out) == (0, "data/raw/later-1\n"), ended.err
        monkeypatch.setenv("ASYLUM_ROOT", str(root))
        from helpers.study import find_release

        info = find_release("later-1")
        assert {"IND", "PAK"} < set(info.origins)
        assert info.period == "mid"
        again = fetch(root, "--release", "later-2", "--origins", "IND", "--period", "mid")
        assert again.code == 0, again.err  # a named release is written even if nothing differs
        assert list_releases(root) == ["2024-end", "later-1", "later-2"]

    def test_other_figures_of_a_year_on_file_need_a_name_of_their_own(
        self, root: Path, server: StandIn, fetch: Fetch, figures: Tables
    ) -> None:
        older = {name: table[table["year"] < NEWEST_YEAR] for name, table in figures.items()}
        older["population"] = older["population"].copy()
        row = older["population"].query("coo_iso == 'CHN'")["asylum_seekers"].idxmax()
        older["population"].loc[row, "asylum_seekers"] += 15
        server.answers.set_figures(older)
        ended = fetch(root)
        assert ended.code == 2
        assert "--release 2024-end-" in ended.err
        ended = fetch(root, "--release", "revised-1")
        assert ended.code == 0, ended.err
        assert "revised in population: 1 cells changed" in ended.out

    def test_the_pace_is_kept(self, template: Path, server: StandIn, fetch: Fetch) -> None:
        server.faults = [Fault(LODGED, 1, change=shift_total)]
        assert fetch(template, "--rate", "20", "--parallel", "1").code == 2
        moments = [seen.moment for seen in server.seen]
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert len(gaps) > 5
        assert sum(gaps) / len(gaps) > 0.04  # never faster than asked; slower is the machine's
        assert server.most_at_once == 1
