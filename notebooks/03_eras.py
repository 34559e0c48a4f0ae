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

from helpers.analysis import eras as spans
from helpers.analysis import measures
from helpers.analysis.break_flags import flag_applied_years, flag_pending_years
from helpers.analysis.breaks import find_breaks
from helpers.analysis.persons import bound_persons
from helpers.analysis.series import LABELS, build_series
from helpers.analysis.unknown_bounds import bound_applied, bound_pending
from helpers.reading import charts, style
from helpers.reading.page import Page
from helpers.reading.text import describe_bars, describe_series
from helpers.reading.words import (
    capitalise,
    choose_break_words,
    describe_scope,
    join_codes,
    join_names,
    join_years,
)
from helpers.sources import load_core, load_mid_years, load_names
from helpers.sources.hand import load_breaks, load_persons_per_case
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
    "{main_name} (`{main_code}`). The sums over destinations differ from UNHCR's totals for the "
    "origin by at most {origin_gap:,} claims in any year."
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
page.save(by_year, "pending_by_year.csv")

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
    "{last_world_share:.1%} of the world's, and {last_excl_main:,} without {main_name}."
)

# %%
row = by_year.set_index("year").loc[int(last["year"])]
has_upper = not pd.isna(row["upper"])
page.define(
    last_lower=int(row["lower"]), last_upper=int(row["upper"]) if has_upper else None,
    last_before=int(last["year"]) - 1, last_unbounded=join_codes(row["undetermined"], names),
)  # fmt: skip
caution = "" if row["is_comparable"] else " It does not compare with {last_before}, as said above."
extent = (
    "With the likely part of the claims whose origin was not named, it lies between {last_lower:,} and {last_upper:,}."
    if has_upper
    else "No upper bound can be given, since {last_unbounded} never named origins well enough to tell."
)
page.say("The figure of {last_year} needs its range. " + extent + caution)

# %% [markdown]
# ## 3.4 Claims lodged: a flow
#
# A new claim (type `N`) is counted once, in the year in which it is lodged. Destinations report
# persons or cases, and some changed from one to the other; a case is one or more persons, so the
# two panels are never added. A line ends where its unit does.

# %%
new = measures.measure_new_claims(claims, scope.years)
new_excl = measures.measure_new_claims(claims, scope.years, excluding=main)
flows = new.merge(new_excl, on="year", suffixes=("", "_excl_main"))
fig, axes = style.new_figure(height=5.2, nrows=2, sharex=True)
for ax, unit in zip(axes, measures.UNITS, strict=True):
    columns = [
        c
        for c in (f"applied_{unit}", f"applied_{unit}_excl_main")
        if flows[c].count() * 2 > len(flows)
    ]
    if columns:
        charts.draw_lines(
            ax, flows, y=columns, provisional=half_year,
            labels={c: "Without " + names[main].prose if "excl" in c else "All" for c in columns},
        )  # fmt: skip
    charts.shade_eras(ax, boundary.eras)
    ax.set_ylabel(capitalise(unit))
page.figure(
    fig, id="eras-lodged", number="3.2",
    title="New asylum claims from {origin_name}, counted once",
    subtitle="New claims lodged in the year (a flow), by the unit in which the destination reports",
    alt=" ".join(
        describe_series(flows, "year", c, c.split("_")[1], label=LABELS[c]) for c in flows.columns[1:]
    ),
    data=flows,
)  # fmt: skip

# %%
users = (
    claims[claims["stage"].eq("new") & (claims["applied"] > 0)].groupby("year")["asylum"].nunique()
)
fullest = int(users.max()) if len(users) else 0
thin = users[users * 4 < fullest]
page.define(
    n_users_most=fullest,
    thin_years=join_years(thin.index),
    n_thin=int(thin.max()) if len(thin) else 0,
)
page.say(
    "The type `N` is not used everywhere. In {thin_years} no more than {n_thin:words} of the destinations "
    "used it for this origin, against {n_users_most:,} in the fullest year: the others reported mixed "
    "codes, and the lines miss their claims."
    if len(thin)
    else "Between years the number of destinations that use the type `N` for this origin differs "
    "less than fourfold."
)

