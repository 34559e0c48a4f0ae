"""The sentences of executed notebooks, and which of them two runs tell otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Kind = Literal["numbers", "words", "added", "gone"]
_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z*`\[(])")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_LEAST_ALIKE = 0.6  # of their letters, for two sentences to be one that was reworded


@dataclass(frozen=True)
class Moved:
    """A sentence that two runs tell otherwise.

    Attributes
    ----------
    notebook : str
        The notebook's name without ending.
    before, after : str
        The sentence in each run; empty where only the other one has it.
    kind : "numbers", "words", "added" or "gone"
        Whether numbers alone moved, words did too, or only one run has it.
    """

    notebook: str
    before: str
    after: str
    kind: Kind


def read_cells(notebook: str) -> list[tuple[str, list[str]]]:
    """Return an executed notebook's code cells with the sentences that each shows.

    Parameters
    ----------
    notebook : str
        The notebook's JSON.
    """
    cells: Sequence[Mapping[str, Any]] = json.loads(notebook)["cells"]
    return [
        ("".join(cell["source"]), split_sentences(_read_markdown(cell["outputs"])))
        for cell in cells
        if cell["cell_type"] == "code"
        and "injected-parameters" not in cell.get("metadata", {}).get("tags", [])
    ]


def _read_markdown(outputs: Iterable[Mapping[str, Any]]) -> str:
    texts = (output.get("data", {}).get("text/markdown", "") for output in outputs)
    return "\n\n".join("".join(text) for text in texts)


def split_sentences(text: str) -> list[str]:
    """Split prose into sentences; the rows of a Markdown table are none.

    >>> split_sentences("In 2020, 5 of 7 fell. **More** rose (by 1.5).")
    ['In 2020, 5 of 7 fell.', '**More** rose (by 1.5).']
    """
    lines = (" ".join(block.split()) for block in re.split(r"\n\s*\n|\n(?=[-*] )", text))
    return [said for line in lines if line and line[0] != "|" for said in _END.split(line)]


def compare_notebooks(
    before: str, after: str, name: str, same: Mapping[str, str] | None = None
) -> list[Moved]:
    """Compare the sentences of one notebook in two runs, cell by cell.

    Parameters
    ----------
    before, after : str
        The executed notebooks' JSON.
    name : str
        The notebook's name.
    same : mapping of str to str, optional
        What the earlier run says and the later one says for it, where that is no news: the
        release's name and dates.

    Returns
    -------
    list of Moved
        In the order of the later notebook. A cell whose code differs is compared all the same.
    """
    old, new = read_cells(before), read_cells(after)
    sources = SequenceMatcher(
        None, [source for source, _ in old], [source for source, _ in new], autojunk=False
    )
    moved: list[Moved] = []
    for _, first, last, start, end in sources.get_opcodes():
        left = [said for _, texts in old[first:last] for said in texts]
        right = [said for _, texts in new[start:end] for said in texts]
        if last - first == end - start:
            for one, other in zip(old[first:last], new[start:end], strict=True):
                moved += compare_sentences(one[1], other[1], name, same)
        else:
            moved += compare_sentences(left, right, name, same)
    return moved


def compare_sentences(
    before: Sequence[str], after: Sequence[str], name: str, same: Mapping[str, str] | None = None
) -> list[Moved]:
    """Pair the sentences that two runs do not share, by what is left without their numbers.

    >>> [moved] = compare_sentences(["5 of 7 fell."], ["6 of 8 fell."], "03_eras")
    >>> moved.kind
    'numbers'
    """
    told = {_put_same(said, same): said for said in before}
    left = [said for said in told if said not in set(after)]
    right = [said for said in after if said not in told]
    moved: list[Moved] = []
    for said in right:
        match = _find_alike(said, left)
        if match is None:
            moved.append(Moved(name, "", said, "added"))
            continue
        left.remove(match)
        is_same = _blank(match) == _blank(said)
        moved.append(Moved(name, told[match], said, "numbers" if is_same else "words"))
    return moved + [Moved(name, told[said], "", "gone") for said in left]


def _put_same(said: str, same: Mapping[str, str] | None) -> str:
    for old, new in (same or {}).items():
        said = said.replace(old, new)
    return said


def _find_alike(said: str, among: Sequence[str]) -> str | None:
    """Return the sentence that is most alike without its numbers, if any is."""
    blank = _blank(said)
    alike = [(SequenceMatcher(None, _blank(one), blank).ratio(), one) for one in among]
    best = max(alike, key=lambda pair: pair[0], default=(0.0, ""))
    return best[1] if best[0] >= _LEAST_ALIKE else None


def _blank(said: str) -> str:
    """Replace every number."""
    return _NUMBER.sub("#", said)
