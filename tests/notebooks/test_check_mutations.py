"""`asylum check` passes on a reference and fails on each way to spoil it.

The notebooks run once; what is spoiled is a copy, and the comparison is pure. The command itself
is given at the end, on one notebook.
"""

from __future__ import annotations

import copy
import dataclasses
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from helpers.running import bless as blessing
from helpers.running import check, reference
from helpers.running.runs import Settings

PROJECT = Path(__file__).resolve().parents[2]
NAME = "03_eras"
COPIED = ("data", "notebooks", "figures")
FILES = ("pyproject.toml", "requirements.lock", "README.md", "tests/nbval-sanitise.cfg")


def copy_checkout(target: Path) -> Path:
    """Copy what the check reads."""
    for name in COPIED:
        shutil.copytree(PROJECT / name, target / name)
    for name in FILES:
        (target / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, target / name)
    return target


def judge_all(committed: reference.Reference, fresh: reference.Reference) -> list[Any]:
    """Judge as the command does, short of nbval."""
    sources = reference.pick_notebooks([])
    return check.judge_committed(sources, committed) + check.compare_runs(committed, fresh)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = copy_checkout(tmp_path_factory.mktemp("check") / "checkout")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASYLUM_ROOT", str(folder))
        yield folder


@pytest.fixture(scope="module")
def fresh(root: Path, warm_parent: list[int]) -> reference.Reference:
    """Execute all notebooks, once for this module."""
    with reference.make_fresh(reference.pick_notebooks([]), Settings()) as made:
        return made


@pytest.fixture(scope="module")
def findings(root: Path, fresh: reference.Reference) -> list[Any]:
    """Judge what this checkout has committed, before the copy is blessed."""
    return judge_all(reference.load_committed(reference.pick_notebooks([])), fresh)


@pytest.fixture(scope="module")
def committed(root: Path, fresh: reference.Reference, findings: list[Any]) -> reference.Reference:
    """Bless the copy, so that what is spoiled here was right, whatever this checkout holds."""
    sources = reference.pick_notebooks([])
    stood = blessing._load_what_there_is(sources)
    blessing._write(blessing._find_files(sources, stood, fresh))
    return reference.load_committed(sources)


@pytest.fixture
def spoiled(committed: reference.Reference) -> reference.Reference:
    """Return a copy of the committed reference, to be spoiled."""
    return copy.deepcopy(committed)


@pytest.fixture
def judge(root: Path, fresh: reference.Reference) -> Callable[..., list[Any]]:
    return lambda committed: judge_all(committed, fresh)


def find_output(spoiled: reference.Reference, kind: str, start: int = 0) -> Any:
    """Find an output of that kind that holds a digit of a number."""
    for cell in spoiled.notebooks[NAME].cells[start:]:
        for output in cell.get("outputs", []):
            if re.search(r"\d,\d\d\d", output.get("data", {}).get(kind, "")):
                return output
    raise AssertionError(f"no output of kind {kind} shows a number")


def change_digit(text: str) -> str:
    """Change one digit of the first number with thousands."""
    place = re.search(r"\d(?=,\d\d\d)", text)
    assert place
    other = "1" if place[0] != "1" else "2"
    return text[: place.start()] + other + text[place.end() :]


def test_the_committed_reference_passes(findings):
    assert [each.describe() for each in findings] == []


def test_a_blessed_reference_passes(judge, committed):
    assert [each.describe() for each in judge(committed)] == []


@pytest.mark.parametrize("kind", ["text/plain", "text/markdown", "text/html"])
def test_one_digit_in_an_output(judge, spoiled, kind):
    data = find_output(spoiled, kind).data
    stood = data[kind] = change_digit(data[kind])
    found = [each for each in judge(spoiled) if each.what == f"{kind} differs"]
    assert len(found) == 1
    assert (found[0].place, found[0].stood) == (NAME, stood)
    assert found[0].cell > 0
    assert found[0].came != stood


def test_one_digit_in_rendered_prose_is_also_no_number_of_the_run(judge, spoiled):
    data = find_output(spoiled, "text/markdown").data
    data["text/markdown"] = re.sub(r"\d,\d\d\d", "9,999,9", data["text/markdown"], count=1)
    assert "prose states a number that the run has not" in {each.what for each in judge(spoiled)}


def test_one_recomputed_figure_of_the_claims_ledger(judge, spoiled):
    cards = [
        output
        for cell in spoiled.notebooks["05_claims"].cells
        for output in cell.get("outputs", [])
        if "Recomputed" in output.get("data", {}).get("text/html", "")
    ]
    data = next(card.data for card in cards if re.search(r"\d,\d{3} \(pending_summed", str(card)))
    recomputed = re.search(r"Recomputed</th>.*?</td>", data["text/html"])
    assert recomputed
    data["text/html"] = data["text/html"].replace(recomputed[0], change_digit(recomputed[0]), 1)
    found = [each for each in judge(spoiled) if each.what == "text/html differs"]
    assert [each.place for each in found] == ["05_claims"]


