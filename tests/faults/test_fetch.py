"""`asylum fetch` as a process, against a stand-in for UNHCR's API on loopback.

Each quirk and failure that is known of the API ends in the right figures or in a refusal with
code 2 that names the check, and leaves nothing behind.
"""

import datetime as dt
import json
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from plain.checkout import list_files
from plain.processes import call
from server.serve import HTML, Fault

from helpers.analysis.study_tables import load_tables
from helpers.data.control_totals import check_controls
from helpers.data.hand import load_names
from helpers.data.releases import load_core
from helpers.study import Study, find_release

FAST = ("--page-size", "400", "--rate", "500", "--retry-wait", "0.01", "--retries", "2",
        "--timeout", "20")  # fmt: skip


@pytest.fixture
def server(next_year):
    next_year.reset()
    return next_year.server


@pytest.fixture
def root(tmp_path, next_year):
    return next_year.start_anew(tmp_path / "checkout")


@pytest.fixture
def fetch(forker, server):
    """Return a function that gives the command in a checkout, against the stand-in."""
    return lambda root, *more: forker.run(root, "fetch", "--api-url", server.url, *FAST, *more)


@pytest.fixture
def refuse(refuse_in, server, next_year):
    """Return a function that expects one line of refusal and a checkout as it was."""

    def run(*more: str) -> str:
        told = refuse_in(next_year.template, "fetch", "--api-url", server.url, *FAST, *more)
        assert told.count("\n") == 1 or told.startswith("Usage: ")
        return told

    return run


def list_releases(root: Path) -> list[str]:
    return sorted(each.name for each in (root / "data" / "raw").iterdir() if each.is_dir())


def read_tables(root: Path, release: str = "2025-end") -> dict[str, bytes]:
    """Return a release's files; of its description, which names the moment, that it is there."""
    files = sorted((root / "data" / "raw" / release).iterdir())
    return {each.name: each.read_bytes() if each.suffix == ".csv" else b"" for each in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory, next_year):
    """Fetch once without any fault, from nothing; checks that it went well."""
    root = next_year.start_anew(tmp_path_factory.mktemp("whole") / "checkout")
    ended = call(root, "fetch", "--api-url", next_year.server.url, *FAST)
    assert (ended.returncode, ended.stderr) == (0, "")
    for said in ("2025-end", "2025 is of the end", "population: ", "next: asylum run"):
        assert said in ended.stdout
    seen = next_year.server.seen
    assert all("asylum-eras" in each.agent for each in seen)
    assert {each.path for each in seen} == {STOCK, LODGED, DECIDED}
    asked = [each.params for each in seen if "coo_all" in each.params]
    for params in asked:
        assert {"yearFrom", "yearTo", "coa_all", "cf_type"} <= set(params)
    assert len(asked) > 9
    return root


def test_every_figure_served_arrives(whole, next_year):
    """Zero as 0, what was not collected as an empty cell."""
    folder = whole / "data" / "raw" / "2025-end"
    for name in (STOCK, LODGED, DECIDED):
        file = folder / f"{name.replace('-', '_')}.csv"
        got = pd.read_csv(file, dtype=str, keep_default_na=False)
        served = next_year.figures[file.stem][list(got)].astype("object")
        rows = served.where(served.notna(), "").astype(str).to_numpy().tolist()
        assert sorted(got.to_numpy().tolist()) == sorted(rows)
        assert "2025" in set(got["year"])
    totals = pd.read_csv(folder / "totals_by_asylum.csv", index_col=["year", "coa", "coa_iso"])
    by_pair = next_year.figures["population"].groupby(["year", "coa", "coa_iso"])
    assert totals["asylum_seekers"].to_dict() == by_pair["asylum_seekers"].sum().to_dict()


def test_the_release_says_how_it_came_and_loads_like_one_on_file(whole, next_year, monkeypatch):
    package = json.loads((whole / "data" / "raw" / "2025-end" / "datapackage.json").read_text())
    assert package["release"]["period"] == "end"
    assert package["fetched"]["url"] == next_year.server.url
    assert package["fetched"]["asked"]["population/"]["coo_all"] == "true"
    tables = {"population", "asylum_applications", "asylum_decisions"}
    assert set(package["fetched"]["control"]) == tables
    monkeypatch.setenv("ASYLUM_ROOT", str(whole))
    assert check_controls(load_core("2025-end"), find_release("2025-end"))["is_ok"].all()


