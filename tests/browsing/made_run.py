"""A run's folder made of the committed notebooks and figures, without running anything."""

import json
from collections.abc import Sequence
from pathlib import Path

from plain.checkout import PROJECT

from helpers.publish.report import PAGE, render_run
from helpers.running.manifest import write_manifest

NAMES = tuple(sorted(file.stem for file in (PROJECT / "notebooks").glob("*.ipynb")))
MANIFEST = {
    "title": "Asylum-seekers from China, by leadership era", "outcome": "complete",
    "started": "2026-07-01T10:00:00Z", "ended": "2026-07-01T10:01:00Z", "key": "0" * 64,
    "parameters": {"study": "china", "year_to": 2025},
    "release": {"name": "2025-end", "title": "Global Trends 2025", "published": "2026-06-25"},
    "code": {"revision": None, "sha256": "1" * 64}, "headlines": ["**Many** claims & few."],
}  # fmt: skip


def make_run(root: Path, name: str, notebooks: Sequence[str] = NAMES, **facts: object) -> Path:
    """Make runs/<name> in a checkout and return it; `facts` go into its manifest."""
    folder = root / "runs" / name
    (folder / "notebooks").mkdir(parents=True)
    for each in notebooks:
        notebook = json.loads((PROJECT / "notebooks" / f"{each}.ipynb").read_text(encoding="utf-8"))
        place = f"runs/{name}/notebooks/{each}.ipynb"
        notebook["metadata"]["papermill"] = {"output_path": place}
        (folder / "notebooks" / f"{each}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    manifest = {**MANIFEST, "name": name, **facts}
    (folder / PAGE).write_text(render_run(folder, manifest), encoding="utf-8")
    write_manifest(folder, manifest)
    return folder
