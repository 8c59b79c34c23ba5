"""How often a customer was contacted: docs/rules.md, `interval` and `cap`, in plain Python."""

from collections.abc import Iterable
from datetime import date

from .reference_ledger import LIVE_STATES, Action, Debtor, Ledger, Scenario
from .reference_route import payer_of, profile_of

# What messages without a step are for that ask for money; the others answer the customer, or thank.
ASKING = ("promise", "installment", "installment_late", "plan_broken")


def contacts_with(ledger: Ledger, debtors: Iterable[Debtor], leaving: Action | None) -> list[tuple[date, bool]]:
    """The contacts with the debtors, newest first: the day, and whether it was formal."""
    debtor_ids = {debtor.id for debtor in debtors}
    runs: dict[tuple, list[Action]] = {}
    for action in (*ledger.actions, *ledger.actions_elsewhere):
        if action.debtor_id in debtor_ids and _is_contact(action) and not _goes_with(action, leaving):
            alone = action.id if action.run_id is None else None
            runs.setdefault((action.debtor_id, action.run_id, alone), []).append(action)
    contacts = [
        (max(action.date_sent or action.date for action in run), all(action.tone == "formal" for action in run))
        for run in runs.values()
    ]
    return sorted(contacts, reverse=True)


def opening_contacts(ledger: Ledger, debtor: Debtor) -> list[date]:
    """The days on which a customer was last written to by the software that its open invoices were taken over from."""
    theirs = [item for item in ledger.items if item.debtor_id == debtor.id and item.residual > 0]
    return [item.opening_date for item in theirs if item.opening_level > 0 and item.opening_date]


def with_same_payer(ledger: Ledger, debtor: Debtor) -> list[Debtor]:
    """All debtors, in any company, that the payer of the debtor pays for."""
    payer_id = payer_of(ledger, debtor)
    return [other for other in (*ledger.debtors, *ledger.debtors_elsewhere) if payer_of(ledger, other) == payer_id]


def most_contacts(ledger: Ledger, debtor: Debtor, scenario: Scenario) -> int:
    """How many contacts there may be within the window; 0: as many as there are reasons for."""
    profile = profile_of(ledger, debtor)
    return debtor.max_contacts or (profile.max_contacts if profile else 0) or scenario.max_contacts


def _is_contact(action: Action) -> bool:
    asks = action.step_id is not None or action.purpose in ASKING
    return asks and action.state in LIVE_STATES and action.channel != "automation"


def _goes_with(action: Action, leaving: Action | None) -> bool:
    """Whether the action is the one about to leave or of its run."""
    if not leaving:
        return False
    return action == leaving or action.run_id == leaving.run_id is not None
