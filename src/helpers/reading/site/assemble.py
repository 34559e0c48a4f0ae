"""The site's source folder: every page and every file that Sphinx builds it from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from helpers.reading.ledger_page import list_ledger_files, write_ledger_page
from helpers.reading.site import api, citing, contents, documents, numbers_page, pictures
from helpers.reading.site.chapters import build_chapter
from helpers.reading.site.material import EXTRA, Material
from helpers.reading.site.parts import PARTS, Part
from helpers.reading.site.releases_page import write_releases

Files = dict[str, str | bytes]
# Pages of docs/site that stand above what is made from data.
_INTRODUCTIONS = ("ledger.md",)
_ORDER = re.compile(r"<!--(?P<what>readme|figure|contents)(?:: (?P<which>[^>]*?))?-->")


def assemble(material: Material, parts: Iterable[Part] = PARTS) -> Files:
    """Write the site's source folder.

    Parameters
    ----------
    material : Material
    parts : iterable of Part
        Get a page each that leads to them.

    Returns
    -------
    dict
        Contents by path in the source folder; what lies in EXTRA is copied beside the pages.

    Raises
    ------
    ValueError
        Where a page asks for a number, a figure or a section that is not there.
    """
    records = pictures.read_records(material.figures)
    files: Files = {}
    for page, notebook in material.notebooks.items():
        chapter = build_chapter(page, notebook, records, material.numbers)
        files[f"{page}.ipynb"] = json.dumps(chapter, ensure_ascii=False)
    files |= {name: _write_document(name, text) for name, text in material.documents.items()}
    files |= _write_generated(material)
    files |= {f"{part.name}.md": part.write_page() for part in parts}
    named = {name.rpartition(".")[0] for name in [*files, *material.pages] if _is_page(name)}
    files |= _write_own(material, records, contents.write_toctrees(named))
    return files | _hand_out(material)


def _is_page(name: str) -> bool:
    return name.endswith((".md", ".ipynb"))


def _write_document(name: str, text: str) -> str:
    """Put a document of the repository into the site's form."""
    page = name.removesuffix(".md")
    return documents.link_marks(documents.link_cells(text), page)


def _write_generated(material: Material) -> Files:
    """Write the pages that are made from data alone."""
    homes = find_homes(material.notebooks)
    modules = api.list_modules(material.modules)
    news = material.excerpts["DATA_NEWS.md"]
    return {
        "numbers.md": numbers_page.write_numbers(material.notebooks, material.numbers, modules),
        "figures.md": pictures.write_gallery(material.figures, homes),
        "releases.md": write_releases(material.releases, material.packages, news),
        "cite.md": citing.write_citing(material.citation, material.releases),
        "ledger.md": write_ledger_page(
            material.ledgers, material.releases, _read_own(material, "ledger.md")
        ),
        **api.write_api(material.modules),
    }


def find_homes(notebooks: Mapping[str, Any]) -> dict[str, str]:
    """Find the page of each figure, by the figure's number."""
    found = {}
    for page, notebook in notebooks.items():
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                number = pictures.find_number(output)
                if number:
                    found[number] = page
    return found


def _read_own(material: Material, name: str) -> str:
    return material.pages[name].decode("utf-8")


def _write_own(material: Material, records: Mapping[str, Any], toctrees: str) -> Files:
    """Write the site's own pages, and pass on what is no page."""
    files: Files = {}
    for name, content in material.pages.items():
        if name in _INTRODUCTIONS:
            continue
        if not name.endswith(".md"):
            files[name] = content
            continue
        page = name.removesuffix(".md")
        text = documents.fill_numbers(content.decode("utf-8"), material.numbers, page)
        files[name] = _ORDER.sub(
            lambda order, page=page: _carry_out(order, page, material, records, toctrees), text
        )
    return files


def _carry_out(
    order: re.Match[str], page: str, material: Material, records: Mapping[str, Any], toctrees: str
) -> str:
    """Put in what an order in a page asks for."""
    which = (order["which"] or "").strip()
    if order["what"] == "contents":
        return toctrees
    if order["what"] == "figure":
        if which not in records:
            raise ValueError(f"{page} asks for figure {which}; there is: {', '.join(records)}")
        return pictures.render_figure(records[which], page, is_anchored=False)
    section = documents.take_section(material.excerpts["README.md"], which)
    return documents.set_pictures(documents.link_marks(section, page), page, records)


def _hand_out(material: Material) -> Files:
    """Collect the files that readers can take: figures, tables, notebooks, numbers, the ledger."""
    files = pictures.list_files(material.figures)
    files |= {f"{EXTRA}/tables/{name}": content for name, content in material.tables.items()}
    for page, notebook in material.notebooks.items():
        name = page.removeprefix("notebooks/")
        files[f"{EXTRA}/downloads/{name}.ipynb"] = json.dumps(
            notebook, indent=1, ensure_ascii=False
        )
        files[f"{EXTRA}/downloads/{name}.py"] = material.scripts[page]
    ledger = list_ledger_files(material.ledgers, material.releases)
    files |= {f"{EXTRA}/{name}": text for name, text in ledger.items()}
    files[f"{EXTRA}/downloads/numbers.json"] = material.figures["numbers.json"]
    return files
