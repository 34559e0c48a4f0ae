"""Hold answers to the question and to the API's own counts and sums, and turn them into rows.

An answer is refused with the figure that is wrong: the API answers a misspelt or dropped parameter
with the numbers of a wider query, so nothing is taken on trust.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from helpers.unhcr.client import AnswerError, quote
from helpers.unhcr.endpoints import MOST_COLUMNS, MOST_DIGITS, SIDES, Endpoint, Question

MOST_WORLD_OFF = 0.001  # of a year's world sum: small counts are rounded, so sums may differ
UNITS = ("app_pc", "dec_pc")
_COUNT = f"[0-9]{{1,{MOST_DIGITS}}}"
_NO_CODE = _NOT_COLLECTED = "-"  # a side that was summed; a count that was not collected
_SHOWN = 3  # wrong rows or values that are quoted


class Page(NamedTuple):
    """A page that passed its checks, with its number and the number of pages.

    `rows` holds year (int16), coo, coo_iso, coa, coa_iso, the endpoint's labels (str) and its
    values (Int64); `total` the sums over all pages, empty where the answer carries none; `unknown`
    the columns that the API did not have when this was written.
    """

    number: int
    last: int
    rows: pd.DataFrame
    total: dict[str, int]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Probe:
    """What the API says of a table without sending it: its rows, and the sums of its counts.

    `total` is over all rows, empty where the API gives none; then `world` holds the sums by year,
    from a question with neither side expanded.
    """

    rows: int
    total: dict[str, int]
    world: dict[str, dict[str, int | None]]


def parse_page(
    answer: Mapping[str, Any],
    question: Question,
    number: int,
    known: Mapping[str, str],
    first: Page | None = None,
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
    first : Page, optional
        The first page; number of pages, rows and control totals must be as there.

    Raises
    ------
    AnswerError
        Where the page is another one, a column is gone, a side was summed, a year was not asked
        for, two codes are paired otherwise, or a count is no count.
    """
    endpoint = question.endpoint
    where = f"{endpoint.path} page {number}"
    if str(answer.get("page")) != str(number):
        said = quote(repr(answer.get("page")))
        raise AnswerError(f"{where}: the answer says that it is page {said}")
    items = answer["items"]
    names = ["year", *(f"{side}{end}" for side in SIDES for end in ("", "_iso"))]
    raw, columns = _stack_items(items, [*names, *endpoint.labels, *endpoint.values], where)
    rows = pd.DataFrame({"year": _parse_years(raw["year"], question.years, where)})
    for side in SIDES:
        rows[side], rows[f"{side}_iso"] = _parse_side(raw, side, known, where)
    for label, listed in endpoint.labels.items():
        rows[label] = _parse_labels(raw[label], listed, where)
    for value in endpoint.values:
        rows[value] = _parse_counts(raw[value], where)
    page = Page(
        number=number,
        last=_take_integer(answer.get("maxPages"), f"{where}: maxPages"),
        rows=rows,
        total=_parse_total(answer.get("total"), endpoint, where) if items else {},
        unknown=tuple(sorted(columns - set(endpoint.columns))),
    )
    if first:
        _check_page(page, first, endpoint)
    return page


def _stack_items(
    items: Sequence[Any], needed: Sequence[str], where: str
) -> tuple[pd.DataFrame, set[str]]:
    """Return the needed columns of an answer's rows (object), and the names of all columns."""
    if not all(isinstance(item, dict) for item in items):
        raise AnswerError(f"{where}: a row is no JSON object")
    columns: set[str] = set().union(*items)
    if len(columns) > MOST_COLUMNS:
        raise AnswerError(
            f"{where}: {len(columns):,} columns came, {MOST_COLUMNS} at most make a row"
        )
    gone = [name for name in needed if any(name not in item for item in items)]
    if gone:
        there = _list(sorted(columns), 20)
        raise AnswerError(f"{where}: the column {', '.join(gone)} is gone; there is: {there}")
    raw = {name: [item[name] for item in items] for name in needed}
    return pd.DataFrame(raw, dtype=object), columns


def _parse_years(column: pd.Series, asked: range, where: str) -> pd.Series:
    """Return years as int16; one that was not asked for is refused."""
    wrong = sorted({repr(year) for year in column if not _is_integer(year) or year not in asked})
    if wrong:
        raise AnswerError(
            f"{where}: the years {asked[0]} to {asked[-1]} were asked for, and there came "
            f"{_list(wrong)}: the answer is wider than the question"
        )
    return column.astype("int16")


