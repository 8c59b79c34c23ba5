from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import CollectionCommon


@tagged("post_install", "-at_install")
class TestQuality(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write(
            {"lang": "en_US", "street": "1 Quay", "city": "Nantes", "country_id": cls.env.ref("base.fr").id}
        )

    def _sent(self, partner=None, due="2026-03-01", **values):
        invoice = self._new_invoice(due, 100, partner=partner, **values)
        invoice.is_move_sent = True
        return invoice

    def _findings(self, partner=None, kind=None):
        domain = [("company_id", "=", self.company.id)]
        if partner:
            domain.append(("debtor_id.partner_id", "=", partner.id))
        if kind:
            domain.append(("kind", "=", kind))
        return self.env["credit.collection.report.quality"].with_user(self.collector).search(domain)

    def _wrong(self, **values):
        """Return the findings of a customer who is in order but for ``values``."""
        good = {
            "lang": "en_US", "street": "1 Quay", "city": "Nantes", "country_id": self.env.ref("base.fr").id,
            "phone": "+33 6 12 34 56 78",
        }  # fmt: skip
        partner = self._new_customer(values.pop("name", "Bernache SARL"), **{**good, **values})
        self._sent(partner)
        return self._findings(partner)

    def test_a_customer_in_order_has_no_finding(self):
        self._sent()
        self.assertFalse(self._findings(self.customer))

    def test_settled_customers_are_not_looked_at(self):
        partner = self._new_customer("Settled", email=False, collection_kind=False)
        self._pay(self._sent(partner))
        self.assertFalse(self._findings(partner))

    def test_what_is_wrong_is_said_in_words(self):
        stories = {
            "no_kind": ({"collection_kind": False}, "warns", "consumer"),
            "no_language": ({"lang": False}, "warns", "no language"),
            "bad_phone": ({"phone": "12"}, "warns", "“12”"),
        }
        for kind, (values, severity, words) in stories.items():
            finding = self._wrong(name=f"Customer {kind}", **values)
            self.assertEqual((finding.mapped("kind"), finding.severity), ([kind], severity))
            self.assertIn(words, finding.what)

    def test_nothing_to_reach_a_customer_by_blocks(self):
        finding = self._wrong(email=False, phone=False, street=False)
        self.assertEqual((finding.kind, finding.severity), ("no_email", "blocks"))

    def test_a_formal_step_that_cannot_be_sent_blocks(self):
        self.assertEqual(self._wrong(email=False, name="Formal").severity, "blocks")
        self.scenario.step_ids.filtered(lambda step: step.tone == "formal").unlink()
        self.assertEqual(self._wrong(email=False, name="Friendly").severity, "warns")

    def test_each_channel_of_the_ladder_is_asked_for(self):
        steps = self.scenario.step_ids.sorted("level")
        steps[1].channel = "letter"
        steps[2].write({"channel": "phone", "mode": "task"})
        findings = self._wrong(phone=False, street=False)
        self.assertEqual(set(findings.mapped("kind")), {"no_postal", "no_phone"})

    def test_a_malformed_address_and_one_that_came_back(self):
        findings = self._wrong(email="ask Maria")
        self.assertEqual(set(findings.mapped("kind")), {"bad_email", "no_email"})
        partner = self._new_customer("Returned", lang="en_US")
        self._sent(partner)
        partner.sudo()._flag_collection_bounce(partner.email)
        finding = self._findings(partner, "bounced_email")
        self.assertIn(partner.email, finding.what)
        self.assertEqual(finding.action_mend()["res_id"], partner.id)

    def test_a_text_that_is_not_there_in_the_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        finding = self._wrong(lang="es_ES")
        self.assertEqual((finding.kind, finding.detail), ("no_text", "es_ES"))
        self.assertIn("Spanish", finding.what)
        self.assertEqual(finding.action_mend()["domain"], [("lang", "=", "es_ES")])

    def test_businesses_with_many_items_need_a_contact_for_payables(self):
        self.company.collection_payables_items = 2
        for __ in range(2):
            self._sent()
        self.assertFalse(self._findings(self.customer))
        self._sent()
        finding = self._findings(self.customer)
        self.assertEqual((finding.kind, finding.item_count, finding.amount), ("no_payables", 3, 300))
        self._new_customer(
            "Ann", parent_id=self.customer.id, is_company=False, collection_role="payables", lang="en_US"
        )
        self.assertFalse(self._findings(self.customer, "no_payables"))

    def test_an_invoice_that_was_never_sent(self):
        invoice = self._new_invoice("2026-03-01")
        finding = self._findings(self.customer)
        self.assertEqual((finding.kind, finding.severity, finding.move_id), ("never_sent", "warns", invoice))
        self.company.collection_require_sent = True
        finding.invalidate_recordset()
        finding = self._findings(self.customer)
        self.assertEqual((finding.kind, finding.severity, finding.move_id), ("never_sent", "blocks", invoice))
        action = finding.action_mend()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", invoice.id))
        invoice.is_move_sent = True
        self.assertFalse(self._findings(self.customer))

    def test_an_invoice_whose_payment_was_reset_to_draft_is_told(self):
        """Core goes on calling it paid, and nothing asks for it."""
        bank = self.company_data["default_journal_bank"]
        bank.inbound_payment_method_line_ids.payment_account_id = bank.default_account_id
        self._debtor()
        invoice = self._sent()
        payment = self._pay(invoice)
        self.assertTrue(payment.move_id)
        self.assertFalse(self._findings(self.customer))
        payment.action_draft()
        self.assertEqual((invoice.payment_state, self._item(invoice).reconciled), ("paid", True))
        finding = self._findings(self.customer)
        self.assertEqual((finding.kind, finding.severity, finding.move_id), ("undone", "blocks", payment.move_id))
        self.assertIn(f"{invoice.name} shows as paid", finding.what)
        action = finding.with_user(self.accountant).action_mend()
        self.assertEqual((action["res_model"], action["res_id"]), ("account.payment", payment.id))
        payment.action_post()
        self.assertFalse(self._findings(self.customer))
        payment.action_draft()
        self._item(invoice).remove_move_reconcile()
        self.assertFalse(self._findings(self.customer))

    def _entry(self, partner=None, **values):
        account = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": "2026-03-01",
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "debit": 50, "partner_id": partner and partner.id, **values}
                    ),
                    Command.create({"account_id": self.company_data["default_account_revenue"].id, "credit": 50}),
                ],
            }
        )
        entry.action_post()
        return entry

    def test_an_entry_without_customer_blocks(self):
        entry = self._entry(date_maturity="2026-03-01")
        finding = self._findings(kind="no_partner")
        self.assertEqual((finding.move_id, finding.severity, finding.debtor_id.id), (entry, "blocks", False))

    def test_an_item_without_due_date(self):
        entry = self._entry(self.customer)
        self.env.cr.execute("UPDATE account_move_line SET date_maturity = NULL WHERE move_id = %s", [entry.id])
        finding = self._findings(self.customer)
        self.assertEqual((finding.kind, finding.move_id, finding.detail), ("no_due_date", entry, entry.name))

    def test_duplicates_lead_to_the_merging_of_core(self):
        twin = self._new_customer("ALBATROS", lang="en_US", email="other@albatros.example")
        self._sent()
        self._debtor(twin)
        finding = self._findings(kind="same_name")
        self.assertEqual(finding.debtor_id.partner_id, self.customer)
        self.assertIn("ALBATROS", finding.what)
        action = finding.action_mend()
        wizard = self.env[action["res_model"]].with_user(self.collector).with_context(**action["context"]).create({})
        self.assertEqual(wizard.partner_ids, self.customer + twin)

    def test_the_same_vat_number_or_address_is_told_once_for_all(self):
        twins = [
            self._new_customer(f"Twin {place}", vat=vat, email="pay@twins.example", lang="en_US")
            for place, vat in enumerate(("FR 23 334175221", "FR23334175221"))
        ]
        for twin in twins:
            self._sent(twin)
        findings = self._findings().filtered("twins")
        self.assertEqual(sorted(findings.mapped("kind")), ["same_email", "same_vat"])
        self.assertEqual(set(findings.mapped("twins")), {",".join(str(twin.id) for twin in twins)})

    def test_branches_and_payers_are_no_duplicates(self):
        branch = self._new_customer(
            "Albatros SARL", parent_id=self.customer.id, email=self.customer.email, lang="en_US"
        )
        payer = self._new_customer("Albatros SARL", email=self.customer.email, lang="en_US")
        for partner in (self.customer, branch):
            self._sent(partner)
        self._debtor(payer).payer_id = self.customer
        self.assertFalse(self._findings().filtered("twins"))

    def test_the_id_of_a_finding_stays_when_others_are_mended(self):
        first, second = self._new_invoice("2026-03-01"), self._new_invoice("2026-03-02")
        findings = self._findings(kind="never_sent")
        kept = findings.filtered(lambda finding: finding.move_id == second)
        first.is_move_sent = True
        self.assertEqual(self._findings(kind="never_sent").ids, kept.ids)
        kept.invalidate_recordset()
        self.assertEqual(kept.move_id, second)

    def test_findings_are_one_click_from_the_run(self):
        self._new_invoice("2026-03-01")
        run = self._plan("2026-03-10", proposal=True, preview=self.scenario).with_user(self.manager)
        self.assertEqual(run.finding_count, len(self._findings()))
        action = run.action_view_findings()
        self.assertEqual(
            self.env[action["res_model"]].with_user(self.manager).search_count(action["domain"]), run.finding_count
        )

    def test_findings_can_be_counted_by_kind(self):
        self._new_invoice("2026-03-01")
        report = self.env["credit.collection.report.quality"].with_user(self.accountant)
        groups = dict(report._read_group([("company_id", "=", self.company.id)], ["kind"], ["__count"]))
        self.assertEqual(groups["never_sent"], 1)

    def test_other_companies_see_nothing(self):
        self._new_invoice("2026-03-01")
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env, "collection_stranger", groups="credit_collection.group_credit_collection_manager",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        report = self.env["credit.collection.report.quality"].with_user(stranger)
        self.assertFalse(report.with_context(collection_company_ids=self.company.ids).search([]))
