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
# # 1 Reading a UNHCR table: codes, missing values, rounding
#
# **Question.** You have a file of figures in front of you. What does one row say, and what does it leave out?
#
# **For whom.** Students of any subject, and journalists, who have never opened a data file with
# pandas. You need to have seen a line of Python before; nothing else.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); the release and its date are printed below.

# %% [markdown]
# **Overview.** One origin in one year can be given as a hundred thousand or as ten thousand, and both
# numbers can be printed in good faith. These six lessons show how that happens. It begins with small
# things: a code that means another country, an empty cell that is read as zero, a five that is not
# five. In this lesson you read one file, and at the end you make a ranking that you can defend.
#
# | | |
# |---|---|
# | **Time** | Twenty minutes of teaching, twenty-five of exercises |
# | **Questions** | What is one row of a table? Which code is which country? Is an empty cell a zero? |
# | **You will be able to** | read a file, choose rows, add them up by group and sort them with pandas; tell UNHCR's codes from ISO's; keep missing values apart from zeros; say how much rounding can hide |

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
lesson = open_lesson(1, scope)
check, page = lesson.check, lesson.page

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
This lesson is about people from {{ page.origin }} (ISO code `{{ scope.origin }}`). Its figures are those of release
**{{ scope.release }}**, published on {{ scope.info.published }}.
""")

# %% [markdown]
# **How to work.** Put the cursor in a cell and press `Shift` and `Enter` together: the cell runs, and
# its result appears below it. Go from top to bottom and leave no cell out. Where a cell says `...`, put
# your answer in place of the three dots. `check` tells you whether it is right, or which mistake it
# looks like. A wrong answer costs nothing, and the hints become plainer. If an error appears in red,
# read its last line: most often a bracket or a quotation mark is missing. If it says that a name is not
# defined, as after a restart, choose *Run All Above Selected Cell* in the *Run* menu. The results that
# you see when you open the page are from our own run; yours replace them.

# %% [markdown]
# ## Reading a file
#
# pandas is Python's library for tables. By habit it is called `pd`. `read_csv` reads a file and
# returns a table; `tail` shows its last rows.

# %%
population = pd.read_csv(lesson.file("population"))
population.tail(3)

# %% [markdown]
# Read the last row aloud, from left to right. In this year, people from this country of origin (`coo`)
# were in that country of asylum (`coa`); so many of them were recognised as refugees, and so many were
# still waiting for a decision (`asylum_seekers`). **One row is one origin in one country of asylum in
# one year.** Most mistakes with this file come from forgetting one of the three.
#
# `len` counts the rows.

# %%
len(population)

# %% [markdown]
# A name in square brackets takes one column, and `max` finds its largest value. This is the last year.

# %%
print(population["year"].max())

# %% [markdown]
# ## Choosing rows
#
# A comparison on a column asks a question of every row and answers `True` or `False` for each.

# %%
is_large = population["refugees"] > 10_000
is_large.tail(3)

# %% [markdown]
# Put into the square brackets, it keeps the rows with `True`. To ask two questions at once, put each in
# brackets of its own and join them with `&`, which means *and*.

# %%
large_and_late = population[is_large & (population["year"] > 2015)]
large_and_late[["year", "coo_iso", "coa_iso", "refugees"]].head(3)

# %% [markdown]
# ## Two sets of codes
#
# The file names each country twice: by UNHCR's own code (`coo`, `coa`) and by the international one,
# ISO 3166 (`coo_iso`, `coa_iso`). Many of the codes are the same in both, and that is the trap: some
# codes mean one country in one set and another country in the other. The list of countries shows where
# the two differ.

# %%
countries = pd.read_csv(lesson.file("countries"), keep_default_na=False)
differ = countries[countries["unhcr_code"] != countries["iso_code"]]
some = differ[differ["iso_code"].isin(["AUS", "AUT", "DEU", "EGY", "ARE"])]
some[["unhcr_code", "iso_code", "name"]]

# %% [markdown]
# Find `AUS` in the table. As an ISO code it is Australia; as UNHCR's it is Austria. So here is a rule
# for this lesson and all the others: **choose and join on the ISO columns, never on the others, and
# never on names.**

# %% [markdown]
# ### 1.1 Whose code is it? *(reading, three minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Which code does UNHCR itself use for {{ page.origin }}?
""")