def _parse_side(
    raw: pd.DataFrame, side: str, known: Mapping[str, str], where: str
) -> tuple[pd.Series, pd.Series]:
    """Return one side's own code and ISO3 code, both str.

    A missing ISO3 code is looked up under UNHCR's own; an ISO3 code other than the list's is
    refused, since the codes of the two systems overlap (AUS is Austria in UNHCR's own).
    """
    code, iso = _read_text(raw[side], where), _read_text(raw[f"{side}_iso"], where)
    if (code == _NO_CODE).any():
        raise AnswerError(
            f"{where}: {int((code == _NO_CODE).sum())} rows have {side} summed into one, "
            f"although {side}_all=true was sent: the answer is not by country"
        )
    listed = code.map(known)
    iso = iso.mask(iso.isin(("", _NO_CODE)) & listed.notna(), listed).astype("str")
    pairs = code + "/" + iso
    _refuse(~pairs.str.fullmatch("[A-Z]{3}/[A-Z]{3}"), pairs, where, "is no code")
    _refuse(
        listed.notna() & (iso != listed), pairs, where,
        "pairs two codes otherwise than data/raw/countries.csv",
    )  # fmt: skip
    return code, iso


def _parse_labels(column: pd.Series, listed: Mapping[str, str], where: str) -> pd.Series:
    """Return codes as str; an unknown one is kept, but for the unit that counts are in."""
    text = _read_text(column, where)
    if column.name in UNITS:
        _refuse(~text.isin(listed), text, where, f"is no known {column.name}: {', '.join(listed)}")
    _refuse(~text.str.fullmatch("[A-Z0-9]{1,8}"), text, where, f"is no {column.name}")
    return text


def _parse_counts(column: pd.Series, where: str) -> pd.Series:
    """Return counts as Int64: numbers as they are, "0" as 0, "-" (not collected) as missing.

    >>> _parse_counts(pd.Series([12, "0", "-"], name="oip"), "population/ page 1").tolist()
    [12, 0, <NA>]
    """
    is_read = column.map(lambda value: isinstance(value, str) or _is_integer(value))
    text = column.map(str).where(is_read, column.map(repr)).astype("str").str.strip()
    missing = text == _NOT_COLLECTED
    _refuse(
        ~(text.str.fullmatch(_COUNT) | missing), text, where,
        f"is no count, in the column {column.name}",
    )  # fmt: skip
    return pd.to_numeric(text.mask(missing)).astype("Int64")


def _parse_total(total: Any, endpoint: Endpoint, where: str) -> dict[str, int]:
    """Return the control totals: an object of sums where the endpoint has them, else none."""
    if not endpoint.has_total:
        return {}
    if not isinstance(total, dict) or not set(endpoint.values) <= set(total):
        said = f"{', '.join(endpoint.values)}: {quote(repr(total))}"
        raise AnswerError(f"{where}: no control totals of {said}")
    return {
        name: _take_integer(total[name], f"{where}: total of {name}") for name in endpoint.values
    }


def _take_integer(value: Any, what: str) -> int:
    """Return a count of the envelope, which may be a number or a text of digits."""
    text = str(value)
    is_count = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    if is_count and (isinstance(value, str) or _is_integer(value)):
        return int(text)
    raise AnswerError(f"{what} is {quote(repr(value))}, no count")


def parse_world(items: Sequence[Any], question: Question) -> dict[str, dict[str, int | None]]:
    """Return a table's sums by year and count: the answer where neither side is asked for."""
    endpoint, where = question.endpoint, f"{question.endpoint.path} world"
    raw, _ = _stack_items(items, ["year", *endpoint.values], where)
    years = _parse_years(raw["year"], question.years, where)
    if years.duplicated().any():
        raise AnswerError(f"{where}: a year has more than one row where one sum was asked for")
    counts = {value: _parse_counts(raw[value], where) for value in endpoint.values}
    return {
        str(year): {
            name: None if pd.isna(column.iloc[row]) else int(column.iloc[row])
            for name, column in counts.items()
        }
        for row, year in enumerate(years)
    }


