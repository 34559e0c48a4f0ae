"""What the files of a run are called and hold, in words for a catalogue."""

from __future__ import annotations

from pathlib import PurePath

FOLDERS = {
    "figures": "Every figure as SVG and PNG, with a JSON of caption, description and drawn data.",
    "notebooks": "The executed notebooks, with the parameters that they were given.",
    "tables": "The run's tables as CSV in full precision; a missing value is an empty cell.",
}
TABLES = {
    "accounting": (
        "Stock and flow by year and destination: claims pending at the start, lodged, decided "
        "and pending at the end, and what these leave unexplained."
    ),
    "accounting_by_year": "The account of stock and flow over all destinations, by year.",
    "applications_by_year": (
        "Claims lodged by year, stage (new, repeat, appeal, mixed) and unit (persons or cases), "
        "with their range."
    ),
    "break_years": (
        "How well a break in each year fits each series, and how level and growth change there."
    ),
    "breaks": (
        "Breaks in what destinations report: year, kind, severity, effect on the origin's "
        "total, and what is known of the reason."
    ),
    "claims": "Published claims, recomputed and judged on the release current for their text.",
    "claims_by_release": "The published claims recomputed on every release on file.",
    "concentration": (
        "How concentrated pending claims are by year: Herfindahl index, effective number of "
        "destinations, shares of the first and the first five."
    ),
    "data_quality": (
        "What cleaning did, rule by rule: rows dropped, merged, changed, or kept although they "
        "look odd."
    ),
    "decisions_by_year": (
        "Decisions by year, level and unit, with recognition and total protection rates."
    ),
    "destination_moves": "Destinations that entered or left the first ranks, year by year.",
    "destination_rates": "Decisions and rates by destination and level, added up over some years.",
    "destinations": "Claims pending and lodged by year and destination, with shares and ranks.",
    "eras": (
        "Eras compared by measure and boundary: the mean of a year, first, last, ratio and "
        "percent increase."
    ),
    "lodged_by_destination": (
        "New claims by year and destination: the strict count, the inclusive one, and the range "
        "in persons."
    ),
    "lodged_by_year": (
        "New claims by year: strict, inclusive and as a range of persons, with and without the "
        "main destination."
    ),
    "lodged_rows": (
        "Rows of other types than new claims, and the rule that adds each to the inclusive "
        "count, if one does."
    ),
    "pending_by_year": (
        "Claims pending by year, with and without the largest destination, their share of the "
        "world's, and the range that unknown origins leave."
    ),
    "placebo": "The comparison of eras made for other origins, with the rank of each.",
    "revisions": "Figures that a later release changed, before and after.",
    "sensitivity": "The comparison of eras with other years of transition between them.",
    "shift_share": (
        "Growth by destination, split into its backlog, the part with named origins, the "
        "origin's share, and entry."
    ),
    "specifications": "The ratio between two eras under every combination of the choices listed.",
    "year_ends": (
        "How many of each year-end's pending claims had been counted the year before, at the "
        "least and at the most."
    ),
}
TITLES = {
    "manifest.json": "Manifest",
    "changes.html": "What the newest release changes",
    "changes.md": "What the newest release changes, as text",
    "numbers.json": "Numbers of the text",
    "report.html": "Report",
}
TEXTS = {
    "manifest.json": "What the run stands on, how it went, and the sha256 of each of its files.",
    "changes.html": (
        "This run beside that of the release before: figures, verdicts and sentences that changed."
    ),
    "changes.md": "This run beside that of the release before.",
    "numbers.json": (
        "Every number that the prose uses, by name: its value, how it is printed, and in which "
        "notebook."
    ),
    "report.html": "All executed notebooks on one page that needs nothing else and reads offline.",
}
_MEDIA = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}


def name_media_type(name: str) -> str:
    """Return a file's media type by its ending."""
    return _MEDIA.get(PurePath(name).suffix.lower(), "application/octet-stream")
