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
# **Question.** Published comparisons between political eras add up claims pending at year-ends.
# What do they show when claims are counted once, when they are lodged? And does the answer rest
# on one destination, or on a year in which somebody changed the way of counting?
#
# **For whom.** Readers who met a headline number and want to know what it counts.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); release and date are printed below.

# %% [markdown]
# **Overview.** Two measures are followed side by side and never mixed: claims pending on the last
# day of the year, which is a stock, and new claims lodged during the year, which is a flow. Each
# is shown with and without the destination that holds most of the claims. Breaks in the series
# are looked for by rule before any two years are compared. The eras are then compared by the
# average year, since they differ in length, and the ratio is kept apart from the percent increase.

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own
year_from: int = 2000  # first year, not before 2000
year_to: int = None  # last year; None: the release's last
top_n: int = 10  # how many destinations a ranking shows
run_dir: str = None  # folder for tables, figures and numbers; None: write nothing

# %%
import math

import pandas as pd

from helpers.analysis import (
    breaks,
    lodged,
    measures,
    placebo,
    protection,
    sensitivity,
    shift_share,
    stock_flow,
)
from helpers.analysis import eras as spans
from helpers.analysis import (
    interrupted_time_series as interrupted,
)
from helpers.analysis import (
    specification_curve as specification,
)
from helpers.analysis.break_panel import narrow_core
from helpers.analysis.eras import COUNTS, LABELS, RATES, WITHOUT, build_series, pair_columns
from helpers.analysis.lodged_bounds import bound_destinations, bound_lodged
from helpers.analysis.thresholds import PERSONS_A_CASE, THRESHOLDS
from helpers.analysis.unknown_origin import RULES, allocate_unknown, bound_applied, bound_pending
from helpers.data.hand import (
    load_breaks,
    load_lodged_rules,
    load_names,
    load_persons_per_case,
    load_populations,
)
from helpers.data.releases import load_core, load_earlier, load_mid_years
from helpers.plots import charts, study_charts, style
from helpers.plots.charts import describe_bars, describe_series
from helpers.plots.page import Page
from helpers.prose.passages import say
from helpers.prose.tables import show
from helpers.prose.words import (
    BREAK_WORDS,
    CHOICE_NAMES,
    MEASURE_NAMES,
    choose_break_words,
    describe_scope,
    join_codes,
    join_names,
    join_years,
    say_position,
    say_share,
)
from helpers.study import Study

scope = Study.resolve(
    study=study, release=release, origin=origin,
    year_from=year_from, year_to=year_to, top_n=top_n, run_dir=run_dir,
)  # fmt: skip
page = Page("03_eras", scope)
every_origin = load_core(scope.release)
core = narrow_core(every_origin, scope.origin)
names = load_names(core.countries)
origin_name = names[scope.origin].prose
page.define(**describe_scope(scope, names))
page.say(
    "**{study_title}.** Claims by people from {origin_name}, {year_from} to {year_to}, release "
    "**{release}** ({release_title}); its data package is of {published}."
)

# %% [markdown]
# ## 3.1 The answer
#
# How many claims were lodged in an average year, and how many were pending at an average
# year-end: in the earlier era, in the later one before its newest years, and in the newest years.
# At least: claims that name the origin, each case one person. At most: each case as the greatest
# factor, with the claims whose origin is not named shared out by the greatest rule, and with what
# is missing where a destination reports six months or nothing.

# %%
pending = measures.select_origin(core.pending, scope.origin, scope.years)
pending = measures.require_pending(pending, scope.origin, scope.years)
claims = measures.select_origin(core.applications, scope.origin, scope.years)
main = measures.find_main_destination(pending)
by_year = measures.measure_pending(pending, core.by_origin, scope.years, main)
allocated = allocate_unknown(core, scope.origin, scope.years)
bounds = bound_pending(core, scope.origin, scope.years, allocated)

# %%
factors, rules, register = load_persons_per_case(), load_lodged_rules(), load_breaks()
mid_years = load_mid_years(scope.info, {scope.origin})
half = lodged.find_half_year_flows(core, scope.info, mid_years, register)
marked = lodged.mark_lodged(claims, rules)
marked_all = lodged.mark_lodged(core.applications_by_asylum, rules)
gaps = lodged.find_gaps(marked, marked_all, pending, half)
six_months = [
    lodged.mark_lodged(measures.select_origin(mid.applications, scope.origin, [mid.by_asylum["year"].max()]), rules)
    for mid in mid_years.values()
]  # fmt: skip
flow_bounds = bound_destinations(core, scope.origin, marked, marked_all, gaps, factors, six_months)
inclusive = bound_lodged(flow_bounds, scope.years)
inclusive_excl = bound_lodged(flow_bounds, scope.years, excluding=main)

# %%
LODGED = ["applied_inclusive_persons", "applied_inclusive_cases", "applied_middle"]
others = pair_columns(inclusive[["year", *LODGED]], inclusive_excl[["year", *LODGED]])
partial = spans.find_partial_years(inclusive, inclusive_excl, gaps, main)
stock, flow, flow_excl = (f.set_index("year") for f in (bounds, inclusive, inclusive_excl))
ranges = {
    "pending": (stock["lower"], stock["outer"]),
    "applied_middle": (flow["applied_lower"], flow["applied_upper"]),
    "applied_middle_excl_main": (flow_excl["applied_lower"], flow_excl["applied_upper"]),
}
boundaries = scope.file.boundaries or (spans.cut_decades(),)
boundary = boundaries[0]

# %%
STORY = ["applied_middle", "applied_inclusive_persons", "applied_inclusive_cases", "pending"]
base_series = build_series(by_year, others, partial, ranges)
story = spans.compare_periods(base_series, spans.list_periods(boundary, scope.years), STORY)
page.save(story, "story.csv")
show(
    story[story["n_years"] > 0].assign(measure=lambda f: f["measure"].map(LABELS))[
        [
            "measure",
            "span",
            "mean_per_year",
            "lower",
            "upper",
            "years_complete",
            "ratio_lower",
            "ratio_upper",
        ]
    ],
    note="Mean: of whole years only. At least, at most: of all years, so the mean may lie outside them. Ratios: to the first period's mean, the least "
    "over the most and the most over the least.",
)

# %%
trend = {
    m: [spans.read_direction(row) for row in f.to_dict("records")[1:]]
    for m, f in story.groupby("measure")
}
is_late = trend["applied_middle"] == ["open", "up"] and trend["pending"][:1] == ["up"]
records = story.astype("object").where(story.notna(), None).groupby("measure")
told = {m: f[f["n_years"] > 0].to_dict("records") for m, f in records}
before, later, newest = (told["applied_middle"] + [None] * 3)[:3]
stock_before, stock_later, stock_newest = (told["pending"] + [None] * 3)[:3]
incomplete_years = inclusive.loc[~inclusive["is_complete"], "year"].tolist()
gap_names = [names[code].prose for code in sorted(set(gaps["asylum"]))]
unnamed_years = sorted(set(incomplete_years) - set(gaps["year"]))

# %% tags=["hide-input"]
say("""
{% if before and later and stock_before and stock_later %}
{% if is_late %}**The number waiting grew; the number of new claims did not, until {{ newest.first_year }}.**{% endif +%}
New claims from {{ origin_name }} a year were {{ before.lower | count }} {% if before.upper %}to {{ before.upper | count }}{% else %}or more{% endif %} in {{ before.span }}{% if newest %}, {% else %} and {% endif %}
{{ later.lower | count }} {% if later.upper %}to {{ later.upper | count }}{% else %}or more{% endif %} in {{ later.span }}{% if newest %}, and
{{ newest.lower | count }} {% if newest.upper %}to {{ newest.upper | count }}{% else %}or more{% endif %} in {{ newest.span }}{% endif %}.
Claims pending at an average year-end were {{ stock_before.lower | count }} {% if stock_before.upper %}to {{ stock_before.upper | count }}{% else %}or more{% endif %} in {{ stock_before.span }}{% if stock_newest %}, {% else %} and {% endif %}
{{ stock_later.lower | count }} {% if stock_later.upper %}to {{ stock_later.upper | count }}{% else %}or more{% endif %} in {{ stock_later.span }}{% if stock_newest %}, and
{{ stock_newest.lower | count }} {% if stock_newest.upper %}to {{ stock_newest.upper | count }}{% else %}or more{% endif %} in {{ stock_newest.span }}{% endif %}.
{% else %}
These years do not hold an earlier and a later period to compare.
{% endif %}
""", is_headline=True)  # fmt: skip

# %% tags=["hide-input"]
say("""
{% if incomplete_years %}
Not whole are the claims lodged of {{ incomplete_years | years }}: {% if gap_names %}{{ gap_names | listed }} reported
six months or nothing{% endif %}{% if gap_names and unnamed_years %}, and {% endif %}{% if unnamed_years %}many claims of
{{ unnamed_years | years }} lack their origin{% endif %}. These years enter no mean, and the bounds hold what may be missing.
{% else %}
Every year's claims lodged are whole at the destinations that matter.
{% endif %}
""")  # fmt: skip

# %% [markdown]
# ## 3.2 Validation and breaks: which years compare?
#
# The main destination is the one with the most claims pending over all the study's years. It is
# chosen once, so that a series without it leaves out the same country in every year.

