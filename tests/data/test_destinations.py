"""What a destination's figures mean, by sums over the newest release's files."""

from __future__ import annotations

from collections import Counter

import pytest
from cells import read_cells

from helpers import paths
from helpers.analysis import destinations
from helpers.analysis.measures import keep_constant_set, measure_stocks, select_origin
from helpers.analysis.study_tables import load_tables
from helpers.data.hand import PopulationEntry, load_populations
from helpers.study import Study, load_yaml

NEWEST = "2025-end"
YEARS = range(2000, 2026)
ENTRIES = load_yaml(paths.hand() / "populations.yml")["populations"]


def sum_cells(table, column, **labels):
    """Add up a column of a file, of the rows with these labels."""
    rows = read_cells(NEWEST, table)
    fits = [row for row in rows if all(row[name] == value for name, value in labels.items())]
    return sum(int(row[column] or 0) for row in fits)


@pytest.fixture(scope="module")
def core(cores):
    return cores[NEWEST]


def test_refugees_from_china_are_counted_with_and_without_the_tibetans_in_india(core):
    own = select_origin(core.pending, "CHN", YEARS)
    populations = load_populations("CHN")
    table = measure_stocks(own, core.by_asylum, YEARS, populations=populations)
    for year in (2000, 2020, 2021, 2025):
        row = table.set_index("year").loc[year]
        every = sum_cells("population", "refugees", coo_iso="CHN", year=str(year))
        india = sum_cells("population", "refugees", coo_iso="CHN", coa_iso="IND", year=str(year))
        assert (row["refugees"], row["refugees_excl_listed"]) == (every, every - india)
    assert table.set_index("year").loc[2021, "refugees"] == 170_222
    assert table.set_index("year").loc[2021, "refugees_excl_listed"] == 96_815


def test_tibetans_in_india_have_no_row_of_their_own_after_1974():
    rows = [row for row in read_cells(NEWEST, "population") if row["coo_iso"] == "TIB"]
    assert max(int(row["year"]) for row in rows if row["coa_iso"] == "IND") == 1974


@pytest.mark.parametrize("number", range(len(ENTRIES)))
def test_each_people_of_its_own_is_in_the_rows(number):
    entry = PopulationEntry.model_validate(ENTRIES[number])
    years = [
        int(row["year"])
        for row in read_cells(NEWEST, "population")
        if (row["coo_iso"], row["coa_iso"]) == (entry.origin, entry.asylum)
        and int(row["refugees"] or 0) > 1000
    ]
    assert max(years) == min(entry.last, 2025)


def test_rows_within_one_country_are_kept_and_counted(core):
    same = [r for r in read_cells(NEWEST, "population") if r["coo_iso"] == r["coa_iso"]]
    kept = core.pending[core.pending["origin"] == core.pending["asylum"]]
    assert len(same) == len(kept) == 108
    assert kept.query("origin == 'SYR' and year == 2006")["pending"].tolist() == [5]


def test_japan_names_no_origin_and_is_not_without_claims(core):
    pending = select_origin(core.pending, "CHN", YEARS)
    claims = select_origin(core.applications, "CHN", YEARS)
    ranked = destinations.rank_destinations(pending, claims, core.countries)
    unnamed = destinations.list_unnamed(core.by_asylum, ranked)
    row = unnamed[unnamed["year"].eq(2025) & unnamed["asylum"].eq("JPN")].iloc[0]
    there = {"coa_iso": "JPN", "year": "2025"}
    unknown = sum_cells("totals_by_asylum", "asylum_seekers_unknown_origin", **there)
    assert (row["unknown"], row["all_pending"]) == (unknown, unknown)
    assert unknown == 22_647
    lodged = sum_cells("asylum_applications", "applied", coo_iso="CHN", app_type="N", **there)
    assert row["applied_persons"] == lodged > 0


