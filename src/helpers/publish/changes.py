"""What the new year changes, told on one page: figures, breaks, revisions, verdicts, sentences."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.prose.numbers import NumberBook
from helpers.prose.tables import build_table
from helpers.prose.words import join_years, say_words
from helpers.publish.changes_parts import MEASURES, MOST_ROWS, Changes, Section, count
from helpers.publish.changes_past import write_claims, write_revisions, write_sentences


def write_sections(changes: Changes) -> list[Section]:
    """Write the page's sections."""
    book = NumberBook("update")
    book.define(
        before=changes.before.name, after=changes.after.name, origin_name=changes.origin_name,
        years=join_years(changes.years),
    )  # fmt: skip
    return [
        Section("In short", (_write_summary(changes, book),)),
        _write_figures(changes, book),
        _write_breaks(changes, book),
        write_revisions(changes, book),
        write_claims(changes, book),
        write_sentences(changes, book),
    ]


def _write_summary(changes: Changes, book: NumberBook) -> str:
    past = changes.revisions[changes.revisions["year_state"] == "past"]
    found = changes.breaks[changes.breaks["year"].isin(changes.years)]
    n_flips = 0 if changes.flips is None else len(changes.flips)
    book.define(
        n_years=len(changes.years), n_past=len(past), n_breaks=len(found),
        n_said=len(changes.sentences), n_claims=changes.n_claims,
        n_flips=n_flips, flips=say_words(n_flips) if n_flips else "none",
    )  # fmt: skip
    years = "{years}" if changes.years else "no year"
    claims = (
        "the run has no claims ledger"
        if changes.flips is None
        else "{flips} of {n_claims} claims are judged otherwise"
    )
    return str(book.render(
        "Release `{after}` against `{before}`, for claims by people from {origin_name}: it tells "
        f"{years} for the first time or in full, with {{n_breaks:words}} breaks found there. It "
        "changes {n_past:words} cells of the years before. The notebooks say {n_said:words} "
        "sentences otherwise, "
        f"and {claims}."
    ))  # fmt: skip


def _write_figures(changes: Changes, book: NumberBook) -> Section:
    """Tell the new years' figures, each with its range and whether it compares."""
    title = "The new year's figures"
    if changes.figures.empty:
        said = "No year is new: `{after}` covers the years of `{before}`."
        return Section(title, (str(book.render(said)),))
    shown = changes.figures.assign(
        measure=changes.figures["measure"].map(MEASURES),
        unit=changes.figures["unit"].fillna(""),
        broken_by=[_say_breaks(codes, changes.names) for codes in changes.figures["broken_by"]],
        compares=changes.figures["is_comparable"].map(
            {True: "yes", False: "no", "True": "yes", "False": "no"}
        ),
    )
    is_rate = shown["kind"] == "rate"
    half = _name_half(changes)
    first = build_table(
        shown.loc[~is_rate, ["year", "measure", "unit", "value", "lower", "upper", "told_before",
                             "year_before", "compares", "broken_by"]],
        caption=f"Claims by people from {changes.origin_name}, release {changes.after.name}",
        note=half + "A dash is a figure that is not on file, never a zero.",
        formats=dict.fromkeys(("value", "lower", "upper", "told_before", "year_before"), count),
        names={"value": "Figure", "lower": "At least", "upper": "At most",
               "told_before": f"In {changes.before.name}", "year_before": "Year before",
               "compares": "Compares with it", "broken_by": "What breaks it"},
        row_headers=3,
    )  # fmt: skip
    rates = build_table(
        shown.loc[is_rate, ["year", "measure", "unit", "value", "told_before", "year_before"]],
        caption="Rates of decisions, out of recognised, otherwise protected and rejected",
        formats=dict.fromkeys(("value", "told_before", "year_before"), "{:.1%}"),
        names={"value": "Rate", "told_before": f"In {changes.before.name}",
               "year_before": "Year before"},
        row_headers=3,
    )  # fmt: skip
    return Section(title, tuple(card for card in (first, rates) if card.rows))


def _say_breaks(codes: object, names: Mapping[str, str]) -> str:
    """Turn "USA unit_change; AUS mid_year" into words."""
    pairs = (each.partition(" ") for each in codes.split("; ")) if isinstance(codes, str) else ()
    return "; ".join(
        f"{names.get(place, place)}: {kind.replace('_', ' ')}" for place, _, kind in pairs
    )


def _name_half(changes: Changes) -> str:
    """Say which of the two releases holds half a year."""
    said = ""
    if changes.after.period == "mid":
        said += f"{changes.after.newest_year} is of mid-year: its flows are those of six months. "
    if changes.before.period == "mid" and changes.before.newest_year in changes.years:
        said += f"In {changes.before.name}, {changes.before.newest_year} was of mid-year. "
    return said


def _write_breaks(changes: Changes, book: NumberBook) -> Section:
    """Tell the breaks in the new years, those of the largest effect first."""
    title = "Breaks: what keeps the new year from being compared"
    found = changes.breaks[changes.breaks["year"].isin(changes.years)]
    if found.empty:
        said = "The rules find no break in the new years." if changes.years else "No year is new."
        return Section(title, (said,))
    order = found["effect_on_origin"].abs().sort_values(ascending=False, kind="stable").index
    shown = found.loc[order].head(MOST_ROWS)
    shown = shown.assign(
        place=shown["asylum"].map(lambda code: changes.names.get(code, code)),
        kind=shown["kind"].str.replace("_", " "),
        explained=shown["is_explained"].map(lambda value: "yes" if value else "no"),
    )
    columns = ["place", "year", "kind", "touches", "severity", "effect_on_origin", "explained",
               "detail"]  # fmt: skip
    book.define(n_open=int((~found["is_explained"].astype(bool)).sum()), n_shown=len(shown))
    said = book.render(
        "Found by rule: {n_breaks}; not yet understood in `data/hand/breaks.yml`: {n_open}. "
        "Shown are {n_shown}; all are in the run's `tables/breaks.csv`."
    )
    card = build_table(
        shown[[column for column in columns if column in shown]],
        caption="Breaks in the new years, by their effect on the origin's total",
        formats={"effect_on_origin": "{:+,.0f}"},
        names={"place": "Destination", "effect_on_origin": "Effect, claims",
               "explained": "Understood"},
        row_headers=2,
    )  # fmt: skip
    return Section(title, (str(said), card))
