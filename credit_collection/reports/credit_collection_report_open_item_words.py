from odoo import api, models


class CreditCollectionReportOpenItem(models.Model):
    """The standings in words, and who can lift what they say."""

    _inherit = "credit.collection.report.open.item"

    @api.model
    def _get_standing_selection(self):
        return list(self._get_standing_labels().items())

    @api.model
    def _get_standing_labels(self):
        """Return each standing with its meaning in words; also the reasons why a line is dropped before sending."""
        return {
            "due": self.env._("Due today"),
            "in_progress": self.env._("A message or task is on its way"),
            "waiting": self.env._("Waits for the next step"),
            "interval": self.env._("The last contact is too recent"),
            "cap": self.env._("Enough contacts for now"),
            "minimum": self.env._("Too small for the next step"),
            "softer": self.env._("Waits for the next message on older items: it would be softer"),
            "overdue_first": self.env._("Something else is overdue: no notice before the due date"),
            "no_step_left": self.env._("End of the ladder: a person decides"),
            "no_address": self.env._("No usable address for the next step"),
            "opted_out": self.env._("The customer closed this channel"),
            "bank_late": self.env._("The bank is not posted up to yesterday"),
            "frozen": self.env._("Frozen by insolvency"),
            "never_sent": self.env._("The invoice was never sent"),
            "platform_error": self.env._("In error on the invoicing platform"),
            "retention": self.env._("Retention guarantee"),
            "factored": self.env._("Assigned to a factor"),
            "intercompany": self.env._("One of our own companies"),
            "protected": self.env._("Protected customer"),
            "collected_by_us": self.env._("Collected by us: direct debit or card on file"),
            "rejected": self.env._("A payment came back"),
            "we_owe": self.env._("We owe this customer as much"),
            "payment_run": self.env._("Not late before the customer's payment day"),
            "debtor_hold": self.env._("The debtor is on hold"),
            "paused": self.env._("Paused for this country or sector"),
            "disputed": self.env._("Disputed"),
            "dispute_grace": self.env._("Grace after a dispute"),
            "told_paid": self.env._("The customer says that it was paid: somebody looks for it"),
            "plan_asked": self.env._("The customer asks for instalments: somebody has to propose a plan"),
            "possible_dispute": self.env._("Possibly disputed: a colleague says so"),
            "provisional": self.env._("The customer has answered: somebody has to read it"),
            "in_plan": self.env._("Paid by instalments"),
            "promised": self.env._("Payment promised"),
            "difficulty": self.env._("In difficulty: nothing firm for now"),
            "payment_pending": self.env._("A payment is under way"),
            "covered": self.env._("Covered by unallocated money or credit notes"),
            "no_followup": self.env._("Excluded from follow-up on the invoice"),
            "blocked": self.env._("Payment blocked on the invoice"),
            "no_scenario": self.env._("No scenario"),
            "scenario_off": self.env._("The scenario is off"),
            "no_partner": self.env._("The entry has no customer"),
            "non_trade": self.env._("Not a trade receivable"),
            "credit": self.env._("Credit of the customer"),
            "lapsed": self.env._("The due date has passed"),
            "closed": self.env._("Paid or cancelled meanwhile"),
            "other_amount": self.env._("The amount has changed since the letter was printed"),
            "other_step": self.env._("Another step is due by now"),
            "not_asked": self.env._("Not part of the message"),
        }

    @api.model
    def _get_lifters(self):
        """Return who can lift each hold."""
        collector, accountant = self.env._("Collector"), self.env._("Accountant")
        manager = self.env._("Collection manager")
        return {
            "bank_late": accountant,
            "frozen": accountant,
            "never_sent": accountant,
            "platform_error": accountant,
            "retention": accountant,
            "factored": accountant,
            "intercompany": manager,
            "protected": collector,
            "collected_by_us": accountant,
            "rejected": self.env._("Collector or accountant"),
            "we_owe": collector,
            "payment_run": collector,
            "no_step_left": collector,
            "no_address": collector,
            "opted_out": collector,
            "debtor_hold": collector,
            "softer": collector,
            "disputed": self.env._("Owner of the dispute"),
            "dispute_grace": collector,
            **dict.fromkeys(("told_paid", "plan_asked", "possible_dispute", "provisional"), collector),
            **dict.fromkeys(("in_plan", "promised", "difficulty"), collector),
            "payment_pending": accountant,
            "covered": accountant,
            "no_followup": accountant,
            "blocked": accountant,
            "no_partner": accountant,
            "non_trade": accountant,
            "credit": accountant,
            "no_scenario": manager,
            "scenario_off": manager,
            "paused": manager,
            "minimum": manager,
            "cap": manager,
            "interval": manager,
            "in_progress": collector,
        }
