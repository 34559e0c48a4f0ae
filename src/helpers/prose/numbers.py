"""Named numbers: no number that prose states is typed by hand.

A notebook defines values by name, and its sentences hold placeholders. What a sentence used is
written beside the run, so that a test can read every number that a reader sees.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

from helpers import paths
from helpers.prose.passages import Said
from helpers.prose.words import ProseFormatter, to_plain

_CODE = re.compile(r"`[^`]*`")
_HOLE = "\ufffc"  # stands for a placeholder while the literal text is checked
_FORMATTER = ProseFormatter()


class NumberBook:
    """The named values of one notebook, and the texts that they were rendered as.

    Parameters
    ----------
    notebook : str
        The notebook's name without ending, as in "03_eras".
    run_dir : Path or None
        The run's folder; None writes nothing.

    Examples
    --------
    >>> book = NumberBook("03_eras")
    >>> book.define(pending=137143, year=2025)
    >>> book.render("At the end of {year}, {pending:,} people waited.")
    At the end of 2025, 137,143 people waited.
    """

    def __init__(self, notebook: str, run_dir: Path | None = None) -> None:
        self.notebook = notebook
        self.run_dir = run_dir
        self._values: dict[str, Any] = {}
        self._texts: dict[str, list[str]] = {}
        self._preset: set[str] = set()

    def preset(self, **values: Any) -> None:
        """Offer values that a notebook may define anew as long as no text has used them."""
        self._values |= {name: to_plain(value) for name, value in values.items()}
        self._preset |= values.keys()

    def define(self, **values: Any) -> None:
        """Name values: numbers, words, truth values or dates.

        Raises
        ------
        ValueError
            Where a name already has another value.
        TypeError
            Where a value is none of these.
        """
        for name, value in values.items():
            try:
                values[name] = plain = to_plain(value)
            except TypeError as error:
                raise TypeError(f"{name}: {error}") from None
            old = self._values.get(name, plain)
            is_open = name in self._preset and name not in self._texts
            # 1, 1.0 and True are not the same statement.
            if not is_open and (type(old), old) != (type(plain), plain):
                raise ValueError(
                    f"{name} is already {old!r} and cannot become {plain!r}: "
                    "take another name, or run the notebook from its first cell"
                )
        self._values |= values
        self._preset -= values.keys()

    def render(self, template: str) -> Said:
        """Fill a template's placeholders, and note which values it used.

        Raises
        ------
        ValueError
            For a digit in the literal text outside `code`, an unknown name, a missing or
            infinite value, or a value without a fitting format.
        """
        fields = list(_FORMATTER.parse(template))
        for _, name, _, conversion in fields:
            if conversion:
                raise ValueError(f"{{{name}!{conversion}}}: conversions are not for prose")
            if name is not None and not name.isidentifier():
                raise ValueError(f"{{{name}}}: a placeholder is the name of a defined value")
        _refuse_typed_digits(
            "".join(literal + (_HOLE if name else "") for literal, name, *_ in fields)
        )
        used = [(name, self._render_value(name, spec or "")) for _, name, spec, _ in fields if name]
        for name, text in used:
            texts = self._texts.setdefault(name, [])
            if text not in texts:
                texts.append(text)
        if used and self.run_dir is not None:
            target = self.run_dir / "numbers" / f"{self.notebook}.json"
            text = json.dumps(
                self.numbers, sort_keys=True, ensure_ascii=False, default=dt.date.isoformat
            )
            paths.write_atomic(target, text, is_durable=False)  # merged when the run ends
        rendered = iter(used)
        return Said("".join(lit + (next(rendered)[1] if name else "") for lit, name, *_ in fields))

    @property
    def numbers(self) -> dict[str, dict[str, Any]]:
        """The values that were used: {name: {value, texts, notebook}}."""
        return {
            name: {"value": self._values[name], "texts": list(texts), "notebook": self.notebook}
            for name, texts in sorted(self._texts.items())
        }

    def _render_value(self, name: str, spec: str) -> str:
        if name not in self._values:
            known = ", ".join(sorted(self._values)) or "nothing"
            raise ValueError(f"{name} is not defined; defined is: {known}")
        if self._values[name] is None:
            raise ValueError(f"{name} has no value, so no sentence can state it")
        try:
            return _FORMATTER.format_field(self._values[name], spec)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{name}: {error}") from None


def _refuse_typed_digits(literal: str) -> None:
    """Refuse a digit that somebody typed; code between backticks is no statement."""
    typed = re.search(r"\S*\d\S*", _CODE.sub("", literal))
    if typed:
        raise ValueError(
            f"{typed.group().replace(_HOLE, '{…}')!r} is typed by hand: define it and use its name"
        )