def _check_page(page: Page, first: Page, endpoint: Endpoint) -> None:
    """Hold a page to the first one: as many pages, as many rows, the same control totals."""
    where, moved = endpoint.path, "a release landed in between; fetch again"
    if page.last != first.last:
        raise AnswerError(
            f"{where}: maxPages was {first.last} on page 1 and {page.last} on page "
            f"{page.number}: {moved}"
        )
    if page.rows.empty or (page.number < first.last and len(page.rows) != len(first.rows)):
        raise AnswerError(
            f"{where}: page {page.number} of {first.last} has {len(page.rows)} rows, page 1 "
            f"has {len(first.rows)}: a page is missing or cut short"
        )
    if page.total != first.total:
        raise AnswerError(
            f"{where}: the control totals of page {page.number} are {page.total}, those of "
            f"page 1 {first.total}: {moved}"
        )


def join_pages(
    pages: Sequence[Page], question: Question, probe: Probe
) -> tuple[pd.DataFrame, list[str]]:
    """Return a table's rows in one frame, and what is worth a note.

    Raises
    ------
    AnswerError
        Where rows are missing, one stands twice, or the sums differ from the API's.
    """
    endpoint = question.endpoint
    rows = pd.concat([page.rows for page in pages], ignore_index=True)
    if len(rows) != probe.rows:
        raise AnswerError(f"{endpoint.path}: {len(rows)} rows came, the API counts {probe.rows}")
    double = rows.loc[rows.duplicated(endpoint.key), endpoint.key]
    if len(double):
        shown = double.head(_SHOWN).astype("str").agg("/".join, axis=1)
        said = f"{len(double)} rows stand twice, such as {'; '.join(shown)}"
        raise AnswerError(f"{endpoint.path}: {said}")
    for name, expected in [*pages[0].total.items(), *probe.total.items()]:
        found = int(rows[name].sum())
        if found != expected:
            raise AnswerError(
                f"{endpoint.path}: {name} sums to {found}, the API's control total is {expected} "
                f"(difference {found - expected})"
            )
    unknown = sorted({column for page in pages for column in page.unknown})
    said = f"{endpoint.path}: the API has a new column, {_list(unknown)}; it is not kept"
    notes = [said] if unknown else []
    return rows, [*notes, *_check_world(rows, endpoint, probe.world)]


def _check_world(
    rows: pd.DataFrame, endpoint: Endpoint, world: Mapping[str, Mapping[str, int | None]]
) -> list[str]:
    """Hold the sums a year to the API's own; note small differences, refuse larger ones."""
    if not world:
        return []
    found = rows.groupby("year")[list(endpoint.values)].sum()
    notes = []
    for name in endpoint.values:
        for year in sorted({int(year) for year in world} | set(found.index)):
            expected = world.get(str(year), {}).get(name) or 0
            summed = int(found[name].get(year, 0))
            if summed == expected:
                continue
            said = f"{endpoint.path}: {name} of {year} sums to {summed}, the API says {expected}"
            if abs(summed - expected) > MOST_WORLD_OFF * expected:
                raise AnswerError(f"{said}: a page is missing, or rows were left out")
            notes.append(said)
    return notes


def note_unknown_codes(rows: pd.DataFrame, endpoint: Endpoint, origins: Iterable[str]) -> list[str]:
    """Say which authorities, stages and levels are not known, and in how many rows they stand."""
    notes = []
    for label, listed in endpoint.labels.items():
        strange = rows[~rows[label].isin(listed)]
        if len(strange):
            kept = int(strange["coo_iso"].isin(set(origins)).sum())
            notes.append(
                f"{endpoint.path}: {label} {_list(sorted(strange[label].unique()), 10)} is not "
                f"known: {len(strange):,} rows, {kept:,} of them of origins that are kept"
            )
    return notes


def _read_text(column: pd.Series, where: str) -> pd.Series:
    """Return text without the spaces that names and codes may trail; null is the empty text."""
    wrong = {repr(value) for value in column if value is not None and not isinstance(value, str)}
    if wrong:
        said = _list(sorted(wrong))
        raise AnswerError(f"{where}: column {column.name} holds {said} instead of a code")
    return column.fillna("").astype("str").str.strip()


def _refuse(is_wrong: pd.Series, said: pd.Series, where: str, what: str) -> None:
    """Raise where any row is wrong, with the first different values."""
    if is_wrong.any():
        values = list(said[is_wrong].unique())
        raise AnswerError(f"{where}: in {int(is_wrong.sum())} rows {_list(values)} {what}")


def _list(values: Sequence[object], most: int = _SHOWN) -> str:
    shown = ", ".join(quote(value) for value in values[:most])
    return shown + (f" and {len(values) - most} more" if len(values) > most else "")


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
