from odoo import api, models
from odoo.tools import SQL


class CreditCollectionLedgerCustomer(models.AbstractModel):
    """Customers, with how their debtor file says they are to be treated, and their contacts."""

    _inherit = "credit.collection.ledger"

    @api.model
    def _sql_who(self, company, history, ids=None, **scope):
        """The commercial partners of which the file tells: who has a debtor file, and who has items in it."""
        if ids is not None:
            return SQL("SELECT id FROM unnest(%s::int[]) AS who (id)", ids)
        return SQL(
            """
            SELECT partner_id AS id FROM credit_collection_debtor WHERE company_id = %(company)s
             UNION
            SELECT partner.commercial_partner_id
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE account.account_type = 'asset_receivable' AND account.non_trade IS NOT TRUE
               AND line.parent_state = 'posted' AND line.company_id = %(company)s %(open)s
            """,
            company=company.id,
            open=SQL() if history else SQL("AND line.reconciled IS NOT TRUE"),
        )

    @api.model
    def _sql_customers(self, company, **scope):
        query = SQL(
            """
            SELECT 'customer' AS record, %(ref)s AS customer_ref, partner.name AS customer_name, partner.vat,
                   partner.collection_kind AS kind, partner.street, partner.street2, partner.zip, partner.city,
                   country.code AS country, partner.email, partner.phone, partner.lang AS language,
                   debtor.preferred_channel, debtor.hold_until, debtor.hold_reason, collector.login AS collector,
                   (SELECT string_agg(optout.channel, ';' ORDER BY optout.channel COLLATE "C")
                      FROM credit_collection_optout optout WHERE optout.debtor_id = debtor.id) AS opt_outs
              FROM (%(who)s) AS who
              JOIN res_partner partner ON partner.id = who.id
         LEFT JOIN credit_collection_debtor debtor
                ON debtor.partner_id = partner.id AND debtor.company_id = %(company)s
         LEFT JOIN res_country country ON country.id = partner.country_id
         LEFT JOIN res_users collector ON collector.id = debtor.user_id AND collector.active
            """,
            ref=self._sql_ref(),
            who=self._sql_who(company, **scope),
            company=company.id,
        )
        return self._sql_sorted(query, "customer_ref")

    @api.model
    def _sql_contacts(self, company, **scope):
        """The persons of a customer; where goods go is no matter of collection."""
        query = SQL(
            """
            SELECT 'contact' AS record, %(ref)s AS customer_ref,
                   COALESCE(contact.collection_external_ref, 'P' || contact.id) AS contact_ref,
                   contact.name AS contact_name, contact.email AS contact_email, contact.phone AS contact_phone,
                   contact.collection_role AS contact_role
              FROM (%(who)s) AS who
              JOIN res_partner partner ON partner.id = who.id
              JOIN res_partner contact ON contact.commercial_partner_id = partner.id AND contact.id <> partner.id
                   AND contact.active AND contact.type IN ('contact', 'invoice', 'other') AND contact.name <> ''
         LEFT JOIN credit_collection_debtor debtor
                ON debtor.partner_id = partner.id AND debtor.company_id = %(company)s
            """,
            ref=self._sql_ref(),
            who=self._sql_who(company, **scope),
            company=company.id,
        )
        return self._sql_sorted(query, "customer_ref", "contact_ref")
