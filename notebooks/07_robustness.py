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
# # 7 Robustness: would another choice give another answer?
#
# **Question.** Notebook 03 compares two eras. A referee asks what else could produce the same
# difference: growth everywhere, a break in another year, a choice among several, a longer queue, or
# figures that do not add up.
#
# **For whom.** Readers who want to know how far the answer can be trusted.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/).

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own
year_from: int = 2000  # first year, not before 2000
year_to: int = None  # last year; None: the release's last
top_n: int = 10  # how many destinations a ranking shows
run_dir: str = None  # folder for tables, figures and numbers; None: write nothing

# %%
from helpers.analysis import interrupted_time_series, placebo, robustness, shift_share, stock_flow
from helpers.analysis.specification_curve import rank_choices
from helpers.analysis.study_tables import load_tables
from helpers.plots import robustness_figures
from helpers.plots.page import open_page
from helpers.prose.passages import say
from helpers.prose.tables import show

page = open_page("07_robustness", globals())
tables = load_tables(page.scope, every_origin=True)
main = page.names[tables.main_destination].prose

# %% [markdown]
# ## 7.1 Is it the origin, or the world?
#
# If claims from many other origins grew as much over the same years, the growth says little about
# this one. So the comparison is made for every origin with enough claims in the earlier era. The
# boundary should not affect them; they are its placebos. The later era is cut at the last year that
# compares with the one before. Origins whose claims are mostly pending at the same destination share
# its ways of counting, so they are also looked at by themselves. The last row compares how far the
# share of the world moved after the boundary with how far it had moved before.

# %%
placebos = robustness.compare_origins(tables)
page.save(placebos, "placebo.csv")
place = robustness.place_origin(placebos, page.scope.origin)
exposed = robustness.place_origin(placebos, page.scope.origin, robustness.EXPOSED)
show(place[["measure", "ratio", "median_of_others", "rank", "n_origins", "share_above"]])

# %%
ours, theirs = (
    table.set_index("measure").to_dict("index").get("pending") for table in (place, exposed)
)
is_exposed = theirs is not None and theirs["n_origins"] > placebo.FEWEST_ORIGINS
last_year = placebos["last_year"].min()
level = 1 - interrupted_time_series.LEVEL

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if ours %}
Over {{ page.eras[1].prose }}, up to {{ last_year }}, {{ ours.ratio | ratio }} times as many claims from {{ page.origin }} were
pending at an average year-end as over {{ page.eras[0].prose }}. Of the other origins,
{% if ours.share_above %}{{ ours.share_above | share(0) }} have{% else %}none has{% endif %} a greater ratio; their median is {{ ours.median_of_others | ratio }}.
{% if is_exposed %}
Of the origins whose claims are mostly pending in {{ main }},
{% if theirs.share_above %}{{ theirs.share_above | share(0) }} have{% else %}none has{% endif %} a greater ratio.
{% endif %}
{% else %}
There are no eras, or too few claims, to compare this origin with others.
{% endif %}
""")

# %%
robustness_figures.show_other_origins(page, placebos)

# %% [markdown]
# ## 7.2 Which year is the break?
#
# If the boundary mattered, the series should break there rather than elsewhere. A straight line in
# logarithms, free to jump and change slope in one year, is fitted for each possible year. The best of
# many years removes much of the error of any series that wanders, so it is held against simulated
# series with the same trend and autocorrelation and without a break.

# %%
break_years = robustness.search_breaks(tables)
page.save(break_years, "break_years.csv")
best = robustness.find_best_breaks(tables, break_years)
show(best.drop(columns=["critical", "chance"]))

# %%
robustness_figures.show_break_years(page, break_years)

# %%
found = best.set_index("series").to_dict("index").get(robustness.ALL)
there = page.name_places(tables.grave_breaks, "prose")
recounted = (
    there[there["year"].eq(found["best_year"] if found else 0)]["place"].drop_duplicates().tolist()
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if found %}
For all destinations, the best-fitting break is {{ found.best_year }}. Of the simulated series without a break,
{{ found.chance_corrected | share(0) }} have a best year that removes as much of the error, so the break
{% if found.best_removed > found.critical_corrected %}is more than chance{% else %}cannot be told from chance{% endif %}
 at the usual level of {{ level | share(0) }}.
{% if recounted %}
In {{ found.best_year }} the count itself changed in {{ recounted | listed }}.
{% endif %}
{% elif len(break_years) %}
For all destinations together there are too few claims, or too few years, to look for a break.
{% endif %}
""")

