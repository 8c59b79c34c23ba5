"""What the stories share: a company with its books, a ladder, people with the lowest rights, and a mail server."""

import email
import email.policy
import logging
import re
import socket
from contextlib import contextmanager
from unittest.mock import patch

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from odoo import Command, fields
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import new_test_user

DAY = fields.Date.to_date


class SinkHandler:
    """Keeps each mail; refuses or drops the recipients it is told to."""

    def __init__(self):
        self.mails, self.refused, self.deferred, self.dropped = [], None, None, None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.refused and re.search(self.refused, address):
            return "550 5.1.1 No such mailbox"
        if self.deferred and re.search(self.deferred, address):
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):
        message = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, message))
        if self.dropped and any(re.search(self.dropped, address) for address in envelope.rcpt_tos):
            server.transport.close()
        return "250 OK"


class SinkController(Controller):
    def factory(self):
        return SMTP(self.handler, hostname="localhost", enable_SMTPUTF8=True)


class CollectionCommon(AccountTestInvoicingCommon):
    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("credit_collection.group_credit_collection_manager")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.company.email = "books@company.example"
        cls.collector = cls._new_user(
            "collector", "credit_collection.group_credit_collection_user", "+33 1 23 45 67 89"
        )
        cls.manager = cls._new_user("manager", "credit_collection.group_credit_collection_manager")
        cls.accountant = cls._new_user("accountant", "account.group_account_user")
        cls.company.write(
            {
                "collection_user_id": cls.collector.id,
                "collection_manager_id": cls.manager.id,
                "collection_brake_messages": 0,
                "collection_brake_firm": 0,
                # Around the clock: hours are a story of their own.
                "collection_opens": 0,
                "collection_sends_at": 0,
                "collection_closes": 24,
                "collection_send_days": "7",
                "collection_firm_weekend": True,
                # Sent invoices and fresh bank data are stories of their own, too.
                "collection_require_sent": False,
                "collection_bank_fresh": False,
                # So is the acknowledgement of disputes.
                "collection_dispute_acknowledge": False,
            }
        )
        # The shipped rules would assign shipped scenarios, which are off.
        cls.env["credit.collection.profile"].search([]).active = False
        cls.env["credit.collection.holiday"].search([]).active = False
        cls.text = cls.env["credit.collection.template"].create(
            {
                "name": "Test text",
                "subject": "{amount} due {due_date}",
                "body": "<p>Dear {contact}, please pay {amount} by {reply_date} ({pay_link}).</p>",
            }
        )
        cls.scenario = cls._new_scenario(
            [(-7, "preventive"), (4, "friendly"), (14, "friendly"), (26, "firm"), (46, "formal")], on=True
        )
        cls.company.collection_scenario_id = cls.scenario
        cls.customer = cls._new_customer("Albatros SARL")

    @classmethod
    def _new_user(cls, login, groups, phone=False):
        user = new_test_user(
            cls.env, login=f"collection_{login}", groups=groups, company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
            name=login.capitalize(), email=f"{login}@company.example",
        )  # fmt: skip
        user.partner_id.phone = phone
        return user

    @classmethod
    def _new_scenario(cls, ladder, on=False, **values):
        """Make a scenario of automatic e-mail steps from ``(offset, tone)`` pairs."""
        scenario = cls.env["credit.collection.scenario"].create(
            {
                "name": "Test ladder",
                "grace_days": 0,
                "interval_days": 7,
                "max_contacts": 0,
                **values,
                "step_ids": [
                    Command.create(
                        {
                            "level": level,
                            "name": f"{tone} {offset:+}",
                            "offset_days": offset,
                            "tone": tone,
                            "channel": "email",
                            "template_id": cls.text.id,
                        }
                    )
                    for level, (offset, tone) in enumerate(ladder, 1)
                ],
            }
        )
        if on:
            scenario._turn_on()
        return scenario

    @classmethod
    def _new_customer(cls, name, **values):
        slug = re.sub(r"\W+", "", name).lower()
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "email": f"pay@{slug}.example", "collection_kind": "business", **values}
        )

    @classmethod
    def _new_invoice(cls, date_due, amount=1000.0, partner=None, move_type="out_invoice", post=True, **values):
        """Post an invoice of ``amount``, dated 30 days before it is due."""
        due = DAY(date_due)
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": (partner or cls.customer).id,
                "invoice_date": fields.Date.subtract(due, days=30),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "quantity": 1, "price_unit": amount, "tax_ids": [Command.clear()]})
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _pay(cls, moves, amount=None, date="2026-01-01"):
        wizard = cls.env["account.payment.register"].with_context(active_model="account.move", active_ids=moves.ids)
        values = {"payment_date": date}
        if amount:
            values["amount"] = amount
        return wizard.create(values)._create_payments()

    def _item(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def _debtor(self, partner=None):
        return self.env["credit.collection.debtor"]._get_or_create(partner or self.customer, self.company)

    def _standing(self, move, date, **ask):
        """Return the standing of the (only) open item of ``move``."""
        self.env["credit.collection.debtor"]._create_missing(self.company)
        self.env["credit.collection.profile"]._assign(self.company)
        rows = self.env["credit.collection.planner"]._get_standings(self.company, DAY(date), **ask)
        return next(row for row in rows if row["move_id"] == move.id)

    def _plan(self, date, **options):
        return (
            self.env["credit.collection.run"].with_user(self.manager)._plan(self.company, DAY(date), **options).sudo()
        )

    def _send(self, date, domain=None):
        """Send all that is ready through a real mail server; return what it received as ``(recipients, message)``."""
        with self._sink() as sink:
            self._send_ready(date, domain)
        return sink.mails

    def _send_ready(self, date, domain=None):
        actions = self.env["credit.collection.action"].with_context(collection_date=DAY(date))
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            while action := actions._claim_next(domain):
                action._carry_out(DAY(date))
                self.env["ir.cron"]._commit_progress()

    def _call_cron(self, model, method):
        """Do the work of a cron within the test's transaction."""
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            getattr(self.env[model].sudo(), method)()

    def _cycle(self, date):
        """Plan and send one day; return the mails."""
        self._plan(date)
        return self._send(date)

    @contextmanager
    def _sink(self):
        """A real mail server on loopback, in use by Odoo."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        handler = SinkHandler()
        controller = SinkController(handler, hostname="127.0.0.1", port=port)
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        controller.start()
        server = self.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_encryption": "none", "sequence": 0}
        )
        try:
            with patch.object(self.env.registry["ir.mail_server"], "_disable_send", lambda *args: False):
                yield handler
        finally:
            server.active = False
            controller.stop()

    @staticmethod
    def _html(message):
        return message.get_body(("html",)).get_content()
