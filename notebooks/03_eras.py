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
from helpers.analysis.specification_curve import list_variants
from helpers.analysis.thresholds import PERSONS_A_CASE, THRESHOLDS
from helpers.analysis.unknown_origin import bound_applied, bound_pending
from helpers.data.hand import (
    load_breaks,
    load_lodged_rules,
    load_names,
    load_persons_per_case,
    load_placebo_origins,
    load_populations,
)
from helpers.data.releases import load_core, load_earlier, load_mid_years
from helpers.plots import charts, study_charts, style
from helpers.plots.charts import describe_bars, describe_series
from helpers.plots.page import Page
from helpers.prose.words import (
    BREAK_WORDS,
    CHOICE_NAMES,
    MEASURE_NAMES,
    capitalise,
    choose_break_words,
    describe_scope,
    join_codes,
    join_names,
    join_years,
    say_about,
    say_position,
    say_share,
)
from helpers.study import Study, list_releases

scope = Study.resolve(
    study=study, release=release, origin=origin,
    year_from=year_from, year_to=year_to, top_n=top_n, run_dir=run_dir,
)  # fmt: skip
page = Page("03_eras", scope)
origins = {scope.origin, *load_placebo_origins()}
core = load_core(scope.release, origins)
names = load_names(core.countries)
page.define(**describe_scope(scope, names))
page.say(
    "**{study_title}.** Claims by people from {origin_name}, {year_from} to {year_to}, release "
    "**{release}** ({release_title}), published on {published}."
)

# %% [markdown]
# ## 3.1 Validation
#
# The main destination is the one with the most claims pending over all the study's years. It is
# chosen once, so that a series without it leaves out the same country in every year.

# %%
pending = measures.select_origin(core.pending, scope.origin, scope.years)
pending = measures.require_pending(pending, scope.origin, scope.years)
claims = measures.select_origin(core.applications, scope.origin, scope.years)
main = measures.find_main_destination(pending)
by_year = measures.measure_pending(pending, core.by_origin, scope.years, main)
totals = core.by_origin.query("origin == @scope.origin").set_index("year")["pending"]
gap = by_year.set_index("year")["pending"].sub(totals).abs().max()
page.define(
    main_name=names[main].prose, main_short=names[main].short, main_code=main,
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
# ## 3.2 Breaks: which years compare?
#
# A destination that changes what it counts moves the origin's total without anyone moving. The
# rules look for such years: totals that collapse or jump, claims whose origin is no longer named,
# figures carried forward unchanged, a change of unit or of stage codes, stocks that the flows
# cannot explain, and six-month figures. A break lies between two years. Those that move the
# origin's pending total by more than a tenth make that year incomparable with the one before.

# %%
GRAVE = THRESHOLDS.breaks_total
mid_years, register = load_mid_years(scope.info, origins), load_breaks()
findings = breaks.find_breaks(
    core,
    scope.origin,
    info=scope.info,
    previous=mid_years,
    register=register,
    years=scope.years,
)
page.save(findings, "breaks.csv")
flags = breaks.flag_stock_years(findings, by_year)
bounds = bound_pending(core, scope.origin, scope.years)[["year", "lower", "upper", "undetermined"]]
by_year = by_year.merge(bounds, on="year").merge(flags, on="year")
by_year.insert(1, "period", [scope.period_of(year) for year in by_year["year"]])
listed = load_populations(scope.origin)
stocks = protection.measure_stocks(pending, core.by_asylum, scope.years, populations=listed)
stocks_excl = protection.measure_stocks(pending, core.by_asylum, scope.years, main, listed)
others = pair_columns(stocks, stocks_excl)
extra = {name: values for name, values in others.items() if name not in by_year}
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
boundary = scope.file.boundaries[0]
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
    last_before=int(last["year"]) - 1, last_unbounded=join_codes(row["undetermined"], names),
)  # fmt: skip
caution = "" if row["is_comparable"] else " It does not compare with {last_before}, as said above."
is_wider = has_upper and row["upper"] > row["lower"]
extent = (
    "With the likely part of the claims whose origin was not named, it lies between {last_lower:,} and {last_upper:,}."
    if is_wider
    else "Claims whose origin was not named add nothing to it by the rule used here."
    if has_upper
    else "No upper bound can be given, since {last_unbounded} never named origins well enough to tell."
)
page.say("The figure of {last_year} needs its range. " + extent + caution)

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
# persons or cases; a case is one or more persons, so the two are never added.

