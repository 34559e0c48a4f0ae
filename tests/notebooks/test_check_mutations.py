"""`asylum check` fails on each way to spoil what is committed, and `asylum bless` mends it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plain.processes import call

from helpers.running.reference import Reference, make_reference
from helpers.running.runs import Settings

PROJECT = Path(__file__).resolve().parents[2]
NAME = "03_eras"
COPIED = ("data", "notebooks", "figures", "docs", "tests")
FILES = ("pyproject.toml", "requirements.lock", "README.md")
Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy what the check reads; data are only linked to."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "data").symlink_to(PROJECT / "data")
    for name in COPIED[1:]:
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
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


def find_output(notebook: dict[str, Any], kind: str, words: str) -> tuple[int, dict[str, Any]]:
    """Find the first code cell whose output of a kind matches, counted from 0, with its data."""
    for number, cell in enumerate(list_code(notebook)):
        for output in cell["outputs"]:
            data = output.get("data", {})
            if re.search(words, "".join(data.get(kind, ""))):
                return number, data
    raise AssertionError(f"no output of kind {kind} has {words}")


def change_output(data: dict[str, Any], kind: str, words: str) -> None:
    """Change the digit before the end of what matches."""
    text = "".join(data[kind])
    place = re.search(words, text)
    assert place
    at = place.end() - 1
    data[kind] = text[:at] + ("1" if text[at] != "1" else "2") + text[at + 1 :]


def strip(notebook: dict[str, Any]) -> None:
    for cell in list_code(notebook):
        cell |= {"execution_count": None, "outputs": []}


def change_digest(notebook: dict[str, Any]) -> None:
    words = r"\[data sha256 [0-9a-f]+"
    change_output(find_output(notebook, "text/plain", words)[1], "text/plain", words)


def change_prose(notebook: dict[str, Any]) -> None:
    words = r"\d,\d\d\d"
    data = find_output(notebook, "text/markdown", words)[1]
    text = "".join(data["text/markdown"])
    data["text/markdown"] = re.sub(words, "9,999,998", text, count=1)


# tests/unit/test_running_guards.py has the other ways, one by one.
SPOILED: dict[str, tuple[Change, str]] = {
    "stripped": (strip, "was not executed"),
    "a digest": (change_digest, "no figure has digest"),
    "rendered prose": (change_prose, "prose states a number that the run has not"),
}


def test_the_copy_is_good_until_it_is_spoiled(root: Path) -> None:
    done = call(root, "check", "--quick")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("way", SPOILED)
def test_a_spoiled_notebook(root: Path, way: str) -> None:
    change, said = SPOILED[way]
    edit(root / "notebooks" / f"{NAME}.ipynb", change)
    done = call(root, "check", "--quick")
    assert done.returncode == 1
    assert said in done.stdout
    assert NAME in done.stdout


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            f"notebooks/{NAME}.py",
            "# %%\n",
            "# %%\n1 + 1\n\n# %%\n",
            "the .py and the .ipynb differ",
        ),
        ("README.md", r"(-->\d)", r"\g<1>9", "README"),
        ("docs/replication.md", r"(?m)^(\|.*03_eras.*)$", r"\1 gone", "replication"),
    ],
)
def test_a_spoiled_text(root: Path, file: str, old: str, new: str, said: str) -> None:
    text = (root / file).read_text(encoding="utf-8")
    spoiled = re.sub(old, new, text, count=1)
    assert spoiled != text
    (root / file).write_text(spoiled, encoding="utf-8")
    done = call(root, "check", "--quick")
    assert done.returncode == 1
    assert said in done.stdout


@pytest.mark.parametrize(
    ("ending", "spoil", "said"),
    [
        ("json", lambda file: edit(file, lambda record: record["data"]["rows"][0].append(1)),
         "figures/{}: the digest is not the data's"),
        ("svg", Path.unlink, "figures/{}: missing"),
    ],
)  # fmt: skip
def test_a_point_of_a_figure_and_a_missing_file(root: Path, ending, spoil, said) -> None:
    file = min((root / "figures").glob(f"*.{ending}"))
    spoil(file)
    done = call(root, "check", "--quick")
    assert done.returncode == 1
    assert said.format(file.name) in done.stdout


@pytest.mark.slow
def test_nbval_finds_one_digit_in_each_kind_of_output(root: Path) -> None:
    file, changed = root / "notebooks" / f"{NAME}.ipynb", []

    def spoil(notebook: dict[str, Any]) -> None:
        for kind, words in (("text/plain", r"\d\.\d"), ("text/markdown", r"\d,\d\d\d"),
                            ("text/html", r"<td[^>]*>\s*\d")):  # fmt: skip
            number, data = find_output(notebook, kind, words)
            change_output(data, kind, words)
            changed.append(number)

    edit(file, spoil)
    done = call(root, "check", NAME)
    assert done.returncode == 1
    failed = re.findall(rf"FAILED notebooks/{NAME}\.ipynb::Cell (\d+)", done.stdout)
    assert sorted(map(int, failed)) == sorted(set(changed))


@pytest.fixture(scope="module")
def fresh() -> Reference:
    """Execute all notebooks, once for this module."""
    return make_reference(Settings())


@pytest.mark.slow
@pytest.mark.parametrize("place", ["numbers.json", "*.svg", "*.png", "*.json", "gone.svg"])
def test_a_rerun_finds_a_changed_figure_and_bless_mends_it(fresh, root, place) -> None:
    moved = {root / path.relative_to(PROJECT): new for path, new in fresh.files.items()}
    assert fresh.failures == ()
    Reference(moved).write()
    (root / "figures" / "gone.svg").unlink(missing_ok=True)
    file = min((root / "figures").glob(place), default=root / "figures" / place)
    file.write_bytes(b"1")
    reference = Reference({file: None, **moved})
    assert list(reference.changes) == [file]
    reference.write()
    assert reference.changes == {}
    assert file.is_file() == (place != "gone.svg")


def test_an_unknown_notebook_is_refused(root: Path) -> None:
    done = call(root, "check", "09_none")
    assert done.returncode == 2
    assert "there is no notebook '09_none'; there is: 01_fetch" in done.stderr
