import re

from markupsafe import Markup
from odoo.tests import TransactionCase, tagged

# shared/defaults.md: (offset, channel, tone) of each step. "Call from 500, else e-mail" is an e-mail with a threshold.
LADDERS = {
    "business": [
        (-7, "email", "preventive"),
        (4, "email", "friendly"),
        (11, "email", "friendly"),
        (18, "email", "friendly"),
        (26, "email", "firm"),
        (36, "letter", "firm"),
        (46, "letter", "formal"),
        (62, "person", "formal"),
    ],
    "valued": [
        (-5, "email", "preventive"),
        (7, "email", "friendly"),
        (15, "phone", "friendly"),
        (22, "phone", "friendly"),
        (32, "email", "firm"),
        (45, "letter", "firm"),
        (60, "person", "firm"),
    ],
    "late": [
        (-10, "email", "preventive"),
        (-2, "sms", "preventive"),
        (2, "email", "friendly"),
        (8, "phone", "friendly"),
        (15, "email", "firm"),
        (24, "phone", "firm"),
        (24, "letter", "firm"),
        (32, "letter", "formal"),
        (48, "person", "formal"),
    ],
    "consumer": [
        (-5, "email", "preventive"),
        (5, "email", "friendly"),
        (14, "sms", "friendly"),
        (21, "email", "friendly"),
        (35, "letter", "firm"),
        (50, "letter", "formal"),
        (75, "person", "formal"),
    ],
    "public": [
        (-10, "email", "preventive"),
        (5, "email", "friendly"),
        (15, "phone", "friendly"),
        (30, "letter", "firm"),
        (60, "letter", "formal"),
        (90, "person", "formal"),
    ],
}
# Grace in working days, interval in days, most contacts, minimum of e-mail, letter and formal steps.
SETTINGS = {
    "business": (3, 7, 4, 20, 50, 300),
    "valued": (5, 7, 3, 100, 250, None),
    "late": (1, 5, 5, 10, 50, 150),
    "consumer": (4, 7, 3, 5, 30, 100),
    "public": (5, 10, 3, 20, 50, 500),
}
COMMON_VALUES = {
    "contact": "Maria Okafor",
    "debtor": "Northwind Traders Ltd",
    "company": "Albion Tools",
    "bank_date": "21 May 2025",
    "reply_date": "29 May 2025",
    "previous_dates": "7 May 2025, 14 May 2025",
    "sender": "Claire Dunn",
    "direct_line": "+44 20 7946 0018",
    "sender_email": "claire.dunn@albion.example",
    "manager": "Peter Hall",
    "days_late": "19",
    "due_date": "3 May 2025",
    "due_phrase": "due on 3 May 2025",
    "short_link": "https://albion.example/c/8k-2m4p7q",
    "bank_account": "GB33BUKB20201555555555",
    "notice_no": "FN/2025/0007",
    "call_summary": Markup("<strong>You will pay £ 1,200.00 on 28 May 2025.</strong>"),
    "call_dates": "19 May 2025, 20 May 2025",
    "call_slots": "Thursday 22 May, 14:00 or Friday 23 May, 09:00",
    "promise_date": "28 May 2025",
    "promise_amount": "£ 1,200.00",
    "plan_number": "PLAN/2025/0003",
    "plan_total": "£ 1,200.00",
    "plan_left": "£ 800.00",
    "plan_count": "3",
    "plan_table": Markup("<table><tr><td>1</td><td>28 May 2025</td><td>£ 400.00</td></tr></table>"),
    "installment_amount": "£ 400.00",
    "installment_date": "28 May 2025",
    "dispute_number": "DIS/2025/0007",
    "dispute_amount": "£ 300.00",
    "dispute_reason": "Delivered in part",
    "dispute_outcome": Markup("You were right: credit note RINV/2025/0003 over £ 300.00."),
    "answer_date": "31 May 2025",
    "noted": Markup("You will pay £ 300.00 on 28 May 2025."),
    "pay_link": Markup('<a href="https://albion.example/my/collection/enter/abc">pay online</a>'),
}
ONE_INVOICE = COMMON_VALUES | {
    "amount": "£ 1,200.00",
    "total": "£ 1,200.00",
    "invoice": "invoice INV/2025/0042",
    "invoice_details": "invoice INV/2025/0042 (your reference PO-7718)",
}
SEVERAL_INVOICES = COMMON_VALUES | {
    "amount": "£ 5,480.50",
    "total": "£ 6,100.00",
    "invoice": "3 invoices",
    "invoice_details": "3 invoices",
}
ON_PAPER = ONE_INVOICE | {"pay_link": "by bank transfer, see below"}
THREATS = re.compile(
    r"\b(courts?|judges?|lawyers?|solicitors?|attorneys?|legal (action|steps|proceedings)|proceedings|bailiffs?"
    r"|sue|sued|suing|lawsuits?|litigation|seizures?|seize|enforcement|enforce|debt collectors?|collection agency"
    r"|credit bureau|prosecut\w+|consequences|(final|last) warning|threat\w*|immediately|failure to|default)\b",
    re.IGNORECASE,
)
SHOUTING = re.compile(r"!|\b[A-Z]{4,}\b")


