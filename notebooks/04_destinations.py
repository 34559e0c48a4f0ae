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
# **Question.** Which countries hold an origin's asylum claims, how concentrated are they, who
# gained or lost rank, and how do they decide?
#
# **For whom.** Readers of rankings, and those who write them.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); release and date are printed below.

# %% [markdown]
# **Overview.** A ranking of destinations by claims pending is a ranking of backlogs: a country
# that decides slowly stands above one that receives as many claims and decides them at once. This
# notebook ranks by claims pending, since the published rankings do, and puts the claims lodged
# beside them. It then draws the map, follows concentration, ranks and regions over the study's
# years, and sets the destinations' decisions side by side. Years in which a destination changed
# its counting are marked: a rank can move there without anyone having moved.

# %% tags=["parameters"]
study: str = "china"  # a study file in data/hand/studies, without its ending
release: str = None  # a release in data/raw, as in "2025-end"; None: the newest
origin: str = None  # ISO3 code of the origin; None: the study's own
year_from: int = 2000  # first year, not before 2000
year_to: int = None  # last year; None: the release's last
top_n: int = 10  # how many destinations a ranking shows
run_dir: str = None  # folder for tables, figures and numbers; None: write nothing

# %%
from helpers.analysis import destinations as places
from helpers.analysis.breaks import (
    find_breaks,
    find_breaks_by_destination,
    flag_stock_years,
)
from helpers.analysis.eras import clip_era
from helpers.analysis.lodged import find_half_year_flows
from helpers.analysis.measures import require_pending, select_origin
from helpers.data.hand import load_breaks, load_names
from helpers.data.releases import load_core, load_mid_years
from helpers.data.shapes import load_shapes
from helpers.plots import charts, study_charts, style, world_map
from helpers.plots.charts import describe_bars, describe_ranks, describe_series
from helpers.plots.page import Page
from helpers.prose.words import (
    choose_break_words,
    describe_scope,
    explain_levels,
    join_names,
    join_years,
    label_rates,
    name_codes,
)
from helpers.study import Study

scope = Study.resolve(
    study=study, release=release, origin=origin,
    year_from=year_from, year_to=year_to, top_n=top_n, run_dir=run_dir,
)  # fmt: skip
page = Page("04_destinations", scope)
era_list = scope.boundary.eras if scope.boundary else ()
core = load_core(scope.release, scope.origin)
names = load_names(core.countries)
short = {code: name.short for code, name in names.items()}
page.define(**describe_scope(scope, names))
page.say(
    "Claims by people from {origin_name}, {year_from} to {year_to}, release **{release}** "
    "({release_title}), published on {published}."
)

# %% [markdown]
# ## 4.1 Validation
#
# The destinations of a year must add up to the origin's total, and their shares to one.

# %%
pending = select_origin(core.pending, scope.origin, scope.years)
pending = require_pending(pending, scope.origin, scope.years)
claims = select_origin(core.applications, scope.origin, scope.years)
ranked = places.rank_destinations(pending, claims, core.countries)
page.save(ranked, "destinations.csv")
ranked["label"] = ranked["asylum"].map(short)
half_year = scope.info.newest_year if scope.info.period == "mid" else None
hollow = (
    " Hollow: a mid-year figure; claims lodged are then of half a year."
    if half_year in scope.years
    else ""
)

sums = ranked.dropna(subset=["rank"]).groupby("year")[["pending", "share"]].sum()
totals = core.by_origin.query("origin == @scope.origin").set_index("year")["pending"]
page.define(
    n_places=int(ranked["asylum"].nunique()),
    total_gap=int((sums["pending"] - totals.reindex(sums.index)).abs().max()),
    share_gap=round(float((sums["share"] - 1).abs().max()), 6),
)
page.say(
    "{n_places:,} destinations appear in at least one year. Their sums differ from the origin's "
    "totals by at most {total_gap:,} claims, and their shares from one by at most {share_gap:.4f}."
)

# %% [markdown]
# Breaks are found by the rules of notebook 03, within this release and beside the mid-year releases
# before it. A break lies between two years. In every chart over time below, a dashed line stands
# before a year whose total does not compare with the one before.

