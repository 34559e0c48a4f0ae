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
# # 6 Revisions: does a published figure stay what it was?
#
# **Question.** Each release of UNHCR's statistics restates every year. Which figures of an origin
# did a later release add, revise or withdraw, and how far off was a reader who took the newest
# year of a release at its word?
#
# **For whom.** Those who quote the newest figure on the day it comes out, and those who compare
# what two texts of different dates say about one year.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); releases and dates are listed below.
#
# Each release is compared with the one before it, cell by cell. A change in a year that had ended
# is a correction. A mid-year figure that the year-end release replaces is no correction: the year
# was completed, and its stock is of another date. This notebook keeps the two apart, follows each
# year's total from its first publication on, and ends with how to rerun the study as of any
# earlier release.

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own
year_from: int = 2000  # first year, not before 2000
year_to: int = None  # last year; None: the release's last
top_n: int = 10  # how many destinations a ranking shows
run_dir: str = None  # folder for tables, figures and numbers; None: write nothing

# %%
from helpers.analysis import revisions, unknown_origin
from helpers.claims.ledger import find_ledger
from helpers.data.releases import load_core, load_history
from helpers.plots import revision_figures
from helpers.plots.page import open_page
from helpers.prose.passages import say
from helpers.prose.tables import show

page = open_page("06_revisions", globals())

# %% [markdown]
# ## 6.1 Which releases are compared
#
# Only releases published up to the one chosen are read: a later one is no part of what was known
# then. `history` holds the origin's rows in each of them.

# %%
scope = page.scope
history = load_history(scope.origin)
names = page.names
origin_name = names[scope.origin].prose
infos = revisions.choose_releases(history.releases, scope.info)

# %% [markdown]
# A *cell* is one figure of one row: a destination, a year, and for claims and decisions also the
# authority, the stage or level, and the unit. `found` lists the cells that differ from one release
# to the next. Applied to the earlier release, these changes have to give the later one.

# %%
cells = revisions.list_releases_figures(history, infos, scope.years)
found = revisions.list_revisions(cells, infos)
wrong = revisions.count_wrong(cells, found)
page.save(found, "revisions.csv")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(infos) < 2 %}**Up to the release chosen, only `{{ infos[0].name }}` gives claims by
people from {{ origin_name }} for each destination, so there is no earlier figure to compare.**
{% else %}Claims by people from {{ origin_name }}, {{ scope.year_from }} to {{ scope.year_to }}:
{{ len(infos) | words }} releases, from `{{ infos[0].name }}` to `{{ infos[-1].name }}`, each
compared with the one before it. {% if found.empty %}No figure differs.{% else %}
{{ len(found) | count }} figures differ. {% if wrong %}Applied to the earlier release of each pair,
the changes leave {{ wrong | count }} figures wrong.{% else %}Applied to the earlier release of each
pair, the changes give the later one without an error.{% endif %}{% endif %}{% endif %}
""")

# %% [markdown]
# ## 6.2 What each release changed
#
# A figure is *added* where the earlier release has none, *withdrawn* where the later one has none,
# and *revised* where the two differ. Where a year-end figure replaced a mid-year one, it is
# *completed*.

# %%
show(revisions.count_revisions(found))

# %%
by_state = found["year_state"].value_counts().reindex(revisions.STATES, fill_value=0)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(found) %}Of these changes, {{ by_state.new | count }} are in years that the earlier release
does not have, {{ by_state.completed | count }} in years that the later release completed, and
{% if by_state.past %}{{ by_state.past | count }} in years that had ended: those are corrections, apart from zeros that came or
went.
{% else %}none in a year that had ended, so nothing was corrected.{% endif %}
{% elif len(infos) < 2 %}With one release, there is no change to count.{% endif %}
""")

# %% [markdown]
# ### What the newest release changes
#
# `asylum update` fetches a release, runs these notebooks on it, and prints what this passage says.
# Totals over destinations of the years that the newest release adds or completes come first. Persons
# and cases, stages and levels each have a line, since they are never added.

# %%
show(revisions.list_newer(cells, infos))

# %% [markdown]
# Published claims whose verdict differs between the two releases, including those that the earlier
# one could not test (notebook `05_claims` has the claims themselves):

# %%
verdicts = find_ledger(scope).by_release
latest = [info.name for info in infos[-2:]]
flipped = revisions.list_flipped(verdicts, latest[0], latest[-1])
show(flipped[["claim_id", "release", "recomputed", "figure", "wording"]])

