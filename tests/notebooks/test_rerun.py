"""A rerun of the notebooks gives what is committed: notebooks, figures, numbers and pages."""

from __future__ import annotations

import importlib.metadata
import json
import re

from helpers import paths
from helpers.running.reference import describe_change, make_reference

DRAWING = ("matplotlib", "numpy", "pandas", "seaborn", "pillow", "fonttools", "contourpy")


def has_locked_libraries() -> bool:
    """Tell whether pictures can be expected to be the same to the byte."""
    lock = (paths.root() / "requirements.lock").read_text(encoding="utf-8")
    return all(
        re.search(rf"^{name}=={re.escape(importlib.metadata.version(name))}[ ;\\]", lock, re.M)
        for name in DRAWING
    )


def without_pictures(content: bytes) -> str:
    """Return a notebook without what other libraries may draw otherwise."""
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("image/png", None)
    return json.dumps(notebook)


def is_other_drawing(path, new) -> bool:
    """Tell whether a change is in a picture alone, its data being the same."""
    if new is None or not path.is_file():
        return False
    if path.suffix == ".ipynb":
        return without_pictures(path.read_bytes()) == without_pictures(new)
    return path.suffix in (".svg", ".png")


def test_a_rerun_changes_nothing():
    changes, failures = make_reference()
    assert [failure.describe() for failure in failures] == []
    if not has_locked_libraries():
        changes = {path: new for path, new in changes.items() if not is_other_drawing(path, new)}
    assert "\n".join(describe_change(path, new) for path, new in changes.items()) == ""
