"""Where does this number come from? Find a printed number in an origin's series.

Every figure, sum, mean, change and share of a series is a candidate (`KINDS`), for all destinations
together, without the largest one, and for each; the plainer ones come first (`_find_tier`). How
many candidates would meet the number by chance is told with every hit. The rule is written out in
docs/claims.md, "Find a number"; the explorer's script follows the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import log

import numpy as np
import pandas as pd

from helpers.claims.claim_figures import LEAST_BASE
from helpers.claims.claimed import NUMBER, SCALES, find_unit, parse_claimed
from helpers.data.columns import FIRST_ASYLUM_YEAR
from helpers.data.releases import History
from helpers.study import InputError

WHOLE, EXCL_LARGEST, WORLD = "", "EXCL_LARGEST", "WORLD"
MEASURES = {
    "pending": "claims pending",
    "applied_persons": "new claims lodged, in persons",
    "applied_cases": "new claims lodged, in cases",
    "refugees": "refugees",
    "oip": "others in need of international protection",
}
STOCKS = ("pending", "refugees", "oip")
OF_ONE_YEAR = ("single", "share_of_world", "share_of_total")
# How each kind is told, in the order in which hits are listed.
KINDS = {
    "single": "{what}, {last}",
    "sum": "{what}, {first} to {last}, {added}",
    "mean": "{what}, mean of {first} to {last}, {added}",
    "ratio": "{what}, {last} over {first}",
    "increase": "{what}, change from {first} to {last} in percent",
    "percent_of": "{what}, {last} in percent of {first}",
    "share_of_world": "{what}, {last}, as a share of all origins together",
    "share_of_total": "{what}, {last}, as a share of all destinations together",
}
# What each form of a number can be.
OF_FORM = {
    "count": ("single", "sum", "mean"),
    "percent": ("increase", "percent_of", "share_of_world", "share_of_total"),
    "times": ("ratio",),
    "decimal": ("ratio", "share_of_world", "share_of_total"),
}
# How plain a kind is at a place, 1 the plainest; each country is as ONE_PLACE.
ONE_PLACE = "ISO3"
_CHANGES = ("ratio", "increase", "percent_of")
TIERS = {
    WHOLE: dict.fromkeys(("single", "sum", *_CHANGES, "share_of_world"), 1) | {"mean": 2},
    EXCL_LARGEST: dict.fromkeys(("single", "sum", *_CHANGES), 2) | {"mean": 3},
    ONE_PLACE: dict.fromkeys(("single", "share_of_total"), 2)
    | dict.fromkeys(("sum", "mean", *_CHANGES), 3),
}
MATCHES = {"exact": "exactly", "rounded": "rounded", "cut_off": "cut off"}
MOST_SHOWN, WINDOW = 10, 3
LIKELY, POSSIBLE = 0.1, 1
_MISTAKEN = {
    "pending": "people who asked for asylum in that year; it is claims that wait on one day",
    "applied_persons": "all new claims; those that are reported in cases are counted apart",
    "applied_cases": "people; a case is one or more persons",
    "refugees": "people who fled in that year; it is all who have the status on one day",
    "oip": "people who fled in that year; it is all who are counted on one day",
    "added": "the number of people who asked for asylum; who waits three years is counted thrice",
    "ratio": "an increase; {value:,.1f} times as many is a change of {change:+,.0f} %",
    "increase": "a ratio; a change of {value:+,.0f} % is {times:,.2f} times as many",
    "percent_of": "an increase; {value:,.0f} % of the first year is a change of {less:+,.0f} %",
}


@dataclass(frozen=True)
class Printed:
    """A number as printed: its value, the unit of its last digit, and its form (`OF_FORM`)."""

    text: str
    value: float
    unit: float
    form: str


@dataclass(frozen=True)
class Search:
    """What a search found.

    Attributes
    ----------
    hits : DataFrame
        measure, place (empty for all destinations together, EXCL_LARGEST, or ISO3), kind,
        first_year, last_year, value, match, distance (years off, both ends), tier, expected (how
        many candidates as plain would meet the number by chance), verdict (likely, possible or
        coincidence), releases (those that give it). The best first.
    tried : int
        How many candidates fit the number's form and years.
    """

    printed: Printed
    years: tuple[int, int] | None
    hits: pd.DataFrame
    tried: int


def read_printed(text: str) -> Printed:
    """Read one number as a newspaper prints it.

    Raises
    ------
    InputError
        Where there is no number, more than one, or zero.

    Examples
    --------
    >>> read_printed("1.2 million"), read_printed("26 %").form
    (Printed(text='1.2 million', value=1200000.0, unit=100000.0, form='count'), 'percent')
    """
    found, claimed = NUMBER.search(text), parse_claimed(text)
    rest = text[: found.start()] + text[found.end() :] if found else text
    if not found or claimed is None or re.search(r"\d", rest) or not claimed.value:
        raise InputError(
            f"{text!r} is not one number above 0: write 613,000, 1.2 million, 26 % or 5.1 times"
        )
    value, digits, scale = float(claimed.value), found["number"], found["scale"]
    decimals = len(digits.partition(".")[2])
    form = {"increase": "percent", "ratio": "times"}.get(claimed.change, "count")
    if form == "count" and decimals and not scale:
        form = "decimal"
    unit = find_unit(value) if form == "count" else 1.0
    if decimals:
        unit = round(10**-decimals * SCALES.get((scale or "").lower(), 1), decimals)
    return Printed(text.strip(), value, unit, form)


def read_years(text: str | None) -> tuple[int, int] | None:
    """Read one year or a span such as 2012-2022; none where nothing is given.

    Raises
    ------
    InputError
        Where it is neither, or the years are not in order.
    """
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d{4})(?:\s*(?:-|–|to)\s*(\d{4}))?\s*", text)
    years = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
    if not FIRST_ASYLUM_YEAR <= years[0] <= years[1]:
        raise InputError(
            f"years {text!r} must be one year or a span such as 2012-2022, from "
            f"{FIRST_ASYLUM_YEAR} on and in order"
        )
    return years


def build_series(history: History) -> pd.DataFrame:
    """Collect an origin's yearly series, the compact form of all candidates.

    Returns
    -------
    DataFrame
        release, measure (`MEASURES`; new claims are type N), place (ISO3; empty for all
        destinations together; EXCL_LARGEST, without the year's largest; WORLD, all origins at all
        destinations), year, value. A figure that is not reported has no row.
    """
    stocks = history.pending.melt(
        ["release", "year", "asylum"], list(STOCKS), "measure", "value"
    ).dropna(subset="value")
    new = history.applications[history.applications["stage"] == "new"]
    new = new.assign(measure="applied_" + new["unit"]).rename(columns={"applied": "value"})
    cells = pd.concat([stocks, new], ignore_index=True)
    cells = cells[cells["year"] >= FIRST_ASYLUM_YEAR].rename(columns={"asylum": "place"})
    keys = ["release", "measure", "place", "year"]
    cells = cells.groupby(keys, as_index=False)["value"].sum(min_count=1).dropna()
    grouped = cells.groupby(["release", "measure", "year"])["value"]
    whole = grouped.sum().reset_index().assign(place=WHOLE)
    rest = (grouped.sum() - grouped.max()).reset_index().assign(place=EXCL_LARGEST)
    worlds = history.by_origin.rename(
        columns={"world_pending": "pending", "world_refugees": "refugees"}
    )
    worlds = worlds.loc[:, ~worlds.columns.duplicated(keep="last")]
    world = worlds.melt(["release", "year"], ["pending", "refugees"], "measure", "value")
    frame = pd.concat([whole, rest, cells, world.dropna().assign(place=WORLD)])
    return frame[[*keys, "value"]].astype({"value": "int64"}).reset_index(drop=True)


def search(printed: Printed, series: pd.DataFrame, years: tuple[int, int] | None = None) -> Search:
    """Search an origin's series for a printed number.

    Parameters
    ----------
    printed : Printed
    series : DataFrame
        release, measure, place, year, value (`build_series`), the oldest release first.
    years : (first, last), optional
        A year more or less at either end is looked at too.
    """
    order = pd.MultiIndex.from_frame(series[["measure", "place"]].drop_duplicates())
    known = range(series["year"].min(), series["year"].max() + 1)
    wide = series.pivot(index=["measure", "place"], columns=["release", "year"], values="value")
    releases = list(series["release"].unique())
    full = pd.MultiIndex.from_product([releases, known])
    cube = wide.reindex(index=order, columns=full).to_numpy(float)
    cube = np.where(cube > 0, cube, np.nan).reshape(len(order), len(releases), len(known))
    tried = _list_candidates(OF_FORM[printed.form], order, known, years)
    values = _compute(tried, cube, known[0])
    if printed.form == "percent":
        values = np.abs(np.where(tried["kind"].str.startswith("share"), 100, 1)[:, None] * values)
    is_known = ~np.isnan(values).all(axis=1)
    tried, values = tried[is_known].reset_index(drop=True), values[is_known]

    matches = _match(values, printed)
    best = matches.min(axis=1)
    newest = pd.DataFrame(values).ffill(axis=1).iloc[:, -1]
    is_near = newest.between(printed.value / WINDOW, printed.value * WINDOW, inclusive="neither")
    near = tried[is_near]
    is_hit = best < len(MATCHES)
    hits = tried[is_hit].copy()
    giving, own = matches[is_hit], values[is_hit]
    is_best = giving == best[is_hit][:, None]
    shown = len(releases) - 1 - is_best[:, ::-1].argmax(axis=1)  # the newest of the best
    hits["value"] = own[np.arange(len(hits)), shown]
    hits["match"] = np.array([*MATCHES, ""])[best[is_hit]]
    hits["releases"] = [
        tuple(name for name, code in zip(releases, row, strict=True) if code < len(MATCHES))
        for row in giving
    ]
    least = max(printed.value - printed.unit / 2, printed.value / WINDOW)
    greatest = min(printed.value + printed.unit, printed.value * WINDOW)
    width = log(greatest / least) / log(WINDOW**2)
    hits["expected"] = [
        width * ((near["tier"] <= tier) & (near["distance"] <= distance)).sum()
        for tier, distance in zip(hits["tier"], hits["distance"], strict=True)
    ]
    is_under = [hits["expected"] < LIKELY, hits["expected"] < POSSIBLE]
    hits["verdict"] = np.select(is_under, ["likely", "possible"], "coincidence")
    return Search(printed, years, _sort(hits.drop(columns=["row", "whole"])), len(tried))


def _list_candidates(
    kinds: Iterable[str],
    order: pd.MultiIndex,
    known: range,
    years: tuple[int, int] | None,
) -> pd.DataFrame:
    """List measure, place, kind, first_year, last_year, distance, tier, and rows of the series."""
    rows = order.to_frame(index=False).reset_index(names="row")
    row_of = pd.Series(rows["row"].to_numpy(), order)
    parts = []
    for kind in kinds:
        pairs = zip(known, known, strict=True) if kind in OF_ONE_YEAR else combinations(known, 2)
        spans = pd.DataFrame(pairs, columns=["first_year", "last_year"])
        first, last = years or (spans["first_year"], spans["last_year"])
        off = pd.concat(
            [(spans["first_year"] - first).abs(), (spans["last_year"] - last).abs()], axis=1
        )
        is_one = kind in OF_ONE_YEAR
        spans["distance"] = off.min(axis=1) if is_one else off.sum(axis=1)
        spans = spans[(spans["distance"] if is_one else off.max(axis=1)) <= 1]
        places = rows["place"].where(rows["place"].isin([*TIERS, WORLD]), ONE_PLACE)
        tiers = places.map({place: of.get(kind) for place, of in TIERS.items()})
        whole = WORLD if kind == "share_of_world" else WHOLE
        against = pd.MultiIndex.from_product([rows["measure"], [whole]])
        own = rows.assign(kind=kind, tier=tiers, whole=row_of.reindex(against).to_numpy())
        parts.append(own.dropna().merge(spans, how="cross"))
    return pd.concat(parts, ignore_index=True).astype({"tier": int, "whole": int})


def _compute(tried: pd.DataFrame, cube: np.ndarray, start: int) -> np.ndarray:
    """Compute every candidate on every release; missing where a figure of it is missing."""
    edge = np.zeros((*cube.shape[:2], 1))
    sums = np.concatenate([edge, np.nancumsum(cube, axis=2)], axis=2)
    holes = np.concatenate([edge, np.isnan(cube).cumsum(axis=2)], axis=2)
    values = np.full((len(tried), cube.shape[1]), np.nan)
    for kind, at in tried.groupby("kind").indices.items():
        own = tried.iloc[at]
        row, first = own["row"].to_numpy(), own["first_year"].to_numpy() - start
        last = own["last_year"].to_numpy() - start
        found = cube[row, :, first]
        if kind in ("sum", "mean"):
            is_held = holes[row, :, last + 1] == holes[row, :, first]
            found = np.where(is_held, sums[row, :, last + 1] - sums[row, :, first], np.nan)
            values[at] = found / (last - first + 1)[:, None] if kind == "mean" else found
        elif kind == "single":
            values[at] = found
        elif kind in OF_ONE_YEAR:
            base = cube[own["whole"].to_numpy(), :, first]
            values[at] = found / np.where(base >= LEAST_BASE, base, np.nan)
        else:
            base, end = np.where(found >= LEAST_BASE, found, np.nan), cube[row, :, last]
            values[at] = {
                "ratio": end / base,
                "increase": 100 * (end / base - 1),
                "percent_of": 100 * end / base,
            }[str(kind)]
    return values


def _match(values: np.ndarray, printed: Printed) -> np.ndarray:
    """Return how each value meets the printed one, as its place in `MATCHES`; else their number."""
    value, half = printed.value, printed.unit / 2
    ways = [
        np.abs(values - value) <= 1e-9 * value,
        (values >= value - half) & (values < value + half),
        (values >= value + half) & (values < value + printed.unit),
    ]
    return np.select(ways, range(len(MATCHES)), len(MATCHES))


def _sort(hits: pd.DataFrame) -> pd.DataFrame:
    """Put the nearest span first, then the plainest, then the closest."""
    order = hits.assign(last_year=-hits["last_year"])
    for name, known in {"match": MATCHES, "kind": KINDS, "measure": MEASURES}.items():
        order[name] = hits[name].map(list(known).index)
    by = ["distance", "tier", "match", "kind", "measure", "last_year", "first_year", "place"]
    return hits.loc[order.sort_values(by).index].reset_index(drop=True)
