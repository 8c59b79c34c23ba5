from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .credit_collection_import_apply import BATCH, QUIET

SHOWN = 10


class CreditCollectionImport(models.Model):
    """Taking an import back, as long as nothing else rests on it."""

    _inherit = "credit.collection.import"

    # === BUSINESS METHODS === #

    def _undo(self):
        """Delete what this import made; refuse, and name what stands in the way, when something rests on it."""
        self.ensure_one()
        if not self.env.su and not self.env.user.has_group("credit_collection.group_credit_collection_manager"):
            raise AccessError(self.env._("Only managers undo an import."))
        self._check_may_import()
        obstacles = self._get_obstacles()
        if obstacles:
            raise UserError(
                "\n".join(
                    [self.env._("%s cannot be undone any more:", self.name), *(f"– {text}" for text in obstacles)]
                )
            )
        quiet = self.with_company(self.company_id).with_context(**QUIET, force_delete=True, collection_import=True)
        with self.env.cr.savepoint():
            quiet._delete_made()
        self.env.invalidate_all()
        return self._update_state(("done",), "cancelled")

    def _delete_made(self):
        for document in ("credit.collection.dispute", "credit.collection.promise"):
            self._delete_all(document, [("collection_import_id", "=", self.id)], sudo=True)
        self._delete_all("account.payment", [("move_id.collection_import_id", "=", self.id)])
        self._delete_all("account.move", [("collection_import_id", "=", self.id)])
        mine = [("collection_import_id", "=", self.id)]
        self._delete_all(
            "credit.collection.debtor", [("partner_id", "any", mine), ("company_id", "=", self.company_id.id)]
        )
        self._delete_all("res.partner", [*mine, ("parent_id", "!=", False)])
        self._delete_all("res.partner", mine)
        self.env.cr.execute(
            SQL(
                """UPDATE credit_collection_import_row SET status = 'undone'
                    WHERE import_id = %s AND status = 'done'""",
                self.id,
            )
        )

    def _delete_all(self, model, domain, sudo=False):
        records = self.env[model].with_context(active_test=False)
        records = records.sudo() if sudo else records
        done, total = 0, records.search_count(domain)
        while batch := records.search(domain, limit=BATCH, order="id"):
            self._delete_batch(batch)
            done += len(batch)
            self.env.flush_all()
            self.env.invalidate_all()
            self._report("undo", done, total)

    def _delete_batch(self, records):
        if records._name == "account.payment":
            records.move_id.line_ids.remove_move_reconcile()
            records.action_draft()
        elif records._name == "account.move":
            records.line_ids.remove_move_reconcile()
            records.filtered(lambda move: move.state != "draft").button_draft()
        records.unlink()

    # === OBSTACLES === #

    def _get_obstacles(self):
        """Return, in words, what was booked, sent or written on top of this import."""
        self.env.flush_all()
        found = [
            (self.env._("%s was settled with what the import made"), self._sql_settled_since()),
            (self.env._("reminders were sent for %s"), self._sql_reminded()),
            (self.env._("%s is disputed since"), self._sql_disputed_since()),
            (self.env._("%s is promised since"), self._sql_promised_since()),
            (self.env._("the customer %s has other documents"), self._sql_other_documents()),
            (self.env._("%s is locked or sealed"), self._sql_locked()),
        ]
        obstacles = []
        for text, query in found:
            names = [name for (name,) in self.env.execute_query(SQL("%s LIMIT %s", query, SHOWN + 1))]
            if names:
                shown = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
                obstacles.append(text % shown)
        if self.company_id.restrictive_audit_trail:
            obstacles.append(
                self.env._("%s keeps an audit trail that nobody may delete from", self.company_id.display_name)
            )
        return obstacles

    def _sql_settled_since(self):
        return SQL(
            """
            SELECT DISTINCT other.name
              FROM account_move made
              JOIN account_move_line line ON line.move_id = made.id
              JOIN account_partial_reconcile partial ON line.id IN (partial.debit_move_id, partial.credit_move_id)
              JOIN account_move_line counter ON counter.id <> line.id
                   AND counter.id IN (partial.debit_move_id, partial.credit_move_id)
              JOIN account_move other ON other.id = counter.move_id
             WHERE made.collection_import_id = %s AND other.collection_import_id IS DISTINCT FROM %s
          ORDER BY 1
            """,
            self.id,
            self.id,
        )

    def _sql_reminded(self):
        return SQL(
            """
            SELECT DISTINCT move.name
              FROM credit_collection_action_line line
              JOIN credit_collection_action action ON action.id = line.action_id
                   AND action.state IN ('sending', 'sent', 'unknown', 'printed')
              JOIN account_move move ON move.id = line.move_id
             WHERE move.collection_import_id = %s ORDER BY 1
            """,
            self.id,
        )

    def _sql_disputed_since(self):
        return SQL(
            """
            SELECT DISTINCT move.name
              FROM credit_collection_dispute_line line
              JOIN credit_collection_dispute dispute ON dispute.id = line.dispute_id
                   AND dispute.collection_import_id IS DISTINCT FROM %s
              JOIN account_move move ON move.id = line.move_id
             WHERE move.collection_import_id = %s ORDER BY 1
            """,
            self.id,
            self.id,
        )

    def _sql_other_documents(self):
        return SQL(
            """
            SELECT DISTINCT partner.complete_name
              FROM res_partner partner
              JOIN account_move_line line ON line.partner_id = partner.id
              JOIN account_move move ON move.id = line.move_id AND move.collection_import_id IS DISTINCT FROM %s
             WHERE partner.collection_import_id = %s ORDER BY 1
            """,
            self.id,
            self.id,
        )

    def _sql_locked(self):
        return SQL(
            """
            SELECT name FROM account_move
             WHERE collection_import_id = %s
               AND (inalterable_hash IS NOT NULL OR date <= CASE WHEN journal_id = %s THEN %s ELSE %s END)
          ORDER BY 1
            """,
            self.id,
            self.journal_id.id,
            self._get_lock_date("sale"),
            self._get_lock_date("bank"),
        )
