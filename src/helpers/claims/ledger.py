"""The claims ledger: every claim of a file, judged on every release, and its texts.

A claim is judged on the release that was current when its text was published. A text older than
the first release on file is judged on that one, cut at the last year that the text could see. The
same verdict is then taken on every other release, to see whether it holds.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pandas as pd

from helpers.analysis.breaks import find_breaks
from helpers.claims.claim_figures import Value, build_figures, list_broken
from helpers.claims.claim_search import say_coincidences
from helpers.claims.derivation import explain, list_crossed, measure_bounds, name_series, restate
from helpers.claims.file import ClaimsFile, ClaimSource, load_claims
from helpers.claims.recipes import NUMERIC
from helpers.claims.verdict import CODES, Printed, Verdict, judge_claim, list_printed
from helpers.data.hand import load_breaks, load_lodged_rules, load_persons_per_case
from helpers.data.releases import History, load_history, load_mid_years
from helpers.data.releases import load_core as load_origin_core
from helpers.study import InputError, ReleaseInfo, Study, find_release

FORMATS = ("text", "csv", "json", "markdown")
COLUMNS = (
    "claim_id", "source", "claimed", "recomputed", "series", "release", "figure", "wording",
    "derivation", "restatement", "paraphrase", "years", "parts", "nearest", "nearest_series",
    "candidates", "coincidences", "stability", "reading", "note", "crosses",
)  # fmt: skip
BY_RELEASE = (
    "claim_id", "release", "recomputed", "figure", "wording", "series", "is_current",
)  # fmt: skip
SHOWN = ("claim_id", "claimed", "recomputed", "series", "release", "figure", "wording")
# What is shown of a claim, in this order, and what a page calls it.
FACTS = {
    "claimed": "Claimed",
    "reading": "Read as",
    "recomputed": "Recomputed",
    "figure": "Figure",
    "wording": "Wording",
    "parts": "Parts",
    "derivation": "Derivation",
    "crosses": "Breaks it crosses",
    "coincidences": "Coincidences",
    "restatement": "Fair restatement",
    "stability": "Over the releases",
    "note": "Note",
}
_TERMINAL = {"crosses": "Crosses", "restatement": "Restatement", "stability": "Stability"}
WIDTH = 88
Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Ledger:
    """A claims file judged.

    Attributes
    ----------
    claims : DataFrame
        The contract's claims.csv (`COLUMNS`): one row a claim, on the release current for its text.
    by_release : DataFrame
        claim_id, release, recomputed, figure, wording, series, is_current. One row a claim and
        release.
    verdicts : dict
        claim_id -> Verdict on the release current for its text.
    file : ClaimsFile
    """

    claims: pd.DataFrame
    by_release: pd.DataFrame
    verdicts: Mapping[str, Verdict] = field(repr=False)
    file: ClaimsFile = field(repr=False)

    def list_releases(self, claim_id: str) -> list[dict[Any, Any]]:
        """Return a claim's row of each release, the oldest first."""
        own = self.by_release[self.by_release["claim_id"] == claim_id]
        return own.drop(columns="claim_id").to_dict("records")


def find_current(source: ClaimSource, releases: Iterable[ReleaseInfo]) -> ReleaseInfo:
    """Find the release that was current when a text was published: the first one where older."""
    known = sorted(releases, key=lambda info: (info.published, info.newest_year))
    return [known[0], *(info for info in known if info.published <= source.date)][-1]


def list_current(file: ClaimsFile, history: History) -> dict[str, str]:
    """Return source -> the release that its claims are judged on."""
    return {each.id: find_current(each, history.releases).name for each in file.sources}


def build_ledger(
    file: ClaimsFile,
    history: History,
    current: Mapping[str, str] | None = None,
    known: Mapping[str, Mapping[str, Any]] | None = None,
) -> Ledger:
    """Judge every claim on every release.

    Parameters
    ----------
    file : ClaimsFile
    history : History
        Of the file's origin.
    current : mapping, optional
        Source -> the release to judge on; else the one current for its text.
    known : mapping, optional
        Release -> `bounds` for restatements (`measure_bounds`) and what is `broken` in its series
        (`list_broken`); without them a restatement that needs a range says that it cannot be made,
        and no claim says which breaks it crosses.
    """
    chosen = current or list_current(file, history)
    printed = list_printed(file)
    own: dict[tuple[str, str], Verdict] = {}
    for info in history.releases:
        whole = build_figures(history, info.name, wider=info.name in chosen.values())
        whole = replace(whole, **(known or {}).get(info.name, {}))
        seen = {source.id: whole.see(source.sees) for source in file.sources}
        for claim in file.claims:
            own[claim.id, info.name] = judge_claim(claim, seen[claim.source], printed)
    verdicts = {claim.id: own[claim.id, chosen[claim.source]] for claim in file.claims}
    by_release = {
        claim.id: [
            _describe_verdict(own[claim.id, info.name])
            | {"is_current": info.name == chosen[claim.source]}
            for info in history.releases
        ]
        for claim in file.claims
    }
    rows = [
        _describe_claim(verdict, printed) | {"stability": _say_stability(by_release[claim_id])}
        for claim_id, verdict in verdicts.items()
    ]
    every = [row for rows_of_one in by_release.values() for row in rows_of_one]
    return Ledger(
        pd.DataFrame(rows)[list(COLUMNS)],
        pd.DataFrame(every)[list(BY_RELEASE)],
        verdicts,
        file,
    )


