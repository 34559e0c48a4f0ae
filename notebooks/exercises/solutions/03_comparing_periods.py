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
# **Question.** Under one government there were so many claims, under the next so many more. How is
# that made into a number that holds?
#
# **For whom.** Those who have done the second lesson, or know a stock from a flow.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); release and date are printed below.

# %% [markdown]
# **Overview.** Three decisions stand behind every comparison of two periods, and a reader sees none
# of them: where one period ends and the next begins; what is compared, a sum, a mean or two single
# years; and how the result is told, as *times as many* or as *percent more*. Each can be defended.
# Left unsaid, each can be chosen so that the result is large. You will make all three, and then see
# how far they move the answer.
#
# | | |
# |---|---|
# | **Time** | Fifteen minutes of teaching, thirty of exercises |
# | **Questions** | Which years belong to a period? Why a mean and not a sum? What is the increase, if there are three times as many? |
# | **You will be able to** | state a boundary and its alternatives; compare spans of unequal length; tell a ratio from a percent increase; keep a half year out of a mean of years |

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own

# %%
import pandas as pd

from helpers.lessons.lesson import open_lesson
from helpers.plots import charts, style
from helpers.plots.charts import describe_series
from helpers.prose.passages import say
from helpers.prose.tables import show
from helpers.study import Study

scope = Study.resolve(study=study, release=release, origin=origin)
lesson = open_lesson(3, scope)
check, page = lesson.check, lesson.page
pending, applications = lesson.tables("pending", "applications")

# %% tags=["hide-input"] jupyter={"source_hidden": true}
say("""
This lesson is about people from {{ page.origin }}, in release **{{ scope.release }}**, published on
{{ scope.info.published }}. The newest stock was counted {{ page.when(scope.info.newest_year) }}.
""")

# %% [markdown]
# ## A boundary is a decision
#
# A change of government, a law or a war falls on a day, and the figures are of whole years. So
# somebody has to decide to which side the year of the event belongs. The study's file does it
# openly, with its reasons, and names the other ways that can be defended.

# %%
own = scope.file.boundaries[0]
rows = [
    {"boundary": boundary.title, "earlier": earlier, "later": later}
    for boundary in scope.file.boundaries
    if boundary.compare == own.compare
    for earlier, later in [lesson.list_eras(boundary)]
]
shown = pd.DataFrame(rows).map(
    lambda cell: f"{cell[0]} to {cell[-1]}" if isinstance(cell, range) else cell
)
show(shown, "The ways of cutting that this study names, the default first")

# %% [markdown]
# ### 3.1 Which years? *(reading, three minutes)*

# %% tags=["hide-input"] jupyter={"source_hidden": true}
say("""
Under the first way in the table, which years belong to {{ lesson.facts.later_era }}, up to the last in the data? Give
a list of years.
""")

# %% [markdown] tags=["hint"]
# **Hint.** You need not type them all: `list(range(2001, 2004))` gives three years, since `range` stops *before*
# its second number.

# %% tags=["answer", "hide-cell"]
later_years = list(range(lesson.facts["later_first"], lesson.facts["later_last"] + 1))

# %% tags=["check"]
check("3.1", later_years)

# %% [markdown]
# ## A mean, not a sum
#
# `by_year` holds one number a year: all claims pending at its end, over all destinations.
# `.loc[a:b]` takes the years from `a` to `b`, and here, unlike with `range`, *both* are included.
#
# **A typical mistake** is to add up the year-ends of one period and to set the sum beside that
# of the other. It goes wrong twice. A sum of stocks counts nobody, as the second lesson showed; and
# the longer period has the larger sum even if nothing has changed. A mean a year has neither fault.

# %%
by_year = pending.groupby("year")["pending"].sum()
by_year.tail(3)

# %% [markdown]
# **A worked example**, on the refugees of the same table: people who were recognised, at each year's
# end. First what a careless comparison gives, then a sound one.

