from odoo import fields, models
from odoo.exceptions import UserError

from .credit_collection_planner import LIVE_STATES


class CreditCollectionAction(models.Model):
    """The one gate through which an action changes its state."""

    _inherit = "credit.collection.action"

    def _update_state(self, allowed, target, **values):
        """The one gate. ``live`` of the lines follows the state; an action that is there already is left alone.

        :raises UserError: when an action of ``self`` may not go there, naming it
        """
        moving = self.filtered(lambda action: action.state != target)
        for action in moving:
            if action.state not in allowed:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(action)s is “%(state)s”: it cannot become “%(target)s”.",
                        action=action.display_name,
                        state=labels[action.state],
                        target=labels[target],
                    )
                )
        moving.sudo().write({"state": target, **values})
        if target not in LIVE_STATES:
            moving.sudo().line_ids.filtered("live").write({"live": False})
        return moving

    def _set_planned(self):
        return self._update_state(("to_approve", "todo"), "planned", approved_by_id=self.env.uid)

    def _set_sending(self):
        return self._update_state(("planned", "retry"), "sending")

    def _set_sent(self, date, **values):
        """The level of the due lines rises here, never earlier."""
        return self._update_state(
            ("sending", "todo", "issued", "unknown"), "sent", date_sent=date, sent_at=fields.Datetime.now(), **values
        )

    def _set_retry(self, reason, next_try):
        return self._update_state(("sending",), "retry", reason=reason, next_try=next_try)

    def _set_failed(self, reason):
        return self._update_state(("sending", "retry"), "failed", reason=reason)

    def _set_unknown(self, reason):
        """Nobody can tell: what the message still covered counts as said until a person decides."""
        return self._update_state(("sending", "retry", "issued"), "unknown", reason=reason)

    def _set_skipped(self, reason):
        return self._update_state(
            ("proposal", "to_approve", "planned", "todo", "sending", "issued", "retry"), "skipped", reason=reason
        )

    def _set_cancelled(self, reason):
        return self._update_state(
            ("proposal", "to_approve", "planned", "todo", "issued", "retry", "failed", "unknown"),
            "cancelled",
            reason=reason,
        )
