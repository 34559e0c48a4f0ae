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
# # 5 Claims: which published figures do the data support?
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

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own
year_from: int = 2000  # first year, not before 2000
year_to: int = None  # last year; None: the release's last
top_n: int = 10  # how many destinations a ranking shows
run_dir: str = None  # folder for tables, figures and numbers; None: write nothing

# %%
from helpers.claims import claim_cards
from helpers.claims.ledger import find_ledger, summarise
from helpers.plots import ledger_figures
from helpers.plots.page import open_page
from helpers.prose.passages import say
from helpers.prose.tables import show

page = open_page("05_claims", globals())
ledger = find_ledger(page.scope)
claims, verdicts = ledger.claims, ledger.by_release

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(claims) %}
**{{ page.title }}.** Published claims about people from {{ page.origin }}, each judged on the release named with it below.
{% else %}
There is no file of published claims about people from {{ page.origin }}, so there is nothing to judge.
How to add one is described in `docs/claims.md`.
{% endif %}
""")

# %%
page.save(claims, "claims.csv")
page.save(verdicts, "claims_by_release.csv")

# %% [markdown]
# ## 5.1 The answer
#
# Each claim gets two verdicts. The *figure* may be `exact`, right within the precision stated
# (`rounds`), `revised` since, `derived` (it follows only from other figures that the text prints),
# `off` or `untestable`. The *wording* may fit, or name another measure, another arithmetic or
# another year than the figure has. The two are independent: a right figure can be in a sentence about
# something else. Figures and wording are judged, never motives, and a text that is right is said to
# be right.

# %%
found = summarise(ledger)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say(
    """
{% if len(claims) %}
Of {{ found.claims | count }} published claims about asylum-seekers from {{ page.origin }}, UNHCR's data can test
{% if found.testable == found.claims %}all of them{% else %}{{ found.testable | count }}{% endif %}: {{ found.reproduced | count }} figures can be reproduced, and {{ found.fits | count }} sentences fit what
their figure counts.
{% endif %}
""",
    is_headline=True,
)

# %%
show(
    claim_cards.count_codes(ledger),
    "Claims by the figure's code (rows) and the wording's (columns)",
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(claims) %}
Figure and wording both hold in {{ found.both | count }} claims. Figures off in full or in part: {{ found.off | count }}; following
only from others that the text prints: {{ found.derived | count }}; revised since: {{ found.revised | count }}; outside
UNHCR's data: {{ found.untestable | count }}.
{% endif %}
""")

# %% [markdown]
# These counts take every word literally. Where the text allows two readings, the table has the
# verdict by each.

# %%
readings = claim_cards.list_readings(ledger)
show(readings, "Claims with a word that can be read literally or generously")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(readings) %}
By the generous reading, {{ found.reproduced_generous | count }} figures can be reproduced instead of {{ found.reproduced | count }},
{{ found.off_generous | count }} are off instead of {{ found.off | count }}, and figure and wording both hold in
{{ found.both_generous | count }} claims instead of {{ found.both | count }}.
{% elif len(claims) %}
No claim of these texts has a word that can be read in more than one way.
{% endif %}
""")

# %% [markdown]
# The figure sets each claimed number over the one recomputed for it. At one the two agree.

# %%
ledger_figures.show_ratios(page, claim_cards.list_ratios(ledger))

# %% [markdown]
# ## 5.2 The texts, and what they could know
#
# A text is judged on the newest release that was published when it appeared. One that is older than
# all releases in the data is judged on the first of them, cut at the last year that it could see.

# %%
texts = claim_cards.list_sources(ledger)
show(texts, "The texts, their dates, and the release that each is judged on")

# %% [markdown]
# ## 5.3 Claim by claim
#
# *Read as* says what the sentence is taken to count, *Derivation* how the verdict comes about, and
# *Restatement* says the same with the measure that counts it and with its range.

# %%
for claim_id in claims["claim_id"]:
    display(claim_cards.build_card(ledger, claim_id))

# %% [markdown]
# ## 5.4 The published graph, and the same years counted once
#
# A graph of asylum-seekers by year shows claims pending. Beside it are the same years by claims
# lodged, each claim once, in persons. The band reaches from type `N` alone, each case one person, to
# the inclusive count (`data/hand/lodged.yml`), each case at the largest factor. The years are
# those of the graph within `year_from` and `year_to`; the other claims have years of their own.

# %%
points = claim_cards.build_graph(ledger, page.scope.years)
ledger_figures.show_graph(page, points)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(points) %}
Over these years the stocks add up to {{ points.pending.sum() | count }}; new claims lodged come to between
{{ points.lower.sum() | count }} and {{ points.upper.sum() | count }} persons.
{% if points.is_half.any() %}The claims lodged in {{ points.year.max() }} are those of half a year.{% endif %}
{% elif len(claims) %}
The texts print no graph of these years.
{% endif %}
""")

# %% [markdown]
# ## 5.5 Do the verdicts hold on other releases?
#
# UNHCR revises past years, and a mid-year figure gives way to one of the year's end. Each claim is
# judged on every release that holds its years.

# %%
flips = claim_cards.list_flips(ledger)
show(flips, "Verdicts that change: figure, then wording; a dash where the release ends too early")

# %%
stable = claims[~claims["claim_id"].isin(flips["claim_id"])]
tested = verdicts.query("release == @page.scope.release and figure != 'untestable'")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(claims) %}
The verdicts on {{ len(stable) | count }} of {{ len(claims) | count }} claims are the same on all releases that can test
them{% if len(flips) %}; those on {{ flips.claim_id | listed }} change{% endif %}. Release {{ page.scope.release }} can test
{% if len(tested) == len(claims) %}all of the claims{% else %}{{ len(tested) | count }} of the claims{% endif %}.
{% endif %}
""")

# %% [markdown]
# ## Findings
#
# Where a wording does not fit, its code says why.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(claims) and not (found.other_measure or found.other_arithmetic or found.other_year or found.crossing) %}
No sentence names another measure, another arithmetic or another year than its figure has, and no claim compares
years across a break in its series.
{% elif len(claims) %}
Sentences that name another measure than their figure has: {{ found.other_measure | count }}; another arithmetic:
{{ found.other_arithmetic | count }}; another year: {{ found.other_year | count }}. Claims that compare years across a break in
their series: {{ found.crossing | count }}.
{% endif %}
""")

# %% [markdown]
# ## Limits
#
# - **A reading is a judgement.** Each wording has one rule (`docs/claims.md`). Anyone who reads a word
#   differently gets another code for the wording, and the same figure.
# - **Precision is a convention.** *Around* and *nearly* have fixed widths here, given in
#   `docs/claims.md`; a claim just outside them is off without being far off.
# - **Older releases are not in the data.** A figure that none of these releases holds may have been
#   in an earlier one; one that is as near as revisions usually are is called `revised`.
# - **Claims outside the data.** What UNHCR does not count is left untested, with a note on what would
#   test it.
#
# ## What would change these conclusions
#
# A release from before the oldest one in the data that prints a figure now called off; a method note
# by the authors that names another series; or a reading of a sentence under which it counts claims
# pending.
#
# ## Exercises
#
# 1. Print one claim's whole derivation: `asylum claims --id SD-05`.
# 2. Judge all claims on another release: `asylum claims --release 2024-end`. Which figures move?
# 3. In a copy of `data/hand/claims/china.yml`, let a claim say `pending` instead of `applied`. What
#    happens to its figure, and what to its wording?
# 4. Add a claim from a text of your own, five lines: `docs/claims.md`.
