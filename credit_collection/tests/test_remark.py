"""Possible disputes and notes: who may say them, what they hold, what a collector makes of them."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import DAY, CollectionCommon


@freeze_time("2026-03-05 09:00:00")  # a Thursday
@tagged("post_install", "-at_install")
class TestRemark(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("seller", "base.group_user")
        cls.reason = cls.env["credit.collection.dispute.reason"].create({"name": "Anything"})

    def _wizard(self, user=None, record=None, **values):
        """Press the button as ``user`` and fill in the dialog."""
        record = (record or self.customer).with_user(user or self.seller)
        action = record.action_report_collection_remark()
        wizards = self.env[action["res_model"]].with_user(user or self.seller).with_context(**action["context"])
        return wizards.create({"text": "They say it came broken", **values})

    def _report(self, user=None, record=None, **values):
        self._wizard(user, record, **values).action_report()
        return self.env["credit.collection.remark"].search([], limit=1)

    # === WHOEVER WORKS HERE === #

    def test_a_colleague_without_rights_holds_what_is_overdue_with_one_sentence(self):
        overdue, later = self._new_invoice("2026-02-20"), self._new_invoice("2026-04-20")
        remark = self._report()
        self.assertEqual((remark.kind, remark.user_id, remark.state), ("possible", self.seller, "open"))
        self.assertEqual(remark.line_ids.move_id, overdue)
        self.assertEqual(remark.date_until, DAY("2026-03-12"), "five working days from Thursday")
        standing = self._standing(overdue, "2026-03-12")
        self.assertEqual((standing["standing"], standing["until"]), ("possible_dispute", DAY("2026-03-13")))
        self.assertEqual(self._standing(overdue, "2026-03-13")["standing"], "due", "it ends by itself")
        self.assertNotEqual(self._standing(later, "2026-03-06")["standing"], "possible_dispute")
        self.assertEqual(remark.activity_ids.user_id, self.collector)

    def test_it_stops_what_is_planned_already(self):
        self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        self.assertEqual(action.state, "planned")
        self._report()
        self.assertEqual(action.state, "skipped")

    def test_the_file_says_so_only_while_it_is_held_as_a_whole(self):
        debtor = self._debtor().with_user(self.collector)
        self.assertFalse(debtor.provisional)
        self._new_invoice("2026-02-20")
        self._report()
        self.assertFalse(debtor.provisional, "only an invoice is held")
        self._wizard(self.collector, kind="note", text="Call them on Monday").action_report()
        self.assertIn("Call them on Monday", debtor.provisional)

    def test_the_dialog_opens_for_a_colleague_without_rights(self):
        self._new_invoice("2026-02-20")
        action = self.customer.with_user(self.seller).action_report_collection_remark()
        wizards = self.env[action["res_model"]].with_user(self.seller).with_context(**action["context"])
        with Form(wizards) as form:
            self.assertEqual(form.partner_id, self.customer)
            self.assertIn("5 working days", form.hint)
            self.assertNotIn("move_ids", form._view["fields"], "who may not read invoices is shown none")
            form.text = "They say it came broken"
        form.record.action_report()
        self.assertTrue(self._debtor().remark_ids)

    def test_who_reads_the_books_chooses_the_invoices(self):
        first, __ = self._new_invoice("2026-02-20"), self._new_invoice("2026-02-21")
        action = self.customer.with_user(self.accountant).action_report_collection_remark()
        wizards = self.env[action["res_model"]].with_user(self.accountant).with_context(**action["context"])
        with Form(wizards) as form:
            form.text = "One box is missing"
            form.move_ids.add(first)
        form.record.action_report()
        self.assertEqual(self._debtor().remark_ids.line_ids.move_id, first)

    def test_invoices_are_named_by_the_end_of_their_number(self):
        first, second = self._new_invoice("2026-02-20"), self._new_invoice("2026-02-21")
        remark = self._report(numbers=second.name[-5:].lower())
        self.assertEqual(remark.line_ids.move_id, second)
        with self.assertRaisesRegex(UserError, "no open invoice of Albatros"):
            self._report(numbers=f"{first.name}, 99999")

    def test_an_invoice_is_reported_from_its_own_form(self):
        first, __ = self._new_invoice("2026-02-20"), self._new_invoice("2026-02-21")
        self.assertEqual(self._report(self.accountant, first).line_ids.move_id, first)
        with self.assertRaises(AccessError, msg="an invoice that the user may not read"):
            self._report(self.seller, invoice_id=first.id)

    def test_once_per_item_and_person(self):
        first = self._new_invoice("2026-02-20")
        self._report()
        with self.assertRaisesRegex(UserError, "reported all of them before"):
            self._report()
        with self.assertRaisesRegex(UserError, "on 03/05/2026 already .*Collector"):
            self._report(numbers=first.name)
        second = self._new_invoice("2026-02-21")
        self.assertEqual(self._report().line_ids.move_id, second, "what is new may be reported")
        self.assertEqual(len(self._report(self.accountant).line_ids), 2, "somebody else may, too")

    def test_a_word_and_something_open_are_needed(self):
        with self.assertRaisesRegex(UserError, "nothing to hold"):
            self._report()
        self._new_invoice("2026-02-20")
        with self.assertRaisesRegex(UserError, "in a sentence"):
            self._report(text="  ")

    def test_portal_users_are_refused(self):
        self._new_invoice("2026-02-20")
        portal = new_test_user(self.env, "collection_portal", groups="base.group_portal", email="p@p.example")
        with self.assertRaises(AccessError):
            self.env["credit.collection.remark.report"].with_user(portal).create(
                {"partner_id": self.customer.id, "text": "wrong"}
            )
        with self.assertRaises(AccessError):
            self.env["credit.collection.remark"].with_user(portal).search([])
        wizard = self.env["credit.collection.remark.report"].create({"partner_id": self.customer.id, "text": "wrong"})
        with self.assertRaises(AccessError):
            wizard.with_user(portal).sudo().with_user(portal).action_report()

    def test_another_company_is_out_of_reach(self):
        other = self.setup_other_company()["company"]
        self._new_invoice("2026-02-20")
        with self.assertRaisesRegex(AccessError, "do not work in"):
            self._report(company_id=other.id)
        remark = self._report()
        stranger = new_test_user(
            self.env, "collection_other", groups="credit_collection.group_credit_collection_user",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.assertFalse(self.env["credit.collection.remark"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            remark.with_user(stranger).action_aside()

    def test_colleagues_see_their_own_remarks_and_what_became_of_them(self):
        self._new_invoice("2026-02-20")
        mine, other = self._report(), self._report(self.accountant)
        seen = self.env["credit.collection.remark"].with_user(self.seller).search([])
        self.assertEqual(seen, mine)
        fields = self.env["credit.collection.remark"].with_user(self.seller).fields_get()
        self.assertFalse({"amount_overdue", "line_ids", "became", "message_ref_id"} & set(fields))
        read = seen.read(list(fields))[0]
        self.assertEqual(read["outcome"], "to judge")
        form = Form(seen)
        self.assertEqual(form.outcome, "to judge")
        self.assertNotIn("debtor_id", form._view["fields"])
        self.assertIn("amount_overdue", Form(mine.with_user(self.collector))._view["fields"])
        with self.assertRaises(AccessError):
            other.with_user(self.seller).read(["text"])
        with self.assertRaises(AccessError):
            mine.with_user(self.seller).write({"paid_date": "2026-03-01"})
        with self.assertRaises(AccessError):
            mine.with_user(self.seller).action_aside()
        with self.assertRaises(AccessError):
            mine.line_ids.with_user(self.seller).read(["move_id"])
        self.assertEqual(Form(self.customer.with_user(self.seller)).collection_remark_count, 1)
        action = self.customer.with_user(self.seller).action_view_collection_remarks()
        found = self.env["credit.collection.remark"].with_user(self.seller).search(action["domain"])
        self.assertEqual(found, mine)
        mine.with_user(self.collector).action_aside()
        mine.invalidate_recordset()
        self.assertEqual(mine.with_user(self.seller).outcome, "Put aside")
        told = mine.message_ids.filtered(lambda message: self.seller.partner_id in message.partner_ids)
        self.assertIn("Put aside", told.body)

    def test_facts_are_written_by_the_flow_only(self):
        self._new_invoice("2026-02-20")
        remark = self._report().with_user(self.collector)
        for values in ({"date_until": "2026-12-31"}, {"state": "done"}, {"text": "else"}, {"line_ids": [(5,)]}):
            with self.assertRaises(AccessError, msg=values):
                remark.write(values)
        with self.assertRaises(AccessError):
            remark.line_ids.unlink()
        with self.assertRaises(AccessError):
            self.env["credit.collection.remark"].with_user(self.collector).create(
                {"debtor_id": remark.debtor_id.id, "text": "x", "date_until": "2026-12-31"}
            )

    def test_a_subsidiary_is_another_customer(self):
        daughter = self._new_customer("Daughter SARL", parent_id=self.customer.id)
        person = self._new_customer("Ann", parent_id=self.customer.id, is_company=False)
        mine = self._new_invoice("2026-02-20") | self._new_invoice("2026-02-21", partner=person)
        theirs = self._new_invoice("2026-02-20", partner=daughter)
        self.assertEqual(self._report().line_ids.move_id, mine)
        self.assertNotEqual(self._standing(theirs, "2026-03-06")["standing"], "possible_dispute")

    # === WHAT BECOMES OF IT === #

    def test_a_collector_makes_it_a_dispute(self):
        move = self._new_invoice("2026-02-20")
        remark = self._report(text="The goods came damaged.").with_user(self.collector)
        self.assertEqual(remark.suggestion, "dispute")
        self.assertEqual(remark.suggestion_sentence, "The goods came damaged.")
        self.assertEqual(
            remark.suggested_reason_id, self.env.ref("credit_collection.credit_collection_dispute_reason_quality")
        )
        action = remark.action_dispute()
        self.assertEqual(remark.state, "open", "nothing has happened yet")
        disputes = self.env["credit.collection.dispute"].with_user(self.collector).with_context(**action["context"])
        with Form(disputes) as form:
            self.assertEqual(form.description, "The goods came damaged.")
            self.assertEqual(form.reason_id, remark.suggested_reason_id)
        dispute = form.record
        self.assertEqual(dispute.line_ids.move_id, move)
        self.assertEqual((remark.state, remark.decision, remark.became), ("done", "dispute", dispute))
        self.assertEqual(remark.decided_by_id, self.collector)
        self.assertFalse(remark.activity_ids)
        self.assertEqual(self._standing(move, "2026-03-06")["standing"], "disputed")
        self.assertIn(dispute.name, remark.with_user(self.seller).outcome, "who said it is told, without rights to it")

    def test_two_people_decide_at_once(self):
        self._new_invoice("2026-02-20")
        remark = self._report()
        first, second = remark.with_user(self.collector), remark.with_user(self.manager)
        context = second.action_dispute()["context"]
        first.action_aside()
        with self.assertRaisesRegex(UserError, "Collector has judged this already: Put aside"):
            second.action_promise()
        with self.assertRaisesRegex(UserError, "Collector has judged this already"):
            self.env["credit.collection.dispute"].with_user(self.manager).with_context(**context).create(
                {"reason_id": self.reason.id}
            )
        self.assertEqual(remark.decided_by_id, self.collector)

    def test_nobody_decides_while_somebody_else_does(self):
        self._new_invoice("2026-02-20")
        remark = self._report().with_user(self.collector)
        # As when another transaction holds the row.
        self.patch(self.env.registry[remark._name], "try_lock_for_update", lambda records, **options: records.browse())
        with self.assertRaisesRegex(UserError, "right now"):
            remark.action_aside()
        self.assertEqual(remark.state, "open")

    def test_a_dispute_of_another_customer_does_not_judge_it(self):
        self._new_invoice("2026-02-20")
        remark = self._report()
        other = self._new_invoice("2026-02-20", partner=self._new_customer("Other"))
        with self.assertRaises(ValidationError):
            self.env["credit.collection.dispute"].with_user(self.collector).create(
                {
                    "debtor_id": self._debtor(other.partner_id).id,
                    "reason_id": self.reason.id,
                    "remark_id": remark.id,
                    "line_ids": [(0, 0, {"move_line_id": self._item(other).id, "amount": 1})],
                }
            )

    def test_what_was_paid_meanwhile_is_not_replaced_by_other_invoices(self):
        move, __ = self._new_invoice("2026-02-20"), self._new_invoice("2026-02-21")
        remark = self._report(numbers=move.name).with_user(self.collector)
        self._pay(move, date="2026-03-05")
        self.assertFalse(remark.action_dispute()["context"]["default_line_ids"])

    def test_a_part_payment_leaves_the_rest_to_be_disputed(self):
        move = self._new_invoice("2026-02-20")
        remark = self._report().with_user(self.collector)
        payment = self._pay(move, 300, date="2026-03-05")
        context = remark.action_dispute()["context"]
        self.assertEqual(context["default_line_ids"][0][2]["amount"], 700)
        payment.move_id.line_ids.remove_move_reconcile()
        context = remark.action_dispute()["context"]
        self.assertEqual(context["default_line_ids"][0][2]["amount"], 1000)

    def test_put_aside_ends_the_hold(self):
        move = self._new_invoice("2026-02-20")
        remark = self._report().with_user(self.collector)
        remark.action_aside()
        self.assertEqual((remark.state, remark.decision), ("dismissed", "aside"))
        self.assertEqual(self._standing(move, "2026-03-06")["standing"], "due")

    def test_it_is_extended_once(self):
        move = self._new_invoice("2026-02-20")
        remark = self._report().with_user(self.collector)
        remark.action_extend()
        self.assertEqual(remark.date_until, DAY("2026-03-19"), "five working days more")
        self.assertEqual(self._standing(move, "2026-03-19")["standing"], "possible_dispute")
        with self.assertRaisesRegex(UserError, "extended before"):
            remark.action_extend()

    def test_it_expires_by_itself_and_the_task_is_closed(self):
        move = self._new_invoice("2026-02-20")
        remark = self._report()
        with freeze_time("2026-03-12 09:00:00"):
            self._call_cron("credit.collection.remark", "_cron_expire")
            self.assertTrue(remark.activity_ids, "its last day")
        with freeze_time("2026-03-13 09:00:00"):
            remark.invalidate_recordset()
            self.assertTrue(remark.expired)
            self._call_cron("credit.collection.remark", "_cron_expire")
            self.assertFalse(remark.activity_ids)
            self.assertIn("Nobody judged it", "".join(remark.message_ids.mapped("body")))
            told = remark.message_ids.filtered(lambda message: self.seller.partner_id in message.partner_ids)
            self.assertIn("nobody decided", told.body)
            self.assertEqual(self._standing(move, "2026-03-13")["standing"], "due")
            remark.with_user(self.collector).action_extend()
            self.assertEqual(remark.date_until, DAY("2026-03-20"))
            self.assertTrue(remark.activity_ids)

    def test_no_days_hold_nothing(self):
        self.company.collection_possible_days = 0
        move = self._new_invoice("2026-02-20")
        self._report()
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "due")

    def test_the_hold_follows_an_invoice_that_is_posted_anew(self):
        move = self._new_invoice("2026-02-20")
        remark = self._report()
        move.button_draft()
        move.invoice_date_due = DAY("2026-02-19")
        move.action_post()
        self.assertEqual(self._standing(move, "2026-03-06")["standing"], "possible_dispute")
        self.assertEqual(remark._get_named_items(), self._item(move))

    # === A NOTE ON THE DEBTOR === #

    def _note(self, user, text="Their manager calls tomorrow"):
        self.env.invalidate_all()  # another request, maybe on another day
        action = self._debtor().with_user(user).action_note_remark()
        wizards = self.env[action["res_model"]].with_user(user).with_context(**action["context"])
        wizards.create({"text": text}).action_report()

    def test_a_note_holds_the_whole_debtor_once_a_week(self):
        move, later = self._new_invoice("2026-02-20"), self._new_invoice("2026-03-01")
        self._note(self.accountant)
        debtor = self._debtor()
        self.assertEqual(debtor.remark_ids.kind, "note")
        self.assertEqual(debtor.remark_ids.date_until, DAY("2026-03-10"), "three working days from Thursday")
        self.assertIn("Their manager calls", debtor.provisional)
        for invoice in move, later:
            standing = self._standing(invoice, "2026-03-10")
            self.assertEqual((standing["standing"], standing["until"]), ("provisional", DAY("2026-03-11")))
        with self.assertRaisesRegex(UserError, "holds this customer already"):
            self._note(self.accountant)
        with freeze_time("2026-03-11 09:00:00"):
            self._note(self.accountant)
            self.assertFalse(self._standing(move, "2026-03-11")["standing"] == "provisional", "not twice a week")
        with freeze_time("2026-03-12 09:00:00"):
            self._note(self.collector)
            self.assertEqual(self._standing(move, "2026-03-12")["standing"], "provisional", "a week later it may")

    def test_a_note_needs_the_right_to_read_the_file(self):
        self._new_invoice("2026-02-20")
        with self.assertRaises(AccessError):
            self._report(self.seller, kind="note")

    # === FILES === #

    def test_merged_customers_keep_their_remarks(self):
        move = self._new_invoice("2026-02-20")
        remark = self._report()
        target = self._new_customer("Target")
        self._debtor(target)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | target).ids, target)
        self.assertEqual(remark.debtor_id, self._debtor(target))
        self.assertEqual(self._standing(move, "2026-03-06")["standing"], "possible_dispute")
        remark.with_user(self.collector).action_aside()
        self.assertEqual(remark.state, "dismissed")