# %%
mid_years, register = load_mid_years(scope.info, scope.origin), load_breaks()
findings = find_breaks(
    core,
    scope.origin,
    info=scope.info,
    previous=mid_years,
    register=register,
    years=scope.years,
)
half = find_half_year_flows(core, scope.info, mid_years, register)
flags = flag_stock_years(findings, sums.reset_index())
broken = [year for year in flags.loc[~flags["is_comparable"], "year"] if year > sums.index.min()]
grave = findings[findings["touches"].eq("pending") & findings["year"].isin(broken)]
words = choose_break_words(grave, broken)
page.define(n_broken=len(broken), marked_years=join_years(broken))
page.say(
    "In {marked_years} a break moves the pending total by more than a tenth."
    if broken
    else "No break moves the pending total of any of these years by more than a tenth."
)

# %% [markdown]
# ## 4.2 The ranking
#
# Ranks go by claims pending. Where the last year has none at all, the last year that has some is
# shown.

# %%
shown = int(ranked.dropna(subset=["rank"])["year"].max())
newest = ranked.query("year == @shown")
top = newest.dropna(subset=["rank"]).head(scope.top_n)
page.define(
    shown_year=shown,
    shown_stock="in the middle of" if scope.period_of(shown) == "mid" else "at the end of",
    shown_flow="in the first half of" if scope.period_of(shown) == "mid" else "in",
    first_name=names[top["asylum"].iloc[0]].prose,
    first_pending=int(top["pending"].iloc[0]),
    first_share=float(top["share"].iloc[0]),
    n_ranked=int(newest["rank"].notna().sum()),
    n_top=len(top),
    top_share=float(top["share"].sum()),
)
fig, ax = style.new_figure(height=0.6 + 0.3 * len(top))
charts.draw_bars(ax, top, "label", "pending")
page.figure(
    fig, id="destinations-ranking", number="4.1",
    title="Of the claims reported with this origin, {first_share:.0%} are pending in {first_name}",
    subtitle="Asylum claims from {origin_name} pending {shown_stock} {shown_year}, by destination",
    alt=describe_bars(top, "label", "pending", "claims pending"),
    data=top[["asylum", "pending", "share", "rank"]],
)  # fmt: skip

# %%
page.say(
    "Claims from {origin_name} were pending in {n_ranked:,} destinations {shown_stock} {shown_year}. "
    "The first, {first_name}, held {first_pending:,} of them ({first_share:.1%}); the first "
    "{n_top:words} together held {top_share:.1%}."
)

# %% [markdown]
# A rank can only count claims whose origin the destination names. The next table sets each
# destination's claims from this origin beside all the claims it has, and beside those that it
# reports without an origin: where that last share is large, the rank is a lower bound.

# %%
host = core.by_asylum.query("year == @shown").set_index("asylum")
page.define(
    first_unknown=int(host.loc[top["asylum"].iloc[0], "pending_unknown_origin"]),
    all_unknown=int(host["pending_unknown_origin"].sum()),
)
beside = top[["asylum", "label", "pending", "applied_persons", "applied_cases"]].copy()
beside["all_pending"] = beside["asylum"].map(host["pending"])
beside["unknown"] = beside["asylum"].map(host["pending_unknown_origin"])
beside["unknown_share"] = (beside["unknown"] / beside["all_pending"]).astype("Float64")
page.table(
    beside.drop(columns="asylum"),
    caption="Destinations in {shown_year}: claims from {origin_name}, and claims of unknown origin",
    names={
        "label": "Destination", "pending": "Pending", "applied_persons": "Lodged, persons",
        "applied_cases": "Lodged, cases", "all_pending": "All origins, pending",
        "unknown": "Origin unknown", "unknown_share": "Unknown, share",
    },
)  # fmt: skip

# %%
MUCH = 0.05
veiled = beside[beside["unknown_share"].fillna(0) > MUCH]
first_is_veiled = top["asylum"].iloc[0] in set(veiled["asylum"])
page.define(much=MUCH, veiled_names=join_names(names[c].prose for c in veiled["asylum"]))
page.say(
    "More than {much:.0%} of all claims pending had no named origin in {veiled_names}: part of them "
    "may well come from {origin_name}, and the ranks there are lower bounds."
    + (
        " Of the {all_unknown:,} claims without a named origin in the world, {first_unknown:,} are pending in {first_name}, "
        "so its share of {first_share:.0%} is of the claims that are named, and the whole share is likely to be higher."
        if first_is_veiled
        else ""
    )
    if len(veiled)
    else "In none of these destinations did claims without a named origin exceed {much:.0%}."
)

