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
# # 4 Persons and cases: what may be added
#
# **Question.** Some countries count persons, some count cases, some do both. Which of these numbers
# may be added to which, and what does a rate have to leave out?
#
# **For whom.** Those who have done the second lesson, or know a stock from a flow.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); the release and its date are printed below.

# %% [markdown]
# **Overview.** A mother who flees with two children is three persons, and in many offices one case.
# A column that holds both cannot be added up, although no software will stop you. The same is true of
# levels: one claim can be refused, appealed and heard again, and appear in three rows. This lesson is
# about the plus sign, and when not to use it.
#
# | | |
# |---|---|
# | **Time** | Fifteen minutes of teaching, thirty of exercises |
# | **Questions** | What does a row count? How many persons are in a case? Which claims are new? What is a rate a rate of? |
# | **You will be able to** | keep persons and cases apart; give a range in persons instead of a guess; find new claims under another code; compute a rate without closed claims; say of any sum whether it makes sense |

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own

# %%
from helpers.lessons.lesson import open_lesson
from helpers.prose.passages import say
from helpers.prose.tables import show
from helpers.study import Study

scope = Study.resolve(study=study, release=release, origin=origin)
lesson = open_lesson(4, scope)
check, page = lesson.check, lesson.page
applications, decisions = lesson.tables("applications", "decisions")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
This lesson is about people from {{ page.origin }}. Its figures are those of release **{{ scope.release }}**,
published on {{ scope.info.published }}.
""")

# %% [markdown]
# ## One column, two units
#
# The column `unit` says what a row counts. First, choose the new claims of the year that we shall ask about.

# %%
year = lesson.facts["year"]
new = applications[applications["stage"] == "new"]
now = new[new["year"] == year]

# %% [markdown]
# Here are the largest rows of the year before it. They stand one below the other, and only that one
# word tells them apart.

# %%
before = new[new["year"] == year - 1].sort_values("applied", ascending=False)
before.head(4)[["year", "asylum", "level_code", "unit", "applied"]]

# %% [markdown]
# **A worked example**: *repeated* claims over all years, by unit. `groupby` makes a group of each
# unit that there is, and there we stop: a number for each, and no sum.

# %%
repeated = applications[applications["stage"] == "repeat"]
by_group = repeated.groupby("unit", as_index=False)["applied"].sum()
show(by_group, "Repeated claims of this origin, all years in the data")

# %% [markdown]
# ### 4.1 New claims, by unit *(doing, four minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
How many new claims did people from {{ page.origin }} lodge in {{ year }}, over all destinations? Give a
number for each unit that the year has: a Series, or a dict.
""")

# %% tags=["answer", "hide-cell"]
by_unit = now.groupby("unit")["applied"].sum()

# %% tags=["check"]
check("4.1", by_unit)

# %% [markdown]
# ### 4.2 Who counts cases? *(reading, three minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Which destinations reported new claims in cases in {{ year }}? Give a list of ISO codes.
""")

# %% tags=["answer", "hide-cell"]
in_cases = now[now["unit"] == "cases"]["asylum"].unique().tolist()

# %% tags=["check"]
check("4.2", in_cases)

# %% [markdown]
# ## How many persons are in a case?
#
# At least one. How many more depends on who comes: if most are single young men, there are hardly more
# persons than cases; if most are families, there are clearly more. For some destinations and years UNHCR
# publishes a factor, for all origins together. It uses the factor for totals of a *destination*, but not
# for an *origin*, because the size of a case differs too much from one origin to the next.
#
# **A typical mistake** is to use that factor all the same and to print one number. It looks exact. An
# honest answer is a range: one person a case at the lower end, and the largest factor at the upper. We
# do not add cases to persons; we *convert* them, twice, and keep both results.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
The largest factor that this study allows where none is published is {{ lesson.facts.factor | number }} persons a case.
""")

# %% [markdown]
# ### 4.3 The year in persons *(doing, six minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Between which numbers of persons do all new claims of {{ year }} lie, those in persons and those in cases
taken together? Give `(least, most)`.
""")

# %% [markdown] tags=["hint"]
# **Hint.** `by_unit.get("cases", 0)` gives the cases, and zero where there are none. The factor is
# `lesson.facts["factor"]`.

# %% tags=["answer", "hide-cell"]
persons, cases = by_unit.get("persons", 0), by_unit.get("cases", 0)
in_persons = (persons + cases, persons + lesson.facts["factor"] * cases)

# %% tags=["check"]
check("4.3", in_persons)

# %% [markdown]
# ## New, under another letter
#
# Stage `N` is a new claim. But officials assign the codes, and officials change forms. In some years a
# destination reports its new claims, or those of one authority, under another letter. A filter on `N`
# drops them without a word, and the series seems to fall and then to recover. To see it, list all codes
# of one destination side by side, year by year.

# %%
where, when = lesson.facts["hidden_place"], lesson.facts["hidden_year"]
own = applications[applications["asylum"] == where]
around = own[own["year"].between(when - 2, when + 2) & (own["year"] != when)]

# %%
codes = ["year", "stage_code", "level_code", "unit"]
show(around.groupby(codes, as_index=False)["applied"].sum(), "Every code in the years around it")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
The place is {{ lesson.places.hidden_place }}. The year in the middle, {{ when }}, is left out: look at it yourself, and see what
is missing under `N`.
""")

