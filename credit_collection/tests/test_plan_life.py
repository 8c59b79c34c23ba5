from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError
from odoo.sql_db import db_connect
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import DAY
from .test_plan import TODAY, PlanCommon


@freeze_time(f"{TODAY} 09:00:00")
@tagged("post_install", "-at_install")
class TestPlanLife(PlanCommon):
    """What comes in is counted to the instalments; the plan is done, broken, or runs again, by the ledger alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.collection_installment_tolerance = 3

    def _new_plan(self, *amounts, partner=None, **schedule):
        invoices = self.env["account.move"]
        for amount in amounts or (600,):
            invoices += self._new_invoice("2026-02-10", amount, partner=partner)
        plan = self._agree(invoices, partner=partner, **schedule)
        self.assertEqual(plan.state, "running")
        return invoices, plan

    def _states(self, plan, date):
        return [state for __, __, __, state in self._schedule(plan, date)]

    # === COUNTING === #

    def test_payments_are_counted_to_the_instalments_in_order(self):
        invoice, plan = self._new_plan()
        self.assertEqual(self._states(plan, "2026-04-01"), ["due", "to_come", "to_come"])
        self._settle(invoice, 250)
        self.assertEqual(
            self._schedule(plan, "2026-04-02"),
            [("2026-04-01", 200, 200, "paid"), ("2026-04-15", 200, 50, "partly"), ("2026-04-29", 200, 0, "to_come")],
        )
        self.assertEqual((plan.paid, plan.left, round(plan.progress, 1), plan.state), (250, 350, 41.7, "running"))
        self.assertEqual(self._states(plan, "2026-04-16"), ["paid", "late", "to_come"])
        self.assertTrue(plan.with_context(collection_date=DAY("2026-04-16")).is_late)

    def test_it_does_not_matter_which_invoice_is_paid(self):
        invoices, plan = self._new_plan(400, 200)
        self._settle(invoices[1])
        self.assertEqual(self._states(plan, "2026-04-02"), ["paid", "to_come", "to_come"])
        self._settle(invoices[0])
        self.assertEqual((plan.state, plan.date_ended), ("done", DAY("2026-04-01")))

    def test_a_credit_note_lowers_the_last_instalments(self):
        invoice, plan = self._new_plan()
        self._credit(invoice, 250, "2026-03-25")
        self.assertEqual(plan.installment_ids.mapped("left"), [200, 150, 0])
        self.assertEqual((plan.paid, plan.left), (0, 350))
        self._settle(invoice, 350)
        self.assertEqual((plan.state, plan.installment_ids.mapped("credited")), ("done", [0, 50, 200]))

    def test_a_write_off_lowers_it_too(self):
        invoice, plan = self._new_plan()
        self._settle(invoice, 599.6)
        self.assertEqual(plan.state, "running")
        item = self._item(invoice)
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": "2026-04-02",
                "line_ids": [
                    Command.create({"account_id": self.company_data["default_account_expense"].id, "debit": 0.4}),
                    Command.create({"account_id": item.account_id.id, "credit": 0.4, "partner_id": item.partner_id.id}),
                ],
            }
        )
        entry.action_post()
        (item + entry.line_ids.filtered("credit")).reconcile()
        self.env.cr.flush()
        self.assertEqual((plan.state, plan.installment_ids.mapped("paid")), ("done", [200, 200, 199.6]))

    def test_what_was_paid_before_does_not_count_again(self):
        invoice = self._new_invoice("2026-02-10", 1000)
        before = self._settle(invoice, 400, date="2026-03-01")
        plan = self._agree(invoice)
        self.assertEqual((plan.amount, plan.paid), (600, 0))
        self._take_apart(before, "2026-03-25")
        self.assertEqual((plan.paid, plan.left), (0, 600))
        (
            self._item(invoice) + before.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        ).reconcile()
        self.env.cr.flush()
        plan.invalidate_recordset()
        self.assertEqual((plan.paid, plan.left), (0, 600), "matched again, it is what was taken off before")
        self._settle(invoice, 600)
        self.assertEqual(plan.state, "done")

    def test_money_that_covered_an_item_before_does_not_count_when_it_is_allocated(self):
        invoice = self._new_invoice("2026-02-10", 1000)
        credit = self._new_invoice("2026-03-01", 200, move_type="out_refund", invoice_date="2026-03-01")
        plan = self._agree(invoice)
        self.assertEqual(plan.amount, 800)
        (self._item(invoice) + self._item(credit)).reconcile()
        self.env.cr.flush()
        self.assertEqual((plan.paid, plan.left, plan.state), (0, 800, "running"))

    def test_a_credit_note_for_the_disputed_part_leaves_the_plan_as_it_is(self):
        invoice = self._new_invoice("2026-02-10", 1000)
        dispute = self.env["credit.collection.dispute"].create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.env["credit.collection.dispute.reason"].search([], limit=1).id,
                "line_ids": [Command.create({"move_line_id": self._item(invoice).id, "amount": 300})],
            }
        )
        dispute.sudo().date_opened = DAY("2026-03-01")
        plan = self._agree(invoice)
        self.assertEqual(plan.amount, 700)
        self._settle(invoice, 250)
        self.assertEqual(plan.left, 450, "a payment counts to the plan first")
        self._credit(invoice, 300, "2026-04-02")
        dispute._set_resolved(DAY("2026-04-02"))
        plan.invalidate_recordset()
        self.assertEqual((plan.paid, plan.left), (250, 450))
        self._settle(invoice, 450)
        self.assertEqual(plan.state, "done")

    def test_more_than_asked_for_ends_the_plan_and_stays_a_credit(self):
        invoice, plan = self._new_plan()
        payment = self.env["account.payment"].create(
            {"payment_type": "inbound", "partner_id": self.customer.id, "amount": 700, "date": "2026-04-01"}
        )
        payment.action_post()
        line = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        (self._item(invoice) + line).reconcile()
        self.env.cr.flush()
        self.assertEqual((plan.state, plan.paid, plan.left), ("done", 600, 0))
        self.assertEqual(line.amount_residual, -100)

    def test_foreign_currency_is_counted_in_its_own(self):
        currency = self._new_currency("XAA", 0.01)
        invoice = self._new_invoice("2026-02-10", 100, currency_id=currency.id)
        plan = self._agree(invoice, count=3, first=DAY("2026-04-01"), frequency="weekly")
        currency.rate_ids = [Command.create({"name": "2026-04-01", "rate": 4})]
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard.create({"payment_date": "2026-04-01", "currency_id": currency.id, "amount": 40})._create_payments()
        self.env.cr.flush()
        self.assertEqual((plan.paid, plan.left), (40, 60), "whatever the rate is by now")
        self.assertEqual(plan.installment_ids.mapped("paid"), [33.34, 6.66, 0])

    def _post_anew(self, invoice, parts):
        """Reset ``invoice`` to draft, have it paid in so many parts by its terms, and post it again."""
        invoice.button_draft()
        self.env.cr.flush()
        terms = self.env["account.payment.term"].create(
            {
                "name": f"{parts} parts",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100 / parts, "nb_days": 10 * part})
                    for part in range(parts)
                ],
            }
        )
        invoice.invoice_payment_term_id = terms
        invoice.action_post()
        self.env.cr.flush()

    def test_an_invoice_posted_anew_in_fewer_parts_is_still_in_the_plan(self):
        invoice = self._new_invoice("2026-02-10", 600)
        self._post_anew(invoice, 2)
        plan = self._agree(invoice)
        self._settle(invoice, 200)
        payment = invoice.matched_payment_ids
        self._post_anew(invoice, 1)
        self.assertFalse(all(line.move_line_id for line in plan.line_ids), "one of its items is gone")
        items = self._item(invoice)
        self.assertEqual((len(items), plan.state, plan.left), (1, "running", items.amount_residual))
        rows = self.env["credit.collection.planner"]._get_standings(self.company, DAY(TODAY))
        self.assertEqual({row["standing"] for row in rows if row["id"] in items.ids}, {"in_plan"})
        money = payment.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        (items + money).filtered(lambda line: not line.reconciled).reconcile()
        self.env.cr.flush()
        plan.invalidate_recordset()
        self.assertEqual((plan.paid, plan.left), (200, 400))
        self._settle(invoice, date="2026-04-10")
        self.assertEqual(plan.state, "done")

    def test_an_invoice_posted_anew_in_more_parts_is_still_in_the_plan(self):
        invoice, plan = self._new_plan()
        self._post_anew(invoice, 2)
        plan.invalidate_recordset()
        self.assertEqual((plan.state, plan.paid, plan.left), ("running", 0, 600))
        self._settle(invoice, 450)
        self.assertEqual((plan.paid, plan.left), (450, 150))

    def test_a_draft_is_not_paid(self):
        invoice, plan = self._new_plan()
        self._settle(invoice, 200)
        invoice.button_draft()
        self.env.cr.flush()
        self._follow("2026-03-25")
        self.assertEqual((plan.state, plan.left), ("running", 400))
        invoice.button_cancel()
        self._follow("2026-03-25")
        self.assertEqual(plan.state, "done", "nothing of it is owed any more")

    def test_many_plans_are_counted_with_one_look_at_the_ledger(self):
        plans = self.env["credit.collection.plan"]
        for number in range(3):
            partner = self._new_customer(f"Customer {number}")
            plan = self._propose(self._new_invoice("2026-02-10", 600, partner=partner), partner=partner)
            plan._accept()
            plans |= plan
        self.env.invalidate_all()
        plans.mapped("amount")
        plans.mapped("currency_id.rounding")
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.assertEqual(plans.mapped("left"), [600] * 3)

    # === DONE AND AGAIN === #

    def test_a_payment_that_comes_back_opens_the_plan_again(self):
        invoice, plan = self._new_plan()
        payment = self._settle(invoice)
        self.assertEqual((plan.state, plan.line_ids.live), ("done", False))
        self._take_apart(payment, "2026-04-10")
        self.assertEqual((plan.state, plan.line_ids.live, plan.date_ended), ("running", True, False))
        self.assertEqual(self._states(plan, "2026-04-10"), ["late", "to_come", "to_come"])
        self._follow("2026-04-10")
        self.assertEqual(plan.state, "running", "the money is still there, only unallocated")
        payment.action_draft()
        payment.action_cancel()
        self._follow("2026-04-10")
        self.assertEqual(plan.state, "broken", "the first instalment was due long ago")

    def test_an_item_that_is_in_another_plan_by_now_is_left_there(self):
        invoice, plan = self._new_plan()
        self._settle(invoice, 100)
        self._plans().browse(plan.id)._cancel("Another one")
        second = self._propose(invoice, count=1, first=DAY("2026-04-20"))
        second._accept()
        payment = self._settle(invoice)
        self.assertEqual(second.state, "done")
        third_invoice = self._new_invoice("2026-02-10", 50)
        third = self._propose(third_invoice, count=1, first=DAY("2026-04-20"))
        third._accept()
        third.line_ids.sudo().write({"move_line_id": self._item(invoice).id})
        self._take_apart(payment, "2026-04-22")
        self.assertEqual(second.state, "done")
        self.assertIn("is open again", second.activity_ids.summary)

    def test_a_returned_payment_is_found_by_the_daily_look_as_well(self):
        invoice, plan = self._new_plan()
        payment = self._settle(invoice)
        payment.move_id.line_ids.remove_move_reconcile()
        self.env.cr.precommit.clear()
        self._follow("2026-04-02")
        self.assertEqual(plan.state, "running")

    # === BROKEN === #

    def test_an_instalment_missing_after_the_tolerance_breaks_the_plan(self):
        """Due on Wednesday 1 April; three working days: 2, 3 and 6 April. The 7th is too late."""
        self.company.resource_calendar_id.tz = "UTC"
        invoice, plan = self._new_plan()
        self._settle(invoice, 199.99)
        self._follow("2026-04-06")
        self.assertEqual(plan.state, "running")
        self._follow("2026-04-07")
        self.assertEqual((plan.state, plan.date_ended), ("broken", DAY("2026-04-07")))
        self.assertRegex(plan.state_reason, r"0\.01 of the instalment of 04/01/2026")
        standing = self._standing(invoice, "2026-04-07")
        self.assertEqual((standing["standing"], standing["until"]), ("interval", DAY("2026-04-14")), "told just now")
        standing = self._standing(invoice, "2026-04-14")
        self.assertEqual((standing["standing"], float(standing["free"])), ("due", 400.01), "all falls due")
        self.assertIn("is broken", plan.activity_ids.summary)
        self.assertEqual(plan.activity_ids.user_id, self.collector)
        self.assertIn("broken", plan.debtor_id.message_ids[0].body.lower())
        self._follow("2026-04-08")
        self.assertEqual(len(plan.activity_ids), 1, "told once")

    def test_the_level_reached_stays(self):
        invoice = self._new_invoice("2026-02-10", 600)
        self._cycle("2026-02-15")
        self._cycle("2026-03-01")
        self.assertEqual(self._standing(invoice, "2026-03-02")["level"], 3)
        plan = self._agree(invoice)
        self._follow("2026-04-07")
        self.assertEqual(plan.state, "broken")
        self.assertEqual(self._standing(invoice, "2026-04-13")["standing"], "interval")
        standing = self._standing(invoice, "2026-04-14")
        self.assertEqual((standing["standing"], standing["level"]), ("due", 3), "the ladder goes on where it stood")

    def test_tolerance_zero_breaks_on_the_next_day(self):
        self.company.collection_installment_tolerance = 0
        __, plan = self._new_plan()
        self._follow("2026-04-01")
        self.assertEqual(plan.state, "running")
        self._follow("2026-04-02")
        self.assertEqual(plan.state, "broken")

    def test_money_that_nobody_has_allocated_yet_breaks_nothing(self):
        __, plan = self._new_plan()
        self.env["account.payment"].create(
            {"payment_type": "inbound", "partner_id": self.customer.id, "amount": 200, "date": "2026-04-01"}
        ).action_post()
        self._follow("2026-04-07")
        self.assertEqual(plan.state, "running")
        self._follow("2026-04-22")
        self.assertEqual(plan.state, "broken", "the second instalment is missing, too")

    def test_nothing_breaks_while_the_bank_is_not_posted_or_an_answer_waits(self):
        self.company.write({"collection_bank_fresh": True, "collection_bank_posted_until": "2026-03-19"})
        __, plan = self._new_plan()
        self._follow("2026-04-07")
        self.assertEqual(plan.state, "running")
        self.company.collection_bank_fresh = False
        self.env["credit.collection.remark"].sudo().create(
            {"debtor_id": plan.debtor_id.id, "kind": "reply", "text": "On its way", "date_until": "2026-04-08"}
        )
        self._follow("2026-04-08")
        self.assertEqual(plan.state, "running")
        plan.debtor_id.write({"hold_until": "2026-04-10", "hold_reason": "They called"})
        self._follow("2026-04-10")
        self.assertEqual(plan.state, "running")
        self._follow("2026-04-11")
        self.assertEqual(plan.state, "broken")

    def test_a_broken_plan_still_counts_what_comes_in(self):
        invoice, plan = self._new_plan()
        self._follow("2026-04-07")
        self._settle(invoice, 300, date="2026-04-08")
        plan.invalidate_recordset()
        self.assertEqual((plan.state, plan.paid, plan.left), ("broken", 300, 300))
        self.assertEqual(self._propose(invoice).amount, 300, "a new plan takes the rest")

    def test_a_plan_that_broke_goes_on_once_the_missing_money_is_there(self):
        """The payment of 1 April was booked on the 8th: the collector lets the plan go on, the manager is not asked."""
        invoice, plan = self._new_plan()
        self._follow("2026-04-07")
        self.assertEqual(plan.state, "broken")
        with freeze_time("2026-04-08 09:00:00"):
            with self._refused("200.00 of the instalment of 04/01/2026 is missing"):
                plan.action_resume()
            with self.assertRaises(AccessError):
                plan.with_user(self.accountant).action_resume()
            self._settle(invoice, 200, date="2026-04-01")
            plan.invalidate_recordset()
            plan.action_resume()
        self.assertEqual((plan.state, plan.date_ended, plan.state_reason), ("running", False, False))
        self.assertEqual(self._standing(invoice, "2026-04-09")["standing"], "in_plan")
        self._follow("2026-04-09")
        self.assertEqual(plan.state, "running")
        self._follow("2026-04-21")
        self.assertEqual(plan.state, "broken", "the second instalment is missing now")

    def test_a_plan_whose_items_were_agreed_on_anew_does_not_go_on(self):
        invoice, plan = self._new_plan()
        self._follow("2026-04-07")
        self._settle(invoice, 200, date="2026-04-01")
        with freeze_time("2026-04-08 09:00:00"):
            again = self._propose(invoice, count=1, first=DAY("2026-04-20"))
            again._accept()
            with self._refused(again.name):
                plan.action_resume()

    # === EVERY DAY === #

    def test_a_plan_that_fails_keeps_no_other_from_being_followed(self):
        __, bad = self._new_plan()
        __, good = self._new_plan(300, partner=self._new_customer("Another"))
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE credit_collection_plan ADD CONSTRAINT fails CHECK (id <> %s OR state <> 'broken')", [bad.id]
        )
        with mute_logger("odoo.addons.credit_collection.models.credit_collection_daily", "odoo.sql_db"):
            self._follow("2026-04-07")
        self.assertEqual((bad.state, good.state), ("running", "broken"))

    def test_the_cron_follows_the_plans_by_todays_date(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600), count=1, first=DAY("2026-03-30"))
        with freeze_time("2026-04-19 06:00:00"), self.enter_registry_test_mode():
            self.env.ref("credit_collection.ir_cron_credit_collection_plan_follow").method_direct_trigger()
        plan.invalidate_recordset()
        self.assertEqual((plan.state, plan.date_ended), ("broken", DAY("2026-04-19")))

    def test_filters_find_late_instalments_and_plans(self):
        __, plan = self._new_plan()
        plans = self._plans("2026-04-03")
        self.assertEqual(plans.search([("is_late", "=", True)]), plan)
        self.assertFalse(self._plans("2026-04-01").search([("is_late", "=", True)]))
        late = plans.env["credit.collection.plan.installment"].search([("state", "=", "late")])
        self.assertEqual(late, plan.installment_ids[0])

    # === PEOPLE AND COMPANIES === #

    def test_two_plans_cannot_hold_the_same_item(self):
        invoice = self._new_invoice("2026-02-10", 600)
        first, second = self._propose(invoice), self._propose(invoice)
        first._accept()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            second._accept()
        self.assertEqual(second.state, "proposal")

    def test_of_two_people_one_decides(self):
        """On connections of their own: the second person is told, and then sees what the first has decided."""
        connection = db_connect(self.env.cr.dbname)
        with connection.cursor() as cr:
            env = self.env(cr=cr, user=SUPERUSER_ID)
            partner = env["res.partner"].create({"name": "Two People"})
            debtor = env["credit.collection.debtor"].create({"partner_id": partner.id})
            plan = env["credit.collection.plan"].create({"debtor_id": debtor.id, "currency_id": debtor.currency_id.id})
        try:
            with connection.cursor() as one, connection.cursor() as two:
                first, second = (
                    plan.with_env(self.env(cr=one, user=SUPERUSER_ID)),
                    plan.with_env(self.env(cr=two, user=SUPERUSER_ID)),
                )
                first._lock()
                for change in (lambda: second._cancel("Me too"), second._check_editable):
                    with self.assertRaisesRegex(UserError, "Somebody else is deciding"):
                        change()
                    two.rollback()
                one.execute("UPDATE credit_collection_plan SET state = 'cancelled' WHERE id = %s", [plan.id])
                one.commit()
                with self.assertRaisesRegex(UserError, "is Cancelled and cannot become Accepted"):
                    second._accept()
        finally:
            with connection.cursor() as cr:
                env = self.env(cr=cr, user=SUPERUSER_ID)
                cr.execute("DELETE FROM credit_collection_plan WHERE id = %s", [plan.id])
                env["mail.message"].search([("model", "=", plan._name), ("res_id", "=", plan.id)]).unlink()
                env["credit.collection.debtor"].browse(debtor.id).sudo().unlink()
                env["res.partner"].browse(partner.id).unlink()

    def test_files_that_are_joined_keep_their_plans(self):
        invoice, plan = self._new_plan()
        target = self._new_customer("Target")
        self._new_invoice("2026-02-10", 10, partner=target)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer + target).ids, target)
        plan.invalidate_recordset()
        self.assertEqual(plan.debtor_id.partner_id, target)
        self.assertEqual(self._standing(invoice, TODAY)["standing"], "in_plan")
        self._settle(invoice, 600)
        self.assertEqual(plan.state, "done")

    def test_a_customer_who_gets_a_parent_keeps_the_plan(self):
        invoice, plan = self._new_plan()
        group = self._new_customer("Group")
        self.customer.write({"is_company": False, "parent_id": group.id})
        plan.invalidate_recordset()
        self.assertEqual(plan.debtor_id.partner_id, group)
        self.assertEqual(self._standing(invoice, TODAY)["standing"], "in_plan")

    def test_an_archived_customer_is_followed_on(self):
        invoice, plan = self._new_plan()
        self.customer.active = False
        self._settle(invoice)
        self.assertEqual(plan.state, "done")

    def test_other_companies_see_nothing(self):
        __, plan = self._new_plan()
        other = self._create_company(name="Elsewhere")
        stranger = new_test_user(
            self.env, login="stranger", groups="credit_collection.group_credit_collection_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        for model in ("plan", "plan.line", "plan.installment"):
            self.assertFalse(self.env[f"credit.collection.{model}"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            plan.with_user(stranger)._accept()
        self.env["credit.collection.plan"]._follow(other, DAY("2026-04-07"))
        self.assertEqual(plan.state, "running", "each company follows its own")

    def test_nothing_is_deleted(self):
        __, plan = self._new_plan()
        with self.assertRaises(AccessError):
            plan.with_user(self.manager).unlink()
        with self._refused("cancel it instead"):
            plan.sudo().unlink()
