from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .credit_collection_channel import DeliveryResult


class CreditCollectionChannelAutomation(models.AbstractModel):
    """A server action on the debtor's file: whatever else the ladder should set off. The customer hears nothing."""

    _name = "credit.collection.channel.automation"
    _inherit = "credit.collection.channel"
    _description = "Server Action Channel"
    _code = "automation"
    _sequence = 70
    _delivers = True
    _is_contact = False

    @api.model
    def _get_label(self):
        return self.env._("Server action")

    @api.model
    def _sql_usable(self, company):
        return SQL("TRUE")

    @api.model
    def _render(self, action):
        if not action.step_id.sudo().server_action_id:
            raise UserError(self.env._("The step %s has no server action to run.", action.step_id.display_name))
        name = action.step_id.sudo().server_action_id.name
        return {"subject": name, "body": Markup("<p>%s</p>") % self.env._("Runs the server action “%s”.", name)}

    @api.model
    def _deliver(self, action):
        """Run it on the debtor. What fails is undone with the savepoint; a person looks, for mails may have left."""
        debtor = action.debtor_id
        action.step_id.sudo().server_action_id.with_context(
            active_model=debtor._name, active_id=debtor.id, active_ids=debtor.ids, collection_action_id=action.id
        ).run()
        return DeliveryResult("sent")
