"""From a judgement to a lane: lines fitted on the survey's own past to the targets of ``[lanes]``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.classify.placement import LEAST, HeldOut
from bot.models import Lane
from bot.settings import Lanes as Targets

ASK = 0.4
"""The score from which a human is asked while nothing can be fitted: two fifths of the configured terms."""
NEVER = 1.01

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Lines:
    """The lines between the lanes. ``notes``: what a human should know of them, one sentence each."""

    ask: float
    """Score of scope from which a paper is not skipped."""
    propose: float
    """Probability that a proposal would be right (in scope, and of the class) from which one is made."""
    further: float
    """Probability from which a second or third class is proposed as well."""
    notes: tuple[str, ...] = ()
    lost: float | None = None
    """Share of the listed papers below ``ask``; None where it is not known."""

    def lane(self, scope: float, confidence: float) -> Lane:
        """The lane of a paper with this score and this confidence in its first class."""
        if scope < self.ask:
            return Lane.SKIP
        return Lane.PROPOSE if scope * confidence >= self.propose else Lane.ASK


def fit(
    targets: Targets, listed: Floats, flow: Floats, confidence: Floats, held_out: HeldOut, *, weeks: float
) -> Lines:
    """Lines that meet the targets on the past.

    ``listed`` and ``flow``: scores of scope, of listed papers and of all that came (each by a model that did not see
    it); empty when scope is not calibrated. ``confidence``: of the first class of those that came. ``weeks``: how long
    the flow ran, 0 if not known.
    """
    more = further(held_out)
    if not len(listed) or not len(flow) or len(held_out.papers) < LEAST:
        lowest = float(listed.min()) if len(listed) and len(flow) else ASK  # no listed paper would have been skipped
        few = "too few papers to calibrate on, so more are asked about"
        return Lines(min(ASK, lowest), targets.right, more, (few,))
    ask, note = _ask_line(targets, listed, flow, weeks)
    chances = flow[flow >= ask] * confidence[flow >= ask]
    return Lines(ask, _propose_line(targets.right, chances), more, note, lost=float(np.mean(listed < ask)))


def _ask_line(targets: Targets, listed: Floats, flow: Floats, weeks: float) -> tuple[float, tuple[str, ...]]:
    """The line that loses no more than allowed, or the one the weekly budget affords, whichever is higher.

    A paper that belongs scores below the k-th lowest of n listed ones with probability k / (n + 1) (conformal
    prediction: Vovk, Gammerman and Shafer, 2005). Where even the lowest promises too little, the budget is spent whole.
    """
    known, budget = np.sort(listed), int(targets.weekly * weeks)
    place = min(int(targets.lost * (len(known) + 1)), len(known))
    line, share = float(known[max(0, place - 1)]), f"{targets.lost:.0%} ([lanes] lost)"
    few = f"{len(known)} listed papers are too few to promise that no more than {share} of what belongs is skipped"
    if not budget:
        return line, () if place else (few,)
    afforded = float(np.nextafter(np.sort(flow)[::-1][budget], 1)) if budget < len(flow) else 0.0
    lost = float(np.mean(listed < afforded))
    if lost > targets.lost:
        return afforded, (f"looking at {targets.weekly} papers a week skips {lost:.0%} of what belongs, not {share}",)
    if not place:
        return afforded, (f"{few}, so a human is asked about as many as {targets.weekly} a week allow",)
    return max(line, afforded), ()


def _propose_line(right: float, chances: Floats) -> float:
    """The least line above which proposals are right so often on average; ``chances``: of each paper of the flow."""
    best = np.sort(chances)[::-1]
    average = np.cumsum(best) / np.arange(1, len(best) + 1)
    last = np.diff(best, append=-1.0) < 0  # of papers that are alike
    enough = np.flatnonzero((average >= right) & last)
    return min(right, float(best[enough[-1]])) if len(enough) else right


def further(held_out: HeldOut) -> float:
    """The line under which the proposed sets of classes agree best with the right ones (F1, averaged over papers)."""
    if len(held_out.papers) < LEAST:
        return NEVER
    first = held_out.probability.argmax(axis=1)
    lines = [NEVER, *np.arange(0.6, 0.19, -0.05).round(2)]
    scores = []
    for line in lines:
        chosen = held_out.probability >= line
        chosen[np.arange(len(first)), first] = True
        both = (chosen & held_out.truth).sum(axis=1)
        scores.append(float(np.mean(2 * both / (chosen.sum(axis=1) + held_out.truth.sum(axis=1)))))
    return float(lines[int(np.argmax(scores))])  # the first of the best: rather one class too few