# %% [markdown]
# ## 4.3 Where claims were lodged
#
# The order of backlogs is not the order of arrivals. Claims lodged count the year's new
# applicants (type `N`), in persons or in cases as the destination reports them; a blank means
# that the destination reported none in that unit.

# %%
lodged = places.list_lodged(ranked, shown, scope.top_n)
LODGED = {
    "unit": "Unit", "lodged_rank": "Rank by lodged", "label": "Destination", "applied": "New claims",
    "pending": "Pending", "rank": "Rank by pending",
}  # fmt: skip
halved = half[half["year"].eq(shown) & half["asylum"].isin(lodged["asylum"])]
page.define(halved_names=join_names(names[code].prose for code in halved["asylum"]))
if len(lodged):
    display(page.table(
        lodged.assign(label=lodged["asylum"].map(short))[list(LODGED)],
        caption="Destinations by new claims lodged {shown_flow} {shown_year}",
        note="Persons and cases are two rankings: a case is one or more persons."
        + (" Claims of six months: {halved_names}." if len(halved) else ""),
        row_headers=3, names=LODGED,
    ))  # fmt: skip

# %%
by_cases = " Ranked in cases: {n_by_cases:words}." if lodged["unit"].eq("cases").any() else ""
both = lodged[lodged["unit"].eq("persons")].dropna(subset=["rank"])
moved = both[(both["rank"] - both["lodged_rank"]).abs() >= 2]
page.define(n_both=len(both), n_moved=len(moved), n_by_cases=int(lodged["unit"].eq("cases").sum()))
by_persons = (
    "Of the {n_both:words} destinations here that report persons and have claims pending, {n_moved:words} "
    "stand two or more places elsewhere when ranked by claims pending."
    if len(both) > 1
    else "A single destination here reports persons and has claims pending, so its two ranks say little."
    if len(both)
    else "No destination reported both claims pending and claims lodged in persons {shown_flow} {shown_year}."
)
page.say(by_persons + by_cases)

# %% [markdown]
# ## 4.4 Any other year
#
# The same two rankings can be had of any year on file. The year below is the one that published
# texts looked back at, where the study's years hold it; another can be put in its place.

# %%
EXAMPLE_YEAR = 2021
on_file = ranked.dropna(subset=["rank"])["year"].unique()
example = EXAMPLE_YEAR if EXAMPLE_YEAR in on_file else shown
by_stock = ranked.query("year == @example").dropna(subset=["rank"]).head(scope.top_n)
columns = ["rank", "label", "pending", "share", "applied_persons", "rank_persons",
           "applied_cases", "rank_cases"]  # fmt: skip
page.define(
    example=int(example),
    example_stock="in the middle of" if scope.period_of(int(example)) == "mid" else "at the end of",
)
halved = half[half["year"].eq(example) & half["asylum"].isin(by_stock["asylum"])]
page.define(example_halved=join_names(names[code].prose for code in halved["asylum"]))
page.table(
    by_stock[columns],
    caption="Destinations {example_stock} {example}: claims pending, and claims lodged beside them",
    note="Claims of six months: {example_halved}." if len(halved) else "",
    row_headers=2,
    names={
        "rank": "Rank", "label": "Destination", "applied_persons": "Lodged, persons",
        "rank_persons": "Rank by persons", "applied_cases": "Lodged, cases", "rank_cases": "Rank by cases",
    },
)  # fmt: skip

# %%
then = places.list_lodged(ranked, int(example), 1)
by_flow = {unit: names[part["asylum"].iloc[0]].prose for unit, part in then.groupby("unit")}
page.define(
    example_name=names[by_stock["asylum"].iloc[0]].prose,
    example_pending=int(by_stock["pending"].iloc[0]),
    example_lodged=join_names(f"{by_flow[unit]} (in {unit})" for unit in ("persons", "cases") if unit in by_flow),
    example_ratio=float(by_stock["pending"].iloc[0] / ranked.query("year == @example")["pending"].sum()),
)  # fmt: skip
page.say(
    "The most claims pending {example_stock} {example} waited in {example_name}: {example_pending:,}, or "
    "{example_ratio:.0%}. These are people who waited, some of them for years; most new claims of "
    "that year were lodged in {example_lodged}."
    if by_flow
    else "The most claims pending {example_stock} {example} waited in {example_name}: {example_pending:,}, or "
    "{example_ratio:.0%}. No destination reported new claims (type `N`) that year."
)

