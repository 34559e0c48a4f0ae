"""Every sentence, caption, alt text and table cell of every study, read as a reader would.

The notebooks run cell by cell in this process, once a study, once an origin without a study, and
then for parameters that leave little to say: few years, half a year, hardly a claim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from plain.execute import NOTEBOOKS, Passage, Reading, run_plain, share_cores
from plain.faults import find_faults, find_places, find_typed

from helpers.data.hand import load_placebo_origins
from helpers.study import list_releases, list_studies

ALL = sorted(file.stem for file in NOTEBOOKS.glob("[0-9]*.py"))
STUDIED = ["03_eras", "04_destinations"]
CASES = {study: {"study": study} for study in list_studies()} | {
    "SYR": {"origin": "SYR"},
    "ERI": {"origin": "ERI"},
    "TIB": {"origin": "TIB", "release": "2024-mid"},
    "MAC": {"origin": "MAC", "release": "2024-mid"},
}
NARROW = {
    "before the later era": {"study": "hong-kong", "year_to": 2004},
    "one year": {"study": "venezuela", "year_to": 2000},
    "a mid-year release": {"study": "hong-kong", "release": "2025-mid"},
    "hardly any claim": {"study": "china", "origin": "TIB", "release": "2022-mid"},
    "another origin": {"study": "china", "origin": "MAC", "year_from": 2022, "top_n": 3},
}


@pytest.fixture(scope="module")
def read() -> Iterator[Callable[..., Reading]]:
    """Return a function that runs a notebook, on tables that are loaded once."""
    with share_cores():
        yield run_plain


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("case", CASES)
def test_every_passage_reads_well(read, name, case):
    reading = read(name, **CASES[case])
    assert len(reading.passages) > 10
    assert list(find_faults(reading)) == []


EVERY = [
    (origin, info.name)
    for info in list_releases()
    if info.name in ("2025-end", "2024-end")
    for origin in sorted(load_placebo_origins())
    if origin in info.origins
]


@pytest.mark.soak
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(("origin", "release"), EVERY)
def test_every_origin_reads_well(read, name, origin, release):
    """The origins of the explorer on the newest year-ends; by hand, since it takes minutes."""
    assert list(find_faults(read(name, origin=origin, release=release))) == []


@pytest.mark.parametrize("name", [*STUDIED, "06_revisions", "07_robustness"])
@pytest.mark.parametrize("case", NARROW)
def test_little_to_say_is_still_said_well(read, name, case):
    assert list(find_faults(read(name, **NARROW[case]))) == []


@pytest.mark.parametrize("name", ALL)
def test_no_number_is_typed_in_a_notebooks_texts(name):
    assert list(find_typed((NOTEBOOKS / f"{name}.py").read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", STUDIED)
def test_nothing_names_a_country_or_a_leader_but_the_data(name):
    source = (NOTEBOOKS / f"{name}.py").read_text(encoding="utf-8")
    names = ("China", "Chinese", "United States", "American", "Australia", "Xi", "Hu", "USA", "CHN")
    assert list(find_places(source, names)) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("sentence", "In {year} claims were pending."),
        ("table", "nan"),
        ("alt text", "From None in spring to <NA>."),
        ("caption", "Claims  pending."),
        ("sentence", "There was 1 claims pending."),
        ("sentence", "They waited in , and elsewhere."),
        ("sentence", "The figures are those of ."),
        ("sentence", "An end.. and another."),
        ("table", "-0%"),
        ("sentence", "At the end 12,345 people waited."),
        ("sentence", "There were 0 of 0 claims."),
        ("sentence", "They hold 104% of them."),
        ("caption", "Pending. in two eras."),
        ("other", "   year  pending\n0  2000       1"),
        ("sentence", " "),
    ],
)
def test_each_fault_is_seen(kind, text):
    reading = Reading([Passage(kind, 1, text)], {"12,344", "45"})
    assert len(list(find_faults(reading))) >= 1


def test_sound_passages_have_no_fault():
    passages = [
        Passage("sentence", 1, "At the end of 2025, 12,345 people waited; 1.1 claims a person."),
        Passage("markdown", 2, "Type `N` alone, see [the list](https://example.org/a_1)."),
        Passage("table", 3, "-28"),
    ]
    assert list(find_faults(Reading(passages, {"2025", "12,345", "1.1"}))) == []


def test_output_beside_the_cells_is_a_fault():
    assert len(list(find_faults(Reading(stray="UserWarning: tight layout")))) == 1


def test_a_typed_number_is_seen_in_any_text_and_a_query_is_not_one():
    assert len(list(find_typed('# %%\nshow(f, "The 12 years")\n'))) == 1
    assert len(list(find_typed('# %%\nalt = f"About 12,000 claims from {name}"\n'))) == 1
    sound = '# %%\nf.query("year > 5 and a == 2")\nx = "{:.1f} times"\ny = "3.1"\n'
    assert list(find_typed(sound)) == []


def test_a_country_in_the_prose_is_seen():
    assert len(list(find_places("# %% [markdown]\n# Claims from China\n", ["China"]))) == 1
