"""What is asked of the API, and its answers held to the question and turned into rows.

An answer is refused with the figure that is wrong: the API answers a misspelt or dropped parameter
with the numbers of a wider query, so nothing is taken on trust. Columns are those of
`helpers.data.columns`: the API serves them under the names that the releases' files have. Its
documentation is at https://api.unhcr.org/docs/refugee-statistics.html.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from helpers.data.columns import TABLES
from helpers.unhcr.client import MOST_DIGITS, AnswerError, quote

SIDES = ("coo", "coa")
UNITS = ("app_pc", "dec_pc")
IDENTITY = {"year", *(f"{side}{end}" for side in SIDES for end in ("_id", "_name", "", "_iso"))}
OTHER_STOCKS = {"returned_refugees", "idps", "returned_idps", "stateless", "ooc", "hst"}
MOST_LISTED = 1_000  # rows of the sums by year
MOST_COLUMNS = 100
MOST_OFF = 0.001  # of a year's sum: small counts are rounded, so those may differ
_CODES = [f"{side}{end}" for side in SIDES for end in ("", "_iso")]
_NO_CODE = _NOT_COLLECTED = "-"  # a side that was summed; a count that was not collected
_EXPANDED = {"coo_all": "true", "coa_all": "true", "cf_type": "ISO"}  # codes are read as ISO3


class Question:
    """One whole table asked for: both sides expanded, all origins, a closed span of years.

    `name` is the raw table that the answer becomes; `labels` are the columns that tell rows of one
    pair apart, each with its known codes; `values` the counts that are kept; `has_total` says
    whether an answer carries their sums over all pages.
    """

    def __init__(self, name: str, last_year: int, page_size: int = 10_000) -> None:
        self.name, self.page_size, self.table = name, page_size, TABLES[name]
        self.path = name.replace("_", "-") + "/"
        self.years = range(self.table.first_year, last_year + 1)
        self.labels = {each.name: each.codes for each in self.table.fields if each.codes}
        self.values = self.table.measures
        self.has_total = name != "population"
        others = set() if self.has_total else OTHER_STOCKS
        self.columns = IDENTITY | others | set(self.table.columns)

    def spell(self, page: int, limit: int = 0, *, is_world: bool = False) -> dict[str, str]:
        """Return the parameters of one page, or of the world's sums a year: no side expanded.

        Both bounds are always sent, since a lone one was seen ignored.
        """
        return ({} if is_world else _EXPANDED) | {
            "yearFrom": str(self.years[0]),
            "yearTo": str(self.years[-1]),
            "limit": str(limit or (MOST_LISTED if is_world else self.page_size)),
            "page": str(page),
        }


class Page(NamedTuple):
    """A page that passed its checks.

    `rows` holds year (int16), codes and labels (str) and counts (Int64); `last` is the number of
    pages, `total` the sums over all of them; `unknown` are columns that are new.
    """

    rows: pd.DataFrame
    last: int
    total: dict[str, int]
    unknown: set[str]


class Probe(NamedTuple):
    """A table's row count, and its sums (`sum_rows`) as the API gives them."""

    rows: int
    total: dict[str, int]


