"""Cleaning: what becomes of odd rows, and that nothing goes uncounted."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data.clean import QualityLog, clean_table
from helpers.data.columns import LEVEL_OF, STAGE_OF, TABLES
from helpers.data.releases import clean_release

KNOWN = {"CHI": "CHN", "GFR": "DEU", "UKN": "UNK", "AUL": "AUS"}
PAIR = ("CHI", "CHN", "GFR", "DEU")


def make_table(name: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    table = TABLES[name]
    frame = pd.DataFrame(list(rows), columns=list(table.columns))
    return frame.astype({field.name: field.dtype for field in table.fields})


def clean(name: str, *rows: tuple[object, ...]) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return a cleaned table, and how many rows each rule hit."""
    log = QualityLog()
    cleaned = clean_table(name, make_table(name, *rows), make_countries(), log)
    hits = {rule: count for _, rule, _, count, _ in log}
    assert len(hits) == len(log)
    return cleaned, hits


def make_countries() -> pd.DataFrame:
    regions = {"unhcr_region": ["Asia", "Europe", None, "Asia"], "unsd_region": "Somewhere",
               "unsd_subregion": "There"}  # fmt: skip
    codes = {"unhcr_code": list(KNOWN), "iso_code": list(KNOWN.values()), "name": list("CGUA")}
    return pd.DataFrame(codes | regions).astype("str")


def make_tables() -> dict[str, pd.DataFrame]:
    rows = {
        "population": (2012, *PAIR, 4, 7, None),
        "asylum_applications": (2012, *PAIR, "G", "NA", "FI", "P", 9),
        "asylum_decisions": (2012, *PAIR, "G", "NA", "P", 5, 0, 10, 0, 15),
        "totals_by_origin": (2012, "CHI", "CHN", 4, 7),
        "totals_by_asylum": (2012, "GFR", "DEU", 7, 0, 1, 1, 0),
        "applications_by_asylum": (2012, "GFR", "DEU", "NA", "FI", "P", 9, 0, 1),
        "decisions_by_asylum": (2012, "GFR", "DEU", "NA", "P", 5, 0, 10, 0, 15, 0, 1),
    }
    return {name: make_table(name, row) for name, row in rows.items()}


KEY, DONE = "year origin asylum", "recognised other rejected closed total"
CORE = {
    "pending": f"{KEY} pending refugees oip",
    "applications": f"{KEY} authority stage_code level_code unit applied stage",
    "decisions": f"{KEY} authority level_code unit {DONE} level",
    "by_origin": "year origin refugees pending",
    "by_asylum": "year asylum pending pending_unknown_origin origins pairs_in_both_years "
    "pairs_unchanged",
    "applications_by_asylum": "year asylum stage_code level_code unit applied "
    "applied_unknown_origin origins stage",
    "decisions_by_asylum": f"year asylum level_code unit {DONE} total_unknown_origin origins level",
    "countries": "iso3 unhcr_code name unhcr_region unsd_region unsd_subregion",
}


def test_core_columns_are_those_of_the_contract_and_every_rule_is_listed():
    core = clean_release(make_tables(), make_countries(), {})
    assert {name: " ".join(getattr(core, name)) for name in CORE} == CORE
    assert core.decisions.select_dtypes("Int64").iloc[0].tolist() == [5, 0, 10, 0, 15]
    assert core.pending["oip"].isna().all()
    row = core.applications_by_asylum.iloc[0].tolist()
    assert row == [2012, "DEU", "NA", "FI", "persons", 9, 0, 1, "mixed"]
    assert not core.quality.duplicated(["table", "rule"]).any()
    for name in TABLES:  # rules that hit nothing are listed, too
        rules = set(core.quality.loc[core.quality["table"] == name, "rule"])
        assert {"no_iso3", "no_figure", "same_key"} <= rules


def test_a_code_that_is_not_known_is_never_new_or_first():
    assert [code for code, stage in STAGE_OF.items() if stage == "new"] == ["N"]
    assert [code for code, level in LEVEL_OF.items() if level == "first"] == ["FI", "IN", "EO"]
    tables = make_tables()
    tables["asylum_applications"]["app_type"] = "Q"
    tables["asylum_decisions"]["dec_level"] = "Q"
    core = clean_release(tables, make_countries(), {})
    assert core.applications[["stage_code", "stage"]].iloc[0].tolist() == ["Q", "mixed"]
    assert core.decisions[["level_code", "level"]].iloc[0].tolist() == ["Q", "other"]


