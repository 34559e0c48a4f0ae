"""Clean a release's raw tables into the core tables, keyed on ISO3, and count every step.

Pure: frames in, frames out. Names of countries are never used to join; the code `NA` stays a
code; missing stays missing; zeros from before a series began become missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.data import codes
from helpers.data.core import Core
from helpers.data.fields import FIRST_ASYLUM_YEAR, TABLES
from helpers.data.quality import Ledger, count_rows

# Raw column -> core column; a column that is not here keeps its name.
RENAMED = {
    "coo_iso": "origin",
    "coa_iso": "asylum",
    "asylum_seekers": "pending",
    "asylum_seekers_unknown_origin": "pending_unknown_origin",
    "procedure_type": "authority",
    "app_type": "stage_code",
    "dec_level": "level_code",
    "app_pc": "unit",
    "dec_pc": "unit",
    "dec_recognized": "recognised",
    "dec_other": "other",
    "dec_rejected": "rejected",
    "dec_closed": "closed",
    "dec_total": "total",
}
UNKNOWN_NAMES = {
    "applications_by_asylum": "applied_unknown_origin",
    "decisions_by_asylum": "total_unknown_origin",
}
OUTCOMES = ["recognised", "other", "rejected", "closed"]
_NOT_ADDABLE = ["origins", "pairs_in_both_years", "pairs_unchanged"]
_LABELS = ["authority", "stage_code", "level_code", "unit"]


def clean_release(
    tables: Mapping[str, pd.DataFrame],
    countries: pd.DataFrame,
    recorded: pd.DataFrame | None = None,
) -> Core:
    """Clean the seven raw tables into core tables.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The raw tables, as `load_release` returns them.
    countries : DataFrame
        unhcr_code, iso_code, name, unhcr_region, unsd_region, unsd_subregion.
    recorded : DataFrame, optional
        table, year, recorded: the row counts that the release's datapackage.json states.

    Returns
    -------
    Core
        The core tables, the quality table and the row counts.
    """
    ledger = Ledger()
    known = dict(zip(countries["unhcr_code"], countries["iso_code"], strict=True))
    cleaned = {name: clean_table(name, tables[name], known, ledger) for name in TABLES}
    return Core(
        pending=cleaned["population"],
        applications=cleaned["asylum_applications"],
        decisions=cleaned["asylum_decisions"],
        by_origin=cleaned["totals_by_origin"],
        by_asylum=cleaned["totals_by_asylum"],
        applications_by_asylum=cleaned["applications_by_asylum"],
        decisions_by_asylum=cleaned["decisions_by_asylum"],
        countries=clean_countries(countries, ledger),
        quality=ledger.frame(),
        rows=count_rows(tables, cleaned, recorded),
    )


def clean_table(
    name: str, raw: pd.DataFrame, known: Mapping[str, str], ledger: Ledger
) -> pd.DataFrame:
    """Clean one raw table and record what was done; see the functions called for the rules.

    With a column `release` it may be that of several releases, which do not touch each other.
    """
    frame = resolve_codes(name, raw, known, ledger)
    frame = frame.rename(columns=RENAMED | {"unknown_origin": UNKNOWN_NAMES.get(name, "")})
    frame = frame.drop(columns=["coo", "coa"], errors="ignore")
    frame = blank_before_series(name, frame, ledger)
    frame = drop_empty_rows(name, frame, ledger)
    frame = merge_duplicates(name, frame, ledger)
    note_oddities(name, frame, ledger)
    return add_groups(frame)


def resolve_codes(
    name: str, raw: pd.DataFrame, known: Mapping[str, str], ledger: Ledger
) -> pd.DataFrame:
    """Give every row its ISO3 codes; a row that has none and can have none is dropped.

    A missing ISO3 code is looked up under UNHCR's own code. A code that the list of countries
    does not hold, or pairs with another one, is counted and kept: the file's ISO3 code decides.
    """
    frame, sides = raw, [side for side in ("coo", "coa") if side in raw]
    for side in sides:
        frame = _resolve_side(name, frame, side, known, ledger)
    lost = np.any([frame[f"{side}_iso"].isna() for side in sides], axis=0)
    ledger.record(name, "no_iso3", "dropped", lost.sum(), "no ISO3 code to be had for the row")
    return frame[~lost] if lost.any() else frame


def _resolve_side(
    name: str, frame: pd.DataFrame, side: str, known: Mapping[str, str], ledger: Ledger
) -> pd.DataFrame:
    """Resolve the codes of one side; the pairs of codes are few, so they are judged, not rows."""
    code, iso = side, f"{side}_iso"
    filled = differs = unlisted = 0
    pairs = Counter(zip(frame[code].to_numpy(object), frame[iso].to_numpy(object), strict=True))
    for (own, given), rows in pairs.items():
        listed, is_given = known.get(own), isinstance(given, str)
        if not isinstance(listed, str):
            unlisted += rows * is_given
        elif not is_given:
            filled += rows
        elif given != listed:
            differs += rows
    for rule, action, rows, detail in (
        ("filled", "changed", filled, "missing ISO3 code taken from the list of countries"),
        ("differs", "kept", differs, "the list of countries pairs the code with another ISO3 code"),
        ("not_listed", "kept", unlisted, "code is not in the list of countries"),
    ):
        ledger.record(name, f"{iso}_{rule}", action, rows, detail)
    if not filled:
        return frame
    return frame.assign(**{iso: frame[iso].fillna(frame[code].map(known))})


def blank_before_series(name: str, frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Turn pending zeros from before the series began into missing values.

    UNHCR's series of asylum-seekers starts in 2000; earlier zeros mean "not collected".
    """
    if "pending" not in frame:
        return frame
    early = frame["year"] < FIRST_ASYLUM_YEAR
    pending = frame["pending"].to_numpy("float64", na_value=-1)
    blanked, odd = early & (pending == 0), early & (pending > 0)
    for rule, action, mask, detail in (
        ("pending_zero_before_2000", "changed", blanked, "not collected then: made missing"),
        ("pending_above_zero_before_2000", "kept", odd, "a figure from before the series began"),
    ):
        ledger.record(name, rule, action, mask.sum(), detail)
    if not blanked.any():
        return frame
    return frame.assign(pending=frame["pending"].mask(blanked))


