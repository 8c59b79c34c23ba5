import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL

from .credit_collection_promise import JUDGED_STATES, LIVE_STATES

# So long after its judgement a promise is looked at again every day: what came back, what was booked late.
LOOKED_BACK = 90


class CreditCollectionPromise(models.Model):
    """Judged from the ledger: every day, and at once when something is (un)reconciled on its items.

    *Paid* are payments and bank lines that were reconciled with its items, dated from the day on which it was made up
    to, but not on, the first day after its tolerance. A promise is

    * kept, as soon as at least the promised amount was paid, or nothing is left open of its items by anything but
      payments and credit notes,
    * withdrawn by itself, when all of it was credited, or its invoices are gone,
    * on the first day after the tolerance partly kept when something was paid, else broken.

    Credit notes thereby lower what is asked; write-offs and other entries do not.
    """

    _inherit = "credit.collection.promise"

    # === WHEN === #

    @api.model
    def _note_reconciled(self, items):
        """Remember that ``items`` were (un)reconciled: their promises are judged at once, before the commit."""
        move_ids = set(items.filtered(lambda item: item.account_type == "asset_receivable").move_id.ids)
        if not move_ids:
            return
        precommit = self.env.cr.precommit
        waiting = precommit.data.get(self._name)
        if waiting is None:
            waiting = precommit.data[self._name] = set()
            precommit.add(self.sudo()._judge_noted)
        waiting |= move_ids

    @api.model
    def _judge_noted(self):
        move_ids = self.env.cr.precommit.data.pop(self._name, ())
        self.env["credit.collection.promise.line"].flush_model(["move_id", "promise_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT promise_id FROM credit_collection_promise_line WHERE move_id = ANY(%s)",
                list(move_ids),
            )
        )
        promises = self.browse(id_ for (id_,) in rows)
        date = fields.Date.to_date(self.env.context.get("collection_date"))
        for company, members in promises.grouped("company_id").items():
            self._judge(company, date, members)

    @api.model
    def _judge(self, company, date=None, promises=None):
        """Judge the promises of ``company`` on ``date`` and return those whose state has changed.

        :param promises: only these; default all that are live or were judged of late
        """
        date = date or company._get_collection_today()
        self.env["credit.collection.planner"]._flush()
        query = SQL(
            "SELECT * FROM (%s) AS judged WHERE verdict <> state OR (state IN %s AND paid <> noted) ORDER BY id",
            self._sql_verdict(company, date, promises),
            JUDGED_STATES,
        )
        changed, daily = self.browse(), self.env["credit.collection.daily"]
        for row in self.env.execute_query_dict(query):
            promise = self.sudo().browse(row["id"])
            before = promise.state
            done = daily._try(
                promise,
                lambda promise, row=row: promise._follow_verdict(row["verdict"], row["paid"], date),
                "%s could not be judged",
                passed_on=psycopg2.OperationalError,
            )
            if done and promise.state != before:
                changed |= promise
        return changed

    # === THE STATEMENT === #

    @api.model
    def _sql_verdict(self, company, date, promises):
        """One row per promise: its state, the verdict on ``date``, what was paid and what is noted as paid."""
        return SQL(
            """
            WITH promise AS (%(promises)s), item AS (%(items)s), settled AS (%(settled)s), remaining AS (
                SELECT promise_id, SUM(residual) AS residual FROM item GROUP BY promise_id
            ), sums AS (
                SELECT promise.*, remaining.promise_id IS NULL AS gone,
                       ROUND(COALESCE(settled.paid, 0), digits) AS paid,
                       ROUND(COALESCE(settled.credited, 0), digits) AS credited,
                       ROUND(COALESCE(remaining.residual, 0) + COALESCE(settled.given_up, 0), digits) AS unpaid
                  FROM promise
             LEFT JOIN remaining ON remaining.promise_id = promise.id
             LEFT JOIN settled ON settled.promise_id = promise.id)
            SELECT id, state, paid, noted,
                   CASE WHEN gone AND (state NOT IN %(live)s OR %(over)s) THEN 'gone'
                        WHEN gone THEN state
                        WHEN paid >= amount THEN 'kept'
                        WHEN unpaid <= 0 AND paid = 0 AND credited >= open_then THEN 'gone'
                        WHEN unpaid <= 0 THEN 'kept'
                        WHEN state = 'to_approve' THEN state
                        WHEN NOT %(over)s THEN 'open'
                        WHEN paid > 0 THEN 'partly'
                        ELSE 'broken' END AS verdict
              FROM sums
            """,
            promises=self._sql_judged(company, date, promises),
            items=self._sql_promised_items(),
            settled=self._sql_settled_since(),
            live=LIVE_STATES,
            over=SQL("COALESCE(date_release <= %s, FALSE)", date),
        )

    @api.model
    def _sql_judged(self, company, date, promises):
        scope = SQL(
            "AND (promise.state IN %s OR promise.state IN %s AND promise.date_judged > %s)",
            LIVE_STATES, JUDGED_STATES, fields.Date.subtract(date, days=LOOKED_BACK),
        )  # fmt: skip
        if promises is not None:
            scope = SQL("AND promise.id IN %s AND promise.state <> 'withdrawn'", tuple(promises.ids) or (0,))
        return SQL(
            """
            SELECT promise.id, promise.state, promise.date_made, promise.date_release,
                   currency.decimal_places AS digits,
                   COALESCE(promise.paid, 0)::numeric AS noted, promise.amount::numeric AS amount,
                   CASE WHEN promise.state <> 'to_approve' THEN promise.date_release END AS date_end,
                   (SELECT SUM(amount) FROM credit_collection_promise_line line WHERE line.promise_id = promise.id)
                   ::numeric AS open_then
              FROM credit_collection_promise promise
              JOIN res_currency currency ON currency.id = promise.currency_id
             WHERE promise.company_id = %s %s
            """,
            company.id,
            scope,
        )

    @api.model
    def _sql_promised_items(self):
        """The items of each ``promise``, posted; all of the invoice where one was replaced."""
        return SQL(
            """
            SELECT DISTINCT promise.id AS promise_id, named.id, named.move_id, promise.date_made, promise.date_end,
                   named.amount_residual_currency AS residual
              FROM promise
              JOIN credit_collection_promise_line line ON line.promise_id = promise.id
         LEFT JOIN account_move_line kept ON kept.id = line.move_line_id
              JOIN account_move_line named ON %s
              JOIN account_account account ON account.id = named.account_id
             WHERE account.account_type = 'asset_receivable' AND named.parent_state = 'posted'
            """,
            self.env["credit.collection.planner"]._sql_agreed_item(),
        )

    @api.model
    def _sql_settled_since(self):
        """What was set against the items since the day of the promise: payments in time, credit notes, all else.

        Left out are entries that only book a difference of exchange, and payments set against the invoice before it.
        """
        return SQL(
            """
            SELECT item.promise_id,
                   SUM(partial.debit_amount_currency) FILTER (
                       WHERE way.code = 'paid' AND COALESCE(partial.max_date < item.date_end, TRUE)) AS paid,
                   SUM(partial.debit_amount_currency) FILTER (WHERE way.code = 'credited') AS credited,
                   SUM(partial.debit_amount_currency) FILTER (
                       WHERE way.code NOT IN ('paid', 'credited')
                          OR way.code = 'paid' AND partial.max_date >= item.date_end) AS given_up
              FROM item
              JOIN account_partial_reconcile partial ON partial.debit_move_id = item.id
               AND partial.max_date >= item.date_made
              JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
              JOIN account_move move ON move.id = counterpart.move_id
              JOIN account_journal journal ON journal.id = move.journal_id
        CROSS JOIN LATERAL (SELECT %s AS code) AS way
             WHERE NOT EXISTS (
                   SELECT FROM account_partial_reconcile exchange WHERE exchange.exchange_move_id = move.id)
               AND NOT EXISTS (
                   SELECT FROM credit_collection_promise_line line
                     JOIN credit_collection_promise_line_paid_before_rel before
                       ON before.credit_collection_promise_line_id = line.id
                    WHERE line.promise_id = item.promise_id AND line.move_id = item.move_id
                      AND before.account_move_id = move.id)
          GROUP BY item.promise_id
            """,
            self.env["credit.collection.episode"]._sql_way(),
        )

    @api.model
    def _find_paid_since(self, items, date):
        """Return ``{item id: ids of payments}`` that are set against ``items`` already, dated ``date`` or later."""
        self.env["credit.collection.planner"]._flush()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partial.debit_move_id, ARRAY_AGG(DISTINCT counterpart.move_id)
                  FROM account_partial_reconcile partial
                  JOIN account_move_line counterpart ON counterpart.id = partial.credit_move_id
                 WHERE partial.debit_move_id IN %s AND partial.max_date >= %s
              GROUP BY partial.debit_move_id
                """,
                tuple(items.ids) or (0,),
                date,
            )
        )
        return dict(rows)

    # === WHAT FOLLOWS === #

    def _follow_verdict(self, verdict, paid, date):
        """Carry the verdict out. A judgement that the ledger takes back is told."""
        self.ensure_one()
        if verdict == self.state:
            self.paid = paid
        elif verdict == "gone":
            self._follow_gone()
        elif verdict == "kept":
            self._set_kept(paid, date)
        elif verdict == "open" and not self._has_rivals():
            self._set_open_again(paid)
        else:
            self._set_broken(paid, date)

    def _follow_gone(self):
        """While an invoice is a draft, what was judged stays; a live promise without anything to pay is taken back."""
        if self.state in LIVE_STATES:
            self._set_withdrawn(self.env._("Nothing is left to be paid: it was credited, or the invoice is gone."))

    def _has_rivals(self):
        """Whether a newer promise or a plan holds one of its items meanwhile: there is one arrangement per item."""
        items = self.line_ids._get_items()
        plans = self.env["credit.collection.plan.line"].sudo()._find_lines(items).filtered("live")
        return bool(plans or self._find_live(items) - self)

    def _set_kept(self, paid, date):
        judged_before, waited = self.state in JUDGED_STATES, self.approval_state == "asked"
        self._update_state((*LIVE_STATES, "partly", "broken"), "kept", paid=paid, date_judged=date)
        self._close_approval(waited)
        self._forget_tasks()
        text = self.env._("%s was paid.", self.currency_id.format(paid))
        self._log(self.env._("%s It was booked after the judgement.", text) if judged_before else text)

    def _set_broken(self, paid, date):
        """Broken when nothing was paid, else partly kept: the collector is told, and the ladder goes on."""
        target, taken_back = "partly" if paid > 0 else "broken", self.state == "kept"
        if target == self.state:
            return
        self._update_state(("open", *JUDGED_STATES), target, paid=paid, date_judged=date)
        text = self.env._("%(paid)s of %(amount)s was paid.", paid=self.currency_id.format(paid),
                          amount=self.currency_id.format(self.amount))  # fmt: skip
        self._log(self.env._("%s A payment was taken back.", text) if taken_back else text)
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._forget_tasks()
        self._tell(
            self.env._("Promise %(state)s: %(promise)s", state=labels[target].lower(), promise=self.display_name)
        )

    def _set_open_again(self, paid):
        """What was paid came back while the promise may still be kept."""
        self._update_state(JUDGED_STATES, "open", paid=0, date_judged=False)
        self._forget_tasks()
        self._log(self.env._("A payment was taken back: it is judged anew."))

    def _forget_tasks(self):
        """A new judgement takes the task of the last one along."""
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