# %%
totals = core.by_origin.query("origin == @scope.origin").set_index("year")["pending"]
gap = by_year.set_index("year")["pending"].sub(totals).abs().max()
main_name = names[main].prose
page.define(
    main_name=main_name, main_short=names[main].short, main_code=main,
    origin_gap=int(gap), n_destinations=int(pending.loc[pending["pending"] > 0, "asylum"].nunique()),
)  # fmt: skip
page.say(
    "Claims from {origin_name} were pending in {n_destinations:,} destinations over these years; the main one is "
    "{main_name} (`{main_code}`). The sums over destinations "
    + ("differ from" if gap else "equal")
    + " UNHCR's totals for the origin in every year"
    + (", by {origin_gap:,} claims at most." if gap else ".")
)

# %% [markdown]
# A destination that changes what it counts moves the origin's total without anyone moving. The
# rules look for such years: totals that collapse or jump, claims whose origin is no longer named,
# figures carried forward unchanged, a change of unit or of stage codes, stocks that the flows
# cannot explain, and six-month figures. A break lies between two years. Those that move the
# origin's pending total by more than a tenth make that year incomparable with the one before.

# %%
GRAVE = THRESHOLDS.breaks_total
findings = breaks.find_breaks(
    core, scope.origin, info=scope.info, previous=mid_years, register=register, years=scope.years
)
page.save(findings, "breaks.csv")
flags = breaks.flag_stock_years(findings, by_year)
by_year = by_year.merge(bounds, on="year").merge(flags, on="year")
by_year.insert(1, "period", [scope.period_of(year) for year in by_year["year"]])
listed = load_populations(scope.origin)
stocks = protection.measure_stocks(pending, core.by_asylum, scope.years, populations=listed)
stocks_excl = protection.measure_stocks(pending, core.by_asylum, scope.years, main, listed)
stock_measures = pair_columns(stocks, stocks_excl)
others |= stock_measures
extra = {name: values for name, values in stock_measures.items() if name not in by_year}
refugee_flags = breaks.flag_stock_years(findings, stocks, "refugees").set_index("year")
extra |= {f"refugees_{name}": refugee_flags[name] for name in ("is_comparable", "status")}
page.save(by_year.join(pd.DataFrame(extra), on="year"), "pending_by_year.csv")

# %%
broken = by_year.loc[~by_year["is_comparable"], "year"].tolist()
grave = findings[findings["touches"].eq("pending") & (findings["effect_share"] > GRAVE)]
grave = grave.assign(place=grave["asylum"].map(lambda code: names[code].short))
columns = ["year", "place", "kind", "effect_on_origin", "effect_share", "is_explained", "detail"]
if len(grave):
    display(
        page.table(
            grave.sort_values(["year", "place", "kind"])[columns],
            caption="Breaks that move the pending total of {origin_name} by more than a tenth",
            row_headers=2,
            names={
                "place": "Destination",
                "effect_on_origin": "Effect, claims",
                "effect_share": "Effect, share of total",
            },
        )
    )

# %%
page.define(n_findings=len(findings), broken_years=join_years(broken))
page.say(
    "The rules find {n_findings:,} breaks at destinations that matter to this origin, in stocks, in "
    "flows and in decisions. Those in {broken_years} move its pending total by more than a tenth: "
    "in each of these years the figure does not compare with the one before."
    if broken
    else "The rules find {n_findings:,} breaks at destinations that matter to this origin, in "
    "stocks, in flows and in decisions; none moves its pending total by more than a tenth."
)

# %% [markdown]
# ## 3.3 Claims pending: a stock
#
# The line below is the one that published reports print and add up. It counts the people who
# waited for a decision on one day of each year.

# %%
half_year = scope.info.newest_year if scope.info.period == "mid" else None
known = by_year.dropna(subset=["pending"])
last, peak = known.iloc[-1], known.loc[known["pending"].idxmax()]
page.define(
    last_year=int(last["year"]), last_pending=int(last["pending"]), last_excl_main=int(last["pending_excl_main"]),
    last_world_share=float(last["share_of_world"]), peak_year=int(peak["year"]), peak_pending=int(peak["pending"]),
)  # fmt: skip

# %%
lines = {"pending": "All destinations", "pending_excl_main": "Without " + names[main].prose}
fig, ax = style.new_figure(height=4.0)
charts.draw_lines(
    ax, by_year, y=list(lines), provisional=half_year, labels=lines
)  # fmt: skip
is_open = (by_year["upper"] > 1.02 * by_year["lower"]).fillna(False)
charts.draw_range(
    ax, by_year["year"], by_year["lower"].where(is_open), by_year["upper"].where(is_open)
)
for year, word in choose_break_words(grave, broken).items():
    charts.mark_break(ax, year, word)
charts.shade_eras(ax, boundary.eras)
carried = findings.query(
    "touches == 'pending' and rule == 'never_completed' and year == @peak['year']"
)
old = pending[pending["year"].eq(peak["year"]) & pending["asylum"].isin(carried["asylum"])][
    "pending"
].sum()
page.define(peak_old=float(old / peak["pending"]))
page.figure(
    fig, id="eras-pending", number="3.1",
    title="Claims pending from {origin_name} were most in {peak_year}: {peak_pending:,}"
    + (", of which {peak_old:.0%} are figures of mid-{peak_year}" if old else ""),
    subtitle="Asylum claims pending at year-end (a stock), with and without {main_name}",
    alt=" ".join(describe_series(by_year, "year", c, "claims", label=lines[c]) for c in lines),
    data=by_year[["year", *lines, "lower", "upper", "status", "is_comparable"]],
    note="Dashed: not comparable with the year before. Band: with a share of the claims of unknown origin.",
)  # fmt: skip

# %%
page.say(
    "UNHCR shows {last_pending:,} claims from {origin_name} pending {newest_stock} {last_year}, "
    "{last_world_share:share} of the world's, and {last_excl_main:,} without {main_name}."
)

# %%
row = by_year.set_index("year").loc[int(last["year"])]
has_upper = not pd.isna(row["upper"])
page.define(
    last_lower=int(row["lower"]), last_upper=int(row["upper"]) if has_upper else None,
    last_least=int(row["least"]) if has_upper else None,
    last_before=int(last["year"]) - 1, last_unbounded=join_codes(row["undetermined"], names),
)  # fmt: skip
caution = "" if row["is_comparable"] else " It does not compare with {last_before}, as said above."
is_wider = has_upper and row["upper"] > row["lower"]
extent = (
    "{last_lower:,} claims name the origin. With those that name none shared out, the rules give {last_least:,} to {last_upper:,}."
    if is_wider
    else "Claims whose origin was not named add nothing to it by any rule."
    if has_upper
    else "No upper bound can be given, since {last_unbounded} never named origins well enough to tell."
)
page.say("The figure of {last_year} needs its range. " + extent + caution)

# %%
RULE_TITLES = dict(zip(RULES, (
    "Share in the nearest complete year", "Share among that year's named claims",
    "Share in that year's claims lodged", "Last complete year's stock, rolled forward with the flows",
), strict=True))  # fmt: skip
by_rule = pd.DataFrame(
    {"rule": RULE_TITLES.values(), "pending": [row[name] for name in RULE_TITLES]}
)
if has_upper and is_wider:
    display(show(by_rule, "The same figure by each rule for claims of unknown origin"))

# %% [markdown]
# A second group are refugees, some of them from decades ago, and others whom UNHCR counts as
# in need of international protection. Where these are many, a small number of claims pending says little
# about how many left. Some origins' refugees at one destination are one people of their own, listed with
# sources in `data/hand/populations.yml`; a series without them is given too. The share of the world's claims
# tells growth of this origin's claims from growth everywhere.

# %%
around = by_year[["year", "pending"]].join(pd.DataFrame(others), on="year").tail(5)
heads = {
    "year": "Year", "pending": "Pending", "share_of_world": "Share of the world's",
    "share_of_world_excl_main": f"Share, without {names[main].prose}", "refugees": "Refugees",
    "refugees_excl_main": f"Refugees, without {names[main].prose}",
    "refugees_excl_listed": "Refugees, without " + join_names(entry.people for entry in listed),
    "oip": "Others in need of protection",
}  # fmt: skip
heads = {column: head for column, head in heads.items() if around[column].notna().any()}
page.table(
    around[list(heads)], names=heads,
    formats={column: say_share for column in heads if "share" in column},
    caption="Claims from {origin_name} pending, their share of the world's, and refugees from there",
)  # fmt: skip

# %%
abroad = stocks.set_index("year")["refugees"].dropna()
apart = abroad - stocks.set_index("year")["refugees_excl_listed"]
steps = refugee_flags.index[~refugee_flags["is_comparable"]].tolist()
page.define(
    last_refugees=int(abroad.get(last["year"], 0)), last_apart=int(apart.fillna(0).get(last["year"], 0)),
    step_years=join_years(steps), apart_people=join_names(entry.people for entry in listed),
)  # fmt: skip
page.say(
    ("Of the {last_refugees:,} refugees from {origin_name} {newest_stock} {last_year}, {last_apart:,} are {apart_people}. "
     if apart.fillna(0).get(last["year"], 0) > 0 else "")
    + ("In {step_years} a figure that stood still was renewed and moves the total by more than a tenth: how many of "
       "these people moved in that year is not known." if steps else
       "In no year does a renewed count move the number of refugees by more than a tenth.")
)  # fmt: skip

# %%
share = stocks.set_index("year")["share_of_world"].dropna()
page.define(
    share_first_year=int(share.index[0]), share_first=float(share.iloc[0]),
    share_peak_year=int(share.astype(float).idxmax()), share_peak=float(share.max()),
)  # fmt: skip
page.say(
    "In {share_first_year} claims from {origin_name} were {share_first:share} of all claims pending in the world; "
    "the share was highest in {share_peak_year}, at {share_peak:share}."
)

