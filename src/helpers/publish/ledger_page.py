"""The claims ledger as a page of the site, and as ClaimReview data.

The page is a full list without any script; `ledger.js` adds filters to it. ClaimReview is the
vocabulary in which published checks are exchanged: its rating is the ledger's pair of codes in
words, without a scale, since neither says how true a text is or what its authors meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from helpers.claims.ledger import (
    Row,
    explain_codes,
    list_facts,
    point_number,
    summarise,
    write_ledger,
)
from helpers.claims.verdict import CODES
from helpers.prose.words import MISSING, say_date

if TYPE_CHECKING:
    from helpers.claims.file import ClaimSource
    from helpers.claims.ledger import Ledger
    from helpers.study import ReleaseInfo

AUTHOR = "The asylum-eras contributors"
_HEADS = ("Claim", "In other words", "Claimed", "Recomputed", "Figure", "Wording")
_HISTORY = ("Release", "Published", "Recomputed", "Figure", "Wording", "Change")


def make_pieces(ledgers: Mapping[str, Ledger], releases: Iterable[ReleaseInfo]) -> dict[str, str]:
    """Make the pieces of the ledger's page.

    Parameters
    ----------
    ledgers : mapping
        Judged claims files by name.
    releases : iterable of ReleaseInfo

    Returns
    -------
    dict
        "ledger counts", "ledger table" (with the filters), "ledger codes" and "ledger claims" as
        Markdown. Each claim's row and section carry its source and codes as `data-` attributes,
        and the section has the claim's id as its anchor.
    """
    dates = {info.name: info.published for info in releases}
    rows = [row for ledger in ledgers.values() for row in ledger.claims.to_dict("records")]
    reviews = build_reviews(ledgers, max(dates.values()).isoformat())
    embedded = json.dumps(reviews, ensure_ascii=False).replace("</", "<\\/")
    shown = {name: say_date(date) for name, date in dates.items()}
    claims = [part for ledger in ledgers.values() for part in _write_texts(ledger, shown)]
    claims.append(f'<script type="application/ld+json">{embedded}</script>')
    codes = (
        f"| {kind.capitalize()} | Meaning |\n|---|---|\n"
        + "\n".join(f"| `{code}` | {meaning} |" for code, meaning in meanings.items())
        for kind, meanings in CODES.items()
    )
    return {
        "ledger counts": _write_counts(ledgers),
        "ledger table": f"{_write_filters(ledgers, rows)}\n\n{_write_overview(rows)}",
        "ledger codes": "\n\n".join(codes),
        "ledger claims": "\n\n".join(claims),
    }


def list_ledger_files(
    ledgers: Mapping[str, Ledger], releases: Iterable[ReleaseInfo]
) -> dict[str, str]:
    """Collect the ledger as files: CSV and JSON of each claims file, and ClaimReview of all."""
    files = {
        f"ledger/{name}.{form}": write_ledger(ledger, form) + "\n"
        for name, ledger in ledgers.items()
        for form in ("csv", "json")
    }
    reviews = build_reviews(ledgers, max(info.published for info in releases).isoformat())
    text = json.dumps(reviews, indent=1, ensure_ascii=False) + "\n"
    return files | {"ledger/claimreview.jsonld": text}


def build_reviews(ledgers: Mapping[str, Ledger], published: str) -> dict[str, Any]:
    """Build ClaimReview data (schema.org) for all claims, dated by the newest release's day."""
    graph = [
        _review(row, ledger.file.find_source(ledger.verdicts[row["claim_id"]].claim), published)
        for ledger in ledgers.values()
        for row in ledger.claims.to_dict("records")
    ]
    return {"@context": "https://schema.org", "@graph": graph}


def _review(row: Row, source: ClaimSource, published: str) -> dict[str, Any]:
    address = f"ledger.html#{row['claim_id']}"
    work = {"@type": "CreativeWork", "headline": source.title}
    figure, wording = (explain_codes(kind, row[kind], "{}: {}") for kind in ("figure", "wording"))
    return {
        "@type": "ClaimReview",
        "@id": address,
        "url": address,
        "claimReviewed": row["paraphrase"],
        "datePublished": published,
        "author": {"@type": "Organization", "name": AUTHOR},
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


def _write_counts(ledgers: Mapping[str, Ledger]) -> str:
    """Count the claims in words, and offer the files."""
    counts = [summarise(ledger) for ledger in ledgers.values()]
    total = {name: sum(each[name] for each in counts) for name in counts[0]}
    texts = sum(len(ledger.file.sources) for ledger in ledgers.values())
    said = (
        f"Of {total['claims']} claims in {texts} texts, UNHCR's data can test "
        f"{total['testable']}. Of these, {total['reproduced']} figures reproduce, "
        f"{total['fits']} sentences fit what their figure counts, and "
        f"{total['both']} do both. {total['readings']} claims have a word that "
        "allows two readings; this count takes it literally. By the generous reading, "
        f"{total['reproduced_generous']} figures reproduce, and "
        f"{total['both_generous']} claims do both."
    )
    links = {"ledger/claimreview.jsonld": "All as ClaimReview, JSON-LD"}
    for name in ledgers:
        for form in ("csv", "json"):
            links[f"ledger/{name}.{form}"] = f"{name.capitalize()} as {form.upper()}"
    items = (f'<li><a href="{href}" download>{text}</a></li>' for href, text in links.items())
    return f'{said}\n\n<ul class="files">{"".join(items)}</ul>'


def _write_filters(ledgers: Mapping[str, Ledger], rows: Sequence[Row]) -> str:
    """Write the form that `ledger.js` brings to life; without the script it stays hidden."""
    sources = {
        each.id: f"{each.publisher} ({each.date_shown})"
        for ledger in ledgers.values()
        for each in ledger.file.sources
    }
    fields = [_write_choice("source", "Text", sources)]
    for kind in ("figure", "wording"):
        used = {code for row in rows for code in row[kind].split("; ")}
        shown = {code: code for code in CODES[kind] if code in used}
        fields.append(_write_choice(kind, kind.capitalize(), shown))
    return (
        '<form id="ledger-filters" class="filters" aria-label="Filter the claims" hidden>'
        + "".join(fields)
        + '<p><label for="filter-words">Words</label>'
        '<input type="search" id="filter-words" name="words" autocomplete="off"></p>'
        '<p><button type="reset">Show all</button></p>'
        '<p id="ledger-count" role="status"></p></form>'
    )


def _write_choice(name: str, label: str, choices: Mapping[str, str]) -> str:
    options = "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>'
        for value, text in choices.items()
    )
    return (
        f'<p><label for="filter-{name}">{label}</label>'
        f'<select id="filter-{name}" name="{name}"><option value="">all</option>{options}'
        "</select></p>"
    )


