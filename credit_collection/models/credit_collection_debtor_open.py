import logging

import psycopg2
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class CreditCollectionDebtor(models.Model):
    """How files open: by hand for one customer, by themselves for all who owe something."""

    _inherit = "credit.collection.debtor"

    @api.model
    def _get_or_create(self, partner, company):
        """Return the debtor file of ``partner``'s commercial partner in ``company``."""
        commercial = partner.commercial_partner_id
        debtor = self.search([("partner_id", "=", commercial.id), ("company_id", "=", company.id)], limit=1)
        if not debtor:
            if not commercial:
                raise UserError(self.env._("There is no customer to open a debtor file for."))
            self.browse().check_access("create")
            debtor = self.create({"partner_id": commercial.id, "company_id": company.id})
            self.env["credit.collection.profile"]._assign(company, debtor)
        return debtor

    @api.model
    def _create_missing(self, company, moves=None):
        """Insert a debtor file for each customer with an open item in ``company`` (of ``moves``) that has none yet.

        Files open by themselves; rights to create one by hand are another matter. Two invoices posted at once for a new
        customer: the later transaction is told to start again, as Odoo does by itself, and then finds the file.
        """
        planner = self.env["credit.collection.planner"]
        planner._flush()
        scope = SQL("AND item.move_id IN %s", tuple(moves.ids)) if moves else SQL()
        created = self.env.execute_query(
            SQL(
                """
                INSERT INTO credit_collection_debtor
                            (partner_id, company_id, create_uid, create_date, write_uid, write_date)
                SELECT DISTINCT item.partner_id, %(company)s::int, %(uid)s::int, %(now)s::timestamp, %(uid)s::int,
                                %(now)s::timestamp
                  FROM (%(items)s) AS item
                 WHERE item.partner_id IS NOT NULL %(scope)s
                   AND NOT EXISTS (
                       SELECT FROM credit_collection_debtor debtor
                        WHERE debtor.partner_id = item.partner_id AND debtor.company_id = %(company)s)
                ON CONFLICT DO NOTHING
             RETURNING id
                """,
                company=company.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                items=planner._sql_ledger(company),
                scope=scope,
            )
        )
        self.invalidate_model()
        return self.browse(id_ for (id_,) in created)

    def _assign_profile_if_possible(self):
        """Give new files their profile; a rule that breaks keeps nobody from posting, the next run tells it."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self.env["credit.collection.profile"]._assign(self.company_id, self)
        except (psycopg2.Error, ValueError, SyntaxError, KeyError, TypeError):
            _logger.exception("No profile for new debtor files %s: a rule breaks", self.ids)
