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
# # 3 Comparing periods: boundaries, means, and times as many
#
# **Question.** There were so many claims under one government, and so many more under the next. How do
# you turn that into a number that stands up?
#
# **For whom.** Those who have done the second lesson, or know a stock from a flow.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); the release and its date are printed below.

# %% [markdown]
# **Overview.** Every comparison of two periods rests on three decisions, and readers see none of them:
# where one period ends and the next begins; what is compared, a sum, a mean or two single years; and
# how the result is expressed, as *times as many* or as *percent more*. Each choice can be defended. Left
# unsaid, each can be made so that the result looks large. You will make all three, and then see how much
# they change the answer.
#
# | | |
# |---|---|
# | **Time** | Fifteen minutes of teaching, thirty of exercises |
# | **Questions** | Which years belong to a period? Why a mean and not a sum? What is the increase, if there are three times as many? |
# | **You will be able to** | state a boundary and its alternatives; compare periods of unequal length; tell a ratio from a percent increase; keep half a year out of a mean of years |

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own

# %%
from helpers.lessons.lesson import open_lesson
from helpers.prose.passages import say
from helpers.study import Study

scope = Study.resolve(study=study, release=release, origin=origin)
lesson = open_lesson(3, scope)
check, page = lesson.check, lesson.page
pending, applications = lesson.tables("pending", "applications")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
This lesson is about people from {{ page.origin }}. Its figures are those of release **{{ scope.release }}**, published on
{{ scope.info.published }}. The newest stock was counted {{ page.when(scope.info.newest_year) }}.
""")

# %% [markdown]
# ## A boundary is a decision
#
# A change of government, a law or a war happens on a day, but the figures are for whole years. So
# somebody has to decide to which side the year of the event belongs. The study's file does so openly,
# gives its reasons, and lists the other boundaries that can be defended.

# %%
rows = lesson.list_periods()
lesson.show_periods()

# %% [markdown]
# ### 3.1 Which years? *(reading, three minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Under the first boundary in the table, which years belong to {{ lesson.facts.later_era }}, up to the last in the data? Give
a list of years.
""")

# %% [markdown] tags=["hint"]
# **Hint.** You need not type them all: `list(range(2001, 2004))` gives three years, because `range` stops *before*
# its second number.

# %% tags=["answer", "hide-cell"]
later_years = list(range(lesson.facts["later_first"], lesson.facts["later_last"] + 1))

# %% tags=["check"]
check("3.1", later_years)

# %% [markdown]
# ## A mean, not a sum
#
# `by_year` holds one number a year: all claims pending at its end, over all destinations.

# %%
by_year = pending.groupby("year")["pending"].sum()
by_year.tail(3)

# %% [markdown]
# `.loc[a:b]` takes the years from `a` to `b`. Unlike `range`, it includes *both* ends.
#
# **A typical mistake** is to add up the year-ends of one period and to compare the sum with that of the
# other. This goes wrong twice. A sum of stocks counts nobody, as the second lesson showed; and the longer
# period has the larger sum even if nothing has changed. A mean a year has neither fault.
#
# **A worked example**, on the recognised refugees of the same table.

# %%
refugees = pending.groupby("year")["refugees"].sum()
before, after = rows[0]["earlier"], rows[0]["later"]
one, two = refugees.loc[before[0] : before[-1]], refugees.loc[after[0] : after[-1]]

# %% [markdown]
# First, how many year-ends does each period have?

# %%
print(len(one), len(two))

# %% [markdown]
# The careless comparison: the year-ends of each period added up.

# %%
print(one.sum(), two.sum())

# %% [markdown]
# The sound one: their mean.

# %%
print(round(one.mean()), round(two.mean()))

# %% [markdown]
# Divide the second number by the first, in the sums and in the means. Where the periods differ in
# length, the two results differ by exactly that factor, and only the means are about refugees.

# %% [markdown]
# ### 3.2 The earlier period *(doing, four minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
How many claims were pending on average at the ends of the years of {{ lesson.facts.earlier_era }},
{{ lesson.facts.earlier_first }} to {{ lesson.facts.earlier_last }}?
""")

# %% tags=["answer", "hide-cell"]
earlier_mean = by_year.loc[lesson.facts["earlier_first"] : lesson.facts["earlier_last"]].mean()

# %% tags=["check"]
check("3.2", earlier_mean)

# %% [markdown]
# ## Times as many, percent more
#
# If there were ten and now there are thirty, there are *three times as many*: that is the **ratio**,
# thirty divided by ten. There are *two hundred percent more*: that is the **increase**, the twenty that
# were added, divided by the ten. The increase in percent is the ratio less one, times a hundred.
#
# **A typical mistake** is to print the ratio as if it were the increase: "up three hundred percent".
# It overstates the change by a hundred points, and the best of newspapers make it.
#
# ### 3.3 How many times as many? *(doing, four minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
How many times as many claims were pending on average in {{ lesson.facts.later_era }} as in
{{ lesson.facts.earlier_era }}? (As in `1.23`.)
""")

