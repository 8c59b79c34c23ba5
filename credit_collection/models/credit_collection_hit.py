from datetime import timedelta
from hashlib import sha256
from hmac import new as sign

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

    _key_idx = models.Index("(key, moment)")

    @api.model
    def _take(self, scope, who, most, seconds):
        """Count a request of ``who``, unless ``most`` of that scope came in the last ``seconds``.

        Counted in a transaction of its own: a request that fails counts as well; one that is refused writes nothing.

        :return: whether the request may go on
        """
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        key = sign(secret.encode(), f"{scope}/{who}".encode(), sha256).hexdigest()[:32]
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

    @api.autovacuum
    def _gc_hits(self):
        self.env.cr.execute(
            "DELETE FROM credit_collection_hit WHERE moment < %s",
            [fields.Datetime.now() - timedelta(hours=KEPT_HOURS)],
        )