# %% [markdown]
# ## 3.4 Claims lodged: a flow
#
# A new claim is counted in the year in which it is lodged, and once, unless two authorities of one country
# count it. Type `N` is the strict count. It is
# not complete, since some destinations report new claims under other codes in some years; the
# inclusive count adds those that the rules in `data/hand/lodged.yml` name. Destinations report
# persons or cases; a case is one or more persons, so the two are never added. The range in persons
# is as in section 3.1. No factor from cases to persons is published for the years before
# 2014: those used there are assumed.

# %%
new = measures.measure_new_claims(claims, scope.years)
new_excl = measures.measure_new_claims(claims, scope.years, excluding=main)
strict = pair_columns(new, new_excl)
others |= strict
page.save(lodged.list_places(marked, pending, factors), "lodged_by_destination.csv")
flows = inclusive.merge(pd.DataFrame(strict).reset_index(), on="year")
excl = inclusive_excl[["year", *LODGED]].set_index("year").add_suffix(WITHOUT)
flows = flows.join(excl, on="year")
page.save(flows, "lodged_by_year.csv")
page.save(gaps, "lodged_gaps.csv")

# %%
newest_first = newest["first_year"] if newest else scope.year_to
page.define(newest_first=newest_first)
drawn = flows.assign(whole=flows["applied_middle"].where(flows["is_complete"]))
fig, ax = style.new_figure(height=4.0)
charts.draw_lines(ax, drawn, y="whole", labels={"whole": ""})
for _, part in flows.groupby(flows["year"].where(~flows["is_complete"], 0)):
    charts.draw_range(ax, part["year"], part["applied_lower"], part["applied_upper"])
ax.set_ylim(0, 1.05 * float(flows[["applied_lower", "applied_upper"]].max().max()))
charts.shade_eras(ax, boundary.eras)
page.figure(
    fig, id="eras-lodged", number="3.2",
    title="New claims from {origin_name} grew only from {newest_first} on" if is_late
    else "Asylum claims from {origin_name} lodged in a year",
    subtitle="Claims lodged (a flow), in persons: least and most, and a line where the year is whole",
    alt=" ".join(describe_series(drawn, "year", c, "persons", label=n) for c, n in
                 {"whole": "Whole years", "applied_lower": "At least", "applied_upper": "At most"}.items()),
    data=drawn[["year", "whole", "applied_lower", "applied_upper", "is_complete"]],
    note="Line: whole years, each case the middle factor. Band and bars: from one person a case to the greatest factor, "
    "claims of unknown origin, and what a destination has not reported.",
)  # fmt: skip

# %%
show(
    flows.loc[flows["year"] > scope.year_to - 5, [
        "year", "applied_inclusive_persons", "applied_inclusive_cases", "applied_lower", "applied_upper",
        "most_by_factor", "most_unnamed", "most_missing", "is_complete",
    ]],
    "Claims lodged in the newest years, and what their range consists of",
)  # fmt: skip

# %% [markdown]
# The next table says which rows the inclusive count adds, and which rows of a mixed type stay out
# because no rule names them. `lodged_rows.csv` lists both by destination and year.

# %%
added = lodged.list_added(marked)
page.save(added, "lodged_rows.csv")
titles = {rule.name: rule.title for rule in rules} | {"": "Left out: no rule names them"}
by_rule = added.assign(title=added["rule"].map(titles)).groupby("title")
by_rule = by_rule.agg(
    first_year=("year", "min"), last_year=("year", "max"), places=("asylum", "nunique"), rows=("rows", "sum"),
)  # fmt: skip
units = added.assign(title=added["rule"].map(titles)).pivot_table(
    index="title", columns="unit", values="applied", aggfunc="sum"
)
by_rule = by_rule.join(units).reindex([t for t in titles.values() if t in by_rule.index])
if len(by_rule):
    display(page.table(
        by_rule.rename_axis("rule").reset_index(),
        caption="Claims from {origin_name} under other codes than the one for new claims",
        names={"places": "Destinations"},
    ))  # fmt: skip

# %%
sums = added.groupby(["is_counted", "unit"])["applied"].sum()
page.define(**{
    f"{name}_{unit}": int(sums.get((flag, unit), 0))
    for name, flag in (("added", True), ("left", False)) for unit in measures.UNITS
})  # fmt: skip
said = {
    name: " and ".join(
        f"{{{name}_{unit}:,}} {unit}" for unit in measures.UNITS if (flag, unit) in sums
    )
    for name, flag in (("added", True), ("left", False))
}
page.say(
    f"The rules add {said['added'] or 'nothing'} to the strict count; "
    + (
        f"rows of mixed type with {said['left']} stay out."
        if said["left"]
        else "no row of mixed type stays out."
    )
)

# %%
silent = gaps[gaps["months"].eq(0) & gaps["year"].isin(scope.years)]
page.define(
    silent_places="; ".join(
        f"{names[code].prose} ({join_years(part['year'])})" for code, part in silent.groupby("asylum", sort=False)
    ),
    notable=lodged.NOTABLE,
)  # fmt: skip
page.say(
    "Some destinations held over {notable:.0%} of the year's pending claims and have, of any origin, nothing on file "
    "that counts as lodged in that year: {silent_places}. Their cells are empty, and the year's sums lack them."
    if len(silent)
    else "Every destination that held over {notable:.0%} of a year's pending claims has claims lodged on file for it."
)

# %%
twice = findings[findings["rule"].eq("level_of_flow") & findings["kind"].eq("coverage_drop")]
page.define(
    half_places="; ".join(
        f"{names[code].prose} ({join_years(part['year'])})"
        for code, part in gaps[gaps["months"].gt(0)].groupby("asylum", sort=False)
    ),
    twice_places="; ".join(
        f"{names[code].prose} ({join_years(part['year'])})"
        for code, part in twice.groupby("asylum", sort=False)
    ),
)  # fmt: skip
page.say(
    ("Flows of six months, at destinations that matter: {half_places}. Such a year is incomplete, and no year's sum. "
     if gaps["months"].gt(0).any() else "Every destination that matters reports whole years. ")
    + ("In the years named, claims lodged at one level fall while its decisions and the stock do not: "
       "{twice_places}. Either some claims were counted twice before, or not all are counted since." if len(twice) else "")
)  # fmt: skip

# %% [markdown]
# `applications_by_year.csv` keeps every stage and unit apart, with the range that claims of unknown
# origin add to rows of that stage and unit, and with the years that do not compare. A stage and unit
# of which nothing but unnamed claims is reported has no lower bound, and its upper bound all the same.

# %%
key = ["year", "stage", "unit"]
applications = measures.measure_applications(claims, scope.years)
bounds_applied = bound_applied(core, scope.origin, scope.years)[[*key, "lower", "upper"]]
flags = breaks.flag_applied_years(findings, applications)
applications = applications.merge(bounds_applied, how="left", on=key).merge(flags, on=key)
applications = applications.merge(lodged.spread_by_unit(inclusive), how="left", on=key)
page.save(applications, "applications_by_year.csv")
# %% [markdown]
# ## 3.5 The eras side by side
#
# Totals favour the longer era, so eras are compared by their average year. A ratio of three is an
# increase of two hundred percent, and the two are kept in columns of their own since they are
# easily taken for each other. A year of which a destination reports six months enters no average,
# and the bounds of a ratio are the least of one era over the most of the other.

# %%
decided = measures.select_origin(core.decisions, scope.origin, scope.years)
others |= pair_columns(
    protection.measure_first_instance(decided, scope.years),
    protection.measure_first_instance(decided, scope.years, excluding=main),
)
series = build_series(by_year, others, partial, ranges)
eras = pd.concat(
    [spans.summarise_eras(series, b, scope.years) for b in boundaries], ignore_index=True
)
page.save(eras, "eras.csv")
earlier, later = sensitivity.find_pair(boundary)
page.define(
    earlier=earlier.name, later=later.name, earlier_era=earlier.prose, later_era=later.prose,
    boundary_title=boundary.title[0].lower() + boundary.title[1:],
)  # fmt: skip

# %%
SHOWN = ["applied_middle", "pending", "pending_summed", "refugees"]
own = eras.query("boundary == @boundary.name").assign(label=lambda f: f["measure"].map(LABELS))
page.table(
    own[own["measure"].isin(SHOWN) & own["n_years"].gt(0)].sort_values(
        ["measure", "first_year"], key=lambda c: c.map(SHOWN.index) if c.name == "measure" else c
    )[["label", "era", "first_year", "last_year", "n_years", "n_complete", "total", "mean_per_year", *spans.BOUNDS]],
    caption="Eras: {boundary_title}",
    row_headers=2,
    formats=dict.fromkeys(["mean_per_year", "total", *spans.BOUNDS], "{:,.0f}"),
    names={
        "label": "Measure", "n_years": "Years in the data", "n_complete": "Whole", "mean_per_year": "Mean a year",
        "mean_lower": "At least", "mean_upper": "At most",
    },
    note="Mean: of whole years. At least, at most: a year, over all of them, so the mean may lie outside.",
)  # fmt: skip

# %%
collapsed = sensitivity.find_collapsed_years(findings, scope.years)
kept = series[~series["year"].isin(collapsed)]
pair = spans.compare_two(eras, boundary).assign(label=lambda f: f["measure"].map(LABELS))
sound = spans.compare_two(spans.summarise_eras(kept, boundary, scope.years), boundary)
pair["ratio_sound"] = pair["measure"].map(sound.set_index("measure")["ratio"])
both = spans.add_ratio_without_main(pair)
columns = [
    "label",
    "earlier_mean",
    "later_mean",
    "ratio",
    "ratio_lower",
    "ratio_upper",
    "ratio_sound",
    "ratio_without",
    "is_thin",
]
columns = columns if collapsed else [c for c in columns if c != "ratio_sound"]
page.define(collapsed_years=join_years(collapsed))

