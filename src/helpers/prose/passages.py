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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from textwrap import dedent
from typing import Any

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
# "one" and "first" are pronoun and level; half a year is what a mid-year release reports.
_TERMS = re.compile(
    r"\b(?:six[- ]months?|half[- ](?:a )?years?|second instance|third countr(?:y|ies))\b", re.I
)
_NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|(?:thir|four|fif|six|"
    r"seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|"
    r"thousands?|[mb]illions?|half|halves|quarters?|second[- ]\w+est|thirds?|fourths?|fifths?|"
    r"sixths?|sevenths?|eighths?|ninths?|tenths?|hundredths?|twice|thrice|doubled?|tripled?|"
    r"\w+fold)\b",
    re.I,
)
_MARKUP = re.compile(r"[\\`*\[\]<>]|(?<!\w)_|_(?!\w)")
_HOLE = "\ufffc"  # stands for a hole while the fixed text is checked
_OPEN, _CLOSE = "\ue000", "\ue001"  # around a filled hole until its place is noted
_STATEMENTS = {"if", "elif", "else", "endif", "for", "endfor"}


class Said(str):
    """A rendered passage: shown as Markdown, compared as plain text.

    `spans` are where its numbers are: start, end and name of each.
    """

    spans: tuple[tuple[int, int, str], ...]

    def __new__(cls, text: str, spans: tuple[tuple[int, int, str], ...] = ()) -> Said:
        """Keep a text and where its numbers are."""
        said = super().__new__(cls, text)
        said.spans = spans
        return said

    def __repr__(self) -> str:
        return str(self)

    def _repr_markdown_(self) -> Any:
        places = {"numbers": [list(span) for span in self.spans]}
        return (str(self), places) if self.spans else str(self)


class Printed(str):
    """A value as a filter has printed it: finished Markdown, and the value."""

    value: Any


def find_typed_numbers(text: str) -> list[str]:
    """Return the words with digits that the rule does not allow in typed text.

    >>> find_typed_numbers("## 3.1 Growth, see Figure 3.2 and `year_to=2021`")
    []
    >>> find_typed_numbers("It grew by 216 percent.")
    ['216']
    """
    return _DIGITS.findall(NAMES.sub(" ", text))


def escape_text(text: str) -> str:
    r"""Write a text value so that Markdown and HTML show it as it is.

    >>> print(escape_text("<b>Côte_d'Ivoire</b> *"))
    \<b\>Côte_d'Ivoire\</b\> \*
    """
    return _MARKUP.sub(lambda mark: "\\" + mark[0], " ".join(text.split()))


def _refuse_words(value: Any) -> None:
    if isinstance(value, str | bool | dt.date):
        raise ValueError(f"is {value!r}, which is no number")


def _write_ratio(value: float, digits: int | None = None) -> str:
    return f"{value:,.{(1 if abs(value) < 10 else 0) if digits is None else digits}f}"


def _write_share(value: float, digits: int = 1) -> str:
    return words.say_share(value) if digits == 1 else f"{value:.{digits}%}"


_NUMBER_FILTERS: dict[str, Callable[..., str]] = {
    "count": lambda value, digits=0: f"{value:,.{digits}f}",
    "signed": lambda value, digits=0: f"{value:+,.{digits}f}",
    "share": _write_share,
    "percent": lambda value, digits=0: f"{value:,.{digits}f}%",
    "ratio": _write_ratio,
    "about": words.say_about,
    "million": lambda value, digits=1: f"{value / 1e6:,.{digits}f} million",
    "ordinal": words.say_ordinal,
    "words": words.say_words,
    "year": lambda value: f"{value:d}",
}
_LIST_FILTERS: dict[str, Callable[[list[Any]], str]] = {
    "listed": lambda values: words.join_names(escape_text(str(value)) for value in values),
    "codes": lambda values: words.join_names(f"`{value}`" for value in values),
    "years": words.join_years,
}
FILTERS = (*_NUMBER_FILTERS, *_LIST_FILTERS, "capital")


def _print_number(name: str, write: Callable[..., str]) -> Callable[..., Printed]:
    def apply(value: Any, *options: int) -> Printed:
        plain = _require(value)
        _refuse_words(plain)
        if name in ("words", "ordinal", "year") and int(plain) != plain:
            raise ValueError(f"is {plain!r}, and {name} takes whole numbers")
        whole = name in ("words", "ordinal", "year")
        return _print(plain, write(int(plain) if whole else plain, *options))

    return apply


def _print_list(write: Callable[[list[Any]], str]) -> Callable[[Iterable[Any]], Printed]:
    def apply(values: Iterable[Any]) -> Printed:
        plain = [_require(value) for value in values]
        return _print(", ".join(map(str, plain)), write(plain))

    return apply


