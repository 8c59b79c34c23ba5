from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError, OperationalError

from .common import DAY, CollectionCommon

TODAY = DAY("2026-03-10")
TODO = "mail.mail_activity_data_todo"


@tagged("post_install", "-at_install")
class TestDisputeGuard(CollectionCommon):
    """What nobody may do to a dispute, whichever way it is tried; and what follows whoever changes one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env["credit.collection.dispute.reason"].create({"name": "Price", "deadline_days": 10})
        cls.company.write({"collection_credit_limit_user": 100, "collection_credit_limit_manager": 1000})
        cls.classPatch(cls.env.registry["res.company"], "_get_collection_today", lambda company: TODAY)

    def _open(self, amounts, **values):
        moves = list(amounts)
        return (
            self.env["credit.collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "debtor_id": self._debtor(moves[0].partner_id).id,
                    "reason_id": self.reason.id,
                    "line_ids": [
                        Command.create({"move_line_id": item.id, "amount": amount})
                        for move, amount in amounts.items()
                        for item in self._item(move)
                    ],
                    **values,
                }
            )
        )

    def _settle(self, dispute, kind="credit", text="", amount=None, **options):
        amounts = {line: amount if amount is not None else line.amount for line in dispute.line_ids}
        return dispute._settle(kind, text, amounts=amounts, **options)

    def _new_halves(self, amount, **values):
        """Post an invoice to be paid in two halves."""
        halves = [Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (0, 30)]
        term = self.env["account.payment.term"].create({"name": "Two halves", "line_ids": halves})
        return self._new_invoice(
            "2026-03-01", amount, invoice_payment_term_id=term.id, invoice_date_due=False, **values
        )

    def _join_halves(self, move):
        """Take the invoice back and post it again with one day: one of its two items is gone."""
        move.button_draft()
        move.write({"invoice_payment_term_id": False, "invoice_date_due": DAY("2026-03-02")})
        move.action_post()
        self.assertEqual(len(self._item(move)), 1)

    # === DAYS === #

    def test_what_somebody_overwrites_can_be_read_again(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 10}, description="Ten boxes came")
        other = self._new_user("second", "credit_collection.group_credit_collection_user")
        self.env.cr.flush()
        mine = dispute.with_user(other).with_context(tracking_disable=False, mail_notrack=False)
        mine.description = "Nine boxes came"
        mine.line_ids.amount = 12
        self.env.cr.flush()
        domain = [("model", "=", dispute._name), ("res_id", "=", dispute.id)]
        messages = self.env["mail.message"].sudo().search(domain)
        self.assertIn("Ten boxes came", messages.tracking_value_ids.mapped("old_value_text"))
        self.assertTrue(any("10.00" in str(body) and "12.00" in str(body) for body in messages.mapped("body")))

    def test_the_number_that_was_given_stays(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 10})
        with self.assertRaises(AccessError):
            dispute.name = "DIS/1"
        dispute.write({"name": dispute.name, "description": "As it was"})
        plans = self.env["credit.collection.plan"].with_user(self.collector)
        plan = plans._propose(self._debtor(), count=2, first=DAY("2026-03-20"))
        with self.assertRaises(AccessError):
            plan.name = dispute.name

    def test_no_dispute_ends_before_it_was_opened(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 10})
        for end in (dispute._set_resolved, dispute._set_rejected, dispute._set_cancelled):
            with self.assertRaisesRegex(ValidationError, "before"):
                end(DAY("2026-03-09"))
            self.assertEqual(dispute.state, "new")
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.cr.execute(
                "UPDATE credit_collection_dispute SET state = 'resolved', date_closed = '2026-03-09' WHERE id = %s",
                [dispute.id],
            )
        dispute._set_resolved(TODAY)
        self.assertEqual(dispute.date_closed, TODAY)

    def test_it_is_opened_on_the_day_of_its_company_not_of_the_company_at_hand(self):
        early = self._create_company(name="Far east")
        self.collector.company_ids |= early
        days = {early: DAY("2026-03-11")}
        self.patch(self.env.registry["res.company"], "_get_collection_today", lambda company: days.get(company, TODAY))
        move = self._new_invoice("2026-03-01")
        disputes = self.env["credit.collection.dispute"].with_user(self.collector)
        dispute = disputes.with_context(allowed_company_ids=(early | self.company).ids).create(
            {
                "debtor_id": self._debtor().id,
                "reason_id": self.reason.id,
                "line_ids": [Command.create({"move_line_id": self._item(move).id, "amount": 10})],
            }
        )
        self.assertEqual((dispute.date_opened, dispute.date_deadline), (TODAY, DAY("2026-03-20")))
        dispute.action_resolve()
        self.assertEqual(dispute.date_closed, TODAY)

    # === WHAT IS DISPUTED === #

    def test_a_line_names_an_item_and_nothing_beside_it(self):
        mine, other = (
            self._new_invoice("2026-03-01"),
            self._new_invoice("2026-03-01", partner=self._new_customer("Other")),
        )
        lines = self.env["credit.collection.dispute.line"].with_user(self.collector)
        dispute = self._open({mine: 10})
        with self.assertRaises(AccessError):
            lines.create({"dispute_id": dispute.id, "move_id": other.id, "amount": 10})
        with self.assertRaises(AccessError):
            lines.create({"dispute_id": dispute.id, "amount": 10})
        for values in ({"move_id": other.id}, {"date_due": "2020-01-01"}, {"move_line_id": False}):
            with self.subTest(values), self.assertRaises(AccessError):
                dispute.line_ids.write(values)

    def test_an_item_of_another_customer_is_refused_on_the_line_itself(self):
        mine, other = (
            self._new_invoice("2026-03-01"),
            self._new_invoice("2026-03-01", partner=self._new_customer("Other")),
        )
        dispute = self._open({mine: 10})
        with self.assertRaisesRegex(ValidationError, "does not belong"), self.cr.savepoint():
            dispute.line_ids.move_line_id = self._item(other)
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            dispute.line_ids.create({"dispute_id": dispute.id, "move_line_id": self._item(other).id, "amount": 5})
        theirs = self._open({other: 10})
        with self.assertRaises(UserError):
            dispute.line_ids.dispute_id = theirs

    def test_lines_do_not_move_into_a_dispute_that_has_ended(self):
        ended, live = (
            self._open({self._new_invoice("2026-03-01"): 10}),
            self._open({self._new_invoice("2026-03-01"): 10}),
        )
        ended.action_resolve()
        with self.assertRaises(UserError):
            live.line_ids.dispute_id = ended

    def test_while_a_manager_decides_the_items_stay_as_they_were_asked(self):
        first, second = self._new_invoice("2026-03-01"), self._new_invoice("2026-03-01")
        dispute = self._open({first: 500})
        self.assertFalse(self._settle(dispute))
        with self.assertRaisesRegex(UserError, "approval"):
            dispute.line_ids.move_line_id = self._item(second)
        with self.assertRaisesRegex(UserError, "approval"):
            dispute.write({"line_ids": [Command.create({"move_line_id": self._item(second).id, "amount": 5})]})
        with self.assertRaisesRegex(UserError, "approval"):
            dispute.write({"line_ids": [Command.clear()]})

    def test_reopening_disputes_no_more_than_is_open(self):
        move = self._new_invoice("2026-03-01")
        first = self._open({move: 700})
        first.action_resolve()
        self._open({move: 600})
        with self.assertRaisesRegex(ValidationError, "only"), self.cr.savepoint():
            first.action_reopen()
        self.assertEqual(first.state, "resolved")

    def test_a_dispute_alone_on_its_item_reopens_whatever_was_paid(self):
        move = self._new_invoice("2026-03-01")
        dispute = self._open({move: 1000})
        dispute.action_resolve()
        self._pay(move, 900)
        dispute.action_reopen()
        self.assertEqual((dispute.state, self._standing(move, "2026-03-10")["disputed"]), ("new", 100))

    def test_an_invoice_posted_anew_is_not_disputed_twice(self):
        move = self._new_halves(1000)
        dispute = self._open({move: 400})
        self._join_halves(move)
        self.assertEqual(len(dispute.line_ids.move_line_id), 1, "the story is about a replaced item")
        with self.assertRaisesRegex(ValidationError, "200.00 open"), self.cr.savepoint():
            self._open({move: 201})
        self._open({move: 200})

    def test_an_invoice_posted_anew_shows_what_is_open_and_keeps_its_rate(self):
        currency = self.setup_other_currency("CHF", rates=[("2016-01-01", 2.0)])
        move = self._new_halves(1000, currency_id=currency.id)
        dispute = self._open({move: 200})
        self._join_halves(move)
        dispute.invalidate_recordset()
        self.assertEqual((dispute.line_ids.mapped("residual"), dispute.amount), ([1000, 1000], 200))

    def test_of_an_invoice_posted_anew_no_more_is_credited_than_is_open(self):
        move = self._new_halves(90)
        dispute = self._open({move: 45})
        self._join_halves(move)
        self._pay(move, 30)
        with self.assertRaisesRegex(UserError, "60.00 open"):
            self._settle(dispute)
        self.assertTrue(self._settle(dispute, amount=30))
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(dispute.booked_move_ids.mapped("amount_residual"), [0] * len(dispute.booked_move_ids))

    def test_what_waits_to_leave_is_asked_again_when_more_is_disputed(self):
        for story in ("a larger amount", "an item more"):
            with self.subTest(story):
                first = self._new_invoice("2026-03-01", partner=self._new_customer(story))
                second = self._new_invoice("2026-03-01", 500, partner=first.partner_id)
                dispute = self._open({first: 100})
                action = self._plan("2026-03-10").action_ids.filtered(
                    lambda action, partner=first.partner_id: action.debtor_id.partner_id == partner
                )
                self.assertEqual({line.move_id: line.amount for line in action.line_ids}, {first: 900, second: 500})
                if story == "a larger amount":
                    dispute.line_ids.amount = 1000
                    self.assertEqual(action.line_ids.filtered("live").move_id, second)
                else:
                    item = {"move_line_id": self._item(second).id, "amount": 500}
                    dispute.write({"line_ids": [Command.create(item)]})
                    self.assertEqual(action.line_ids.filtered("live").move_id, first)

    # === WHAT ONLY THE FLOW WRITES === #

    def test_day_company_number_and_origin_of_a_dispute_are_not_edited(self):
        other = self.env["res.company"].create({"name": "Other company"})
        run = self.env["credit.collection.import"].sudo().search([], limit=1)
        dispute = self._open({self._new_invoice("2026-03-01"): 10})
        for values in (
            {"date_opened": "2020-01-01"},
            {"company_id": other.id},
            {"collection_import_id": run.id},
        ):
            with self.subTest(values):
                with self.assertRaises(AccessError):
                    dispute.write(values)
                with self.assertRaises(AccessError):
                    dispute.line_ids.write({"company_id": other.id})
        with self.assertRaises(AccessError):
            self._open({self._new_invoice("2026-03-01"): 10}, date_opened="2020-01-01")

    def test_a_point_ticked_at_once_says_by_whom(self):
        dispute = self._open(
            {self._new_invoice("2026-03-01"): 10}, check_ids=[Command.create({"name": "Call", "done": True})]
        )
        self.assertEqual(dispute.check_ids.user_id, self.collector)
        self.assertTrue(dispute.check_ids.date)

    def test_only_what_a_customer_owes_is_disputed(self):
        bill = self._new_invoice("2026-03-01", move_type="in_refund")
        line = bill.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        dispute = self._open({self._new_invoice("2026-03-01"): 10})
        with self.assertRaisesRegex(ValidationError, "owes"):
            dispute.write({"line_ids": [Command.create({"move_line_id": line.id, "amount": 5})]})

    def test_while_a_manager_decides_the_words_stay_as_they_were_asked(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 500})
        self.assertFalse(self._settle(dispute, text="Agreed"))
        with self.assertRaisesRegex(UserError, "explanation"):
            dispute.outcome = "Something else"
        dispute.with_user(self.manager)._refuse("Not this time")
        dispute.outcome = "Something else"

    # === OWNER === #

    def test_whoever_takes_it_over_gets_the_activity(self):
        self.reason.user_id = self.collector
        dispute = self._open({self._new_invoice("2026-03-01"): 10})
        dispute.user_id = self.manager
        self.assertEqual(dispute.activity_ids.user_id, self.manager)
        dispute.date_deadline = DAY("2026-03-30")
        self.assertEqual(dispute.activity_ids.date_deadline, DAY("2026-03-30"))
        dispute.action_resolve()
        dispute.action_reopen()
        self.assertEqual(
            dispute.activity_ids.mapped("user_id"), self.manager, "opened again, it is somebody's work again"
        )

    def test_waiting_for_the_customer_ends_some_day(self):
        dispute = self._open({self._new_invoice("2026-03-01"): 10})
        dispute.action_wait()
        self.assertEqual(dispute.date_waiting_until, DAY("2026-03-20"))
        dispute.action_investigate()
        dispute.date_waiting_until = DAY("2026-03-01")
        dispute.action_wait()
        self.assertEqual(dispute.date_waiting_until, DAY("2026-03-20"), "the customer gets days again")
        dispute.action_investigate()
        dispute.date_waiting_until = DAY("2026-03-31")
        dispute.action_wait()
        self.assertEqual(dispute.date_waiting_until, DAY("2026-03-31"), "a day that was agreed stays")

    # === LIMITS === #

    def test_a_limit_is_not_passed_by_several_disputes_on_one_invoice(self):
        move = self._new_invoice("2026-03-01")
        first, second = self._open({move: 100}), self._open({move: 1})
        self.assertTrue(self._settle(first))
        self.assertFalse(self._settle(second), "100 were credited on this invoice before")

    # === TWO PEOPLE AT ONCE === #

    def test_of_two_who_dispute_an_item_at_once_the_second_is_told(self):
        """On connections of their own: the second one's view of the ledger is older than what the first one saved."""
        connection = db_connect(self.env.cr.dbname)
        with connection.cursor() as cr:
            env = self.env(cr=cr, user=SUPERUSER_ID)
            partner = env["res.partner"].create({"name": "Two People"})
            debtor = env["credit.collection.debtor"].create({"partner_id": partner.id})
        try:
            with connection.cursor() as one, connection.cursor() as two:
                take_first, take_second = (
                    self.env(cr=cr, user=SUPERUSER_ID)["credit.collection.dispute.line"]._take_turn for cr in (one, two)
                )
                two.execute("SELECT 1 FROM credit_collection_debtor LIMIT 1")
                take_first(debtor)
                one.commit()
                with self.assertRaises(OperationalError), mute_logger("odoo.sql_db"):
                    take_second(debtor)
                two.rollback()
                take_second(debtor)
                two.rollback()
        finally:
            with connection.cursor() as cr:
                env = self.env(cr=cr, user=SUPERUSER_ID)
                env["credit.collection.debtor"].browse(debtor.id).unlink()
                env["res.partner"].browse(partner.id).unlink()

    def test_every_way_to_dispute_an_amount_takes_its_turn(self):
        move, taken = self._new_invoice("2026-03-01"), []
        model = self.env.registry["credit.collection.dispute.line"]
        self.patch(model, "_take_turn", lambda line, debtors: taken.append(debtors))
        dispute = self._open({move: 10})
        dispute.line_ids.amount = 20
        dispute.action_resolve()
        dispute.action_reopen()
        self.assertEqual(taken, [dispute.debtor_id] * 3)

    # === CORRECTIVE ACTIONS === #

    def test_a_corrective_action_keeps_its_company_and_its_day(self):
        action = (
            self.env["credit.collection.corrective"]
            .with_user(self.collector)
            .create({"name": "Send price lists", "date": DAY("2026-04-01"), "result": "Done"})
        )
        other = self.env["res.company"].create({"name": "Other company"})
        with self.assertRaises(AccessError):
            action.company_id = other
        action.action_done()
        self.patch(self.env.registry["res.company"], "_get_collection_today", lambda company: DAY("2026-05-01"))
        action.action_done()
        self.assertEqual(action.date_done, TODAY)
