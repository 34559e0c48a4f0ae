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
# # 5 Claims: which published figures do the data bear out?
#
# **Question.** Texts about this origin print figures and comparisons. Which of them follow from
# UNHCR's data, on the release that was current when they were written? And does the series that
# gives a figure count what the sentence around it says?
#
# **For whom.** Readers of such texts, and their authors: each verdict shows its arithmetic, so
# that both can check it.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); the claims, paraphrased and with their
# sources, are in `data/hand/claims/`.

# %% [markdown]
# **Overview.** Each claim is a row of a ledger: what is claimed, a recipe that recomputes it, and
# two verdicts that are kept apart. The *figure* may be exact, within the precision stated
# (`rounds`), `derived` (it follows only from other figures that the text prints), `off` or
# `untestable`. The *wording* may fit, or name another measure, another arithmetic or another year
# than the figure has. Figures and wording are judged, never motives, and a text that is right is
# said to be right. A claim names its own years, so `year_from` and `year_to` trim the redrawn graph
# and nothing else.

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own
year_from: int = 2000  # first year, not before 2000
year_to: int = None  # last year; None: the release's last
top_n: int = 10  # how many destinations a ranking shows
run_dir: str = None  # folder for tables, figures and numbers; None: write nothing

# %%
import pandas as pd

from helpers.claims import claim_cards
from helpers.claims.ledger import BY_RELEASE, COLUMNS, find_ledger, summarise
from helpers.data.hand import load_names
from helpers.data.releases import load_core
from helpers.plots import charts, claim_charts, style
from helpers.plots.charts import describe_series
from helpers.plots.page import Page
from helpers.prose.words import describe_scope, join_names
from helpers.study import Study, list_releases

scope = Study.resolve(
    study=study, release=release, origin=origin,
    year_from=year_from, year_to=year_to, top_n=top_n, run_dir=run_dir,
)  # fmt: skip
page = Page("05_claims", scope)
names = load_names(load_core(scope.release, scope.origin).countries)
page.define(**describe_scope(scope, names))

# %%
ledger = find_ledger(scope)
page.save(ledger.claims if ledger else pd.DataFrame(columns=COLUMNS), "claims.csv")
page.save(
    ledger.by_release if ledger else pd.DataFrame(columns=BY_RELEASE), "claims_by_release.csv"
)
page.say(
    "Published claims about people from {origin_name}, each judged on the release of its time."
    if ledger
    else "There is no claims file for {origin_name} in this study, so this notebook has nothing to "
    "judge; `docs/claims.md` says how to add one."
)

# %% [markdown]
# ## 5.1 The texts, and what they could know
#
# A text is judged on the newest release that was published when it appeared. One that is older than
# all releases on file is judged on the first of them, cut at the last year that it could see.

# %%
if ledger:
    infos = tuple(info for info in list_releases() if scope.origin in info.origins)
    texts = claim_cards.list_sources(ledger, infos)
    page.define(claims_texts=len(texts))
    display(
        page.table(
            texts,
            caption="The texts, their dates, and the release that each is judged on",
            names={"evidence": "Evidence for the date"},
        )
    )

# %% [markdown]
# ## 5.2 Summary
#
# A figure counts as reproduced where each of its statements comes out exactly or within the
# precision stated; a sentence fits where the series that gives the figure counts what it says. The
# two are independent: a right figure can stand in a sentence about something else.

# %%
if ledger:
    page.define(**summarise(ledger))
    codes = claim_cards.count_codes(ledger)
    display(
        page.table(codes, caption="Claims by the figure's code (rows) and the wording's (columns)")
    )

# %%
if ledger:
    said = page.headline(
        "Of {claims_all:,} published claims about asylum-seekers from {origin_name}, UNHCR's data can test "
        "{claims_testable:,}; {claims_reproduced:,} figures reproduce, and {claims_fits:,} sentences fit what their "
        "figure counts."
    )
    display(said)
    display(page.say(
        "Both hold in {claims_both:words} of them. Figures that follow only from others that the text prints: "
        "{claims_derived:words}; off in full or in part: {claims_off:words}; outside UNHCR's data: "
        "{claims_untestable:words}."
    ))  # fmt: skip

# %% [markdown]
# The chart sets each claimed number over the one recomputed for it. At one the two agree.