def _capitalise(value: Any) -> Printed:
    """Set the first letter in capitals, of a text or of what another filter has printed."""
    text = value if isinstance(value, Printed) else escape_text(str(_require(value)))
    return _print(getattr(value, "value", value), words.capitalise(text))


def _print(value: Any, text: str) -> Printed:
    printed = Printed(text)
    printed.value = value
    return printed


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
        raise ValueError(f"is {value!r} and needs a filter: {', '.join(FILTERS)}")
    return str(value)


@cache
def _make_environment() -> Environment:
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.globals = {"len": len, "abs": abs}
    for name, write in _NUMBER_FILTERS.items():
        environment.filters[name] = _print_number(name, write)
    for name, join in _LIST_FILTERS.items():
        environment.filters[name] = _print_list(join)
    environment.filters["capital"] = _capitalise
    return environment


@dataclass(frozen=True)
class _Template:
    """A template, checked: the source with marked holes, and what it reads."""

    marked: str
    holes: list[str]
    in_code: list[bool]
    is_in_loop: list[bool]  # whether it rests on a loop's variable
    variables: set[str]


@cache
def _read_template(template: str) -> _Template:
    """Check a template's fixed text and mark its holes.

    Raises
    ------
    ValueError
        For a typed number, a hole that states no variable, another statement than if and for, or
        a template that Jinja2 cannot read.
    """
    environment = _make_environment()
    marked, fixed = "", ""
    holes: list[str] = []
    in_code: list[bool] = []
    try:
        tree = environment.parse(template)
        tokens = list(environment.lex(template))
        for place, (line, kind, text) in enumerate(tokens):
            if kind == "data":
                fixed += text
            elif kind == "string" and not text[1:-1].isidentifier():
                refuse_typed(text[1:-1], line)
            elif kind == "block_begin":
                statement = next(text for _, kind, text in tokens[place:] if kind == "name")
                if statement not in _STATEMENTS:
                    raise ValueError(f"line {line}: {{% {statement} %}} is not for prose")
            elif kind == "variable_begin":
                expression = "".join(text for _, _, text in _take_hole(tokens[place + 1 :]))
                if not meta.find_undeclared_variables(environment.parse(f"{{{{{expression}}}}}")):
                    raise ValueError(f"line {line}: {expression.strip()} states no variable")
                text += f" keep(at({len(holes)}), "
                holes.append(_name_hole(list(_take_hole(tokens[place + 1 :]))))
                in_code.append(fixed.count("`") % 2 == 1)
                fixed += _HOLE
            elif kind == "variable_end":
                text = f") {text}"
            marked += text
    except TemplateError as error:
        raise ValueError(f"line {getattr(error, 'lineno', 1)} of the passage: {error}") from None
    refuse_typed(fixed)
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    in_loop = [any(re.search(rf"\b{name}\b", hole) for name in own) for hole in holes]
    return _Template(marked, holes, in_code, in_loop, meta.find_undeclared_variables(tree))


def _take_hole(tokens: list[tuple[int, str, str]]) -> Iterator[tuple[int, str, str]]:
    """Yield the tokens up to the hole's end."""
    for token in tokens:
        if token[1] == "variable_end":
            return
        yield token


