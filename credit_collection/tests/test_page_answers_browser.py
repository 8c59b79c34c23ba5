"""The customer's answers in a real browser, on a phone and on a desktop: by link, without a password."""

from datetime import timedelta

from odoo.tests import tagged

from .page_common import PageCommon


class AnswersInBrowser:
    def _tour(self, name):
        link = self.debtor._get_page_link(self.contact)
        self.start_tour(link[len(self.debtor.get_base_url()) :], f"collection_page_{name}", timeout=120)
        self.env.invalidate_all()

    def test_a_dispute_with_a_file(self):
        self._tour("dispute")
        dispute = self.debtor.dispute_ids
        self.assertEqual((dispute.line_ids.amount, dispute.evidence_customer_ids.name), (250.5, "offer.pdf"))
        self.assertEqual(dispute.reason_id.name, "Discount missing")

    def test_a_promise_after_a_slip(self):
        self._tour("promise")
        promise = self.debtor.promise_ids
        self.assertEqual((promise.amount, promise.state, promise.how), (400, "to_approve", "portal"))

    def test_a_plan_is_accepted(self):
        plans = self.env["credit.collection.plan"].with_user(self.collector)
        debtor = self.debtor.with_env(plans.env)
        plan = plans._propose(debtor, self._item(self.move), count=2, first=debtor._get_today() + timedelta(days=5))
        plan.action_send_proposal()
        plan.sudo().action_ids.date_sent = debtor._get_today()
        self._tour("plan")
        self.assertEqual((plan.state, plan.contact_id), ("running", self.contact))

    def test_a_payment_is_told(self):
        self._tour("paid")
        remark = self.debtor.remark_ids
        self.assertEqual((remark.topic, remark.state, remark.expired), ("paid", "open", False))


@tagged("post_install", "-at_install")
class TestAnswersOnDesktop(AnswersInBrowser, PageCommon):
    browser_size = "1366x768"


@tagged("post_install", "-at_install")
class TestAnswersOnPhone(AnswersInBrowser, PageCommon):
    browser_size = "360x740"
    touch_enabled = True
