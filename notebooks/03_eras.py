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
import pandas as pd

from helpers.analysis import beside, lodged, measures, sensitivity
from helpers.analysis import eras as spans
from helpers.analysis.break_flags import flag_applied_years, flag_pending_years
from helpers.analysis.breaks import find_breaks
from helpers.analysis.persons import bound_persons
from helpers.analysis.series import COUNTS, LABELS, RATES, WITHOUT, build_series, pair_columns
from helpers.analysis.unknown_bounds import bound_applied, bound_pending
from helpers.reading import charts, reach, style
from helpers.reading.page import Page
from helpers.reading.text import describe_bars, describe_series, say_about, say_share
from helpers.reading.words import (
    capitalise,
    choose_break_words,
    describe_reach,
    describe_scope,
    join_codes,
    join_names,
    join_years,
)
from helpers.sources import load_core, load_mid_years, load_names
from helpers.sources.hand import load_breaks, load_lodged_rules, load_persons_per_case
from helpers.study import Study

scope = Study.resolve(
    study=study, release=release, origin=origin,
    year_from=year_from, year_to=year_to, top_n=top_n, run_dir=run_dir,
)  # fmt: skip
page = Page("03_eras", scope)
core = load_core(scope.release, scope.run_dir)
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
GRAVE = 0.1
findings = find_breaks(
    core,
    scope.origin,
    info=scope.info,
    previous=load_mid_years(scope.info),
    register=load_breaks(),
    years=scope.years,
)
page.save(findings, "breaks.csv")
flags = flag_pending_years(findings, by_year)
bounds = bound_pending(core, scope.origin, scope.years)[["year", "lower", "upper", "undetermined"]]
by_year = by_year.merge(bounds, on="year").merge(flags, on="year")
by_year.insert(1, "period", [scope.period_of(year) for year in by_year["year"]])
stocks = beside.measure_stocks(pending, core.by_asylum, scope.years)
stocks_excl = beside.measure_stocks(pending, core.by_asylum, scope.years, excluding=main)
others = pair_columns(stocks, stocks_excl)
extra = {name: values for name, values in others.items() if name not in by_year}
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
page.figure(
    fig, id="eras-pending", number="3.1",
    title="Claims pending from {origin_name} were most in {peak_year}: {peak_pending:,}",
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
# Beside those who wait stand those whose wait ended well: refugees, and others whom UNHCR counts as
# in need of international protection. Where these are many, a small number of claims pending says little
# about how many left. The share of the world's claims tells growth of this origin's claims from growth everywhere.

# %%
around = by_year[["year", "pending"]].join(pd.DataFrame(others), on="year").tail(5)
heads = {
    "year": "Year", "pending": "Pending", "share_of_world": "Share of the world's",
    "share_of_world_excl_main": f"Share, without {names[main].prose}", "refugees": "Refugees",
    "refugees_excl_main": f"Refugees, without {names[main].prose}", "oip": "Others in need of protection",
}  # fmt: skip
heads = {column: head for column, head in heads.items() if around[column].notna().any()}
page.table(
    around[list(heads)], names=heads,
    formats={column: say_share for column in heads if "share" in column},
    caption="Claims from {origin_name} pending, their share of the world's, and refugees from there",
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
# A new claim is counted once, in the year in which it is lodged. Type `N` is the strict count. It is
# not complete, since some destinations report new claims under other codes in some years; the
# inclusive count adds those that the rules in `data/hand/lodged.yml` name. Destinations report
# persons or cases; a case is one or more persons, so the two are never added.

# %%
factors, rules = load_persons_per_case(), load_lodged_rules()
new = measures.measure_new_claims(claims, scope.years)
new_excl = measures.measure_new_claims(claims, scope.years, excluding=main)
marked = lodged.mark_lodged(claims, core.applications_by_asylum, rules)
inclusive = lodged.measure_lodged(marked, factors, scope.years)
inclusive_excl = lodged.measure_lodged(marked, factors, scope.years, excluding=main)
others |= pair_columns(inclusive, inclusive_excl)
strict = pair_columns(new, new_excl)
page.save(lodged.list_places(marked, pending, factors), "lodged_by_destination.csv")
flows = pd.DataFrame(strict | {c: v for c, v in others.items() if c.startswith("applied")})
flows = flows.reset_index()
page.save(flows, "lodged_by_year.csv")

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
page.figure(
    fig, id="eras-lodged", number="3.2",
    title="Asylum claims from {origin_name} lodged in a year, each counted once",
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
marked_all = lodged.mark_lodged(core.applications_by_asylum, core.applications_by_asylum, rules)
silent = lodged.find_silent(marked_all, pending)
silent = silent[silent["year"] >= scope.year_from]
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

# %% [markdown]
# The table on file keeps every stage and unit apart, with the range that claims of unknown origin
# add and with the years that do not compare. Its rows of stage `new` are strict; the inclusive
# count stands beside them in a column of its own.

# %%
key = ["year", "stage", "unit"]
applications = measures.measure_applications(claims, scope.years)
bounds = bound_applied(core, scope.origin, scope.years)[[*key, "lower", "upper"]]
flags = flag_applied_years(findings, applications)
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
    beside.measure_first_instance(decided, scope.years),
    beside.measure_first_instance(decided, scope.years, excluding=main),
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
both = spans.set_beside(pair, WITHOUT)
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
    reach.draw_reach(ax, drawn, "label", "is_without_main")
    display(page.figure(
        fig, id="eras-ratios", number="3.3",
        title="From {least_ratio:.1f} to {most_ratio:.1f} times: it depends on what is counted",
        subtitle="Yearly mean in {later_era}, as a multiple of that in {earlier_era}; {origin_name}",
        alt=describe_reach(reach.assign(label=reach["measure"].map(LABELS)), names[main].prose),
        data=drawn[["measure", "is_without_main", "transition", "is_own", "ratio"]],
        note="Filled: all destinations. Hollow: without {main_name}. The mark is the study's own cut, the strokes begin "
        "the later era in each year from {first_transition} to {last_transition}. Thin measures are left out.",
    ))  # fmt: skip

# %%
moves = sensitivity.weigh_choices(reach)
page.define(**{f"move_{name}": float(factor) for name, factor in moves.items()})
CHOICES = {
    "measure": "what is counted moves the ratio by a factor of up to {move_measure:.1f}",
    "main": "leaving out {main_name} by up to {move_main:.1f}",
    "transition": "and the year of transition by up to {move_transition:.1f}",
}
page.say(
    "Of the three choices, " + ", ".join(CHOICES[name] for name in CHOICES) + "."
    if len(moves) == len(CHOICES)
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
people = bound_persons(in_era, load_persons_per_case())[["lower", "upper"]].sum()
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
page.headline(
    "Year-end stocks of claims from {origin_name}, added up over "
    + span_words
    + ": {summed:,}. New "
    "claims lodged in the same years: "
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
page.save(decisions, "decisions_by_year.csv")
first = decisions.query("level == 'first' and unit == 'persons' and year > @scope.year_to - 10")
first = first.drop(columns=["level", "unit", "protection_rate_excl_main", "closed_share_excl_main"])
if len(first):
    display(page.table(
        first, caption="Decisions of first instance on claims from {origin_name}, persons",
        names={"recognition_rate_excl_main": f"Recognition rate, without {names[main].prose}"},
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
    "Rates compare less well than counts. The rules find breaks in the decisions of {changed_years}, in {changed_places}; "
    "and where claims that used to be rejected are booked as closed, the recognition rate rises by that alone."
    if len(changed)
    else "No break in the way decisions are counted was found at destinations that matter to this origin."
)

# %% [markdown]
# ## Findings
#
# These numbers carry the answer, and each needs the sentence that comes with it.

# %%
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
)

# %%
average = "On average over {later_era}, {mean_pending:about} claims were pending, {ratio_pending:.1f} times as many as over {earlier_era}"
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

# %% [markdown]
# ## Limits
#
# - A stock says how many wait; it is silent about how many came. It grows when decisions are slow.
# - New claims (type `N`) are incomplete where a destination uses a mixed code, and a destination
#   that changes from cases to persons bends both series.
# - Claims of unknown origin are allocated by a rule. The range shows what that rule adds; it is
#   not a confidence interval.
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
