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
# (`rounds`), `revised` since, `derived` (it follows only from other figures that the text prints),
# `off` or `untestable`. The *wording* may fit, or name another measure, another arithmetic or
# another year than the figure has. Where a word allows two readings, both are judged. Figures and
# wording are judged, never motives, and a text that is right is said to be right. A claim names its
# own years, so `year_from` and `year_to` trim the redrawn graph and nothing else.

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
from helpers.plots import claim_charts
from helpers.plots.page import Page
from helpers.prose.passages import say
from helpers.prose.tables import show
from helpers.prose.words import describe_scope
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
claims = ledger.claims if ledger else pd.DataFrame(columns=COLUMNS)
by_release = ledger.by_release if ledger else pd.DataFrame(columns=BY_RELEASE)
page.save(claims, "claims.csv")
page.save(by_release, "claims_by_release.csv")
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
# all releases in the data is judged on the first of them, cut at the last year that it could see.

# %%
if ledger:
    infos = tuple(info for info in list_releases() if scope.origin in info.origins)
    texts = claim_cards.list_sources(ledger, infos)
    display(show(texts, "The texts, their dates, and the release that each is judged on"))

# %% [markdown]
# ## 5.2 Summary
#
# A figure counts as reproduced where each of its statements comes out exactly or within the
# precision stated; a sentence fits where the series that gives the figure counts what it says. The
# two are independent: a right figure can be in a sentence about something else.

# %%
if ledger:
    page.define(**summarise(ledger))
    codes = claim_cards.count_codes(ledger)
    display(show(codes, "Claims by the figure's code (rows) and the wording's (columns)"))

# %% tags=["hide-input"] jupyter={"source_hidden": true}
if ledger:
    said = page.headline(
        "Of {claims_all:,} published claims about asylum-seekers from {origin_name}, UNHCR's data can test "
        "{claims_testable:,}; {claims_reproduced:,} figures reproduce, and {claims_fits:,} sentences fit what their "
        "figure counts."
    )
    display(said)
    display(page.say(
        "Both hold in {claims_both:,} of them. Figures that follow only from others that the text prints: "
        "{claims_derived:,}; off in full or in part: {claims_off:,}; revised since: {claims_revised:,}; "
        "outside UNHCR's data: {claims_untestable:,}. These counts take every word literally."
    ))  # fmt: skip

# %% [markdown]
# A word such as *thousands* or *consistently* sets no limit of its own. Where the text allows two
# readings, each claim has a code by either, and the summary is counted both ways.

# %%
readings = claim_cards.list_readings(ledger) if ledger else pd.DataFrame()
if len(readings):
    display(
        show(
            readings,
            "Claims with a word that can be read literally or generously, and the codes by either",
        )
    )

# %% tags=["hide-input"] jupyter={"source_hidden": true}
if ledger:
    display(page.say(
        "By the generous reading, {claims_reproduced_generous:,} figures reproduce in place of {claims_reproduced:,}, "
        "{claims_off_generous:,} are off in place of {claims_off:,}, and {claims_both_generous:,} claims have a "
        "right figure in a sentence that fits, in place of {claims_both:,}."
        if len(readings)
        else "No claim of these texts has a word that allows two readings."
    ))  # fmt: skip

# %% [markdown]
# The chart sets each claimed number over the one recomputed for it. At one the two agree.

# %%
ratios = claim_cards.list_ratios(ledger) if ledger else pd.DataFrame()
if len(ratios):
    apart = int(((ratios["ratio"] - 1).abs() > claim_charts.NEAR).sum())
    page.define(claims_ratios=len(ratios), claims_apart=apart, claims_near=claim_charts.NEAR)
    judged = [info for info in infos if info.name in set(claims["release"])]
    display(page.figure(
        claim_charts.draw_ratios(ratios), id="claims-ratios", number="5.1",
        title="{claims_ratios:,} claimed numbers: {claims_apart:,} over {claims_near:.0%} from the recomputed one",
        subtitle="Claimed number over the number recomputed on the release of the text's time",
        alt=claim_charts.describe_ratios(ratios), data=ratios,
        note="Agreement says nothing about the wording, which is judged apart.", source=page.cite(*judged),
    ))  # fmt: skip

# %% [markdown]
# ## 5.3 Claim by claim
#
# *Read as* says what the sentence is taken to count, *Derivation* how the verdict comes about, and
# *Restatement* says the same with the measure that counts it and with its range.

# %%
if ledger:
    for claim_id in ledger.claims["claim_id"]:
        display(claim_cards.build_card(ledger, claim_id))

