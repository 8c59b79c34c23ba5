"""Each customer in their own way: hours, holidays, channels they prefer or closed, whom we write to, pauses."""

from datetime import datetime, timezone
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import DAY, CollectionCommon


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@tagged("post_install", "-at_install")
class TestHours(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "collection_opens": 8.5,
                "collection_sends_at": 9,
                "collection_closes": 18,
                "collection_send_days": "5",
                "collection_firm_weekend": False,
                "collection_tz": "Europe/Paris",
                "country_id": cls.env.ref("base.fr").id,
            }
        )
        cls.customer.country_id = cls.env.ref("base.fr")
        cls._new_invoice("2026-03-01")

    def _waits_until(self, now, **values):
        action = self.env["credit.collection.action"].sudo().search([("state", "=", "planned")])
        action = action or self._plan("2026-03-05").action_ids
        action.write({"channel": "email", "tone": "friendly", **values})
        action._schedule(utc(now))
        return action.send_after and action.send_after.isoformat()

    def test_an_early_run_waits_for_the_hour_of_e_mails(self):
        self.assertEqual(self._waits_until("2026-03-05T05:00"), "2026-03-05T08:00:00")

    def test_within_the_hours_nothing_waits(self):
        self.assertFalse(self._waits_until("2026-03-05T10:00"))

    def test_what_a_customer_waits_for_waits_for_no_hour(self):
        """Said at night or on a Sunday: they are awake."""
        for purpose in ("noted", "link", "dispute_received"):
            for now in ("2026-03-05T02:00", "2026-03-08T10:00"):
                with self.subTest(purpose=purpose, now=now):
                    self.assertFalse(self._waits_until(now, purpose=purpose, step_id=False, tone="firm"))
        self.assertEqual(self._waits_until("2026-03-08T10:00", purpose="answer"), "2026-03-09T08:00:00")

    def test_text_messages_leave_at_half_past_eight(self):
        self.assertEqual(self._waits_until("2026-03-05T05:00", channel="sms"), "2026-03-05T07:30:00")

    def test_a_letter_waits_for_nobody_s_hours(self):
        self.assertFalse(self._waits_until("2026-03-07T05:00", channel="letter"))

    def test_auckland_is_asleep_while_paris_works(self):
        self.customer.collection_tz = "Pacific/Auckland"
        self.assertEqual(self._waits_until("2026-03-05T09:00"), "2026-03-05T20:00:00")

    def test_honolulu_wakes_up_when_paris_goes_home(self):
        self.customer.collection_tz = "Pacific/Honolulu"
        self.assertEqual(self._waits_until("2026-03-05T09:00"), "2026-03-05T19:00:00")

    def test_a_country_with_one_clock_needs_no_setting(self):
        self.customer.country_id = self.env.ref("base.jp")
        self.assertEqual(self._waits_until("2026-03-05T10:00"), "2026-03-06T00:00:00")

    def test_a_country_with_several_clocks_is_kept_to_ours(self):
        self.customer.country_id = self.env.ref("base.us")
        self.assertFalse(self._waits_until("2026-03-05T10:00"))

    def test_the_night_of_the_time_change_moves_the_hour_with_the_clock(self):
        self.company.collection_send_days = "7"
        self.assertEqual(self._waits_until("2026-03-28T20:00"), "2026-03-29T07:00:00")
        self.assertEqual(self._waits_until("2026-10-24T20:00"), "2026-10-25T08:00:00")

    def test_a_profile_goes_before_the_company_and_the_file_before_the_profile(self):
        profile = self.env["credit.collection.profile"].create({"name": "Late risers", "opens": 10, "sends_at": 11})
        self._debtor().write({"profile_id": profile.id, "profile_pin_reason": "They said so"})
        self.assertEqual(self._waits_until("2026-03-05T05:00"), "2026-03-05T10:00:00")
        self._debtor().sends_at = 14
        self.assertEqual(self._waits_until("2026-03-05T05:00"), "2026-03-05T13:00:00")

    def test_nothing_leaves_at_the_weekend(self):
        self.assertEqual(self._waits_until("2026-03-07T10:00"), "2026-03-09T08:00:00")

    def test_nothing_firm_leaves_after_friday_noon(self):
        self.assertFalse(self._waits_until("2026-03-06T13:00"))
        self.assertEqual(self._waits_until("2026-03-06T13:00", tone="firm"), "2026-03-09T08:00:00")
        self.assertFalse(self._waits_until("2026-03-06T10:00", tone="firm"))

    def test_holidays_of_the_customer_s_country_and_of_the_company_are_kept(self):
        holidays = self.env["credit.collection.holiday"].with_context(active_test=False)
        holidays.search([("country_id", "=", self.env.ref("base.de").id)]).active = True
        self.customer.country_id = self.env.ref("base.de")
        self.assertEqual(self._waits_until("2026-10-03T10:00", tone="friendly"), "2026-10-05T07:00:00")
        self.assertEqual(self._waits_until("2026-05-01T10:00"), "2026-05-04T07:00:00", "Labour Day is a Friday")
        self.env["resource.calendar.leaves"].create(
            {"name": "Stocktaking", "company_id": self.company.id, "calendar_id": False,
             "date_from": "2026-05-03 22:00:00", "date_to": "2026-05-04 21:59:00"}
        )  # fmt: skip
        self.assertEqual(self._waits_until("2026-05-01T10:00"), "2026-05-05T07:00:00")

    def test_nothing_firm_leaves_on_the_eve_of_a_holiday(self):
        holidays = self.env["credit.collection.holiday"].with_context(active_test=False)
        holidays.search([("country_id", "=", self.env.ref("base.fr").id)]).active = True
        self.assertFalse(self._waits_until("2026-05-13T10:00"))
        self.assertEqual(self._waits_until("2026-05-13T10:00", tone="firm"), "2026-05-15T07:00:00")

    def test_what_waits_says_until_when_and_why(self):
        action = self._plan("2026-03-05").action_ids
        text = action._explain_waiting(utc("2026-03-07T10:00"))
        self.assertIn("Waits until Monday, March 9, 2026, 09:00 (Europe/Paris)", text)
        self.assertIn("no day on which this customer is written to", text)
        self.assertEqual(action._explain_waiting(utc("2026-03-05T10:00")), "May leave now")

    def test_the_sender_passes_over_what_waits(self):
        action = self._plan("2026-03-05").action_ids
        actions = self.env["credit.collection.action"]
        self.assertFalse(actions._claim_next([("state", "=", "planned")], utc("2026-03-07T10:00")))
        self.assertEqual((action.state, action.send_after.isoformat()), ("planned", "2026-03-09T08:00:00"))
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            self.assertEqual(actions._claim_next([("state", "=", "planned")], utc("2026-03-09T10:00")), action)

    def test_hours_that_do_not_fit_together_narrow_the_window_and_never_open_it(self):
        self._debtor().closes = 8
        self.assertEqual(self._waits_until("2026-03-05T01:30"), "2026-03-05T06:00:00", "the last hour that all allow")
        self.assertFalse(self._waits_until("2026-03-05T06:30"))

    def test_not_before_eleven_holds_for_e_mails_too(self):
        self._debtor().opens = 11
        self.assertEqual(self._waits_until("2026-03-05T08:30"), "2026-03-05T10:00:00")

    def test_a_company_closed_for_months_stops_itself_and_nobody_else(self):
        self.env["resource.calendar.leaves"].create(
            {"name": "Season", "company_id": self.company.id, "calendar_id": False,
             "date_from": "2026-03-01 00:00:00", "date_to": "2026-09-01 00:00:00"}
        )  # fmt: skip
        self.assertEqual(self._waits_until("2026-03-05T08:30"), "2026-05-04T08:30:00")
        action = self.env["credit.collection.action"].search([("state", "=", "planned")])
        self.assertIn("look at hours and closed days", action._explain_waiting(utc("2026-03-05T08:30")))

    def test_changed_hours_reach_what_waits(self):
        action = self._plan("2026-03-05").action_ids
        action.sudo().send_after = "2030-01-01 10:00:00"
        self.company.write({"collection_opens": 0, "collection_sends_at": 0, "collection_closes": 24,
                            "collection_send_days": "7"})  # fmt: skip
        self.assertFalse(action.send_after)

    def test_hours_that_end_before_they_begin_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "must begin before they end"):
            self.company.collection_closes = 7
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self._debtor().write({"opens": 12, "closes": 9})


