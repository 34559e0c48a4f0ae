"""What notebook 05 shows of the ledger: the texts, the codes, a card a claim, what flips."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.claims.ledger import Ledger, find_current, list_facts
from helpers.claims.precision import LIMITS
from helpers.claims.recipes import NUMERIC, parse_recipe
from helpers.claims.verdict import CODES, READINGS, list_printed
from helpers.prose.tables import TableCard
from helpers.prose.words import say_date


def list_sources(ledger: Ledger) -> pd.DataFrame:
    """List the texts: source, text, date, evidence, judged_on (release), claims (how many)."""
    counts, rows = ledger.claims["source"].value_counts(), []
    for each in ledger.file.sources:
        current = find_current(each, ledger.releases)
        older = f", cut at {each.sees}: the text is older" if each.date < current.published else ""
        judged = f"{current.name} ({say_date(current.published)}{older})"
        text = f"{each.title}, {each.publisher}"
        count = counts.get(each.id, 0)
        rows.append((each.id, text, each.date_shown, each.date_evidence, judged, count))
    columns = ["source", "text", "date", "evidence", "judged_on", "claims"]
    return pd.DataFrame(rows, columns=columns)


def count_codes(ledger: Ledger) -> pd.DataFrame:
    """Count claims by the figure's codes (rows) and the wording's (columns), and all of them.

    A claim of several codes counts under all of them together. Zero is a count: no such claim.
    """
    table = pd.crosstab(ledger.claims["figure"], ledger.claims["wording"])
    table = table.loc[_sort_codes("figure", table.index), _sort_codes("wording", table.columns)]
    return table.assign(all=table.sum(axis=1)).reset_index().rename_axis(columns=None)


def _sort_codes(kind: str, joined: Iterable[str]) -> list[str]:
    rank = {code: place for place, code in enumerate(CODES[kind])}
    return sorted(joined, key=lambda codes: [rank[code] for code in codes.split("; ")])


def list_readings(ledger: Ledger) -> pd.DataFrame:
    """List the claims whose words allow two readings: claim_id, paraphrase, literal, generous."""
    rows = []
    for claim_id, verdict in ledger.verdicts.items():
        cells = {name: [f for f in verdict.findings if f.test.reading == name] for name in READINGS}
        if verdict.has_readings:
            told = ["; ".join(f"{f.test.label}: {f.figure}" for f in own) for own in cells.values()]
            rows.append((claim_id, verdict.claim.paraphrase, *told))
    return pd.DataFrame(rows, columns=["claim_id", "paraphrase", *READINGS])


def build_card(ledger: Ledger, claim_id: str) -> TableCard:
    """Build a claim's table: what is claimed, what was found, how, and the fair restatement."""
    row = ledger.facts[claim_id]
    caption, facts = f"{claim_id}. {row['paraphrase']}", tuple(list_facts(row).items())
    return TableCard(caption, ("Point", "Finding"), facts, is_number=(False, False))


def list_ratios(ledger: Ledger) -> pd.DataFrame:
    """List claimed numbers over recomputed ones, of claims on a figure, a sum or a change.

    Returned are claim_id, claimed, recomputed, ratio, figure, release (judged on); limits ("over
    X") and claims without a number are left out.
    """
    rows = []
    for claim_id, verdict in ledger.verdicts.items():
        main, release = verdict.main, verdict.figures.info.name
        if main and main.value and main.test.recipe.kind in NUMERIC:
            claimed, value = main.test.claimed, float(main.value)
            ratio = float(claimed.value) / value
            if claimed.precision not in LIMITS:
                rows.append((claim_id, claimed.value, value, ratio, main.figure, release))
    columns = ["claim_id", "claimed", "recomputed", "ratio", "figure", "release"]
    return pd.DataFrame(rows, columns=columns)


def list_flips(ledger: Ledger) -> pd.DataFrame:
    """List the claims whose verdict is not the same on all releases, with both codes on each."""
    frame, claims = ledger.by_release, ledger.claims
    said = (frame["figure"] + ", " + frame["wording"]).where(frame["figure"] != "untestable", "")
    wide = frame.assign(said=said).pivot(index="claim_id", columns="release", values="said")
    flips = claims.loc[claims["stability"].str.startswith("flips"), "claim_id"]
    return wide.loc[flips, frame["release"].unique()].reset_index().rename_axis(columns=None)


def build_graph(ledger: Ledger, years: range) -> pd.DataFrame:
    """Collect the points of a published graph, and the same years counted as claims lodged.

    Returns
    -------
    DataFrame
        year (of `years`), pending, printed (by the text), applied_persons, applied_cases, lower,
        upper (claims lodged in persons: strict with each case one, and inclusive with the greatest
        factor), is_half (a flow of six months), release; empty where no claim is a graph.
    """
    firsts = ((each, each.main.test.recipe) for each in ledger.verdicts.values() if each.main)
    graphs = [(each, recipe) for each, recipe in firsts if recipe.kind == "years_counted"]
    if not graphs:
        return pd.DataFrame()
    verdict, recipe = graphs[0]
    figures, source = verdict.figures, verdict.claim.source
    own = [year for year in recipe.list_years() if year in years]
    every = [each for each in list_printed(ledger.file) if each.measure == "pending"]
    printed = {each.year: each.value for each in every if each.source == source}
    measures = ["pending", "applied_persons", "applied_cases", "lodged_least", "lodged_most"]
    columns = {
        name: [parse_recipe(f"{name} {year}").compute(figures) for year in own] for name in measures
    }
    columns["printed"] = [printed.get(year) for year in own]
    frame = pd.DataFrame({"year": own} | columns).astype(dict.fromkeys(columns, "Int64"))
    frame = frame.rename(columns={"lodged_least": "lower", "lodged_most": "upper"})
    is_half = [year == figures.info.half_year for year in own]
    return frame.assign(is_half=is_half, release=figures.info.name)
