import logging
from datetime import timedelta

import psycopg2
from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError

from .credit_collection_channel import DeliveryResult

_logger = logging.getLogger(__name__)

MAX_TRIES = 8


class CreditCollectionAction(models.Model):
    """How an action leaves: claim – re-check – render – deliver – record, each in transactions of its own."""

    _inherit = "credit.collection.action"

    # === THE QUEUE === #

    @api.model
    def _cron_send(self):
        """Send what is ready until nothing is left, the time is up, or somebody stops the sending."""
        cron = self.env["ir.cron"]
        self._recover_orphans()
        left = cron._commit_progress(remaining=self.search_count(self._get_ready_domain()))
        while left and (action := self._claim_next()):
            action._carry_out()
            left = cron._commit_progress(1)

    @api.model
    def _get_ready_domain(self):
        return [
            ("company_id.collection_stopped", "=", False),
            "|",
            ("state", "=", "planned"),
            "&",
            ("state", "=", "retry"),
            ("next_try", "<=", fields.Datetime.now()),
            "|",
            ("send_after", "=", False),
            ("send_after", "<=", fields.Datetime.now()),
        ]

    @api.model
    def _claim_next(self, domain=None, now=None):
        """Take the next action: mark it ``sending`` and commit, so that a crash from here on leaves a trace.

        One whose customer's hours are over is told until when it waits, and passed over.
        """
        action = self._find_ready(domain or self._get_ready_domain(), now)
        if not action:
            return action
        action._set_sending()
        action._prepare_key()
        self.env["ir.cron"]._commit_progress()
        return action

    @api.model
    def _find_ready(self, domain, now):
        """Return the first action that may leave now, locked; those that have to wait are passed over."""
        seen = []
        while ready := self.sudo().search([*domain, ("id", "not in", seen)], order="id", limit=50):
            seen += ready.ids
            while action := ready.try_lock_for_update(limit=1):
                if not action._must_wait(now):
                    return action
                ready -= action
        return self.browse()

    @api.model
    def _recover_orphans(self):
        """Whoever was ``sending`` and holds no lock any more has died: nobody can tell whether the message left."""
        orphans = self.sudo().search([("state", "=", "sending")]).try_lock_for_update()
        if orphans:
            orphans._set_unknown(self.env._("The sending was interrupted: it may or may not have left."))
            _logger.warning("%s collection actions were interrupted while sending: %s", len(orphans), orphans.ids)
        return orphans

    def _prepare_key(self):
        """Note the key of the delivery before it leaves: a report about it may be faster than our commit."""
        try:
            self.message_key = self.message_key or self._get_channel()._prepare_message_key(self)
        except UserError:
            _logger.warning("Collection action %s has a channel that is gone", self.id)

    # === THE FLOW === #

    def _carry_out(self, date=None):
        """Carry out one claimed action. Holds the row's lock from here until the caller commits.

        Whatever goes wrong before the delivery is known not to have left: it is told and tried again, or given up.
        """
        self.ensure_one()
        action = self.sudo().try_lock_for_update()
        action.invalidate_recordset()
        if not action or action.state != "sending":
            return
        date = date or action.company_id._get_collection_today()
        try:
            with self.env.cr.savepoint():
                if action.uncertain:
                    ready = action._recheck_uncertain(date)
                else:
                    ready = action._recheck(date) and action._render_message()
                self.env.flush_all()
        except psycopg2.OperationalError as error:
            action._record(DeliveryResult("retry", self.env._("Somebody else is working on it: %s", error)), date)
            return
        if ready:
            action._record(action._deliver_message(), date)
            if action.state == "sent":
                self.env["ir.cron"]._commit_progress()
                action._get_channel()._after_sent(action)

    def _recheck(self, date):
        """Ask the rules again. Drop the lines that fail, refresh the amounts of those that stay.

        When the line that chose the text is gone, the text is not for the others: they are planned anew, in their tone.

        :return: whether something is left to send
        """
        self.ensure_one()
        planner = self.env["credit.collection.planner"]
        rows = planner._get_standings(self.company_id, date, debtors=self.debtor_id, action=self)
        standings = {row["id"]: row for row in rows}
        if not self.step_id:
            return self._recheck_beside(standings, date)
        for line in self.line_ids.filtered(lambda line: line.live or not line.step_id):
            line._refresh(standings.get(line.move_line_id.id))
        leader = self._get_leading_line()
        if leader.step_id != self.step_id:
            self.line_ids.filtered("live")._drop("other_step")
            self._set_skipped(self._get_dropped_reason())
            return False
        standing = standings[leader.move_line_id.id]
        self._take_amounts(standings)
        self.contact_id = standing["contact_id"] or self.contact_id
        return True

    def _get_leading_line(self):
        """Return the live line that decides channel, text and tone: the highest step; empty when nothing is live."""
        live = self.line_ids.filtered("live")
        return live.sorted(lambda line: (-line.level, line.date_due, line.id))[:1]

    def _get_dropped_reason(self):
        labels = self.env["credit.collection.report.open.item"]._get_standing_labels()
        codes = dict.fromkeys(line.dropped for line in self.line_ids if line.step_id and line.dropped)
        return ", ".join(str(labels.get(code, code)) for code in codes)

    def _take_amounts(self, standings):
        """Take over what the lines come to now, in the currency of the message and in the company's."""
        due = self.line_ids.filtered("live")
        shown = self.line_ids.filtered(lambda line: not line.step_id and not line.dropped)
        self.write(
            {
                "amount": sum(due.mapped("amount")),
                "amount_shown": sum(shown.mapped("amount")),
                "amount_company": sum(standings[line.move_line_id.id]["free_company"] for line in due),
            }
        )

    def _render_message(self):
        """Render in a savepoint: a text that breaks fails this one action, visibly, and the next goes on."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                channel = self._get_channel()
                channel._prepare(self)
                self.write(channel._render(self))
                channel._attach(self)
                self.env.flush_all()
        except psycopg2.OperationalError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a text or an attachment breaks on is told on the action
            _logger.exception("Collection action %s cannot be rendered", self.id)
            self._set_failed(self.env._("The message cannot be made: %s", error))
            return False
        return True

    def _deliver_message(self):
        """Deliver in a savepoint; whatever is not plainly a yes or a no is ``unknown``."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                result = self._get_channel()._deliver(self)
                self.env.flush_all()
        except Exception as error:  # noqa: BLE001 - after the server may have the message only a person can decide
            _logger.exception("Collection action %s: the delivery broke off", self.id)
            return DeliveryResult("unknown", str(error) or error.__class__.__name__)
        return result

    def _record(self, result, date):
        self.ensure_one()
        tries = self.tries + 1
        self.write({"tries": tries, **result.values})
        if result.state == "sent":
            self._set_sent(date, reason=result.reason or False, delivery_state="accepted", uncertain=False)
        elif result.state == "issued":
            self._set_issued(reason=result.reason or False)
        elif result.state == "retry" and tries >= MAX_TRIES and self.uncertain:
            self._set_unknown(result.reason)
        elif result.state == "retry" and tries < MAX_TRIES:
            self._set_retry(result.reason, fields.Datetime.now() + timedelta(minutes=5 * 2 ** (tries - 1)))
        elif result.state == "unknown":
            self._set_unknown(result.reason)
        else:
            self._set_failed(result.reason)

    def _get_preview(self):
        """Return subject and body as they would be sent now, or what is wrong with them."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                message = self.sudo()._get_channel()._render(self.sudo())
                return {**message, "body": message.get("body") or self._get_script_preview(message)}
        except Exception as error:  # noqa: BLE001 - a preview shows the error instead of refusing to open
            message = self.env._("The message cannot be made: %s", error)
            return {"body": Markup("<p>%s</p>") % message}

    @api.model
    def _get_script_preview(self, message):
        """Show a call script as paragraphs."""
        lines = (message.get("script") or "").splitlines()
        return Markup().join(Markup("<p>%s</p>") % line for line in lines) or False
