from odoo.tests import tagged

from .common import DAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestCompany(CollectionCommon):
    """Each company's run is its own; other companies see nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company(name="Other Company")["company"]
        cls.other.write({"collection_require_sent": False, "collection_bank_fresh": False})

    def _other_invoice(self):
        move = (
            self.env["account.move"]
            .with_company(self.other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": "2026-02-01",
                    "invoice_date_due": "2026-03-01",
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [(0, 0, {"name": "Goods", "price_unit": 70, "tax_ids": [(5,)]})],
                }
            )
        )
        move.action_post()
        return move

    def test_a_scenario_is_switched_on_company_by_company(self):
        self._other_invoice()
        self.other.collection_scenario_id = self.scenario
        run = self.env["credit.collection.run"]._plan(self.other, DAY("2026-03-05"))
        self.assertEqual(run.standing_ids.mapped("standing"), ["scenario_off"])
        self.scenario.with_company(self.other)._turn_on()
        run = self.env["credit.collection.run"]._plan(self.other, DAY("2026-03-05"))
        self.assertEqual(run.message_count, 1)

    def test_a_run_touches_its_own_company_only(self):
        mine = self._new_invoice("2026-03-01")
        self._other_invoice()
        run = self._plan("2026-03-05")
        self.assertEqual(run.action_ids.line_ids.move_id, mine)
        self.assertEqual(sum(run.standing_ids.mapped("item_count")), 1)

    def test_users_see_their_own_companies_only(self):
        self._other_invoice()
        self.scenario.with_company(self.other)._turn_on()
        self.other.collection_scenario_id = self.scenario
        run = self.env["credit.collection.run"]._plan(self.other, DAY("2026-03-05"))
        for model in ("run", "action", "action.line", "debtor", "run.standing"):
            records = self.env[f"credit.collection.{model}"].with_user(self.collector)
            self.assertFalse(records.search([("company_id", "=", self.other.id)]), model)
        items = self.env["credit.collection.report.open.item"].with_user(self.collector)
        self.assertFalse(items.search([]))
        self.assertTrue(run.action_ids)

    def test_the_report_answers_for_all_chosen_companies(self):
        mine, theirs = self._new_invoice("2026-03-01"), self._other_invoice()
        items = self.env["credit.collection.report.open.item"].with_context(
            allowed_company_ids=(self.company + self.other).ids
        )
        self.assertEqual(items.search([("partner_id", "=", self.customer.id)]).move_id, mine + theirs)


@tagged("post_install", "-at_install")
class TestSize(CollectionCommon):
    """What does not grow with the ledger."""

    def _count_queries(self, customers):
        for number in range(customers):
            partner = self._new_customer(f"Debtor {customers} {number}")
            self._new_invoice("2026-03-01", partner=partner)
            self._new_invoice("2026-03-03", partner=partner)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        run = self.env["credit.collection.run"]._plan(self.company, DAY("2026-03-05"))
        self.env.flush_all()
        queries = self.env.cr.sql_log_count - before
        self.assertEqual(run.message_count, customers)
        run.action_ids._set_cancelled("Next measurement")
        self.env["account.move"].search(
            [("partner_id.name", "like", "Debtor"), ("state", "=", "posted")]
        ).button_draft()
        return queries

    def test_planning_takes_the_same_number_of_queries_for_any_ledger(self):
        self._count_queries(1)
        self.assertEqual(self._count_queries(2), self._count_queries(20))

    def test_opening_the_list_of_items_takes_the_same_number_of_queries(self):
        for number in range(6):
            self._new_invoice("2026-03-01", partner=self._new_customer(f"Debtor {number}"))
        items = self.env["credit.collection.report.open.item"].with_user(self.collector)
        specification = {"reference": {}, "why": {}, "lifter": {}, "debtor_id": {"fields": {"display_name": {}}}}
        items.web_search_read([], specification)
        counts = []
        for limit in (2, 6):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            items.web_search_read([], specification, limit=limit)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
