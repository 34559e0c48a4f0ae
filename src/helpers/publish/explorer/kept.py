"""The explorer's data, kept between builds as long as what they are made of is the same.

Gathering takes most of a minute of computing, and nothing of it changes with a page's words or
looks. What decides is in the key: this package's modules, the figures' records, the hand data.
"""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path

from helpers import paths
from helpers.publish.explorer.gather import gather_data
from helpers.publish.explorer.writing import write_data

_CODE = Path(__file__).resolve().parents[2]


def load_data() -> str:
    """Return the script of all data, gathered anew where anything that it rests on has changed.

    Raises
    ------
    InputError
        As `gather_data`.
    """
    folder = paths.build() / "explorer"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{digest_inputs()}.js"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits for the one who gathers
        if not kept.is_file():
            data = write_data(gather_data())
            for old in folder.glob("*.js"):
                old.unlink()
            paths.write_atomic(kept, data, is_durable=False)
        return kept.read_text(encoding="utf-8")


def digest_inputs() -> str:
    """Digest what the data are made of: the code, the releases and the hand data."""
    files = [*_CODE.rglob("*.py"), *paths.hand().rglob("*.yml")]
    files += [*paths.raw().glob("*.csv"), *paths.raw().rglob("datapackage.json")]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