def _describe_verdict(verdict: Verdict) -> dict[str, object]:
    """Return a verdict's cells that every release has."""
    main = verdict.main
    return {
        "claim_id": verdict.claim.id,
        "release": verdict.figures.release,
        "recomputed": write_value(main.value if main else None),
        "figure": verdict.figure,
        "wording": verdict.wording,
        "series": name_series(main.test.recipe, main.choice) if main and main.choice else "",
    }


def _describe_claim(verdict: Verdict, printed: Mapping[str, list[Printed]]) -> dict[str, object]:
    """Return a claim's cells on the release that it is judged on, all but `stability`."""
    claim, main, several = verdict.claim, verdict.main, len(verdict.findings) > 1
    found = main.found if main else None
    row = _describe_verdict(verdict) | {
        "source": claim.source,
        "claimed": claim.claimed,
        "derivation": explain(verdict, printed),
        "restatement": restate(claim, verdict.figures),
        "paraphrase": claim.paraphrase,
        "years": "-".join(map(str, claim.years)),
        "parts": "; ".join(
            f"{each.test.label}: {write_value(each.value)} ({each.figure})"
            for each in verdict.findings
            if several
        ),
        "nearest": "",
        "nearest_series": "",
        "candidates": found.tried if found else 0,
        "coincidences": say_coincidences(main.test, verdict.figures) if main and found else "",
        "reading": claim.reading,
        "note": claim.note,
        "crosses": "; ".join(f"{year} ({what})" for year, what in list_crossed(verdict).items()),
    }
    if main and found and isinstance(main.test.recipe, NUMERIC):
        row["nearest"] = write_value(found.nearest_value)
        row["nearest_series"] = name_series(main.test.recipe, found.nearest)
    return row


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


def _say_stability(rows: list[dict[str, object]]) -> str:
    """Say whether a verdict is the same on every release that can test it, and where it flips."""
    tested = [
        (row["release"], f"{row['figure']}, {row['wording']}")
        for row in rows
        if row["figure"] != "untestable"
    ]
    if not tested:
        return "untestable on every release"
    runs = [tested[0], *(two for one, two in pairwise(tested) if one[1] != two[1])]
    untested = len(rows) - len(tested)
    tail = f"; not yet on file on {untested} older" if untested else ""
    if len(runs) == 1:
        held = f"all {len(tested)} releases that hold" if len(tested) > 1 else "the one that holds"
        return f"the same on {held} its years{tail}"
    return "flips: " + ", then ".join(f"{said} from {name}" for name, said in runs) + tail


def load_ledger(name: str, release: str | None = None) -> Ledger:
    """Load a claims file and the history of its origin, and judge every claim.

    Parameters
    ----------
    name : str
        A file of data/hand/claims, without its ending.
    release : str, optional
        Judge on this release instead of the one current for each text.

    Raises
    ------
    InputError
        Where the file does not fit, or the release is not on file or does not hold the origin.
    """
    file = load_claims(name)
    history = load_history(file.origin)
    current = list_current(file, history)
    if release is not None:
        held = [info.name for info in history.releases]
        if find_release(release).name not in held:
            raise InputError(
                f"release {release} does not hold {file.origin}; these do: {', '.join(held)}"
            )
        current = dict.fromkeys(current, release)
    factors, rules, register = load_persons_per_case(), load_lodged_rules(), load_breaks()
    known = {}
    for each in sorted(set(current.values())):
        info = history.find(each)
        core = load_origin_core(info, file.origin)
        claims = [claim for claim in file.claims if current[claim.source] == each]
        found = find_breaks(
            core, file.origin, info=info, previous=load_mid_years(info), register=register
        )
        known[each] = {
            "bounds": measure_bounds(core, file.origin, claims, factors, rules),
            "broken": list_broken(core, file.origin, found),
        }
    return build_ledger(file, history, current, known)