def test_recognition_over_a_constant_set_leaves_out_who_leaves_the_level(core):
    decisions = select_origin(core.decisions, "CHN", YEARS)
    kept = keep_constant_set(decisions, range(2021, 2026))
    in_persons = kept[kept["unit"] == "persons"]
    assert "AUS" not in set(in_persons["asylum"])
    sums, years = Counter(), Counter()
    rows = [
        row for row in read_cells(NEWEST, "asylum_decisions")
        if (row["coo_iso"], row["dec_pc"]) == ("CHN", "P")
        and row["dec_level"] in ("FI", "IN", "EO") and 2021 <= int(row["year"]) <= 2025
        and sum(int(row[f"dec_{name}"]) for name in ("recognized", "other", "rejected"))
    ]  # fmt: skip
    for place in {(row["coa_iso"], row["dec_level"], row["year"]) for row in rows}:
        years[place[:2]] += 1
    for row in rows:
        which = "constant" if years[row["coa_iso"], row["dec_level"]] == 5 else "others"
        for column in ("recognized", "other", "rejected"):
            sums[which, row["year"], column] += int(row[f"dec_{column}"])
            sums["every", row["year"], column] += int(row[f"dec_{column}"])

    def rate(which, year):
        parts = [sums[which, year, name] for name in ("recognized", "other", "rejected")]
        return parts[0] / sum(parts)

    counts = in_persons.groupby("year")[["recognised", "other", "rejected"]].sum()
    found = (counts["recognised"] / counts.sum(axis=1)).astype(float)
    assert found.to_dict() == pytest.approx(
        {y: rate("constant", str(y)) for y in range(2021, 2026)}
    )
    raw = rate("every", "2024") - rate("every", "2023")
    assert raw > 5 * (found[2024] - found[2023]) > 0


def test_ten_recognised_on_appeal_are_no_finding(core):
    decisions = select_origin(core.decisions, "CHN", range(2021, 2026))
    rates = destinations.rate_destinations(decisions, range(2021, 2026))
    greece = rates[rates["asylum"].eq("GRC") & rates["level"].eq("appeal")].iloc[0]
    assert (greece["recognised"], greece["is_enough"]) == (10, True)
    assert destinations.find_reversed(rates[rates["is_enough"]]) == ["USA", "GBR"]


def test_the_ranking_and_the_eras_add_up_from_the_files():
    tables = load_tables(Study.resolve(study="china", release=NEWEST))
    rows = [row for row in read_cells(NEWEST, "population") if row["coo_iso"] == "CHN"]
    held = Counter()
    for row in rows:
        held[row["coa_iso"], int(row["year"])] += int(row["asylum_seekers"] or 0)
    total = sum(count for (_, year), count in held.items() if year == 2025)
    newest = tables.newest_ranking.set_index("asylum")
    assert newest["pending"].to_dict() == {
        code: count for (code, year), count in held.items() if year == 2025 and count
    }
    assert newest.index[0] == "USA"
    assert newest.loc["USA", "share"] == pytest.approx(held["USA", 2025] / total)
    there = {"coa_iso": "USA", "year": "2025"}
    unknown = sum_cells("totals_by_asylum", "asylum_seekers_unknown_origin", **there)
    every = sum_cells("totals_by_asylum", "asylum_seekers", **there)
    assert newest.loc["USA", "unknown_share"] == pytest.approx(unknown / every)
    means = {
        (code, era): sum(held[code, year] for year in years) / len(years)
        for era, years in (("earlier", range(2003, 2013)), ("later", range(2013, 2026)))
        for code in {code for code, _ in held}
    }
    eras = tables.era_ranks.set_index("asylum")
    for era in ("earlier", "later"):
        order = sorted((code for code, each in means if each == era), key=lambda c: -means[c, era])
        assert eras[f"{era}_rank"].nsmallest(5).index.tolist() == order[:5]
        assert eras.loc["USA", f"{era}_mean"] == pytest.approx(means["USA", era])


def test_a_destinations_rate_is_over_its_decisions_of_the_last_five_years():
    rates = load_tables(Study.resolve(study="china", release=NEWEST)).destination_rates
    key = ["asylum", "level_code", "unit"]
    own = rates.set_index(key).loc[("FRA", "FI", "persons")]
    sums = {
        name: sum(
            sum_cells("asylum_decisions", f"dec_{name}", coo_iso="CHN", coa_iso="FRA",
                      dec_level="FI", dec_pc="P", year=str(year))
            for year in range(2021, 2026)
        )
        for name in ("recognized", "other", "rejected")
    }  # fmt: skip
    assert own["recognition_rate"] == pytest.approx(sums["recognized"] / sum(sums.values()))
    assert own["is_constant"]
    assert not rates.set_index(key).loc[("AUS", "FI", "persons"), "is_constant"]
