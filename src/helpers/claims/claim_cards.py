"""What notebook 05 shows of the ledger: the texts, the codes, a card a claim, what flips."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from helpers.claims.ledger import FACTS, find_current, list_facts
from helpers.claims.recipes import NUMERIC, SumOf, YearsOnFile
from helpers.claims.verdict import CODES, list_printed
from helpers.prose.tables import TableCard, build_table
from helpers.prose.words import say_date

if TYPE_CHECKING:
    from helpers.claims.ledger import Ledger
    from helpers.claims.verdict import Verdict
    from helpers.study import ReleaseInfo


def list_sources(ledger: Ledger, releases: tuple[ReleaseInfo, ...]) -> pd.DataFrame:
    """List the texts.

    Returns
    -------
    DataFrame
        source, text (title and publisher), date, evidence, judged_on (release, and how the text
        lies to it), claims (how many).
    """
    counts = ledger.claims["source"].value_counts()
    rows = []
    for each in ledger.file.sources:
        current = find_current(each, releases)
        is_older = each.date < current.published
        older = f", cut at {each.sees}: the text is older" if is_older else ""
        judged = f"{current.name} ({say_date(current.published)}{older})"
        text = f"{each.title}, {each.publisher}"
        rows.append((each.id, text, each.date_shown, each.date_evidence, judged, counts[each.id]))
    columns = ["source", "text", "date", "evidence", "judged_on", "claims"]
    return pd.DataFrame(rows, columns=columns)


def list_judged(ledger: Ledger, releases: Iterable[ReleaseInfo]) -> list[ReleaseInfo]:
    """Return the releases that the claims are judged on, oldest first."""
    names = set(ledger.claims["release"])
    return [info for info in releases if info.name in names]


def count_codes(ledger: Ledger) -> pd.DataFrame:
    """Count claims by the figure's codes and the wording's.

    Returns
    -------
    DataFrame
        figure, and one column a wording that occurs; a claim of several codes counts under all
        of them together. Zero is a count here: no such claim.
    """
    table = pd.crosstab(ledger.claims["figure"], ledger.claims["wording"])
    known = list(CODES["figure"])
    order = sorted(table.index, key=lambda codes: [known.index(code) for code in codes.split("; ")])
    columns = sorted(table, key=lambda name: (name == "untestable", name != "fits", name))
    table = table.loc[order, columns]
    return table.assign(all=table.sum(axis=1)).reset_index().rename_axis(columns=None)


def build_card(ledger: Ledger, claim_id: str, release: str | None = None) -> TableCard:
    """Build a claim's table: what is claimed, what was found, how, and the fair restatement.

    Parameters
    ----------
    ledger : Ledger
    claim_id : str
    release : str, optional
        The run's release; its verdict is shown too where it is another.
    """
    row = ledger.claims[ledger.claims["claim_id"] == claim_id].to_dict("records")[0]
    texts = list_facts(row, point_number)
    note = texts.pop("note", "")
    facts = {FACTS[name]: text for name, text in texts.items() if name != "parts"}
    facts |= {f"On release {release}": _say_other(ledger, claim_id, release), "Note": note}
    shown = [(head, text) for head, text in facts.items() if text]
    return build_table(
        pd.DataFrame(shown, columns=["point", "finding"]),
        f"{claim_id}. {row['paraphrase']}",
        names={"point": "Point", "finding": "Finding"},
    )


def point_number(value: str) -> str:
    """Set separators into a bare number.

    >>> point_number("15362"), point_number("169.0571"), point_number("2021")
    ('15,362', '169.0571', '2021')
    """
    whole = value.removeprefix("-").isdigit() and len(value) > 4
    return f"{int(value):,}" if whole else value


def _say_other(ledger: Ledger, claim_id: str, release: str | None) -> str:
    """Say a claim's verdict on one release, where it differs from the one judged on."""
    rows = ledger.list_releases(claim_id)
    judged = next(row for row in rows if row["is_current"])
    here = next((row for row in rows if row["release"] == release), judged)
    if all(here[key] == judged[key] for key in ("figure", "wording", "recomputed")):
        return ""
    value = f"{point_number(here['recomputed'])}: " if here["recomputed"] else ""
    return f"{value}{here['figure']}, {here['wording']}"


