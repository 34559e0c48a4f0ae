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
# # 3 Eras: did more people seek asylum in one era than in another?
#
# **Question.** Published comparisons between political eras add up the claims that were pending at
# each year-end. What do the data show when each claim is counted once, in the year in which it was
# lodged? And how much of the answer rests on one destination, or on a year in which somebody
# changed the way of counting?
#
# **For whom.** Readers who have met a headline number and want to know what it counts.
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
from helpers.analysis import lodged, sensitivity, stock_flow
from helpers.analysis.study_tables import load_tables
from helpers.plots import era_figures
from helpers.plots.page import open_page
from helpers.prose.passages import say
from helpers.prose.tables import show

page = open_page("03_eras", globals())
tables = load_tables(page.scope)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
**{{ page.title }}.** Asylum claims by people from {{ page.origin }}, {{ page.scope.year_from }} to
{{ page.scope.year_to }}, in UNHCR's release {{ page.scope.release }} ({{ page.scope.info.title }}), whose data package is dated
{{ page.scope.info.published }}.
""")

# %% [markdown]
# ## 3.1 The answer
#
# There are two ways to count. *Pending* is a stock: the claims awaiting a decision on the last day of
# a year. *Lodged* is a flow: the claims made during the year. The table gives both for an average
# year of each period. The newest years can be a period of their own.

# %%
means = tables.period_means
page.save(means, "period_means.csv")
answer = means[means["measure"].isin(["applied_middle", "pending"]) & means["n_years"].gt(0)]
show(answer[["measure", "span", "lower", "upper", "years_complete", "ratio_lower", "ratio_upper"]])

# %% [markdown]
# For claims lodged, *at least* counts the claims that name the origin, each case as one person; *at
# most* counts each case as the greatest number of persons, published or assumed, shares out the claims
# whose origin was not named, and adds what is missing where a destination reported half a year or
# nothing.
# For claims pending, *at most* adds claims whose origin was not named and nothing else; some of these
# stocks are in cases (`data/hand/breaks.yml` says whose) and are not converted. A year of claims
# lodged is complete where every destination that matters reported the whole of it; of claims pending,
# every year with a figure counts. A ratio compares a period with the first one: its lower bound is the
# period's least over the first period's most.

# %%
flow = answer[answer["measure"] == "applied_middle"].to_dict("records")
stock = answer[answer["measure"] == "pending"].to_dict("records")
# The earlier era, the later one and its newest years; None where there is no such period.
flow_before, flow_later, flow_newest = (flow + [None] * 3)[:3]
stock_before, stock_later, stock_newest = (stock + [None] * 3)[:3]
lack_flows, lack_stocks = (
    [each["span"] for each in own if each["n_years"] <= each["last_year"] - each["first_year"]]
    for own in (flow, stock)
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say(
    """
{% if flow_newest and flow_later.direction == "open" and flow_newest.direction == "up" and stock_later.direction == "up" %}
**The number of pending claims soared; the number of new claims did not, until {{ flow_newest.first_year }}.**
{% endif %}

{% if flow_before %}
New claims from {{ page.origin }} numbered {{ flow_before | bounds }} a year in {{ flow_before.span }}
{%- if flow_later %}{% if flow_newest %},{% else %} and{% endif %} {{ flow_later | bounds }} in {{ flow_later.span }}{% endif %}
{%- if flow_newest %}, and {{ flow_newest | bounds }} in {{ flow_newest.span }}{% endif %}.
{%- if lack_flows %} In {{ lack_flows | listed }} this is the mean of the years with a figure.{% endif %}
{% else %}
No destination reports new claims from {{ page.origin }} in these years.
{% endif %}

