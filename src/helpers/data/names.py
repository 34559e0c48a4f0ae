"""Names for prose and labels; rows are joined on ISO3 codes, never on these."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any, NamedTuple

from helpers import paths
from helpers.catalogue import InputError, load_yaml

if TYPE_CHECKING:
    import pandas as pd


class Name(NamedTuple):
    """A place's name in a chart, and inside a sentence with its article."""

    short: str
    prose: str


def load_names(countries: pd.DataFrame) -> dict[str, Name]:
    """Load every place's names: UNHCR's own, or the shorter ones of data/hand/names.yml.

    Parameters
    ----------
    countries : DataFrame
        iso3, name.

    Returns
    -------
    dict of str to Name
        Keyed on ISO3.

    Raises
    ------
    InputError
        As `load_name_entries`.
    """
    rows = zip(countries["iso3"].astype(str), countries["name"].astype(str), strict=True)
    names = {code: Name(name, name) for code, name in rows}
    for code, entry in load_name_entries(names).items():
        short = entry.get("short", names[code].short)
        names[code] = Name(short, entry.get("prose", short))
    return names


def load_name_entries(known: Container[str]) -> dict[str, dict[str, Any]]:
    """Load data/hand/names.yml: by ISO3, what a place is called where UNHCR's name is too long.

    Raises
    ------
    InputError
        Where an entry's code is not among the known ones, or it has an unknown key.
    """
    loaded = load_yaml(paths.hand() / "names.yml")
    listed = loaded.get("names") if isinstance(loaded, dict) else None
    if not isinstance(listed, dict) or not all(isinstance(each, dict) for each in listed.values()):
        raise InputError("names.yml must hold entries under 'names'")
    for code, entry in listed.items():
        if code not in known or not set(entry) <= {"short", "prose"}:
            raise InputError(f"names.yml: entry {code!r} is no known code, or has an unknown key")
    return listed
