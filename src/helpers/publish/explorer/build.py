"""The explorer's page, written out with its scripts, styles and data; it opens without a server.

In the browser nothing is measured anew: the scripts choose, divide, rank and draw.
"""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path

from helpers import paths
from helpers.publish.explorer.data_script import Only, load_scripts
from helpers.study import InputError

HERE = Path(__file__).parent
PAGE, VENDOR = HERE / "page", HERE / "vendor"
_GRID = 1000  # outlines are drawn on a grid of thousandths of the globe's radius


def build_explorer(out: Path, only: Only | None = None) -> Path:
    """Write the explorer whole: its page, scripts, styles, chart library, outlines and data.

    Parameters
    ----------
    out : Path
        A folder; the page goes into `out/explorer/`. Its header links to `../index.html`.
    only : mapping, optional
        Releases and their origins (`load_scripts`); default all on file.

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
    files["outlines.js"] = write_outlines().encode()
    files |= {name: script.encode() for name, script in load_scripts(only).items()}
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


def write_outlines() -> str:
    """Write the country outlines as a script: by country its code and the path that SVG draws."""
    shapes = json.loads((paths.shapes() / "outlines.json").read_text(encoding="utf-8"))
    drawn = [{"iso3": each["iso3"], "d": _write_path(each["rings"])} for each in shapes]
    text = json.dumps(drawn, separators=(",", ":"))
    return f"(globalThis.Explorer ||= {{}}).outlines = {text};\n"


def _write_path(rings: list[list[list[float]]]) -> str:
    """Write closed rings as a path of steps on the grid, y downwards."""
    parts = []
    for ring in rings:
        points = [(round(x * _GRID), round(-y * _GRID)) for x, y in ring[:-1]]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
        moves = " ".join(f"{x} {y}" for x, y in steps if x or y)
        parts.append(f"M{points[0][0]} {points[0][1]}l{moves.replace(' -', '-')}z")
    return "".join(parts)
