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
# **Question.** So many people wait on the last day of the year. How many waited a year before, who
# has come since, who has left, and may one add such numbers up?
#
# **For whom.** Those who have done the first lesson, or who can choose rows of a table and add them up.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); release and date are printed below.

# %% [markdown]
# **Overview.** Think of a bath. How much water is in it is a *stock*: it can be read off at any
# moment, and at none but a moment. How much runs in or out is a *flow*: it needs a span of time. The
# water of Monday and the water of Tuesday must not be added, since most of it is the same water. All
# that follows is this one thought, with people who wait for an answer in place of the water.
#
# | | |
# |---|---|
# | **Time** | Fifteen minutes of teaching, thirty of exercises |
# | **Questions** | What is a stock, what is a flow? Does this year's queue follow from last year's? What does a sum of queues count? |
# | **You will be able to** | tell stocks from flows by their wording; build a year's stock from the year before; read what is left over; say how often a sum of year-ends counts one claim |

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own

# %%
import pandas as pd

from helpers.lessons.lesson import open_lesson
from helpers.plots import charts, style
from helpers.plots.charts import describe_lines
from helpers.prose.passages import say
from helpers.prose.tables import show
from helpers.prose.words import capitalise
from helpers.study import Study

scope = Study.resolve(study=study, release=release, origin=origin)
lesson = open_lesson(2, scope)
check, page = lesson.check, lesson.page
pending, applications, decisions = lesson.tables("pending", "applications", "decisions")

# %% tags=["hide-input"] jupyter={"source_hidden": true}
say("""
This lesson is about people from {{ page.origin }}, in release **{{ scope.release }}**, published on
{{ scope.info.published }}.
""")

# %% [markdown]
# ## What we have
#
# Three tables, cleaned: countries stand under ISO codes alone, and persons and cases are spelled out.
# All rows are of the one origin.

# %%
pending.tail(2)[["year", "asylum", "pending"]]

# %%
applications.tail(2)[["year", "asylum", "stage", "level_code", "unit", "applied"]]

# %%
decisions.tail(2)[["year", "asylum", "level_code", "unit", "rejected", "closed", "total"]]

# %% [markdown]
# `pending` holds the claims that nobody has decided yet, at the end of each year. `applications` holds
# the claims lodged during the year, `decisions` those that came to an end, of which some were
# `closed` without an answer: withdrawn, say, or moved elsewhere.
#
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
# ## The identity
#
# Whatever the authority, this much must hold:
#
# > claims pending at the end = pending at the start + lodged − decided
#
# It must hold because a claim can do nothing else than wait, come or go. **A typical mistake** is
# to let only rejections go out. Whoever is recognised leaves the queue as well, and so does
# whoever's claim is closed. Another one is to take the start from the same row as the end: the start
# of a year is the end of the year before.
#
# One thing has to be put aside first. Rows at the levels `AR` and `JR` are appeals; whoever appeals
# was in the queue before, and whether they still are is told differently from country to country. The
# sign `~` means *not*.

# %%
is_appeal_level = ["AR", "JR"]
lodged = applications[~applications["level_code"].isin(is_appeal_level)]
decided = decisions[~decisions["level_code"].isin(is_appeal_level)]

# %% [markdown]
# **A worked example**, at a destination where the sum comes out well. `take` adds up a column at one
# place in one year, so that we need not write the conditions each time.


# %%
def take(table, column, place, year):
    here = table[(table["asylum"] == place) & (table["year"] == year)]
    return here[column].sum()


there, then = lesson.facts["example_place"], lesson.facts["example_year"]
example = pd.DataFrame(
    {
        "step": ["pending a year before", "lodged", "decided", "expected", "reported"],
        "claims": [
            take(pending, "pending", there, then - 1),
            take(lodged, "applied", there, then),
            -take(decided, "total", there, then),
            take(pending, "pending", there, then - 1)
            + take(lodged, "applied", there, then)
            - take(decided, "total", there, then),
            take(pending, "pending", there, then),
        ],
    }
)
show(example, "From one stock to the next")

# %% tags=["hide-input"] jupyter={"source_hidden": true}
say("""
This is {{ lesson.places.example_place }} in {{ then }}.
""")

# %% [markdown]
# The last two lines need not agree to the digit. Small figures are rounded, files are corrected, and
# a stock and a flow are seldom counted by the same desk on the same day.
#
# ### 2.2 What came in *(doing, four minutes)*

