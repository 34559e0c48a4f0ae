"""data/README.md says what the files are: releases, columns, codes, source and licence."""

import re
from pathlib import Path

from helpers.data import codes
from helpers.data.columns import COUNTRIES, TABLES
from helpers.study import ATTRIBUTION, TERMS

README = Path(__file__).resolve().parents[2] / "data" / "README.md"
EMBEDDED = [f"{year}-{period}" for year in range(2022, 2026) for period in ("mid", "end")]


def test_the_dictionary_lists_the_releases_of_the_packages(packages):
    said = README.read_text(encoding="utf-8")
    for name in EMBEDDED:
        facts = packages[name]["release"]
        rows = sum(resource["rows"] for resource in packages[name]["resources"])
        date = "mid-year" if facts["period"] == "mid" else "year-end"
        line = (
            f"| {name} | {facts['title']} | {facts['published']} | {date} {facts['newest_year']} "
            f"| {len(facts['origins'])} | {rows:,} |"
        )
        assert line in said, line


def test_the_dictionary_explains_every_column_and_code():
    said = README.read_text(encoding="utf-8")
    for table in (*TABLES.values(), COUNTRIES):
        section = said.split(f"### {table.name}.csv")[1].split("\n##")[0]
        for field in table.fields:
            unit = field.unit or "–"
            blank = "missing" if field.is_nullable else "never"
            assert f"| `{field.name}` | {field.description} | {unit} | {blank} |" in section
    for known in (codes.AUTHORITIES, codes.APPLICATION_TYPES, codes.DECISION_LEVELS, codes.UNITS):
        for code, meaning in known.items():
            assert re.search(rf"\| `{code}` \| {re.escape(meaning)} \|", said), code
    for code in ("UNK", "XXA", "TIB"):  # no ISO 3166 codes
        assert f"`{code}`" in said
    assert ATTRIBUTION in said
    assert TERMS in said
