"""A payment that was begun and of which nothing was heard: who pays the same again is asked first."""

from odoo import fields
from odoo.tests import freeze_time, tagged

from .test_page_pay import NOW, PayCommon


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPagePayBegun(PayCommon):
    def _age(self, tx, **ago):
        tx.last_state_change = fields.Datetime.subtract(fields.Datetime.now(), **ago)

    def _say_unpaid(self, choice, payments):
        """Say on the form that these were not paid; return the choice that it leads on to."""
        response = self._post(f"/pay/{choice}", unpaid=[str(tx.id) for tx in payments])
        self.assertEqual(response.status_code, 303, self._words(response))
        return response.headers["Location"].rsplit("/", 1)[1]

    def test_what_was_begun_ten_minutes_ago_is_asked_about_in_plain_words(self):
        self.company.collection_tz = "Europe/Paris"
        self._enter()
        tx = self._begun({self.move: "400", self.second: "500"})
        self._age(tx, minutes=9)
        choice = self._choice({self.move: "1000"})
        self.assertIn("in 1 minutes", self._refusal(self._begin(choice)))
        self._age(tx, minutes=10)
        with self._unchanged():
            page = self._get(f"/pay/{choice}")
        words = self._words(page)
        self.assertRegex(words, r"On 20 Mar 2026 at 9:50.AM you began to pay \$ ?900.00")
        self.assertIn(f"for {self.move.name}, {self.second.name}.", words)
        self.assertIn("has not told us how that ended", words)
        self.assertIn("please wait", words)
        self.assertIn("I did not pay then: pay now", words)
        self.assertIn("Or pay by bank transfer", words)
        self.assertNotIn("o_payment_form", page.text)
        self.assertNotIn(tx.reference, page.text)

    def test_without_an_answer_nothing_is_begun(self):
        self._enter()
        tx = self._begun({self.move: "1000"})
        self._age(tx, hours=3)
        choice = self._choice({self.move: "400"})
        for __ in range(2):
            refusal = self._refusal(self._begin(choice))
            self.assertRegex(refusal, r"you began to pay \$.?1,000.00 for .* has not told us")
            self.assertIn("reload this page", refusal)
        answer = self._post(f"/pay/{choice}")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("please wait", self._words(answer))
        self.assertEqual(self.move.transaction_ids, tx)

    def test_who_did_not_pay_then_says_so_and_pays(self):
        self._enter()
        tx = self._begun({self.move: "1000"})
        self._age(tx, hours=3)
        choice = self._choice({self.move: "1000"})
        answered = self._say_unpaid(choice, tx)
        self.assertIn("o_payment_form", self._get(f"/pay/{answered}").text)
        self.assertIn("result", self._begin(answered))
        self.assertEqual(len(self.move.transaction_ids), 2)
        self.assertIn("error", self._begin(choice))

    def test_an_answer_is_about_what_was_asked_and_nothing_else(self):
        self._enter()
        first = self._begun({self.move: "1000"})
        self._age(first, hours=3)
        choice = self._choice({self.move: "1000"})
        self.assertEqual(self._post(f"/pay/{choice}", unpaid=["x", "999999999"]).status_code, 422)
        answered = self._say_unpaid(choice, first)
        second = self._begun_again(answered)
        self._age(second, hours=2)
        self.assertIn("has not told us", self._refusal(self._begin(answered)))
        self.assertEqual(self._post(f"/pay/{answered}", unpaid=str(first.id)).status_code, 422)
        words = self._words(self._get(f"/pay/{answered}"))
        self.assertEqual(words.count("you began to pay"), 1)
        self.assertIn("result", self._begin(self._say_unpaid(answered, second)))

    def _begun_again(self, choice):
        before = self.move.transaction_ids
        self.assertIn("result", self._begin(choice))
        return self.move.transaction_ids - before

    def test_several_that_were_begun_are_each_asked_about(self):
        self._enter()
        payments = self._begun({self.move: "100"}) | self._begun({self.second: "500"})
        self._age(payments, hours=1)
        choice = self._choice({self.move: "1000", self.second: "500"})
        self.assertEqual(self._words(self._get(f"/pay/{choice}")).count("you began to pay"), 2)
        self.assertEqual(self._post(f"/pay/{choice}", unpaid=str(payments[:1].id)).status_code, 422)
        self.assertIn("result", self._begin(self._say_unpaid(choice, payments)))

    def test_after_a_day_nobody_is_asked(self):
        self._enter()
        self._age(self._begun({self.move: "1000"}), hours=24)
        choice = self._choice({self.move: "1000"})
        self.assertIn("o_payment_form", self._get(f"/pay/{choice}").text)
        self.assertIn("result", self._begin(choice))

    def test_another_invoice_is_not_asked_about(self):
        self._enter()
        self._age(self._begun({self.move: "1000"}), hours=3)
        self._begun({self.second: "500"})

    def test_what_ended_meanwhile_is_what_counts(self):
        self._enter()
        tx = self._begun({self.move: "1000"})
        self._age(tx, hours=3)
        choice = self._choice({self.move: "1000"})
        answered = self._say_unpaid(choice, tx)
        self._finish(tx)
        self.assertIn("was paid meanwhile", self._refusal(self._begin(answered)))
        self.assertEqual(self._post(f"/pay/{choice}", unpaid=str(tx.id)).status_code, 422)

    def test_an_answer_to_a_choice_that_has_ended_leads_nowhere(self):
        self._enter()
        self.assertEqual(self._post("/pay/x", unpaid="1").status_code, 422)
        choice = self.strange_debtor._sign_choice([({"item": self._item(self.strange_move)}, 777.77)])
        response = self._post(f"/pay/{choice}", unpaid="1")
        self.assertEqual(response.status_code, 422)
        self.assertNotIn(self.strange_move.name, response.text)
