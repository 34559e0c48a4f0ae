"""The explorer's scripts run by node, without a page: what they compute from given data."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from helpers.publish.explorer.build import PAGE, SCRIPTS, VENDOR

# Those that need a document as soon as they are loaded.
OF_THE_PAGE = {"main", "check"}
RUN = """
const {library, scripts, data, code, given} = JSON.parse(require("fs").readFileSync(0, "utf8"));
globalThis.d3 = require(library);
data.forEach((file) => require(file));
const open = `function open(hash) {
  const {asked, notes} = readHash(hash);
  const one = fitOrigins(asked);
  const two = fitRest(one.view);
  return {view: two.view, notes: [...notes, ...one.notes, ...two.notes]};
}`;
const answer = new Function("given", [scripts, open, code].join("\\n"))(given);
console.log(JSON.stringify(answer === undefined ? null : answer));
"""


def evaluate(code: str, given: Any = None, folder: Path | None = None) -> Any:
    """Run JavaScript in the scripts' own scope, over data and what is given; return its answer.

    `open` turns a link into a view and notes. Skips the test where node is not installed.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node: the scripts' functions are tested where it is installed")
    data = [folder / "data.js", *sorted((folder / "origins").glob("*/*.js"))] if folder else []
    names = dict.fromkeys(name for parts in SCRIPTS.values() for name in parts)
    texts = [(PAGE / f"{name}.js").read_text("utf-8") for name in names if name not in OF_THE_PAGE]
    asked = {
        "library": str(VENDOR / "d3.min.js"), "scripts": "\n".join(texts),
        "data": [str(file) for file in data], "code": code, "given": given,
    }  # fmt: skip
    done = subprocess.run(
        [node, "-e", RUN], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
