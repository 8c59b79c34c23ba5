"""Calls: the script, what came of them in two clicks, tries on other half-days, the recap, keywords, the call list."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, freeze_time, new_test_user, tagged

from .common import DAY, CollectionCommon


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestCall(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.phone = "+33 1 44 55 66 77"
        cls.text.script = "Invoice {invoice}, {amount}.\n[silence]"
        cls.scenario.step_ids[1].write({"channel": "phone", "mode": "task"})
        cls.company.write(
            {
                "collection_tz": "Europe/Paris",
                "collection_opens": 8.5,
                "collection_closes": 18,
                "collection_send_days": "5",
            }
        )
        cls.move = cls._new_invoice("2026-03-01")

    def _task(self):
        return self._plan("2026-03-05").action_ids.with_user(self.collector)

    def _note(self, button, action=None, **values):
        """Open the dialog from the task, fill in what is given, press the button."""
        action = action or self._task()
        dialog = action.action_reached()
        wizard = self.env[dialog["res_model"]].with_user(self.collector).with_context(**dialog["context"])
        with Form(wizard) as form:
            for name, value in values.items():
                form[name] = value
        return action, getattr(form.record, f"action_{button}")()

    def _recap(self):
        return self.env["credit.collection.action"].search([("purpose", "=", "recap")])

    def test_the_task_shows_script_and_number(self):
        action = self._task()
        self.assertEqual((action.state, action.phone), ("todo", "+33 1 44 55 66 77"))
        self.assertFalse(action.last_promise or action.last_contact)
        self.assertIn("$ 1,000.00.\n[silence]", action.script.replace("\N{NO-BREAK SPACE}", " "))

    def test_a_promise_takes_two_clicks_and_holds_until_it_is_broken(self):
        action, __ = self._note("promised")
        self.assertEqual(action.state, "sent")
        call = action.call_ids
        self.assertEqual((call.outcome, call.promise_date, call.promise_amount), ("promised", DAY("2026-03-06"), 1000))
        promise = action.debtor_id.promise_ids
        self.assertEqual((call.promise_id, promise.state, promise.amount), (promise, "open", 1000))
        self.assertEqual(promise.date_release, DAY("2026-03-11"), "two working days after Friday")
        self.assertIn("1,000.00 for 03/06/2026", action.debtor_id.last_promise)
        self.assertEqual(self._standing(self.move, "2026-03-10")["standing"], "promised")
        self.assertEqual(self._standing(self.move, "2026-03-10")["level"], 2, "the call counts as the step")

    def test_the_recap_goes_to_the_customer_and_counts_for_nothing(self):
        self._note("promised")
        recap = self._recap()
        ((recipients, mail),) = self._send("2026-03-05", [("purpose", "=", "recap"), ("state", "=", "planned")])
        self.assertEqual((recipients, recap.state), (["pay@albatrossarl.example"], "sent"))
        html = self._html(mail)
        self.assertIn("You will pay", html)
        self.assertIn("March 6, 2026", html)
        self.assertIn("INV/2026/00001", html)
        self.assertEqual(self._standing(self.move, "2026-03-20")["level"], 2)
        contacts = self.env["credit.collection.action"].search([("debtor_id", "=", recap.debtor_id.id)])
        self.assertEqual(len(contacts), 2)
        self.assertEqual(self._standing(self.move, "2026-03-11")["until"], DAY("2026-03-15"), "as the step says")

    def test_the_recap_of_who_asked_for_the_invoices_carries_them(self):
        self._note("resend")
        self.assertTrue(self._recap().with_invoices)
        ((__, mail),) = self._send("2026-03-05", [("purpose", "=", "recap"), ("state", "=", "planned")])
        self.assertEqual([part.get_content_type() for part in mail.iter_attachments()], ["application/pdf"])

    def test_who_is_not_to_get_a_recap_gets_none(self):
        self._note("noted", send_recap=False)
        self.assertFalse(self._recap())

    def test_paid_already_holds_while_we_look_for_the_payment(self):
        action, __ = self._note("paid", paid_date="2026-03-04")
        self.assertEqual(action.call_ids.paid_date, DAY("2026-03-04"))
        self.assertEqual(action.debtor_id.hold_until, DAY("2026-03-12"))
        self.assertIn("Find a payment", action.debtor_id.activity_ids.summary)

    def test_something_wrong_opens_the_dispute_at_once(self):
        action, opened = self._note("dispute", note="Two boxes were missing")
        dispute = action.debtor_id.dispute_ids
        self.assertEqual(
            (dispute.state, dispute.line_ids.amount, dispute.description), ("new", 1000, "Two boxes were missing")
        )
        self.assertEqual(opened["res_id"], dispute.id)
        self.assertEqual(self._standing(self.move, "2026-03-05")["standing"], "disputed")
        self.assertEqual(action.call_ids.dispute_id, dispute)

    def test_a_call_agreed_for_later_stays_a_task(self):
        action, __ = self._note("call_back", call_back_at="2026-03-09 10:00:00")
        self.assertEqual((action.state, str(action.send_after)), ("todo", "2026-03-09 10:00:00"))
        self.assertEqual(action.debtor_id.activity_ids.date_deadline, DAY("2026-03-09"))
        now = self.env["credit.collection.action"].search([("state", "=", "todo"), ("send_after", "=", False)])
        self.assertFalse(now)

    def test_a_refusal_goes_to_the_manager(self):
        action, __ = self._note("refused", note="We will not pay this")
        self.assertEqual(action.debtor_id.activity_ids.user_id, self.manager)
        self.assertFalse(self._recap())

    def test_the_wrong_contact_leaves_the_task_open(self):
        action, __ = self._note("wrong_contact")
        self.assertEqual(action.state, "todo")
        self.assertIn("Find the right contact", action.debtor_id.activity_ids.summary)

    def test_reason_and_what_could_have_prevented_it_are_kept(self):
        reason = self.env.ref("credit_collection.credit_collection_late_reason_reference")
        action, __ = self._note("approval", late_reason_id=reason, avoidable_how="Ask for the order number")
        call = action.call_ids
        self.assertEqual(
            (call.late_reason_id, call.avoidable, call.avoidable_how), (reason, "yes", "Ask for the order number")
        )
        self.assertEqual(action.debtor_id.late_reason_id, reason)

    def test_nobody_answers_three_times_on_other_half_days_then_an_e_mail_says_so(self):
        action = self._task()
        action.action_no_answer()
        self.assertEqual((action.state, str(action.send_after)), ("todo", "2026-03-05 13:00:00"), "the afternoon")
        with freeze_time("2026-03-05 13:30:00"):
            action.action_no_answer()
        self.assertEqual(str(action.send_after), "2026-03-06 07:30:00", "the next morning")
        with freeze_time("2026-03-06 08:00:00"):
            action.action_no_answer()
            self.assertEqual((action.state, action.channel, action.purpose), ("planned", "email", "tried"))
            ((__, mail),) = self._send("2026-03-06", [("state", "=", "planned")])
        self.assertEqual(action.state, "sent")
        html = self._html(mail)
        self.assertIn("March 5, 2026", html)
        self.assertRegex(html, r"Friday, March 6, 2026, 14:00 or Monday, March 9, 2026, 08:30")
        self.assertEqual(self._standing(self.move, "2026-03-06")["level"], 2)

    def _try_three_times(self, action):
        for moment in ("2026-03-05 09:00:00", "2026-03-05 14:00:00", "2026-03-06 08:00:00"):
            with freeze_time(moment):
                action.action_no_answer()

    def test_who_pays_between_the_tries_is_not_written_to(self):
        action = self._task()
        self._try_three_times(action)
        self.assertEqual(action.state, "planned")
        self._pay(self.move)
        self.assertEqual(self._send("2026-03-06", [("state", "=", "planned")]), [])
        self.assertEqual(action.state, "skipped")

    def test_nobody_answers_and_there_is_no_e_mail_address(self):
        """The customer has heard of nothing: the task stays, and the level with it."""
        action = self._task()
        self.customer.email = False
        self._try_three_times(action)
        self.assertEqual((action.state, action.send_after), ("todo", False))
        self.assertIn("no e-mail address", action.debtor_id.activity_ids.summary)

    def test_tries_on_one_half_day_are_one(self):
        action = self._task()
        for __ in range(5):
            action.action_no_answer()
        self.assertEqual((action.state, action.call_tries), ("todo", 1))

    def test_a_note_suggests_and_a_person_confirms(self):
        action = self._task()
        dialog = action.action_reached()
        wizard = self.env[dialog["res_model"]].with_user(self.collector).with_context(**dialog["context"])
        with Form(wizard) as form:
            form.note = "She says cash flow is bad. They will pay on 20 March."
            self.assertEqual(form.suggested_outcome, "promised")
            self.assertIn("They will pay on 20 March.", form.suggestion)
            self.assertEqual(form.promise_date, DAY("2026-03-20"))
            self.assertEqual(form.late_reason_id, self.env.ref("credit_collection.credit_collection_late_reason_cash"))
        self.assertEqual(action.state, "todo", "nothing happens by itself")

    def test_not_paid_is_not_paid(self):
        suggest = self.env["credit.collection.keyword"]._suggest
        self.assertEqual(
            suggest("They have not paid, and they refuse to pay.", DAY("2026-03-05"))["outcome"], "refused"
        )
        self.assertEqual(suggest("Ils ont déjà payé le 2 mars", DAY("2026-03-05"))["outcome"], "paid")
        self.assertEqual(suggest("Wir zahlen nicht, die Ware war defekt", DAY("2026-03-05"))["outcome"], "refused")
        self.assertFalse(suggest("Nice weather", DAY("2026-03-05"))["outcome"])

    def test_a_keyword_that_cannot_be_read_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self.env["credit.collection.keyword"].create({"name": "pa*id", "outcome": "paid"})

    def test_a_promise_of_yesterday_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Today or later"):
            self._note("promised", promise_date="2026-03-04")

    def test_what_was_said_stays_as_it_was_noted(self):
        action, __ = self._note("noted", note="As said")
        with self.assertRaises(AccessError):
            action.call_ids.with_user(self.manager).write({"note": "Not as said"})
        with self.assertRaises(AccessError):
            action.debtor_id.with_user(self.accountant)._note_call("noted")

    def test_a_task_that_is_done_cannot_be_called_again(self):
        action, __ = self._note("noted")
        with self.assertRaises(UserError):
            action.action_no_answer()

    def test_a_call_without_a_task_is_noted_on_the_file(self):
        debtor = self._debtor().with_user(self.collector)
        dialog = debtor.action_note_call()
        wizard = self.env[dialog["res_model"]].with_user(self.collector).with_context(**dialog["context"])
        with Form(wizard) as form:
            form.note = "Asked for a copy"
        form.record.action_noted()
        self.assertEqual(debtor.call_ids.note, "Asked for a copy")
        self.assertIn("Call: ", debtor.last_contact)

    def test_the_wording_follows_the_reason_of_lateness(self):
        cash = self.env.ref("credit_collection.credit_collection_late_reason_cash")
        self.env["credit.collection.template"].create(
            {
                "name": "In parts",
                "variant_of_id": self.text.id,
                "late_reason_id": cash.id,
                "subject": "In parts? {amount}",
                "body": "<p>{amount} by {reply_date} at once, or in parts.</p>",
            }
        )
        self._debtor().write({"late_reason_id": cash.id})
        self.scenario.step_ids[1].write({"channel": "email", "mode": "auto"})
        ((__, mail),) = self._cycle("2026-03-05")
        self.assertIn("In parts?", mail["Subject"])

    def test_a_reason_given_for_an_older_debt_does_not_count(self):
        cash = self.env.ref("credit_collection.credit_collection_late_reason_cash")
        self.env["credit.collection.template"].create(
            {"name": "In parts", "variant_of_id": self.text.id, "late_reason_id": cash.id, "subject": "In parts?",
             "body": "<p>{reply_date}</p>"}
        )  # fmt: skip
        self._debtor().write({"late_reason_id": cash.id, "late_reason_date": "2026-01-10"})
        self.scenario.step_ids[1].write({"channel": "email", "mode": "auto"})
        ((__, mail),) = self._cycle("2026-03-05")
        self.assertNotIn("In parts", mail["Subject"])

    def test_a_wording_without_the_part_that_leaves_gives_way_to_the_text(self):
        cash = self.env.ref("credit_collection.credit_collection_late_reason_cash")
        self.env["credit.collection.template"].create(
            {
                "name": "In parts",
                "variant_of_id": self.text.id,
                "late_reason_id": cash.id,
                "short_text": "In parts?",
            }
        )
        self._debtor().write({"late_reason_id": cash.id})
        self.scenario.step_ids[1].write({"channel": "email", "mode": "auto"})
        ((__, mail),) = self._cycle("2026-03-05")
        self.assertIn("1,000.00 due", mail["Subject"])

    def test_a_call_is_noted_on_an_open_task_of_the_same_customer_only(self):
        action = self._task()
        stranger = self._debtor(self._new_customer("Stranger")).with_user(self.collector)
        with self.assertRaisesRegex(UserError, "another customer"):
            stranger._note_call("noted", action=action)
        other = self.setup_other_company(name="Other Company")["company"]
        foreign = new_test_user(
            self.env,
            login="collection_foreign",
            groups="credit_collection.group_credit_collection_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(AccessError):
            action.with_user(foreign).action_no_answer()
        with self.assertRaises(AccessError):
            action.debtor_id.with_user(foreign)._note_call("noted", action=action.with_user(foreign))
        self.assertEqual(action.state, "todo")

    def test_a_formal_task_is_settled_by_a_manager(self):
        self.scenario.step_ids[1:].tone = "formal"
        action = self._task()
        with self.assertRaises(AccessError):
            self._note("noted", action=action)
        self._debtor().with_user(self.manager)._note_call("noted", action=action.with_user(self.manager))
        self.assertEqual(action.state, "sent")

    def test_a_file_that_is_joined_takes_its_calls_and_manners_along(self):
        other = self._new_customer("Albatros (double)")
        file, double = self._debtor(), self._debtor(other)
        double.write({"preferred_channel": "letter", "opens": 9, "closes": 12})
        double.with_user(self.collector)._note_call("noted", recap=False, note="Said so")
        double._move_to(self.customer)
        self.assertEqual(file.call_ids.note, "Said so")
        self.assertEqual((file.preferred_channel, file.opens, file.closes), ("letter", 9, 12))

    def test_a_video_meeting_has_an_address_for_guests(self):
        debtor = self._debtor().with_user(self.collector)
        url = debtor.action_video_call()["url"]
        self.assertRegex(url, r"^/chat/\d+/\S+$")
        self.assertIn(url, debtor.message_ids[0].body)


@tagged("post_install", "-at_install")
class TestCallList(CollectionCommon, HttpCase):
    def test_the_call_list_is_a_file_that_no_formula_runs_in(self):
        self.customer.write({"phone": "+33 1 44 55 66 77", "name": "=cmd|Albatros"})
        self.text.script = "About {invoice}: {amount}."
        self.scenario.step_ids[1].write({"channel": "phone", "mode": "task"})
        self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        self.collector.password = "collector-collector"
        self.authenticate(self.collector.login, "collector-collector")
        url = action.with_user(self.collector).action_export_call_list()["url"]
        answer = self.url_open(url)
        self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
        header, row = answer.content.decode("utf-8-sig").splitlines()
        self.assertTrue(header.startswith("customer,contact,number,language,amount"))
        self.assertTrue(row.startswith("'=cmd|Albatros,'=cmd|Albatros,+33144556677,"), row)
        self.assertIn("About invoice INV/2026/00001", row)
        self.assertIn(",2026-03-01,", row)

    def test_who_may_not_read_the_file_gets_nothing(self):
        self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        self._new_user("stranger", "base.group_user").password = "stranger-stranger"
        self.authenticate("collection_stranger", "stranger-stranger")
        for document in ("call_list", "letters"):
            answer = self.url_open(f"/credit_collection/{document}?ids={action.id}")
            self.assertIn(answer.status_code, (403, 404))
            self.assertNotIn("Albatros", answer.text)
