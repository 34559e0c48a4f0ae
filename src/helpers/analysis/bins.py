"""Bins for a map: counts by powers of ten, which hold for any origin and year."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd


def bin_by_tens(counts: pd.DataFrame, column: str = "pending", most: int = 6) -> pd.DataFrame:
    """Put counts into bins of one, two, three … digits.

    Parameters
    ----------
    counts : DataFrame
        `column` with whole numbers above zero; a row without one is left out.
    most : int
        How many bins at most; the highest takes all that is larger.

    Returns
    -------
    DataFrame
        The rows with `bin` (0 for one digit) and `bin_label` ("10 to 99").

    Raises
    ------
    ValueError
        For a count below one, which belongs to no bin.

    Examples
    --------
    >>> bin_by_tens(pd.DataFrame({"pending": [5, 40, 99999]}), most=3)["bin_label"].tolist()
    ['1 to 9', '10 to 99', '100 and more']
    """
    known = counts.dropna(subset=[column])
    values = known[column].to_numpy(dtype="int64")
    if (values < 1).any():
        raise ValueError(f"{column} holds {values.min()}: only counts above zero have a bin")
    digits = np.array([len(str(value)) - 1 for value in values], dtype="int64")
    bins = np.minimum(digits, most - 1)
    beyond = bool((digits > most - 1).any())
    labels = [_label(place, is_open=beyond and place == most - 1) for place in bins]
    return known.assign(bin=bins, bin_label=pd.array(labels, dtype="str"))


def _label(place: int, *, is_open: bool) -> str:
    return f"{10**place:,} and more" if is_open else f"{10**place:,} to {10 ** (place + 1) - 1:,}"


def summarise_bins(binned: pd.DataFrame, drawn: Collection[str]) -> pd.DataFrame:
    """Count destinations and claims in each bin, and the destinations that a map cannot show.

    Parameters
    ----------
    binned : DataFrame
        asylum (ISO3, each once), pending, bin, bin_label (`bin_by_tens`).
    drawn : collection of str
        Codes that have a shape.

    Returns
    -------
    DataFrame
        bin, bin_label, destinations, pending (claims), share (0-1 of all rows), without_shape
        (codes joined by a space; empty where all are drawn); the highest bin first.
    """
    rows = []
    for (place, label), part in binned.groupby(["bin", "bin_label"]):
        missing = sorted(set(part["asylum"]) - set(drawn))
        rows.append((place, label, len(part), int(part["pending"].sum()), " ".join(missing)))
    columns = ["bin", "bin_label", "destinations", "pending", "without_shape"]
    table = pd.DataFrame(rows, columns=columns).sort_values("bin", ascending=False)
    table.insert(4, "share", table["pending"] / table["pending"].sum())
    return table.reset_index(drop=True)
