"""The ledger as ClaimReview data, the vocabulary in which published checks are exchanged.

The rating is the ledger's own pair of codes in words. It has no value on a scale: figure and
wording are judged apart, and neither says how true a text is or what its authors meant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpers.claims.verdict import CODES

if TYPE_CHECKING:
    import datetime as dt

    from helpers.claims.ledger import Ledger
    from helpers.claims.file import ClaimSource

PAGE = "ledger.html"


def build_reviews(ledgers: Mapping[str, Ledger], author: str, published: dt.date) -> dict[str, Any]:
    """Build ClaimReview data (schema.org) for all claims.

    Parameters
    ----------
    ledgers : mapping
        Judged claims files by name.
    author : str
        Who judges.
    published : date
        The day of the newest release on file, with which the verdicts were computed.
    """
    graph = [
        _review(row, ledger, author, published)
        for ledger in ledgers.values()
        for row in ledger.claims.to_dict("records")
    ]
    return {"@context": "https://schema.org", "@graph": graph}


def write_reviews(reviews: Mapping[str, Any]) -> str:
    """Write the data as JSON-LD."""
    return json.dumps(reviews, indent=1, ensure_ascii=False) + "\n"


def _review(row: Mapping[Any, Any], ledger: Ledger, author: str, published: dt.date) -> Any:
    source = next(each for each in ledger.file.sources if each.id == row["source"])
    address = f"{PAGE}#{row['claim_id']}"
    return {
        "@type": "ClaimReview",
        "@id": address,
        "url": address,
        "claimReviewed": row["paraphrase"],
        "datePublished": published.isoformat(),
        "author": {"@type": "Organization", "name": author},
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "itemReviewed": _claim(source),
        "reviewRating": _rating(row),
        "reviewBody": row["restatement"] or row["derivation"],
    }


def _claim(source: ClaimSource) -> dict[str, Any]:
    work = {"@type": "CreativeWork", "headline": source.title}
    return {
        "@type": "Claim",
        "datePublished": source.date.isoformat(),
        "author": {"@type": "Organization", "name": source.publisher},
        "appearance": work | ({"url": source.url} if source.url else {}),
    }


def _rating(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Describe both codes; there is no best and no worst."""
    figure = [f"{code}: {CODES['figure'][code]}" for code in row["figure"].split("; ")]
    wording = [f"{code}: {CODES['wording'][code]}" for code in row["wording"].split("; ")]
    return {
        "@type": "Rating",
        "alternateName": f"figure {row['figure']}; wording {row['wording']}",
        "ratingExplanation": f"Figure, {'; '.join(figure)}. Wording, {'; '.join(wording)}.",
    }
