"""Write fetched tables as a release: files, description, a last reading, and one rename."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.data.columns import FIRST_ASYLUM_YEAR
from helpers.data.datapackage import build_datapackage, write_datapackage, write_table
from helpers.data.releases import read_folder
from helpers.study import ReleaseInfo
from helpers.unhcr.client import AnswerError
from helpers.unhcr.comparison import list_origins
from helpers.unhcr.period import TITLES, Period
from helpers.unhcr.raw_tables import write_csv
from helpers.unhcr.whole import Whole

CHANGES = (
    "Columns that the study does not use were left out.",
    "Rows were kept for the origins on file only; the tables of totals cover every origin.",
    "Rows in which every figure is zero were left out.",
    "Totals over origins and over countries of asylum were computed and added as tables.",
    "Zeros and figures not collected, both served as text, became numbers and empty cells.",
)


def find_newest_year(tables: Mapping[str, pd.DataFrame]) -> int:
    """Return the last year with figures, which stocks, applications and decisions must share.

    Raises
    ------
    AnswerError
        Where they end in different years: a release is half in place.
    """
    names = ("totals_by_asylum", "applications_by_asylum", "decisions_by_asylum")
    last = {name: int(tables[name]["year"].max()) if len(tables[name]) else 0 for name in names}
    if len(set(last.values())) > 1:
        said = ", ".join(f"{name} in {year}" for name, year in last.items())
        raise AnswerError(f"the tables end in different years: {said}; fetch again later")
    return last[names[0]]


def check_codes(
    tables: Mapping[str, pd.DataFrame], known: Mapping[str, str], names: Mapping[str, str]
) -> None:
    """Refuse codes of countries that data/raw/countries.csv does not hold.

    A code without a name and a region would drop out of figures by region; it is told, with what
    the API calls it, and never dropped.

    Raises
    ------
    AnswerError
        With each code, its ISO3 code and the API's name for it.
    """
    new: dict[str, str] = {}
    for table in tables.values():
        for side in ("coo", "coa"):
            if side in table:
                rows = table.loc[~table[side].isin(known), [side, f"{side}_iso"]]
                new |= dict(rows.drop_duplicates().itertuples(index=False, name=None))
    if new:
        said = "; ".join(
            f"{code} (ISO3 {iso}; {names.get(code, 'not in the API list either')})"
            for code, iso in sorted(new.items())
        )
        raise AnswerError(
            f"codes that data/raw/countries.csv does not hold: {said}. Add them there first"
        )


def write_release(
    folder: Path, tables: Mapping[str, pd.DataFrame], info: ReleaseInfo, extra: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """Write the seven files and datapackage.json into a folder and read them back as a release.

    Returns
    -------
    dict of str to DataFrame
        The tables as every other part of the project will load them, schemas passed.

    Raises
    ------
    InputError
        Where a table does not fit its schema.
    """
    folder.mkdir(parents=True)
    for name, table in tables.items():
        write_table(folder, name, write_csv(table))
    package = build_datapackage(
        folder, name=info.name, title=info.title, published=info.published,
        newest_year=info.newest_year, period=info.period, changes=CHANGES, extra=extra,
    )  # fmt: skip
    write_datapackage(folder, package)
    return read_folder(folder, info)


def describe_release(
    name: str, period: Period, newest_year: int, tables: Mapping[str, pd.DataFrame], today: dt.date
) -> ReleaseInfo:
    """Return the facts of a fetched release; its day of publication is the day of the fetch."""
    return ReleaseInfo(
        name=name,
        title=f"{TITLES[period.name]} {newest_year}, as the API served it on {today}",
        published=today,
        first_year=FIRST_ASYLUM_YEAR,
        newest_year=newest_year,
        period=period.name,
        origins=tuple(sorted(list_origins(tables))),
    )


def describe_fetch(
    whole: Whole, asked: Mapping[str, Any], period: Period, fetched_at: str
) -> dict[str, Any]:
    """Return what a fetched release's datapackage.json says of the fetch itself."""
    return {
        "fetched": {
            "fetched_at": fetched_at,
            "url": asked["url"],
            "asked": asked["tables"],
            "fingerprint": asked["fingerprint"],
            "pages": whole.pages,
            "control": {name: asdict(probe) for name, probe in whole.probes.items()},
            "period_reason": period.reason,
            "notes": whole.notes,
        }
    }
