"""Corrective actions: whoever owns one sees to it, with no other rights."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import DAY, CollectionCommon

VIEW = "credit_collection.credit_collection_corrective_view_form"


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestCorrective(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("seller", "base.group_user")
        cls.reason = cls.env["credit.collection.dispute.reason"].create({"name": "Prices on the invoice"})

    def _give(self, user=None, **values):
        """A collector gives it to a colleague."""
        model = self.env["credit.collection.corrective"].with_user(self.collector)
        values = {"name": "Send price lists", "date": DAY("2026-04-01"), "reason_id": self.reason.id, **values}
        return model.create({**values, "user_id": (user or self.seller).id})

    def test_a_colleague_without_rights_opens_it_from_the_activity_writes_the_result_and_ends_it(self):
        activity = self._give().activity_ids.with_user(self.seller)
        self.assertEqual(activity.user_id, self.seller)
        action = self.env[activity.res_model].with_user(self.seller).browse(activity.res_id)
        action.invalidate_recordset()
        views = action.get_views([(False, "form"), (False, "list"), (False, "search")])
        fields = list(views["models"][action._name]["fields"])
        self.assertTrue(action.web_read({name: {} for name in fields}))
        self.assertTrue(action.can_edit)
        with Form(action, VIEW) as form:
            self.assertEqual(form.reason_id.display_name, "Prices on the invoice")
            form.result = "Four before, none since."
        action.message_post(body="Sent them today")
        action.action_done()
        self.assertEqual((action.state, action.date_done), ("done", DAY("2026-03-05")))
        self.assertFalse(action.activity_ids)
        action.action_reopen()
        self.assertEqual((action.state, action.activity_ids.user_id), ("open", self.seller))

    def test_it_is_handed_over_to_somebody_else(self):
        action = self._give().with_user(self.seller)
        other = self._new_user("buyer", "base.group_user")
        action.user_id = other
        self.env.invalidate_all()
        self.assertEqual(action.sudo().activity_ids.user_id, other)
        with self.assertRaises(AccessError):
            action.read(["name"])

    def test_those_of_others_and_of_other_companies_stay_closed(self):
        other, mine = self._give(self.collector), self._give()
        model = self.env["credit.collection.corrective"].with_user(self.seller)
        self.assertEqual(model.search([]), mine)
        with self.assertRaises(AccessError):
            other.with_user(self.seller).read(["name"])
        company = self.env["res.company"].create({"name": "Other company"})
        foreign = self.env["credit.collection.corrective"].create(
            {"name": "Elsewhere", "date": DAY("2026-04-01"), "company_id": company.id, "user_id": self.seller.id}
        )
        with self.assertRaises(AccessError):
            foreign.with_user(self.seller).read(["name"])

    def test_the_owner_neither_creates_nor_deletes_nor_writes_what_is_recorded(self):
        action = self._give().with_user(self.seller)
        with self.assertRaises(AccessError):
            action.copy()
        with self.assertRaises(AccessError):
            action.unlink()
        for values in ({"state": "done"}, {"date_done": DAY("2026-03-01")}, {"company_id": self.company.id}):
            with self.assertRaises(AccessError):
                action.write(values)
        with self.assertRaisesRegex(UserError, "what came of"):
            action.action_done()

    def test_whoever_reads_the_books_reads_all_and_changes_only_their_own(self):
        action = self._give().with_user(self.accountant)
        self.assertEqual((action.name, action.can_edit), ("Send price lists", False))
        with self.assertRaises(AccessError):
            action.result = "None"
        own = self._give(self.accountant).with_user(self.accountant)
        own.result = "None since."
        own.action_done()
        self.assertEqual(own.state, "done")

    def test_reasons_are_read_but_not_changed(self):
        reason = self.reason.with_user(self.seller)
        self.assertEqual(reason.display_name, "Prices on the invoice")
        with self.assertRaises(AccessError):
            reason.name = "Mine"
        with self.assertRaises(AccessError):
            reason.child_ids = [Command.create({"name": "Mine"})]
