from odoo import models
from odoo.tools import SQL

# What a file takes over from the one that joins it, where it has nothing itself; the hours only together.
OWN = ("user_id", "scenario_id", "payer_id", "preferred_channel", "self_service", "send_days", "max_contacts", "note",
       "payment_days", "hold_for_bills", "insolvency_date", "insolvency_reference")  # fmt: skip
REASON, HOURS = ("late_reason_id", "late_reason_date"), ("opens", "closes", "sends_at")
PROTECTION = ("protected", "protected_reason")
MEETING = ("meeting_link", "meeting_at", "meeting_activity_id")
CALL = ("call_number", "call_at", "call_activity_id")


class CreditCollectionDebtor(models.Model):
    """What becomes of a file when its customer is merged into another, or gets another parent company."""

    _inherit = "credit.collection.debtor"

    def _move_to(self, partner):
        """Hand each file to ``partner``; where it has one in that company already, join them. Nothing is lost."""
        for debtor in self.sudo().filtered(lambda debtor: debtor.partner_id != partner):
            domain = [("partner_id", "=", partner.id), ("company_id", "=", debtor.company_id.id)]
            target = self.sudo().search(domain)
            if target:
                target._absorb(debtor)
            else:
                debtor.partner_id = partner

    def _absorb(self, other):
        """Take over all that ``other`` holds, the stricter hold included, and close it."""
        self.ensure_one()
        self.env.flush_all()
        self._absorb_episodes(other)
        self._absorb_difficulty(other)
        self._absorb_links(other)
        self.env["credit.collection.payday"]._give_way(self, other)
        for name in ("action", "dispute", "call", "writeoff", "remark", "promise", "plan", "feedback", "payday"):
            table = f"credit_collection_{name}"
            self.env.cr.execute(
                SQL("UPDATE %s SET debtor_id = %s WHERE debtor_id = %s", SQL.identifier(table), self.id, other.id)
            )
        self.env.invalidate_all()
        closed = self.optout_ids.mapped("channel")
        other.optout_ids.filtered(lambda optout: optout.channel not in closed).write({"debtor_id": self.id})
        if other.hold_until and (not self.hold_until or other.hold_until > self.hold_until):
            self.write({"hold_until": other.hold_until, "hold_reason": other.hold_reason})
        for names in (*((name,) for name in OWN), REASON, HOURS, PROTECTION, MEETING, CALL):
            if not any(self[name] for name in names):
                self.write({name: other._fields[name].convert_to_write(other[name], other) for name in names})
        if other.profile_pinned and not self.profile_pinned:
            self.write({"profile_id": other.profile_id.id, "profile_pin_reason": other.profile_pin_reason})
        other.message_change_thread(self)
        other.activity_ids.write({"res_id": self.id})
        self.message_post(body=self.env._("Joined with the file of %s.", other.partner_id.display_name))
        reference = other.external_ref
        other.unlink()
        # Only now: a reference is unique.
        self.external_ref = self.external_ref or reference
