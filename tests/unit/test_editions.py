"""The student edition is made of the solution's text: answers go, hints fold, the rest stays."""

from __future__ import annotations

import pytest

from helpers import paths
from helpers.lessons.editions import derive_edition, list_answers, split_cells
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


@pytest.mark.parametrize("file", sorted(paths.solutions().glob("*.py")), ids=lambda file: file.stem)
def test_a_file_is_split_and_put_together_without_loss(file):
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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "",
            "print(total + 1)",
            "01_lesson, cell 7: it uses total, which only the answer in cell 4",
        ),
        ("", "print(part)", "it uses part"),
        ('check("1.1", total)', 'check("1.1", table)', "cell 4: no check asks for this answer"),
    ],
)
def test_a_lesson_that_a_student_could_not_run_is_refused(old, new, said):
    text = LESSON.replace(old, new) if old else f"{LESSON}\n# %%\n{new}\n"
    with pytest.raises(InputError, match=said):
        derive_edition(text, "01_lesson")


def test_a_name_that_was_there_before_may_be_used_after():
    text = LESSON.replace("part = table[:2]", "table = table[:2]").replace("(part)", "(table)")
    assert "print(table)" in derive_edition(text + "\n# %%\nprint(table)\n", "01_lesson")
