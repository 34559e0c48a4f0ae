"""The claims ledger on the site: what a page a claim shows, and ClaimReview data.

The words stand in docs/site (ledger.md, _templates/claim.md.j2). ClaimReview is the vocabulary in
which published checks are exchanged: its rating is the verdict in words, without a scale, since
neither code says how true a text is or what its authors meant.
"""

from __future__ import annotations

import io
import json
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from helpers.claims.ledger import (
    HOLDS,
    Ledger,
    Row,
    explain_codes,
    list_facts,
    point_number,
    trace_series,
    write_ledger,
)
from helpers.claims.verdict import CODES
from helpers.data.hand import load_names
from helpers.plots.style import GREY, PALETTE
from helpers.prose.tables import find_column
from helpers.prose.words import say_date
from helpers.study import ReleaseInfo

AUTHOR = "The asylum-eras contributors"
# By the literal reading's codes: whether the figure holds and whether the sentence does.
VERDICTS = {
    "both": "Figure and wording hold",
    "figure": "The figure holds, the wording does not",
    "wording": "The wording holds, the figure does not",
    "neither": "Neither holds",
    "untestable": "UNHCR's data cannot test it",
}
_SHOWN_ABOVE, _EXPLAINED = ("Claimed", "Recomputed", "Restatement"), ("Two readings", "Stability")
Claim = dict[str, Any]


def gather_claims(
    ledgers: Mapping[str, Ledger], releases: Iterable[ReleaseInfo], site: str
) -> list[Claim]:
    """Gather what the pages show of every claim, in the order of the files.

    Parameters
    ----------
    ledgers : mapping
        Judged claims files by name.
    releases : iterable of ReleaseInfo
    site : str
        The site's address; empty where it has none yet.

    Returns
    -------
    list of dict
        The facts of `describe_claim`, and: class (a key of `VERDICTS`), facts (by heading),
        history (a dict a release), values (year, value, is_claimed), chart (see `plan_chart`),
        counted (what the series counts, in words), review (ClaimReview).
    """
    infos = {info.name: info for info in releases}
    names = load_names()
    newest = max(info.published for info in infos.values())
    claims = []
    for ledger in ledgers.values():
        for claim_id, row in ledger.facts.items():
            series, info = trace_series(ledger, claim_id), infos[row["release"]]
            measure, _, place = row["series"].partition(" at ")
            heading = find_column(measure.removesuffix("_summed")).heading
            counted = f"{heading} from {names[ledger.file.origin].prose}"
            place = names[place].prose if place in names else place
            facts = {k: text for k, text in list_facts(row).items() if k not in _SHOWN_ABOVE}
            facts |= {k: explain_codes(facts[k]) for k in _EXPLAINED if k in facts}
            history = [
                each
                | {kind: explain_codes(each[kind]) for kind in CODES}
                | {"recomputed": point_number(each["recomputed"])}
                | {"published": say_date(infos[each["release"]].published)}
                for each in row["releases"]
            ]
            claim = row | {
                "class": classify(row),
                "recomputed": point_number(row["recomputed"]),
                "facts": facts,
                "history": history,
                "values": series,
                "chart": plan_chart(series.rename(columns={"is_claimed": "is_used"})),
                "counted": f"{counted}, {place}" if place else counted,
                "half_year": info.half_year,
            }
            claims.append(claim | {"review": build_review(claim, newest.isoformat(), site)})
    return claims


def classify(row: Row) -> str:
    """Sort a claim by the literal reading: a key of `VERDICTS`.

    >>> classify({"figure_literal": "exact; rounds", "wording_literal": "other-measure"})
    'figure'
    """
    figure, fits = row["figure_literal"], row["wording_literal"] == "fits"
    if figure == "untestable":
        return "untestable"
    if re.fullmatch(HOLDS, figure):
        return "both" if fits else "figure"
    return "wording" if fits else "neither"


def plan_chart(rows: Any) -> dict[str, Any]:
    """Plan a chart of columns: its rows, the round numbers of its axis, its first and last year."""
    listed = [{"high": None, "is_broken": False} | row for row in rows.to_dict("records")]
    if not listed:
        return {"rows": []}
    most = max(row["high"] or row["value"] for row in listed)
    ticks = [int(tick) for tick in MaxNLocator(4, integer=True).tick_values(0, most)]
    years = [row["year"] for row in listed]
    return {"rows": listed, "ticks": ticks, "first": min(years), "last": max(years)}


def build_review(claim: Mapping[str, Any], published: str, site: str) -> dict[str, Any]:
    """Build a claim's ClaimReview data (schema.org), dated by the newest release's day.

    Addresses must be absolute: where the site has none yet, its own are left out.
    """
    address = f"{site}/ledger/{claim['claim_id']}.html"
    work = {"@type": "CreativeWork", "headline": claim["title"]}
    counted = f" ({claim['says']})" if claim["says"] else ""
    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        **({"@id": address, "url": address} if site else {}),
        "claimReviewed": f"{claim['paraphrase']}: {claim['claimed']}{counted}",
        "datePublished": published,
        "author": {"@type": "Organization", "name": AUTHOR} | ({"url": f"{site}/"} if site else {}),
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "itemReviewed": {
            "@type": "Claim",
            "datePublished": claim["date"].isoformat(),
            "author": {"@type": "Organization", "name": claim["publisher"]},
            "appearance": work | ({"url": claim["url"]} if claim["url"] else {}),
        },
        "reviewRating": {
            "@type": "Rating",
            "alternateName": VERDICTS[claim["class"]],
            "ratingExplanation": claim["verdict"],
        },
        "reviewBody": claim["restatement"] or claim["derivation"] or claim["verdict"],
    }


def draw_card(claim: Claim) -> bytes:
    """Draw a claim and its series as PNG: what others show beside a link to its page."""
    series, picture = claim["values"], io.BytesIO()
    figure = Figure(figsize=(12, 6.3), layout="constrained")
    axes = figure.subplots()
    colours = series["is_claimed"].map({True: PALETTE[4], False: GREY})
    axes.bar(series["year"], series["value"], color=colours)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.tick_params(labelsize=16)
    axes.spines[["top", "right"]].set_visible(False)
    words = textwrap.fill(f"Printed: {claim['paraphrase']}: {claim['claimed']}", 62)
    axes.set_title(f"{words}\n{VERDICTS[claim['class']]}.", loc="left", size=22)
    middle = f" ({claim['half_year']} at mid-year)" if claim["half_year"] else ""
    axes.set_xlabel(f"{claim['counted']}, by year{middle}. Source: UNHCR", size=16)
    figure.savefig(picture, dpi=100)
    return picture.getvalue()


def list_ledger_files(
    ledgers: Mapping[str, Ledger], claims: Iterable[Claim], site: str
) -> dict[str, str | bytes]:
    """Collect the ledger as files: a claims file as CSV and JSON, reviews, a claim's series.

    A picture of each series is drawn where the site has an address, which others could link to.
    """
    files: dict[str, str | bytes] = {
        f"ledger/{name}.{form}": write_ledger(ledger, form) + "\n"
        for name, ledger in ledgers.items()
        for form in ("csv", "json")
    }
    reviews = [claim["review"] for claim in claims]
    files["ledger/claimreview.jsonld"] = json.dumps(reviews, indent=1, ensure_ascii=False) + "\n"
    for claim in claims:
        if claim["chart"]["rows"]:
            text = claim["values"].to_csv(index=False, lineterminator="\n")
            files[f"ledger/{claim['claim_id']}.csv"] = text
            files |= {f"ledger/{claim['claim_id']}.png": draw_card(claim)} if site else {}
    return files
