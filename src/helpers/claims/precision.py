"""What a text claims: its words, the number in them, and how exactly it is stated.

*Around* X is within half of the unit of its last printed digit (zeros at the end of a whole number
are none), or X cut off after that digit; *nearly* X is from 0.95 X up to X; *more than* or *over* X
is above X; a percentage or a multiple is rounded, or cut off, to what is printed; everything else
is exact. A limit is a word's own ("thousands" is two thousand at least, "most" more than half),
never ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from helpers.study import load_yaml

NEARLY = 0.95
# Words of claims, of verdicts and of the search for a number, with their meaning.
TERMS = load_yaml(Path(__file__).with_name("terms.yml"))
WORDS_OF: dict[str, str] = TERMS["says"] | TERMS["series"]  # of what sentences and series count
PRECISIONS: dict[str, list[str]] = TERMS["precisions"]
WORDS: dict[str, tuple[float, str]] = TERMS["numbers"]
SCALES: dict[str, int] = TERMS["scales"]
_COUNTS: list[str] = TERMS["counts"]  # one, two and so on
LIMITS = ("over", "under", "at_least")
_PARTS = r"[,\s'’]"  # what parts thousands
NUMBER = re.compile(
    rf"(?P<number>\d{{1,3}}(?:{_PARTS}\d{{3}})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
    rf"|\b(?:{'|'.join(_COUNTS)})(?![a-eg-z]))\s*"
    rf"(?:(?P<scale>{'|'.join(SCALES)})(?![a-rt-z]))?\s*"
    r"(?P<unit>%|per cent|percent|-?fold|times|[x×](?!\w))?",
    re.IGNORECASE,
)
Value = float | int | bool | None


@dataclass(frozen=True)
class Claimed:
    """A claimed value: the words, the number or yes, and how exactly it is stated.

    `form` is that of a number: count, decimal, percent (an increase) or times (a ratio). `unit` is
    that of the last digit printed; zeros at the end of a whole number are no digits.
    """

    text: str
    value: float | bool = True
    precision: str = "holds"
    form: str = "count"
    unit: float = 1.0


def parse_claimed(text: str) -> Claimed | None:
    """Read a claimed value from the words that a text states it in; None where they hold no number.

    >>> claimed = parse_claimed("nearly 120,000")
    >>> claimed.value, claimed.precision, claimed.unit
    (120000.0, 'nearly', 10000.0)
    >>> [parse_claimed(text).form for text in ("up 169 %", "tenfold", "0.4", "1.2 million")]
    ['percent', 'times', 'decimal', 'count']
    """
    text = str(text)
    if text.lower() in WORDS:
        return Claimed(text, *WORDS[text.lower()])
    found = NUMBER.search(text)
    if not found:
        return None
    word = found["number"].lower()
    number = Decimal(_COUNTS.index(word) + 1 if word in _COUNTS else re.sub(_PARTS, "", word))
    scale = Decimal(SCALES.get((found["scale"] or "").lower(), 1))
    digits = number if "." in word else number.normalize()
    unit = float(scale.scaleb(int(digits.as_tuple().exponent)))
    kind = (found["unit"] or "").lower()
    before = text[: found.start()].lower()
    stated = next((name for name, said in PRECISIONS.items() if any(s in before for s in said)), "")
    form = "decimal" if "." in word and not found["scale"] else "count"
    form = ("percent" if kind[0] in "%p" else "times") if kind else form
    # "5.9 million" is a rounded number by its way of writing.
    rounded = "rounded" if kind else "around" if found["scale"] else "exact"
    return Claimed(text, float(number * scale), stated or rounded, form, unit)


def find_limits(claimed: Claimed) -> tuple[float, float]:
    """Return the least and the greatest value that a claim's precision allows, both included."""
    value, tiny, everything = float(claimed.value), 1e-6, float("inf")
    unit = min(claimed.unit, 1) if claimed.precision == "rounded" else claimed.unit
    return {
        "around": (value - unit / 2, value + unit - tiny),
        "rounded": (value - unit / 2, value + unit - tiny),
        "nearly": (NEARLY * value, value - tiny),
        "over": (value + tiny, everything),
        "at_least": (value, everything),
        "under": (-everything, value - tiny),
    }.get(claimed.precision, (value, value))


def match(value: Value, claimed: Claimed) -> str | None:
    """Return `exact`, `rounds` or None."""
    least, greatest = find_limits(claimed)
    if value is None or not least <= float(value) <= greatest:
        return None
    # What meets a limit to the digit is within the precision, not exactly what was claimed.
    is_limit = claimed.precision in ("nearly", *LIMITS)
    return "exact" if float(value) == float(claimed.value) and not is_limit else "rounds"


def say_number(value: Value) -> str:
    """Write a value: whole numbers with separators, others to four significant digits.

    >>> [say_number(value) for value in (15362.0, 169.0571, 7.7123, True, None)]
    ['15,362', '169.06', '7.712', 'yes', 'none']
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 10 else f"{value:.4g}"
