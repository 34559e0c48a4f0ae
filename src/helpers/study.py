"""The Study: one validated, frozen set of parameters, and the releases it can stand on.

Everything downstream takes a `Study`; nothing else reads a raw parameter. What does not fit is
refused here, before a kernel starts, with a message that lists what there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from helpers.catalogue import (
    Boundary,
    Era,
    Frozen,
    InputError,
    ReleaseInfo,
    Source,
    StudyFile,
    find_release,
    list_releases,
    list_studies,
    load_study_file,
    say_unknown,
)

__all__ = [
    "DEFAULT_STUDY",
    "Boundary",
    "Era",
    "InputError",
    "ReleaseInfo",
    "Source",
    "Study",
    "StudyFile",
    "find_release",
    "list_releases",
    "list_studies",
    "load_study_file",
]

DEFAULT_STUDY = "china"
PARAMETERS = ("study", "release", "origin", "year_from", "year_to", "top_n", "run_dir")
MOST_TOP_N = 50


class Study(Frozen):
    """A study's parameters, all valid together.

    Attributes
    ----------
    study, origin, release : str
        The study file's name, the origin's ISO3 code, the release's folder.
    year_from, year_to : int
        First and last year, both included.
    top_n : int
        How many destinations rankings show.
    run_dir : Path or None
        Where tables, figures and numbers go; None writes nothing.
    file, info
        The study file and the release's facts.
    """

    study: str
    origin: str
    release: str
    year_from: int
    year_to: int
    top_n: int
    run_dir: Path | None
    file: StudyFile
    info: ReleaseInfo

    @classmethod
    def resolve(cls, **given: Any) -> Study:
        """Turn raw parameters into a Study; those absent or None take their defaults.

        Raises
        ------
        InputError
            For an unknown name, a wrong type, a year outside the release, or an origin, study or
            release that is not on file.
        """
        _refuse_unknown(given)
        given = {name: value for name, value in given.items() if value is not None}
        file = load_study_file(_take_text(given, "study", DEFAULT_STUDY))
        info = find_release(_take_text(given, "release", ""))
        return cls.combine(file, info, **given)

    @classmethod
    def combine(cls, file: StudyFile, info: ReleaseInfo, **given: Any) -> Study:
        """Put a Study together from a study file and a release that have been read.

        Raises
        ------
        InputError
            As `resolve`, but for study and release.
        """
        given = {name: value for name, value in given.items() if value is not None}
        origin = _check_origin(_take_text(given, "origin", file.origin), info)
        first = _take_year(given, "year_from", max(2000, info.first_year), info)
        last = _take_year(given, "year_to", info.newest_year, info)
        if first > last:
            raise InputError(f"year_from {first} lies after year_to {last}: swap them")
        run_dir = _take_text(given, "run_dir", "")
        return cls(
            study=file.study, origin=origin, release=info.name, year_from=first, year_to=last,
            top_n=_take_top_n(given), run_dir=Path(run_dir) if run_dir else None,
            file=file, info=info,
        )  # fmt: skip

    @property
    def years(self) -> range:
        """The study's years, first to last."""
        return range(self.year_from, self.year_to + 1)

    def period_of(self, year: int) -> Literal["mid", "end"]:
        """Tell whether a year's stock is of mid-year or of year-end."""
        return self.info.period if year == self.info.newest_year else "end"

    def parameters(self) -> dict[str, Any]:
        """Return the parameters as plain values, as papermill takes them."""
        values = {name: getattr(self, name) for name in PARAMETERS}
        return values | {"run_dir": str(self.run_dir) if self.run_dir else None}


def _refuse_unknown(given: Mapping[str, Any]) -> None:
    for name in given:
        if name not in PARAMETERS:
            raise InputError(say_unknown("parameter", name, PARAMETERS))


def _take_text(given: Mapping[str, Any], name: str, default: str) -> str:
    value = given.get(name, default)
    if isinstance(value, Path):
        value = str(value)
    if not isinstance(value, str):
        raise InputError(f"{name} must be text, not {value!r}")
    return value.strip()


def _take_integer(given: Mapping[str, Any], name: str, default: int) -> int:
    value = given.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name} must be a whole number, not {value!r}")
    return value


def _take_year(given: Mapping[str, Any], name: str, default: int, info: ReleaseInfo) -> int:
    year = _take_integer(given, name, default)
    if not info.first_year <= year <= info.newest_year:
        span = f"{info.first_year} to {info.newest_year}"
        raise InputError(f"{name} {year} is outside release {info.name}: it covers {span}")
    return year


def _take_top_n(given: Mapping[str, Any]) -> int:
    top_n = _take_integer(given, "top_n", 10)
    if not 1 <= top_n <= MOST_TOP_N:
        raise InputError(f"top_n must be between 1 and {MOST_TOP_N}, not {top_n}")
    return top_n


def _check_origin(code: str, info: ReleaseInfo) -> str:
    if code in info.origins:
        return code
    upper = code.upper()
    hint = f"; ISO3 codes are in capitals: {upper}" if upper in info.origins else ""
    raise InputError(
        f"origin {code!r} is not on file in release {info.name}{hint}; "
        f"there is: {', '.join(info.origins)}"
    )
