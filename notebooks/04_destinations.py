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
# # 4 Destinations: where are the claims, and how did that change?
#
# **Question.** Which countries hold an origin's asylum claims, which of them gained or lost rank, and
# how do they decide?
#
# **For whom.** Readers of rankings, and those who write them.
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
from helpers.analysis import destinations
from helpers.analysis.study_tables import load_tables
from helpers.plots import destination_figures
from helpers.plots.page import open_page
from helpers.prose.passages import say
from helpers.prose.tables import show

page = open_page("04_destinations", globals())
tables = load_tables(page.scope)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
**{{ page.title }}.** Asylum claims by people from {{ page.origin }}, {{ page.scope.year_from }} to
{{ page.scope.year_to }}, in UNHCR's release {{ page.scope.release }} ({{ page.scope.info.title }}), whose data package is dated
{{ page.scope.info.published }}.
""")

# %% [markdown]
# ## 4.1 The ranking
#
# A ranking by claims *pending* is a ranking of backlogs: a country that decides slowly is above one
# that receives as many claims and decides them at once. It is the ranking that published texts print,
# so it comes first. It is for the last year in which claims from this origin were pending anywhere.

# %%
ranked = tables.destinations
page.save(ranked, "destinations.csv")
newest = page.name_places(tables.newest_ranking)
top = newest.head(page.scope.top_n)
is_few = newest["pending"].sum() < tables.fewest  # too few for shares
show(top[["place", "rank", "pending", "share", "all_pending", "unknown_share"]])

# %% [markdown]
# The last two columns are about claims of all origins. A rank can only count claims whose origin the
# destination names. Where many are without one, the destination's figure is a lower bound, and it may
# in fact rank higher.

# %%
leaders = page.name_places(top[top["rank"] == 1], "prose")
year = leaders["year"].iloc[0]
veiled = page.name_places(top[top["unknown_share"] > destinations.VEILED], "prose")
most_veiled = veiled.nlargest(1, "unknown").squeeze()

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(newest) == 1 %}
Claims from {{ page.origin }} were pending in one destination {{ page.when(year) }}: {{ leaders.place | listed }}, with
{{ leaders.pending.iloc[0] | count }}.
{% else %}
Claims from {{ page.origin }} were pending in {{ len(newest) | words }} destinations {{ page.when(year) }}, most of all in
{{ leaders.place | listed }}: {{ leaders.pending.iloc[0] | count }}
{%- if is_few %} of {{ newest.pending.sum() | count }}{% else %}, or {{ leaders.share.iloc[0] | share }}{% endif %}
{%- if len(leaders) > 1 %}, each{% endif %}.
{% if len(newest) > len(top) and len(top) > 1 and not is_few %}
The first {{ len(top) | words }} together had {{ top.share.sum() | share }}.
{% endif %}
{% endif %}
{% if len(veiled) == 1 %}
Of the claims of all origins pending in {{ veiled.place | listed }}, {{ most_veiled.unknown_share | share }} name no origin:
{{ most_veiled.unknown | count }}. Some of them may be from {{ page.origin }}.
{% elif len(veiled) %}
In {{ veiled.place | listed }}, more than {{ destinations.VEILED | share(0) }} of the claims of all origins name no origin; with
{{ most_veiled.unknown | count }}, {{ most_veiled.place }} has the most. Some of them may be from {{ page.origin }}.
{% elif len(top) == 1 %}
There, at most {{ destinations.VEILED | share(0) }} of the claims of all origins name no origin.
{% else %}
In each of these destinations at most {{ destinations.VEILED | share(0) }} of the claims of all origins name no origin.
{% endif %}
""")

# %% [markdown]
# The destinations of each year have to add up to the total that UNHCR publishes for the origin in a
# table of its own.

