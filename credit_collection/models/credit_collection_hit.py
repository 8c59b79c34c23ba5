from datetime import timedelta
from hashlib import sha256
from hmac import new as sign

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL

# How long hits are kept; no limit looks further back.
KEPT_HOURS = 25


class CreditCollectionHit(models.Model):
    """One request from outside, so that nobody asks too often. It names nobody: the key is a keyed hash."""

    _name = "credit.collection.hit"
    _description = "Request from Outside"
    _log_access = False

    key = fields.Char(required=True)
    moment = fields.Datetime(required=True)
    once = fields.Boolean(help="There is one of this key only.")

    _key_idx = models.Index("(key, moment)")
    _once_unique = models.UniqueIndex("(key) WHERE once")

    @api.model
    def _take(self, scope, who, most, seconds):
        """Count a request of ``who``, unless ``most`` of that scope came in the last ``seconds``.

        Counted in a transaction of its own: a request that fails counts as well; one that is refused writes nothing.

        :return: whether the request may go on
        """
        key = self._get_key(scope, who)
        now = fields.Datetime.now()
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    """
                    INSERT INTO credit_collection_hit (key, moment)
                         SELECT %(key)s, %(now)s
                          WHERE (SELECT COUNT(*)
                                   FROM credit_collection_hit
                                  WHERE key = %(key)s AND moment > %(since)s) < %(most)s
                      RETURNING id
                    """,
                    key=key,
                    now=now,
                    since=now - timedelta(seconds=seconds),
                    most=most,
                )
            )
            return bool(cr.fetchall())

    @api.model
    def _take_once(self, scope, number):
        """Count what happens once; return whether this is the first time. Two at once: one of them is."""
        try:
            with self.env.registry.cursor() as cr:
                cr.execute(
                    SQL(
                        """
                        INSERT INTO credit_collection_hit (key, moment, once)
                             VALUES (%s, %s, TRUE)
                        ON CONFLICT DO NOTHING
                          RETURNING id
                        """,
                        self._get_key(scope, number),
                        fields.Datetime.now(),
                    )
                )
                return bool(cr.fetchall())
        except psycopg2.errors.SerializationFailure:
            return False

    @api.model
    def _forget_once(self, scope, number):
        """What was counted has failed: the next one is the first."""
        with self.env.registry.cursor() as cr:
            cr.execute(SQL("DELETE FROM credit_collection_hit WHERE key = %s AND once", self._get_key(scope, number)))

    @api.model
    def _get_key(self, scope, who):
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        return sign(secret.encode(), f"{scope}/{who}".encode(), sha256).hexdigest()[:32]

    @api.autovacuum
    def _gc_hits(self):
        self.env.cr.execute(
            "DELETE FROM credit_collection_hit WHERE moment < %s",
            [fields.Datetime.now() - timedelta(hours=KEPT_HOURS)],
        )
