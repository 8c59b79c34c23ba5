import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import pdf

# As many as one document is made of in a reasonable time.
MOST_LETTERS = 500
# Days for which a letter may wait to be printed.
LETTER_AGE = 4


class CreditCollectionAction(models.Model):
    """The life of a letter: approved, issued (frozen), printed, posted, received. The level rises when it is posted."""

    _inherit = "credit.collection.action"

    registered = fields.Boolean(related="step_id.registered")
    notice_number = fields.Char(readonly=True, index="btree_not_null", copy=False)
    date_issued = fields.Date(readonly=True, help="Date of the letter.")
    deadline = fields.Date(readonly=True, help="Day by which the letter asks for payment.")
    letter = fields.Binary(readonly=True, attachment=True, help="The letter as it was issued.")
    letter_name = fields.Char(readonly=True)
    printed_at = fields.Datetime("Printed", readonly=True)
    date_posted = fields.Date("Posted on", readonly=True)
    tracking_number = fields.Char("Registered number", readonly=True)
    date_received = fields.Date("Received on", readonly=True, help="Day on the acknowledgement of receipt.")

    _notice_unique = models.UniqueIndex(
        "(company_id, notice_number) WHERE notice_number IS NOT NULL", "This number is taken by another notice."
    )

    # === STATE === #

    def _set_issued(self, **values):
        """The letter is made; a person prints and posts it."""
        return self._update_state(("sending",), "issued", **values)

    def _prepare_issue(self):
        """Number a formal notice and fix its dates, once."""
        self.ensure_one()
        company, today = self.company_id, self._get_text_date()
        self.deadline = False
        values = {"date_issued": today, "deadline": self._get_reply_date(today)}
        if self.tone == "formal" and not self.notice_number:
            sequence = self.env["ir.sequence"].with_company(company)
            values["notice_number"] = sequence.next_by_code("credit.collection.notice", sequence_date=today)
        self.write(values)

    # === ACTION METHODS === #

    def action_print_letters(self):
        """Print the letters chosen as one document: the bytes that were issued, however often."""
        self._check_collector()
        self._check_letters()
        if len(self) > MOST_LETTERS:
            raise UserError(self.env._("Print at most %s letters at once: choose fewer.", MOST_LETTERS))
        self._check_fresh()
        self.filtered(lambda action: action.state == "issued")._ask_again_now()
        letters = self.filtered(lambda action: action.state in ("issued", "sent"))
        if not letters:
            raise UserError(self.env._("Nothing is left to print: what these letters ask for has changed meanwhile."))
        letters.sudo().write({"printed_at": fields.Datetime.now()})
        ids = ",".join(str(action.id) for action in letters.sorted("id"))
        return {"type": "ir.actions.act_url", "url": f"/credit_collection/letters?ids={ids}", "target": "new"}

    def action_preview_letter(self):
        """Show the letter as it would be issued now; nothing is numbered or kept."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/credit_collection/letters?ids={self.id}", "target": "new"}

    def action_confirm_posted(self):
        """Ask for day and number of posting."""
        self._check_collector()
        waiting = self.filtered(lambda action: action._waits_for_post())
        if not waiting:
            raise UserError(self.env._("There is no letter to be posted among these."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm as posted"),
            "res_model": "credit.collection.letter.post",
            "view_mode": "form",
            "target": "new",
            "context": {"default_action_ids": waiting.ids},
        }

    def action_record_receipt(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Acknowledgement of receipt"),
            "res_model": "credit.collection.letter.receipt",
            "view_mode": "form",
            "target": "new",
            "context": {"default_action_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _ask_letter_again(self, standings):
        """What is printed cannot change: a letter that is not right any more is planned anew, or a person decides.

        One that was printed may lie in a letter box already: nobody but a person can tell.
        """
        self.ensure_one()
        wrong = [line for line in self._get_printed_lines() if not line._is_printed_right(standings)]
        if not wrong:
            return
        if self.printed_at:
            label = self.env["credit.collection.report.open.item"]._get_standing_labels()["other_amount"]
            self._set_unknown(self.env._("%s: was it posted?", label))
            self._tell_collector(self.env._("Was the letter posted? %s", self._get_what()))
        else:
            self.line_ids.filtered("live")._drop("other_amount")
            self._set_skipped(self._get_dropped_reason())

    def _tell_collector(self, summary):
        debtor = self.debtor_id
        debtor.activity_schedule("mail.mail_activity_data_todo", summary=summary, user_id=debtor._get_responsible().id)

    def _check_fresh(self):
        """A letter that has lain about leaves too little time to answer: it is made anew.

        :raises UserError: naming the first such letter
        """
        for action in self.filtered(lambda action: action.state == "issued"):
            age = (action.company_id._get_collection_today() - action.date_issued).days
            if age > LETTER_AGE:
                raise UserError(
                    self.env._(
                        "%(letter)s is dated %(day)s: too little of the time it gives is left. Remove it, and the next "
                        "run makes it anew.",
                        letter=action.display_name,
                        day=action._format_day(action.date_issued),
                    )
                )

    def _check_letters(self):
        missing = self.filtered(lambda action: not action.letter)
        if missing:
            raise UserError(
                self.env._("%s has no letter yet: it is made once it is approved.", missing[0].display_name)
            )

    def _get_letters(self):
        """Return the letters as one PDF; one that is not issued yet as it would be now.

        :raises UserError: when a letter is not the one that was issued any more
        """
        return pdf.merge(action._get_letter() for action in self)

    def _get_letter(self):
        self.ensure_one()
        if not self.letter:
            return self.env["credit.collection.channel.letter"]._print(self)
        document = base64.b64decode(self.letter)
        if not (self.attachment_digest or "").startswith(hashlib.sha256(document).hexdigest()):
            raise UserError(self.env._("The letter of %s is not the one that was issued.", self.display_name))
        return document

    def _set_posted(self, date, tracking_number=False):
        """The letter is at the post office: the step has reached the customer, and the level rises.

        :raises UserError: when it is not a letter that waits for that
        :raises ValidationError: when the day cannot be, or a registered letter has no number
        """
        self.ensure_one()
        if not self._waits_for_post():
            raise UserError(self.env._("%s is not a letter that waits to be posted.", self.display_name))
        today = self.company_id._get_collection_today()
        if not self.date_issued <= date <= max(today, self.date_issued):
            raise ValidationError(
                self.env._(
                    "%(letter)s is dated %(issued)s: the day of posting lies between that and today.",
                    letter=self.display_name,
                    issued=self._format_day(self.date_issued),
                )
            )
        if self.registered and not tracking_number:
            raise ValidationError(self.env._("%s is registered: note the number on the receipt.", self.display_name))
        self._set_sent(date, date_posted=date, tracking_number=tracking_number or False)
        self.debtor_id.message_post(body=self.env._("Letter posted: %s", self.notice_number or self._get_what()))

    def _waits_for_post(self):
        """Whether it is a letter to be posted; also one of which nobody can tell, a person now does."""
        self.ensure_one()
        return self.state == "issued" or self.state == "unknown" and bool(self.letter)

    def _record_receipt(self, date):
        """Note the day on the acknowledgement of receipt."""
        for action in self:
            if action.state != "sent" or not action.date_posted:
                raise UserError(self.env._("%s was not posted yet.", action.display_name))
            if not action.date_posted <= date <= action.company_id._get_collection_today():
                raise ValidationError(self.env._("%s was received between its posting and today.", action.display_name))
            action.sudo().date_received = date

    def _get_kind_label(self):
        """Return what a letter without number is called in the name of its file."""
        self.ensure_one()
        return self.env._("letter")

    def _get_invoice_documents(self):
        """Return legal PDFs of the due invoices as they were sent; for one that has none, as core prints it."""
        self.ensure_one()
        moves = self._get_due_lines().move_id.filtered(lambda move: move.is_invoice())
        return [move._get_invoice_legal_documents("pdf") or self._print_invoice(move) for move in moves]

    @api.model
    def _print_invoice(self, move):
        content, __ = self.env["ir.actions.report"]._render_qweb_pdf("account.account_invoices", move.ids)
        return {"filename": move._get_invoice_report_filename(), "content": content}


class CreditCollectionActionLine(models.Model):
    _inherit = "credit.collection.action.line"

    def _is_printed_right(self, standings):
        """Whether what the letter says of this item still holds: the amount, and that nothing stands in the way."""
        self.ensure_one()
        row = standings.get(self.move_line_id.id)
        if not row or self.currency_id.compare_amounts(row["free"], self.amount):
            return False
        return not self.live or row["standing"] in ("due", "interval", "cap", "minimum")