def test_once_it_is_there_nothing_is_new(whole, fetch):
    before = list_files(whole)
    ended = fetch(whole)
    assert ended.returncode == 0, ended.stderr
    assert "nothing new" in ended.stdout
    assert list_files(whole) == before


def change_items(change: Callable[[dict[str, Any]], Any], rows: slice = slice(None)):
    """Return a change of an answer's rows."""
    return lambda answer: [change(item) for item in answer["items"][rows]]


def set_items(**values: Any):
    """Return a change that sets values in the first row."""
    return change_items(lambda item: item.update(values), slice(1))


def set_answer(**values: Any):
    """Return a change that sets values of the envelope."""
    return lambda answer: answer.update(values)


def swap_codes(item: dict[str, Any]) -> None:
    for side in ("coo", "coa"):
        item[side], item[f"{side}_iso"] = item[f"{side}_iso"], item[side]


def repeat_row(answer: dict[str, Any]) -> None:
    answer["items"][1] = dict(answer["items"][0])


def cut_rows(answer: dict[str, Any]) -> None:
    del answer["items"][-7:]


def shift_total(answer: dict[str, Any]) -> None:
    answer["total"] = {name: value + 7 for name, value in answer["total"].items()}


ENDS = ("_id", "_name", "", "_iso")
WORLD = {f"{side}{end}": "-" for side in ("coo", "coa") for end in ENDS}
WIDE = {f"column_{number}": 0 for number in range(200)}
STOCK, LODGED, DECIDED = "population", "asylum-applications", "asylum-decisions"
PAGE = {"path": STOCK, "page": 2}
PROBE = {"path": STOCK, "is_probe": True}
LONG = b'{"page": 1, "maxPages": 1, "items": [{"year": ' + b"9" * 5000 + b"}]}"
# What is wrong, and what the refusal must say.
REFUSED: dict[str, tuple[Fault, str]] = {
    # A parameter that is ignored without a word answers another question.
    "coo_all ignored": (Fault(STOCK, drops=("coo_all",), is_probe=None), "coo summed into one"),
    "coa_all ignored": (Fault(STOCK, drops=("coa_all",), is_probe=None), "coa summed into one"),
    "limit ignored": (Fault(STOCK, drops=("limit",), is_probe=None), "at most 1 were asked for"),
    "page ignored": (Fault(PAGE["path"], drops=("page",)), "says that it is page 1"),
    "an aggregated row": (Fault(**PAGE, change=set_items(**WORLD)), "summed into one"),
    "a year not asked for": (Fault(LODGED, change=set_items(year=1999)), "wider than the question"),
    "a year as text": (Fault(**PAGE, change=set_items(year="2024")), "'2024'"),
    # Codes.
    "codes of the other system": (Fault(STOCK, change=change_items(swap_codes)), "countries.csv"),
    "a code that is none": (Fault(STOCK, change=set_items(coa="aul")), "is no code"),
    "a stage that is no code": (Fault(LODGED, change=set_items(app_type="z!")), "is no app_type"),
    "an unknown unit": (Fault(DECIDED, change=set_items(dec_pc="F")), "no known dec_pc: P, C"),
    # Counts.
    "a fraction": (Fault(STOCK, change=set_items(refugees=1.5)), "is no count"),
    "a count below zero": (Fault(STOCK, change=set_items(asylum_seekers=-5)), "is no count"),
    "a count with a comma": (Fault(STOCK, change=set_items(asylum_seekers="1,234")), "is no count"),
    "a count that is null": (Fault(DECIDED, change=set_items(dec_other=None)), "is no count"),
    "a count that is no digit": (Fault(STOCK, change=set_items(refugees="²")), "is no count"),
    "a count of 5,000 digits": (Fault(STOCK, change=set_items(oip="9" * 5000)), "is no count"),
    # Pages.
    "a row repeated": (Fault(**PAGE, change=repeat_row), "stand twice"),
    "a page repeated": (Fault(**PAGE, drops=("page",), change=set_answer(page=2)), "stand twice"),
    "a page missing": (Fault(**PAGE, change=set_answer(items=[])), "page is missing or cut short"),
    "a page cut short": (Fault(**PAGE, change=cut_rows), "page is missing or cut short"),
    "the last page cut short": (Fault(STOCK, 3, change=cut_rows), "page is missing or cut short"),
    "maxPages moves": (Fault(**PAGE, change=set_answer(maxPages=4)), "maxPages is 4"),
    "maxPages is no number": (Fault(STOCK, change=set_answer(maxPages="many")), "'many'"),
    "maxPages is no digit": (Fault(STOCK, change=set_answer(maxPages="²")), "'²', no count"),
    "no answer": (Fault(STOCK, None, None, change=set_answer(items=[], maxPages=0)), "no row"),
    # Control totals.
    "totals off": (Fault(LODGED, 2, change=shift_total), "page 2 of 3: the control"),
    "totals gone": (Fault(DECIDED, change=set_answer(total=[])), "no control totals"),
    "the world's sum off": (Fault(STOCK, change=set_items(asylum_seekers=987654)), "sums to"),
    # Columns and shapes.
    "items missing": (Fault(**PAGE, change=lambda answer: answer.pop("items")), "holds no items"),
    "items no list": (Fault(**PAGE, change=set_answer(items={})), "holds no items"),
    "a row no object": (Fault(**PAGE, change=set_answer(items=[7])), "no JSON object"),
    "a column gone": (Fault(STOCK, change=change_items(lambda i: i.pop("coa_iso"))), "coa_iso is"),
    "a label gone": (Fault(LODGED, change=change_items(lambda i: i.pop("app_pc"))), "app_pc is"),
    # Sizes.
    "too many rows in the API": (Fault(**PROBE, change=set_answer(maxPages=10**9)), "300,000 are"),
    "too many brackets": (Fault(LODGED, body=b"[" * 5000), "more than the 400 rows asked for"),
    "too many columns": (Fault(STOCK, change=set_items(**WIDE)), "100 at most make a row"),
    "too many bytes": (Fault(STOCK, body=b" " * 17_000_000), "larger than 12,000,000 bytes"),
    "too many digits": (Fault(STOCK, body=LONG), "a number of 5000 digits"),
    "a body that is compressed":
        (Fault(STOCK, body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), "is compressed"),
    # What is no answer at all.
    "a web page under 200": (Fault(STOCK, 1, body=HTML), "a web page"),
    "an error under 200": (Fault(STOCK, 1, body=b'{"error": "\xc2\x9b2Jno"}'), "holds no items"),
    "cut JSON": (Fault(DECIDED, 1, cuts=True), "broken JSON"),
    "an unknown path": (Fault(DECIDED, is_probe=None, status=404), "answered 404"),
    "always 503": (Fault(STOCK, 1, status=503, body=b""), "answered 503"),
    "429 for an hour":
        (Fault(STOCK, 1, status=429, headers={"Retry-After": "3600"}, body=b""), "wait 3600 s"),
    "connections reset": (Fault(STOCK, 1, does_reset=True), "cannot be reached"),
    "no whole answer in time": (Fault(STOCK, 1, delay=0.6), "no whole answer in 0.3 s"),
    "another path":
        (Fault(STOCK, 1, status=301, headers={"Location": "/v2/"}), "/v2/, which is not followed"),
    "another host":
        (Fault(STOCK, 1, status=302, headers={"Location": "http://me:pw@127.0.0.2/?key=s"}),
         "points to http://127.0.0.2/, which is not followed"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_answer_is_refused_and_nothing_is_left(server, refuse, name):
    fault, said = REFUSED[name]
    server.faults = [fault]
    told = refuse(*(["--timeout", "0.3"] if fault.delay else []))
    assert said in told
    assert told.strip().isprintable()


def test_a_release_that_lands_in_mid_fetch_is_seen(server, refuse, next_year):
    def land(answer: dict[str, Any]) -> None:
        revised = {name: table.copy() for name, table in next_year.figures.items()}
        rows = revised["population"]["asylum_seekers"] > 0
        revised["population"].loc[rows.idxmax(), "asylum_seekers"] += 5
        server.answers.set_figures(revised)

    server.faults = [Fault(DECIDED, 2, times=1, change=land)]
    assert "a release landed in between" in refuse()


@pytest.mark.parametrize(("name", "drop", "said"), [
    ("", "year == 2023", "lost rows against 2024-end"),
    ("", "coo_iso == 'CHN'", "no row came for CHN"),
    ("asylum_decisions", "year == 2025", "end in different years"),
])  # fmt: skip
def test_figures_that_lack_something_are_refused(server, refuse, next_year, name, drop, said):
    server.answers.set_figures({
        each: table.query(f"not ({drop})") if name in each else table
        for each, table in next_year.figures.items()
    })  # fmt: skip
    assert said in refuse()


def write_otherwise(answer: dict[str, Any]) -> None:
    """Add a column, trail spaces, write counts as text, and sum stocks, which the API does not."""
    for item in answer["items"]:
        item["hosts"] = 5
        item.update({name: f"{item[name]} " for name in ("coo", "coo_name", "coa_iso")})
        item.update({name: str(item[name]) for name in ("refugees", "asylum_seekers", "oip")})
    answer["total"] = {"refugees": 1}


def write_text(answer: dict[str, Any]) -> None:
    answer["total"] = {name: str(value) for name, value in answer["total"].items()}
    answer["page"], answer["maxPages"] = str(answer["page"]), str(answer["maxPages"])


LATER = {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}
PASSING: dict[str, Fault] = {
    "a 429 that says when": Fault(STOCK, 1, times=1, status=429, headers={"Retry-After": "0"}),
    "a 503 until a date": Fault(STOCK, 1, times=1, status=503, headers=LATER),
    "a 503 until nobody knows": Fault(STOCK, 1, times=1, status=503, headers={"Retry-After": "²"}),
    "two 500": Fault(DECIDED, 1, times=2, status=500),
    "one reset": Fault(LODGED, 1, times=1, does_reset=True),
    "one page cut": Fault(**PAGE, times=1, cuts=True),
    "one web page": Fault(**PAGE, times=1, body=HTML),
    "one error under 200": Fault(**PAGE, times=1, body=b'{"error": "later"}'),
    "codes, counts and columns written otherwise": Fault(STOCK, change=write_otherwise),
    "an envelope as text": Fault(LODGED, is_probe=None, change=write_text),
    "cf_type and one bound ignored": Fault(drops=("cf_type", "yearFrom"), is_probe=None),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_quirk_or_a_passing_failure_changes_no_figure(root, server, fetch, whole, name):
    server.faults = [PASSING[name]]
    ended = fetch(root)
    assert ended.returncode == 0, ended.stderr
    assert read_tables(root) == read_tables(whole)
    assert ("a new column, hosts" in ended.stdout) == name.endswith("written otherwise")


@pytest.mark.parametrize(("name", "values", "said"), [
    ("asylum_decisions", {"dec_level": "XY"}, "dec_level XY is not known: 1 row"),
    ("population", {"coo": "QQQ", "coo_iso": "QQQ"}, "coo QQQ is not in data/raw/countries"),
    ("population", {"coa": "QQQ", "coa_iso": "QQQ"}, "coa QQQ is not in data/raw/countries"),
])  # fmt: skip
def test_an_unknown_code_is_kept(root, server, fetch, next_year, monkeypatch, name, values, said):
    table = next_year.figures[name].copy()
    row = (table["coo_iso"] == "IND").idxmax()
    table.loc[row, list(values)] = list(values.values())
    server.answers.set_figures(next_year.figures | {name: table})
    ended = fetch(root)
    assert ended.returncode == 0, ended.stderr
    assert said in ended.stdout
    kept = read_tables(root)[f"{name}.csv"].decode()
    assert f",{','.join(values.values())}," in kept
    monkeypatch.setenv("ASYLUM_ROOT", str(root))
    tables = load_tables(Study.resolve(origin="IND"))
    assert values.get("coa", "AUS") in set(tables.destinations["asylum"])
    assert load_names()["QQQ"].short == "QQQ"  # of its own, as it has none


def test_where_nobody_answers_one_line_says_so(next_year, refuse_in):
    url = "http://me:secret@127.0.0.1:9/v1/?key=secret"
    told = refuse_in(next_year.template, "fetch", *FAST, env={"ASYLUM_API_URL": url})
    assert told.count("\n") == 1
    for said in ("http://127.0.0.1:9/v1/", "cannot be reached", "3 tries", "releases in data/raw"):
        assert said in told
    assert "secret" not in told


def test_password_and_query_of_the_address_are_sent_and_never_written(root, server, forker):
    url = server.url.replace("http://", "http://me:secret@") + "?key=secret"
    server.faults = [Fault(STOCK, 1, times=1, status=500)]
    ended = forker.run(root, "fetch", "--api-url", url, *FAST)
    assert ended.returncode == 0, ended.stderr
    assert all(seen.params["key"] == "secret" for seen in server.seen)
    assert "secret" not in ended.stdout
    package = (root / "data" / "raw" / "2025-end" / "datapackage.json").read_text()
    assert "secret" not in package
    assert json.loads(package)["fetched"]["url"] == server.url


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_stopped_fetch_leaves_no_release_and_restarts(root, server, forker, fetch, whole, number):
    server.delay = 0.05
    running = forker.start(root, "fetch", "--api-url", server.url, *FAST)
    while len(server.seen) < 6:
        time.sleep(0.01)
    running.kill(number)
    ended = running.wait()
    assert ended.returncode == (-number if number == signal.SIGKILL else 128 + number)
    assert "Traceback" not in ended.stderr
    assert list_releases(root) == ["2024-end"]
    assert (root / "data" / ".fetch").exists() == (number == signal.SIGKILL)
    server.reset()
    ended = fetch(root)
    assert ended.returncode == 0, ended.stderr
    assert read_tables(root) == read_tables(whole)
    assert not (root / "data" / ".fetch").exists()


@pytest.mark.soak
def test_a_hundred_kills_leave_a_whole_release_or_none(tmp_path, next_year, server, forker, whole):
    order = ("fetch", "--api-url", server.url, *FAST)
    seen, longest = Counter[int](), 0.0  # the first is killed at once
    for number in range(100):
        root = next_year.start_anew(tmp_path / f"{number}")
        server.delay = 0.01
        running, after = forker.start(root, *order), random.uniform(0, longest)
        time.sleep(after)
        running.kill()
        running.wait()
        seen[len(list_releases(root))] += 1
        if list_releases(root) == ["2024-end"]:
            started = time.monotonic()
            ended = forker.run(root, *order)
            assert ended.returncode == 0, (number, after, ended.stderr)
            longest = max(longest, time.monotonic() - started)
        assert list_releases(root) == ["2024-end", "2025-end"], (number, after)
        assert read_tables(root) == read_tables(whole), (number, after)
        shutil.rmtree(root)
    assert len(seen) > 1, f"every kill struck the same moment within {longest} s"


def test_two_fetches_at_once_are_refused(root, server, forker, fetch):
    server.delay = 0.2
    running = forker.start(root, "fetch", "--api-url", server.url, *FAST)
    while not server.seen:
        time.sleep(0.01)
    ended = fetch(root)
    running.kill()
    running.wait()
    assert ended.returncode == 2
    assert "another asylum fetch" in ended.stderr


@pytest.mark.parametrize(("wrong", "said"), [
    (["--period", "quarter"], "'quarter' is not one of"),
    (["--page-size", "0"], "must be 1 or more"),
    (["--page-size", "20001"], "20000"),
    (["--rate", "1e-320"], "must be 0.001 or more"),
    (["--timeout", "nan"], "must be 3600.0 or less"),
    (["--retry-wait", "1e400"], "must be 60.0 or less"),
    (["--retries", "-1"], "must be 0 or more"),
    (["--api-url", "ftp://me:secret@127.0.0.1/"], "no API address"),
    (["--api-url", "http://[::1"], "no API address"),
    (["--api-url", "http://127.0.0.1:99999"], "no API address"),
])  # fmt: skip
def test_a_bad_option_is_refused_before_anything_is_asked(server, refuse, wrong, said):
    told = refuse(*wrong)
    assert said in told
    assert "secret" not in told
    assert server.seen == []


def test_too_many_pages_are_refused(refuse):
    assert "at most 1,000 pages of 1" in refuse("--page-size", "1")


def test_the_period_is_as_given(root, fetch):
    ended = fetch(root, "--period", "mid", "--quiet")
    assert (ended.returncode, ended.stdout) == (0, "data/raw/2025-mid\n"), ended.stderr
    assert list_releases(root) == ["2024-end", "2025-mid"]


def test_revised_figures_of_a_year_on_file_are_named_by_the_day(root, server, fetch, next_year):
    older = {name: table.query("year < 2025") for name, table in next_year.figures.items()}
    older["population"] = older["population"].copy()
    row = older["population"].query("coo_iso == 'CHN'")["asylum_seekers"].idxmax()
    older["population"].loc[row, "asylum_seekers"] += 15
    server.answers.set_figures(older)
    before = read_tables(root, "2024-end")
    ended = fetch(root)
    assert ended.returncode == 0, ended.stderr
    assert "population: 1 new or changed, 1 gone or changed" in ended.stdout
    assert list_releases(root) == ["2024-end", f"2024-end-{dt.date.today()}"]
    assert read_tables(root, "2024-end") == before
    server.answers.set_figures(next_year.figures)
    assert fetch(root, "--period", "end").returncode == 0
    assert "2025-end" in list_releases(root)


def test_the_pace_is_kept(server, refuse):
    server.faults = [Fault(LODGED, 1, change=shift_total)]
    refuse("--rate", "20")
    moments = [seen.moment for seen in server.seen]
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert len(gaps) > 5
    assert sum(gaps) / len(gaps) > 0.04  # never faster than asked; slower is the machine's
