"""Where figures come from: releases on file, their cleaning, checks and descriptions."""

from helpers.sources.clean import clean_release
from helpers.sources.controls import check_controls, summarise_controls
from helpers.sources.core import Core, load_core, save_core
from helpers.sources.datapackage import build_datapackage, write_datapackage
from helpers.sources.history import History, load_history, load_origin_core
from helpers.sources.light import LightCore, load_earlier, load_mid_years
from helpers.sources.names import load_names
from helpers.sources.releases import load_countries, load_release, verify_release

__all__ = [
    "Core",
    "History",
    "LightCore",
    "build_datapackage",
    "check_controls",
    "clean_release",
    "load_core",
    "load_countries",
    "load_earlier",
    "load_history",
    "load_mid_years",
    "load_names",
    "load_origin_core",
    "load_release",
    "save_core",
    "summarise_controls",
    "verify_release",
    "write_datapackage",
]