# %% [markdown]
# ## 4.5 The map
#
# Large countries catch the eye whatever their number, so the map is in an equal-area projection,
# in steps of ten, with the steps in a table below. Destinations too small for a world map are
# named there, since a map would lose them. A destination that names hardly any origin has a colour of
# its own: claims from this one may well be there.

# %%
shapes = load_shapes()
unnamed = places.list_unnamed(core.by_asylum, ranked).query("year == @shown")
page.save(unnamed, "destinations_unnamed.csv")
binned = places.bin_by_tens(newest.dropna(subset=["rank"]))
steps = places.summarise_bins(binned, shapes.by_code)
highest = binned.loc[binned["bin"] == binned["bin"].max(), "asylum"].tolist()
page.define(step_label=steps["bin_label"].iloc[0], n_highest=len(highest))
fig, ax = style.new_figure(height=3.5)
world_map.draw_map(ax, shapes, binned, scope.origin, unnamed["asylum"].tolist())
page.figure(
    fig, id="destinations-map", number="4.2",
    title="{n_ranked:Words} destinations, of which {n_highest:words} with {step_label} claims",
    subtitle="Asylum claims from {origin_name} pending {shown_stock} {shown_year}",
    alt=world_map.describe_map(steps, short, highest)
    + "".join(f" {short[code]}: origins not named." for code in unnamed["asylum"]),
    data=binned[["asylum", "pending", "bin_label"]],
    note="Shapes: Natural Earth. The borders are the source's and imply no position on any territory's status.",
)  # fmt: skip

# %%
small = binned[~binned["asylum"].isin(shapes.by_code)]
page.table(
    steps.assign(without_shape=name_codes(steps["without_shape"], short)).drop(columns="bin"),
    caption="The map's steps: destinations and claims pending {shown_stock} {shown_year}",
    names={"bin_label": "Claims", "without_shape": "Not on the map"},
)

# %%
page.define(
    n_small=len(small), small_pending=int(small["pending"].sum()),
    small_names=join_names(names[code].prose for code in small["asylum"]),
    n_codeless=len(shapes.without_code),
)  # fmt: skip
page.say(
    (
        "Too small for the map: {small_names}, with {small_pending:,} claims together. "
        if len(small)
        else "Every destination of this year has a shape on the map. "
    )
    + "Overseas parts share their country's shape. {n_codeless:Words} shapes of the source have no ISO code; they, and "
    "places that UNHCR does not count apart, stay blank: that says nothing about their status."
)

# %%
silent = unnamed.nlargest(5, "unknown")
with_claims = unnamed[unnamed[["applied_persons", "applied_cases"]].notna().any(axis=1)]
page.define(
    n_unnamed=len(unnamed), unnamed_pending=int(unnamed["unknown"].sum()),
    unnamed_names=join_names(
        f"{names[row.asylum].prose} ({row.unknown:,})" for row in silent.itertuples()
    ),
    with_claims_names=join_names(names[code].prose for code in with_claims["asylum"].head(5)),
)  # fmt: skip
page.say(
    "Destinations that have no claim from {origin_name} in the data and name hardly any origin: {n_unnamed:words}, with "
    "{unnamed_pending:,} claims pending whose origin is not named, most of them in {unnamed_names}. "
    + (
        "That there is none from {origin_name} among these is not said; new claims from there were lodged {shown_flow} "
        "{shown_year} in {with_claims_names}."
        if len(with_claims)
        else "That there is none from {origin_name} among these is not said."
    )
    if len(unnamed)
    else "Every destination without a claim from {origin_name} names most origins of its claims, or reports none."
)

# %% [markdown]
# ## 4.6 Concentration
#
# The Herfindahl-Hirschman index adds the squares of the destinations' shares; its inverse says how
# many equally large destinations would be as concentrated. One means that a single country holds
# every claim.

