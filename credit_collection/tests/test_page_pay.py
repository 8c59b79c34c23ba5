"""Paying on the customer's page: what is chosen, that nothing is paid twice, and what the ledger makes of it."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import DAY
from .page_common import PageCommon
from .test_browser import WAIT

NOW = "2026-03-20 09:00:00"
NARROW = """
    const narrow = () => {
        if (document.documentElement.scrollWidth > window.innerWidth) { throw new Error("wider than the screen"); }
    };
"""


class PayCommon(PageCommon):
    """Two invoices that are overdue, and a provider that pretends to take money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._new_invoice("2026-03-11", 500)
        cls.provider = cls.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", cls.company.id)], limit=1
        ) or cls.env.ref("payment.payment_provider_demo").copy({"company_id": cls.company.id})
        cls.provider.write({"state": "test", "is_published": True})
        cls.method = cls.env.ref("payment_demo.payment_method_demo")
        cls.method.active = True
        cls.provider.journal_id = cls.company_data["default_journal_bank"]

    # === HELPERS === #

    def _choose(self, amounts, **values):
        """Choose ``{invoice: what is typed}``; return the answer."""
        names = {f"amount_{self._item(move).id}": text for move, text in amounts.items()}
        return self._post("/pay", item=[str(self._item(move).id) for move in amounts], **names, **values)

    def _choice(self, amounts):
        response = self._choose(amounts)
        self.assertEqual(response.status_code, 303, self._words(response))
        return response.headers["Location"].rsplit("/", 1)[1]

    def _begin(self, choice, debtor=None, **values):
        """Press the button of the payment form; return what the server answers."""
        params = {
            "provider_id": self.provider.id, "payment_method_id": self.method.id, "token_id": None, "flow": "direct",
            "tokenization_requested": False, "landing_route": "/evil", "is_validation": False, "amount": 0.01,
            "access_token": "", **values,
        }  # fmt: skip
        path = f"/my/collection/{(debtor or self.debtor).id}/pay/{choice}/transaction"
        return self.url_open(path, json={"jsonrpc": "2.0", "params": params}).json()

    def _begun(self, amounts, **values):
        answer = self._begin(self._choice(amounts), **values)
        self.assertIn("result", answer, answer)
        return self.env["payment.transaction"].search([("reference", "=", answer["result"]["reference"])])

    def _refusal(self, answer):
        self.assertIn("error", answer, answer)
        return answer["error"]["data"]["message"]

    def _finish(self, tx, state="done"):
        tx._process("demo", {"reference": tx.reference, "simulated_state": state, "payment_details": "1234"})
        tx._post_process()

    def _open(self, move):
        return move.currency_id.round(sum(self._item(move).mapped("amount_residual_currency")))

    def _credit(self, tx):
        lines = tx.payment_id.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        return -sum(lines.mapped("amount_residual_currency"))


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPagePay(PayCommon):
    # === WHAT IS PAID === #

    def test_one_invoice_is_paid_from_the_link_to_the_ledger(self):
        self._enter()
        tx = self._begun({self.move: "1,000.00"})
        self.assertEqual((tx.amount, tx.currency_id, tx.state), (1000, self.move.currency_id, "draft"))
        self.assertEqual((tx.partner_id, tx.invoice_ids), (self.contact, self.move))
        self.assertIn(f"/my/collection/{self.debtor.id}/pay/receipt/", tx.landing_route)
        self._finish(tx)
        self.assertEqual((self._open(self.move), self._open(self.second)), (0, 500))
        self.assertEqual((self.move.payment_state, tx.payment_id.partner_id), ("paid", self.customer))
        self.assertEqual(tx.payment_id.invoice_ids, self.move)
        words = self._words(self.url_open(tx.landing_route))
        self.assertRegex(words, r"Thank you! We have received your payment of \$ ?1,000.00")
        self.assertIn(tx.reference, words)

    def test_several_are_paid_at_once_under_one_number(self):
        self._enter()
        tx = self._begun({self.move: "1000", self.second: "500.00"})
        self.assertEqual((tx.amount, tx.invoice_ids), (1500, self.move | self.second))
        self.assertNotIn("INV", tx.reference)
        self._finish(tx)
        self.assertEqual((self._open(self.move), self._open(self.second), self._credit(tx)), (0, 0, 0))

    def test_a_part_leaves_the_rest_open(self):
        self._enter()
        tx = self._begun({self.move: "300", self.second: "500"})
        self._finish(tx)
        self.assertEqual((self._open(self.move), self._open(self.second), self._credit(tx)), (700, 0, 0))

    def test_two_parts_and_a_whole_in_one_payment_are_set_against_exactly_these(self):
        third = self._new_invoice("2026-03-12", 80)
        self._enter()
        tx = self._begun({self.move: "300", self.second: "123.45", third: "80"})
        self._finish(tx)
        self.assertEqual((self._open(self.move), self._open(self.second)), (700, 376.55))
        self.assertEqual((self._open(third), self._credit(tx)), (0, 0))
        entry = tx.payment_id.move_id
        self.assertEqual((entry.state, sum(entry.line_ids.mapped("balance"))), ("posted", 0))

    def test_an_instalment_is_paid_and_the_one_before_it_is_not(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (0, 30)
                ],
            }
        )
        move = self._new_invoice("2026-03-01", 400, invoice_payment_term_id=term.id, invoice_date_due=False)
        first, later = self._item(move).sorted("date_maturity")
        self._enter()
        response = self._post("/pay", item=str(later.id), **{f"amount_{later.id}": "200"})
        answer = self._begin(response.headers["Location"].rsplit("/", 1)[1])
        tx = self.env["payment.transaction"].search([("reference", "=", answer["result"]["reference"])])
        self._finish(tx)
        self.assertEqual((first.amount_residual, later.amount_residual), (200, 0))

    def test_a_foreign_currency_is_paid_in_whole_and_in_parts_with_its_differences_of_exchange(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 0.5), ("2026-03-15", 0.8)])
        moves = [self._new_invoice(f"2026-03-0{day}", 100, currency_id=euro.id) for day in (3, 4, 5)]
        self._enter()
        tx = self._begun(dict(zip(moves, ("100", "33.33", "40"), strict=True)))
        self.assertEqual((tx.amount, tx.currency_id), (173.33, euro))
        self._finish(tx)
        self.assertEqual([self._open(move) for move in moves], [0, 66.67, 60])
        self.assertEqual((self._credit(tx), moves[0].payment_state), (0, "paid"))
        self.assertEqual(self._item(moves[0]).amount_residual, 0)
        self.assertAlmostEqual(self._item(moves[1]).amount_residual, 66.67 / 0.5, places=1)
        lines = tx.payment_id.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertFalse(any(lines.mapped("amount_residual")))

    def test_invoices_on_two_accounts_are_paid_at_once(self):
        account = self._item(self.second).account_id.copy({"code": "RECV2"})
        self.customer.property_account_receivable_id = account
        other = self._new_invoice("2026-03-12", 80)
        self.assertEqual(self._item(other).account_id, account)
        self._enter()
        tx = self._begun({self.move: "1000", other: "80"})
        self._finish(tx)
        self.assertEqual((self._open(self.move), self._open(other), self._credit(tx)), (0, 0, 0))

    def test_planned_reminders_vanish_and_the_file_tells(self):
        self._plan("2026-03-20")
        action = self.debtor.action_ids
        self.assertEqual(action.state, "planned")
        self._enter()
        self._finish(self._begun({self.move: "1000", self.second: "500"}))
        self.assertEqual(action.state, "skipped")
        message = self.debtor.message_ids.filtered(lambda message: "paid online" in message.body)
        self.assertEqual(message.author_id, self.contact)
        self.assertFalse(self.debtor.activity_ids)

    def test_who_was_reminded_is_thanked_once(self):
        self._cycle("2026-03-12")
        self._enter()
        self._finish(self._begun({self.move: "1000", self.second: "500"}))
        self.env.cr.flush()
        self.env.cr.execute(
            "UPDATE account_partial_reconcile SET create_date = '2026-03-20 09:00:00' WHERE id IN %s",
            [tuple(self._item(self.move).matched_credit_ids.ids + self._item(self.second).matched_credit_ids.ids)],
        )
        self.env.invalidate_all()
        plan = self.env["credit.collection.action"]._plan_thanks
        thanks = plan(self.company, DAY("2026-03-23"))
        self.assertEqual((len(thanks), thanks.amount), (1, 1500))
        self.assertFalse(plan(self.company, DAY("2026-03-23")))

    # === NOTHING TWICE === #

    def test_a_double_click_begins_one_payment(self):
        self._enter()
        choice = self._choice({self.move: "1000"})
        self.assertIn("result", self._begin(choice))
        self.assertIn("a moment ago", self._refusal(self._begin(choice)))
        self.assertEqual(len(self.move.transaction_ids), 1)

    def test_of_two_tabs_with_other_amounts_the_second_is_refused(self):
        self._enter()
        one = self._choice({self.move: "1000"})
        two = self._choice({self.move: "10", self.second: "500"})
        self.assertIn("result", self._begin(one))
        self.assertIn("in 10 minutes", self._refusal(self._begin(two)))
        self.assertIn("a moment ago", self._words(self._get(f"/pay/{two}")))
        self.assertNotIn("o_payment_form", self._get(f"/pay/{two}").text)

    def test_another_invoice_can_be_paid_meanwhile(self):
        self._enter()
        self._begun({self.move: "1000"})
        self._begun({self.second: "500"})

    def test_a_payment_that_failed_or_was_cancelled_can_be_tried_again_at_once(self):
        self._enter()
        for state, words in (("error", "did not go through"), ("cancel", "You have stopped this payment")):
            tx = self._begun({self.move: "1000"})
            self._finish(tx, state)
            receipt = self.url_open(tx.landing_route)
            self.assertIn(words, self._words(receipt))
            self.assertIn(f"/pay?item={self._item(self.move).id}", receipt.text)
        self._begun({self.move: "1000"})

    def test_a_pending_payment_of_all_closes_its_invoice(self):
        self._enter()
        choice = self._choice({self.move: "1000"})
        tx = self._begun({self.move: "1000"})
        self._finish(tx, "pending")
        self.assertIn("under way", self._refusal(self._begin(choice)))
        self.assertEqual(self._choose({self.move: "600"}).status_code, 422)
        self.assertIn("under way", self._words(self.url_open(tx.landing_route)))
        page = self._get("/pay")
        self.assertNotIn(f'name="amount_{self._item(self.move).id}"', page.text)
        self.assertIn("A payment of 20 Mar 2026 is under way", self._words(page))

    def test_what_was_paid_and_is_not_booked_yet_is_not_paid_again(self):
        self._enter()
        choice, rest = self._choice({self.move: "700"}), self._choice({self.move: "600"})
        tx = self._begun({self.move: "400"})
        tx._process("demo", {"reference": tx.reference, "simulated_state": "done"})
        self.assertEqual(self._open(self.move), 1000)
        self.assertIn("600.00 is left to pay", self._refusal(self._begin(choice)))
        self.assertIn("result", self._begin(rest))
        tx._post_process()
        self.assertEqual(self._open(self.move), 600)

    def test_a_payment_of_core_s_own_page_counts_as_well(self):
        self._enter()
        choice = self._choice({self.move: "1000"})
        tx = self._begun({self.second: "500"})
        tx.collection_item_ids.sudo().unlink()
        tx.invoice_ids = self.move
        self.assertIn("a moment ago", self._refusal(self._begin(choice)))
        tx._process("demo", {"reference": tx.reference, "simulated_state": "done"})
        self.assertRegex(self._refusal(self._begin(choice)), r"\$.?500.00 is left to pay")
        self.assertRegex(self._words(self._get("/pay")), r"500.00 arrived and is being booked, \$ ?500.00 still open")
        self.assertIn("result", self._begin(self._choice({self.move: "500"})))

    def test_the_request_is_repeated_when_somebody_was_faster(self):
        """The database refuses the later of two: Odoo asks again, and then what the first one began is seen."""
        self._enter()
        choice = self._choice({self.move: "1000"})
        row = {"move": self.move, "item": self._item(self.move)}
        begun = {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "amount": 1000,
            "currency_id": self.move.currency_id.id,
            "partner_id": self.customer.id,
            "operation": "online_direct",
            **self.debtor._prepare_payment([(row, 1000)]),
        }
        calls = []

        def take_turn(self, debtors):
            calls.append(debtors)
            if len(calls) == 1:
                debtors.env.cr.execute("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$")
            debtors.env["payment.transaction"].create(begun)

        self.patch(self.env.registry["credit.collection.dispute.line"], "_take_turn", take_turn)
        self.assertIn("a moment ago", self._refusal(self._begin(choice)))
        self.assertEqual(calls, [self.debtor] * 2)

    # === CHANGED MEANWHILE === #

    def test_what_was_paid_meanwhile_is_said_before_anything_is_charged(self):
        self._enter()
        choice = self._choice({self.move: "1000"})
        self._pay(self.move, 700, "2026-03-20")
        words = self._words(self._get(f"/pay/{choice}"))
        self.assertRegex(words, rf"{self.move.name} has changed since you chose: \$ ?300.00 is left to pay")
        self.assertRegex(self._refusal(self._begin(choice)), "Nothing was charged.*300.00 is left to pay.*reload")
        self._pay(self.move, 300, "2026-03-20")
        refusal = self._refusal(self._begin(choice))
        self.assertRegex(refusal, rf"^Nothing was charged. {self.move.name} was paid meanwhile: there is nothing left")
        self.assertIn("reload this page", refusal)
        self.assertFalse(self.move.transaction_ids)

    def test_money_that_comes_for_what_is_paid_becomes_a_credit_and_a_task(self):
        self._enter()
        tx = self._begun({self.move: "1000", self.second: "200"})
        self._pay(self.move, 900, "2026-03-20")
        self._finish(tx)
        self.assertEqual((self._open(self.move), self._open(self.second), self._credit(tx)), (0, 300, 900))
        activity = self.debtor.activity_ids
        self.assertRegex(activity.summary, r"900.00 was paid online beyond what was open")
        self.assertIn(tx.reference, activity.note)
        self.assertEqual(activity.user_id, self.company._get_accountant())

    def test_an_invoice_that_is_cancelled_meanwhile_keeps_nothing_from_being_booked(self):
        self._enter()
        tx = self._begun({self.move: "1000"})
        self.move.button_draft()
        self.move.button_cancel()
        self._finish(tx)
        self.assertEqual((tx.payment_id.state, self._credit(tx)), ("in_process", 1000))
        self.assertEqual(tx.payment_id.partner_id, self.customer)
        self.assertEqual(len(self.debtor.activity_ids), 1)

    def test_an_invoice_that_was_posted_anew_meanwhile_is_paid(self):
        self._enter()
        tx = self._begun({self.move: "400"})
        self.move.button_draft()
        self.move.invoice_line_ids.price_unit = 900
        self.move.action_post()
        self._finish(tx)
        self.assertEqual((self._open(self.move), self._credit(tx)), (500, 0))

    def test_what_cannot_be_reconciled_is_booked_all_the_same(self):
        self._enter()
        tx = self._begun({self.move: "1000"})

        def refuse(self, *args):
            raise UserError(self.env._("Locked"))

        self.patch(self.env.registry["payment.transaction"], "_reconcile_shares", refuse)
        with self.assertLogs("odoo.addons.credit_collection.models.payment_transaction", "ERROR"):
            self._finish(tx)
        self.assertEqual((self._credit(tx), len(self.debtor.activity_ids)), (1000, 1))

    # === WHAT IS TYPED === #

    def test_amounts_that_make_no_sense_are_refused_in_words_and_shown_again(self):
        self._enter()
        number = self._item(self.move).id
        for text, words in (
            ("-5", "not an amount"),
            ("0", "greater than zero"),
            ("0.00", "greater than zero"),
            ("abc", "not an amount"),
            ("", "enter the amount"),
            ("1e3", "not an amount"),
            ("NaN", "not an amount"),
            ("12.345", "has more than 2 decimals"),
            ("1000.01", "1,000.00 is open"),
            ("99999999999999999", "not an amount"),
        ):
            with self.subTest(text):
                response = self._choose({self.move: text})
                self.assertEqual(response.status_code, 422)
                self.assertIn(words, self._words(response))
                self.assertIn(f'value="{text}"', response.text)
                self.assertIn(self.move.name, self._words(response))
                self.assertIn(f'aria-describedby="wrong_{number} why_{number}"', response.text)
                self.assertRegex(response.text, rf'id="amount_{number}"[^>]*aria-invalid="true"')
                self.assertRegex(response.text, rf'class="invalid-feedback" id="wrong_{number}">{self.move.name}: ')
                self.assertRegex(response.text, rf'id="item_{number}" checked')

    def test_one_wrong_amount_of_several_is_the_one_that_is_marked(self):
        self._enter()
        response = self._choose({self.move: "abc", self.second: "12.50"})
        self.assertEqual(response.text.count('aria-invalid="true"'), 1)
        self.assertRegex(response.text, rf'name="amount_{self._item(self.second).id}"[^>]*value="12.50"')
        response = self._choose({self.move: "", self.second: "0"})
        self.assertEqual(response.text.count('aria-invalid="true"'), 2)

    def test_at_least_one_invoice_is_chosen(self):
        self._enter()
        self.assertIn("choose at least one", self._words(self._post("/pay")))

    def test_two_currencies_are_two_payments(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 0.5)])
        other = self._new_invoice("2026-03-03", 100, currency_id=euro.id)
        self._enter()
        response = self._choose({self.move: "1000", other: "100"})
        self.assertEqual(response.status_code, 422)
        self.assertIn("pay EUR and USD separately", self._words(response).replace("USD and EUR", "EUR and USD"))
        self.assertEqual(self._get("/pay").text.count("o_collection_pay_form"), 2)

    def test_the_page_proposes_what_is_overdue_and_free(self):
        later = self._new_invoice("2026-04-30", 70)
        self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self.debtor.id,
                "reason_id": self.env["credit.collection.dispute.reason"].search([], limit=1).id,
                "line_ids": [Command.create({"move_line_id": self._item(self.second).id, "amount": 100})],
            }
        )
        self._enter()
        with self._unchanged():
            text = self._get("/pay").text
        self.assertRegex(text, rf'name="amount_{self._item(self.move).id}"[^>]*value="1,000.00"')
        self.assertRegex(text, rf'name="amount_{self._item(self.second).id}"[^>]*value="400.00"')
        self.assertRegex(text, rf'id="item_{self._item(self.second).id}" checked')
        self.assertNotRegex(text, rf'id="item_{self._item(later).id}" checked')
        text = self._get(f"/pay?item={self._item(later).id}&item=x&item={self._item(self.strange_move).id}").text
        self.assertRegex(text, rf'id="item_{self._item(later).id}" checked')
        self.assertNotRegex(text, rf'id="item_{self._item(self.move).id}" checked')

    def test_a_plan_proposes_its_next_instalment_oldest_invoice_first(self):
        items = self._item(self.move) | self._item(self.second)
        plan = self.env["credit.collection.plan"]._propose(self.debtor, items, count=2)
        plan._accept()
        self._enter()
        text = self._get(f"/pay?plan={plan.id}").text
        self.assertEqual(plan.next_amount, 750)
        self.assertRegex(text, rf'id="item_{self._item(self.move).id}" checked')
        self.assertRegex(text, rf'name="amount_{self._item(self.move).id}"[^>]*value="750.00"')
        self.assertNotRegex(text, rf'id="item_{self._item(self.second).id}" checked')
        text = self._get(f"/pay?plan={plan.id}&amount=1200").text
        self.assertRegex(text, rf'name="amount_{self._item(self.second).id}"[^>]*value="200.00"')
        for wrong in ("plan=x", "plan=999999999", "amount=NaN", "amount=-1", "plan=9999999999999"):
            self.assertEqual(self._get(f"/pay?{wrong}").status_code, 200)

    # === SIGNED CHOICES === #

    def test_going_back_keeps_what_was_chosen(self):
        self._enter()
        choice = self._choice({self.move: "123.45"})
        self.assertIn(f"/pay?choice={choice}", self._get(f"/pay/{choice}").text)
        text = self._get(f"/pay?choice={choice}").text
        self.assertRegex(text, rf'name="amount_{self._item(self.move).id}"[^>]*value="123.45"')
        self.assertNotRegex(text, rf'id="item_{self._item(self.second).id}" checked')

    def test_not_too_many_are_paid_at_once(self):
        chosen = dict.fromkeys(range(1, 152), 1.0)
        with self.assertRaisesRegex(UserError, "150 invoices at most"):
            self.debtor._check_chosen(chosen)

    def test_a_choice_that_was_changed_or_has_ended_pays_nothing(self):
        self._enter()
        choice = self._choice({self.move: "1000"})
        self.assertEqual(self._get(f"/pay/{choice}").status_code, 200)
        for wrong in (choice[:-4] + "AAAA", "x", choice[:-8]):
            with self.subTest(wrong), self._unchanged():
                self.assertIn("choose again", self._words(self._get(f"/pay/{wrong}")))
                self.assertIn("choose again", self._refusal(self._begin(wrong)))
        with freeze_time("2026-03-20 11:00:01"):
            self.assertIn("choose again", self._words(self._get(f"/pay/{choice}")))
            self.assertIn("choose again", self._refusal(self._begin(choice)))
        self.assertFalse(self.move.transaction_ids)

    def test_a_choice_of_another_customer_pays_nothing(self):
        self._enter()
        row = {"item": self._item(self.strange_move)}
        for debtor in (self.strange_debtor, self.debtor):
            choice = debtor._sign_choice([(row, 777.77)])
            response = self._get(f"/pay/{choice}")
            self.assertEqual(response.status_code, 422)
            self.assertNotIn(self.strange_move.name, response.text)
            self.assertIn("error", self._begin(choice))
        self.assertFalse(self.strange_move.transaction_ids)

    def test_somebody_else_s_invoice_is_not_found(self):
        self._enter()
        number = self._item(self.strange_move).id
        with self._unchanged():
            response = self._post("/pay", item=str(number), **{f"amount_{number}": "1"})
            nothing = [self._post("/pay", item=text) for text in ("2147483000", "9" * 15, "-1", "x")]
        self.assertEqual([answer.status_code for answer in (response, *nothing)], [404] * 5)
        self.assertNotIn("777", response.text)
        self.assertNotIn(self.strange_move.name, response.text)

    def test_somebody_else_s_receipt_is_not_found(self):
        self._enter(self.strange_debtor, self.stranger)
        tx = self._begin_for(self.strange_debtor, self.strange_move)
        receipt = tx.landing_route.rsplit("/", 1)[1]
        self._enter()
        self.assertEqual(self._get(f"/pay/receipt/{receipt}").status_code, 404)
        self.assertEqual(self._get("/pay/receipt/x").status_code, 404)

    def _begin_for(self, debtor, move):
        item = self._item(move)
        response = self._post("/pay", debtor, item=str(item.id), **{f"amount_{item.id}": str(item.amount_residual)})
        answer = self._begin(response.headers["Location"].rsplit("/", 1)[1], debtor)
        return self.env["payment.transaction"].search([("reference", "=", answer["result"]["reference"])])

    # === WHAT CANNOT BE PAID HERE === #

    def test_what_is_factored_or_collected_by_us_cannot_be_chosen(self):
        self.move.collection_exempt = "factored"
        method = self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        method.collection_by_us = True
        self.second.preferred_payment_method_line_id = method
        self._enter()
        text = self._get("/pay").text
        for move, words in ((self.move, "was assigned"), (self.second, "by direct debit")):
            self.assertNotIn(f'name="amount_{self._item(move).id}"', text)
            self.assertIn(words, text)
            response = self._choose({move: "1"})
            self.assertEqual(response.status_code, 422)
            self.assertIn(words, self._words(response))

    def test_what_an_insolvency_freezes_cannot_be_paid_and_the_page_says_why(self):
        self._enter()
        choice = self._choice({self.move: "1000"})
        self.debtor.write({"insolvency_date": "2026-02-20", "insolvency_reference": "Lyon, 26/118"})
        self.assertIn("the administrator decides", self._words(self._get("/pay")))
        self.assertEqual(self._choose({self.move: "1000"}).status_code, 422)
        self.assertIn("the administrator decides", self._refusal(self._begin(choice)))
        self.assertFalse(self.move.transaction_ids)

    def test_a_payment_that_never_came_closes_an_item_for_two_weeks_only(self):
        self._enter()
        tx = self._begun({self.move: "1000"})
        tx._set_pending()
        self.assertIn("under way", self._words(self._get("/pay")))
        tx.last_state_change = fields.Datetime.now() - timedelta(days=15)
        self.assertNotIn("under way", self._words(self._get("/pay")))
        self.assertEqual(self._choose({self.move: "1000"}).status_code, 303)

    def test_what_is_closed_meanwhile_is_not_charged(self):
        self._enter()
        choice = self._choice({self.move: "1000"})
        self.move.collection_exempt = "factored"
        self.assertIn("was assigned", self._refusal(self._begin(choice)))
        self.assertFalse(self.move.transaction_ids)

    # === WHO PAYS, AND HOW === #

    def test_what_the_browser_says_of_amount_payer_and_way_counts_for_nothing(self):
        self._enter()
        choice = self._choice({self.move: "1000"})
        for values in ({"provider_id": self.provider.copy().id}, {"flow": "free"}, {"payment_method_id": 0},
                       {"provider_id": None}, {"flow": "token", "token_id": 1}):  # fmt: skip
            with self.subTest(values):
                self.assertIn("not available", self._refusal(self._begin(choice, **values)))
        self.assertIn("error", self._begin(choice, partner_id=self.stranger.id))
        self.assertIn("error", self._begin(choice, currency_id=1))
        tx = self._begun({self.move: "999.99"}, amount=1, is_validation=True, tokenization_requested=True)
        self.assertEqual((tx.amount, tx.operation, tx.tokenize), (999.99, "online_direct", False))

    def _new_token(self, partner, state="done"):
        return self.env["payment.token"].create(
            {
                "provider_id": self.provider.id, "payment_method_id": self.method.id, "partner_id": partner.id,
                "payment_details": "4711", "provider_ref": "ref", "demo_simulated_state": state,
            }
        )  # fmt: skip

    def test_saved_cards_are_those_of_who_has_signed_in(self):
        token = self._new_token(self.contact)
        self._enter()
        choice = self._choice({self.move: "1000"})
        text = self._get(f"/pay/{choice}").text
        self.assertNotIn("4711", text)
        self.assertNotIn("o_payment_tokenize_checkbox", text)
        way = {"flow": "token", "token_id": token.id, "payment_method_id": None}
        self.assertIn("not available", self._refusal(self._begin(choice, **way)))

        user = self._new_portal_user("colleague", self.customer)
        own = self._new_token(user.partner_id)
        self.authenticate("page_colleague", "page_colleague")
        choice = self._choice({self.move: "1000"})
        text = self._get(f"/pay/{choice}").text
        self.assertIn(f'data-payment-option-id="{own.id}"', text)
        self.assertNotIn(f'id="o_payment_token_{token.id}"', text)
        self.assertIn("not available", self._refusal(self._begin(choice, **way)))
        answer = self._begin(choice, **{**way, "token_id": own.id})
        tx = self.env["payment.transaction"].search([("reference", "=", answer["result"]["reference"])])
        self.assertEqual((tx.state, tx.partner_id, tx.token_id), ("done", user.partner_id, own))
        tx._post_process()
        self.assertEqual(self._open(self.move), 0)

    def test_a_group_s_payer_settles_the_customer_s_account(self):
        holding = self._new_customer("Holding SA")
        self.debtor.payer_id = holding
        user = self._new_portal_user("holding", holding)
        self.authenticate("page_holding", "page_holding")
        tx = self._begun({self.move: "1000"})
        self._finish(tx)
        self.assertEqual((tx.partner_id, tx.payment_id.partner_id), (user.partner_id, self.customer))
        self.assertEqual(self._open(self.move), 0)

    def test_a_payment_that_is_authorized_first_is_settled_when_it_is_captured(self):
        self.provider.capture_manually = True
        self._enter()
        tx = self._begun({self.move: "300", self.second: "100"})
        self._finish(tx)
        self.assertEqual((tx.state, self._open(self.move)), ("authorized", 1000))
        self.assertEqual(self._choose({self.move: "700.01"}).status_code, 422)
        captured = tx._capture()
        (captured | tx)._post_process()
        self.assertEqual((tx.state, self._open(self.move), self._open(self.second)), ("done", 700, 400))

    # === BANK TRANSFER === #

    def test_the_transfer_names_the_invoice_s_own_account_only(self):
        bank, other = self.env["res.partner.bank"].create(
            [
                {"acc_number": number, "partner_id": self.company.partner_id.id, "allow_out_payment": True}
                for number in ("FR7630006000011234567890189", "BE68539007547034")
            ]
        )
        self.move.partner_bank_id = bank
        self.second.partner_bank_id = False
        self._enter()
        words = self._words(self._get(f"/pay/{self._choice({self.move: '1000'})}"))
        self.assertIn(bank.acc_number, words)
        self.assertIn(self.move.payment_reference or self.move.name, words)
        self.assertNotIn(other.acc_number, words)
        words = self._words(self._get(f"/pay/{self._choice({self.second: '500'})}"))
        self.assertNotIn(bank.acc_number, words)
        self.assertIn("bank account printed on the invoice", words)
        self.second.partner_bank_id = bank
        words = self._words(self._get(f"/pay/{self._choice({self.move: '1000', self.second: '500'})}"))
        self.assertIn(f"{self.move.name} {self.second.name}", words)
        bank.active = False
        self.assertNotIn(bank.acc_number, self._words(self._get(f"/pay/{self._choice({self.move: '1000'})}")))

    def test_a_transfer_in_euro_has_a_code_to_scan(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 0.5)])
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": self.company.partner_id.id}
        )
        move = self._new_invoice("2026-03-03", 100, currency_id=euro.id, partner_bank_id=bank.id)
        self._enter()
        choice = self._choice({move: "100"})
        with self._unchanged():
            text = self._get(f"/pay/{choice}").text
        self.assertIn("data:image/png;base64", text)

    def test_a_code_that_cannot_be_made_keeps_nobody_from_paying(self):
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "FR7630006000011234567890189", "partner_id": self.company.partner_id.id}
        )
        self.move.partner_bank_id = bank

        def fail(*args, **kwargs):
            raise OSError("no fonts")

        self.patch(self.env.registry["res.partner.bank"], "build_qr_code_base64", fail)
        self._enter()
        with self.assertLogs("odoo.addons.credit_collection", "WARNING"):
            response = self._get(f"/pay/{self._choice({self.move: '1000'})}")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Or pay by bank transfer", self._words(response))

    def test_without_a_way_to_pay_online_the_transfer_stays(self):
        self.env["payment.provider"].search([("company_id", "=", self.company.id)]).state = "disabled"
        self._enter()
        words = self._words(self._get(f"/pay/{self._choice({self.move: '1000'})}"))
        self.assertIn("Please pay by bank transfer", words)

    def test_a_colleague_sees_the_page_and_pays_nothing(self):
        self.collector.password = "collection_collector"
        choice = self.debtor._sign_choice([({"item": self._item(self.move)}, 1000.0)])
        self.authenticate("collection_collector", "collection_collector")
        with self._unchanged():
            self.assertEqual(self._get("/pay").status_code, 200)
            page = self._get(f"/pay/{choice}")
            self.assertNotIn('id="o_payment_form"', page.text)
            self.assertEqual(self._choose({self.move: "1"}).status_code, 403)
            self.assertIn("error", self._begin(choice))


