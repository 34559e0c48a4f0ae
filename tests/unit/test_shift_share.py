"""Shift and share: the parts add up to the growth, whatever the figures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analysis.shift_share import list_backlogs, split_growth, take_log_mean

EFFECTS = ["backlog_effect", "named_effect", "share_effect", "entry_effect"]
COUNTS = st.integers(0, 10_000)


def make_backlogs(rows):
    return pd.DataFrame(rows, columns=["year", "asylum", "ours", "whole", "named"], dtype=object)\
        .astype({"year": int, "ours": float, "whole": float, "named": float})  # fmt: skip


def split(before, after):
    rows = [(2001, "DDD", *before), (2002, "DDD", *after)]
    return split_growth(make_backlogs(rows), {"x": ([2001], [2002])}).iloc[0]


def test_a_backlog_that_doubles_explains_a_doubling():
    row = split((10, 100, 80), (20, 200, 160))
    assert row["growth"] == 10
    assert row["backlog_effect"] == pytest.approx(10)
    assert [row["named_effect"], row["share_effect"]] == pytest.approx([0, 0])
    assert row["backlog_ratio"] == 2


def test_a_share_that_doubles_explains_a_doubling():
    row = split((10, 100, 80), (20, 100, 80))
    assert row["share_effect"] == pytest.approx(10)
    assert row["backlog_effect"] == pytest.approx(0)


def test_origins_that_are_no_longer_named_have_a_part_of_their_own():
    row = split((10, 100, 100), (5, 100, 50))
    assert row["named_effect"] == pytest.approx(-5)
    assert [row["backlog_effect"], row["share_effect"]] == pytest.approx([0, 0])


def test_a_first_claim_is_an_entry():
    row = split((0, 100, 100), (30, 100, 100))
    assert row["entry_effect"] == row["growth"] == 30
    assert row[["backlog_effect", "share_effect"]].tolist() == [0, 0]
    assert pd.isna(row["share_ratio"])


@st.composite
def sides(draw):
    named, unknown = draw(COUNTS), draw(COUNTS)
    ours = draw(st.integers(0, named))
    return ours, named + unknown, named


@settings(deadline=None)
@given(st.lists(st.tuples(sides(), sides()), min_size=1, max_size=5))
def test_parts_add_up_to_the_growth(pairs):
    rows = [
        row
        for place, (before, after) in enumerate(pairs)
        for row in ((2001, f"D{place}", *before), (2002, f"D{place}", *after))
    ]
    result = split_growth(make_backlogs(rows), {"x": ([2001], [2002])})
    np.testing.assert_allclose(result[EFFECTS].sum(axis=1), result["growth"], rtol=1e-9, atol=1e-6)
    every = sum(after[0] for _, after in pairs) - sum(before[0] for before, _ in pairs)
    assert result["growth"].sum() == pytest.approx(every)
    split_rows = result[result["share_ratio"].notna()]
    product = split_rows["backlog_ratio"] * split_rows["named_ratio"] * split_rows["share_ratio"]
    np.testing.assert_allclose(product, split_rows["after"] / split_rows["before"])


@settings(deadline=None)
@given(st.floats(1e-3, 1e9), st.floats(1e-3, 1e9))
def test_the_logarithmic_mean_lies_between_its_two_numbers(one, other):
    mean = take_log_mean(pd.Series([one]), pd.Series([other]))[0]
    assert min(one, other) * (1 - 1e-9) <= mean <= max(one, other) * (1 + 1e-9)


def test_backlogs_stand_beside_the_origins_claims(make_core):
    core = make_core(
        stock=[(2000, "DDD", 40), (2001, "DDD", 60)],
        every=[
            (2000, "DDD", 100, 20, 3, 3, 0), (2001, "DDD", 200, 0, 3, 3, 0),
            (2001, "EEE", 900, 0, 3, 3, 0),
        ],
    )  # fmt: skip
    table = list_backlogs(core, "AAA", [2000, 2001]).set_index(["asylum", "year"])
    assert table.loc[("DDD", 2000)].tolist() == [40, 100, 80]
    assert table.loc[("all", 2001)].tolist() == [60, 1100, 1100]
    assert "EEE" not in table.index.get_level_values("asylum")


def test_no_claim_at_all_is_no_row(make_core):
    core = replace(make_core(every=[(2000, "DDD", 100, 0, 3, 3, 0)]))
    table = split_growth(list_backlogs(core, "AAA", [2000]), {"x": ([2000], [2000])})
    assert table.empty