# %% tags=["answer", "hide-cell"]
own_rows = population[population["coo_iso"] == scope.origin]
unhcr_code = own_rows["coo"].iloc[-1]

# %% tags=["check"]
check("1.1", unhcr_code)

# %% [markdown]
# **A worked example.** How many recognised refugees, of any origin in this file, were in Germany at the
# end of a year? First choose the rows, by ISO code and by year.

# %%
in_germany = population[(population["coa_iso"] == "DEU") & (population["year"] == 2020)]

# %% [markdown]
# Then take the column and add it up.

# %%
print(in_germany["refugees"].sum())

# %% [markdown]
# ### 1.2 One origin, one place, one year *(doing, five minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
How many people from {{ page.origin }} had a claim pending in {{ lesson.places.place }} (ISO code
`{{ lesson.facts.place }}`) {{ page.when(lesson.facts.year) }}? You need more than one condition.
""")

# %% [markdown] tags=["hint"]
# **Hint.** The code of the place is also in `lesson.facts["place"]`, and the year in `lesson.facts["year"]`.
# Start from the worked example, and add the origin as a third condition.

# %% tags=["answer", "hide-cell"]
place, year = lesson.facts["place"], lesson.facts["year"]
pending_there = population[
    (population["coo_iso"] == scope.origin)
    & (population["coa_iso"] == place)
    & (population["year"] == year)
]["asylum_seekers"].sum()

# %% tags=["check"]
check("1.2", pending_there)

# %% [markdown]
# ## A code that looks like nothing
#
# The second file holds the claims lodged in each year. Its column `app_type` gives the stage: `N` is a
# new claim, `R` a repeated one, `A` an appeal, and `NA` stands for new claims and appeals together.
# pandas, like most software, takes those last two letters for "not available". Unless you tell it
# otherwise, it empties the cell without a word.

# %%
applications = pd.read_csv(lesson.file("asylum_applications"))
print(applications["app_type"].isna().any())

# %% [markdown]
# `isna` asks of each cell whether it is empty, and `any` whether one of the answers was yes. UNHCR left
# no cell of this column empty. We emptied them ourselves, by reading the file carelessly. One option of
# `read_csv` prevents it.

# %% [markdown]
# ### 1.3 The code that vanished *(doing, four minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
How many rows of the file `asylum_applications` have the stage `NA`? Read the file again, so that the code
survives.
""")

# %% [markdown] tags=["hint"]
# **Hint.** The option is called `keep_default_na`, and it takes `True` or `False`. Count the rows with `len`,
# as above.

# %% tags=["answer", "hide-cell"]
applications = pd.read_csv(lesson.file("asylum_applications"), keep_default_na=False)
na_rows = len(applications[applications["app_type"] == "NA"])

# %% tags=["check"]
check("1.3", na_rows)

# %% [markdown]
# ## Missing is not zero
#
# Now a table with many rows a year has to become one number a year. `groupby` collects the rows that
# have the same value in a column, and `sum` adds up each group. As an example, here are all the
# refugees in this file.

# %%
by_year = population.groupby("year")["refugees"].sum()
by_year.tail(3)

# %% [markdown]
# The left column is now the table's *index*, its row labels. `by_year.index` returns it, so
# `by_year[by_year.index > 2020]` keeps the later years.
#
# The column `asylum_seekers` has a zero in every row of the early years. Nobody was counting yet: the
# series begins later. In this file a zero can mean that there was nobody, or that nobody looked, and
# only the documentation says which. A mean that includes the wrong zeros is far too low.

