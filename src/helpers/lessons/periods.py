"""Lesson 3, comparing periods: boundaries, means a year, a ratio against a percent increase."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.analysis.eras import clip_era
from helpers.lessons.basis import Basis
from helpers.lessons.exercise import Exercise, Paper, divide, make_paper, to_number
from helpers.study import Boundary


def set_paper(basis: Basis) -> Paper:
    """Set lesson 3."""
    own = basis.boundaries[0]
    others = [b for b in basis.boundaries[1:] if b.compare == own.compare]
    earlier, later = cut(own, basis.years)
    other = cut(others[0], basis.years) if others else (earlier, later)
    pending = basis.sum_pending()
    eras = {era.name: era.prose for era in own.eras}
    facts = {
        "earlier_era": eras[own.compare[0]], "later_era": eras[own.compare[1]],
        "earlier_first": _first(earlier), "earlier_last": _last(earlier),
        "later_first": _first(later), "later_last": _last(later),
        "other_first": _first(other[1]), "n_boundaries": len(others) + 1,
        "n_earlier": len(earlier), "n_later": len(later),
    }  # fmt: skip
    before, after = _mean(pending, earlier), _mean(pending, later)
    return make_paper(
        facts,
        _ask_years(earlier, later, other[1]),
        _ask_mean(pending, earlier, later, other[0]),
        _ask_ratio(pending, earlier, later),
        _ask_increase(divide(after, before)),
        _ask_flow(basis, later),
        _ask_range(pending, [own, *others], basis.years),
    )


def cut(boundary: Boundary, years: range) -> tuple[range, range]:
    """Return the years of the two eras that a boundary compares."""
    named = {era.name: era for era in boundary.eras}
    earlier, later = (clip_era(named[name], years) for name in boundary.compare)
    return earlier, later


def _first(years: range) -> int | None:
    return years[0] if years else None


def _last(years: range) -> int | None:
    return years[-1] if years else None


def _pick(series: pd.Series, years: range) -> pd.Series:
    return series[series.index.isin(list(years))]


def _mean(series: pd.Series, years: range) -> float | None:
    """Return the mean of the years that have a figure."""
    own = _pick(series, years)
    return float(own.mean()) if len(own) else None


def _ask_years(earlier: range, later: range, other: range) -> Exercise:
    """Ask which years the later era has."""
    mistakes = {
        "other_boundary": tuple(other),
        "handover_in_both": (*tuple(earlier)[-1:], *later),
        "last_year_left_out": tuple(later)[:-1],
        "other_era": tuple(earlier),
    }
    return Exercise("3.1", "set", tuple(later) or None, mistakes)


def _ask_mean(pending: pd.Series, earlier: range, later: range, other: range) -> Exercise:
    """Ask for the earlier era's mean."""
    own = _pick(pending, earlier)
    mistakes = {
        "summed_stocks": own.sum(),
        "ends_alone": (own.iloc[0] + own.iloc[-1]) / 2 if len(own) else None,
        "other_boundary": _mean(pending, other),
        "other_era": _mean(pending, later),
        "all_years": pending.mean(),
    }
    return Exercise("3.2", "number", _mean(pending, earlier), mistakes)


def _ask_ratio(pending: pd.Series, earlier: range, later: range) -> Exercise:
    """Ask how many times as many."""
    before, after = _mean(pending, earlier), _mean(pending, later)
    ratio = divide(after, before)
    one, two = _pick(pending, earlier), _pick(pending, later)
    mistakes: dict[str, Any] = {
        "sums_compared": divide(two.sum(), one.sum()),
        "ends_compared": divide(two.iloc[-1], one.iloc[0]) if len(one) and len(two) else None,
        "upside_down": divide(before, after),
    }
    if ratio is not None:
        mistakes |= {"increase_as_ratio": ratio - 1, "percent_for_ratio": 100 * ratio,
                     "increase_for_ratio": 100 * (ratio - 1)}  # fmt: skip
    return Exercise("3.3", "number", ratio, mistakes, places=2)


def _ask_increase(ratio: float | None) -> Exercise:
    """Ask by how many percent more."""
    if ratio is None:
        return Exercise("3.4", "number", None)
    mistakes = {"ratio_as_increase": 100 * ratio, "share_for_percent": ratio - 1,
                "ratio_for_percent": ratio}  # fmt: skip
    return Exercise("3.4", "number", 100 * (ratio - 1), mistakes)


def _ask_flow(basis: Basis, later: range) -> Exercise:
    """Ask for the later era's mean of new claims in persons, of full years."""
    persons, cases = basis.sum_new("persons"), basis.sum_new("cases")
    full = range(later.start, min(later.stop, basis.full_years.stop)) if later else later
    every, whole = _pick(persons, later), _pick(persons, full)
    added = persons.add(cases, fill_value=0)
    mistakes = {
        "mid_as_year": every.mean() if len(every) else None,
        "cases_added": _mean(added, full),
        "flows_summed": whole.sum(),
        "stock_for_flow": _mean(basis.sum_pending(), full),
    }
    return Exercise("3.5", "number", to_number(_mean(persons, full)), mistakes)


def _ask_range(pending: pd.Series, boundaries: list[Boundary], years: range) -> Exercise:
    """Ask for the least and greatest ratio over the boundaries that can be defended."""
    ratios = []
    for boundary in boundaries:
        earlier, later = cut(boundary, years)
        ratio = divide(_mean(pending, later), _mean(pending, earlier))
        ratios += [] if ratio is None else [ratio]
    if not ratios:
        return Exercise("3.6", "range", None)
    least, most = min(ratios), max(ratios)
    mistakes = {
        "one_boundary": (ratios[0], ratios[0]),
        "increase_as_ratio": (least - 1, most - 1),
        "increase_for_ratio": (100 * (least - 1), 100 * (most - 1)),
        "middle_of_range": (least + most) / 2,
    }
    return Exercise("3.6", "range", (least, most), mistakes, places=2)
