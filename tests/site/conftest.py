"""The site that the tests in this folder look at: built once for all workers of a session."""

import fcntl
import hashlib
import shutil

import pytest
from plain.checkout import PROJECT
from plain.explorer import ONLY
from plain.processes import call

BUILDS = PROJECT / "build" / "tested-site"
INPUTS = ("src", "docs", "notebooks", "figures", "data/hand", "data/README.md", "README.md",
          "CONTRIBUTING.md", "CHANGELOG.md", "DATA_NEWS.md", "CITATION.cff",
          "requirements.lock")  # fmt: skip


def digest_inputs() -> str:
    """Digest every file that the site is made of, so that an unchanged one is built once."""
    digest = hashlib.sha256()
    files = [PROJECT / name for name in INPUTS]
    files += sorted((PROJECT / "data" / "raw").rglob("datapackage.json"))
    for top in files:
        for file in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(PROJECT)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def site():
    """Return the folder of the site as `asylum site` builds it; other workers wait for the one."""
    BUILDS.mkdir(parents=True, exist_ok=True)
    target = BUILDS / digest_inputs()
    with (BUILDS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / "index.html").is_file():
            for old in BUILDS.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            done = call(PROJECT, "site", "--out", str(target), "--origins", ",".join(ONLY))
            assert done.returncode == 0, done.stderr
    return target
