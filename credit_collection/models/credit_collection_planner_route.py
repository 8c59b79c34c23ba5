from odoo import api, models
from odoo.tools import SQL

from .credit_collection_action_beside import ASKS_FOR_MONEY
from .credit_collection_planner import LIVE_STATES


class CreditCollectionPlannerRoute(models.AbstractModel):
    """Named parts of the planner about people: when they were contacted, by which channel and to whom a step goes."""

    _inherit = "credit.collection.planner"

    # === CONTACTS MADE === #

    @api.model
    def _sql_contact(self, company, action, debtors, **ask):
        """The last day on which each debtor was contacted; the actions of one run are one contact."""
        scope = SQL("AND action.company_id = %s", company.id)
        if debtors is not None:
            scope = SQL("%s AND action.debtor_id IN %s", scope, tuple(debtors.ids) or (0,))
        return SQL("SELECT debtor_id, MAX(day) AS last_day FROM (%s) AS visit GROUP BY debtor_id",
                   self._sql_visits(action, scope))  # fmt: skip

    @api.model
    def _sql_payer_contact(self, company, action, debtors, **ask):
        """Days on which each payer was contacted for any debtor in any company, newest first, formal notices apart."""
        scope = SQL()
        if debtors is not None:
            payers = (
                debtors.payer_id.commercial_partner_id | debtors.filtered(lambda file: not file.payer_id).partner_id
            )
            scope = SQL(
                """AND action.debtor_id IN (
                    SELECT file.id FROM credit_collection_debtor file
                 LEFT JOIN res_partner payer ON payer.id = file.payer_id
                     WHERE COALESCE(payer.commercial_partner_id, file.partner_id) IN %s)""",
                tuple(payers.ids) or (0,),
            )
        return SQL(
            """
            SELECT COALESCE(payer.commercial_partner_id, file.partner_id) AS payer_id,
                   ARRAY_AGG(visit.day ORDER BY visit.day DESC) AS days
              FROM (%s) AS visit
              JOIN credit_collection_debtor file ON file.id = visit.debtor_id
         LEFT JOIN res_partner payer ON payer.id = file.payer_id
             WHERE NOT visit.formal
          GROUP BY COALESCE(payer.commercial_partner_id, file.partner_id)
            """,
            self._sql_visits(action, scope),
        )

    @api.model
    def _sql_visits(self, action, scope):
        """One row per debtor and run: the latest day, and whether all was formal. Without the run of ``action``."""
        own = SQL()
        if action:
            own = SQL("AND action.id <> %s", action.id)
            if action.run_id:
                own = SQL("%s AND action.run_id IS DISTINCT FROM %s", own, action.run_id.id)
        unheard = [channel._code for channel in self._get_channels() if not channel._is_contact]
        return SQL(
            """
            SELECT action.debtor_id, MAX(COALESCE(action.date_sent, action.date)) AS day,
                   BOOL_AND(action.tone = 'formal') AS formal
              FROM credit_collection_action action
             WHERE action.state IN %(live)s AND (action.step_id IS NOT NULL OR action.purpose IN %(asking)s)
               AND action.channel NOT IN %(unheard)s %(own)s %(scope)s
          GROUP BY action.debtor_id, COALESCE(action.run_id, -action.id)
            """,
            live=LIVE_STATES,
            asking=ASKS_FOR_MONEY,
            unheard=tuple(unheard) or ("",),
            own=own,
            scope=scope,
        )

    # === CHANNEL AND CONTACT === #

    @api.model
    def _find_contact(self, debtor, channel, wanted=None):
        """Return whom ``channel`` would write to for a message beside the ladder; ``wanted`` if possible, or nobody."""
        self._flush()
        rows = self.env.execute_query(
            SQL(
                """
                WITH book AS (%(book)s), closed AS (%(closed)s)
                SELECT contact_id
                  FROM book
                 WHERE channel = %(channel)s AND NOT EXISTS (SELECT FROM closed WHERE closed.channel = %(channel)s)
              ORDER BY contact_id = %(wanted)s DESC, chosen DESC, COALESCE(role = 'payables', FALSE) DESC,
                       role IS NULL DESC, COALESCE(for_invoices, FALSE) DESC, contact_id
                 LIMIT 1
                """,
                book=self._sql_book(debtor.company_id, debtor),
                closed=self._sql_closed(debtor.company_id, debtor),
                channel=channel,
                wanted=wanted.id if wanted else 0,
            )
        )
        return self.env["res.partner"].browse(id_ for (id_,) in rows)

    @api.model
    def _get_channels(self):
        return self.env["credit.collection.channel"]._get_all()

    @api.model
    def _sql_closed(self, company, debtors, **ask):
        """Channels that are closed to a debtor: by its own word, and calls to whom sees to everything alone."""
        scope = SQL() if debtors is None else SQL("AND file.id IN %s", tuple(debtors.ids) or (0,))
        return SQL(
            """
            SELECT optout.debtor_id, optout.channel
              FROM credit_collection_optout optout
              JOIN credit_collection_debtor file ON file.id = optout.debtor_id
             WHERE file.company_id = %(company)s %(scope)s
             UNION
            SELECT file.id, 'phone'
              FROM credit_collection_debtor file
         LEFT JOIN credit_collection_profile profile ON profile.id = file.profile_id AND profile.active
             WHERE file.company_id = %(company)s AND (file.self_service OR profile.self_service) %(scope)s
            """,
            company=company.id,
            scope=scope,
        )

    @api.model
    def _sql_book(self, company, debtors, **ask):
        """Contacts of each debtor's payer, once per channel that can be used for them."""
        scope = SQL() if debtors is None else SQL("AND file.id IN %s", tuple(debtors.ids) or (0,))
        return SQL(
            """
            SELECT file.id AS debtor_id, contact.id AS contact_id, contact.collection_role AS role,
                   contact.id IS NOT DISTINCT FROM file.contact_id AS chosen, contact.type = 'invoice' AS for_invoices,
                   way.channel
              FROM credit_collection_debtor file
         LEFT JOIN res_partner payer ON payer.id = file.payer_id
              JOIN res_partner contact
                ON contact.commercial_partner_id = COALESCE(payer.commercial_partner_id, file.partner_id)
        CROSS JOIN LATERAL (VALUES %(usable)s) AS way (channel, usable)
             WHERE file.company_id = %(company)s AND contact.active AND way.usable %(scope)s
               AND (contact.id IN (contact.commercial_partner_id, file.payer_id, file.contact_id)
                    OR contact.type = 'invoice' OR contact.collection_role IS NOT NULL)
            """,
            usable=SQL(", ").join(
                SQL("(%s::varchar, COALESCE(%s, FALSE))", channel._code, channel._sql_usable(company))
                for channel in self._get_channels()
            ),
            company=company.id,
            scope=scope,
        )

    @api.model
    def _sql_wish(self):
        """What the steps ask for, once per debtor and step, with the parts that their texts have."""
        return SQL(
            """
            SELECT DISTINCT step.debtor_id, step.step_id, step.step_channel, step.role, step.preferred_channel,
                   step.profile_id, step.step_tone = 'preventive' AS early, step.step_tone = 'formal' AS formal,
                   template.id IS NOT NULL AND COALESCE(template.body ->> 'en_US', '') <> '' AS has_body,
                   template.id IS NOT NULL AND COALESCE(template.short_text ->> 'en_US', '') <> '' AS has_short_text
              FROM step
         LEFT JOIN credit_collection_template template ON template.id = step.template_id
             WHERE step.step_id IS NOT NULL AND step.debtor_id IS NOT NULL
            """
        )

    @api.model
    def _sql_route(self, company, action, **ask):
        """The channel and the contact of each step: the first that is open, usable, and has a text to send.

        Asked again, an action keeps its channel.
        """
        ways = self._sql_ways(company)
        if action:
            ways = SQL("%s WHERE way.channel = %s", ways, action.channel)
        return SQL(
            """
            SELECT DISTINCT ON (wish.debtor_id, wish.step_id) wish.debtor_id, wish.step_id, way.channel, book.contact_id
              FROM wish
              JOIN (%(ways)s) AS way
                ON way.channel = wish.step_channel
                OR way.substitute AND wish.step_channel IN %(substitutes)s AND NOT wish.formal
               AND (way.part IS NULL OR way.part = 'body' AND wish.has_body
                    OR way.part = 'short_text' AND wish.has_short_text)
               AND (way.channel = wish.preferred_channel
                    OR way.profile_id = CASE WHEN wish.profile_id IN %(own_order)s THEN wish.profile_id ELSE 0 END
                   AND (way.before_due OR NOT wish.early))
              JOIN book ON book.debtor_id = wish.debtor_id AND book.channel = way.channel
             WHERE NOT EXISTS (
                   SELECT FROM closed WHERE closed.debtor_id = wish.debtor_id AND closed.channel = way.channel)
          ORDER BY wish.debtor_id, wish.step_id,
                   CASE WHEN way.channel = wish.preferred_channel AND way.substitute AND NOT wish.formal
                             AND wish.step_channel IN %(substitutes)s THEN 0
                        WHEN way.channel = wish.step_channel THEN 1 ELSE way.rank END,
                   (wish.role IN ('buyer', 'management') AND book.role IS NOT DISTINCT FROM wish.role) DESC,
                   book.chosen DESC, COALESCE(book.role = 'payables', FALSE) DESC, book.role IS NULL DESC,
                   COALESCE(book.for_invoices, FALSE) DESC, book.contact_id
            """,
            ways=ways,
            substitutes=tuple(channel._code for channel in self._get_channels() if channel._substitute) or ("",),
            own_order=self._get_profiles_with_order(company),
        )

    @api.model
    def _get_profiles_with_order(self, company):
        orders = self.env["credit.collection.fallback"]._get_orders(company)
        return tuple({profile_id for profile_id, __, __ in orders if profile_id}) or (0,)

    @api.model
    def _sql_ways(self, company):
        """Every channel in every order of fallback: profile 0 is the order of all who have none of their own.

        A channel that stands in no order has a row of its own, with profile -1: as a step's channel or preferred.
        """
        rows = [*self.env["credit.collection.fallback"]._get_orders(company)]
        rows += [(-1, channel._code, 99) for channel in self._get_channels()]
        channels = {channel._code: channel for channel in self._get_channels()}
        values = [
            SQL("(%s::int, %s::varchar, %s::int, %s::boolean, %s::varchar, %s::boolean)", profile_id, code, rank,
                channels[code]._substitute, channels[code]._part, channels[code]._before_due)
            for profile_id, code, rank in rows
            if code in channels
        ]  # fmt: skip
        return SQL(
            "SELECT * FROM (VALUES %s) AS way (profile_id, channel, rank, substitute, part, before_due)",
            SQL(", ").join(values),
        )
