"""The student edition is made of the solution's text: answers go, hints fold, the rest stays."""

from __future__ import annotations

import pytest

from helpers import paths
from helpers.lessons.editions import derive_edition, list_answers, split_cells
from helpers.running.inputs import list_notebooks
from helpers.study import InputError

LESSON = """# ---
# jupyter: {}
# ---

# %% [markdown]
# # 1 A lesson

# %%
table = [1, 2, 3]

# %% [markdown] tags=["hint"]
# **Hint.** Add them up.

# %% tags=["answer", "hide-cell"]
part = table[:2]
total = sum(part)

# %% tags=["check"]
check("1.1", total)

# %% [markdown] tags=["answer", "hide-cell"]
# *What a good discussion finds.* Nothing much.
"""


def test_a_file_is_split_and_put_together_without_loss():
    for file in list_notebooks(paths.solutions()):
        text = file.read_text(encoding="utf-8")
        head, cells = split_cells(text)
        assert head + "".join(cell.write() for cell in cells) == text


def test_answers_go_hints_fold_and_the_rest_stays():
    made = derive_edition(LESSON, "01_lesson")
    head, cells = split_cells(made)
    assert head == LESSON[: LESSON.index("# %%")]
    assert [cell.tags for cell in cells] == [
        (),
        (),
        ("hint",),
        ("exercise",),
        ("check",),
        ("notes",),
    ]
    assert cells[1].source == "table = [1, 2, 3]"
    assert cells[2].source.startswith("# <details><summary>Hint</summary>\n#\n# Add them up.")
    assert cells[3].source.endswith("\ntotal = ...")
    assert cells[4].source == 'check("1.1", total)'
    assert not any(answer in made for answer in list_answers(LESSON))
    assert "part" not in made
    assert "good discussion" not in made


def test_it_is_made_alike_each_time():
    assert derive_edition(LESSON, "x") == derive_edition(LESSON, "x")


def test_a_cell_that_needs_an_answer_is_refused():
    text = LESSON + "\n# %%\nprint(total + 1)\n"
    with pytest.raises(InputError, match=r"01_lesson, cell 7: it uses total, .* cell 4 gives"):
        derive_edition(text, "01_lesson")


def test_a_cell_that_needs_a_step_of_an_answer_is_refused():
    with pytest.raises(InputError, match="it uses part"):
        derive_edition(LESSON + "\n# %%\nprint(part)\n", "01_lesson")


def test_an_answer_that_no_check_asks_for_is_refused():
    text = LESSON.replace('check("1.1", total)', 'check("1.1", table)')
    with pytest.raises(InputError, match="cell 4: no check asks for this answer"):
        derive_edition(text, "01_lesson")


def test_a_name_that_was_there_before_may_be_used_after():
    text = LESSON.replace("part = table[:2]", "table = table[:2]").replace(
        "sum(part)", "sum(table)"
    )
    assert "print(table)" in derive_edition(text + "\n# %%\nprint(table)\n", "01_lesson")