# %%
refugees = pending.groupby("year")["refugees"].sum()
before, after = lesson.list_eras(own)
one, two = refugees.loc[before[0] : before[-1]], refugees.loc[after[0] : after[-1]]
example = pd.DataFrame(
    {
        "era": [own.compare[0], own.compare[1]],
        "Year-ends": [len(one), len(two)],
        "Added up": [int(one.sum()), int(two.sum())],
        "Mean of the year-ends": [round(one.mean()), round(two.mean())],
    }
)
show(example, "Refugees of this origin, in each period")

# %% [markdown]
# Divide one line by the other in each of the two last columns. Where the periods differ in length, the
# two results differ by just that much, and only the means are about refugees.

# %% [markdown]
# ### 3.2 The earlier period *(doing, four minutes)*

# %% tags=["hide-input"] jupyter={"source_hidden": true}
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
# thirty over ten. There are *two hundred percent more*: that is the **increase**, the twenty that
# were added, over the ten. The increase in percent is the ratio less one, times a hundred.
#
# **A typical mistake** is to print the ratio as if it were the increase: "up three hundred percent".
# It makes the change larger by a hundred points, and it is made by the best of newspapers.
#
# ### 3.3 How many times as many? *(doing, four minutes)*

# %% tags=["hide-input"] jupyter={"source_hidden": true}
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
# The same comparison, told as an increase in percent.

# %% tags=["answer", "hide-cell"]
increase = 100 * (ratio - 1)

# %% tags=["check"]
check("3.4", increase)

# %%
yearly = by_year.rename("pending").reset_index()
fig, ax = style.new_figure(height=3.2)
charts.draw_lines(ax, yearly, y="pending", labels={"pending": ""})
charts.shade_eras(ax, scope.file.boundaries[0].eras)
page.figure(
    fig,
    id="lesson-periods",
    number="3.1",
    title="One series, cut into periods",
    subtitle=f"Claims from {page.origin} pending, year by year; compared are "
    f"{lesson.facts['earlier_era']} and {lesson.facts['later_era']}",
    alt=describe_series(yearly, "year", "pending", "claims"),
    data=yearly,
    note=f"The last of them were counted {page.when(scope.info.newest_year)}.",
)

# %% [markdown]
# ## Half a year is not a year
#
# A release of the autumn ends with the middle of a year. Its last *stock* is a stock like any other,
# counted on another day. Its last *flow* is of six months, and must not enter a mean of years.
# Nothing in the file says so; one has to know the release.
#
# ### 3.5 New claims a year *(doing, six minutes)*

# %% tags=["hide-input"] jupyter={"source_hidden": true}
say("""
How many new claims (`stage` is `new`) did people from {{ page.origin }} lodge a year on average in
{{ lesson.facts.later_era }}? Count persons alone, and whole years alone. The release ends
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
# ## How far does the boundary move it?
#
# ### 3.6 All boundaries *(doing, eight minutes)*

# %% tags=["hide-input"] jupyter={"source_hidden": true}
say("""
Work out the ratio of exercise `3.3` for each row of the first table of this lesson. Between which values does
it lie? Give `(least, most)`. If the table has a single row, both are the same.
""")

# %% [markdown] tags=["hint"]
# **Hint.** `lesson.list_eras(boundary)` gives the two ranges of years of a boundary. A range `years` can be put
# into `.loc` as `by_year.loc[years[0] : years[-1]]`.

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
# is right. Which word in the sentence is not covered by it? *(Five minutes.)*

# %% [markdown] tags=["answer", "hide-cell"]
# *What a good discussion finds.* "Since" says when, and is read as why. Two periods differ in many
# things: procedures, backlogs, visas, the price of a flight, the ways of counting. The ratio measures
# none of them. "Asylum claims" is open as well: claims pending or claims lodged? And "threefold" should
# say between what: two means, or two single years, of which one may be unlike its neighbours.

# %% [markdown]
# ## Key points
#
# - A period is a list of years. State it, and state who else cuts in another place.
# - Compare means a year, never sums of stocks.
# - The increase in percent is the ratio less one, times a hundred.
# - A six-month flow enters no mean of years.
# - Give the range over the boundaries. If the sentence holds at both ends, it holds.
#
# **Next:** the fourth lesson is about the unit, and about what may be added at all.
