"""The explorer's scripts run by node, without a page: what they compute from given data."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

EXPLORER = Path(__file__).resolve().parents[2] / "src" / "helpers" / "publish" / "explorer"
# Those that need no document to be read, in the order in which the page loads them.
PURE = (
    "look", "figures", "words", "measures", "model", "state", "captions", "lines", "bars", "tables",
    "downloads", "find",
)  # fmt: skip
RUN = """
const {library, scripts, data, code, given} = JSON.parse(require("fs").readFileSync(0, "utf8"));
globalThis.d3 = require(library);
[...scripts, ...data].forEach((file) => require(file));
const open = (hash) => {
  const {asked, notes} = Explorer.state.readHash(Explorer.raw, hash);
  const one = Explorer.state.fitOrigins(Explorer.raw, asked);
  const two = Explorer.state.fitRest(Explorer.raw, one.view);
  return {view: two.view, notes: [...notes, ...one.notes, ...two.notes]};
};
const answer = new Function("E", "raw", "given", "open", code)(Explorer, Explorer.raw, given, open);
console.log(JSON.stringify(answer === undefined ? null : answer));
"""


def evaluate(code: str, given: Any = None, folder: Path | None = None) -> Any:
    """Run JavaScript over the scripts (`E`), the data (`raw`) and what is given; return its answer.

    `open` turns a link into a view and notes. Skips the test where node is not installed.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node: the scripts' functions are tested where it is installed")
    data = [folder / "data.js", *sorted((folder / "origins").iterdir())] if folder else []
    asked = {
        "library": str(EXPLORER / "vendor" / "d3.min.js"),
        "scripts": [str(EXPLORER / "page" / f"{name}.js") for name in PURE],
        "data": [str(file) for file in data], "code": code, "given": given,
    }  # fmt: skip
    done = subprocess.run(
        [node, "-e", RUN], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
