"""The claims ledger: every claim of a file, judged on every release.

A claim is judged on the release that was current when its text was published. A text older than
the first release on file is judged on that one, cut at the last year that the text could see. The
same verdict is then taken on every other release, to see whether it holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from helpers.claims.claim_figures import Bounds, build_figures
from helpers.claims.claim_inputs import list_printed
from helpers.claims.claim_judge import Verdict, judge_claim
from helpers.claims.claim_rows import (
    BY_RELEASE,
    COLUMNS,
    describe_claim,
    describe_verdict,
    say_stability,
)

if TYPE_CHECKING:
    from helpers.claims.file import ClaimsFile, ClaimSource
    from helpers.data.releases import History
    from helpers.study import ReleaseInfo


@dataclass(frozen=True)
class Ledger:
    """A claims file judged.

    Attributes
    ----------
    claims : DataFrame
        claim_id, source, claimed, recomputed, series, release, figure, wording, derivation,
        restatement, and paraphrase, years, parts, nearest, nearest_series, candidates,
        coincidences, stability, reading, note, crosses. One row a claim, on the release
        current for its text.
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


def find_current(source: ClaimSource, releases: Iterable[ReleaseInfo]) -> ReleaseInfo:
    """Find the release that was current when a text was published: the first one where older."""
    known = sorted(releases, key=lambda info: (info.published, info.newest_year))
    before = [info for info in known if info.published <= source.date]
    return before[-1] if before else known[0]


def is_older(source: ClaimSource, releases: Iterable[ReleaseInfo]) -> bool:
    """Tell whether a text is older than the first release on file."""
    oldest: dt.date = min(info.published for info in releases)
    return source.date < oldest


def list_current(file: ClaimsFile, history: History) -> dict[str, str]:
    """Return source -> the release that its claims are judged on."""
    return {each.id: find_current(each, history.releases).name for each in file.sources}


def build_ledger(
    file: ClaimsFile,
    history: History,
    bounds: Mapping[str, Bounds] | None = None,
    broken: Mapping[str, Mapping[tuple[str, int], str]] | None = None,
    current: Mapping[str, str] | None = None,
) -> Ledger:
    """Judge every claim on every release.

    Parameters
    ----------
    file : ClaimsFile
    history : History
        Of the file's origin.
    bounds : mapping, optional
        Release -> bounds for restatements (`claim_restated.measure_bounds`); without them a
        restatement that needs a range says that it cannot be made.
    broken : mapping, optional
        Release -> the breaks of its series (`claim_breaks.list_broken`); without them no claim says
        which it crosses.
    current : mapping, optional
        Source -> the release to judge on, instead of the one current for its text.

    Returns
    -------
    Ledger
    """
    chosen = dict(current or list_current(file, history))
    printed = list_printed(file)
    own: dict[tuple[str, str], Verdict] = {}
    for info in history.releases:
        is_chosen = info.name in chosen.values()
        bound = (bounds or {}).get(info.name)
        whole = build_figures(history, info.name, wider=is_chosen, bounds=bound)
        whole = replace(whole, broken=(broken or {}).get(info.name, {}))
        seen = {source.id: whole.see(source.sees) for source in file.sources}
        for claim in file.claims:
            own[claim.id, info.name] = judge_claim(claim, seen[claim.source], printed)
    verdicts = {claim.id: own[claim.id, chosen[claim.source]] for claim in file.claims}
    by_release = [
        describe_verdict(own[claim.id, info.name])
        | {"is_current": info.name == chosen[claim.source]}
        for claim in file.claims
        for info in history.releases
    ]
    rows = [
        describe_claim(verdicts[claim.id], file, printed)
        | {"stability": say_stability([r for r in by_release if r["claim_id"] == claim.id])}
        for claim in file.claims
    ]
    return Ledger(
        pd.DataFrame(rows)[list(COLUMNS)],
        pd.DataFrame(by_release)[list(BY_RELEASE)],
        verdicts,
        file,
    )
