"""Faults are brought about in a small checkout, through the command as a user gives it."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pytest
from plain.checkout import list_files
from plain.processes import Answer, call
from server.command import Forker
from server.root import NextYear, serve_next_year


@pytest.fixture(scope="session")
def forker(tmp_path_factory: pytest.TempPathFactory) -> Forker:
    """Return what forks commands off a process that has the imports behind it."""
    return Forker(tmp_path_factory.mktemp("forked"))


@pytest.fixture
def ask_in(forker: Forker) -> Callable[..., Answer]:
    """Return the command, to be given in any checkout, in milliseconds; for what starts nothing."""
    return forker.run


@pytest.fixture
def asylum(mini_root: Path) -> Callable[..., Answer]:
    """Return the command, to be given in the small checkout."""
    return partial(call, mini_root)


@pytest.fixture
def tree(mini_root: Path) -> Callable[[], Mapping[str, tuple[int, int]]]:
    """Return a function that lists the small checkout as it is now."""
    return partial(list_files, mini_root)


@pytest.fixture
def refuse_in(ask_in: Callable[..., Answer]) -> Callable[..., str]:
    """Return a function that expects a refusal: code, clear message, a checkout as it was."""

    def expect(root: Path, *arguments: str, **more: Mapping[str, str]) -> str:
        before = list_files(root)
        answer = ask_in(root, *arguments, **more)
        assert answer.returncode == 2, answer.stdout + answer.stderr
        assert arguments[0] == "fetch" or not answer.stdout  # which says how far it is
        assert "Traceback" not in answer.stdout + answer.stderr
        assert answer.stderr.strip()
        assert list_files(root) == before
        return answer.stderr

    return expect


@pytest.fixture
def refuse(refuse_in: Callable[..., str], mini_root: Path) -> Callable[..., str]:
    """Return `refuse_in` for the small checkout."""
    return partial(refuse_in, mini_root)


@pytest.fixture(scope="session")
def next_year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NextYear]:
    """Serve a year more than a checkout has on file, in three pages a table.

    Austria is there because its code is Australia's in the other system.
    """
    with serve_next_year(tmp_path_factory.mktemp("next-year"), {"AUL", "AUS"}, 2022) as served:
        yield served
