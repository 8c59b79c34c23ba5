"""What waits for a manager: found at one place, taken back by whoever asked, refused with a reason."""

from ast import literal_eval

from lxml import etree
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import DAY, CollectionCommon

REASON = "They broke <b>two</b> promises"


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestApproval(CollectionCommon):
    """A dispute, a promise and a plan that go beyond a collector's limits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"collection_credit_limit_user": 100, "collection_credit_limit_manager": 1000})
        cls.reason = cls.env["credit.collection.dispute.reason"].create({"name": "Price"})

    def _ask_dispute(self):
        move = self._new_invoice("2026-02-01")
        dispute = (
            self.env["credit.collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "debtor_id": self._debtor().id,
                    "reason_id": self.reason.id,
                    "line_ids": [Command.create({"move_line_id": self._item(move).id, "amount": 500})],
                }
            )
        )
        self.assertFalse(dispute._settle("credit", "Sorry", amounts={dispute.line_ids: 500}))
        return dispute

    def _ask_promise(self):
        items = self._item(self._new_invoice("2026-02-01")).with_user(self.collector)
        debtor = self._debtor().with_user(self.collector)
        return self.env["credit.collection.promise"].with_user(self.collector)._make(debtor, items, 500, "2026-05-20")

    def _ask_plan(self):
        items = self._item(self._new_invoice("2026-02-01", 9000)).with_user(self.collector)
        debtor = self._debtor().with_user(self.collector)
        plans = self.env["credit.collection.plan"].with_user(self.collector)
        plan = plans._propose(debtor, items, count=3, first=DAY("2026-04-01"))
        plan._accept()
        return plan

    def _ask_all(self):
        return self._ask_dispute(), self._ask_promise(), self._ask_plan()

    def _refuse(self, document, reason=REASON, user=None):
        """Press the button and fill in the dialog."""
        dialog = document.with_user(user or self.manager).action_refuse()
        wizards = self.env[dialog["res_model"]].with_user(user or self.manager).with_context(**dialog["context"])
        with Form(wizards) as form:
            form.reason = reason
        form.record.action_refuse()

    # === REFUSED === #

    def test_a_refusal_says_why_on_the_document_and_tells_whoever_asked(self):
        for document in self._ask_all():
            with self.subTest(document._name):
                self.assertEqual((document.approval_state, document.asked_by_id), ("asked", self.collector))
                # Somebody else is in charge meanwhile: whoever asked is told all the same.
                document.sudo().user_id = self.accountant
                self._refuse(document)
                self.assertEqual((document.approval_state, document.refusal), ("refused", REASON))
                said = document.message_ids.filtered(lambda message: "two" in (message.body or ""))
                self.assertEqual(len(said), 1, "once, and as text")
                self.assertIn("&lt;b&gt;", said.body)
                self.assertIn(self.collector.partner_id, said.partner_ids)
                task = document.activity_ids.filtered(lambda activity: "two" in (activity.note or ""))
                self.assertEqual(task.user_id, self.collector)
                self.assertNotIn("<b>", task.note)

    def test_nothing_is_refused_without_a_reason_or_by_somebody_who_may_not(self):
        for document in self._ask_all():
            with self.subTest(document._name):
                with self.assertRaises(AccessError):
                    document.action_refuse()
                with self.assertRaises(AccessError):
                    document._refuse(REASON)
                with self.assertRaisesRegex(UserError, "Say why"):
                    document.with_user(self.manager)._refuse("  ")
                self.assertEqual(document.approval_state, "asked")
                with self.assertRaises(AccessError):
                    document.write({"refusal": "Mine", "asked_by_id": self.manager.id})

    def test_a_refused_promise_says_so_where_it_would_read_withdrawn(self):
        promise = self._ask_promise()
        self._refuse(promise)
        self.assertEqual(promise.state, "withdrawn")
        noted = promise.debtor_id.message_ids.filtered(lambda message: "two" in (message.body or ""))
        self.assertIn("refused.", noted.body)
        self.assertNotIn("withdrawn", noted.body)
        for kind in ("list", "form", "kanban"):
            arch = etree.fromstring(promise.get_view(view_type=kind)["arch"])
            self.assertTrue(arch.findall(".//field[@name='approval_state']"), kind)

    def test_what_is_settled_another_way_has_no_refusal_any_more(self):
        dispute = self._ask_dispute()
        self._refuse(dispute)
        self.assertTrue(dispute._settle("credit", "Less", amounts={dispute.line_ids: 50}))
        self.assertEqual((dispute.approval_state, dispute.refusal, dispute.approver_id.id), ("none", False, False))
        self.assertFalse(dispute.activity_ids)

    # === TAKEN BACK === #

    def test_a_collector_takes_a_settlement_back_and_settles_it_another_way(self):
        dispute = self._ask_dispute()
        dispute.action_take_back()
        self.assertEqual((dispute.state, dispute.approval_state), ("investigating", "none"))
        self.assertEqual((dispute.outcome_kind, dispute.line_ids.amount_settled), (False, 0))
        self.assertFalse(dispute.activity_ids.filtered(lambda activity: activity.user_id == self.manager))
        self.assertTrue(dispute.activity_ids, "the owner's task stays")
        with self.assertRaisesRegex(UserError, "does not wait"):
            dispute.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "does not wait"):
            dispute.action_take_back()
        self.assertTrue(dispute._settle("credit", "Less", amounts={dispute.line_ids: 50}))
        self.assertEqual(dispute.booked_move_ids.amount_total, 50)

    def test_a_collector_takes_a_plan_back_and_changes_it(self):
        plan = self._ask_plan()
        plan.action_take_back()
        self.assertEqual((plan.state, plan.approval_state, plan.date_accepted), ("proposal", "none", False))
        self.assertEqual((plan.entry_mark, plan.line_ids.mapped("live")), (0, [False]))
        self.assertFalse(plan.activity_ids, "nothing is left to approve")
        plan._distribute(2, "weekly", DAY("2026-04-01"))
        with self.assertRaisesRegex(UserError, "does not wait"):
            plan.with_user(self.manager).action_approve()

    def test_whoever_may_not_settle_takes_nothing_back(self):
        for document in (self._ask_dispute(), self._ask_plan()):
            with self.subTest(document._name), self.assertRaises(AccessError):
                document.with_user(self.accountant).action_take_back()
            self.assertEqual(document.approval_state, "asked")

    # === AT ONE PLACE === #

    def test_a_manager_finds_all_that_waits_under_one_menu_and_a_collector_the_messages(self):
        waiting = self._ask_all()
        top = self.env.ref("credit_collection.credit_collection_action_to_approve_menu")
        for user, names in ((self.manager, ["Messages", "Disputes", "Promises", "Payment Plans", "Payment Days"]),
                            (self.collector, ["Messages"])):  # fmt: skip
            menus = self.env["ir.ui.menu"].with_user(user)
            visible = menus.browse(menus._visible_menu_ids()).filtered(lambda menu: menu.parent_id == top)
            self.assertEqual(visible.sorted("sequence").mapped("name"), names)
        for document in waiting:
            action = self.env.ref(f"credit_collection.{document._name.replace('.', '_')}_action_to_approve")
            model = self.env[action.res_model].with_user(self.manager)
            name = next(iter(literal_eval(action.context))).removeprefix("search_default_")
            search = etree.fromstring(model.get_view(view_type="search")["arch"])
            domain = literal_eval(search.find(f".//filter[@name='{name}']").get("domain"))
            self.assertEqual(model.search(domain), document)
