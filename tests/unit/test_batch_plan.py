"""What a batch comes to, what is refused, what is left alone, and how its runs are shown."""

import re

import pytest

from helpers import paths
from helpers.publish.batch_page import COLUMNS, make_row, render_batch, write_csv
from helpers.running import batch as batches
from helpers.running.batch_command import batch
from helpers.running.inputs import describe_inputs, describe_shared
from helpers.study import InputError, Study


@pytest.fixture
def root(tiny_root):
    return tiny_root("2022-mid", "2025-end")


def test_the_product_in_order_and_single_runs_beside_it(root):
    given = {"origin": "CHN,HKG,CHN", "release": "all", "year_to": "2012:2013"}
    runs, absent = batches.find_runs(given)
    product = [f"china-{release}-{origin}2000-{year}" for origin in ("", "HKG-")
               for release in ("2022-mid", "2025-end") for year in (2012, 2013)]  # fmt: skip
    assert (list(runs), absent) == (product, [])
    single = [{"release": "2022-mid", "top_n": 5}, {"origin": "HKG", "year_to": 2010}]
    assert next(iter(batches.find_runs({"runs": single})[0])) == "china-2022-mid-top5"
    assert list(batches.find_runs(given | {"runs": single})[0]) == [
        *product, "china-2022-mid-top5", "china-2025-end-HKG-2000-2010"
    ]  # fmt: skip
    assert batches.find_runs({})[0] == {"china-2025-end": Study.resolve()}


def test_what_is_not_in_the_data_is_listed_with_its_reason(root):
    """The release ends too early, the span is empty, it lacks the origin, nobody was pending."""
    given = {"release": "all", "year_to": "1999,2024", "year_from": 2000, "origin": "CHN,SYR"}
    runs, absent = batches.find_runs(given)
    assert len(runs) == 2
    reasons = [each["reason"] for each in absent]
    assert sum("is outside release" in each for each in reasons) == 4
    assert reasons.count("release 2022-mid does not hold this origin") == 2
    (absent,) = batches.find_runs({"release": "2022-mid", "origin": "TIB", "year_to": 2000})[1]
    assert "no claim from TIB was pending in 2000 to 2000" in absent["reason"]


@pytest.mark.parametrize(("given", "said"), [
    ({"year_to": "20x2"}, "year_to: '20x2' is no whole number"),
    ({"year_to": "2015:2012"}, "swap its ends"),
    ({"year_to": "1:99999"}, "is longer than"),
    ({"origin": "CHN,"}, "origin: a value is empty"),
    ({"study": "chian"}, "did you mean china?"),
    ({"years": "2012"}, "unknown parameter 'years'"),
    ({"runs": {"release": "2022-mid"}}, "runs is a list of runs"),
])  # fmt: skip
def test_what_does_not_fit_is_refused(root, given, said):
    with pytest.raises(InputError, match=re.escape(said)):
        batches.find_runs(given)


def test_names_tell_batches_apart():
    many = [",".join(f"C{n:02}" for n in range(count)) for count in (30, 31)]
    asked = [{}, {"year_to": "2012"}, {"year_from": "2012"}, {"year_to": "2012:2025"},
             *({"origin": each} for each in many)]  # fmt: skip
    names = [batches.name_batch(each) for each in asked] + [batches.name_batch({}, ["01_fetch"])]
    assert len(set(names)) == len(names)
    same = {batches.name_batch({"origin": each}) for each in ("CHN,HKG", "HKG, CHN", "HKG,CHN,HKG")}
    assert len(same) == 1
    assert max(map(len, names)) <= 80


@pytest.mark.parametrize(("options", "said"), [
    ({"slurm": ["queue"]}, "--slurm takes key=value"),
    ({"slurm": ["default"], "scheduler": "tcp://127.0.0.1:1"}, "has its own workers"),
    ({"scheduler": "tcp://127.0.0.1:1", "workers": 2}, "has its own workers"),
    ({"scheduler": "inproc://x"}, "takes an address as in tcp://10.0.0.1:8786"),
    ({"scheduler": "tls://127.0.0.1:1"}, "tls needs"),
    ({"workers": 65}, "one machine takes 64 at most"),
    ({"matrix": "m.yml", "years": "2012"}, "--matrix has the lists"),
    ({"name": "../x"}, "cannot be named"),
    ({"notebooks": "01_on"}, "unknown notebook '01_on'"),
    ({"years": "2030:2031"}, "nothing to run"),
    ({"memory_limit": "lots"}, "--memory-limit is a size from 500MB"),
    ({"memory_limit": "1e400"}, "--memory-limit is a size from 500MB"),
    ({"memory_limit": "0.2GB"}, "--memory-limit is a size from 500MB"),
    ({"slurm": ["default"]}, "--slurm needs Slurm's command sbatch"),
])  # fmt: skip
def test_options_that_do_not_fit(mini_root, options, said, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InputError, match=re.escape(said)):
        batch(**options)
    assert not any((mini_root / "runs").glob("*"))


