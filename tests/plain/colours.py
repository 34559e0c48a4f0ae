"""How light a colour is, for figures that have to read in grey."""


def measure_relative_luminance(colour: str) -> float:
    """Return a colour's relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def measure_lightness(colour: str) -> float:
    """Return a colour's CIE lightness L*, 0 for black to 100 for white."""
    light = measure_relative_luminance(colour)
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light
