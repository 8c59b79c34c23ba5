"""What visitors leave behind opens for the colleagues of its company, though they may not read the visitors."""

import json

from odoo import Command
from odoo.tests import Form, tagged

from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPageColleagues(PageCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Public visitors are users of one company alone, and only its people may read them.
        first = cls.env["res.company"].sudo().create({"name": "First Company"})
        cls.env.ref("base.public_user").sudo().write({"company_id": first.id, "company_ids": [Command.set(first.ids)]})
        cls.collector.password = "collection_collector"

    def _tell_everything(self):
        item = self._item(self.move)
        self._enter()
        answers = {
            "/dispute": {
                "items": item.id,
                f"amount_{item.id}": "100",
                "reason": self.env.ref("credit_collection.credit_collection_dispute_reason_price_discount").id,
                "text": "The discount is missing.",
            },
            "/paid": {"items": item.id, "day": "2026-03-03", "how": "cheque"},
            "/contact": {"name": "Zoé Petit", "email": "zoe@albatros.example"},
            "/why": {"reason": self.env["credit.collection.late.reason"].search([], limit=1).id, "comment": "Sorry"},
        }
        for path, values in answers.items():
            self.assertEqual(self._post(path, **values).status_code, 303, path)

    def _read_thread(self, record):
        """What the file's chatter asks for when it opens."""
        asked = {"thread_model": record._name, "thread_id": record.id, "request_list": ["activities", "followers"]}
        response = self.url_open(
            "/mail/data",
            data=json.dumps({"jsonrpc": "2.0", "params": {"fetch_params": [["mail.thread", asked]]}}),
            headers={"Content-Type": "application/json"},
        )
        return response.json()

    def test_their_files_and_tasks_open(self):
        self._tell_everything()
        self.authenticate(self.collector.login, "collection_collector")
        feedback = self.env["credit.collection.feedback"].search([("debtor_id", "=", self.debtor.id)])
        records = [self.debtor, *self.debtor.dispute_ids, *self.debtor.remark_ids, *feedback]
        self.assertGreater(len(records), 4)
        for record in records:
            with self.subTest(record=record):
                self.env.invalidate_all()
                answer = self._read_thread(record)
                self.assertNotIn("error", answer)
                self.assertEqual(len(answer["result"].get("mail.activity", [])), len(record.activity_ids))
                Form(record.with_user(self.collector))