def _name_hole(tokens: list[tuple[int, str, str]]) -> str:
    """Name a hole by its expression, without the filters that print it."""
    texts = [" " if kind == "whitespace" else text for _, kind, text in tokens]
    while "|" in texts:
        last = len(texts) - 1 - texts[::-1].index("|")
        rest = [text for text in texts[last + 1 :] if text != " "]
        if rest[:1] and rest[0] not in FILTERS:
            break
        texts = texts[:last]
    return "".join(texts).strip()


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
    """The passages of one notebook and the named numbers in them.

    Parameters
    ----------
    notebook : str
        The notebook's name without ending, as in "03_eras".
    run_dir : Path or None
        The run's folder; None writes nothing.

    Examples
    --------
    >>> said = Passages("03_eras")
    >>> said.fill("At the end of {{ year }}, {{ n | count }} waited.", {"year": 2025, "n": 137143})
    At the end of 2025, 137,143 waited.
    >>> said.numbers["03_eras/n"]
    {'value': 137143, 'texts': ['137,143'], 'notebook': '03_eras'}
    """

    notebook: str
    run_dir: Path | None = None
    headlines: list[str] = field(default_factory=list)
    _stated: dict[tuple[str, str], list[tuple[str, Any, str]]] = field(default_factory=dict)

    def fill(self, template: str, values: Mapping[str, Any], *, part: str = "") -> Said:
        """Fill a template's holes and keep what they state.

        Parameters
        ----------
        template : str
            Markdown with Jinja2's holes, if and for.
        values : mapping
            The variables by name.
        part : str
            What the passage belongs to, as a figure's id; its numbers are named after it.

        Raises
        ------
        ValueError
            For a typed number, for a hole that is undefined, missing or without the right filter,
            and for a name that states another value elsewhere in the notebook.
        """
        read = _read_template(dedent(template).strip())
        holes: list[tuple[str, Any, str]] = []
        current = ["a condition"]

        def at(place: int) -> int:
            current[:] = [read.holes[place]]
            return place

        def keep(place: int, shown: Any) -> str:
            value = _require(getattr(shown, "value", shown))
            is_done = isinstance(shown, Printed)
            text = shown if is_done else _write_plain(value, is_code=read.in_code[place])
            name = f"{part}.{current[0]}" if part else current[0]
            if read.is_in_loop[place]:
                name = f"{name} = {value}"
            holes.append((f"{self.notebook}/{name}", value, text))
            current[:] = ["a condition"]
            return f"{_OPEN}{text}{_CLOSE}"

        known = {name: values[name] for name in read.variables if name in values}
        try:
            filled = _make_environment().from_string(read.marked)
            text = filled.render(known, keep=keep, at=at)
        except (ValueError, TypeError, TemplateError, ArithmeticError, LookupError) as error:
            raise ValueError(f"{current[0]}: {error}") from None
        self._keep((template, part), holes)
        return _unmark(_join_lines(text), [name for name, *_ in holes])

    def _keep(self, passage: tuple[str, str], holes: list[tuple[str, Any, str]]) -> None:
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
        if self.run_dir is not None and holes:
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

    def add_headline(self, said: Said) -> None:
        """Keep a passage among the sentences that end a run and lead its report."""
        if said not in self.headlines:
            self.headlines.append(str(said))
        if self.run_dir is not None:
            self._write("headlines", self.headlines)

    def _write(self, kind: str, content: Any) -> None:
        target = self.run_dir / "numbers" / f"{self.notebook}.{kind}.json"  # type: ignore[operator]
        text = json.dumps(content, ensure_ascii=False, default=dt.date.isoformat)
        paths.write_atomic(target, text, is_durable=False)  # merged when the run ends


def _join_lines(text: str) -> str:
    """Set a paragraph in one line, and each item, heading or row in a line of its own."""
    text = re.sub(r"[ \t]*\n(?!\s*(?:\n|[-*>|#] ?|\d+\. ))[ \t]*(?=\S)", " ", text.strip())
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"(?<=\S)[ \t]{2,}(?=\S)", " ", text))


def _unmark(text: str, names: list[str]) -> Said:
    """Take the marks of the holes out, and note where each was."""
    plain = ""
    spans: list[tuple[int, int, str]] = []
    for piece in re.split(f"({_OPEN}[^{_CLOSE}]*{_CLOSE})", text):
        if piece.startswith(_OPEN):
            spans.append((len(plain), len(plain) + len(piece) - 2, names[len(spans)]))
            piece = piece[1:-1]
        plain += piece
    return Said(plain, tuple(spans))


def print_value(value: Any, filters: str = "") -> str:
    """Print a value outside a passage, as README does with a named number.

    >>> print_value(0.6543, "share(0)"), print_value(2025)
    ('65%', '2025')

    Raises
    ------
    ValueError
        For a missing value, or filters that do not fit it.
    """
    expression = f"value | {filters}" if filters else "value"
    return str(Passages("").fill(f"{{{{ {expression} }}}}", {"value": value}))


def say(template: str, *, is_headline: bool = False) -> Said:
    """Say a passage: a template of Markdown, filled from the variables of the calling notebook.

    The notebook's `page` keeps the numbers. Filters print them: count, signed, share, percent,
    ratio, about, million, ordinal, words, year; listed, codes and years for lists; capital sets
    the first letter in capitals.

    Parameters
    ----------
    template : str
        As in `{{ last.pending | count }} claims{% if is_new %}, the most ever{% endif %}`.
    is_headline : bool
        Keeps the passage among those that end a run and lead its report.

    Raises
    ------
    ValueError
        As `Passages.fill` does.
    """
    caller = sys._getframe(1)
    values = {**caller.f_globals, **caller.f_locals}
    passages = getattr(values.get("page"), "passages", None) or Passages("")
    said = passages.fill(template, values)
    if is_headline:
        passages.add_headline(said)
    return said
