"""One row of every endpoint, as the API serves it, against the stand-in that tests ask.

The rows are in tests/server/shapes.json. Where ASYLUM_API_URL is set, the API itself is held to
them too.
"""

import json
import os
from typing import Any

import httpx
import pandas as pd
import pytest
from plain.checkout import PROJECT
from server.answers import Answers, make_figures
from server.serve import StandIn

from helpers.data.columns import PAIRS
from helpers.unhcr.api_checks import Question

RAW = PROJECT / "data" / "raw"
SHAPES = json.loads((PROJECT / "tests" / "server" / "shapes.json").read_text(encoding="utf-8"))
QUESTIONS = {each.path.rstrip("/"): each for each in (Question(name, 2025) for name in PAIRS)}
NOT_KEPT = {"coo_name", "coa_name", "coo_id", "coa_id"}


@pytest.fixture(scope="module")
def url():
    codes = pd.read_csv(RAW / "countries.csv", keep_default_na=False)
    with StandIn(Answers(make_figures(RAW, {"USA"}, first_year=2024), codes)) as stand_in:
        yield stand_in.url


def ask(url: str, path: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ask for the pair of the recorded row; return the answer, and the row of the same codes."""
    params = {"limit": "1000", "page": "1", "coo": "CHN", "coa": "USA", "cf_type": "ISO",
              "yearFrom": "2024", "yearTo": "2024"}  # fmt: skip
    response = httpx.get(f"{url.rstrip('/')}/{path}/", params=params, timeout=60)
    assert response.status_code == 200
    answer, labels = response.json(), QUESTIONS[path].labels
    recorded = SHAPES[path]["item"]
    same = (each for each in answer["items"] if all(each[n] == recorded[n] for n in labels))
    return answer, next(same, answer["items"][0])


def name_kind(value: Any) -> str:
    """Name what a value is on the wire; zero and what was not collected are texts of their own."""
    if isinstance(value, str):
        return f"text {value}" if value in ("0", "-") else "text"
    return type(value).__name__


@pytest.mark.parametrize("path", QUESTIONS)
def test_the_stand_in_serves_that_shape(url, path):
    answer, item = ask(url, path)
    recorded = SHAPES[path]["item"]
    assert list(answer) == SHAPES["envelope"]
    assert list(item) == list(recorded)
    for name, value in recorded.items():
        assert name_kind(item[name]) == name_kind(value), name
        assert name in NOT_KEPT or item[name] == value, name
    assert type(answer["total"]) is type(SHAPES[path]["total"])


@pytest.mark.skipif("ASYLUM_API_URL" not in os.environ, reason="ASYLUM_API_URL names no API")
@pytest.mark.parametrize("path", QUESTIONS)
def test_the_api_serves_that_shape(path):
    answer, item = ask(os.environ["ASYLUM_API_URL"], path)
    assert set(SHAPES[path]["item"]) <= set(item)
    assert {"page", "maxPages", "items"} <= set(answer)