# %%
place, year = lesson.facts["place"], lesson.facts["year"]

# %% tags=["hide-input"] jupyter={"source_hidden": true}
say("""
How many claims did people from {{ page.origin }} lodge in {{ lesson.places.place }} (`{{ place }}`) in {{ year }}, at
whatever stage, with appeals put aside as above?
""")

# %% tags=["answer", "hide-cell"]
came = take(lodged, "applied", place, year)

# %% tags=["check"]
check("2.2", came)

# %% [markdown]
# ### 2.3 What should be there *(doing, five minutes)*

# %% tags=["hide-input"] jupyter={"source_hidden": true}
say("""
How many claims should have been pending in {{ lesson.places.place }} at the end of {{ year }}, if it depended on
last year's stock and this year's flows alone?
""")

# %% [markdown] tags=["hint"]
# **Hint.** Three numbers make it up, and `take` gives each. Mind which table has which column, and which year
# the start belongs to.

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

# %% tags=["hide-input"] jupyter={"source_hidden": true}
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
# What is done once can be done in a loop. `for` takes one year after another, and a dict, written in
# braces, keeps a number for each. This one holds the reported stocks.

# %%
run = range(lesson.facts["walk_first"], lesson.facts["walk_last"] + 1)
reported = {y: int(take(pending, "pending", place, y)) for y in run}
reported

# %% [markdown]
# ### 2.5 Build the whole series *(doing, eight minutes)*

# %% tags=["hide-input"] jupyter={"source_hidden": true}
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
# The figure does the same at the destination of the worked example: the stock beside the two flows of
# the same years. Where more is lodged than decided, the queue grows, and it goes on being there when
# fewer come. Where it moves and neither flow does, the way of counting has changed; the fifth lesson is
# about that.

# %%
shown = range(lesson.facts["example_first"], lesson.facts["example_last"] + 1)
flows = pd.DataFrame(
    {
        "year": list(shown),
        "lodged": [take(lodged, "applied", there, y) for y in shown],
        "decided": [take(decided, "total", there, y) for y in shown],
        "pending": [take(pending, "pending", there, y) for y in shown],
    }
)
labels = {"lodged": "lodged", "decided": "decided", "pending": "pending"}
fig, ax = style.new_figure(height=3.2)
charts.draw_lines(ax, flows, y=list(labels), labels=labels)
page.figure(
    fig,
    id="lesson-stock-and-flows",
    number="2.1",
    title="One stock and the two flows that move it",
    subtitle=f"Claims from {page.origin} in {lesson.places['example_place']}: lodged and decided in "
    "the year, pending at its end",
    alt=describe_lines(flows, {name: capitalise(name) for name in labels}, "claims"),
    data=flows,
)

# %% [markdown]
# ## What does a sum of stocks count?
#
# Suppose somebody adds the year-ends of all these years up and calls the sum the people who came.
# Whoever waits for three years is in three of them.
#
# ### 2.6 How often is each counted? *(doing, six minutes)*

# %% tags=["hide-input"] jupyter={"source_hidden": true}
say("""
Add up the year-ends in {{ lesson.places.place }} from {{ lesson.facts.walk_first }} to {{ lesson.facts.walk_last }}. Then divide by
the claims that were there to be counted at all: those pending when the first of these years began, and all
lodged since. How often is one claim counted, on average? (As in `1.23`.)
""")

# %% [markdown] tags=["hint"]
# **Hint.** `sum(reported.values())` adds up a dict. Under one means that most claims were decided within the
# year in which they were lodged, and never stood in a year-end at all.

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
# within three years. What does a ranking by claims pending say about them, and what does it not?
# *(Five minutes.)*

# %% [markdown] tags=["answer", "hide-cell"]
# *What a good discussion finds.* The slow country stands far above the quick one, forever, although
# equally many people ask it for protection. The ranking measures how long claims wait times how many
# come. It says something about procedures, staff and courts, and about the life of those who
# wait. It says nothing about where people want to go. To rank by that, take claims lodged.

# %% [markdown]
# ## Key points
#
# - A stock needs a date, a flow needs a span of time.
# - Pending at the end is pending at the start, plus lodged, less decided. Everything decided goes out.
# - What is left over tells rounding from a change in how things are counted: a little, or a lot.
# - Flows of several years may be added. Stocks may not: their sum counts waiting, not people.
#
# **Next:** the third lesson sets one span of years beside another.
