"""Whether a recomputed value is the claimed one, exactly or within the precision stated.

The rules: *around* X is within half of the unit of its last printed digit; *nearly* X is from
0.95 X up to X; *more than* or *over* X is above X, up to 1.1 X; a percentage or a multiple that is
printed as a whole number is `rounded`; everything else is exact. Limits and *the same* say what
words such as "thousands" or "almost none" are taken to mean, and count as met within precision.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from helpers.claims.file import Claimed

NEARLY, OVER, SAME = 0.95, 1.1, 0.05


def find_unit(value: float) -> float:
    """Return the unit of a number's last printed digit that is not a trailing zero.

    Examples
    --------
    >>> find_unit(12000), find_unit(730000), find_unit(1.5)
    (1000.0, 10000.0, 0.1)
    """
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return float(Decimal(1).scaleb(int(exponent)))


def find_limits(claimed: Claimed) -> tuple[float, float]:
    """Return the least and the greatest value that a claim's precision allows.

    Limits that are themselves left out are moved by the smallest step, so that both are included.
    """
    value, tiny = float(claimed.value), 1e-9
    half = find_unit(value) / 2
    everything = float("inf")
    return {
        "exact": (value, value),
        "holds": (value, value),
        "around": (value - half, value + half),
        "rounded": (value - half, value + half) if value % 1 else (value - 0.5, value + 0.5 - tiny),
        "nearly": (NEARLY * value, value - tiny),
        "over": (value + tiny, OVER * value),
        "at_least": (value, everything),
        "at_most": (-everything, value),
        "under": (-everything, value - tiny),
        "same": (value - SAME, value + SAME),
    }[claimed.precision]


def match(value: float | None, claimed: Claimed) -> str | None:
    """Return `exact`, `rounds` or None.

    Examples
    --------
    >>> from helpers.claims.file import Claimed
    >>> around = Claimed(text="around 12,000", value=12000, precision="around")
    >>> match(12_400, around), match(12_000, around), match(15_362, around)
    ('rounds', 'exact', None)
    """
    if value is None:
        return None
    if abs(float(value) - float(claimed.value)) < 1e-9 and claimed.precision not in OPEN:
        return "exact"
    least, greatest = find_limits(claimed)
    return "rounds" if least <= float(value) <= greatest else None


# A value that meets a limit to the digit is within the precision, not exactly what was claimed.
OPEN = ("nearly", "over", "under", "at_least", "at_most", "same")