@tagged("post_install", "-at_install")
class TestPagePayBrowser(PayCommon):
    """The same with a browser, as a portal user."""

    browser_size = "390x844"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_portal_user("colleague", cls.customer)

    def _look(self, path, script):
        self.browser_js(
            f"/my/collection/{self.debtor.id}{path}",
            f"(async () => {{ {WAIT} {NARROW} {script} }})()"
            ".catch((error) => console.error(`failed: ${error.message}`));",
            "document.readyState === 'complete'",
            login="page_colleague",
            timeout=60,
        )

    def test_the_sum_follows_what_is_chosen(self):
        first, second = self._item(self.move).id, self._item(self.second).id
        self._look(
            f"/pay?item={first}",
            f"""
            const sum = (words) => text(".o_collection_pay_sum", words);
            await sum("$1,000.00");
            document.querySelector("#item_{second}").click();
            await sum("$1,500.00");
            const amount = document.querySelector("#amount_{first}");
            amount.value = "250.50";
            amount.dispatchEvent(new Event("input", {{ bubbles: true }}));
            await sum("$750.50");
            for (const wrong of ["-5", "12.345", "abc", "0", "1000.01", "1,23.4"]) {{
                amount.value = wrong;
                amount.dispatchEvent(new Event("input", {{ bubbles: true }}));
                await sum("Together: –");
                if (!document.querySelector("#item_{first}").checked) {{ throw new Error(`unticked by ${{wrong}}`); }}
            }}
            amount.value = "";
            amount.dispatchEvent(new Event("input", {{ bubbles: true }}));
            await sum("Together: –");
            if (!document.querySelector("#item_{first}").checked) {{ throw new Error("unticked by nothing"); }}
            amount.value = "$ 1,000.00";
            amount.dispatchEvent(new Event("input", {{ bubbles: true }}));
            await sum("$1,500.00");
            narrow();
            console.log("test successful");
            """,
        )

    def test_a_payment_goes_from_the_button_to_the_receipt(self):
        choice = self.debtor._sign_choice([({"item": self._item(self.move)}, 400.0)])
        self._look(
            f"/pay/{choice}",
            """
            narrow();
            const button = await until("the button", () =>
                document.querySelector("[name=o_payment_submit_button]:not([disabled])"));
            button.click();
            await until("the provider's answer", () =>
                performance.getEntriesByType("resource").some((entry) => entry.name.includes("simulate_payment")));
            console.log("test successful");
            """,
        )
        tx = self.move.transaction_ids
        self.assertEqual((tx.state, tx.amount), ("done", 400))