# %%
sums = ranked.groupby("year")["pending"].sum(min_count=1)
own = tables.release.by_origin.query("origin == @page.scope.origin").set_index("year")["pending"]
largest_gap = (sums - own).abs().max()

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{{ ranked.asylum.nunique() | words | capital }} {% if ranked.asylum.nunique() == 1 %}destination has{% else %}destinations have{% endif %}
claims from {{ page.origin }}, pending or lodged, in at least one year.
{% if largest_gap == 0 %}
In every year their claims pending add up to the published total.
{% else %}
The sums of their claims pending differ from the published totals by at most {{ largest_gap | count }}.
{% endif %}
""")

# %% [markdown]
# ## 4.2 Where claims are lodged
#
# The order of backlogs need not be the order of new claims. Claims *lodged* count the new claims of a year
# (type `N`), in persons or in cases as the destination reports them. A case is one person or more, so
# the two units are two rankings. The last column is the rank of section 4.1.

# %%
lodged = page.name_places(destinations.list_lodged(ranked, year, page.scope.top_n))
show(lodged[["unit", "place", "lodged_rank", "applied", "pending", "rank"]])

# %%
in_persons = page.name_places(lodged.query("unit == 'persons'"), "prose")
in_cases = page.name_places(lodged.query("unit == 'cases' and lodged_rank == 1"), "prose")
leading = in_persons[in_persons["lodged_rank"] == 1]
moved = in_persons[(in_persons["rank"] - in_persons["lodged_rank"]).abs() > 1]
half_years = tables.half_years.query("year == @year and asylum in @lodged.asylum")
halved = page.name_places(half_years.drop_duplicates("asylum"), "prose")
without = page.name_places(
    top[top[["applied_persons", "applied_cases"]].isna().all(axis=1)], "prose"
)

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if lodged.empty %}
No destination reported new claims from {{ page.origin }} in {{ year }}.
{% elif leading.empty %}
In {{ year }} new claims from {{ page.origin }} were reported in cases only.
{% else %}
Of the new claims of {{ year }} that name this origin, counted in persons, the most were lodged in {{ leading.place | listed }}: {{ leading.applied.iloc[0] | count }}
{%- if len(leading) > 1 %} each{% endif %}.
{% if len(in_cases) %}
Counted in cases: {{ in_cases.place | listed }}, {{ in_cases.applied.iloc[0] | count }}{% if len(in_cases) > 1 %} each{% endif %}.
{% endif %}
{% if len(moved) %}
The backlogs rank differently: {{ moved.place | listed }} {% if len(moved) == 1 %}is{% else %}are{% endif %} more than one place
higher or lower by claims pending.
{% endif %}
{% endif %}
{% if len(without) and not lodged.empty %}
Of the first {{ len(top) | words }} by claims pending, {{ without.place | listed }} reported no new claims of type `N` in that year.
{% endif %}
{% if year == page.half_year and not lodged.empty %}All claims lodged are those of half a year.
{% elif len(halved) %}The claims lodged in {{ halved.place | listed }} are those of half a year.{% endif %}
""")

# %% [markdown]
# ## 4.3 The map
#
# Large countries catch the eye whatever their number, so the map keeps areas in proportion and its
# shades go in steps of ten. A destination that names hardly any origin is dotted: the data do not
# say whether claims from this origin are among those pending there.

# %%
unnamed = page.name_places(tables.unnamed, "prose")
page.save(tables.unnamed, "destinations_unnamed.csv")
unnamed = unnamed[unnamed["year"] == year]
destination_figures.show_map(page, newest, unnamed)

# %% [markdown]
# Overseas parts share their country's shape. Shapes without an ISO code, and places that UNHCR does
# not count apart, stay blank, which says nothing about their status.

# %%
large = unnamed.head(5)
with_claims = unnamed[unnamed[["applied_persons", "applied_cases"]].notna().any(axis=1)]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if unnamed.empty %}
Every destination that reports claims either has some from {{ page.origin }} or names most of their origins.
{% else %}
{{ len(unnamed) | words | capital }} {% if len(unnamed) == 1 %}destination has{% else %}destinations have{% endif %} no claim from
{{ page.origin }} in the data and {% if len(unnamed) == 1 %}names{% else %}name{% endif %} hardly any origin. Claims of any origin pending
there: {{ unnamed.unknown.sum() | count }}, {% if len(unnamed) > len(large) %}most of them {% endif %}in {{ large.place | listed }}.
{% if len(with_claims) %}
New claims from {{ page.origin }} were lodged in the same year in {{ with_claims.place | listed }}, so some may be pending there too.
{% endif %}
{% endif %}
""")

# %% [markdown]
# ## 4.4 How the shares changed
#
# Shares compare destinations within a year. When a large destination changes what it counts, every
# other share changes with it, although nobody has moved. The figure marks the years in which such a
# break moves the origin's total; notebook 03 lists them.

# %%
grave = tables.grave_breaks
destination_figures.show_shares(page, ranked, grave)

# %% [markdown]
# One number for the spread is the Herfindahl-Hirschman index, the sum of the squared shares. Its
# inverse is easier to read: the number of equally large destinations that would be as concentrated.
# One means that a single country has every claim.

# %%
concentration = tables.concentration
page.save(concentration, "concentration.csv")
with_enough = sums.index[sums >= tables.fewest]
by_spread = concentration.query("year in @with_enough").sort_values("effective_destinations")
extremes = by_spread.iloc[[0, -1]].to_dict("records") if len(by_spread) else []
broken = sorted({row["year"] for row in extremes} & set(grave["year"]))

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if not extremes %}
In no year are there enough claims to say how concentrated they are.
{% elif len(by_spread) == 1 %}
In the one year with enough claims the index is {{ extremes[0].hhi | number(2) }}.
{% elif extremes[-1].effective_destinations == extremes[0].effective_destinations %}
In every year the claims were spread alike.
{% else %}
The claims were most concentrated in {{ extremes[0].year | year }},
{% if extremes[0].effective_destinations < 1.05 %}
all or nearly all in one destination,
{% else %}
as if shared by {{ extremes[0].effective_destinations | number }} equal destinations,
{% endif %}
and most spread out in {{ extremes[-1].year | year }}, as if shared by {{ extremes[-1].effective_destinations | number }}.
{% if len(broken) > 1 %}
Breaks in the counting fall in {{ broken | years }}, so both extremes may come from them.
{% elif broken %}
A break in the counting falls in {{ broken | years }}, so that extreme may come from it.
{% endif %}
{% endif %}
""")

