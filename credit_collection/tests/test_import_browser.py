"""The import form in a real browser: a file is chosen, its columns are seen, it is checked and imported."""

import base64
import json

from odoo.tests import HttpCase, tagged

from .common import CollectionCommon
from .test_browser import WAIT
from .test_import import INVOICE, ledger_file

CHOOSE = """
    const choose = (name, content) => {
        const files = new DataTransfer();
        files.items.add(new File([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], name));
        const input = document.querySelector(".o_form_view input[type=file]");
        input.files = files.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
    };
"""


@tagged("post_install", "-at_install")
class TestImportBrowser(CollectionCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "account.group_account_invoice,credit_collection.group_credit_collection_manager"
        cls.clerk = cls._new_user("clerk", groups)
        cls.clerk.password = "collection_clerk"

    def _look(self, script):
        self.browser_js(
            "/odoo/action-credit_collection.credit_collection_import_action",
            f"(async () => {{ {WAIT} {CHOOSE} {script}; console.log('test successful'); }})()"
            ".catch((error) => console.error(`failed: ${error.message}`));",
            "document.querySelector('.o_action_manager .o_view_controller') && odoo.isReady !== false",
            login=self.clerk.login,
            timeout=90,
        )

    def test_a_file_is_chosen_checked_and_imported(self):
        content = ledger_file(INVOICE, {**INVOICE, "number": "F-2", "amount": "none"})
        self._look(
            f"""
            (await text('button', 'New')).click();
            await until('the file', () => document.querySelector('.o_form_view input[type=file]'));
            choose('ledger.csv', {json.dumps(base64.b64encode(content).decode())});
            await text('.o_form_view .o_data_row', 'customer_ref');
            await text('.o_form_view .o_data_row', 'F-1 · F-2');
            (await text('.o_statusbar_buttons button', 'Check')).click();
            await text('.alert-warning', 'Wrong rows: 1');
            await text('.o_form_view .o_data_row', '“none” is not an amount');
            (await text('.o_statusbar_buttons button', 'Import without the wrong rows')).click();
            (await text('.modal button', 'Ok')).click();
            await until('imported', () => document.querySelector('.o_arrow_button_current[data-value=done]'));
            await text('.o_form_view .o_data_row', 'F-1');
            """
        )
        ledger = self.env["credit.collection.import"].search([("filename", "=", "ledger.csv")])
        self.assertEqual((ledger.state, ledger.done_count, ledger.left_count), ("done", 1, 1))
        self.assertEqual(ledger.user_id, self.clerk)
