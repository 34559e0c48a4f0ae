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
# # 6 Fact-checking: from a printed sentence to a fair one
#
# **Question.** A text prints a number of people who sought asylum. Where does the number come from,
# does it count what the sentence says, and how would you write it so that it holds?
#
# **For whom.** Those who have done the other five lessons, and anyone who has to check a figure before
# it goes to print.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); the release and its date are printed below.

# %% [markdown]
# **Overview.** Ask two questions of every published figure, and keep them apart. *Can the figure be
# reproduced?* And *does it count what the sentence says?* A correct number can appear in a wrong
# sentence, and that is a common fault. You will take one claim through the ledger of
# notebook 05, and end with a sentence that anyone can check. Figures and wording are judged here, never
# motives.
#
# | | |
# |---|---|
# | **Time** | Fifteen minutes of teaching, thirty of exercises |
# | **Questions** | What does the sentence say that it counts? Which series gives the figure? What can be said instead? |
# | **You will be able to** | read a sentence for its measure; recompute a figure from several series; give it two codes, one for the figure and one for the wording; write a fair sentence |

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
lesson = open_lesson(6, scope)
check, page = lesson.check, lesson.page
pending, applications = lesson.tables("pending", "applications")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
This lesson is about people from {{ page.origin }}. Its figures are those of release **{{ scope.release }}**,
published on {{ scope.info.published }}.
""")

# %% [markdown]
# ## The claim
#
# We paraphrase it, so that we judge what it says and not how it sounds. If the study has no published
# claim of this kind, the lesson makes one up from the data and says so.

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
**The claim.** Around {{ lesson.facts.claimed | count }} people from {{ page.origin }} sought asylum abroad from {{ lesson.facts.first_year }} to
{{ lesson.facts.last_year }}.
{% if lesson.facts.is_published %}(Paraphrased from: {{ lesson.facts.source }}.)
{% else %}(Made up for this exercise; nobody has printed it.){% endif %}
""")

# %% [markdown]
# **A worked example**, with another claim. Suppose a text says that a certain number of people from this
# country *live abroad as refugees* at the end of a year. First the wording: living as a refugee is a
# state, so it needs a date, and there is one. Then the figure: the column `refugees`, added up over
# destinations, in that one year. If the number agrees, both figure and wording are right. Here is the
# number to compare with.

# %%
last = lesson.facts["last_year"]
example = pending[pending["year"] == last].groupby("year", as_index=False)["refugees"].sum()
show(example, "Refugees of this origin at the end of that year")

# %% [markdown]
# ### 6.1 What does it say? *(reading, four minutes)*
#
# Read the claim above as its readers will. Which of these does it say that it counts? `"pending"`
# (claims undecided at a date), `"applied"` (claims lodged in a span of time), or `"refugees"` (people
# who were granted protection)?

# %% tags=["answer", "hide-cell"]
says = "applied"

# %% tags=["check"]
check("6.1", says)

# %% [markdown]
# ### 6.2 Which series could it be? *(doing, seven minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Work out these sums over the years {{ lesson.facts.first_year }} to {{ lesson.facts.last_year }}: of the year-end stocks
(`pending_summed`), of the new claims in persons (`applied_persons`) and of the new claims in cases
(`applied_cases`). Give a dict with these names as keys.
""")

# %% [markdown] tags=["hint"]
# **Hint.** `between` chooses a span of years, both ends included: `table["year"].between(first, last)`. New
# claims have the `stage` `new`.

# %% tags=["answer", "hide-cell"]
first = lesson.facts["first_year"]
stocks = pending[pending["year"].between(first, last)]
new = applications[applications["year"].between(first, last) & (applications["stage"] == "new")]
sums = {
    "pending_summed": stocks["pending"].sum(),
    "applied_persons": new[new["unit"] == "persons"]["applied"].sum(),
    "applied_cases": new[new["unit"] == "cases"]["applied"].sum(),
}

# %% tags=["check"]
check("6.2", sums)

# %% [markdown]
# ## Two codes
#
# The ledger gives a claim one code for its figure and one for its wording.
#
# | figure | |
# |---|---|
# | `exact` | a series gives it to the last digit |
# | `rounds` | a series gives it within the precision that the text states |
# | `off` | no series gives it |
#
# | wording | |
# |---|---|
# | `fits` | the series that gives the figure counts what the sentence says |
# | `other-measure` | it counts something else |
# | `other-arithmetic` | for example, a ratio is printed as an increase |
# | `other-year` | the figure is another year's |

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
The claim says *around*, and is rounded to {{ lesson.facts.unit | count }}. So it allows {{ lesson.facts.half_unit | count }} on either
side of {{ lesson.facts.claimed | count }}.
""")

