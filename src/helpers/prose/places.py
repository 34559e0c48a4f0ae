"""Words for destinations: labels of rates, lists of names, and who entered or left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from helpers.data.codes import DECISION_LEVELS
from helpers.prose.words import join_names


def label_rates(rates: pd.DataFrame, names: Mapping[str, str]) -> pd.Series:
    """Label each rate by destination and level; cases are named, since most count persons.

    Parameters
    ----------
    rates : DataFrame
        asylum (ISO3), level_code, unit.
    names : mapping
        ISO3 -> name.

    Examples
    --------
    >>> rows = pd.DataFrame({"asylum": ["AUS"], "level_code": ["AR"], "unit": ["cases"]})
    >>> label_rates(rows, {"AUS": "Australia"}).tolist()
    ['Australia, AR (cases)']
    """
    labels = [
        f"{names[code]}, {level}{' (cases)' if unit == 'cases' else ''}"
        for code, level, unit in rates[["asylum", "level_code", "unit"]].itertuples(index=False)
    ]
    return pd.Series(labels, index=rates.index, dtype="str")


def explain_levels(codes: Iterable[str]) -> str:
    """Say what codes of decision levels mean, in the order of the dictionary.

    Examples
    --------
    >>> explain_levels(["AR", "FI"])
    'FI, first instance; AR, administrative review'
    """
    used = set(codes)
    return "; ".join(f"{code}, {said}" for code, said in DECISION_LEVELS.items() if code in used)


def name_codes(codes: pd.Series, names: Mapping[str, str]) -> pd.Series:
    """Turn cells of codes joined by a space into cells of names; empty stays empty.

    Examples
    --------
    >>> name_codes(pd.Series(["AUS CAN", ""]), {"AUS": "Australia", "CAN": "Canada"}).tolist()
    ['Australia and Canada', '']
    """
    said = [join_names(names[code] for code in cell.split()) for cell in codes.astype(str)]
    return pd.Series(said, index=codes.index, dtype="str")
