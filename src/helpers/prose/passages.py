"""Passages: sentences whose numbers are the notebook's own variables, and no number is typed.

`say` fills one Jinja2 template a passage. Each hole is kept as a named number: the expression is
its name, as in `last.pending`, beside its value and its printed form. In the fixed text no digit
and no number in words is typed; digits may stand only where they name something and state
nothing: in code, in links, as a heading's or a list's number, as the number of a figure, table,
section or notebook, and in the name of a release, a licence or a standard.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import chain, takewhile
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

from jinja2 import Environment, StrictUndefined, TemplateError, Undefined, meta, nodes

from helpers import paths
from helpers.prose import words
from helpers.prose.words import to_plain

NAMES = re.compile(
    r"```.*?```"  # code
    r"|`[^`]*`"
    r"|\]\([^)]*\)"  # a link's address
    r"|https?://\S+"
    r"|^\#+\s+\d+(?:\.\d+)*\b"  # a heading's number
    r"|^\s*\d+\.\s"  # a list's number
    r"|\b(?:[Ff]igures?|[Tt]ables?|[Ss]ections?|[Nn]otebooks?)\s\d+(?:\.\d+)*"
    r"(?:(?:,\s|\sand\s|\sto\s)\d+(?:\.\d+)*)*"
    r"|\b\d\d_[a-z]+\b"  # a notebook's name
    r"|\b\d{4}-(?:mid|end)\b"  # a release's name
    r"|\bCC(?:\sBY)?\s\d\.\d"
    r"|\b(?:ISO\s?|SHA-)\d+",  # a standard's name
    re.S | re.M,
)
_DIGITS = re.compile(r"\S*\d\S*")
_NUMBER_WORDS = re.compile(rf"\b(?:{'|'.join(words.WORDS['numbers'])})\b", re.I)
_TERMS = re.compile(rf"\b(?:{'|'.join(words.WORDS['terms'])})\b", re.I)  # these state nothing
_MARKUP = re.compile(r"[\\`*\[\]<>|$~]|(?<!\w)_|_(?!\w)")
_HOLE = "\ufffc"  # stands for a hole while the fixed text is checked
# A line of {% … %} alone: its end goes into the tag, so that it leaves no line and lines count.
_LONE = re.compile(
    r"^[ \t]*((?:\{%(?:(?!%\}).)*%\}[ \t]*)*\{%(?:(?!-?%\}).)*)(-?%\})[ \t]*\n", re.M
)
_STATEMENTS = {"if", "elif", "else", "endif", "for", "endfor"}


class Said(str):
    """A rendered passage: shown as Markdown, compared as plain text."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> str:
        return str(self)


class Printed(NamedTuple):
    """A value as a filter has printed it: finished Markdown, and the value."""

    text: str
    value: Any


def escape_text(text: str) -> str:
    r"""Write a text value so that Markdown and HTML show it as it is.

    >>> print(escape_text("<b>Côte_d'Ivoire</b> *"))
    \<b\>Côte_d'Ivoire\</b\> \*
    """
    return _MARKUP.sub(lambda mark: "\\" + mark[0], " ".join(text.split()))


NUMBERS: dict[str, Callable[..., str]] = {
    "count": lambda value, digits=0: f"{value:,.{digits}f}",
    "number": lambda value, digits=1: f"{value:,.{digits}f}",
    "signed": lambda value, digits=0: f"{value:+,.{digits}f}",
    "share": lambda value, digits=None: (
        words.say_share(value) if digits is None else f"{value:.{digits}%}"
    ),
    "percent": lambda value, digits=0: f"{value:,.{digits}f}%",
    "ratio": lambda value, digits=None: (
        f"{value:,.{(1 if abs(value) < 10 else 0) if digits is None else digits}f}"
    ),
    "words": words.say_words,
    "year": str,
}
_WHOLE = {"words", "year"}
_LISTS: dict[str, Callable[[list[Any]], str]] = {
    "listed": lambda values: words.join_names(escape_text(str(value)) for value in values),
    "codes": lambda values: words.join_names(f"`{value}`" for value in values),
    "years": words.join_years,
}
_FILTERS = "|".join((*NUMBERS, *_LISTS, "bounds", "capital"))
_PRINTING = re.compile(rf"(?:\s*\|\s*(?:{_FILTERS})\b(?:\([^()]*\))?)+\s*$")
_NO_LESS = re.compile(r"[-+](0(?:\.0+)?%?)")  # a small number, rounded away


def print_number(filter: str, value: Any, *options: int) -> str:
    """Print a number as one of the filters for numbers does.

    >>> print_number("count", 137143.2), print_number("share", -0.00001), print_number("words", 7)
    ('137,143', '0.0%', 'seven')
    """
    if isinstance(value, str | bool | dt.date):
        raise ValueError(f"is {value!r}, which is no number")
    if filter in _WHOLE:
        if int(value) != value:
            raise ValueError(f"is {value!r}, and {filter} takes whole numbers")
        value = int(value)
    text = NUMBERS[filter](value, *options)
    return _NO_LESS.sub(r"\1", text) if _NO_LESS.fullmatch(text) else text


