from odoo import api, fields, models
from odoo.tools import SQL


class CreditCollectionImportProgress(models.Model):
    """How far an import is: written by a cursor of its own, for the import itself shows nothing before its end."""

    _name = "credit.collection.import.progress"
    _description = "Progress of a Ledger Import"

    # No foreign key: a row here is written while the import's own transaction is under way.
    import_ref = fields.Integer(required=True)
    phase = fields.Char()
    done = fields.Integer()
    total = fields.Integer()
    tries = fields.Integer()

    _import_unique = models.UniqueIndex("(import_ref)", "There is one progress per import.")


class CreditCollectionImport(models.Model):
    _inherit = "credit.collection.import"

    progress = fields.Float(compute="_compute_progress", help="Per cent of the present phase.")
    phase = fields.Char("At work on", compute="_compute_progress")

    # === COMPUTE METHODS === #

    def _compute_progress(self):
        rows = self.env["credit.collection.import.progress"].sudo().search([("import_ref", "in", self.ids)])
        by_import = {row.import_ref: row for row in rows}
        for ledger in self:
            row = by_import.get(ledger.id, rows.browse())
            ledger.progress = 100 * row.done / row.total if row.total else 0
            ledger.phase = self._get_phases().get(row.phase, False)

    @api.model
    def _get_phases(self):
        return {
            "read": self.env._("Reading the file"),
            "compare": self.env._("Comparing with Odoo"),
            "customers": self.env._("Customers"),
            "documents": self.env._("Invoices and credit notes"),
            "payments": self.env._("Payments"),
            "settlements": self.env._("What is settled already"),
            "undo": self.env._("Undoing"),
        }

    # === HELPERS === #

    def _report(self, phase, done, total):
        """Tell how far it is, in a transaction of its own."""
        self._write_progress(phase=phase, done=done, total=total)

    def _count_try(self):
        """Return how often this job was begun, this time included: a server that is killed counts too."""
        return self._write_progress(tries=1)

    def _clear_progress(self):
        with self.env.registry.cursor() as cr:
            cr.execute(SQL("DELETE FROM credit_collection_import_progress WHERE import_ref = %s", self.id))

    def _write_progress(self, phase=None, done=0, total=0, tries=0):
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO credit_collection_import_progress AS progress (import_ref, phase, done, total, tries)
                         VALUES (%s, %s, %s, %s, %s)
                    ON CONFLICT (import_ref) DO UPDATE
                            SET phase = excluded.phase, done = excluded.done, total = excluded.total,
                                tries = COALESCE(progress.tries, 0) + excluded.tries
                      RETURNING tries
                    """,
                    self.id, phase, done, total, tries,
                )
            )  # fmt: skip
            return cr.fetchone()[0]