# %%
factors, rules = load_persons_per_case(), load_lodged_rules()
new = measures.measure_new_claims(claims, scope.years)
new_excl = measures.measure_new_claims(claims, scope.years, excluding=main)
marked = lodged.mark_lodged(claims, rules)
marked_all = lodged.mark_lodged(core.applications_by_asylum, rules)
half = lodged.find_half_year_flows(core, scope.info, mid_years, register)
gaps = lodged.find_gaps(marked, marked_all, pending, half)
inclusive = lodged.measure_lodged(marked, factors, scope.years)
inclusive_excl = lodged.measure_lodged(marked, factors, scope.years, excluding=main)
others |= pair_columns(inclusive, inclusive_excl)
strict = pair_columns(new, new_excl)
page.save(lodged.list_places(marked, pending, factors), "lodged_by_destination.csv")
flows = pd.DataFrame(strict | {c: v for c, v in others.items() if c.startswith("applied")})
flows = flows.reset_index()
page.save(lodged.flag_complete(flows, gaps), "lodged_by_year.csv")
page.save(gaps, "lodged_gaps.csv")

# %%
fig, axes = style.new_figure(height=7.2, nrows=3, sharex=True)
for ax, unit in zip(axes, measures.UNITS, strict=False):
    lines = {
        f"applied_inclusive_{unit}": "Inclusive", f"applied_{unit}": "Strict",
        f"applied_inclusive_{unit}_excl_main": "Without " + names[main].prose,
    }  # fmt: skip
    columns = [c for c in lines if flows[c].count() * 2 > len(flows)]
    if columns:
        charts.draw_lines(ax, flows, y=columns, provisional=half_year, labels=lines)
    ax.set_ylabel(capitalise(unit))
charts.draw_lines(
    axes[-1],
    flows,
    y="applied_middle",
    provisional=half_year,
    labels={"applied_middle": "Inclusive"},
)
charts.draw_range(axes[-1], flows["year"], flows["applied_lower"], flows["applied_upper"])
axes[-1].set_ylabel("In persons, range")
for ax in axes:
    charts.shade_eras(ax, boundary.eras)