# %% [markdown]
# ## 5.4 The published graph, and the same years counted once
#
# A graph of asylum-seekers by year is one of claims pending. Beside it are the same years counted by
# claims lodged, each claim once, in persons: the band reaches from type `N` alone, each case one
# person, to the inclusive count (`data/hand/lodged.yml`), each case as many as the largest factor.

# %%
points, figures = claim_cards.build_graph(ledger, scope.years) if ledger else (pd.DataFrame(), None)
if len(points):
    page.define(
        claims_graph_first=int(points["year"].min()), claims_graph_last=int(points["year"].max())
    )
    display(page.figure(
        claim_charts.draw_graph(points, figures.newest if figures.is_half(figures.newest) else None),
        id="claims-graph", number="5.2",
        title="Claims pending, as the published graph shows them, and claims lodged in the same years",
        subtitle="Asylum claims from {origin_name}, {claims_graph_first} to {claims_graph_last}",
        alt=claim_charts.describe_graph(points), data=points,
        note="Hollow: a mid-year stock, and a flow of six months. Band: from the strict count, each case one person, to the inclusive one, each case the largest factor.",
        source=page.cite(next(info for info in infos if info.name == figures.release)),
    ))  # fmt: skip

# %% tags=["hide-input"] jupyter={"source_hidden": true}
sums = points.sum() if len(points) else None
say("""
{% if sums is none %}
The texts print no graph of these years.
{% else %}
Over these years the stocks add up to {{ sums.pending | count }}; new claims lodged come to between
{{ sums.lower | count }} and {{ sums.upper | count }} persons.
{% endif %}
""")

# %% [markdown]
# ## 5.5 Do the verdicts hold on other releases?
#
# UNHCR revises past years, and a mid-year figure gives way to one of the year's end. Each claim is
# judged on every release that holds its years.

# %%
flips = claim_cards.list_flips(ledger) if ledger else pd.DataFrame()
if len(flips):
    display(show(
        flips, "Claims whose verdict changes between releases",
        note="Figure, then wording; a dash where the release ends before the claim's years.",
    ))  # fmt: skip

# %% tags=["hide-input"] jupyter={"source_hidden": true}
flipping = flips["claim_id"].tolist() if len(flips) else []
n_stable = len(claims) - len(flipping)
tested = by_release.query("release == @scope.release and figure != 'untestable'")
say("""
{% if len(claims) %}
Of {{ len(claims) | count }} verdicts, {{ n_stable | count }} are the same on all releases that can test the
claim{% if flipping %}; those of {{ flipping | listed }} change{% endif %}. Release {{ scope.release }} can test
{{ len(tested) | count }} of the claims.
{% else %}
There is no verdict to follow over the releases.
{% endif %}
""")

# %% [markdown]
# ## 5.6 Findings
#
# What the ledger comes to, computed from its rows.

# %% tags=["hide-input"] jupyter={"source_hidden": true}
counted = claims["wording"].str.get_dummies("; ").sum().reindex(
    ["other-measure", "other-arithmetic", "other-year"], fill_value=0
)  # fmt: skip
measure, arithmetic, year = counted.astype(int)
n_crossing = int(claims["crosses"].ne("").sum())
say("""
{% if len(claims) %}
Sentences that give a figure of another measure than they name: {{ measure | count }}; that call one
arithmetic another: {{ arithmetic | count }}; whose figure is another year's: {{ year | count }}. Claims that
set years against each other over a break of their series: {{ n_crossing | count }}.
{% else %}
Nothing was judged.
{% endif %}
""")

# %% [markdown]
# ## 5.7 Limits
#
# - **A reading is a judgement.** One rule decides for one wording (`docs/claims.md`); who reads a
#   word otherwise gets another code for the wording, and the same figure.
# - **Precision is a convention.** *Around* and *nearly* have fixed widths here, given in
#   `docs/claims.md`; a claim just outside them is off without being far off.
# - **Older releases are not in the data.** A figure that none of these releases holds may have been
#   in an earlier one; one that is as near as revisions usually are is called `revised`.
# - **Claims outside the data.** What UNHCR does not count is left untested, with a note on what would
#   test it.
#
# ## 5.8 What would change these conclusions
#
# A release from before the oldest one in the data that prints a figure now called off; a method note
# by the authors that names another series; or a reading of a sentence under which it counts claims
# pending.
#
# ## 5.9 Exercises
#
# 1. Print one claim's whole derivation: `asylum claims --id SD-05`.
# 2. Judge all claims on another release: `asylum claims --release 2024-end`. Which figures move?
# 3. In a copy of `data/hand/claims/china.yml`, let a claim say `pending` instead of `applied`. What
#    happens to its figure, and what to its wording?
# 4. Add a claim from a text of your own, five lines: `docs/claims.md`.
