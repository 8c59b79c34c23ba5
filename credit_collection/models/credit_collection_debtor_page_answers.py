from odoo import models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.misc import format_amount

from .credit_collection_promise_make import APPROVAL_DAYS


class CreditCollectionDebtor(models.Model):
    """What customers tell us on their page. The caller has made sure that the contact speaks for the debtor.

    Each answer is confirmed to the contact in the visitor's language; what colleagues read is in theirs.
    """

    _inherit = "credit.collection.debtor"

    def _in_our_language(self):
        """Return the debtor in the language of who is in charge: notes and tasks are for them."""
        lang = self._get_responsible().lang or self.company_id.partner_id.lang
        return self.with_context(lang=lang)

    def _note_answer(self, contact, line, text="", files=()):
        """Leave a line on the file, in the name of who answered."""
        self.message_post(
            body=plaintext2html("\n".join(filter(None, [line, text]))),
            author_id=contact.id,
            attachments=list(files),
        )

    def _say_amount(self, amount, currency):
        return format_amount(self.env, amount, currency)

    def _say_invoices(self, items):
        return ", ".join(items.move_id.mapped("name"))

    def _say_day_of_approval(self):
        """Return the last day on which something waits for a manager."""
        return self._get_last_day(self._get_today(), APPROVAL_DAYS)

    # === SOMETHING IS WRONG === #

    def _answer_dispute(self, contact, amounts, reason, text, files=()):
        """Open a dispute and return it.

        :param amounts: ``{account.move.line: amount in its currency}``
        """
        ours = self._in_our_language()
        dispute = ours.env["credit.collection.dispute"]._open_for(
            ours, amounts, reason, text, origin="portal", attachments=files, contact_id=contact.id
        )
        ours._note_answer(contact, self.env._("On the page: something is wrong, dispute %s.", dispute.name), text)
        if not dispute.acknowledge:
            self._confirm_answer(contact, self._say_dispute(dispute, text))
        return dispute

    def _say_dispute(self, dispute, text):
        lines = dispute.with_env(self.env).line_ids
        return "\n".join(
            [
                self.env._("Something is wrong, number %(name)s: %(reason)s",
                           name=dispute.name, reason=dispute.with_env(self.env).reason_id._get_page_name()),
                *(f"{line.move_id.name}: {self._say_amount(line.amount, line.currency_id)}" for line in lines),
                text,
            ]
        )  # fmt: skip

    # === A DAY IS NAMED === #

    def _answer_promise(self, contact, items, amount, date, note="", replace=False):
        """Note a promise and return it; beyond the limits of the company it waits for a manager."""
        ours = self._in_our_language()
        promise = ours.env["credit.collection.promise"]._make(
            ours, items, amount, date, how="portal", contact=contact, user=ours._get_responsible(),
            note=note or False, replace=replace,
        )  # fmt: skip
        line = ours.env._("On the page: promises %(promise)s (%(invoices)s).",
                          promise=promise.display_name, invoices=ours._say_invoices(items))  # fmt: skip
        ours._note_answer(contact, line, note)
        if promise.state != "to_approve":
            ours._ask_somebody(ours.env._("Promised on the page: %s", promise.display_name), note)
        self._confirm_answer(contact, "\n".join(filter(None, [self._say_promise(promise), note])))
        return promise

    def _say_promise(self, promise):
        promise = promise.with_env(self.env)
        invoices = self._say_invoices(promise.line_ids._get_items())
        named = {"promise": promise._say_page_name(), "invoices": invoices}
        said = self.env._("You pay %(promise)s: %(invoices)s", **named)
        if promise.state == "to_approve":
            said = self.env._("You offer to pay %(promise)s: %(invoices)s", **named)
        return f"{said}\n{promise._say_page_state()}"

    # === PAY IN INSTALMENTS === #

    def _answer_plan_wish(self, contact, items, wish, **told):
        """Keep the wish for a plan as a remark, which holds its items; somebody makes a proposal of it.

        :param wish: sentences in the visitor's language
        :param told: ``told_count`` or ``told_amount``, ``told_day``
        :raises UserError: when the same was asked for already and nobody has judged it yet
        """
        text = f"{self.env._('I would like to pay in instalments: %s', self._say_invoices(items))}\n{wish}"
        self._check_not_said(text)
        ours = self._in_our_language()
        remark = ours.env["credit.collection.remark"]._report(
            ours, text, items, kind="page", author=contact, topic="plan",
            currency_id=items[:1].currency_id.id, **told,
        )  # fmt: skip
        ours._note_answer(contact, ours.env._("On the page: asks for a payment plan."), text)
        self._confirm_answer(contact, text)
        return remark

    def _check_not_said(self, text):
        """Whoever presses twice has said it once."""
        domain = [("debtor_id", "=", self.id), ("kind", "=", "page"), ("text", "=", text.strip())]
        today = [("date", "=", self._get_today()), ("decision", "in", (False, "paid"))]
        if self.env["credit.collection.remark"].sudo().search_count(domain + today, limit=1):
            raise UserError(self.env._("You have told us this already. There is nothing more to do."))

    # === PAID ALREADY === #

    def _answer_paid(self, contact, items, date, said, files=(), amount=0):
        """Keep as a remark that it was paid: it holds these items, and nothing else, until somebody has looked.

        Told again within ``PAGE_PAUSE`` days it is looked for as well, but holds no longer.

        :param said: sentences in the visitor's language
        :param amount: in the currency of the items; none: all of them
        """
        self._check_not_said(said)
        ours = self._in_our_language()
        remark = ours.env["credit.collection.remark"]._report(
            ours, said, items, kind="page", author=contact, topic="paid", paid_date=date,
            currency_id=items[:1].currency_id.id, told_amount=amount,
        )  # fmt: skip
        remark._add_proof(contact, files)
        ours._note_answer(contact, ours.env._("On the page: says that it was paid."), said)
        self._confirm_answer(contact, said)
        return remark
