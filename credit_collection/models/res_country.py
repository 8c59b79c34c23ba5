from zoneinfo import ZoneInfo

import pytz
from odoo import models


class ResCountry(models.Model):
    _inherit = "res.country"

    def _get_collection_zone(self, now):
        """Return the country's timezone, False when its clocks do not all show the same time at ``now``."""
        zones = pytz.country_timezones.get(self.code or "", []) if self else []
        offsets = {ZoneInfo(zone).utcoffset(now.replace(tzinfo=None)) for zone in zones}
        return zones[0] if len(offsets) == 1 else False