@pytest.mark.parametrize(("own", "given", "kept", "counted"), [
    ("UKN", None, ["UNK", "CHN"], {"coo_iso_filled": 1, "no_iso3": 0}),
    ("ZZZ", None, ["CHN"], {"coo_iso_filled": 0, "no_iso3": 1}),
    ("AUL", "AUT", ["AUT", "CHN"], {"coo_iso_differs": 1, "coo_iso_not_listed": 0}),
    ("QQQ", "QQQ", ["QQQ", "CHN"], {"coo_iso_differs": 0, "coo_iso_not_listed": 1}),
])  # fmt: skip
def test_the_file_s_iso3_code_decides_and_a_missing_one_is_looked_up(own, given, kept, counted):
    rows = (2010, own, given, 0, 50), (2010, "CHI", "CHN", 1, 2)
    cleaned, hits = clean("totals_by_origin", *rows)
    assert cleaned["origin"].tolist() == kept
    assert hits | counted == hits


def test_zeros_before_the_series_are_missing_and_rows_without_a_figure_go():
    stocks = [(1999, 1, 0), (1999, 0, 6), (2000, 1, 0), (2001, 0, 0), (2002, None, None)]
    cleaned, hits = clean("population", *((year, *PAIR, *counts, None) for year, *counts in stocks))
    assert cleaned["year"].tolist() == [1999, 2000]
    assert cleaned.query("year == 2000")["pending"].tolist() == [0]
    assert hits["pending_zero_before_2000"] == 1
    assert hits["pending_above_zero_before_2000"] == 1
    assert hits["no_figure"] == 2


def test_rows_of_one_key_are_added_up_missing_stays_missing_and_origins_become_missing():
    germany = [(2001, "GFR", "DEU", 5, None, 3, 1, 0), (2000, "GFR", "DEU", 7, None, 2, 1, 0)]
    cleaned, hits = clean("totals_by_asylum", *germany, (2001, "AUL", "DEU", 6, None, 4, 1, 0))
    assert cleaned["pending"].tolist() == [7, 11]
    assert cleaned["pending_unknown_origin"].isna().all()
    assert cleaned["origins"].fillna(-1).tolist() == [2, -1]
    assert hits["same_key"] == 1


def test_totals_that_are_not_their_parts_are_kept_and_counted():
    parts = ((2012, 0, 0, 0), (2013, 5, 5, 5))
    rows = [(year, "GFR", "DEU", "AR", "P", *each, 0, 15, 0, 1) for year, *each in parts]
    cleaned, hits = clean("decisions_by_asylum", *rows)
    assert cleaned["total"].tolist() == [15, 15]
    assert hits["total_is_not_sum"] == 1


def test_a_second_entry_of_a_country_is_dropped_and_counted():
    twice = pd.concat([make_countries(), make_countries().head(1)], ignore_index=True)
    core = clean_release(make_tables(), twice, {})
    assert core.countries["iso3"].tolist() == ["AUS", "CHN", "DEU", "UNK"]
    hits = core.quality.query("table == 'countries'").set_index("rule")["rows"]
    assert hits.to_dict() == {"no_region": 1, "iso3_twice": 1}


SIDES = st.sampled_from([("CHI", "CHN"), ("GFR", "DEU"), ("UKN", None), ("ZZZ", None)])
COUNTS = st.one_of(st.none(), st.integers(0, 1_000_000))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1990, 2025), SIDES, SIDES, COUNTS, COUNTS, COUNTS), max_size=30),
    st.randoms(use_true_random=False),
)
def test_no_person_is_lost_or_made_but_those_that_the_log_names(rows, chance):
    """Sums over destinations survive cleaning, whatever codes and order; lost rows are counted."""
    flat = [(year, *origin, *asylum, *counts) for year, origin, asylum, *counts in rows]
    cleaned, hits = clean("population", *flat)
    found = [row for row in flat if "ZZZ" not in row]
    for place, column in ((5, "refugees"), (6, "pending"), (7, "oip")):
        assert cleaned[column].sum() == sum(row[place] or 0 for row in found)
    assert len(cleaned) + hits["no_iso3"] + hits["no_figure"] + hits["same_key"] == len(flat)
    assert not cleaned.duplicated(["year", "origin", "asylum"]).any()
    chance.shuffle(flat)
    key = ["year", "origin", "asylum"]
    again, _ = clean("population", *flat)
    pd.testing.assert_frame_equal(
        *(t.sort_values(key, ignore_index=True) for t in (cleaned, again))
    )
