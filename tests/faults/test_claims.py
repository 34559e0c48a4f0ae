"""`asylum claims` and `asylum find` with what cannot be done: code 2, one line, no traceback."""

from __future__ import annotations

import pytest

from helpers import paths


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("claims --format xml", "unknown format 'xml'; there is: text, csv, json"),
        ("claims --study hong-kong", "study hong-kong has no claims file"),
        ("claims --file chinq", "unknown claims file 'chinq' (did you mean china?)"),
        ("claims --release 2030-end", "unknown release '2030-end'"),
        ("find many", "'many' is not one number above 0"),
        (f"find {'9' * 400}", "is too long for a number"),
        ("find 5 --origin XXX", "unknown origin 'XXX'"),
    ],
)
def test_what_cannot_be_done_is_refused(ask_in, words, said):
    done = ask_in(paths.root(), *words.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("asylum: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_claims_file_is_refused_with_the_entry_named(ask_in, tiny_root):
    root = tiny_root()
    file = root / "data" / "hand" / "claims" / "china.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("recipe: rises pending", "recipe: climbs pending", 1))
    done = ask_in(root, "claims")
    assert (done.returncode, done.stdout) == (2, "")
    said = "china.yml: claim 4 (RFA-04): tests.0.recipe: unknown word 'climbs'"
    assert said in done.stderr


def test_it_works_where_one_release_alone_is_on_file(ask_in, tiny_root):
    done = ask_in(tiny_root(), "claims", "--id", "SD-05", "--format", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert "untestable" in done.stdout


def test_a_number_s_sources_are_told(ask_in):
    done = ask_in(paths.root(), "find", "613", "000", "--years", "2012-2021")
    assert (done.returncode, done.stderr) == (0, "")
    assert "year-end counts added over years, not people: 613,532, cut off" in done.stdout
