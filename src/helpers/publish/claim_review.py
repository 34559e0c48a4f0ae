"""The ledger as ClaimReview data, the vocabulary in which published checks are exchanged.

The rating is the ledger's own pair of codes in words. It has no value on a scale: figure and
wording are judged apart, and neither says how true a text is or what its authors meant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpers.claims.ledger import explain_codes

if TYPE_CHECKING:
    import datetime as dt

    from helpers.claims.file import ClaimSource
    from helpers.claims.ledger import Ledger, Row

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
    graph = []
    for ledger in ledgers.values():
        sources = {each.id: each for each in ledger.file.sources}
        for row in ledger.claims.to_dict("records"):
            graph.append(_review(row, sources[row["source"]], author, published))
    return {"@context": "https://schema.org", "@graph": graph}


def write_reviews(reviews: Mapping[str, Any]) -> str:
    """Write the data as JSON-LD."""
    return json.dumps(reviews, indent=1, ensure_ascii=False) + "\n"


def _review(row: Row, source: ClaimSource, author: str, published: dt.date) -> dict[str, Any]:
    address = f"{PAGE}#{row['claim_id']}"
    work = {"@type": "CreativeWork", "headline": source.title}
    figure, wording = (explain_codes(kind, row[kind], "{}: {}") for kind in ("figure", "wording"))
    return {
        "@type": "ClaimReview",
        "@id": address,
        "url": address,
        "claimReviewed": row["paraphrase"],
        "datePublished": published.isoformat(),
        "author": {"@type": "Organization", "name": author},
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "itemReviewed": {
            "@type": "Claim",
            "datePublished": source.date.isoformat(),
            "author": {"@type": "Organization", "name": source.publisher},
            "appearance": work | ({"url": source.url} if source.url else {}),
        },
        # Both codes; there is no best and no worst.
        "reviewRating": {
            "@type": "Rating",
            "alternateName": f"figure {row['figure']}; wording {row['wording']}",
            "ratingExplanation": f"Figure, {figure}. Wording, {wording}.",
        },
        "reviewBody": row["restatement"] or row["derivation"],
    }
