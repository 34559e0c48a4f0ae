"""Claims files: those on file load, and what does not fit is refused with the entry named."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from helpers.claims.file import Family, Precision, list_claims_files, load_claims, read_claims
from helpers.claims.recipes import Recipe
from helpers.study import InputError, list_studies, load_study_file

PROJECT = Path(__file__).resolve().parents[2]
FILE = {
    "origin": "CHN",
    "sources": [
        {"id": "T", "title": "A text", "publisher": "Nobody", "date": "2022-06-30", "sees": 2021,
         "date_shown": "June 2022", "date_evidence": "it says so in its first line"},
    ],
    "claims": [
        {"id": f"T-0{number}", "source": "T", "paraphrase": "made up for a test", "claimed": "5",
         "years": [2012], "says": ["pending"],
         "tests": [{"claimed": {"text": "5", "value": 5, "precision": "exact"},
                    "recipe": {"kind": "value", "measure": "pending", "year": 2012}}]}
        for number in (1, 2)
    ],
}  # fmt: skip


def write(tmp_path: Path, **changes) -> Path:
    """Write the file with changes to its second claim."""
    loaded = copy.deepcopy(FILE)
    recipe = loaded["claims"][1]["tests"][0]["recipe"]
    recipe |= changes.pop("recipe", {})
    loaded["claims"][1] |= changes
    file = tmp_path / "made-up.yml"
    file.write_text(yaml.safe_dump(loaded))
    return file


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"recipe": {"kind": "guess"}}, "claim 2 (T-02): tests.0.recipe"),
        ({"recipe": {"expression": "1 + 1"}}, "claim 2 (T-02): tests.0.recipe.value.expression"),
        ({"recipe": {"measure": "applied"}}, "claim 2 (T-02): tests.0.recipe.value.measure"),
        ({"recipe": {"year": 1999}}, "claim 2 (T-02): year 1999 is impossible"),
        ({"recipe": {"year": 2022}}, "claim 2 (T-02): year 2022 is impossible"),
        ({"recipe": {"measure": "oip"}}, "claim 2 (T-02): year 2012 is impossible"),
        ({"recipe": {"year": "soon"}}, "claim 2 (T-02): tests.0.recipe.value.year"),
        ({"recipe": {"asylum": "us"}}, "claim 2 (T-02): tests.0.recipe.value.asylum"),
        ({"recipe": {"asylum": "USX"}}, "claim 2 (T-02): 'USX' is the code of no country"),
        ({"years": [1900]}, "claim 2 (T-02): years [1900] begin before"),
        ({"id": "T-01"}, "claim 'T-01' stands 2 times"),
        ({"source": "X"}, "claim 2 (T-02): unknown source 'X'; there is: T"),
        ({"says": ["everything"]}, "claim 2 (T-02): says.0"),
        ({"says": []}, "claim 2 (T-02): entry"),
        ({"tests": []}, "claim 2 (T-02): entry"),
        ({"would_test": "a survey"}, "claim 2 (T-02): entry"),
        ({"years": [2030]}, "claim 2 (T-02): years [2030]"),
        ({"years": [2015, 2012]}, "claim 2 (T-02): years [2015, 2012]"),
        ({"verdict": "exact"}, "claim 2 (T-02): verdict"),
        ({"restated": {"sentence": "There were {n:,}."}}, "claim 2 (T-02): restated"),
        ({"restated": {"sentence": "There were 5,000 of them."}}, "claim 2 (T-02): restated"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_entry_named(tmp_path, changes, said):
    with pytest.raises(InputError) as refusal:
        read_claims(write(tmp_path, **changes))
    assert "made-up.yml: " in str(refusal.value)
    assert said in str(refusal.value)


def test_an_unknown_file_is_refused_with_a_list():
    with pytest.raises(InputError, match="there is: china, venezuela"):
        load_claims("chinq")


@pytest.mark.parametrize("study", list_studies())
def test_a_study_s_claims_are_of_its_origin(study):
    file = load_study_file(study)
    if file.claims is not None:
        assert load_claims(file.claims).origin == file.origin


@pytest.mark.parametrize("name", list_claims_files())
def test_every_claim_is_tested_by_code_or_says_what_would_test_it(name):
    for claim in load_claims(name).claims:
        assert bool(claim.tests) != bool(claim.would_test)
        assert claim.restated is not None


def test_the_documentation_names_every_word_of_the_format():
    text = (PROJECT / "docs" / "claims.md").read_text(encoding="utf-8")
    kinds = [get_args(model.model_fields["kind"].annotation)[0]
             for model in get_args(get_args(Recipe)[0])]  # fmt: skip
    words = {*kinds, *get_args(Precision), *get_args(Family)}
    lacking = {word for word in words if not re.search(rf"\b{word}\b", text)}
    assert not lacking


def test_a_key_that_stands_twice_is_refused(tmp_path):
    file = write(tmp_path)
    file.write_text(file.read_text() + "\norigin: HKG\n")
    with pytest.raises(InputError, match="key 'origin' stands twice"):
        read_claims(file)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"[", b"claims: none", b"just words", b""])
def test_what_is_no_claims_file_is_refused_by_name(tmp_path, content):
    file = tmp_path / "odd.yml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"odd\.yml"):
        read_claims(file)