def _filter_number(filter: str, value: Any, *options: int) -> Printed:
    plain = _require(value)
    return Printed(print_number(filter, plain, *options), plain)


def _filter_list(filter: str, values: Iterable[Any]) -> Printed:
    plain = [_require(value) for value in values]
    return Printed(_LISTS[filter](plain), ", ".join(map(str, plain)))


def _print_bounds(row: Mapping[str, Any], least: str = "lower", most: str = "upper") -> Printed:
    """Print a row's range; without an upper bound it is open."""
    low, high = _require(row[least]), to_plain(row[most])
    ends = list(dict.fromkeys(print_number("count", end) for end in (low, high) if end is not None))
    text = f"{ends[0]} or more" if high is None else " to ".join(ends)
    return Printed(text, f"{low} to {'' if high is None else high}")


def _capitalise(value: Any) -> Printed:
    """Set the first letter in capitals, of a text or of what another filter has printed."""
    if not isinstance(value, Printed):
        value = Printed(escape_text(str(_require(value))), _require(value))
    return value._replace(text=words.capitalise(value.text))


def _require(value: Any) -> Any:
    """Return a value as plain Python; refuse what is undefined, missing or no single value."""
    if isinstance(value, Undefined):
        raise ValueError("is not defined")
    plain = to_plain(value)
    if plain is None or plain == "":
        raise ValueError("has no value, so no sentence can state it")
    return plain


def _write_plain(value: Any, *, is_code: bool) -> str:
    """Print a value that has no filter."""
    if isinstance(value, str):
        if is_code and "`" in value:
            raise ValueError(f"is {value!r}, which ends the code that it is in")
        return value if is_code else escape_text(value)
    if isinstance(value, dt.date):
        return words.say_date(value)
    if isinstance(value, bool):
        raise ValueError("is a truth value: choose the words with {% if … %}")
    if isinstance(value, float) or not (abs(value) < 1000 or 1900 <= value <= 2100):
        raise ValueError(f"is {value!r} and needs a filter: {_FILTERS.replace('|', ', ')}")
    return str(value)


@cache
def _make_environment() -> Environment:
    environment = Environment(undefined=StrictUndefined, autoescape=False)
    environment.globals = {"len": len, "abs": abs}
    environment.filters |= {name: partial(_filter_number, name) for name in NUMBERS}
    environment.filters |= {name: partial(_filter_list, name) for name in _LISTS}
    environment.filters |= {"bounds": _print_bounds, "capital": _capitalise}
    return environment


class _Hole(NamedTuple):
    expression: str
    is_code: bool
    is_in_loop: bool  # whether it rests on a loop's variable


