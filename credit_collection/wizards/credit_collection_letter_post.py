from odoo import Command, api, fields, models


class CreditCollectionLetterPost(models.TransientModel):
    """Confirms that printed letters were posted, with the day and their registered numbers."""

    _name = "credit.collection.letter.post"
    _description = "Confirm Letters as Posted"

    date = fields.Date("Posted on", required=True, default=fields.Date.context_today)
    line_ids = fields.One2many("credit.collection.letter.post.line", "wizard_id", string="Letters")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        ids = self.env.context.get("default_action_ids") or []
        values["line_ids"] = [Command.create({"action_id": id_}) for id_ in ids]
        return values

    def action_confirm(self):
        self.ensure_one()
        for line in self.line_ids:
            line.action_id._check_collector()
            line.action_id._set_posted(self.date, (line.tracking_number or "").strip())
        return {"type": "ir.actions.act_window_close"}


class CreditCollectionLetterPostLine(models.TransientModel):
    _name = "credit.collection.letter.post.line"
    _description = "Letter to Confirm as Posted"

    wizard_id = fields.Many2one("credit.collection.letter.post", required=True, ondelete="cascade")
    action_id = fields.Many2one("credit.collection.action", string="Letter", required=True)
    notice_number = fields.Char(related="action_id.notice_number")
    registered = fields.Boolean(related="action_id.registered")
    tracking_number = fields.Char("Registered number")


class CreditCollectionLetterReceipt(models.TransientModel):
    """Notes the day on the acknowledgement of receipt of a registered letter."""

    _name = "credit.collection.letter.receipt"
    _description = "Note the Receipt of a Letter"

    action_id = fields.Many2one("credit.collection.action", string="Letter", required=True)
    date = fields.Date("Received on", required=True, default=fields.Date.context_today)

    def action_confirm(self):
        self.ensure_one()
        self.action_id._check_collector()
        self.action_id._record_receipt(self.date)
        return {"type": "ir.actions.act_window_close"}
