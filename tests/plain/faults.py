"""What no passage of a notebook may hold, found by rule."""

import ast
import re
from collections.abc import Iterable, Iterator

import jupytext

from helpers.prose.passages import NAMES
from plain.execute import Reading, is_parameters

CODE = re.compile(r"`[^`]*`")
LINK = re.compile(r"\]\([^)]*\)")
PLURALS = (
    "claims|persons|people|cases|years|destinations|rows|breaks|origins|releases|findings|decisions"
    "|refugees|countries|tables|columns|figures|places|times|measures|bars|lines|regions|files"
)
RULES = {
    "a placeholder": re.compile(r"[{}]|\ufffc"),
    # "None of", "None came": the pronoun, and no value.
    "a word for missing": re.compile(
        r"(?<![\w.-])(nan|NaN|None(?! (?:of|came|is|moves) )|NaT|inf|Infinity)(?![\w-])|<NA>"
    ),
    "two spaces": re.compile(r"(?<=\S)[ \t]{2,}(?=\S)"),
    "one of many": re.compile(rf"(?<![\d.,])1 ({PLURALS})\b|\b[Oo]ne ({PLURALS})\b"),
    "a space before a stop": re.compile(r"\w \s*[.,;:](\s|$)"),
    "a stop too many": re.compile(r"[.,;:]\s*[,;]|\.\.|\(\s*\)"),
    "a name left out": re.compile(
        r"(?<!filled )(?<!compared )(?<!account )"
        r"\b(in|of|from|with|without|than|between|and|by) ?[.,;](\s|$)"
    ),
    "a sign without a number": re.compile(r"(?<![\d.])-0(\.0+)?%?(?![\d.])"),
    "a part over its whole": re.compile(r"(?<![\d.,])(?!100(?:\.0)?%)\d[\d,]*\d\d(?:\.\d+)?% of\b"),
    "nothing of nothing": re.compile(r"(?<![\d.,])0 (?:of|in) (?:the )?0(?![\d.,])"),
    "a start in lower case": re.compile(r"(?:^(?:[-*>#]+ )?|[.!?] )[*_]*[a-zà-ÿ]"),
    "a frame": re.compile(r"dtype:|\[\d+ rows x|<[\w.]+ object at 0x|\bSeries\("),
}  # fmt: skip
# A particle may end a clause in the fixed prose; a rendered sentence ends so where a name is empty.
# The cells of a table are no sentences.
EXEMPT = {
    "markdown": {"a name left out", "a start in lower case"},
    "table": {"a start in lower case"},
}
# In code, a text with a blank in it is prose unless it is a query or a format.
QUERY = re.compile(r"==|[<>@]|^\W*$")


def find_faults(reading: Reading) -> Iterator[str]:
    """Yield what is wrong with a notebook's passages: cell, kind, rule and the words."""
    if reading.stray.strip():
        yield f"stray output: {reading.stray[:300]}"
    for passage in reading.passages:
        if not passage.text.strip() or passage.kind == "other":
            yield f"cell {passage.cell}, {passage.kind}: {passage.text[:200]!r}"
        text = LINK.sub("]", CODE.sub("code", passage.text))
        for rule, pattern in RULES.items():
            if rule in EXEMPT.get(passage.kind, ()):
                continue
            for line in text.split("\n"):
                if match := pattern.search(line):
                    near = line[max(match.start() - 60, 0) : match.end() + 60]
                    yield f"cell {passage.cell}, {passage.kind}, {rule}: …{near}…"
        if passage.kind == "sentence":
            yield from _find_unnamed(passage.text, reading.numbers, passage.cell)


def _find_unnamed(text: str, numbers: Iterable[str], cell: int) -> Iterator[str]:
    """Yield digits of a sentence that stand in no named number's text."""
    rest = NAMES.sub(" ", text)
    for known in sorted((n for n in numbers if re.search(r"\d", n)), key=len, reverse=True):
        rest = re.sub(rf"(?<![\d.,]){re.escape(known)}(?!\d)", "", rest)
    if match := re.search(r"\S*\d\S*", rest):
        yield f"cell {cell}, sentence, a number without a name: {match.group()} in {text[:120]}"


def find_typed(source: str) -> Iterator[str]:
    """Yield texts of a notebook's code that hold a digit typed by hand, whoever shows them."""
    for place, cell in enumerate(jupytext.reads(source, "py:percent").cells, start=1):
        if cell.cell_type == "markdown" or is_parameters(cell):
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                continue
            said = re.sub(r"\{[^{}]*\}", "", CODE.sub("", node.value))
            is_prose = " " in said.strip() and not QUERY.search(said)
            if is_prose and re.search(r"\d", said):
                yield f"cell {place}: {node.value[:120]!r}"


def find_typed_numbers(text: str) -> list[str]:
    """Return the words of typed text that have a digit and are no name, such as a figure's."""
    return re.findall(r"\S*\d\S*", NAMES.sub(" ", text))


def find_places(source: str, names: Iterable[str]) -> Iterator[str]:
    """Yield fixed prose and code that name a place or a leader: only data and studies may."""
    pattern = re.compile(rf"\b({'|'.join(names)})\b")
    for place, cell in enumerate(jupytext.reads(source, "py:percent").cells, start=1):
        if not is_parameters(cell):
            yield from (f"cell {place}: {match.group()}" for match in pattern.finditer(cell.source))