def list_ratios(ledger: Ledger) -> pd.DataFrame:
    """List claimed numbers over recomputed ones.

    Returns
    -------
    DataFrame
        claim_id, claimed, recomputed, ratio, figure: one row a claim whose first statement is a
        value, a sum or a change; claims without a number on file are left out.
    """
    rows = [
        (claim_id, float(main.test.claimed.value), float(main.value), main.figure)
        for claim_id, verdict in ledger.verdicts.items()
        if (main := verdict.main) and main.value and isinstance(main.test.recipe, NUMERIC)
    ]
    frame = pd.DataFrame(rows, columns=["claim_id", "claimed", "recomputed", "figure"])
    frame.insert(3, "ratio", frame["claimed"] / frame["recomputed"])
    return frame


def list_terms(ledger: Ledger, claim_id: str) -> pd.DataFrame:
    """List what a derived total is made of, year by year.

    Returns
    -------
    DataFrame
        year, on_file, printed (missing where the text prints none), used, difference; the last
        row holds the totals. Empty where the claim is no derived sum.
    """
    finding = ledger.verdicts[claim_id].main
    if finding is None or finding.derived is None or not isinstance(finding.test.recipe, SumOf):
        return pd.DataFrame()
    figures, recipe = ledger.verdicts[claim_id].figures, finding.test.recipe
    printed = {each.year: each.value for each in finding.derived.inputs}
    years = recipe.list_years()
    frame = pd.DataFrame(
        {
            "year": [str(year) for year in years],
            "on_file": [figures.total(recipe.measure, year) for year in years],
            "printed": [printed.get(year) for year in years],
        }
    )
    frame["used"] = frame["printed"].fillna(frame["on_file"])
    frame["difference"] = frame["used"] - frame["on_file"]
    sums = frame[["on_file", "used", "difference"]].sum()
    total = pd.DataFrame([{"year": "Total", **sums, "printed": None}])
    counts = dict.fromkeys(frame.columns[1:], "Int64")
    return pd.concat([frame.astype(counts), total.astype(counts)], ignore_index=True)


def list_flips(ledger: Ledger) -> pd.DataFrame:
    """List the claims whose verdict is not the same on all releases that can test them.

    Returns
    -------
    DataFrame
        claim_id, and a column a release with both codes.
    """
    frame = ledger.by_release
    said = frame["figure"] + ", " + frame["wording"]
    said = said.where(frame["figure"] != "untestable", "")
    wide = frame.assign(said=said).pivot(index="claim_id", columns="release", values="said")
    wide = wide.loc[ledger.claims["claim_id"], frame["release"].unique()]
    many = wide.apply(lambda row: len(set(row) - {""}) > 1, axis=1)
    return wide[many].reset_index().rename_axis(columns=None)


def find_graph(ledger: Ledger) -> Verdict | None:
    """Find the claim that is a graph by year, if the file has one."""
    for verdict in ledger.verdicts.values():
        if verdict.main and isinstance(verdict.main.test.recipe, YearsOnFile):
            return verdict
    return None


def build_graph(ledger: Ledger, verdict: Verdict, years: range) -> pd.DataFrame:
    """Collect the points of a published graph, and the same years counted as claims lodged.

    Parameters
    ----------
    ledger : Ledger
    verdict : Verdict
        Of the graph (`find_graph`).
    years : range
        The study's years; the graph's own years outside them are left out.

    Returns
    -------
    DataFrame
        year, pending, printed (what the text prints for the year), applied_persons, applied_cases,
        lower, upper (claims lodged in persons: strict with each case one, and inclusive with the
        greatest factor).
    """
    figures, recipe = verdict.figures, verdict.findings[0].test.recipe
    printed = {
        each.year: each.value
        for each in list_printed(ledger.file)[verdict.claim.source]
        if each.measure == "pending"
    }
    own = [year for year in recipe.list_years() if year in years]
    bounds = [figures.bounds["applied"].get(year, (None, None)) for year in own]
    columns = {
        "pending": [figures.total("pending", year) for year in own],
        "printed": [printed.get(year) for year in own],
        "applied_persons": [figures.total("applied_persons", year) for year in own],
        "applied_cases": [figures.total("applied_cases", year) for year in own],
        "lower": [lower for lower, _ in bounds],
        "upper": [upper for _, upper in bounds],
    }
    frame = pd.DataFrame({"year": own} | columns)
    return frame.astype(dict.fromkeys(columns, "Int64"))
