"""Answers that come in by mail: which of them hold, what they seem to say, what a person makes of them."""

import importlib.util
from email.message import EmailMessage
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import DAY, CollectionCommon

HTML = """<html><body><div dir="ltr"><p>Dear all,</p>
<p>the price is wrong: we had agreed on 900.</p>
<p>Best regards</p><p>Ann, Broken Bikes Ltd</p></div>
<div class="gmail_quote"><div dir="ltr">On Thu, 5 Mar 2026 at 10:00, Books wrote:<br></div>
<blockquote class="gmail_quote"><p>We have already paid attention. Please pay 1,000.00, or unsubscribe.</p>
</blockquote></div>
</body></html>"""
DSN = """From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-Id: <dsn@mx.example>
In-Reply-To: {key}
References: {key}
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver it.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
--b
Content-Type: text/rfc822-headers

Message-Id: {key}
--b--
"""


class ReplyCommon(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._new_invoice("2026-03-01")

    def setUp(self):
        super().setUp()
        self.action = self._plan("2026-03-05").action_ids
        ((__, self.reminder),) = self._send("2026-03-05")

    def _answer(self, text, subtype="plain", sender=None, key=None, number=1, **headers):
        """Let an answer to the reminder come in; return what it left behind."""
        mail = EmailMessage()
        mail["From"] = sender or self.customer.email
        mail["To"] = self.reminder["Reply-To"] or self.reminder["From"]
        mail["Subject"] = headers.pop("subject", f"Re: {self.reminder['Subject']}")
        mail["Message-Id"] = f"<answer-{number}@albatros.example>"
        mail["In-Reply-To"] = mail["References"] = key or self.reminder["Message-Id"]
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text, subtype=subtype)
        before = self.env["credit.collection.remark"].search([])
        self.env["mail.thread"].message_process(False, mail.as_bytes())
        posted = self.env["mail.message"].search([("message_id", "=", mail["Message-Id"])])
        self.assertTrue(posted, "the mail itself is kept on the file")
        return self.env["credit.collection.remark"].search([]) - before