# %%
page.figure(
    fig, id="eras-lodged", number="3.2",
    title="Asylum claims from {origin_name} lodged in a year",
    subtitle="Claims lodged (a flow) by the unit in which the destination reports, and as a range in persons",
    alt=" ".join(
        describe_series(flows, "year", c, "cases" if "cases" in c else "persons", label=LABELS[c])
        for c in flows.columns[1:] if "excl" not in c or "inclusive" in c
    ),
    data=flows,
    note="Strict: type N alone. A line ends where its unit does. Below: each case at least one person; the band is "
    "the range of factors, claims of unknown origin are not in it.",
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
# The table on file keeps every stage and unit apart, with the range that claims of unknown origin
# add and with the years that do not compare. Its rows of stage `new` are strict; the inclusive
# count stands beside them in a column of its own.

# %%
key = ["year", "stage", "unit"]
applications = measures.measure_applications(claims, scope.years)
bounds = bound_applied(core, scope.origin, scope.years)[[*key, "lower", "upper"]]
flags = breaks.flag_applied_years(findings, applications)
applications = applications.merge(bounds, how="left", on=key).merge(flags, on=key)
applications = applications.merge(lodged.spread_by_unit(inclusive), how="left", on=key)
page.save(applications, "applications_by_year.csv")
recent = applications.query("stage == 'new' and year > @scope.year_to - 5")
recent = recent.dropna(subset=["applied", "applied_inclusive"], how="all")
if len(recent):
    display(page.table(
        recent[["year", "unit", "applied", "lower", "upper", "applied_inclusive", "is_comparable", "status"]],
        caption="New claims from {origin_name} in the last years, with the range for unknown origin",
        names={"applied": "Lodged, strict", "applied_inclusive": "Inclusive", "is_comparable": "Comparable"},
        note="Status: b break, d definition differs, e estimated, p provisional (half a year).",
    ))  # fmt: skip

# %% [markdown]
# ## 3.5 The eras side by side
#
# Totals favour the longer era, so eras are compared by their average year. A ratio of three is an
# increase of two hundred percent, and the two are kept in columns of their own since they are
# easily taken for each other. A six-month flow enters no average.

# %%
decided = measures.select_origin(core.decisions, scope.origin, scope.years)
others |= pair_columns(
    protection.measure_first_instance(decided, scope.years),
    protection.measure_first_instance(decided, scope.years, excluding=main),
)
series = build_series(by_year, new, new_excl, half_year, others)
eras = pd.concat(
    [spans.summarise_eras(series, b, scope.years) for b in scope.file.boundaries], ignore_index=True
)
page.save(eras, "eras.csv")
earlier, later = sensitivity.find_pair(boundary)
page.define(
    earlier=earlier.name, later=later.name, earlier_era=earlier.prose, later_era=later.prose,
    boundary_title=boundary.title[0].lower() + boundary.title[1:],
)  # fmt: skip

# %%
SHOWN = [
    "pending",
    "pending_summed",
    "applied_persons",
    "applied_cases",
    "applied_lower",
    "applied_upper",
    "refugees",
]
own = eras.query("boundary == @boundary.name").assign(label=lambda f: f["measure"].map(LABELS))
page.table(
    own[own["measure"].isin(SHOWN) & own["n_years"].gt(0)][
        ["label", "era", "first_year", "last_year", "n_years", "total", "mean_per_year", "ratio", "percent_increase"]
    ],
    caption="Eras: {boundary_title}",
    row_headers=2,
    formats={"mean_per_year": "{:,.0f}", "total": "{:,.0f}", "ratio": "{:.2f}", "percent_increase": "{:,.0f}"},
    names={
        "label": "Measure", "n_years": "Years on file", "mean_per_year": "Mean a year",
        "ratio": "Last / first", "percent_increase": "Increase, %",
    },
    note="Last / first and increase: from the era's first year to its last, where both are on file.",
)  # fmt: skip

# %%
pair = spans.compare_two(eras, boundary).assign(label=lambda f: f["measure"].map(LABELS))
both = spans.add_ratio_without_main(pair)
columns = [
    "label",
    "earlier_mean",
    "later_mean",
    "ratio",
    "percent_increase",
    "ratio_without",
    "is_thin",
]
heads = {
    "label": "Measure", "earlier_mean": earlier.name, "later_mean": later.name, "ratio": "Ratio",
    "percent_increase": "Increase, %", "ratio_without": "Ratio, without " + names[main].prose,
}  # fmt: skip
for kept, form, unit in ((COUNTS, "{:,.0f}", "counts"), (RATES, "{:.1%}", "shares and rates")):
    part = both[both["measure"].isin(kept)]
    if len(part):
        display(page.table(
            part[columns], caption=f"The average year of each era, {unit}", names=heads,
            note="Thin: with or without {main_name}, on file for fewer than half of either era's years.",
            formats={"earlier_mean": form, "later_mean": form, "ratio": "{:.2f}", "percent_increase": "{:,.0f}",
                     "ratio_without": "{:.2f}"},
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

# %% [markdown]
# The same eras can be cut otherwise. Where the year of the handover belongs is a choice, and the
# table shows what it does to the comparison.

# %%
cuts = pd.concat(
    [
        spans.compare_two(eras, b)
        for b in scope.file.boundaries
        if set(b.compare) == set(boundary.compare)
    ]
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
    "pending", "share_of_world", "applied_persons", "applied_cases", "applied_inclusive_persons", "applied_lower",
    "applied_upper", "refugees",
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
in_era = claims[claims["stage"].eq("new") & claims["year"].isin(list(span))]
people = lodged.bound_persons(in_era, load_persons_per_case())[["lower", "upper"]].sum()
at_end = by_year.set_index("year")["pending"].reindex(span).dropna()
span_words = "{span_first} to {span_last}" if len(span) > 1 else "{span_first}"
page.define(
    last_era=last_era, last_era_prose=next(e.prose for e in boundary.eras if e.name == last_era),
    span_first=span[0], span_last=span[-1], summed=totals.get("pending_summed"),
    lodged_persons=totals.get("applied_persons"), lodged_cases=totals.get("applied_cases"),
    people_lower=int(people["lower"]), people_upper=int(people["upper"]),
)  # fmt: skip

# %% [markdown]
# Persons and cases cannot be added as they are, but a range in persons can be given: each case
# counts as one person at least, and at most as the largest factor published for its destination
# and year. `data/hand/persons_per_case.yml` lists the factors with their sources.

# %%
rows = {
    "Year-end stocks, added up": totals.get("pending_summed"),
    "New claims lodged, in persons: at most": people["upper"],
    "New claims lodged, in persons: at least": people["lower"],
    "of these, reported in persons": totals.get("applied_persons"),
    "of these, reported as cases": totals.get("applied_cases"),
    "Pending at the end": at_end.iloc[-1] if len(at_end) else pd.NA,
}
bars = pd.DataFrame({"count": list(rows), "value": pd.array(list(rows.values()), dtype="Int64")})
page.define(summed_per_claim=float(rows["Year-end stocks, added up"] / max(people["upper"], 1)))
fig, ax = style.new_figure(height=2.9)
charts.draw_bars(ax, bars, "count", "value", highlight=[*rows][:3])
page.figure(
    fig, id="eras-stock-and-flow", number="3.4",
    title=f"The year-end stocks of {span_words} add up to {{summed_per_claim:.1f}} times the claims lodged"
    if people["upper"] else f"What the year-end stocks of {span_words} come to",
    subtitle="Asylum claims from {origin_name}, {last_era_prose}: one period, several counts",
    alt=describe_bars(bars, "count", "value", "claims", most=len(bars)),
    data=bars,
    note="At least: each case one person. At most: each case times the largest published factor.",
)  # fmt: skip

# %%
parts = [
    "{lodged_persons:,} persons" if pd.notna(totals.get("applied_persons")) else "",
    "{lodged_cases:,} cases" if pd.notna(totals.get("applied_cases")) else "",
]
is_half = half_year is not None and span[-1] == half_year
half_words = " (the last one of the middle of its year)" if is_half else ""
page.headline(
    "Year-end stocks of claims from {origin_name}"
    + (" (the last one of the middle of {span_last})" if is_half else "")
    + ", added up over "
    + span_words
    + ": {summed:,}. New "
    "claims lodged in the same years"
    + (" (the last of six months)" if is_half else "")
    + ": "
    + (join_names(filter(None, parts)) or "none on file")
    + (" (between {people_lower:,} and {people_upper:,} persons)." if parts[1] else ".")
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
placebos = pd.concat(
    [
        placebo.compare_origins(core.by_origin, scope.origin, earlier_years, span).assign(
            last_year=span[-1] if span else None
        )
        for span in endings
    ]
)
page.save(placebos, "placebo.csv")

# %%
ranked = placebos[placebos["last_year"].eq(endings[0][-1])] if len(placebos) else placebos
place = placebo.place_origin(ranked, scope.origin).assign(
    label=lambda f: f["measure"].map(MEASURE_NAMES)
)
page.define(fewest_claims=placebo.FEWEST)
if len(place):
    page.define(placebo_year=endings[0][-1], n_placebos=int(place["n_origins"].max()) - 1)
    display(
        page.table(
            place[["label", "ratio", "median_of_others", "rank", "n_origins", "share_above"]],
            caption="Yearly mean in {later_era}, to {placebo_year}, against {earlier_era}: {origin_short} among all origins",
            note="Origins with {fewest_claims:,} claims or more pending in the average year of {earlier_era}.",
            formats={"ratio": "{:.2f}", "median_of_others": "{:.2f}"},
            names={
                "label": "Yardstick", "ratio": "Ratio", "median_of_others": "Others' median",
                "n_origins": "Of", "share_above": "Others above",
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

# %% [markdown]
# ## 3.9 Which year is the break?
#
# If the boundary mattered, the series should break there rather than elsewhere. A straight line
# in logarithms that may jump and turn in one year is fitted, by least squares with errors that
# allow for autocorrelation, with each year in that part. A candidate is judged by how much of the
# plain line's squared error it removes. The series end with the last comparable year, and are run
# again without the destinations where a break of counting moved the total by more than a tenth.

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
if len(best) and best["rank"].notna().any():
    percent = ["best_removed", "removed", "level_change", "level_low", "level_high"]
    display(page.table(
        best.drop(columns="first_year"),
        caption="The best break of each series, and the boundary of {turn_year}",
        note="Removed: part of a straight line's squared error. The jump of {turn_year} stands with its interval.",
        formats=dict.fromkeys(percent, "{:.0%}"),
        names={
            "last_year": "To", "n_candidates": "Candidates", "best_removed": "It removes",
            "removed": "The boundary removes", "rank": "The boundary's rank", "level_change": "Jump",
            "level_low": "Jump, low", "level_high": "Jump, high",
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
    charts.shade_eras(ax, boundary.eras)
    display(page.figure(
        fig, id="eras-break-years", number="3.6",
        title="Depending on what is followed, the break fits best in {best_years}",
        subtitle="Part of a straight line's squared error that a break in each year removes; logarithms of claims "
        "pending from {origin_name}",
        alt=" ".join(describe_series(removed, "year", c, "%", label=c) for c in drawn),
        data=removed,
        note="To {comparable_year}. Neighbouring years differ by little more than chance: read hills, not points.",
    ))  # fmt: skip

# %%
fitted = best.set_index("series")
for key, name in {"all": "All destinations", "sound": "Without those that broke"}.items():
    if name in fitted.index:
        page.define(**{f"{key}_best": int(fitted.loc[name, "best_year"]),
                       f"{key}_rank": fitted.loc[name, "rank"]})  # fmt: skip
window = range(scope.year_from, last_comparable + 1)
others = interrupted.find_other_breaks(core.by_origin, scope.origin, window, placebo.FEWEST)
page.define(
    unsound=join_codes(" ".join(unsound), names), n_others=len(others),
    n_candidates=fitted["n_candidates"].get("All destinations"),
    n_near=int((others - fitted["best_year"].get("All destinations", 0)).abs().le(1).sum()),
)  # fmt: skip
has_all = "All destinations" in fitted.index and pd.notna(fitted.loc["All destinations", "rank"])
has_rest = has_all and unsound and "Without those that broke" in fitted.index
page.say(
    "Followed to {comparable_year}, the claims at all destinations break best in {all_best}; the boundary, "
    "{turn_year}, is the {all_rank:ordinal} of {n_candidates} candidates. "
    + ("Without {unsound} the best year is {sound_best}, and {turn_year} is the {sound_rank:ordinal}. " if has_rest else "")
    + ("Without {unsound} too few claims are left to follow. " if has_all and unsound and not has_rest else "")
    + ("Of {n_others:,} other origins, {n_near:words} break best within a year of {all_best} too." if len(others) else "")
    if has_all
    else "The boundary cannot be tried on claims pending: that takes {least_claims} claims or more in every year, and enough years on "
    "both sides."
)  # fmt: skip

# %% [markdown]
# ## 3.10 Which choice moves the answer most?
#
# Behind a comparison of two eras stand the measure, its unit, with or without the largest
# destination, the boundary, the release, and the year with which the earlier era begins. The
# purpose of what follows is to show how far the answer rests on these choices, not to find the
# best one. Every combination is computed, and the same comparison for other origins beside it.

# %%
releases = load_earlier(scope.info, origins) | {scope.release: core}
half_years = {info.name: info.newest_year for info in list_releases() if info.period == "mid"}
factors = load_persons_per_case()
variants = {
    name: list_variants(tables, scope.years, half_years.get(name), factors)
    for name, tables in releases.items()
    if tables.pending["origin"].eq(scope.origin).any()
}
asked = [b for b in scope.file.boundaries if set(b.compare) == set(boundary.compare)]
specifications = specification.run_specifications(variants, scope.origin, asked, scope.years)
page.save(specifications, "specifications.csv")

# %%
moves = specification.rank_choices(specifications)
if len(moves):
    display(page.table(
        moves.assign(choice=moves["choice"].map(CHOICE_NAMES)),
        caption="How far each choice alone moves the ratio of the two eras",
        note="Factor: the greatest ratio over the least among answers that differ in that choice only.",
        formats={"typical_factor": "{:.2f}", "greatest_factor": "{:.2f}"},
        names={"comparisons": "Sets compared", "typical_factor": "Typical factor",
               "greatest_factor": "Greatest factor"},
    ))  # fmt: skip

# %%
if len(specifications):
    fig, axes = style.new_figure(
        width=7.4, height=7.0, nrows=2, gridspec_kw={"height_ratios": [1, 1.5]}
    )
    study_charts.draw_specification_curve(axes[0], specifications)
    study_charts.draw_choices(
        axes[1],
        specifications,
        specification.CHOICES,
        CHOICE_NAMES,
        {"release": list(variants), "start": specification.STARTS},
    )
    ratio = specifications["ratio"]
    page.define(
        n_answers=len(ratio), least_answer=float(ratio.min()), most_answer=float(ratio.max()),
        middle_answer=float(ratio.median()), rising=float(ratio.gt(1).mean()),
    )  # fmt: skip
    display(page.figure(
        fig, id="eras-specifications", number="3.7",
        title="From {least_answer:.1f} to {most_answer:.1f} times: {n_answers:,} answers to one question",
        subtitle="Yearly mean in {later_era}, as a multiple of that in {earlier_era}; claims from "
        "{origin_name}, under every combination of choices",
        alt=study_charts.describe_specification_curve(specifications), data=specifications,
        note="Band: the middle four fifths of other origins' answers under the same choices, where five or more are on "
        "file; its dash is their median.",
    ))  # fmt: skip

# %%
banded = specifications.dropna(subset=["band_low"])
inside = banded["ratio"].between(banded["band_low"], banded["band_high"])
if len(moves):
    page.define(
        top_choice=CHOICE_NAMES[moves.loc[0, "choice"]].lower(), top_factor=float(moves.loc[0, "typical_factor"]),
        inside=float(inside.mean()) if len(banded) else None,
    )  # fmt: skip
page.say(
    "Of {n_answers:,} combinations, {rising:.0%} give a ratio above one; the middle answer is {middle_answer:.1f}. The "
    "choice that moves it most is the {top_choice}: taken alone, it typically changes the ratio by a factor of "
    "{top_factor:.1f}."
    + (" Where other origins can be compared under the same choices, the answer lies within the middle four fifths of "
       "theirs in {inside:.0%} of cases." if len(banded) else "")
    if len(moves)
    else "The years do not hold both eras, so there is nothing to compare."
)  # fmt: skip

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
        "year before, up to that year's stock.",
    ))  # fmt: skip

# %%
page.say(
    "The year-ends of {sum_first_year} to {sum_last_year}"
    + half_words
    + " add up to {sum_total:,}. At least {sum_again:,} of these "
    "had been counted at the year-end before, so at most {sum_once:,} different claims can stand behind the sum: each "
    "was counted {sum_times:.1f} times on average, or more often. Both counts are right; they answer different questions."
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
lodged_ratio = "; new claims lodged, in persons, were {ratio_applied_persons:.1f} times as many."
page.define(
    mean_pending=float(pair.set_index("measure")["later_mean"].get("pending", float("nan")))
)
if "pending" in ratios:
    display(page.headline(average + (lodged_ratio if "applied_persons" in ratios else ".")))

# %%
lodged_ratios = [
    ratios[m] for m in ("applied_lower", "applied_middle", "applied_upper") if m in ratios
]
is_span = bool(lodged_ratios) and say_about(min(lodged_ratios)) != say_about(max(lodged_ratios))
if lodged_ratios:
    page.define(least_lodged=float(min(lodged_ratios)), most_lodged=float(max(lodged_ratios)))
times = (
    "between {least_lodged:about} and {most_lodged:about}" if is_span else "{least_lodged:about}"
)
page.headline(
    "Claims lodged, with the rows that the rules add and with cases turned into persons by the least, the middle and "
    "the greatest factor, were " + times + " times as many a year."
    if lodged_ratios
    else "Claims lodged cannot be compared between eras with these years."
)

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
    "Of {n_placebos:,} other origins, {above_pending:.0%} grew by more over the same years." if len(place) else "",
    "The choices behind the ratio of the two eras move it between {least_answer:.1f} and {most_answer:.1f}; that of "
    "the {top_choice} moves it most." if len(moves) else "",
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
# - A destination that changes from cases to persons bends both series. The range in persons holds
#   the factors that were published or tried, and no claims of unknown origin.
# - The mean of a rate gives every year the same weight, whatever the number of decisions.
# - Claims of unknown origin are allocated by a rule. The range shows what that rule adds; it is
#   not a confidence interval.
# - A rank among placebo origins is no probability. Origins share wars, routes and destinations, and
#   those that stand on the same broken series share its breaks.
# - A break found in a yearly series of this length says when and not why. Its interval is too narrow,
#   since so few points hide how they hang together, and a jump of counting looks like one of people.
# - The specification curve shows how far choices move the answer. It gives no choice a weight, and a
#   release brings later years as well as revisions.
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
