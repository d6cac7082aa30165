"""What the job that writes believes of a plan that another job made: nothing that it can find out itself. Pure.

The job that reads strangers' papers may have been taken over by one, so its plan is checked against the shelf, the
rulebook and the paper's own text before anything is made of it. What does not hold is left out with one sentence, and
the paper is due again; the rest is kept as it is.

That someone wants a paper (``wanted``) stands in no text at hand: whoever acts on it must ask the forge.
"""

from bot.recheck.plans import MOST_BYTES, read_plan, recheck

__all__ = ["MOST_BYTES", "read_plan", "recheck"]
