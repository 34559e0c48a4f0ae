"""The comparison of committed and fresh sees what nbval does not."""

import base64
import copy
import json

import nbformat
import pytest

from helpers.plots.figures import digest_plain
from helpers.running import compare

COLUMNS, ROWS = ["year", "pending"], [[2000, 1], [2001, 2]]
DIGEST = digest_plain(COLUMNS, ROWS)
CARD = f"Figure 1. A caption. [data sha256 {DIGEST}]"


def make_output(kind="execute_result", **data):
    data = {name.replace("_", "/"): text for name, text in data.items()}
    return nbformat.v4.new_output(kind, data)


def make_notebook(*outputs):
    cells = [nbformat.v4.new_code_cell("x", outputs=[each], execution_count=i + 1)
             for i, each in enumerate(outputs)]  # fmt: skip
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# T"), *cells])


def make_figures(**changes):
    record = {"id": "fig", "alt": "A line.", "data_sha256": DIGEST,
              "data": {"columns": COLUMNS, "rows": ROWS}} | changes  # fmt: skip
    text = json.dumps(record).encode()
    return {"fig.json": text, "fig.png": b"png", "fig.svg": b"<svg>1</svg>"}


def test_equal_notebooks_have_no_findings():
    notebook = make_notebook(make_output(text_plain="10"))
    assert compare.compare_notebooks("a", notebook, copy.deepcopy(notebook)) == []


@pytest.mark.parametrize("kind", ["text_plain", "text_html", "text_markdown"])
def test_one_digit_is_found_with_its_cell(kind):
    one, other = (make_notebook(make_output(**{kind: f"pending {n}"})) for n in (10, 11))
    (found,) = compare.compare_notebooks("a", one, other)
    assert (found.place, found.cell, found.stood, found.came) == (
        "a", 2, "pending 10", "pending 11")  # fmt: skip
    assert "stood: pending 10" in found.describe()
    assert "came:  pending 11" in found.describe()


def test_a_missing_and_an_additional_output_are_found():
    one, other = make_notebook(make_output(text_plain="1")), make_notebook(make_output())
    assert compare.compare_notebooks("a", one, other)[0].came == ""
    assert compare.compare_notebooks("a", other, one)[0].stood == ""


def test_a_missing_cell_is_found():
    one = make_notebook(make_output(text_plain="1"), make_output(text_plain="2"))
    other = make_notebook(make_output(text_plain="1"))
    assert [each.cell for each in compare.compare_notebooks("a", one, other)] == [3]


def test_streams_are_joined_and_addresses_are_no_difference():
    def stream(text):
        return nbformat.v4.new_output("stream", name="stdout", text=text)

    one = make_notebook(stream("ab <x at 0x7f00aa11bb>"))
    one.cells[1].outputs.append(stream("c"))
    other = make_notebook(stream("ab <x at 0x7f99cc22dd>c"))
    assert compare.compare_notebooks("a", one, other) == []


def test_a_long_text_is_cut_to_the_difference():
    one, other = ("x" * 5000 + digit + "y" * 5000 for digit in "12")
    said = compare.Finding("a", "differs", one, other).describe()
    assert len(said) < 600
    assert "1" in said
    assert "2" in said


def test_equal_figures_have_no_findings():
    assert compare.compare_figures(make_figures(), make_figures(), with_bytes=True) == []


def test_a_changed_picture_is_found_on_the_locked_environment_alone():
    other = make_figures() | {"fig.svg": b"<svg>2</svg>"}
    (found,) = compare.compare_figures(make_figures(), other, with_bytes=True)
    assert found.place == "figures/fig.svg"
    assert compare.compare_figures(make_figures(), other, with_bytes=False) == []


def test_one_hex_digit_of_a_digest_is_found():
    wrong = ("0" if DIGEST[0] != "0" else "1") + DIGEST[1:]
    spoiled = make_figures(data_sha256=wrong)
    (found,) = compare.compare_figures(spoiled, make_figures(), with_bytes=True)
    assert found.what == "data_sha256 differs"
    (found,) = compare.check_figures(spoiled)
    assert found.what == "digest is not of its data"


def test_a_changed_point_is_found_without_a_fresh_figure():
    changed = make_figures(data={"columns": COLUMNS, "rows": [[2000, 1], [2001, 3]]})
    assert [each.what for each in compare.check_figures(changed)] == ["digest is not of its data"]


def test_a_changed_alternative_text_is_found():
    (found,) = compare.compare_figures(make_figures(alt="Nothing."), make_figures(),
                                       with_bytes=True)  # fmt: skip
    assert found.what == "alt differs"


@pytest.mark.parametrize("name", ["fig.json", "fig.png", "fig.svg"])
def test_a_missing_file_is_found(name):
    lacking = make_figures()
    del lacking[name]
    (found,) = compare.check_figures(lacking)
    assert (found.place, found.what) == (f"figures/{name}", "missing beside its others")


def test_an_orphan_and_a_lacking_figure_are_found():
    orphan = compare.compare_figures(make_figures(), {}, with_bytes=True)
    assert {each.what for each in orphan} == {"no notebook makes this file"}
    lacking = compare.compare_figures({}, make_figures(), with_bytes=True)
    assert {each.what for each in lacking} == {"a notebook makes this file, and it is not here"}


def test_a_figure_that_is_no_json_is_found():
    (found,) = compare.check_figures(make_figures() | {"fig.json": b"{"})
    assert "cannot be read" in found.what


def show_picture(content, card=CARD):
    encoded = base64.b64encode(content).decode()
    return make_notebook(make_output(image_png=encoded, text_plain=card))


def test_the_picture_shown_is_the_file():
    assert compare.compare_pictures("a", show_picture(b"png"), make_figures()) == []
    (found,) = compare.compare_pictures("a", show_picture(b"other"), make_figures())
    assert found.what == "shows another picture than figures/"
    (found,) = compare.compare_pictures("a", show_picture(b"png", CARD[:-17] + "0" * 16 + "]"),
                                        make_figures())  # fmt: skip
    assert found.what == f"no figure has digest {'0' * 16}"


def test_a_changed_number_is_shown_old_and_new():
    one = {"n": {"value": 1, "texts": ["1"], "notebook": "a"}}
    other = {"n": {"value": 2, "texts": ["2"], "notebook": "a"}, "m": one["n"]}
    found = compare.compare_numbers(one, other)
    assert [(each.what, each.stood, each.came) for each in found] == [
        ("m differs", "", "1 as 1 (a)"),
        ("n differs", "1 as 1 (a)", "2 as 2 (a)"),
    ]
