"""Where does this number come from? Find a printed number in an origin's series.

Every figure, sum, mean, change and share of a series is a candidate, for all destinations together,
without the largest one, and for each; the plainer ones come first. How many candidates would meet
the number by chance is told with every hit. The rule is written out in docs/claims.md, "Find a
number"; its words and limits are in terms.yml, from which the explorer's script has them too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from math import log
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.analysis.measures import STOCKS, collect_cells
from helpers.claims.claim_figures import LEAST_BASE
from helpers.claims.precision import NUMBER, TERMS, WORDS_OF, Claimed, parse_claimed, say_number
from helpers.claims.recipes import MEASURES
from helpers.data.columns import FIRST_ASYLUM_YEAR
from helpers.data.releases import History
from helpers.study import InputError, list_releases

WHOLE, EXCL_LARGEST, WORLD, ONE_PLACE = "", "EXCL_LARGEST", "WORLD", "ISO3"
MOST_SIGNS = 40  # of a number as printed
PLACES = (WHOLE, EXCL_LARGEST, ONE_PLACE)  # in the order of the rule's tiers
RULE: dict[str, Any] = TERMS["find"]
KINDS, MATCHES = tuple(RULE["kinds"]), tuple(RULE["matches"])


class Search(NamedTuple):
    """What a search found: its hits, the best first, and how many candidates were tried.

    `hits` has measure, place (empty for all destinations together, EXCL_LARGEST, or ISO3), kind,
    first_year, last_year, value, match, distance (years off, both ends), tier, expected (how many
    candidates as plain would meet the number by chance), verdict and releases (that give it).
    """

    printed: Claimed
    years: tuple[int, int] | None
    hits: pd.DataFrame
    tried: int


def describe_rule() -> dict[str, Any]:
    """Return the rule as plain values, for the explorer's script."""
    return {"measures": {name: WORDS_OF[name] for name in MEASURES}, "stocks": STOCKS, **RULE}


def read_printed(text: str) -> Claimed:
    """Read one number as a newspaper prints it; InputError for none, more than one, or zero.

    >>> [(each.value, each.unit) for each in map(read_printed, ("1.2 million", "260%"))]
    [(1200000.0, 100000.0), (260.0, 1)]
    """
    if len(text) > MOST_SIGNS:
        raise InputError(f"{text[:MOST_SIGNS]!r}… is too long for a number")
    found, claimed = NUMBER.search(text), parse_claimed(text)
    rest = text[: found.start()] + text[found.end() :] if found else text
    is_below = found and text[: found.start()].endswith(("-", "−"))
    if not found or is_below or claimed is None or re.search(r"\d", rest) or not claimed.value:
        raise InputError(
            f"{text!r} is not one number above 0: write 613,000, 1.2 million, 26% or 5.1 times"
        )
    unit = claimed.unit if claimed.form == "count" else min(claimed.unit, 1)
    return replace(claimed, text=text.strip(), unit=unit)