# %% [markdown]
# ## 7.3 Which choice moves the answer most?
#
# Claims pending, their share of the world's and claims lodged are three questions. Each answer rests
# on choices: with or without the main destination, where the eras are cut, the first year that
# counts and, for claims lodged, the persons in a case. The purpose is to show how far the answer
# rests on them, not to find the best one.

# %%
answers = robustness.run_specifications(tables)
page.save(answers, "specifications.csv")
moves = rank_choices(answers)
show(moves[["measure", "answers", "least", "most", "choice", "typical_factor"]])

# %%
robustness_figures.show_specifications(page, answers)

# %%
robust = robustness.compare_releases(tables)
page.save(robust, "specifications_by_release.csv")
show(robust[["measure", "release", "ratio"]])

# %% [markdown]
# The last table answers the same questions from every release up to this one, with the study's own
# choices. A release is left out where its main destination repeats the figures of the year before;
# one that repeats its mid-year figures stays in.

# %% [markdown]
# ## 7.4 A longer queue, or a greater share of it?
#
# An origin's claims at a destination are the whole backlog there, times the part whose origin is
# named, times the origin's share of that part. Growth splits into these three exactly. Where the
# backlog accounts for it, the queue grew for everyone; where the share does, the origin stands out.

# %%
backlogs = shift_share.list_backlogs(tables.release, page.scope.origin, page.scope.years)
shifts = robustness.split_growth(tables, backlogs)
page.save(shifts, "shift_share.csv")
split = shifts[shifts["asylum"].eq(tables.main_destination)]
effects = ["backlog_effect", "named_effect", "share_effect"]
show(page.name_places(split)[["span", "place", "before", "after", *effects]])

# %%
robustness_figures.show_backlog_and_share(
    page, backlogs, tables.main_destination, robustness.list_breaks_at_main(tables)
)

# %% [markdown]
# ## 7.5 Do stock and flow add up?
#
# Last year's pending claims, plus those lodged, less those decided, should be this year's. The sum is
# done with each case as one person and as the greatest published number of persons, and with and
# without appeals, which gives a range. The residual is what lies outside it. It says that one of
# the three figures was counted differently, not which.

# %%
account = stock_flow.account_destinations(tables.stock_and_flow)
paces = robustness.estimate_paces(tables)
page.save(account.merge(paces, how="left", on=["year", "asylum"]), "accounting.csv")
by_year = stock_flow.account_years(account)
page.save(by_year, "accounting_by_year.csv")
at_main = account[account["asylum"].eq(tables.main_destination)]

# %%
robustness_figures.show_account(page, at_main, tables.main_destination)

# %%
large = by_year[by_year["is_large"]]["year"].tolist()
last = by_year.tail(1).to_dict("records")
worst = [page.names[row["worst"]].prose for row in last if row["worst"]]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% for row in last %}
{% if large %}
Over all destinations, flows and stock differ by more than {{ tables.limit | share(0) }} of the stock in {{ large | years }}.
{% else %}
Over all destinations, flows and stock agree within {{ tables.limit | share(0) }} of the stock in every year.
{% endif %}
In {{ row.year }} claims pending {% if row.change == 0 %}did not change{% else %}{{ "rose" if row.change > 0 else "fell" }} by {{ row.change | abs | count }}{% endif %}. By the flows they would
{% if row.explained == 0 %}not have changed{% else %}have {{ "risen" if row.explained > 0 else "fallen" }} by {{ row.explained | abs | count }}{% endif %}
{%- if worst and row.residual %}; a difference of {{ row.residual | abs | count }} is unexplained, with the largest gap in {{ worst[0] }}
{%- if row.untested %}, and {{ row.untested | abs | count }} could not be tested{% endif %}
{%- endif %}.
{% endfor %}
""")

# %% [markdown]
# ## Findings
#
# - Growth that other origins share says little about this one. Section 7.1 shows how much they share.
# - The answer depends on what is counted, and on other choices. Section 7.3 shows by how much.
# - Where stock and flows do not agree, one of them was counted differently. Section 7.5 lists the years.
#
# ## Limits
#
# - A rank among other origins is no probability. Origins share wars, routes and destinations.
# - A yearly series of this length says little about when something changed, and nothing about why.
# - The specification curve gives no choice a weight.
# - A split of growth is arithmetic: a share can fall because other origins' claims grew.
#
# ## What would change this conclusion
#
# A series of claims by origin at the main destination that is counted in one way throughout.
#
# ## Exercises
#
# 1. Which of the origins that grew more than this one wait mostly at the same destination?
# 2. Leave out the main destination: which answer moves most?
