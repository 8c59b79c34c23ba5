"""Preferences are so at once; a new address is checked by a person, a payment day is decided by a manager."""

from datetime import date, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import format_date

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPagePreferences(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.phone = "+33 6 12 34 56 78"
        cls.company.write({"collection_opens": 8.5, "collection_sends_at": 9, "collection_closes": 18})
        cls.boss = cls.contact.copy({"name": "Boss <i>B</i>", "email": "boss@albatros.example"})

    def setUp(self):
        super().setUp()
        self._enter()

    def _mails(self):
        # Hours are a story of their own: at night nothing would leave.
        self.company.write({"collection_opens": 0, "collection_sends_at": 0, "collection_closes": 24})
        self.debtor.write({"opens": 0, "sends_at": 0})
        return self._send(fields.Date.today())

    def test_hours_that_staff_set_stay_when_something_else_is_changed(self):
        self._enter()
        self.debtor.write({"opens": 9, "sends_at": 11})
        self._post("/preferences", hour="9", no_calls="1")
        self.assertEqual((self.debtor.self_service, self.debtor.sends_at), (True, 11))

    def test_the_people_of_a_group_that_pays_are_not_shown(self):
        group = self._new_customer("Holding SA")
        self.env["res.partner"].create(
            {"name": "Paula Holding", "parent_id": group.id, "email": "paula@holding.example"}
        )
        self.debtor.payer_id = group
        self._enter()
        words = self._words(self._get("/preferences"))
        self.assertIn(self.customer.name, words)
        self.assertNotIn("Paula Holding", words)
        paula = self.env["res.partner"].search([("name", "=", "Paula Holding")])
        self._post("/preferences", contact=str(paula.id))
        self.assertNotEqual(self.debtor.contact_id, paula)

    def test_what_touches_no_money_is_so_at_once(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        response = self._post(
            "/preferences", channel="sms", hour="10", no_calls="1", lang="fr_FR", contact_id=self.boss.id
        )
        self.assertEqual(response.status_code, 303)
        debtor = self.debtor
        self.assertEqual((debtor.preferred_channel, debtor.opens, debtor.self_service), ("sms", 10, True))
        self.assertEqual((debtor.contact_id, self.contact.lang), (self.boss, "fr_FR"))
        note = debtor.message_ids.filtered(lambda message: "Changed on the page" in message.body)
        self.assertEqual(note.author_id, self.contact)
        self.assertIn("Boss &lt;i&gt;B&lt;/i&gt;", note.body)
        action = debtor.action_ids.filtered(lambda action: action.purpose == "noted")
        self.assertEqual(action.contact_id, self.contact)
        words = self._get("/preferences")
        self.assertIn("Boss &lt;i&gt;B", words.text)
        self._post("/preferences", channel="", hour="", lang="fr_FR", contact_id="")
        self.assertEqual((debtor.preferred_channel, debtor.opens, debtor.self_service), (False, 0, False))
        self.assertEqual(debtor.contact_id, self.boss)

    def test_nothing_changed_tells_nobody(self):
        before = len(self.debtor.message_ids)
        self.assertEqual(self._post("/preferences", lang="en_US").status_code, 303)
        self.assertEqual((len(self.debtor.message_ids), len(self.debtor.action_ids)), (before, 0))
        self.assertIn("nothing to change", self._words(self._get("/preferences")))

    def test_what_is_not_in_the_list_is_refused(self):
        for values in (
            {"contact_id": self.stranger.id},
            {"contact_id": "2147483647000"},
            {"channel": "phone"},
            {"channel": "x"},
            {"hour": "7"},
            {"hour": "18"},
            {"hour": "nan"},
            {"lang": "xx_XX"},
        ):
            with self.subTest(values):
                response = self._post("/preferences", **values)
                self.assertEqual(response.status_code, 422)
                self.assertNotIn("Zephyr", response.text)
        debtor = self.debtor
        self.assertFalse(debtor.contact_id or debtor.preferred_channel or debtor.opens or debtor.action_ids)

    def test_a_new_address_waits_for_a_person(self):
        response = self._post("/preferences/address", email="New@Albatros.example", phone="+33 1 23 45 67 00")
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self.contact.email, "claire@albatros.example")
        remark = self.env["credit.collection.remark"].search([("debtor_id", "=", self.debtor.id)])
        self.assertEqual((remark.kind, remark.author_id, remark.told_partner_id), ("page", self.contact, self.contact))
        self.assertEqual(remark.activity_ids.user_id, self.collector)
        ((recipients, __),) = self._mails()
        self.assertEqual(recipients, ["claire@albatros.example"], "told to the old address")
        with self.assertRaises(AccessError):
            remark.with_user(self.collector).told_email = "else@where.example"
        remark.with_user(self.collector).action_take_contact()
        self.assertEqual((self.contact.email, self.contact.phone), ("new@albatros.example", "+33 1 23 45 67 00"))
        self.assertEqual((remark.decision, remark.state), ("contact", "done"))
        self.assertFalse(self.debtor.contact_id)

    def test_an_address_that_is_none_is_shown_again(self):
        for values in ({}, {"email": "claire"}, {"phone": "12"}, {"phone": "call me <b>now</b>"}):
            with self.subTest(values):
                response = self._post("/preferences/address", **values)
                self.assertEqual(response.status_code, 422)
                self.assertNotIn("<b>now", response.text)
        self.assertFalse(self.env["credit.collection.remark"].search([("debtor_id", "=", self.debtor.id)]))


@tagged("post_install", "-at_install")
class TestPayday(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls.env["account.payment.term"].create(
            {"name": "30 days", "line_ids": [Command.create({"value_amount": 100, "nb_days": 30})]}
        )
        cls.customer.property_payment_term_id = cls.terms

    def setUp(self):
        super().setUp()
        self._enter()

    def _ask(self, day, note=""):
        self.assertEqual(self._post("/preferences/payday", day=day, note=note).status_code, 303)
        return self.env["credit.collection.payday"].search([("debtor_id", "=", self.debtor.id)])

    def _due(self, day):
        """The due date of a new invoice of that day."""
        move = self._new_invoice("2026-05-01", invoice_payment_term_id=self.customer.property_payment_term_id.id,
                                 invoice_date=day, invoice_date_due=False)  # fmt: skip
        return self._item(move).date_maturity

    def test_a_manager_decides_and_only_invoices_to_come_change(self):
        old = self._item(self.move).date_maturity
        draft = self._new_invoice("2026-04-01", post=False)
        draft_due = draft.invoice_date_due
        request = self._ask("10", "We are paid <b>then</b>")
        self.assertEqual((request.approval_state, request.contact_id), ("asked", self.contact))
        self.assertEqual(request.activity_ids.user_id, self.manager)
        self.assertIn("&lt;b&gt;then", request.activity_ids.note)
        self.assertEqual((self.customer.property_payment_term_id, self.debtor.payment_days), (self.terms, False))
        self.assertIn("You have asked for", self._words(self._get("/preferences")))
        with self.assertRaises(AccessError):
            request.with_user(self.collector).action_approve()
        with self.assertRaises(AccessError):
            request.with_user(self.accountant).action_approve()
        with self.assertRaises(AccessError):
            request.with_user(self.collector).write({"approval_state": "approved"})
        self._send(fields.Date.today())
        request.with_user(self.manager).action_approve()
        self.assertEqual(
            (request.approval_state, request.approver_id, request.term_id), ("approved", self.manager, self.terms)
        )
        self.assertEqual(self.customer.property_payment_term_id, request.new_term_id)
        self.assertEqual(self.debtor.payment_days, "10")
        self.assertFalse(request.activity_ids)
        self.assertEqual((self._item(self.move).date_maturity, draft.invoice_date_due), (old, draft_due))
        self.assertEqual(self._due("2026-03-15"), date(2026, 5, 10))
        ((recipients, message),) = self._send(fields.Date.today())
        self.assertEqual(recipients, ["claire@albatros.example"])
        self.assertIn("We are glad to agree", self._html(message))
        self.assertIn("Agreed: day 10 of the month , from the next invoice on", self._words(self._get("/preferences")))
        self.assertIn("Agreed, for your next invoices.", self._words(self._get("/answers")))

    def test_the_collector_in_charge_cannot_decide_either(self):
        """Whoever asks on the page, a manager is asked; nobody may slip past by being the asker."""
        request = self._ask("5")
        self.assertFalse(request.with_user(self.collector).may_decide)
        self.assertTrue(request.with_user(self.manager).may_decide)

    def test_the_last_day_of_the_month(self):
        self._ask("31").with_user(self.manager).action_approve()
        self.assertEqual(self._due("2026-01-15"), date(2026, 2, 28))
        self.assertEqual(self.debtor.payment_days, "31")

    def test_terms_are_made_once_per_company(self):
        self._ask("10").with_user(self.manager).action_approve()
        made = self.customer.property_payment_term_id
        self.assertEqual(made.company_id, self.company)
        self.stranger.property_payment_term_id = self.terms
        paydays = self.env["credit.collection.payday"]
        paydays._request(self.strange_debtor, self.stranger, 10).with_user(self.manager).action_approve()
        self.assertEqual(self.stranger.property_payment_term_id, made)
        # Asked again: the days stay those of before.
        paydays._request(self.strange_debtor, self.stranger, 20).with_user(self.manager).action_approve()
        line = self.stranger.property_payment_term_id.line_ids
        self.assertEqual((line.nb_days, line.days_next_month), (30, "20"))

    def test_without_terms_those_of_the_latest_invoice_are_kept(self):
        """Else whoever has 30 days on each invoice would be promised a day, and lose the 30."""
        self.customer.property_payment_term_id = False
        today = self.debtor._get_today()
        move = self._new_invoice("2026-05-01", invoice_payment_term_id=self.terms.id, invoice_date=today,
                                 invoice_date_due=False)  # fmt: skip
        request = self._ask("10")
        old = format_date(self.env, today + timedelta(days=30))
        self.assertIn(f"instead of {old}", request.approval_reason)
        self.assertEqual(request._get_days(), 30)
        request.with_user(self.manager).action_approve()
        line = self.customer.property_payment_term_id.line_ids
        self.assertEqual((line.nb_days, line.days_next_month), (30, "10"))
        # Neither terms nor a term on the invoice: the days between both of its days.
        self.customer.property_payment_term_id = False
        move.button_draft()
        move.write({"invoice_payment_term_id": False, "invoice_date_due": today + timedelta(days=21)})
        move.action_post()
        self.assertEqual(request._get_days(), 21)

    def test_terms_of_several_parts_are_left_alone(self):
        parts = [Command.create({"value_amount": 50, "nb_days": days}) for days in (10, 40)]
        both = self.env["account.payment.term"].create({"name": "Two halves", "line_ids": parts})
        self.customer.property_payment_term_id = both
        request = self._ask("10")
        self.assertIn("they stay as they are", request.approval_reason)
        request.with_user(self.manager).action_approve()
        self.assertEqual((self.customer.property_payment_term_id, self.debtor.payment_days), (both, "10"))

    def test_a_refusal_is_told_with_its_reason(self):
        request = self._ask("10")
        self._send(fields.Date.today())
        wizard = self.env["credit.collection.approval.refuse"].with_user(self.manager)
        wizard.create({"document_ref": f"{request._name},{request.id}", "reason": "Not <now>"}).action_refuse()
        self.assertEqual((request.approval_state, self.customer.property_payment_term_id), ("refused", self.terms))
        ((recipients, message),) = self._send(fields.Date.today())
        self.assertEqual(recipients, ["claire@albatros.example"])
        self.assertIn("Not &lt;now&gt;", self._html(message))
        with self.assertRaises(UserError):
            request.with_user(self.manager).action_approve()

    def test_another_day_takes_the_place_of_the_first(self):
        self._ask("10")
        request = self._ask("12")
        self.assertEqual((len(request), request.day, len(request.activity_ids)), (1, 12, 1))
        self.assertIn("day 12", request.approval_reason)

    def test_days_that_are_none_are_shown_again(self):
        for day in ("", "0", "32", "-1", "ten", "1e1", "٣"):
            with self.subTest(day):
                self.assertEqual(self._post("/preferences/payday", day=day).status_code, 422)
        self.assertFalse(self.env["credit.collection.payday"].search([]))

    def test_two_files_with_a_question_each_become_one(self):
        self._ask("10")
        other = self.env["credit.collection.payday"]._request(self.strange_debtor, self.stranger, 20)
        self.debtor._absorb(self.strange_debtor)
        self.assertEqual((other.debtor_id, other.approval_state), (self.debtor, "none"))
