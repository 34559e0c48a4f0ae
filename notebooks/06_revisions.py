# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6 Revisions: does a published figure stay what it was?
#
# **Question.** Each release of UNHCR's statistics restates every year. Which figures of an origin
# did a later release add, revise or withdraw, and how far off was a reader who took the newest
# year of a release at its word?
#
# **For whom.** Those who quote the newest figure on the day it comes out, and those who compare
# what two texts of different dates say about one year.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); releases and dates are listed below.

# %% [markdown]
# **Overview.** Releases are compared two at a time, each with the one before it, cell by cell. A
# change in a year that had ended is a correction. A mid-year figure that the year-end release
# replaces is no correction: the year was completed, and its stock is of another date. This
# notebook keeps the two apart, traces each year's total from its first publication on, and ends
# with how to rerun the study as of any earlier release.

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own
year_from: int = 2000  # first year, not before 2000
year_to: int = None  # last year; None: the release's last
top_n: int = 10  # how many destinations a ranking shows
run_dir: str = None  # folder for tables, figures and numbers; None: write nothing

# %%
from itertools import pairwise

import pandas as pd

from helpers.analysis import repeats, revisions
from helpers.analysis.unknown_origin import bound_pending
from helpers.data.hand import load_names
from helpers.data.releases import load_core, load_history
from helpers.plots import study_charts, style
from helpers.plots.page import Page
from helpers.prose.words import describe_scope, join_names, join_years
from helpers.study import Study, list_releases

scope = Study.resolve(
    study=study, release=release, origin=origin,
    year_from=year_from, year_to=year_to, top_n=top_n, run_dir=run_dir,
)  # fmt: skip
page = Page("06_revisions", scope)
history = load_history(scope.origin)
names = load_names(history.countries)
page.define(**describe_scope(scope, names))
page.say(
    "Claims by people from {origin_name}, {year_from} to {year_to}, in every release up to "
    "**{release}** ({release_title}), published on {published}."
)

# %% [markdown]
# ## 6.1 Validation
#
# Only releases published up to the one chosen are read: a later one is no part of what was known
# then. A release that does not hold the origin pair by pair is left out and named. The changes
# listed below must turn each release into the next, cell for cell.

# %%
infos = revisions.choose_releases(history.releases, scope.info)
held = [info.name for info in infos]
earlier = revisions.choose_releases(list_releases(), scope.info)
absent = [info.name for info in earlier if info.name not in held]
tables = {name: revisions.take_tables(history, name) for name in held}
shelf = pd.DataFrame(
    [(i.name, i.title, i.published, i.newest_year, revisions.REFERENCES[i.period]) for i in infos],
    columns=["release", "title", "published", "newest_year", "reference"],
)
shelf["rows"] = [sum(len(frame) for frame in tables[name].values()) for name in held]
page.table(
    shelf,
    caption="Releases that hold {origin_name}, oldest first",
    names={"reference": "Newest year is of", "rows": "Rows of this origin"},
)

# %%
cells = {name: revisions.list_figures(tables[name], scope.years) for name in held}
found = revisions.list_revisions(cells, infos)
page.save(found, "revisions.csv")
n_wrong = 0
for first, then in pairwise(held):
    own = found[(found["release_from"] == first) & (found["release_to"] == then)]
    rebuilt = revisions.apply_revisions(cells[first], own)
    matched = rebuilt.merge(cells[then], how="outer", indicator=True)
    n_wrong += int((matched["_merge"] != "both").sum())

# %%
page.define(
    n_held=len(held), first_held=held[0], last_held=held[-1], n_pairs=len(held) - 1,
    n_cells_wrong=n_wrong, n_changed_cells=len(found),
    absent_releases=join_names(f"`{name}`" for name in absent),
)  # fmt: skip
alone = (
    "`{first_held}` is the only release up to the one chosen that holds {origin_name}, so no "
    "earlier one can be compared."
)
left_out = " Left out, since they hold {origin_name} in totals alone: {absent_releases}."
page.say(
    (
        "{n_held:Words} releases hold {origin_name}, from `{first_held}` to `{last_held}`; each is compared with the "
        "one before it. "
        + (
            "{n_changed_cells:,} cells differ. Applied to the earlier release of each pair, the changes "
            "give the later one with {n_cells_wrong:words} cell wrong."
            if len(found)
            else "No cell of these years differs."
        )
        if len(held) > 1
        else alone
    )
    + (left_out if absent else "")
)

