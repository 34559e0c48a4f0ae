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


def strip(notebook: dict[str, Any]) -> None:
    for cell in list_code(notebook):
        cell |= {"execution_count": None, "outputs": []}


def swap(notebook: dict[str, Any]) -> None:
    """Let the first two cells have been executed in the other order."""
    for cell, count in zip(list_code(notebook), (2, 1), strict=False):
        cell["execution_count"] = count


def show(**output: Any) -> Change:
    return lambda notebook: list_code(notebook)[1]["outputs"].append(output)


# A notebook or a figure's record, how it is spoiled, and what the check says of which one.
WARNED = {"output_type": "stream", "name": "stderr", "text": ["UserWarning"]}
FAILED = {"output_type": "error", "ename": "KeyError", "evalue": "", "traceback": []}
DIFFER, COUNTS, LOUD = "the .py and the .ipynb differ", "not in order", "words on stderr"
NOTEBOOKS: list[tuple[str, Change, str]] = [
    ("01_fetch", strip, COUNTS),
    ("04_destinations", show(**WARNED), LOUD),
    ("05_claims", swap, COUNTS),
    ("06_revisions", lambda n: n["metadata"].update(papermill={}), "holds a run"),
    ("exercises/01_reading_a_table", lambda n: n["cells"][3].update(source="1 + 1"), DIFFER),
    ("exercises/02_stock_and_flow", show(**FAILED), LOUD),
    ("exercises/03_comparing_periods", lambda n: n["cells"].pop(), DIFFER),
    ("exercises/solutions/04_persons_and_cases",
     lambda n: n["metadata"]["kernelspec"].update(name="mine"), "'mine' == 'python3'"),
]  # fmt: skip
# What is replaced by what, and where and how the check says so.
TEXTS = {
    "notebooks/03_eras.ipynb": (
        r"(\[data sha256 )\w\w", r"\g<1>00", "03_eras", "no figure has digest"
    ),
    "notebooks/07_robustness.ipynb": (
        r'("text/markdown": \[\s*"[^"]*)\d,\d\d\d', r"\g<1>9,999,998",
        "07_robustness", "prose states a number that the run has not",
    ),
    "notebooks/02_clean.py": ("# %%\n", "# %%\n1 + 1\n\n# %%\n", "notebooks-02_clean", DIFFER),
    "notebooks/exercises/05_breaks.py": (
        "# %%\n", "# %%\n1\n\n# %%\n", "is_what_the_solution_gives[05_breaks]", "+ 1"
    ),
    "notebooks/exercises/solutions/06_fact_checking.py": (
        "# Read", "# In 2021 read", "is_what_the_solution_gives[06_fact_checking]", "- # In 2021"
    ),
    "notebooks/exercises/solutions/06_fact_checking.ipynb": (
        '"Read', '"In 2021 read', "solutions-06_fact_checking", "typed by hand"
    ),
    "README.md": (r"(-->\d)", r"\g<1>9", "readme_states_the_numbers_of_the_run", ""),
    "docs/replication.md": (r"(?m)^(\|.*03_eras.*)$", r"\1 gone", "lists_of_figures", ""),
}  # fmt: skip


def test_each_spoiled_notebook_text_and_figure_is_named(root):
    for name, change, _ in NOTEBOOKS:
        edit(root / "notebooks" / f"{name}.ipynb", change)
    for name, (old, new, *_) in TEXTS.items():
        text = (root / name).read_text(encoding="utf-8")
        spoiled = re.sub(old, new, text, count=1)
        assert spoiled != text, name
        (root / name).write_text(spoiled, encoding="utf-8")
    (root / "notebooks" / "exercises" / "07_other.py").write_text("# %%\n")
    records = sorted((root / "figures").glob("*-*.json"))
    edit(records[0], lambda record: record["data"]["rows"][0].append(1))
    records[1].with_suffix(".svg").unlink()
    done = call(root, "check", "--quick")
    assert done.returncode == 1
    parts = re.split(r"\n_+ (test_.*?) _+\n", done.stdout)
    failed = dict(zip(parts[1::2], parts[2::2], strict=True))
    said = [(place, words) for *_, place, words in TEXTS.values()]
    said += [("-".join(name.split("/")[-2:]), words) for name, _, words in NOTEBOOKS]
    said += [("both_its_files", "07_other"), ("digest", "the digest is not the data's"),
             ("digest", "svg: missing")]  # fmt: skip
    told = [any(place in name and words in text for name, text in failed.items())
            for place, words in said]  # fmt: skip
    assert all(told), [each for each, is_told in zip(said, told, strict=True) if not is_told]


@pytest.mark.slow
def test_nbval_finds_one_digit_in_each_kind_of_output(root):
    file, changed = root / "notebooks" / "03_eras.ipynb", set()
    text = file.read_text(encoding="utf-8")
    for kind, before in (("plain", r'[^"]*\d\.'), ("markdown", r'[^"]*\d,\d\d'),
                         ("html", r"[^\]]*<td[^>]*>\s*")):  # fmt: skip
        found = re.search(rf'("text/{kind}": \[\s*"{before})(\d)', text)
        changed.add(text[: found.start()].count('"cell_type": "code"') - 1)
        text = f"{text[: found.start(2)]}{(int(found[2]) + 1) % 10}{text[found.end() :]}"
    file.write_text(text, encoding="utf-8")
    done = call(root, "check", "03_eras")
    assert done.returncode == 1
    failed = re.findall(r"FAILED notebooks/03_eras\.ipynb::Cell (\d+)", done.stdout)
    assert set(map(int, failed)) == changed


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