# %%
changed = found[found["release_to"] == latest[-1]]
added = changed.loc[changed["year_state"] == "new", "year"].unique()
completed = changed.loc[changed["year_state"] == "completed", "year"].unique()
moved = revisions.list_corrections(changed)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(infos) > 1 %}Compared with `{{ latest[0] }}`, release `{{ latest[1] }}`
{% if len(added) %}adds {{ added | years }}{% elif len(completed) %}completes {{ completed | years }}
{%- else %}changes no figure of the newest year{% endif %}. {% if len(moved) %}In years that had ended, {{ len(moved) | words }} {{ "figure" if len(moved) == 1 else "figures" }} moved.
{%- else %}In years that had ended, no figure moved.{% endif %}
{% if len(verdicts) %} Of {{ verdicts.claim_id.nunique() | count }} published claims,
{% if len(flipped) %}{{ flipped.claim_id.nunique() | count }} {{ "is" if flipped.claim_id.nunique() == 1 else "are" }} judged differently
{%- else %}none is judged differently{% endif %}.{% endif %}{% endif %}
""")

# %% [markdown]
# ## 6.3 Do past years change?
#
# A year that had ended should stay as it is. Where it did not, the changes of a series are added
# up without their sign and compared with the year: with the measure's own total for a stock, and
# with the year's largest series for claims and for decisions, since persons and cases, stages and
# levels are never added. A zero that came or went with a row is no change of substance and is left
# out. The largest corrections:

# %%
past = revisions.list_corrections(found)
past["place"] = past["asylum"].map(lambda code: names[code].short)
columns = ["release_from", "release_to", "table", "place", "measure", "level_code", "unit"]
show(past[[*columns, "year", "before", "after"]].head(scope.top_n))

# %% [markdown]
# How many figures of ended years could have changed, and how far the series that changed most
# moved, as a share of its year:

# %%
compared = revisions.count_compared(cells, infos)
furthest = revisions.find_furthest(cells, found)
past_pending = past[past["measure"] == "pending"]
again = past[past["before"].notna()]  # the others had no figure before

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if past.empty %}{% if compared %}No figure of a past year changed, though {{ compared | count }}
were published again.{% else %}No figure of a past year was published again.{% endif %}{% else %}Past years
{{ "hardly changed" if furthest <= revisions.TOLERANCE else "changed" }}: of {{ compared | count }}
figures published again, {{ len(again) | words if len(again) else "none" }} changed{% if len(past) > len(again) %}, and
{{ (len(past) - len(again)) | words }} {{ "was" if len(past) - len(again) == 1 else "were" }} added{% endif %}, in {{ past.year.unique() | years }}.
{% if furthest < 1000 %}The series that changed most moved by {{ furthest | share(2) }} of its
year{% else %}One series has a figure where there was none before{% endif %};
{% if len(past_pending) %}{{ len(past_pending) | count }} of the changes are in claims pending
{%- else %}no figure of claims pending changed{% endif %}.{% endif %}
""")

# %% [markdown]
# ## 6.4 The newest year, as first published and now
#
# What does change is the newest year. Each line below is one year's claims pending in the releases
# that have it, from its first publication on. A hollow point is a mid-year figure: the claims
# pending at the end of June, or an older figure where a destination sent nothing.

# %%
totals = revisions.list_totals(history, infos, scope.years)
newest = revisions.compare_newest(totals, infos)
widest = revisions.find_widest(newest)
revision_figures.show_revised_pending(page, totals, widest)

# %% [markdown]
# The same in numbers, for claims pending (stock). Where the figure first published is of mid-year,
# the difference includes half a year of change, or more where an older figure was repeated, and is
# not an error in itself.

