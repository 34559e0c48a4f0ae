"""A checkout of the project for a test: its releases on file are made from the served figures."""

import datetime as dt
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from plain.checkout import copy_tiny_root

from helpers import paths
from helpers.data.columns import PAIRS
from helpers.data.datapackage import build_datapackage, write_datapackage
from helpers.study import ReleaseInfo
from helpers.unhcr.fetch import write_table
from helpers.unhcr.raw_tables import build_tables
from server.answers import Answers, Tables, make_figures
from server.serve import StandIn

ON_FILE = ("CHN", "HKG", "AFG", "TUR", "VEN")


@dataclass(frozen=True)
class NextYear:
    """A server with one year more than a checkout has on file; copy the checkout to change it."""

    server: StandIn
    template: Path
    figures: Tables

    def reset(self) -> None:
        """Forget what was asked and serve the figures as they were."""
        self.server.reset()
        self.server.answers.set_figures(self.figures)

    def start_anew(self, target: Path) -> Path:
        """Reset the server and copy the checkout."""
        self.reset()
        return Path(shutil.copytree(self.template, target))


@contextmanager
def serve_next_year(folder: Path, places: set[str], first_year: int) -> Iterator[NextYear]:
    """Serve figures of some destinations beside a checkout that ends a year earlier."""
    raw = paths.root() / "data" / "raw"
    figures = make_figures(raw, places, first_year=first_year)
    newest = max(figures["population"]["year"])
    older = {name: table[table["year"] < newest] for name, table in figures.items()}
    template = make_root(folder / "template", older, f"{newest - 1}-end")
    codes = pd.read_csv(raw / "countries.csv", keep_default_na=False)
    with StandIn(Answers(figures, codes)) as server:
        yield NextYear(server, template, figures)


def make_root(folder: Path, figures: Tables, name: str, origins: Collection[str] = ON_FILE) -> Path:
    """Make a checkout with one release of those figures on file, some origins pair by pair."""
    release = copy_tiny_root(folder, ()) / "data" / "raw" / name
    release.mkdir()
    for table, rows in build_tables(figures).items():
        write_table(release, table, rows[rows["coo_iso"].isin(origins)] if table in PAIRS else rows)
    year, period = name.split("-")
    info = ReleaseInfo(
        name=name, title=name, published=dt.date(int(year) + 1, 6, 20), first_year=2000,
        newest_year=int(year), period=period, origins=tuple(sorted(origins)),
    )  # fmt: skip
    write_datapackage(release, build_datapackage(release, info, []))
    return folder