# %% [markdown]
# ## 6.2 What each release changed
#
# A cell is one figure of one row: a destination, a year, and for claims and decisions also the
# authority, the stage or level, and the unit. It is *added* where the earlier release has none,
# *withdrawn* where the later one has none, and *revised* where the two differ. Where a mid-year
# figure met the year-end one it is *completed*.

# %%
counted = revisions.count_revisions(found)
states = zip(counted["year_state"], counted["period_to"], strict=True)
counted.insert(2, "state", [revisions.say_state(*pair) for pair in states])
if len(counted):
    display(
        page.table(
            counted.drop(columns=["year_state", "period_to"]),
            caption="Cells of {origin_name} that differ from one release to the next",
            row_headers=4,
            names={"release_from": "From", "release_to": "To", "state": "The year is"},
        )
    )

# %%
by_state = found["year_state"].value_counts()
page.define(**{f"n_{state}_cells": int(by_state.get(state, 0)) for state in revisions.STATES})
page.say(
    "Of these changes {n_new_cells:,} are in years that the later release was the first to tell, and "
    "{n_completed_cells:,} in years that it completed. "
    + (
        "{n_past_cells:,} are in years that had ended: those are corrections."
        if by_state.get("past", 0)
        else "Not one is in a year that had ended, so nothing was corrected."
    )
    if len(found)
    else "There is no change to list."
)

# %% [markdown]
# ## 6.3 The past
#
# A year that had ended should stay as it is. Where it did not, the changes of a series are added
# up without their sign and set against the year: against the measure's own total for a stock, and
# against the year's largest series for claims and for decisions, since persons and cases, stages
# and levels are never added. A zero that came or went with a row is no change of substance and is
# left out here.

# %%
SHOWN = 15
moves = revisions.list_moves(cells, found, infos)
past = found[found["year_state"] == "past"].copy()
past["size"] = (past["after"].fillna(0) - past["before"].fillna(0)).abs()
past = past[past["size"] > 0].sort_values("size", ascending=False, kind="stable")
past["place"] = past["asylum"].map(lambda code: names[code].short)
columns = ["release_from", "release_to", "table", "year", "place", "measure", "level_code", "unit"]
if len(past):
    display(
        page.table(
            past[[*columns, "before", "after"]].head(SHOWN),
            caption="The largest changes in years that had ended, {origin_name}",
            row_headers=5,
            names={
                "release_from": "From", "release_to": "To", "place": "Destination",
                "level_code": "Level",
            },
        )
    )  # fmt: skip

# %%
furthest = revisions.find_furthest(moves)
n_pending = int((past["measure"] == "pending").sum())
page.define(
    n_past_compared=revisions.count_compared(cells, infos), n_past_moved=len(past),
    n_past_pending=n_pending, past_furthest=furthest, past_tolerance=revisions.TOLERANCE,
    past_years=join_years(past["year"].unique()),
)  # fmt: skip

# %%
verb = "hardly moved" if furthest <= revisions.TOLERANCE else "moved"
extent = (
    "{past_furthest:.2%} of a year's total"
    if furthest < float("inf")
    else "a figure where there was none before"
)
pending_too = "{n_past_pending:,} of these count" if n_pending else "none of these counts"
if len(held) < 2:
    said = alone
elif past.empty:
    said = (
        "The past did not move. Figures of years that had ended were told again {n_past_compared:,} "
        "times, and none was changed, added or withdrawn."
    )
else:
    said = (
        f"The past {verb}. Figures of years that had ended were told again {{n_past_compared:,}} times. "
        "Changed, added or withdrawn were {n_past_moved:words}, all in {past_years}; the furthest that a "
        f"series moved is {extent}, and {pending_too} claims pending."
    )
page.say(said)