# %% tags=["answer", "hide-cell"]
later_mean = by_year.loc[lesson.facts["later_first"] : lesson.facts["later_last"]].mean()
ratio = later_mean / earlier_mean

# %% tags=["check"]
check("3.3", ratio)

# %% [markdown]
# ### 3.4 By how many percent more? *(doing, three minutes)*
#
# Express the same comparison as an increase in percent.

# %% tags=["answer", "hide-cell"]
increase = 100 * (ratio - 1)

# %% tags=["check"]
check("3.4", increase)

# %% [markdown]
# The chart shows what the two means leave out: the course of the years inside each period.

# %%
lesson.show_lines(
    by_year.reset_index(),
    "pending",
    is_shaded=True,
    id="lesson-periods",
    number="3.1",
    title="One series, divided into periods",
    subtitle=f"Claims from {page.origin} pending, year by year",
    note=f"The last of them were counted {page.when(scope.info.newest_year)}.",
)

# %% [markdown]
# ## Half a year is not a year
#
# A release of the autumn ends in the middle of a year. Its last *stock* is a stock like any other,
# counted on another day. Its last *flow* covers six months, and must not enter a mean of years. Nothing
# in the file says so; you have to know the release. (A single destination can report half a year too;
# here we leave that aside.)
#
# ### 3.5 New claims a year *(doing, six minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
How many new claims (`stage` is `new`) did people from {{ page.origin }} lodge a year on average in
{{ lesson.facts.later_era }}? Count only persons, and leave out the last year if it holds six months. The release ends
{{ page.when(scope.info.newest_year) }}.
""")

# %% [markdown] tags=["hint"]
# **Hint.** Choose rows by `stage` and by `unit`, group by year, add up `applied`, and think before you choose
# the last year.

# %% tags=["answer", "hide-cell"]
new = applications[(applications["stage"] == "new") & (applications["unit"] == "persons")]
new_by_year = new.groupby("year")["applied"].sum()
last_full = scope.info.newest_year if scope.info.period == "end" else scope.info.newest_year - 1
new_mean = new_by_year.loc[lesson.facts["later_first"] : last_full].mean()

# %% tags=["check"]
check("3.5", new_mean)

# %% [markdown]
# ## How much does the boundary matter?
#
# ### 3.6 All boundaries *(doing, eight minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Work out the ratio of exercise `3.3` for each row of the first table of this lesson. Between which values does
it lie? Give `(least, most)`. If the table has a single row, both are the same.
""")

# %% [markdown] tags=["hint"]
# **Hint.** `rows` holds the table's lines: `row["earlier"]` and `row["later"]` are ranges of years. Such a range
# `years` can be put into `.loc` as `by_year.loc[years[0] : years[-1]]`.

# %% tags=["answer", "hide-cell"]
ratios = [
    by_year.loc[row["later"][0] : row["later"][-1]].mean()
    / by_year.loc[row["earlier"][0] : row["earlier"][-1]].mean()
    for row in rows
]
ratio_range = (min(ratios), max(ratios))

# %% tags=["check"]
check("3.6", ratio_range)

# %% [markdown]
# ## To discuss
#
# "Since the new government took office, asylum claims have risen threefold." Suppose that the figure
# is right. Which word in the sentence does it not support? *(Five minutes.)*

# %% [markdown] tags=["answer", "hide-cell"]
# *Points that a good discussion finds.* "Since" says when, and is read as why. Two periods differ in many
# things: procedures, backlogs, visas, the price of a flight, ways of counting. The ratio measures none
# of them. "Asylum claims" is vague as well: claims pending or claims lodged? And "threefold" should say
# between what: two means, or two single years, either of which may be exceptional.

# %% [markdown]
# ## Key points
#
# - A period is a list of years. State it, and say who draws the line elsewhere.
# - Compare means a year, never sums of stocks.
# - The increase in percent is the ratio less one, times a hundred.
# - A six-month flow enters no mean of years.
# - Give the range over all boundaries. If the sentence is true at both ends, it stands.
#
# **Next:** the fourth lesson is about units, and about what may be added at all.
