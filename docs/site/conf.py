"""How Sphinx builds the site from the folder that `asylum site` puts together.

SITE_URL, where it is set, is the address that the site will have: pages then name their own
(canonical, OpenGraph), and there is a sitemap. The search page reads what a page is about from
descriptions.js, since a browser lets no page on the disk fetch another one.
"""

import json
import os
import re
from html import escape, unescape
from pathlib import Path

import yaml
from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.addnodes import pending_xref
from sphinx.search.en import SearchEnglish

project = "Asylum by era"
author = "The asylum-eras contributors"
copyright = "The asylum-eras contributors; text and figures CC BY 4.0, code MIT"
html_title = "Asylum by era"
site_url = os.environ.get("SITE_URL", "").rstrip("/")
html_baseurl = f"{site_url}/" if site_url else ""
html_additional_pages = {"404": "404.html"}
html_favicon = "_static/favicon.svg"
card = "eras-ratios"  # the figure that others show beside a link to a page
language = "en"  # the messages of en_GB have a plural that Sphinx 9.0 cannot use in its search

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
exclude_patterns = ["_extra", "_templates"]
documented = ("study", "data", "prose", "analysis", "claims", "plots")  # as in api/index.md
templates_path = ["_templates"]
nitpicky = True

# The committed outputs are the text; nothing is executed here.
nb_execution_mode = "off"
nb_render_markdown_format = "commonmark"
nb_merge_streams = True
nb_code_prompt_show = nb_code_prompt_hide = "Code"
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["mystnb.unknown_mime_type"]

add_module_names = False
# Defaults as the code writes them: a value could be a folder or a variable of this machine.
autodoc_preserve_defaults = True
autodoc_typehints = "none"
autodoc_use_type_comments = False
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
default_role = "py:obj"

html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_extra_path = ["_extra"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sphinx = False
html_show_search_summary = False  # it would be fetched from its page
html_context = {
    "default_mode": "auto",
    "citation": yaml.safe_load((Path(__file__).parent / "CITATION.cff").read_text("utf-8")),
}
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_navbar_depth": 1,
    "max_navbar_depth": 1,  # the code reference lists its modules itself
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "search_bar_text": "Search the site",
    "navigation_with_keys": False,
    "navbar_persistent": [],
    "primary_sidebar_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}


def show_elsewhere(app, env, node, contnode):
    """Show a name that has no page as text: one of another library or room, or a private one."""
    parts = node["reftarget"].split(".")
    is_ours = parts[0] == "helpers" and parts[1:2] and parts[1] in documented
    has_page = is_ours and not any(part.startswith("_") for part in parts)
    return contnode if node.get("refdomain") == "py" and not has_page else None


def narrow_names(app, doctree):
    """Link a type of a docstring to what its own module defines, and to no namesake elsewhere."""
    for node in doctree.findall(pending_xref):
        node.attributes.pop("refspecific", None)


def name_table(found):
    """Name a table that scrolls after the heading above it, and let the keyboard scroll it."""
    above = re.findall(r"<h[1-6]>(.*?)<a class=.headerlink", found.string[: found.start()], re.S)
    name = escape(unescape(re.sub(r"<[^>]+>", "", above[-1]))) if above else "Table"
    return f'{found[0]} role="group" tabindex="0" aria-label="{name}"'


descriptions = {}


def complete_page(app, pagename, templatename, context, doctree):
    """Describe a page by its first paragraph; mend what the theme leaves without a name."""
    body = context.get("body", "")
    first = re.search(r"<p(?: [^>]*)?>(.*?)</p>", body, re.S)
    words = unescape(re.sub(r"<[^>]+>", "", first[1])).split() if first else [project]
    short = " ".join(words[:35]) + ("…" if len(words) > 35 else "")
    context["description"] = escape(short)
    if doctree is not None:
        descriptions[pagename] = short
    elif pagename == "404" and html_baseurl:  # it is shown at any address
        context["metatags"] = f'<base href="{html_baseurl}">{context.get("metatags", "")}'
    own = re.search(r"figures/([\w-]+)\.svg", body)  # the page's first figure, if it has one
    picture = f"figures/{own[1] if own else card}.png"
    if Path(app.srcdir, "_extra", f"{pagename}.png").is_file():  # of a claim's series
        picture = f"{pagename}.png"
    context["card"] = f"{html_baseurl}{picture}"
    if body:
        body = body.replace(' aria-label="Toggle hidden content"', "")
        body = re.sub('class="pst-scrollable-table-container"', name_table, body)
        context["body"] = re.sub(r'<th class="head[^"]*">(<p></p>)?</th>', "<td></td>", body)


def write_lists(app, error):
    """Write what the pages are about, for the search, and the sitemap where there is an address."""
    if error:
        return
    listed = f"window.DESCRIPTIONS = {json.dumps(descriptions, ensure_ascii=False)};\n"
    (app.outdir / "_static" / "descriptions.js").write_text(listed, encoding="utf-8")
    if html_baseurl:
        addresses = (f"{html_baseurl}{name}.html" for name in sorted(app.env.found_docs))
        lines = "".join(f"<url><loc>{each}</loc></url>\n" for each in addresses)
        head = '<?xml version="1.0" encoding="UTF-8"?>\n'
        name = "http://www.sitemaps.org/schemas/sitemap/0.9"
        text = f'{head}<urlset xmlns="{name}">\n{lines}</urlset>\n'
        (app.outdir / "sitemap.xml").write_text(text, encoding="utf-8")


class SearchNumbers(SearchEnglish):
    """Sphinx's search, which also finds numbers: it leaves out words of digits alone."""

    js_splitter_code = r"""
function splitQuery(query) {
  return query.replace(/(\d),(?=\d{3})/g, "$1").split(/[^\p{L}\p{N}_]+/u).filter(Boolean)
    .map((word) => (/^\d{3,}$/.test(word) ? `n${word}` : word));
}
"""

    def split(self, text):
        """Split a text as `splitQuery` does a query: a long number is a word that begins with n."""
        words = super().split(re.sub(r"(?<=\d),(?=\d{3})", "", text))
        return [re.sub(r"^(?=\d{3,}$)", "n", word) for word in words]


def write_inline(translator, node):
    """Write a formula of a line as MathML, which browsers draw without any script."""
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def write_block(translator, node):
    """Write a formula of its own as MathML."""
    formula = tex2mathml(node.astext(), as_block=True)
    frame = '<div class="formula" role="group" tabindex="0" aria-label="Formula">'
    translator.body.append(f"{frame}{formula}</div>")
    raise nodes.SkipNode


def setup(app):
    """Tell Sphinx of the above."""
    app.add_search_language(SearchNumbers)
    app.connect("doctree-read", narrow_names)
    app.connect("html-page-context", complete_page)
    app.connect("build-finished", write_lists)
    app.connect("missing-reference", show_elsewhere, priority=900)
    app.add_html_math_renderer("mathml", (write_inline, None), (write_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