# %%
heads = {
    "label": "Measure", "earlier_mean": earlier.name, "later_mean": later.name, "ratio": "Ratio",
    "ratio_lower": "At least", "ratio_upper": "At most",
    "ratio_without": "Without " + names[main].prose,
} | ({"ratio_sound": "Without " + join_years(collapsed)} if collapsed else {})  # fmt: skip
for measures_kept, form, unit in (
    (COUNTS, "{:,.0f}", "counts"),
    (RATES, "{:.1%}", "shares and rates"),
):
    part = both[both["measure"].isin(measures_kept)]
    if len(part):
        display(page.table(
            part[columns], caption=f"The average year of each era, {unit}", names=heads,
            note="Thin: with or without {main_name}, in the data for fewer than half of either era's years.",
            formats={"earlier_mean": form, "later_mean": form} | {c: "{:.2f}" for c in columns if "ratio" in c},
        ))  # fmt: skip

# %%
ratios = pair.dropna(subset=["ratio"]).set_index("measure")["ratio"]
page.define(**{f"ratio_{m}": float(r) for m, r in ratios.items()})
era_years = own[own["era"].isin(boundary.compare)]
crossed = [y for y in broken if era_years["first_year"].min() < y <= era_years["last_year"].max()]
page.define(crossed_years=join_years(crossed), n_crossed=len(crossed))
page.say(
    "The ratios of claims pending cross {n_crossed:words} "
    + ("year that does" if len(crossed) == 1 else "years that do")
    + " not compare with the one before: {crossed_years}. Part of each is a change of counting."
    if crossed
    else "No break lies between the years that are compared."
)

# %%
sound_ratio = pair.set_index("measure")["ratio_sound"].get("pending")
if collapsed and pd.notna(sound_ratio) and "pending" in ratios:
    page.define(ratio_pending_sound=float(sound_ratio))
    display(page.say(
        "In {collapsed_years} the count of a destination had collapsed. Without these years the ratio of claims pending "
        "is {ratio_pending_sound:.1f} and not {ratio_pending:.1f}."
    ))  # fmt: skip

# %% [markdown]
# The same eras can be cut otherwise. Where the year of the handover belongs is a choice, and the
# table shows what it does to the comparison.

# %%
cuts = pd.concat(
    [spans.compare_two(eras, b) for b in boundaries if set(b.compare) == set(boundary.compare)]
)
cuts["label"] = cuts["measure"].map(LABELS)
cuts = cuts[cuts["measure"].isin(COUNTS)]
order = cuts["label"].unique()
cuts = cuts.pivot(index="label", columns="boundary", values="ratio").reindex(order).reset_index()
if len(cuts):
    display(page.table(
        cuts, caption="Ratio of the later era's average year to the earlier one's, by boundary",
        formats={b: "{:.2f}" for b in cuts.columns[1:]}, names={"label": "Measure"},
    ))  # fmt: skip

# %% [markdown]
# How far does the answer move? Besides the study's own cut, the later era is let begin in each year
# from the one before the handover to the second one after it, for several measures, with and
# without the main destination.

# %%
TRIED = [
    "pending", "share_of_world", "applied_middle", "applied_inclusive_persons", "refugees",
]  # fmt: skip
tried = sensitivity.try_transitions(series, boundary, scope.years, TRIED)
page.save(tried, "sensitivity.csv")
wide = sensitivity.spread_transitions(tried)
wide.insert(0, "label", wide["measure"].map(LABELS))
wide["is_without_main"] = wide["is_without_main"].map(
    {False: "all", True: "without " + names[main].prose}
)
if len(wide):
    display(page.table(
        wide.drop(columns="measure"), row_headers=2,
        caption="Ratio of the eras' average years, by the first year of the later era",
        formats={c: "{:.2f}" for c in wide.columns[3:]},
        names={"label": "Measure", "is_without_main": "Destinations"},
    ))  # fmt: skip

# %%
drawn = sensitivity.keep_sound(tried).assign(label=lambda f: f["measure"].map(LABELS))
reach = sensitivity.measure_reach(tried)
known = reach.dropna(subset=["own"])
if len(known):
    page.define(
        least_ratio=float(known["own"].min()), most_ratio=float(known["own"].max()),
        first_transition=int(drawn["transition"].min()), last_transition=int(drawn["transition"].max()),
    )  # fmt: skip
    fig, ax = style.new_figure(height=0.7 + 0.5 * drawn["label"].nunique())
    study_charts.draw_ratio_ranges(ax, drawn, "label", "is_without_main")
    display(page.figure(
        fig, id="eras-ratios", number="3.3",
        title="From {least_ratio:.1f} to {most_ratio:.1f} times: it depends on what is counted",
        subtitle="Yearly mean in {later_era}, as a multiple of that in {earlier_era}; {origin_name}",
        alt=study_charts.describe_ratio_ranges(reach.assign(label=reach["measure"].map(LABELS)), names[main].prose),
        data=drawn[["measure", "is_without_main", "transition", "is_own", "ratio"]],
        note="Filled: all destinations. Hollow: without {main_name}. The mark is the study's own cut, the strokes begin "
        "the later era in each year from {first_transition} to {last_transition}. Thin measures are left out.",
    ))  # fmt: skip

# %%
moves = sensitivity.weigh_choices(reach)
page.define(**{f"move_{name}": float(factor) for name, factor in moves.items()})
MOVED_BY = {
    "measure": "what is counted moves the ratio by a factor of up to {move_measure:.1f}",
    "main": "leaving out {main_name} by up to {move_main:.1f}",
    "transition": "and the year of transition by up to {move_transition:.1f}",
}
page.say(
    "Of the three choices, " + ", ".join(MOVED_BY[name] for name in MOVED_BY) + "."
    if len(moves) == len(MOVED_BY)
    else "With these years the two eras cannot be compared in more than one way."
)

# %% [markdown]
# ## 3.6 What adding up year-ends counts
#
# Someone who waits three years for a decision is in three year-end stocks. Adding the stocks up
# therefore counts years of waiting and not people, and it grows with the backlog even when nobody
# arrives.

# %%
covered = {e.name: spans.clip_era(e, scope.years) for e in boundary.eras}
covered = {name: span for name, span in covered.items() if len(span)}
last_era = boundary.compare[1] if boundary.compare[1] in covered else list(covered)[-1]
span = covered[last_era]
totals = own.query("era == @last_era").set_index("measure")["total"].astype("Int64")
in_era = inclusive[inclusive["year"].isin(list(span))].set_index("year")
people = in_era[["applied_lower", "applied_upper"]].sum(min_count=len(span)).astype("Int64")
at_end = by_year.set_index("year")["pending"].reindex(span).dropna()
span_words = "{span_first} to {span_last}" if len(span) > 1 else "{span_first}"
page.define(
    last_era=last_era, last_era_prose=next(e.prose for e in boundary.eras if e.name == last_era),
    span_first=span[0], span_last=span[-1], summed=totals.get("pending_summed"),
    lodged_persons=totals.get("applied_inclusive_persons"), lodged_cases=totals.get("applied_inclusive_cases"),
    people_lower=people["applied_lower"], people_upper=people["applied_upper"],
)  # fmt: skip

# %% [markdown]
# Persons and cases cannot be added as they are, but the range in persons of section 3.1 can be
# added up over the years. `data/hand/persons_per_case.yml` lists the factors with their sources.

# %%
rows = {
    "Year-end stocks, added up": totals.get("pending_summed"),
    "Claims lodged, in persons: at most": people["applied_upper"],
    "Claims lodged, in persons: at least": people["applied_lower"],
    "Pending at the end": at_end.iloc[-1] if len(at_end) else pd.NA,
}
bars = pd.DataFrame({"count": list(rows), "value": pd.array(list(rows.values()), dtype="Int64")})
times = [
    rows["Year-end stocks, added up"] / n
    for n in (people["applied_upper"], people["applied_lower"])
    if pd.notna(n) and n
]
is_times = len(times) == len(people) and pd.notna(times).all()
if is_times:
    page.define(summed_least=float(times[0]), summed_most=float(times[1]))
fig, ax = style.new_figure(height=2.5)
charts.draw_bars(ax, bars, "count", "value", highlight=[*rows][:3])
page.figure(
    fig, id="eras-stock-and-flow", number="3.4",
    title=f"The year-end stocks of {span_words} add up to {{summed_least:.1f}} to {{summed_most:.1f}} times the claims lodged"
    if is_times else f"What the year-end stocks of {span_words} come to",
    subtitle="Asylum claims from {origin_name}, {last_era_prose}: one period, several counts",
    alt=describe_bars(bars, "count", "value", "claims", most=len(bars)),
    data=bars,
    note="At least: each case one person. At most: the greatest factor, claims of unknown origin, and what is missing.",
)  # fmt: skip

# %%
parts = [
    "{lodged_persons:,} persons" if pd.notna(totals.get("applied_inclusive_persons")) else "",
    "{lodged_cases:,} cases" if pd.notna(totals.get("applied_inclusive_cases")) else "",
]
is_half = half_year is not None and span[-1] == half_year
half_words = " (the last one of the middle of its year)" if is_half else ""
page.headline(
    "Year-end stocks of claims from {origin_name}"
    + (" (the last one of the middle of {span_last})" if is_half else "")
    + ", added up over "
    + span_words
    + ": {summed:,}. Claims lodged in the same years, as reported: "
    + (join_names(filter(None, parts)) or "none")
    + (
        " (between {people_lower:,} and {people_upper:,} persons, with what is missing)."
        if people.notna().all()
        else "."
    )
)

