"""The fair restatement of a claim, and the bounds that its ranges are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.analysis.lodged import STRICT, bound_persons, mark_lodged, measure_lodged
from helpers.analysis.measures import select_origin
from helpers.analysis.unknown_origin import bound_pending
from helpers.claims.claim_figures import Bounds, Figures
from helpers.claims.claim_values import Choice, compute

if TYPE_CHECKING:
    from helpers.claims.file import Claim
    from helpers.data.releases import Core

NOTHING = "Nothing can be restated on release {release}: it does not hold the figures."


def list_bound_years(claims: Iterable[Claim], of: str) -> list[int]:
    """List the years whose bounds the restatements ask for, or a graph that is redrawn."""
    years: set[int] = set()
    for claim in claims:
        for each in claim.restated.values.values() if claim.restated else ():
            if each.kind == "bound" and each.of == of:
                years |= set(each.list_years())
        for test in claim.tests:
            if test.recipe.kind == "years_on_file" and of == "applied":
                years |= set(test.recipe.list_years())
    return sorted(years)


def measure_bounds(
    core: Core,
    origin: str,
    claims: Iterable[Claim],
    factors: Iterable[Any],
    rules: Iterable[Any] = (),
) -> Bounds:
    """Compute the bounds that some claims' restatements need.

    Parameters
    ----------
    core : Core
        The release's figures.
    origin : str
        ISO3 code.
    claims : iterable of Claim
    factors : iterable of FactorEntry
        Persons a case, from `helpers.data.hand.load_persons_per_case`.
    rules : iterable of LodgedRule
        Rows that count as claims lodged beside type N, from `load_lodged_rules`.

    Returns
    -------
    Bounds
        pending: reported, and with a likely share of claims of unknown origin (None where no
        upper bound can be given). applied: claims lodged in persons, from type N alone with each
        case as one person, to the inclusive count with each case as the greatest factor.
    """
    claims = list(claims)
    on_file = set(core.pending["year"])
    stocks = [year for year in list_bound_years(claims, "pending") if year in on_file]
    flows = list_bound_years(claims, "applied")
    pending = bound_pending(core, origin, stocks) if stocks else pd.DataFrame()
    own = select_origin(core.applications, origin, flows)
    if not flows or own.empty:
        return Bounds(_pair(pending))
    marked = mark_lodged(own, core.applications_by_asylum, rules)
    strict = bound_persons(marked[marked["rule"] == STRICT], factors)[["year", "lower"]]
    inclusive = measure_lodged(marked, factors, flows)[["year", "applied_upper"]]
    applied = strict.merge(inclusive.rename(columns={"applied_upper": "upper"}), on="year")
    return Bounds(_pair(pending), _pair(applied))


def _pair(frame: pd.DataFrame) -> dict[int, tuple[int | None, int | None]]:
    """Return lower and upper by year; missing is None."""
    return {
        int(row["year"]): (_to_int(row["lower"]), _to_int(row["upper"]))
        for row in frame.to_dict("records")
    }


def _to_int(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def restate(claim: Claim, figures: Figures) -> str:
    """Fill a claim's restatement from one release; say so where the release cannot.

    Returns
    -------
    str
        Empty where the claims file gives no restatement.
    """
    if claim.restated is None:
        return ""
    values = {
        name: compute(recipe, figures, Choice(recipe.measure))
        for name, recipe in claim.restated.values.items()
    }
    if any(value is None for value in values.values()):
        return NOTHING.format(release=figures.release)
    last = claim.years[-1]
    half = "the middle of" if figures.is_half(last) else "the end of"
    given = {
        "first_year": claim.years[0],
        "last_year": last,
        "at_last": f"{half} {last}",
        "release": figures.release,
    }
    return (
        f"{claim.restated.sentence.format(**values, **given).strip()} (release {figures.release})"
    )