@tagged("post_install", "-at_install")
class TestWay(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.text.short_text = "{company}: {amount}, {short_link}"
        cls.customer.write(
            {
                "phone": "+33 6 12 34 56 78",
                "street": "1 rue du Lac",
                "city": "Lyon",
                "country_id": cls.env.ref("base.fr").id,
            }
        )
        cls.move = cls._new_invoice("2026-03-01")

    def _way(self, date="2026-03-05"):
        standing = self._standing(self.move, date)
        return standing["standing"], standing["channel"], standing["contact_id"]

    def test_the_preferred_channel_goes_before_that_of_the_step(self):
        self._debtor().preferred_channel = "letter"
        self.assertEqual(self._way()[:2], ("due", "letter"))

    def test_a_formal_notice_keeps_its_channel(self):
        self._debtor().preferred_channel = "sms"
        self.scenario.step_ids[1:].tone = "formal"
        self.assertEqual(self._way()[:2], ("due", "email"))

    def test_without_an_address_the_next_channel_that_can_reach_the_customer_stands_in(self):
        self.customer.email = False
        self.assertEqual(self._way()[:2], ("due", "sms"))
        self.text.short_text = False
        self.assertEqual(self._way()[:2], ("due", "letter"))
        self.customer.street = False
        self.assertEqual(self._way()[:2], ("due", "phone"))
        self.customer.phone = False
        self.assertEqual(self._way()[:2], ("no_address", "email"))

    def test_the_order_of_the_company_is_kept_and_that_of_the_profile_before_it(self):
        self.customer.email = False
        fallback = self.env["credit.collection.fallback"]
        fallback.create({"company_id": self.company.id, "channel": "phone"})
        self.assertEqual(self._way()[:2], ("due", "phone"))
        profile = self.env["credit.collection.profile"].create(
            {"name": "By post", "fallback_ids": [Command.create({"channel": "letter"})]}
        )
        self._debtor().write({"profile_id": profile.id, "profile_pin_reason": "They said so"})
        self.assertEqual(self._way()[:2], ("due", "letter"))

    def test_a_closed_channel_hands_over_and_the_last_one_closed_holds(self):
        for channel, then in (("email", "sms"), ("sms", "letter"), ("letter", "phone")):
            self.env["credit.collection.optout"].create({"debtor_id": self._debtor().id, "channel": channel})
            self.assertEqual(self._way()[:2], ("due", then))
        self._debtor().self_service = True
        self.assertEqual(self._way()[0], "opted_out")

    def test_who_sees_to_everything_alone_is_not_called(self):
        self.scenario.step_ids[1].write({"channel": "phone", "mode": "task"})
        self.assertEqual(self._way()[:2], ("due", "phone"))
        action = self._plan("2026-03-05").action_ids
        self.assertEqual(action.state, "todo")
        self._debtor().self_service = True
        self.assertEqual(action.state, "skipped", "the task that waits goes at once")
        self.assertEqual(self._way()[:2], ("due", "email"))

    def test_before_the_due_date_nobody_is_called_instead(self):
        self.customer.write({"email": False})
        self.text.short_text = False
        early = self._new_invoice("2026-06-01")
        self.assertEqual(self._standing(early, "2026-05-26")["standing"], "overdue_first")
        self._pay(self.move)
        self.assertEqual(self._standing(early, "2026-05-26")["standing"], "no_address")

    def test_a_task_for_a_person_replaces_no_message_and_none_replaces_it(self):
        self._debtor().preferred_channel = "sms"
        self.scenario.step_ids[1].write({"channel": "person", "mode": "task"})
        self.assertEqual(self._way()[:2], ("due", "person"))

    def test_a_message_that_becomes_a_call_is_a_task(self):
        self._debtor().preferred_channel = "phone"
        action = self._plan("2026-03-05").action_ids
        self.assertEqual((action.channel, action.state), ("phone", "todo"))

    def test_the_step_chooses_whom_it_writes_to(self):
        buyer, boss, payables = (
            self._new_customer(role, parent_id=self.customer.id, is_company=False, collection_role=role)
            for role in ("buyer", "management", "payables")
        )
        self.assertEqual(self._way()[2], payables.id)
        self.scenario.step_ids[1].role = "management"
        self.assertEqual(self._way()[2], boss.id)
        boss.email = False
        self.assertEqual(self._way()[2], payables.id)
        payables.email = False
        self.assertEqual(self._way()[2], self.customer.id, "the customer before somebody with another role")
        self.customer.email = False
        self.assertEqual(self._way()[2], buyer.id)

    def test_the_payer_is_written_to_and_its_contacts_count_together(self):
        head = self._new_customer("Head office", phone=False)
        other = self._new_customer("Other branch")
        other_move = self._new_invoice("2026-03-01", partner=other)
        for partner in (self.customer, other):
            self._debtor(partner).payer_id = head
        self.scenario.write({"max_contacts": 1, "interval_days": 0})
        self.assertEqual(self._way()[2], head.id)
        mails = self._cycle("2026-03-05")
        self.assertEqual([recipients for recipients, __ in mails], [["pay@headoffice.example"]] * 2)
        for move in (self.move, other_move):
            self.assertEqual(self._standing(move, "2026-03-16")["standing"], "cap")
        self._debtor(other).payer_id = False
        self.assertEqual(self._standing(other_move, "2026-03-16")["standing"], "cap", "its own contact still counts")
        self._debtor(other).max_contacts = 2
        self.assertEqual(self._standing(other_move, "2026-03-16")["standing"], "due")

    def test_marketing_blacklists_are_obeyed_only_when_the_company_says_so(self):
        self.env["mail.blacklist"]._add(self.customer.email)
        self.assertEqual(self._way()[1], "email")
        self.company.collection_obey_blacklist = True
        self.assertEqual(self._way()[1], "sms")

    # === PAUSES === #

    def _pause(self, **values):
        values = {"name": "Floods", "date_until": "2026-03-20", "country_ids": self.env.ref("base.fr").ids, **values}
        return self.env["credit.collection.pause"].with_user(self.manager).create(values)

    def test_a_pause_stops_a_country_until_its_day(self):
        action = self._plan("2026-03-05").action_ids
        self._pause(date_until="2030-01-01")
        self.assertEqual((action.state, action.reason), ("skipped", "Paused for this country or sector"))
        standing = self._standing(self.move, "2029-12-31")
        self.assertEqual((standing["standing"], standing["until"]), ("paused", DAY("2030-01-02")))
        self.assertEqual(self._standing(self.move, "2030-01-02")["standing"], "due")

    def test_a_pause_of_a_sector_leaves_others_alone(self):
        sector, other = self.env["res.partner.industry"].create([{"name": "Wine"}, {"name": "Steel"}])
        self._pause(country_ids=False, industry_ids=sector.ids)
        self.assertEqual(self._way()[0], "due")
        self.customer.industry_id = sector
        self.assertEqual(self._way()[0], "paused")
        self.customer.industry_id = other
        self.assertEqual(self._way()[0], "due")

    def test_a_pause_ends_by_hand(self):
        pause = self._pause()
        self.assertEqual(self._way()[0], "paused")
        pause.action_end()
        self.assertEqual(self._way()[0], "due")

    def test_a_pause_is_about_something_and_declared_by_a_manager(self):
        with self.assertRaisesRegex(ValidationError, "name the countries or sectors"):
            self._pause(country_ids=False)
        with self.assertRaises(AccessError):
            self.env["credit.collection.pause"].with_user(self.collector).create(
                {"name": "No", "date_until": DAY("2026-03-20")}
            )
