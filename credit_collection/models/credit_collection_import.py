import base64
import io

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from psycopg2 import IntegrityError

from ..tools import ledger_shape

# More than this takes longer than a person likes to wait: the scheduled action does it.
ROWS_AT_ONCE = 2000
BYTES_AT_ONCE = 1_000_000
TRIES = 2


class CreditCollectionImport(models.Model):
    """A ledger file from other software on its way into the books: read, checked, and booked all or nothing."""

    _name = "credit.collection.import"
    _description = "Ledger Import"
    _inherit = ["credit.collection.trail"]
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True, default=lambda self: self.env.company
    )
    file = fields.Binary(attachment=True)
    filename = fields.Char("File name")
    state = fields.Selection(
        [("draft", "File"), ("checked", "Checked"), ("done", "Imported"), ("cancelled", "Undone")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
    )
    pending = fields.Selection(
        [("check", "Checking"), ("apply", "Importing"), ("undo", "Undoing")],
        string="In the background",
        readonly=True,
        copy=False,
        help="The scheduled action is at work on it.",
    )
    error = fields.Text("What went wrong", readonly=True, copy=False)
    record = fields.Selection(
        lambda self: self._get_record_selection(),
        string="Each row is",
        default="invoice",
        required=True,
        help="What a row is when no column of the file says so.",
    )
    date_order = fields.Selection(
        [("dmy", "Day, month, year"), ("mdy", "Month, day, year"), ("ymd", "Year, month, day")],
        string="Dates",
        default="ymd",
        required=True,
    )
    decimal = fields.Selection([(".", "1,234.56"), (",", "1.234,56")], string="Amounts", default=".", required=True)
    account_id = fields.Many2one(
        "account.account",
        string="Counterpart account",
        check_company=True,
        default=lambda self: self._get_default_account(),
        domain="[('account_type', 'not in', ('asset_receivable', 'liability_payable', 'off_balance'))]",
        help="Invoices are booked on receivables against this account, payments the other way round: what remains on it"
        " is what your opening entry says the customers owe.",
    )
    journal_id = fields.Many2one("account.journal", compute="_compute_journals")
    payment_journal_id = fields.Many2one("account.journal", string="Journal of payments", compute="_compute_journals")
    mapping_date = fields.Date("Columns as on", readonly=True, help="Day on which these columns were used last.")
    column_ids = fields.One2many("credit.collection.import.column", "import_id", string="Columns")
    row_ids = fields.One2many("credit.collection.import.row", "import_id", string="Rows")
    user_id = fields.Many2one("res.users", string="Imported by", readonly=True, copy=False)
    date_done = fields.Datetime("Imported on", readonly=True, copy=False)
    seconds_check = fields.Float("Seconds to check", readonly=True, copy=False)
    seconds = fields.Float("Seconds to import", readonly=True, copy=False)
    skip_wrong = fields.Boolean("Without the wrong rows", readonly=True, copy=False)
    move_ids = fields.One2many("account.move", "collection_import_id", string="Entries")

    # === COMPUTE METHODS === #

    @api.depends("filename")
    def _compute_name(self):
        for ledger in self:
            ledger.name = ledger.filename or self.env._("New")

    @api.depends("company_id")
    def _compute_journals(self):
        for ledger in self:
            ledger.journal_id = ledger._find_journal("sale")
            ledger.payment_journal_id = ledger._find_journal("bank")

    @api.model
    def _get_record_selection(self):
        labels = {
            "customer": self.env._("a customer"),
            "contact": self.env._("a contact"),
            "invoice": self.env._("an invoice"),
            "credit_note": self.env._("a credit note"),
            "payment": self.env._("a payment"),
        }
        return [(name, labels[name]) for name in ledger_shape.RECORDS]

    @api.model
    def _get_default_account(self):
        """The account used last, else the one that core balances opening entries with."""
        company = self.env.company
        journal = self.new({"company_id": company.id})._find_journal("sale")
        accounts = self.env["account.account"].with_company(company)
        domain = [*accounts._check_company_domain(company), ("account_type", "=", "equity_unaffected")]
        return journal.default_account_id or accounts.search(domain, limit=1)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_import()
        ledgers = super().create(vals_list)
        for ledger, vals in zip(ledgers, vals_list, strict=True):
            if vals.get("file") and not vals.get("column_ids"):
                ledger._guess(ledger._open_file())
        return ledgers

    def write(self, vals):
        self._check_may_import()
        return super().write(vals)

    @api.model
    def _get_trail_fields(self):
        """The background job works as ``user_id``, with the rights of that user: nobody names somebody else."""
        return {
            "state", "pending", "error", "user_id", "date_done", "seconds", "seconds_check", "row_ids", "move_ids",
        }  # fmt: skip

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_done(self):
        if self.filtered(lambda ledger: ledger.state == "done"):
            raise UserError(self.env._("An import that was booked is part of the books: undo it instead."))

    @api.onchange("file")
    def _onchange_file(self):
        if self.file:
            self._guess(self._open_file())

    # === ACTION METHODS === #

    def action_check(self):
        self._check_idle(("draft", "checked"))
        content = self._open_file()
        if content.getbuffer().nbytes > BYTES_AT_ONCE:
            return self._set_pending("check")
        self._load(content, self.filename)
        self._check()
        return True

    def action_import(self):
        self._check_idle(("checked",))
        self.skip_wrong = False
        return self._start("apply", self._apply)

    def action_import_without_wrong(self):
        """The explicit choice: leave out what is wrong, and what rests on it."""
        self._check_idle(("checked",))
        self.skip_wrong = True
        return self._start("apply", self._apply)

    def action_undo(self):
        self._check_idle(("done",))
        return self._start("undo", self._undo)

    def action_back(self):
        """Let columns and formats be changed again; what was checked is forgotten."""
        self._check_idle(("checked",))
        self._delete_rows()
        self._update_state(("checked",), "draft")

    def action_refresh(self):
        """Show how far the background job is: the client reloads the form after any button."""
        return True

    # === STATE === #

    def _update_state(self, allowed, target, **values):
        """The one gate of the state: a repeated step is harmless, an impossible one says why."""
        for ledger in self.filtered(lambda ledger: ledger.state != target):
            if ledger.state not in allowed:
                raise UserError(self.env._("%s cannot do that any more.", ledger.name))
        return self.sudo().write({"state": target, "error": False, "pending": False, **values})

    # === BUSINESS METHODS === #

    def _start(self, job, method):
        """Do it at once when it is small, else in the background."""
        if self.env["credit.collection.import.row"].search_count([("import_id", "=", self.id)]) > ROWS_AT_ONCE:
            return self._set_pending(job)
        method()
        return True

    def _set_pending(self, job):
        self.sudo().write({"pending": job, "error": False, "user_id": self.env.uid})
        self._clear_progress()
        self.env.ref("credit_collection.ir_cron_credit_collection_import").sudo()._trigger()
        return True

    @api.model
    def _cron_work(self):
        """Do what waits, each import all or nothing."""
        cron = self.env["ir.cron"]
        waiting = self.search([("pending", "!=", False)], order="id")
        left = cron._commit_progress(remaining=len(waiting))
        for ledger in waiting:
            if not left:
                break
            ledger._work_safely()
            left = cron._commit_progress(1)

    def _work_safely(self):
        """Work as the one who asked. What the books refuse is told in the form, and nothing of it stays."""
        self.ensure_one()
        job = self.pending
        if self._count_try() > TRIES:
            self.write({"pending": False, "error": self._get_text_ended()})
            return
        try:
            with self.env.cr.savepoint():
                self.with_user(self.user_id).with_company(self.company_id)._work(job)
        except (UserError, ValueError) as error:
            self.env.invalidate_all()
            self.write({"pending": False, "error": str(error)})
        except IntegrityError as error:
            self.env.invalidate_all()
            self.write({"pending": False, "error": self._get_text_changed(error)})

    def _work(self, job):
        if job == "check":
            self._load(self._open_file(), self.filename)
            return self._check()
        return self._apply() if job == "apply" else self._undo()

    def _get_text_ended(self):
        return self.env._(
            "The server ended this job before it was through, and nothing was booked. Import the file from the command"
            " line, or raise the server's limit_time_real_cron."
        )

    def _get_text_changed(self, error):
        return self.env._(
            "The database refused it, and nothing was booked: the books have changed since the file was checked."
            " Check it again. (%s)",
            error.diag.message_detail or error.diag.message_primary,
        )

    # === HELPERS === #

    def _open_file(self):
        self.ensure_one()
        content = self.with_context(bin_size=False).file
        if not content:
            raise UserError(self.env._("Choose the file first."))
        return io.BytesIO(base64.b64decode(content))

    def _check_idle(self, allowed):
        self.ensure_one()
        self._check_may_import()
        if self.pending:
            raise UserError(self.env._("%s is being worked on in the background. Try again in a minute.", self.name))
        if self.state not in allowed:
            raise UserError(self.env._("%s cannot do that any more.", self.name))

    @api.model
    def _check_may_import(self):
        """Importing books invoices and payments, and writes debtor files: it takes the rights to both."""
        groups = ("account.group_account_invoice", "credit_collection.group_credit_collection_user")
        if not self.env.su and not all(self.env.user.has_group(group) for group in groups):
            raise AccessError(
                self.env._(
                    "Importing a ledger books invoices and payments. It takes the right to invoice (Accounting) besides"
                    " being a collector; ask your administrator."
                )
            )
