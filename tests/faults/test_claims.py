"""`asylum claims` and `asylum find` say what they are asked for; test_inputs.py has refusals."""

from helpers import paths


def test_it_works_where_one_release_alone_is_on_file(ask_in, tiny_root):
    done = ask_in(tiny_root(), "claims", "--id", "SD-05", "--format", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert "untestable" in done.stdout


def test_a_number_s_sources_are_told(ask_in):
    done = ask_in(paths.root(), "find", "613", "000", "--years", "2012-2021")
    assert (done.returncode, done.stderr) == (0, "")
    assert "year-end counts added over years, not people: 613,532, cut off" in done.stdout