@cache
def _read_template(template: str) -> tuple[str, list[_Hole]]:
    """Check a template's fixed text; return the template with its holes marked, and the holes."""
    environment = _make_environment()
    marked, fixed = "", ""
    holes: list[_Hole] = []
    try:
        tree = environment.parse(template)
        tokens = list(environment.lex(template))
        in_loop = [name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"]
        for place, (line, kind, text) in enumerate(tokens):
            if kind == "data":
                fixed += text
            elif kind == "string":  # a column's name, as in top5_share, is no text
                refuse_typed(re.sub(r"^\w+_\w*$|^\w*[a-z]\d+$", "", text[1:-1]), line)
            elif kind == "block_begin":
                statement = next(text for _, kind, text in tokens[place:] if kind == "name")
                if statement not in _STATEMENTS:
                    raise ValueError(f"line {line}: {{% {statement} %}} is not for prose")
            elif kind == "variable_begin":
                hole = takewhile(lambda token: token[1] != "variable_end", tokens[place + 1 :])
                expression = "".join(text for _, _, text in hole)
                if not meta.find_undeclared_variables(environment.parse(f"{{{{{expression}}}}}")):
                    raise ValueError(f"line {line}: {expression.strip()} states no variable")
                text += f" keep(at({len(holes)}), "
                shown = " ".join(_PRINTING.sub("", expression).split())
                is_in_loop = any(re.search(rf"\b{name}\b", shown) for name in in_loop)
                holes.append(_Hole(shown, fixed.count("`") % 2 == 1, is_in_loop))
                fixed += _HOLE
            elif kind == "variable_end":
                text = f") {text}"
            marked += text
    except TemplateError as error:
        raise ValueError(f"line {getattr(error, 'lineno', 1)} of the passage: {error}") from None
    refuse_typed(fixed)
    return marked, holes


def refuse_typed(text: str, line: int = 0) -> None:
    """Raise ValueError where a text holds a typed number, and name the place."""
    said = _TERMS.sub(" ", NAMES.sub(" ", text))
    if found := _DIGITS.search(said) or _NUMBER_WORDS.search(said):
        typed = found[0].replace(_HOLE, "{{…}}")
        line = line or text[: max(text.find(found[0]), 0)].count("\n") + 1
        raise ValueError(
            f"line {line} of the passage: {typed!r} is typed by hand: compute it above and write "
            "{{ its name | words }} or another filter"
        )


@dataclass
class Passages:
    """The passages of one notebook and the named numbers in them; without a folder unwritten.

    >>> said = Passages("03_eras")
    >>> said.fill("At the end of {{ year }}, {{ n | count }} waited.", {"year": 2025, "n": 137143})
    At the end of 2025, 137,143 waited.
    >>> said.numbers["03_eras/n"]
    {'value': 137143, 'texts': ['137,143'], 'notebook': '03_eras'}
    """

    notebook: str
    run_dir: Path | None = None
    headlines: list[str] = field(default_factory=list)
    _stated: dict[str, list[tuple[str, Any, str]]] = field(default_factory=dict)

    def fill(self, template: str, values: Mapping[str, Any], *, is_headline: bool = False) -> Said:
        """Fill a template of Markdown, its holes, if and for, and keep what the holes state.

        A headline is kept among the sentences that end a run and lead its report.
        ValueError for a typed number, for a hole that is undefined, missing or without the right
        filter, and for a name that states another value elsewhere in the notebook.
        """
        marked, holes = _read_template(_LONE.sub(r"\1\n\2", dedent(template).strip()))
        stated: list[tuple[str, Any, str]] = []
        current = ["a condition"]  # what a fault is reported of

        def at(place: int) -> _Hole:
            current[0] = holes[place].expression
            return holes[place]

        def keep(hole: _Hole, shown: Any) -> str:
            if not isinstance(shown, Printed):
                value = _require(shown)
                shown = Printed(_write_plain(value, is_code=hole.is_code), value)
            name = hole.expression + (f" = {shown.value}" if hole.is_in_loop else "")
            # Words that the template chooses are no value.
            if not (isinstance(shown.value, str) and " if " in name):
                stated.append((f"{self.notebook}/{name}", shown.value, shown.text))
            current[0] = "a condition"
            return shown.text

        try:
            filled = _make_environment().from_string(marked)
            text = filled.render(values, keep=keep, at=at)
        except (ValueError, TypeError, TemplateError, ArithmeticError, LookupError) as error:
            raise ValueError(f"{current[0]}: {error}") from None
        self._keep(template, stated)
        said = Said(_join_lines(text))
        if is_headline and said and said not in self.headlines:
            self.headlines.append(str(said))
            self._write("headlines", self.headlines)
        return said

    def _keep(self, passage: str, holes: list[tuple[str, Any, str]]) -> None:
        """Keep a passage's numbers in place of those that it stated before."""
        kept = {key: each for key, each in self._stated.items() if key != passage}
        known = {name: value for each in kept.values() for name, value, _ in each}
        for name, value, _ in holes:
            old = known.setdefault(name, value)
            if (type(old), old) != (type(value), value):  # 1, 1.0 and True are not the same
                raise ValueError(
                    f"{name.partition('/')[2]} is {value!r} here and {old!r} in another place: "
                    "take another name, or run the notebook from its first cell"
                )
        self._stated = {**kept, passage: holes}
        if holes:
            self._write("passages", self.numbers)

    @property
    def numbers(self) -> dict[str, dict[str, Any]]:
        """What the passages state: {notebook/expression: {value, texts, notebook}}."""
        merged: dict[str, dict[str, Any]] = {}
        for name, value, text in sorted(chain(*self._stated.values()), key=lambda hole: hole[0]):
            new = {"value": value, "texts": [], "notebook": self.notebook}
            texts = merged.setdefault(name, new)["texts"]
            texts += [text] * (text not in texts)
        return merged

    def _write(self, kind: str, content: Any) -> None:
        if self.run_dir is not None:
            target = self.run_dir / "numbers" / f"{self.notebook}.{kind}.json"
            text = json.dumps(content, ensure_ascii=False, default=dt.date.isoformat)
            paths.write_atomic(target, text)  # merged when the run ends


def _join_lines(text: str) -> str:
    """Set a paragraph in one line, and each item, heading or row in a line of its own."""
    text = re.sub(r"[ \t]*\n(?!\s*(?:\n|[-*>] |#+ |\||\d+\. ))[ \t]*(?=\S)", " ", text.strip())
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<=\S)[ \t]{2,}(?=\S)", " ", text))


def say(template: str, *, is_headline: bool = False) -> Said | None:
    """Say a passage: a template of Markdown, filled from the variables of the calling notebook.

    The notebook's `page` keeps the numbers. Filters print them: count, number, signed, share,
    percent, ratio, words, year; listed, codes and years for lists; bounds for the lower and the
    upper bound of a row; capital sets the first letter in capitals. A passage whose
    conditions leave nothing to say shows nothing. A headline is kept among the sentences that end
    a run and lead its report. Raises ValueError as `Passages.fill` does.

    As in `{{ last.pending | count }} claims{% if is_new %}, the most ever{% endif %}`.
    """
    caller = sys._getframe(1)
    values = {**caller.f_globals, **caller.f_locals}
    passages = getattr(values.get("page"), "passages", None) or Passages("")
    return passages.fill(template, values, is_headline=is_headline) or None