# %% [markdown]
# The table on file keeps every stage and unit apart, with the range that claims of unknown origin
# add and with the years that do not compare.

# %%
key = ["year", "stage", "unit"]
applications = measures.measure_applications(claims, scope.years)
bounds = bound_applied(core, scope.origin, scope.years)[[*key, "lower", "upper"]]
flags = flag_applied_years(findings, applications)
applications = applications.merge(bounds, how="left", on=key).merge(flags, on=key)
page.save(applications, "applications_by_year.csv")
recent = applications.query("stage == 'new' and year > @scope.year_to - 5").dropna(
    subset=["applied"]
)
page.table(
    recent[["year", "unit", "applied", "lower", "upper", "is_comparable", "status"]],
    caption="New claims from {origin_name} in the last years, with the range for unknown origin",
    names={"applied": "Lodged", "is_comparable": "Comparable"},
    note="Status: b break, d definition differs, e estimated, p provisional (half a year).",
)

# %% [markdown]
# ## 3.5 The eras side by side
#
# Totals favour the longer era, so eras are compared by their average year. A ratio of three is an
# increase of two hundred percent, and the two are kept in columns of their own since they are
# easily taken for each other. A six-month flow enters no average.

# %%
series = build_series(by_year, new, new_excl, half_year)
eras = pd.concat(
    [spans.summarise_eras(series, b, scope.years) for b in scope.file.boundaries], ignore_index=True
)
page.save(eras, "eras.csv")
own = eras.query("boundary == @boundary.name").assign(label=lambda f: f["measure"].map(LABELS))
page.table(
    own[["label", "era", "first_year", "last_year", "n_years", "total", "mean_per_year", "ratio", "percent_increase"]],
    caption=f"Eras: {boundary.title[0].lower()}{boundary.title[1:]}",
    row_headers=2,
    formats={"mean_per_year": "{:,.0f}", "total": "{:,.0f}", "ratio": "{:.2f}", "percent_increase": "{:,.0f}"},
    names={
        "label": "Measure", "n_years": "Years on file", "mean_per_year": "Mean a year",
        "ratio": "Last / first", "percent_increase": "Increase, %",
    },
)  # fmt: skip

# %%
pair = spans.compare_two(eras, boundary).assign(label=lambda f: f["measure"].map(LABELS))
page.table(
    pair[["label", "earlier_mean", "later_mean", "ratio", "percent_increase", "is_thin"]],
    caption="The average year of each era: " + " and ".join(boundary.compare),
    note="Thin: on file for fewer than half of either era's years, so the two means are of other years.",
    formats={"earlier_mean": "{:,.0f}", "later_mean": "{:,.0f}", "ratio": "{:.2f}", "percent_increase": "{:,.0f}"},
    names={"label": "Measure", "earlier_mean": boundary.compare[0], "later_mean": boundary.compare[1],
           "ratio": "Ratio", "percent_increase": "Increase, %"},
)  # fmt: skip