@tagged("post_install", "-at_install")
class TestDefaultData(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scenarios = {code: cls.env.ref(f"credit_collection.credit_collection_scenario_{code}") for code in LADDERS}
        cls.steps = cls.env["credit.collection.scenario.step"].union(
            *(item.step_ids for item in cls.scenarios.values())
        )
        cls.texts = cls._get_shipped("credit.collection.template")
        cls.reminders = cls.texts.filtered(lambda text: text.purpose == "reminder")

    @classmethod
    def _get_shipped(cls, model):
        data = cls.env["ir.model.data"].search([("module", "=", "credit_collection"), ("model", "=", model)])
        return cls.env[model].browse(data.mapped("res_id"))

    def _get_profile(self, customer):
        """Return the profile that the rules give ``customer``."""
        return self.env["credit.collection.debtor"]._get_or_create(customer, self.env.company).profile_id

    # === SCENARIOS === #

    def test_each_shipped_scenario_is_off_in_every_company_and_could_be_switched_on(self):
        shipped = self._get_shipped("credit.collection.scenario")
        self.assertEqual(set(shipped), set(self.scenarios.values()))
        for scenario in shipped:
            with self.subTest(scenario.name):
                self.assertFalse(scenario.on_company_ids)
                self.assertFalse(scenario.company_id)
                scenario._check_can_send()
                scenario._turn_on()
                self.assertTrue(scenario.is_on)

    def test_the_ladders_are_those_of_the_defaults(self):
        for code, ladder in LADDERS.items():
            with self.subTest(code):
                steps = self.scenarios[code].step_ids.sorted("level")
                self.assertEqual([(step.offset_days, step.channel, step.tone) for step in steps], ladder)
                self.assertEqual(steps.mapped("level"), list(range(1, len(ladder) + 1)))

    def test_grace_interval_cap_and_minimum_amounts_are_those_of_the_defaults(self):
        for code, (grace, interval, most, email, letter, formal) in SETTINGS.items():
            with self.subTest(code):
                scenario = self.scenarios[code]
                self.assertEqual((scenario.grace_days, scenario.interval_days), (grace, interval))
                self.assertEqual((scenario.max_contacts, scenario.window_days), (most, 30))
                self.assertEqual(scenario.person_position, 25000)
                steps = scenario.step_ids
                letters = steps.filtered(lambda step: step.channel == "letter")
                self.assertEqual(
                    set(letters.filtered(lambda step: step.tone != "formal").mapped("min_amount")), {letter}
                )
                self.assertEqual(
                    set(steps.filtered(lambda step: step.tone == "formal").mapped("min_amount")) - {formal}, set()
                )
                large_only = self.env.ref("credit_collection.credit_collection_scenario_business_step_1")
                emails = steps.filtered(lambda step: step.channel == "email") - large_only
                self.assertEqual(set(emails.mapped("min_amount")), {email})
                self.assertEqual(large_only.min_amount, 1000)

    def test_standard_businesses_are_called_from_500_and_written_to_below(self):
        step = self.scenarios["business"].step_ids.filtered(lambda step: step.offset_days == 18)
        self.assertEqual(step.mode, "auto")
        self.assertTrue(499.99 <= step.person_amount < 500)
        self.assertTrue(step.instruction)

    def test_a_person_does_what_cannot_be_undone_and_large_firm_messages(self):
        for step in self.steps:
            with self.subTest(f"{step.scenario_id.name}: {step.display_name}"):
                if step.tone == "formal":
                    self.assertEqual(step.mode, "approve" if step.channel == "letter" else "task")
                    self.assertEqual(step.registered, step.channel == "letter")
                if step.tone == "firm":
                    self.assertEqual(step.person_amount, 10000)
        valued_firm = self.scenarios["valued"].step_ids.filtered(lambda step: step.offset_days == 32)
        self.assertEqual(valued_firm.mode, "approve")

    def test_whoever_does_a_task_is_told_what_to_do(self):
        for step in self.steps.filtered(lambda step: step.mode == "task"):
            with self.subTest(f"{step.scenario_id.name}: {step.display_name}"):
                self.assertGreater(len(step.instruction or ""), 100)
                self.assertNotIn("<", step.instruction)

    def test_every_step_but_decisions_has_a_text_of_its_tone(self):
        for step in self.steps.filtered(lambda step: step.channel != "person"):
            with self.subTest(f"{step.scenario_id.name}: {step.display_name}"):
                self.assertEqual(step.template_id.tone, step.tone)
                self.assertEqual(step.template_id.purpose, "reminder")
                self.assertFalse(step.template_id.variant_of_id)

    def test_no_scenario_sends_the_same_text_twice(self):
        for scenario in self.scenarios.values():
            with self.subTest(scenario.name):
                texts = [step.template_id for step in scenario.step_ids if step.template_id]
                self.assertEqual(len(texts), len(set(texts)))

    def test_no_message_leaves_before_the_date_that_the_last_one_gave_is_reached(self):
        for scenario in self.scenarios.values():
            steps = scenario.step_ids.filtered(lambda step: step.offset_days >= 0).sorted("level")
            for step, following in zip(steps, steps[1:], strict=False):
                if step.channel not in ("email", "letter"):
                    continue
                with self.subTest(f"{scenario.name}: {step.display_name}"):
                    self.assertLess(step.reply_days, following.offset_days - step.offset_days)
                    if step.channel == "email":
                        self.assertLessEqual(step.reply_days, scenario.interval_days)

    def test_public_bodies_receive_no_text_message(self):
        self.assertNotIn("sms", self.scenarios["public"].step_ids.mapped("channel"))

    # === PROFILES === #

    def test_kind_and_tag_decide_which_scenario_a_customer_is_in(self):
        valued = self.env.ref("credit_collection.res_partner_category_valued")
        late = self.env.ref("credit_collection.res_partner_category_late")
        for kind, tags, expected in [
            ("business", [], "business"),
            ("sole_trader", [], "business"),
            ("business", valued, "valued"),
            ("sole_trader", late, "late"),
            ("business", valued + late, "valued"),
            ("consumer", [], "consumer"),
            (False, [], "consumer"),
            ("consumer", valued, "consumer"),
            (False, late, "consumer"),
            ("public", [], "public"),
            ("public", late, "public"),
        ]:
            with self.subTest(kind=kind, tags=[tag.name for tag in tags], expected=expected):
                customer = self.env["res.partner"].create(
                    {"name": "A customer", "collection_kind": kind, "category_id": [(6, 0, [tag.id for tag in tags])]}
                )
                self.assertEqual(self._get_profile(customer).scenario_id, self.scenarios[expected])

    def test_the_usual_reasons_of_a_dispute_are_there(self):
        reasons = self._get_shipped("credit.collection.dispute.reason")
        self.assertEqual(len(reasons.filtered(lambda reason: not reason.parent_id)), 10)
        self.assertEqual(reasons.sorted()[-1], self.env.ref("credit_collection.credit_collection_dispute_reason_other"))

    # === TEXTS === #

    def test_every_text_is_complete_for_one_invoice_and_for_several(self):
        for text in self.texts:
            for values in (ONE_INVOICE, SEVERAL_INVOICES, ON_PAPER):
                with self.subTest(text.name, invoices=values["invoice"], pay=values["pay_link"]):
                    self.assertEqual(values.keys(), text._get_placeholders().keys())
                    subject, body = text._render(values)
                    for rendered in (subject, body):
                        self.assertNotRegex(rendered, r"[{}]")
                    self.assertNotRegex(body.striptags(), r"\(\s*\)|  |\s[,.;:?]")
                    self.assertLess(len(subject), 120)

    def test_every_reminder_names_amount_and_invoice_in_subject_and_text(self):
        for text in self.reminders:
            for values in (ONE_INVOICE, SEVERAL_INVOICES):
                with self.subTest(text.name, invoices=values["invoice"]):
                    subject, body = text._render(values)
                    for rendered in (subject, body):
                        self.assertIn(values["amount"], rendered)
                    self.assertIn(values["invoice_details"], body)

    def test_every_reminder_names_the_due_date(self):
        for text in self.reminders:
            with self.subTest(text.name):
                self.assertRegex(text.body, "{due_(date|phrase)}")

    def test_every_reminder_asks_for_an_answer_by_a_date(self):
        for text in self.reminders.filtered(lambda text: text.tone != "preventive"):
            with self.subTest(text.name):
                self.assertIn("{reply_date}", text.body)
                self.assertIn("{bank_date}", text.body)

    def test_firm_texts_say_what_was_tried_and_who_decides_next(self):
        for text in self.texts.filtered(lambda text: text.tone == "firm"):
            with self.subTest(text.name):
                for placeholder in ("{previous_dates}", "{manager}", "{direct_line}"):
                    self.assertIn(placeholder, text.body)

    def test_nothing_below_formal_threatens(self):
        for text in self.texts.filtered(lambda text: text.tone != "formal"):
            for part in (text.subject, text.body.striptags(), text.short_text or "", text.script or ""):
                with self.subTest(text.name, part=part[:40]):
                    self.assertNotRegex(part, THREATS)

    def test_nothing_shouts(self):
        for text in self.texts:
            with self.subTest(text.name):
                short = (text.short_text or "").replace("reply STOP", "")
                self.assertNotRegex(f"{text.subject} {text.body.striptags()} {short} {text.script or ''}", SHOUTING)

    def test_the_formal_notice_names_parties_amount_and_deadline_and_calls_itself_one(self):
        notices = self.texts.filtered(lambda text: text.tone == "formal")
        self.assertTrue(notices)
        for text in notices:
            with self.subTest(text.name):
                __, body = text._render(ONE_INVOICE)
                words = body.striptags()
                for part in ("formal notice", "Albion Tools", "Northwind Traders Ltd", "£ 1,200.00", "29 May 2025"):
                    self.assertIn(part, words)

    def test_what_is_only_printed_points_to_no_link_and_the_rest_leaves_the_way_to_pay_to_the_channel(self):
        """Below formal a letter may leave as an e-mail and the other way round: the channel fills in how to pay."""
        for text in self.texts:
            with self.subTest(text.name):
                words = text.body.striptags().replace("({pay_link})", "")
                self.assertNotRegex(words, r"pay_link|\b(link|button|click)\b")
                if text.tone == "formal":
                    self.assertNotIn("{pay_link}", text.body)
                    self.assertIn("given below", text.body)
                else:
                    self.assertNotRegex(words, r"\b(below|enclosed|attached)\b")