# %% [markdown]
# ## 3.7 Decisions
#
# Decisions are a third count. They are taken at several levels, so one claim may be decided twice;
# the levels are never added. The recognition rate is the part recognised as refugees among
# decisions on the substance, the total protection rate adds other forms of protection; claims
# closed without such a decision are left out of both and shown beside them.

# %%
decisions = measures.measure_decisions(decided, scope.years)
away = measures.measure_decisions(decided[decided["asylum"] != main], scope.years)
key = ["year", "level", "unit"]
rates = ["recognition_rate", "protection_rate", "closed_share"]
decisions = decisions.merge(away[key + rates], how="left", on=key, suffixes=("", WITHOUT))
RATED_YEARS = range(max(scope.year_from, scope.year_to - 9), scope.year_to + 1)
constant = protection.keep_constant_set(decided, RATED_YEARS)
steady = measures.measure_decisions(constant, RATED_YEARS)
decisions = decisions.merge(
    steady[[*key, "recognition_rate"]], how="left", on=key, suffixes=("", "_constant")
)
page.save(decisions, "decisions_by_year.csv")
first = decisions[decisions["year"].isin(RATED_YEARS)].query(
    "level == 'first' and unit == 'persons'"
)
first = first.drop(columns=["level", "unit", "protection_rate_excl_main", "closed_share_excl_main"])
page.define(n_constant=constant.loc[constant["unit"].eq("persons"), "asylum"].nunique())
if len(first):
    display(page.table(
        first, caption="Decisions of first instance on claims from {origin_name}, persons",
        note="Constant set: {n_constant:words} destinations that decide at the same level in every year of the table.",
        names={"recognition_rate_excl_main": f"Recognition rate, without {names[main].prose}",
               "recognition_rate_constant": "Recognition rate, constant set"},
    ))  # fmt: skip

# %%
since = decisions.query("level == 'first'").dropna(subset=["recognition_rate"])
since = since.sort_values(["unit", "year"], ascending=[False, True])
since = since[since["unit"] == "persons"] if since["unit"].eq("persons").any() else since
newest = since.iloc[-1] if len(since) else None
if newest is not None:
    page.define(
        decided_year=int(newest["year"]), decided_unit=newest["unit"], decided_closed=float(newest["closed_share"]),
        decided_rate=float(newest["recognition_rate"]), decided_protected=float(newest["protection_rate"]),
    )  # fmt: skip
page.say(
    "Of the decisions on substance in {decided_year} (in {decided_unit}), {decided_rate:.1%} recognised a refugee, and "
    "{decided_protected:.1%} gave protection of some form; {decided_closed:.1%} of all claims that ended in that count "
    "were closed without such a decision."
    if newest is not None
    else "No decision of first instance is on file."
)

# %%
changed = findings[findings["touches"].eq("decisions")]
page.define(
    n_changed=len(changed), changed_years=join_years(set(changed["year"])),
    changed_places=join_names(names[code].prose for code in sorted(set(changed["asylum"]))),
)  # fmt: skip
page.say(
    "Rates compare less well than counts. The rules find breaks in the decisions of {changed_years}, in {changed_places}. "
    "Where claims that used to be rejected are booked as closed, the recognition rate rises by that alone; where a "
    "destination leaves the level or stops naming origins, the rate of the rest is what remains."
    if len(changed)
    else "No break in the way decisions are counted was found at destinations that matter to this origin."
)

# %% [markdown]
# ## 3.8 Is it the origin, or the world?
#
# Where claims from many other origins grew as much over the same years, growth says little about
# one country's politics. So the comparison is made for every origin with enough claims in the
# earlier era. The boundary means nothing to them; they are its placebos. The last yardstick asks
# how far the origin's part of the world's claims moved after the boundary, against how far it
# moved before.

# %%
covers = {e.name: spans.clip_era(e, scope.years) for e in boundary.eras}
earlier_years, later_years = (covers[name] for name in boundary.compare)
last_comparable = breaks.find_last_comparable(by_year)
endings = breaks.list_endings(later_years, last_comparable) or [range(0)]
exposed = placebo.find_exposed(every_origin.pending, main, earlier_years)
GROUPS = {"all origins": None, "same main destination": {*exposed, scope.origin}}
placebos = pd.concat(
    [
        placebo.compare_origins(
            core.by_origin, scope.origin, earlier_years, span, among=among
        ).assign(last_year=span[-1] if span else None, group=group)
        for span in endings
        for group, among in GROUPS.items()
    ]
)
page.save(placebos, "placebo.csv")

# %%
ranked = placebos[placebos["last_year"].eq(endings[0][-1])] if len(placebos) else placebos
near = placebo.place_origin(ranked[ranked["group"].eq("same main destination")], scope.origin)
ranked = ranked[ranked["group"].eq("all origins")]
place = placebo.place_origin(ranked, scope.origin).assign(
    label=lambda f: f["measure"].map(MEASURE_NAMES)
)
page.define(fewest_claims=placebo.FEWEST)
if len(place):
    page.define(placebo_year=endings[0][-1], n_placebos=int(place["n_origins"].max()) - 1)
    display(
        page.table(
            place.join(near.set_index("measure")[["median_of_others", "share_above"]].add_suffix("_near"), on="measure")[
                ["label", "ratio", "median_of_others", "rank", "n_origins", "share_above", "median_of_others_near", "share_above_near"]
            ],
            caption="Yearly mean in {later_era}, to {placebo_year}, against {earlier_era}: {origin_short} among all origins",
            note="Origins with {fewest_claims:,} claims or more pending in the average year of {earlier_era}.",
            formats={"ratio": "{:.2f}", "median_of_others": "{:.2f}", "median_of_others_near": "{:.2f}", "share_above_near": say_share},
            names={
                "label": "Yardstick", "ratio": "Ratio", "median_of_others": "Others' median",
                "n_origins": "Of", "share_above": "Others above",
                "median_of_others_near": "Median, same main destination",
                "share_above_near": "Others above, same main destination",
            },
        )
    )  # fmt: skip

# %%
if len(place):
    strips = ranked.assign(label=ranked["measure"].map(MEASURE_NAMES))
    fig, ax = style.new_figure(height=4.6)
    study_charts.draw_strip_plot(
        ax, strips, "label", "ratio", "origin",
        chosen=scope.origin, label=names[scope.origin].short,
    )  # fmt: skip
    display(page.figure(
        fig, id="eras-placebos", number="3.5",
        title="How much claims from {n_placebos:,} other origins grew over the same years",
        subtitle="Yearly mean in {later_era}, as a multiple of that in {earlier_era}; one point an origin",
        alt=study_charts.describe_strip_plot(strips, "label", "ratio", "origin", scope.origin),
        data=strips[["measure", "origin", "ratio", "rank"]],
        note="Tick: median of the other origins. Codes: the greatest. Last row: size of the moves after the "
        "boundary over before.",
    ))  # fmt: skip

# %%
for row_of in place.itertuples():
    page.define(**{
        f"grew_{row_of.measure}": float(row_of.ratio),
        f"others_{row_of.measure}": float(row_of.median_of_others),
        f"place_{row_of.measure}": say_position(row_of.share_above),
        f"above_{row_of.measure}": float(row_of.share_above),
    })  # fmt: skip
is_small = len(place) > 0 and not place["is_enough"].all()
departs = "departure_from_world" in set(place["measure"])
page.say(
    "Claims pending from {origin_name} grew {grew_pending:.1f}-fold from one era to the other, those from the "
    "middle one of the other origins {others_pending:.1f}-fold. Among them {origin_name} stands {place_pending} by "
    "claims pending and {place_share_of_world} by its share of the world's, which takes out what all have in common."
    + (
        " By its departure from the world after the boundary it stands {place_departure_from_world}."
        if departs
        else ""
    )
    + (" It had fewer claims than the others had; small counts swing more." if is_small else "")
    if "pending" in set(place["measure"])
    else "The years do not hold claims in both eras, so the origins cannot be ranked."
)

# %%
near_pending = near[near["measure"].eq("pending")].to_dict("records")
near_row = (
    near_pending[0]
    if near_pending and near_pending[0]["n_origins"] > placebo.FEWEST_ORIGINS
    else None
)
n_near = int(near_row["n_origins"]) - 1 if near_row else 0
say("""
{% if near_row %}
{{ n_near }} of these origins have their main destination in {{ main_name }} too, and share its ways of counting. Among
them the middle one grew to {{ near_row.median_of_others | ratio }} times, and {{ near_row.share_above | share(0) }} grew by
more than {{ origin_name }}. What all of them share may be how {{ main_name }} counts.
{% else %}
Too few other origins have their main destination in {{ main_name }} to be compared on their own.
{% endif %}
""")  # fmt: skip

# %% [markdown]
# ## 3.9 Which year is the break?
#
# If the boundary mattered, the series should break there rather than elsewhere. A straight line
# in logarithms that may jump and turn in one year is fitted, with each year in that part. A
# candidate is judged by how much of the plain line's squared error it removes, and held against
# simulated series with the same autocorrelation and no break: the best year of those removes much
# as well. The series end with the last comparable year, and are run again without the destinations
# where a break of counting moved the total by more than a tenth.

