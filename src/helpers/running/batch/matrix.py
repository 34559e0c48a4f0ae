"""What a batch is asked to run: lists of parameters whose product is taken, and single runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from helpers.study import DEFAULT_STUDY, MOST_TOP_N, Frozen, InputError, load_yaml

ALL = "all"
_SPAN = re.compile(r"(\d{4})(?::(\d{4}))?")
_YEARS = "years are four digits, A:B for a span, with commas between several"


def split_names(given: Any) -> Any:
    """Return names as a tuple, whether they came as one text with commas or as a list.

    >>> split_names("CHN, HKG")
    ('CHN', 'HKG')
    """
    if isinstance(given, str):
        given = given.split(",")
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        raise ValueError("names are text, with commas between several, or a list")
    names = tuple(name.strip() for name in given)
    if not names or "" in names:
        raise ValueError("a name is empty")
    return names


def split_years(given: Any) -> Any:
    """Return years as a tuple; a span A:B has both its ends.

    >>> split_years("2012:2014,2020")
    (2012, 2013, 2014, 2020)
    """
    parts = given if isinstance(given, list | tuple) else [given]
    return tuple(year for part in parts for year in _read_years(part))


def _read_years(part: Any) -> list[int]:
    if isinstance(part, int) and not isinstance(part, bool):
        part = str(part)
    if not isinstance(part, str):
        raise ValueError(f"{part!r} is no year: {_YEARS}")
    years: list[int] = []
    for piece in part.split(","):
        match = _SPAN.fullmatch(piece.strip())
        if not match:
            raise ValueError(f"{piece.strip()!r} is no year: {_YEARS}")
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last:
            raise ValueError(f"{piece.strip()} ends before it begins: swap its years")
        years += range(first, last + 1)
    return years


def _listed(given: Any) -> Any:
    return given if isinstance(given, list | tuple) else (given,)


Names = Annotated[tuple[str, ...], BeforeValidator(split_names)]
Years = Annotated[tuple[int, ...], BeforeValidator(split_years)]
TopN = Annotated[int, Field(ge=1, le=MOST_TOP_N, strict=True)]


class Single(Frozen):
    """One run of a matrix file's `runs`; what is not given takes its default."""

    study: str = DEFAULT_STUDY
    origin: str | None = None
    release: str | None = None
    year_from: int | None = Field(default=None, strict=True)
    year_to: int | None = Field(default=None, strict=True)
    top_n: TopN | None = None


PARAMETERS = tuple(Single.model_fields)


class Matrix(Frozen):
    """The lists whose product is run, and single runs beside it.

    Attributes
    ----------
    study, origin, release : tuple of str
        Names; an empty origin is the study's own, an empty release the newest, and `all` takes
        all that there are.
    year_from, year_to, top_n : tuple of int
        Empty: the default of each run.
    runs : tuple of Single
        Runs beside the product; where nothing else is given they are all.
    """

    study: Names = (DEFAULT_STUDY,)
    origin: Names = ()
    release: Names = ()
    year_from: Years = ()
    year_to: Years = ()
    top_n: Annotated[tuple[TopN, ...], BeforeValidator(_listed)] = ()
    runs: tuple[Single, ...] = ()

    @model_validator(mode="after")
    def _has_something(self) -> Matrix:
        empty = [name for name in self.model_fields_set if not getattr(self, name)]
        if empty:
            raise ValueError(f"{', '.join(sorted(empty))} lists nothing: leave it out")
        return self

    @property
    def has_product(self) -> bool:
        """Tell whether the lists are meant: single runs alone stand for themselves."""
        return not self.runs or bool(self.model_fields_set - {"runs"})


def make_matrix(given: Mapping[str, Any], source: str = "the matrix") -> Matrix:
    """Make a matrix of plain values.

    Raises
    ------
    InputError
        With one line for each value that does not fit.
    """
    try:
        return Matrix.model_validate(dict(given))
    except ValidationError as error:
        lines = [_say_fault(fault) for fault in error.errors()]
        raise InputError(f"{source} cannot be used: {'; '.join(lines)}") from None


def load_matrix(file: Path) -> Matrix:
    """Read a matrix file.

    Raises
    ------
    InputError
        Where there is none, or it holds anything else.
    """
    given = load_yaml(file)
    if not isinstance(given, dict) or not all(isinstance(name, str) for name in given):
        raise InputError(f"{file.name} holds no lists of parameters: see docs/batch.md")
    return make_matrix(given, file.name)


def _say_fault(fault: Any) -> str:
    """Say what is wrong with one value, and where."""
    place = ".".join(str(part) for part in fault["loc"])
    said = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        known = ", ".join(Single.model_fields if "runs" in fault["loc"] else Matrix.model_fields)
        said = f"is no parameter; there is: {known}"
    return f"{place}: {said}" if place else said
