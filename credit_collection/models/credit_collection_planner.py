from odoo import api, fields, models
from odoo.tools import SQL

from .credit_collection_scenario import TONES

# States of an action whose lines count for "once": the customer has the message, or may still get it.
LIVE_STATES = ("planned", "to_approve", "todo", "sending", "issued", "sent", "unknown", "retry")


class CreditCollectionPlanner(models.AbstractModel):
    """The one place where the rules of dunning stand. docs/rules.md says them in words.

    Every question is one SQL statement made of named parts:

    * ``credit_collection_planner_ledger``: the open items and what is disputed of them,
    * ``credit_collection_planner_bank``: whose the money at the bank is that nobody has allocated,
    * ``credit_collection_planner_booked``: which of it stands in the books already,
    * ``credit_collection_planner_share``: and how it is split over the invoices that it names,
    * ``credit_collection_planner_credit``: the credits set against them, and what is free,
    * ``credit_collection_planner_ladder``: what was sent, the scenario and the next step,
    * ``credit_collection_planner_exempt``: what is not ours to ask for, and what other software has asked before,
    * ``credit_collection_planner_agreed``: what was said and agreed: remarks, promises, plans, difficulty,
    * ``credit_collection_planner_route``: the channel and the contact that a step goes to,
    * ``credit_collection_planner_holds``: the holds, and the standing of each item.

    Here the parts are put together. The run inserts from :meth:`_sql_standing`, the re-check before sending, the report
    and the screens read it. A new hold is a row in ``_get_item_holds`` or ``_get_candidate_holds``, nothing else.
    """

    _name = "credit.collection.planner"
    _description = "Collection Planner"

    @api.model
    def _sql_standing(self, company, date=None, *, debtors=None, action=None, preview=None):
        """Return the query that gives each open item of ``company`` exactly one standing on ``date``.

        :param company: one company; its receivable accounts are read, whatever the user's record rules
        :param date: the day asked about, default today in the company's timezone
        :param debtors: only items of these debtors (a speed-up: the answer for them is the same)
        :param action: ask again for this action about to leave: its steps are given, its own traces are left out
        :param preview: a scenario taken as on
        """
        date = date or company._get_collection_today()
        ask = {"company": company, "date": date, "debtors": debtors, "action": action, "preview": preview}
        parts = [
            ("ledger", self._sql_ledger(company, debtors)),
            *self._get_bank_parts(company, date),
            ("credit", self._sql_credit(**ask)),
            ("disputed", self._sql_disputed(**ask)),
            ("dispute_rest", self._sql_dispute_rest(**ask)),
            ("debit", self._sql_debit()),
            ("undisputed", self._sql_undisputed()),
            ("named", self._sql_named()),
            ("free_named", self._sql_free_named()),
            ("exact", self._sql_exact()),
            ("free_exact", self._sql_free_exact()),
            ("pool", self._sql_pool()),
            ("free_pool", self._sql_free_pool()),
            ("free", self._sql_free(**ask)),
            ("sent_line", self._sql_sent_line(**ask)),
            ("reached", self._sql_reached()),
            ("pending", self._sql_pending(**ask)),
            ("contact", self._sql_contact(**ask)),
            ("payer_contact", self._sql_payer_contact(**ask)),
            ("item", self._sql_item(**ask)),
            ("held", self._sql_held(**ask)),
            ("step", self._sql_step(**ask)),
            ("closed", self._sql_closed(**ask)),
            ("book", self._sql_book(**ask)),
            ("wish", self._sql_wish()),
            ("route", self._sql_route(**ask)),
            ("candidate", self._sql_candidate(**ask)),
            ("weighed", self._sql_weighed(**ask)),
            ("judged", self._sql_judged(**ask)),
        ]
        named = SQL(", ").join(SQL("%s AS (%s)", SQL.identifier(name), query) for name, query in parts)
        return SQL("WITH %s %s", named, self._sql_answer(**ask))

    @api.model
    def _get_open_standings(self):
        """Return the standings of items that are open to dunning: nothing about the item itself stands in the way."""
        ask = {"date": None, "action": None}
        asked = [code for code, __, __ in self._get_candidate_holds(**ask)]
        return (*asked, "minimum", "softer", "due")

    @api.model
    def _flush(self):
        """Write what the statements read, which raw SQL does not do by itself, and have them run without compiling.

        PostgreSQL's just-in-time compiler takes many times longer over these statements than they take to run.
        """
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL jit = off")

    @api.model
    def _materialize(self, company, date, **ask):
        """Put the standings into the temporary table ``collection_plan`` and return its name.

        Statements that join the answer need its real size: guessed at, a join of 100,000 items takes minutes.
        """
        self._flush()
        self.env.cr.execute("DROP TABLE IF EXISTS pg_temp.collection_plan")
        self.env.cr.execute(
            SQL("CREATE TEMPORARY TABLE collection_plan ON COMMIT DROP AS %s", self._sql_standing(company, date, **ask))
        )
        self.env.cr.execute("ANALYZE collection_plan (id, move_id, debtor_id, currency_id, standing, grouping)")
        return SQL.identifier("collection_plan")

    @api.model
    def _get_standings(self, company, date=None, **ask):
        """Return the standing of each open item as a list of dicts, ordered by due date and id."""
        self._flush()
        query = SQL("SELECT * FROM (%s) AS standing ORDER BY date_due, id", self._sql_standing(company, date, **ask))
        return self.env.execute_query_dict(query)

    @api.model
    def _get_positions(self, debtors):
        """Return for each debtor id what its file shows at the top: amounts in company currency, level, next step.

        ``next_date`` is a date to come: what is held without an end has none.
        """
        positions = {}
        date = fields.Date.to_date(self.env.context.get("collection_date"))
        for company, members in debtors.filtered("id").grouped("company_id").items():
            day = date or company._get_collection_today()
            for row in self._get_standings(company, day, debtors=members):
                position = positions.setdefault(
                    row["debtor_id"],
                    {
                        "amount_open": 0,
                        "amount_overdue": 0,
                        "amount_disputed": 0,
                        "level": 0,
                        "next": None,
                        "overdue_since": None,
                    },
                )
                self._add_to_position(position, row, day)
            for member in members.filtered(lambda member: member.id in positions):
                self._finish_position(positions[member.id])
        return positions

    @api.model
    def _add_to_position(self, position, row, day):
        position["amount_open"] += row["amount_residual"]
        if row["residual"] <= 0 or row["standing"] == "non_trade":
            return
        position["level"] = max(position["level"], row["level"] or 0)
        if row["residual"]:
            position["amount_disputed"] += float(row["disputed"] * row["amount_residual"] / row["residual"])
        if row["date_due"] < day:
            position["amount_overdue"] += row["amount_residual"]
            position["overdue_since"] = min(position["overdue_since"] or row["date_due"], row["date_due"])
        when = day if row["standing"] in ("due", "in_progress") else row["until"]
        if when and (row["step_id"] or row["action_id"]):
            found = (when, -(row["level"] or 0), row["step_id"], row["action_id"])
            if not position["next"] or found[:2] < position["next"][:2]:
                position["next"] = found

    @api.model
    def _finish_position(self, position):
        when, __, step_id, action_id = position.pop("next") or (None, None, None, None)
        on_its_way = self.env["credit.collection.action"].sudo().browse(action_id)
        step = on_its_way.step_id or self.env["credit.collection.scenario.step"].sudo().browse(step_id)
        position.update(next_date=when, next_action=step.display_name if step else False)

    @api.model
    def _join_position(self, alias, field_name, query):
        """Join the ledger's sums to a query on debtors, so that lists sort by them; return the column."""
        company_today = SQL(" ").join(
            SQL("WHEN %s THEN %s::date", company.id, company._get_collection_today())
            for company in self.env["res.company"].sudo().search([("id", "!=", False)])
        )
        condition = (
            SQL()
            if field_name == "amount_open"
            else SQL(
                """AND line.amount_residual > 0 AND COALESCE(account.non_trade, FALSE) IS FALSE
               AND COALESCE(line.date_maturity, line.date) < CASE line.company_id %s END""",
                company_today,
            )
        )
        sums = SQL(
            """(SELECT partner.commercial_partner_id AS partner_id, line.company_id, SUM(line.amount_residual) AS amount
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE account.account_type = 'asset_receivable' AND line.reconciled IS NOT TRUE
                   AND line.parent_state = 'posted' %s
              GROUP BY partner.commercial_partner_id, line.company_id)""",
            condition,
        )
        joined = query.make_alias(alias, field_name)
        query.add_join(
            "LEFT JOIN",
            joined,
            sums,
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(joined, "partner_id"),
                SQL.identifier(alias, "partner_id"),
                SQL.identifier(joined, "company_id"),
                SQL.identifier(alias, "company_id"),
            ),
        )
        return SQL("COALESCE(%s, 0)", SQL.identifier(joined, "amount"))

    @api.model
    def _sql_tone_rank(self, column):
        """Return the rank of a tone, 0 the softest."""
        return SQL("array_position(%s, %s::varchar) - 1", [code for code, __ in TONES], column)
