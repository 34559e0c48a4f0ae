"""The claims ledger: every claim of a file, judged on every release, and its texts.

A claim is judged on the release that was current when its text was published. A text older than
the first release in the data is judged on that one, cut at the last year that the text could see.
The same verdict is then taken on every other release, to see whether it holds.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from helpers.claims.claim_figures import build_figures, measure_usual_revision
from helpers.claims.file import FAMILIES, ClaimsFile, ClaimSource, load_claims
from helpers.claims.precision import TERMS, Value
from helpers.claims.verdict import CODES, READINGS, Verdict, judge_claim, list_printed
from helpers.data.releases import Core, load_core
from helpers.prose.tables import TableCard
from helpers.prose.words import capitalise
from helpers.study import InputError, ReleaseInfo, Study, find_release, list_releases, say_unknown

FORMATS = ("text", "csv", "json")
COLUMNS: dict[str, list[str]] = TERMS["columns"]  # of the ledger's tables
FACTS: dict[str, str] = TERMS["facts"]
HOLDS = "(?:exact|rounds)(?:; (?:exact|rounds))*"  # a figure's codes of which every one is good
WIDTH, INDENT = 88, 14
Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Ledger:
    """A claims file judged on the releases that hold its origin.

    `verdicts` has each claim's, by id, on the release current for its text; `by_release` has one
    row a claim and release (the columns of claims_by_release.csv).
    """

    file: ClaimsFile
    releases: tuple[ReleaseInfo, ...]
    verdicts: Mapping[str, Verdict]
    by_release: pd.DataFrame

    @cached_property
    def facts(self) -> dict[str, dict[str, Any]]:
        """What is shown of each claim, by its id; see `describe_claim`."""
        return {name: describe_claim(self, verdict) for name, verdict in self.verdicts.items()}

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The contract's claims.csv (`COLUMNS`): one row a claim."""
        return pd.DataFrame(self.facts.values(), columns=COLUMNS["claims"])


def find_current(source: ClaimSource, releases: Sequence[ReleaseInfo]) -> ReleaseInfo:
    """Find the release, oldest given first, that was current for a text; else the first of all."""
    return [releases[0], *(info for info in releases if info.published <= source.date)][-1]


def build_ledger(
    file: ClaimsFile, cores: Sequence[tuple[ReleaseInfo, Core]], release: str | None = None
) -> Ledger:
    """Judge every claim on every release, which are given oldest first.

    The ledger's verdicts are those on `release`, or else on the one current for each text.
    """
    infos, printed = tuple(info for info, _ in cores), list_printed(file)
    usual = measure_usual_revision(cores)
    current = {each.id: release or find_current(each, infos).name for each in file.sources}
    known = [build_figures(core, info, file.origin) for info, core in cores]
    verdicts, rows = {}, []
    for claim in file.claims:
        source = file.find_source(claim)
        is_older = source.date < infos[0].published
        for whole in known:
            last, revision = min(source.sees, whole.info.newest_year), usual if is_older else {}
            verdict = judge_claim(claim, replace(whole, last=last, usual=revision), printed)
            main = verdict.main
            row = {
                "claim_id": claim.id,
                "release": whole.info.name,
                "recomputed": write_value(main.value if main else None),
                "figure": verdict.figure(),
                "wording": verdict.wording(),
                "series": main.settled.name if main and main.settled else "",
                "is_current": whole.info.name == current[claim.source],
            }
            rows.append(row)
            if row["is_current"]:
                verdicts[claim.id] = verdict
    return Ledger(file, infos, verdicts, pd.DataFrame(rows, columns=COLUMNS["by_release"]))


def describe_claim(ledger: Ledger, verdict: Verdict) -> dict[str, Any]:
    """List the facts of a claim, on the release that it is judged on.

    Returns
    -------
    dict
        The columns of claims.csv: figure and wording join the codes of all statements, and by
        either reading they end in _literal and _generous. Also the text's facts, evidence_url (a
        page about it), says (what the sentence counts), verdict (both codes in one sentence),
        has_readings, literal, generous (the figure's in words), releases (rows of `by_release`).
    """
    claim, source = verdict.claim, ledger.file.find_source(verdict.claim)
    releases = ledger.by_release.set_index("claim_id").loc[[claim.id]].to_dict("records")
    facts: dict[Any, Any] = {
        "claim_id": claim.id,
        **claim.model_dump(include={"source", "claimed", "paraphrase", "reading", "note"}),
        **source.model_dump(include={"publisher", "title", "date", "date_shown"}),
        **next(row for row in releases if row["is_current"]),
        "derivation": verdict.explain(),
        "restatement": claim.restate(verdict.figures),
        "years": "-".join(map(str, claim.years)),
        "stability": _say_stability(releases),
        "crosses": "; ".join(f"{y} ({what})" for y, what in verdict.list_crossed().items()),
        "url": source.url or "",
        "evidence_url": next((each.url for each in source.evidence if each.url), ""),
        "says": FAMILIES.get(claim.says, ""),
        "verdict": verdict.say(),
        "has_readings": verdict.has_readings,
        "releases": releases,
    }
    for name in READINGS:
        facts[f"figure_{name}"] = verdict.figure(name)
        facts[f"wording_{name}"] = verdict.wording(name)
        facts[name] = verdict.say_figure(name) if verdict.has_readings else ""
    return facts