{% if stock_before %}
Claims pending at an average year-end numbered {{ stock_before | bounds }} in {{ stock_before.span }}
{%- if stock_later %}{% if stock_newest %},{% else %} and{% endif %} {{ stock_later | bounds }} in {{ stock_later.span }}{% endif %}
{%- if stock_newest %}, and {{ stock_newest | bounds }} in {{ stock_newest.span }}{% endif %}.
{%- if lack_stocks %} In {{ lack_stocks | listed }} this is the mean of the years with a figure.{% endif %}
{% endif %}
""",
    is_headline=True,
)

# %%
era_figures.show_stock_and_flow(
    page, tables.pending_by_year, tables.lodged_by_year, title_from=means
)

# %% [markdown]
# ## 3.2 Which years compare?
#
# When a destination changes what it counts, the origin's total moves although nobody has. The rules
# in `helpers.analysis.break_rules` look for such years: totals that collapse or jump, claims whose
# origin is no longer named, figures carried forward unchanged, a new unit or stage code, stocks that
# the flows cannot explain, and flows of half a year. A break lies between two years.

# %%
breaks = tables.breaks
page.save(breaks, "breaks.csv")
grave = page.name_places(tables.grave_breaks)
incomparable = tables.pending_by_year.query("not is_comparable")["year"].tolist()

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
The rules find {{ len(breaks) | count }} break{% if len(breaks) != 1 %}s{% endif %} at destinations that matter to this origin, in stocks, flows and decisions.
{% if incomparable %}
In {{ incomparable | years }} they move its pending total by more than {{ tables.limit | share(0) }}: such a year does not compare
with the one before.
{% else %}
No break moves its pending total by more than {{ tables.limit | share(0) }}.
{% endif %}
""")

# %%
show(grave[["year", "place", "kind", "effect_on_origin", "effect_share", "is_explained", "detail"]])

# %% [markdown]
# ## 3.3 Claims pending: a stock
#
# This is the line that published reports print and add up. It counts the claims that awaited a decision
# on one day of each year.

# %%
page.save(tables.pending_by_year, "pending_by_year.csv")
era_figures.show_pending(page, tables.pending_by_year, tables.grave_breaks, tables.main_destination)

# %%
last = tables.pending_by_year.dropna(subset=["pending"]).iloc[-1]
main = page.names[tables.main_destination].prose
never_named = [page.names[code].prose for code in last["undetermined"].split()]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say(
    """
{% if last.pending %}
UNHCR's data show {{ last.pending | count }} claims from {{ page.origin }} pending {{ page.when(last.year) }},
{{ last.share_of_world | share }} of the world's, and {{ last.pending_excl_main | count }} without {{ main }}.
{% else %}
UNHCR's data show no claims from {{ page.origin }} pending {{ page.when(last.year) }}.
{% endif %}
{% if never_named %}
How many more of the claims without a named origin are theirs cannot be said: {{ never_named | listed }} never named
enough origins to tell.
{% elif last.upper > last.lower %}
With a share of the claims whose origin was not named, the total is {{ last.least | count }} to {{ last.upper | count }},
depending on the rule by which they are shared out.
{% endif %}
{% if not last.is_comparable %}The figure does not compare with the year before.{% endif %}
""",
    is_headline=True,
)

# %%
recent = tables.pending_by_year.tail(5)
show(
    recent[["year", "share_of_world", "refugees", "refugees_excl_peoples", "oip"]].dropna(
        axis=1, how="all"
    )
)

# %% [markdown]
# Refugees, and others in need of international protection, are counted apart from claims. At one
# destination they may be a group that one would not expect under the country's name;
# `data/hand/populations.yml` lists such groups with sources.

# %%
recounted = tables.pending_by_year.query("not refugees_is_comparable")["year"].tolist()
refugees_of_peoples = last["refugees"] - last["refugees_excl_peoples"]
people = [entry.people for entry in tables.peoples_apart]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if people and refugees_of_peoples > 0 %}
Of the {{ last.refugees | count }} refugees from {{ page.origin }} {{ page.when(last.year) }}, {{ refugees_of_peoples | count }} are
{{ people | listed }}.
{% endif %}
{% if recounted %}
In {{ recounted | years }} a destination renewed a figure that it had carried forward, a step of more than
{{ tables.limit | share(0) }} of all refugees from {{ page.origin }}. That is a new count, not a movement of people within a year.
{% endif %}
""")

# %% [markdown]
# ## 3.4 Claims lodged: a flow
#
# A claim is counted in the year in which it is lodged, and once, unless two authorities of one
# country count it. Type `N` is the strict count. It is not complete, since some destinations report
# new claims under other codes; the inclusive count adds the rows that the rules in
# `data/hand/lodged.yml` name. Some destinations report persons, others cases of one or more persons.
# The two are never added; the range below turns cases into persons by the least and the greatest
# factor. Where no factor is published for a year, one is assumed; `data/hand/persons_per_case.yml`
# says where.

# %%
page.save(tables.lodged_by_year, "lodged_by_year.csv")  # new claims, with their bounds
page.save(tables.applications_by_year, "applications_by_year.csv")  # by stage and unit
page.save(tables.lodged_gaps, "lodged_gaps.csv")
page.save(
    lodged.list_places(tables.applications_by_rule, tables.pending, tables.factors),
    "lodged_by_destination.csv",
)

# %%
recent = tables.lodged_by_year.tail(5)
parts = ["most_persons_per_case", "most_unknown_origin", "most_unreported"]
show(recent[["year", "applied_lower", "applied_upper", *parts, "is_complete"]])

# %% [markdown]
# The range has three parts: the persons that a case may stand for, the claims whose origin was not
# named, and the claims of destinations that reported half a year or nothing.

# %%
incomplete = tables.lodged_by_year.query("not is_complete")["year"].tolist()
gap_places = [page.names[code].prose for code in sorted(set(tables.lodged_gaps["asylum"]))]
# Falls of the claims at one level that neither its decisions nor the stock follow.
fell = breaks.query("rule == 'level_of_flow' and kind == 'coverage_drop'")
by_place = page.name_places(fell, "prose").groupby("place")["year"]
falls = {place: sorted(set(years)) for place, years in by_place}

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if incomplete %}
The claims lodged in {{ incomplete | years }} are not complete{% if gap_places %}, either because {{ gap_places | listed }} reported half a year or
nothing, or because many claims name no origin{% endif %}.
{% if page.scope.boundary %}They are left out of the means below; the ranges include them.{% else %}The ranges include them.{% endif %}
{% else %}
Every year is complete at the destinations that matter.
{% endif %}

{% for place, fallen in falls.items() %}
In {{ place }} the claims at one level fall in {{ fallen | years }} while decisions at that level and the stock do not.
{% endfor %}
{% if falls %}Until then, more than one authority may have counted the same claims.{% endif %}
""")