# %%
unsound = breaks.list_broken_destinations(findings, scope.years)
ends = by_year[by_year["period"].eq("end")].set_index("year")
rest = pending[~pending["asylum"].isin(unsound)].groupby("year")["pending"].sum()
candidates = {
    "All destinations": (ends["pending"], last_comparable, interrupted.LEAST),
    "All, to the last year": (ends["pending"], None, interrupted.LEAST),
    "Without those that broke": (
        rest.reindex(ends.index, fill_value=0),
        last_comparable,
        interrupted.LEAST,
    ),
    "Share of the world's": (
        ends["share_of_world"].where(ends["pending"] >= interrupted.LEAST),
        last_comparable,
    ),
}
logs = {name: interrupted.take_logs(*given) for name, given in candidates.items()}
logs = {name: values for name, values in logs.items() if values is not None}
break_years = interrupted.fit_breaks(logs)
page.save(break_years, "break_years.csv")

# %%
turn = later_years[0] if len(later_years) else None
best = interrupted.summarise_breaks(break_years, turn)
page.define(turn_year=turn, least_claims=interrupted.LEAST, comparable_year=last_comparable)
percent = ["best_removed", *interrupted.TEST, "removed"]
if len(best) and best["rank"].notna().any():
    display(page.table(
        best[["series", "last_year", "best_year", *percent, "rank", "n_candidates"]],
        caption="The best break of each series, and the boundary of {turn_year}",
        note="Removed: part of a straight line's squared error. By chance: series without a break whose best year removes "
        "as much, with the autocorrelation as estimated and corrected for its bias.",
        formats=dict.fromkeys(percent, "{:.0%}"),
        names={
            "last_year": "To", "n_candidates": "Of", "best_removed": "It removes", "critical": "Critical value",
            "critical_corrected": "Critical value, corrected", "chance": "By chance", "chance_corrected": "By chance, corrected",
            "removed": "The boundary removes", "rank": "The boundary's rank",
        },
    ))  # fmt: skip

# %%
drawn = [name for name in logs if name != "All, to the last year"]
if drawn:
    removed = break_years.pivot(index="year", columns="series", values="removed")[drawn]
    removed = removed.dropna(how="all").reset_index()
    page.define(best_years=join_years(best.loc[best["series"].isin(drawn), "best_year"].unique()))
    fig, ax = style.new_figure(height=3.7)
    charts.draw_lines(ax, removed, y=drawn, unit="%")
    critical = float(break_years.loc[break_years["series"].eq(drawn[0]), "critical"].iloc[0])
    ax.axhline(critical, color=style.GREY, linewidth=1, linestyle=(0, (4, 3)))
    charts.shade_eras(ax, boundary.eras)
    display(page.figure(
        fig, id="eras-break-years", number="3.6",
        title="Depending on what is followed, the break fits best in {best_years}",
        subtitle="Part of a straight line's squared error that a break in each year removes; logarithms of claims "
        "pending from {origin_name}",
        alt=" ".join(describe_series(removed, "year", c, "%", label=c) for c in drawn),
        data=removed,
        note="To {comparable_year}. Dashed: what the best year removes of all but a few simulated series without a break, "
        "for the first line.",
    ))  # fmt: skip

# %%
fitted = best.set_index("series")
for key, name in {"all": "All destinations", "sound": "Without those that broke"}.items():
    if name in fitted.index:
        page.define(**{f"{key}_best": int(fitted.loc[name, "best_year"]),
                       f"{key}_rank": fitted.loc[name, "rank"]})  # fmt: skip
window = range(scope.year_from, last_comparable + 1)
others_break = interrupted.find_other_breaks(core.by_origin, scope.origin, window, placebo.FEWEST)
near_break = others_break[others_break.index.isin(exposed)]
page.define(
    unsound=join_codes(" ".join(unsound), names), n_others=len(others_break),
    n_candidates=fitted["n_candidates"].get("All destinations"),
    n_near=int((others_break - fitted["best_year"].get("All destinations", 0)).abs().le(1).sum()),
)  # fmt: skip
has_all = "All destinations" in fitted.index and pd.notna(fitted.loc["All destinations", "rank"])
has_rest = has_all and unsound and "Without those that broke" in fitted.index
page.say(
    "Followed to {comparable_year}, the claims at all destinations break best in {all_best}; the boundary, "
    "{turn_year}, is the {all_rank:ordinal} of {n_candidates} candidates. "
    + ("Without {unsound} the best year is {sound_best}, and {turn_year} is the {sound_rank:ordinal}. " if has_rest else "")
    + ("Without {unsound} too few claims are left to follow. " if has_all and unsound and not has_rest else "")
    + ("Of {n_others:,} other origins, {n_near:words} break best within a year of {all_best} too." if len(others_break) else "")
    if has_all
    else "The boundary cannot be tried on claims pending: that takes {least_claims} claims or more in every year, and enough years on "
    "both sides."
)  # fmt: skip

# %%
rows_of = fitted.rename(columns=lambda c: c).to_dict("index")
found, rest_found = rows_of.get("All destinations"), rows_of.get("Without those that broke")
at_best = grave[grave["year"].eq(found["best_year"])] if found else grave[:0]
changed_there = [names[code].prose for code in dict.fromkeys(at_best["asylum"])]
kinds_of_change = [BREAK_WORDS[kind] for kind in dict.fromkeys(at_best["kind"])]
sound_pending = pending[~pending["asylum"].isin(unsound)]
carrier_code = (
    interrupted.find_carrier(sound_pending, window, rest_found["best_year"])
    if rest_found and has_rest
    else None
)
carrier = names[carrier_code].prose if carrier_code else ""
n_near_break, n_near_all = (
    int((b - found["best_year"]).abs().le(1).sum()) if found else 0
    for b in (near_break, others_break)
)

# %% tags=["hide-input"]
say("""
{% if found %}
The best break of all destinations, in {{ found.best_year }}, removes as much as the best of {{ found.chance | share }} of
simulated series without a break, or of {{ found.chance_corrected | share }} with the autocorrelation corrected for its bias.
{% if changed_there %}In that year the count itself changed at {{ changed_there | listed }} ({{ kinds_of_change | listed }}).{% endif +%}
{% if len(near_break) %}Of the origins with the same main destination, {{ n_near_break }} of {{ len(near_break) }} break within a year
of it; of all others with enough claims, {{ n_near_all }} of {{ len(others_break) }}.{% endif +%}
{% if carrier %}The break of {{ rest_found.best_year }} without the broken destinations is carried by {{ carrier }}, and
{{ rest_found.chance | share }} to {{ rest_found.chance_corrected | share }} of simulated series break as well.{% endif %}
{% endif %}
""") if found else None  # fmt: skip

# %% [markdown]
# ## 3.10 Which choice moves the answer most?
#
# Claims pending, their share of the world's, and claims lodged are three questions, each with
# answers of its own. Each answer rests on choices: with or without the largest destination, the
# boundary, the year with which the earlier era begins and, of claims lodged, the persons that a
# case counts for. Every combination is computed, on the newest release.

# %%
asked = [b for b in boundaries if set(b.compare) == set(boundary.compare)]
whole = {
    specification.ALL: partial["applied_middle"],
    specification.WITHOUT: partial["applied_middle" + WITHOUT],
}
variants = specification.list_variants(core, scope.origin, scope.years, main, whole, factors, rules)
specifications = specification.compare_spans(variants, asked, scope.years)
page.save(specifications, "specifications.csv")
moves = specification.rank_choices(specifications)
if len(moves):
    display(page.table(
        moves.assign(choice=moves["choice"].map(CHOICE_NAMES)),
        caption="How far each choice alone moves the ratio of the two eras, by question",
        note="Factor: the greatest ratio over the least among answers that differ in that choice only.",
        row_headers=1,
        formats=dict.fromkeys(["least", "most", "typical_factor", "greatest_factor"], "{:.2f}"),
        names={"least": "Least ratio", "most": "Greatest ratio", "typical_factor": "Typical factor",
               "greatest_factor": "Greatest factor"},
    ))  # fmt: skip

# %%
questions = specifications["measure"].unique().tolist()
if questions:
    fig, axes = style.new_figure(
        height=1.2 + 1.7 * len(questions), nrows=len(questions), squeeze=False
    )
    for ax, question in zip(axes[:, 0], questions, strict=True):
        answers = specifications[specifications["measure"].eq(question)]
        study_charts.draw_specification_curve(ax, answers, question, specification.WITHOUT)
    display(page.figure(
        fig, id="eras-specifications", number="3.7",
        title="Each question has its own answers: {n_answers:,} ways to compare two eras",
        subtitle="Yearly mean in {later_era}, as a multiple of that in {earlier_era}; claims from {origin_name}",
        alt=study_charts.describe_specification_curve(specifications), data=specifications,
        note="Filled: all destinations. Hollow: without {main_name}. In order of size, by question.",
    )) if page.define(n_answers=len(specifications)) is None else None  # fmt: skip

# %%
earlier_releases = {
    name: specification.compare_spans(
        specification.list_variants(tables, scope.origin, scope.years, main, whole, factors, rules),
        [boundary], scope.years,
    )
    for name, tables in load_earlier(scope.info, {scope.origin}).items()
    if tables.pending["origin"].eq(scope.origin).any() and not specification.repeats_main(tables, main)
} | {scope.release: specifications}  # fmt: skip
own_choices = {
    "destinations": specification.ALL,
    "boundary": boundary.name,
    "start": specification.STARTS[0],
}
robust = pd.concat([t.assign(release=name) for name, t in earlier_releases.items()])
for column, option in own_choices.items():
    robust = robust[robust[column].eq(option)]
