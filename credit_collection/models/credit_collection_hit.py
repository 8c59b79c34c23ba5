from datetime import timedelta
from hashlib import sha256
from hmac import new as sign

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.addresses import get_network

# How long hits are kept; no limit looks further back.
KEPT_HOURS = 25
# What is counted by address.
BY_ADDRESS = ("address", "refused")
# Of several who are counted at once, all but one try again. Who is never the one is one of too many.
MOST_TRIES = 20


class CreditCollectionHit(models.Model):
    """Requests from outside, counted so that nobody asks too often. They name nobody: the key is a keyed hash."""

    _name = "credit.collection.hit"
    _description = "Requests from Outside"
    _log_access = False

    key = fields.Char(required=True)
    moment = fields.Datetime(required=True, help="The first of those that are counted.")
    number = fields.Integer(required=True, default=1)

    _key_unique = models.UniqueIndex("(key)")

    @api.model
    def _take(self, scope, who, most, seconds):
        """Count a request of ``who``, unless ``most`` of that scope came in the ``seconds`` since the first of them.

        Counted in a transaction of its own: a request that fails counts as well; one that is refused writes nothing.
        One statement counts and judges, so that of many at once not one too many goes on.

        :return: whether the request may go on
        """
        now = fields.Datetime.now()
        query = SQL(
            """
            INSERT INTO credit_collection_hit AS hit (key, moment, number)
                 SELECT %(key)s, %(now)s, 1 WHERE %(most)s > 0
            ON CONFLICT (key) DO UPDATE
                    SET moment = CASE WHEN hit.moment <= %(since)s THEN EXCLUDED.moment ELSE hit.moment END,
                        number = CASE WHEN hit.moment <= %(since)s THEN 1 ELSE hit.number + 1 END
                  WHERE hit.moment <= %(since)s OR hit.number < %(most)s
              RETURNING id
            """,
            key=self._get_key(scope, who),
            now=now,
            since=now - timedelta(seconds=seconds),
            most=most,
        )
        for __ in range(MOST_TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(query, log_exceptions=False)
                    return bool(cr.fetchall())
            except psycopg2.errors.SerializationFailure:
                # Somebody else was counted since the transaction began.
                continue
        return False

    @api.model
    def _get_wait(self, scope, who, seconds):
        """Return after how many seconds a ``who`` that was refused may come again."""
        hit = self.sudo().search([("key", "=", self._get_key(scope, who))])
        passed = (fields.Datetime.now() - hit.moment).total_seconds() if hit else 0
        return max(1, int(seconds - passed))

    @api.model
    def _take_once(self, scope, number):
        """Count what happens once; return whether this is the first time. Two at once: one of them is."""
        return self._take(scope, number, 1, KEPT_HOURS * 3600)

    @api.model
    def _forget_once(self, scope, number):
        """What was counted has failed: the next one is the first."""
        with self.env.registry.cursor() as cr:
            cr.execute(SQL("DELETE FROM credit_collection_hit WHERE key = %s", self._get_key(scope, number)))

    @api.model
    def _get_key(self, scope, who):
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        who = get_network(who) if scope in BY_ADDRESS else who
        return sign(secret.encode(), f"{scope}/{who}".encode(), sha256).hexdigest()[:32]

    @api.autovacuum
    def _gc_hits(self):
        self.env.cr.execute(
            "DELETE FROM credit_collection_hit WHERE moment < %s",
            [fields.Datetime.now() - timedelta(hours=KEPT_HOURS)],
        )
