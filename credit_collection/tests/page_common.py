"""What the tests of the customer's page share: visitors, and what a request changed in the database."""

import hashlib
import re
from contextlib import contextmanager

from odoo import Command, http
from odoo.tests import HttpCase, new_test_user

from .common import CollectionCommon


class PageCommon(CollectionCommon, HttpCase):
    """A customer with an invoice, contacts, and somebody else's customer beside it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._new_invoice("2026-03-01", ref="PO-77")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Claire Morel", "parent_id": cls.customer.id, "email": "claire@albatros.example", "lang": "en_US"}
        )
        cls.debtor = cls.env["credit.collection.debtor"]._get_or_create(cls.customer, cls.company)
        cls.stranger = cls._new_customer("Zephyr GmbH")
        cls.strange_move = cls._new_invoice("2026-03-01", 777.77, partner=cls.stranger, ref="ZE-1")
        cls.strange_debtor = cls.env["credit.collection.debtor"]._get_or_create(cls.stranger, cls.company)

    def setUp(self):
        super().setUp()
        # A session, as every browser has one: forms carry a token of it.
        self.authenticate(None, None)

    @classmethod
    def _new_portal_user(cls, login, partner):
        person = cls.env["res.partner"].create(
            {"name": login.capitalize(), "parent_id": partner.id, "email": f"{login}@portal.example"}
        )
        return new_test_user(
            cls.env, f"page_{login}", groups="base.group_portal", partner_id=person.id, password=f"page_{login}",
            name=login.capitalize(), email=f"{login}@portal.example", company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )  # fmt: skip

    def _enter(self, debtor=None, contact=None, days=30):
        """Come by the link of a message; return the answer of the entry address."""
        debtor = debtor or self.debtor
        link = debtor._get_page_link(contact or self.contact, days)
        return self.url_open(link[len(debtor.get_base_url()) :], allow_redirects=False)

    def _get(self, path="", debtor=None):
        return self.url_open(f"/my/collection/{(debtor or self.debtor).id}{path}", allow_redirects=False)

    def _post(self, path, debtor=None, files=None, **values):
        """Send a form as the browser does; it does not follow where it leads."""
        return self.url_open(
            f"/my/collection/{(debtor or self.debtor).id}{path}",
            data={"csrf_token": http.Request.csrf_token(self), **values},
            files=files,
            allow_redirects=False,
        )

    def _ask_for_link(self):
        values = {"csrf_token": http.Request.csrf_token(self), "debtor_id": str(self.debtor.id)}
        return self.url_open("/my/collection/link", data=values)

    def _noted(self):
        """What the mails say that confirm an answer, oldest first."""
        return self._said("noted")

    def _answered(self):
        """What the mails say that answer what was told, oldest first."""
        return self._said("answer")

    def _said(self, purpose):
        actions = self.env["credit.collection.action"].search([("debtor_id", "=", self.debtor.id)], order="id")
        return [(action.contact_id, action.noted) for action in actions if action.purpose == purpose]

    def _tasks(self, record=None):
        """``(summary, user)`` of what somebody has to do about a record."""
        activities = (record or self.debtor).activity_ids
        return [(activity.summary, activity.user_id) for activity in activities.sorted("id")]

    def _written_by_contact(self, record=None):
        """What stands on the file in the name of the contact, as text."""
        messages = (record or self.debtor).message_ids.filtered(lambda message: message.author_id == self.contact)
        return " | ".join(message.body for message in messages)

    def _message(self, move=None, **values):
        """Return a reminder about an invoice, as it is kept once it has left."""
        move, step = move or self.move, self.scenario.step_ids[1]
        lines = self.env["credit.collection.action"]._prepare_lines_of(self._item(move))
        return self.env["credit.collection.action"].sudo().create(
            {
                "company_id": self.company.id, "debtor_id": self.debtor.id, "contact_id": self.contact.id,
                "step_id": step.id, "scenario_id": self.scenario.id, "channel": "email", "tone": "friendly",
                "planned_state": "planned", "state": "sent", "date": "2026-03-05", "date_sent": "2026-03-05",
                "currency_id": move.currency_id.id, "subject": "Your invoice of March", "body": "<p>Dear Claire</p>",
                "line_ids": [Command.create(line) for line in lines], **values,
            }
        )  # fmt: skip

    def _sent_file(self, message, content=b"%PDF-1.4 sent", name="invoice.pdf"):
        """Attach a file to a message as its channel does."""
        message.attachment_digest = f"{hashlib.sha256(content).hexdigest()}  {name}"
        values = {"name": name, "raw": content, "res_model": message._name, "res_id": message.id}
        return self.env["ir.attachment"].sudo().create(values)

    @contextmanager
    def _unchanged(self, but=("credit_collection_hit",)):
        """Nothing is written to any table while this lasts, but to those named."""
        self.env.cr.flush()
        before = self._written()
        yield
        after = self._written()
        changed = {table for table in after if after[table] != before.get(table, 0)}
        self.assertFalse(changed - set(but), "written to")

    def _written(self):
        self.env.cr.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {table: count for table, count in self.env.cr.fetchall() if count}

    @staticmethod
    def _words(response):
        """The visible words of a page, in one line."""
        body = re.sub(r"<(script|style)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("\xa0", " ").replace("\ufeff", "")
