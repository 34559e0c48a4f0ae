"""A passage states the notebook's own variables; what it cannot state is refused by name."""

from __future__ import annotations

import datetime as dt
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers.prose.passages import Passages, escape_text, say

LAST = pd.Series({"rank": 2, "pending": 137143, "share": 0.654321, "gap": pd.NA, "era": "Xi"})
VALUES = {
    "last": LAST, "year": np.int64(2025), "rank": 2, "few": 7, "ratio": 3.14159, "rise": -0.04,
    "published": dt.date(2026, 6, 25), "places": ["Peru", "<b>Chile</b>", "A*B"],
    "release": "2025-mid",
    "years": [2010, 2011, 2012, 2020], "rows": [{"n": 1}, {"n": 22}], "many": 8_360_000,
    "absent": None, "missing": float("nan"), "is_new": True, "tick": "a`b", "empty": "",
}  # fmt: skip


def fill(template: str) -> str:
    return str(Passages("03_eras").fill(template, VALUES))


@pytest.mark.parametrize(("template", "said"), [
    ("In {{ year }}, {{ last.pending | count }}.", "In 2025, 137,143."),
    ("{{ last.share | share }}, {{ last.share | share(0) }}", "65.4%, 65%"),
    ("{{ ratio | ratio }} times, {{ ratio | ratio(2) }}", "3.1 times, 3.14"),
    ("{{ few | words | capital }} of {{ few | words }}", "Seven of seven"),
    ("{{ rank }}; {{ ratio | number(2) }}; {{ last | bounds('rank', 'pending') }}",
     "2; 3.14; 2 to 137,143"),
    ("{{ few | signed }}, {{ -few | signed }}", "+7, -7"),
    ("{{ years | years }}; {{ published }}", "2010 to 2012 and 2020; 25 June 2026"),
    ("{{ places | listed }}", r"Peru, \<b\>Chile\</b\> and A\*B"),
    ("`{{ release }}` and {{ places[:1] | codes }}", "`2025-mid` and `Peru`"),
    ("{{ last.era }}{% if is_new %} anew{% else %}!{% endif %}", "Xi anew"),
    ("{% for row in rows %}{{ row.n | count }};{% endfor %}", "1;22;"),
    ("{{ len(places) | count }} {{ places | length | count }}", "3 3"),
    ("One line\n    and another.\n\n- A\n- B", "One line and another.\n\n- A\n- B"),
    ("See Figure 3.1, `x=5` and notebook 03_eras; six months are half a year.",
     "See Figure 3.1, `x=5` and notebook 03_eras; six months are half a year."),
])  # fmt: skip
def test_a_passage_prints_values(template, said):
    assert fill(template) == said


@pytest.mark.parametrize("text", [
    "In 2025 it grew.", "up 3 times", "{{ year }}x2", "a tenth of {{ many | count }}",
    "Two claims", "twice as many", "it doubled", "a third of them", "over half",
    "the second-largest", "{{ 'the 5 largest' if is_new else last.era }}", "fifteen years",
    "ninefold",
])  # fmt: skip
def test_a_typed_number_is_refused_with_its_place(text):
    with pytest.raises(ValueError, match=r"line 2 of the passage: '.*typed by hand"):
        fill(f"A line,\n{text}")


REFUSED = {
    "{{ last.nobody | count }}": "last.nobody: .*not defined",
    "{{ nobody }}": "nobody: is not defined",
    "{{ 'two' if is_new else last.era }}": "'two' is typed by hand",
    "{% if nobody %}x{% endif %}": "a condition: .*nobody",
    "{{ last.gap | count }}": "last.gap: has no value", "{{ empty }}": "empty: has no value",
    "{{ missing | share }}": "missing: has no value",
    "{{ [missing] | years }}": r"\[missing\]: has no value",
    "{{ ratio }}": "ratio: .*needs a filter", "{{ is_new }}": "is_new: .*truth value",
    "{{ last.era | count }}": "last.era: .*no number",
    "{{ ratio | words }}": "ratio: .*whole numbers", "{{ last }}": "last: ",
    "`{{ tick }}`": "tick: .*ends the code", "{{ 12 | count }}": "12 .*states no variable",
    "{% set x = 12 %}{{ x }}": "set .*not for prose", "{{ year ": "line 1 of the passage",
}  # fmt: skip


@pytest.mark.parametrize("template", REFUSED)
def test_what_cannot_be_stated_is_refused_by_name(template):
    said = Passages("03_eras")
    with pytest.raises(ValueError, match=REFUSED[template]):
        said.fill("{{ year }} " + template, VALUES)
    assert said.numbers == {}


def test_each_hole_is_kept_by_its_expression(tmp_path):
    said = Passages("03_eras", tmp_path)
    said.fill("{{ last.pending | count }} or {{ last.pending | signed }}", VALUES)
    said.fill("{{ published }}: {% for row in rows %}{{ row.n | count }} {% endfor %}", VALUES)
    said.fill("{{ ratio | ratio }}{{ ' more' if is_new else ' fewer' }}", VALUES)
    written = json.loads((tmp_path / "numbers" / "03_eras.passages.json").read_text("utf-8"))
    known = {name: (each["value"], each["texts"]) for name, each in written.items()}
    assert known == {
        "03_eras/last.pending": (137143, ["137,143", "+137,143"]),
        "03_eras/ratio": (3.14159, ["3.1"]), "03_eras/published": ("2026-06-25", ["25 June 2026"]),
        "03_eras/row.n = 1": (1, ["1"]), "03_eras/row.n = 22": (22, ["22"]),
    }  # fmt: skip


def test_one_name_states_one_value_in_a_notebook():
    said = Passages("03_eras")
    said.fill("{{ n | count }}", {"n": 5})
    said.fill("{{ n | count }}", {"n": 6})  # the same cell, run again
    with pytest.raises(ValueError, match="n is 5 here and 6 in another place"):
        said.fill("Now {{ n | count }}", {"n": 5})


def test_the_variables_are_those_of_the_cell_in_plain_python_and_in_ipython():
    cell = "from helpers.prose.passages import say\nn = 1234\nsay('{{ n | count }}')"
    plain, shell = {"page": SimpleNamespace(passages=Passages("03_eras"))}, InteractiveShell()
    exec(cell, plain)
    assert plain["page"].passages.numbers["03_eras/n"]["value"] == 1234
    shell.run_cell(cell.replace("say('", "said = say('"), silent=True)
    assert str(shell.user_ns["said"]) == "1,234"


def test_a_headline_is_kept_once(tmp_path):
    n = 5
    page = SimpleNamespace(passages=Passages("03_eras", tmp_path))
    for _ in range(2):
        assert str(say("There were {{ n | words }}.", is_headline=True)) == "There were five."
    headlines = tmp_path / "numbers" / "03_eras.headlines.json"
    assert (n, json.loads(headlines.read_text("utf-8"))) == (5, ["There were five."])
    assert page.passages.numbers["03_eras/n"]["value"] == 5


@pytest.mark.parametrize(
    "text", ["<script>x</script>", "[a](javascript:b)", "*a* _b_", "`a`", "a\n# b"]
)
def test_a_text_value_is_no_markup(text):
    from nbconvert.filters import markdown2html

    shown = markdown2html(escape_text(text))
    assert "<script" not in shown
    assert not any(tag in shown for tag in ("<a ", "<em>", "<code>", "<h1"))
