"""The explorer's page, written out with its scripts, styles and data; it opens without a server.

In the browser nothing is measured anew: the scripts choose, divide, rank and draw.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from helpers import paths
from helpers.publish.explorer.data_script import Only, gather_data, load_script, write_script
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
    files = read_vendored()  # a file that was changed is refused before the figures are gathered
    files |= {file.name: file.read_bytes() for file in sorted(PAGE.iterdir())}
    script = load_script() if only is None else write_script(gather_data(only))
    files["data.js"] = script.encode()
    for name, content in files.items():
        paths.write_atomic(out / "explorer" / name, content, is_durable=False)
    return out / "explorer" / "index.html"


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