def trace_series(ledger: Ledger, claim_id: str) -> pd.DataFrame:
    """Return the yearly series that a claim's first figure is taken from: year, value, is_claimed.

    `is_claimed` marks the years that the figure is computed on. Empty where there is no series.
    """
    main, figures, rows = ledger.verdicts[claim_id].main, ledger.verdicts[claim_id].figures, []
    recipe = main.settled if main else None
    if recipe and recipe.kind != "own_origin":
        for year in figures.years(recipe.measure):
            with suppress(LookupError):
                (value,) = recipe.take(figures, [year], recipe.places)
                rows.append((year, value, year in recipe.list_years()))
    return pd.DataFrame(rows, columns=["year", "value", "is_claimed"])


def write_value(value: Value) -> str:
    """Write a value as a bare number, yes or no; missing is empty.

    >>> [write_value(value) for value in (15362.0, 169.0571, True, None)]
    ['15362', '169.0571', 'yes', '']
    """
    if value is None or isinstance(value, bool):
        return {None: "", True: "yes", False: "no"}[value]
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.4f}"


def _say_stability(rows: list[dict[Any, Any]]) -> str:
    """Say whether a verdict is the same on every release that can test it, and where it flips."""
    tested = [row for row in rows if row["figure"] != "untestable"]
    if not tested:
        return "untestable on every release"
    untested = len(rows) - len(tested)
    ends = "one ends" if untested == 1 else "ones end"
    tail = f"; {untested} older {ends} before" if untested else ""
    runs = [next(alike) for _, alike in groupby(tested, itemgetter("figure", "wording"))]
    if len(runs) > 1:
        flips = (f"{run['figure']}, {run['wording']} from {run['release']}" for run in runs)
        return f"flips: {', then '.join(flips)}{tail}"
    count = len(tested)
    held = f"all {count} releases that hold" if count > 1 else "the one release that holds"
    return f"the same on {held} its years{tail}"


def load_ledger(name: str, release: str | None = None) -> Ledger:
    """Load data/hand/claims/<name>.yml and judge its claims; see `build_ledger`.

    InputError where the file does not fit, or the release is not there or has not the origin.
    """
    file = load_claims(name)
    infos = {info.name: info for info in list_releases() if file.origin in info.origins}
    if not infos:
        raise InputError(f"origin {file.origin!r} is in no release")
    if release is not None and find_release(release).name not in infos:
        held = ", ".join(infos)
        raise InputError(f"release {release} does not hold {file.origin}; these do: {held}")
    cores = [(info, load_core(info, file.origin)) for info in infos.values()]
    return build_ledger(file, cores, release)


def find_ledger(scope: Study) -> Ledger:
    """Load the ledger of a study's claims file; one without a claim where it has no such file.

    A run with another origin than the study's has no claims: the texts speak of the study's own.
    """
    name = scope.file.claims
    if name is not None and load_claims(name).origin == scope.origin:
        return load_ledger(name)
    none = ClaimsFile.model_construct(origin=scope.origin, sources=(), claims=())
    return Ledger(none, (), {}, pd.DataFrame(columns=COLUMNS["by_release"]))