@freeze_time("2026-03-05 09:00:00")  # a Thursday
@tagged("post_install", "-at_install")
class TestReply(ReplyCommon):
    # === WHAT HOLDS === #

    def test_an_answer_holds_the_debtor_for_three_working_days(self):
        other = self._new_invoice("2026-02-25")
        remark = self._answer("Please call me, I do not understand this.\n")
        self.assertEqual((remark.kind, remark.debtor_id, remark.state), ("reply", self._debtor(), "open"))
        self.assertEqual(remark.text, "Please call me, I do not understand this.")
        self.assertEqual((remark.author_id, remark.stranger), (self.customer, False))
        self.assertFalse(remark.user_id)
        self.assertEqual(remark.message_ref_id.res_id, self._debtor().id)
        self.assertEqual(remark.date_until, DAY("2026-03-10"), "three working days from Thursday")
        for move in self.move, other:
            standing = self._standing(move, "2026-03-10")
            self.assertEqual((standing["standing"], standing["until"]), ("provisional", DAY("2026-03-11")))
        self.assertEqual(self._standing(other, "2026-03-13")["standing"], "due")
        self.assertEqual(remark.activity_ids.user_id, self.collector)

    def test_it_stops_what_waits_and_what_is_approved(self):
        other = self._new_invoice("2026-02-20")
        action = self._plan("2026-03-13").action_ids
        self.assertIn(action.state, ("planned", "to_approve"))
        self._answer("Wait please")
        self.assertEqual(action.state, "skipped")
        self.assertTrue(other)

    def test_the_dates_of_the_ladder_do_not_shift(self):
        before = self._standing(self.move, "2026-03-14")
        self._answer("Wait please")
        after = self._standing(self.move, "2026-03-14")
        self.assertEqual(before["step_date"], after["step_date"], "deadlines run on")
        self.assertEqual(before["standing"], after["standing"])

    def test_absence_notes_in_three_languages_hold_nothing(self):
        for number, subject in enumerate(
            ("Automatic reply: 1,000.00 due", "Réponse automatique : facture", "Abwesenheitsnotiz: Rechnung")
        ):
            self.assertFalse(self._answer("I am away.", subject=subject, number=number), subject)

    def test_answers_of_machines_hold_nothing(self):
        for number, (name, value) in enumerate(
            [
                ("Auto_Submitted", "auto-replied"),
                ("X_Auto_Response_Suppress", "All"),
                ("Precedence", "bulk"),
                ("X_Autoreply", "yes"),
                ("List_Unsubscribe", "<mailto:x@y.example>"),
            ]
        ):
            self.assertFalse(self._answer("Hello", number=number, **{name: value}), name)
        self.assertNotEqual(self._standing(self.move, "2026-03-06")["standing"], "provisional")
        self.assertTrue(self._answer("Hello", number=99, Auto_Submitted="no"))

    def test_a_bounce_holds_nothing_and_flags_the_address(self):
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(
                False,
                DSN.format(to="books@company.example", key=self.reminder["Message-Id"], recipient=self.customer.email),
            )
        self.assertFalse(self._debtor().remark_ids)
        self.assertTrue(self.customer.collection_email_bounces)

    def test_our_own_mails_hold_nothing(self):
        self.assertFalse(self._answer("I answered them", sender=self.collector.email))
        self.assertFalse(self._answer("I answered them", sender="Books <books@company.example>", number=2))

    def test_an_unknown_address_counts_and_is_shown(self):
        remark = self._answer("I do the accounts of Albatros now.", sender="Ann <ann@elsewhere.example>")
        self.assertTrue(remark.stranger)
        self.assertFalse(remark.author_id)
        self.assertIn("ann@elsewhere.example", remark.email_from)
        self.assertEqual(self._standing(self.move, "2026-03-06")["standing"], "provisional")

    def test_two_answers_in_a_week_hold_once(self):
        self._answer("Wait please")
        with freeze_time("2026-03-11 09:00:00"):
            second = self._answer("Wait longer please", number=2)
            self.assertTrue(second, "it is to be judged all the same")
            self.assertTrue(second.expired)
            self.assertNotEqual(self._standing(self.move, "2026-03-11")["standing"], "provisional")
            self.assertTrue(second.activity_ids)
        with freeze_time("2026-03-12 09:00:00"):
            third = self._answer("Still waiting", number=3)
            self.assertEqual(third.date_until, DAY("2026-03-17"))

    def test_the_same_mail_twice_is_one_answer(self):
        self.assertEqual(len(self._answer("Wait please")), 1)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.assertFalse(self._answer("Wait please"))

    def test_an_answer_of_the_customer_does_not_expire_unread(self):
        remark = self._answer("Wait please")
        with freeze_time("2026-03-20 09:00:00"):
            self._call_cron("credit.collection.remark", "_cron_expire")
        self.assertTrue(remark.activity_ids)

    def test_a_forged_reference_stays_in_the_company_that_it_names(self):
        other = self.setup_other_company()["company"]
        theirs = self.env["credit.collection.debtor"].create({"partner_id": self.customer.id, "company_id": other.id})
        message = theirs.message_post(body="Ours to you", message_type="comment")
        remark = self._answer("Hold me everywhere", key=message.message_id)
        self.assertEqual((remark.debtor_id, remark.company_id), (theirs, other))
        self.assertFalse(self._debtor().remark_ids)
        self.assertNotEqual(self._standing(self.move, "2026-03-06")["standing"], "provisional")
        self.assertFalse(self.env["credit.collection.remark"].with_user(self.collector).search([]))
        user = new_test_user(
            self.env, "collection_other", groups="credit_collection.group_credit_collection_user",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.assertEqual(self.env["credit.collection.remark"].with_user(user).search([]), remark)

    # === WHAT IT SEEMS TO SAY === #

    def test_an_html_answer_is_read_without_quote_and_signature(self):
        remark = self._answer(HTML, subtype="html")
        self.assertEqual(remark.text, "Dear all,\n\nthe price is wrong: we had agreed on 900.")
        self.assertEqual(remark.suggestion, False)
        plain = self._answer(
            "We paid on 2 March.\n\nOn Thu, 5 Mar 2026 at 10:00, Books <books@company.example> wrote:\n"
            "> Is anything wrong? The goods damaged?\n> Please pay.\n-- \nAnn\nBroken Bikes Ltd\n",
            number=2,
        )
        self.assertEqual(plain.text, "We paid on 2 March.")
        self.assertEqual((plain.suggestion, plain.paid_date), ("paid", DAY("2026-03-02")))

    def _suggested(self, text):
        found = self.env["credit.collection.keyword"]._suggest_reply(text, DAY("2026-03-05"))
        reason = self.env["credit.collection.dispute.reason"].browse(found["reason_id"] or [])
        name = reason.get_external_id().get(reason.id, "").rpartition("reason_")[2]
        return found["outcome"], name, found["promise_date"] or found["paid_date"], found["sentences"]

    def test_the_rules_of_each_outcome_in_three_languages(self):
        stories = {
            "Hello. Two boxes arrived damaged.": ("dispute", "quality", False),
            "The invoice is wrong, please correct it.": ("dispute", "invoice_error", False),
            "We never ordered this.": ("dispute", "not_ours", False),
            "We have not received the goods yet.": ("dispute", "delivery", False),
            "You forgot it: the discount is missing.": ("dispute", "price", False),
            "It will be paid on 20 March.": ("promised", "", DAY("2026-03-20")),
            "We will pay half of it next week.": ("promised", "", DAY("2026-03-13")),
            "This was paid yesterday.": ("paid", "", DAY("2026-03-04")),
            "We have transferred it on Monday, thanks.": ("paid", "", DAY("2026-03-02")),
            "I am not the right person for this.": ("wrong_contact", "", False),
            "Please stop sending me e-mails.": ("opt_out", "", False),
            "Bonjour. La marchandise n'est pas arrivée.": ("dispute", "delivery", False),
            "Il y a une erreur sur la facture.": ("dispute", "invoice_error", False),
            "Nous contestons ce montant.": ("dispute", "", False),
            "Le virement sera effectué vendredi.": ("promised", "", DAY("2026-03-06")),
            "La facture a été réglée le 2 mars.": ("paid", "", DAY("2026-03-02")),
            "Je ne suis plus en charge de ce dossier.": ("wrong_contact", "", False),
            "Je souhaite ne plus recevoir ces messages.": ("opt_out", "", False),
            "Guten Tag. Die Rechnung ist leider falsch.": ("dispute", "invoice_error", False),
            "Wir haben die Ware nie bestellt.": ("dispute", "not_ours", False),
            "Wir zahlen am 20.03.": ("promised", "", DAY("2026-03-20")),
            "Das wird am Freitag überwiesen.": ("promised", "", DAY("2026-03-06")),
            "Wir haben den Betrag gestern überwiesen.": ("paid", "", DAY("2026-03-04")),
            "Ich bin dafür nicht mehr zuständig.": ("wrong_contact", "", False),
            "Bitte keine E-Mails mehr.": ("opt_out", "", False),
            "We have not paid.": (False, "", False),
            "Thank you for your message, we are looking into it.": (False, "", False),
            "Merci, nous allons avoir une réponse demain.": (False, "", False),
        }
        for text, expected in stories.items():
            with self.subTest(text=text):
                outcome, reason, date, sentences = self._suggested(text)
                self.assertEqual((outcome, reason, date), expected)
                if outcome:
                    self.assertEqual(sentences, [text.split(". ")[-1]], "the sentence that says it")

    def test_what_changes_most_goes_first(self):
        found = self._suggested("We will pay invoice 1 on Friday. Invoice 2: two boxes are damaged.")
        self.assertEqual(found[:2], ("dispute", "quality"))
        self.assertEqual(found[3], ["Invoice 2: two boxes are damaged."])

    def test_rules_for_answers_and_for_calls_are_apart(self):
        keywords = self.env["credit.collection.keyword"]
        keywords.create([{"name": "purple", "outcome": "paid", "usage": "call"}])
        keywords.create([{"name": "orange", "outcome": "paid", "usage": "reply"}])
        self.assertFalse(self._suggested("purple")[0])
        self.assertEqual(self._suggested("orange")[0], "paid")
        self.assertEqual(keywords._suggest("purple", DAY("2026-03-05"))["outcome"], "paid")
        self.assertFalse(keywords._suggest("orange", DAY("2026-03-05"))["outcome"])

    def _get_migration(self, name):
        (path,) = (Path(__file__).parent.parent / "migrations").glob(f"*/{name}.py")
        spec = importlib.util.spec_from_file_location(name.replace("-", "_"), path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        return script

    def test_reasons_of_an_earlier_version_learn_by_when_they_are_answered(self):
        def deadline(name):
            return self.env.ref(f"credit_collection.credit_collection_dispute_reason_{name}")

        names = ("quality", "missing_order", "not_ours", "paid", "payment_terms", "price", "other")
        shipped = {name: deadline(name).deadline_days for name in names}
        for name in names:
            deadline(name).deadline_days = 10
        deadline("paid").deadline_days = 7
        self.env.flush_all()
        self._get_migration("post-reasons").migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        self.assertEqual({name: deadline(name).deadline_days for name in names}, {**shipped, "paid": 7})

    def test_reasons_of_a_company_keep_their_place_on_the_page(self):
        reasons = self.env["credit.collection.dispute.reason"]
        group = reasons.create({"name": "Packaging"})
        own = reasons.create({"name": "Pallets not returned", "parent_id": group.id})
        self.env.flush_all()
        self._get_migration("post-reason-words").migrate(self.env.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertEqual((own.page_name, group.page_name), ("Pallets not returned", False))

    def test_requests_counted_in_another_way_are_forgotten(self):
        self.env.cr.execute(
            "INSERT INTO credit_collection_hit (key, moment, number) VALUES ('x', now() AT TIME ZONE 'utc', 1)"
        )
        self._get_migration("pre-requests").migrate(self.env.cr, "19.0.1.5.0")
        self.env.cr.execute("SELECT COUNT(*) FROM credit_collection_hit")
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_rules_of_an_earlier_version_learn_what_they_mean_now(self):
        script = self._get_migration("post-keywords")
        rules = self.env["credit.collection.keyword"].search([("usage", "!=", "reply")])
        shipped = {rule: (rule.dispute_reason_id, rule.usage) for rule in rules}
        rules.write({"dispute_reason_id": False, "usage": False})
        changed = rules.filtered(lambda rule: rule.name == "damaged")
        changed.write({"outcome": "noted"})
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        for rule in rules - changed:
            self.assertEqual((rule.dispute_reason_id, rule.usage), shipped[rule], rule.name)
        self.assertFalse(changed.dispute_reason_id, "what a person has changed stays")

    # === WHAT A PERSON MAKES OF IT === #

    def test_nothing_happens_by_itself(self):
        before = self.env["credit.collection.dispute"].search_count([])
        remark = self._answer("This was paid yesterday, and we dispute the rest. Unsubscribe me.")
        self.assertEqual(self.env["credit.collection.dispute"].search_count([]), before)
        self.assertFalse(self._debtor().optout_ids)
        self.assertFalse(self._debtor().hold_until)
        self.assertEqual(remark.state, "open")

    def test_paid_already_starts_the_search_for_the_payment(self):
        remark = self._answer("This was paid yesterday.").with_user(self.collector)
        remark.action_paid()
        debtor = self._debtor()
        self.assertEqual((remark.state, remark.decision, remark.decided_by_id), ("done", "paid", self.collector))
        self.assertEqual(debtor.hold_until, DAY("2026-03-12"), "five working days to find it")
        self.assertIn("Find a payment", debtor.activity_ids.mapped("summary")[-1])
        self.assertFalse(remark.activity_ids)

    def test_no_day_of_payment_is_made_up(self):
        remark = self._answer("Cette facture a déjà été réglée par le siège.").with_user(self.collector)
        self.assertEqual((remark.suggestion, remark.paid_date), ("paid", False))
        remark.action_paid()
        self.assertEqual(self._debtor().hold_reason, "The customer says that it was paid")

    def test_wrong_contact_gives_a_task_and_the_contact(self):
        remark = self._answer("I am not the right person for this.").with_user(self.collector)
        action = remark.action_wrong_contact()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", self.customer.id))
        self.assertIn("Find the right contact", self._debtor().activity_ids.mapped("summary"))
        self.assertEqual(remark.decision, "wrong_contact")

    def test_an_opt_out_closes_email_for_good(self):
        remark = self._answer("Please stop sending me e-mails.").with_user(self.collector)
        remark.action_opt_out()
        optout = self._debtor().optout_ids
        self.assertEqual((optout.channel, optout.reason), ("email", "Please stop sending me e-mails."))
        self.assertEqual(remark.became, optout)
        again = self._answer("Unsubscribe!", number=2).with_user(self.collector)
        again.action_opt_out()
        self.assertEqual(again.became, optout, "it is closed already")

    def test_a_dispute_comes_prefilled_with_the_words_of_the_customer(self):
        remark = self._answer("The price was too high: overcharged.").with_user(self.collector)
        action = remark.action_dispute()
        dispute = self.env["credit.collection.dispute"].with_user(self.collector).with_context(**action["context"])
        dispute = dispute.create({})
        self.assertEqual(dispute.reason_id, self.env.ref("credit_collection.credit_collection_dispute_reason_price"))
        self.assertEqual(dispute.description, remark.text)
        self.assertEqual(dispute.line_ids.move_id, self.move, "all that is overdue")
        self.assertEqual((remark.state, remark.became), ("done", dispute))

    def test_a_promise_needs_a_day(self):
        remark = self._answer("We will pay.").with_user(self.collector)
        self.assertEqual(remark.suggestion, "promised")
        with self.assertRaisesRegex(UserError, "On which day"):
            remark.action_promise()

    def test_a_promise_is_made_with_day_and_amount(self):
        remark = self._answer("We will pay $ 400.50 on Friday, 13 March.").with_user(self.collector)
        self.assertEqual(
            (remark.promise_date, remark.promise_amount, remark.currency_id),
            (DAY("2026-03-13"), 400.5, self.company.currency_id),
        )
        remark.action_promise()
        promise = self.env["credit.collection.promise"].search([])
        self.assertEqual((promise.amount, promise.date, promise.how), (400.5, DAY("2026-03-13"), "email"))
        self.assertEqual(promise.line_ids.move_id, self.move)
        self.assertEqual((remark.state, remark.became), ("done", promise))
        self.assertEqual(self._standing(self.move, "2026-03-14")["standing"], "promised")

    def test_an_amount_in_another_currency_is_promised_on_the_items_in_that_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        foreign = self._new_invoice("2026-02-25", 500, currency_id=euro.id)
        remark = self._answer("Wir zahlen 500,- Euro am 13.03.").with_user(self.collector)
        self.assertEqual((remark.promise_amount, remark.currency_id), (500, euro))
        self.assertEqual(remark._get_promised_items(), self._item(foreign))
        other = self._answer("We pay 300 CHF on Friday.", number=2)
        self.assertEqual((other.promise_amount, other.currency_id), (0, self.company.currency_id), "none of theirs")
