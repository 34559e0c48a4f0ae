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
# **Question.** Which countries hold an origin's asylum claims, how concentrated are they, and who
# gained or lost rank from one era to the next?
#
# **For whom.** Readers of rankings, and those who write them.
#
# **Source.** UNHCR Refugee Population Statistics Database,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); release and date are printed below.

# %% [markdown]
# **Overview.** A ranking of destinations by claims pending is a ranking of backlogs: a country
# that decides slowly stands above one that receives as many claims and decides them at once. This
# notebook ranks by claims pending, since the published rankings do, and puts the claims lodged
# beside them. It then follows concentration, regions and ranks over the study's years. To see
# another year's ranking, set `year_to`.

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
from helpers.analysis.eras import clip_era
from helpers.analysis.measures import require_pending, select_origin
from helpers.reading import charts, style
from helpers.reading.page import Page
from helpers.reading.text import describe_bars, describe_series
from helpers.reading.words import describe_ranks, describe_scope, join_names
from helpers.sources import load_core, load_names
from helpers.study import Study

scope = Study.resolve(
    study=study, release=release, origin=origin,
    year_from=year_from, year_to=year_to, top_n=top_n, run_dir=run_dir,
)  # fmt: skip
page = Page("04_destinations", scope)
core = load_core(scope.release, scope.run_dir)
names = load_names(core.countries)
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
ranked["label"] = ranked["asylum"].map(lambda code: names[code].short)

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
    title="Of the claims pending, {first_share:.0%} wait in {first_name}",
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
page.define(much=MUCH, veiled_names=join_names(names[c].prose for c in veiled["asylum"]))
page.say(
    "More than {much:.0%} of all claims pending had no named origin in {veiled_names}: part of them "
    "may well come from {origin_name}, and the ranks there are lower bounds."
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
lodged = newest[newest["applied_persons"].notna()].sort_values("applied_persons", ascending=False)
lodged = lodged.head(scope.top_n).assign(lodged_rank=lambda f: range(1, len(f) + 1))
page.table(
    lodged[["lodged_rank", "label", "applied_persons", "pending", "rank"]],
    caption="Destinations in {shown_year} by new claims lodged, in persons",
    row_headers=2,
    names={
        "lodged_rank": "Rank by lodged", "label": "Destination", "applied_persons": "New claims, persons",
        "pending": "Pending", "rank": "Rank by pending",
    },
)  # fmt: skip

# %%
both = lodged.dropna(subset=["rank"])
moved = both[(both["rank"] - both["lodged_rank"]).abs() >= 2]
page.define(n_lodged=len(lodged), n_moved=len(moved))
page.say(
    "Of these {n_lodged:words} destinations, {n_moved:words} stand two or more places elsewhere when "
    "ranked by claims pending."
    if len(both) > 1
    else "Fewer than two destinations reported both measures in {shown_year}."
)

# %% [markdown]
# ## 4.4 Concentration
#
# The Herfindahl-Hirschman index adds the squares of the destinations' shares; its inverse says how
# many equally large destinations would be as concentrated. One means that a single country holds
# every claim.

# %%
concentration = places.measure_concentration(pending)
page.save(concentration, "concentration.csv")
low = concentration.loc[concentration["effective_destinations"].idxmin()]
high = concentration.loc[concentration["effective_destinations"].idxmax()]
page.define(
    fewest=float(low["effective_destinations"]), fewest_year=int(low["year"]),
    most=float(high["effective_destinations"]), most_year=int(high["year"]),
)  # fmt: skip
fig, ax = style.new_figure(height=3.2)
charts.draw_lines(
    ax, concentration, y="effective_destinations", labels={"effective_destinations": ""},
    provisional=scope.info.newest_year if scope.info.period == "mid" else None,
)  # fmt: skip
charts.shade_eras(ax, scope.file.boundaries[0].eras)
page.figure(
    fig, id="destinations-concentration", number="4.2",
    title="Claims were most concentrated in {fewest_year} and most spread in {most_year}",
    subtitle="Effective number of destinations of claims pending from {origin_name}",
    alt=describe_series(concentration, "year", "effective_destinations", "equal destinations"),
    data=concentration,
)  # fmt: skip

# %%
page.say(
    "By this measure the claims were spread as over {most:.1f} equal destinations in {most_year}, and as over "
    "{fewest:.1f} in {fewest_year}. A jump in this line need not be a movement of people: when a large "
    "destination changes what it reports, every other share changes with it."
)

# %% [markdown]
# ## 4.5 Ranks from one era to the next
#
# Single years are noisy, so eras are compared by the claims pending at the end of their average
# year.

# %%
boundary = scope.file.boundaries[0]
spans = {e.name: clip_era(e, scope.years) for e in boundary.eras if e.name in boundary.compare}
spans = {name: years for name, years in spans.items() if len(years)}
eras = places.average_ranks(ranked, spans, scope.top_n)
eras["label"] = eras["asylum"].map(lambda code: names[code].short)
wide = eras.pivot(index=["asylum", "label"], columns="era", values="rank").reset_index()
page.define(earlier=boundary.compare[0], later=boundary.compare[1])

# %%
LOWEST = 20
if len(spans) == len(boundary.compare):
    early, late = boundary.compare
    drawn = wide.assign(**{era: wide[era].where(wide[era] <= LOWEST) for era in spans})
    drawn = drawn.sort_values([early, late])
    gain = (wide[early].fillna(LOWEST + 1) - wide[late]).sort_values(ascending=False)
    winners = wide.loc[gain[gain > 2].index[:4], "label"]
    fig, ax = style.new_figure(width=6.4, height=0.8 + 0.3 * len(drawn))
    charts.draw_slopes(ax, drawn, "label", early, late, heads=(early, late), highlight=winners)
    display(page.figure(
        fig, id="destinations-ranks", number="4.3",
        title="Ranks of the destinations in the average year of each era",
        subtitle="By claims pending from {origin_name}; highlighted: those that gained most",
        alt=describe_ranks(drawn, "label", early, late),
        data=drawn.drop(columns="label"),
        note="A rank beyond the first twenty has no point.",
    ))  # fmt: skip

# %%
span_names = [e.prose for e in boundary.eras if e.name in spans]
top_two = [
    join_names(
        names[code].prose for code in eras.query("era == @era").nsmallest(2, "rank")["asylum"]
    )
    for era in spans
]
page.define(
    first_two=top_two[0], last_two=top_two[-1], first_span=span_names[0], last_span=span_names[-1]
)
page.say(
    "On average over {first_span} the two largest backlogs were in {first_two}; over {last_span}, in {last_two}."
)

# %% [markdown]
# ## 4.6 Regions
#
# UNHCR groups countries into regions of its own. Shares by region move less with one country's
# reporting than ranks do, unless that country dominates its region.

# %%
regions = places.sum_regions(ranked)
by_region = regions.pivot(index="year", columns="region", values="share").fillna(0).reset_index()
order = by_region.drop(columns="year").iloc[-1].sort_values(ascending=False).index.tolist()
kept = [region for region in order if by_region[region].max() >= 0.05]
fig, ax = style.new_figure(height=3.8)
charts.draw_lines(ax, by_region, y=kept, unit="%")
charts.shade_eras(ax, boundary.eras)
page.define(
    top_region=order[0],
    region_share=float(by_region[order[0]].iloc[-1]),
    last_shown=int(by_region["year"].iloc[-1]),
)
page.figure(
    fig, id="destinations-regions", number="4.4",
    title="{top_region}: {region_share:.0%} of the claims pending in {last_shown}",
    subtitle="Share of the claims pending from {origin_name}, by UNHCR region of destination",
    alt=" ".join(describe_series(by_region, "year", region, "%", label=region) for region in kept),
    data=by_region[["year", *kept]],
    note="Regions that never held a twentieth of the claims are left out of the chart.",
)  # fmt: skip

# %% [markdown]
# ## Findings

# %%
page.say("""
- The largest number of claims from {origin_name} pending {shown_stock} {shown_year} waited in {first_name}:
  {first_pending:,}, or {first_share:.0%} of all those pending in a named destination.
- The spread over destinations was widest in {most_year} (as over {most:.1f} equal ones) and narrowest in
  {fewest_year} ({fewest:.1f}).
- {top_region} held {region_share:.0%} of the claims pending in {last_shown}.
""")

# %% [markdown]
# ## Limits
#
# - A backlog grows with slow decisions as well as with new claims, so a high rank is not proof of
#   popularity.
# - A destination's figure depends on what it reports. When one stops naming origins, all other
#   shares rise without anyone having moved.
# - Countries that report nothing are absent, not empty.
#
# ## What would change this conclusion
#
# A destination that completes its figures: `asylum releases` shows what is on file, and a newer
# release can be set as `release`.
#
# ## Exercises
#
# 1. Set `year_to` to an earlier year. Which countries were first then, by pending and by lodged?
# 2. Leave the largest destination out and compute the concentration again. What is left of its trend?