def parse_page(
    answer: Mapping[str, Any], question: Question, number: int, known: Mapping[str, str]
) -> Page:
    """Check the answer for a page against the question and return its rows.

    `known` are UNHCR's codes and their ISO3 codes. AnswerError where the page is another one, a
    column is gone, a side was summed, a year was not asked for, two codes are paired otherwise, or
    a count is no count.
    """
    where = f"{question.path} page {number}"
    if str(answer.get("page")) != str(number):
        said = quote(repr(answer.get("page")))
        raise AnswerError(f"{where}: the answer says that it is page {said}")
    items, total = answer["items"], answer.get("total")
    raw, columns = _stack_items(items, [*_CODES, *question.labels], question, where)
    texts = {name: _read_text(raw[name], where) for name in (*_CODES, *question.labels)}
    for side in SIDES:
        texts[f"{side}_iso"] = _check_side(texts[side], texts[f"{side}_iso"], known, where)
    for name, listed in question.labels.items():
        if name in UNITS:  # it is what counts are in
            said = f"is no known {name}: {', '.join(listed)}"
            _refuse(~texts[name].isin(listed), texts[name], where, said)
        _refuse(~texts[name].str.fullmatch("[A-Z0-9]{1,8}"), texts[name], where, f"is no {name}")
    totals = {}
    if items and question.has_total:
        if not isinstance(total, dict) or not set(question.values) <= set(total):
            said = f"{', '.join(question.values)}: {quote(repr(total))}"
            raise AnswerError(f"{where}: no control totals of {said}")
        totals = {
            name: _take_integer(total[name], f"{where}: total of {name}")
            for name in question.values
        }
    return Page(
        rows=pd.DataFrame({"year": raw["year"]} | texts | dict(raw[question.values])),
        last=_take_integer(answer.get("maxPages"), f"{where}: maxPages"),
        total=totals,
        unknown=columns - question.columns,
    )


def parse_world(items: Sequence[Any], question: Question) -> dict[str, int]:
    """Return a table's sums by year: the answer where neither side is asked for."""
    return sum_rows(_stack_items(items, [], question, f"{question.path} world")[0], question)


def sum_rows(rows: pd.DataFrame, question: Question) -> dict[str, int]:
    """Sum a table's counts over all rows; by year where the API gives no sums over all."""
    if question.has_total:
        return {name: int(rows[name].sum()) for name in question.values}
    by_year = rows.groupby("year")[question.values].sum()
    return {
        f"{name} of {year}": int(by_year.loc[year, name])
        for year in by_year.index
        for name in question.values
    }


def _stack_items(
    items: Sequence[Any], codes: Sequence[str], question: Question, where: str
) -> tuple[pd.DataFrame, set[str]]:
    """Return an answer's rows, codes as they came, with the names of all columns."""
    if not all(isinstance(item, dict) for item in items):
        raise AnswerError(f"{where}: a row is no JSON object")
    columns: set[str] = set().union(*items)
    if len(columns) > MOST_COLUMNS:
        said = f"{len(columns):,} columns came, {MOST_COLUMNS} at most make a row"
        raise AnswerError(f"{where}: {said}")
    needed = ["year", *codes, *question.values]
    if gone := [name for name in needed if any(name not in item for item in items)]:
        there = _list(sorted(columns), 20)
        raise AnswerError(f"{where}: the column {', '.join(gone)} is gone; there is: {there}")
    raw = pd.DataFrame({name: [item[name] for item in items] for name in needed}, dtype=object)
    asked = question.years
    is_wrong = ~raw["year"].map(lambda year: isinstance(year, int) and year in asked).astype(bool)
    if is_wrong.any():
        wrong = sorted(set(raw.loc[is_wrong, "year"].map(repr)))
        raise AnswerError(
            f"{where}: the years {asked[0]} to {asked[-1]} were asked for, and there came "
            f"{_list(wrong)}: the answer is wider than the question"
        )
    counts = {value: _parse_counts(raw[value], where) for value in question.values}
    return raw.assign(year=raw["year"].astype("int16"), **counts), columns


def _check_side(code: pd.Series, iso: pd.Series, known: Mapping[str, str], where: str) -> pd.Series:
    """Return one side's ISO3 codes, a missing one looked up under UNHCR's own.

    One other than the list's is refused: the codes of the two systems overlap (AUS is Austria in
    UNHCR's own).
    """
    is_summed = code == _NO_CODE
    if is_summed.any():
        raise AnswerError(
            f"{where}: {int(is_summed.sum())} rows have {code.name} summed into one, although "
            f"{code.name}_all=true was sent: the answer is not by country"
        )
    listed = code.map(known)
    iso = iso.mask(iso.isin(("", _NO_CODE)) & listed.notna(), listed).astype("str")
    pairs = code + "/" + iso
    _refuse(~pairs.str.fullmatch("[A-Z]{3}/[A-Z]{3}"), pairs, where, "is no code")
    is_other = listed.notna() & (iso != listed)
    _refuse(is_other, pairs, where, "pairs two codes otherwise than data/raw/countries.csv")
    return iso


