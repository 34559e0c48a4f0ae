"""The Equal Earth projection, and rings made ready for it.

Equal Earth keeps areas in proportion, so that a large country does not look like a large number.
Source: B. Šavrič, T. Patterson and B. Jenny, The Equal Earth map projection, International Journal
of Geographical Information Science 33 (2019), doi 10.1080/13658816.2018.1504949.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

_A = (1.340264, -0.081106, 0.000893, 0.003796)
_M = np.sqrt(3) / 2


def project(longitude: np.ndarray, latitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Project degrees to the plane.

    Parameters
    ----------
    longitude, latitude : array
        Degrees, -180 to 180 and -90 to 90.

    Returns
    -------
    tuple of array
        x and y in radii of the globe; the map spans -2.71 to 2.71 by -1.32 to 1.32.

    Examples
    --------
    >>> x, y = project(np.array([0.0, 180.0]), np.array([90.0, 0.0]))
    >>> x.round(3).tolist(), y.round(3).tolist()
    ([0.0, 2.707], [1.317, 0.0])
    """
    theta = np.arcsin(_M * np.sin(np.radians(latitude)))
    square = theta**2
    sixth = square**3
    slope = _A[0] + 3 * _A[1] * square + sixth * (7 * _A[2] + 9 * _A[3] * square)
    x = np.radians(longitude) * np.cos(theta) / (_M * slope)
    y = theta * (_A[0] + _A[1] * square + sixth * (_A[2] + _A[3] * square))
    return x, y


def split_ring(ring: np.ndarray) -> Iterator[np.ndarray]:
    """Cut a ring that crosses the antimeridian into rings on either side of it.

    Parameters
    ----------
    ring : array
        Two columns, longitude and latitude in degrees, closed.

    Yields
    ------
    array
        Closed rings whose longitudes lie between -180 and 180.

    Raises
    ------
    ValueError
        For a ring around a pole, which no cut along one meridian turns into an area.

    Examples
    --------
    >>> ring = np.array([[179.0, 0], [-179, 0], [-179, 2], [179, 2], [179, 0]])
    >>> [half[:, 0].tolist() for half in split_ring(ring)]
    [[179.0, 180.0, 180.0, 179.0, 179.0], [-180.0, -179.0, -179.0, -180.0, -180.0]]
    """
    steps = np.diff(ring[:, 0])
    turns = np.cumsum(np.r_[0, -360 * np.round(steps / 360)])
    if turns[-1]:
        raise ValueError("a ring around a pole cannot be cut into areas")
    whole = np.column_stack([ring[:, 0] + turns, ring[:, 1]])
    for shift in (0, -360, 360):
        moved = whole + np.array([shift, 0])
        if moved[:, 0].min() >= 180 or moved[:, 0].max() <= -180:
            continue
        part = _clip(_clip(moved, 180, 1), -180, -1)
        if len(part) >= 4:
            yield part


def _clip(ring: np.ndarray, at: float, sign: int) -> np.ndarray:
    """Cut off what lies beyond a meridian (Sutherland and Hodgman), east of it for sign 1."""
    inside = sign * (ring[:, 0] - at) <= 0
    if inside.all():
        return ring
    kept: list[np.ndarray] = []
    for place in range(len(ring) - 1):
        here, there = ring[place], ring[place + 1]
        if inside[place]:
            kept.append(here)
        if inside[place] != inside[place + 1]:
            part = (at - here[0]) / (there[0] - here[0])
            kept.append(np.array([at, here[1] + part * (there[1] - here[1])]))
    return np.array([*kept, kept[0]]) if kept else np.empty((0, 2))
