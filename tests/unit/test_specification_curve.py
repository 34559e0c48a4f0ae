"""The specification curve: questions stay apart, choices are judged one at a time."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from frames import frame, make_boundary, make_core

from helpers.analysis.specification_curve import (
    ALL,
    CHOICES,
    LODGED,
    PENDING,
    SERIES_KEY,
    SHARE,
    WITHOUT,
    compare_spans,
    list_variants,
    rank_choices,
    repeats_main,
)

YEARS = range(2001, 2005)
FACTOR = SimpleNamespace(
    asylum="*", levels=(), first=2000, last=2100, factor=1.5, alternatives=(1.0, 1.2), status="x"
)


def make_variants(table):
    index = pd.MultiIndex.from_tuples([(name, "", ALL) for name in table], names=SERIES_KEY)
    return pd.DataFrame(list(table.values()), index=index, columns=list(YEARS), dtype=float)


def build(stock, lodged):
    every = [(year, code, 1000, 0, 9, 9, 0) for year in YEARS for code in ("DDD", "EEE")]
    core = make_core(stock=stock, every=every, lodged=lodged)
    ours = core.pending.groupby("year")["pending"].sum()
    world = [(year, "WWW", 2000 - ours.get(year, 0)) for year in YEARS]
    own = [(year, "AAA", count) for year, count in ours.items()]
    return replace(core, by_origin=frame("year origin pending", *own, *world))


def test_questions_are_told_apart_by_unit_and_destination():
    core = build([(2001, "DDD", 100), (2001, "EEE", 30), (2002, "DDD", 50)],
        [(2001, "DDD", "N", "FI", "persons", 7), (2001, "EEE", "N", "FI", "cases", 10),
         (2001, "EEE", "R", "FI", "persons", 900), (2004, "DDD", "N", "FI", "persons", 3)],
    )  # fmt: skip
    variants = list_variants(core, "AAA", YEARS, "DDD", {ALL: [2004]}, [FACTOR], [])
    wanted = {
        (PENDING, ""): (130, 30),
        (SHARE, ""): (130 / 2000, 30 / 1000),
        (LODGED, "one person"): (17, 10),
        (LODGED, "the middle factor"): (19, 12),
        (LODGED, "the greatest factor"): (22, 15),
    }
    for key, (every, without) in wanted.items():
        assert variants.loc[(*key, ALL), 2001] == pytest.approx(every)
        assert variants.loc[(*key, WITHOUT), 2001] == pytest.approx(without)
    # What is not reported, or is no whole year, is missing and never 0.
    assert np.isnan(variants.loc[(LODGED, "one person", ALL), 2002])
    assert np.isnan(variants.loc[(LODGED, "one person", ALL), 2004])


def test_two_eras_compare_by_their_means_if_half_of_each_has_a_value():
    table = {PENDING: (100, 300, 500, 700), SHARE: (1, None, 5, 7), LODGED: (None, None, 900, 900)}
    rows = compare_spans(make_variants(table), [make_boundary(2002)], YEARS)
    assert rows["measure"].tolist() == [PENDING, SHARE]
    values = ["start_year", "earlier_mean", "later_mean", "ratio"]
    assert rows.loc[0, values].tolist() == [2001, 200, 600, 3]
    assert rows.loc[1, values].tolist() == [2001, 1, 6, 6]


def test_a_ratio_to_a_handful_of_claims_is_no_answer():
    table = {PENDING: (99, 99, 900, 900), SHARE: (0, 0, 0.1, 0.1), LODGED: (100, 100, 900, 900)}
    rows = compare_spans(make_variants(table), [make_boundary(2002)], YEARS)
    assert rows["measure"].tolist() == [LODGED]
    none_left = make_variants({PENDING: (100, 100, 0, 0)})
    assert compare_spans(none_left, [make_boundary(2002)], YEARS).empty


def test_boundaries_and_starts_are_choices():
    years = range(2000, 2012)
    index = pd.MultiIndex.from_tuples([(PENDING, "", ALL)], names=SERIES_KEY)
    variants = pd.DataFrame([np.arange(101.0, 113)], index=index, columns=list(years))
    table = compare_spans(variants, [make_boundary(2006), make_boundary(2007, "other")], years)
    starts = table.sort_values("start_year").groupby("boundary")["start_year"].apply(list)
    # A later start leaves three years before the cut.
    assert starts.to_dict() == {"cut": [2000, 2002, 2004], "other": [2000, 2002, 2004]}
    nothing = compare_spans(variants, [make_boundary(2020)], years)
    assert nothing.empty
    assert rank_choices(nothing).empty


def test_the_choice_that_moves_most_comes_first_within_a_question():
    base = dict.fromkeys(CHOICES, "x") | {"measure": "m"}
    ratios = {("a", "1"): 2.0, ("a", "2"): 3.0, ("b", "1"): 8.0, ("b", "2"): 6.0}
    rows = [base | {"unit": u, "start": s, "ratio": v} for (u, s), v in ratios.items()]
    rows.append(base | {"measure": "other", "ratio": 100.0})  # another question moves nothing
    table = rank_choices(pd.DataFrame(rows)).set_index("choice")
    assert table.index.tolist() == ["unit", "start"]
    assert table.loc["unit", "typical_factor"] == pytest.approx((4 * 2) ** 0.5)
    assert table.loc["start", ["answers", "least", "most"]].tolist() == [4, 2, 8]


@pytest.mark.parametrize(
    ("pairs", "same", "wanted"), [(20, 10, True), (20, 9, False), (5, 5, True), (4, 4, False)]
)
def test_a_release_whose_main_destination_repeats_itself_is_told(pairs, same, wanted):
    every = [(2001, "DDD", 900, 0, 30, 20, 0), (2002, "DDD", 950, 0, 30, pairs, same)]
    core = make_core(every=every)
    assert repeats_main(core, "DDD") is wanted
    assert not repeats_main(core, "EEE")
    assert repeats_main(make_core(every=[(y, "DDD", 900, 0, 3, 2, 0) for y in (2001, 2002)]), "DDD")