# %% [markdown]
# Ranks move with the shares. Equal counts are put in the order of their codes here, so that each
# place is held by one destination. A change into a year that does not compare with the one before
# may be a change of counting.

# %%
ordered = destinations.order_destinations(ranked)
moves = destinations.list_entries_and_exits(ordered, page.scope.top_n)
page.save(moves, "destination_moves.csv")
changed = moves[moves["n_entered"] + moves["n_left"] > 0]
changed_at_break = changed[changed["year"].isin(grave["year"])]

# %%
often = destinations.count_memberships(ordered, page.scope.top_n)
always = page.name_places(often[often["years"] == ordered["year"].nunique()], "prose")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if len(moves) == 0 %}
With one year of claims, no place can change hands.
{% elif changed.empty %}
{% if moves.n_members.max() < page.scope.top_n %}The destinations{% else %}The first {{ page.scope.top_n | words }}{% endif %} were
the same in every year.
{% else %}
{% if moves.n_members.max() < page.scope.top_n %}The list of destinations{% else %}The first {{ page.scope.top_n | words }}{% endif %} changed in {{ len(changed) | count }} of {{ len(moves) | count }} steps from one year to the next
{%- if len(changed_at_break) %}; {{ len(changed_at_break) | count }} of these steps lead{% if len(changed_at_break) == 1 %}s{% endif %} into a
year that does not compare with the one before{% endif %}.
{% if len(always) %}
{{ always.place | listed | capital }} {% if len(always) == 1 %}was{% else %}were{% endif %} among them in every year.
{% else %}
No destination was among them in every year.
{% endif %}
{% endif %}
""")

# %% [markdown]
# ## 4.5 From one era to the next
#
# Single years are noisy, so eras are compared by the claims pending at the end of their average year.
# The average runs across breaks: a country whose counting changed within an era has the average of
# two ways of counting.

# %%
eras = page.name_places(tables.era_ranks)
show(eras[["place", "earlier_rank", "later_rank", "earlier_share", "later_share"]])

# %%
in_words = page.name_places(tables.era_ranks, "prose")
earlier_first = in_words[in_words["earlier_rank"] == 1]
later_first = in_words[in_words["later_rank"] == 1]
risen = in_words.assign(gain=in_words["earlier_rank"] - in_words["later_rank"])
risen = risen[risen["later_rank"] <= page.scope.top_n].query("gain > 2").nlargest(3, "gain")

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if not page.scope.boundary %}
There is no study file for {{ page.origin }}, so no eras are compared.
{% elif in_words.empty %}
With these years the eras cannot be compared.
{% else %}
On average over {{ page.eras[0].prose }}, the most claims were pending in {{ earlier_first.place | listed }}
({{ earlier_first.earlier_share.iloc[0] | share }}); over {{ page.eras[1].prose }},
{% if later_first.asylum.tolist() == earlier_first.asylum.tolist() %}again {% endif %}in {{ later_first.place | listed }}
({{ later_first.later_share.iloc[0] | share }}).
{% if len(risen) %}
Among the leading destinations of the later era, {{ risen.place | listed }} rose by the most ranks.
{% endif %}
{% endif %}
""")

# %% [markdown]
# ## 4.6 Regions
#
# UNHCR groups countries into regions of its own. Shares by region move less with one country's
# reporting than ranks do, unless that country dominates its region.

# %%
regions = destinations.sum_regions(ranked).query("pending > 0")
latest = regions[regions["year"] == year].sort_values("pending", ascending=False)
show(latest[["region", "pending", "share"]])

