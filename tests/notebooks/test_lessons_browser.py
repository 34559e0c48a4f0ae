"""A student opens lesson one in JupyterLab, answers wrongly and rightly, and meets no traceback."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing.fixtures import open_page
from browsing.lab import clear_outputs, open_notebook, run_all, show_all_cells

from helpers import paths

PATIENCE = 60
LESSON = "01_reading_a_table.ipynb"
TOKEN = "for-this-test"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a copy of the student edition with JupyterLab on the loopback, and give its address."""
    home = tmp_path_factory.mktemp("class")
    (home / "work").mkdir()
    (home / "work" / LESSON).write_text(clear_outputs(paths.exercises() / LESSON))
    show_all_cells(home / "JUPYTER_CONFIG_DIR" / "lab" / "user-settings")
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = os.environ | {name: str(home / name) for name in folders}
    environment |= {"ASYLUM_ROOT": str(paths.root())}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
               "--ip=127.0.0.1", "--port=0", f"--IdentityProvider.token={TOKEN}",
               f"--notebook-dir={home / 'work'}"]  # fmt: skip
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        end = time.monotonic() + PATIENCE
        while not (found := list((home / "JUPYTER_RUNTIME_DIR").glob("jpserver-*.json"))):
            assert time.monotonic() < end, "JupyterLab took too long"
            time.sleep(0.2)
        yield f"{json.loads(found[0].read_text())['url']}lab/tree/{LESSON}?token={TOKEN}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    view, record = open_page(browser, 1100, "light")
    view.set_default_timeout(PATIENCE * 1000)
    open_notebook(view, address)
    yield view
    view.context.close()
    assert [each for each in record.faults if each.startswith("page error")] == []


def see(page: Any, name: str) -> None:
    """Keep a picture where the variable ASYLUM_SCREENSHOTS names a folder."""
    if folder := os.environ.get("ASYLUM_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def write_answer(page: Any, name: str, lines: str) -> None:
    """Put an answer in the place of the three dots, by keyboard."""
    cell = page.locator(".jp-CodeCell", has_text=re.compile(rf"{name} = ")).first
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(lines)


def read_card(page: Any, exercise: str) -> str:
    """Return what the check of an exercise says."""
    card = page.locator(".jp-OutputArea-output", has_text=re.compile(rf"^\s*{exercise}\s"))
    card.first.scroll_into_view_if_needed()
    return str(card.first.text_content())


def test_lesson_one_is_worked_through(page):
    run_all(page, PATIENCE)
    assert "No answer yet." in read_card(page, "1.1")
    see(page, "lesson-1-open")
    write_answer(page, "na_rows", 'na_rows = len(applications[applications["app_type"] == "NA"])')
    run_all(page, PATIENCE)
    assert "lost in reading" in read_card(page, "1.3")
    write_answer(
        page, "na_rows",
        'applications = pd.read_csv(lesson.file("asylum_applications"), keep_default_na=False)\n'
        'na_rows = len(applications[applications["app_type"] == "NA"])',
    )  # fmt: skip
    write_answer(page, "unhcr_code", 'unhcr_code = "CHI"')
    run_all(page, PATIENCE)
    assert "Right." in read_card(page, "1.3")
    assert "Right." in read_card(page, "1.1")
    assert (
        page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count()
        == 0
    )
    assert page.locator(".jp-OutputArea", has_text="Traceback").count() == 0
    hint = page.locator("details", has_text="Start from the worked example").first
    assert not hint.evaluate("element => element.open")
    hint.locator("summary").click()
    assert hint.evaluate("element => element.open")
    see(page, "lesson-1-hint")
