"""Compare two frames of figures cell by cell: what came, what went, what is another number.

Used where a fetched release meets the one on file, and where releases on file meet each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def list_cells(frame: pd.DataFrame, key: Sequence[str], counts: Sequence[str]) -> pd.DataFrame:
    """Stack a frame's figures, one row a cell; a missing figure is no cell, a zero is one.

    Parameters
    ----------
    frame : DataFrame
        Columns `key`, which tell rows apart, and `counts`, which hold figures.

    Returns
    -------
    DataFrame
        key, measure (the figure's column), value (Int64).
    """
    key, counts = list(key), list(counts)
    cells = frame[[*key, *counts]].melt(key, counts, var_name="measure")
    cells = cells.astype({"measure": "str", "value": "Int64"})
    return cells.dropna(subset=["value"]).reset_index(drop=True)


def match_cells(before: pd.DataFrame, after: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """List the cells in which two frames differ.

    Parameters
    ----------
    before, after : DataFrame
        Cells as `list_cells` gives them; no two of a frame have the same key and measure.
    key : sequence of str
        What tells rows apart.

    Returns
    -------
    DataFrame
        key, measure, before, after (Int64; missing where the frame has no such cell), in the
        order of the key.

    Raises
    ------
    pandas.errors.MergeError
        Where a key stands twice.

    Examples
    --------
    >>> old = pd.DataFrame({"year": [2021, 2022], "n": [5, 7]})
    >>> new = pd.DataFrame({"year": [2022, 2023], "n": [8, 9]})
    >>> match_cells(*(list_cells(frame, ["year"], ["n"]) for frame in (old, new)), ["year"])
       year measure  before  after
    0  2021       n       5   <NA>
    1  2022       n       7      8
    2  2023       n    <NA>      9
    """
    matched = before.rename(columns={"value": "before"}).merge(
        after.rename(columns={"value": "after"}),
        on=[*key, "measure"], how="outer", validate="one_to_one",
    )  # fmt: skip
    differs = (matched["before"] != matched["after"]).fillna(True)
    return matched[differs].reset_index(drop=True)
