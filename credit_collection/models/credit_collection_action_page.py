from markupsafe import Markup, escape
from odoo import fields, models


class CreditCollectionAction(models.Model):
    """Messages about the customer's page: the confirmation of an answer, a new link."""

    _inherit = "credit.collection.action"

    noted = fields.Text("What was noted", readonly=True, help="In the customer's language.")

    def _get_document_values(self):
        values = super()._get_document_values()
        paragraphs = [escape(line) for line in (self.noted or "").splitlines() if line.strip()]
        return {**values, "noted": Markup("<br/>").join(paragraphs) if paragraphs else None}

    def _get_page_place(self):
        """Return where on the page this message leads: the dispute or plan that it is about.

        A word before the due date leads to the one item that it asks about: there the customer answers.
        """
        self.ensure_one()
        lines = self._get_printed_lines()
        if self.tone == "preventive" and len(lines) == 1 and lines.move_line_id:
            return {"item": lines.move_line_id.id}
        if self.plan_id and not lines:
            return {"plan": self.plan_id.id}
        return {"dispute": self.dispute_id.id} if self.dispute_id else {}

    def _get_page_link(self, **place):
        """Return the address of the customer's page for whom this message goes to, renewed by each message.

        :param place: ``item``, ``dispute`` or ``plan``: id of what to show first; ``to``: what the customer wants to do
        """
        self.ensure_one()
        link = self.debtor_id._get_page_link(self.contact_id)
        query = "&".join(f"{name}={value}" for name, value in place.items())
        return f"{link}?{query}" if query else link
