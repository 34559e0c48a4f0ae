"""Claims files: those on file load, and what does not fit is refused with the entry named."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml
from plain.checkout import PROJECT

from helpers.claims.claim_cards import list_sources
from helpers.claims.file import FAMILIES, load_claims, read_claims
from helpers.claims.ledger import build_ledger
from helpers.claims.precision import PRECISIONS, WORDS
from helpers.claims.recipes import FIRST_YEARS, KINDS, parse_recipe
from helpers.data.releases import load_core
from helpers.study import InputError, list_releases, list_studies, load_study_file

SOURCE = {"id": "T", "title": "A text", "publisher": "Nobody", "date": dt.date(2022, 6, 30)}
# What a claim costs: an id, the source, the number, the years, and what it is said to count.
FIVE_LINES = """\
  - id: T-01
    source: T
    claimed: around 12,000
    years: [2012]
    says: applied
"""


def write(tmp_path: Path, *changes: dict) -> Path:
    """Write a file of claims of five lines, T-01 and so on, each with some changes."""
    claims = [yaml.safe_load(FIVE_LINES)[0] | {"id": f"T-0{number}"} | change
              for number, change in enumerate(changes, start=1)]  # fmt: skip
    file = tmp_path / "made-up.yml"
    file.write_text(yaml.safe_dump({"origin": "CHN", "sources": [SOURCE], "claims": claims}))
    return file


def test_a_claim_costs_five_lines_and_is_judged_by_all_rules(tmp_path):
    # 108,071 claims were pending in 2020: 0.02 % off, in a text older than every release.
    revised = {"claimed": "108,050", "years": [2020], "says": "pending"}
    file = read_claims(write(tmp_path, {}, revised))
    cores = [(info, load_core(info, "CHN")) for info in list_releases()]
    unused = file.sources[0].model_copy(update={"id": "U"})
    ledger = build_ledger(file.model_copy(update={"sources": (*file.sources, unused)}), cores)
    assert list_sources(ledger)["claims"].tolist() == [2, 0]
    rows = ledger.claims.set_index("claim_id")
    assert tuple(rows.loc["T-02", ["figure", "wording"]]) == ("revised", "fits")
    row = rows.loc["T-01"]
    assert (row["figure"], row["wording"], row["release"]) == ("off", "fits", "2022-mid")
    assert (row["paraphrase"], row["restatement"]) == ("New claims lodged, 2012", "")
    assert "around 12,000" in row["derivation"]
    assert (file.sources[0].sees, file.sources[0].date_shown) == (2021, "30 June 2022")


PENDING, OIP = {"says": "pending", "years": [2012, 2021]}, {"says": "oip", "years": [2021]}


@pytest.mark.parametrize(("claimed", "changes", "recipe", "value", "precision"), [
    ("12,362", {"says": "pending"}, "total pending 2012", 12_362, "exact"),
    ("nearly 120,000", {}, "total applied_persons 2012", 120_000, "nearly"),
    ("over one million", PENDING, "total pending 2012-2021", 1_000_000, "over"),
    ("more than 5.9 million", OIP, "total oip 2021", 5_900_000, "over"),
    ("5.9 million", OIP, "total oip 2021", 5_900_000, "around"),
    ("up 169 %", PENDING, "increase pending 2012-2021", 169, "rounded"),
    ("tenfold", PENDING, "ratio pending 2012-2021", 10, "rounded"),
])  # fmt: skip
def test_number_years_and_noun_make_the_test(tmp_path, claimed, changes, recipe, value, precision):
    (test,) = read_claims(write(tmp_path, {"claimed": claimed} | changes)).claims[0].tests
    assert test.recipe == parse_recipe(recipe)
    assert (test.claimed.value, test.claimed.precision) == (value, precision)


def state(recipe: str, **more: object) -> dict:
    return {"tests": [{"claimed": "5", "recipe": recipe}]} | more


REFUSED = {
    "claim 2 (T-02): tests.0.recipe": state("guess pending 2012"),
    "unknown word '+' in recipe": state("pending 2012 + 1"),
    "the measures pending, applied_persons": state("applied 2012"),
    "must name one measure, and its years": state("pending"),
    "must name a destination or a region": state("rank pending 2012"),
    "are not in order": state("pending 2014-2012"),
    "claim 2 (T-02): year 1999 is impossible": state("pending 1999"),
    "claim 2 (T-02): year 2022 is impossible": state("pending 2022"),
    "claim 2 (T-02): year 2012 is impossible": state("oip 2012"),
    "claim 2 (T-02): 'USX' is the code of no country": state("pending 2012 USX"),
    "claim 2 (T-02): years [1900] begin before": state("pending 2012", years=[1900]),
    "claim 2 (T-02): years [2030]": state("pending 2012", years=[2030]),
    "claim 2 (T-02): years [2015, 2012]": state("pending 2012", years=[2015, 2012]),
    "claim 'T-01' is given 2 times": {"id": "T-01"},
    "claim 2 (T-02): unknown source 'X'; there is: T": {"source": "X"},
    "claim 2 (T-02): says": {"says": "everything"},
    "claim 2 (T-02): says is missing": {"says": ""},
    "claim 2 (T-02): give a number under claimed": {"claimed": "many"},
    "claim 2 (T-02): tests.0: claimed": {"tests": [{"recipe": "pending 2012"}]},
    "'many' holds no number": {"tests": [{"recipe": "pending 2012", "claimed": "many"}]},
    "claim 2 (T-02): give a number": state("pending 2012", would_test="a survey"),
    "claim 2 (T-02): verdict": {"verdict": "exact"},
    "unknown word 'some' in recipe": {"restated": "There were {some}."},
    "is no format of a number": {"restated": "There were {pending 2012:wide}."},
    "put its recipe in braces": {"restated": "There were 5,000 of them."},
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_does_not_fit_is_refused_with_the_entry_named(tmp_path, said):
    with pytest.raises(InputError, match=f"^made-up.yml: .*{re.escape(said)}") as refused:
        read_claims(write(tmp_path, {}, REFUSED[said]))
    assert "factory" not in str(refused.value), "what would have been filled in is no fault"


@pytest.mark.parametrize("study", list_studies())
def test_a_study_s_claims_are_of_its_origin_and_are_restated(study):
    if name := load_study_file(study).claims:
        file = load_claims(name)
        assert file.origin == load_study_file(study).origin
        assert all(claim.restated for claim in file.claims)


def test_the_documentation_names_every_word_of_the_format():
    text = (PROJECT / "docs" / "claims.md").read_text(encoding="utf-8")
    words = {*KINDS, *PRECISIONS, *WORDS, *FAMILIES, *FIRST_YEARS}
    lacking = {word for word in words if not re.search(rf"\b{word}\b", text)}
    assert not lacking


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00", b"[", b"claims: none", b"", b"origin: CHN\norigin: HKG\nclaims: []"],
)
def test_what_is_no_claims_file_is_refused_by_name(tmp_path, content):
    file = tmp_path / "odd.yml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"odd\.yml"):
        read_claims(file)
