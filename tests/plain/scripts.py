"""The explorer's scripts run by node, without a page: what they compute from given data."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[2] / "src" / "helpers" / "publish" / "explorer" / "page"
# Those that need no document to be read, in the order in which the page loads them.
PURE = (
    "look", "figures", "words", "measures", "model", "state", "lines", "bars", "captions", "tables",
    "downloads",
)  # fmt: skip
RUN = """
const {scripts, data, code, given} = JSON.parse(require("fs").readFileSync(0, "utf8"));
scripts.forEach(require);
if (data) require(data);
const answer = new Function("E", "raw", "given", code)(Explorer, Explorer.raw, given);
console.log(JSON.stringify(answer === undefined ? null : answer));
"""


def evaluate(code: str, given: Any = None, data: Path | None = None) -> Any:
    """Run JavaScript over the scripts (`E`), the data (`raw`) and what is given; return its answer.

    Skips the test where node is not installed.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node: the scripts' functions are tested where it is installed")
    asked = {
        "scripts": [str(PAGE / f"{name}.js") for name in PURE],
        "data": str(data) if data else None, "code": code, "given": given,
    }  # fmt: skip
    done = subprocess.run(
        [node, "-e", RUN], input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
