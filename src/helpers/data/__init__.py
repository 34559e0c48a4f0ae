"""Where figures come from: releases on file, their cleaning, checks and descriptions.

Names are looked up when they are asked for, so that what reads judgement made by hand alone, as
`asylum run` does before a kernel starts, does not wait for pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.data.clean import clean_release
    from helpers.data.controls import check_controls, summarise_controls
    from helpers.data.core import Core, load_core, save_core
    from helpers.data.datapackage import build_datapackage, write_datapackage
    from helpers.data.history import History, load_history, load_origin_core
    from helpers.data.light import LightCore, load_earlier, load_mid_years
    from helpers.data.names import load_names
    from helpers.data.releases import load_countries, load_release, verify_release

_HOMES = {
    "clean_release": "clean",
    "check_controls": "controls",
    "summarise_controls": "controls",
    "Core": "core",
    "load_core": "core",
    "save_core": "core",
    "build_datapackage": "datapackage",
    "write_datapackage": "datapackage",
    "History": "history",
    "load_history": "history",
    "load_origin_core": "history",
    "LightCore": "light",
    "load_earlier": "light",
    "load_mid_years": "light",
    "load_names": "names",
    "load_countries": "releases",
    "load_release": "releases",
    "verify_release": "releases",
}

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


def __getattr__(name: str) -> Any:
    """Import the module that a name lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