def summarise(ledger: Ledger) -> dict[str, int]:
    """Count the ledger's claims by the literal reading, and with _generous at the end by the other.

    `reproduced` are those of which every code is exact or rounds, `off` those with any part off,
    `both` those that reproduce and fit; `readings` have two, and `crossing` compare over a break.
    """
    frame = ledger.claims
    counts = {
        "claims": len(frame),
        "testable": (frame["figure"] != "untestable").sum(),
        "untestable": (frame["figure"] == "untestable").sum(),
        "crossing": (frame["crosses"] != "").sum(),
        "readings": sum(each.has_readings for each in ledger.verdicts.values()),
    }
    for kind in ("measure", "arithmetic", "year"):
        counts[f"other_{kind}"] = frame["wording"].str.contains(f"other-{kind}").sum()
    for reading, end in zip(READINGS, ("", "_generous"), strict=True):
        figure, fits = frame[f"figure_{reading}"], frame[f"wording_{reading}"] == "fits"
        holds = figure.str.fullmatch(HOLDS)
        counts |= {f"reproduced{end}": holds.sum(), f"fits{end}": fits.sum()}
        counts[f"both{end}"] = (holds & fits).sum()
        for code in ("off", "derived", "revised"):
            counts[code + end] = figure.str.contains(code).sum()
    return {name: int(count) for name, count in counts.items()}


def point_number(value: str) -> str:
    """Set separators into a bare number; one of four digits that can be a year stays as it is.

    >>> point_number("15362"), point_number("1121"), point_number("169.0571"), point_number("2021")
    ('15,362', '1,121', '169.0571', '2021')
    """
    is_year = len(value) == 4 and value[:2] in ("19", "20")
    return f"{int(value):,}" if value.isdigit() and not is_year else value


def list_facts(row: Row) -> dict[str, str]:
    """List what is shown of a claim's facts, by heading; what is empty is left out."""
    found = f"{point_number(row['recomputed'])} ({row['series']}, release {row['release']})"
    readings = (f"{by}: {row[f'figure_{by}']}, {row[f'wording_{by}']}" for by in READINGS)
    texts = {
        **row,
        "recomputed": found if row["recomputed"] else "",
        "readings": "; ".join(readings) if row["has_readings"] else "",
    }
    texts |= {kind: explain_codes(row[kind]) for kind in CODES}
    return {head: " ".join(texts[name].split()) for name, head in FACTS.items() if texts[name]}


def explain_codes(text: str) -> str:
    """Put its meaning after each code of a verdict in a text.

    >>> explain_codes("flips: off, fits from 2024-mid")
    'flips: off (no series gives it), fits (the sentence says what the series counts) from 2024-mid'
    """
    meanings = {code: words for known in CODES.values() for code, words in known.items()}
    named = rf"\b({'|'.join(meanings)})\b"
    return re.sub(named, lambda code: f"{code[0]} ({meanings[code[0]]})", text)


def write_ledger(ledger: Ledger, form: str, wanted: str | None = None) -> str:
    """Write the ledger, or one claim's whole derivation; InputError for an id it does not have."""
    frame = ledger.claims
    if wanted is not None:
        frame = frame[frame["claim_id"].str.lower() == wanted.lower()]
        if frame.empty:
            raise InputError(say_unknown("claim", wanted, list(ledger.facts)))
    rows = frame.to_dict("records")
    if form == "csv":
        return frame.to_csv(index=False, lineterminator="\n").rstrip("\n")
    if form == "json":
        full = [row | {"releases": ledger.facts[row["claim_id"]]["releases"]} for row in rows]
        return json.dumps(full, indent=1, ensure_ascii=False)
    if wanted is not None:
        return _write_claim(ledger, rows[0]["claim_id"])
    headings = tuple(capitalise(name.replace("_", " ")) for name in COLUMNS["shown"])
    cells = tuple(tuple(point_number(row[name]) for name in COLUMNS["shown"]) for row in rows)
    lines = [repr(TableCard("", headings, cells, is_number=(False,) * len(headings)))]
    for kind, meanings in CODES.items():
        used = "; ".join(frame[kind]).split("; ")
        lines += ["", kind.capitalize()]
        lines += [f"  {code:<18}{said}" for code, said in meanings.items() if code in used]
    return "\n".join(lines)


def _write_claim(ledger: Ledger, claim_id: str) -> str:
    """Write one claim with its whole derivation, and its verdict on every release."""
    source, row = ledger.file.find_source(ledger.verdicts[claim_id].claim), ledger.facts[claim_id]
    facts = {"Source": source.cite(), "Date": source.date_evidence} | list_facts(row)
    told = [f"{head:<{INDENT}}{text}" for head, text in facts.items() if text]
    wrap = textwrap.TextWrapper(WIDTH, subsequent_indent=" " * INDENT)
    lines = [f"{claim_id}  {row['paraphrase']}", *map(wrap.fill, told), "Releases"]
    for each in row["releases"]:
        value = point_number(each["recomputed"]) or "–"
        lines.append(f"    {each['release']}: {value} | {each['figure']} | {each['wording']}")
    return "\n".join(lines)
