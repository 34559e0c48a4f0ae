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
# # 2 Stock and flow: from one year's queue to the next
#
# **Question.** A certain number of people are waiting on the last day of the year. How many waited a year
# earlier, who has come since, who has left, and may such numbers be added up?
#
# **For whom.** Those who have done the first lesson, or who can choose rows of a table and add them up.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); the release and its date are printed below.

# %% [markdown]
# **Overview.** Think of a bath. The water in it is a *stock*: you can read it off at any moment. The
# water that runs in or out is a *flow*: it needs a span of time. Monday's water and Tuesday's water
# must not be added, because most of it is the same water. This lesson applies that one thought to
# people who wait for an answer.
#
# | | |
# |---|---|
# | **Time** | Fifteen minutes of teaching, thirty of exercises |
# | **Questions** | What is a stock, what is a flow? Does this year's queue follow from last year's? What does a sum of queues count? |
# | **You will be able to** | tell stocks from flows by their wording; work out a year's stock from the year before; interpret what is left over; say how often a sum of year-ends counts one claim |

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own

# %%
import pandas as pd

from helpers.lessons.lesson import open_lesson
from helpers.prose.passages import say
from helpers.study import Study

scope = Study.resolve(study=study, release=release, origin=origin)
lesson = open_lesson(2, scope)
check, page = lesson.check, lesson.page
pending, applications, decisions = lesson.tables("pending", "applications", "decisions")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
This lesson is about people from {{ page.origin }}. Its figures are those of release **{{ scope.release }}**,
published on {{ scope.info.published }}.
""")

# %% [markdown]
# ## The tables
#
# We have three tables, already cleaned: they name countries by ISO code only, and spell out persons and
# cases. All rows are about one origin. `pending` holds the claims that were undecided at the end of
# each year.

# %%
pending.tail(2)[["year", "asylum", "pending"]]

# %% [markdown]
# `applications` holds the claims lodged during the year.

# %%
applications.tail(2)[["year", "asylum", "stage", "level_code", "unit", "applied"]]

# %% [markdown]
# `decisions` holds the claims that came to an end. Some of them were `closed` without an answer, because
# they were withdrawn or moved elsewhere.

# %%
decisions.tail(2)[["year", "asylum", "level_code", "unit", "rejected", "closed", "total"]]

# %% [markdown]
# ### 2.1 Which are stocks? *(reading, four minutes)*
#
# Here are six phrases. Which of them name a stock? Give their letters, as in `["a", "b"]`.
#
# - **a** people waiting for a decision on the last day of December
# - **b** claims lodged in the course of a year
# - **c** decisions taken since the new law
# - **d** the backlog of an authority
# - **e** people who sought asylum under one president
# - **f** refugees living in a country

# %% tags=["answer", "hide-cell"]
stocks = ["a", "d", "f"]

# %% tags=["check"]
check("2.1", stocks)

# %% [markdown]
# ## How a queue changes
#
# Whatever the authority, this much must be true:
#
# > claims pending at the end = pending at the start + lodged − decided
#
# A claim can only wait, arrive or leave. **A typical mistake** is to let only rejected claims leave. A
# claim that is granted leaves the queue as well, and so does one that is closed. Another mistake is to
# take the start from the same row as the end: the start of a year is the end of the year before.
#
# One thing comes first. Rows at the levels `AR` and `JR` are appeals. Whoever appeals was in the queue
# before, and countries differ in whether they still count them there. So we leave appeals out. The sign
# `~` means *not*. The function `take` adds up a column for one place in one year, so that we need not
# write the conditions each time.

# %%
appeal_levels = ["AR", "JR"]
lodged = applications[~applications["level_code"].isin(appeal_levels)]
decided = decisions[~decisions["level_code"].isin(appeal_levels)]


def take(table, column, place, year):
    here = table[(table["asylum"] == place) & (table["year"] == year)]
    return here[column].sum()


# %% [markdown]
# **A worked example**, at a destination where the sum comes out well. The stock at the start, and the
# two flows:

# %%
there, then = lesson.facts["example_place"], lesson.facts["example_year"]
at_start = take(pending, "pending", there, then - 1)
came_in = take(lodged, "applied", there, then)
went_out = take(decided, "total", there, then)
print(at_start, came_in, went_out)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
These are the claims in {{ lesson.places.example_place }} in {{ then }}. What should be pending at the end of the period?
""")

# %%
print(at_start + came_in - went_out)

# %% [markdown]
# And what was reported?

# %%
print(take(pending, "pending", there, then))

# %% [markdown]
# The two need not agree to the digit. Small figures are rounded, files are corrected, and stocks and
# flows are seldom counted by the same office on the same day.

# %% [markdown]
# ### 2.2 What came in *(doing, four minutes)*

# %%
place, year = lesson.facts["place"], lesson.facts["year"]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
How many claims did people from {{ page.origin }} lodge in {{ lesson.places.place }} (`{{ place }}`) in {{ year }}, at
any stage, leaving out appeals as above?
""")

# %% tags=["answer", "hide-cell"]
came = take(lodged, "applied", place, year)

# %% tags=["check"]
check("2.2", came)

# %% [markdown]
# ### 2.3 What should be there *(doing, five minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
How many claims should have been pending in {{ lesson.places.place }} at the end of {{ year }}, judging by
last year's stock and this year's flows?
""")