# %%
not_type_n = lodged.list_rows_not_type_n(tables.applications_by_rule)
page.save(not_type_n, "lodged_rows.csv")
show(lodged.summarise_rules(not_type_n, tables.lodged_rules))

# %% [markdown]
# The table lists what the rules add to type `N`, and what stays out because no rule names it.

# %% [markdown]
# ## 3.5 The eras side by side
#
# Eras differ in length, so they are compared by their average year. The ratio compares the means of
# complete years. Its bounds cover all years, with what is missing filled in, so
# the ratio can lie outside them where the newest years are incomplete.

# %%
page.save(tables.eras, "eras.csv")
compared = tables.comparison
counts_only = compared[compared["measure"].isin(["applied_middle", "pending", "refugees"])]
columns = ["ratio", "ratio_lower", "ratio_upper", "ratio_excl_main", "ratio_excl_collapsed"]
show(counts_only[["measure", "earlier_mean", "later_mean", *columns]])

# %%
stock_pair, flow_pair = (compared.to_dict("index").get(m) for m in ("pending", "applied_middle"))
known = tables.pending_by_year.dropna(subset=["pending"])["year"].tolist()
without_stock = [year for span in tables.spans for year in span if year not in known]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say(
    """
{% if not page.scope.boundary %}
There is no study file for {{ page.origin }}, so no eras are compared.
{% elif stock_pair and stock_pair.ratio is number %}
Over {{ page.eras[1].prose }}, {{ stock_pair.later_mean | count }} claims were pending at an average year-end,
{{ stock_pair.ratio | ratio }} times as many as over {{ page.eras[0].prose }}
{%- if tables.crossed %}, across breaks in {{ tables.crossed | years }}{% endif %}.
{%- if without_stock %} No total is known for {{ without_stock | years }}.{% endif %}
{% if tables.collapsed_years and stock_pair.ratio_excl_collapsed is number %}
Without {{ tables.collapsed_years | years }}, when a destination's count had collapsed, the ratio is {{ stock_pair.ratio_excl_collapsed | ratio }}.
{% endif %}
{% if flow_pair and flow_pair.ratio_lower is number and flow_pair.ratio_upper is number %}
With all years counted and the gaps filled in, new claims a year were {{ flow_pair.ratio_lower | ratio }} to {{ flow_pair.ratio_upper | ratio }} times as many.
{% endif %}
{% else %}
The earlier era has too few claims pending, or an era too few years, for a ratio between them.
{% endif %}
""",
    is_headline=True,
)

# %% [markdown]
# The year of the handover can be put into either era. The figure lets the later era begin in each
# year around it, for several measures, with and without the main destination.

# %%
ratios = tables.ratios_by_handover
page.save(ratios, "sensitivity.csv")
era_figures.show_ratios(
    page,
    sensitivity.drop_small_bases(ratios),
    sensitivity.range_over_handovers(ratios),
    tables.main_destination,
)

