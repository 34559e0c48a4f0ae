"""Tables: accessible, rounded, and the same to the letter."""

import json
from types import SimpleNamespace
from xml.etree import ElementTree

import pandas as pd
import pytest
from frictionless import Package

from helpers.plots.page import Page
from helpers.prose.tables import load_columns, show, write_tables_package

FRAME = pd.DataFrame({
    "name": ["A & B", "<C>"], "year": [2024, 2025],
    "pending": pd.array([1234567, None], dtype="Int64"),
    "share_own": [0.12345, float("nan")], "times": [2.04, 3.0], "is_new": [True, False],
})  # fmt: skip
TEXT = """\
Claims by country
-----------------------------------------------------
Name   Year  Claims pending  share_own  times  is_new
A & B  2024       1,234,567      12.3%    2.0  yes
<C>    2025               –          –    3.0  no"""


@pytest.fixture
def table():
    return show(FRAME, "Claims by country")


def test_a_table_can_be_walked_by_a_screen_reader(table):
    root = ElementTree.fromstring(table.html)
    assert "".join(root.find("caption").itertext()) == "Claims by country"
    assert [cell.get("scope") for cell in root.findall("thead/tr/th")] == ["col"] * 6
    rows = root.findall("tbody/tr")
    assert [(row[0].tag, row[0].get("scope"), row[0].text) for row in rows] == [
        ("th", "row", "A & B"), ("th", "row", "<C>"),
    ]  # fmt: skip
    assert [cell.text for cell in rows[0][1:]] == ["2024", "1,234,567", "12.3%", "2.0", "yes"]
    sides = [cell.get("style").removeprefix("text-align:") for cell in rows[0]]
    assert sides == ["left", "right", "right", "right", "right", "left"]


def test_plain_text_is_aligned(table):
    assert repr(table) == TEXT


@pytest.mark.parametrize(("column", "value", "shown"), [
    ("pending", -0.2, "0"), ("effective_destinations", -0.04, "0.0"),
    ("share", -0.0001, "0.0%"), ("pending", -1.0, "-1"), ("pending", None, "–"),
])  # fmt: skip
def test_what_rounds_to_nothing_has_no_sign(column, value, shown):
    assert show(pd.DataFrame({"name": ["a"], column: [value]})).rows == (("a", shown),)


def test_a_table_is_headed_and_printed_by_the_dictionary_of_columns():
    columns = {"release": ["2024-mid", "2025-end"], "off_share": [0.00001, -0.2],
               "difference": [5, -1200], "app_type": ["N", "R"]}  # fmt: skip
    table = show(pd.DataFrame(columns))
    assert table.headings == ("Release", "Difference, of now", "Difference", "app_type")
    assert table.rows == (("2024-mid", "under 0.1%", "+5", "N"),
                          ("2025-end", "-20.0%", "-1,200", "R"))  # fmt: skip
    assert "<caption" not in table.html
    assert table.html.count('scope="row"') == 2


def test_an_empty_table_is_not_shown_and_no_number_is_typed_in_a_caption():
    assert show(FRAME.head(0)) is None
    with pytest.raises(ValueError, match="'12' is typed by hand"):
        show(FRAME, "The 12 largest")


def test_every_column_of_the_dictionary_says_what_it_holds():
    for name, column in load_columns().items():
        assert column.heading, name
        assert column.meaning, name
        assert column.format in {"text", "date", "yes", "year", "count", "number", "signed",
                                 "share", "percent", "ratio"}, name  # fmt: skip


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # frictionless's
def test_a_runs_tables_have_a_valid_data_package(tmp_path):
    page = Page("03_eras", SimpleNamespace(run_dir=tmp_path))
    frame = FRAME.assign(region=None, lower=pd.array([1, None], dtype="Int64"))
    page.save(frame, "pending_by_year.csv")
    page.save(FRAME[["name", "year"]], "eras.csv")
    write_tables_package(tmp_path / "tables")
    file = tmp_path / "tables" / "datapackage.json"
    report = Package(str(file)).validate()
    assert report.valid, report.flatten(["type", "note"])
    eras, pending = json.loads(file.read_text(encoding="utf-8"))["resources"]
    assert (eras["path"], eras["parquet"]["path"]) == ("eras.csv", "eras.parquet")
    fields = {each["name"]: each for each in pending["schema"]["fields"]}
    assert fields["pending"] == {
        "name": "pending", "type": "integer", "title": "Claims pending", "unit": "persons",
        "description": "Claims pending at the reference date (stock); some count cases",
    }  # fmt: skip
    types = [each["type"] for each in fields.values()]
    assert types == ["string", "integer", "integer", "number", "number", "boolean", "string",
                     "integer"]  # fmt: skip
    assert pending["hash"].startswith("sha256:")
    (tmp_path / "tables" / "eras.csv").write_text("name,year\nA,old\n")
    assert not Package(str(file)).validate().valid