# %% [markdown]
# ### 6.3 The figure's code *(doing, four minutes)*
#
# Take whichever of your three sums is nearest to the claim. Is the figure `"exact"`, does it round to
# the claim (`"rounds"`), or is it `"off"`?

# %% tags=["answer", "hide-cell"]
gap = abs(sums["pending_summed"] - lesson.facts["claimed"])
figure_code = "exact" if gap == 0 else "rounds" if gap <= lesson.facts["half_unit"] else "off"

# %% tags=["check"]
check("6.3", figure_code)

# %% [markdown]
# ### 6.4 The wording's code *(reading, three minutes)*
#
# In the first exercise you found what the sentence says that it counts. Does the nearest series count
# the same thing?

# %% tags=["answer", "hide-cell"]
wording_code = "other-measure"

# %% tags=["check"]
check("6.4", wording_code)

# %% [markdown]
# ## The fair sentence
#
# A verdict is half of the work. The other half is to say what *can* be said, with the measure that
# the sentence was about, its years, its source, and a range where the data leave one.
#
# ### 6.5 Claims lodged, in persons *(doing, five minutes)*

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
Between which numbers of persons do the new claims of {{ lesson.facts.first_year }} to {{ lesson.facts.last_year }} lie, if a
case is one person at least and {{ lesson.facts.factor | number }} at most? Give `(least, most)`.
""")

# %% tags=["answer", "hide-cell"]
low = sums["applied_persons"] + sums["applied_cases"]
high = sums["applied_persons"] + lesson.facts["factor"] * sums["applied_cases"]
lodged_range = (low, high)

# %% tags=["check"]
check("6.5", lodged_range)

# %% [markdown]
# ### 6.6 Write it *(doing, seven minutes)*
#
# Write the sentence that you would print. Say what was counted, over which years, whose figures they
# are, and both ends of the range. A text with an `f` before it fills in what is in braces:
# `f"{low:,.0f}"` prints a number with separators and no decimals. `check` looks for what has to be in
# it; whether it is good prose, ask your neighbour.

# %% tags=["answer", "hide-cell"]
sentence = (
    f"From {first} to {last}, people from {lesson.names[scope.origin].prose} lodged between "
    f"{low:,.0f} and {high:,.0f} new asylum claims in other countries, counted in persons, according "
    f"to UNHCR (release {scope.release}); some destinations report cases, hence the range."
)

# %% tags=["check"]
check("6.6", sentence)

# %% [markdown]
# ## To discuss
#
# The author of the claim answers: "But the number is UNHCR's own, and I have added it up correctly." What
# do you reply, so that the author can agree? *(Five minutes.)*

# %% [markdown] tags=["answer", "hide-cell"]
# *Points that a good discussion finds.* Both statements are true, and we say so first: the numbers are
# UNHCR's, and the sum is right. Each number says who was waiting on the last day of one December. Added
# up, they count those who waited longest most often. So the sum measures waiting, in persons times
# years, which is worth a sentence of its own. For people who came, there is another column; here it is,
# with its range.

# %% [markdown]
# ## Key points
#
# - Ask two questions, in this order: what does the sentence say, and what does the figure count?
# - Try every series that could be meant before you say that a figure is off.
# - A correct figure in a sentence about something else is a common fault.
# - A fair sentence has a measure, its years, its source, and a range.
# - Say where a text is right as plainly as where it is not.
#
# ## Your own: the capstone
#
# Now choose an origin that no study here has, and apply all that you have learnt.
#
# 1. In a terminal, `asylum new-study ISO3` (with the code in place of `ISO3`) writes a study file with
#    what the data hold about it: years, largest destinations, years to look at. If it does not know a
#    code, it suggests the nearest.
# 2. Fill in what no program can decide: the eras, and a source for your boundary. Two boundaries are
#    better than one.
# 3. Open these lessons with `study = "..."` in the cell of parameters. Every question is then asked about
#    your origin, and every answer is computed again.
# 4. `asylum run --study NAME` makes the whole report. Read notebook 03's breaks before its ratios.
# 5. Find one published sentence about your origin, paraphrase it, and give it its two codes.
#    `docs/claims.md` says how it becomes a row of the ledger.
#
# Hand in: the study file, one page with three figures of the report, and the fair sentence.
