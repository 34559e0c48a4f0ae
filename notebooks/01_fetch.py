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
# # 1 Fetch: which figures are on file, and are they whole?
#
# **Question.** Everything that follows rests on one release of UNHCR's asylum statistics. Which
# release is it, what does a row of it count, and is every byte the one that was put on file?
#
# **For whom.** Anyone who wants to cite a number from this study and needs its source first.
#
# **Source.** UNHCR Refugee Population Statistics Database, licence
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), under UNHCR's
# [terms of use for datasets](https://www.unhcr.org/what-we-do/data-and-publications/data-and-statistics/terms-use-datasets).
# What was changed is listed in `data/README.md` and in each release's `datapackage.json`.

# %% [markdown]
# **Overview.** UNHCR publishes its figures twice a year and revises earlier years as it does so.
# This repository therefore keeps every release in a folder of its own and never edits one. The
# notebook names the release that this run stands on, checks each file against the recorded size
# and checksum, shows what a row looks like in each table, and tests the totals against each
# other. It needs no network: the command `asylum fetch` brings the next release.

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own
year_from: int = 2000  # first year, not before 2000
year_to: int = None  # last year; None: the release's last
top_n: int = 10  # how many destinations a ranking shows
run_dir: str = None  # folder for tables, figures and numbers; None: write nothing

# %%
from helpers.data.controls import check_controls
from helpers.data.hand import load_names
from helpers.data.releases import load_core, load_release, verify_release
from helpers.plots.page import Page
from helpers.prose.words import describe_scope
from helpers.study import Study, list_releases

scope = Study.resolve(
    study=study, release=release, origin=origin,
    year_from=year_from, year_to=year_to, top_n=top_n, run_dir=run_dir,
)  # fmt: skip
page = Page("01_fetch", scope)
core = load_core(scope.release)
names = load_names(core.countries)
page.define(**describe_scope(scope, names))
page.say(
    "This run follows {origin_name} (`{origin}`) from {year_from} to {year_to} in release "
    "**{release}** ({release_title}), published on {published}."
)

# %% [markdown]
# ## 1.1 The releases on file
#
# End-year figures appear each June as *Global Trends*, mid-year figures each autumn as *Mid-Year
# Trends*. From autumn to June the newest year of UNHCR's database is therefore a half year: its
# stocks are those of the end of June, its flows those of six months, and nothing in the figures says so.
# Here the folder's name and its description do.

# %%
import pandas as pd

known = list_releases()
shelf = pd.DataFrame(
    [(i.name, i.title, i.published, i.newest_year, i.period, len(i.origins)) for i in known],
    columns=["release", "title", "published", "newest_year", "period", "origins"],
)
page.define(n_releases=len(known), oldest_release=known[0].name, latest_release=known[-1].name)
page.table(
    shelf,
    caption="Releases on file, oldest first",
    names={"newest_year": "Newest year", "period": "Reference", "origins": "Origins kept"},
)

# %%
age = (
    "the newest of them"
    if scope.release == known[-1].name
    else "not the newest: it shows what was known then"
)
page.define(age=age)
page.say(
    "{n_releases:Words} releases are on file, from `{oldest_release}` to `{latest_release}`. "
    "The one used here is {age}."
)

# %% [markdown]
# ## 1.2 Every file is the one on record
#
# A release's description (`datapackage.json`, a Frictionless Data Package) records the size and
# the SHA-256 checksum of each file. Loading refuses a release in which one byte differs.

# %%
files = verify_release(scope.release)
page.define(n_files=len(files), n_rows=int(files["rows"].sum()), n_bytes=int(files["bytes"].sum()))
page.table(
    files.assign(sha256=files["sha256"].str[:12]),
    caption="The release's files, with the first digits of their checksums",
    names={"sha256": "Checksum begins"},
)

# %%
page.say("All {n_files:words} files match their record: {n_rows:,} rows in {n_bytes:,} bytes.")

