"""Pages of the site that are made from data: contents, documents, citations, parts, API stubs."""

from __future__ import annotations

import datetime as dt

import pytest

from helpers.publish.site import api, citing, contents, documents, releases_page
from helpers.publish.site.parts import Part
from helpers.study import ReleaseInfo

NUMBERS = {"summed": {"value": 1250803, "texts": ["1,250,803"], "notebook": "03_eras"}}
CITATION = {
    "title": "A study: 50 % & more",
    "authors": [{"family-names": "Doe", "given-names": "Ann"}, {"name": "The Body"}],
    "version": "0.1.0", "date-released": dt.date(2026, 11, 24), "license": "MIT",
    "references": [{"type": "database", "title": "Database", "authors": [{"name": "UNHCR"}],
                    "publisher": {"name": "UNHCR"}, "url": "https://example.org/"}],
}  # fmt: skip


def make_release(name, published, period="end"):
    return ReleaseInfo(
        name=name, title=f"Trends {name}", published=published, first_year=2000,
        newest_year=int(name[:4]), period=period, origins=("CHN", "HKG"),
    )  # fmt: skip


class TestContents:
    def test_every_page_is_in_it_once(self):
        pages = ["index", "ledger", "api/index", "api/helpers.cli", "docs/new", "docs/claims",
                 "notebooks/01_fetch", "notebooks/exercises/01", "surprise"]  # fmt: skip
        grouped = contents.group_pages(pages)
        listed = [page for group in grouped.values() for page in group]
        assert sorted(listed) == sorted(set(pages) - {"index", "api/helpers.cli"})
        assert grouped["The study"] == ["notebooks/01_fetch"]
        assert grouped["Learn and teach"] == ["notebooks/exercises/01"]
        assert grouped["Rerun it"] == ["docs/claims", "docs/new"]
        assert grouped["More"] == ["surprise"]

    def test_ways_lead_only_to_pages_that_are_there(self):
        ways = contents.write_ways(["ledger", "explorer"], {"explorer": "all series"})
        assert [line[:14] for line in ways.splitlines()] == ["- [](/ledger):", "- [](/explorer"]


class TestDocuments:
    def test_a_number_is_rendered_and_linked(self):
        text = documents.fill_numbers("{number}`summed:,` or {number}`summed`", NUMBERS, "a/b")
        link = '<a class="number" href="../numbers.html#number-summed">1,250,803</a>'
        assert text == f"{link} or {link}"

    def test_an_unknown_number_is_refused(self):
        with pytest.raises(ValueError, match="method asks for the number nobody,"):
            documents.fill_numbers("{number}`nobody`", NUMBERS, "method")

    def test_a_section_ends_at_the_next_heading(self):
        text = "# A\n\n## One\n\nfirst\n\n### Two\n\nsecond\n\n## Three\n"
        assert documents.take_section(text, "One") == "first"
        assert documents.take_section(text, "Two") == "second"
        with pytest.raises(ValueError, match="no section 'Four'"):
            documents.take_section(text, "Four")

    def test_cells_are_linked(self):
        text = "| x | [`03_eras`](../notebooks/03_eras.ipynb), cells 4, 12 |"
        assert 'cells <a href="../notebooks/03_eras.html#cell-4">4</a>, <a' in (
            documents.link_cells(text)
        )

    def test_marks_of_readme_are_linked(self):
        text = documents.link_marks("<!--=summed:,-->1,250,803<!--/--> claims", "index")
        assert text.endswith('#number-summed">1,250,803</a> claims')


class TestCiting:
    def test_bibtex_escapes_and_keeps_bodies_whole(self):
        entry = citing.write_bibtex(CITATION)
        assert r"title = {{A study: 50 \% \& more}}," in entry
        assert "author = {Doe, Ann and {The Body}}," in entry
        assert entry.count("{") == entry.count("}")

    def test_a_release_is_cited_with_its_day(self):
        entry = citing.write_release(make_release("2025-end", dt.date(2026, 6, 25)), CITATION)
        assert entry.startswith("@misc{unhcr_2025_end,")
        assert "year = {2026}," in entry
        assert "note = {Release 2025-end, published 25 June 2026; CC BY 4.0}" in entry


def test_releases_are_listed_newest_first_with_their_rows():
    old = make_release("2022-mid", dt.date(2023, 4, 27), "mid")
    new = make_release("2025-end", dt.date(2026, 6, 25))
    packages = {
        name: {"resources": [{"rows": 2}, {"rows": 3}]} for name in ("2022-mid", "2025-end")
    }
    frame = releases_page.tabulate_releases([old, new], packages)
    assert frame["release"].tolist() == ["2025-end", "2022-mid"]
    assert frame["newest_year"].tolist() == ["2025 (year-end)", "2022 (mid-year)"]
    assert frame["rows"].tolist() == [5, 5]


class TestParts:
    def part(self, module, function="build"):
        return Part("toy", "Toy", "A toy.", module, function)

    def test_a_part_writes_its_folder(self, tmp_path, monkeypatch):
        folder = tmp_path / "modules"
        folder.mkdir()
        (folder / "toy_part.py").write_text(
            "def build(out):\n    (out / 'toy').mkdir()\n"
            "    (out / 'toy' / 'index.html').write_text('x')\n    return out\n"
            "def forget(out):\n    return out\n"
        )
        monkeypatch.syspath_prepend(folder)
        with pytest.raises(ValueError, match=r"toy wrote no toy/index\.html"):
            self.part("toy_part", "forget").build(tmp_path)
        assert self.part("toy_part").build(tmp_path) == tmp_path
        assert 'href="toy/index.html"' in self.part("toy_part").write_page()

    @pytest.mark.parametrize(("module", "function"), [("helpers.none", "f"), ("helpers", "none")])
    def test_a_missing_part_is_not_left_out_in_silence(self, tmp_path, module, function):
        with pytest.raises(ImportError, match="the site's part toy is made by helpers"):
            self.part(module, function).build(tmp_path)


class TestApi:
    def test_every_public_module_has_a_stub_and_a_line(self):
        sources = {"helpers": '"""Top."""', "helpers.data.a": '"""Do A.\n\nMore."""',
                   "helpers._private": '"""No."""'}  # fmt: skip
        assert set(api.write_stubs(sources)) == {"api/helpers.md", "api/helpers.data.a.md"}
        listed = api.write_modules(sources)
        assert "- [`helpers.data.a`](helpers.data.a.md): Do A." in listed
        assert listed.index("## Ground") < listed.index("## Sources")

    def test_names_are_followed_to_their_home(self):
        known = api.find_known_names("helpers.study")
        assert known["InputError"] == "helpers.study.InputError"
        assert known["Study"] == "helpers.study.Study"
        assert api.find_known_names("") == {}
