from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import DAY, CollectionCommon

TODAY = DAY("2026-03-10")


@tagged("post_install", "-at_install")
class TestDisputeLife(CollectionCommon):
    """A dispute from its opening to its answer: who has it, by when, what proves it, what the customer hears."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.main = cls.env["credit.collection.dispute.reason"].create(
            {
                "name": "Delivery",
                "sequence": 1,
                "deadline_days": 7,
                "check_ids": [
                    Command.create({"name": "Proof of delivery"}),
                    Command.create({"name": "Ask the carrier"}),
                ],
            }
        )
        cls.reason = cls.env["credit.collection.dispute.reason"].create({"name": "In part", "parent_id": cls.main.id})
        cls.classPatch(cls.env.registry["res.company"], "_get_collection_today", lambda company: TODAY)

    def _open(self, amounts=None, user=None, **values):
        amounts = amounts or {self._new_invoice("2026-03-01"): 100}
        return (
            self.env["credit.collection.dispute"]
            .with_user(user or self.collector)
            .create(
                {
                    "debtor_id": self._debtor(next(iter(amounts)).partner_id).id,
                    "reason_id": self.reason.id,
                    "line_ids": [
                        Command.create({"move_line_id": self._item(move).id, "amount": amount})
                        for move, amount in amounts.items()
                    ],
                    **values,
                }
            )
        )

    def _send_about(self, dispute):
        return self._send("2026-03-10", [("dispute_id", "=", dispute.id), ("state", "=", "planned")])

    # === REASONS === #

    def test_it_is_about_the_product_of_the_invoice_where_there_is_one(self):
        table, chair = self.env["product.product"].create([{"name": "Table"}, {"name": "Chair"}])
        move = self._new_invoice("2026-03-01")
        move.button_draft()
        price = move.invoice_line_ids.price_unit
        move.invoice_line_ids.product_id = table
        move.invoice_line_ids.write({"price_unit": price, "tax_ids": [Command.clear()]})
        move.action_post()
        self.assertEqual(self._open({move: 10}).product_id, table)
        self.assertEqual(self._open({move: 10}, product_id=chair.id).product_id, chair, "what somebody chose stays")
        self.assertFalse(self._open().product_id)

    def test_reasons_are_a_tree_and_leave_open_what_the_one_above_says(self):
        self.assertEqual(self.reason.display_name, "Delivery / In part")
        self.assertEqual(self.reason._get_checks().mapped("name"), ["Proof of delivery", "Ask the carrier"])
        with self.assertRaises(UserError):
            self.main.parent_id = self.reason
        self.main.user_id = self.manager
        self.assertEqual(self._open().user_id, self.manager)
        self.reason.user_id = self.collector
        self.assertEqual(self._open().user_id, self.collector)

    def test_the_member_of_the_team_with_the_fewest_open_disputes_gets_it(self):
        first = self._new_user("first", "credit_collection.group_credit_collection_user")
        second = self._new_user("second", "credit_collection.group_credit_collection_user")
        self.main.team_ids = first | second
        owners = [self._open().user_id for __ in range(3)]
        self.assertEqual(owners, [first, second, first])
        self.env["credit.collection.dispute"].search([("user_id", "=", first.id)]).action_cancel()
        self.assertEqual(self._open().user_id, first)
        second.active = False
        self.assertEqual(self._open().user_id, first, "who has left gets nothing")

    def test_the_shipped_tree_is_complete(self):
        reasons = self.env["credit.collection.dispute.reason"]
        for code in (
            "invoice_error", "price", "delivery", "quality", "not_as_ordered", "missing_order", "paid", "not_ours",
            "payment_terms", "other",
        ):  # fmt: skip
            reason = self.env.ref(f"credit_collection.credit_collection_dispute_reason_{code}")
            reasons |= reason
            self.assertFalse(reason.parent_id)
            self.assertTrue(reason.check_ids, f"{reason.name} says what to check")
        children = reasons.child_ids
        self.assertGreaterEqual(len(children), 15)
        for child in children:
            self.assertTrue(child.parent_id.sequence < child.sequence < child.parent_id.sequence + 10, child.name)

    # === DEADLINE, CHECKLIST, EVIDENCE === #

    def test_the_deadline_and_the_checklist_come_from_the_reason(self):
        self.reason.deadline_days = 4
        dispute = self._open()
        self.assertEqual(dispute.date_deadline, DAY("2026-03-14"))
        self.assertEqual(dispute.check_ids.mapped("name"), ["Proof of delivery", "Ask the carrier"])
        dispute.check_ids[0].done = True
        self.assertEqual((dispute.check_ids[0].user_id, dispute.check_progress), (self.collector, "1/2"))
        self.assertTrue(dispute.check_ids[0].date)
        with self.assertRaises(AccessError):
            dispute.check_ids[1].user_id = self.manager
        dispute.reason_id = self.main
        self.assertEqual(dispute.date_deadline, DAY("2026-03-17"))
        self.assertTrue(dispute.check_ids[0].done, "what was checked stays")

    def test_evidence_of_both_sides_is_read_by_whoever_reads_the_dispute(self):
        dispute = self._open()
        files = self.env["ir.attachment"].with_user(self.collector).create(
            [{"name": f"{name}.txt", "raw": name.encode()} for name in ("photo", "proof")]
        )  # fmt: skip
        dispute.write(
            {"evidence_customer_ids": [Command.link(files[0].id)], "evidence_own_ids": [Command.link(files[1].id)]}
        )
        self.assertEqual(files.mapped("res_id"), [dispute.id] * 2)
        self.assertEqual(files.with_user(self.accountant).mapped("raw"), [b"photo", b"proof"])

    def test_it_refers_to_documents_of_what_is_installed_only(self):
        dispute = self._open()
        installed = [name for name in ("sale.order", "stock.picking") if name in self.env]
        self.assertEqual([name for name, __ in dispute._get_document_models()], installed)
        dispute.document_key = "sale.order,7"
        self.assertFalse(dispute.document_ref, "nothing breaks when the application, or the order, is gone")
        self.assertEqual(dispute.document_key, "sale.order,7")
        dispute.web_read({"document_ref": {"fields": {}}})

    def test_the_salesperson_is_that_of_the_invoice(self):
        move = self._new_invoice("2026-03-01", invoice_user_id=self.manager.id)
        self.assertEqual(self._open({move: 10}).salesperson_id, self.manager)

    # === STATES AND ESCALATION === #

    def test_the_states_leave_their_dates(self):
        dispute = self._open()
        dispute.action_investigate()
        dispute.action_wait()
        self.assertEqual((dispute.date_investigating, dispute.date_waiting, dispute.state), (TODAY, TODAY, "waiting"))
        dispute.action_investigate()
        self.assertEqual(dispute.state, "investigating")
        dispute.action_cancel()
        with self.assertRaises(UserError):
            dispute.action_wait()

    def test_an_overdue_dispute_goes_to_the_manager_once(self):
        self.company.collection_manager_id = self.manager
        dispute, early = self._open(), self._open()
        dispute.date_deadline, early.date_deadline = DAY("2026-03-09"), TODAY
        self.assertTrue(dispute.is_overdue)
        self.assertEqual(dispute.search([("is_overdue", "=", True)]), dispute)
        self.assertIn(early, dispute.search([("is_overdue", "=", False)]))
        disputes = self.env["credit.collection.dispute"]
        self.assertEqual(disputes._escalate(self.company), dispute)
        self.assertEqual(dispute.date_escalated, TODAY)
        told = dispute.activity_ids.filtered(lambda activity: activity.user_id == self.manager)
        self.assertEqual(told.summary, f"Overdue: dispute {dispute.name}")
        self.assertFalse(disputes._escalate(self.company), "once")
        dispute.action_resolve()
        self.assertFalse(dispute.activity_ids)

    def test_who_waits_for_the_customer_has_a_day_of_its_own(self):
        dispute = self._open()
        dispute.action_wait()
        dispute.date_deadline = DAY("2026-03-01")
        self.assertFalse(dispute.is_overdue)
        self.assertFalse(dispute._escalate(self.company))
        dispute.date_waiting_until = DAY("2026-03-09")
        self.assertTrue(dispute.is_overdue)
        self.assertEqual(dispute._escalate(self.company), dispute)

    def test_a_dispute_or_a_company_that_fails_does_not_stop_the_others(self):
        good, bad = self._open(), self._open()
        (good | bad).date_deadline = DAY("2026-03-01")
        model = self.env.registry["credit.collection.dispute"]
        tell = model._tell_manager

        def fail(dispute, date):
            if dispute.id == bad.id:
                raise ValueError(dispute.name)
            return tell(dispute, date)

        self.patch(model, "_tell_manager", fail)
        name = "odoo.addons.credit_collection.models.credit_collection_daily"
        with self.assertLogs(name, "ERROR"), patch.object(self.env.cr, "commit", self.env.flush_all):
            self.env["credit.collection.dispute"].sudo()._cron_escalate()
        self.assertEqual((good.date_escalated, bad.date_escalated), (TODAY, False))
        self.patch(model, "_escalate", lambda *args: 1 / 0)
        with self.assertLogs(name, "ERROR"), patch.object(self.env.cr, "commit", self.env.flush_all):
            self.env["credit.collection.dispute"].sudo()._cron_escalate()

    # === MESSAGES === #

    def test_the_customer_hears_that_it_was_received_and_what_came_of_it(self):
        self.company.collection_dispute_acknowledge = True
        move = self._new_invoice("2026-03-01")
        dispute = self._open({move: 80})
        ((recipients, mail),) = self._send_about(dispute)
        self.assertEqual(recipients, [self.customer.email])
        self.assertIn("80.00", mail["Subject"])
        body = self._html(mail)
        self.assertIn(dispute.name, body)
        self.assertIn("March 20, 2026", body, "the day of the answer")
        self.assertNotIn("View and pay", body, "nothing is asked for")
        self.assertEqual(dispute.date_acknowledged, TODAY)
        dispute._settle("credit", "Two boxes were missing.", amounts={dispute.line_ids: 80})
        ((__, mail),) = self._send_about(dispute)
        body = self._html(mail)
        for words in ("Two boxes were missing.", dispute.booked_move_ids.name, "80.00", "920.00"):
            self.assertIn(words, body)

    def test_a_rejection_is_sent_with_its_explanation_whatever_was_ticked(self):
        dispute = self._open()
        dispute._settle("rejected", "Signed for by <Mr Noir>.", notify=False)
        ((__, mail),) = self._send_about(dispute)
        self.assertIn("Signed for by &lt;Mr Noir&gt;.", self._html(mail))

    def test_every_outcome_can_be_told(self):
        for kind in ("credit", "gesture", "corrected", "replacement", "due_date", "explained"):
            with self.subTest(kind):
                move = self._new_invoice("2026-03-01", 90)
                dispute = self._open({move: 40})
                dispute._settle(
                    kind, "Words.", amounts={dispute.line_ids: 40}, reference="WH/OUT/7", date=DAY("2026-04-30")
                )
                ((__, mail),) = self._send_about(dispute)
                self.assertIn("Words.", self._html(mail))

    def test_nothing_is_said_where_nothing_is_to_be_said(self):
        self.company.collection_dispute_acknowledge = True
        self.assertFalse(self._open(origin="sales").action_ids, "sales raised it: the customer may know nothing of it")
        self.assertFalse(self._open(acknowledge=False).action_ids)
        dispute = self._open()
        self.assertEqual(dispute.action_ids.state, "planned")
        dispute.action_cancel()
        self.assertEqual(dispute.action_ids.state, "cancelled", "a mistake is not acknowledged")
        dispute = self._open(acknowledge=False)
        dispute._settle("explained", notify=False)
        self.assertFalse(dispute.action_ids)

    def test_an_outcome_that_has_not_left_is_taken_back_with_it(self):
        dispute = self._open()
        dispute._settle("explained", "See our letter.")
        dispute.action_reopen()
        self.assertEqual((dispute.action_ids.state, dispute.outcome_kind), ("cancelled", False))

    def test_the_person_who_raised_it_is_answered(self):
        self.company.collection_dispute_acknowledge = True
        buyer = self.env["res.partner"].create(
            {"name": "Bea Buyer", "parent_id": self.customer.id, "email": "bea@albatros.example"}
        )
        dispute = self._open(contact_id=buyer.id)
        ((recipients, __),) = self._send_about(dispute)
        self.assertEqual(recipients, [buyer.email])

    def test_messages_name_the_invoice_also_when_all_of_it_is_disputed(self):
        self.company.collection_dispute_acknowledge = True
        move = self._new_invoice("2026-03-01")
        dispute = self._open({move: 1000})
        self._plan("2026-03-10")  # a run in between asks again for what waits, but for steps of the ladder only
        ((__, received),) = self._send_about(dispute)
        self.assertIn(move.name, received["Subject"])
        dispute._settle("replacement", reference="WH/7")
        self._plan("2026-03-10")
        ((__, outcome),) = self._send_about(dispute)
        self.assertIn(move.name, outcome["Subject"])
        self.assertEqual(dispute.action_ids.line_ids.mapped("amount"), [1000, 1000], "what is disputed")

    # === OPENED BY THE CUSTOMER === #

    def test_a_customer_opens_a_dispute_with_words_and_files(self):
        self.company.collection_dispute_acknowledge = True
        move = self._new_invoice("2026-03-01")
        portal = self._new_user("portal", "base.group_portal")
        disputes = self.env["credit.collection.dispute"].with_user(portal)
        with self.assertRaises(AccessError):
            disputes.search([])
        dispute = disputes._open_for(
            self._debtor(), {self._item(move): 200}, self.reason, " Two boxes are missing. ", "portal",
            [("photo.jpg", b"not really")],
        )  # fmt: skip
        self.assertEqual((dispute.origin, dispute.description), ("portal", "Two boxes are missing."))
        self.assertEqual(dispute.evidence_customer_ids.raw, b"not really")
        self.assertEqual(dispute.with_user(self.collector).evidence_customer_ids.name, "photo.jpg")
        self.assertEqual(dispute.user_id, self.collector)
        self.assertEqual(self._standing(move, "2026-03-10")["disputed"], 200, "held at once")
        self.assertEqual(dispute.action_ids.purpose, "dispute_received")

    def test_a_customer_disputes_only_what_is_their_own_and_open(self):
        mine, other = (
            self._new_invoice("2026-03-01"),
            self._new_invoice("2026-03-01", partner=self._new_customer("Other")),
        )
        open_for = self.env["credit.collection.dispute"]._open_for
        for items, error in (
            ({}, UserError),
            ({self._item(other): 10}, ValidationError),
            ({self._item(mine): 1000.01}, ValidationError),
            ({self._item(mine): 0}, UserError),
            ({mine.line_ids - self._item(mine): 10}, UserError),
        ):
            with self.assertRaises(error):
                open_for(self._debtor(), items, self.reason)
        self._pay(mine)
        with self.assertRaisesRegex(UserError, "not open"):
            open_for(self._debtor(), {self._item(mine): 10}, self.reason)
        self.assertFalse(self._debtor().dispute_ids)

    # === WHAT HAPPENS AROUND IT === #

    def test_a_dispute_moves_with_the_file_of_a_merged_customer(self):
        other = self._new_customer("Other")
        dispute = self._open({self._new_invoice("2026-03-01", partner=other): 10})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((other | self.customer).ids, self.customer)
        self.assertEqual(dispute.debtor_id, self._debtor())
        self.assertTrue(dispute._settle("credit", amounts={dispute.line_ids: 10}))

    def test_an_archived_customer_is_still_answered_in_the_books(self):
        dispute = self._open()
        self.customer.active = False
        self.assertTrue(dispute._settle("credit", amounts={dispute.line_ids: 10}, notify=False))

    def test_an_invoice_taken_back_to_draft_keeps_its_dispute(self):
        move = self._new_invoice("2026-03-01")
        dispute = self._open({move: 100})
        move.button_draft()
        move.write(
            {
                "invoice_date_due": DAY("2026-03-02"),
                "invoice_line_ids": [Command.update(move.invoice_line_ids.id, {"price_unit": 50})],
            }
        )
        move.action_post()
        self.assertEqual(dispute.line_ids.move_id, move)
        with self.assertRaisesRegex(UserError, "only"):
            dispute._settle("credit", amounts={dispute.line_ids: 100})
        self.assertTrue(dispute._settle("credit", amounts={dispute.line_ids: 50}))

    def test_another_company_sees_nothing(self):
        dispute = self._open()
        other = self.env["res.company"].create({"name": "Other company"})
        stranger = self._new_user("stranger", "credit_collection.group_credit_collection_user")
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        for record in (dispute, dispute.line_ids, dispute.check_ids):
            self.assertFalse(record.with_user(stranger).search([("id", "in", record.ids)]))
        with self.assertRaises(AccessError):
            dispute.with_user(stranger)._settle("explained")

    # === WHAT THE CUSTOMER IS TOLD === #

    def test_what_is_written_to_a_customer_goes_to_no_other(self):
        stranger = self._new_customer("Stranger")
        dispute = self._open(contact_id=stranger.id)
        dispute._settle("explained", "See our letter.")
        self.assertEqual(dispute.action_ids.contact_id, self.customer)
        head_office = self._new_customer("Head office")
        self._debtor().payer_id = head_office
        dispute = self._open(contact_id=head_office.id)
        dispute._settle("explained", "See our letter.")
        self.assertEqual(dispute.action_ids.contact_id, head_office, "who pays is told")

    def test_a_second_outcome_tells_of_its_own_credit_note_only(self):
        move = self._new_invoice("2026-03-01")
        dispute = self._open({move: 50})
        dispute._settle("credit", "First.", amounts={dispute.line_ids: 20}, notify=False)
        first = dispute.booked_move_ids
        dispute.action_reopen()
        dispute._settle("credit", "Second.", amounts={dispute.line_ids: 30})
        ((__, mail),) = self._send_about(dispute)
        body = self._html(mail)
        self.assertIn((dispute.booked_move_ids - first).name, body)
        self.assertIn("30.00", body)
        self.assertNotIn(first.name, body)
        self.assertEqual(len(dispute.booked_move_ids), 2, "the dispute shows both")

    def test_who_was_answered_is_not_told_that_we_look_into_it(self):
        self.company.collection_dispute_acknowledge = True
        dispute = self._open()
        dispute._settle("explained", "See our letter.")
        received, outcome = dispute.action_ids.sorted("id")
        self.assertEqual((received.purpose, received.state), ("dispute_received", "cancelled"))
        self.assertEqual((outcome.purpose, outcome.state), ("dispute_outcome", "planned"))

    def test_what_is_marked_goes_with_the_outcome_and_nothing_else(self):
        dispute = self._open()
        files = self.env["ir.attachment"].with_user(self.collector).create(
            [{"name": f"{name}.txt", "raw": name.encode()} for name in ("proof", "internal")]
        )  # fmt: skip
        foreign = self.env["ir.attachment"].create(
            {"name": "salary.txt", "raw": b"secret", "res_model": "res.users", "res_id": self.manager.id}
        )
        dispute.write(
            {
                "evidence_sent_ids": [Command.link(files[0].id), Command.link(foreign.id)],
                "evidence_own_ids": [Command.link(files[1].id)],
            }
        )
        dispute._settle("rejected", "Signed for, see the proof.")
        ((__, mail),) = self._send_about(dispute)
        sent = [(part.get_filename(), part.get_content()) for part in mail.iter_attachments()]
        self.assertEqual([(name, content.strip()) for name, content in sent], [("proof.txt", "proof")])
        self.assertIn("proof.txt", dispute.action_ids.attachment_digest)
        self.assertEqual(files[0].res_model, dispute._name, "the dispute keeps its own")

    def test_a_credit_note_speaks_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["credit_collection"], ["fr_FR"])
        self.customer.lang = "fr_FR"
        dispute = self._open()
        dispute._settle("gesture", amounts={dispute.line_ids: 10}, notify=False)
        credit = dispute.booked_move_ids
        self.assertEqual(credit.invoice_line_ids.name, "Geste commercial: Goods")
        self.assertIn(f"Geste commercial, litige {dispute.name}", credit.ref)
