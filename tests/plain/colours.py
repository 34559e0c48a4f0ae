"""How light a colour is, for figures that have to read in grey."""

from helpers.plots.style import measure_relative_luminance


def measure_lightness(colour: str) -> float:
    """Return a colour's CIE lightness L*, 0 for black to 100 for white."""
    light = measure_relative_luminance(colour)
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light
