"""Reading a table's bytes: types, schema, refusals that name file, column and line."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from helpers.data.columns import TABLES
from helpers.data.releases import check_rows_by_year, parse_table
from helpers.data.schemas import check_table
from helpers.study import InputError, ReleaseInfo

INFO = ReleaseInfo(
    name="2012-end",
    title="one year",
    published=dt.date(2013, 6, 1),
    first_year=2000,
    newest_year=2012,
    period="end",
    origins=("CHN",),
)
POPULATION = b"year,coo,coo_iso,coa,coa_iso,refugees,asylum_seekers,oip\n"
APPLICATIONS = b"year,coa,coa_iso,app_type,dec_level,app_pc,applied,unknown_origin,origins\n"
GOOD = b"2011,CHI,CHN,GFR,DEU,1,7,\n"


def parse(name: str, content: bytes, tmp_path) -> pd.DataFrame:
    return parse_table(content, TABLES[name], tmp_path)


def test_blank_is_missing_zero_is_zero_and_na_is_a_code(tmp_path):
    frame = parse("population", POPULATION + b"2012,CHI,CHN,GFR,DEU,0,7,\n", tmp_path)
    assert frame.loc[0, "refugees"] == 0
    assert frame.loc[0, "oip"] is pd.NA
    row = b"2012,GFR,DEU,NA,NA,P,9,0,1\n"
    frame = parse("applications_by_asylum", APPLICATIONS + row, tmp_path)
    assert frame.loc[0, ["app_type", "dec_level"]].tolist() == ["NA", "NA"]


def test_rows_of_some_origins_are_those_that_are_or_may_be_theirs(tmp_path):
    rows = b"2012,CHI,CHN,GFR,DEU,2,7,\n2012,ARG,ARG,GFR,DEU,3,7,\n2012,CHI,,GFR,DEU,4,7,\n"
    kept = parse_table(POPULATION + rows, TABLES["population"], tmp_path, {"CHN", "VEN"})
    assert kept["refugees"].tolist() == [2, 4]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (POPULATION + b"2012,CHI,CHN,GFR,DEU,many,7,\n", "cannot be read"),
        (POPULATION + b"2012,CHI,CHN,GFR,DEU,1.5,7,\n", "cannot be read"),
        (POPULATION + b"2012,CHI,CHN,GFR,DEU,1,7\n", "cannot be read"),
        (POPULATION + b",CHI,CHN,GFR,DEU,1,7,\n", "cannot be read"),
        (POPULATION + b"2012,CHI,\xff,GFR,DEU,1,7,\n", "cannot be read"),
        (POPULATION.replace(b"oip", b"others"), "must have year, coo"),
        (b"", "cannot be read"),
    ],
)
def test_files_that_are_no_such_table_are_refused_by_name(tmp_path, content, said):
    with pytest.raises(InputError, match=said) as refusal:
        parse("population", content, tmp_path)
    assert "population.csv" in str(refusal.value)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (b"2012,CHI,CHN,GFR,DEU,-1,7,\n", "refugees"),
        (b"2012,CHI,CHN,GFR,DEU,,7,\n", "refugees"),
        (b"1950,CHI,CHN,GFR,DEU,1,7,\n", "year"),
        (b"2013,CHI,CHN,GFR,DEU,1,7,\n", "year"),
        (b"2012,china,CHN,GFR,DEU,1,7,\n", "coo"),
        (b"2012,CHI,China,GFR,DEU,1,7,\n", "coo_iso"),
        (b"2012,,CHN,GFR,DEU,1,7,\n", "coo"),
    ],
)
def test_rows_that_break_the_schema_are_refused_with_column_and_line(tmp_path, row, column):
    frame = parse("population", POPULATION + GOOD + row, tmp_path)
    said = rf"population of release 2012-end: column {column} .*line 3"
    with pytest.raises(InputError, match=said):
        check_table(frame, TABLES["population"], INFO)


def test_a_repeated_key_is_refused(tmp_path):
    frame = parse("population", POPULATION + GOOD + GOOD, tmp_path)
    with pytest.raises(InputError, match=r"line 2.*line 3"):
        check_table(frame, TABLES["population"], INFO)


def test_a_new_stage_passes_and_a_new_unit_is_refused(tmp_path):
    new = parse("applications_by_asylum", APPLICATIONS + b"2012,GFR,DEU,Q,FI,P,9,0,1\n", tmp_path)
    check_table(new, TABLES["applications_by_asylum"], INFO)
    bad = parse("applications_by_asylum", APPLICATIONS + b"2012,GFR,DEU,N,FI,H,9,0,1\n", tmp_path)
    with pytest.raises(InputError, match=r"app_pc.*'P'.*line 2"):
        check_table(bad, TABLES["applications_by_asylum"], INFO)


def test_rows_a_year_are_held_to_the_record(tmp_path):
    frame = parse("population", POPULATION + GOOD, tmp_path)
    check_rows_by_year(frame, {"path": "a.csv", "rows_by_year": {"2011": 1}}, tmp_path)
    with pytest.raises(InputError, match="2010: 0 rows, recorded 1; 2011: 1 rows, recorded 0"):
        check_rows_by_year(frame, {"path": "a.csv", "rows_by_year": {"2010": 1}}, tmp_path)