# %% [markdown]
# ## 6.4 The newest year, as first told and now
#
# What does move is the newest year. Each line below is one year's total of claims pending in the
# releases that tell it, from its first publication on. A hollow point is a mid-year figure: the
# claims pending at the end of June, and not those at the end of the year.

# %%
totals = revisions.list_totals(history, infos, scope.years)
told = revisions.compare_newest(totals, infos).dropna(subset=["told", "now"], how="all")
told["reference"] = told["period"].map(revisions.REFERENCES)
stock = told[told["kind"] == "stock"]
half = stock[stock["period"] == "mid"].dropna(subset=["off_share"])
widest = half.loc[half["off_share"].abs().idxmax()] if half["off"].any() else None
if widest is not None:
    page.define(
        n_half=len(half), wide_release=widest["release"], wide_year=int(widest["year"]),
        wide_told=int(widest["told"]), wide_now=int(widest["now"]),
        wide_share=abs(float(widest["off_share"])),
        wide_side="above" if widest["off"] > 0 else "below",
    )  # fmt: skip

# %%
recent = totals[totals["year"] >= infos[0].newest_year].dropna(subset=["total"])
traced = recent[recent["measure"] == "pending"]
page.define(first_traced=max(infos[0].newest_year, scope.year_from))
if len(traced) and len(held) > 1:
    fig, ax = style.new_figure(height=3.9)
    study_charts.draw_revised_totals(ax, traced, held)
    display(page.figure(
        fig, id="revisions-pending", number="6.1",
        title="{wide_year} at mid-year: {wide_share:.0%} {wide_side} the figure of that year now"
        if widest is not None else "Claims pending, as release after release told them",
        subtitle="Claims from {origin_name} pending, by release; a line for each year since {first_traced}",
        alt=study_charts.describe_revised_totals(traced, held, "claims"),
        data=traced[["release", "year", "period", "total"]],
        note="Hollow: mid-year, the stock at the end of June. As reported: claims whose origin was not named are in no line.",
    ))  # fmt: skip

# %%
columns = ["release", "published", "year", "reference", "told", "at_year_end", "now", "off"]
if len(stock):
    display(page.table(
        stock[[*columns, "off_share"]],
        caption="Claims from {origin_name} pending in the newest year: as told, at year-end, and in release {release}",
        row_headers=3,
        formats={"at_year_end": "{:,.0f}"},
        names={
            "reference": "Told as of", "at_year_end": "First told at year-end", "now": "Now",
            "off": "Told less now", "off_share": "Off, of now",
        },
        note="Where the figure told is of mid-year, the difference holds half a year's development and is no error by itself.",
    ))  # fmt: skip

# %%
page.say(
    "The mid-year stock that is furthest from the figure now is that of {wide_year} in `{wide_release}`: "
    "{wide_told:,} claims, against {wide_now:,}. A reader who took it for the year's figure was "
    "{wide_share:.0%} {wide_side} what the year shows now."
    if widest is not None
    else "No mid-year stock up to {year_to} differs from a later figure of the same year."
)

# %% [markdown]
# The figure *now* is itself what is reported. Where destinations report claims without naming the
# origin, it is a lower bound, and the range of notebook `03_eras` belongs beside it.

# %%
has_range = False
core = load_core(scope.release, scope.origin)
bounds = bound_pending(core, scope.origin, scope.years).set_index("year")
if widest is not None:
    upper = bounds.loc[int(widest["year"]), "upper"]
    has_range = not pd.isna(upper)
    page.define(wide_upper=int(upper) if has_range else None)
    if has_range:
        page.define(
            wide_upper_share=abs(int(widest["told"]) / int(upper) - 1),
            wide_upper_side="above" if widest["told"] > upper else "below",
        )
page.say(
    "With the likely part of the claims whose origin was not named, {wide_year} may stand as high as {wide_upper:,} "
    "now, and the mid-year figure is {wide_upper_share:.0%} {wide_upper_side} that."
    if has_range
    else "No upper bound can be given for {wide_year}, so how far off the mid-year figure was stays open."
    if widest is not None
    else "There is no such figure here."
)

