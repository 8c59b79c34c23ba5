import json
import re
import secrets

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config

from ..tools import http_client, placeholders

CALLBACK_PATH = "/credit_collection/gateway/%s/callback"
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
OWN_HEADERS = ("content-type", "content-length", "host", "idempotency-key", "transfer-encoding", "connection")

TEXT_BODY = {"to": "{to}", "text": "{text}", "sender": "{sender}", "reference": "{key}", "callback": "{callback_url}"}
LETTER_BODY = {
    "recipient": {
        "name": "{recipient_name}",
        "street": "{street}",
        "street2": "{street2}",
        "zip": "{zip}",
        "city": "{city}",
        "country": "{country_code}",
    },
    "registered": "{registered}",
    "filename": "{filename}",
    "document": "{document}",
    "reference": "{key}",
    "callback": "{callback_url}",
}
BODIES = {"sms": TEXT_BODY, "whatsapp": TEXT_BODY, "letter": LETTER_BODY}


DIGITS = ("{street2}", "{second_street}")
"""Placeholders are made of letters; the one that Odoo's field names give a digit is spelt out inside."""


def _walk(node):
    """Yield each text of a JSON document with whether it is a key."""
    if isinstance(node, str):
        yield False, node
    for key in node if isinstance(node, dict) else ():
        yield True, key
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _walk(child)


def _refuse_constant(name):
    raise ValueError(name)


