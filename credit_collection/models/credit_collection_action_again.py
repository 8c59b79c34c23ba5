from odoo import models

from .credit_collection_action_beside import ASKS_NOTHING

WAITING_STATES = ("planned", "to_approve", "todo", "retry")
# A printed letter waits, too, but its words and amounts are fixed.
ASKED_AGAIN = (*WAITING_STATES, "issued")


class CreditCollectionAction(models.Model):
    """Asking the rules again: when something was said about the customer, and for what is no step of the ladder."""

    _inherit = "credit.collection.action"

    def _recheck_uncertain(self, date):
        """A try may have arrived: the same bytes are offered again under the same key, or a person decides."""
        rows = self.env["credit.collection.planner"]._get_standings(
            self.company_id, date, debtors=self.debtor_id, action=self
        )
        due = {row["id"] for row in rows if row["standing"] == "due"}
        if all(line.move_line_id.id in due for line in self.line_ids.filtered("live")):
            return True
        self._set_unknown(self.env._("A try may have arrived, and it is not to be repeated any more."))
        return False

    def _recheck_beside(self, standings, date):
        """A message beside the ladder asks for nothing: it shows today's amounts, and needs an address."""
        if self.purpose == "thanks":
            if not self._recheck_thanks(date):
                return False
        else:
            self._refresh_beside(standings)
        if self.debtor_id._is_paused():
            self._set_skipped(self.env["credit.collection.report.open.item"]._get_standing_labels()["paused"])
            return False
        contact = self.debtor_id._find_beside_contact(self.channel, self.contact_id)
        if not contact:
            self._set_skipped(self.env["credit.collection.report.open.item"]._get_standing_labels()["no_address"])
            return False
        self.contact_id = contact
        return True

    def _refresh_beside(self, standings):
        """Show what is left to be paid; what asks for nothing goes on showing what it is about."""
        for line in self.line_ids if self.purpose not in ASKS_NOTHING else ():
            row = standings.get(line.move_line_id.id)
            if row and row["standing"] == "frozen":
                line.dropped = "frozen"
            elif row and row["free"] > 0:
                line.write({"amount": row["free"], "dropped": False})
            else:
                line.dropped = "closed"

    def _ask_again_now(self):
        """Something was said about the customer: what waits is stopped at once, or asks for less.

        Contacts and minimums are left to the moment of sending: they may look different by then.
        """
        for action in self.sudo().filtered(lambda action: action._is_asked_again()):
            rows = self.env["credit.collection.planner"]._get_standings(
                action.company_id, debtors=action.debtor_id, action=action
            )
            standings = {row["id"]: row for row in rows}
            if action.state == "issued":
                action._ask_letter_again(standings)
                continue
            for line in action.line_ids.filtered(lambda line: line.live or not line.step_id):
                row = standings.get(line.move_line_id.id)
                if row and row["standing"] in ("interval", "cap", "minimum"):
                    row["standing"] = "due"
                line._refresh(row)
            if action._get_leading_line().step_id == action.step_id:
                action._take_amounts(standings)
            else:
                action.line_ids.filtered("live")._drop("other_step")
                action._set_skipped(action._get_dropped_reason())

    def _is_asked_again(self):
        """Whether it waits and its words may still be taken back; what may have arrived stays as it is."""
        self.ensure_one()
        return bool(self.step_id) and self.state in ASKED_AGAIN and not self.uncertain


class CreditCollectionActionLine(models.Model):
    _inherit = "credit.collection.action.line"

    def _refresh(self, standing):
        """Take over what the ledger says now; a line that may not go is dropped with the reason."""
        self.ensure_one()
        if standing is None:
            return self._drop("closed")
        if self.live and standing["standing"] != "due":
            return self._drop(standing["standing"])
        if not self.live and (standing["free"] <= 0 or standing["standing"] != "not_asked"):
            return self._drop(standing["standing"])
        return self.write(
            {key: standing[key] for key in ("residual", "disputed", "covered")}
            | {"amount": standing["free"], "dropped": False}
        )

    def _drop(self, code):
        return self.write({"live": False, "dropped": code})
