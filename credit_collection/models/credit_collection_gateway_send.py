import base64
import io
import json
import logging
import time
from urllib.parse import urlsplit

from odoo import api, models
from reportlab.pdfgen.canvas import Canvas

from ..tools import http_client, placeholders, signature
from .credit_collection_channel import DeliveryResult
from .credit_collection_gateway import DIGITS

_logger = logging.getLogger(__name__)

ACCEPTED_BEFORE = 409
# Too many, out of order, or our key or credit is at fault: nothing was taken, and it may be mended.
NOT_NOW = (401, 402, 403, 429, 503)
UNCERTAIN = (408, 500, 502, 504)
QUOTED = 200
STATUSES = ("delivered", "read", "undelivered", "optout")


def _tidy(text, length=QUOTED):
    """Return ``text`` as it may stand in a line of ours: printable characters only, and not too many."""
    line = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(line.split())[:length]


class CreditCollectionGateway(models.Model):
    """What a service is told, what its answers mean, and what it reports back."""

    _inherit = "credit.collection.gateway"

    # === SENDING === #

    def _send(self, key, **values):
        """Post one message under ``key`` and tell what became of it.

        :param str key: the same at every try of one message; sent as ``Idempotency-Key``
        :param values: of the placeholders, see :meth:`_get_placeholders`; ``document`` as bytes or in Base64
        :rtype: DeliveryResult
        """
        self.ensure_one()
        gateway = self.sudo()
        body = gateway._prepare_body(key, values)
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        if gateway.secret:
            headers[gateway.secret_header] = gateway.secret
        started = time.monotonic()
        try:
            answer = http_client.post(
                gateway.url,
                headers=headers,
                body=body,
                timeout=gateway.timeout,
                allowed_hosts=self._get_allowed_hosts(),
            )
        except http_client.PostError as error:
            gateway._log(type(error).__name__, error.code, started)
            return gateway._judge_error(error)
        gateway._log("answered", answer.status, started)
        return gateway._judge_answer(answer)

    def _prepare_body(self, key, values):
        """Fill the values into the parsed document: whatever a customer is called, it stays a value."""
        known = self._get_placeholders()
        unexpected = values.keys() - known.keys()
        if unexpected:
            raise ValueError(f"a gateway knows no {', '.join(sorted(unexpected))}")
        values = {**values, "key": key, "callback_url": self.callback_url}
        texts = {name: self._prepare_text(values.get(name)) for name in known}
        registered = bool(values.get("registered"))
        texts |= {"registered": json.dumps(registered), "second_street": texts["street2"]}
        return json.dumps(self._fill(self._parse_body(), texts, registered)).encode()

    @api.model
    def _prepare_text(self, value):
        return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value or "")

    @api.model
    def _fill(self, node, texts, registered):
        if isinstance(node, dict):
            return {key: self._fill(child, texts, registered) for key, child in node.items()}
        if isinstance(node, list):
            return [self._fill(child, texts, registered) for child in node]
        if node == "{registered}":
            return registered
        return placeholders.substitute(node.replace(*DIGITS), texts) if isinstance(node, str) else node

    def _log(self, outcome, detail, started):
        """The host, never the rest of the address: services put keys there."""
        seconds = time.monotonic() - started
        host = urlsplit(self.url).hostname
        _logger.info("Gateway %s at %s: %s %s after %.1f s", self.id, host, outcome, detail, seconds)

    # === WHAT AN ANSWER MEANS === #

    def _judge_error(self, error):
        reason = self._explain(error)
        if isinstance(error, http_client.Unanswered):
            return self._uncertain(reason)
        return DeliveryResult("retry" if isinstance(error, http_client.NotConnected) else "failed", reason)

    def _judge_answer(self, answer):
        status, found = answer.status, self._read_id(answer)
        if 200 <= status < 300:
            return DeliveryResult("sent", values={"provider_ref": found})
        if status == ACCEPTED_BEFORE:
            reason = self.env._("The service had accepted it already (%s).", self._quote(answer))
            return DeliveryResult("sent", reason, {"provider_ref": found} if found else {})
        if status in NOT_NOW:
            return DeliveryResult("retry", self._explain_wait(answer))
        if status in UNCERTAIN or not 400 <= status < 500:
            return self._uncertain(self.env._("The service broke down over it: %s", self._quote(answer)))
        return DeliveryResult("failed", self.env._("The service refused it: %s", self._quote(answer)))

    def _uncertain(self, reason):
        """Asking again is harmless only where one key means one message."""
        if self.honours_key:
            return DeliveryResult("retry", reason, {"uncertain": True})
        return DeliveryResult("unknown", reason)

    def _read_id(self, answer):
        """Return the service's own id from the answer, or False: what was accepted stays so without one."""
        try:
            node = json.loads(answer.text)
            for part in self.id_key.split("."):
                node = node[int(part)] if isinstance(node, list) else node[part]
        except (ValueError, LookupError, TypeError, RecursionError):
            return False
        return isinstance(node, (str, int)) and not isinstance(node, bool) and _tidy(str(node))

    def _quote(self, answer):
        """Return status and beginning of the answer. Some services repeat the key that they do not like."""
        text = answer.text
        for secret in {self.secret, (self.secret or "").split(" ")[-1]}:
            text = text.replace(secret, "•••") if secret else text
        return f"{answer.status} {_tidy(text)}".strip()

    def _explain_wait(self, answer):
        wait = _tidy(answer.headers.get("Retry-After", ""), 40)
        if wait:
            return self.env._(
                "The service asks us to wait (%(wait)s): %(answer)s", wait=wait, answer=self._quote(answer)
            )
        return self.env._("The service asks us to wait: %s", self._quote(answer))

    @api.model
    def _explain(self, error):
        """Return in the user's words what :mod:`http_client` found."""
        detail = _tidy(error.detail)
        sentences = {
            "malformed": self.env._("The address of the gateway or the value of its header is malformed."),
            "scheme": self.env._("Messages are posted to https addresses only."),
            "userinfo": self.env._("User name and password do not belong into the address of a gateway."),
            "private": self.env._("%s is not an address of the open Internet: nothing is posted there.", detail),
            "redirected": self.env._("The service points to another address (%s): that is not followed.", detail),
            "unresolved": self.env._("There is no host %s.", detail),
            "unreachable": self.env._("The service cannot be reached. %s", detail),
            "tls": self.env._("No encrypted connection to the service. %s", detail),
            "broken": self.env._("The connection broke off before an answer."),
            "timeout": self.env._("The service did not answer in time."),
        }
        return sentences[error.code].strip()

    # === CALLBACK === #

    def _receive(self, headers, body):
        """Take what a service reports. A gateway that does not exist answers like a wrong signature.

        :return: HTTP status and the JSON to answer
        """
        secret = self.sudo().callback_secret or ""
        timestamp, signed = headers.get("X-Timestamp"), headers.get("X-Signature")
        if not signature.verify(secret, timestamp, body, signed, time.time()):
            _logger.info("A report to gateway %s was not signed as it should be", self.id)
            return 403, {"error": "signature"}
        report = self._read_report(body)
        if not report:
            return 400, {"error": "malformed"}
        key, status, reason = report
        action = self._find_action(key)
        if not action:
            return 404, {"error": "unknown key"}
        action._set_delivery(status, reason)
        return 200, {"status": "ok"}

    @api.model
    def _read_report(self, body):
        """Return key, status and reason; None when it is not such a report."""
        try:
            report = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(report, dict):
            return None
        key, status, reason = report.get("key"), report.get("status"), report.get("reason") or ""
        good = isinstance(key, str) and key.isprintable() and isinstance(status, str) and isinstance(reason, str)
        return (key, status, _tidy(reason)) if good and key and status in STATUSES else None

    def _find_action(self, key):
        domain = [("message_key", "=", key), ("company_id", "=", self.sudo().company_id.id)]
        return self.env["credit.collection.action"].sudo().search(domain, limit=1)

    # === HELPERS === #

    def _prepare_test_document(self):
        stream = io.BytesIO()
        page = Canvas(stream)
        page.drawString(72, 720, self.env._("Test letter of %s", self.company_id.name))
        page.save()
        return stream.getvalue()
