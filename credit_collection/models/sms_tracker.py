from odoo import models


class SmsTracker(models.Model):
    """Delivery reports of core's providers find the action by the message's uuid."""

    _inherit = "sms.tracker"

    def _action_update_from_sms_state(self, sms_state, failure_type=False, failure_reason=False):
        result = super()._action_update_from_sms_state(
            sms_state, failure_type=failure_type, failure_reason=failure_reason
        )
        if sms_state == "sent":  # how core calls it when the telephone has it
            self._find_collection_actions()._set_delivery("delivered")
        return result

    def _action_update_from_provider_error(self, provider_error):
        status, failure_type, failure_reason = super()._action_update_from_provider_error(provider_error)
        reason = failure_reason or failure_type or provider_error
        self._find_collection_actions()._set_delivery("undelivered", reason, bounced=status == "bounce")
        return status, failure_type, failure_reason

    def _find_collection_actions(self):
        """Return the sent actions whose messages these are; what fails at once is told by the sending itself."""
        actions = self.env["credit.collection.action"].sudo()
        return actions.search([("message_key", "in", self.mapped("sms_uuid")), ("state", "in", ("sent", "unknown"))])
