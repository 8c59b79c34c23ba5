from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every
from odoo.tools.misc import format_datetime

from ..tools import opening

# Days ahead for which holidays are looked up: longer than any sequence of closed days.
HORIZON = 70
# Actions looked at together.
BATCH = 2000
# What a customer has just asked for, or told us: they are awake, and wait for it.
AT_ONCE = ("noted", "link", "dispute_received")


class CreditCollectionAction(models.Model):
    """When an action may leave: hours and days of the customer, holidays, nothing firm before a weekend."""

    _inherit = "credit.collection.action"

    send_after = fields.Datetime(
        "Not before", readonly=True, index="btree_not_null", help="The customer's hours, or a call agreed for later."
    )
    send_explanation = fields.Char("Leaves when", compute="_compute_send_explanation")
    customer_time = fields.Char("Time at the customer's", compute="_compute_customer_time")

    # === COMPUTE METHODS === #

    @api.depends("send_after", "state", "channel", "tone")
    def _compute_send_explanation(self):
        """Say until when it waits, in the customer's own time, and why."""
        now = _now()
        for action in self:
            waits = action.state in ("planned", "retry", "to_approve") and action._get_channel()._hour
            action.send_explanation = action._explain_waiting(now) if waits else False

    def _compute_customer_time(self):
        """What the clock says where the customer is: for whoever is about to call."""
        now = fields.Datetime.now()
        for action in self:
            zone = action._get_zone()
            clock = format_datetime(self.env, now, tz=zone, dt_format="EEE HH:mm")
            action.customer_time = self.env._("%(clock)s in %(zone)s", clock=clock, zone=zone)

    # === BUSINESS METHODS === #

    def _schedule(self, now=None):
        """Note for each action of ``self`` until when it has to wait; those that may leave now have no such time.

        :param now: aware instant, default the present
        """
        now = now or _now()
        openings, members = {}, {}
        for ids in split_every(BATCH, self.ids):
            for row in self.browse(ids)._get_manners_rows():
                key = tuple(row[name] for name in row if name not in ("id", "send_after"))
                if key not in openings:
                    openings[key] = self._find_opening(row, now)
                if row["send_after"] != openings[key]:
                    members.setdefault(openings[key], []).append(row["id"])
        for later, ids in members.items():
            query = "UPDATE credit_collection_action SET send_after = %s WHERE id IN %s"
            self.env.cr.execute(SQL(query, later, tuple(ids)))
        self.invalidate_recordset(["send_after", "send_explanation"])

    def _find_opening(self, row, now):
        """Return until when to wait (UTC, naive), None for not at all. Who can never be written to waits two months."""
        try:
            instant = opening.next_opening(now, self._prepare_manners(row, now)).at
        except ValueError:
            return _naive(now + timedelta(days=opening.HORIZON))
        except UserError:  # a channel that is gone: the sending tells it
            return None
        return _naive(instant) if instant > now else None

    def _must_wait(self, now=None):
        """Whether the customer's hours are over by now, or not come yet; when it is so, note until when."""
        self.ensure_one()
        if self.state in ("planned", "retry"):
            self._schedule(now)
        return bool(self.send_after and self.send_after > _naive(now or _now()))

    def _explain_waiting(self, now):
        self.ensure_one()
        rows = self._get_manners_rows()
        if not rows:
            return False
        manners = self._prepare_manners(rows[0], now)
        try:
            result = opening.next_opening(now, manners)
        except ValueError:
            return self.env._("Nothing leaves to this customer for the next two months: look at hours and closed days.")
        if not result.reasons:
            return self.env._("May leave now")
        clock = self._format_moment(_naive(result.at), manners.zone)
        labels = self._get_waiting_labels(manners)
        return self.env._(
            "Waits until %(clock)s (%(zone)s): %(reasons)s",
            clock=clock,
            zone=manners.zone,
            reasons=", ".join(labels[code] for code in result.reasons),
        )

    def _get_waiting_labels(self, manners):
        return {
            "weekday": self.env._("no day on which this customer is written to"),
            "holiday": self.env._("a holiday here or at the customer's"),
            "hours": self.env._(
                "outside the customer's hours, %(opens)s to %(closes)s",
                opens=manners.opens.strftime("%H:%M"),
                closes=manners.closes.strftime("%H:%M"),
            ),
            "friday": self.env._("nothing firm after Friday noon"),
            "eve": self.env._("nothing firm on the eve of a holiday"),
        }

    def _get_zone(self):
        self.ensure_one()
        rows = self._get_manners_rows()
        return rows[0]["zone"] or self._find_zone(rows[0]) if rows else self.company_id._get_collection_tz()

    # === MANNERS === #

    def _get_manners_rows(self):
        """Return what the hours of each action depend on, one dict each; one query for all."""
        self.env.flush_all()
        ids = tuple(self.ids) or (0,)
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT action.id, action.send_after, action.company_id, action.channel,
                       action.tone IN ('firm', 'formal') AS firm,
                       action.channel = 'email' AND action.purpose IN %s AS at_once,
                       COALESCE(contact.collection_tz, partner.collection_tz) AS zone,
                       COALESCE(contact.country_id, partner.country_id) AS country_id,
                       COALESCE(contact.state_id, partner.state_id) AS state_id,
                       COALESCE(NULLIF(file.opens, 0), NULLIF(profile.opens, 0), company.collection_opens) AS opens,
                       COALESCE(NULLIF(file.closes, 0), NULLIF(profile.closes, 0), company.collection_closes) AS closes,
                       COALESCE(NULLIF(file.sends_at, 0), NULLIF(profile.sends_at, 0), company.collection_sends_at)
                           AS sends_at,
                       COALESCE(file.send_days, profile.send_days, company.collection_send_days) AS send_days,
                       company.collection_firm_weekend
                  FROM credit_collection_action action
                  JOIN credit_collection_debtor file ON file.id = action.debtor_id
                  JOIN res_partner partner ON partner.id = file.partner_id
                  JOIN res_company company ON company.id = action.company_id
             LEFT JOIN credit_collection_profile profile ON profile.id = file.profile_id AND profile.active
             LEFT JOIN res_partner contact ON contact.id = action.contact_id
                 WHERE action.id IN %s
                """,
                AT_ONCE,
                ids,
            )
        )

    @api.model
    def _prepare_manners(self, row, now):
        """Return the manners of ``row`` for the tool that knows the clock."""
        channel = self.env["credit.collection.channel"]._get(row["channel"])
        company = self.env["res.company"].sudo().browse(row["company_id"])
        waits = channel._hour and not row["at_once"]
        opens, closes = row["opens"] or 0, row["closes"] or 24
        if channel._hour == "sends_at":
            opens = max(opens, row["sends_at"] or 0)
        if opens >= closes:  # what file, profile and company say does not fit together: the last hour that all allow
            opens = max(closes - 1, 0)
        opens, closes = (_clock(opens), _clock(closes)) if waits else (time.min, time.max)
        first = now.date() - timedelta(days=1)
        days = range(int(row["send_days"] or 7)) if waits else range(7)
        return opening.Manners(
            zone=row["zone"] or self._find_zone(row, now),
            opens=opens,
            closes=closes,
            weekdays=frozenset(days),
            closed=self._get_closed_days(row, company, first, first + timedelta(days=HORIZON))
            if waits
            else frozenset(),
            firm=bool(row["firm"] and waits and not row["collection_firm_weekend"]),
        )

    @api.model
    def _find_zone(self, row, now=None):
        """Return the timezone of the customer's country when all its clocks agree, else the company's."""
        company = self.env["res.company"].sudo().browse(row["company_id"])
        country = self.env["res.country"].browse(row["country_id"] or [])
        return country._get_collection_zone(now or _now()) or company._get_collection_tz()

    @api.model
    def _get_closed_days(self, row, company, first, last):
        """Return the days on which the company is closed, and the holidays of its country and the customer's."""
        holidays = self.env["credit.collection.holiday"].sudo()
        country = self.env["res.country"].browse(row["country_id"] or [])
        state = self.env["res.country.state"].browse(row["state_id"] or [])
        return (
            company._get_collection_holidays(first, last)
            | holidays._get_dates(company.country_id, company.state_id, first, last)
            | holidays._get_dates(country, state, first, last)
        )


def _now():
    return datetime.now(timezone.utc)


def _naive(instant):
    return instant.astimezone(timezone.utc).replace(tzinfo=None)


def _clock(hour):
    """Turn hours as a number into a time of day; 24 is the end of it."""
    return time.max if hour >= 24 else time(int(hour), round(hour % 1 * 60) % 60)
