"""Country outlines for maps, from data/shapes, joined on ISO3 codes and never on names."""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np

from helpers import paths
from helpers.data.datapackage import read_package, read_verified
from helpers.study import InputError

Ring = np.ndarray
Polygon = tuple[Ring, ...]


class Shapes(NamedTuple):
    """Outlines: by ISO3 code, and of each shape that has no code.

    An outline is of polygons, each of rings (outer first, then holes); a ring is an array of two
    columns, longitude and latitude in degrees, whose last point is the first.
    """

    by_code: dict[str, tuple[Polygon, ...]]
    without_code: tuple[tuple[Polygon, ...], ...]


def load_shapes() -> Shapes:
    """Load the country outlines of data/shapes.

    Raises
    ------
    InputError
        Where the file is missing or is not the one that datapackage.json records.
    """
    folder = paths.shapes()
    (resource,) = read_package(folder)["resources"]
    try:
        features = json.loads(read_verified(folder, resource))["features"]
        outlines = [
            (
                each["properties"]["iso3"],
                tuple(tuple(map(np.array, rings)) for rings in each["geometry"]["coordinates"]),
            )
            for each in features
        ]
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise InputError(f"{folder / resource['path']} is no GeoJSON: {error!r}") from None
    return Shapes(
        by_code={code: polygons for code, polygons in outlines if code},
        without_code=tuple(polygons for code, polygons in outlines if not code),
    )
