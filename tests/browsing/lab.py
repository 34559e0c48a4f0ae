"""JupyterLab as a reader has it: a notebook is opened, run, and seen to have run."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

TRACKER = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
# The prompts of all code cells: a number once a cell has run, a star while it waits or runs.
PROMPTS = """[...document.querySelectorAll(".jp-Notebook .jp-InputPrompt")]
    .map((one) => one.textContent).filter((text) => text.includes("["))"""
LAST_COUNT = f"() => Math.max(0, ...{PROMPTS}.map((text) => parseInt(text.slice(1)) || 0))"
ALL_HAVE_RUN = f"last => {PROMPTS}.every((text) => parseInt(text.slice(1)) > last)"


def clear_outputs(file: Path) -> str:
    """Return a notebook without what it shows, so that what is seen is of the run at hand."""
    notebook = json.loads(file.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return json.dumps(notebook)


def show_all_cells(settings: Path) -> None:
    """Have JupyterLab keep every cell in the page, seen or not; `settings` is the user's folder."""
    file = settings / TRACKER
    file.parent.mkdir(parents=True)
    file.write_text('{"windowingMode": "none"}')


def open_notebook(page: Page, address: str) -> None:
    """Open a notebook and wait for its kernel: without one, running asks which it should be.

    The status bar tells the kernel's state; the notebook's own circle says idle before there is
    any kernel, and what is run then is lost (jupyterlab, thread 8490).
    """
    page.goto(address)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("| Idle").wait_for()


def run_all(page: Page, seconds: float) -> None:
    """Run every cell, as the menu does, and wait until each has run once more than before."""
    last = page.evaluate(LAST_COUNT)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).first.click()
    page.wait_for_function(ALL_HAVE_RUN, arg=last, timeout=seconds * 1000)
    page.get_by_text("| Idle").wait_for()


def save(page: Page) -> None:
    """Save the notebook by the menu: a key goes where the focus is, which a menu may take along."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_role("menuitem", name=re.compile(r"^Save Notebook(?! As)")).first.click()