# %%
concentration = places.measure_concentration(pending)
page.save(concentration, "concentration.csv")
low = concentration.loc[concentration["effective_destinations"].idxmin()]
high = concentration.loc[concentration["effective_destinations"].idxmax()]
at_break = sorted({int(year) for year in (low["year"], high["year"])} & set(broken))
page.define(extreme_years=join_years(at_break))
page.define(
    fewest=float(low["effective_destinations"]), fewest_year=int(low["year"]),
    most=float(high["effective_destinations"]), most_year=int(high["year"]),
)  # fmt: skip
lines = {"top1_share": "The first", "top5_share": "The first five"}
fig, (upper, lower) = style.new_figure(height=5.0, nrows=2, sharex=True)
charts.draw_lines(
    upper, concentration, y="effective_destinations", labels={"effective_destinations": ""},
    provisional=half_year,
)  # fmt: skip
charts.draw_lines(
    lower, concentration, y=list(lines), labels=lines, unit="%", provisional=half_year
)
lower.set_ylim(0, 1.03)
for ax in (upper, lower):
    for year, word in words.items():
        charts.mark_break(ax, year, word if ax is upper else "")
charts.shade_eras(upper, era_list)
upper.set_title("Effective number of destinations", pad=20)
lower.set_title("Share of the claims pending")
page.figure(
    fig, id="destinations-concentration", number="4.3",
    title="Claims were most concentrated in {fewest_year} and most spread in {most_year}",
    subtitle="Claims pending from {origin_name}: as over how many equal destinations, and the largest shares",
    alt=describe_series(concentration, "year", "effective_destinations", "equal destinations") + " "
    + " ".join(describe_series(concentration, "year", c, "%", label=lines[c]) for c in lines),
    data=concentration,
    note="Dashed: not comparable with the year before." + hollow,
)  # fmt: skip

# %%
page.say(
    "By this measure the claims were spread as over {most:.1f} equal destinations in {most_year}, and as over "
    "{fewest:.1f} in {fewest_year}. A jump in this line need not be a movement of people: when a large "
    "destination changes what it reports, every other share changes with it."
    + (
        " Since {extreme_years} does not compare with the year before, that extreme may be one of counting."
        if at_break
        else ""
    )
)

# %% [markdown]
# ## 4.7 Ranks year by year
#
# The chart follows the first places. Destinations that were among them in most years have colours;
# a line ends where its destination falls below the last place drawn. Equal counts are put in the
# order of their codes.

# %%
stood = places.order_destinations(ranked)
often = places.count_memberships(stood, scope.top_n)
marked = often["asylum"].head(min(scope.top_n, 6)).tolist()
first_places = stood[stood["place"] <= scope.top_n]
page.define(
    n_stood=len(often), bump_from=int(stood["year"].min()), bump_to=int(stood["year"].max())
)
fig, ax = style.new_figure(height=1.2 + 0.34 * min(scope.top_n, first_places["place"].max()))
study_charts.draw_rank_chart(ax, stood, short, top_n=scope.top_n, highlight=marked)
for year in broken:
    charts.mark_break(ax, year)
charts.shade_eras(ax, era_list)
page.figure(
    fig, id="destinations-places", number="4.4",
    title="{n_stood:Words} destinations stood among the first {top_n:words} between {bump_from} and {bump_to}",
    subtitle="Place of each destination by claims from {origin_name} pending in the year",
    alt=study_charts.describe_rank_chart(stood, short, marked, scope.top_n),
    data=first_places[["year", "asylum", "place", "value"]],
    note="Dashed at the foot: the year's total does not compare with the one before.",
)  # fmt: skip

# %% [markdown]
# The next table names everyone who entered the first places or left them. In a year that does not
# compare, an entry can be a country that counts otherwise, or one that rises because another
# stopped counting.

