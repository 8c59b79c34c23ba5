"""What a customer sees on the front page: words, sums, items, and nothing of what we think."""

import re

from odoo import Command, fields
from odoo.tests import tagged

from .page_common import PageCommon

MARK = "<script>alert(1)</script>"


class SeenCommon(PageCommon):
    """Days count from today: the page always shows the ledger of the moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._get_collection_today()
        cls.dollar = cls.company.currency_id
        cls.euro = cls.env.ref("base.EUR")
        cls.euro.active = True
        cls.move.button_draft()
        cls.move.with_context(force_delete=True).unlink()
        cls.move = cls._bill(-20, ref="PO-77")

    @classmethod
    def _day(cls, offset):
        return fields.Date.add(cls.today, days=offset)

    @classmethod
    def _bill(cls, offset, amount=1000.0, **values):
        """Post an invoice that is due ``offset`` days from today."""
        return cls._new_invoice(fields.Date.to_string(cls._day(offset)), amount, **values)

    def _settle(self, move, amount=None, offset=-10):
        return self._pay(move, amount, fields.Date.to_string(self._day(offset)))

    def _credit(self, move, amount, reason="Box 3 came broken", reconcile=True):
        """Credit an invoice; without reconciling, a note that names none."""
        if not reconcile:
            day = fields.Date.to_string(self._day(25))
            return self._new_invoice(day, amount, move_type="out_refund", ref=reason)
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        values = {"reason": reason, "date": self._day(-5), "journal_id": move.journal_id.id}
        note = self.env["account.move"].browse(wizard.create(values).reverse_moves()["res_id"])
        note.invoice_line_ids = [
            Command.clear(),
            Command.create({"name": "Goods", "price_unit": amount, "tax_ids": []}),
        ]
        note.action_post()
        return note

    def _promise(self, move, offset=5, amount=None, **values):
        promises = self.env["credit.collection.promise"].with_user(self.collector)
        return promises._make(
            self.debtor.with_user(self.collector), self._item(move), amount, self._day(offset), **values
        )

    def _dispute(self, move, amount):
        reason = self.env.ref("credit_collection.credit_collection_dispute_reason_price")
        disputes = self.env["credit.collection.dispute"]
        return disputes._open_for(self.debtor, {self._item(move): amount}, reason, "The price was 9")

    def _plan_for(self, moves, accept=True):
        plans = self.env["credit.collection.plan"].with_user(self.manager)
        items = self.env["account.move.line"].union(*(self._item(move) for move in moves))
        plan = plans._propose(
            self.debtor.with_user(self.manager), items, count=3, first=self._day(4), contact=self.contact
        )
        if accept:
            plan._accept()
        return plan

    def _see(self, path="", debtor=None):
        """Enter and return the words of a page."""
        debtor = debtor or self.debtor
        self._enter(debtor, self.contact if debtor == self.debtor else self.stranger)
        response = self._get(path, debtor)
        self.assertEqual(response.status_code, 200)
        return self._words(response)


@tagged("post_install", "-at_install")
class TestPageOverview(SeenCommon):
    # === SUMS AND ITEMS === #

    def test_only_what_is_to_be_paid_is_chosen_beforehand(self):
        self._enter()
        ticked = lambda: re.findall(r'<input type="checkbox" name="item"[^>]*checked', self._get().text)  # noqa: E731
        count = len(ticked())
        self.assertTrue(count)
        item = self._item(self.move)
        self.env["credit.collection.dispute"]._open_for(self.debtor, {item: item.amount_residual_currency}, None, "No")
        self.assertEqual(len(ticked()), count - 1)

    def test_sums_are_told_for_each_currency(self):
        self._bill(10, 400)
        self._bill(-5, 300, currency_id=self.euro.id)
        self._credit(self.move, 75, reconcile=False)
        rows = self.debtor._mark_page_rows(self.debtor._get_page_items())
        dollars, euros = self.debtor._get_page_totals(rows).values()
        self.assertEqual((dollars["balance"], dollars["overdue"], dollars["not_due"]), (1325, 1000, 400))
        self.assertEqual((dollars["credits"], euros["balance"], euros["overdue"]), (75, 300, 300))
        words = self._see()
        self.assertIn("Balance $ 1,325.00 Overdue $ 1,000.00 Not due yet $ 400.00 Your credit $ 75.00", words)
        self.assertIn("Balance 300.00 € Overdue 300.00 €", words)

    def test_what_is_agreed_or_in_question_is_not_called_overdue_nor_asked_for(self):
        asked, promised, disputed = (self._bill(-9, amount) for amount in (50, 60, 70))
        self.env["credit.collection.promise"]._make(self.debtor, self._item(promised), 60, self._day(3))
        self.env["credit.collection.dispute"]._open_for(self.debtor, {self._item(disputed): 70}, None, "No")
        self._settle(self.move)
        self._enter()
        page = self._get()
        words = self._words(page)
        self.assertIn("Balance $ 180.00 Overdue $ 50.00 In question $ 70.00 Not asked for now $ 60.00", words)
        self.assertEqual(page.text.count("o_collection_late"), 1)
        first = page.text.split("o_collection_first")[1]
        self.assertIn("$ 50.00", first.split("</p>")[0].replace("﻿", ""))
        self.assertRegex(first.split("</p>")[1], 'href="[^"]+/pay" class="btn btn-primary')
        self.assertRegex(self._get(f"/item/{self._item(asked).id}").text, "btn-primary[^>]*>Pay this")
        self.assertRegex(self._get(f"/item/{self._item(promised).id}").text, "btn-outline-primary[^>]*>Pay this")
        self._settle(asked)
        page = self._get()
        for words in ("Overdue", "See and pay", "Pay now", "o_collection_late", "Why it takes longer"):
            self.assertNotIn(words, page.text)

    def test_each_item_shows_its_days_reference_and_what_is_left(self):
        self._settle(self.move, 300)
        due, dated = (self.debtor._format_page_day(self._day(offset)) for offset in (-20, -50))
        words = self._see()
        self.assertIn(
            f"Choose {self.move.name} {self.move.name} Your reference: PO-77 {dated} {due} $ 1,000.00 $ 700.00", words
        )

    def test_parts_of_an_invoice_are_told_apart(self):
        parts = [Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (10, 40)]
        term = self.env["account.payment.term"].create({"name": "Halves", "line_ids": parts})
        self._bill(0, 600, invoice_payment_term_id=term.id, invoice_date=self._day(-5), invoice_date_due=False)
        words = self._see()
        self.assertIn("part 1 of 2", words)
        self.assertIn("part 2 of 2", words)

    def test_credits_stand_apart_and_cannot_be_chosen(self):
        note = self._credit(self.move, 75, reconcile=False)
        self._enter()
        page = self._get()
        self.assertRegex(self._words(page), rf"Your credit .*{note.name} Box 3 came broken .*\$ 75.00")
        self.assertEqual(re.findall(r'name="item"[^>]*value="(\d+)"', page.text), [str(self._item(self.move).id)])

    def test_the_form_leads_to_the_payment_with_the_items_chosen(self):
        self._enter()
        page = self._get().text
        self.assertIn(f'<form method="get" action="/my/collection/{self.debtor.id}/pay">', page)
        self.assertIn(f'href="/my/collection/{self.debtor.id}/item/{self._item(self.move).id}"', page)

    def test_what_was_assigned_says_why_and_cannot_be_chosen(self):
        self.move.collection_exempt = "factored"
        self._enter()
        page = self._get()
        self.assertIn("This invoice was assigned", self._words(page))
        self.assertNotIn('name="item"', page.text)

    def test_badges_say_what_was_agreed_in_plain_words(self):
        promised, disputed, planned = self._bill(-15, 600), self._bill(-14, 900), self._bill(-13, 300)
        self._promise(promised)
        self._dispute(disputed, 450)
        self._plan_for(planned)
        words = self._see()
        self.assertIn(f"promised for {self.debtor._format_page_day(self._day(5))}", words)
        self.assertIn("$ 450.00 in question", words)
        self.assertIn("in your instalments", words)

    def test_a_payment_under_way_is_seen(self):
        provider = self.env["payment.provider"].search([("company_id", "=", self.company.id)], limit=1)
        provider = provider or self.env["payment.provider"].create({"name": "Test", "company_id": self.company.id})
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id, "amount": 1000, "currency_id": self.dollar.id, "reference": "T-1",
                "payment_method_id": self.env["payment.method"].with_context(active_test=False).search([], limit=1).id,
                "partner_id": self.customer.id, "state": "pending", "invoice_ids": [Command.set(self.move.ids)],
            }
        )  # fmt: skip
        words = self._see()
        self.assertIn("payment under way", words)
        self.assertNotIn("was due by now", words)

    def test_nothing_open_is_a_friendly_page(self):
        self._settle(self.move)
        words = self._see()
        self.assertIn("Nothing is open: thank you.", words)
        self.assertNotIn("Pay what is chosen", words)

    # === WORDS === #

    def _lead(self):
        return [said["text"] for said in self.debtor._get_page_words(self._rows())]

    def _rows(self):
        self.env.invalidate_all()
        return self.debtor._mark_page_rows(self.debtor._get_page_items())

    def test_the_greeting_names_the_contact(self):
        self.assertIn(f"Hello {self.contact.name}", self._see())

    def test_before_the_day_there_is_nothing_to_do(self):
        self._settle(self.move)
        self._bill(12)
        day = self.debtor._format_page_day(self._day(12))
        self.assertEqual(self._lead(), [f"All is well: there is nothing to do before {day}."])

    def test_a_promise_is_thanked_for_and_not_asked_again(self):
        self._promise(self.move)
        day = self.debtor._format_page_day(self._day(5))
        said = self._lead()
        self.assertEqual(
            said[0].replace("\xa0", " "), f"You told us that you would pay $ 1,000.00 on {day}: thank you."
        )
        self.assertEqual(said[1:], ["There is nothing else to do at the moment."])

    def test_what_is_in_question_is_left_out_of_what_was_due(self):
        self._dispute(self.move, 400)
        said = [text.replace("\xa0", " ") for text in self._lead()]
        self.assertIn("$ 600.00 was due by now", said[0])
        self.assertIn("We are looking into $ 400.00", said[1])

    def test_a_proposal_that_was_sent_is_led_to(self):
        plan = self._plan_for([self.move], accept=False)
        self.assertNotIn("We have proposed", self._see())
        today = self.debtor._get_today()
        self._message(purpose="plan_proposal", plan_id=plan.id, step_id=False, scenario_id=False, date_sent=today)
        self._enter()
        page = self._get()
        self.assertIn("We have proposed to you to pay in instalments", self._words(page))
        self.assertIn(f"/my/collection/{self.debtor.id}/plan/{plan.id}", page.text)

    def test_instalments_name_the_next_one(self):
        self._plan_for([self.move])
        day = self.debtor._format_page_day(self._day(4))
        self.assertIn(f"the next one is $\xa0333.34 on {day}", self._lead()[0])

    def test_words_go_by_the_manner_of_the_profile_and_never_name_it(self):
        profile = self.env["credit.collection.profile"].create({"name": "Slow payers", "domain": "[]"})
        self.debtor.write({"profile_id": profile.id, "profile_pin_reason": "Board said so"})
        # A customer of some years, so that nobody welcomes it.
        self._bill(-900, 10)
        seen = set()
        for manner in ("plain", "thankful", "helpful", "formal"):
            profile.page_manner = manner
            seen.add(self._lead()[0])
            page = self._see()
            for hidden in ("Slow payers", "Board said so", manner):
                self.assertNotIn(hidden, page)
        self.assertEqual(len(seen), 4)

    def test_a_new_customer_is_welcomed(self):
        self.assertIn("Welcome as our customer", self._lead()[0])

    def test_habits_are_read_from_the_ledger(self):
        for offset in (-300, -200, -150):
            self._settle(self._bill(offset), offset=offset - 2)
        self.assertEqual(self.debtor._get_page_habit(), "reliable")
        for offset in (-290, -190, -140, -130):
            self._settle(self._bill(offset), offset=offset + 30)
        self.assertEqual(self.debtor._get_page_habit(), "late")

    def test_the_reason_is_answered_but_not_repeated(self):
        self._bill(-900, 10)
        for code, words in (
            ("cash", "instalments may help"),
            ("not_received", "download it"),
            ("paid", "we look for it"),
        ):
            reason = self.env.ref(f"credit_collection.credit_collection_late_reason_{code}")
            self.debtor.write({"late_reason_id": reason.id, "late_reason_date": self._day(-10)})
            self.assertIn(words, " ".join(self._lead()))
            self.assertNotIn(reason.name, self._see())
        self.debtor.late_reason_date = self._day(-400)
        self.assertEqual(len(self._lead()), 1, "what was said long ago is forgotten")

    def test_who_is_in_difficulty_is_offered_instalments(self):
        self._bill(-900, 10)
        self.debtor.write(
            {
                "difficulty_from": self._day(-3),
                "difficulty_until": self._day(30),
                "difficulty_reason": "Fire in the shop",
            }
        )
        words = self._see()
        self.assertIn("instalments may help", words)
        self.assertNotIn("Fire in the shop", words)

    # === SUMMARY === #

    def test_the_summary_adds_up(self):
        self._settle(self._bill(-100, 2000), offset=-90)
        self._settle(self.move, 300)
        self._credit(self.move, 100)
        (story,) = self.debtor._get_page_story()
        self.assertEqual((story["bought"], story["paid"], story["settled"], story["open"]), (3000, 2300, 100, 600))
        owed = self.debtor._get_page_totals(self._rows())[self.dollar]["owed"]
        self.assertEqual(story["open"], owed)
        self.assertIn(
            "You paid of them, thank you $ 2,300.00 Credited or settled otherwise $ 100.00 Still open $ 600.00",
            self._see(),
        )

    def test_the_bars_are_decoration_that_stands_still_for_who_prefers_that(self):
        self._enter()
        page = self._get().text
        self.assertEqual(
            page.count('class="o_collection_bar"'), page.count('class="o_collection_bar" aria-hidden="true"')
        )
        styles = self.env["ir.asset"]._get_asset_paths("web.assets_frontend", {})
        paths = [path for __, path, *__ in styles if path and path.endswith("page_overview.scss")]
        (path,) = paths
        with open(path) as file:
            text = file.read()
        outside = re.sub(r"@media \(prefers-reduced-motion: no-preference\) \{.*?\n\}\n", "", text, flags=re.DOTALL)
        self.assertNotIn("animation:", outside)
        self.assertNotIn("opacity", text)
        self.assertIn("animation:", text)

    # === WHAT IS NOT SHOWN === #

    def test_nothing_of_what_we_note_is_shown(self):
        hidden = {
            "note": "Pinned: shouts on the phone", "hold_until": self._day(3), "hold_reason": "Lawyer called",
            "late_reason_id": self.env.ref("credit_collection.credit_collection_late_reason_refuses").id,
            "late_reason_date": self._day(-1),
        }  # fmt: skip
        self.debtor.write(hidden)
        self.debtor.message_post(body="Chatter of a collector")
        self._promise(self.move, note="Did not sound sincere")
        disputed = self._bill(-9, 500)
        self._dispute(disputed, 50)
        self._message(reason="Server said 250")
        paths = ["", f"/item/{self._item(self.move).id}", f"/item/{self._item(disputed).id}", "/messages"]
        self._enter()
        for path in paths:
            words = self._words(self._get(path))
            for secret in (
                "shouts", "Lawyer", "Refuses", "Chatter", "sincere", "Server said", "friendly", "Test ladder",
                "level", "score",
            ):  # fmt: skip
                self.assertNotIn(secret, words, path)

    def test_text_of_others_is_never_html(self):
        self.move.ref = MARK
        self.contact.name = f"Claire {MARK}"
        self._credit(self.move, 10, reason=MARK)
        message = self._message(subject=MARK)
        self._enter()
        for path in ("", f"/item/{self._item(self.move).id}", "/messages", f"/messages/{message.id}"):
            page = self._get(path).text
            self.assertNotIn(MARK, page, path)
            self.assertIn("&lt;script&gt;alert(1)", page, path)

    def test_somebody_else_s_invoices_are_not_there(self):
        words = self._see()
        for secret in (self.strange_move.name, "777.77", "ZE-1", "Zephyr"):
            self.assertNotIn(secret, words)

    def test_a_colleague_sees_the_same_without_ways_to_pay(self):
        self.collector.password = "collection_collector"
        self.authenticate("collection_collector", "collection_collector")
        words = self._words(self._get())
        self.assertIn(self.move.name, words)
        self.assertNotIn("Pay what is chosen", words)
        self.assertNotIn("See and pay", words)

    def test_amounts_are_written_as_the_visitor_does(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contact.lang = "fr_FR"
        location = self._enter().headers["Location"]
        words = self._words(self.url_open(location))
        self.assertIn("1 000,00 $", words.replace("\u202f", " "))

    # === HOW MUCH IT COSTS === #

    def test_sixty_items_take_as_many_questions_as_three(self):
        self._agree_on([self.move], [self._bill(-18)], [self._bill(-17)])
        few = self._count_queries()
        moves = [self._bill(-16 + number % 3, 10 + number) for number in range(57)]
        self._agree_on(moves[:19], moves[19:38], moves[38:])
        self.assertEqual(len(self.debtor._get_page_items()), 60)
        self.assertLessEqual(self._count_queries(), few)

    def _agree_on(self, promised, planned, disputed):
        promises = self.env["credit.collection.promise"].with_user(self.manager)
        items = self.env["account.move.line"].union(*(self._item(move) for move in promised))
        promises._make(self.debtor.with_user(self.manager), items, None, self._day(5))
        self._plan_for(planned)
        reason = self.env.ref("credit_collection.credit_collection_dispute_reason_price")
        amounts = {self._item(move): 5 for move in disputed}
        self.env["credit.collection.dispute"]._open_for(self.debtor, amounts, reason, "The price was 9")

    def _count_queries(self):
        """Count what a second look at the page asks the database."""
        self._enter()
        self._get()
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(self._get().status_code, 200)
        return self.env.cr.sql_log_count - before
