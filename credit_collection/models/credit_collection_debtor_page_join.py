from odoo import fields, models
from odoo.tools import SQL


class CreditCollectionDebtor(models.Model):
    """What becomes of the links to the page when two files are joined: none that was revoked ever opens the new one."""

    _inherit = "credit.collection.debtor"

    absorbed_links = fields.Json(
        "Links of joined files",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="By the number of the file that joined: the version its links were signed with, and ours at that time.",
    )

    def _absorb_links(self, other):
        """Let the living links of ``other`` lead here.

        Short addresses are signed with the version of their file, and come with their messages: where the versions
        differ, one that ``other`` revoked would fit here (or the other way round). Then all links of both are revoked.
        """
        self.ensure_one()
        ours, others = self.sudo(), other.sudo()
        living = {number: others._get_absorbed_version(number) for number in others.absorbed_links or {}}
        living[str(other.id)] = others.link_version
        if ours.link_version != others.link_version:
            ours.link_version = max(ours.link_version, others.link_version) + 1
            living = dict.fromkeys(living)
        now = ours.link_version
        ours.absorbed_links = {
            **(ours.absorbed_links or {}),
            **{number: [version, now] for number, version in living.items()},
        }

    def _get_absorbed_version(self, number):
        """Return the version that links of an absorbed file need; None once they were revoked, here or there."""
        version, at_joining = self.absorbed_links[number]
        return version if self.link_version == at_joining else None

    def _find_linked(self):
        """Return ``(debtor, version)`` for links to this number: the file, or the one that it was joined with."""
        debtor = self.exists()
        if debtor:
            return debtor, debtor.link_version
        number = str(self.id)
        self.flush_model(["absorbed_links"])
        # The number comes from a token that we signed, and is of one company.
        rows = self.env.execute_query(
            SQL("SELECT id FROM credit_collection_debtor WHERE absorbed_links ? %s LIMIT 1", number)
        )
        debtor = self.browse(row[0] for row in rows)
        return debtor, debtor and debtor._get_absorbed_version(number)