# %% [markdown]
# ### 4.4 All that was new *(doing, eight minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
In {{ when }}, {{ lesson.places.hidden_place }} also reported new claims under stage `{{ lesson.facts.hidden_stage }}` at level
`{{ lesson.facts.hidden_level }}`. How many new claims were lodged there that year in
{{ lesson.facts.hidden_unit }}, under `N` and under that code together?
""")

# %% [markdown] tags=["hint"]
# **Hint.** The sign `|` means *or*. Each of the two kinds of rows needs a condition of its own, and both have to
# be in the unit that is asked for.

# %% tags=["answer", "hide-cell"]
there = own[(own["year"] == when) & (own["unit"] == lesson.facts["hidden_unit"])]
is_other = (there["stage_code"] == lesson.facts["hidden_stage"]) & (
    there["level_code"] == lesson.facts["hidden_level"]
)
all_new = there[(there["stage_code"] == "N") | is_other]["applied"].sum()

# %% tags=["check"]
check("4.4", all_new)

# %% [markdown]
# ## A rate of what?
#
# The *total protection rate* is the share of all decisions **on the substance** that gave protection,
# as a refugee or in another form. A closed claim got no answer: somebody withdrew it, or left, or had
# claimed elsewhere. It belongs neither above the line nor below it. And because one claim can be decided
# at several levels, a rate is for one level.
#
# **A typical mistake** is to divide by `total`, which includes closed claims. The rate then falls when
# many people withdraw, although no judge has become stricter.
#
# ### 4.5 The rate *(doing, six minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
What share of the decisions on the substance, counted in persons at level `{{ lesson.facts.rate_level }}`, gave protection
in {{ lesson.places.rate_place }} (`{{ lesson.facts.rate_place }}`) in {{ lesson.facts.rate_year }}? Give a share between zero
and one, as in `0.123`.
""")

# %% tags=["answer", "hide-cell"]
rated = decisions[
    (decisions["asylum"] == lesson.facts["rate_place"])
    & (decisions["year"] == lesson.facts["rate_year"])
    & (decisions["level_code"] == lesson.facts["rate_level"])
    & (decisions["unit"] == "persons")
]
protected = rated["recognised"].sum() + rated["other"].sum()
rate = protected / (protected + rated["rejected"].sum())

# %% tags=["check"]
check("4.5", rate)

# %% [markdown]
# ### 4.6 Which sums make sense? *(reading, four minutes)*
#
# Give the letters of those that count no claim twice and mix no units.
#
# - **a** new claims in persons in Austria and in Belgium, in one year
# - **b** new claims in persons and new claims in cases, in one country and year
# - **c** new claims in persons in one country, over three years
# - **d** claims pending at the end of three years, in one country
# - **e** claims pending in Austria and in Belgium, on one day
# - **f** decisions of first instance and on appeal, in one country and year

# %% tags=["answer", "hide-cell"]
allowed = ["a", "c", "e"]

# %% tags=["check"]
check("4.6", allowed)

# %% [markdown]
# ## To discuss
#
# A country changes from cases to persons, and its figure rises by half. A headline calls it a wave.
# Where in the table would you have seen what happened, and what would you write? *(Five minutes.)*

# %% [markdown] tags=["answer", "hide-cell"]
# *Points that a good discussion finds.* The column `unit` changes in that year, and other figures of the
# country, such as decisions, change with it. The two years cannot be compared as they are. You can print
# what each year says, with its unit; or convert the earlier year into a range of persons and see whether
# the later one lies inside it. If it does, there is no wave to report.

# %% [markdown]
# ## Key points
#
# - Every row has a unit. Persons and cases appear side by side, never in one sum.
# - In persons, a case is a range. A factor is one end of it, not the answer.
# - New is what was new, not what is filed under `N`. Look at all codes before you filter.
# - A protection rate is for one level and leaves closed claims out.
# - Ask of every sum: could one claim be in it twice?
#
# **Next:** the fifth lesson looks for the year in which the counting changed.
