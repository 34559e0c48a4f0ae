"""A notebook run with an older release says what that release says, and nothing that came later.

The same notebooks run twice: with `--release` where all releases are on file, and by default in a
checkout that ends with that release.
"""

import shutil
from pathlib import Path

import pytest
from plain.checkout import PROJECT, copy_tiny_root
from plain.processes import call

from helpers.study import list_releases

THEN = "2023-mid"
KNOWN = ("2022-mid", "2022-end", "2023-mid")
NOTEBOOKS = ("03_eras", "06_revisions")


def run(root: Path, releases: tuple[str, ...], *arguments: str) -> Path:
    """Run both notebooks in a checkout with these releases on file."""
    copy_tiny_root(root, releases)
    for name in NOTEBOOKS:
        shutil.copy(PROJECT / "notebooks" / f"{name}.py", root / "notebooks")
    done = call(root, "run", "--name", "then", *arguments)
    assert done.returncode == 0, done.stderr
    return root / "runs" / "then"


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Run with the older release where newer ones are on file as well."""
    every = tuple(info.name for info in list_releases())
    return run(tmp_path_factory.mktemp("now"), every, "--release", THEN)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Run by default where the older release is the newest."""
    return run(tmp_path_factory.mktemp("then"), KNOWN)


def test_tables_figures_and_numbers_are_those_of_the_day(asked, lived):
    files = sorted(path.relative_to(lived) for path in lived.glob("*/*") if path.is_file())
    files = [path for path in files if path.parts[0] in {"tables", "figures"}]
    assert {"tables/revisions.csv", "tables/pending_by_year.csv"} <= {str(path) for path in files}
    assert len(files) > 10
    for file in [*files, Path("numbers.json")]:
        assert (asked / file).read_bytes() == (lived / file).read_bytes(), file
