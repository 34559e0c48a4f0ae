"""Which breaks of a series a claim's comparison crosses.

A figure of one year set against another's compares only where nothing broke in between. The rules
of `breaks` find the years that do not compare with the one before; a claim that reaches over such a
year keeps its verdict, which is about what was printed, and says what it crosses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from helpers.analysis.breaks import flag_applied_years, flag_pending_years
from helpers.analysis.measures import measure_applications
from helpers.claims import recipes as recipes

if TYPE_CHECKING:
    from helpers.claims.claim_figures import Figures
    from helpers.claims.claim_judge import Finding, Verdict
    from helpers.data.releases import Core


def list_broken(core: Core, origin: str, findings: pd.DataFrame) -> dict[tuple[str, int], str]:
    """List the years in which an origin's series break, by measure.

    Parameters
    ----------
    core : Core
        The release's figures: pending and applications.
    origin : str
        ISO3 code.
    findings : DataFrame
        `find_breaks` of that origin and release.

    Returns
    -------
    dict
        (measure, year) -> destinations and kinds of what broke, joined by "; ". Measures are
        pending, applied_persons and applied_cases; a year that compares is absent.
    """
    own = core.pending[core.pending["origin"] == origin]
    totals = own.groupby("year")["pending"].sum(min_count=1).reset_index()
    stocks = flag_pending_years(findings, totals)
    found = {("pending", int(y)): by for y, by in _list_flagged(stocks)}
    claims = core.applications[core.applications["origin"] == origin]
    flows = measure_applications(claims, sorted(claims["year"].unique()))
    flags = flag_applied_years(findings, flows)
    new = flags[flags["stage"] == "new"]
    for unit, own in new.groupby("unit"):
        found |= {(f"applied_{unit}", int(y)): by for y, by in _list_flagged(own)}
    return found


def _list_flagged(flags: pd.DataFrame) -> list[tuple[int, str]]:
    broken = flags[~flags["is_comparable"]]
    return list(zip(broken["year"].tolist(), broken["broken_by"].tolist(), strict=True))


def list_crossed(verdict: Verdict) -> dict[int, str]:
    """List the breaks that a claim's comparisons cross, by year.

    Returns
    -------
    dict
        year -> what broke; empty where the claim compares no years, where nothing broke, or where
        the release's breaks were not looked for.
    """
    crossed: dict[int, str] = {}
    for finding in verdict.findings:
        if finding.choice is None:
            continue
        for year in _list_steps(finding, verdict.figures):
            broken = verdict.figures.broken.get((finding.choice.measure, year))
            if broken:
                crossed[year] = broken
    return dict(sorted(crossed.items()))


def say_crossed(crossed: Mapping[int, str]) -> str:
    """Say which breaks are crossed; empty where none is.

    Examples
    --------
    >>> say_crossed({2016: "USA stock_flow_gap", 2021: "USA unit_change"})
    '2016 (USA stock_flow_gap); 2021 (USA unit_change)'
    """
    return "; ".join(f"{year} ({what})" for year, what in crossed.items())


def _list_steps(finding: Finding, figures: Figures) -> range:
    """Return the years over whose beginning a statement compares.

    A break lies between a year and the one before, so that a comparison of 2012 with 2021 steps
    over the breaks of 2013 to 2021.
    """
    recipe = finding.test.recipe
    match recipe:
        case recipes.Rises():
            return range(recipe.first, recipe.last + 1)
        case recipes.Change() | recipes.Trend():
            return range(recipe.first + 1, recipe.last + 1)
        case recipes.AgainstSum():
            years = recipe.list_years()
            return range(min(years) + 1, max(years) + 1)
        case recipes.Record():
            return _step_from_highest(recipe, finding, figures)
    return range(0)


def _step_from_highest(recipe: recipes.Record, finding: Finding, figures: Figures) -> range:
    """Return the steps from the highest earlier year, with which a record is compared."""
    measure = finding.choice.measure if finding.choice else recipe.measure
    before = [year for year in figures.years(measure) if year < recipe.year]
    if not before:
        return range(0)
    highest = max(before, key=lambda year: figures.total(measure, year) or 0)
    return range(highest + 1, recipe.year + 1)
