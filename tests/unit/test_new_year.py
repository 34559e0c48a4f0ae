"""What a new release changes: years, figures, totals, verdicts, sentences, and the page of it."""

from __future__ import annotations

import datetime as dt
import json

import pandas as pd
import pytest

from helpers.analysis.new_year import (
    find_flips,
    find_moved_totals,
    list_largest_changes,
    list_new_figures,
    list_new_years,
    stack_series,
)
from helpers.prose.sentences import Moved, compare_notebooks, compare_sentences, split_sentences
from helpers.publish.changes import write_sections
from helpers.publish.changes_page import render_html, render_markdown
from helpers.publish.changes_parts import Changes
from helpers.study import ReleaseInfo


def make_info(name: str, year: int, period: str) -> ReleaseInfo:
    return ReleaseInfo(
        name=name, title=f"Trends {year}", published=dt.date(year + 1, 6, 1), first_year=2000,
        newest_year=year, period=period, origins=("CHN",),
    )  # fmt: skip


OLD, NEW = make_info("2024-end", 2024, "end"), make_info("2025-end", 2025, "end")


@pytest.mark.parametrize(
    ("before", "after", "years"),
    [
        (("a", 2024, "end"), ("b", 2025, "mid"), [2025]),
        (("a", 2025, "mid"), ("b", 2025, "end"), [2025]),
        (("a", 2025, "mid"), ("b", 2025, "mid"), [2025]),
        (("a", 2025, "end"), ("b", 2025, "end"), []),
        (("a", 2023, "mid"), ("b", 2025, "end"), [2023, 2024, 2025]),
    ],
)
def test_a_year_is_new_until_it_was_told_whole(before, after, years):
    assert list_new_years(make_info(*before), make_info(*after)) == years


def make_series(pending: dict[int, int], rate: float = 0.5) -> pd.DataFrame:
    years = list(pending)
    return stack_series(
        pd.DataFrame({
            "year": years, "pending": list(pending.values()),
            "pending_excl_largest": [value // 2 for value in pending.values()],
            "lower": list(pending.values()), "upper": [value + 9 for value in pending.values()],
            "is_comparable": [year != 2025 for year in years],
            "broken_by": ["USA unit_change" if year == 2025 else None for year in years],
        }),
        pd.DataFrame({
            "year": years * 2, "stage": ["new"] * len(years) + ["appeal"] * len(years),
            "unit": "persons", "applied": [7] * len(years) + [3] * len(years),
        }),
        pd.DataFrame({
            "year": years, "level": "first", "unit": "persons", "recognition_rate": rate,
            "protection_rate": rate,
        }),
    )  # fmt: skip


class TestFigures:
    def test_series_hold_what_the_run_says_and_no_more(self):
        series = make_series({2024: 100, 2025: 60})
        assert set(series["measure"]) == {
            "pending", "pending_excl_largest", "new_claims", "recognition_rate", "protection_rate"
        }  # fmt: skip
        assert series.query("measure == 'new_claims'")["value"].tolist() == [7, 7]
        without = series.query("measure == 'pending_excl_largest'")
        assert without[["lower", "upper", "is_comparable", "broken_by"]].isna().all(axis=None)

    def test_a_missing_figure_has_no_row(self):
        pending = pd.DataFrame({"year": [2024], "pending": [None], "pending_excl_largest": [None]})
        none = pd.DataFrame({"year": [], "stage": [], "unit": [], "applied": [], "level": []})
        assert stack_series(pending, none, none).empty

    def test_new_figures_stand_beside_both_neighbours(self):
        new = list_new_figures(
            make_series({2024: 100, 2025: 55}), make_series({2024: 100, 2025: 60}), [2025]
        )
        row = new[new["measure"] == "pending"].iloc[0]
        assert (row["value"], row["told_before"], row["year_before"]) == (60, 55, 100)
        assert not row["is_comparable"]

    def test_totals_of_past_years_that_moved_are_found(self):
        before = make_series({2023: 90, 2024: 100})
        after = make_series({2023: 90, 2024: 104, 2025: 60})
        moved = find_moved_totals(before, after, [2025])
        assert moved["measure"].tolist() == ["pending", "pending_excl_largest"]
        assert moved.loc[0, ["year", "before", "after"]].tolist() == [2024, 100, 104]

    def test_largest_changes_are_of_past_years_alone(self):
        revisions = pd.DataFrame({
            "year_state": ["past", "new", "past"], "before": pd.array([5, None, 50], "Int64"),
            "after": pd.array([15, 999, None], "Int64"),
        })  # fmt: skip
        assert list_largest_changes(revisions, 5)["change_by"].tolist() == [-50, 10]


def make_claims() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("A-1", "2024-end", "5", "exact", "fits"), ("A-1", "2025-end", "7", "off", "fits"),
            ("A-2", "2024-end", "5", "off", "fits"), ("A-2", "2025-end", "6", "off", "fits"),
            ("A-3", "2024-end", None, "untestable", "fits"),
            ("A-3", "2025-end", None, "untestable", "other-year"),
        ],
        columns=["claim_id", "release", "recomputed", "figure", "wording"],
    )  # fmt: skip


