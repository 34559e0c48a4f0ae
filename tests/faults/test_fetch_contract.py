"""One row of every endpoint, as the API serves it, against the client and against the stand-in.

The rows are in tests/server/shapes.json. Where ASYLUM_API_URL is set, the API itself is held to
them too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from server.answers import Answers
from server.figures import make_figures
from server.serve import StandIn

from helpers.data.columns import PAIRS
from helpers.unhcr.api_answers import Question, parse_page

PROJECT = Path(__file__).resolve().parents[2]
RAW = PROJECT / "data" / "raw"
SHAPES = json.loads((PROJECT / "tests" / "server" / "shapes.json").read_text(encoding="utf-8"))
FIGURES = {each.path.rstrip("/"): each for each in (Question(name, 2025) for name in PAIRS)}
KNOWN = {"CHI": "CHN", "USA": "USA"}
NOT_KEPT = {"coo_name", "coa_name", "coo_id", "coa_id"}


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    codes = pd.read_csv(RAW / "countries.csv", keep_default_na=False)
    with StandIn(Answers(make_figures(RAW, {"USA"}, first_year=2024), codes)) as stand_in:
        yield stand_in


def name_kind(value: Any) -> str:
    """Name what a value is on the wire; zero and what was not collected are texts of their own."""
    if value in ("0", "-") or not isinstance(value, str):
        return f"text {value}" if isinstance(value, str) else type(value).__name__
    return "text"


def make_answer(path: str) -> dict[str, Any]:
    shape = SHAPES[path]
    return {"page": 1, "short-url": "", "maxPages": 1, "total": shape["total"],
            "items": [shape["item"]]}  # fmt: skip


@pytest.mark.parametrize("path", FIGURES)
def test_the_client_reads_the_recorded_row(path: str) -> None:
    question, recorded = FIGURES[path], SHAPES[path]["item"]
    assert set(recorded) == question.columns
    page = parse_page(make_answer(path), question, 1, KNOWN)
    row = page.rows.iloc[0]
    assert page.unknown == set()
    assert (row["year"], row["coo_iso"], row["coa_iso"]) == (2024, "CHN", "USA")
    for label in question.labels:
        assert row[label] == recorded[label]
    for value in question.values:
        if recorded[value] == "-":
            assert pd.isna(row[value])
        else:
            assert row[value] == int(recorded[value])
    assert page.total == (SHAPES[path]["total"] or {})


@pytest.mark.parametrize("path", FIGURES)
def test_the_stand_in_serves_that_shape(server: StandIn, path: str) -> None:
    answer = ask(server.url, path)
    assert list(answer) == SHAPES["envelope"]
    item = find_same(answer["items"], SHAPES[path]["item"])
    recorded = SHAPES[path]["item"]
    assert list(item) == list(recorded)
    for name, value in recorded.items():
        assert name_kind(item[name]) == name_kind(value), name
        if name not in NOT_KEPT:
            assert item[name] == value, name
    assert type(answer["total"]) is type(SHAPES[path]["total"])


@pytest.mark.skipif("ASYLUM_API_URL" not in os.environ, reason="ASYLUM_API_URL names no API")
@pytest.mark.parametrize("path", FIGURES)
def test_the_api_serves_that_shape(path: str) -> None:
    answer = ask(os.environ["ASYLUM_API_URL"], path)
    item = find_same(answer["items"], SHAPES[path]["item"])
    assert set(SHAPES[path]["item"]) <= set(item)
    assert {"page", "maxPages", "items"} <= set(answer)


def ask(url: str, path: str) -> dict[str, Any]:
    """Ask for the pair of the recorded row."""
    params = {"limit": "1000", "page": "1", "coo": "CHN", "coa": "USA", "cf_type": "ISO",
              "yearFrom": "2024", "yearTo": "2024"}  # fmt: skip
    response = httpx.get(f"{url.rstrip('/')}/{path}/", params=params, timeout=60)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def find_same(items: list[dict[str, Any]], recorded: dict[str, Any]) -> dict[str, Any]:
    """Return the row whose codes are the recorded ones, or the first."""
    codes = [name for name in ("procedure_type", "app_type", "dec_level") if name in recorded]
    return next((each for each in items if all(each[n] == recorded[n] for n in codes)), items[0])
