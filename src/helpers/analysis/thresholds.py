"""The thresholds of the rules that find breaks, each with its reason, all settable.

They were chosen on one origin and on the totals of four destinations, and then left alone; the
tests run them on twelve origins and seven destinations that nobody looked at before. Each
attribute says what its number rests on.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from helpers.analysis.flows import PERSONS_A_CASE
from helpers.study import InputError


@dataclass(frozen=True)
class Thresholds:
    """What each rule needs before it speaks.

    Attributes
    ----------
    matters : float
        A finding is kept where its effect reaches this share of the origin's total. 0.01: ten of
        them, all of one sign, make a break of the total.
    breaks_total : float
        A break counts against a year's comparability above this share of the origin's total, and
        a destination that holds it, in the year or the year before, has every finding kept.
        0.10, as the design of the study states.
    medium : float
        From this share on a finding is of medium severity. 0.03: a third of
        `breaks_total`, below which findings are for the record.
    fewest : float
        Claims that a destination must have, of all origins, for its totals to be judged. 500:
        UNHCR rounds counts under 5, so small totals move by rounding alone.
    fewest_of_origin : float
        Claims of the origin for its own figures to be judged at a destination. 100, as above.
    gap : float
        From this share of unknown origin on, in a year and the year before, a destination names
        hardly any origin: a gap, not a break. 0.5: most claims.
    gap_of_stock : float
        Stock-flow residual, as a share of the greater of both stocks. 0.20: of all
        destination-years with 500 claims, four in five lie under 0.07 and nine in ten under 0.25.
        A residual that moves the origin's total by `breaks_total` is reported at any share.
    fall, rise : float
        A destination's total falls to, or rises to, this multiple within a year. 0.5 and 2.0:
        surges documented as real (2015) are let pass by the flows that must explain them.
    origin_fall, origin_rise : float
        The same for the origin's own figure where the destination's total is calm. 1/3 and 3:
        one origin moves more freely than all together.
    unexplained : float
        Share of such a move that the flows must leave unexplained. 0.5: more than half.
    history : float
        Where no flows are on file: how many times its own median yearly move (absolute log
        ratio) the move must exceed. 3, the usual limit for robust outliers.
    unknown_jump : float
        Change of the share of unknown origin. 0.10: a tenth of the destination's claims change
        between named and not named.
    origins_fall : float
        Origins named fall to this share of the year before. 0.5, from 10 origins on.
    fewest_origins : int
        See `origins_fall`.
    same_pairs : float
        Share of origin pairs unchanged to the last digit. 0.5: most of them.
    fewest_pairs : int
        Pairs needed for that, 5 as the method states.
    same_total : float
        Two releases agree on a destination's total within this share. 0.001: the revision of
        one rounded pair moves a total by a few.
    same_count : float
        The same in claims, where the earlier release does not hold the origin and the total must
        speak alone. 5: one pair rounded otherwise.
    code_fewest : float
        Claims of a level in both years for a flip of its codes to count. 100.
    swap : float
        Change in the share of refusals among refused and closed decisions. 0.4: the two changes
        of booking that the study's method names lie at 0.5 and 0.45.
    persons_a_case : float
        Greatest factor that UNHCR published for claims in cases, apart from a rounding; bounds
        what a change of unit can do.
    """

    matters: float = 0.01
    breaks_total: float = 0.10
    medium: float = 0.03
    fewest: float = 500
    fewest_of_origin: float = 100
    gap: float = 0.5
    gap_of_stock: float = 0.20
    fall: float = 0.5
    rise: float = 2.0
    origin_fall: float = 1 / 3
    origin_rise: float = 3.0
    unexplained: float = 0.5
    history: float = 3.0
    unknown_jump: float = 0.10
    origins_fall: float = 0.5
    fewest_origins: int = 10
    same_pairs: float = 0.5
    fewest_pairs: int = 5
    same_total: float = 0.001
    same_count: float = 5
    code_fewest: float = 100
    swap: float = 0.4
    persons_a_case: float = PERSONS_A_CASE

    def __post_init__(self) -> None:
        """Refuse thresholds that would make a rule fire on everything or on nothing."""
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise InputError(f"threshold {item.name} must be a number above 0, not {value!r}")
        if not self.fall < 1 < self.rise or not self.origin_fall < 1 < self.origin_rise:
            raise InputError("thresholds fall and origin_fall must lie below 1, the rises above")