def drop_empty_rows(name: str, frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Drop rows whose figures are all zero or missing: the source leaves them out as well."""
    measures = [RENAMED.get(measure, measure) for measure in TABLES[name].measures]
    empty = pd.Series(True, index=frame.index)
    for measure in measures:
        empty &= frame[measure].to_numpy("float64", na_value=0) == 0
    ledger.record(
        name, "no_figure", "dropped", empty.sum(), "every figure of the row is zero or missing"
    )
    return frame[~empty] if empty.any() else frame


def merge_duplicates(name: str, frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Add up rows that share a key once UNHCR's codes have become ISO3 codes.

    Counts of origins and of pairs cannot be added (the same origin may stand in both rows), so
    they become missing there.
    """
    key = _find_key(frame)
    repeated = frame.duplicated(key)
    ledger.record(
        name, "same_key", "merged", repeated.sum(), "rows of one key under ISO3, added up"
    )
    if not repeated.any():
        return frame.reset_index(drop=True)
    double = frame.duplicated(key, keep=False)
    counts = [column for column in frame.columns if column not in key]
    merged = frame[double].groupby(key, as_index=False)[counts].sum(min_count=1)
    for column in set(_NOT_ADDABLE) & set(counts):
        merged[column] = pd.array([pd.NA] * len(merged), dtype="Int64")
    whole = pd.concat([frame[~double], merged[frame.columns]])
    return whole.sort_values(key, ignore_index=True)


def _find_key(frame: pd.DataFrame) -> list[str]:
    return [name for name in ("release", "year", "origin", "asylum", *_LABELS) if name in frame]


def note_oddities(name: str, frame: pd.DataFrame, ledger: Ledger) -> None:
    """Count what is kept as it is although it may surprise a reader."""
    for column in (column for column in ("stage_code", "level_code") if column in frame):
        is_na = frame[column] == "NA"
        ledger.record(
            name, f"{column}_na", "kept", is_na.sum(), "NA is a code, not a missing value"
        )
    if {"origin", "asylum"} <= set(frame.columns):
        same = frame["origin"] == frame["asylum"]
        ledger.record(
            name, "origin_is_asylum", "kept", same.sum(), "origin and asylum are the same"
        )
    if "oip" in frame:
        blank = frame["oip"].isna()
        ledger.record(name, "oip_missing", "kept", blank.sum(), "not collected: missing, not zero")
    if set(OUTCOMES) <= set(frame.columns):
        differs = frame[OUTCOMES].sum(axis=1) != frame["total"]
        said = "reported total is not the sum of the four outcomes: both kept as reported"
        ledger.record(name, "total_is_not_sum", "kept", differs.sum(), said)


def add_groups(frame: pd.DataFrame) -> pd.DataFrame:
    """Add stage and level groups where the table has their codes, and spell out the unit.

    A table of applications gets `stage` (new, repeat, appeal, mixed), one of decisions `level`
    (first, appeal, other). A code that is not known is `mixed` or `other`, so that it is never
    counted as a new claim or as a decision of the first instance.
    """
    frame = frame.copy(deep=False)
    if "unit" in frame:
        frame["unit"] = frame["unit"].map(codes.UNIT_NAMES).astype("str")
    if "stage_code" in frame:
        frame["stage"] = frame["stage_code"].map(codes.STAGES).fillna("mixed").astype("str")
    elif "level_code" in frame:
        frame["level"] = frame["level_code"].map(codes.LEVELS).fillna("other").astype("str")
    if "oip" in frame:
        kept = ("year", "origin", "asylum", "pending", "refugees", "oip", "release")
        frame = frame[[column for column in kept if column in frame]]
    return frame


def clean_countries(countries: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Return iso3, unhcr_code, name, unhcr_region, unsd_region, unsd_subregion, one row a code."""
    frame = countries.rename(columns={"iso_code": "iso3"})
    blank = frame[["unhcr_region", "unsd_region", "unsd_subregion"]].isna().any(axis=1)
    twice = frame.duplicated("iso3")
    ledger.record("countries", "no_region", "kept", blank.sum(), "codes that are no countries")
    ledger.record("countries", "iso3_twice", "dropped", twice.sum(), "second entry of an ISO3 code")
    order = ["iso3", "unhcr_code", "name", "unhcr_region", "unsd_region", "unsd_subregion"]
    return frame.loc[~twice, order].sort_values("iso3", ignore_index=True)
