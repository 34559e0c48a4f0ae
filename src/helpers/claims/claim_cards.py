"""What notebook 05 shows of the ledger: the texts, the codes, a card a claim, what flips."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from helpers.claims.claim_inputs import list_printed
from helpers.claims.claim_search import NUMERIC
from helpers.claims.evaluation import find_current, is_older
from helpers.claims.recipes import SumOf, YearsOnFile
from helpers.prose.tables import TableCard, build_table
from helpers.prose.words import say_date

if TYPE_CHECKING:
    from helpers.claims.claim_judge import Verdict
    from helpers.claims.evaluation import Ledger
    from helpers.study import ReleaseInfo

FIGURES = ("exact", "rounds", "derived", "off", "untestable")


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
        older = f", cut at {each.sees}: the text is older" if is_older(each, releases) else ""
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
    frame = ledger.claims
    table = pd.crosstab(frame["figure"], frame["wording"])
    order = sorted(table.index, key=lambda codes: [FIGURES.index(c) for c in codes.split("; ")])
    first = [name for name in ("fits",) if name in table]
    last = [name for name in ("untestable",) if name in table]
    middle = sorted(set(table.columns) - {*first, *last})
    table = table.loc[order, [*first, *middle, *last]]
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
    row = ledger.claims.set_index("claim_id").loc[claim_id]
    found = f"{point_number(str(row['recomputed']))} ({row['series']}, release {row['release']})"
    facts = [
        ("Claimed", row["claimed"]),
        ("Read as", row["reading"]),
        ("Recomputed", found if row["recomputed"] else ""),
        ("Figure", row["figure"]),
        ("Wording", row["wording"]),
        ("Derivation", row["derivation"]),
        ("Breaks it crosses", row["crosses"]),
        ("Coincidences", row["coincidences"]),
        ("Fair restatement", row["restatement"]),
        ("Over the releases", row["stability"]),
        (f"On release {release}", _say_other(ledger, claim_id, release)),
        ("Note", row["note"]),
    ]
    frame = pd.DataFrame([fact for fact in facts if fact[1]], columns=["point", "finding"])
    names = {"point": "Point", "finding": "Finding"}
    return build_table(frame, f"{claim_id}. {row['paraphrase']}", names=names)


def point_number(value: str) -> str:
    """Set separators into a bare number.

    >>> point_number("15362"), point_number("169.0571"), point_number("2021")
    ('15,362', '169.0571', '2021')
    """
    whole = value.removeprefix("-").isdigit() and len(value) > 4
    return f"{int(value):,}" if whole else value


def _say_other(ledger: Ledger, claim_id: str, release: str | None) -> str:
    """Say a claim's verdict on one release, where it differs from the one judged on."""
    own = ledger.by_release[ledger.by_release["claim_id"] == claim_id]
    here = own[own["release"] == release].to_dict("records")
    judged = own[own["is_current"]].to_dict("records")[0]
    if not here or all(here[0][key] == judged[key] for key in ("figure", "wording", "recomputed")):
        return ""
    value = f"{point_number(here[0]['recomputed'])}: " if here[0]["recomputed"] else ""
    return f"{value}{here[0]['figure']}, {here[0]['wording']}"


def list_ratios(ledger: Ledger) -> pd.DataFrame:
    """List claimed numbers over recomputed ones.

    Returns
    -------
    DataFrame
        claim_id, claimed, recomputed, ratio, figure: one row a claim whose first statement is a
        value, a sum or a change; claims without a number on file are left out.
    """
    rows = []
    for claim_id, verdict in ledger.verdicts.items():
        main = verdict.main
        if main is None or not main.value or not isinstance(main.test.recipe, NUMERIC):
            continue
        claimed, value = float(main.test.claimed.value), float(main.value)
        rows.append((claim_id, claimed, value, claimed / value, main.figure))
    return pd.DataFrame(rows, columns=["claim_id", "claimed", "recomputed", "ratio", "figure"])


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
    inputs = {each.year: each.value for each in finding.derived.inputs}
    own = {each: figures.total(recipe.measure, each) or 0 for each in recipe.list_years()}
    rows = [(str(y), v, inputs.get(y), inputs.get(y, v), inputs.get(y, v) - v)
            for y, v in own.items()]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["year", "on_file", "printed", "used", "difference"])
    total = frame[["on_file", "used", "difference"]].sum()
    frame.loc[len(frame)] = ["Total", total["on_file"], None, total["used"], total["difference"]]
    counts = ["on_file", "printed", "used", "difference"]
    return frame.astype(dict.fromkeys(counts, "Int64"))


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
    wide = wide[list(dict.fromkeys(frame["release"]))]
    many = wide.apply(lambda row: len(set(row) - {""}) > 1, axis=1)
    order = [claim_id for claim_id in ledger.claims["claim_id"] if many[claim_id]]
    return wide.loc[order].reset_index().rename_axis(columns=None)


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
    rows = [
        (
            year, figures.total("pending", year), printed.get(year),
            figures.total("applied_persons", year), figures.total("applied_cases", year),
            *figures.bounds.applied.get(year, (None, None)),
        )
        for year in recipe.list_years() if year in years
    ]  # fmt: skip
    columns = ["year", "pending", "printed", "applied_persons", "applied_cases", "lower", "upper"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype(dict.fromkeys(columns[1:], "Int64"))
