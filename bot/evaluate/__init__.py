"""How good is the bot on this survey? Its own past, judged by models that never saw it. Pure.

- ``seams``: what is measured, as functions; ``ours`` holds the bot's own models and is the one place that knows them,
  ``baselines`` what they must beat
- ``folds``: who is held out, and what was known then; ``inputs``: the listing and the verdicts
- ``placement``, ``scope``: predictors over folds, to results; ``metrics``: the figures, each with its source
- ``lanes``: what was proposed, asked and skipped, against the targets of the settings
- ``report``: the results, as JSON and as rows; ``pictures``, ``page``: the same to look at
"""
