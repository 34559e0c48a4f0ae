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
# # 1 Fetch: which figures are used, and are they complete?
#
# **Question.** Everything that follows rests on one release of UNHCR's asylum statistics. Which
# release is it, what does a row of it count, and are its files unchanged since they were fetched?
#
# **For whom.** Anyone who wants to cite a number from this study and needs its source first.
#
# **Source.** UNHCR Refugee Population Statistics Database, licence
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), under UNHCR's
# [terms of use for datasets](https://www.unhcr.org/what-we-do/data-and-publications/data-and-statistics/terms-use-datasets).
# What was changed is listed in `data/README.md` and in each release's `datapackage.json`.
#
# UNHCR publishes its figures twice a year and sometimes revises earlier years. This repository
# keeps every release in a folder of its own and never edits one. The notebook needs no network;
# the command `asylum fetch` brings the next release.

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own
year_from: int = 2000  # first year, not before 2000
year_to: int = None  # last year; None: the release's last
top_n: int = 10  # how many destinations a ranking shows
run_dir: str = None  # folder for tables, figures and numbers; None: write nothing

# %%
from helpers.data.control_totals import check_controls
from helpers.data.releases import load_core, load_release, tabulate_releases, verify_release
from helpers.plots.page import open_page
from helpers.prose.passages import say
from helpers.prose.tables import show

page = open_page("01_fetch", globals())
scope = page.scope

# %% [markdown]
# The core tables are the release's figures with clear names; notebook `02_clean` says what was
# changed in them.

# %%
core = load_core(scope.release)
names = page.names

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
This run follows claims by people from {{ names[scope.origin].prose }} (`{{ scope.origin }}`) from
{{ scope.year_from }} to {{ scope.year_to }} in release **{{ scope.release }}**
({{ scope.info.title }}), data package dated {{ scope.info.published }}.
""")

# %% [markdown]
# ## 1.1 The releases
#
# End-year figures appear each June as *Global Trends*, mid-year figures each autumn as *Mid-Year
# Trends*. From autumn to June the newest year of UNHCR's database is therefore a half year: its
# stocks are those of the end of June, its flows those of six months, and nothing in the figures
# says so. Here the folder's name and its description do. The dates are those of the data; UNHCR
# publishes the report itself earlier in some years.

# %%
releases = tabulate_releases()
show(releases)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
The repository holds {{ len(releases) | words }} release{% if len(releases) > 1 %}s{% endif %}. This
run uses {% if scope.release == releases.release.iloc[-1] %}the newest{% else %}an earlier one, and
shows what was known then{% endif %}.
""")

# %% [markdown]
# ## 1.2 Are the files unchanged?
#
# A release's description (`datapackage.json`, a Frictionless Data Package) records the size and
# the SHA-256 checksum of each file. A release in which one byte differs is refused.

# %%
files = verify_release(scope.release)
files["sha256"] = files["sha256"].str[:12]
show(files)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
All {{ len(files) | words }} files match their record: {{ files.rows | sum | count }} rows in
{{ files.bytes | sum | count }} bytes.
""")

# %% [markdown]
# ## 1.3 What does a row count?
#
# Three tables hold the origin's figures for each pair of origin and destination; four more hold
# totals over all origins or all destinations, against which the pairs are checked.
#
# | Table | A row is | What it counts |
# |---|---|---|
# | `population` | origin × destination × year | refugees, and claims *pending*, on one day: **stocks** |
# | `asylum_applications` | … × authority × stage × level × unit | claims *lodged* in the year: a **flow** |
# | `asylum_decisions` | … × authority × level × unit | decisions taken in the year: a **flow** |
#
# A stock is a photograph of one day; a flow counts events over a year. Someone who waits three
# years for a decision is in three year-end stocks and in one year's flow. Most of what follows
# depends on this distinction.
#
# These are the largest rows of claims lodged in the last year, as UNHCR publishes them:

# %%
lodged = load_release(scope.release)["asylum_applications"].query("coo_iso == @scope.origin")
show(lodged[lodged["year"] == scope.year_to].nlargest(scope.top_n, "applied"))

# %% [markdown]
# The codes carry the meaning. `app_type` is the stage: `N` a new claim, `R` a repeated one, `A` an
# appeal, `NA` new claims and appeals together. That `NA` is a code and not a missing value is the
# first trap of these files. `app_pc` is the unit: `P` persons, `C` cases of one or more persons,
# which are never added up. `coo` and `coa` are UNHCR's own country codes, and some mean another
# country in ISO 3166 (`AUS` is Austria), so every join in this study uses the ISO columns.
# `data/README.md` explains each column and code.

# %%
stages = lodged["app_type"].value_counts()

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(lodged) > 1 %}The origin's {{ len(lodged) | count }} rows of claims lodged carry
{{ len(stages) | words }} {% if len(stages) > 1 %}different stages{% else %}stage{% endif %};
{% if "NA" in stages %}{{ stages["NA"] | words }} of the rows
{% if stages["NA"] == 1 %}has{% else %}have{% endif %}{% else %}no row has{% endif %} the stage `NA`.
{% elif len(lodged) == 1 %}The origin has one row of claims lodged, of the stage `{{ stages.index[0] }}`.
{% else %}The release has no row of claims lodged by this origin.
{% endif %}
""")

# %% [markdown]
# ## 1.4 Do the totals agree?
#
# The tables describe one world from several sides, so they can be checked against each other: the
# world by origin against the world by destination, the destinations of an origin against its
# total, and the number of rows a year against the record.

# %%
controls = check_controls(core, scope.info)
controls["gap"] = controls["difference"].abs()
by_check = controls.groupby("check", sort=False, as_index=False)
show(by_check.agg(compared=("is_ok", "size"), agree=("is_ok", "sum"), largest_gap=("gap", "max")))

# %%
apart = controls[~controls["is_ok"]]
show(apart.head(scope.top_n))

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say(
    """
{% if apart.empty %}All {{ len(controls) | count }} comparisons agree.
{% else %}**The release's tables do not agree with each other**, in {{ len(apart) | count }} of {{ len(controls) | count }}
comparisons, so totals may be incomplete; notebook `01_fetch` lists them.{% endif %}
""",
    is_headline=len(apart) > 0,
)

# %% [markdown]
# ## Findings
#
# - The files of the release are unchanged, byte for byte, and its tables agree with each other.
# - Its three tables of pairs count different things: claims pending, claims lodged, decisions.
#
# ## Limits
#
# - UNHCR rounds: counts of one to four are published as zero or five, so small cells are approximate.
# - A pair of origin and destination that is absent may be a zero or a figure that was not reported.
# - Agreement between the tables shows that nothing was lost on the way here. It does not show that
#   destinations reported everything: that question belongs to the third notebook.
#
# ## What would change this conclusion
#
# A revised release. `asylum releases` lists those in the repository, and this notebook runs on any
# of them.
#
# ## Exercises
#
# 1. Set `release` to the oldest one and run again. Which years are missing, and which are half?
# 2. Read the applications file with pandas' defaults. How many rows lose their stage, and why?
