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
# # 5 Breaks: did something happen, or did the counting change?
#
# **Question.** A series falls steeply from one year to the next. Did people leave the queue, or did
# somebody fill in a column differently? And what can still be said?
#
# **For whom.** Those who have done the first two lessons.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); the release and its date are printed below.

# %% [markdown]
# **Overview.** A figure can change because the world did, or because the way of counting did. The
# second is called a break. Most breaks can be seen in the data, if you look next to the series: at the
# claims without an origin, at figures that repeat to the last digit. You will find a destination that
# stopped naming origins, and do what an honest statistician does: give a range, and say what it rests
# on.
#
# | | |
# |---|---|
# | **Time** | Fifteen minutes of teaching, thirty of exercises |
# | **Questions** | What does a break look like? Which destination changed its counting? How large could the figure have been? |
# | **You will be able to** | look for breaks next to a series; keep unknown apart from zero; allocate unknown claims by the last complete year; give a range with its assumption; recognise figures that were copied |

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
lesson = open_lesson(5, scope)
check, page = lesson.check, lesson.page
pending, by_asylum = lesson.tables("pending", "by_asylum")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
This lesson is about people from {{ page.origin }}. Its figures are those of release **{{ scope.release }}**,
published on {{ scope.info.published }}.
""")

# %% [markdown]
# ## The series, and what lies next to it
#
# First, the line that everybody draws.

# %%
lesson.show_lines(
    pending.groupby("year", as_index=False)["pending"].sum(),
    "pending",
    id="lesson-series",
    number="5.1",
    title="A line that goes up and down, and does not say why",
    subtitle=f"Claims from {page.origin} pending, all destinations",
)

# %% [markdown]
# The table `by_asylum` has all claims pending in each destination, of any origin, and says how many of
# them carry no origin. Each of those belongs to *some* country. If a destination stops naming origins,
# every country's line falls there, and nobody has left.

# %%
by_asylum.tail(3)[["year", "asylum", "pending", "pending_unknown_origin"]]

# %% [markdown]
# **A worked example**: in all destinations together, what share of the claims had no origin? First the
# sums of each year.

# %%
sums = ["pending", "pending_unknown_origin"]
world = by_asylum.groupby("year", as_index=False)[sums].sum()

# %% [markdown]
# Then the share, as a column of its own. `astype(float)` turns the result into ordinary decimal numbers.

# %%
world["unknown_share"] = (world["pending_unknown_origin"] / world["pending"]).astype(float)
show(world.tail(5), "Claims pending in the world, and those without an origin")

# %% [markdown]
# ## Find the destination
#
# A high share alone is no break: some destinations have never named origins. A break is a **rise**, and
# it matters for this origin only where enough of its people were waiting. So for each destination we
# need this year and the year before on one line. That takes four steps.
#
# First, put this origin's claims next to those of all origins. `merge` joins two tables on the columns
# that they share; where this origin has no row, `fillna` writes a zero.

# %%
year = lesson.facts["year"]
own = pending.rename(columns={"pending": "from_here"})[["year", "asylum", "from_here"]]
table = by_asylum.merge(own, on=["year", "asylum"], how="left").fillna({"from_here": 0})

# %% [markdown]
# Second, work out the share without an origin, as above.

# %%
table["unknown_share"] = (table["pending_unknown_origin"] / table["pending"]).astype(float)

# %% [markdown]
# Third, copy the table and move its year up by one, so that each line meets the line of the year after.
# The columns of the year before get the ending `_before`.

# %%
before = table.assign(year=table["year"] + 1)
both = table.merge(before, on=["year", "asylum"], suffixes=("", "_before"))
both = both[both["year"] == year]

# %% [markdown]
# Fourth, the rise of the share, and the weight of each destination for this origin.

# %%
both["rise"] = both["unknown_share"] - both["unknown_share_before"]
both["weight"] = both["from_here_before"] / both["from_here_before"].sum()

# %% [markdown]
# ### 5.1 Where did the counting change? *(doing, seven minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Between {{ year - 1 }} and {{ year }}, in which destination did the share of claims without an origin rise most? Look
only at destinations that held at least {{ lesson.facts.weight | share(0) }} of this origin's claims in {{ year - 1 }}. Give its
ISO code.
""")

