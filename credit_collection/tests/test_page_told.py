"""What customers told us waits for an answer: seen on the page and by who is in charge, and held meanwhile."""

from odoo.tests import tagged

from .test_page_overview import SeenCommon


@tagged("post_install", "-at_install")
class TestPageTold(SeenCommon):
    def setUp(self):
        super().setUp()
        self._enter()

    def _tell_paid(self, moves=None, text="Paid", offset=-2, **told):
        items = self._item(moves or self.move)
        return self.debtor._answer_paid(self.contact, items, self._day(offset), text, **told)

    def test_what_was_told_as_paid_is_marked_and_not_asked_for(self):
        other = self._bill(-10, 300)
        self._tell_paid()
        (row,) = [row for row in self._rows() if row["move"] == self.move]
        self.assertEqual(row["told_paid"], self.debtor.remark_ids)
        self.assertIn(("told_paid", "you told us that you paid: we are looking for it"), row["marks"])
        lead = " ".join(self._lead()).replace("\xa0", " ")
        self.assertIn(f"You told us that you paid {self.move.name}: we are looking for your payment.", lead)
        self.assertIn("$ 300.00", lead)
        self.assertNotIn("1,300.00", lead)
        self._settle(other)
        self.assertIn("There is nothing else to do at the moment.", self._lead())
        page = self._words(self._get(f"/item/{self._item(self.move).id}"))
        self.assertIn("You told us that you paid it: we are looking for your payment.", page)

    def _rows(self):
        self.env.invalidate_all()
        return self.debtor._mark_page_rows(self.debtor._get_page_items())

    def _lead(self):
        return [said["text"] for said in self.debtor._get_page_words(self._rows())]