def _write_table(label: str, caption: str, heads: Iterable[str], lines: Iterable[str]) -> str:
    """Write a table in a region that scrolls and that a keyboard reaches."""
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    body = "\n".join(lines)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table>{caption}'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _write_cells(texts: Iterable[object]) -> str:
    return "".join(f"<td>{escape(str(text)) or MISSING}</td>" for text in texts)


def _write_overview(rows: Iterable[Row]) -> str:
    """Write one line a claim; its id leads to its section."""
    lines = []
    for row in rows:
        value = point_number(row["recomputed"])
        cells = [row["paraphrase"], row["claimed"], value, row["figure"], row["wording"]]
        lines.append(
            f'<tr class="claim" {_mark(row)}><th scope="row"><a href="#{row["claim_id"]}">'
            f"{row['claim_id']}</a></th>{_write_cells(cells)}</tr>"
        )
    caption = "<caption><strong>Claims, figures and codes</strong></caption>"
    return _write_table("All claims", caption, _HEADS, lines)


def _mark(row: Row) -> str:
    """Write what the filters read; several codes are parted by blanks."""
    return " ".join(
        f'data-{name}="{escape(row[name].replace("; ", " "))}"'
        for name in ("source", "figure", "wording")
    )


def _write_texts(ledger: Ledger, dates: Mapping[str, str]) -> list[str]:
    """Write a chapter a text: what is known of it, and its claims one by one."""
    parts = []
    for source in ledger.file.sources:
        link = f" [The text]({source.url})." if source.url else ""
        parts.append(f"## {source.publisher}, {source.date_shown}")
        parts.append(f"*{source.title}*. {source.date_evidence}{link}")
        own = ledger.claims[ledger.claims["source"] == source.id]
        parts += [_write_claim(row, ledger, dates) for row in own.to_dict("records")]
    return parts


def _write_claim(row: Row, ledger: Ledger, dates: Mapping[str, str]) -> str:
    told = "".join(
        f"<dt>{head}</dt><dd>{escape(text, quote=False)}</dd>"
        for head, text in list_facts(row).items()
    )
    title = escape(row["paraphrase"], quote=False)
    return (
        f'<section class="claim" id="{row["claim_id"]}" {_mark(row)}>\n'
        f"<h3>{row['claim_id']}: {title}</h3>\n<dl>{told}</dl>\n"
        f"{_write_history(row['claim_id'], ledger, dates)}\n</section>"
    )


def _write_history(claim_id: str, ledger: Ledger, dates: Mapping[str, str]) -> str:
    """Write a verdict's change log: one line a release, and what changed with it."""
    lines, before = [], None
    for each in ledger.list_releases(claim_id):
        judged = " (judged on)" if each["is_current"] else ""
        change = say_change(before, each)
        cells = [point_number(each["recomputed"]), each["figure"], each["wording"], change]
        lines.append(
            f'<tr><th scope="row">{each["release"]}{judged}</th>'
            f"{_write_cells([dates[each['release']], *cells])}</tr>"
        )
        before = each
    label = f"Verdicts on {claim_id} by release"
    caption = f'<caption class="visually-hidden">{label}</caption>'
    table = _write_table(label, caption, _HISTORY, lines)
    return f"<details><summary>{label}</summary>{table}</details>"


def say_change(before: Row | None, after: Row) -> str:
    """Say what one release changed in a verdict.

    >>> old = {"figure": "off", "wording": "fits", "recomputed": "5"}
    >>> say_change(None, old), say_change(old, old), say_change(old, old | {"figure": "exact"})
    ('first', 'none', 'figure: off to exact')
    """
    if before is None:
        return "first"
    said = [
        f"{kind}: {before[kind]} to {after[kind]}" for kind in CODES if before[kind] != after[kind]
    ]
    if not said and before["recomputed"] != after["recomputed"]:
        return "the value alone"
    return "; ".join(said) or "none"
