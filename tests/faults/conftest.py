"""Faults are brought about in a small checkout, through the command as a user gives it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest
from plain.processes import Answer, call
from server.command import Forker


def list_tree(root: Path) -> Mapping[str, str]:
    """Return every file and folder with a file's hash."""
    return {
        path.relative_to(root).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        )
        for path in sorted(root.rglob("*"))
        if "__pycache__" not in path.parts
    }


@pytest.fixture(scope="session")
def forker(tmp_path_factory: pytest.TempPathFactory) -> Forker:
    """Return what forks commands off a process that has the imports behind it."""
    return Forker(tmp_path_factory.mktemp("forked"))


@pytest.fixture
def ask_in(forker: Forker) -> Callable[..., Answer]:
    """Return the command, to be given in any checkout, in milliseconds; for what starts nothing."""

    def ask(root: Path, *arguments: str, env: Mapping[str, str] | None = None) -> Answer:
        ended = forker.run(root, *arguments, env=env)
        return Answer(arguments, ended.code, ended.out, ended.err)

    return ask


@pytest.fixture
def call_in() -> Callable[..., Answer]:
    """Return the command, to be given in any checkout."""
    return call


@pytest.fixture
def asylum(call_in: Callable[..., Answer], mini_root: Path) -> Callable[..., Answer]:
    """Return the command, to be given in the small checkout."""
    return partial(call_in, mini_root)


@pytest.fixture
def tree(mini_root: Path) -> Callable[[], Mapping[str, str]]:
    """Return a function that lists the small checkout as it is now."""
    return lambda: list_tree(mini_root)


@pytest.fixture
def refuse(
    ask_in: Callable[..., Answer], mini_root: Path, tree: Callable[[], Mapping[str, str]]
) -> Callable[..., str]:
    """Return a function that expects a refusal: code, clear message, tree unchanged."""

    def expect(*arguments: str) -> str:
        before = tree()
        answer = ask_in(mini_root, *arguments)
        assert answer.returncode == 2, answer.stdout + answer.stderr
        assert "Traceback" not in answer.stdout + answer.stderr
        assert answer.stderr.strip()
        assert tree() == before
        return answer.stderr

    return expect