# %%
whole = stock[stock["period"] == "end"].dropna(subset=["off"])
page.define(n_whole=len(whole), n_whole_off=int((whole["off"] != 0).sum()))
page.say(
    "Year-end stocks that a later release told again: {n_whole:words}. "
    + (
        "{n_whole_off:Words} came out different."
        if (whole["off"] != 0).any()
        else "None came out different."
    )
    if len(whole)
    else "No year-end stock up to {year_to} was the newest of its release and told again by a later one."
)

# %% [markdown]
# The difference has a place. The next sentence names the destination that accounts for
# most of the widest difference; whether people came and went there, or the destination changed
# what it reports, is for the breaks in notebook `03_eras` to say.

# %%
if widest is not None:
    sides = [
        cells[name].query("measure == 'pending' and year == @widest.year")
        for name in (widest["release"], held[-1])
    ]
    then, now = (side.groupby("asylum")["value"].sum() for side in sides)
    gap = now.sub(then, fill_value=0)
    place = gap.abs().astype("float64").idxmax()
    page.define(
        wide_place=names[place].prose, wide_gap=int(gap[place]),
        wide_place_then=int(then[place]) if place in then else None,
        wide_place_now=int(now[place]) if place in now else None,
    )  # fmt: skip
    at_then = "{wide_place_then:,}" if place in then else "none on file"
    at_now = "{wide_place_now:,}" if place in now else "none on file"
page.say(
    "Of the difference in {wide_year}, {wide_gap:+,} is at {wide_place}: claims pending at mid-year " + at_then
    + ", and now " + at_now + "."
    if widest is not None
    else "There is no difference to place."
)  # fmt: skip

# %% [markdown]
# A year can also be completed in name only. Where a destination sends nothing new, the year-end
# release repeats its mid-year figure to the last digit: the difference is then zero, and the
# figure is still that of June. Small figures agree by chance, so years with few claims are left
# out and the share of the claims is what counts.

# %%
MUCH, FEWEST = 0.25, 100
page.define(much_repeated=MUCH, fewest_repeated=FEWEST)
repeated = repeats.find_repeats(history, infos)
repeated = repeated[repeated["year"].isin(scope.years) & (repeated["total"] >= FEWEST)]
repeated["place"] = repeated["largest"].map(lambda code: names[code].short if code else "")
stocks = repeated[repeated["measure"] == "pending"]
columns = ["release_from", "release_to", "year", "places", "repeated", "total", "repeated_share"]
if len(stocks):
    display(page.table(
        stocks[[*columns, "place"]],
        caption="Claims from {origin_name} pending at year-end that repeat the mid-year figure",
        row_headers=3,
        names={
            "release_from": "From", "release_to": "To", "places": "Destinations",
            "repeated": "With the same figure", "total": "Claims",
            "repeated_share": "Repeated, share", "place": "Most of them at",
        },
    ))  # fmt: skip

# %%
most = stocks.loc[stocks["repeated_share"].idxmax()] if len(stocks) else None
if most is not None:
    page.define(
        repeat_year=int(most["year"]),
        repeat_release=most["release_to"],
        repeat_share=float(most["repeated_share"]),
        repeat_place=names[most["largest"]].prose if most["largest"] else None,
    )
page.say(
    (
        "In {repeat_year} the year-end release, `{repeat_release}`, repeated {repeat_share:.0%} of the claims pending from "
        "mid-year, most of them at {repeat_place}. That the total has stood since says little: this part of it was not told anew."
        if most["repeated_share"] > MUCH
        else "No year-end release repeated more than {repeat_share:.1%} of the claims pending from mid-year."
    )
    if most is not None
    else "No completed year with {fewest_repeated:,} claims or more is among those chosen."
)

# %% [markdown]
# ## 6.5 Six months of claims
#
# New claims and decisions are flows. A mid-year release tells six months of them, so its figure is
# a part of the year's and is not set against it as right or wrong. The part is not one half.

