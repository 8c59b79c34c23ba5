"""What customers read about their promises: the word the day before, and the reminder after a broken one."""

from odoo.tests import freeze_time, tagged

from .common import DAY
from .test_promise import PromiseCommon


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestPromiseText(PromiseCommon):
    def _beside(self):
        return self.env["credit.collection.action"].search([("purpose", "=", "promise")])

    def _deliver(self, date):
        """Send what waits, on that day."""
        with freeze_time(f"{date} 09:00:00"):
            return self._send(date, [("state", "=", "planned")])

    def _broken(self, **options):
        promise = self._promise(**options)
        self._judge("2026-03-17")
        self.assertIn(promise.state, ("broken", "partly"))
        return promise

    def _remind(self, date="2026-03-17"):
        with freeze_time(f"{date} 09:00:00"):
            return self._cycle(date)

    # === THE DAY BEFORE === #

    def test_a_friendly_word_goes_out_once_on_the_day_before(self):
        promise = self._promise("2026-03-12", 600)
        self._judge("2026-03-10")
        self.assertFalse(self._beside())
        self._judge("2026-03-11")
        self._judge("2026-03-11")
        action = self._beside()
        self.assertEqual((action.promise_id, action.channel), (promise, "email"))
        ((recipients, mail),) = self._deliver("2026-03-11")
        self.assertEqual(recipients, ["pay@albatrossarl.example"])
        self.assertEqual(self._text(mail["Subject"]), "As agreed: $ 600.00 on March 12, 2026")
        self.assertIn(self.move.name, self._html(mail))
        self._judge("2026-03-12")
        self.assertEqual(self._beside(), action)
        self.assertEqual(self._standing(self.move, "2026-03-16")["standing"], "promised", "it raises no level")

    def test_it_is_a_contact(self):
        """The interval is seven days: the ladder does not write on the next one about something else."""
        other = self._new_invoice("2026-03-01", 300)
        self._promise("2026-03-12", 600)
        self._judge("2026-03-11")
        self._deliver("2026-03-11")
        standing = self._standing(other, "2026-03-12")
        self.assertEqual((standing["standing"], standing["until"]), ("interval", DAY("2026-03-18")))

    def test_before_a_weekend_it_goes_out_on_friday(self):
        self._promise("2026-03-16")
        self._judge("2026-03-12")
        self.assertFalse(self._beside())
        self._judge("2026-03-13")
        self.assertTrue(self._beside())

    def test_who_has_paid_meanwhile_is_left_alone(self):
        self._promise("2026-03-12")
        self._judge("2026-03-11")
        self._pay_in(self.move)
        self.assertFalse(self._deliver("2026-03-11"))
        self.assertEqual(self._beside().state, "skipped")
        paid = self._promise("2026-03-12", moves=self._new_invoice("2026-03-01"))
        self._pay_in(paid.move_ids)
        self._judge("2026-03-11")
        self.assertEqual(len(self._beside()), 1)

    def test_nobody_hears_of_it_when_it_is_off_made_yesterday_or_on_hold(self):
        self.company.collection_promise_reminder = False
        self._promise("2026-03-12")
        self._judge("2026-03-11")
        self.assertFalse(self._beside())
        self.company.collection_promise_reminder = True
        tomorrow = self._promise("2026-03-06", moves=self._new_invoice("2026-03-01"))
        self._judge("2026-03-05")
        self.assertFalse(self._beside(), "they have just said so")
        tomorrow._set_withdrawn("Another day")
        self._debtor().write({"hold_until": "2026-03-20", "hold_reason": "Talks"})
        self._judge("2026-03-11")
        self.assertFalse(self._beside())

    def test_nothing_leaves_where_no_scenario_was_ever_turned_on(self):
        self._promise("2026-03-12")
        self.scenario.with_user(self.manager).action_turn_off()
        self._judge("2026-03-11")
        self.assertFalse(self._beside())

    def test_who_prefers_text_messages_gets_one(self):
        self.customer.write({"phone": "+33 6 12 34 56 78", "country_id": self.env.ref("base.fr").id})
        self._debtor().preferred_channel = "sms"
        self._promise("2026-03-12")
        self._judge("2026-03-11")
        self.assertEqual((self._beside().channel, self._beside().contact_id), ("sms", self.customer))

    # === AFTER A BROKEN ONE === #

    def test_the_next_reminder_names_it_in_the_wording_of_its_tone_and_only_that_one(self):
        promise = self._broken(amount=600)
        ((__, mail),) = self._remind()
        self.assertEqual(self._text(mail["Subject"]), "$ 600.00, planned for March 12, 2026: what has changed?")
        action = self.env["credit.collection.action"].search([("promise_id", "=", promise.id)])
        self.assertEqual((action.purpose, action.state), ("reminder", "sent"))
        self.assertEqual(self._standing(self.move, "2026-03-18")["level"], 2, "it is a step like any other")
        ((__, mail),) = self._remind("2026-03-24")
        self.assertNotIn("planned for", mail["Subject"])
        self.assertNotIn("March 12", self._html(mail))

    def test_a_text_without_a_wording_gets_a_paragraph_after_the_greeting(self):
        self.env["credit.collection.template"].search([("purpose", "=", "broken")]).active = False
        self.text.body = "<p>Dear {contact},</p><p>please pay {amount} by {reply_date}.</p>"
        self._broken(amount=600)
        ((__, mail),) = self._remind()
        html = self._text(self._html(mail))
        self.assertIn("1,000.00 due", self._text(mail["Subject"]))
        self.assertIn("You had planned to pay $ 600.00 on March 12, 2026", html)
        self.assertLess(html.index("Dear Albatros"), html.index("You had planned"))
        self.assertLess(html.index("You had planned"), html.index("please pay"))

    def test_a_formal_notice_states_it_without_a_question(self):
        formal = self._new_scenario([(1, "formal")], on=True)
        self._debtor().scenario_id = formal
        self._broken()
        ((__, mail),) = self._remind()
        html = self._text(self._html(mail))
        self.assertIn("On March 5, 2026 you announced a payment of $ 1,000.00 for March 12, 2026", html)
        self.assertNotIn("What has changed", html)

    def test_a_call_begins_with_it(self):
        self.env["credit.collection.template"].search([("purpose", "=", "broken")]).active = False
        self.text.script = "Hello."
        self.customer.phone = "+33 1 44 55 66 77"
        self.scenario.step_ids[1].write({"channel": "phone", "mode": "task"})
        self._broken()
        with freeze_time("2026-03-17 09:00:00"):
            action = self._plan("2026-03-17").action_ids
            self.assertRegex(self._text(action.script), r"(?s)You had planned to pay \$ 1,000.00.*Hello\.")
            action.with_user(self.collector).action_done()
        self.assertEqual(action.promise_id, self._debtor().promise_ids, "said, and not said again")

    def test_a_newer_promise_makes_the_old_one_history(self):
        self._broken()
        with freeze_time("2026-03-17 09:00:00"):
            again = self._promise("2026-03-19", 300)
            self._pay_in(self.move, 300, "2026-03-18")
        self.assertEqual((again.state, again.number), ("kept", 2))
        ((__, mail),) = self._remind("2026-03-24")
        self.assertNotIn("March 12", self._html(mail))

    def test_who_never_promised_reads_nothing_of_it(self):
        ((__, mail),) = self._remind("2026-03-05")
        self.assertNotIn("planned", self._html(mail))

    def test_in_the_customer_s_language_the_paragraph_is_made_of_terms(self):
        self.env["credit.collection.template"].search([("purpose", "=", "broken")]).active = False
        promise = self._broken()
        action = self._plan("2026-03-17").action_ids
        self.assertEqual(action._find_broken_promise(), promise)
        opening = action._get_document_values()["promise_opening"]
        self.assertIn(promise.display_name.split(" for ")[0].replace("\N{NO-BREAK SPACE}", " "), self._text(opening))
        self.assertEqual(promise.date, DAY("2026-03-12"))
