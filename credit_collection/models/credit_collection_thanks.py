from odoo import api, models
from odoo.tools import SQL

from .credit_collection_planner import LIVE_STATES

# Days between two thanks to one debtor, and the age (by its own date) up to which a payment is thanked for.
INTERVAL, AGE = 30, 30


class CreditCollectionThanks(models.AbstractModel):
    """Who is thanked for a payment, and why somebody is not. The rules stand here once, as SQL made of named parts.

    Thanks go once for what payments and bank lines settled of items that the customer was reminded of; never for a
    credit note, a write-off or any other entry. All that a debtor paid in the window is one message, in the currency of
    which most was paid. The same rules are asked when thanks are planned, right before they leave, and to explain.
    """

    _name = "credit.collection.thanks"
    _description = "Thanks for Payments"

    # === THE QUESTION === #

    @api.model
    def _get_verdicts(self, company, date, window=None, *, debtors=None, action=None):
        """Return one dict for each debtor who settled what it was reminded of, ``verdict`` being ``due`` or why not.

        :param window: first and last day (where the company is) on which the payments were reconciled
        :param action: ask again about what this message thanks for, instead of a window
        """
        debtors = self._find_candidates(company, date, window, debtors, action)
        if not debtors:
            return []
        query = self._sql_verdict(company, date, window, debtors, action)
        return self.env.execute_query_dict(SQL("WITH %s SELECT * FROM verdict", query))

    @api.model
    def _find_candidates(self, company, date, window, debtors, action):
        """Return the debtors in question: the planner is asked about nobody else."""
        self.env["credit.collection.planner"]._flush()
        rows = self.env.execute_query(
            SQL(
                "WITH paid AS (%s), settled AS (%s), heard AS (%s) SELECT DISTINCT debtor_id FROM heard",
                self._sql_paid(company, date, window, debtors, action),
                self._sql_settled(action),
                self._sql_heard(),
            )
        )
        return self.env["credit.collection.debtor"].browse(id_ for (id_,) in rows)

    @api.model
    def _sql_verdict(self, company, date, window, debtors, action):
        planner, template = self.env["credit.collection.planner"], self._get_template(company)
        parts = [
            ("paid", self._sql_paid(company, date, window, debtors, action)),
            ("settled", self._sql_settled(action)),
            ("heard", self._sql_heard()),
            ("position", self._sql_position(company)),
            ("standing", planner._sql_standing(company, date, debtors=debtors)),
            ("closed", planner._sql_closed(company, debtors)),
            ("book", planner._sql_book(company, debtors)),
            ("way", self._sql_way(template)),
            ("verdict", self._sql_judge(company, date, action)),
        ]
        return SQL(", ").join(SQL("%s AS (%s)", SQL.identifier(name), query) for name, query in parts)

    @api.model
    def _get_template(self, company):
        return self.env["credit.collection.template"].sudo()._get_for("thanks", company)

    @api.model
    def _get_labels(self):
        """Return each verdict with its meaning in words."""
        standings = self.env["credit.collection.report.open.item"]._get_standing_labels()
        return {
            "due": self.env._("Thanks are about to leave"),
            "waiting": self.env._("Thanks follow on the next working day"),
            "too_late": self.env._("No thanks: it would come too late"),
            "nothing": self.env._("No thanks: it settled nothing that the customer was reminded of"),
            "returned": self.env._("No thanks: the payment came back, or something else settled the invoice"),
            "switched_off": self.env._("No thanks: they are switched off in the settings"),
            "scenario_off": self.env._("No thanks: the scenario is off"),
            "public": self.env._("No thanks to public bodies"),
            "formal": self.env._("No thanks after a formal notice"),
            "overdue": self.env._("No thanks while something else is overdue"),
            "recent": self.env._("No thanks: the customer was thanked less than %s days ago", INTERVAL),
            **{code: standings[code] for code in ("paused", "opted_out", "no_address")},
        }

    # === NAMED PARTS === #

    @api.model
    def _sql_paid(self, company, date, window, debtors, action):
        """What payments and bank lines settled of each item, and when that was noted."""
        scope = SQL() if debtors is None else SQL("AND file.id IN %s", tuple(debtors.ids) or (0,))
        if action:
            scope = SQL("%s AND item.id IN %s", scope, tuple(action._get_settled_lines().move_line_id.ids) or (0,))
        else:
            noted = SQL("(part.create_date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", company._get_collection_tz())
            scope = SQL(
                "%s AND part.create_date >= %s::date - 1 AND %s BETWEEN %s AND %s AND part.max_date > %s::date - %s",
                scope,
                window[0],
                noted,
                *window,
                date,
                AGE,
            )
        return SQL(
            """
            SELECT item.id AS item_id, item.move_id, item.currency_id, file.id AS debtor_id, item.reconciled,
                   COALESCE(item.date_maturity, item.date) AS date_due, SUM(part.debit_amount_currency) AS amount,
                   SUM(part.amount) AS amount_company, MAX(part.create_date) AS paid_at
              FROM account_partial_reconcile part
              JOIN account_move_line item ON item.id = part.debit_move_id
              JOIN account_account account ON account.id = item.account_id
              JOIN account_move_line money ON money.id = part.credit_move_id
              JOIN account_move entry ON entry.id = money.move_id
         LEFT JOIN account_payment payment ON payment.id = entry.origin_payment_id
              JOIN res_partner partner ON partner.id = item.partner_id
              JOIN credit_collection_debtor file
                ON file.partner_id = partner.commercial_partner_id AND file.company_id = item.company_id
             WHERE item.company_id = %(company)s AND item.parent_state = 'posted'
               AND account.account_type = 'asset_receivable' AND account.non_trade IS NOT TRUE
               AND (payment.state IN ('in_process', 'paid') OR entry.statement_line_id IS NOT NULL) %(scope)s
          GROUP BY item.id, file.id
            """,
            company=company.id,
            scope=scope,
        )

    @api.model
    def _sql_settled(self, action):
        """Items that a payment closed and that nobody was thanked for yet.

        One that something else closed later, a credit note or a write-off, was not settled by the payment. Exchange
        differences belong to the payment.
        """
        return SQL(
            """
            SELECT paid.*
              FROM paid
             WHERE paid.reconciled
               AND NOT EXISTS (
                   SELECT FROM account_partial_reconcile later
                     JOIN account_move_line other ON other.id = later.credit_move_id
                     JOIN account_move entry ON entry.id = other.move_id
                    WHERE later.debit_move_id = paid.item_id AND later.create_date > paid.paid_at
                      AND entry.origin_payment_id IS NULL AND entry.statement_line_id IS NULL
                      AND NOT EXISTS (SELECT FROM account_partial_reconcile exchanged
                                       WHERE exchanged.exchange_move_id = entry.id))
               AND NOT EXISTS (
                   SELECT FROM credit_collection_action_line line
                    WHERE line.move_line_id = paid.item_id AND line.settled AND line.action_id <> %s)
            """,
            action.id if action else 0,
        )

    @api.model
    def _sql_heard(self):
        """What the customer had heard of the settled items; a replaced item hands it to its successor."""
        return SQL(
            """
            SELECT settled.debtor_id, settled.currency_id, settled.item_id, action.scenario_id, action.id AS action_id,
                   line.tone = 'formal' AND (line.dropped IS NULL OR action.state = 'unknown') AS formal,
                   line.live AND action.state <> 'unknown' AS reminded
              FROM settled
        CROSS JOIN LATERAL (
                  SELECT own.action_id, own.tone, own.live, own.dropped
                    FROM credit_collection_action_line own
                   WHERE own.move_line_id = settled.item_id AND own.step_id IS NOT NULL
               UNION ALL
                  SELECT orphan.action_id, orphan.tone, orphan.live, orphan.dropped
                    FROM credit_collection_action_line orphan
                   WHERE orphan.move_line_id IS NULL AND orphan.move_id = settled.move_id
                     AND orphan.step_id IS NOT NULL) AS line
              JOIN credit_collection_action action ON action.id = line.action_id
             WHERE action.state IN ('sent', 'issued', 'unknown')
            """
        )

    @api.model
    def _sql_position(self, company):
        """One row per debtor: the currency of which most was paid, of those in which something reminded was settled."""
        return SQL(
            """
            SELECT DISTINCT ON (paid.debtor_id) paid.*, told.formal, told.scenario_id,
                   EXISTS (SELECT FROM credit_collection_scenario_on_rel turned
                            WHERE turned.scenario_id = told.scenario_id AND turned.company_id = %(company)s) AS is_on
              FROM (
                  SELECT debtor_id, currency_id, SUM(amount) AS amount, SUM(amount_company) AS amount_company
                    FROM paid
                GROUP BY debtor_id, currency_id) AS paid
              JOIN (
                  SELECT debtor_id, currency_id, BOOL_OR(COALESCE(formal, FALSE)) AS formal,
                         (ARRAY_AGG(scenario_id ORDER BY action_id DESC))[1] AS scenario_id
                    FROM heard
                GROUP BY debtor_id, currency_id
                  HAVING BOOL_OR(reminded)) AS told
                ON told.debtor_id = paid.debtor_id AND told.currency_id = paid.currency_id
          ORDER BY paid.debtor_id, paid.amount_company DESC, paid.currency_id
            """,
            company=company.id,
        )

    @api.model
    def _sql_way(self, template):
        """How each debtor is written to: as it wishes, if the text has the part for that, else by e-mail."""
        short = [
            channel._code
            for channel in self.env["credit.collection.channel"]._get_all()
            if channel._part == "short_text" and template.short_text
        ]
        return SQL(
            """
            SELECT DISTINCT ON (book.debtor_id) book.debtor_id, book.channel, book.contact_id
              FROM book
              JOIN credit_collection_debtor file ON file.id = book.debtor_id
         LEFT JOIN credit_collection_profile profile ON profile.id = file.profile_id AND profile.active
        CROSS JOIN LATERAL (
                  SELECT book.channel = COALESCE(file.preferred_channel, profile.preferred_channel) AS yes) AS wished
             WHERE (book.channel = 'email' AND %(has_body)s OR book.channel IN %(short)s AND wished.yes)
               AND NOT EXISTS (
                   SELECT FROM closed WHERE closed.debtor_id = book.debtor_id AND closed.channel = book.channel)
          ORDER BY book.debtor_id, COALESCE(wished.yes, FALSE) DESC, book.chosen DESC,
                   COALESCE(book.role = 'payables', FALSE) DESC, book.role IS NULL DESC,
                   COALESCE(book.for_invoices, FALSE) DESC, book.contact_id
            """,
            has_body=bool(template.body),
            short=tuple(short) or ("",),
        )

    @api.model
    def _sql_judge(self, company, date, action):
        """The first rule that stands against it, else ``due``."""
        return SQL(
            """
            SELECT position.*, way.channel, way.contact_id,
                   CASE WHEN NOT %(on)s THEN 'switched_off'
                        WHEN NOT position.is_on THEN 'scenario_off'
                        WHEN partner.collection_kind = 'public' THEN 'public'
                        WHEN position.formal THEN 'formal'
                        WHEN position.debtor_id IN (SELECT standing.debtor_id FROM standing
                                                     WHERE standing.free > 0 AND standing.date_due < %(date)s
                                                       AND standing.standing <> 'non_trade')
                        THEN 'overdue'
                        WHEN position.debtor_id IN (SELECT earlier.debtor_id FROM credit_collection_action earlier
                                                     WHERE earlier.company_id = %(company)s
                                                       AND earlier.purpose = 'thanks' AND earlier.state IN %(live)s
                                                       AND earlier.id <> %(own)s AND COALESCE(earlier.date_sent,
                                                           earlier.date) + %(interval)s > %(date)s)
                        THEN 'recent'
                        WHEN file.partner_id IN (SELECT pause.partner_id FROM (%(paused)s) AS pause)
                        THEN 'paused'
                        WHEN way.contact_id IS NULL
                         AND position.debtor_id IN (SELECT closed.debtor_id FROM closed
                                                     WHERE closed.channel = 'email')
                        THEN 'opted_out'
                        WHEN way.contact_id IS NULL THEN 'no_address'
                        ELSE 'due' END AS verdict
              FROM position
              JOIN credit_collection_debtor file ON file.id = position.debtor_id
              JOIN res_partner partner ON partner.id = file.partner_id
         LEFT JOIN way ON way.debtor_id = position.debtor_id
            """,
            on=bool(company.collection_thanks),
            company=company.id,
            date=date,
            live=LIVE_STATES,
            own=action.id if action else 0,
            interval=INTERVAL,
            paused=self.env["credit.collection.pause"]._sql_paused(company, date),
        )