# %% [markdown]
# ## 3.6 Why the two counts differ
#
# Someone who waits three years for a decision is in three year-end stocks. Adding up the stocks
# counts years of waiting, and the sum grows with the backlog even when nobody arrives. It also adds
# persons to cases where a destination changed its unit, so its ratio to claims lodged is approximate.

# %%
year_ends = stock_flow.split_new_and_old(tables.stock_and_flow)
page.save(year_ends, "year_ends.csv")
era_years = tables.newest_era
not_whole = sorted({*incomplete} & {*era_years})
# Year-end stocks added up, claims lodged, and claims pending at the end.
counts = tables.count_three_ways(era_years)
counted_again = stock_flow.sum_counted_again(
    year_ends[year_ends["year"].isin(era_years) & year_ends["pending"].gt(0)]
)

# %%
era_figures.show_three_counts(page, counts, era_years)

# %%
era_figures.show_counted_again(page, year_ends[year_ends["pending"].gt(0)], counted_again)

# %%
summed, lodged_once = counts.iloc[0], counts.iloc[1]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say(
    """
{% if summed.value is number %}
Year-end stocks of claims from {{ page.origin }}, added up from {{ era_years[0] }} to {{ era_years[-1] }}: {{ summed.value | count }}.
{% else %}
A year-end from {{ era_years[0] }} to {{ era_years[-1] }} has no figure, so the stocks of claims from {{ page.origin }} are not added up.
{% endif %}
{% if lodged_once.lower is number %}
Claims lodged in the same years, in persons: {{ lodged_once | bounds }}.
{% endif %}
{% if counted_again and summed.value is number %}
At least {{ counted_again.again | count }} of the year-end counts{% if counted_again.total >= tables.fewest %} ({{ counted_again.again_share | share(0) }}){% endif %} had been counted a year before, if
the flows are complete{% if not_whole %}, which those of {{ not_whole | years }} are not{% endif %}. In that case at most {{ (summed.value - counted_again.again) | count }} different claims stand
behind the sum. Both counts are right; they answer different questions.
{% endif %}
""",
    is_headline=True,
)

# %% [markdown]
# ## 3.7 Decisions
#
# Decisions are a third count. One claim may be decided at several levels, so the levels are never
# added. The recognition rate is the part recognised as refugees among decisions on the substance;
# the total protection rate adds other forms of protection. Claims closed without such a decision are
# in neither.

# %%
page.save(tables.decisions_by_year, "decisions_by_year.csv")
at_first = tables.decisions_by_year.query("level == 'first' and unit == 'persons'").tail(6)
rates = ["recognition_rate", "recognition_rate_same_places", "protection_rate"]
show(at_first[["year", "recognised", "other", "rejected", "closed", *rates]])

# %% [markdown]
# The constant set holds only the destinations that decide at the same level in each of the last ten
# years. It differs from the rate of all because it leaves out those that joined, left or changed level.

# %%
changed = breaks.query("touches == 'decisions'")
places = [page.names[code].prose for code in sorted(set(changed["asylum"]))]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if places %}
Rates compare less well than counts. The rules find that decisions were counted differently in {{ changed.year | unique | years }},
in {{ places | listed }}. Where claims that used to be rejected are booked as closed, the recognition rate rises by that alone;
where a destination leaves the level or stops naming origins, the rate of the others is what remains.
{% else %}
The rules find no change in how decisions are counted at destinations that matter to this origin.
{% endif %}
""")

# %% [markdown]
# ## Findings
#
# - The answer depends on what is counted. Section 3.1 gives each count with its range.
# - The sum of year-end stocks counts waiting, not people. Section 3.6 shows by how much.
# - Comparisons across the years in section 3.2 mix real changes with changes of counting.
#
# ## Limits
#
# - A stock says how many claims wait, not how many were made. It grows when decisions are slow.
# - A destination that names no origins is missing from the named claims; the range allots them by
#   rules. It is not a confidence interval.
# - Where a destination changes from cases to persons, the series in cases and in persons both jump.
# - The comparison describes two periods. It does not say why they differ. Procedures and ways of
#   counting changed as well. Notebook 07 asks whether other choices would give another answer.
#
# ## What would change this conclusion
#
# Figures by origin for the years that were carried forward or left without an origin, or a release
# that revises them.
#
# ## Exercises
#
# 1. Set `year_to` to the last year without a break at the main destination. What remains of the
#    difference between the two ratios?
# 2. Which of the breaks listed would you have seen from the chart alone?