def test_a_verdict_flips_where_a_code_does_and_not_where_the_number_alone_moves():
    flips = find_flips(make_claims(), "2024-end", "2025-end")
    assert flips["claim_id"].tolist() == ["A-1", "A-3"]
    assert flips.loc[0, ["figure_before", "figure_after"]].tolist() == ["exact", "off"]


def make_notebook(*cells: tuple[str, str]) -> str:
    return json.dumps({
        "cells": [
            {"cell_type": "code", "source": source, "metadata": {},
             "outputs": [{"data": {"text/markdown": said}}] if said else []}
            for source, said in cells
        ]
    })  # fmt: skip


class TestSentences:
    def test_prose_is_split_and_tables_are_left_out(self):
        text = "In 2020 it rose by 1.5 %. It fell.\n\n| a | b |\n\n- One.\n- Two."
        assert split_sentences(text) == [
            "In 2020 it rose by 1.5 %.",
            "It fell.",
            "- One.",
            "- Two.",
        ]

    @pytest.mark.parametrize(
        ("before", "after", "kind"),
        [
            (["5 fell."], ["6 fell."], "numbers"),
            (["All 5 claims of the year rose."], ["All 5 claims of the year fell."], "words"),
            ([], ["6 fell."], "added"),
            (["5 fell."], [], "gone"),
        ],
    )
    def test_what_moved_is_named(self, before, after, kind):
        [moved] = compare_sentences(before, after, "03_eras")
        assert moved == Moved("03_eras", "".join(before), "".join(after), kind)

    def test_the_releases_own_name_is_no_news(self):
        moved = compare_sentences(
            ["In release 2024-end, 5 fell."], ["In release 2025-end, 5 fell."], "x",
            {"2024-end": "2025-end"},
        )  # fmt: skip
        assert moved == []

    def test_cells_are_matched_by_their_code(self):
        old = make_notebook(("a", "5 of them fell."), ("b", "5 of them fell."))
        new = make_notebook(("a", "5 of them fell."), ("c", ""), ("b", "6 of them fell."))
        [moved] = compare_notebooks(old, new, "x")
        assert (moved.before, moved.after) == ("5 of them fell.", "6 of them fell.")


def make_changes(**more: object) -> Changes:
    revisions = pd.DataFrame({
        "release_from": "2024-end", "release_to": "2025-end", "table": "population",
        "year": [2024], "asylum": ["AUS"], "before": pd.array([50], "Int64"),
        "after": pd.array([60], "Int64"), "measure": "pending", "change": "revised",
        "year_state": "past", "period_from": "end", "period_to": "end",
    })  # fmt: skip
    breaks = pd.DataFrame({
        "asylum": ["USA"], "year": [2025], "kind": ["unit_change"], "severity": ["high"],
        "detail": ["persons | cases"], "effect_on_origin": [-12.0], "is_explained": [False],
        "touches": ["pending"],
    })  # fmt: skip
    before, after = make_series({2024: 1100}), make_series({2024: 1104, 2025: 60})
    given = {
        "before": OLD, "after": NEW, "title": "A study", "origin_name": "China", "years": [2025],
        "figures": list_new_figures(before, after, [2025]),
        "moved": find_moved_totals(before, after, [2025]), "revisions": revisions,
        "breaks": breaks, "flips": find_flips(make_claims(), "2024-end", "2025-end"),
        "n_claims": 3, "sentences": [Moved("03_eras", "**5** <fell>.", "6 <fell>.", "numbers")],
        "headlines": [], "names": {"USA": "United States", "AUS": "Australia"},
    }  # fmt: skip
    return Changes(**(given | more))


def render(changes: Changes) -> tuple[str, str]:
    sections = write_sections(changes)
    return render_markdown(changes, sections), render_html(changes, sections)


class TestPage:
    def test_both_forms_tell_the_same(self):
        markdown, html = render(make_changes())
        for said in (
            "2025-end", "1,104", "United States: unit change", "50.0%", "A-1", "untestable",
            "Australia", "two of 3 claims", "CC BY 4.0",
        ):  # fmt: skip
            assert said in markdown
            assert said in html
        assert "6 <fell>." in markdown
        assert "6 &lt;fell&gt;." in html
        assert "persons \\| cases" in markdown
        assert "<script" not in html
        assert "src=" not in html

    def test_without_a_ledger_it_says_so(self):
        markdown, html = render(make_changes(flips=None, n_claims=0))
        assert "no claims ledger" in markdown
        assert "no claims ledger" in html

    def test_where_nothing_moved_it_says_so(self):
        none = make_changes()
        markdown, _ = render(make_changes(
            years=[], figures=none.figures.head(0), moved=none.moved.head(0),
            revisions=none.revisions.head(0), breaks=none.breaks.head(0),
            flips=none.flips.head(0), sentences=[],
        ))  # fmt: skip
        assert "No year is new" in markdown
        assert "None of 3 claims" in markdown
        assert "Every sentence of the notebooks stands" in markdown
        assert "changes no cells" in markdown
        assert "none of 3 claims are judged otherwise" in markdown

    def test_half_a_year_is_called_one(self):
        mid = make_info("2025-mid", 2025, "mid")
        assert "2025 is of mid-year" in render(make_changes(after=mid))[0]
        assert "In 2025-mid, 2025 was of mid-year" in render(make_changes(before=mid))[0]
