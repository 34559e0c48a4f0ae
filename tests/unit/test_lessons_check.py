"""`check`: what it takes, how its hints grow, and what it looks like."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers.lessons.judging import Exercise, Wanted, judge
from helpers.lessons.lesson import open_lesson
from helpers.study import InputError, Study

MID = Study.resolve(release="2022-mid")
SEVEN = Exercise("0.0", "number", 7)
WITHIN: list[object] = []
WITHIN.append(WITHIN)
CHI = Exercise("1.1", "code", "CHI", {"iso_code": "CHN"})
TOP = Exercise("0.0", "list", ("USA", "AUS"))
YEARS = Exercise("0.0", "set", (2001, 2002))
WORD = Exercise("0.0", "code", "applied", {"stock_read": "pending"})
STOCKS = Exercise("0.0", "letters", ("a", "c"))
SUMS = Exercise("0.0", "table", {"persons": 3.0, "cases": 2.0})
SHARE = Exercise("0.0", "number", 0.924, places=3)
RANGE = Exercise("0.0", "range", (5.155, 5.811), places=2)


@pytest.fixture(scope="module")
def lesson():
    return open_lesson(1, MID)


@pytest.mark.parametrize(("kind", "right", "answers"), [
    ("number", 7, [7, 7.0, np.int64(7), pd.Series([7]), [7], np.array([7.0]), np.array(7),
                   pd.Series([7], dtype="Int64")]),
    ("list", ("USA", "AUS"), [["USA", "AUS"], ("USA ", "AUS"), pd.Series(["USA", "AUS"]),
                              pd.Index(["USA", "AUS"]), np.array(["USA", "AUS"])]),
    ("set", ("USA", "AUS"), [["AUS", "USA"], {"USA", "AUS"}, ["AUS", "USA", "AUS"]]),
    ("set", (2001, 2002), [range(2001, 2003), [2002.0, 2001.0], pd.Series([2001, 2002]),
                           ["2002", "2001"]]),
    ("code", "CHI", ["CHI", " CHI ", ["CHI"], pd.Series(["CHI"])]),
    ("letters", ("a", "c"), ["a, c", "ac", ["A", "C"], {"c", "a"}, ["a, c"]]),
    ("range", (10, 20), [(10, 20), [10.0, 20.0], np.array([10, 20]), {"l": 10, "m": 20}]),
    ("table", {"persons": 3.0, "cases": 2.0},
     [{"cases": 2, "persons": 3}, pd.Series({"persons": 3, "cases": 2}),
      pd.DataFrame({"unit": ["cases", "persons"], "applied": [2, 3]}),
      pd.DataFrame({"applied": [2, 3]}, index=["cases", "persons"])]),
    ("table", {2001: 1.0}, [{2001: 1}, {"2001": 1}, pd.Series([1], index=[2001.0])]),
])  # fmt: skip
def test_each_kind_is_taken_in_any_reasonable_shape(kind, right, answers):
    for answer in answers:
        assert judge(Exercise("0.0", kind, right), answer).outcome == "right", answer


@pytest.mark.parametrize(("own", "answer", "outcome", "said"), [
    (SEVEN, 8, "wrong", ""), (TOP, ["AUS", "USA"], "wrong", ""),
    (YEARS, [2001, 2003], "wrong", ""), (STOCKS, ["b"], "wrong", ""),
    (SUMS, {"persons": 3, "cases": 1}, "wrong", ""),
    # It is told what would fit.
    (SEVEN, "7", "misfit", "quotation marks"), (SEVEN, (1, 234), "misfit", "the comma out"),
    (SEVEN, (1, 0, 7), "misfit", "comma"), (SEVEN, True, "misfit", "comparison"),
    (SEVEN, sum, "misfit", "not called"), (SEVEN, None, "misfit", "missing value"),
    (SEVEN, pd.DataFrame({"a": [1]}), "misfit", "combine it as the question says"),
    (SEVEN, pd.NA, "misfit", "missing"), (SEVEN, float("nan"), "misfit", "missing"),
    (SEVEN, object(), "misfit", "`object`"),
    pytest.param(STOCKS, 10**5_000, "misfit", "cannot be read", id="digits"),
    (SEVEN, WITHIN, "misfit", "cannot be read"), (TOP, WITHIN, "misfit", "Does not fit"),
    (SEVEN, pd.Series([3, 4], index=[2001, 2002]), "misfit", "this is 2 values"),
    (CHI, "the united states", "misfit", "UNHCR's own code is wanted"),
    (Exercise("0.0", "code", "USA"), "United States", "misfit", "An ISO code is wanted"),
    (TOP, ["china", "USA", "People's Republic of China"], "misfit",
     "fit: `china` and `People's Republic of China`"),
    (TOP, [pd.NA, "AUS"], "misfit", "fit: `None`"), (YEARS, [pd.NA], "misfit", "fit: `None`"),
    (TOP, ["USA, AUS"], "misfit", "one pair of quotation marks"),
    (TOP, "USA", "misfit", '["ABC", "DEF"]'), (YEARS, 2001, "misfit", "[2001, 2002]"),
    (YEARS, ["first", 2002], "misfit", "fit: `first`"), (STOCKS, 7, "misfit", "One letter"),
    (WORD, "Applied", "misfit", "is wanted, in quotation marks: `applied` and `pending`"),
    (WORD, 7, "misfit", "`applied` and `pending`"),
    (RANGE, (1, 234, 5, 678), "misfit", "leave the comma out"),
    # It is of the right kind, and told what is amiss.
    (TOP, ["USA"], "wrong", "is 1, and 2 are asked for"),
    (TOP, ["usa", "aus"], "wrong", "in capitals"), (CHI, "chi", "wrong", "in capitals"),
    (SUMS, {"persons": 3}, "wrong", "Missing: `cases`. Not asked for: none."),
    (SUMS, {"Persons": 3, "cases": 2}, "wrong", "`persons`. Not asked for: `Persons`."),
    (SHARE, 0.9, "nearly", "3 decimal places"), (SHARE, 0.92, "nearly", "3 decimal places"),
    (SHARE, 1, "wrong", ""), (Exercise("0.0", "number", 0.0466, places=4), 0, "wrong", ""),
    (Exercise("0.0", "number", 5.8147, places=3), 6, "nearly", "3 decimal places"),
    (RANGE, (5.2, 6), "nearly", "2 decimal"), (RANGE, (5.2, 7), "wrong", ""),
])  # fmt: skip
def test_what_is_not_right_is_told_what_would_be(own, answer, outcome, said):
    verdict = judge(own, answer)
    assert verdict.outcome == outcome
    assert said in verdict.said if said else not verdict.said


@pytest.fixture
def shell():
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    yield shell
    InteractiveShell.clear_instance()


def test_a_cell_that_lacks_one_above_is_told_once_to_run_that(shell, capsys):
    shell.user_ns |= {"open_lesson": open_lesson, "syria": Study.resolve(origin="SYR")}
    for cell, lines in (
        ("open_lesson(3, syria)", 0), ("open_lesson(3, syria)", 0), ("1 / 0", 0), ("lost + 1", 1),
        ("... + 1", 1), ("raise ValueError(\"'lesson' is undefined\")", 1),
    ):  # fmt: skip
        capsys.readouterr()
        shell.run_cell(cell)
        assert capsys.readouterr().out.count("If the name is spelt right") == lines, cell


def test_after_an_error_in_the_answers_cell_the_old_value_is_not_judged(shell):
    shell.user_ns |= {"lesson": open_lesson(1, MID), "na_rows": 0}
    stale, judged = "`na_rows` ended in an error", "`NA` lost in reading"
    for spoilt, mended in (
        ("na_rows = 1 / 0", "na_rows = 0"), ("na_rows = (", "first, na_rows = 1, 0"),
        ("first, na_rows = 1, 1 / 0", "na_rows: int = 0"), ("na_rows += 'a'", "na_rows = 0"),
        ("if 1:\n  na_rows = 1 / 0", "for na_rows in [0]: pass"),
        ("first, na_rows = (", "na_rows = 0"), ("  na_rows: int = (", "na_rows = 0"),
    ):  # fmt: skip
        other = "other = 1 / 0"
        for cell, said in ((spoilt, stale), (other, stale), (mended, judged), (other, judged)):
            shell.run_cell(cell)
            shell.run_cell('card = lesson.check("1.3", na_rows)')
            assert said in shell.user_ns["card"].body, (spoilt, cell)


def test_a_mistake_is_known_by_what_it_comes_to_unless_that_is_right():
    own = Exercise(
        "0.0", "number", 7, {"na_lost": 7, "all_rows": 9, "one_row": 9, "reversed": None}
    )
    assert judge(own, 7).outcome == "right"
    assert judge(own, 9).mistake == "all_rows"
    own = Exercise("0.0", "table", {"persons": 3.0, "cases": 2.0}, {"cases_added": 5.0})
    assert judge(own, 5).mistake == "cases_added"
    assert judge(own, 6).outcome == "misfit"


def test_hints_grow_with_tries_and_not_with_the_same_answer(lesson):
    texts = [lesson.check("1.3", answer).body for answer in (..., -1, -1, -2, -3, -4)]
    assert texts[0] == texts[1] == texts[2]
    assert len({texts[0], texts[3], texts[4]}) == 3
    assert texts[4] == texts[5]


def test_the_card_says_its_verdict_in_words_with_a_hint_and_is_safe(lesson):
    card = lesson.check("1.3", 0)
    assert "`NA` lost in reading" in card.body
    assert "Hint:" in card.body
    shown = card._repr_mimebundle_()
    assert "Not yet." in shown["text/html"]
    assert "<code>NA</code>" in shown["text/html"]
    unknown = lesson.check("<script>", 3)._repr_mimebundle_()
    assert "1.1" in unknown["text/plain"]
    assert "<script" not in unknown["text/html"]


def test_an_answer_cannot_change_the_figures():
    two = open_lesson(2, MID)
    for name in ("pending", "by_asylum"):  # the origin's rows, and a table of all origins
        table = two.tables(name)
        table["pending"] = 0
        assert two.tables(name)["pending"].sum() > 0
    assert open_lesson(2, MID).facts == two.facts


@pytest.mark.parametrize(("ask", "said"), [
    (lambda: open_lesson(7, Study.resolve()), "there are: 1, 2, 3, 4, 5, 6"),
    (lambda: open_lesson(2, Study.resolve(origin="MAC", release="2023-mid")),
     "lesson 2 cannot be taught on claims from MAC"),
    (lambda: open_lesson(3, Study.resolve(origin="SYR")), "no study cuts its years into eras"),
    (lambda: open_lesson(1, Study.resolve()).tables("decisions"),
     "it has: population, asylum_applications"),
])  # fmt: skip
def test_what_a_lesson_cannot_do_is_refused_in_words(ask, said):
    with pytest.raises(InputError, match=said):
        ask()


GOOD = "From 2012 to 2021, 244,900 to 300,000 new claims were lodged, says UNHCR."
WANTED = Exercise("6.6", "sentence", Wanted(
    {"low": 244_932.0, "high": 299_513.5, "first_year": 2012, "last_year": 2021},
    {"measure": ("lodged", "new claim"), "source": ("unhcr",), "span": ("from", "between")},
    {"summed": 732_008.0},
))  # fmt: skip


@pytest.mark.parametrize(("sentence", "mistake"), [
    (GOOD, ""),
    (GOOD + " Not 732,008.", "sentence_summed"),
    (GOOD.replace("244,900", "200,000"), "sentence_low"),
    (GOOD.replace("300,000", "400,000"), "sentence_high"),
    (GOOD.replace("2012", "2011"), "sentence_first_year"),
    (GOOD.replace("2021", "now"), "sentence_last_year"),
    (GOOD.replace("new claims were lodged", "people came"), "sentence_measure"),
    (GOOD.replace("UNHCR", "somebody"), "sentence_source"),
    ("Many people.", "sentence_short"),
])  # fmt: skip
def test_a_sentence_is_read_for_what_must_be_in_it(sentence, mistake):
    verdict = judge(WANTED, sentence)
    assert (verdict.outcome, verdict.mistake) == ("mistake" if mistake else "right", mistake)
    assert judge(WANTED, 7).outcome == "misfit"
