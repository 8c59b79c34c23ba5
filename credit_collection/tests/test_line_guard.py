"""Lines stay in their document: nobody moves one into what was agreed, or into another company's file."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import CollectionCommon


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestLineGuard(CollectionCommon):
    def _new_plan(self, partner=None, company=None):
        move = self._new_invoice("2026-02-20", 600, partner=partner)
        return self.env["credit.collection.plan"].create(
            {
                "debtor_id": self._debtor(partner).id,
                "currency_id": move.currency_id.id,
                "line_ids": [Command.create({"move_line_id": self._item(move).id, "amount": 600})],
                "installment_ids": [Command.create({"date": "2026-04-01", "amount": 600})],
            }
        )

    def _check_stays(self, line, name, other):
        with self.assertRaises(UserError, msg=line._name):
            line.with_user(self.collector).write({name: other.id})
        line.with_user(self.collector).write({name: line[name].id})

    def test_nothing_moves_into_a_plan_that_runs(self):
        running, proposal = self._new_plan(), self._new_plan(self._new_customer("Other"))
        running._accept()
        self._check_stays(proposal.installment_ids, "plan_id", running)
        self._check_stays(proposal.line_ids, "plan_id", running)

    def test_each_reason_to_ask_a_manager_stands_in_a_line_of_its_own(self):
        plan = self._new_plan()
        plan.installment_ids.write({"date": "2026-12-01"})
        self.company.collection_plan_amount = 100
        plan.with_user(self.collector)._accept()
        self.assertEqual(plan.approval_state, "asked")
        note = plan.activity_ids.filtered(lambda task: task.user_id == self.manager).note
        self.assertEqual((plan.approval_reason.count("\n"), note.count("<br>")), (1, 1))

    def test_nothing_moves_between_disputes(self):
        reason = self.env["credit.collection.dispute.reason"].create(
            {"name": "Anything", "check_ids": [Command.create({"name": "Looked"})]}
        )
        disputes = self.env["credit.collection.dispute"].browse()
        for partner in self.customer, self._new_customer("Other"):
            item = self._item(self._new_invoice("2026-02-20", 600, partner=partner))
            disputes |= disputes.create(
                {
                    "debtor_id": self._debtor(partner).id,
                    "reason_id": reason.id,
                    "line_ids": [Command.create({"move_line_id": item.id, "amount": 100})],
                }
            )
        first, second = disputes
        second._set_resolved()
        self._check_stays(first.check_ids, "dispute_id", second)
        self._check_stays(first.line_ids, "dispute_id", second)
