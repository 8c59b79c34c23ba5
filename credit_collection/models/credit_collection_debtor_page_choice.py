from odoo import models


class CreditCollectionDebtor(models.Model):
    """Which open items an answer on the customer's page may be about, and how much of each."""

    _inherit = "credit.collection.debtor"

    def _get_page_choices(self, about):
        """Return the rows of ``_get_page_items`` that owe something, each with two more values.

        ``left``: how much of it the answer may be about, in its currency. ``why_not``: why it cannot be chosen, in
        words for the customer; empty: it can.

        :param about: dispute, promise, plan or paid
        """
        rows = [row for row in self._get_page_items() if row["residual"] > 0]
        plans = self.env["credit.collection.plan"].sudo()
        arranged = plans._get_arranged([row["item"].id for row in rows])
        for row in rows:
            plan = arranged.get(row["item"].id)
            row["plan"] = plan if plan and plan._name == plans._name else plans
            row["left"], row["why_not"] = getattr(self, f"_get_choice_{about}")(row)
        return rows

    def _get_choice_paid(self, row):
        return row["residual"], False

    def _get_choice_dispute(self, row):
        left = row["currency"].round(row["residual"] - row["disputed"])
        if left <= 0:
            return 0, self.env._("You have told us already: we look into it.")
        return left, False

    def _get_choice_plan(self, row):
        if row["plan"]:
            return 0, self.env._("It is part of your payment plan %s.", row["plan"].name)
        if row["asked"] > 0:
            return row["asked"], False
        if row["disputed"] > 0:
            return 0, self.env._("Something is wrong with it, you told us: we look into it first.")
        return 0, self.env._("A payment or credit covers it already.")

    def _get_choice_promise(self, row):
        if row["closed_because"]:
            return 0, row["closed_because"]
        return self._get_choice_plan(row)