def find_ledger(scope: Study) -> Ledger | None:
    """Load the ledger of a study's claims file; None where it has none for its origin.

    A run with another origin than the study's has no claims: the texts speak of the study's own.
    """
    name = scope.file.claims
    if name is None or load_claims(name).origin != scope.origin:
        return None
    return load_ledger(name)


def summarise(ledger: Ledger) -> dict[str, int]:
    """Count the ledger: claims, testable ones, figures that reproduce, sentences that fit.

    Returns
    -------
    dict
        claims_all, claims_testable, claims_reproduced (every code exact or rounds),
        claims_derived, claims_off (any part off), claims_fits, claims_both (reproduced and
        fitting), claims_untestable.
    """
    codes = ledger.claims["figure"].str.split("; ").map(set)
    good = codes.map(lambda each: each <= {"exact", "rounds"})
    fits = ledger.claims["wording"] == "fits"
    untestable = codes.map(lambda each: each == {"untestable"})
    counts = {
        "claims_all": len(codes),
        "claims_testable": (~untestable).sum(),
        "claims_reproduced": good.sum(),
        "claims_derived": codes.map(lambda each: "derived" in each).sum(),
        "claims_off": codes.map(lambda each: "off" in each).sum(),
        "claims_fits": fits.sum(),
        "claims_both": (good & fits).sum(),
        "claims_untestable": untestable.sum(),
    }
    return {name: int(count) for name, count in counts.items()}


def list_facts(row: Row, write_number: Callable[[str], str] = str) -> dict[str, str]:
    """List what is shown of a claim, by column in the order of `FACTS`; what is empty is left out.

    Parameters
    ----------
    row : mapping
        A row of `Ledger.claims`.
    write_number : callable
        How the recomputed number is printed.
    """
    found = f"{write_number(row['recomputed'])} ({row['series']}, release {row['release']})"
    texts = {**row, "recomputed": found if row["recomputed"] else ""}
    return {name: " ".join(texts[name].split()) for name in FACTS if texts[name]}


def explain_codes(kind: str, codes: str, form: str = "{} ({})") -> str:
    """Say what the codes of a figure or a wording mean.

    >>> explain_codes("wording", "fits")
    'fits (the sentence says what the series counts)'
    """
    return "; ".join(form.format(code, CODES[kind][code]) for code in codes.split("; "))


def write_ledger(ledger: Ledger, form: str, wanted: str | None = None) -> str:
    """Write the ledger, or one claim's whole derivation, in one of `FORMATS`.

    Raises
    ------
    InputError
        For an id that the ledger does not have.
    """
    frame = ledger.claims
    if wanted is not None:
        known = list(frame["claim_id"])
        frame = frame[frame["claim_id"].str.lower() == wanted.lower()]
        if frame.empty:
            raise InputError(f"no claim {wanted!r}; there is: {', '.join(known)}")
    if form == "csv":
        return frame.to_csv(index=False, lineterminator="\n").rstrip("\n")
    rows = frame.to_dict("records")
    if form == "json":
        full = [row | {"releases": ledger.list_releases(row["claim_id"])} for row in rows]
        return json.dumps(full, indent=1, ensure_ascii=False)
    if wanted is not None:
        return _write_claim(ledger, rows[0], form)
    grid = [[name.replace("_", " ") for name in SHOWN]]
    grid += [[str(row[name]) for name in SHOWN] for row in rows]
    if form == "markdown":
        grid.insert(1, ["---"] * len(SHOWN))
        return "\n".join(f"| {' | '.join(c.replace('|', '/') for c in line)} |" for line in grid)
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in grid
    )


def _write_claim(ledger: Ledger, row: Row, form: str) -> str:
    """Write one claim with its whole derivation, and its verdict on every release."""
    source = ledger.file.find_source(ledger.verdicts[row["claim_id"]].claim)
    facts = {"Source": source.cite(), "Date": " ".join(source.date_evidence.split())}
    facts |= {_TERMINAL.get(name, FACTS[name]): text for name, text in list_facts(row).items()}
    releases = [
        f"{each['release']}: {each['recomputed'] or '–'} | {each['figure']} | {each['wording']}"
        for each in ledger.list_releases(row["claim_id"])
    ]
    title = f"{row['claim_id']}  {row['paraphrase']}"
    if form == "markdown":
        told = [f"- **{head}.** {text}" for head, text in facts.items()]
        return "\n".join([f"## {title}", "", *told, "", *(f"  - {line}" for line in releases)])
    told = [
        textwrap.fill(text, WIDTH, initial_indent=f"{head:<13}", subsequent_indent=" " * 13)
        for head, text in facts.items()
    ]
    return "\n".join([title, *told, "Releases", *(f"    {line}" for line in releases)])
