"""The screens in a real browser, and the PDF that a real browser engine prints."""

import hashlib
import io
import subprocess

from odoo.tests import HttpCase, tagged
from PIL import Image
from pypdf import PdfReader

from .common import CollectionCommon

WAIT = """
    const until = async (what, find) => {
        for (let i = 0; i < 300; i++) {
            const found = find();
            if (found) { return found; }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`never seen: ${what}`);
    };
    const text = (selector, words) => until(words, () =>
        [...document.querySelectorAll(selector)].find((node) => node.textContent.includes(words)));
"""


class BrowserCommon(CollectionCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._new_invoice("2026-03-01", ref="PO-77")
        cls.collector.password = "collector-collector"

    def _look(self, action, script, user=None):
        """Open an action as a collector and run a script there; one that throws fails, and so does an error."""
        user = user or self.collector
        self.browser_js(
            f"/odoo/action-credit_collection.{action}",
            f"(async () => {{ {WAIT} {script}; console.log('test successful'); }})()"
            ".catch((error) => console.error(`failed: ${error.message}`));",
            "document.querySelector('.o_action_manager .o_view_controller') && odoo.isReady !== false",
            login=user.login,
            timeout=60,
        )


@tagged("post_install", "-at_install")
class TestBrowser(BrowserCommon):
    def test_a_collector_goes_from_the_list_of_debtors_to_what_is_open(self):
        self._debtor()
        self._look(
            "credit_collection_debtor_action",
            """
            (await text('.o_data_row', 'Albatros SARL')).querySelector('.o_data_cell').click();
            await text('.o_form_view', 'Open items');
            await text('.o_form_view .o_data_row', 'INV/2026');
            await text('.o_form_view', '1,000.00');
            """,
        )

    def test_the_list_of_items_says_why(self):
        self._debtor().write({"hold_until": "2030-01-01", "hold_reason": "Back on Monday"})
        self._look("credit_collection_report_open_item_action", "await text('.o_data_row', 'On hold: Back on Monday')")

    def test_a_task_is_read_and_done_with_one_button(self):
        self.scenario.step_ids[1].write({"channel": "phone", "mode": "task"})
        self.customer.phone = "+33 1 44 55 66 77"
        action = self._plan("2026-03-05").action_ids
        self._look(
            "credit_collection_action_action",
            """
            (await text('.o_data_row', 'Albatros SARL')).querySelector('.o_data_cell').click();
            (await text('.o_form_view button', 'Mark done')).click();
            await text('.o_form_view .o_statusbar_status, .o_form_view .badge', 'Sent or done');
            """,
        )
        self.env.invalidate_all()
        self.assertEqual(action.state, "sent")

    def test_what_came_of_a_call_takes_two_clicks(self):
        self.scenario.step_ids[1].write({"channel": "phone", "mode": "task"})
        self.text.script = "It is about {invoice}."
        self.customer.phone = "+33 1 44 55 66 77"
        action = self._plan("2026-03-05").action_ids
        self._look(
            "credit_collection_action_action_calls",
            """
            (await text('.o_data_row', 'Albatros SARL')).querySelector('.o_data_cell').click();
            await text('.o_form_view', 'It is about invoice INV/2026');
            await text('.o_form_view a[href^="tel:"]', '+33 1 44 55 66 77');
            (await text('.o_form_view button', 'Reached')).click();
            (await text('.modal footer button', 'They will pay')).click();
            await text('.o_form_view .o_statusbar_status', 'Sent or done');
            """,
        )
        self.env.invalidate_all()
        self.assertEqual((action.state, action.call_ids.outcome), ("sent", "promised"))
        self.assertEqual(action.call_ids.promise_id.state, "open")

    def test_a_letter_is_confirmed_as_posted_from_the_list(self):
        self.company.write({"street": "12 rue des Tanneurs", "zip": "69002", "city": "Lyon"})
        country = self.env.ref("base.fr").id
        self.customer.write({"street": "1 quai du Port", "zip": "13002", "city": "Marseille", "country_id": country})
        self.scenario.step_ids[1].write({"channel": "letter", "registered": True})
        action = self._plan("2026-03-05").action_ids
        self._send_ready("2026-03-05")
        self._look(
            "credit_collection_action_action_letters",
            """
            (await text('.o_data_row', 'Albatros SARL')).querySelector('.o_list_record_selector input').click();
            (await text('.o_control_panel button', 'Confirm as posted')).click();
            const row = await until('the letter', () => document.querySelector('.modal .o_data_row'));
            row.querySelector('[name=tracking_number]').click();
            const input = () => document.querySelector('.modal [name=tracking_number] input');
            const number = await until('its number', input);
            number.value = '1A 234 567';
            number.dispatchEvent(new Event('input', {bubbles: true}));
            number.dispatchEvent(new Event('change', {bubbles: true}));
            (await text('.modal footer button', 'Confirm as posted')).click();
            await until('the end of the dialog', () => !document.querySelector('.modal'));
            """,
        )
        self.env.invalidate_all()
        self.assertEqual((action.state, action.tracking_number), ("sent", "1A 234 567"))

    def test_a_removed_message_asks_for_a_reason(self):
        action = self._plan("2026-03-05").action_ids
        self._look(
            "credit_collection_action_action",
            """
            (await text('.o_data_row', 'Albatros SARL')).querySelector('.o_data_cell').click();
            (await text('.o_form_view button', 'Remove')).click();
            const input = await until('the reason', () => document.querySelector('.modal [name=reason] input'));
            input.value = 'Called them today';
            input.dispatchEvent(new Event('input', {bubbles: true}));
            input.dispatchEvent(new Event('change', {bubbles: true}));
            document.querySelector('.modal footer .btn-primary').click();
            await until('the end of the dialog', () => !document.querySelector('.modal'));
            """,
        )
        self.env.invalidate_all()
        self.assertEqual(action.state, "cancelled")
        self.assertIn("Called them today", action.reason)

    def test_a_manager_sees_what_a_scenario_would_send_before_it_is_on(self):
        self.scenario.with_user(self.manager).action_turn_off()
        self.manager.password = "manager-manager"
        self._look(
            "credit_collection_scenario_action",
            """
            (await text('.o_data_row', 'Test ladder')).querySelector('.o_data_cell').click();
            (await text('.o_form_view button', 'Preview')).click();
            await text('.o_form_view', 'RUN/');
            await text('.o_form_view .o_data_row', 'Albatros SARL');
            """,
            user=self.manager,
        )
        self.assertFalse(self.scenario.on_company_ids)

    def test_an_invoice_without_stored_pdf_is_attached_as_core_prints_it(self):
        self.scenario.step_ids[1].attach_invoices = True
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        self.env = self.env(context={**self.env.context, "force_report_rendering": True})
        run = self._plan("2026-03-05")
        mails = self._send("2026-03-05")
        self.assertEqual([(action.state, action.reason) for action in run.action_ids], [("sent", False)])
        ((__, message),) = mails
        (attachment,) = message.iter_attachments()
        self.assertEqual(attachment.get_filename(), f"{self.move.name.replace('/', '_')}.pdf")
        content = attachment.get_content()
        self.assertEqual(len(PdfReader(io.BytesIO(content)).pages), 1)
        # Core's layout is drawn in a web font as outlines: there is no text to read, so the page is looked at.
        picture = subprocess.run(["pdftoppm", "-gray", "-r", "40", "-"], input=content, capture_output=True, check=True)
        dark = sum(Image.open(io.BytesIO(picture.stdout)).histogram()[:128])
        self.assertGreater(dark, 300, "the page is not blank")
        self.assertIn(hashlib.sha256(content).hexdigest(), run.action_ids.attachment_digest)