# %%
stock = newest[newest["kind"] == "stock"].assign(
    reference=newest["period"].map(revisions.REFERENCES)
)
columns = ["release", "reference", "year", "then", "at_year_end", "now", "off", "off_share"]
show(stock[columns])

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if widest is not none %}The mid-year figure that differs most from today's is that of
{{ widest.year }} in `{{ widest.release }}`: {{ widest.then | count }} claims, against
{{ widest.now | count }}. A reader who took it for the year's figure was
{{ widest.off_share | abs | share(0) }} {{ "too high" if widest.off > 0 else "too low" }} by what is
published now.{% elif len(stock) %}No mid-year stock differs from a later figure of the same
year.{% else %}No first figure can be compared with a later one.{% endif %}
""")

# %% [markdown]
# The figure now is itself a reported one. Where destinations report claims without naming the
# origin, it is a lower bound, and the range of notebook `03_eras` belongs beside it.

# %%
core = load_core(scope.release, scope.origin)
bounds = unknown_origin.bound_pending(core, scope.origin, scope.years).set_index("year")
upper = bounds["upper"].get(widest["year"]) if widest is not None else None

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if upper is number %}At the upper bound for claims whose origin was not named,
{{ widest.year }} had {{ upper | count }}, and the mid-year figure is
{{ (widest.then / upper - 1) | abs | share(0) }} {{ "above" if widest.then > upper else "below" }}
that.{% elif widest is not none %}No upper bound can be given for {{ widest.year }}, so how far off
the mid-year figure was cannot be said.{% endif %}
""")

# %% [markdown]
# Much of a difference can come from one destination. Whether claims were made and decided there, or
# the destination changed what it reports, is for the breaks in notebook `03_eras` to say.

# %%
gap = revisions.find_gap(cells, widest) if widest is not None else None

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if gap is not none %}In {{ widest.year }} the largest part of the difference is in
{{ names[gap.asylum].prose }} ({{ gap.gap | signed }} from mid-year to now):
{% if gap.then is number %}{{ gap.then | count }} claims pending at mid-year{% else %}none reported at
mid-year{% endif %}, and {% if gap.now is number %}{{ gap.now | count }}{% else %}none reported
{%- endif %} now.{% if gap.then is number and gap.before is number and gap.then == gap.before %} The
mid-year figure there is that of the year before, repeated.{% endif %}{% endif %}
""")

# %% [markdown]
# A year can also be completed in name only. Where a destination sends nothing new, the year-end
# release repeats its mid-year figure to the last digit: the difference is then zero, and the
# figure is still that of June. Small figures agree by chance, so years with few claims are left
# out and the share of the claims is what counts.

# %%
repeats = revisions.find_repeats(history, infos, scope.years)
stocks = repeats[repeats["measure"] == "pending"]
show(stocks.drop(columns=["measure", "repeated_total", "largest"]))

# %%
repeated = revisions.find_most_repeated(repeats, "pending")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if repeated is not none %}For {{ repeated.year }} the year-end release,
`{{ repeated.release_to }}`, repeated the mid-year figures of
{{ repeated.repeated_share | share(0) }} of the claims pending, most of them in
{{ names[repeated.largest].prose }}. That part of the year's total
was not updated at year-end.{% elif len(stocks) %}No year-end release repeated more than
{{ stocks.repeated_share | max | share }} of the claims pending from mid-year.{% endif %}
""")

# %% [markdown]
# ## 6.5 Six months of claims
#
# New claims are a flow. A mid-year release has six months of them, so its figure is a part of the
# year's and is not compared with it as right or wrong. The share is not always one half. A
# destination that reported nothing at mid-year is in the year's figure alone.

# %%
flows = newest[(newest["kind"] == "flow") & (newest["period"] == "mid")]
parts = flows[(flows["measure"] == "applied_persons") & (flows["now"] >= revisions.FEWEST)]
flows = flows.replace({"measure": revisions.MEASURE_LABELS})
show(flows[["release", "measure", "year", "then", "at_year_end", "now", "part_of_now"]])

# %% [markdown]
# A year of which the second half was never reported does not tell what share six months make up, so it
# is taken out before the sentence below.

