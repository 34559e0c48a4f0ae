"""Words for where one value stands among others, chosen by rule and not by the result."""

from __future__ import annotations

import pandas as pd

YARDSTICKS = {
    "pending": "Claims pending",
    "share_of_world": "Share of the world's pending claims",
    "refugees": "Refugees",
    "departure_from_world": "Departure from the world",
}
CHOICE_NAMES = {
    "measure": "Measure",
    "unit": "Unit",
    "destinations": "Destinations",
    "boundary": "Boundary",
    "release": "Release",
    "start": "First year",
}


def say_standing(share_above: float) -> str:
    """Say where a value stands, from the part (0-1) of the others that is greater.

    Examples
    --------
    >>> say_standing(0.02), say_standing(0.4), say_standing(0.9)
    ('among the greatest tenth', 'in the middle half', 'in the lower quarter')
    """
    if share_above < 0.1:
        return "among the greatest tenth"
    if share_above < 0.25:
        return "in the upper quarter"
    return "in the middle half" if share_above <= 0.75 else "in the lower quarter"


def describe_strips(frame: pd.DataFrame, row: str, value: str, name: str, chosen: str) -> str:
    """Describe strips of points for those who do not see them.

    Parameters
    ----------
    frame : DataFrame
        Columns `row`, `value` and `name`, as `draw_strips` takes them.
    chosen : str
        The code that is drawn in colour.

    Returns
    -------
    str
        For each row: how many points, their middle, and where the chosen one stands.
    """
    said = []
    for heading, part in frame.groupby(row, sort=False, observed=True):
        own = part.loc[part[name] == chosen, value]
        others = part.loc[part[name] != chosen, value]
        place = f"; {chosen} {own.iloc[0]:.2f}" if len(own) else ""
        middle = f", median {others.median():.2f}" if len(others) else ""
        said.append(f"{heading}: {len(others)} other origins{middle}{place}.")
    return " ".join(said)


def describe_curve(frame: pd.DataFrame, value: str = "ratio") -> str:
    """Describe a specification curve: how many answers, their ends and their middle."""
    values = frame[value].astype("float64")
    return (
        f"{len(values):,} answers in order, from {values.min():.2f} to {values.max():.2f} times, "
        f"median {values.median():.2f}; under each, the options that it stands on."
    )
