from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import DAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestEpisode(CollectionCommon):
    def _sync(self, date):
        self.env["credit.collection.debtor"]._create_missing(self.company)
        self.env["credit.collection.episode"]._sync(self.company, DAY(date))

    def _episodes(self, partner=None):
        domain = [("debtor_id.partner_id", "=", (partner or self.customer).id)]
        return self.env["credit.collection.episode"].with_user(self.collector).search(domain, order="date_open")

    def _settle(self, moves, date, amount=None):
        """Pay as an accountant would on that day, up to the commit."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids, collection_date=DAY(date)
        )
        payment = wizard.create({"payment_date": date, **({"amount": amount} if amount else {})})._create_payments()
        self.env.cr.flush()
        return payment

    def _take_apart(self, payment, date):
        payment.move_id.line_ids.with_context(collection_date=DAY(date)).remove_move_reconcile()
        self.env.cr.flush()

    def _credit(self, move, date):
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids, collection_date=DAY(date)
        )
        reversal.create({"journal_id": move.journal_id.id, "date": date}).refund_moves()
        note = move.reversal_move_ids
        note.with_context(collection_date=DAY(date)).action_post()
        lines = (self._item(move) + self._item(note)).filtered(lambda line: not line.reconciled)
        if lines:
            lines.with_context(collection_date=DAY(date)).reconcile()
        self.env.cr.flush()

    def _write_off(self, move, date):
        account = self.company_data["default_account_expense"]
        item = self._item(move)
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": date,
                "line_ids": [
                    Command.create({"account_id": account.id, "debit": item.amount_residual}),
                    Command.create(
                        {
                            "account_id": item.account_id.id,
                            "credit": item.amount_residual,
                            "partner_id": item.partner_id.id,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        (item + entry.line_ids.filtered("credit")).with_context(collection_date=DAY(date)).reconcile()
        self.env.cr.flush()

    # === OPENING AND CLOSING === #

    def test_a_file_opens_with_the_first_overdue_item(self):
        self._new_invoice("2026-03-10", 300)
        self._sync("2026-03-10")
        self.assertFalse(self._episodes(), "not overdue on the due date itself")
        self._sync("2026-03-11")
        episode = self._episodes()
        self.assertEqual(
            (episode.date_open, episode.date_close, episode.amount, episode.item_count, episode.state),
            (DAY("2026-03-11"), False, 300, 1, "open"),
        )
        self._new_invoice("2026-03-12", 500)
        self._sync("2026-03-20")
        self.assertEqual(self._episodes(), episode, "one open file, however many items")
        self.assertEqual(episode.with_context(collection_date="2026-03-20").days, 9)

    def test_a_missed_night_does_not_change_the_day_it_opened(self):
        self._new_invoice("2026-03-10", 300)
        self._sync("2026-03-25")
        self.assertEqual(self._episodes().date_open, DAY("2026-03-11"))

    def test_it_closes_at_once_with_the_last_overdue_item(self):
        first, second = self._new_invoice("2026-03-10", 300), self._new_invoice("2026-03-12", 500)
        self._new_invoice("2026-05-01", 700)
        self._sync("2026-03-15")
        self._settle(first, "2026-03-16")
        self.assertEqual((self._episodes().date_close, self._episodes().outcome), (False, "open"))
        self._settle(second, "2026-03-18")
        episode = self._episodes()
        self.assertEqual(
            (episode.date_close, episode.outcome, episode.item_count, episode.days, episode.state),
            (DAY("2026-03-18"), "paid", 2, 7, "closed"),
        )

    def test_a_part_payment_closes_nothing(self):
        invoice = self._new_invoice("2026-03-10", 300)
        self._sync("2026-03-15")
        self._settle(invoice, "2026-03-16", 100)
        self.assertFalse(self._episodes().date_close)

    def test_how_it_closed_is_told_by_what_settled_the_items(self):
        stories = {
            "credited": [self._credit],
            "written_off": [self._write_off],
            "mixed": [self._settle, self._credit],
        }
        for outcome, ways in stories.items():
            partner = self._new_customer(f"Customer {outcome}")
            invoices = [self._new_invoice("2026-03-10", 300, partner=partner) for __ in ways]
            self._sync("2026-03-15")
            for way, invoice in zip(ways, invoices, strict=True):
                way(invoice, "2026-03-20")
            self.assertEqual(self._episodes(partner).outcome, outcome)

    def test_an_invoice_taken_back_closes_the_file_overnight(self):
        invoice = self._new_invoice("2026-03-10", 300)
        self._sync("2026-03-15")
        invoice.button_draft()
        self._sync("2026-03-16")
        self.assertEqual((self._episodes().outcome, self._episodes().date_close), ("other", DAY("2026-03-16")))

    def test_what_was_paid_before_it_was_late_opens_no_file(self):
        self._settle(self._new_invoice("2026-03-10", 300), "2026-03-10")
        self._sync("2026-03-20")
        self.assertFalse(self._episodes())

    def test_credits_and_items_on_other_accounts_open_no_file(self):
        account = self.company_data["default_account_receivable"].copy({"non_trade": True})
        invoice = self._new_invoice("2026-03-10", 300, post=False)
        self._item(invoice).account_id = account
        invoice.action_post()
        self._new_invoice("2026-03-10", 100, move_type="out_refund")
        self._sync("2026-03-20")
        self.assertFalse(self._episodes())

    def test_the_highest_level_is_that_of_what_was_sent_while_it_was_open(self):
        invoice = self._new_invoice("2026-03-10", 300)
        self._cycle("2026-03-14")
        self._cycle("2026-03-25")
        self._sync("2026-03-25")
        self._settle(invoice, "2026-03-26")
        self._new_invoice("2026-06-10", 300)
        self._sync("2026-06-11")
        self.assertEqual(self._episodes().mapped("level"), [3, 0])

    # === REOPENING === #

    def test_a_payment_that_comes_back_reopens_the_last_episode(self):
        payment = self._settle(self._new_invoice("2026-03-10", 300), "2026-03-20")
        self._sync("2026-03-20")
        self.assertFalse(self._episodes())
        second = self._new_invoice("2026-04-10", 300)
        self._sync("2026-04-11")
        payment = self._settle(second, "2026-04-20")
        self.assertEqual(self._episodes().date_close, DAY("2026-04-20"))
        self._take_apart(payment, "2026-06-02")
        episode = self._episodes()
        self.assertEqual(
            (episode.date_open, episode.date_close, episode.outcome, episode.reopened),
            (DAY("2026-04-11"), False, "open", 1),
        )
        self._write_off(second, "2026-06-05")
        self.assertEqual((episode.date_close, episode.reopened), (DAY("2026-06-05"), 1))

    def test_a_payment_taken_off_what_was_never_late_opens_a_file(self):
        payment = self._settle(self._new_invoice("2026-03-10", 300), "2026-03-05")
        self._take_apart(payment, "2026-03-15")
        episode = self._episodes()
        self.assertEqual((episode.date_open, episode.reopened), (DAY("2026-03-11"), 0))

    def test_what_opens_again_on_the_day_it_closed_is_the_same_episode(self):
        invoice = self._new_invoice("2026-03-10", 300)
        self._sync("2026-03-15")
        payment = self._settle(invoice, "2026-03-20")
        self._take_apart(payment, "2026-03-20")
        self.assertEqual(self._episodes().reopened, 1)

    def test_what_falls_due_later_is_another_episode(self):
        first = self._new_invoice("2026-03-10", 300)
        self._sync("2026-03-11")
        self._settle(first, "2026-03-20")
        self._new_invoice("2026-03-20", 300)
        self._sync("2026-03-21")
        self.assertEqual(self._episodes().mapped("date_open"), [DAY("2026-03-11"), DAY("2026-03-21")])
        self.assertEqual(self._episodes().mapped("reopened"), [0, 0])

    # === WHO AND WHERE === #

    def test_the_debtor_shows_whether_its_file_is_open(self):
        invoice = self._new_invoice("2026-03-10", 300)
        debtor = self._debtor().with_user(self.collector)
        self.assertFalse(debtor.file_state)
        self._sync("2026-03-15")
        self.assertEqual((debtor.file_state, debtor.file_opened, debtor.episode_count), ("open", DAY("2026-03-11"), 1))
        open_files = [("episode_ids", "any", [("date_close", "=", False)])]
        self.assertIn(debtor, debtor.search(open_files))
        self._settle(invoice, "2026-03-16")
        self.assertEqual((debtor.file_state, debtor.file_closed), ("closed", DAY("2026-03-16")))
        self.assertNotIn(debtor, debtor.search(open_files))
        action = debtor.action_view_episodes()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), self._episodes())

    def test_merged_customers_have_one_open_file(self):
        other = self._new_customer("Albatros France")
        self._new_invoice("2026-03-10", 300)
        self._new_invoice("2026-02-10", 200, partner=other)
        self._sync("2026-03-15")
        self._debtor(other)._move_to(self.customer)
        episode = self._episodes()
        self.assertEqual((episode.date_open, episode.amount, episode.item_count), (DAY("2026-02-11"), 500, 2))

    def test_there_is_never_a_second_open_file(self):
        self._new_invoice("2026-03-10", 300)
        self._sync("2026-03-15")
        values = {"debtor_id": self._debtor().id, "company_id": self.company.id, "date_open": "2026-03-12"}
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env["credit.collection.episode"].sudo().create(values)

    def test_nobody_writes_history_by_hand(self):
        self._new_invoice("2026-03-10", 300)
        self._sync("2026-03-15")
        for user in (self.collector, self.manager, self.accountant):
            with self.assertRaises(AccessError):
                self._episodes().with_user(user).write({"amount": 1})

    def test_other_companies_see_nothing(self):
        self._new_invoice("2026-03-10", 300)
        self._sync("2026-03-15")
        stranger = new_test_user(
            self.env, "collection_stranger", groups="credit_collection.group_credit_collection_manager",
            company_id=self.company_data_2["company"].id, company_ids=[(6, 0, self.company_data_2["company"].ids)],
        )  # fmt: skip
        self.assertFalse(self.env["credit.collection.episode"].with_user(stranger).search([]))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_data_2 = cls.setup_other_company()

    def test_many_reconciliations_are_one_look(self):
        def count(number):
            partners = [self._new_customer(f"Bulk {number} {place}") for place in range(number)]
            invoices = [self._new_invoice("2026-03-10", 300, partner=partner) for partner in partners]
            self._sync("2026-03-15")
            notes = [
                self._new_invoice("2026-03-10", 300, partner=partner, move_type="out_refund") for partner in partners
            ]
            self.env.cr.flush()
            for invoice, note in zip(invoices, notes, strict=True):
                (self._item(invoice) + self._item(note)).with_context(collection_date=DAY("2026-03-16")).reconcile()
            self.env.flush_all()
            self.assertTrue(self.env.cr.precommit)
            before = self.env.cr.sql_log_count
            self.env.cr.flush()
            closed = [self._episodes(partner).outcome for partner in partners]
            self.assertEqual(closed, ["credited"] * number)
            return before, self._queries

        flush = self.env.cr.flush

        def counting():
            before = self.env.cr.sql_log_count
            flush()
            self._queries = self.env.cr.sql_log_count - before

        self.patch(self.env.cr, "flush", counting)
        few, many = count(2)[1], count(12)[1]
        self.assertLessEqual(many, few)
        self.assertGreater(few, 2)

    def test_the_nightly_pass_costs_the_same_whatever_the_number(self):
        for place in range(3):
            self._new_invoice("2026-03-10", 300, partner=self._new_customer(f"Few {place}"))
        self._sync("2026-03-15")
        before = self.env.cr.sql_log_count
        self._sync("2026-03-16")
        few = self.env.cr.sql_log_count - before
        for place in range(12):
            self._new_invoice("2026-03-10", 300, partner=self._new_customer(f"More {place}"))
        self._sync("2026-03-17")
        self.assertEqual(self.env["credit.collection.episode"].search_count([("company_id", "=", self.company.id)]), 15)
        before = self.env.cr.sql_log_count
        self._sync("2026-03-18")
        self.assertLessEqual(self.env.cr.sql_log_count - before, few)

    def test_the_cron_opens_the_files_of_all_companies(self):
        self._new_invoice("2026-03-10", 300)
        with self.enter_registry_test_mode():
            self.env.ref("credit_collection.ir_cron_credit_collection_episode").method_direct_trigger()
        self.assertEqual(self._episodes().date_open, DAY("2026-03-11"))
