"""The page of a notebook: one object for its passages, figures and files."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers import paths
from helpers.data.hand import Name, choose_title, load_names
from helpers.plots import figures
from helpers.plots.chart_parts import shade_eras
from helpers.plots.style import finish_layout
from helpers.prose.passages import Passages, Said
from helpers.prose.words import join_names, say_date
from helpers.study import ATTRIBUTION, Era, ReleaseInfo, Study, take_parameters


def open_page(notebook: str, parameters: Mapping[str, Any]) -> Page:
    """Turn a notebook's raw parameters, as `globals()` holds them, into its Study; open its page.

    InputError for a parameter that is refused.
    """
    return Page(notebook, Study.resolve(**take_parameters(parameters)))


class Page:
    """What a notebook, as "03_eras", leaves behind; without a run folder nothing is written."""

    def __init__(self, notebook: str, scope: Study) -> None:
        self.notebook = notebook
        self.scope = scope
        self.passages = Passages(notebook, scope.run_dir)
        self._figures: dict[str, str] = {}

    @cached_property
    def names(self) -> dict[str, Name]:
        """Every place's names, by ISO3 code."""
        return load_names()

    @property
    def origin(self) -> str:
        """The origin's name inside a sentence."""
        return self.names[self.scope.origin].prose

    @property
    def title(self) -> str:
        """The study's title; an origin without a study has a plain one."""
        return choose_title(self.scope)

    def when(self, year: int) -> str:
        """Say of which day a year's stock is."""
        return f"{'in the middle' if year == self.half_year else 'at the end'} of {year}"

    def name_places(self, frame: pd.DataFrame, form: str = "short") -> pd.DataFrame:
        """Add `place`, the names of the codes in `asylum`: short, or prose as in a sentence."""
        return frame.assign(place=[getattr(self.names[code], form) for code in frame["asylum"]])

    @property
    def half_year(self) -> int | None:
        """The release's newest year where it is reported at mid-year; None where it is whole."""
        return self.scope.info.half_year

    @property
    def eras(self) -> tuple[Era, Era]:
        """The earlier and the later era that the study compares; only where it has a boundary."""
        assert self.scope.boundary is not None
        return self.scope.boundary.pair

    def say_ratio(self, until: str = "") -> str:
        """Say what a ratio of the two eras is, for a figure's subtitle."""
        earlier, later = self.eras
        return f"Yearly mean in {later.prose}{until} as a multiple of that in {earlier.prose}"

    def shade_eras(self, ax: Axes) -> None:
        """Shade the study's eras behind a chart; an origin without a study has none."""
        shade_eras(ax, self.scope.boundary.eras if self.scope.boundary else ())

    @property
    def source(self) -> str:
        """The source line of a figure that rests on the study's release."""
        return self.cite(self.scope.info)

    def cite(self, *releases: ReleaseInfo) -> str:
        """Return the source line of a figure that rests on other releases than the study's."""
        dated = join_names(f"{info.name} ({say_date(info.published)})" for info in releases)
        licence = "CC BY 4.0".replace(" ", "\u00a0")  # on one line
        return f"Source: {ATTRIBUTION}, release{'s' * (len(releases) > 1)} {dated}; {licence}"

    def figure(
        self, fig: Figure, *, id: str, number: str, title: str, subtitle: str, alt: str,
        data: pd.DataFrame, note: str = "", source: str = "",
    ) -> figures.FigureCard:  # fmt: skip
        """Finish a drawn figure: heading, source, pictures, digest; save it to a run's folder.

        Parameters
        ----------
        data : DataFrame
            What is drawn: one row a point or bar. A named index counts as a column.
        source : str
            Given (`cite`) where the figure rests on another release than the study's.

        Raises
        ------
        ValueError
            For an id that is taken, an empty text or frame, or a text that holds "nan" or an
            unfilled hole.
        """
        if self._figures.setdefault(id, number) != number:
            raise ValueError(f"figure {self._figures[id]} has the id {id} already")
        folder, source = self.scope.run_dir, source or self.source
        for name, text in {"title": title, "subtitle": subtitle, "alt": alt}.items():
            if hole := figures.NO_WORD.search(text):
                raise ValueError(f"{name} of figure {id} holds {hole[0]!r}: {text!r}")
        columns, rows = figures.read_plain(data)
        if not rows:
            raise ValueError(f"figure {id} draws no data")
        finish_layout(fig, title, subtitle, source, note)
        png, width = figures.draw_png(fig, title, alt), round(fig.get_figwidth() * 100)
        svg = figures.draw_svg(fig, id, title, alt) if folder else ""  # only where it is saved
        words = (id, number, title, subtitle, alt, source, note)
        card = figures.FigureCard(*words, columns, rows, png, svg, width)
        if folder is not None:
            card.save(folder / "figures")
        return card

    def skip(self, reason: str) -> Said:
        """Say in one line why a section has nothing to show."""
        return self.passages.fill(reason, {})

    def save(self, frame: pd.DataFrame, name: str) -> None:
        """Write a table of the contract to the run's tables/, as CSV and as Parquet.

        In full precision; missing is an empty cell; the index is not written.

        Raises
        ------
        ValueError
            For a column name that stands twice, a named index, or an infinite value.
        """
        if any(label is not None for label in frame.index.names):
            raise ValueError(f"{name}: the index {frame.index.names} would be lost: reset it")
        if frame.isin([math.inf, -math.inf]).any(axis=None):
            raise ValueError(f"{name}: a column holds an infinite value")
        if self.scope.run_dir is not None:
            file = self.scope.run_dir / "tables" / name
            whole = frame.to_parquet(index=False)
            paths.write_atomic(file.with_suffix(".parquet"), whole)
            paths.write_atomic(file, frame.to_csv(index=False, lineterminator="\n"))
