"""Cleaning: what becomes of odd rows, and that nothing goes uncounted."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.data import codes
from helpers.data.clean import (
    QualityLog,
    blank_before_series,
    clean_countries,
    clean_table,
    drop_empty_rows,
    merge_duplicates,
)
from helpers.data.columns import TABLES
from helpers.data.releases import clean_release

LEVELS = ("first", "appeal", "other")
KNOWN = {"CHI": "CHN", "GFR": "DEU", "UKN": "UNK", "AUL": "AUS"}


def make_table(name: str, *rows: tuple[object, ...]) -> pd.DataFrame:
    table = TABLES[name]
    frame = pd.DataFrame(list(rows), columns=list(table.columns))
    return frame.astype({field.name: field.dtype for field in table.fields})


def count_rule(log: QualityLog, rule: str) -> int:
    frame = log.frame()
    found = frame.loc[frame["rule"] == rule, "rows"]
    assert len(found) == 1, f"rule {rule} stands {len(found)} times"
    return int(found.iloc[0])


def make_countries() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unhcr_code": list(KNOWN),
            "iso_code": list(KNOWN.values()),
            "name": ["China", "Germany", "Unknown", "Australia"],
            "unhcr_region": ["Asia", "Europe", None, "Asia"],
            "unsd_region": ["Asia", "Europe", None, "Oceania"],
            "unsd_subregion": ["Eastern Asia", "Western Europe", None, "Australia"],
        }
    ).astype("str")


def make_tables(pending: int = 7) -> dict[str, pd.DataFrame]:
    return {
        "population": make_table(
            "population", (2012, "CHI", "CHN", "GFR", "DEU", 4, pending, None)
        ),
        "asylum_applications": make_table(
            "asylum_applications",
            (2012, "CHI", "CHN", "GFR", "DEU", "G", "NA", "FI", "P", 9),
        ),
        "asylum_decisions": make_table(
            "asylum_decisions",
            (2012, "CHI", "CHN", "GFR", "DEU", "G", "NA", "P", 5, 0, 10, 0, 15),
        ),
        "totals_by_origin": make_table("totals_by_origin", (2012, "CHI", "CHN", 4, pending)),
        "totals_by_asylum": make_table(
            "totals_by_asylum", (2012, "GFR", "DEU", pending, 0, 1, 1, 0)
        ),
        "applications_by_asylum": make_table(
            "applications_by_asylum", (2012, "GFR", "DEU", "NA", "FI", "P", 9, 0, 1)
        ),
        "decisions_by_asylum": make_table(
            "decisions_by_asylum", (2012, "GFR", "DEU", "NA", "P", 5, 0, 10, 0, 15, 0, 1)
        ),
    }


PAIR, DONE = "year origin asylum", "recognised other rejected closed total"
CORE = {
    "pending": f"{PAIR} pending refugees oip",
    "applications": f"{PAIR} authority stage_code level_code unit applied stage",
    "decisions": f"{PAIR} authority level_code unit {DONE} level",
    "by_origin": "year origin refugees pending",
    "by_asylum": "year asylum pending pending_unknown_origin origins pairs_in_both_years "
    "pairs_unchanged",
    "applications_by_asylum": "year asylum stage_code level_code unit applied "
    "applied_unknown_origin origins stage",
    "decisions_by_asylum": f"year asylum level_code unit {DONE} total_unknown_origin origins level",
    "countries": "iso3 unhcr_code name unhcr_region unsd_region unsd_subregion",
}


def test_core_columns_are_those_of_the_contract():
    core = clean_release(make_tables(), make_countries())
    assert {name: " ".join(getattr(core, name)) for name in CORE} == CORE
    counts = core.decisions.select_dtypes("Int64")
    assert counts.iloc[0].tolist() == [5, 0, 10, 0, 15]
    assert core.pending["oip"].isna().all()
    row = core.applications_by_asylum.iloc[0].tolist()
    assert row == [2012, "DEU", "NA", "FI", "persons", 9, 0, 1, "mixed"]


def test_every_rule_is_listed_for_its_table_even_at_zero():
    quality = clean_release(make_tables(), make_countries()).quality
    assert not quality.duplicated(["table", "rule"]).any()
    for name in TABLES:
        rules = set(quality.loc[quality["table"] == name, "rule"])
        assert {"no_iso3", "no_figure", "same_key"} <= rules
    assert (quality["rows"] == 0).any()


def test_every_code_has_one_group():
    stages = {"N": "new", "R": "repeat", "RA": "repeat", "A": "appeal", "J": "appeal"}
    assert stages | dict.fromkeys(("NA", "NR", "FA", "SP", "V"), "mixed") == codes.STAGES
    assert set(codes.STAGES) == set(codes.APPLICATION_TYPES)
    assert set(codes.LEVELS) == set(codes.DECISION_LEVELS)
    assert set(codes.UNIT_NAMES) == set(codes.UNITS)
    by_level = {level: {c for c in codes.LEVELS if codes.LEVELS[c] == level} for level in LEVELS}
    assert by_level["appeal"] == {"AR", "JR"}
    assert by_level["first"] == {"FI", "IN", "EO"}


def test_a_code_that_is_not_known_is_no_new_claim_and_no_first_instance():
    tables = make_tables()
    tables["asylum_applications"]["app_type"] = "Q"
    tables["asylum_decisions"]["dec_level"] = "Q"
    core = clean_release(tables, make_countries())
    assert core.applications[["stage_code", "stage"]].iloc[0].tolist() == ["Q", "mixed"]
    assert core.decisions[["level_code", "level"]].iloc[0].tolist() == ["Q", "other"]


@pytest.mark.parametrize(
    ("own", "given", "kept", "counted"),
    [
        ("UKN", None, ["UNK", "CHN"], {"coo_iso_filled": 1, "no_iso3": 0}),
        ("ZZZ", None, ["CHN"], {"coo_iso_filled": 0, "no_iso3": 1}),
        ("AUL", "AUT", ["AUT", "CHN"], {"coo_iso_differs": 1, "coo_iso_not_listed": 0}),
        ("QQQ", "QQQ", ["QQQ", "CHN"], {"coo_iso_differs": 0, "coo_iso_not_listed": 1}),
    ],
)
def test_the_iso3_code_of_the_file_decides_and_a_missing_one_is_looked_up(
    own, given, kept, counted
):
    log = QualityLog()
    raw = make_table("totals_by_origin", (2010, own, given, 0, 50), (2010, "CHI", "CHN", 1, 2))
    assert clean_table("totals_by_origin", raw, KNOWN, log)["origin"].tolist() == kept
    assert {rule: count_rule(log, rule) for rule in counted} == counted


def test_pending_zeros_before_2000_become_missing_and_only_those():
    log = QualityLog()
    frame = pd.DataFrame({"year": [1999, 1999, 2000], "pending": [0, 6, 0]})
    frame["pending"] = frame["pending"].astype("Int64")
    blanked = blank_before_series("population", frame, log)["pending"]
    assert blanked.isna().tolist() == [True, False, False]
    assert blanked.tolist()[1:] == [6, 0]
    assert count_rule(log, "pending_zero_before_2000") == 1
    assert count_rule(log, "pending_above_zero_before_2000") == 1


def test_rows_without_a_figure_are_dropped_and_counted():
    log = QualityLog()
    frame = pd.DataFrame(
        {"refugees": [0, 0, 1, None], "pending": [0, 5, None, None], "oip": [None] * 4}
    ).astype("Int64")
    kept = drop_empty_rows("population", frame, log)
    assert kept.index.tolist() == [1, 2]
    assert count_rule(log, "no_figure") == 2


def test_rows_of_one_key_are_added_up_missing_stays_missing_and_origins_become_missing():
    log = QualityLog()
    frame = pd.DataFrame(
        {
            "year": [2001, 2000, 2001],
            "asylum": ["DEU", "DEU", "DEU"],
            "pending": [5, 7, 6],
            "pending_unknown_origin": [None, None, None],
            "origins": [3, 2, 4],
        }
    ).astype({"pending": "Int64", "pending_unknown_origin": "Int64", "origins": "Int64"})
    merged = merge_duplicates("totals_by_asylum", frame, log)
    assert merged["pending"].tolist() == [7, 11]
    assert merged["pending_unknown_origin"].isna().all()
    assert merged["origins"].tolist()[0] == 2
    assert merged["origins"].isna().tolist() == [False, True]
    assert count_rule(log, "same_key") == 1


def test_totals_that_are_not_their_parts_are_kept_and_counted():
    log = QualityLog()
    raw = make_table(
        "decisions_by_asylum",
        (2012, "GFR", "DEU", "AR", "P", 0, 0, 0, 0, 15, 0, 1),
        (2013, "GFR", "DEU", "AR", "P", 5, 5, 5, 0, 15, 0, 1),
    )
    cleaned = clean_table("decisions_by_asylum", raw, KNOWN, log)
    assert cleaned["total"].tolist() == [15, 15]
    assert cleaned["level"].tolist() == ["appeal", "appeal"]
    assert count_rule(log, "total_is_not_sum") == 1


def test_a_second_entry_of_a_country_is_dropped_and_counted():
    log = QualityLog()
    twice = pd.concat([make_countries(), make_countries().head(1)], ignore_index=True)
    assert clean_countries(twice, log)["iso3"].tolist() == ["AUS", "CHN", "DEU", "UNK"]
    assert count_rule(log, "iso3_twice") == 1
    assert count_rule(log, "no_region") == 1


SIDES = st.sampled_from([("CHI", "CHN"), ("GFR", "DEU"), ("UKN", None), ("ZZZ", None)])
COUNTS = st.one_of(st.none(), st.integers(0, 1_000_000))


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(1990, 2025), SIDES, SIDES, COUNTS, COUNTS, COUNTS), max_size=30)
)
def test_no_person_is_lost_or_made_but_those_that_the_log_names(rows):
    """Sums over destinations survive cleaning, whatever the codes; lost rows are all counted."""
    flat = [(year, *origin, *asylum, *counts) for year, origin, asylum, *counts in rows]
    raw = make_table("population", *flat)
    log = QualityLog()
    cleaned = clean_table("population", raw, KNOWN, log)
    findable = raw[(raw["coo"] != "ZZZ") & (raw["coa"] != "ZZZ")]
    for before, after in (("refugees", "refugees"), ("asylum_seekers", "pending"), ("oip", "oip")):
        assert cleaned[after].sum() == findable[before].sum()
    removed = log.frame().query("action in ['dropped', 'merged']")["rows"].sum()
    assert len(cleaned) + removed == len(raw)
    assert not cleaned.duplicated(["year", "origin", "asylum"]).any()


@settings(deadline=None, max_examples=25)
@given(st.permutations(range(6)))
def test_the_order_of_rows_does_not_change_a_sum(order):
    rows = [(2000 + i % 2, "CHI", "CHN", "GFR", "DEU", 5 * i, i, None) for i in range(6)]
    raw = make_table("population", *(rows[i] for i in order))
    cleaned = clean_table("population", raw, KNOWN, QualityLog())
    assert cleaned.set_index("year")["refugees"].to_dict() == {2000: 30, 2001: 45}
