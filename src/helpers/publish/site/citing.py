"""How to cite: BibTeX from CITATION.cff, for the study, the database and each release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from helpers.prose.words import say_date

if TYPE_CHECKING:
    from helpers.study import ReleaseInfo


def write_bibtex(citation: Mapping[str, Any]) -> str:
    r"""Write the study's entry, from CITATION.cff.

    >>> print(write_bibtex({"title": "T", "authors": [{"name": "A & B"}], "version": "1",
    ...     "date-released": "2026-11-24", "license": "MIT"}))
    @software{asylum_eras_2026,
      title = {{T}},
      author = {{A \& B}},
      year = {2026},
      version = {1},
      license = {MIT},
    }
    """
    year = str(citation["date-released"])[:4]
    fields = {
        "title": f"{{{_escape(citation['title'])}}}",
        "author": " and ".join(map(_name_author, citation["authors"])),
        "year": year,
        "version": str(citation["version"]),
        "license": citation["license"],
    } | ({"doi": citation["doi"]} if "doi" in citation else {})
    return _write_entry("software", f"asylum_eras_{year}", fields)


def write_release(info: ReleaseInfo, citation: Mapping[str, Any]) -> str:
    """Write a release's entry: UNHCR's database as published on that day."""
    database = next(each for each in citation["references"] if each["type"] == "database")
    fields = {
        "title": f"{{{_escape(database['title'])}: {_escape(info.title)}}}",
        "author": " and ".join(map(_name_author, database["authors"])),
        "publisher": database["publisher"]["name"],
        "year": str(info.published.year),
        "url": database["url"],
        "note": f"Release {info.name}, published {say_date(info.published)}; CC BY 4.0",
    }
    return _write_entry("misc", f"unhcr_{info.name.replace('-', '_')}", fields)


def _name_author(author: Mapping[str, str]) -> str:
    """Name a person by family name first, and a body by its name in braces, so it stays whole."""
    if "family-names" in author:
        return f"{_escape(author['family-names'])}, {_escape(author.get('given-names', ''))}"
    return f"{{{_escape(author['name'])}}}"


def _write_entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = "\n".join(f"  {name} = {{{value}}}," for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}\n}}"


def _escape(text: str) -> str:
    """Escape what LaTeX reads as a command."""
    for sign in "&%$#_":
        text = text.replace(sign, f"\\{sign}")
    return text
