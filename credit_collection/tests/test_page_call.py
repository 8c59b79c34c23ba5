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

    # === WHAT IS COMING === #

    def _call(self, **values):
        return self._post("/call", **{"day": self.day, "hour": "10", "number": "+33 1 23 45 67 89", **values})

    def test_a_call_is_shown_until_its_hour_and_not_taken_twice(self):
        self._call()
        for path in ("/call", "/answers"):
            words = self._words(self._get(path))
            self.assertIn("10:00", words)
            self.assertIn("We call you", words)
        response = self._call()
        self.assertEqual(response.status_code, 422)
        self.assertIn("We call you on", self._words(response))
        self.assertEqual((len(self._task()), len(self._noted())), (1, 1))
        # Whoever has called already calls no second time.
        self._task().action_feedback()
        self.assertNotIn("Cancel the call", self._words(self._get("/call")))
        self.assertEqual(self._call(hour="11").status_code, 303)

    def test_nobody_is_called_while_in_a_meeting(self):
        self._post("/call/video", day=self.day, hour="10")
        response = self._call()
        self.assertEqual(response.status_code, 422)
        self.assertIn("at that hour already", self._words(response))
        self.assertEqual(self._post("/call/video", day=self.day, hour="12").status_code, 422)

    def test_a_call_and_a_meeting_are_cancelled_by_the_customer(self):
        self.assertEqual(self._post("/call/cancel").status_code, 422)
        self._call()
        self._post("/call/video", day=self.day, hour="14")
        self.assertEqual(self._post("/call/cancel").status_code, 303)
        self.assertNotIn("Cancel the call", self._words(self._get("/call")))
        self.assertEqual(self._post("/call/video/cancel").status_code, 303)
        words = self._words(self._get("/call"))
        self.assertIn("Cancelled: the meeting by video on", words)
        self.assertFalse(self._task() or self.debtor.meeting_link or self.debtor.call_at)
        self.assertEqual([user for __, user in self._tasks()], [self.collector] * 2)
        self.assertIn("Cancelled: the call", self._written_by_contact())
        self.assertEqual(len(self._noted()), 4)

    def test_what_is_wrong_with_one_form_stands_in_it_alone(self):
        response = self._post("/call/video", day=self.day, hour="", topic="By video please")
        text = response.text
        self.assertEqual(text.count('role="alert"'), 1)
        self.assertLess(text.index("Let us meet by video"), text.index('role="alert"'))
        self.assertEqual(text.count("By video please"), 1)
        self.assertEqual(text.count('aria-invalid="true"'), 1)
        self.assertRegex(text, r'<select[^>]*id="video_hour"[^>]*aria-invalid="true"')
        self.assertEqual(text.count(f'value="{self.day}"'), 1)
