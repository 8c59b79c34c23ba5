"""Whoever wants a person says when: a call for the collector, or a meeting by video."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPageCall(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"collection_opens": 8.5, "collection_closes": 18, "collection_tz": "Europe/Paris"})
        day = fields.Date.today() + timedelta(days=2)
        while day.weekday() > 4:
            day += timedelta(days=1)
        cls.day = day

    def setUp(self):
        super().setUp()
        self._enter()

    def _mails(self):
        # Hours are a story of their own: at night nothing would leave.
        self.company.write({"collection_opens": 0, "collection_closes": 24})
        return self._send(fields.Date.today())

    def _task(self):
        call = self.env.ref("mail.mail_activity_data_call")
        return self.debtor.activity_ids.filtered(lambda activity: activity.activity_type_id == call)

    def test_a_call_is_a_task_for_the_collector_at_that_day_and_hour(self):
        values = {"day": self.day, "hour": "10", "number": "+33 1 23 45 67 89", "topic": "The <b>rest</b>"}
        self.assertEqual(self._post("/call", **values).status_code, 303)
        task = self._task()
        self.assertEqual((task.user_id, task.date_deadline), (self.collector, self.day))
        self.assertEqual(task.summary, "Call back at 10:00: +33 1 23 45 67 89")
        self.assertIn("&lt;b&gt;rest", task.note)
        self.assertFalse(self.debtor.hold_until)
        self.assertEqual(self.debtor.message_ids[0].author_id, self.contact)
        self.assertIn("Collector calls you on", self._words(self._get("/call")))
        ((recipients, message),) = self._mails()
        self.assertEqual(recipients, ["claire@albatros.example"])
        self.assertIn("+33 1 23 45 67 89", self._html(message))

    def test_a_meeting_by_video_has_an_address_that_needs_no_account(self):
        self.assertNotIn("Your meeting by video", self._words(self._get("/call")))
        self.assertEqual(self._post("/call/video", day=self.day, hour="14", topic="Plan").status_code, 303)
        link = self.debtor.meeting_link
        self.assertRegex(link, r"/chat/\d+/\S+$")
        channel = self.env["discuss.channel"].browse(int(link.split("/")[-2]))
        self.assertEqual(channel.channel_partner_ids, self.collector.partner_id)
        task = self._task()
        self.assertEqual((task.user_id, task.date_deadline), (self.collector, self.day))
        self.assertIn(link, task.note)
        page = self._get("/call")
        self.assertIn(f'href="{link}"', page.text)
        self.assertIn("14:00", self._words(page))
        ((__, message),) = self._mails()
        self.assertIn(link, self._html(message))
        self.debtor.meeting_at = fields.Datetime.now() - timedelta(days=1)
        self.assertNotIn(link, self._get("/call").text)

    def test_nobody_is_promised_a_time_at_which_nobody_is_here(self):
        good = {"day": self.day, "hour": "10", "number": "+33 1 23 45 67 89"}
        saturday = self.day + timedelta(days=5 - self.day.weekday())
        for wrong in (
            {"day": ""},
            {"day": "tomorrow"},
            {"day": fields.Date.today() - timedelta(days=1)},
            {"day": fields.Date.today() + timedelta(days=31)},
            {"day": saturday},
            {"hour": ""},
            {"hour": "8"},
            {"hour": "18"},
            {"hour": "10.5"},
        ):
            for path in ("/call", "/call/video"):
                with self.subTest(wrong, path=path):
                    response = self._post(path, **{**good, **wrong})
                    self.assertEqual(response.status_code, 422)
        for number in ("", "x", "12", "<script>1</script>"):
            with self.subTest(number):
                response = self._post("/call", **{**good, "number": number})
                self.assertEqual(response.status_code, 422)
                self.assertNotIn("<script>1", response.text)
        self.assertFalse(self._task() or self.debtor.meeting_link or self.debtor.action_ids)