# %%
unfinished = revisions.find_most_repeated(repeats, "applied_persons")
if unfinished is not None:
    parts = parts[parts["year"] != unfinished["year"]]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if flows.empty %}No six months of claims can be compared with a whole year.{% endif %}
{% if len(parts) > 1 %}In {{ len(parts) | words }} years first published at mid-year and completed
since, six months, as reported, had between {{ parts.part_of_now | min | share(0) }} and
{{ parts.part_of_now | max | share(0) }} of the year's new claims, in persons.{% endif %}
{% if unfinished is not none %}In {{ unfinished.year }} part of the year is still missing:
{{ unfinished.repeated_share | share(0) }} of its new claims are six months' claims repeated at
year-end, most of them in {{ names[unfinished.largest].prose }}.{% endif %}
""")

# %% [markdown]
# ## 6.6 As known then
#
# Every notebook takes `release`. Set to an older one, it makes them read that release and those
# before it, and nothing that came later: the figures, breaks, ranges and eras are those that a
# reader could have computed on the day. On the command line this is
# `asylum run --release 2024-mid`. Two notebooks look at all releases on purpose: `01_fetch` lists
# them, and `05_claims` judges each claim on every one and shows which verdicts flip. The code and
# the judgement under `data/hand/` stay today's.
#
# Claims pending in each release when it was the newest:

# %%
known = revisions.summarise_as_known(totals, infos)
known["reference"] = known["period"].map(revisions.REFERENCES)
show(known[["release", "reference", "year", "then", "difference", "difference_now", "peak_year"]])

# %% [markdown]
# The difference is from the last year-end in the same release; in a mid-year release it covers six
# months, or nothing where a figure was repeated. Readers at the time saw its direction; a later
# release may have reversed it.

# %%
flipped = known[known["difference"] * known["difference_now"] < 0]
peaks = known["peak_year"].dropna().unique()
last = known.iloc[-1] if len(known) else None

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(known) > 1 %}{% if flipped.empty %}In every release the last figure moved in the same
direction as in today's data.{% else %}In {{ flipped.release | codes }} the last figure moved
in the opposite direction from what the data now show.{% endif %}
{% if len(peaks) > 1 %} The highest year was not the same in every release:
{{ peaks | listed }} were each the highest in at least one.{% elif len(peaks) %} The highest year was the same in all of them.{% endif %}{% endif %}
""")

# %% [markdown]
# These changes are between figures as reported. The newest one needs its range, and notebook
# `03_eras` says whether its two years compare.

# %%
most = bounds["upper"].get(last["year"]) if last is not None else None

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if last is not none and last.difference is number %}As reported, {{ last.year }} has
{% if last.difference %}{{ last.difference | abs | count }}
{{ "more" if last.difference > 0 else "fewer" }} claims pending than{% else %}as many claims pending
as{% endif %} the year before{% if most is not number %}; too few origins are named to give an upper
bound{% elif most > last.then %}. With those whose origin was not named, at the upper bound, it would have
{% if last.difference + most - last.then %}{{ (last.difference + most - last.then) | abs | count }}
{{ "more" if last.difference + most - last.then > 0 else "fewer" }} than{% else %}as many as{% endif %} were reported for the
year before{% endif %}.{% endif %}
""")

# %% [markdown]
# ## Findings

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(infos) < 2 %}Only one release in the data has this origin, so nothing can be said of
revisions.{% else %}
- Of {{ compared | count }} figures of past years published again,
  {{ len(again) | words if len(again) else "none" }} changed{% if len(past) > len(again) %};
  {{ (len(past) - len(again)) | words }} {{ "was" if len(past) - len(again) == 1 else "were" }} added{% endif %}.
{% if widest is not none %}
- The widest difference between a mid-year stock and the figure now is
  {{ widest.off_share | abs | share(0) }}, for {{ widest.year }}.
{% endif %}
{% if repeated is not none %}
- Of {{ repeated.year }}, {{ repeated.repeated_share | share(0) }} of the claims pending at year-end
  repeat the mid-year figures.
{% endif %}
{% if len(parts) > 1 %}
- Six months of new claims were between {{ parts.part_of_now | min | share(0) }} and
  {{ parts.part_of_now | max | share(0) }} of a year's.
{% endif %}{% endif %}
""")

# %% [markdown]
# ## Limits
#
# - *Now* is the release chosen, and not the truth. Where a destination stops naming origins, the
#   figure now can be the worse of the two.
# - A year that was never revised may be right, or may never have been looked at again. Stability
#   of a figure is no sign of its quality.
# - Changes before the first release in the repository cannot be seen: what it says of earlier years
#   is where the comparison begins.
# - A correction that leaves a figure as it was, such as a footnote, is not in the tables.
#
# ## What would change this conclusion
#
# A release that restates years that had ended; `asylum update` says how many figures it moved.
#
# ## Exercises
#
# 1. Set `release` to a mid-year one. Which sentence of notebook `03_eras` changes most?
# 2. Compare the first and the last release: leave only these two in `infos`. Which years moved?
# 3. Which published text would you reread after the release that completed its newest year?
