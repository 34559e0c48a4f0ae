"""The page, written out with its scripts, styles and data: a folder that opens without a server."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from helpers.paths import write_atomic
from helpers.publish.explorer.gather import Only, gather_data
from helpers.publish.explorer.kept import load_data
from helpers.publish.explorer.writing import write_data
from helpers.study import InputError

HERE = Path(__file__).parent
PAGE, VENDOR = HERE / "page", HERE / "vendor"


def build_explorer(out: Path, only: Only | None = None) -> Path:
    """Write the explorer whole: its page, scripts, styles, chart library and data.

    Parameters
    ----------
    out : Path
        A folder; the page goes into `out/explorer/`. Its header links to `../index.html`.
    only : mapping, optional
        Releases and their origins (`gather_data`); default all on file.

    Returns
    -------
    Path
        `out/explorer/index.html`.

    Raises
    ------
    InputError
        Where a release, a study or the register of breaks on file cannot be used, or a vendored
        file is not the recorded one.
    """
    read_vendored()  # a file that was changed is refused before the figures are gathered
    return write_page(out, load_data() if only is None else write_data(gather_data(only)))


def write_page(out: Path, data: str) -> Path:
    """Write the page with the script of its data; the vendored files are verified first."""
    files = read_vendored() | {
        file.name: file.read_bytes()
        for file in sorted(PAGE.iterdir())
        if file.suffix in (".css", ".js")
    }
    files["data.js"] = data.encode()
    folder = out / "explorer"
    for name, content in files.items():
        write_atomic(folder / name, content, is_durable=False)
    index = folder / "index.html"
    write_atomic(index, (PAGE / "index.html").read_bytes(), is_durable=False)
    return index


def read_vendored() -> dict[str, bytes]:
    """Read the chart library's files and hold each to its recorded sha256.

    Raises
    ------
    InputError
        Where a file is another than the one recorded in vendor.json.
    """
    files = {}
    for entry in json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))["files"]:
        content = (VENDOR / entry["file"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != entry["sha256"]:
            package = f"{entry['package']} {entry['version']}"
            raise InputError(f"{entry['file']} is not the recorded file: restore it from {package}")
        files[entry["file"]] = content
    return files
