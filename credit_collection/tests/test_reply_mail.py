"""What mail programs make of an answer: real MIME messages through the gateway, one by one."""

import re
from email.message import EmailMessage, MIMEPart

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from .common import DAY
from .test_reply import ReplyCommon

FORWARDED = """---------- Forwarded message ---------
From: Books <books@company.example>
Date: Thu, 5 Mar 2026 at 10:00
Subject: 1,000.00 due
To: <pay@albatros.example>

Dear Ann, have you paid already? Two boxes arrived damaged? We will pay on Friday.
"""


@freeze_time("2026-03-05 09:00:00")  # a Thursday
@tagged("post_install", "-at_install")
class TestReplyMail(ReplyCommon):
    def _mail(self, number=1, **headers):
        """Return an answer without a body, from the customer to the address that the reminder names."""
        mail = EmailMessage()
        values = {
            "From": self.customer.email,
            "To": self.reminder["Reply-To"] or self.reminder["From"],
            "Subject": f"Re: {self.reminder['Subject']}",
            "Message-Id": f"<mail-{number}@albatros.example>",
            "In-Reply-To": self.reminder["Message-Id"],
            "References": self.reminder["Message-Id"],
            **headers,
        }
        for name, value in values.items():
            mail[name] = value
        return mail

    def _receive(self, mail):
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        before = self.env["credit.collection.remark"].search([])
        self.env["mail.thread"].message_process(False, raw)
        return self.env["credit.collection.remark"].search([]) - before

    def _plain(self, text, **headers):
        mail = self._mail(**headers)
        mail.set_content(text)
        return self._receive(mail)

    def _from_html(self, body, **headers):
        mail = self._mail(**headers)
        mail.set_content("The text part.")
        mail.add_alternative(f"<html><body>{body}</body></html>", subtype="html")
        return self._receive(mail)

    # === WHERE THE OWN WORDS STAND === #

    def test_words_above_the_quote(self):
        remark = self._plain(
            "We never ordered this.\n\nOn Thu, 5 Mar 2026 at 10:00, Books <books@company.example> wrote:\n"
            "> Dear Ann, have you paid already?\n> Please pay.\n"
        )
        self.assertEqual((remark.text, remark.suggestion), ("We never ordered this.", "dispute"))

    def test_words_below_the_quote(self):
        remark = self._plain(
            "On Thu, 5 Mar 2026 at 10:00, Books <books@company.example> wrote:\n"
            "> Dear Ann, two boxes arrived damaged?\n> Please pay.\n\nThis was paid yesterday.\n"
        )
        self.assertEqual((remark.text, remark.suggestion), ("This was paid yesterday.", "paid"))

    def test_words_below_the_quote_in_html(self):
        remark = self._from_html(
            '<div class="moz-cite-prefix">Le 05/03/2026 à 10:00, Books a écrit :<br></div>'
            '<blockquote type="cite" cite="mid:1@x"><p>Avez-vous payé ? La marchandise est cassée ?</p></blockquote>'
            "<p>Le virement sera effectué vendredi.</p>"
        )
        self.assertEqual(remark.text, "Le virement sera effectué vendredi.")
        self.assertEqual((remark.suggestion, remark.promise_date), ("promised", DAY("2026-03-06")))

    def test_html_only_of_outlook(self):
        mail = self._mail()
        mail.set_content(
            '<html><body><div class="WordSection1"><p class="MsoNormal">Die Rechnung ist leider falsch.</p>'
            '<p class="MsoNormal">Mit freundlichen Grüßen</p><p class="MsoNormal">Anna, Defekte Räder GmbH</p>'
            '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>Von:</b> Books '
            "&lt;books@company.example&gt;<br><b>Gesendet:</b> Donnerstag, 5. März 2026 10:00<br>"
            "<b>An:</b> Albatros<br><b>Betreff:</b> 1.000,00 fällig</p></div>"
            '<p class="MsoNormal">Bitte keine E-Mails mehr? Wir zahlen am 20.03.</p></div></body></html>',
            subtype="html",
        )
        remark = self._receive(mail)
        self.assertEqual((remark.text, remark.suggestion), ("Die Rechnung ist leider falsch.", "dispute"))

    def test_a_forwarded_reminder_with_a_word_above(self):
        remark = self._plain("Bob, I am not the right person for this.\n\n" + FORWARDED, Subject="Fwd: 1,000.00 due")
        self.assertEqual(remark.text, "Bob, I am not the right person for this.")
        self.assertEqual(remark.suggestion, "wrong_contact")

    def test_a_forwarded_reminder_without_a_word(self):
        remark = self._plain(FORWARDED, Subject="Fwd: 1,000.00 due")
        self.assertIn("No words of their own", remark.text)
        self.assertFalse(remark.suggestion, "our own words say nothing about them")

    def test_a_forwarded_reminder_without_a_word_in_html(self):
        body = FORWARDED.replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
        remark = self._from_html(f'<div dir="ltr"><br><br><div class="gmail_quote"><div>{body}</div></div></div>')
        self.assertIn("No words of their own", remark.text)
        self.assertFalse(remark.suggestion)

    def test_outlook_without_a_word_above_its_header(self):
        remark = self._plain(
            "From: Books <books@company.example>\nSent: Thursday, March 5, 2026 10:00\nTo: Albatros\n"
            "Subject: 1,000.00 due\n\nHave you paid already? It will be paid on Friday.\n"
        )
        self.assertIn("No words of their own", remark.text)
        self.assertFalse(remark.suggestion)

    def test_attachments_only(self):
        mail = self._mail()
        mail.set_content("")
        mail.add_attachment(b"%PDF-1.4 proof", maintype="application", subtype="pdf", filename="Überweisung.pdf")
        remark = self._receive(mail)
        self.assertIn("No words of their own", remark.text)
        self.assertEqual(remark.message_ref_id.sudo().attachment_ids.mapped("name"), ["Überweisung.pdf"])
        self.assertEqual(self._standing(self.move, "2026-03-06")["standing"], "provisional")

    def test_an_attachment_and_nothing_else_at_all(self):
        mail = self._mail()
        mail.set_content(b"%PDF-1.4 proof", maintype="application", subtype="pdf", filename="proof.pdf")
        remark = self._receive(mail)
        self.assertIn("No words of their own", remark.text)

    def test_a_forward_as_an_attachment(self):
        inner = self._mail(number=7)
        inner.set_content("We paid on Monday.")
        mail = self._mail()
        mail.set_content("Two boxes arrived damaged.")
        part = MIMEPart()
        part.set_content(inner)
        mail.make_mixed()
        mail.attach(part)
        remark = self._receive(mail)
        self.assertTrue(remark.text.startswith("Two boxes arrived damaged."))
        self.assertEqual(remark.suggestion, "dispute")

    def test_an_encoded_subject_and_an_old_charset(self):
        raw = (
            b"From: =?iso-8859-1?Q?Andr=E9?= <%s>\r\nTo: %s\r\nMessage-Id: <old-1@albatros.example>\r\n"
            b"Subject: =?iso-8859-1?Q?R=E9p_=3A_1=2E000_=E9chu?=\r\nIn-Reply-To: %s\r\nReferences: %s\r\n"
            b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\nLa facture a =E9t=E9 r=E9gl=E9e le 2 mars.\r\n"
        ) % tuple(
            value.encode()
            for value in (
                self.customer.email,
                self.reminder["Reply-To"] or self.reminder["From"],
                self.reminder["Message-Id"],
                self.reminder["Message-Id"],
            )
        )
        remark = self._receive(raw)
        self.assertEqual(remark.text, "La facture a été réglée le 2 mars.")
        self.assertEqual((remark.suggestion, remark.paid_date), ("paid", DAY("2026-03-02")))
        self.assertEqual(remark.message_ref_id.sudo().subject, "Rép : 1.000 échu")

    # === MACHINES === #

    def test_absence_notes_with_encoded_subjects(self):
        subjects = (
            "=?utf-8?Q?R=C3=A9ponse_automatique_=3A_1_000=2C00?=",
            "=?utf-8?B?QWJzZW5jZSBkdSBidXJlYXU=?=",
            "=?iso-8859-1?Q?Automatische_Antwort=3A_f=E4llig?=",
            "=?utf-8?Q?Abwesenheitsnotiz=3A_1=2E000=2C00_f=C3=A4llig?=",
            "=?utf-8?Q?Je_suis_absent_jusqu'au_9_mars_Re=3A_1_000?=",
            "=?utf-8?Q?Ich_bin_nicht_im_B=C3=BCro_Re=3A_1=2E000?=",
            "Ich bin im Urlaub: 1.000,00",
            "OOO: Re: 1,000.00 due",
        )
        for number, subject in enumerate(subjects):
            mail = self._mail(number=number)
            mail.set_content("Ich bin bis 9. März nicht im Büro. Je suis absent.")
            raw = re.sub(rb"Subject: .*\n", b"Subject: " + subject.encode() + b"\n", mail.as_bytes())
            self.assertIn(subject.encode(), raw)
            with self.subTest(subject=subject):
                self.assertFalse(self._receive(raw))

    def test_a_bounce_as_a_postmaster_writes_it(self):
        mail = self._mail(
            From="Mail Delivery System <MAILER-DAEMON@mx.example>",
            Subject="=?utf-8?Q?Unzustellbar?=",
            **{"Return-Path": "<>", "Auto-Submitted": "auto-replied"},
        )
        mail.set_content("Your message could not be delivered.")
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.assertFalse(self._receive(mail))
        self.assertNotEqual(self._standing(self.move, "2026-03-06")["standing"], "provisional")

    # === WHO WRITES === #

    def test_a_colleague_of_the_same_customer(self):
        ann = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.customer.id, "email": "ann@albatros.example"}
        )
        remark = self._plain("It will be paid on 20 March.", From="Ann <ann@albatros.example>")
        self.assertEqual((remark.author_id, remark.stranger, remark.debtor_id), (ann, False, self._debtor()))
        remark.with_user(self.collector).action_promise()
        promise = self.env["credit.collection.promise"].search([])
        self.assertEqual((promise.contact_id, promise.date), (ann, DAY("2026-03-20")))

    def test_an_unknown_address_may_close_nothing_by_itself(self):
        remark = self._plain("Unsubscribe me.", From="Eve <eve@elsewhere.example>")
        self.assertTrue(remark.stranger)
        self.assertFalse(self._debtor().optout_ids)

    # === WHAT IT ANSWERS === #

    def test_one_answer_to_two_reminders_is_one_remark(self):
        other = self._new_invoice("2026-02-25")
        with freeze_time("2026-03-12 09:00:00"):
            ((__, second),) = self._cycle("2026-03-12")
            remark = self._plain("Please wait.", References=f"{self.reminder['Message-Id']} {second['Message-Id']}")
            self.assertEqual(len(remark), 1)
            for move in self.move, other:
                self.assertEqual(self._standing(move, "2026-03-13")["standing"], "provisional")

    def test_an_answer_to_reminders_of_two_customers_is_noted_on_one_file(self):
        partner = self._new_customer("Buzzard SARL")
        self._new_invoice("2026-02-25", partner=partner)
        self._plan("2026-03-05")
        ((__, second),) = self._send("2026-03-05")
        remark = self._plain("Please wait.", References=f"{self.reminder['Message-Id']} {second['Message-Id']}")
        self.assertEqual(len(remark), 1)
        self.assertIn(remark.debtor_id, self._debtor() | self._debtor(partner))

    def test_a_third_answer_in_a_week_holds_no_longer_than_the_first(self):
        first = self._plain("Wait please.")
        with freeze_time("2026-03-09 09:00:00"):
            second = self._plain("Wait please, again.", number=2)
        self.assertEqual(first.date_until, DAY("2026-03-10"))
        self.assertTrue(second.date_until < second.date)
        with freeze_time("2026-03-12 09:00:00"):
            third = self._plain("And now?", number=3)
            self.assertEqual(third.date_until, DAY("2026-03-17"))

    def test_who_writes_for_another_customer_is_not_written_to_about_this_one(self):
        """A known address that is not this customer's: what is promised and disputed is told to the customer."""
        eve = self.env["res.partner"].create({"name": "Eve", "email": "eve@elsewhere.example"})
        remark = self._plain("It will be paid on 20 March.", From="Eve <eve@elsewhere.example>")
        self.assertEqual((remark.author_id, remark.stranger), (eve, True))
        context = remark.with_user(self.collector).action_dispute()["context"]
        self.assertFalse(context["default_contact_id"])
        remark.with_user(self.collector).action_promise()
        self.assertFalse(self.env["credit.collection.promise"].search([]).contact_id)

    def test_a_promise_without_amount_is_for_what_is_open_in_whichever_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        partner = self._new_customer("Buzzard SARL")
        foreign = self._new_invoice("2026-02-25", 500, partner=partner, currency_id=euro.id)
        debtor = self._debtor(partner)
        remark = self.env["credit.collection.remark"]._report(debtor, "It will be paid on 20 March.", kind="reply")
        self.assertEqual(remark.currency_id, euro)
        remark.with_user(self.collector).action_promise()
        promise = self.env["credit.collection.promise"].search([])
        self.assertEqual((promise.amount, promise.line_ids.move_id), (500, foreign))

    # === WHAT IT ASKS OF US === #

    def test_each_suggestion_has_its_button(self):
        form = self.env.ref("credit_collection.credit_collection_remark_view_form").arch
        rules = self.env["credit.collection.keyword"]
        buttons = {"promised": "promise"}
        for code, __ in rules._fields["outcome"]._description_selection(self.env):
            rules.create({"name": f"purple{code.replace('_', '')}", "outcome": code, "usage": "reply"})
            found = rules._suggest_reply(f"purple{code.replace('_', '')}", DAY("2026-03-05"))["outcome"]
            if found:
                self.assertIn(f'name="action_{buttons.get(code, code)}"', form)
            else:
                self.assertIn(code, ("no_answer", "noted"))

    def test_the_invoices_are_sent_again_to_the_one_who_asks(self):
        ann = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.customer.id, "email": "ann@albatros.example"}
        )
        remark = self._plain("We never received it: please send me the invoice again.", From="ann@albatros.example")
        self.assertEqual(remark.suggestion, "resend")
        remark.with_user(self.collector).action_resend()
        self.assertEqual((remark.state, remark.decision, remark.decided_by_id), ("done", "resend", self.collector))
        ((recipients, mail),) = self._send("2026-03-05", [("purpose", "=", "resend"), ("state", "=", "planned")])
        self.assertEqual(recipients, [ann.email])
        self.assertEqual([part.get_content_type() for part in mail.iter_attachments()], ["application/pdf"])
        self.assertIn(self.move.name, self._html(mail))
        self.assertEqual(self._standing(self.move, "2026-03-06")["level"], 2, "it is no reminder")

    def test_several_invoices_are_sent_with_what_is_open(self):
        later = self._new_invoice("2026-04-20", 250)
        self._pay(later, 50, date="2026-03-04")
        remark = self._plain("Please send the invoices again.")
        remark.with_user(self.collector).action_resend()
        ((__, mail),) = self._send("2026-03-05", [("purpose", "=", "resend"), ("state", "=", "planned")])
        words = html2plaintext(self._html(mail))
        self.assertEqual(len(list(mail.iter_attachments())), 2)
        self.assertIn("1,200.00", words)
        for move in self.move, later:
            self.assertIn(move.name, words)
        self.assertEqual(mail["Subject"], "As you asked: 2 invoices")

    def test_what_was_paid_before_it_could_be_sent_again_is_not_said_to_be_open(self):
        other = self._new_invoice("2026-02-25", 300)
        self._plain("Please send the invoices again.").with_user(self.collector).action_resend()
        domain = [("purpose", "=", "resend"), ("state", "=", "planned")]
        action = self.env["credit.collection.action"].search(domain)
        self._pay(self.move, date="2026-03-05")
        ((__, mail),) = self._send("2026-03-05", [("id", "=", action.id), *domain])
        words = html2plaintext(self._html(mail))
        self.assertIn(other.name, words)
        self.assertNotIn(self.move.name, words)
        self._plain("Please send the invoices again.", number=2).with_user(self.collector).action_resend()
        action = self.env["credit.collection.action"].search(domain)
        self._pay(other, date="2026-03-05")
        self.assertFalse(self._send("2026-03-05", [("id", "=", action.id), *domain]))
        self.assertEqual(action.state, "skipped")

    def test_the_invoices_are_not_sent_to_a_stranger(self):
        self.env["res.partner"].create({"name": "Eve", "email": "eve@elsewhere.example"})
        remark = self._plain("Please send the invoice again.", From="Eve <eve@elsewhere.example>")
        remark.with_user(self.collector).action_resend()
        ((recipients, __),) = self._send("2026-03-05", [("purpose", "=", "resend"), ("state", "=", "planned")])
        self.assertEqual(recipients, [self.customer.email])

    def test_what_cannot_be_sent_again_stays_to_be_judged(self):
        remark = self._plain("Please send the invoice again.").with_user(self.collector)
        self._pay(self.move, date="2026-03-05")
        with self.assertRaisesRegex(UserError, "Nothing is open"):
            remark.action_resend()
        self.assertEqual(remark.state, "open")

    def test_who_checks_the_invoices_gets_a_few_days(self):
        remark = self._plain("The invoice is waiting for approval.")
        self.assertEqual(remark.suggestion, "approval")
        remark.with_user(self.collector).action_approval()
        debtor = self._debtor()
        self.assertEqual((debtor.hold_until, remark.decision), (DAY("2026-03-12"), "approval"))
        task = debtor.activity_ids.filtered(lambda task: "checked" in task.summary)
        self.assertEqual((task.user_id, task.date_deadline), (self.collector, DAY("2026-03-12")))

    def test_a_refusal_goes_to_the_manager(self):
        remark = self._plain("We will not pay.")
        self.assertEqual(remark.suggestion, "refused")
        remark.with_user(self.collector).action_refused()
        self.assertIn(
            "refuses to pay", self._debtor().activity_ids.filtered(lambda t: t.user_id == self.manager).summary
        )
        self.assertEqual(remark.decision, "refused")

    def test_a_manager_who_has_left_is_not_asked(self):
        remark = self._plain("We will not pay.")
        self.manager.active = False
        remark.with_user(self.collector).action_refused()
        self.assertEqual(self._debtor().activity_ids.user_id, self.collector)
        self.assertTrue(self.env["credit.collection.plan"].new({"company_id": self.company.id})._get_approver().active)

    def test_who_wants_to_be_called_is_called(self):
        remark = self._plain("Please call me back.")
        self.assertEqual(remark.suggestion, "call_back")
        remark.with_user(self.collector).action_call_back()
        task = self._debtor().activity_ids
        self.assertEqual(
            (task.summary, task.date_deadline, task.user_id), ("Call back", DAY("2026-03-05"), self.collector)
        )

    def test_others_than_collectors_decide_nothing(self):
        remark = self._plain("Please call me back.").with_user(self.accountant)
        for action in "resend", "approval", "call_back", "refused":
            with self.assertRaises(AccessError, msg=action):
                getattr(remark, f"action_{action}")()

    # === WHAT NOBODY MAY PRETEND === #

    def test_nobody_pretends_an_answer_of_the_customer(self):
        for user in self.collector, self.accountant:
            debtor = self._debtor().with_user(user).with_context(collection_incoming="person")
            debtor.message_post(body="We wait", message_type="email", email_from="pay@albatros.example")
        self.assertFalse(self._debtor().remark_ids)

    # === WHEN SOMETHING GOES WRONG === #

    def _break(self, model, method):
        def broken(*args, **kwargs):
            raise ValueError("broken")

        self.patch(self.env.registry[model], method, broken)

    def _receive_badly(self, text):
        with self.assertLogs("odoo.addons.credit_collection.models.credit_collection_daily", "ERROR"):
            return self._plain(text)

    def test_an_answer_that_cannot_be_read_holds_all_the_same_and_is_told(self):
        self._break("credit.collection.keyword", "_suggest_reply")
        remark = self._receive_badly("Wait please")
        self.assertEqual((remark.kind, remark.state, remark.suggestion), ("reply", "open", False))
        self.assertIn("could not be read", remark.text)
        self.assertEqual(remark.message_ref_id.res_id, self._debtor().id)
        self.assertEqual(remark.activity_ids.user_id, self.collector)
        self.assertEqual(self._standing(self.move, "2026-03-10")["standing"], "provisional")
        remark.with_user(self.collector).action_aside()
        self.assertEqual(remark.state, "dismissed")

    def test_an_answer_while_somebody_works_on_what_waits_holds_all_the_same(self):
        """The sender of reminders may have a row that would be changed: what waits is asked again before it leaves."""
        self._break("credit.collection.debtor", "_ask_again_now")
        self.assertTrue(self._receive_badly("Wait please"))
        self.assertEqual(self._standing(self.move, "2026-03-10")["standing"], "provisional")

    def test_a_second_answer_that_cannot_be_read_holds_no_longer(self):
        self._plain("Wait please")
        self._break("credit.collection.keyword", "_suggest_reply")
        with freeze_time("2026-03-11 09:00:00"):
            with self.assertLogs("odoo.addons.credit_collection.models.credit_collection_daily", "ERROR"):
                second = self._plain("Wait longer", number=2)
            self.assertTrue(second.expired)

    def test_when_not_even_that_can_be_noted_the_file_has_a_task(self):
        self._break("credit.collection.remark", "_report")
        self._break("credit.collection.remark", "_report_unread")
        self.assertFalse(self._receive_badly("Wait please"))
        task = self._debtor().activity_ids
        self.assertEqual(task.user_id, self.collector)
        self.assertIn("could not be noted", task.summary)
