"""What a release changes in what was said before: cells, verdicts of claims, sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from helpers.analysis.new_year import list_largest_changes
from helpers.analysis.revisions import count_revisions
from helpers.prose.numbers import NumberBook
from helpers.prose.sentences import Moved
from helpers.prose.tables import TableCard, build_table
from helpers.prose.words import join_names
from helpers.publish.changes_parts import MEASURES, MOST_ROWS, Changes, Section, count

TABLES = {
    "population": "stocks",
    "asylum_applications": "claims lodged",
    "asylum_decisions": "decisions",
}
STATES = {
    "past": "past years, corrected",
    "completed": "half a year, completed",
    "provisional": "half a year, told anew",
    "new": "new years",
}
_MARKS = re.compile(r"[*`]+")


def write_revisions(changes: Changes, book: NumberBook) -> Section:
    """Tell what the release changed in the cells and the yearly totals on file."""
    title = "Revised cells"
    counts = count_revisions(changes.revisions)
    counts = counts[counts["year_state"] != "new"].drop(
        columns=["release_from", "release_to", "period_to"], errors="ignore"
    )
    if counts.empty:
        said = "No cell of the years that `{before}` covers is another one in `{after}`."
        return Section(title, (str(book.render(said)),))
    counts = counts.assign(
        table=counts["table"].map(TABLES), year_state=counts["year_state"].map(STATES)
    )
    parts = [build_table(
        counts, caption="Cells that changed, by table", row_headers=2,
        names={"year_state": "Years"},
    )]  # fmt: skip
    largest = list_largest_changes(changes.revisions, MOST_ROWS)
    if len(largest):
        parts.append(_show_largest(largest, changes))
    if len(changes.moved):
        parts.append(_show_moved(changes.moved))
    return Section(title, tuple(parts))


def _show_largest(largest: pd.DataFrame, changes: Changes) -> TableCard:
    shown = largest.assign(
        place=largest["asylum"].map(lambda code: changes.names.get(code, code)),
        measure=largest["measure"].str.replace("_", " "),
    )
    return build_table(
        shown[["place", "year", "measure", "before", "after", "change_by"]],
        caption="Past figures that changed by most",
        formats={"change_by": "{:+,.0f}"}, row_headers=2,
        names={"place": "Destination", "before": f"In {changes.before.name}",
               "after": f"In {changes.after.name}", "change_by": "Change"},
    )  # fmt: skip


def _show_moved(moved: pd.DataFrame) -> TableCard:
    counted = moved[moved["kind"] != "rate"].head(MOST_ROWS)
    shown = counted.assign(measure=counted["measure"].map(MEASURES))
    return build_table(
        shown[["year", "measure", "unit", "before", "after"]],
        caption="Yearly totals of past years that moved", row_headers=2,
        formats=dict.fromkeys(("before", "after"), count),
    )  # fmt: skip


def write_claims(changes: Changes, book: NumberBook) -> Section:
    """Tell which claims' verdict flips between the two releases."""
    title = "Claims whose verdict flips"
    if changes.flips is None:
        return Section(title, ("This run has no claims ledger (`tables/claims_by_release.csv`).",))
    if changes.flips.empty:
        said = "None of {n_claims} claims is judged otherwise than on `{before}`."
        return Section(title, (str(book.render(said)),))
    told = "{n_flips:Words} of {n_claims} claims are judged otherwise than on `{before}`."
    card = build_table(
        changes.flips, caption="Codes of figure and wording, before and after",
        names={"claim_id": "Claim"},
    )  # fmt: skip
    return Section(title, (str(book.render(told)), card))


def write_sentences(changes: Changes, book: NumberBook) -> Section:
    """Tell the headlines as they were and are, then how many sentences moved, then which."""
    title = "Sentences that moved"
    if not changes.sentences:
        return Section(title, ("Every sentence of the notebooks stands as it was.",))
    kinds = pd.Series([said.kind for said in changes.sentences]).value_counts()
    book.define(**{f"n_{kind}": int(kinds.get(kind, 0)) for kind in
                   ("numbers", "words", "added", "gone")})  # fmt: skip
    said = book.render(
        "Only numbers moved in {n_numbers:,} sentences; the words changed with them in "
        "{n_words:,}, which deserve a second reading. New: {n_added:,}; fallen away: {n_gone:,}."
    )
    parts: list[str | TableCard] = [str(said)]
    if changes.headlines:
        parts.append(_show_sentences(changes.headlines, changes, "The run's headlines"))
    shown = {each.after for each in changes.headlines}
    others = [each for each in changes.sentences if each.after not in shown or not each.after]
    reworded = [each for each in others if each.kind != "numbers"]
    numbers = [each for each in others if each.kind == "numbers"]
    if reworded:
        parts.append(_show_sentences(reworded, changes, "Sentences whose words changed"))
    if numbers:
        parts.append(_show_sentences(numbers, changes, "Sentences whose numbers moved"))
    return Section(title, tuple(parts))


def _show_sentences(moved: Sequence[Moved], changes: Changes, caption: str) -> TableCard:
    rows = [(each.notebook, *(_MARKS.sub("", said) for said in (each.before, each.after)))
            for each in moved]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["notebook", "before", "after"])
    names = {"before": f"On {changes.before.name}", "after": f"On {changes.after.name}"}
    if not frame["notebook"].any():
        return build_table(frame[["before", "after"]], caption=caption, names=names, row_headers=0)
    where = join_names(sorted(set(frame["notebook"])))
    return build_table(frame, caption=caption, names=names, note=f"From {where}.")