class CreditCollectionGateway(models.Model):
    """A service that takes messages over HTTP, and how to speak to it. How it is spoken to: …_gateway_send.

    Whoever may change the address can make the server post customers' data there: that is for system administrators,
    and only to public addresses, save the hosts that the server's configuration file names.
    """

    _name = "credit.collection.gateway"
    _description = "Collection Gateway"
    _order = "company_id, medium, active desc, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    medium = fields.Selection(
        [("sms", "Text messages"), ("whatsapp", "WhatsApp"), ("letter", "Letters (registered or not)")],
        required=True,
        default="sms",
    )
    url = fields.Char("Address", required=True, groups="base.group_system", help="Where messages are posted to; https.")
    secret_header = fields.Char(
        "Header", required=True, default="Authorization", groups="base.group_system",
        help="The header by which the service knows us.",
    )  # fmt: skip
    secret = fields.Char(
        "Value of the header", copy=False, groups="base.group_system",
        help="For instance “Bearer” and the key that the service gave us. Never shown to collectors, never logged.",
    )  # fmt: skip
    body_template = fields.Text(
        "Body", compute="_compute_body_template", precompute=True, store=True, readonly=False, required=True,
        groups="base.group_system", help="The JSON document to post, with placeholders such as {to} as its values.",
    )  # fmt: skip
    placeholder_help = fields.Html("Placeholders", compute="_compute_placeholder_help")
    id_key = fields.Char(
        "Id in the answer", required=True, default="id",
        help="Where the answer holds the service's own id: a key, or a path such as messages.0.id.",
    )  # fmt: skip
    timeout = fields.Integer(
        required=True, default=15, help="Seconds that connecting, sending and answering may take in all."
    )
    honours_key = fields.Boolean(
        "The service honours Idempotency-Key",
        help="An uncertain answer may be asked again: the service sends one message for one key, however often it is "
        "asked. Otherwise an uncertain answer is left to a person.",
    )
    callback_secret = fields.Char(
        "Secret of the callback", default=lambda self: secrets.token_urlsafe(32), required=True, readonly=True,
        copy=False, groups="base.group_system", help="With it the service signs what it reports back.",
    )  # fmt: skip
    callback_url = fields.Char("Address of the callback", compute="_compute_callback_url")

    _medium_once = models.UniqueIndex(
        "(company_id, medium) WHERE active",
        "This company has an active gateway of that kind already; archive it first.",
    )
    _timeout_range = models.Constraint("CHECK (timeout BETWEEN 1 AND 60)", "A timeout is 1 to 60 seconds.")

    # === COMPUTE METHODS === #

    @api.depends("medium")
    def _compute_body_template(self):
        """Propose a body; one that somebody wrote is kept when the medium changes."""
        proposals = {medium: json.dumps(body, indent=2) for medium, body in BODIES.items()}
        for gateway in self:
            if not gateway.body_template or gateway.body_template in proposals.values():
                gateway.body_template = proposals.get(gateway.medium)

    def _compute_callback_url(self):
        for gateway in self:
            saved = gateway._origin.id
            gateway.callback_url = gateway.get_base_url() + CALLBACK_PATH % saved if saved else False

    @api.depends_context("lang")
    def _compute_placeholder_help(self):
        rows = Markup().join(
            Markup("<tr><td><code>{%s}</code></td><td>%s</td></tr>") % (name, label)
            for name, label in self._get_placeholders().items()
        )
        self.placeholder_help = Markup('<table class="table table-sm"><tbody>%s</tbody></table>') % rows

    # === CONSTRAINT METHODS === #

    @api.constrains("url")
    def _check_url(self):
        for gateway in self.sudo():
            try:
                http_client.check(gateway.url, self._get_allowed_hosts())
            except http_client.Refused as error:
                raise ValidationError(
                    self.env._("%(name)s: %(reason)s", name=gateway.name, reason=self._explain(error))
                ) from error

    @api.constrains("secret_header", "secret")
    def _check_headers(self):
        for gateway in self.sudo():
            name, value = gateway.secret_header, gateway.secret or ""
            if not HEADER_NAME.fullmatch(name) or name.lower() in OWN_HEADERS:
                raise ValidationError(self.env._("%(header)s cannot be the header of a secret.", header=name))
            if not (value.isascii() and value.isprintable() and value == value.strip()):
                raise ValidationError(
                    self.env._("The value of the header is one line of plain characters, without spaces around it.")
                )

    @api.constrains("body_template")
    def _check_body_template(self):
        for gateway in self.sudo():
            texts = list(_walk(gateway._parse_body()))
            keys = [text for is_key, text in texts if is_key]
            gateway._check_braces(keys, " ".join(text for is_key, text in texts if not is_key))

    def _parse_body(self):
        try:
            body = json.loads(self.body_template, parse_constant=_refuse_constant)
        except json.JSONDecodeError as error:
            raise ValidationError(
                self.env._(
                    "The body of %(name)s is not valid JSON: line %(line)s, column %(column)s: %(error)s. Placeholders "
                    "stand between quotes.",
                    name=self.name, line=error.lineno, column=error.colno, error=error.msg,
                )
            ) from error  # fmt: skip
        except (ValueError, RecursionError) as error:
            raise ValidationError(
                self.env._("The body of %(name)s is not valid JSON: %(error)s.", name=self.name, error=error)
            ) from error
        if not isinstance(body, (dict, list)):
            raise ValidationError(self.env._("The body of %s is not a JSON object in braces.", self.name))
        return body

    def _check_braces(self, keys, text):
        """Placeholders stand in values; what looks like one and is none would reach the customer as it stands."""
        known = self._get_placeholders()
        text = text.replace(*DIGITS)
        wrong = [key for key in keys if "{" in key or "}" in key]
        wrong += placeholders.stray(text)
        wrong += [f"{{{name}}}" for name in placeholders.unknown(text, {*known, "second_street"})]
        if wrong:
            raise ValidationError(
                self.env._(
                    "The body of %(name)s: there is no placeholder %(wrong)s. Values may use: %(known)s.",
                    name=self.name,
                    wrong=", ".join(dict.fromkeys(wrong)),
                    known=", ".join(f"{{{name}}}" for name in known),
                )
            )

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        """A copy waits until it is switched on: there is one active gateway of a kind."""
        return [
            {"active": False, **vals, "name": self.env._("%s (copy)", gateway.name)}
            for gateway, vals in zip(self, super().copy_data({"active": False, **(default or {})}), strict=True)
        ]

    # === ACTION METHODS === #

    def action_renew_callback_secret(self):
        """Make the old secret worthless at once."""
        for gateway in self:
            gateway.callback_secret = secrets.token_urlsafe(32)

    def action_test(self):
        """Send a test to ourselves: to the company's own number or address, so that no stranger hears of it."""
        self.ensure_one()
        self.check_access("write")
        result = self._send(f"test-{secrets.token_hex(8)}", **self._prepare_test())
        labels = {
            "sent": (self.env._("The service accepted the test."), "success"),
            "retry": (self.env._("The test was not sent; a message would be tried again."), "warning"),
            "unknown": (self.env._("Nobody can tell whether the test arrived."), "warning"),
            "failed": (self.env._("The service did not take the test."), "danger"),
        }
        title, kind = labels[result.state]
        reference = result.values.get("provider_ref")
        found = reference and self.env._("Its id at the service: %s", reference)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": title, "message": result.reason or found or "", "type": kind, "sticky": True},
        }

    def _prepare_test(self):
        partner = self.company_id.partner_id
        ready = partner.phone_sanitized if self.medium != "letter" else partner.city and partner.country_id
        if not ready:
            raise UserError(
                self.env._("The test goes to %s itself: enter its telephone number and address first.", partner.name)
            )
        return {
            "to": partner.phone_sanitized,
            "text": self.env._('Test of “quotes”, "quotes" and\na second line.'),
            "recipient_name": partner.name,
            **{name: partner[name] for name in ("street", "street2", "zip", "city")},
            "country_code": partner.country_code,
            "document": self._prepare_test_document(),
            "filename": "test.pdf",
            "sender": self.company_id.name,
            "reference": self.env._("Test"),
        }

    # === BUSINESS METHODS === #

    @api.model
    def _find(self, company, medium):
        """Return the gateway by which ``company`` sends ``medium``, or none. Whoever looks at a plan may ask."""
        domain = [("company_id", "=", company.id), ("medium", "=", medium)]
        return self.sudo().search(domain, limit=1).with_env(self.env)

    @api.model
    def _get_allowed_hosts(self):
        """Return the hosts that may be private: from the configuration file only, where nobody gets over the web."""
        entries = config.get("credit_collection_gateway_allow") or ""
        return [entry.strip() for entry in entries.split(",") if entry.strip()]

    @api.model
    def _get_placeholders(self):
        """Return the placeholders of a body, with what each stands for. A value that nobody gave is empty."""
        return {
            "to": self.env._("Telephone number of the recipient, with + and country code"),
            "text": self.env._("The text message"),
            "key": self.env._("Our key of the message: the same at every try, and expected back in the callback"),
            "callback_url": self.env._("Where the service reports what became of it"),
            "sender": self.env._("Name of our company"),
            "reference": self.env._("What we call the debtor"),
            "recipient_name": self.env._("Name of the recipient"),
            "street": self.env._("Street of the recipient"),
            "street2": self.env._("Second line of the street"),
            "zip": self.env._("Postcode"),
            "city": self.env._("City"),
            "country_code": self.env._("Country, in two letters"),
            "document": self.env._("The letter: a PDF in Base64"),
            "filename": self.env._("File name of the letter"),
            "registered": self.env._("Whether the letter is registered: true or false when it is the whole value"),
        }
