"""Every sentence, caption, alt text and table cell of every study, read as a reader would.

The notebooks run cell by cell in this process, once a study, once an origin without a study, and
then for parameters that leave little to say: few years, half a year, hardly a claim. What they
save, and the figures that they say, are held to digests in test_prose/, which `--regen-all` makes
anew.
"""

import hashlib
import json
import re
from dataclasses import replace

import pytest
from plain.execute import NOTEBOOKS, run_plain, share_cores
from plain.faults import find_faults, find_places, find_typed

from helpers.analysis import study_tables
from helpers.data.releases import list_pending_years
from helpers.study import Study, list_releases, list_studies

ALL = sorted(file.stem for file in NOTEBOOKS.glob("[0-9]*.py"))
STUDIED = ["03_eras", "04_destinations"]
CASES = {study: {"study": study} for study in list_studies()} | {
    "SYR": {"origin": "SYR"},
    "ERI": {"origin": "ERI"},
    "no-decision": {"origin": "MTQ"},
    "before-the-later-era": {"study": "hong-kong", "year_to": 2004},
    "one-year": {"study": "venezuela", "year_to": 2000},
    "a-mid-year-release": {"study": "hong-kong", "release": "2025-mid"},
    "hardly-any-claim": {"study": "china", "origin": "TIB", "release": "2022-mid"},
    "another-origin": {"study": "china", "origin": "MAC", "year_from": 2022, "top_n": 3},
}


@pytest.fixture(scope="module")
def read():
    """Return a function that runs a notebook, on tables that are loaded once."""
    with share_cores():
        yield run_plain


def digest(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def digest_files(folder):
    """Digest a run's tables, numbers and drawn data, all to six digits."""
    found = {}
    for file in (each for each in folder.glob("*/*") if each.suffix in (".csv", ".json")):
        text, name = file.read_text(encoding="utf-8"), f"{file.parent.name}/{file.name}"
        if name.startswith("figures/"):
            text = json.dumps(json.loads(text)["data"])
        text = re.sub(r"\d+\.\d+(e-?\d+)?", lambda number: f"{float(number[0]):.6g}", text)
        found[name] = digest(text)
    return found


@pytest.mark.parametrize("case", CASES)
def test_every_passage_reads_well_and_every_result_stays(read, case, tmp_path, data_regression):
    shown = {}
    for name in ALL:
        reading = read(name, run_dir=str(tmp_path), **CASES[case])
        assert len(reading.passages) > 10
        assert list(find_faults(reading)) == []
        said = " ".join(each.text for each in reading.passages if each.kind != "markdown")
        shown[name] = digest(" ".join(re.findall(r"\d[\d.,]*", said)))
    data_regression.check(shown | digest_files(tmp_path), basename=case)


EVERY = [
    (origin, info.name)
    for info in list_releases()
    if info.period == "end"
    for origin in sorted({*info.origins} & {*list_pending_years(info.name)})
]


@pytest.mark.soak
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("origin", "release"), EVERY)
def test_every_origin_reads_well(read, name, origin, release):
    """The origins of all year-end releases; by hand, since it takes an hour."""
    assert list(find_faults(read(name, origin=origin, release=release))) == []


def test_an_older_release_is_read_as_it_was_when_it_was_the_newest(read, tmp_path, tiny_root):
    def run(place, **given):
        names = STUDIED[0], "06_revisions"
        read_out = [read(name, run_dir=str(tmp_path / place), **given).passages for name in names]
        return read_out, digest_files(tmp_path / place)

    now = run("now", release="2023-mid")
    tiny_root("2022-mid", "2022-end", "2023-mid")
    assert run("then") == now
    assert {"tables/revisions.csv", "tables/pending_by_year.csv"} <= set(now[1])


@pytest.mark.parametrize("name", STUDIED)
def test_a_handful_of_claims_gives_no_share_and_no_ratio(read, name):
    """TIB never has a hundred claims: the figures' titles give counts."""
    captions = [each.text for each in read(name, origin="TIB").passages if each.kind == "caption"]
    titles = [text.split(". ")[1] for text in captions]
    assert len(titles) > 1
    assert not [text for text in titles if "%" in text or " times" in text]


def test_means_that_lack_a_year_say_so(read, monkeypatch):
    tables = study_tables.load_tables(Study.resolve())
    stocks = tables.release.pending
    lacking = replace(tables.release, pending=stocks[stocks["year"] != 2019])
    cut = study_tables.StudyTables(tables.scope, lacking)
    monkeypatch.setattr(study_tables, "load_tables", lambda *_: cut)
    text = " ".join(each.text for each in read("03_eras").passages)
    assert "In 2013–2022 this is the mean of the years with a figure." in text
    assert "No total is known for 2019." in text


@pytest.mark.parametrize("name", ALL)
def test_no_number_is_typed_in_a_notebooks_texts(name):
    assert list(find_typed((NOTEBOOKS / f"{name}.py").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", STUDIED)
def test_nothing_names_a_country_or_a_leader_but_the_data(name):
    source = (NOTEBOOKS / f"{name}.py").read_text(encoding="utf-8")
    names = ("China", "Chinese", "United States", "American", "Australia", "Xi", "Hu", "USA", "CHN")
    assert list(find_places(source, names)) == []
