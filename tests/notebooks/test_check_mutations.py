"""`asylum check` fails on each way to spoil what is committed, and `asylum bless` mends it."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plain.checkout import PROJECT
from plain.processes import call

from helpers.running.reference import find_changes, write_changes

NAME = "03_eras"
Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Copy what the check reads; data are only linked to."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "data").symlink_to(PROJECT / "data")
    for name in ("notebooks", "figures", "docs", "tests"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock", "README.md", "codecheck.yml"):
        shutil.copy(PROJECT / name, folder / name)
    monkeypatch.setenv("ASYLUM_ROOT", str(folder))
    return folder


def edit(file: Path, change: Change) -> None:
    """Change a JSON file."""
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content), encoding="utf-8")


def list_code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def change_output(notebook: dict[str, Any], kind: str, words: str) -> int:
    """Change the last digit of the first output of a kind that matches; return its cell, from 0."""
    for number, cell in enumerate(list_code(notebook)):
        for data in (output.get("data", {}) for output in cell["outputs"]):
            text = "".join(data.get(kind, ""))
            if place := re.search(words, text):
                at = place.end() - 1
                data[kind] = text[:at] + ("1" if text[at] != "1" else "2") + text[at + 1 :]
                return number
    raise AssertionError(f"no output of kind {kind} has {words}")


def strip(notebook: dict[str, Any]) -> None:
    for cell in list_code(notebook):
        cell |= {"execution_count": None, "outputs": []}


# What is replaced by what, and what the check says; tests/unit/test_running_notebooks.py has the
# other ways to spoil a notebook, one by one.
TEXTS = {
    "notebooks/03_eras.ipynb": (r"(\[data sha256 )\w\w", r"\g<1>00", "no figure has digest"),
    "notebooks/07_robustness.ipynb": (
        r'("text/markdown": \[\s*"[^"]*)\d,\d\d\d', r"\g<1>9,999,998",
        "prose states a number that the run has not",
    ),
    "notebooks/02_clean.py": (
        "# %%\n", "# %%\n1 + 1\n\n# %%\n", "the .py and the .ipynb differ"
    ),
    "README.md": (r"(-->\d)", r"\g<1>9", "test_readme_states_the_numbers_of_the_run"),
    "docs/replication.md": (r"(?m)^(\|.*03_eras.*)$", r"\1 gone", "test_the_lists_of_figures"),
}  # fmt: skip


def test_each_spoiled_notebook_text_and_figure_is_named(root):
    edit(root / "notebooks" / "01_fetch.ipynb", strip)
    for name, (old, new, _) in TEXTS.items():
        text = (root / name).read_text(encoding="utf-8")
        spoiled = re.sub(old, new, text, count=1)
        assert spoiled != text
        (root / name).write_text(spoiled, encoding="utf-8")
    records = sorted((root / "figures").glob("*-*.json"))
    edit(records[0], lambda record: record["data"]["rows"][0].append(1))
    records[1].with_suffix(".svg").unlink()
    done = call(root, "check", "--quick")
    assert done.returncode == 1
    said = [words for *_, words in TEXTS.values()]
    said += [
        "01_fetch, cell 3: was not executed",
        "json: the digest is not the data's",
        "svg: missing",
    ]
    assert [words for words in said if words not in done.stdout] == [], done.stdout


@pytest.mark.slow
def test_nbval_finds_one_digit_in_each_kind_of_output(root):
    file, changed = root / "notebooks" / f"{NAME}.ipynb", []

    def spoil(notebook: dict[str, Any]) -> None:
        for kind, words in (("text/plain", r"\d\.\d"), ("text/markdown", r"\d,\d\d\d"),
                            ("text/html", r"<td[^>]*>\s*\d")):  # fmt: skip
            changed.append(change_output(notebook, kind, words))

    edit(file, spoil)
    done = call(root, "check", NAME)
    assert done.returncode == 1
    failed = re.findall(rf"FAILED notebooks/{NAME}\.ipynb::Cell (\d+)", done.stdout)
    assert sorted(map(int, failed)) == sorted(set(changed))


@pytest.mark.parametrize("place", ["numbers.json", "*.svg", "*.png", "*.json", "gone.svg"])
def test_a_changed_figure_is_found_and_mended(root, place):
    made = {file: file.read_bytes() for file in (root / "figures").glob("*.*")}
    file = min((root / "figures").glob(place), default=root / "figures" / place)
    file.write_bytes(b"1")
    wanted = {file: None, **made}
    assert list(find_changes(wanted)) == [file]
    write_changes(find_changes(wanted))
    assert find_changes(wanted) == {}
    assert file.is_file() == (place != "gone.svg")