# %%
moves = places.list_entries_and_exits(stood, scope.top_n)
page.save(moves, "destination_moves.csv")
changed = moves[moves["n_entered"] + moves["n_left"] > 0]
said = changed.assign(
    entered=name_codes(changed["entered"], short),
    left=name_codes(changed["left"], short),
    is_comparable=~changed["year"].isin(broken),
)
if len(changed):
    display(page.table(
        said[["year", "before", "entered", "left", "is_comparable", "is_tied_at_last"]],
        caption="Who entered and who left the first places, by claims pending",
        note="Years without a change are left out. Tied: equal counts decided over the last place.",
        names={"before": "Against", "is_comparable": "Comparable", "is_tied_at_last": "Tied"},
        formats={"before": "{:d}"},
    ))  # fmt: skip

# %%
n_years = stood["year"].nunique()
always = often.loc[often["years"] == n_years, "asylum"]
page.define(
    n_compared=len(moves), n_steps_changed=len(changed), n_entries=int(moves["n_entered"].sum()),
    n_steps_broken=int(changed["year"].isin(broken).sum()), n_always=len(always),
    always_names=join_names(names[code].prose for code in always),
)  # fmt: skip
page.say(
    "The first places changed hands in {n_steps_changed:,} of {n_compared:,} steps from one year to the next, with "
    "{n_entries:,} entries in all; {n_steps_broken:,} of these steps lead into a year that does not compare. "
    + (
        "In every year among the first: {always_names}."
        if len(always)
        else "No destination was among the first in every year."
    )
)

# %% [markdown]
# ## 4.8 Ranks from one era to the next
#
# Single years are noisy, so eras are compared by the claims pending at the end of their average
# year. The averages run across the breaks marked above: a country whose counting changed within
# an era has the average of two ways of counting.

# %%
compared = scope.boundary.compare if scope.boundary else ()
spans = {e.name: clip_era(e, scope.years) for e in era_list if e.name in compared}
spans = {name: years for name, years in spans.items() if len(years)}
eras = places.average_ranks(ranked, spans, scope.top_n)
eras["label"] = eras["asylum"].map(short)
wide = eras.pivot(index=["asylum", "label"], columns="era", values="rank").reset_index()

# %%
LOWEST = 20
if compared and set(compared) <= set(wide.columns):
    early, late = compared
    drawn = wide.assign(**{era: wide[era].where(wide[era] <= LOWEST) for era in spans})
    drawn = drawn.sort_values([early, late])
    gain = (wide[early].fillna(LOWEST + 1) - wide[late]).sort_values(ascending=False)
    winners = wide.loc[gain[gain > 2].index[:4], "label"]
    fig, ax = style.new_figure(height=0.8 + 0.3 * len(drawn))
    charts.draw_slopes(ax, drawn, "label", early, late, heads=(early, late), highlight=winners)
    display(page.figure(
        fig, id="destinations-ranks", number="4.5",
        title="Ranks of the destinations in the average year of each era",
        subtitle="By claims pending from {origin_name}; highlighted: those that gained most",
        alt=describe_ranks(drawn, "label", early, late),
        data=drawn.drop(columns="label"),
        note="A rank beyond the first twenty has no point.",
    ))  # fmt: skip

# %%
told = {e.name: e.prose for e in era_list}
largest = {
    told[era]: join_names(names[code].prose for code in part.nsmallest(2, "rank")["asylum"])
    for era, part in eras.groupby("era", sort=False)
}
if largest:
    first_span, *_, last_span = [*largest, *largest]
    page.define(
        first_two=largest[first_span], last_two=largest[last_span],
        first_span=first_span, last_span=last_span,
    )  # fmt: skip
page.say(
    "On average over {first_span} the largest backlogs were in {first_two}; over {last_span}, in {last_two}."
    if len(largest) > 1
    else "On average over {first_span} the largest backlogs were in {first_two}; the other era has no claims in "
    "these years."
    if largest
    else "Neither era has claims in these years, so there is nothing to compare."
    if compared
    else "No study file cuts the years of this origin into eras, so there is nothing to compare."
)

# %% [markdown]
# ## 4.9 Regions
#
# UNHCR groups countries into regions of its own. Shares by region move less with one country's
# reporting than ranks do, unless that country dominates its region.

# %%
regions = places.sum_regions(ranked)
by_region = regions.pivot(index="year", columns="region", values="share").fillna(0).reset_index()
order = by_region.drop(columns="year").iloc[-1].sort_values(ascending=False).index.tolist()
kept = [region for region in order if by_region[region].max() >= 0.05]
fig, ax = style.new_figure(height=3.8)
charts.draw_lines(ax, by_region, y=kept, unit="%", provisional=half_year)
for year in broken:
    charts.mark_break(ax, year)
