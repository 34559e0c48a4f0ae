"""The page of what a new year changes, as Markdown and as HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from helpers.prose.tables import TableCard
from helpers.prose.text import say_date
from helpers.publish.changes_parts import Changes, Section
from helpers.study import TERMS, ReleaseInfo

LONG = 8  # rows; the HTML folds a table of sentences that has more
_TEMPLATE = Path(__file__).with_name("changes.html.j2")
_LICENCE = (
    "Figures: UNHCR Refugee Population Statistics Database, CC BY 4.0, under UNHCR's terms of use "
    "for datasets. Rows were selected, totals and rates computed; breaks and ranges are this "
    "study's."
)


def render_markdown(changes: Changes, sections: Sequence[Section]) -> str:
    """Render the page as Markdown."""
    lines = [f"# {_say_title(changes)}", "", *_list_facts(changes), ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        for part in section.parts:
            lines += [part if isinstance(part, str) else write_table(part), ""]
    return "\n".join([*lines, "---", "", f"{_LICENCE} <{TERMS}>", ""])


def render_html(changes: Changes, sections: Sequence[Section]) -> str:
    """Render the page as one HTML file without scripts and without addresses that are loaded."""
    from jinja2 import Environment
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    shown = [
        (section.title, [
            {"html": markdown2html_mistune(part), "card": None} if isinstance(part, str)
            else {"html": part.html, "card": part, "folds": len(part.rows) > LONG
                  and part.headings[0] == "Notebook"}
            for part in section.parts
        ])
        for section in sections
    ]  # fmt: skip
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        title=_say_title(changes), facts=[fact.removeprefix("- ") for fact in _list_facts(changes)],
        sections=shown, licence=_LICENCE, terms=TERMS,
    )  # fmt: skip


def write_table(card: TableCard) -> str:
    r"""Write a table as Markdown, with its caption above.

    >>> card = TableCard("Counts", ("Place", "Claims"), (("A|B", "5"),), (False, True))
    >>> print(write_table(card))
    **Counts.**
    <BLANKLINE>
    | Place | Claims |
    |---|---:|
    | A\|B | 5 |
    """
    note = f" {card.note}" if card.note else ""
    rule = "".join("---:|" if right else "---|" for right in card.is_number)
    rows = [_write_row(row) for row in card.rows]
    return "\n".join(
        [f"**{card.caption.rstrip('.')}.**{note}", "", _write_row(card.headings), f"|{rule}", *rows]
    )


def _write_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _say_title(changes: Changes) -> str:
    return f"What release {changes.after.name} changes"


def _list_facts(changes: Changes) -> list[str]:
    return [
        f"- Study: {changes.title}",
        f"- New: {_describe(changes.after)}",
        f"- Compared with: {_describe(changes.before)}",
    ]


def _describe(info: ReleaseInfo) -> str:
    newest = "mid-year" if info.period == "mid" else "year-end"
    return (
        f"{info.name}: {info.title}, of {say_date(info.published)}; newest year "
        f"{info.newest_year} ({newest})"
    )