# %% [markdown]
# ## 1.3 What a row is
#
# Three tables hold the origin's figures, pair by pair of origin and destination; four more hold
# totals over all origins or all destinations, against which they are checked.
#
# | Table | A row is | What it counts |
# |---|---|---|
# | `population` | origin × destination × year | people recognised as refugees and people whose claim is *pending*, on one day: **stocks** |
# | `asylum_applications` | … × authority × stage × level × unit | claims *lodged* in the year: a **flow** |
# | `asylum_decisions` | … × authority × level × unit | decisions taken in the year: a **flow** |
#
# A stock is a photograph, a flow is a count at the door. Someone who waits three years for a
# decision stands in three photographs and passed the door once. This one distinction decides most
# of what follows.

# %%
raw = load_release(scope.release)
last = raw["asylum_applications"].query("coo_iso == @scope.origin and year == @scope.year_to")
page.table(
    last.sort_values("applied", ascending=False).head(6),
    caption="The largest rows of claims lodged, as UNHCR gives them",
    row_headers=0,
)

# %% [markdown]
# Codes carry the meaning. `app_type` is the stage: `N` a new claim, `R` a repeated one, `A` an
# appeal, `NA` new claims and appeals together; that `NA` is a code and not a missing value is the
# first trap of these files. `app_pc` is the unit: `P` persons, `C` cases of one or more persons,
# which can never be added. `coo` and `coa` are UNHCR's own country codes, and some mean another
# country in ISO 3166 (`AUS` is Austria), so every join in this study uses the ISO columns.
# `data/README.md` explains each column and code.

# %%
stages = raw["asylum_applications"].query("coo_iso == @scope.origin")["app_type"]
page.define(
    n_stages=int(stages.nunique()), n_flow_rows=len(stages), n_na=int((stages == "NA").sum())
)
page.say(
    "The origin's {n_flow_rows:,} rows of claims lodged carry {n_stages:words} different stages; "
    "the stage `NA` stands on {n_na:,} of them."
)

# %% [markdown]
# ## 1.4 Do the totals agree?
#
# The tables describe one world from several sides, so they can be held against each other: the
# world by origin against the world by destination, the destinations of an origin against its
# total, and the number of rows a year against the record.

# %%
controls = check_controls(core, scope.info)
summary = (
    controls.assign(gap=controls["difference"].abs())
    .groupby("check", sort=False)
    .agg(compared=("is_ok", "size"), agree=("is_ok", "sum"), largest_gap=("gap", "max"))
    .reset_index()
)
page.define(n_controls=len(controls), n_apart=int((~controls["is_ok"]).sum()))
page.table(summary, caption="Control totals", names={"largest_gap": "Largest difference"})

# %%
verdict = (
    "Of {n_controls:,} comparisons, every one agrees."
    if controls["is_ok"].all()
    else "Of {n_controls:,} comparisons, {n_apart:,} do not agree; they are listed below."
)
page.say(verdict)

# %%
if not controls["is_ok"].all():
    display(page.table(controls[~controls["is_ok"]].head(20), caption="Totals that do not agree"))

# %% [markdown]
# ## Findings
#
# - The release on file is byte for byte the one on record, and its tables agree with each other.
# - Its three tables of pairs count different things: people waiting, claims lodged, decisions.
#
# ## Limits
#
# - UNHCR rounds: counts of one to four are published as zero or five, so small cells are approximate.
# - A pair of origin and destination that is absent was not measured; it is not a zero.
# - Agreement between the tables shows that nothing was lost on the way here. It does not show that
#   destinations reported everything: that question belongs to the third notebook.
#
# ## What would change this conclusion
#
# A revised release. `asylum releases` lists what is on file, and this notebook runs on any of it.
#
# ## Exercises
#
# 1. Set `release` to the oldest one and run again. Which years are missing, and which are half?
# 2. Read the applications file with pandas' defaults. How many rows lose their stage, and why?
