"""The student edition is made of the solution's text: answers go, hints fold, the rest stays."""

from __future__ import annotations

import pytest

from helpers.lessons.editions import derive_edition
from helpers.study import InputError

LESSON = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     name: python3
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


def test_answers_go_hints_fold_and_the_rest_stays():
    made = derive_edition(LESSON, "01_lesson")
    assert (
        made
        == """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     name: python3
# ---

# %% [markdown]
# # 1 A lesson

# %%
table = [1, 2, 3]

# %% [markdown] tags=["hint"]
# <details><summary>Hint</summary>
#
# Add them up.
#
# </details>

# %% tags=["exercise"]
# Your answer takes the place of the dots. More lines before it are welcome.
total = ...

# %% tags=["check"]
check("1.1", total)

# %% [markdown] tags=["notes"]
# *Your notes:*
"""
    )


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