# %%
flows = told[told["kind"] == "flow"]
flows = flows.assign(label=flows["measure"].map(revisions.MEASURE_LABELS))
parts = flows[flows["period"] == "mid"]
columns = ["label", "year", "release", "reference", "told", "at_year_end", "now", "part_of_now"]
if len(parts):
    display(page.table(
        parts[columns],
        caption="Six months of claims from {origin_name}, and the year they belong to",
        row_headers=3,
        formats={"at_year_end": "{:,.0f}", "part_of_now": "{:.0%}"},
        names={
            "label": "Measure", "reference": "Told as of", "told": "Six months",
            "at_year_end": "The year, first told", "now": "The year, now",
            "part_of_now": "Six months of now",
        },
    ))  # fmt: skip

# %%
unfinished = repeated[
    (repeated["measure"] == "applied_persons") & (repeated["repeated_share"] > MUCH)
]
share = parts[parts["measure"] == "applied_persons"].dropna(subset=["part_of_now"])
share = share[~share["year"].isin(unfinished["year"])]
is_told = len(share) > 1
if is_told:
    least, most_of = (share.loc[share["part_of_now"].agg(end)] for end in ("idxmin", "idxmax"))
    page.define(
        n_parts=len(share), least_part=float(least["part_of_now"]), least_part_year=int(least["year"]),
        most_part=float(most_of["part_of_now"]), most_part_year=int(most_of["year"]),
        least_doubled=2 * float(least["part_of_now"]), most_doubled=2 * float(most_of["part_of_now"]),
    )  # fmt: skip
lodged = recent[recent["measure"] == "applied_persons"]
if len(lodged) and len(held) > 1:
    fig, ax = style.new_figure(height=3.9)
    study_charts.draw_revised_totals(ax, lodged, held)
    display(page.figure(
        fig, id="revisions-lodged", number="6.2",
        title="Six months held {least_part:.0%} to {most_part:.0%} of a year's new claims"
        if is_told else "New claims of each year, as release after release told them",
        subtitle="New claims from {origin_name}, persons, by release; a line for each year since {first_traced}",
        alt=study_charts.describe_revised_totals(lodged, held, "persons"),
        data=lodged[["release", "year", "period", "total"]],
        note="Hollow: mid-year, the claims of six months.",
    ))  # fmt: skip

# %%
page.say(
    "In the {n_parts:words} years that were first told at mid-year and completed since, six months held between {least_part:.0%} "
    "({least_part_year}) and {most_part:.0%} ({most_part_year}) of the new claims, in persons, that the year has now. Twice the "
    "half year would have given {least_doubled:.0%} to {most_doubled:.0%} of it."
    if is_told
    else "Too few years were first told at mid-year to say what part of a year's claims six months are."
)

# %%
n_unfinished = len(unfinished)
if n_unfinished:
    worst = unfinished.loc[unfinished["repeated_share"].idxmax()]
    page.define(
        unfinished_year=int(worst["year"]), unfinished_share=float(worst["repeated_share"]),
        unfinished_place=names[worst["largest"]].prose,
    )  # fmt: skip
page.say(
    "In {unfinished_year} part of the year is missing to this day: {unfinished_share:.0%} of its new claims, in persons, "
    "are six months' claims repeated at year-end, most of them at {unfinished_place}. That year is left out above."
    if n_unfinished
    else "No completed year took over more than {much_repeated:.0%} of its new claims from mid-year."
    if len(repeated)
    else "No completed year with {fewest_repeated:,} claims or more is among those chosen."
)

# %% [markdown]
# ## 6.6 As known then
#
# Every notebook takes `release`. With `release` set to an older one, they read that release and
# those before it, and nothing that came later: the figures, breaks, ranges and eras are those that
# a reader could have computed on the day. From the command line it is
# `asylum run --release 2024-mid`. Two notebooks look at all releases on purpose: `01_fetch` lists
# them, and `05_claims` judges each claim on every one and shows which verdicts flip. The code and
# the judgement on file under `data/hand/` stay today's.
#
# The table reads each release as it stood when it was the newest one.