# %% [markdown]
# ### 1.4 A mean over the right years *(doing, six minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
UNHCR has counted asylum-seekers since {{ lesson.facts.first_collected }}. How many claims from {{ page.origin }} were pending
on average, over the years in which they were counted? First work out one total a year, then the mean.
""")

# %% [markdown] tags=["hint"]
# **Hint.** Three steps: keep the origin's rows; group by year and add up; keep the later years and take
# `.mean()`. A newer column such as `oip` is empty in the early years instead of zero, which says the
# same thing more honestly.

# %% tags=["answer", "hide-cell"]
own = population[population["coo_iso"] == scope.origin]
own_by_year = own.groupby("year")["asylum_seekers"].sum()
mean_pending = own_by_year[own_by_year.index >= lesson.facts["first_collected"]].mean()

# %% tags=["check"]
check("1.4", mean_pending)

# %% [markdown]
# ## A five that is not five
#
# Three people from one country in another could be recognised by their neighbours. So UNHCR does not
# publish small figures: `1` to `4` become `0` or `5`. (In decisions, `6` to `9` are changed as well.)
# This protects people, as it should. But if you add up many fives, remember that each of them is one
# person, or five, or something in between.

# %% [markdown]
# ### 1.5 What the fives can hide *(reading, four minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Some destinations show exactly `5` claims from {{ page.origin }} pending {{ page.when(lesson.facts.rounded_year) }}. How many
people can all those rows together stand for? Give the least and the most, as `(least, most)`.
""")

# %% tags=["answer", "hide-cell"]
in_year = own[own["year"] == lesson.facts["rounded_year"]]
fives = len(in_year[in_year["asylum_seekers"] == 5])
fives_range = (fives, 5 * fives)

# %% tags=["check"]
check("1.5", fives_range)

# %% [markdown]
# ## Putting rows in order
#
# `sort_values` sorts by a column, and `ascending=False` puts the largest value first. Here are all
# places in one year, by the refugees who lived there.

# %%
in_2020 = population[population["year"] == 2020]
ordered = in_2020.sort_values("refugees", ascending=False)

# %% [markdown]
# `head` keeps the first rows, and `tolist` turns a column into a list.

# %%
ordered["coa_iso"].head(3).tolist()

# %% [markdown]
# A list says who comes first; a chart shows by how much. Always draw what you rank. `nlargest` sorts and
# cuts in one step.

# %%
hosts = in_2020.groupby("coa_iso", as_index=False)["refugees"].sum().nlargest(8, "refugees")

# %%
lesson.show_bars(
    hosts,
    "refugees",
    id="lesson-hosts",
    number="1.1",
    title="Where the refugees in this file lived",
    subtitle=f"Refugees at the end of {in_2020['year'].max()}, by country of asylum",
    note="A release may hold some origins only; totals of all origins are in files of their own.",
)

# %% [markdown]
# ### 1.6 A ranking *(doing, six minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
In which {{ lesson.facts.n_top | words }} countries were most people from {{ page.origin }} waiting for a decision
{{ page.when(lesson.facts.year) }}? Give a list of ISO codes, the largest first.
""")

# %% tags=["answer", "hide-cell"]
now = own[own["year"] == lesson.facts["year"]].sort_values("asylum_seekers", ascending=False)
top = now.head(lesson.facts["n_top"])["coa_iso"].tolist()

# %% tags=["check"]
check("1.6", top)

# %% [markdown]
# ## To discuss
#
# A newspaper calls the first country in your list "the most popular destination" of people from here.
# What would you ask its author? *(Five minutes.)*

# %% [markdown] tags=["answer", "hide-cell"]
# *Points that a good discussion finds.* The list shows where claims were pending on one day. A country
# that decides slowly keeps its claims and ranks high; one that receives as many and decides them in a
# month ranks low. Popularity would have to be measured by the claims lodged in a year, and even those
# depend on who can reach which country at all. And some claims carry no origin: where a destination
# does not report it, people from here are in its total and not in this row.

# %% [markdown]
# ## Key points
#
# - One row is one origin in one country of asylum in one year. Ask about all three.
# - Choose and join on ISO codes. UNHCR's own look the same and are not.
# - Read with `keep_default_na=False`: here `NA` is a code.
# - An empty cell is unknown, and so is a zero from before the counting began. Unknown is not zero.
# - Small figures are rounded to protect people. A total of many small rows is approximate.
#
# **Next:** the second lesson asks how this year's queue follows from last year's.