# %% [markdown] tags=["hint"]
# **Hint.** You need three numbers, and `take` gives you each. Mind which table has which column, and which year the
# start belongs to.

# %% tags=["answer", "hide-cell"]
expected = (
    take(pending, "pending", place, year - 1)
    + take(lodged, "applied", place, year)
    - take(decided, "total", place, year)
)

# %% tags=["check"]
check("2.3", expected)

# %% [markdown]
# ### 2.4 What is left over *(doing, three minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
How many more claims were reported for the end of {{ year }} than you expect? If fewer were, the
number is negative.
""")

# %% tags=["answer", "hide-cell"]
left_over = take(pending, "pending", place, year) - expected

# %% tags=["check"]
check("2.4", left_over)

# %% [markdown]
# ## Year after year
#
# A loop does the same for many years. `for` takes one year after another, and a dict, written in braces,
# keeps a number for each. This one holds the stocks that were reported.

# %%
run = range(lesson.facts["walk_first"], lesson.facts["walk_last"] + 1)
reported = {y: int(take(pending, "pending", place, y)) for y in run}
reported

# %% [markdown]
# ### 2.5 Build the whole series *(doing, eight minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
For each year from {{ lesson.facts.walk_first }} to {{ lesson.facts.walk_last }}, work out what should have been pending in
{{ lesson.places.place }} at its end. Start each year from the stock that was *reported* for the year before.
Give a dict, with the years as keys.
""")

# %% tags=["answer", "hide-cell"]
series = {
    y: take(pending, "pending", place, y - 1)
    + take(lodged, "applied", place, y)
    - take(decided, "total", place, y)
    for y in run
}

# %% tags=["check"]
check("2.5", series)

# %% [markdown]
# A chart of the worked example shows the stock next to the two flows of the same years. First a table
# with a row for each year and a column for each line:

# %%
shown = range(lesson.facts["example_first"], lesson.facts["example_last"] + 1)
flows = pd.DataFrame({"year": shown})
flows["lodged"] = [take(lodged, "applied", there, y) for y in shown]
flows["decided"] = [take(decided, "total", there, y) for y in shown]
flows["pending"] = [take(pending, "pending", there, y) for y in shown]

# %% [markdown]
# Then the chart.

# %%
lesson.show_lines(
    flows,
    "lodged",
    "decided",
    "pending",
    id="lesson-stock-and-flows",
    number="2.1",
    title="One stock and the two flows that change it",
    subtitle=f"Claims from {page.origin} in {lesson.places['example_place']}: lodged, decided, pending",
)

# %% [markdown]
# When more claims are lodged than decided, the queue grows, and it is still there when fewer people
# come. When the queue moves and neither flow does, the way of counting has changed. The fifth lesson is
# about that.

# %% [markdown]
# ## What does a sum of stocks count?
#
# Suppose somebody adds up the year-ends of all these years and calls the sum the people who came. A
# claim that waits for three years is in three of them.
#
# ### 2.6 How often is each counted? *(doing, six minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Add up the year-ends in {{ lesson.places.place }} from {{ lesson.facts.walk_first }} to {{ lesson.facts.walk_last }}. Then divide by
the number of claims that could be counted at all: those pending when the first of these years began, and all
lodged in them. How often is one claim counted, on average? (As in `1.23`.)
""")

# %% [markdown] tags=["hint"]
# **Hint.** `sum(reported.values())` adds up a dict. A result below one means that most claims were decided in the
# year in which they were lodged, and never appeared in a year-end at all.

# %% tags=["answer", "hide-cell"]
summed = sum(take(pending, "pending", place, y) for y in run)
claims = take(pending, "pending", place, run[0] - 1) + sum(
    take(lodged, "applied", place, y) for y in run
)
times = summed / claims

# %% tags=["check"]
check("2.6", times)

# %% [markdown]
# ## To discuss
#
# Two countries receive the same number of claims every year. One decides within a month, the other
# within three years. What does a ranking by pending claims say about them, and what does it not say?
# *(Five minutes.)*

# %% [markdown] tags=["answer", "hide-cell"]
# *Points that a good discussion finds.* The slow country always ranks far above the quick one, although
# the same number of people ask it for protection. The ranking measures how many people come, multiplied
# by how long their claims wait. It says something about procedures, staff and courts, and about the
# lives of those who wait. It says nothing about where people want to go. To rank by that, use claims
# lodged.

# %% [markdown]
# ## Key points
#
# - A stock needs a date, a flow needs a span of time.
# - Pending at the end is pending at the start, plus lodged, less decided. Every decided claim leaves.
# - A small remainder is rounding; a large one points to a change in how things are counted.
# - Flows of several years may be added. Stocks may not: their sum counts waiting, not people.
#
# **Next:** the third lesson compares one span of years with another.