def test_many_runs_and_a_small_disk_are_asked_about_first(mini_root, capsys, monkeypatch):
    options = {"years": "2012:2022", "year_from": "2000:2010", "origins": "CHN,HKG"}
    with pytest.raises(InputError, match=r"\d+ runs are over 200: add --yes"):
        batch(**options)
    assert re.search(r"about .* on \d+ worker.* and .* of disk", capsys.readouterr().out)
    for is_dry, shown in ((False, 20), (True, 31)):  # no file is written where nothing runs
        with pytest.raises(InputError, match="nothing to run"):
            batch(years="2030:2060", dry_run=is_dry)
        said = capsys.readouterr().out
        assert said.count("not in the data  ") == shown
        assert ("and 11 more: --dry-run lists them" in said) is not is_dry
    monkeypatch.setattr(paths, "measure_free", lambda path: 1000)
    with pytest.raises(InputError, match="more disk than is free"):
        batch(years="2012")
    assert not (mini_root / "runs").exists()


def test_a_matrix_file(mini_root, capsys):
    file = mini_root / "m.yml"
    file.write_text("origin: [CHN]\nrelease: all\nyear_to: 2012:2013\nruns:\n  - top_n: 3\n")
    batch(matrix=file, dry_run=True)
    assert capsys.readouterr().out.count("would run") == 3
    lists = ("- a list\n", "holds no lists of parameters")
    for text, said in (lists, ("origin: CHN\norigin: HKG\n", "stands twice")):
        file.write_text(text)
        with pytest.raises(InputError, match=said):
            batch(matrix=file)


def test_a_folder_that_is_taken_is_left_alone(mini_root):
    folder = mini_root / "runs" / "b"
    folder.mkdir(parents=True)
    with pytest.raises(InputError, match="runs/b is no batch"):
        batches.make_plan({}, "b")
    (folder / "batch.json").write_text('{"notebooks": ["01_one"]}')
    with pytest.raises(InputError, match="holds a batch of other notebooks"):
        batches.make_plan({}, "b")
    every = ["03_three", "02_two", "01_one"]
    assert batches.make_plan({}, "b", notebooks=every, is_forced=True).notebooks == ()
    part = batches.make_plan({}, "b", notebooks=["01_one"])
    assert part.notebooks == ("01_one",)
    (study,) = part.runs.values()
    keys = [describe_inputs(study, part.shared, each)["key"] for each in ((), part.notebooks)]
    assert keys[0] == describe_inputs(study)["key"] != keys[1]


def test_another_copy_of_the_project_is_named(mini_root, monkeypatch):
    shared = describe_shared()
    assert batches.find_difference(shared) == ""
    file = mini_root / "notebooks" / "01_one.py"
    file.write_text(file.read_text() + "\n# %%\n1\n")
    said = "another code, notebooks/01_one.py"
    assert batches.find_difference(shared | {"code": "y"}) == said
    monkeypatch.setenv("ASYLUM_ROOT", "/nowhere")
    assert batches.find_difference(shared).startswith("no copy of this project that it can use")


@pytest.fixture
def row(mini_root):
    """Return the row of a run that has some of its numbers and breaks."""
    folder = mini_root / "r"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "breaks.csv").write_text("asylum,severity\nUSA,high\nCAN,low\n")
    (folder / "tables" / "pending_by_year.csv").write_text(
        "year,pending,share_of_world\n2011,20000,0.1\n2012,15362,0.00005\n2013,,\n"
    )
    (folder / "tables" / "destinations.csv").write_text(
        "year,name,rank,share\n2011,Spain,1,0.5\n2012,Brazil,1,0.25\n2012,Spain,2,0.2\n"
    )
    (folder / "tables" / "period_means.csv").write_text(
        "measure,span,n_years,lower,upper\napplied_middle,2003–2012,30,20.4,\npending,2003–2012,9,9,9\n"
    )
    (folder / "numbers.json").write_text('{"05_claims/found.fits": {"value": 21}}')
    (folder / "manifest.json").write_text('{"seconds": {"01": 1.26, "02": 2.0}}')
    return make_row("r", Study.resolve().parameters(), None, folder)


def test_a_row_and_its_empty_cells(row):
    assert tuple(row) == COLUMNS
    assert (row["last_year"], row["last_pending"]) == (2012, 15362)
    assert (row["peak_year"], row["peak_pending"]) == (2011, 20000)
    assert (row["first_name"], row["first_share"]) == ("Brazil", 0.25)
    assert (row["last_period"], row["lodged_least"], row["lodged_most"]) == ("2003–2012", 20, None)
    assert (row["breaks"], row["severe_breaks"], row["claims_fits"]) == (2, 1, 21)
    assert (row["seconds"], row["manifest"], row["report"]) == (3.3, "r/manifest.json", None)
    header, line = write_csv([row]).splitlines()
    cells = dict(zip(header.split(","), line.split(","), strict=True))
    assert (cells["lodged_most"], cells["error"], cells["release"]) == ("", "", "2022-mid")


def test_the_overview_needs_nothing_else_and_hides_nothing(row):
    failed = make_row("s", Study.resolve().parameters(), "<b>two</b> numbers", None)
    absent = [{"origin": "HKG", "year_to": 1950, "reason": "outside"}]
    page = render_batch("b", [row, failed], absent, 3)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "3 runs: 1 complete, 1 failed , 1 not run yet. 1 combination" in text
    assert "Origin Release Outcome Last year Claims pending" in text
    assert "&lt;b&gt;two&lt;/b&gt; numbers" in page
    assert "origin HKG, year_to 1950: outside" in text
    assert "15,362" in text
    assert "under 0.1%" in text
    assert "None" not in text
    assert not re.search(r"<script|https?:|@import|url\(", page)
    assert page.count('scope="row"') == 2
