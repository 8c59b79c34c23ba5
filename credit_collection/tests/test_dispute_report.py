from lxml import etree
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DAY, CollectionCommon

TODAY = DAY("2026-03-10")


@tagged("post_install", "-at_install")
class TestDisputeReport(CollectionCommon):
    """Where disputes come from, and what is done about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reasons = cls.env["credit.collection.dispute.reason"]
        cls.price, cls.delivery = reasons.create([{"name": "Price"}, {"name": "Delivery"}])
        cls.discount, cls.freight = reasons.create(
            [{"name": name, "parent_id": cls.price.id} for name in ("Discount", "Freight")]
        )
        cls.classPatch(cls.env.registry["res.company"], "_get_collection_today", lambda company: TODAY)

    def _open(self, reason, amount, opened="2026-03-01", move=None, **values):
        move = move or self._new_invoice("2026-03-01", 1000)
        dispute = (
            self.env["credit.collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "debtor_id": self._debtor(move.partner_id).id,
                    "reason_id": reason.id,
                    "line_ids": [Command.create({"move_line_id": self._item(move).id, "amount": amount})],
                    **values,
                }
            )
        )
        dispute.sudo().date_opened = DAY(opened)
        return dispute

    def _get_causes(self, grain="main", period="year"):
        pareto = self.env["credit.collection.report.dispute.pareto"].with_user(self.collector)
        causes = pareto.search([("grain", "=", grain), ("period", "=", period), ("company_id", "=", self.company.id)])
        return [
            (
                cause.reason_id,
                cause.number,
                cause.amount,
                round(cause.amount_share, 1),
                round(cause.amount_cumulated, 1),
                round(cause.number_cumulated, 1),
            )
            for cause in causes
        ]

    def test_the_largest_cause_comes_first_and_the_shares_add_up(self):
        self._open(self.discount, 100)
        self._open(self.freight, 200)
        self._open(self.delivery, 600)
        self._open(self.price, 100)
        self._open(self.delivery, 999).action_cancel()
        self.assertEqual(
            self._get_causes(), [(self.delivery, 1, 600, 60.0, 60.0, 100.0), (self.price, 3, 400, 40.0, 100.0, 75.0)]
        )
        detail = self._get_causes("detail")
        self.assertEqual([row[0] for row in detail], [self.delivery, self.freight, self.price, self.discount])
        self.assertEqual([row[4] for row in detail], [60.0, 80.0, 90.0, 100.0])

    def test_a_period_looks_back_from_today(self):
        self._open(self.price, 100, "2025-12-10")
        self._open(self.price, 100, "2025-12-09")
        self._open(self.price, 100, "2024-01-01")
        numbers = {period: self._get_causes(period=period)[0][1] for period in ("quarter", "year", "always")}
        self.assertEqual(numbers, {"quarter": 1, "year": 2, "always": 3})
        pareto = self.env["credit.collection.report.dispute.pareto"]
        cause = pareto.search([("period", "=", "year"), ("grain", "=", "main"), ("reason_id", "=", self.price.id)])
        self.assertEqual(self.env["credit.collection.dispute"].search_count(cause.action_view_disputes()["domain"]), 2)

    def test_two_currencies_are_counted_in_ours(self):
        currency = self.setup_other_currency("CHF", rates=[("2016-01-01", 2.0)])
        self._open(self.price, 300, move=self._new_invoice("2026-03-01", 1000, currency_id=currency.id))
        self._open(self.price, 50)
        self.assertEqual(self._get_causes()[0][2], 200)

    def test_the_analysis_says_how_long_how_right_and_how_late(self):
        product = self.product_a
        right = self._open(self.discount, 80, product_id=product.id)
        right._settle("credit", amounts={right.line_ids: 60})
        wrong = self._open(self.delivery, 80, "2026-03-06")
        wrong._settle("rejected", "It was signed for.")
        late = self._open(self.price, 80)
        late.date_deadline = DAY("2026-03-09")
        report = self.env["credit.collection.report.dispute"].with_user(self.collector)
        rows = {row.dispute_id: row for row in report.search([("debtor_id", "=", self._debtor().id)])}
        self.assertEqual([rows[dispute].days_to_resolve for dispute in (right, wrong)], [9, 4])
        self.assertEqual([rows[dispute].is_overdue for dispute in (right, wrong, late)], [False, False, True])
        self.assertEqual((rows[right].main_reason_id, rows[right].product_id), (self.price, product))
        self.assertEqual((rows[right].credited, rows[wrong].credited), (60, 0))
        domain = [("debtor_id", "=", self._debtor().id)]
        ((share, days),) = report._read_group(domain, [], ["justified_share:avg", "days_to_resolve:avg"])
        self.assertEqual((share, days), (50, 6.5))
        groups = report._read_group(domain, ["main_reason_id", "date_opened:month"], ["amount:sum", "__count"])
        self.assertEqual(sum(amount for __, __, amount, __ in groups), 240)
        self.assertEqual(rows[late].action_view_dispute()["res_id"], late.id)

    def test_what_nobody_could_measure_yet_is_empty_and_not_zero(self):
        self._open(self.discount, 80)
        at_once = self._open(self.delivery, 80, "2026-03-10")
        at_once._settle("rejected", "It was signed for.")
        self._open(self.delivery, 80)
        asked = self._open(self.freight, 500)
        self.company.collection_credit_limit_user = 100
        self.assertFalse(asked._settle("credit", amounts={asked.line_ids: 500}))
        names = ["days_to_resolve", "justified_share"]
        measures = [f"{name}:avg" for name in names]
        report = self.env["credit.collection.report.dispute"].with_user(self.collector)
        rows = {row["reason_id"][0]: row for row in report.search([("state", "!=", "rejected")]).read()}
        for reason in (self.discount, self.freight, self.delivery):
            self.assertEqual([rows[reason.id][name] is False for name in names], [True, True], "empty, not 0.0")
        self.assertFalse(rows[self.freight.id]["justified"], "whoever decides has not decided yet")
        row = report.search([("reason_id", "=", self.discount.id)])
        self.assertEqual(row.sudo().export_data(names)["datas"], [["", ""]])
        pareto = self.env["credit.collection.report.dispute.pareto"].with_user(self.collector)
        causes = {
            row["reason_id"][0]: [row[name] for name in names]
            for row in pareto.search([("grain", "=", "main"), ("period", "=", "year")]).read()
        }
        self.assertEqual([value is False for value in causes[self.price.id]], [True, True])
        self.assertEqual(causes[self.delivery.id], [0.0, 0.0], "ended on its day, and the customer was wrong")
        self.assertFalse(any(value is False for value in causes[self.delivery.id]))
        for model in (report, pareto):
            ((days, share),) = model._read_group([("reason_id", "=", self.discount.id)], [], measures)
            self.assertEqual((days is False, share is False), (True, True))

    def test_an_average_over_causes_weighs_each_by_its_disputes(self):
        for opened in ("2026-03-01", "2026-03-01", "2026-03-01"):
            dispute = self._open(self.delivery, 10, opened)
            dispute._settle("rejected", "It was signed for.")
        right = self._open(self.price, 10, "2026-03-09")
        right._settle("credit", amounts={right.line_ids: 10})
        self._open(self.price, 10, "2026-03-09")
        domain = [("grain", "=", "main"), ("period", "=", "year"), ("company_id", "=", self.company.id)]
        measures = ["days_to_resolve:avg", "justified_share:avg", "ended_number:sum"]
        for name, where in (("report.dispute", []), ("report.dispute.pareto", domain)):
            model = self.env[f"credit.collection.{name}"].with_user(self.collector)
            ((days, share, *__),) = model._read_group(where, [], measures if where else measures[:2])
            self.assertEqual((days, share), ((9 * 3 + 1) / 4, 25), name)
        ((__, __, ended),) = model._read_group(domain, [], measures)
        self.assertEqual(ended, 4)

    def test_the_headings_of_the_causes_fit_into_their_columns(self):
        pareto = self.env["credit.collection.report.dispute.pareto"].with_user(self.collector)
        view = pareto.get_views([(False, "list")])
        labels = view["models"][pareto._name]["fields"]
        for field in etree.fromstring(view["views"]["list"]["arch"]).iter("field"):
            if not field.get("column_invisible"):
                heading = field.get("string") or labels[field.get("name")]["string"]
                self.assertLessEqual(len(heading), 12, heading)

    def test_another_company_sees_none_of_it(self):
        self._open(self.price, 100)
        other = self.env["res.company"].create({"name": "Other company"})
        stranger = self._new_user("stranger", "credit_collection.group_credit_collection_user")
        stranger.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        for name in ("credit.collection.report.dispute", "credit.collection.report.dispute.pareto"):
            self.assertFalse(self.env[name].with_user(stranger).with_company(other).search([]))

    def test_a_corrective_action_reminds_its_owner_and_ends_with_a_result(self):
        self._open(self.discount, 100)
        pareto = self.env["credit.collection.report.dispute.pareto"].with_user(self.collector)
        cause = pareto.search([("grain", "=", "main"), ("period", "=", "year"), ("reason_id", "=", self.price.id)])
        context = cause.action_corrective()["context"]
        action = (
            self.env["credit.collection.corrective"]
            .with_user(self.collector)
            .with_context(**context)
            .create({"name": "Send price lists first", "date": DAY("2026-04-01"), "user_id": self.manager.id})
        )
        self.assertEqual((action.reason_id, action.company_id), (self.price, self.company))
        reminder = action.activity_ids
        self.assertEqual((reminder.user_id, reminder.date_deadline), (self.manager, DAY("2026-04-01")))
        cause.invalidate_recordset()
        self.assertEqual(cause.corrective_count, 1)
        action.date = DAY("2026-05-01")
        self.assertEqual(action.activity_ids.date_deadline, DAY("2026-05-01"), "one reminder, on the new day")
        with self.assertRaises(AccessError):
            action.state = "done"
        with self.assertRaisesRegex(UserError, "what came of"):
            action.action_done()
        action.result = "Four such disputes before, none since."
        action.action_done()
        self.assertEqual((action.state, action.date_done, action.activity_ids.ids), ("done", TODAY, []))
        action.action_reopen()
        self.assertEqual((action.state, len(action.activity_ids)), ("open", 1))
