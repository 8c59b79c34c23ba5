"""Tell us: what can be told, and what became of what was told before."""

from datetime import timedelta

from odoo.tests import tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPageAnswers(PageCommon):
    def setUp(self):
        super().setUp()
        self._enter()

    def test_all_ways_are_offered_and_nothing_was_told_yet(self):
        with self._unchanged():
            response = self._get("/answers")
        for path in ("paid", "dispute", "promise", "plan", "why", "contact", "call"):
            self.assertIn(f'href="/my/collection/{self.debtor.id}/{path}"', response.text)
        self.assertIn("Nothing yet", self._words(response))
        self.assertIn('aria-current="page"', response.text)

    def test_the_style_sheet_compiles(self):
        bundle = self.env["ir.qweb"]._get_asset_bundle("web.assets_frontend", css=True, js=False)
        css = bundle.preprocess_css()
        self.assertFalse(bundle.css_errors)
        self.assertIn("o_collection_way", css)

    def test_what_was_told_is_listed_with_what_became_of_it(self):
        item = self._item(self.move)
        second = self._item(self._new_invoice("2026-03-02", 200))
        third = self._item(self._new_invoice("2026-03-03", 300))
        debtor = self.debtor
        dispute = self.env["credit.collection.dispute"]._open_for(debtor, {item: 10}, None, "Broken <i>box</i>")
        self.env["credit.collection.promise"]._make(debtor, second, None, debtor._get_today() + timedelta(days=3))
        plan = self.env["credit.collection.plan"]._propose(debtor, third, count=2)
        plan._accept()
        self.env["credit.collection.remark"]._report(debtor, "Said <i>here</i>", item, kind="page", author=self.contact)
        self.env["credit.collection.remark"]._report(debtor, "A colleague's secret", item, kind="note")
        self.env["credit.collection.dispute"]._open_for(
            self.strange_debtor, {self._item(self.strange_move): 10}, None, "Zephyr's"
        )
        with self._unchanged():
            response = self._get("/answers")
        words = self._words(response)
        for expected in (
            dispute.name, "We have received it", "You pay $ 200.00", "Noted.", plan.name, "Agreed, and under way",
        ):  # fmt: skip
            self.assertIn(expected, words)
        self.assertIn(f"/dispute/{dispute.id}", response.text)
        self.assertIn(f"/plan/{plan.id}", response.text)
        self.assertIn("Said &lt;i&gt;here", response.text)
        self.assertNotIn("secret", words)
        self.assertNotIn("Zephyr", words)

    def test_a_remark_that_became_a_dispute_leads_there(self):
        item = self._item(self.move)
        remark = self.env["credit.collection.remark"]._report(
            self.debtor, "Ten boxes are missing", item, kind="page", author=self.contact
        )
        dispute = self.env["credit.collection.dispute"]._open_for(
            self.debtor, {item: 10}, None, "Ten boxes", remark_id=remark.id
        )
        response = self._get("/answers")
        self.assertIn("We look into it", self._words(response))
        self.assertEqual(response.text.count(f"/dispute/{dispute.id}"), 2)