# %%
ratios = claim_cards.list_ratios(ledger) if ledger else pd.DataFrame()
if len(ratios):
    apart = int(((ratios["ratio"] - 1).abs() > claim_charts.NEAR).sum())
    page.define(claims_ratios=len(ratios), claims_apart=apart, claims_near=claim_charts.NEAR)
    fig, ax = style.new_figure(height=1.3 + 0.24 * len(ratios))
    claim_charts.draw_ratios(ax, ratios)
    display(page.figure(
        fig, id="claims-ratios", number="5.1",
        title="{claims_apart:Words} of {claims_ratios:,} claimed numbers are over {claims_near:.0%} from the recomputed one",
        subtitle="Claimed number over the number recomputed on the release of the text's time",
        alt=claim_charts.describe_ratios(ratios),
        data=ratios,
        note="Agreement says nothing about the wording, which is judged apart.",
        source=page.cite(*claim_cards.list_judged(ledger, infos)),
    ))  # fmt: skip

# %% [markdown]
# ## 5.3 Claim by claim
#
# *Read as* says what the sentence is taken to count, and *fair restatement* says the same with the
# measure that counts it and with its range. *Coincidences* come from a wide search over all years,
# destinations and further measures; among so many candidates some fit by chance, so they change no
# verdict.

# %%
if ledger:
    for claim_id in ledger.claims["claim_id"]:
        display(claim_cards.build_card(ledger, claim_id, scope.release))

# %% [markdown]
# ## 5.4 Totals explained to the last digit
#
# Where no series gives a printed total, the text's own printed figures are put in place of UNHCR's,
# in every combination, until the total comes out. The difference is then that of the inputs.

# %%
explained = {}
if ledger:
    terms = {claim_id: claim_cards.list_terms(ledger, claim_id) for claim_id in ledger.verdicts}
    explained = {claim_id: frame for claim_id, frame in terms.items() if len(frame)}
for number, (claim_id, frame) in enumerate(explained.items()):
    verdict = ledger.verdicts[claim_id]
    page.define(
        **{f"claims_total_{number}": claim_id, f"claims_release_{number}": verdict.figures.release}
    )
    display(page.table(
        frame,
        caption=f"{{claims_total_{number}}}: the terms of the printed total, release {{claims_release_{number}}}",
        names={"year": "Year", "on_file": "On file", "printed": "Printed in the text", "used": "Used"},
    ))  # fmt: skip

# %%
if ledger:
    page.define(claims_explained=join_names(explained))
    display(page.say(
        "The total of {claims_explained} is the sum of the column *Used*, to the last digit."
        if explained
        else "No printed total needs the text's own inputs to come out."
    ))  # fmt: skip

# %% [markdown]
# ## 5.5 The published graph, and the same years counted once
#
# A graph of asylum-seekers by year is one of claims pending. Beside it stand the same years counted
# by claims lodged, each claim once, in persons: the band reaches from type `N` alone, each case one
# person, to the inclusive count (`data/hand/lodged.yml`), each case as many as the largest factor.

# %%
graph = claim_cards.find_graph(ledger) if ledger else None
points = claim_cards.build_graph(ledger, graph, scope.years) if graph else pd.DataFrame()
if len(points):
    page.define(
        claims_graph_first=int(points["year"].min()), claims_graph_last=int(points["year"].max()),
        claims_graph_summed=int(points["pending"].sum()), claims_graph_low=int(points["lower"].sum()), claims_graph_high=int(points["upper"].sum()),
    )  # fmt: skip
    half = graph.figures.newest if graph.figures.is_half(graph.figures.newest) else None
    fig, axes = style.new_figure(width=7.6, height=3.4, ncols=2, sharey=True)
    charts.draw_lines(axes[0], points, y="pending", labels={"pending": ""}, provisional=half)
    claim_charts.mark_printed(axes[0], points, "printed in the text")
    charts.draw_lines(
        axes[1], points, y=["lower", "upper"], labels={"lower": "", "upper": ""}, provisional=half
    )
    charts.draw_range(axes[1], points["year"], points["lower"], points["upper"])
    axes[0].set_title("Claims pending (a stock)")
    axes[1].set_title("New claims lodged, persons (a flow)")

