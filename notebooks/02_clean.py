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
# # 2 Clean: from UNHCR's tables to tidy ones
#
# **Question.** What has to be done to the published tables before they can be compared, and what
# does it cost in rows and in claims?
#
# **For whom.** Readers who want to know what was done between UNHCR's figures and a chart, and
# students who are about to clean such tables themselves.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); release and date are printed below.
#
# Cleaning here means translating, not correcting. Country codes become ISO3, column names become
# the field's terms, and codes gain a plain-language column beside them. Zeros from before a series
# began become missing values. The sums before and after are compared. The result is one set of
# tidy tables that every later notebook reads.

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

from helpers.analysis.measures import select_origin
from helpers.data.releases import load_core, load_release
from helpers.plots.page import open_page
from helpers.prose.passages import say
from helpers.prose.tables import show

page = open_page("02_clean", globals())
scope = page.scope

# %% [markdown]
# `raw` holds the tables as UNHCR publishes them, `core` the same tables after cleaning.

# %%
raw = load_release(scope.release)
core = load_core(scope.release)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Release **{{ scope.release }}** ({{ scope.info.title }}), data package dated {{ scope.info.published }};
origin `{{ scope.origin }}`, {{ scope.year_from }} to {{ scope.year_to }}.
""")

# %% [markdown]
# ## 2.1 What was changed, rule by rule
#
# A cleaning step that reports nothing cannot be told from one that lost something. So every rule
# is counted on every table, also where it found nothing to do; the table shows those that found
# something.

# %%
page.save(core.quality, "data_quality.csv")
show(core.quality.query("rows > 0"))

# %% [markdown]
# Dropped rows matter most, because they could take claims with them. Places without figures are
# dropped from the list of countries and are not counted here.

# %%
dropped = core.quality.query("action == 'dropped' and table != 'countries'")["rows"].sum()
idle = core.quality.query("rows == 0")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
The rules were applied {{ len(core.quality) | count }} times; {{ len(idle) | count }} times they found nothing.
{% if dropped %}Rows of figures dropped: {{ dropped | count }}.
{% else %}No row of figures was dropped.{% endif %}
""")

# %% [markdown]
# ## 2.2 Is anything lost?
#
# The sums of the cleaned tables must equal those of the published ones, for every origin together.
# Such sums mix years and units and count nobody; they are good for this comparison only.

# %%
published = {
    "pending": raw["population"]["asylum_seekers"].sum(),
    "applied": raw["asylum_applications"]["applied"].sum(),
    "decisions": raw["asylum_decisions"]["dec_total"].sum(),
}

# %% [markdown]
# The same three columns after cleaning, and what is missing or too much:

# %%
sums = pd.DataFrame({"checksum": published.keys(), "raw": published.values()})
sums["cleaned"] = [
    core.pending["pending"].sum(),
    core.applications["applied"].sum(),
    core.decisions["total"].sum(),
]
sums["difference"] = sums["cleaned"] - sums["raw"]
show(sums)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if sums.difference.any() %}The sums differ, by {{ sums.difference.abs().sum() | count }} in all.
{% else %}All sums are the same before and after cleaning.{% endif %}
""")

# %% [markdown]
# ## 2.3 Stages and units
#
# `stage` puts UNHCR's stage codes into four groups. *New* is code `N` and nothing else; *repeat*
# is `R` and `RA`; *appeal* is `A` and `J`; every other code mixes several and is called *mixed*,
# because a mixed count cannot be taken apart again. The original code stays in the row. These are
# the origin's rows of claims lodged:

# %%
claims = select_origin(core.applications, scope.origin, scope.years)
by_stage = claims.groupby(["stage", "stage_code", "unit"], as_index=False)
spans = {"first_year": ("year", "min"), "last_year": ("year", "max")}
show(by_stage.agg(rows=("year", "size"), destinations=("asylum", "nunique"), **spans))

# %% [markdown]
# Where a destination counts cases, the number of people is unknown, and the two units stay in
# columns of their own throughout.

# %%
in_cases = claims[claims["unit"] == "cases"]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if in_cases.empty %}No row counts cases.
{% else %}Of {{ len(claims) | count }} rows, {{ len(in_cases) | count }} count{% if len(in_cases) == 1 %}s{% endif %} cases, at
{{ in_cases.asylum.nunique() | words }} destination{% if in_cases.asylum.nunique() != 1 %}s{% endif %}.{% endif %}
""")

# %% [markdown]
# ## 2.4 What is missing is kept missing
#
# A blank in UNHCR's tables means *not collected*, a zero means *none reported*. Zeros from before
# the first year in which claims were collected at all are blanks in disguise, and are treated so.
# Whether a destination has claims pending, and whether its figure is blank, year by year:

# %%
pending = select_origin(core.pending, scope.origin, scope.years)
pending = pending.assign(is_above_zero=pending["pending"] > 0, is_blank=pending["pending"].isna())

# %%
reach = pending.groupby("year", as_index=False).agg(
    destinations=("asylum", "nunique"),
    with_claims=("is_above_zero", "sum"),
    missing=("is_blank", "sum"),
)
show(reach)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(reach) > 1 %}Destinations with claims pending numbered
{{ reach.with_claims.iloc[0] | count }} in {{ reach.year.iloc[0] }} and
{{ reach.with_claims.iloc[-1] | count }} in {{ reach.year.iloc[-1] }}
{%- if reach.with_claims.max() > reach.with_claims.iloc[[0, -1]].max() %}, and at most
{{ reach.with_claims.max() | count }} in the years between them{% endif %}.
{% if reach.with_claims.iloc[-1] > reach.with_claims.iloc[0] %}
Part of the rise can be better reporting: a country that begins to report appears, though its claims may be older.
{% endif %}{% endif %}
""")

# %% [markdown]
# ## Findings
#
# - Cleaning translates codes and names; it neither adds nor removes a claim.
# - The stage `N` is the only one that counts new claims and nothing else, and it is not complete:
#   some destinations report new claims only under a mixed code.
# - Persons and cases are in columns of their own from here on.
#
# ## Limits
#
# - Small counts are rounded at the source, so sums of many small cells are approximate.
# - UNHCR's codes changed meaning now and then; what a code meant in a given country and year is not
#   documented everywhere.
#
# ## What would change this conclusion
#
# A code or a column that UNHCR adds. The schemas refuse what they do not know, so that such a
# change stops the run instead of passing unseen.
#
# ## Exercises
#
# 1. Which destinations report this origin's claims in cases? Which changed over to persons, and when?
# 2. Group `stage_code` differently: what would *new* count if `NR` were part of it?
