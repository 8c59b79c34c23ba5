"""Paying and answering why it was late, by link, in a real browser of both sizes, to the end: booked and thanked."""

from odoo import fields
from odoo.tests import tagged

from .test_page_pay import PayCommon


class PayInBrowser:
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.login = cls._new_portal_user("paula", cls.customer).login

    def _tour(self, name):
        link = self.debtor._get_page_link(self.contact)
        self.start_tour(link[len(self.debtor.get_base_url()) :], f"collection_page_{name}", timeout=120)
        self.env.invalidate_all()

    def test_two_invoices_are_paid_one_in_part(self):
        planned = self._plan(self.today).action_ids.filtered(lambda action: action.debtor_id == self.debtor)
        self.assertTrue(planned.filtered(lambda action: action.state == "planned"))
        self._tour("pay")
        self.assertEqual((self.move.payment_state, self.second.amount_residual), ("paid", 300))
        tx = self.move.transaction_ids
        self.assertEqual((tx.state, tx.amount, self.second.transaction_ids), ("done", 1200, tx))
        asked = planned.filtered(lambda action: action.state == "planned")._get_due_lines() if planned else None
        self.assertFalse(self.move in (asked.move_id if asked else self.move.browse()), "what is paid is asked for")

    def test_who_goes_back_to_a_form_that_was_refused_finds_what_was_typed(self):
        self.start_tour(f"/my/collection/{self.debtor.id}/pay", "collection_page_back", login=self.login, timeout=120)

    def test_why_it_was_late(self):
        self._tour("why")
        feedback = self.env["credit.collection.feedback"].search([("debtor_id", "=", self.debtor.id)])
        self.assertEqual((feedback.trust, feedback.contact_id), ("yes", self.contact))
        self.assertIn("lay with a colleague", feedback.comment)
        self.assertEqual(self.debtor.late_reason_id, feedback.late_reason_id)


@tagged("post_install", "-at_install")
class TestPayOnDesktop(PayInBrowser, PayCommon):
    browser_size = "1366x768"


@tagged("post_install", "-at_install")
class TestPayOnPhone(PayInBrowser, PayCommon):
    browser_size = "360x740"
    touch_enabled = True
