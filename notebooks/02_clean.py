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
# **For whom.** Readers who want to know what stands between UNHCR's figures and a chart, and
# students who are about to clean such tables themselves.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); release and date are printed below.

# %% [markdown]
# **Overview.** Cleaning here means translating, not correcting. Country codes become ISO3, column
# names become the field's terms, and codes gain a plain-language column beside them. Zeros from
# before a series began become missing values. Each rule is counted, also where it found nothing
# to do, and the sums before and after are compared. The result is one set of tidy tables that
# every later notebook reads.

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own
year_from: int = 2000  # first year, not before 2000
year_to: int = None  # last year; None: the release's last
top_n: int = 10  # how many destinations a ranking shows
run_dir: str = None  # folder for tables, figures and numbers; None: write nothing

# %%
from helpers.analysis.measures import select_origin
from helpers.data.hand import load_names
from helpers.data.releases import load_core, load_release
from helpers.plots.page import Page
from helpers.prose.words import describe_scope
from helpers.study import Study

scope = Study.resolve(
    study=study, release=release, origin=origin,
    year_from=year_from, year_to=year_to, top_n=top_n, run_dir=run_dir,
)  # fmt: skip
page = Page("02_clean", scope)
core = load_core(scope.release)
names = load_names(core.countries)
page.define(**describe_scope(scope, names))
page.say(
    "Release **{release}** ({release_title}), published on {published}; "
    "origin {origin_name} (`{origin}`), {year_from} to {year_to}."
)

# %% [markdown]
# ## 2.1 What was changed, rule by rule
#
# A cleaning step that reports nothing cannot be told from one that lost something. So every rule
# is counted on every table, also where it found nothing to do; the table shows those that did.

# %%
page.save(core.quality, "data_quality.csv")
busy = core.quality.query("rows > 0")
page.define(n_rules=len(core.quality), n_idle=int((core.quality["rows"] == 0).sum()))
page.table(busy, caption="Cleaning rules that touched or noted rows", row_headers=2)

# %%
page.define(
    n_dropped=int(core.quality.query("action == 'dropped' and table != 'countries'")["rows"].sum())
)
page.say(
    "Of {n_rules:,} counts of a rule on a table, {n_idle:,} are zero. {n_dropped:,} rows of figures "
    "were dropped."
)

# %% [markdown]
# ## 2.2 Nothing is lost
#
# The sums of the cleaned tables must equal those of the published ones, for every origin together.

# %%
import pandas as pd

raw = load_release(scope.release)
pairs = [
    ("claims pending", raw["population"]["asylum_seekers"], core.pending["pending"]),
    (
        "claims lodged, rows of persons and of cases",
        raw["asylum_applications"]["applied"],
        core.applications["applied"],
    ),
    ("decisions, all levels", raw["asylum_decisions"]["dec_total"], core.decisions["total"]),
]
sums = pd.DataFrame(
    [
        (what, before.sum(), after.sum(), after.sum() - before.sum())
        for what, before, after in pairs
    ],
    columns=["checksum", "published", "cleaned", "difference"],
)
page.table(
    sums, caption="Checksums before and after cleaning (they count nobody: years and units mix)"
)

# %%
page.define(checksum_gap=int(sums["difference"].abs().sum()))
page.say(
    "The checksums differ by {checksum_gap:,} in all. Such sums over years and units have no "
    "meaning as counts of people; they are good for this comparison only."
)

# %% [markdown]
# ## 2.3 The tidy tables
#
# `stage` puts UNHCR's stage codes into four groups. *New* is code `N` and nothing
# else; *repeat* is `R` and `RA`; *appeal* is `A` and `J`; every other code mixes several and is
# called *mixed*, because a mixed count cannot be taken apart again. The original code stays in
# the row.

# %%
claims = select_origin(core.applications, scope.origin, scope.years)
by_stage = (
    claims.groupby(["stage", "stage_code", "unit"])
    .agg(
        rows=("applied", "size"),
        first_year=("year", "min"),
        last_year=("year", "max"),
        destinations=("asylum", "nunique"),
    )
    .reset_index()
)
page.table(by_stage, caption="Stages and units on file for this origin", row_headers=3)

# %%
in_cases = claims["unit"].eq("cases")
page.define(
    n_claim_rows=len(claims),
    n_case_rows=int(in_cases.sum()),
    n_case_destinations=int(claims.loc[in_cases, "asylum"].nunique()),
)
page.say(
    "Rows of claims lodged: {n_claim_rows:,}; of these in cases and not in persons: {n_case_rows:,}, and the number of "
    "destinations that report them: {n_case_destinations:,}. Where a destination counts cases, the number of people is unknown, "
    "and the two units stay in columns of their own throughout."
)

# %% [markdown]
# ## 2.4 What is missing is kept missing
#
# A blank in UNHCR's tables means *not collected*, a zero means *none reported*. Zeros from before
# the first year in which claims were collected at all are blanks in disguise, and are treated so.

# %%
pending = select_origin(core.pending, scope.origin, scope.years)
gaps = (
    pending.assign(is_missing=pending["pending"].isna())
    .groupby("year")
    .agg(
        destinations=("asylum", "nunique"),
        with_claims=("pending", lambda s: int((s > 0).sum())),
        missing=("is_missing", "sum"),
    )
    .reset_index()
)
page.table(
    gaps, caption="Destinations on file by year, those with claims pending, and missing cells"
)

# %%
page.define(
    n_pending_rows=len(pending),
    n_missing=int(gaps["missing"].sum()),
    first_reach=int(gaps["with_claims"].iloc[0]),
    last_reach=int(gaps["with_claims"].iloc[-1]),
)
page.say(
    "The number of destinations with claims from {origin_name} pending was {first_reach:,} in {year_from} and "
    "{last_reach:,} in {year_to}. Part of such a rise is better reporting: a country that begins to report "
    "appears, though its claims may be older."
)

# %% [markdown]
# ## Findings
#
# - Cleaning translates codes and names; it neither adds nor removes a claim.
# - The stage `N` is the only one that counts new claims and nothing else, and it is not complete:
#   some destinations report new claims only under a mixed code.
# - Persons and cases stand in columns of their own from here on.
#
# ## Limits
#
# - Small counts are rounded at the source, so sums of many small cells are approximate.
# - UNHCR's codes changed meaning now and then; what a code stood for in a given country and year
#   is not documented everywhere.
#
# ## What would change this conclusion
#
# A code or a column that UNHCR adds. The schemas refuse what they do not know, so that such a
# change stops the run instead of passing unseen.
#
# ## Exercises
#
# 1. Which destinations report this origin's claims in cases? Which changed over to persons, and when?
# 2. Group `stage_code` otherwise: what would *new* count if `NR` were part of it?
