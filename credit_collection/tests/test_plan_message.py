import io

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError
from pypdf import PdfReader

from .common import DAY
from .test_plan import TODAY, PlanCommon


@freeze_time(f"{TODAY} 09:00:00")
@tagged("post_install", "-at_install")
class TestPlanMessage(PlanCommon):
    """What the customer gets to read about a plan: proposed, announced, reminded of, ended; each once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = "UTC"
        cls.customer.write({"street": "1 Quay", "city": "Brest", "zip": "29200"})
        cls.company.partner_id.write({"street": "5 Harbour Road", "city": "Bristol", "zip": "BS1 5DB"})

    def _purposes(self, plan):
        return [(action.purpose, action.state) for action in self._beside(plan)]

    def _send_beside(self, date, plan):
        return self._send(date, [("plan_id", "=", plan.id), ("state", "=", "planned")])

    def _send_one(self, date, plan):
        """Send the one message that waits; say what became of it, should none leave."""
        mails = self._send_beside(date, plan)
        self.assertEqual(len(mails), 1, self._beside(plan).mapped("reason"))
        return mails[0]

    # === BEFORE, AFTER, BROKEN === #

    def test_an_instalment_is_announced_once_three_days_before(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        self._follow("2026-03-28")
        self.assertFalse(self._beside(plan))
        self._follow("2026-03-29")
        self._follow("2026-03-30")
        self.assertEqual(self._purposes(plan), [("installment", "planned")])
        recipients, mail = self._send_one("2026-03-29", plan)
        self.assertEqual(recipients, ["pay@albatrossarl.example"])
        self.assertIn("200.00", mail["subject"])
        self.assertIn("April 1, 2026", mail["subject"])
        body = self._html(mail)
        for words in (plan.name, "April 29, 2026", "Collector"):
            self.assertIn(words, body)
        self.assertNotIn("View and pay", body, "the instalment is asked for, not the invoice")

    def test_an_instalment_agreed_on_for_tomorrow_is_not_announced(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600), count=2, first=DAY("2026-03-22"))
        self._follow("2026-03-21")
        self.assertFalse(self._beside(plan))

    def test_a_company_may_announce_earlier_or_not_at_all(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        self.company.collection_installment_notice = 0
        self._follow("2026-03-31")
        self.assertFalse(self._beside(plan))
        self.company.collection_installment_notice = 7
        self._follow("2026-03-25")
        self.assertEqual(self._purposes(plan), [("installment", "planned")])

    def test_a_missed_instalment_is_reminded_of_and_then_breaks_the_plan(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        self._follow("2026-04-01")
        self.assertFalse(self._beside(plan), "not on its day")
        for day in ("2026-04-02", "2026-04-03", "2026-04-06"):
            self._follow(day)
        self.assertEqual(self._purposes(plan), [("installment_late", "planned")])
        __, mail = self._send_one("2026-04-02", plan)
        self.assertIn("200.00 has not arrived yet", mail["subject"])
        self._follow("2026-04-07")
        self._follow("2026-04-08")
        self.assertEqual(self._purposes(plan), [("installment_late", "sent"), ("plan_broken", "planned")])
        __, mail = self._send_one("2026-04-07", plan)
        body = self._html(mail)
        for words in (plan.name, "600.00", "INV/2026", "View and pay"):
            self.assertIn(words, body)
        self.assertFalse(self._beside(plan).line_ids.filtered("live"), "beside the ladder: no level rises")

    def test_messages_that_ask_for_an_instalment_are_contacts(self):
        """The interval is seven days: none of the ladder's messages follows the day after."""
        planned, other = self._new_invoice("2026-02-10", 600), self._new_invoice("2026-02-10", 300)
        plan = self._agree(planned)
        self._follow("2026-03-29")
        self._send_one("2026-03-29", plan)
        standing = self._standing(other, "2026-03-30")
        self.assertEqual((standing["standing"], standing["until"]), ("interval", DAY("2026-04-05")))
        self._follow("2026-04-02")
        self._send_one("2026-04-02", plan)
        self._follow("2026-04-07")
        self._send_one("2026-04-07", plan)
        for move in (planned, other):
            self.assertEqual(self._standing(move, "2026-04-13")["standing"], "interval")
            self.assertEqual(self._standing(move, "2026-04-14")["standing"], "due", "the ladder goes on")
        self.scenario.write({"max_contacts": 3, "window_days": 30})
        self.assertEqual(self._standing(other, "2026-04-14")["standing"], "cap")

    def test_a_proposal_is_no_contact(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._propose(invoice)
        plan.action_send_proposal()
        self._send_one(TODAY, plan)
        plan.debtor_id.action_release_hold()
        self.assertEqual(self._standing(invoice, "2026-03-21")["standing"], "due", "they have spoken to us")

    def test_what_was_paid_meanwhile_is_not_reminded_of(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._agree(invoice)
        self._follow("2026-04-02")
        self._settle(invoice, 200, date="2026-04-02")
        self.assertFalse(self._send_beside("2026-04-02", plan))
        action = self._beside(plan)
        self.assertEqual(action.state, "skipped")
        self.assertIn("paid meanwhile", action.reason)

    def test_it_is_reminded_of_again_when_that_payment_comes_back(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._agree(invoice)
        self._follow("2026-04-02")
        payment = self._settle(invoice, 200, date="2026-04-02")
        self._send_beside("2026-04-02", plan)
        self._take_apart(payment, "2026-04-03")
        payment.action_draft()
        payment.action_cancel()
        self._follow("2026-04-03")
        self.assertEqual(self._purposes(plan), [("installment_late", "skipped"), ("installment_late", "planned")])

    def test_money_on_its_way_into_the_books_is_not_reminded_of(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        self._follow("2026-03-29")
        self.env["account.payment"].create(
            {"payment_type": "inbound", "partner_id": self.customer.id, "amount": 200, "date": "2026-03-29"}
        ).action_post()
        self.assertFalse(self._send_beside("2026-03-29", plan))
        self.assertEqual(self._beside(plan).state, "skipped")

    def test_a_part_payment_is_reminded_of_with_what_is_left(self):
        invoice = self._new_invoice("2026-02-10", 600)
        plan = self._agree(invoice)
        self._settle(invoice, 150, date="2026-03-27")
        self._follow("2026-03-29")
        __, mail = self._send_one("2026-03-29", plan)
        self.assertIn("50.00", mail["subject"])

    def test_a_plan_that_ended_meanwhile_is_not_spoken_of(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        self._follow("2026-03-29")
        self._plans().browse(plan.id)._cancel("Agreed otherwise")
        self.assertFalse(self._send_beside("2026-03-29", plan))
        self.assertIn("Cancelled", self._beside(plan).reason)

    def test_an_announcement_that_comes_too_late_is_dropped(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        self._follow("2026-03-29")
        self.assertFalse(self._send_beside("2026-04-02", plan))
        self.assertIn("passed", self._beside(plan).reason)

    def test_the_database_allows_each_message_once(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        self._follow("2026-03-29")
        action = self._beside(plan)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            action.sudo().copy({"installment_id": action.installment_id.id, "plan_id": plan.id})

    def test_a_customer_without_an_address_is_told_on_the_file_once(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600))
        self.customer.email = False
        for day in ("2026-04-02", "2026-04-03"):
            self._follow(day)
        notes = plan.debtor_id.message_ids.filtered(lambda message: "was not sent" in (message.body or ""))
        self.assertEqual(len(notes), 1)

    # === MORE TIME === #

    def _give_more_time(self, move, date="2026-04-10", user=None):
        plans = self._plans(user=user)
        return plans._give_more_time(
            self._debtor().with_env(plans.env), self._item(move).with_env(plans.env), DAY(date), "Waits for a grant"
        )

    def test_more_time_is_confirmed_to_the_customer(self):
        invoice = self._new_invoice("2026-03-10", 600, ref="PO-7718")
        plan = self._give_more_time(invoice)
        self.assertEqual(self._purposes(plan), [("extension", "planned")])
        recipients, mail = self._send_one(TODAY, plan)
        self.assertEqual(recipients, ["pay@albatrossarl.example"])
        self.assertIn("600.00", mail["subject"])
        self.assertIn("April 10, 2026", mail["subject"])
        body = self._html(mail)
        for words in (plan.name, invoice.name, "your reference PO-7718", "View and pay", "Collector"):
            self.assertIn(words, body)
        self.assertNotIn("Waits for a grant", body, "the reason is for us")
        self.assertEqual(self._standing(self._new_invoice("2026-02-10", 50), "2026-03-21")["standing"], "due",
                         "an answer to the customer is no contact")  # fmt: skip

    def test_it_is_confirmed_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        text = self.env.ref("credit_collection.credit_collection_template_extension")
        text.with_context(lang="fr_FR").subject = "Convenu : {installment_amount} au {installment_date}"
        terms = {term["source"]: f"Bonjour : {term['source']}" for term in text.get_field_translations("body")[0]}
        text.update_field_translations("body", {"fr_FR": terms})
        self.customer.lang = "fr_FR"
        __, mail = self._send_one(TODAY, self._give_more_time(self._new_invoice("2026-03-10", 600)))
        self.assertRegex(mail["subject"], r"^Convenu : .*600,00.* au 10 avril 2026$")

    def test_more_time_that_a_manager_decides_about_is_confirmed_then(self):
        plan = self._give_more_time(self._new_invoice("2026-03-10", 600), "2026-06-20")
        self.assertEqual((plan.approval_state, self._purposes(plan)), ("asked", []))
        plan.with_user(self.manager).action_approve()
        self.assertEqual(self._purposes(plan), [("extension", "planned")])

    def test_more_time_that_was_refused_or_taken_back_is_not_confirmed(self):
        refused = self._give_more_time(self._new_invoice("2026-03-10", 600), "2026-06-20")
        refused.with_user(self.manager)._refuse("Not this time")
        self.assertFalse(self._beside(refused))
        plan = self._give_more_time(self._new_invoice("2026-03-10", 300))
        plan._cancel("Agreed otherwise")
        self.assertFalse(self._send_beside(TODAY, plan))
        self.assertIn("Cancelled", self._beside(plan).reason)

    def test_a_plan_of_one_instalment_that_was_signed_needs_no_confirmation(self):
        plan = self._agree(self._new_invoice("2026-02-10", 600), count=1, first=DAY("2026-04-30"))
        self.assertFalse(self._beside(plan))

    # === PROPOSAL AND AGREEMENT === #

    def _pages(self, document):
        return [page.extract_text() for page in PdfReader(io.BytesIO(document)).pages]

    def test_a_proposal_is_sent_with_the_agreement(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        plan.action_send_proposal()
        __, mail = self._send_one(TODAY, plan)
        self.assertIn("in 3 instalment(s)", mail["subject"])
        (attachment,) = mail.iter_attachments()
        self.assertEqual(attachment.get_filename(), f"{plan.name.replace('/', '-')}.pdf")
        text = " ".join(" ".join(self._pages(attachment.get_content())).split())
        for words in ("Agreement on payment by instalments", plan.name, "Albatros SARL", self.company.name, "INV/2026/",
                      "April 15, 2026", "200.00", "600.00", "within 3 working days", "Name and signature"):  # fmt: skip
            self.assertIn(words, text)

    def test_a_proposal_that_was_accepted_meanwhile_is_not_sent(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        plan.action_send_proposal()
        plan._accept()
        self.assertFalse(self._send_beside(TODAY, plan))

    def test_a_proposal_whose_sums_do_not_match_is_not_sent(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        plan.installment_ids[0].amount = 1
        with self.assertRaises(UserError):
            plan.action_send_proposal()

    def test_an_agreement_of_fourteen_instalments_loses_none(self):
        plan = self._propose(
            self._new_invoice("2026-02-10", 1400), count=14, frequency="monthly", first=DAY("2026-04-30")
        )
        document = self.env["report.credit_collection.plan_agreement"]._draw(plan)
        pages = self._pages(document)
        text = " ".join(" ".join(pages).split())
        for installment in plan.installment_ids:
            self.assertIn(f"{installment.date:%B} {installment.date.day}, {installment.date.year}", text)
        self.assertLessEqual(len(pages), 2)

    def test_an_extension_reads_as_one(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600), count=1, first=DAY("2026-04-30"))
        document = self.env["report.credit_collection.plan_agreement"]._draw(plan)
        (text,) = self._pages(document)
        self.assertIn("Agreement on a later payment", " ".join(text.split()))

    def test_whoever_reads_the_plan_may_print_it(self):
        plan = self._propose(self._new_invoice("2026-02-10", 600))
        report = self.env["ir.actions.report"].with_user(self.collector).with_context(force_report_rendering=True)
        document, kind = report._render_qweb_pdf("credit_collection.plan_agreement", plan.ids)
        self.assertEqual((kind, document[:4]), ("pdf", b"%PDF"))
