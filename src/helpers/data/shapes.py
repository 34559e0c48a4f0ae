"""Country outlines for maps, decoded from TopoJSON.

TopoJSON stores every border once, as an arc of whole numbers, each the step from the point before,
and builds rings from arcs; an arc that is walked backwards is named by its complement (`~i`).
Specification: The TopoJSON Format Specification 1.0, sections 2.1.3 to 2.1.6.

Shapes carry ISO 3166-1 numeric codes; `data/shapes/codes.csv` gives the alpha-3 code of each, so
that no name is ever joined on. A shape without a code keeps none.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from helpers import paths
from helpers.study import InputError

Ring = np.ndarray
Polygon = tuple[Ring, ...]
_FILE, _CODES, _OBJECT = "countries-110m.json", "codes.csv", "countries"


class Shapes(NamedTuple):
    """Outlines, each of polygons, each of rings (outer first, then holes) of degrees.

    Attributes
    ----------
    by_code : dict
        ISO3 code -> polygons.
    without_code : tuple
        The polygons of each shape that has no ISO code.
    """

    by_code: dict[str, tuple[Polygon, ...]]
    without_code: tuple[tuple[Polygon, ...], ...]


def load_shapes() -> Shapes:
    """Load the country outlines of data/shapes.

    Returns
    -------
    Shapes
        Rings are arrays of two columns, longitude and latitude in degrees, closed: the last
        point is the first.

    Raises
    ------
    InputError
        Where a file is missing, is not the one that datapackage.json records, or does not fit.
    """
    folder = paths.shapes()
    recorded = _read_recorded(folder)
    text = _read_verified(folder / _CODES, recorded).decode("utf-8")
    codes = {row["iso_numeric"]: row["iso3"] for row in csv.DictReader(io.StringIO(text))}
    topology = json.loads(_read_verified(folder / _FILE, recorded))
    try:
        return build_shapes(topology, codes)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise InputError(f"{folder / _FILE} cannot be decoded: {error!r}") from None


def _read_recorded(folder: Path) -> dict[str, str]:
    """Read the recorded sha256 of each file."""
    package = folder / "datapackage.json"
    try:
        resources = json.loads(package.read_text(encoding="utf-8"))["resources"]
        return {str(each["path"]): str(each["hash"]) for each in resources}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{package} cannot be used: {error!r}") from None


def _read_verified(file: Path, recorded: Mapping[str, str]) -> bytes:
    """Read a file and hold it to its recorded sha256."""
    if not file.is_file():
        raise InputError(f"{file} is missing: restore it from the checkout")
    content = file.read_bytes()
    found = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if recorded.get(file.name) != found:
        raise InputError(
            f"{file} is not the file that datapackage.json records: {found} instead of "
            f"{recorded.get(file.name)}; restore it from the checkout"
        )
    return content


def build_shapes(topology: Mapping[str, Any], codes: Mapping[str, str]) -> Shapes:
    """Decode a topology's countries and give them their ISO3 codes.

    Parameters
    ----------
    topology : mapping
        TopoJSON with an object `countries`; the `id` of a geometry is an ISO numeric code.
    codes : mapping
        ISO numeric code (three digits) -> ISO3.

    Raises
    ------
    ValueError
        For a code that stands twice or has no ISO3 code, a geometry that is no polygon, or a
        ring that does not close.
    """
    arcs = decode_arcs(topology)
    by_code: dict[str, tuple[Polygon, ...]] = {}
    without = []
    for geometry in topology["objects"][_OBJECT]["geometries"]:
        polygons = _build_polygons(geometry, arcs)
        number = geometry.get("id")
        if number is None:
            without.append(polygons)
            continue
        if number not in codes or codes[number] in by_code:
            raise ValueError(f"the code {number} is unknown or stands twice")
        by_code[codes[number]] = polygons
    return Shapes(by_code, tuple(without))


def decode_arcs(topology: Mapping[str, Any]) -> list[np.ndarray]:
    """Turn a topology's arcs into coordinates.

    With a transform, an arc's points are steps: they are added up, scaled and moved. Without
    one, they are coordinates already.

    Examples
    --------
    >>> grid = {"scale": [0.5, 2], "translate": [10, 0]}
    >>> decode_arcs({"arcs": [[[0, 0], [2, 1], [2, -1]]], "transform": grid})[0].tolist()
    [[10.0, 0.0], [11.0, 2.0], [12.0, 0.0]]
    """
    arcs = [np.asarray(arc, dtype=float)[:, :2] for arc in topology["arcs"]]
    transform = topology.get("transform")
    if transform is None:
        return arcs
    scale, translate = np.asarray(transform["scale"]), np.asarray(transform["translate"])
    return [np.cumsum(arc, axis=0) * scale + translate for arc in arcs]


def _build_polygons(geometry: Mapping[str, Any], arcs: Sequence[np.ndarray]) -> tuple[Polygon, ...]:
    """Build one geometry's polygons."""
    kind = geometry["type"]
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"{kind} is no polygon")
    parts = [geometry["arcs"]] if kind == "Polygon" else geometry["arcs"]
    return tuple(tuple(build_ring(ring, arcs) for ring in part) for part in parts)


def build_ring(indices: Sequence[int], arcs: Sequence[np.ndarray]) -> Ring:
    """Join arcs to a ring; each begins where the one before ends.

    Examples
    --------
    >>> there = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    >>> across = np.array([[0.0, 0.0], [1.0, 1.0]])
    >>> build_ring([0, ~1], [there, across]).tolist()
    [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
    """
    ring = np.empty((0, 2))
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        if len(ring) and not np.array_equal(ring[-1], arc[0]):
            raise ValueError(f"arc {index} does not begin where the one before ends")
        ring = np.vstack([ring, arc[1:] if len(ring) else arc])
    if len(ring) < 4 or not np.array_equal(ring[0], ring[-1]):
        raise ValueError(f"the ring of arcs {list(indices)} does not close")
    return ring
