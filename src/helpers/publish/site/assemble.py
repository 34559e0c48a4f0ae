"""The site's source folder: every page and every file that Sphinx builds it from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from helpers.publish import ledger_page
from helpers.publish.site import api, citing, contents, documents, numbers_page, pictures
from helpers.publish.site.chapters import build_chapter, is_chapter
from helpers.publish.site.material import EXTRA, Material
from helpers.publish.site.parts import PARTS, Part
from helpers.publish.site.releases_page import write_releases

Files = dict[str, str | bytes]
_ORDER = re.compile(r"<!--(?P<what>readme|figure|made|contents)(?:: (?P<which>[^>]*?))? ?-->")


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
    records, parts = pictures.read_records(material.figures), tuple(parts)
    files: Files = {}
    for page, notebook in material.notebooks.items():
        chapter = build_chapter(page, notebook, records, material.numbers)
        files[f"{page}.ipynb"] = json.dumps(chapter, ensure_ascii=False)
    files |= {name: _write_document(name, text) for name, text in material.documents.items()}
    files |= api.write_stubs(material.modules)
    files |= {f"{part.name}.md": part.write_page() for part in parts}
    named = {name.rpartition(".")[0] for name in [*files, *material.pages] if _is_page(name)}
    made = make_pieces(material) | {
        "contents": contents.write_toctrees(named),
        "ways": contents.write_ways(named, {part.name: part.lead for part in parts}),
    }
    files |= {name: _write_own(name, content, material, records, made)
              for name, content in material.pages.items()}  # fmt: skip
    return files | _hand_out(material)


def _is_page(name: str) -> bool:
    return name.endswith((".md", ".ipynb"))


def _write_document(name: str, text: str) -> str:
    """Put a document of the repository into the site's form."""
    page = name.removesuffix(".md")
    return documents.link_marks(documents.link_cells(text), page)


def make_pieces(material: Material) -> dict[str, str]:
    """Make the pieces that the site's own pages ask for by name, as in `<!--made: numbers-->`."""
    modules = api.list_modules(material.modules)
    releases = sorted(material.releases, key=lambda info: info.published, reverse=True)
    entries = [_quote(citing.write_release(info, material.citation)) for info in releases]
    study = {page: each for page, each in material.notebooks.items() if is_chapter(page)}
    return {
        "numbers": numbers_page.write_numbers(study, material.numbers, modules),
        "figures": pictures.write_gallery(material.figures, find_homes(study)),
        "releases": write_releases(releases, material.packages),
        "news": material.excerpts["DATA_NEWS.md"].partition("\n")[2].strip(),
        "citation": _quote(citing.write_bibtex(material.citation)),
        "newest release": entries[0],
        "earlier releases": "\n\n".join(entries[1:]),
        "modules": api.write_modules(material.modules),
        **ledger_page.make_pieces(material.ledgers, releases),
    }


def _quote(entry: str) -> str:
    return f"```bibtex\n{entry}\n```"


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


def _write_own(
    name: str, content: bytes, material: Material, records: Mapping[str, Any],
    made: Mapping[str, str],
) -> str | bytes:  # fmt: skip
    """Carry out what a page of the site asks for; what is no page stays as it is."""
    if not name.endswith(".md"):
        return content
    page = name.removesuffix(".md")

    def carry_out(order: re.Match[str]) -> str:
        which = (order["which"] or order["what"]).strip()
        if order["what"] == "figure":
            return pictures.render_figure(_pick(records, which, page), page, is_anchored=False)
        if order["what"] == "readme":
            section = documents.take_section(material.excerpts["README.md"], which)
            return documents.set_pictures(documents.link_marks(section, page), page, records)
        return str(_pick(made, which, page))

    text = documents.fill_numbers(content.decode("utf-8"), material.numbers, page)
    return _ORDER.sub(carry_out, text)


def _pick(pieces: Mapping[str, Any], which: str, page: str) -> Any:
    if which not in pieces:
        raise ValueError(f"{page} asks for {which}; there is: {', '.join(pieces)}")
    return pieces[which]


def _hand_out(material: Material) -> Files:
    """Collect the files that readers can take: figures, tables, notebooks, numbers, the ledger."""
    files = pictures.list_files(material.figures)
    files |= {f"{EXTRA}/tables/{name}": content for name, content in material.tables.items()}
    for page, notebook in material.notebooks.items():
        name = f"{EXTRA}/downloads/{page.removeprefix('notebooks/')}"
        files[f"{name}.ipynb"] = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        files[f"{name}.py"] = material.scripts[page]
    ledger = ledger_page.list_ledger_files(material.ledgers, material.releases)
    files |= {f"{EXTRA}/{name}": text for name, text in ledger.items()}
    files[f"{EXTRA}/downloads/numbers.json"] = material.figures["numbers.json"]
    return files