def find_digest(spoiled: reference.Reference) -> Any:
    for cell in spoiled.notebooks[NAME].cells:
        for output in cell.get("outputs", []):
            if "[data sha256" in output.get("data", {}).get("text/plain", ""):
                return output
    raise AssertionError("no figure in the notebook")


def test_one_hex_digit_of_a_digest_in_a_notebook(judge, spoiled):
    data = find_digest(spoiled).data
    text = data["text/plain"]
    data["text/plain"] = text[:-2] + ("0" if text[-2] != "0" else "1") + "]"
    what = {each.what for each in judge(spoiled) if each.place == NAME}
    assert "text/plain differs" in what
    assert any(each.startswith("no figure has digest") for each in what)


def change_record(spoiled: reference.Reference, change: Callable[[dict[str, Any]], None]) -> str:
    name = next(name for name in spoiled.figures if name.endswith(".json"))
    record = json.loads(spoiled.figures[name])
    change(record)
    spoiled.figures[name] = json.dumps(record).encode()
    return f"figures/{name}"


def test_one_hex_digit_of_a_digest_in_figures(judge, spoiled):
    def change(record):
        digest = record["data_sha256"]
        record["data_sha256"] = ("0" if digest[0] != "0" else "1") + digest[1:]

    place = change_record(spoiled, change)
    what = {each.what for each in judge(spoiled) if each.place == place}
    assert what == {"digest is not of its data", "data_sha256 differs"}


def test_a_changed_point_of_a_figure(judge, spoiled):
    def change(record):
        row = record["data"]["rows"][0]
        row[-1] = (row[-1] or 0) + 1 if not isinstance(row[-1], str) else "x"

    place = change_record(spoiled, change)
    what = {each.what for each in judge(spoiled) if each.place == place}
    assert what == {"digest is not of its data", "data differs"}


def test_a_changed_alternative_text(judge, spoiled):
    place = change_record(spoiled, lambda record: record.update(alt="A picture."))
    assert {each.what for each in judge(spoiled) if each.place == place} == {"alt differs"}


def test_a_changed_picture(judge, spoiled):
    svg = next(name for name in spoiled.figures if name.endswith(".svg"))
    png = svg.replace(".svg", ".png")
    spoiled.figures[svg] = spoiled.figures[svg].replace(b"stroke-width: ", b"stroke-width: 1", 1)
    spoiled.figures[png] += b"\0"
    found = {(each.place, each.what) for each in judge(spoiled)}
    assert any(what == "shows another picture than figures/" for _, what in found)
    if not check.find_unlocked():
        assert (f"figures/{svg}", "the picture differs") in found


def test_a_figure_that_no_notebook_makes_and_one_that_is_gone(judge, spoiled):
    stem = next(name for name in spoiled.figures if name.endswith(".json"))[:-5]
    for ending in (".json", ".svg", ".png"):
        spoiled.figures[f"orphan{ending}"] = spoiled.figures.pop(stem + ending)
    found = {(each.place, each.what) for each in judge(spoiled)}
    assert ("figures/orphan.svg", "no notebook makes this file") in found
    assert (f"figures/{stem}.svg", "a notebook makes this file, and it is not here") in found


def test_a_stripped_notebook(judge, spoiled):
    for cell in spoiled.notebooks[NAME].cells:
        if cell.cell_type == "code":
            cell.update(execution_count=None, outputs=[])
    found = [each for each in judge(spoiled) if each.place == NAME]
    assert sum(each.what == "was not executed" for each in found) > 5
    assert any(each.stood == "" and each.came for each in found)


def code_cells(spoiled: reference.Reference) -> list[Any]:
    return [cell for cell in spoiled.notebooks[NAME].cells if cell.cell_type == "code"]


def test_one_cell_that_was_not_executed(judge, spoiled):
    code_cells(spoiled)[0].execution_count = None
    assert [each.what for each in judge(spoiled)] == ["was not executed"]


def test_cells_that_were_executed_out_of_order(judge, spoiled):
    first, second = code_cells(spoiled)[:2]
    first.execution_count, second.execution_count = second.execution_count, first.execution_count
    assert [each.what for each in judge(spoiled)] == ["not executed in order"] * 2


def test_cells_that_changed_places(judge, spoiled):
    cells = spoiled.notebooks[NAME].cells
    cells[-1], cells[-2] = cells[-2], cells[-1]
    assert "the .py and the .ipynb differ" in {each.what for each in judge(spoiled)}


def test_an_edited_notebook_alone(judge, spoiled):
    cell = code_cells(spoiled)[-1]
    cell.source += "\n# edited"
    (found,) = judge(spoiled)
    assert found.what == "the .py and the .ipynb differ"
    assert found.cell == spoiled.notebooks[NAME].cells.index(cell) + 1


def test_an_edited_source_alone(judge, spoiled, root):
    source = root / "notebooks" / f"{NAME}.py"
    text = source.read_text()
    source.write_text(text + "\n# edited\n")
    try:
        assert {each.what for each in judge(spoiled)} == {"the .py and the .ipynb differ"}
    finally:
        source.write_text(text)