# %%
then = revisions.summarise_as_known(totals, infos, scope.year_to)
then["reference"] = then["period"].map(revisions.REFERENCES)
page.table(
    then[["release", "published", "year", "reference", "told", "change", "change_now", "peak_year"]],
    caption="Claims from {origin_name} pending, as known when each release was the newest",
    row_headers=3,
    names={
        "year": "Last year", "reference": "Told as of", "told": "Pending", "change": "Change on the year before",
        "change_now": "The same change now", "peak_year": "Highest year then",
    },
)  # fmt: skip

# %%
signs = then.dropna(subset=["change", "change_now"])
flipped = signs[signs["change"] * signs["change_now"] < 0]
peaks = then["peak_year"].dropna()
page.define(
    n_signs=len(signs), flipped_releases=join_names(f"`{name}`" for name in flipped["release"]),
    n_peaks=int(peaks.nunique()), peak_years=join_years(peaks.unique()),
)  # fmt: skip
page.say(
    (
        "Whether the last year rose or fell on the one before was told as it is told now in every release."
        if flipped.empty
        else "The direction of the last year's change has turned round since in {flipped_releases}."
    )
    + (
        " The highest year, however, was {peak_years} in turn: a record holds until the next release."
        if peaks.nunique() > 1
        else " The highest year was the same in all of them."
    )
    if len(signs) > 1
    else "One release alone tells no change of its telling."
)

# %% [markdown]
# These changes are between figures as reported. The newest one needs its range, and notebook
# `03_eras` says whether its two years compare.

# %%
last = then.iloc[-1] if len(then) else pd.Series({"year": scope.year_to, "change": pd.NA})
last_most = bounds["upper"].get(int(last["year"]))
page.define(change_year=int(last["year"]))
has_change, has_most = not pd.isna(last["change"]), not pd.isna(last_most)
if has_change:
    page.define(last_change=int(last["change"]))
if has_change and has_most:
    page.define(last_change_most=int(last["change"] + last_most - last["told"]))
page.say(
    (
        "As reported, {change_year} differs from the year before by {last_change:+,} claims; "
        + (
            "too few origins are named to say by how much else it may."
            if not has_most
            else "at the upper bound, with the likely part of those whose origin was not named, "
            "by {last_change_most:+,}."
            if last_most > last["told"]
            else "claims of unknown origin add nothing to that year."
        )
    )
    if has_change
    else "No year before {change_year} is there to compare it with."
)

# %% [markdown]
# ## Findings

# %%
findings = [
    f"- Years that had ended {verb if len(past) else 'did not move'} from one release to the next: {{n_past_moved:,}} figures "
    "changed, came or went, of {n_past_compared:,} told again." if len(held) > 1 else "",
    "- The widest difference between a mid-year stock and the figure now is {wide_share:.0%}, for {wide_year}"
    + ("; beside the upper bound of that year it is {wide_upper_share:.0%}." if has_range else ".")
    if widest is not None else "",
    "- Of {repeat_year}, {repeat_share:.0%} of the claims pending at year-end repeat the mid-year figures."
    if most is not None and most["repeated_share"] > MUCH else "",
    "- Six months of new claims were between {least_part:.0%} and {most_part:.0%} of a year's."
    if is_told else "",
]  # fmt: skip
page.say("\n".join(filter(None, findings)) or alone)

# %% [markdown]
# ## Limits
#
# - *Now* is the release chosen, and not the truth. Where a destination stops naming origins, the
#   figure now can be the worse of the two.
# - A year that was never revised may be right, or may never have been looked at again. Stability
#   of a figure is no sign of its quality.
# - Changes before the first release on file cannot be seen: what it says of earlier years is where
#   the comparison begins.
# - A correction that leaves a figure as it was, such as a footnote, is not in the tables.
#
# ## What would change this conclusion
#
# A release that restates years that had ended. `asylum releases diff` compares any two on file and
# ends with code `3` where the past moved by more than its tolerance.
#
# ## Exercises
#
# 1. Set `release` to a mid-year one. Which sentence of notebook `03_eras` changes most?
# 2. Compare the first and the last release on file with `asylum releases diff`. Which years moved?
# 3. Which published text would you reread after the release that completed its newest year?
