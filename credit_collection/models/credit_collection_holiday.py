from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..tools import holidays

MONTHS = [
    ("01", "January"), ("02", "February"), ("03", "March"), ("04", "April"), ("05", "May"), ("06", "June"),
    ("07", "July"), ("08", "August"), ("09", "September"), ("10", "October"), ("11", "November"), ("12", "December"),
]  # fmt: skip
WEEKDAYS = [
    ("0", "Monday"), ("1", "Tuesday"), ("2", "Wednesday"), ("3", "Thursday"), ("4", "Friday"), ("5", "Saturday"),
    ("6", "Sunday"),
]  # fmt: skip


class CreditCollectionHoliday(models.Model):
    """A public holiday of a country, as the rule that gives its date each year; the same for all companies."""

    _name = "credit.collection.holiday"
    _description = "Public Holiday"
    _order = "country_id, month, day, easter_offset, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    country_id = fields.Many2one("res.country", required=True, index=True, ondelete="cascade")
    state_ids = fields.Many2many(
        "res.country.state", string="Only there", domain="[('country_id', '=', country_id)]",
        help="States in which it is a holiday. Empty: in the whole country.",
    )  # fmt: skip
    rule = fields.Selection(
        [("fixed", "On a date"), ("easter", "Moves with Easter"), ("weekday", "On a weekday of a month")],
        required=True,
        default="fixed",
    )
    month = fields.Selection(MONTHS)
    day = fields.Integer(aggregator=None)
    easter_offset = fields.Integer(
        "After Easter", aggregator=None,
        help="Days after Easter Sunday: Good Friday −2, Easter Monday 1, Ascension 39, Whit Monday 50.",
    )  # fmt: skip
    nth = fields.Selection(
        [("1", "First"), ("2", "Second"), ("3", "Third"), ("4", "Fourth"), ("5", "Fifth"), ("-1", "Last")],
        string="Which",
    )
    weekday = fields.Selection(WEEKDAYS)
    shift = fields.Integer(
        "Days from there", aggregator=None, help="1: the day after that weekday; −7: a week before it."
    )
    observed = fields.Selection(
        [
            ("no", "Not moved"),
            ("monday", "Monday after"),
            ("nearest", "Friday or Monday"),
            ("two_days", "Two days on"),
        ],
        string="At a weekend",
        required=True,
        default="no",
        help="The day on which it is taken when it falls on a Saturday or Sunday. Both days count as holidays.\n"
        "“Two days on” is for two holidays in a row, as Christmas and Boxing Day in the United Kingdom.",
    )
    year_from = fields.Integer("From year", aggregator=None, help="First year in which it is a holiday. 0: always was.")
    year_to = fields.Integer("To year", aggregator=None, help="Last year in which it is a holiday. 0: still is.")
    next_date = fields.Date("Next", compute="_compute_next_date", help="When it is taken next.")

    _years_ordered = models.Constraint(
        "CHECK (COALESCE(year_to, 0) = 0 OR COALESCE(year_from, 0) <= year_to)",
        "The last year must not come before the first.",
    )

    # === COMPUTE METHODS === #

    @api.depends("rule", "month", "day", "easter_offset", "weekday", "nth", "shift", "observed", "year_from", "year_to")
    def _compute_next_date(self):
        today = fields.Date.context_today(self)
        for holiday in self:
            holiday.next_date = holiday._get_next_date(today)

    # === CONSTRAINT METHODS === #

    @api.constrains("rule", "month", "day", "easter_offset", "weekday", "nth", "shift")
    def _check_rule(self):
        for holiday in self:
            try:
                holiday._get_rule()
            except ValueError as error:
                raise ValidationError(
                    self.env._("%(name)s: there is no such day: %(error)s", name=holiday.name, error=error)
                ) from error

    @api.constrains("country_id", "state_ids")
    def _check_states(self):
        for holiday in self:
            if holiday.state_ids.country_id - holiday.country_id:
                raise ValidationError(self.env._("%s: the states must lie in the country.", holiday.name))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        self.env.registry.clear_cache()
        return created

    def write(self, vals):
        """A shipped holiday that somebody changes is theirs: updates of the module leave it alone from then on."""
        if not self.env.context.get("install_mode"):
            shipped = [("model", "=", self._name), ("res_id", "in", self.ids), ("noupdate", "=", False)]
            self.env["ir.model.data"].sudo().search(shipped).noupdate = True
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _get_dates(self, country, state, first, last):
        """Return the public holidays from ``first`` to ``last`` (dates, both included), as a frozenset.

        A holiday at a weekend counts on that day and on the day on which it is taken instead.

        :param country: the res.country; an empty one has no holidays
        :param state: the res.country.state; of an unknown (empty) one only what the whole country celebrates
        """
        if not country:
            return frozenset()
        years = range(first.year, last.year + 1)
        days = frozenset().union(*(self._get_year_dates(country.id, state.id, year) for year in years))
        return frozenset(day for day in days if first <= day <= last)

    @api.model
    @ormcache("country_id", "state_id", "year")
    def _get_year_dates(self, country_id, state_id, year):
        domain = [("country_id", "=", country_id), ("active", "=", True), ("state_ids", "in", [False, state_id])]
        records = self.sudo().search(domain)
        # A substitute may lie in the year before or after: New Year 2028 is taken on 31 December 2027 in the US.
        return frozenset(
            day
            for near in (year - 1, year, year + 1)
            for day in holidays.closed_days([holiday._get_rule() for holiday in records if holiday._is_in(near)], near)
            if day.year == year
        )

    def _is_in(self, year):
        """Tell whether it is a holiday in ``year``."""
        self.ensure_one()
        return (self.year_from or year) <= year <= (self.year_to or year)

    def _get_rule(self):
        """Return the rule as plain Python.

        :raises ValueError: when it gives no day
        """
        self.ensure_one()
        month, observed = int(self.month or 0), self.observed or "no"
        if self.rule == "easter":
            return holidays.Easter(self.easter_offset, observed)
        if self.rule == "weekday":
            return holidays.Weekday(month, int(self.weekday or -1), int(self.nth or 0), self.shift, observed)
        return holidays.Fixed(month, self.day, observed)

    def _get_next_date(self, today):
        """Return the first day from ``today`` on which it is taken, within ten years, or False."""
        self.ensure_one()
        try:
            rule = self._get_rule()
        except ValueError:
            return False  # A row that is being typed.
        years = (year for year in range(today.year - 1, today.year + 11) if self._is_in(year))
        days = (holidays.date_in(rule, year) for year in years)
        return next((day for day in days if day and day >= today), False)