def test_a_warning_on_stderr(judge, spoiled):
    output = nbformat.v4.new_output("stream", name="stderr", text="FutureWarning: soon\n")
    code_cells(spoiled)[1].outputs.append(output)
    assert {each.what for each in judge(spoiled)} == {"wrote to stderr", "stream stderr differs"}


def test_a_number_typed_by_hand(judge, spoiled, root):
    source = root / "notebooks" / f"{NAME}.py"
    text = source.read_text()
    source.write_text(text + "\n# %% [markdown]\n# It grew by 216 percent.\n")
    cell = nbformat.v4.new_markdown_cell("It grew by 216 percent.")
    spoiled.notebooks[NAME].cells.append(cell)
    try:
        (found,) = judge(spoiled)
        assert (found.what, found.stood) == ("a number is typed by hand", "216")
    finally:
        source.write_text(text)


def test_a_changed_number_on_file(judge, spoiled):
    name = next(n for n, each in spoiled.numbers.items() if type(each["value"]) is int)
    spoiled.numbers[name]["value"] += 1
    assert f"{name} differs" in {each.what for each in judge(spoiled)}


def test_a_changed_number_in_readme(judge, spoiled, root):
    readme = root / "README.md"
    text = readme.read_text()
    mark = re.search(r"<!--=\w+[^>]*-->(.*?)<!--/-->", text)
    assert mark, "README marks no number"
    readme.write_text(text[: mark.start(1)] + "0" + text[mark.start(1) :])
    try:
        found = [each for each in judge(spoiled) if each.place == "README.md"]
        assert [each.stood for each in found] == ["0" + mark[1]]
    finally:
        readme.write_text(text)


def test_what_bless_would_write_for_a_spoiled_reference_is_the_fresh_one(
    root, committed, spoiled, fresh
):
    data = find_output(spoiled, "text/html").data
    data["text/html"] = change_digit(data["text/html"])
    sources = reference.pick_notebooks([])
    text = reference.write_notebook(spoiled.notebooks[NAME])
    file = root / "notebooks" / f"{NAME}.ipynb"
    whole = file.read_text()
    assert reference.write_notebook(committed.notebooks[NAME]) == whole
    file.write_text(text)
    try:
        files = blessing._find_files(sources, spoiled, fresh)
        assert list(files) == [file]
        assert files[file].decode() == whole
        (change,) = blessing._find_changes(spoiled, fresh)
        assert (change.place, change.what) == (NAME, "text/html differs")
    finally:
        file.write_text(whole)


def test_a_failing_notebook_is_said(judge, committed, fresh, root):
    from helpers.running.jobs import Done, Failure

    broken = dataclasses.replace(fresh, done=(Done(NAME, 1.0, Failure(NAME, 3, "E", "v")),))
    found = judge_all(committed, broken)
    assert [each.what for each in found] == [f"{NAME}, cell 3: E: v"]


def test_a_part_is_judged_by_what_it_makes(committed, fresh, root):
    numbers = {name: each | {"notebook": NAME} for name, each in fresh.numbers.items()
               if name in ("release", "published", "summed")}  # fmt: skip
    part = dataclasses.replace(
        fresh, notebooks={NAME: fresh.notebooks[NAME]}, figures={}, numbers=numbers
    )
    one = dataclasses.replace(committed, notebooks={NAME: committed.notebooks[NAME]})
    found = check.compare_runs(one, part, is_whole=False)
    own = [n for n, each in committed.numbers.items() if each["notebook"] == NAME and n != "summed"]
    assert own
    assert sorted(each.what for each in found) == sorted(f"{name} differs" for name in own)


def list_tree(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def call_check(warm_parent: list[int]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return the command."""

    def call(root: Path, *names: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "helpers.cli", "check", *names], pass_fds=warm_parent,
            env=os.environ | {"ASYLUM_ROOT": str(root)}, capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip

    return call


@pytest.mark.usefixtures("committed")
def test_the_command_on_one_notebook_good_and_spoiled(call_check, root, tmp_path):
    folder = tmp_path / "checkout"
    shutil.copytree(root, folder)
    before = list_tree(folder)
    answer = call_check(folder, "01_fetch")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "01_fetch                 as committed" in answer.stdout
    assert list_tree(folder) == before

    file = folder / "notebooks" / "01_fetch.ipynb"
    text = file.read_text()
    (true, *_) = re.findall(r"[\d,]+ rows", text)
    wrong = change_digit(true)
    file.write_text(text.replace(true, wrong))
    assert file.read_text() != text
    before = list_tree(folder)
    answer = call_check(folder, "--quick")
    assert answer.returncode == 1
    assert "prose states a number that the run has not" in answer.stdout
    answer = call_check(folder, "01_fetch")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stdout + answer.stderr
    assert re.search(r"01_fetch, cell \d+: text/markdown differs", answer.stdout)
    assert re.search(rf"stood: .*{wrong}", answer.stdout)
    assert re.search(rf"came: .*{true}", answer.stdout)
    assert "nbval: " in answer.stdout
    assert list_tree(folder) == before