robust = robust[robust["unit"].isin(["", next(iter(specification.UNITS))])]

# %%
spread = robust.groupby("measure", sort=False)["ratio"].agg(["min", "max", "size"])
robustness = [
    {"measure": m.lower(), "least": r["min"], "most": r["max"], "n": int(r["size"])}
    for m, r in spread.iterrows() if r["size"] > 1
]  # fmt: skip
own_moves = moves.to_dict("records")
tops = [
    next(m for m in own_moves if m["measure"] == q)
    for q in dict.fromkeys(m["measure"] for m in own_moves)
]
say("""
{% for top in tops %}
{{ top.measure }}: the ratio is between {{ top.least | ratio(2) }} and {{ top.most | ratio(2) }}, and the choice of the
{{ CHOICE_NAMES[top.choice] }} moves it most.
{% endfor %}
{% for line in robustness %}
Under the study's own choices, {{ line.n }} releases give {{ line.least | ratio(2) }} to {{ line.most | ratio(2) }} for
{{ line.measure }}.
{% endfor %}
{% if not tops %}
The years do not hold both eras, so there is nothing to compare.
{% endif %}
""")  # fmt: skip

# %% [markdown]
# ## 3.11 The backlog, or the origin's share of it?
#
# An origin's claims at a destination are the whole backlog there, times the part whose origin is
# named, times the origin's share of that part. Growth splits into these three exactly. Where the
# backlog accounts for it, everyone waited longer; where the share does, the origin stands out.

# %%
broken_there = findings[findings["asylum"].eq(main) & findings["touches"].eq("pending")]
broken_there = broken_there.loc[broken_there["effect_share"] > GRAVE, "year"].unique()
backlogs = shift_share.list_backlogs(core, scope.origin, scope.years)
held = backlogs[backlogs["asylum"].eq(main) & backlogs["ours"].gt(0)]
run = breaks.find_longest_run(held["year"], broken_there)
periods = {"longest run without a break": ([run[0]], [run[-1]])}
if len(earlier_years) and len(later_years):
    periods = {"from era to era": (earlier_years, later_years), **periods}
shifts = shift_share.split_growth(backlogs, periods)
page.save(shifts, "shift_share.csv")
shown = shifts[shifts["asylum"].isin([main, shift_share.EVERY])].copy()
shown["place"] = shown["asylum"].map(
    {main: names[main].short, shift_share.EVERY: "All destinations"}
)
page.define(run_first=run[0], run_last=run[-1])
page.table(
    shown[["span", "place", "before", "after", "backlog_effect", "named_effect", "share_effect"]],
    caption="Growth in pending claims from {origin_name}, split",
    note="Longest run without a break at {main_name}: {run_first} to {run_last}. Eras: average years. Parts add up.",
    row_headers=2,
    formats=dict.fromkeys(["before", "after", "backlog_effect", "named_effect", "share_effect"], "{:,.0f}"),
    names={"place": "Destination", "backlog_effect": "Whole backlog", "named_effect": "Origins named",
           "share_effect": "Share of named"},
)  # fmt: skip

# %%
at_main = backlogs[backlogs["asylum"].eq(main)].assign(share=lambda f: f["ours"] / f["named"])
growth = study_charts.index_to(
    at_main[["year", "ours", "whole", "share"]].sort_values("year"), run[0]
)
lines = {
    "ours": "Claims from " + names[scope.origin].prose,
    "whole": "Whole backlog",
    "share": "Share of named claims",
}
fig, ax = style.new_figure(height=4.0)
study_charts.draw_growth(ax, growth, lines, run[0], half_year)
for year in broken_there:
    charts.mark_break(ax, int(year))
charts.shade_eras(ax, boundary.eras)
page.figure(
    fig, id="eras-backlog-and-share", number="3.8",
    title="{main_short}: the whole backlog, and the part of it from {origin_name}",
    subtitle="Asylum claims pending at year-end as a multiple of {run_first}; equal distances are equal factors",
    alt=" ".join(
        describe_series(growth, "year", c, label=f"{lines[c]}, as a multiple of {run[0]}") for c in lines
    ),
    data=growth,
    note="Dashes at the foot: breaks in how {main_name} counts. Nothing compares across them.",
)  # fmt: skip

# %%
there = shown[shown["asylum"].eq(main) & shown["span"].eq("longest run without a break")]
is_split = len(there) == 1 and there["share_ratio"].notna().all() and len(run) > 1
if is_split:
    part = there.iloc[0]
    page.define(
        run_ratio=float(part["after"] / part["before"]), run_backlog=float(part["backlog_ratio"]),
        run_share=float(part["share_ratio"]), run_named=float(part["named_ratio"]),
    )  # fmt: skip
page.say(
    "From {run_first} to {run_last}, the longest time without a break at {main_name}, claims there from {origin_name} "
    "became {run_ratio:.2f} times as many. The whole backlog became {run_backlog:.2f} times as large, the origin's "
    "share of the claims with a named origin {run_share:.2f} times as large: "
    + ("the backlog moved more than the share did." if abs(math.log(part["backlog_ratio"])) > abs(math.log(part["share_ratio"]))
       else "the share moved more than the backlog did.")
    if is_split
    else "No two years in a row without a break have claims at {main_name}, so growth there cannot be split."
)  # fmt: skip

# %% [markdown]
# ## 3.12 Stock and flow: does the account add up?
#
# Last year's pending claims, plus those lodged, less those decided, should be this year's. Cases
# enter once as one person each and once as the greatest published number of persons a case, and
# appeals with and without; the residual is what lies outside that range. It says that one of the
# three figures was counted otherwise, and not which.

# %%
walk = stock_flow.walk_stock(narrow_core(core, scope.origin), scope.origin, scope.years)
account = stock_flow.account_destinations(walk)
paces = stock_flow.estimate_years_to_decide(core, scope.origin)
paces = stock_flow.blank_half_flows(paces, half)
decided = paces[["year", "asylum", "years_low", "years_high"]]
page.save(account.merge(decided, how="left", on=["year", "asylum"]), "accounting.csv")
by_account = stock_flow.account_years(account)
page.save(by_account, "accounting_by_year.csv")
page.define(a_case=PERSONS_A_CASE)
recent = account[account["asylum"].eq(main) & account["year"].gt(scope.year_to - 10)]
page.table(
    recent[["year", "start", *stock_flow.FLOWS, "expected_low", "expected_high", "end", "residual", "is_large"]],
    caption="The account of {main_name}: claims from {origin_name}",
    note="Expected: start and flows, each case as one to {a_case:.1f} persons. Large: over a tenth of the greater stock.",
    names={"start": "Last year's", "expected_low": "Expected, low", "expected_high": "Expected, high",
           "end": "This year's", "is_large": "Large"},
)  # fmt: skip

# %%
at_main = account[account["asylum"].eq(main)]
if len(at_main):
    fig, ax = style.new_figure(height=3.9)
    study_charts.draw_account(ax, at_main, half_year)
    for year in at_main.loc[at_main["is_large"], "year"]:
        charts.mark_break(ax, int(year))
    n_large = int(at_main["is_large"].sum())
    page.define(n_large=n_large, n_walked=len(at_main))
    display(page.figure(
        fig, id="eras-account", number="3.9",
        title="{main_short}: in {n_large} of {n_walked} years the flows do not explain the stock",
        subtitle="Pending claims from {origin_name} at year-end, reported and as last year's stock and the flows lead one "
        "to expect",
        alt=" ".join(describe_series(at_main, "year", c, "claims", label=n) for c, n in
                     {"end": "Reported", "expected_low": "Expected, low", "expected_high": "Expected, high"}.items()),
        data=at_main[["year", "end", "expected_low", "expected_high", "residual"]],
        note="Thin lines: residuals. Dashes at the foot: over a tenth of the greater stock. Each year starts anew from the "
        "stock reported a year before.",
    ))  # fmt: skip

# %% [markdown]
# The same account for every destination that held most claims in the last year, with the years
# that the claims pending would take at the pace of that year's decisions.

# %%
closing = account[account["year"].eq(int(last["year"]))].merge(
    decided, how="left", on=["year", "asylum"]
)
closing = closing[closing[["start", "end"]].fillna(0).sum(axis=1) > 0]
closing = closing.sort_values(["end", "asylum"], ascending=[False, True]).head(scope.top_n)
closing = closing.assign(place=closing["asylum"].map(lambda code: names[code].short))
if len(closing):
    display(page.table(
        closing[["place", "start", *stock_flow.FLOWS, "end", "residual", "years_low", "years_high"]],
        caption="The account of {last_year} by destination: claims from {origin_name}",
        note="A dash at the residual: stock or flows not on file. Years: stock over decisions of the year but appeals; "
        "a dash where these are of six months.",
        formats={"years_low": "{:.1f}", "years_high": "{:.1f}"},
        names={"place": "Destination", "start": "Last year's", "end": "This year's",
               "years_low": "Years waiting, low", "years_high": "Years waiting, high"},
    ))  # fmt: skip

# %%
large_years = by_account.loc[by_account["is_large"], "year"].tolist()
balance = by_account[by_account["year"].eq(int(last["year"]))]
page.define(
    large_years=join_years(large_years), n_accounts=len(by_account), n_large_years=len(large_years)
)
for entry in balance.itertuples():
    page.define(
        year_change=int(entry.change), year_explained=int(entry.explained), year_residual=int(entry.residual),
        year_untested=int(entry.untested),
        year_worst=names[entry.worst].prose if entry.worst else "no destination",
    )  # fmt: skip