# %%
ratios = pair.dropna(subset=["ratio"]).set_index("measure")["ratio"]
page.define(
    earlier=boundary.compare[0],
    later=boundary.compare[1],
    **{f"ratio_{m}": float(r) for m, r in ratios.items()},
)
drawn = pair[~pair["is_thin"]].dropna(subset=["ratio"]).sort_values("ratio", ascending=False)
if len(drawn):
    page.define(least_ratio=float(drawn["ratio"].min()), most_ratio=float(drawn["ratio"].max()))
    fig, ax = style.new_figure(height=0.8 + 0.36 * len(drawn))
    charts.draw_bars(ax, drawn, "label", "ratio", form="{:.1f} times")
    display(page.figure(
        fig, id="eras-ratios", number="3.3",
        title="From {least_ratio:.1f} to {most_ratio:.1f} times: it depends on what is counted",
        subtitle="Mean a year in the {later} era, as a multiple of the {earlier} era's; claims from {origin_name}",
        alt=describe_bars(drawn, "label", "ratio", "times", most=len(drawn)),
        data=drawn.drop(columns=["label", "is_thin"]),
        note="Measures on file for fewer than half of either era's years are left out.",
    ))  # fmt: skip

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
cuts = (
    cuts.pivot(index="label", columns="boundary", values="ratio")
    .reindex(cuts["label"].unique())
    .reset_index()
)
page.table(
    cuts, caption="Ratio of the later era's average year to the earlier one's, by boundary",
    formats={b: "{:.2f}" for b in cuts.columns[1:]}, names={"label": "Measure"},
)  # fmt: skip

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
page.define(
    last_era=last_era, span_first=span[0], span_last=span[-1], summed=totals.get("pending_summed"),
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
    title="The year-end stocks of {span_first} to {span_last} add up to {summed_per_claim:.1f} times the claims lodged"
    if people["upper"] else "What the years {span_first} to {span_last} come to",
    subtitle="Asylum claims from {origin_name}, {last_era} era: one period, several counts",
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
    "Year-end stocks of claims from {origin_name}, added up from {span_first} to {span_last}: {summed:,}. New "
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
decisions = measures.measure_decisions(
    measures.select_origin(core.decisions, scope.origin, scope.years), scope.years
)
page.save(decisions, "decisions_by_year.csv")
first = decisions.query("level == 'first' and unit == 'persons' and year > @scope.year_to - 10")
page.table(
    first.drop(columns=["level", "unit"]),
    caption="Decisions of first instance on claims from {origin_name}, persons",
)

# %%
since = decisions.query("level == 'first' and unit == 'persons'").dropna(
    subset=["recognition_rate"]
)
newest = since.iloc[-1] if len(since) else None
if newest is not None:
    page.define(
        decided_year=int(newest["year"]), decided_rate=float(newest["recognition_rate"]),
        decided_closed=float(newest["closed_share"]),
    )  # fmt: skip
page.say(
    "Of the decisions on substance in {decided_year}, {decided_rate:.1%} recognised a refugee; "
    "{decided_closed:.1%} of all claims that ended in that count were closed without such a decision."
    if newest is not None
    else "No decision in persons is on file."
)

# %% [markdown]
# ## Findings
#
# Three numbers carry the answer, and each needs the sentence that comes with it.

# %%
page.headline(
    "Claims from {origin_name} pending {newest_stock} {last_year}: {last_pending:,}"
    + (
        ", up to {last_upper:,} with the likely part of those whose origin was not named"
        if has_upper
        else ""
    )
    + ("." if row["is_comparable"] else "; the figure does not compare with {last_before}.")
)

# %%
average = "In the average year of the {later} era, {mean_pending:about} claims were pending, {ratio_pending:.1f} times as many as in the {earlier} era"
lodged_ratio = "; new claims lodged, in persons, were {ratio_applied_persons:.1f} times as many."
page.define(
    mean_pending=float(pair.set_index("measure")["later_mean"].get("pending", float("nan")))
)
if "pending" in ratios:
    display(page.headline(average + (lodged_ratio if "applied_persons" in ratios else ".")))

# %%
without = ratios.get("pending_excl_main")
page.say(
    "Without {main_name} the ratio of pending claims is {ratio_pending_excl_main:.1f}: "
    + ("lower" if without < ratios["pending"] else "not lower")
    + " than with it, so the comparison "
    + ("rests in part" if without < ratios["pending"] else "does not rest")
    + " on that one destination and on how it counts."
    if without is not None and "pending" in ratios
    else "Without {main_name} the two eras cannot be compared."
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
