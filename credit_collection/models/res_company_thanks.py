from datetime import timedelta

from odoo import fields, models

from ..tools import workdays

# Working days after the payment was reconciled within which thanks are planned.
LAST_DAY = 2


class ResCompany(models.Model):
    """Thanks for payments: whether, and on which day for which payments."""

    _inherit = "res.company"

    collection_thanks = fields.Boolean(
        "Thanks for payments",
        default=True,
        help="Thank customers who paid what they were reminded of, one to two working days after. Only where the "
        "scenario that reminded them is on.",
    )

    def _get_collection_thanks_window(self, date):
        """Return the first and the last day of the payments thanked for on ``date``; None when nobody works then.

        A payment is thanked for on the first working day after it was reconciled, at the latest on the second.
        """
        self.ensure_one()
        weekdays = self._get_collection_weekdays()
        holidays = self._get_collection_holidays(date - timedelta(days=60), date)
        if not workdays.is_working_day(date, weekdays, holidays):
            return None
        return workdays.day_before(date, LAST_DAY, weekdays, holidays), date - workdays.ONE_DAY


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_thanks = fields.Boolean(related="company_id.collection_thanks", readonly=False)
