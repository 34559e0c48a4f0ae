"""Building the site: what is refused, and that a failed build leaves what stood there."""

from __future__ import annotations

import importlib.util

import pytest

from helpers.publish import site_build
from helpers.publish.site_build import SiteError
from helpers.study import InputError


def test_a_missing_library_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec",
                        lambda name: None if name == "sphinx" else find(name))  # fmt: skip
    with pytest.raises(InputError, match=r"the site needs sphinx, which is not installed: `make"):
        site_build.check_libraries()


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(InputError, match="holds other files than a site"):
        site_build.check_target(tmp_path)
    with pytest.raises(InputError, match="is a file"):
        site_build.check_target(tmp_path / "thesis.docx")
    (tmp_path / "empty").mkdir()
    site_build.check_target(tmp_path / "empty")
    site_build.check_target(tmp_path / "none")


@pytest.mark.parametrize("has_exchange", [True, False])
def test_a_site_takes_the_old_one_s_place_whole(tmp_path, monkeypatch, has_exchange):
    if not has_exchange:
        monkeypatch.setattr(site_build, "exchange", lambda one, other: False)
    target, pages = tmp_path / "_site", tmp_path / "html"
    for text in ("old", "new"):
        pages.mkdir()
        (pages / "index.html").write_text(text)
        (pages / f"{text}.html").touch()
        site_build.move_in(pages, target)
    assert sorted(each.name for each in target.iterdir()) == ["index.html", "new.html"]
    assert [each.name for each in tmp_path.iterdir()] == ["_site"]


def write_source(folder, text):
    folder.mkdir()
    (folder / "conf.py").write_text('extensions = ["myst_parser"]\nhtml_theme = "basic"\n')
    (folder / "index.md").write_text(text)


def test_sphinx_s_warning_fails_the_build(tmp_path):
    write_source(tmp_path / "source", "# Title\n\n[gone](nowhere.md)\n")
    with pytest.raises(SiteError, match=r"Sphinx found faults:\nindex.md:3: WARNING") as caught:
        site_build.run_sphinx(tmp_path / "source", tmp_path / "html")
    assert str(tmp_path) not in str(caught.value)


def test_a_failed_build_leaves_the_old_site(tmp_path, monkeypatch):
    target = tmp_path / "_site"
    target.mkdir()
    (target / "searchindex.js").write_text("old")

    class Run:
        folder = tmp_path

    def fail(*_):
        raise SiteError("no")

    monkeypatch.setattr(site_build, "make_run", Run)
    monkeypatch.setattr(site_build, "build_pages", fail)
    monkeypatch.setattr(site_build.paths, "root", lambda: tmp_path)
    with pytest.raises(SiteError, match="no"):
        site_build.build_site(target)
    assert (target / "searchindex.js").read_text() == "old"
    assert list((tmp_path / "build").iterdir()) == []