charts.shade_eras(ax, era_list)
page.define(
    top_region=order[0],
    region_share=float(by_region[order[0]].iloc[-1]),
    last_shown=int(by_region["year"].iloc[-1]),
)
page.figure(
    fig, id="destinations-regions", number="4.6",
    title="{top_region}: {region_share:.0%} of the claims pending in {last_shown}",
    subtitle="Share of the claims pending from {origin_name}, by UNHCR region of destination",
    alt=" ".join(describe_series(by_region, "year", region, "%", label=region) for region in kept),
    data=by_region[["year", *kept]],
    note="Regions that never held a twentieth of the claims are left out. Dashed: not comparable with the year before." + hollow,
)  # fmt: skip

# %% [markdown]
# ## 4.10 How the destinations decide
#
# The recognition rate is the part of decisions on the substance that grants refugee status; the
# total protection rate adds other forms of protection. Claims that were closed without such a
# decision are in neither, and stand beside them. Levels are kept apart by their codes, persons and
# cases too. Decisions are a flow, so those of some years are added up; where they are still too
# few, no rate is shown.

# %%
LEAST, SPAN = 100, 5
decided = select_origin(core.decisions, scope.origin, range(shown - SPAN + 1, shown + 1))
decided = decided[decided["year"].isin(scope.years)]
rated = places.flag_rates(places.rate_destinations(decided, scope.years, LEAST), findings)
page.save(rated, "destination_rates.csv")
enough = rated.assign(label=label_rates(rated, short))[rated["is_enough"]]
first_rates = enough[enough["level"] != "appeal"].head(scope.top_n)
page.define(
    least=LEAST, rates_from=max(shown - SPAN + 1, scope.year_from),
    n_rated=enough.loc[enough["level"] != "appeal", "asylum"].nunique(),
    n_deciding=rated["asylum"].nunique(),
    level_key=explain_levels(first_rates["level_code"]),
)  # fmt: skip

# %%
if len(first_rates):
    display(page.figure(
        study_charts.draw_rates(first_rates, "label"), id="destinations-rates", number="4.7",
        title="The same origin, decided differently: rates by destination",
        subtitle="Decisions on claims from {origin_name}, {rates_from} to {shown_year}, appeals left out",
        alt=study_charts.describe_rates(first_rates, "label"),
        data=first_rates.drop(columns="label"),
        note="Levels: {level_key}. Each row has at least {least:,} decisions on the substance. "
        "Closed: share of all claims that ended.",
    ))  # fmt: skip

# %%
told = enough[enough["asylum"].isin(first_rates["asylum"])]
told = told.assign(
    place=told["asylum"].map(short),
    order=told["asylum"].map({code: n for n, code in enumerate(first_rates["asylum"].unique())}),
)
told = told.sort_values(["order", "level_code", "unit"])
if len(told):
    display(page.table(
        told[["place", "level_code", "unit", "first_year", "last_year", "substance",
              "recognition_rate", "protection_rate", "closed_share", "has_break"]],
        caption="Decisions on claims from {origin_name}, {rates_from} to {shown_year}, by level and unit",
        note="Appeals (AR, JR) are told here too. Break: the years added up hold one in that country's decisions.",
        row_headers=3,
        names={
            "place": "Destination", "level_code": "Level", "first_year": "From", "last_year": "To",
            "substance": "On the substance", "recognition_rate": "Recognised",
            "protection_rate": "Protected", "closed_share": "Closed", "has_break": "Break",
        },
    ))  # fmt: skip

# %%
if len(first_rates):
    ends = first_rates["recognition_rate"]
    at = [first_rates.loc[ends == value, "asylum"].unique() for value in (ends.min(), ends.max())]
    page.define(
        least_rate=float(ends.min()), most_rate=float(ends.max()),
        least_rate_names=join_names(names[code].prose for code in at[0]),
        most_rate_names=join_names(names[code].prose for code in at[1]),
    )  # fmt: skip
