"""`asylum claims` with what cannot be done: code 2, one line, no traceback."""

from __future__ import annotations

import pytest

from helpers import paths


@pytest.fixture
def ask(ask_in):
    """Return the command, given in this checkout or in another."""
    return lambda *options, root=None: ask_in(root or paths.root(), "claims", *options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--format", "xml"], "unknown format 'xml'; there is: text, csv, json"),
        (["--study", "hong-kong"], "study hong-kong has no claims file"),
        (["--file", "chinq"], "unknown claims file 'chinq' (did you mean china?)"),
        (["--release", "2030-end"], "unknown release '2030-end'"),
    ],
)
def test_a_wrong_option_is_refused(ask, options, said):
    done = ask(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("asylum: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_claims_file_is_refused_with_the_entry_named(ask, tiny_root):
    root = tiny_root()
    file = root / "data" / "hand" / "claims" / "china.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("recipe: rises pending", "recipe: climbs pending", 1))
    done = ask(root=root)
    assert (done.returncode, done.stdout) == (2, "")
    assert "china.yml: claim 4 (RFA-04): tests.0.recipe: unknown word 'climbs'" in done.stderr


def test_it_works_where_one_release_alone_is_on_file(ask, tiny_root):
    done = ask("--id", "SD-05", "--format", "csv", root=tiny_root())
    assert (done.returncode, done.stderr) == (0, "")
    assert "untestable" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["many"], "'many' is not one number above 0"),
        (["5", "--origin", "XXX"], "origin 'XXX' is in no release"),
    ],
)
def test_a_number_that_cannot_be_looked_for_is_refused(ask_in, words, said):
    done = ask_in(paths.root(), "find", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_number_s_sources_are_told(ask_in):
    done = ask_in(paths.root(), "find", "613", "000", "--years", "2012-2021")
    assert (done.returncode, done.stderr) == (0, "")
    assert "year-end counts added over years, not people: 613,532, cut off" in done.stdout