# %%
top_region = latest.iloc[0]
earliest = regions[regions["year"] == regions["year"].min()]
then = earliest[earliest["region"] == top_region["region"]]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if is_few %}
{{ top_region.region }} had {% if len(latest) == 1 %}all{% else %}{{ top_region.pending | count }} of the{% endif %} {{ latest.pending.sum() | count }} claims {{ page.when(year) }}.
{% else %}
{{ top_region.region }} had {{ top_region.share | share }} of the claims {{ page.when(year) }}
{%- if len(then) and then.year.iloc[0] < year and earliest.pending.sum() >= tables.fewest %}, against {{ then.share.iloc[0] | share }} {{ page.when(then.year.iloc[0]) }}{% endif %}.
{% endif %}
""")

# %% [markdown]
# ## 4.7 How the destinations decide
#
# The recognition rate is the part of decisions on the substance that grants refugee status; the
# total protection rate adds other forms of protection. Claims that were closed without such a
# decision are in neither. Decisions are a flow, so those of the last years are added up; where they
# are few, no rate is shown. Levels are kept apart by their codes, and persons and cases too.
#
# Destinations join a level and leave it: they stop naming origins, book their decisions under another
# code or report in another unit. A filled dot stands for a level with decisions in each of these
# years. Only those are a constant set, in which rates can be compared over the same years.

# %%
rates = tables.destination_rates
page.save(rates, "destination_rates.csv")
destination_figures.show_rates(page, rates)

# %%
enough = page.name_places(rates[rates["is_enough"]])
figures = ["substance", "recognition_rate", "protection_rate", "closed_share"]
kept = enough["asylum"].isin(enough["asylum"].unique()[: page.scope.top_n])
by_level = enough[kept].sort_values(["place", "level_code", "unit"])
show(by_level[["place", "level_code", "unit", *figures, "is_constant", "has_break"]])

# %% [markdown]
# Appeals (`AR`, `JR`) are in the table, not in the figure. A break means that the way in which the country counts
# its decisions changed within these years. A rate belongs to the claims decided there, whose
# applicants differ from those elsewhere; it does not measure generosity.

# %%
at_first = enough[enough["level"] != "appeal"]
reversed_at = [page.names[code].prose for code in destinations.find_reversed(enough)]

# %% jupyter={"source_hidden": true} tags=["hide-input"]
say("""
{% if rates.empty %}
No destination reported decisions on claims from {{ page.origin }} in these years.
{% else %}
{% if rates.asylum.nunique() == 1 %}
One destination decided claims from {{ page.origin }}, and it took
{%- if at_first.empty %} fewer than{% else %} at least{% endif %}
{% else %}
Of {{ rates.asylum.nunique() | words }} destinations that decided claims from {{ page.origin }},
{% if at_first.empty %}none{% else %}{{ at_first.asylum.nunique() | words }}{% endif %} took at least
{% endif %}
{{ destinations.LEAST_DECISIONS | count }} decisions on the substance at one level, appeals left out.
{% if reversed_at %}
In {{ reversed_at | listed }} recognition is higher on appeal than at any other level. Either many appeals succeed there, or the code
covers a fresh hearing or other claims. The rates do not say which, so they are never averaged.
{% endif %}
{% endif %}
""")

# %% [markdown]
# ## Findings
#
# - The ranking in section 4.1 is of backlogs that name the origin. Section 4.2 ranks by new claims,
#   which can give another order.
# - Shares and ranks move when a large destination changes its counting. Section 4.4 marks the years.
# - Claims from one origin are decided at several levels and by many destinations. Section 4.7 marks
#   the levels whose rates can be compared over the same years.
#
# ## Limits
#
# - A backlog grows with slow decisions as well as with new claims, so a high rank is no proof of
#   popularity.
# - A destination's figure depends on what it reports. When one stops naming origins, all other
#   shares rise although nobody has moved.
# - Countries that report nothing are absent; that does not mean that they have no claims.
# - Rates rest on what a destination decides in a few years, and on who applied there. Closed claims
#   can hide refusals, and a change in what is booked as closed moves the rate.
#
# ## What would change this conclusion
#
# Figures by origin for the claims that are reported without one, or a release that completes a
# destination's figures: `asylum releases` lists what is there, and `release` sets it.
#
# ## Exercises
#
# 1. Set `year_to` to an earlier year. Which countries were first then, by pending and by lodged?
# 2. Leave the largest destination out and compute the concentration again. What is left of its trend?
# 3. Keep only the rates with a filled dot. Does the order of destinations change?