page.say(
    "Of {n_deciding:words} destinations that decided claims, {n_rated:words} took at least {least:,} decisions on the "
    "substance at one level that is no appeal. Among those drawn, recognition runs from {least_rate:.1%} in "
    "{least_rate_names} to {most_rate:.1%} in {most_rate_names}. A rate belongs to the claims decided there, by "
    "people who differ from those elsewhere; it is no rank of generosity."
    if len(first_rates)
    else "No destination took as many as {least:,} decisions on the substance at any level that is no "
    "appeal, so no rate is shown."
)

# %%
reversed_at = places.find_reversed(enough)
page.define(
    fewest_recognised=places.FEWEST_RECOGNISED,
    reversed_names=join_names(names[code].prose for code in reversed_at),
)
page.say(
    "In {reversed_names} recognition is higher on appeal than at any other level, with {fewest_recognised:,} or more "
    "recognised on appeal. Either many appeals succeed, or "
    "the code covers a fresh hearing or other claims there: the rates say not which, and are never to be averaged."
    if reversed_at
    else "In no destination with {fewest_recognised:,} or more recognised on appeal is recognition higher "
    "there than before it."
)

# %% [markdown]
# ## 4.11 The first destinations one by one
#
# Each panel has its own scale. The solid line is the backlog, the others are the year's new claims
# (type `N`), in persons or in cases: a backlog that rises while few claims are lodged is one of
# slow decisions, or of another way of counting. The dashes at the foot stand before a year in
# which a break moves that destination's own backlog by more than a tenth.

# %%
MOST_PANELS = 12
codes = top["asylum"].head(MOST_PANELS).tolist()
own = find_breaks_by_destination(findings, ranked)
own = own[own["asylum"].isin(codes)]
drawn = ranked[ranked["asylum"].isin(codes)]
page.define(n_panels=len(codes), n_own=len(own), n_unbroken=len(set(codes) - set(own["asylum"])))
fig = study_charts.draw_small_multiples(
    drawn, short, codes, scope.years, provisional=half_year,
    breaks={code: part["year"].tolist() for code, part in own.groupby("asylum")},
)  # fmt: skip
page.figure(
    fig, id="destinations-panels", number="4.8",
    title="Claims pending and lodged in the first {n_panels:words} destinations",
    subtitle="Claims from {origin_name}, each destination on its own scale",
    alt=study_charts.describe_small_multiples(drawn, short, codes),
    data=drawn[["year", "asylum", "pending", "applied_persons", "applied_cases"]],
    note="A gap is a year without a figure. Dashed at the foot: does not compare with the year before." + hollow,
)  # fmt: skip

# %%
page.say(
    "Such breaks found at these {n_panels:words} destinations: {n_own:,}; destinations without any: {n_unbroken:words}. "
    "Whoever compares two years of one of these lines should first look for a dash between them."
)

# %% [markdown]
# ## Findings

# %%
page.say("""
- The largest number of claims from {origin_name} pending {shown_stock} {shown_year} is in {first_name}:
  {first_pending:,}, or {first_share:.0%} of all those reported with this origin. Claims of unknown origin are in neither.
- The spread over destinations was widest in {most_year} (as over {most:.1f} equal ones) and narrowest in
  {fewest_year} ({fewest:.1f}).
- {top_region} held {region_share:.0%} of the claims pending in {last_shown}.
- The first places changed hands in {n_steps_changed:,} of {n_compared:,} steps from year to year, {n_steps_broken:,} of them
  into a year that does not compare.
""")

# %% [markdown]
# ## Limits
#
# - A backlog grows with slow decisions as well as with new claims, so a high rank is not proof of
#   popularity.
# - A destination's figure depends on what it reports. When one stops naming origins, all other
#   shares rise without anyone having moved.
# - Countries that report nothing are absent, not empty.
# - Rates rest on what a destination decides in a few years, and on who asked there. Closed claims
#   can hide refusals, and a change in what is booked as closed moves the rate.
#
# ## What would change this conclusion
#
# A destination that completes its figures: `asylum releases` shows what is on file, and a newer
# release can be set as `release`.
#
# ## Exercises
#
# 1. Set `EXAMPLE_YEAR` to another year. Which countries were first then, by pending and by lodged?
# 2. Leave the largest destination out and compute the concentration again. What is left of its trend?
# 3. Raise `LEAST`. Which rates stay, and does their order?
