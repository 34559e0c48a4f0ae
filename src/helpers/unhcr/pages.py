"""Hold one page of an answer to the question, and turn it into rows.

A page is refused with the figure that is wrong: the API answers a misspelt or dropped parameter
with the numbers of a wider query, so nothing is taken on trust.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.unhcr.client import AnswerError
from helpers.unhcr.endpoints import SIDES, SUMMED, Endpoint, Question

_CODE = r"[A-Z]{3}"
_NOT_COLLECTED = "-"
_SHOWN = 3  # wrong rows or values that are quoted


@dataclass(frozen=True)
class Page:
    """A page that passed its checks.

    Attributes
    ----------
    number, last : int
        Its number and the number of pages.
    rows : DataFrame
        year (int16), coo, coo_iso, coa, coa_iso, the endpoint's labels (str), its values (Int64).
    total : dict
        The sums over all pages that the answer carries; empty where it carries none.
    unknown : tuple of str
        Columns that the API did not have when this was written; they are not kept.
    """

    number: int
    last: int
    rows: pd.DataFrame
    total: dict[str, int]
    unknown: tuple[str, ...]


def parse_page(
    answer: Mapping[str, Any], question: Question, number: int, known: Mapping[str, str]
) -> Page:
    """Check an answer against the question and return its rows.

    Parameters
    ----------
    answer : mapping
        The JSON object: page, maxPages, total, items.
    question : Question
        What was asked.
    number : int
        The page that was asked for.
    known : mapping of str to str
        UNHCR's codes and their ISO3 codes, to fill and to check the codes of the rows.

    Raises
    ------
    AnswerError
        Where the page is another one, a column is gone, a side was summed, a year or code was
        not asked for or is unknown, or a count is no count.
    """
    endpoint = question.endpoint
    where = f"{endpoint.path} page {number}"
    if str(answer.get("page")) != str(number):
        raise AnswerError(f"{where}: the answer says that it is page {answer.get('page')!r}")
    items = answer["items"]
    if not all(isinstance(item, dict) for item in items):
        raise AnswerError(f"{where}: a row is no JSON object")
    rows = pd.DataFrame(items, dtype=object)
    unknown = check_columns(rows, endpoint, where) if items else ()
    return Page(
        number=number,
        last=_take_integer(answer.get("maxPages"), f"{where}: maxPages"),
        rows=parse_rows(rows, question, known, where),
        total=parse_total(answer.get("total"), endpoint, where) if items else {},
        unknown=unknown,
    )


def check_columns(rows: pd.DataFrame, endpoint: Endpoint, where: str) -> tuple[str, ...]:
    """Return the columns that are new, or refuse where one that is needed is gone."""
    needed = (
        "year",
        *SIDES,
        *(f"{side}_iso" for side in SIDES),
        *endpoint.labels,
        *endpoint.values,
    )
    gone = [column for column in needed if column not in rows]
    if gone:
        raise AnswerError(
            f"{where}: the column {', '.join(gone)} is gone; there is: {', '.join(rows.columns)}"
        )
    return tuple(sorted(set(rows.columns) - set(endpoint.columns)))


def parse_rows(
    raw: pd.DataFrame, question: Question, known: Mapping[str, str], where: str
) -> pd.DataFrame:
    """Return the columns that are kept, checked and typed; see `Page.rows`."""
    endpoint = question.endpoint
    if raw.empty:
        raw = pd.DataFrame(columns=list(endpoint.columns), dtype=object)
    rows = pd.DataFrame({"year": parse_years(raw["year"], question.years, where)})
    for side in SIDES:
        rows[side], rows[f"{side}_iso"] = parse_side(raw, side, known, where)
    for label, allowed in endpoint.labels.items():
        rows[label] = parse_labels(raw[label], allowed, where)
    for value in endpoint.values:
        rows[value] = parse_counts(raw[value], where)
    return rows


def parse_years(column: pd.Series, asked: range, where: str) -> pd.Series:
    """Return years as int16; one that was not asked for is refused."""
    wrong = sorted({repr(year) for year in column if not _is_integer(year) or year not in asked})
    if wrong:
        raise AnswerError(
            f"{where}: the years {asked[0]} to {asked[-1]} were asked for, and there came "
            f"{_quote(wrong)}: the answer is wider than the question"
        )
    return column.astype("int16")


def parse_side(
    raw: pd.DataFrame, side: str, known: Mapping[str, str], where: str
) -> tuple[pd.Series, pd.Series]:
    """Return one side's own code and ISO3 code, both str.

    A missing ISO3 code is looked up under UNHCR's own; an ISO3 code other than the list's is
    refused, since the codes of the two systems overlap (AUS is Austria in UNHCR's own).
    """
    code = _read_text(raw[side], where)
    iso = _read_text(raw[f"{side}_iso"], where)
    if (code == SUMMED).any():
        raise AnswerError(
            f"{where}: {int((code == SUMMED).sum())} rows have {side} summed into one, "
            f"although {side}_all=true was sent: the answer is not by country"
        )
    listed = code.map(known)
    blank = iso.isin(("", SUMMED)) & listed.notna()
    iso = iso.mask(blank, listed).astype("str")
    _refuse(
        ~(code.str.fullmatch(_CODE) & iso.str.fullmatch(_CODE)),
        code + "/" + iso,
        where,
        "is no code",
    )
    _refuse(
        listed.notna() & (iso != listed), code + "/" + iso, where,
        "pairs two codes otherwise than data/raw/countries.csv",
    )  # fmt: skip
    return code, iso


def parse_labels(column: pd.Series, allowed: tuple[str, ...], where: str) -> pd.Series:
    """Return codes as str; one that is not known is refused, since its meaning is not either."""
    text = _read_text(column, where)
    _refuse(~text.isin(allowed), text, where, f"is no known {column.name}: {', '.join(allowed)}")
    return text


def parse_counts(column: pd.Series, where: str) -> pd.Series:
    """Return counts as Int64: numbers as they are, "0" as 0, "-" (not collected) as missing.

    >>> parse_counts(pd.Series([12, "0", "-"], name="oip"), "population/ page 1").tolist()
    [12, 0, <NA>]
    """
    text = column.map(
        lambda value: str(value).strip() if _is_text_or_integer(value) else repr(value)
    )
    missing = text == _NOT_COLLECTED
    _refuse(
        ~(text.str.fullmatch(r"\d{1,15}") | missing), text, where,
        f"is no count, in the column {column.name}",
    )  # fmt: skip
    return pd.to_numeric(text.mask(missing)).astype("Int64")


def parse_total(total: Any, endpoint: Endpoint, where: str) -> dict[str, int]:
    """Return the control totals: an object of sums where the endpoint has them, else none."""
    if not endpoint.has_total:
        return {}
    if not isinstance(total, dict) or not set(endpoint.values) <= set(total):
        raise AnswerError(f"{where}: no control totals of {', '.join(endpoint.values)}: {total!r}")
    values = {name: total[name] for name in endpoint.values}
    return {
        name: _take_integer(value, f"{where}: total of {name}") for name, value in values.items()
    }


def _read_text(column: pd.Series, where: str) -> pd.Series:
    """Return text without the spaces that names and codes may trail; null is the empty text."""
    wrong = sorted(
        {repr(value) for value in column if value is not None and not isinstance(value, str)}
    )
    if wrong:
        raise AnswerError(f"{where}: column {column.name} holds {_quote(wrong)} instead of a code")
    return column.fillna("").astype("str").str.strip()


def _refuse(is_wrong: pd.Series, said: pd.Series, where: str, what: str) -> None:
    """Raise where any row is wrong, with the first different values."""
    if is_wrong.any():
        values = said[is_wrong].unique()
        raise AnswerError(f"{where}: in {int(is_wrong.sum())} rows {_quote(values)} {what}")


def _quote(values: Any) -> str:
    shown = ", ".join(str(value)[:40] for value in list(values)[:_SHOWN])
    return shown + (f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else "")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_text_or_integer(value: Any) -> bool:
    return isinstance(value, str) or _is_integer(value)


def _take_integer(value: Any, what: str) -> int:
    """Return a count of the envelope, which may be a number or a text of digits."""
    if _is_text_or_integer(value) and str(value).isdigit():
        return int(value)
    raise AnswerError(f"{what} is {value!r}, no count")
