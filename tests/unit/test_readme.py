"""The README's own lines of Python run, and give what it says."""

import re

from helpers import paths


def test_your_own_analysis_runs():
    text = (paths.root() / "README.md").read_text(encoding="utf-8")
    code = re.search(r"## Your own analysis.*?```python\n(.*?)```", text, re.S)[1]
    space = {}
    exec(code, space)
    assert len(code.strip().splitlines()) <= 10
    assert set(space["venezuelans"]["origin"]) == {"VEN"}
    assert "Venezuela" in space["figure"].title
