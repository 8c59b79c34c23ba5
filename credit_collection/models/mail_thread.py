from odoo import api, models

from ..tools import auto_replies


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Remember whether a person or a machine wrote the mail: its headers are gone once it is posted."""
        writer = "machine" if auto_replies.is_automatic(message.items()) else "person"
        incoming = self.with_context(collection_incoming=writer)
        return super(MailThread, incoming)._message_route_process(message, message_dict, routes)
