"""`asylum report`: one file, whole or not at all; what cannot be done is said in one line."""

import os
import re
import tempfile

import pytest
from browsing.fixtures import refuse_or_skip
from browsing.made_run import PROJECT, make_run

from helpers.publish.report import MISSING, find_chromium

FETCH = PROJECT / "notebooks" / "01_fetch.py"
TITLE = "Asylum-seekers from China, by leadership era"


@pytest.fixture
def root(tiny_root):
    """A checkout with a complete run of one notebook, one that ended earlier, and a failed one."""
    root = tiny_root()
    make_run(root, "latest", ["01_fetch"])
    make_run(root, "earlier", ["01_fetch"], ended="2026-06-30T10:01:00Z", title="Earlier")
    make_run(root, "broken", [], outcome="failed", ended="2026-07-02T10:01:00Z")
    return root


@pytest.fixture
def ask(ask_in, root):
    """Return the command, given in that checkout."""
    return lambda *options, **more: ask_in(root, "report", *options, **more)


def list_leftovers() -> set[str]:
    """What lies in the scratch folder; Chromium has its own within the report's."""
    return {each for each in os.listdir(tempfile.gettempdir()) if "asylum-report" in each}


def test_without_a_name_it_is_the_run_that_ended_last_and_a_lost_page_is_rendered_again(ask, root):
    page = root / "runs/latest/report.html"
    before = page.read_bytes()
    page.write_text("half a pa")
    done = ask()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("runs/latest/report.html (")
    assert page.read_bytes() == before


def test_a_run_is_found_by_name_and_folder_and_renders_to_a_file_given(ask, root, tmp_path):
    written = tmp_path / "new" / "a.html"
    for name in ("earlier", "runs/earlier/", str(root / "runs" / "earlier")):
        done = ask(name, "--out", str(written))
        assert done.returncode == 0, done.stderr
        assert written.read_bytes() == (root / "runs/earlier/report.html").read_bytes()
        assert b"<h1>Earlier</h1>" in written.read_bytes()
        assert [each.name for each in written.parent.iterdir()] == ["a.html"]
        written.unlink()


@pytest.mark.parametrize(("options", "said"), [
    (["lates"], "unknown run 'lates' (did you mean latest?); there is: broken, earlier"),
    (["../latest"], "unknown run '../latest'"),
    (["broken"], "the run broken failed, and a report needs a whole one"),
    (["--format", "docx"], "unknown format 'docx'; there is: html, pdf"),
    (["--out", "rep"], "--out rep must end in .html"),
    (["--out", "a.docx"], "unknown format 'docx'"),
    (["--format", "html", "--out", "a.pdf"], "--out a.pdf must end in .html"),
    (["--out", "data.html/a.html"], "cannot write data.html/a.html: "),
    (["--out", "runs.html"], "runs.html is a folder: --out names a file"),
    (["earlier", "--out", "a.html"], "runs/earlier: notebooks/01_fetch.ipynb is not as the"),
])  # fmt: skip
def test_what_cannot_be_done_is_refused(refuse_in, root, options, said):
    (root / "data.html").touch()
    (root / "runs.html").mkdir()
    changed = root / "runs/earlier/notebooks/01_fetch.ipynb"
    changed.write_text(changed.read_text().replace("release", "reality"))
    told = refuse_in(root, "report", *options)
    assert told.startswith("asylum: ")
    assert said in told


@pytest.mark.parametrize("text", ["[]", "5", "{", '{"outcome": "complete"}', "[" * 100_000])
def test_a_folder_whose_manifest_is_none_is_no_run(ask, refuse_in, root, text):
    (root / "runs/odd").mkdir()
    (root / "runs/odd/manifest.json").write_text(text)
    assert ask().stdout.startswith("runs/latest/report.html (")
    told = refuse_in(root, "report", "odd")
    assert "unknown run 'odd'; there is: broken, earlier, latest" in told


def test_without_any_run_it_says_how_to_make_one(refuse_in, tiny_root):
    assert "`asylum run` makes one" in refuse_in(tiny_root(), "report")


def test_without_chromium_a_pdf_is_refused_and_a_page_is_not(ask, refuse_in, root, tmp_path):
    nowhere = {"PATH": str(tmp_path), "ASYLUM_CHROMIUM": ""}
    told = refuse_in(root, "report", "--format", "pdf", env=nowhere)
    assert "no Chromium: none of chromium, chromium-browser, google-chrome" in told
    assert ask(env=nowhere).returncode == 0
    told = refuse_in(root, "report", "--format", "pdf", env={"ASYLUM_CHROMIUM": "/none/such"})
    assert "ASYLUM_CHROMIUM names /none/such, which is no program" in told


def test_a_chromium_that_fails_leaves_the_file_as_it_was(ask, root, tmp_path):
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    before = list_leftovers()
    target = root / "runs/latest/report.pdf"
    target.write_bytes(b"%PDF- as it was")
    done = ask("--format", "pdf", env={"ASYLUM_CHROMIUM": str(program)})
    assert (done.returncode, done.stdout) == (1, "")
    assert "printed no PDF: " in done.stderr
    assert "exit status 3" in done.stderr
    assert list_leftovers() == before
    assert target.read_bytes() == b"%PDF- as it was"


@pytest.mark.browser
def test_a_pdf_is_printed(ask, tmp_path):
    if find_chromium() is None:
        refuse_or_skip(MISSING)
    before = list_leftovers()
    done = ask("--out", str(tmp_path / "a.pdf"))
    assert done.returncode == 0, done.stderr
    pdf = (tmp_path / "a.pdf").read_bytes()
    assert f"/Title ({TITLE} \\(latest\\))".encode() in pdf
    assert b"/Lang (en-GB)" in pdf
    heading = re.search(r"^# ## (1\.1 .+)$", FETCH.read_text(encoding="utf-8"), re.M)[1]
    assert f"/Title ({heading})".encode() in pdf  # in the outline
    assert re.search(rb"/MediaBox \[0 0 59\d\.\d+ 84\d\.\d+\]", pdf)  # A4
    assert len(re.findall(rb"/Type /Page\b", pdf)) >= 3
    assert b"/StructTreeRoot" in pdf
    assert list_leftovers() == before