page.say(
    "Over all destinations the account leaves more than a tenth of the stock open in {n_large_years:words} of "
    "{n_accounts:words} years"
    + (", {large_years}. " if large_years else ". ")
    + ("From {last_before} to {last_year} the stock changed by {year_change:+,} claims: the flows explain "
       "{year_explained:+,}, {year_residual:+,} are residual"
       + (", most of it at {year_worst}" if balance["worst"].any() else "")
       + (", and {year_untested:+,} stand where no flows are on file." if balance["untested"].any() else ".")
       if len(balance) else "")
    if len(by_account)
    else "The first year on file has no year before it, so there is no account to make up."
)  # fmt: skip

# %%
pace = stock_flow.sum_years_to_decide(paces[paces["year"].isin(scope.years)])
pace = pace[~pace["year"].isin([*large_years, half_year])]
pace = pace[pace["covered"].gt(0.5) & pace["pending"].ge(interrupted.LEAST)]
if len(pace) > 1:
    slow, fast = pace.loc[pace["years_high"].idxmax()], pace.loc[pace["years_low"].idxmin()]
    in_cases = slow["years_low"] < slow["years_high"] or fast["years_low"] < fast["years_high"]
    page.define(
        slow_year=int(slow["year"]), slow_low=float(slow["years_low"]), slow_high=float(slow["years_high"]),
        fast_year=int(fast["year"]), fast_low=float(fast["years_low"]), fast_high=float(fast["years_high"]),
    )  # fmt: skip
page.say(
    "At that year's pace of decisions, clearing the claims pending would have taken longest at the end of "
    "{slow_year}, {slow_high:.1f} years, and least at the end of {fast_year}, {fast_high:.1f} years"
    + (
        ", if a case is one person; if it is more, {slow_low:.1f} and {fast_low:.1f}"
        if in_cases
        else ""
    )
    + ". Years whose account stays open, or whose flows are those of six months, are left out. It is a measure of "
    "pace and not a forecast."
    if len(pace) > 1
    else "Too few decisions are on file to say how long claims wait."
)

# %% [markdown]
# ## 3.13 Why two counts differ so much
#
# A claim that waits is in the stock of every year-end until it is decided. Whatever a year-end
# stock holds beyond the claims lodged in that year had been counted a year before, or comes from
# nowhere on file. That bounds from below how much of a sum of year-ends is counted again.

# %%
year_ends = stock_flow.split_year_ends(walk)
page.save(year_ends, "year_ends.csv")
stacked = year_ends[year_ends["pending"] > 0]
summed_years = stacked[stacked["year"].isin(list(span))]
parts = {
    "counted_before": "Counted a year before (at least)",
    "lodged": "Lodged in the year (at most)",
    "unaccounted": "Neither",
}
if len(summed_years):
    page.define(
        **{f"sum_{name}": value for name, value in stock_flow.count_again(summed_years).items()}
    )
    in_whole = summed_years[~summed_years["year"].isin(incomplete_years)]
    open_flows = [year for year in incomplete_years if year in span]
    page.define(
        open_flows=join_years(open_flows),
        again_whole=float(in_whole["counted_before"].sum() / in_whole["pending"].sum()),
    )
    fig, ax = style.new_figure(height=4.0)
    charts.draw_columns(ax, stacked, y=list(parts), labels=parts, provisional=half_year)
    charts.shade_eras(ax, boundary.eras)
    display(page.figure(
        fig, id="eras-counted-again", number="3.10",
        title="At least {sum_again_share:.0%} of the year-end counts of {sum_first_year} to {sum_last_year} had been "
        "counted before",
        subtitle="Asylum claims from {origin_name} pending at each year-end, by when they were lodged",
        alt=" ".join(describe_series(stacked, "year", c, "claims", label=n) for c, n in parts.items()),
        data=stacked[["year", "pending", *parts]],
        note="By destination: claims beyond those lodged in the year (each case as {a_case:.1f} persons) were pending a "
        "year before, up to that year's stock. Takes the flows as whole.",
    ))  # fmt: skip

# %%
page.say(
    "The year-ends of {sum_first_year} to {sum_last_year}"
    + half_words
    + " add up to {sum_total:,}. If the flows are whole, at least {sum_again:,} of these "
    "had been counted at the year-end before, so at most {sum_once:,} different claims can stand behind the sum: each "
    "was counted {sum_times:.1f} times on average, or more often. Both counts are right; they answer different questions."
    + (
        " The flows of {open_flows} are not whole: what they lack would have been lodged in the year and not counted before. Without "
        "these years the part is {again_whole:.0%}."
        if open_flows
        else ""
    )
    if len(summed_years)
    else "No second year-end with claims pending lies in these years, so there is nothing to add up."
)

# %% [markdown]
# ## Findings
#
# These numbers carry the answer, and each needs the sentence that comes with it.

# %%
kinds_there = findings[
    findings["year"].eq(int(last["year"]))
    & findings["asylum"].isin(balance["worst"])
    & findings["touches"].eq("pending")
    & findings["kind"].ne("stock_flow_gap")
]["kind"]
page.define(open_words=join_names(dict.fromkeys(kinds_there.map(BREAK_WORDS))))
open_account = (
    " Of the change since {last_before}, {year_residual:+,} claims are not explained by those lodged and decided"
    + (", most of them at {year_worst}" if balance["worst"].any() else "")
    + (" (what the rules find there: {open_words})." if len(kinds_there) else ".")
    if balance["is_large"].any()
    else ""
)
page.headline(
    "Claims from {origin_name} pending {newest_stock} {last_year}: {last_pending:,}"
    + (
        ", up to {last_upper:,} with the likely part of those whose origin was not named"
        if is_wider
        else ""
        if has_upper
        else " at least, since {last_unbounded} named too few origins to tell how many more"
    )
    + ("." if row["is_comparable"] else "; the figure does not compare with {last_before}.")
    + open_account
)

# %%
average = "On average over {later_era}, {mean_pending:about} claims were pending, {ratio_pending:.1f} times as many as over {earlier_era}"
if crossed:
    average += f", across the break{'s' if len(crossed) > 1 else ''} of {{crossed_years}}"
page.define(
    mean_pending=float(pair.set_index("measure")["later_mean"].get("pending", float("nan")))
)
if "pending" in ratios:
    display(page.headline(average + "."))

# %%
lodged_pair = pair.set_index("measure").reindex(["applied_middle"]).iloc[0]
is_bounded = pd.notna(lodged_pair["ratio_lower"]) and pd.notna(lodged_pair["ratio_upper"])
say("""
{% if is_bounded %}
Claims lodged were {{ lodged_pair.ratio_lower | ratio(2) }} to {{ lodged_pair.ratio_upper | ratio(2) }} times as many a year:
the least of one era over the most of the other, with cases turned into persons, claims of unknown origin and missing
half-years in the range.
{% else %}
Claims lodged cannot be compared between eras with bounds in these years.
{% endif %}
""", is_headline=True)  # fmt: skip

# %%
without = ratios.get("pending_excl_main")
is_lower = without is not None and "pending" in ratios and without < ratios["pending"]
page.say(
    "Without {main_name} the ratio of pending claims is {ratio_pending_excl_main:.1f}: "
    + ("lower" if is_lower else "not lower")
    + " than with it, so the comparison "
    + ("rests in part" if is_lower else "does not rest")
    + " on that one destination and on how it counts."
    if without is not None and "pending" in ratios
    else "The two eras cannot be compared without {main_name}."
    if "pending" in ratios
    else "With these years there are no two eras to compare."
)

# %%
said = [
    "To {placebo_year}, the last year that compares, claims pending from {above_pending:.0%} of {n_placebos:,} other origins grew "
    "by more." if len(place) else "",
    "Of the year-ends of {sum_first_year} to {sum_last_year}" + half_words + " added up, at least {sum_again_share:.0%} had been counted "
    "before." if len(summed_years) else "",
]  # fmt: skip
page.say(" ".join(filter(None, said)) or "Nothing more can be said of these years.")

# %% [markdown]
# ## Limits
#
# - A stock says how many wait; it is silent about how many came. It grows when decisions are slow.
# - New claims (type `N`) are incomplete where a destination uses a mixed code. The inclusive count
#   adds what the rules name; a large destination whose codes no rule names is missing from both, and
#   makes the early years too low.
# - The range of claims lodged holds the factors from cases to persons that were published or, before
#   2014, assumed; claims of unknown origin by the greatest rule; and, where a destination reports six
#   months or nothing, as many claims again or those of the nearest whole year.
# - The mean of a rate gives every year the same weight, whatever the number of decisions.
# - Claims of unknown origin are shared out by four rules. The range is from the least to the greatest
#   of them; it is not a confidence interval.
# - A rank among placebo origins is no probability. Origins share wars, routes and destinations, and
#   those that stand on the same broken series share its breaks.
# - A break found in a yearly series of this length says when and not why, and a jump of counting
#   looks like one of people.
# - The specification curve shows how far choices move the answer, and gives no choice a weight.
# - A split of growth is arithmetic: a share can fall because others came.
# - A residual says that stock and flows were counted unlike, and not which of them is wrong.
# - The comparison describes two periods. It does not say why they differ: the world's claims, the
#   destinations' procedures and their ways of counting changed as well.
#
# ## What would change this conclusion
#
# Figures by origin for the years that were carried forward or left without an origin, or a
# release that revises them.
#
# ## Exercises
#
# 1. Set `year_to` to the last year without a break at the main destination. What remains of the
#    difference between the two ratios?
# 2. Compare the ratio with the percent increase in the table of eras. Which would a headline take?
# 3. Which of the breaks listed would you have seen from the chart alone?