def read_years(text: str | None) -> tuple[int, int] | None:
    """Read one year, "since" one, or a span such as 2012-2022; InputError for anything else."""
    if text is None:
        return None
    span = re.sub(r"(?i)^\s*since\s+(\d+)\s*$", rf"\1-{list_releases()[-1].newest_year}", text)
    found = re.fullmatch(r"\s*(\d{4})(?:\s*(?:-|–|to)\s*(\d{4}))?\s*", span)
    years = (int(found[1]), int(found[2] or found[1])) if found else (0, -1)
    if not FIRST_ASYLUM_YEAR <= years[0] <= years[1]:
        raise InputError(
            f"years {text!r} must be one year, since 2012, or a span such as 2012-2022, from "
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
    cells = collect_cells(history.pending, history.applications)
    cells = cells[cells["year"] >= FIRST_ASYLUM_YEAR].rename(columns={"asylum": "place"})
    places = cells.groupby(["release", "measure", "year"], sort=False)["value"]
    world = history.world.melt(["release", "year"], ["pending", "refugees"], "measure").dropna()
    parts = [
        places.sum().reset_index().assign(place=WHOLE),
        (places.sum() - places.max()).reset_index().assign(place=EXCL_LARGEST),
        cells,
        world.assign(place=WORLD),
    ]
    columns = ["release", "measure", "place", "year", "value"]
    return pd.concat(parts, ignore_index=True)[columns].astype({"value": "int64"})


def search(printed: Claimed, series: pd.DataFrame, years: tuple[int, int] | None = None) -> Search:
    """Search series (`build_series`, the oldest release first) for a printed number.

    With years given, a year more or less at either end is looked at too.
    """
    known = range(series["year"].min(), series["year"].max() + 1)
    releases = series["release"].unique()
    wide = series.pivot(index=["measure", "place"], columns=["release", "year"], values="value")
    wide = wide.reindex(columns=pd.MultiIndex.from_product([releases, known]))
    rows = wide.index.to_frame(index=False)
    cube = wide.where(wide > 0).to_numpy(float).reshape(len(rows), len(releases), len(known))
    parts = [_try_kind(kind, rows, cube, known, years) for kind in RULE["forms"][printed.form]]
    tried = pd.concat([part for part, _ in parts], ignore_index=True)
    values = np.concatenate([part for _, part in parts])
    if tried.empty:
        raise InputError(f"no release has figures of {'-'.join(map(str, years or ()))}")
    if printed.form == "percent":
        values = np.abs(np.where(tried["kind"].str.startswith("share"), 100, 1)[:, None] * values)
    is_known = ~np.isnan(values).all(axis=1)
    tried, values = tried[is_known].reset_index(drop=True), values[is_known]

    value, half = float(printed.value), printed.unit / 2
    least, middle, greatest = value - half, value + half, value + printed.unit
    is_exact = np.abs(values - value) <= 1e-9 * value
    is_rounded = (least <= values) & (values < middle)
    is_cut_off = (middle <= values) & (values < greatest)
    ways = [is_exact, is_rounded, is_cut_off]  # as in MATCHES
    matches = np.select(ways, range(len(ways)), len(ways))
    best = matches.min(axis=1)
    is_hit = best < len(MATCHES)
    hits, matches, best = tried[is_hit].copy(), matches[is_hit], best[is_hit]
    # The value shown is that of the newest release that meets the number best.
    newest_best = len(releases) - 1 - (matches == best[:, None])[:, ::-1].argmax(axis=1)
    hits["value"] = values[is_hit][np.arange(len(hits)), newest_best]
    hits["match"] = np.array(MATCHES)[best]
    hits["releases"] = [tuple(releases[row]) for row in matches < len(MATCHES)]

    newest = pd.DataFrame(values).ffill(axis=1).iloc[:, -1]
    low, high = value / RULE["window"], value * RULE["window"]
    near = tried[newest.between(low, high, inclusive="neither")]
    width = log(min(greatest, high) / max(least, low)) / log(high / low)
    hits["expected"] = [
        width * ((near["tier"] <= tier) & (near["distance"] <= distance)).sum()
        for tier, distance in zip(hits["tier"], hits["distance"], strict=True)
    ]
    limits = ["likely", "possible"]
    is_under = [hits["expected"] < RULE[limit] for limit in limits]
    hits["verdict"] = np.select(is_under, limits, "coincidence")
    for name, listed in {"match": MATCHES, "kind": KINDS, "measure": MEASURES}.items():
        hits[name] = pd.Categorical(hits[name], listed, ordered=True)
    by = ["distance", "tier", "match", "kind", "measure", "last_year", "first_year", "place"]
    hits = hits.sort_values(by, ascending=[each != "last_year" for each in by], ignore_index=True)
    return Search(printed, years, hits, len(tried))


def _try_kind(
    kind: str, rows: pd.DataFrame, cube: np.ndarray, known: range, years: tuple[int, int] | None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Compute one kind of candidate on every release; missing where a figure of it is missing."""
    is_one, is_share = kind in RULE["one_year"], kind.startswith("share")
    pairs = zip(known, known, strict=True) if is_one else combinations(known, 2)
    spans = pd.DataFrame(pairs, columns=["first_year", "last_year"])
    off = (spans - (np.array(years) if years else spans)).abs()
    spans["distance"] = off.min(axis=1) if is_one else off.sum(axis=1)
    spans = spans[(off.min(axis=1) if is_one else off.max(axis=1)) <= 1]
    start, end = (spans[name].to_numpy() - known[0] for name in ("first_year", "last_year"))

    places = rows["place"].where(rows["place"].isin([*PLACES, WORLD]), ONE_PLACE)
    tiers = places.map(dict(zip(PLACES, RULE["tiers"][kind], strict=True)))
    against = rows.assign(place=WORLD if kind == "share_of_world" else WHOLE)
    whole = pd.MultiIndex.from_frame(rows).get_indexer(pd.MultiIndex.from_frame(against))
    is_kept = ((tiers > 0) & (whole >= 0)).to_numpy()
    own = cube[is_kept]
    values, last = own[:, :, start], own[:, :, end]
    if kind in ("sum", "mean"):
        for at, (first, until) in enumerate(zip(start, end, strict=True)):
            values[:, :, at] = own[:, :, first : until + 1].sum(axis=2)
        values = values / (end - start + 1) if kind == "mean" else values
    elif kind != "single":
        base = cube[whole[is_kept]][:, :, start] if is_share else values
        ratio = last / np.where(base >= LEAST_BASE, base, np.nan)
        values = {"increase": 100 * (ratio - 1), "percent_of": 100 * ratio}.get(kind, ratio)
    tried = rows[is_kept].assign(kind=kind, tier=tiers[is_kept].astype(int))
    tried = tried.merge(spans, how="cross")
    return tried, values.transpose(0, 2, 1).reshape(len(tried), cube.shape[1])


def write_search(found: Search, origin: str, names: Mapping[str, str]) -> str:
    """Write what a search found for a reader; `names` has each destination's, by ISO3."""
    printed, hits = found.printed, found.hits
    span = ", " + " to ".join(map(str, dict.fromkeys(found.years))) if found.years else ""
    count = {0: "none of them give", 1: "1 gives"}.get(len(hits), f"{len(hits):,} of them give")
    lines = [
        f"{printed.text}, origin {origin}{span}: {found.tried:,} candidates tried, {count} it."
    ]
    plain = hits[hits["tier"] < 3] if (hits["tier"] < 3).any() else hits
    is_chance = plain["verdict"] == "coincidence"
    most, most_chances = RULE["most"]
    shown = plain[~is_chance | (is_chance.cumsum() <= most_chances)].head(most)
    for at, hit in enumerate(shown.to_dict("records"), start=1):
        lines += ["", *_write_hit(at, hit, found, names)]
    if more := len(hits) - len(shown):
        lines += ["", f"Not shown, since farther off or less plain: {more:,}."]
    if hits.empty:
        lines += ["It may follow from other figures, or count what is not tried here."]
    elif is_chance.iloc[0]:
        lines += ["", "A number this round is easily met by chance: give its years or more digits."]
    return "\n".join(lines)


def _write_hit(at: int, hit: dict[Any, Any], found: Search, names: Mapping[str, str]) -> list[str]:
    kind, place, is_stock = hit["kind"], hit["place"], hit["measure"] in STOCKS
    what, first, last = WORDS_OF[hit["measure"]], hit["first_year"], hit["last_year"]
    added, mistaken = RULE["added"][is_stock], RULE["mistaken"]
    said = RULE["kinds"][kind].format(what=what, first=first, last=last, added=added)
    unit = {"percent": "%", "times": " times"}.get(found.printed.form, "")
    places = {WHOLE: "all destinations together", EXCL_LARGEST: "without each year's largest"}
    off = f"; the years differ by {hit['distance']}" if hit["distance"] else ""
    if f"{last}-mid" in hit["releases"]:
        off += f"; {last} is of {'mid-year' if is_stock else 'six months'} in {last}-mid"
    sort = "added" if kind in ("sum", "mean") and is_stock else kind
    facts = {
        "Where": places.get(place, f"{names.get(place, place)} alone") + off,
        "Releases": ", ".join(hit["releases"]),
        "Not": mistaken.get(sort, mistaken[hit["measure"]]),
        "Chance": TERMS["chance"][hit["verdict"]].format(odds=1 / hit["expected"], **hit),
    }
    head = f"{at}. {said}: {say_number(hit['value'])}{unit}, {RULE['matches'][hit['match']]}"
    return [head, *(f"   {name:<10}{text}" for name, text in facts.items())]
