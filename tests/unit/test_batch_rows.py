"""A run's row, the overview of all rows, what travels, and how workers differ."""

import json
import re

import pytest

from helpers.publish.batch_page import render_batch
from helpers.running.batch.rows import COLUMNS, make_bare_row, make_row, write_csv
from helpers.running.batch.shared import Shared, explain_difference
from helpers.running.batch.task import pack, unpack

PARAMETERS = {"study": "china", "release": "2022-mid", "origin": "CHN", "year_from": 2000,
              "year_to": 2012, "top_n": 10}  # fmt: skip


@pytest.fixture
def row(tmp_path):
    """Return the row of a run that has some of its numbers and breaks."""
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "breaks.csv").write_text("asylum,severity\nUSA,high\nCAN,low\n")
    numbers = {"last_pending": {"value": 15362}, "last_world_share": {"value": 0.00005}}
    (tmp_path / "numbers.json").write_text(json.dumps(numbers))
    manifest = {"name": "r", "parameters": PARAMETERS, "outcome": "complete", "error": None,
                "seconds": {"01": 1.26, "02": 2.0}}  # fmt: skip
    return make_row(tmp_path, "r", manifest)


def test_a_row_and_its_empty_cells(row):
    assert tuple(row) == COLUMNS
    assert (row["last_pending"], row["breaks"], row["severe_breaks"]) == (15362, 2, 1)
    assert (row["seconds"], row["manifest"], row["report"]) == (3.3, "r/manifest.json", None)
    header, line = write_csv([row]).splitlines()
    cells = dict(zip(header.split(","), line.split(","), strict=True))
    assert (cells["lodged_persons"], cells["error"]) == ("", "")


def test_the_overview_needs_nothing_else_and_hides_nothing(row):
    failed = make_bare_row("s", PARAMETERS, "<b>two</b> numbers")
    absent = [{"origin": "HKG", "reason": "outside"}]
    page = render_batch("b", [row, failed], absent, 3)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "3 runs: 1 complete, 1 failed , 1 not run yet. 1 combination of the batch is" in text
    assert "&lt;b&gt;two&lt;/b&gt; numbers" in page
    assert "origin HKG: outside" in text
    assert "15,362" in text
    assert "under 0.1%" in text
    assert "None" not in text
    assert not re.search(r"<script|https?:|@import|url\(", page)
    assert page.count('scope="row"') == 2


def test_files_travel_as_they_are_and_stay_in_their_folder(tmp_path):
    files = {"core/x.parquet": bytes(range(256)), "tables/a.csv": b"a\r\n"}
    unpack(files, tmp_path / "run")
    assert pack(tmp_path / "run") == files
    assert pack(tmp_path / "run", but=["core/x.parquet"]) == {"tables/a.csv": b"a\r\n"}
    with pytest.raises(ValueError, match="outside its run"):
        unpack({"../x": b""}, tmp_path / "run")


def test_an_edit_is_seen_and_named(mini_root):
    shared = Shared()
    before = shared.describe()
    assert shared.describe() is before
    file = mini_root / "notebooks" / "01_one.py"
    file.write_text(file.read_text() + "\n# %%\n1\n")
    after = shared.describe()
    assert explain_difference(before, after) == "other data or notebooks (notebooks/01_one.py)"
    assert explain_difference(after, after) == ""