# %%
if len(points):
    display(page.figure(
        fig, id="claims-graph", number="5.2",
        title="Claims pending, as the published graph shows them, and claims lodged in the same years",
        subtitle="Asylum claims from {origin_name}, {claims_graph_first} to {claims_graph_last}",
        alt="Two panels on one scale. " + " ".join(
            describe_series(points, "year", column, "claims", label=label)
            for column, label in (("pending", "Claims pending"), ("lower", "New claims lodged, persons, at least"),
                                  ("upper", "at most"))
        ),
        data=points,
        note="Hollow: a mid-year stock, and a flow of six months. Band: from the strict count, each case one person, to the inclusive one, each case the largest factor.",
        source=page.cite(next(info for info in infos if info.name == graph.figures.release)),
    ))  # fmt: skip

# %%
if ledger:
    display(page.say(
        "From {claims_graph_first} to {claims_graph_last} the stocks add up to {claims_graph_summed:,}; new claims lodged come "
        "to between {claims_graph_low:,} and {claims_graph_high:,} persons."
        if len(points)
        else "The texts print no graph of these years."
    ))  # fmt: skip

# %% [markdown]
# ## 5.6 Do the verdicts hold on other releases?
#
# UNHCR revises past years, and a mid-year figure gives way to one of the year's end. Each claim is
# judged on every release that holds its years.

# %%
flips = claim_cards.list_flips(ledger) if ledger else pd.DataFrame()
if len(flips):
    display(
        page.table(
            flips,
            caption="Claims whose verdict changes between releases",
            names={"claim_id": "Claim"},
            note="Figure, then wording; a dash where the release ends before the claim's years.",
        )
    )

# %%
if ledger:
    tested = ledger.by_release.query("release == @scope.release and figure != 'untestable'")
    page.define(
        claims_flips=len(flips), claims_flipping=join_names(flips["claim_id"]) if len(flips) else "",
        claims_releases=len(infos), claims_tested_here=len(tested), claims_stable=len(ledger.claims) - len(flips),
    )  # fmt: skip
    display(page.say(
        "Releases that hold this origin: {claims_releases:,}. Verdicts that stay the same over all of them that "
        "can test the claim: {claims_stable:,} of {claims_all:,}"
        + ("; those of {claims_flipping} change." if len(flips) else ".")
        + " Release {release} can test {claims_tested_here:,} of the claims."
    ))  # fmt: skip

# %% [markdown]
# ## 5.7 Findings
#
# What the ledger comes to, computed from its rows.

# %%
if ledger:
    counts = ledger.claims["wording"].str.get_dummies("; ").sum()
    page.define(
        claims_other_measure=int(counts.get("other-measure", 0)),
        claims_other_arithmetic=int(counts.get("other-arithmetic", 0)),
        claims_other_year=int(counts.get("other-year", 0)),
        claims_crossing=int(ledger.claims["crosses"].ne("").sum()),
    )
    display(page.say(
        "Testable figures that reproduce: {claims_reproduced:,} of {claims_testable:,}. Sentences that give a "
        "figure of another measure than they name: {claims_other_measure:,}; that tell one arithmetic as "
        "another: {claims_other_arithmetic:,}; that are told of another year than their figure's: "
        "{claims_other_year:,}. Claims that set years against each other over a break of their series: "
        "{claims_crossing:,}."
    ))  # fmt: skip

# %% [markdown]
# ## 5.8 Limits
#
# - **A reading is a judgement.** What a sentence says it counts is written down for each claim; who
#   reads it otherwise gets another code for the wording, and the same figure.
# - **Precision is a convention.** *Around*, *nearly* and *over* have fixed widths here, given in
#   `docs/claims.md`; a claim just outside them is off without being far off.
# - **Older releases are not on file.** A figure that none of these releases holds may have stood in
#   an earlier one.
# - **Claims outside the data.** What UNHCR does not count is left untested, with a note on what would
#   test it.
#
# ## 5.9 What would change these conclusions
#
# A release from before the oldest one on file that prints a figure now called off; a method note by
# the authors that names another series; or a reading of a sentence under which it counts claims
# pending.
#
# ## 5.10 Exercises
#
# 1. Print one claim's whole derivation: `asylum claims --id SD-05`.
# 2. Judge all claims on another release: `asylum claims --release 2024-end`. Which figures move?
# 3. In a copy of `data/hand/claims/china.yml`, let a claim say `pending` instead of `applied`. What
#    happens to its figure, and what to its wording?
# 4. Add a claim from a text of your own: `docs/claims.md`.
