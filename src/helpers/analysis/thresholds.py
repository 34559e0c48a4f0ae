"""The thresholds of the rules that find breaks, each with its reason.

They were chosen on one origin and on the totals of four destinations, and then left alone; the
tests run them on twelve origins and seven destinations that nobody looked at before.
"""

from __future__ import annotations

# Persons a case, at most: the largest factor that UNHCR published for a destination, apart from a
# rounding; its entry and source are in data/hand/persons_per_case.yml.
PERSONS_A_CASE = 1.501
# Claims a year for a ratio to them to be printed: of fewer, one claim more or less moves it by over
# a hundredth, and UNHCR rounds counts under 5.
FEWEST_FOR_RATIO = 100


class Thresholds:
    """What each rule needs before it reports a finding."""

    # A finding is kept where its effect reaches this share of the origin's total: ten of them, all
    # of one sign, make a break of the total.
    matters: float = 0.01
    # A finding above this share of the total makes the year incomparable. A destination that holds
    # this share, in the year or the year before, has every finding kept. The study's design.
    breaks_total: float = 0.10
    # From this share on a finding is of medium severity: a third of `breaks_total`.
    medium: float = 0.03
    # Claims of all origins for a destination's total to be judged. UNHCR rounds counts under 5, so
    # small totals move by rounding alone.
    fewest: float = 500
    # Claims of the origin for its own figures to be judged at a destination, for the same reason.
    fewest_of_origin: float = 100
    # From this share of unknown origin on, in a year and the year before, a destination names
    # hardly any origin, which is a gap and not a break: most claims.
    gap: float = 0.5
    # Stock-flow residual over the greater stock: of all destination-years with 500 claims, four in
    # five are under 0.07 and nine in ten under 0.25. A residual that moves the origin's total by
    # `breaks_total` is reported at any share.
    gap_of_stock: float = 0.20
    # A destination's total falls or rises to this multiple within a year. Surges documented as
    # real (2015) pass, since the flows must explain them.
    fall: float = 0.5
    rise: float = 2.0
    # The same for the origin's own figure where the destination's total is calm: one origin moves
    # more freely than all together.
    origin_fall: float = 1 / 3
    origin_rise: float = 3.0
    # Share of such a move that the flows leave unexplained: half of it.
    unexplained: float = 0.5
    # Without flows, the move must exceed this many times the destination's median yearly move
    # (absolute log ratio): the usual limit for robust outliers.
    history: float = 3.0
    # Change of the share of unknown origin: a tenth of the claims change between named and not.
    unknown_jump: float = 0.10
    # Origins named fall to this share of the year before, from `fewest_origins` on.
    origins_fall: float = 0.5
    fewest_origins: int = 10
    # Share of origin pairs unchanged to the last digit, and the pairs needed (the study's method).
    same_pairs: float = 0.5
    fewest_pairs: int = 5
    # Two releases agree on a destination's total within this share: the revision of one rounded
    # pair moves a total by a few.
    same_total: float = 0.001
    # The same in claims, where the earlier release lacks the origin and only the total can be
    # compared: one pair rounded otherwise.
    same_count: float = 5
    # Claims of a level in both years for a change of its codes to count.
    code_fewest: float = 100
    # Change in the share of refusals among refused and closed decisions: the two changes of
    # booking that the study's method names are 0.5 and 0.45.
    swap: float = 0.4
    # Size of a step between stocks of refugees that stand still, over the greater one: a tenth, as
    # for `breaks_total`.
    step: float = 0.10
