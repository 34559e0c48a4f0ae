"""The claims ledger as a page of the site: every claim, with its verdict on each release.

The page is a full list without any script; `ledger.js` adds filters to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from helpers.claims.claim_cards import point_number
from helpers.claims.ledger import summarise, write_ledger
from helpers.claims.verdict import CODES
from helpers.prose.text import MISSING, say_date
from helpers.publish.claim_review import build_reviews, write_reviews

if TYPE_CHECKING:
    from helpers.claims.ledger import Ledger
    from helpers.study import ReleaseInfo

Row = Mapping[Any, Any]
AUTHOR = "The asylum-eras contributors"
_HEADS = ("Claim", "In other words", "Claimed", "Recomputed", "Figure", "Wording")
_FACTS = (
    ("reading", "Read as"), ("derivation", "Derivation"), ("coincidences", "Coincidences"),
    ("restatement", "Fair restatement"), ("stability", "Over the releases"), ("note", "Note"),
)  # fmt: skip


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
    known = sorted(releases, key=lambda info: info.published)
    rows = [row for ledger in ledgers.values() for row in ledger.claims.to_dict("records")]
    claims = [part for ledger in ledgers.values() for part in _write_texts(ledger, known)]
    reviews = build_reviews(ledgers, AUTHOR, known[-1].published)
    embedded = json.dumps(reviews, ensure_ascii=False).replace("</", "<\\/")
    claims.append(f'<script type="application/ld+json">{embedded}</script>')
    return {
        "ledger counts": _write_counts(ledgers),
        "ledger table": f"{_write_filters(ledgers, rows)}\n\n{_write_table(rows)}",
        "ledger codes": _write_codes(),
        "ledger claims": "\n\n".join(claims),
    }


def _write_codes() -> str:
    """Write what the codes mean, as two tables in Markdown."""
    return "\n\n".join(
        f"| {kind.capitalize()} | Meaning |\n|---|---|\n"
        + "\n".join(f"| `{code}` | {meaning} |" for code, meaning in codes.items())
        for kind, codes in CODES.items()
    )


def list_ledger_files(
    ledgers: Mapping[str, Ledger], releases: Iterable[ReleaseInfo]
) -> dict[str, str]:
    """Collect the ledger as files: CSV and JSON of each claims file, and ClaimReview of all."""
    files = {
        f"ledger/{name}.{form}": write_ledger(ledger, form) + "\n"
        for name, ledger in ledgers.items()
        for form in ("csv", "json")
    }
    published = max(info.published for info in releases)
    return files | {
        "ledger/claimreview.jsonld": write_reviews(build_reviews(ledgers, AUTHOR, published))
    }


def _write_counts(ledgers: Mapping[str, Ledger]) -> str:
    """Count the claims in words, and offer the files."""
    counts = [summarise(ledger) for ledger in ledgers.values()]
    total = {name: sum(each[name] for each in counts) for name in counts[0]}
    texts = sum(len(ledger.file.sources) for ledger in ledgers.values())
    said = (
        f"Of {total['claims_all']} claims in {texts} texts, UNHCR's data can test "
        f"{total['claims_testable']}. Of these, {total['claims_reproduced']} figures reproduce, "
        f"{total['claims_fits']} sentences fit what their figure counts, and "
        f"{total['claims_both']} do both."
    )
    links = [("ledger/claimreview.jsonld", "All as ClaimReview, JSON-LD")]
    links += [(f"ledger/{name}.{form}", f"{name.capitalize()} as {form.upper()}")
              for name in ledgers for form in ("csv", "json")]  # fmt: skip
    items = "".join(f'<li><a href="{href}" download>{text}</a></li>' for href, text in links)
    return f'{said}\n\n<ul class="files">{items}</ul>'


def _write_filters(ledgers: Mapping[str, Ledger], rows: Iterable[Row]) -> str:
    """Write the form that `ledger.js` brings to life; without the script it stays hidden."""
    found = list(rows)
    sources = {each.id: f"{each.publisher} ({each.date_shown})"
               for ledger in ledgers.values() for each in ledger.file.sources}  # fmt: skip
    fields = [_write_choice("source", "Text", sources)]
    for kind in ("figure", "wording"):
        used = {code for row in found for code in row[kind].split("; ")}
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


def _write_table(rows: Iterable[Row]) -> str:
    """Write one line a claim; its id leads to its section."""
    heads = "".join(f'<th scope="col">{text}</th>' for text in _HEADS)
    lines = "\n".join(
        f'<tr class="claim" {_mark(row)}><th scope="row"><a href="#{row["claim_id"]}">'
        f"{row['claim_id']}</a></th>"
        + "".join(f"<td>{escape(text) or MISSING}</td>" for text in _list_cells(row))
        + "</tr>"
        for row in rows
    )
    return (
        '<div class="scroll" role="region" tabindex="0" aria-label="All claims">'
        "<table><caption><strong>Claims, figures and codes</strong></caption>"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>"
    )


def _list_cells(row: Row) -> tuple[str, ...]:
    value = point_number(str(row["recomputed"]))
    return (row["paraphrase"], row["claimed"], value, row["figure"], row["wording"])


def _mark(row: Row) -> str:
    """Write what the filters read; several codes stand apart by blanks."""
    codes = {kind: row[kind].replace("; ", " ") for kind in ("figure", "wording")}
    said = {"source": row["source"], **codes}
    return " ".join(f'data-{name}="{escape(value)}"' for name, value in said.items())


def _write_texts(ledger: Ledger, releases: list[ReleaseInfo]) -> list[str]:
    """Write a chapter a text: what is known of it, and its claims one by one."""
    parts = []
    for source in ledger.file.sources:
        link = f" [The text]({source.url})." if source.url else ""
        parts.append(f"## {source.publisher}, {source.date_shown}")
        parts.append(f"*{source.title}*. {source.date_evidence}{link}")
        own = ledger.claims[ledger.claims["source"] == source.id]
        parts += [_write_claim(row, ledger, releases) for row in own.to_dict("records")]
    return parts


def _write_claim(row: Row, ledger: Ledger, releases: list[ReleaseInfo]) -> str:
    found = f"{point_number(str(row['recomputed']))} ({row['series']}, release {row['release']})"
    facts = [("Claimed", row["claimed"]), ("Recomputed", found if row["recomputed"] else "")]
    facts += [(kind.capitalize(), _explain(kind, row[kind])) for kind in ("figure", "wording")]
    facts += [(head, row[name]) for name, head in _FACTS]
    told = "".join(
        f"<dt>{head}</dt><dd>{escape(' '.join(str(text).split()), quote=False)}</dd>"
        for head, text in facts if text
    )  # fmt: skip
    title = escape(str(row["paraphrase"]), quote=False)
    return (
        f'<section class="claim" id="{row["claim_id"]}" {_mark(row)}>\n'
        f"<h3>{row['claim_id']}: {title}</h3>\n<dl>{told}</dl>\n"
        f"{_write_history(row, ledger, releases)}\n</section>"
    )


def _explain(kind: str, codes: str) -> str:
    return "; ".join(f"{code} ({CODES[kind][code]})" for code in codes.split("; "))


def _write_history(row: Row, ledger: Ledger, releases: list[ReleaseInfo]) -> str:
    """Write a verdict's change log: one line a release, and what changed with it."""
    own = ledger.by_release[ledger.by_release["claim_id"] == row["claim_id"]]
    dates = {info.name: say_date(info.published) for info in releases}
    lines, before = [], None
    for each in own.to_dict("records"):
        value = point_number(str(each["recomputed"])) or MISSING
        judged = " (judged on)" if each["is_current"] else ""
        cells = [value, each["figure"], each["wording"], say_change(before, each)]
        lines.append(
            f'<tr><th scope="row">{each["release"]}{judged}</th><td>{dates[each["release"]]}</td>'
            + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
        )  # fmt: skip
        before = each
    heads = ("Release", "Published", "Recomputed", "Figure", "Wording", "Change")
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    label = f"Verdicts on {row['claim_id']} by release"
    return (
        f'<details><summary>{label}</summary><div class="scroll" role="region" tabindex="0" '
        f'aria-label="{label}"><table><caption class="visually-hidden">{label}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div></details>"
    )


def say_change(before: Row | None, after: Row) -> str:
    """Say what one release changed in a verdict.

    >>> old = {"figure": "off", "wording": "fits", "recomputed": "5"}
    >>> say_change(None, old), say_change(old, old), say_change(old, old | {"figure": "exact"})
    ('first', 'none', 'figure: off to exact')
    """
    if before is None:
        return "first"
    said = [f"{kind}: {before[kind]} to {after[kind]}"
            for kind in ("figure", "wording") if before[kind] != after[kind]]  # fmt: skip
    if not said and before["recomputed"] != after["recomputed"]:
        said = ["the value alone"]
    return "; ".join(said) or "none"
