from datetime import timedelta
from unittest.mock import patch

import psycopg2
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestFlow(CollectionCommon):
    """From an overdue invoice to a mail that left once."""

    def test_an_overdue_invoice_is_reminded_once_and_then_climbs(self):
        move = self._new_invoice("2026-03-01", ref="PO-77")
        mails = self._cycle("2026-03-05")
        self.assertEqual(len(mails), 1)
        recipients, message = mails[0]
        self.assertEqual(recipients, ["pay@albatrossarl.example"])
        self.assertIn("$\N{NO-BREAK SPACE}1,000.00 due March 1, 2026", message["Subject"])
        body = self._html(message)
        for expected in (move.name, "PO-77", "1,000.00", "March 12, 2026", "/my/collection/enter/", "Collector"):
            self.assertIn(expected, body)
        self.assertEqual(self._cycle("2026-03-05"), [], "the same day again sends nothing")
        self.assertEqual(self._cycle("2026-03-06"), [])
        self.assertEqual(len(self._cycle("2026-03-15")), 1)
        self.assertEqual(len(self._cycle("2026-03-27")), 1)
        self.assertEqual(self._standing(move, "2026-03-28")["level"], 4)

    def test_a_debtor_file_opens_with_the_first_open_item(self):
        move = self._new_invoice("2026-03-01")
        debtor = (
            self.env["credit.collection.debtor"]
            .with_user(self.collector)
            .search([("partner_id", "=", self.customer.id)])
        )
        self.assertEqual(len(debtor), 1)
        self.assertEqual(debtor.with_context(collection_date=DAY("2026-03-05")).amount_overdue, 1000)
        self._new_invoice("2026-04-01")
        move.button_draft()
        move.action_post()
        self.assertEqual(debtor.search([("partner_id", "=", self.customer.id)]), debtor)

    def test_level_rises_when_sent_and_not_before(self):
        move = self._new_invoice("2026-03-01")
        self._plan("2026-03-05")
        self.assertEqual(self._standing(move, "2026-03-05")["level"], 0)
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "in_progress")
        self._send("2026-03-05")
        self.assertEqual(self._standing(move, "2026-03-05")["level"], 2)
        self.assertEqual(move.collection_level, 2)
        invoices = self.env["account.move"].with_user(self.accountant)
        self.assertEqual(invoices.search([("collection_level", ">", 1)]), move)
        groups = invoices._read_group([("id", "=", move.id)], ["collection_level", "collection_disputed"], ["__count"])
        self.assertEqual(groups, [(2, False, 1)])

    def test_a_fresh_install_sends_nothing(self):
        self.scenario.with_user(self.manager).action_turn_off()
        move = self._new_invoice("2026-03-01")
        self.assertEqual(self._cycle("2026-03-05"), [])
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "scenario_off")

    def test_preventive_message_leaves_before_the_due_date_and_lapses_on_it(self):
        self._new_invoice("2026-03-10")
        self.assertEqual(self._cycle("2026-03-02"), [])
        self.assertEqual(len(self._cycle("2026-03-05")), 1)
        late = self._new_invoice("2026-03-10", partner=self._new_customer("Cormoran"))
        self.assertEqual(self._standing(late, "2026-03-10")["standing"], "waiting")
        self.assertEqual(self._standing(late, "2026-03-10")["step_level"], 2)

    def test_new_and_risky_customers_are_reminded_early_whatever_the_amount(self):
        self.scenario.step_ids[0].write({"min_amount": 1000, "new_or_risky": True})
        move = self._new_invoice("2026-03-10", 50)
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "due", "a new customer")
        self._pay(self._new_invoice("2026-01-10", 20))
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "minimum", "known by now, and small")
        self.customer.trust = "bad"
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "due", "a risky one")

    def test_one_message_per_customer_with_due_and_shown_lines(self):
        old, young = self._new_invoice("2026-03-01", 500), self._new_invoice("2026-03-04", 300)
        run = self._plan("2026-03-05")
        action = run.action_ids
        self.assertEqual(len(action), 1)
        due = action.line_ids.filtered("step_id")
        self.assertEqual(due.move_id, old)
        self.assertEqual((action.line_ids - due).move_id, young)
        self.assertEqual(action.amount, 500)
        ((__, message),) = self._send("2026-03-05")
        self.assertIn("800.00", self._html(message))

    def test_one_message_per_invoice_when_the_scenario_says_so(self):
        self.scenario.grouping = "invoice"
        moves = self._new_invoice("2026-03-01", 500) + self._new_invoice("2026-03-01", 300)
        run = self._plan("2026-03-05")
        self.assertEqual(run.action_ids.move_id, moves)
        self.assertEqual(len(self._send("2026-03-05")), 2)

    def test_paid_between_plan_and_send_gets_nothing(self):
        move = self._new_invoice("2026-03-01")
        run = self._plan("2026-03-05")
        self._pay(move)
        self.assertEqual(self._send("2026-03-05"), [])
        self.assertEqual(run.action_ids.state, "skipped")
        self.assertEqual(run.action_ids.reason, "Paid or cancelled meanwhile")
        self.assertFalse(run.action_ids.line_ids.live)

    def test_part_payment_between_plan_and_send_lowers_what_is_asked(self):
        move = self._new_invoice("2026-03-01")
        run = self._plan("2026-03-05")
        self._pay(move, 400)
        ((__, message),) = self._send("2026-03-05")
        self.assertIn("600.00", message["Subject"])
        self.assertEqual(run.action_ids.amount, 600)

    def _get_events(self):
        """What may happen between plan and send, with the reason that is shown then."""
        refund = self.env["account.move.reversal"].with_context(active_model="account.move")

        def set_hold(move):
            self._debtor(move.partner_id).write({"hold_until": "2026-04-01", "hold_reason": "They called"})

        def opt_out(move):
            debtor = self._debtor(move.partner_id)
            debtor.optout_ids.create({"debtor_id": debtor.id, "channel": "email"})

        return {
            "disputed": (self._dispute, "Disputed"),
            "reset to draft": (lambda move: move.button_draft(), "Paid or cancelled meanwhile"),
            "reversed": (
                lambda move: (
                    refund.with_context(active_ids=move.ids)
                    .create({"journal_id": move.journal_id.id, "date": "2026-03-05"})
                    .modify_moves()
                ),
                "Paid or cancelled meanwhile",
            ),
            "no follow-up": (lambda move: move.write({"no_followup": True}), "Excluded from follow-up on the invoice"),
            "blocked": (lambda move: move.write({"payment_state": "blocked"}), "Payment blocked on the invoice"),
            "credit": (
                lambda move: self._new_invoice("2026-03-05", 1000, partner=move.partner_id, move_type="out_refund"),
                "Covered by unallocated money or credit notes",
            ),
            "hold": (set_hold, "The debtor is on hold"),
            "opt-out": (opt_out, "The customer closed this channel"),
            "bounce": (
                lambda move: move.partner_id._flag_collection_bounce(move.partner_id.email),
                "No usable address for the next step",
            ),
        }

    def test_what_happens_between_plan_and_send_stops_the_message(self):
        expected = self._get_events()
        for number, (name, (event, reason)) in enumerate(expected.items()):
            with self.subTest(event=name):
                move = self._new_invoice("2026-03-01", partner=self._new_customer(f"Customer {number}"))
                run = self._plan("2026-03-05")
                event(move)
                self.assertEqual(self._send("2026-03-05", [("run_id", "=", run.id), ("state", "=", "planned")]), [])
                self.assertEqual(run.action_ids.state, "skipped")
                self.assertEqual(run.action_ids.reason, reason)

    def _dispute(self, move, amount=None):
        return (
            self.env["credit.collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "debtor_id": self._debtor(move.partner_id).id,
                    "reason_id": self.env["credit.collection.dispute.reason"].search([], limit=1).id
                    or self.env["credit.collection.dispute.reason"].create({"name": "Price"}).id,
                    "line_ids": [
                        (0, 0, {"move_line_id": self._item(move).id, "amount": amount or move.amount_residual})
                    ],
                }
            )
        )

    def test_levels_survive_draft_changed_terms_and_repost(self):
        move = self._new_invoice("2026-03-01")
        self._cycle("2026-03-05")
        move.button_draft()
        move.invoice_date_due = DAY("2026-03-03")
        move.action_post()
        standing = self._standing(move, "2026-03-05")
        self.assertEqual(standing["level"], 2)
        self.assertEqual(self._cycle("2026-03-08"), [], "the step that was sent is not sent again")
        self.assertEqual(len(self._cycle("2026-03-17")), 1)

    def test_a_proposal_sends_nothing_and_confirming_it_sends_what_is_still_due(self):
        paid, open_ = (
            self._new_invoice("2026-03-01"),
            self._new_invoice("2026-03-01", partner=self._new_customer("Cygne")),
        )
        run = self._plan("2026-03-05", proposal=True)
        self.assertEqual(run.state, "proposal")
        self.assertEqual(self._send("2026-03-05"), [])
        self.assertEqual(self._standing(open_, "2026-03-05")["standing"], "due", "a proposal blocks nothing")
        self._pay(paid)
        run.with_user(self.manager).with_context(collection_date=DAY("2026-03-05")).action_confirm()
        self.assertEqual(run.state, "live")
        self.assertEqual(sorted(run.action_ids.mapped("state")), ["planned", "skipped"])
        mails = self._send("2026-03-05")
        self.assertEqual([recipients for recipients, __ in mails], [["pay@cygne.example"]])

    def test_a_run_out_of_proportion_becomes_a_proposal(self):
        self.company.collection_brake_messages = 2
        for number in range(3):
            self._new_invoice("2026-03-01", partner=self._new_customer(f"Debtor {number}"))
        run = self._plan("2026-03-05")
        self.assertEqual(run.state, "proposal")
        self.assertTrue(run.brake_reason)
        self.assertEqual(run.activity_ids.user_id, self.manager)
        self.assertEqual(self._send("2026-03-05"), [])
        newer = self._plan("2026-03-06")
        self.assertEqual(run.state, "cancelled")
        self.assertEqual(newer.state, "proposal")

    def test_stop_all_sending_stops_between_two_messages(self):
        for number in range(3):
            self._new_invoice("2026-03-01", partner=self._new_customer(f"Debtor {number}"))
        run = self._plan("2026-03-05")
        first = self.env["credit.collection.action"]
        with self._sink() as sink, patch.object(self.env.cr, "commit", self.env.flush_all):
            first._claim_next()._carry_out(DAY("2026-03-05"))
            self.company.collection_stopped = True
            self.assertFalse(first._claim_next())
        self.assertEqual(len(sink.mails), 1)
        self.assertEqual(sorted(run.action_ids.mapped("state")), ["planned", "planned", "sent"])

    def test_the_same_step_twice_is_refused_by_the_database(self):
        self._new_invoice("2026-03-01")
        line = self._plan("2026-03-05").action_ids.line_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.UniqueViolation), self.env.cr.savepoint():
            line.copy()
            self.env.flush_all()

    def test_an_interrupted_sending_becomes_unknown_and_a_person_decides(self):
        move = self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        action._set_sending()
        self.assertEqual(action._recover_orphans(), action)
        self.assertEqual(action.state, "unknown")
        self.assertEqual(self._cycle("2026-03-20"), [], "what may have left is not sent again by itself")
        wizard = self.env["credit.collection.action.resolve"].with_user(self.collector)
        wizard.create({"action_ids": action.ids, "decision": "again", "reason": "Not in the mail log"}).action_confirm()
        self.assertEqual(len(self._send("2026-03-20")), 1)
        self.assertEqual(self._standing(move, "2026-03-20")["level"], 2)

    def test_what_went_out_according_to_a_person_counts(self):
        move = self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        action._set_sending()
        action._recover_orphans()
        action.with_user(self.collector)._resolve("went_out", "The customer has it")
        self.assertEqual(self._standing(move, "2026-03-05")["level"], 2)

    def test_a_removed_action_keeps_its_reason_and_its_step_is_planned_again(self):
        move = self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        action.with_user(self.collector)._resolve("cancel", "Called them today")
        self.assertIn("Called them today", action.reason)
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "due")

    def test_a_broken_text_fails_its_own_action_only(self):
        self._new_invoice("2026-03-01")
        self._new_invoice("2026-03-01", partner=self._new_customer("Zander"))
        run = self._plan("2026-03-05")
        broken = run.action_ids[0]
        broken.template_id = self.text.copy()
        self.env.flush_all()
        self.env.cr.execute(
            'UPDATE credit_collection_template SET body = \'{"en_US": "<p>{nonsense}</p>"}\' WHERE id = %s',
            [broken.template_id.id],
        )
        self.env.invalidate_all()
        with mute_logger("odoo.addons.credit_collection.models.credit_collection_action_send"):
            mails = self._send("2026-03-05")
        self.assertEqual(len(mails), 1)
        self.assertEqual(broken.state, "failed")
        self.assertIn("nonsense", broken.reason)

    def test_server_answers_become_retry_failed_and_unknown(self):
        partners = {name: self._new_customer(name) for name in ("Refused", "Deferred", "Dropped", "Fine")}
        for partner in partners.values():
            self._new_invoice("2026-03-01", partner=partner)
        run = self._plan("2026-03-05")
        with mute_logger("odoo.addons.mail.models.mail_mail"), self._sink() as sink:
            sink.refused, sink.deferred, sink.dropped = "refused", "deferred", "dropped"
            self._send_ready("2026-03-05")
        states = {action.debtor_id.partner_id.name: action.state for action in run.action_ids}
        self.assertEqual(states, {"Refused": "failed", "Deferred": "retry", "Dropped": "unknown", "Fine": "sent"})
        self.assertFalse(
            self.env["mail.mail"].search([("state", "!=", "sent"), ("model", "=", "credit.collection.debtor")])
        )
        later = run.action_ids.filtered(lambda action: action.state == "retry")
        later.next_try = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(len(self._send("2026-03-05")), 1)
        self.assertEqual(later.state, "sent")
        self.assertEqual(later.tries, 2)

    def test_a_task_is_done_by_a_person_and_counts_then(self):
        self.scenario.step_ids[1].write({"channel": "phone", "mode": "task"})
        self.customer.phone = "+33 1 44 55 66 77"
        move = self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        self.assertEqual(action.state, "todo")
        self.assertEqual(self._standing(move, "2026-03-05")["level"], 0)
        action.with_user(self.collector).action_done()
        self.assertEqual(self._standing(move, "2026-03-05")["level"], 2)

    def test_large_amounts_go_to_a_person_and_approvals_wait(self):
        self.scenario.step_ids[1].write({"person_amount": 5000, "approval_amount": 2000})
        amounts = {"Small": 2000, "Middle": 2001, "Large": 5001}
        for name, amount in amounts.items():
            self._new_invoice("2026-03-01", amount, partner=self._new_customer(name))
        run = self._plan("2026-03-05")
        states = {action.debtor_id.partner_id.name: action.state for action in run.action_ids}
        self.assertEqual(states, {"Small": "planned", "Middle": "to_approve", "Large": "todo"})
        middle = run.action_ids.filtered(lambda action: action.state == "to_approve")
        middle.with_user(self.collector).action_approve()
        self.assertEqual(middle.approved_by_id, self.collector)
        self.assertEqual(len(self._send("2026-03-05")), 2)

    def test_formal_notices_are_approved_by_a_manager(self):
        self.scenario.step_ids[4].mode = "approve"
        self.scenario.step_ids[:4].unlink()
        self._new_invoice("2026-01-01")
        action = self._plan("2026-03-05").action_ids
        with self.assertRaises(AccessError):
            action.with_user(self.collector).action_approve()
        action.with_user(self.manager).action_approve()
        self.assertEqual(action.state, "planned")

    def test_accountants_read_and_do_not_send(self):
        self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        self.assertEqual(action.with_user(self.accountant).state, "planned")
        with self.assertRaises(AccessError):
            action.with_user(self.accountant).action_approve()
        with self.assertRaises(AccessError):
            self.env["credit.collection.run"].with_user(self.accountant)._plan(self.company, DAY("2026-03-06"))

    def test_a_sent_action_cannot_be_forged_or_removed(self):
        self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        self._send("2026-03-05")
        with self.assertRaises(AccessError):
            action.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            action.with_user(self.collector)._resolve("cancel", "Never mind")
        with self.assertRaises(AccessError):
            action.with_user(self.collector).write({"state": "planned"})

    def test_the_message_lies_on_the_debtor_and_a_bounce_flags_the_address(self):
        move = self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        self._send("2026-03-05")
        debtor = self._debtor()
        message = action.mail_message_id
        self.assertEqual((message.model, message.res_id), (debtor._name, debtor.id))
        self.assertEqual(message.message_id, action.message_key)
        debtor._message_receive_bounce("pay@albatrossarl.example", self.customer)
        self.assertTrue(self.customer.collection_email_bounces)
        self.assertTrue(action.bounced)
        self.assertEqual(self._standing(move, "2026-03-20")["standing"], "no_address")
        self.customer.email = "new@albatros.example"
        self.assertEqual(self._standing(move, "2026-03-20")["standing"], "due")

    def test_an_answer_lands_on_the_file_of_the_debtor(self):
        self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        ((__, message),) = self._send("2026-03-05")
        answer = (
            f"From: {self.customer.email}\nTo: {message['Reply-To']}\nSubject: Re: {action.subject}\n"
            f"In-Reply-To: {message['Message-Id']}\nReferences: {message['Message-Id']}\n"
            "Message-Id: <answer@albatros.example>\nContent-Type: text/plain; charset=utf-8\n\nWe paid on Monday.\n"
        )
        self.env["mail.thread"].message_process(False, answer)
        answers = self._debtor().message_ids.filtered(lambda found: found.message_id == "<answer@albatros.example>")
        self.assertIn("We paid on Monday", answers.body)
        self.assertEqual(answers.author_id, self.customer)

    def test_legal_pdf_is_attached_and_its_digest_kept(self):
        self.scenario.step_ids[1].attach_invoices = True
        move = self._new_invoice("2026-03-01")
        pdf = self.env["ir.attachment"].create(
            {"name": "INV.pdf", "raw": b"%PDF-1.4 legal", "res_model": "account.move", "res_id": move.id,
             "res_field": "invoice_pdf_report_file", "mimetype": "application/pdf"}
        )  # fmt: skip
        move.invalidate_recordset()
        action = self._plan("2026-03-05").action_ids
        ((__, message),) = self._send("2026-03-05")
        attachment = next(message.iter_attachments())
        self.assertEqual(attachment.get_content(), pdf.raw)
        self.assertIn("INV.pdf", action.attachment_digest)

    def test_instalments_are_items_of_their_own(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two",
                "line_ids": [(0, 0, {"value_amount": 50, "nb_days": 0}), (0, 0, {"value_amount": 50, "nb_days": 60})],
            }
        )
        self._new_invoice("2026-03-31", invoice_payment_term_id=term.id, invoice_date_due=False)
        run = self._plan("2026-03-10")
        self.assertEqual(run.action_ids.amount, 500)
        self.assertEqual(run.action_ids.line_ids.date_due, DAY("2026-03-01"))

    def test_every_open_item_has_a_standing_and_the_total_is_the_ledgers(self):
        self._new_invoice("2026-03-01")
        self._new_invoice("2026-06-01")
        self._new_invoice("2026-03-01", 300, move_type="out_refund")
        self._pay(self._new_invoice("2026-02-01"), 100)
        run = self._plan("2026-03-05")
        lines = self.env["account.move.line"].search(
            [("account_id.account_type", "=", "asset_receivable"), ("reconciled", "=", False),
             ("parent_state", "=", "posted"), ("company_id", "=", self.company.id)]
        )  # fmt: skip
        self.assertEqual(sum(run.standing_ids.mapped("item_count")), len(lines))
        self.assertAlmostEqual(sum(run.standing_ids.mapped("amount")), sum(lines.mapped("amount_residual")))
        report = self.env["credit.collection.report.open.item"].with_context(collection_date="2026-03-05").search([])
        self.assertEqual(report.move_line_id, lines)
