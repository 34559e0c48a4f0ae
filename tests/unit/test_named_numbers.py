"""Prose is rendered from named values, and what cannot be stated is refused."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import paths
from helpers.prose.numbers import NumberBook


@pytest.fixture
def book() -> NumberBook:
    book = NumberBook("03_eras")
    book.define(pending=137143, share=np.float64(0.654321), rank=2, name="Utopia", year=2025)
    return book


def test_formats_of_prose(book):
    book.define(many=8_360_000, few=7, published=dt.date(2026, 6, 25), ratio=3.14159)
    said = book.render(
        "**{name}**: {pending:,}, about {pending:about}, {share:.1%}, {rank:ordinal}, "
        "{many:million}, {few:words}, {few:Words}, {ratio:.1f}, {year}, {published}."
    )
    assert said == (
        "**Utopia**: 137,143, about 137,000, 65.4%, 2nd, 8.4 million, seven, Seven, 3.1, 2025, "
        "25 June 2026."
    )
    assert repr(said) == said._repr_markdown_() == str(said)


@pytest.mark.parametrize(
    "template",
    ["In 2025, {pending:,}.", "{pending:,} (up 3 times)", "x2", "{name} 1{rank}", "{{2}}"],
)
def test_typed_digit_is_refused(book, template):
    with pytest.raises(ValueError, match="typed by hand"):
        book.render(template)


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, np.nan, np.inf, pd.NaT])
def test_missing_value_is_refused_when_used(book, value):
    book.define(absent=value)
    assert book.render("{year}") == "2025"
    with pytest.raises(ValueError, match="absent has no value"):
        book.render("It was {absent:,}.")


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{nobody}", "nobody is not defined"),
        ("{share}", "share: .*needs a format"),
        ("{name:,}", "name: "),
        ("{name:ordinal}", "name: .*is a word"),
        ("{year!r}", "conversions"),
        ("{year.real}", "name of a defined value"),
        ("{}", "name of a defined value"),
    ],
)
def test_unusable_placeholder_is_refused(book, template, message):
    with pytest.raises(ValueError, match=message):
        book.render(template)


@pytest.mark.parametrize("other", [137144, 137143.0, "137143"])
def test_redefinition_is_refused(book, other):
    book.define(pending=137143)
    with pytest.raises(ValueError, match="pending is already 137143"):
        book.define(pending=other)


def test_preset_gives_way_until_it_is_used():
    book = NumberBook("03_eras")
    book.preset(release="2025-end", top_n=10)
    book.define(release="Global Trends")
    assert book.render("{release}, {top_n}") == "Global Trends, 10"
    with pytest.raises(ValueError, match="top_n is already"):
        book.define(top_n=5)


def test_only_used_numbers_are_listed(book, tmp_path):
    book = NumberBook("03_eras", tmp_path)
    book.define(b=2, a=1.5, unused=9, day=dt.date(2026, 1, 2))
    book.render("{b} {b:ordinal} {b}")
    book.render("{a:.1f} on {day}")
    written = json.loads((tmp_path / "numbers" / "03_eras.json").read_text("utf-8"))
    assert written == {
        "a": {"value": 1.5, "texts": ["1.5"], "notebook": "03_eras"},
        "b": {"value": 2, "texts": ["2", "2nd"], "notebook": "03_eras"},
        "day": {"value": "2026-01-02", "texts": ["2 January 2026"], "notebook": "03_eras"},
    }
    assert book.numbers.keys() == written.keys()


def test_refused_sentence_leaves_no_number(book):
    with pytest.raises(ValueError, match="nobody"):
        book.render("{pending:,} {nobody}")
    assert book.numbers == {}


def test_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    book = NumberBook("03_eras", tmp_path)
    book.define(a=1, b=2)
    book.render("{a}")
    file: Path = tmp_path / "numbers" / "03_eras.json"
    before = file.read_bytes()

    def fail(*_args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(paths.os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        book.render("{b}")
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["03_eras.json"]
