"""Clean a release's raw tables into the core tables, keyed on ISO3, and count every step.

Pure: frames in, frames out. Names of countries are never used to join; the code `NA` stays a
code; missing stays missing; zeros from before a series began become missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from helpers.data.columns import FIRST_ASYLUM_YEAR, LEVEL_OF, STAGE_OF, TABLES, UNIT_NAMES

OUTCOMES = ["recognised", "other", "rejected", "closed"]
_NOT_ADDABLE = ["origins", "pairs_in_both_years", "pairs_unchanged"]
_LABELS = ["authority", "stage_code", "level_code", "unit"]

# What cleaning did. A rule that hit nothing is listed with 0, so that silence is told from absence;
# `action` is dropped, merged, changed or kept.
QUALITY = ["table", "rule", "action", "rows", "detail"]
QualityLog = list[tuple[str, str, str, float, str]]
Note = Callable[[str, str, pd.Series, str], None]  # a rule, its action, the rows it hit, detail


def clean_table(
    name: str, raw: pd.DataFrame, countries: pd.DataFrame, log: QualityLog
) -> pd.DataFrame:
    """Clean one raw table and record what was done; see the functions called for the rules."""

    def note(rule: str, action: str, is_hit: pd.Series, detail: str) -> None:
        log.append((name, rule, action, is_hit.sum(), detail))

    names = TABLES[name].core_names
    known = dict(zip(countries["unhcr_code"], countries["iso_code"], strict=True))
    frame = resolve_codes(raw, known, note)[list(names)].rename(columns=names)
    frame = blank_before_series(frame, note)
    frame = drop_empty_rows(frame, [names[each] for each in TABLES[name].measures], note)
    frame = merge_duplicates(frame, note)
    note_oddities(frame, note)
    return add_groups(frame)


def resolve_codes(frame: pd.DataFrame, known: Mapping[str, str], note: Note) -> pd.DataFrame:
    """Give every row its ISO3 codes; a row that has none and can have none is dropped.

    A missing ISO3 code is looked up under UNHCR's own code. A code that the list of countries
    does not hold, or pairs with another one, is counted and kept: the file's ISO3 code decides.
    """
    sides = [f"{side}_iso" for side in ("coo", "coa") if side in frame]
    for iso in sides:
        given, listed = frame[iso], frame[iso.removesuffix("_iso")].map(known)
        filled = given.isna() & listed.notna()
        said = "missing ISO3 code taken from the list of countries"
        note(f"{iso}_filled", "changed", filled, said)
        differs = given.notna() & listed.notna() & (given != listed)
        said = "the list of countries pairs the code with another ISO3 code"
        note(f"{iso}_differs", "kept", differs, said)
        strange = given.notna() & listed.isna()
        note(f"{iso}_not_listed", "kept", strange, "code is not in the list of countries")
        if filled.any():
            frame = frame.assign(**{iso: given.fillna(listed)})
    lost = frame[sides].isna().any(axis=1)
    note("no_iso3", "dropped", lost, "no ISO3 code to be had for the row")
    return frame[~lost] if lost.any() else frame


def blank_before_series(frame: pd.DataFrame, note: Note) -> pd.DataFrame:
    """Turn pending zeros from before the series began into missing values.

    UNHCR's series of asylum-seekers starts in 2000; earlier zeros mean "not collected".
    """
    if "pending" not in frame:
        return frame
    early, pending = frame["year"] < FIRST_ASYLUM_YEAR, frame["pending"].fillna(-1)
    blanked, odd = early & (pending == 0), early & (pending > 0)
    note("pending_zero_before_2000", "changed", blanked, "not collected then: made missing")
    note("pending_above_zero_before_2000", "kept", odd, "a figure from before the series began")
    return frame.assign(pending=frame["pending"].mask(blanked)) if blanked.any() else frame


def drop_empty_rows(frame: pd.DataFrame, measures: list[str], note: Note) -> pd.DataFrame:
    """Drop rows whose figures are all zero or missing: the source leaves them out as well."""
    empty = (frame[measures].fillna(0) == 0).all(axis=1)
    note("no_figure", "dropped", empty, "every figure of the row is zero or missing")
    return frame[~empty] if empty.any() else frame


def merge_duplicates(frame: pd.DataFrame, note: Note) -> pd.DataFrame:
    """Add up rows that share a key once UNHCR's codes have become ISO3 codes.

    Counts of origins and of pairs cannot be added (the same origin may stand in both rows), so
    they become missing there.
    """
    key = [column for column in ("year", "origin", "asylum", *_LABELS) if column in frame]
    repeated = frame.duplicated(key)
    note("same_key", "merged", repeated, "rows of one key under ISO3, added up")
    if not repeated.any():
        return frame.reset_index(drop=True)
    double = frame.duplicated(key, keep=False)
    counts = [column for column in frame.columns if column not in key]
    merged = frame[double].groupby(key, as_index=False)[counts].sum(min_count=1)
    for column in set(_NOT_ADDABLE) & set(counts):
        merged[column] = pd.array([pd.NA] * len(merged), dtype="Int64")
    whole = pd.concat([frame[~double], merged[frame.columns]])
    return whole.sort_values(key, ignore_index=True)


def note_oddities(frame: pd.DataFrame, note: Note) -> None:
    """Count what is kept as it is although it may surprise a reader."""
    for column in (column for column in ("stage_code", "level_code") if column in frame):
        note(f"{column}_na", "kept", frame[column] == "NA", "NA is a code, not a missing value")
    if {"origin", "asylum"} <= set(frame.columns):
        same = frame["origin"] == frame["asylum"]
        said = "origin and asylum are the same, unexplained: kept, so that sums equal UNHCR's"
        note("origin_is_asylum", "kept", same, said)
    if "oip" in frame:
        note("oip_missing", "kept", frame["oip"].isna(), "not collected: missing, not zero")
    if set(OUTCOMES) <= set(frame.columns):
        differs = frame[OUTCOMES].sum(axis=1) != frame["total"]
        said = "reported total is not the sum of the four outcomes: both kept as reported"
        note("total_is_not_sum", "kept", differs, said)


def add_groups(frame: pd.DataFrame) -> pd.DataFrame:
    """Add stage and level groups where the table has their codes, and spell out the unit.

    A table of applications gets `stage` (new, repeat, appeal, mixed), one of decisions `level`
    (first, appeal, other). A code that is not known is `mixed` or `other`, so that it is never
    counted as a new claim or as a decision of the first instance.
    """
    frame = frame.copy(deep=False)
    if "unit" in frame:
        frame["unit"] = frame["unit"].map(UNIT_NAMES).astype("str")
    if "stage_code" in frame:
        frame["stage"] = frame["stage_code"].map(STAGE_OF).fillna("mixed").astype("str")
    elif "level_code" in frame:
        frame["level"] = frame["level_code"].map(LEVEL_OF).fillna("other").astype("str")
    if "oip" in frame:
        kept = ("year", "origin", "asylum", "pending", "refugees", "oip")
        frame = frame[list(kept)]
    return frame


def clean_countries(countries: pd.DataFrame, log: QualityLog) -> pd.DataFrame:
    """Return iso3, unhcr_code, name, unhcr_region, unsd_region, unsd_subregion, one row a code."""
    frame = countries.rename(columns={"iso_code": "iso3"})
    blank = frame[["unhcr_region", "unsd_region", "unsd_subregion"]].isna().any(axis=1)
    twice = frame.duplicated("iso3")
    log.append(("countries", "no_region", "kept", blank.sum(), "codes that are no countries"))
    log.append(("countries", "iso3_twice", "dropped", twice.sum(), "second entry of an ISO3 code"))
    order = ["iso3", "unhcr_code", "name", "unhcr_region", "unsd_region", "unsd_subregion"]
    return frame.loc[~twice, order].sort_values("iso3", ignore_index=True)


def count_rows(
    tables: Mapping[str, pd.DataFrame],
    cleaned: Mapping[str, pd.DataFrame],
    recorded: Mapping[str, Mapping[int, int]],
) -> pd.DataFrame:
    """Return table, year, recorded, read, kept: rows a year on paper, in the file, in the core."""
    counts = {
        name: pd.DataFrame(
            {
                "recorded": pd.Series(recorded.get(name, {}), dtype="Int64"),
                "read": tables[name]["year"].value_counts(),
                "kept": frame["year"].value_counts(),
            }
        )
        for name, frame in cleaned.items()
    }
    whole = pd.concat(counts, names=["table", "year"]).sort_index().reset_index()
    return whole.fillna({"read": 0, "kept": 0}).astype({"read": "int64", "kept": "int64"})
