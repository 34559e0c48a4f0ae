"""The claims ledger as people read it: loaded whole, and written as text, CSV, JSON or Markdown."""

from __future__ import annotations

import csv
import io
import json
import textwrap
from collections.abc import Iterable

from helpers.analysis.breaks import find_breaks
from helpers.claims.claim_breaks import list_broken
from helpers.claims.claim_restated import measure_bounds
from helpers.claims.evaluation import Ledger, build_ledger, list_current
from helpers.claims.file import load_claims
from helpers.data.hand import load_breaks, load_lodged_rules, load_persons_per_case
from helpers.data.releases import Core, load_history, load_mid_years
from helpers.data.releases import load_core as load_origin_core
from helpers.study import InputError, ReleaseInfo, Study, find_release

FORMATS = ("text", "csv", "json", "markdown")
SHOWN = ("claim_id", "claimed", "recomputed", "series", "release", "figure", "wording")
WIDTH = 88
# What the codes say, in words.
CODES = {
    "figure": {
        "exact": "a series gives it to the digit",
        "rounds": "a series gives it within the precision stated",
        "derived": "it follows only from other figures that the texts print",
        "off": "no series gives it",
        "untestable": "outside UNHCR's data",
    },
    "wording": {
        "fits": "the sentence says what the series counts",
        "other-measure": "the series counts something else than the sentence says",
        "other-arithmetic": "the sentence names another calculation than the one that gives it",
        "other-year": "the figure is another year's than the sentence's",
        "untestable": "outside UNHCR's data",
    },
}


def load_ledger(name: str, release: str | None = None) -> Ledger:
    """Load a claims file and the history of its origin, and judge every claim.

    Parameters
    ----------
    name : str
        A file of data/hand/claims, without its ending.
    release : str, optional
        Judge on this release instead of the one current for each text.

    Returns
    -------
    Ledger

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
    judged = {each: history.find(each) for each in sorted(set(current.values()))}
    cores = {each: load_origin_core(info, file.origin) for each, info in judged.items()}
    factors, rules = load_persons_per_case(), load_lodged_rules()
    bounds = {
        each: measure_bounds(
            core,
            file.origin,
            [claim for claim in file.claims if current[claim.source] == each],
            factors,
            rules,
        )
        for each, core in cores.items()
    }
    broken = {each: _find_broken(core, file.origin, judged[each]) for each, core in cores.items()}
    return build_ledger(file, history, bounds, broken, current)


def _find_broken(core: Core, origin: str, info: ReleaseInfo) -> dict[tuple[str, int], str]:
    """Find what broke in an origin's series, as far as one release shows it."""
    found = find_breaks(
        core, origin, info=info, previous=load_mid_years(info), register=load_breaks()
    )
    return list_broken(core, origin, found)


def find_ledger(scope: Study) -> Ledger | None:
    """Load the ledger of a study's claims file; None where it has none for its origin.

    A run with another origin than the study's has no claims: the texts speak of the study's own.
    """
    name = scope.file.claims
    if name is None or load_claims(name).origin != scope.origin:
        return None
    return load_ledger(name)


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
        chosen = {each.lower(): each for each in known}.get(wanted.lower())
        if chosen is None:
            raise InputError(f"no claim {wanted!r}; there is: {', '.join(known)}")
        frame = frame[frame["claim_id"] == chosen]
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    if form == "csv":
        return _write_csv(rows)
    if form == "json":
        return json.dumps(
            [row | {"releases": _list_releases(ledger, str(row["claim_id"]))} for row in rows],
            indent=1,
            ensure_ascii=False,
        )
    if wanted is not None:
        return "\n\n".join(_write_claim(ledger, row, form) for row in rows)
    return _write_table(rows, form)


def summarise(ledger: Ledger) -> dict[str, int]:
    """Count the ledger: claims, testable ones, figures that reproduce, sentences that fit.

    Returns
    -------
    dict
        claims_all, claims_testable, claims_reproduced (every code exact or rounds),
        claims_derived, claims_off (any part off), claims_fits, claims_both (reproduced and
        fitting), claims_untestable.
    """
    frame = ledger.claims
    codes = [set(str(codes).split("; ")) for codes in frame["figure"]]
    good = [each <= {"exact", "rounds"} for each in codes]
    fits = [words == "fits" for words in frame["wording"]]
    untestable = [each == {"untestable"} for each in codes]
    return {
        "claims_all": len(frame),
        "claims_testable": len(frame) - sum(untestable),
        "claims_reproduced": sum(good),
        "claims_derived": sum("derived" in each for each in codes),
        "claims_off": sum("off" in each for each in codes),
        "claims_fits": sum(fits),
        "claims_both": sum(one and two for one, two in zip(good, fits, strict=True)),
        "claims_untestable": sum(untestable),
    }


def _list_releases(ledger: Ledger, claim_id: str) -> list[dict[str, object]]:
    own = ledger.by_release[ledger.by_release["claim_id"] == claim_id]
    return [
        {str(key): value for key, value in row.items() if key != "claim_id"}
        for row in own.to_dict("records")
    ]


def _write_csv(rows: list[dict[str, object]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().rstrip("\n")


def _write_table(rows: list[dict[str, object]], form: str) -> str:
    """Write one line a claim, as Markdown or aligned for a terminal."""
    grid = [[str(row[name]) for name in SHOWN] for row in rows]
    heads = [name.replace("_", " ") for name in SHOWN]
    if form == "markdown":
        lines = [heads, ["---"] * len(heads), *grid]
        return "\n".join(
            f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines
        )
    widths = [max(len(line[place]) for line in [heads, *grid]) for place in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [heads, *grid]
    )


def _write_claim(ledger: Ledger, row: dict[str, object], form: str) -> str:
    """Write one claim with its whole derivation, and its verdict on every release."""
    claim_id = str(row["claim_id"])
    source = ledger.file.find_source(ledger.verdicts[claim_id].claim)
    facts = [
        ("Source", source.cite()),
        ("Date", source.date_evidence),
        ("Claimed", row["claimed"]),
        ("Read as", row["reading"]),
        ("Recomputed", f"{row['recomputed']} ({row['series']}, release {row['release']})"
         if row["recomputed"] else ""),
        ("Figure", row["figure"]), ("Wording", row["wording"]), ("Parts", row["parts"]),
        ("Derivation", row["derivation"]), ("Crosses", row["crosses"]),
        ("Coincidences", row["coincidences"]),
        ("Restatement", row["restatement"]), ("Stability", row["stability"]), ("Note", row["note"]),
    ]  # fmt: skip
    told = [(head, " ".join(str(text).split())) for head, text in facts if text]
    releases = [
        f"{each['release']}: {each['recomputed'] or '–'} | {each['figure']} | {each['wording']}"
        for each in _list_releases(ledger, claim_id)
    ]
    title = f"{claim_id}  {row['paraphrase']}"
    if form == "markdown":
        return "\n".join(
            [f"## {title}", "", *(f"- **{head}.** {text}" for head, text in told), "",
             *(f"  - {line}" for line in releases)]
        )  # fmt: skip
    return "\n".join([title, *_wrap(told), "Releases", *(f"    {line}" for line in releases)])


def _wrap(told: Iterable[tuple[str, str]]) -> list[str]:
    """Set a heading before each text, and break the text at the terminal's usual width."""
    return [
        textwrap.fill(text, WIDTH, initial_indent=f"{head:<13}", subsequent_indent=" " * 13)
        for head, text in told
    ]
