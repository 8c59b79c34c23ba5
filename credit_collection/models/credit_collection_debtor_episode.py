from odoo import api, fields, models
from odoo.tools import SQL


class CreditCollectionDebtor(models.Model):
    """Whether the collection file is open, since when, and its history of episodes."""

    _inherit = "credit.collection.debtor"

    episode_ids = fields.One2many("credit.collection.episode", "debtor_id", string="Episodes")
    episode_count = fields.Integer("Number of Episodes", compute="_compute_episode_count")
    file_state = fields.Selection(
        [("open", "Open"), ("closed", "Closed")],
        "Collection file",
        compute="_compute_file_state",
        help="Open while something is overdue. Empty: nothing ever was, as far as is known.",
    )
    file_opened = fields.Date("Opened since", compute="_compute_file_state")
    file_closed = fields.Date("Closed on", compute="_compute_file_state")

    # === COMPUTE METHODS === #

    @api.depends("episode_ids.date_open", "episode_ids.date_close")
    def _compute_file_state(self):
        for debtor in self:
            last = debtor.episode_ids.sorted(lambda episode: (not episode.date_close, episode.date_open))[-1:]
            debtor.file_state = last and ("closed" if last.date_close else "open")
            debtor.file_opened = False if last.date_close else last.date_open
            debtor.file_closed = last.date_close

    @api.depends("episode_ids")
    def _compute_episode_count(self):
        for debtor in self:
            debtor.episode_count = len(debtor.episode_ids)

    # === ACTION METHODS === #

    def action_view_episodes(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("credit_collection.credit_collection_episode_action")
        return {**action, "domain": [("debtor_id", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS === #

    def _absorb_episodes(self, other):
        """Two open episodes become one, open since the earlier day; the others follow as they are."""
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM credit_collection_episode gone USING credit_collection_episode kept
                     WHERE gone.debtor_id = %(other)s AND gone.date_close IS NULL
                       AND kept.debtor_id = %(self)s AND kept.date_close IS NULL
                 RETURNING gone.*)
                UPDATE credit_collection_episode kept
                   SET date_open = LEAST(kept.date_open, gone.date_open),
                       amount = COALESCE(kept.amount, 0) + COALESCE(gone.amount, 0),
                       item_count = COALESCE(kept.item_count, 0) + COALESCE(gone.item_count, 0),
                       reopened = kept.reopened + gone.reopened
                  FROM gone
                 WHERE kept.debtor_id = %(self)s AND kept.date_close IS NULL
                """,
                self=self.id,
                other=other.id,
            )
        )
        self.env.cr.execute(
            SQL("UPDATE credit_collection_episode SET debtor_id = %s WHERE debtor_id = %s", self.id, other.id)
        )
