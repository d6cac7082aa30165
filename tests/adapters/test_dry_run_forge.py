"""The dry run: proposals are shown, and nothing else happens."""

from bot.adapters.dry_run_forge import DryRunForge
from bot.fates import PullState
from bot.models import Proposal
from bot.ports import Forge
from tests.repositories import new_proposal


def test_every_proposal_is_shown_and_nothing_is_remembered() -> None:
    shown: list[Proposal] = []
    forge: Forge = DryRunForge(shown.append)
    proposal = new_proposal("2611.90001", "steam")
    pull = forge.open(proposal)
    assert shown == [proposal]
    assert (pull.id, pull.state, pull.where, pull.proposed) == ("2611.90001", PullState.OPEN, "dry run", ("steam",))
    assert (forge.name, forge.dry, forge.forgets, forge.notes) == ("dry run", True, False, ())
    forge.close("2611.90001", "Bye.")
    assert forge.show(lambda previous: "page") == ""
    assert (forge.pulls(), forge.requests()) == ({}, [])
