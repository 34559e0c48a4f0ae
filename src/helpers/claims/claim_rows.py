"""The rows of the ledger: a verdict's cells, and what the searches came upon beside it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from helpers.claims.claim_breaks import list_crossed, say_crossed
from helpers.claims.claim_inputs import Printed
from helpers.claims.claim_judge import Verdict
from helpers.claims.claim_restated import restate
from helpers.claims.claim_search import NUMERIC, Coincidences, find_coincidences
from helpers.claims.claim_values import Value
from helpers.claims.claim_words import explain, name_series

if TYPE_CHECKING:
    from helpers.claims.file import ClaimsFile

COLUMNS = (
    "claim_id", "source", "claimed", "recomputed", "series", "release", "figure", "wording",
    "derivation", "restatement", "paraphrase", "years", "parts", "nearest", "nearest_series",
    "candidates", "coincidences", "stability", "reading", "note", "crosses",
)  # fmt: skip
BY_RELEASE = (
    "claim_id", "release", "recomputed", "figure", "wording", "series", "is_current",
)  # fmt: skip


def describe_verdict(verdict: Verdict) -> dict[str, object]:
    """Return a verdict's cells that every release has."""
    main = verdict.main
    series = ""
    if main is not None and main.choice is not None:
        series = name_series(main.test.recipe, main.choice)
    return {
        "claim_id": verdict.claim.id,
        "release": verdict.figures.release,
        "recomputed": write_value(main.value if main else None),
        "figure": verdict.figure,
        "wording": verdict.wording,
        "series": series,
    }


def describe_claim(
    verdict: Verdict, file: ClaimsFile, printed: Mapping[str, list[Printed]]
) -> dict[str, object]:
    """Return a claim's cells on the release that it is judged on, all but `stability`."""
    claim = verdict.claim
    return (
        describe_verdict(verdict)
        | _describe_search(verdict)
        | {
            "source": claim.source,
            "claimed": claim.claimed,
            "derivation": explain(verdict, printed),
            "restatement": restate(claim, verdict.figures),
            "paraphrase": claim.paraphrase,
            "years": "-".join(str(year) for year in claim.years),
            "parts": _say_parts(verdict),
            "reading": claim.reading,
            "note": claim.note,
            "crosses": say_crossed(list_crossed(verdict)),
        }
    )


def write_value(value: Value) -> str:
    """Write a value as a bare number, yes or no; missing is empty.

    Examples
    --------
    >>> [write_value(value) for value in (15362.0, 169.0571, True, None)]
    ['15362', '169.0571', 'yes', '']
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.4f}"


def _describe_search(verdict: Verdict) -> dict[str, object]:
    """Return what the searches came upon beside the verdict."""
    main = verdict.main
    found = main.found if main else None
    wide = find_coincidences(main.test, verdict.figures) if main and found else None
    nearest = nearest_series = ""
    if main and found and isinstance(main.test.recipe, NUMERIC):
        nearest = write_value(found.nearest_value)
        nearest_series = name_series(main.test.recipe, found.nearest)
    return {
        "nearest": nearest,
        "nearest_series": nearest_series,
        "candidates": found.tried if found else 0,
        "coincidences": _say_coincidences(wide),
    }


def _say_coincidences(wide: Coincidences | None) -> str:
    if wide is None:
        return ""
    said = f"{wide.hits:,} of {wide.tried:,} other candidates"
    return f"{said}, such as {'; '.join(wide.examples)}" if wide.examples else said


def _say_parts(verdict: Verdict) -> str:
    """Say each statement's code where a claim has several."""
    if len(verdict.findings) < 2:
        return ""
    return "; ".join(
        f"{each.test.label}: {write_value(each.value)} ({each.figure})" for each in verdict.findings
    )


def say_stability(rows: list[dict[str, object]]) -> str:
    """Say whether a verdict is the same on every release that can test it, and where it flips."""
    pairs = [(row["release"], f"{row['figure']}, {row['wording']}", row["figure"]) for row in rows]
    tested = [(name, said) for name, said, figure in pairs if figure != "untestable"]
    if not tested:
        return "untestable on every release"
    runs = [tested[0]]
    runs += [two for one, two in pairwise(tested) if one[1] != two[1]]
    untested = len(pairs) - len(tested)
    tail = f"; not yet on file on {untested} older" if untested else ""
    if len(runs) == 1:
        held = f"all {len(tested)} releases that hold" if len(tested) > 1 else "the one that holds"
        return f"the same on {held} its years{tail}"
    return "flips: " + ", then ".join(f"{said} from {name}" for name, said in runs) + tail
