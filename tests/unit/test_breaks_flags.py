"""Flags of years, and the loaders of what is kept by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.analysis.breaks import KINDS, STATUS_OF, flag_applied_years, flag_pending_years
from helpers.data.hand import load_breaks, load_persons_per_case
from helpers.study import InputError

COLUMNS = ["asylum", "year", "kind", "touches", "effect_on_origin", "moved", "stage", "unit"]
TOTALS = pd.DataFrame({"year": [2001, 2002], "pending": pd.array([1000, 1000], dtype="Int64")})


def finding(year, kind, effect, touches="pending", moved=None, stage="", unit="", asylum="DDD"):
    row = (
        asylum,
        year,
        kind,
        touches,
        effect,
        abs(effect) if moved is None else moved,
        stage,
        unit,
    )
    return pd.DataFrame([row], columns=COLUMNS)


@pytest.mark.parametrize(
    ("kind", "effect", "comparable", "status"),
    [
        ("coverage_drop", -101, False, "b"),
        ("coverage_drop", -100, True, ""),  # a tenth is not over a tenth
        ("unit_change", 300, False, "d"),
        ("stock_flow_gap", 300, False, "b"),
        ("carried_forward", -300, False, "b e"),
        ("mid_year", -300, False, "p"),
        ("mid_year", 0, True, "p"),
    ],
)
def test_pending_is_flagged_by_findings_over_a_tenth(kind, effect, comparable, status):
    flags = flag_pending_years(finding(2002, kind, effect), TOTALS).set_index("year")
    assert (flags.loc[2002, "is_comparable"], flags.loc[2002, "status"]) == (comparable, status)
    assert flags.loc[2001, "is_comparable"]
    assert flags.loc[2001, "status"] == ""
    assert flags.loc[2002, "broken_by"] == ("" if comparable else f"DDD {kind}")


def test_breaks_of_applications_leave_the_stock_alone():
    found = finding(2002, "stage_change", -900, touches="applications")
    assert flag_pending_years(found, TOTALS)["is_comparable"].all()


def test_two_breaks_give_both_codes():
    found = pd.concat([finding(2002, "unit_change", 300), finding(2002, "stock_flow_gap", 300)])
    assert flag_pending_years(found, TOTALS)["status"].tolist() == ["", "b d"]


def test_small_breaks_do_not_add_up():
    found = pd.concat([finding(2002, "coverage_drop", -60), finding(2002, "stock_flow_gap", -60)])
    assert flag_pending_years(found, TOTALS)["is_comparable"].all()


def test_a_year_without_a_total_is_not_judged():
    totals = TOTALS.assign(pending=pd.array([1000, None], dtype="Int64"))
    assert flag_pending_years(finding(2002, "coverage_drop", -900), totals)["is_comparable"].all()


def applied(rows):
    return pd.DataFrame(rows, columns=["year", "stage", "unit", "applied"]).astype(
        {"applied": "Int64"}
    )


def test_applications_are_flagged_in_their_own_stage_and_unit():
    totals = applied([(y, s, u, 1000) for y in (2001, 2002) for s in ("new", "appeal", "repeat")
                      for u in ("persons", "cases")])  # fmt: skip
    found = finding(2002, "stage_change", -50, "applications", 300, "appeal new", "persons")
    flags = flag_applied_years(found, totals)
    broken = flags[~flags["is_comparable"]][["year", "stage", "unit"]].values.tolist()
    assert sorted(broken) == [[2002, "appeal", "persons"], [2002, "new", "persons"]]
    assert len(flags) == len(totals)


def test_a_series_that_vanishes_is_measured_by_its_last_figure():
    totals = applied([(2001, "new", "cases", 1000), (2002, "new", "cases", None)])
    found = finding(2002, "unit_change", -50, "applications", 1000, "new", "cases persons")
    assert flag_applied_years(found, totals)["is_comparable"].tolist() == [True, False]


def test_every_kind_has_a_status():
    assert set(STATUS_OF) == set(KINDS)


ENTRY = """
  - asylum: USA
    years: [2021]
    kinds: [unit_change]
    shown_by: {origin: CHN, release: 2025-end}
    status: documented
    reason: It moved from cases to persons.
    sources: [{title: A footnote, publisher: UNHCR}]
"""


def write(tmp_path, text):
    file = tmp_path / "breaks.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_register_is_read(tmp_path):
    (entry,) = load_breaks(write(tmp_path, "breaks:" + ENTRY))
    assert entry.kinds == ("unit_change",)
    assert entry.sources[0].cite() == "A footnote, UNHCR"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kinds: [unit_change]", "kinds: [unit_chagne]", r"entry 2 \(USA 2021\): kinds.0"),
        ("asylum: USA", "asylum: usa", "asylum"),
        ("years: [2021]", "years: []", "years"),
        ("    sources: [{title: A footnote, publisher: UNHCR}]\n", "", "sources"),
        ("status: documented", "status: certain", "status"),
        ("reason:", "raison:", "raison"),
        ("status: documented", "status: documented\n    releases: [2021-end]", "shown_by.release"),
    ],
)
def test_an_entry_that_does_not_fit_is_named(tmp_path, old, new, said):
    with pytest.raises(InputError, match=said):
        load_breaks(write(tmp_path, "breaks:" + ENTRY + ENTRY.replace(old, new)))


@pytest.mark.parametrize("text", ["", "breaks: 3", "- a", "breaks: [", "factors: []"])
def test_a_file_of_another_shape_is_refused(tmp_path, text):
    with pytest.raises(InputError, match=r"breaks\.yml"):
        load_breaks(write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="missing"):
        load_breaks(tmp_path / "breaks.yml")


def factors(*years):
    return "factors:" + "".join(
        f"\n  - {{asylum: USA, levels: [IN], first: {first}, last: {last}, factor: 1.5,"
        " status: published, sources: [{title: A footnote, publisher: UNHCR}]}"
        for first, last in years
    )


def test_factors_must_not_overlap(tmp_path):
    assert len(load_persons_per_case(write(tmp_path, factors((2016, 2017), (2018, 2018))))) == 2
    with pytest.raises(InputError, match="same years"):
        load_persons_per_case(write(tmp_path, factors((2016, 2018), (2018, 2018))))
    with pytest.raises(InputError, match="lies after"):
        load_persons_per_case(write(tmp_path, factors((2018, 2016))))