# %% [markdown] tags=["hint"]
# <details><summary>Hint</summary>
#
# The table `both` has the columns `rise` and `weight`, one line for each destination. Choose, sort,
# and take the last or the first.
#
# </details>

# %% tags=["exercise"]
# Your answer takes the place of the dots. More lines before it are welcome.
changed = ...

# %% tags=["check"]
check("5.1", changed)

# %% [markdown]
# ### 5.2 How much is unknown? *(reading, three minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
What share of all claims pending in that destination had no origin in {{ year }}? Give a share between zero and
one, as in `0.123`.
""")

# %% tags=["exercise"]
# Your answer takes the place of the dots. More lines before it are welcome.
unknown_share = ...

# %% tags=["check"]
check("5.2", unknown_share)

# %% [markdown]
# ## From a gap to a range
#
# There are three things you can do with claims of unknown origin. You can ignore them: that is
# the worst, and every careless sum does it. You can count them all as this origin's: nobody would
# believe it. Or you can say that the mix of origins was about the same as in the last year in which it
# was reported. That is an assumption; here it gives the upper end of a range, and the count itself the
# lower.
#
# ### 5.3 The share of the year before *(doing, six minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
In {{ year - 1 }}, of the claims in that destination whose origin *was* named, what share came from
{{ page.origin }}? Give a share, as in `0.1234`, or finer.
""")

# %% [markdown] tags=["hint"]
# <details><summary>Hint</summary>
#
# Columns of the year before end in `_before`. Named claims are all claims less the unknown ones.
#
# </details>

# %% tags=["exercise"]
# Your answer takes the place of the dots. More lines before it are welcome.
share_before = ...

# %% tags=["check"]
check("5.3", share_before)

# %% [markdown]
# ### 5.4 The range *(doing, six minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
How many claims from {{ page.origin }} were pending {{ page.when(year) }}, over *all* destinations: at least, as
reported, and at most, if the unknown claims of that one destination are divided up as in the year before? Give
`(least, most)`.
""")

# %% tags=["exercise"]
# Your answer takes the place of the dots. More lines before it are welcome.
total_range = ...

# %% tags=["check"]
check("5.4", total_range)

# %% [markdown]
# ## Figures that were copied
#
# Another kind of break is hidden in figures that do not move. Where an office has no new figures, it
# sometimes hands in the old ones again. The table counts this: `pairs_in_both_years` is the number of
# origins with a figure in this year and in the last, and `pairs_unchanged` is how many of them have
# exactly the same one. With rounded small numbers a few will always agree. If nearly all agree, they
# were copied.
#
# ### 5.5 How much was repeated? *(doing, four minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
In {{ lesson.places.carried_place }} (`{{ lesson.facts.carried_place }}`), what share of the origins that have a figure in
{{ lesson.facts.carried_year - 1 }} and in {{ lesson.facts.carried_year }} has the same figure in both? Give a share.
""")

# %% tags=["exercise"]
# Your answer takes the place of the dots. More lines before it are welcome.
copied = ...

# %% tags=["check"]
check("5.5", copied)

# %% [markdown]
# ### 5.6 What may be printed? *(reading, four minutes)*
#
# A large destination has stopped naming the origin of many claims, and the reported total of one
# origin falls by a third. Which sentence may be printed? Give its letter.
#
# - **a** A third fewer people from this country are waiting for asylum.
# - **b** As many people as before are waiting; the rest is hidden in the statistics.
# - **c** At least so many are waiting; up to so many, if the claims whose origin is no longer named come
#   from the same countries as a year before.
# - **d** The figures of that destination are unusable, so it is left out of the total.

# %% tags=["exercise"]
# Your answer takes the place of the dots. More lines before it are welcome.
fair = ...

# %% tags=["check"]
check("5.6", fair)

# %% [markdown]
# ## To discuss
#
# Your upper end rests on one assumption. What could make it wrong, and in which direction? Who might
# know? *(Five minutes.)*

# %% [markdown] tags=["notes"]
# *Your notes:*

# %% [markdown]
# ## Key points
#
# - Look next to the series before you look for a reason in the world.
# - Unknown is not zero. It is the width of your range.
# - A rise in the unknown is a break; a high share from the start is a gap. Say which.
# - The lower end is a count, the upper end an assumption. Print both, and the assumption.
# - Where nearly all figures repeat to the last digit, they were not counted again.
#
# **Next:** the sixth lesson takes a printed sentence and everything that you have learnt.