def _parse_counts(column: pd.Series, where: str) -> pd.Series:
    """Return counts as Int64: numbers as they are, "0" as 0, "-" (not collected) as missing."""
    text = column.map(lambda value: value if isinstance(value, str) else repr(value))
    text = text.astype("str").str.strip()
    missing = text == _NOT_COLLECTED
    is_count = text.str.fullmatch(f"[0-9]{{1,{MOST_DIGITS}}}")
    _refuse(~(is_count | missing), text, where, f"is no count, in the column {column.name}")
    return pd.to_numeric(text.mask(missing)).astype("Int64")


def _take_integer(value: Any, what: str) -> int:
    """Return a count of the envelope, which may be a number or a text of digits."""
    text = str(value)
    if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS:
        return int(text)
    raise AnswerError(f"{what} is {quote(repr(value))}, no count")


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


def _list(values: Sequence[object], most: int = 3) -> str:
    shown = ", ".join(quote(value) for value in values[:most])
    return shown + (f" and {len(values) - most} more" if len(values) > most else "")


def check_page(page: Page, number: int, question: Question, probe: Probe) -> None:
    """Hold a page to what the API said of the table: number of pages, rows, control totals."""
    size = question.page_size
    n_pages, n_rows = -(-probe.rows // size), min(size, probe.rows - size * (number - 1))
    where = f"{question.path} page {number} of {n_pages}"
    if page.last != n_pages:
        raise AnswerError(
            f"{where}: maxPages is {page.last}, and {probe.rows:,} rows make {n_pages} pages"
        )
    if len(page.rows) != n_rows:
        raise AnswerError(
            f"{where}: {len(page.rows):,} of {n_rows:,} rows came: a page is missing or cut short"
        )
    if question.has_total and page.total != probe.total:
        raise AnswerError(
            f"{where}: the control totals are {page.total}, and were {probe.total}: a release "
            "landed in between; fetch again"
        )


def join_pages(
    pages: Sequence[Page], question: Question, probe: Probe, known: Mapping[str, str]
) -> tuple[pd.DataFrame, list[str]]:
    """Return a table's rows in one frame, and what is worth a note: what was not known.

    AnswerError where a row stands twice, or the sums differ from the API's.
    """
    rows = pd.concat([page.rows for page in pages], ignore_index=True)
    key = list(question.table.key)
    double = rows.loc[rows.duplicated(key), key].astype("str").agg("/".join, axis=1)
    if len(double):
        shown = "; ".join(double.head(3))
        raise AnswerError(f"{question.path}: {len(double)} rows stand twice, such as {shown}")
    found, notes = sum_rows(rows, question), []
    for name in sorted({*found, *probe.total}):
        summed, expected = found.get(name, 0), probe.total.get(name, 0)
        said = f"{question.path}: {name} sums to {summed}, the API's control total is {expected}"
        if abs(summed - expected) > (0 if question.has_total else MOST_OFF * expected):
            raise AnswerError(f"{said}: a page is missing, or rows were left out")
        notes += [said] * (summed != expected)
    if unknown := sorted(set[str]().union(*(page.unknown for page in pages))):
        notes.append(f"{question.path}: the API has a new column, {_list(unknown)}; it is not kept")
    for name, listed in (question.labels | dict.fromkeys(SIDES, known)).items():
        strange = rows.loc[~rows[name].isin(listed), name]
        if len(strange):
            where = "in data/raw/countries.csv" if name in SIDES else "known"
            codes = _list(sorted(strange.unique()), 10)
            rows_of = f"{len(strange):,} row{'s' * (len(strange) > 1)}"
            notes.append(f"{question.path}: {name} {codes} is not {where}: {rows_of}")
    return rows, notes
