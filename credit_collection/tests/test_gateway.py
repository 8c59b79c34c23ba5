"""Messages through a service of one's own, against a real HTTP server, and what the service reports back."""

import json
import logging
import os
import socket
import time
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import _super_send
from odoo.tools import config, mute_logger
from psycopg2 import IntegrityError

from ..tools import signature
from .common import DAY, CollectionCommon
from .gateway_server import GatewayServer

SECRET = "Bearer s3cr3t-0123456789"


class GatewayCommon(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = cls._new_user("administrator", "base.group_system")
        cls.server = cls.enterClassContext(GatewayServer().serving())
        cls.gateway = cls._new_gateway("sms")

    @classmethod
    def _new_gateway(cls, medium, **values):
        with cls._allowed(cls.server.host):
            return cls.env["credit.collection.gateway"].create(
                {
                    "name": f"Test {medium}",
                    "medium": medium,
                    "company_id": cls.company.id,
                    "url": f"http://{cls.server.host}/send?token=t0ken",
                    "secret": SECRET,
                    "timeout": 5,
                    **values,
                }
            )

    @staticmethod
    def _allowed(*hosts):
        """What stands in the configuration file."""
        return patch.dict(config._file_options, {"credit_collection_gateway_allow": ", ".join(hosts)})

    def setUp(self):
        super().setUp()
        self.server.requests.clear()
        self.server.tell(200, {"id": "ref-1"})

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        """Odoo's tests let requests out to its own host only, and stretch timeouts; the product guards itself."""
        return _super_send(session, request, **options)

    def _send_one(self, gateway=None, key="key-1", **values):
        with self._allowed(self.server.host):
            return (
                (gateway or self.gateway)
                .with_user(self.collector)
                ._send(key, **{"to": "+33612345678", "text": "Hi", **values})
            )

    def _assert_not_sent(self, result, state, words):
        self.assertEqual((result.state, self.server.requests), (state, []))
        self.assertIn(words, result.reason)


@tagged("post_install", "-at_install")
class TestGateway(GatewayCommon):
    # === ANSWERS === #

    def test_an_accepted_message_is_sent_with_its_key_and_keeps_the_id(self):
        result = self._send_one()
        self.assertEqual((result.state, result.values, result.reason), ("sent", {"provider_ref": "ref-1"}, ""))
        ((path, headers, body),) = self.server.requests
        self.assertEqual(path, "/send?token=t0ken")
        self.assertEqual(headers["Idempotency-Key"], "key-1")
        self.assertEqual(headers["Authorization"], SECRET)
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual((body["to"], body["text"], body["reference"]), ("+33612345678", "Hi", "key-1"))
        self.assertTrue(body["callback"].endswith(f"/credit_collection/gateway/{self.gateway.id}/callback"))

    def test_each_answer_means_what_the_screen_says(self):
        meanings = {
            "sent": (200, 201, 202, 204, 409),
            "retry": (401, 402, 403, 429, 503),
            "unknown": (408, 500, 501, 502, 504),
            "failed": (301, 302, 307, 400, 404, 413, 422),
        }
        for state, statuses in meanings.items():
            for status in statuses:
                with self.subTest(status=status):
                    self.server.tell(status, b"" if status == 204 else b"some words")
                    result = self._send_one()
                    self.assertEqual(result.state, state)
                    self.assertIn(str(status) if state != "sent" or status == 409 else "", result.reason)
                    self.gateway.honours_key = True
                    self.assertEqual(self._send_one().state, "retry" if state == "unknown" else state)
                    self.gateway.honours_key = False

    def test_an_answer_without_an_id_is_as_good(self):
        for body in (b"", b"OK", b"[]", b'{"id": null}', b'{"id": {}}', b'{"id": true}', b"[" * 60000, b"x" * 500000):
            with self.subTest(body=body[:20]):
                self.server.tell(200, body)
                result = self._send_one()
                self.assertEqual((result.state, result.values), ("sent", {"provider_ref": False}))

    def test_the_id_may_lie_deeper(self):
        self.gateway.id_key = "messages.0.id"
        self.server.tell(200, {"messages": [{"id": 4711}]})
        self.assertEqual(self._send_one().values, {"provider_ref": "4711"})

    def test_a_key_accepted_before_keeps_the_id_it_has(self):
        self.server.tell(409, b"conflict")
        self.assertEqual(self._send_one().values, {})
        self.server.tell(409, {"id": "ref-0"})
        self.assertEqual(self._send_one().values, {"provider_ref": "ref-0"})

    def test_the_wait_that_the_service_asks_for_is_told(self):
        self.server.tell(429, b"slow down", **{"Retry-After": "120"})
        self.assertEqual(self._send_one().reason, "The service asks us to wait (120): 429 slow down")

    def test_a_reason_is_short_and_on_one_line(self):
        self.server.tell(400, b"<html>\n\x00\x07" + b"word \r\n" * 1000)
        reason = self._send_one().reason
        self.assertTrue(reason.startswith("The service refused it: 400 <html> word word"))
        self.assertLess(len(reason), 260)
        self.assertTrue(reason.isprintable())

    def test_a_redirect_is_not_followed(self):
        self.server.tell(307, b"", Location=f"http://{self.server.host}/elsewhere")
        result = self._send_one()
        self.assertEqual(result.state, "failed")
        self.assertIn("(307)", result.reason)
        self.assertEqual(len(self.server.requests), 1)

    # === NO ANSWER === #

    def test_without_an_answer_nobody_can_tell(self):
        self.gateway.timeout = 1
        for manner in ("hang", "drip", "drop"):
            with self.subTest(manner=manner):
                self.server.tell(manner=manner)
                start = time.monotonic()
                self.assertEqual(self._send_one().state, "unknown")
                self.assertLess(time.monotonic() - start, 3)
                self.gateway.honours_key = True
                self.assertEqual(self._send_one().state, "retry")
                self.gateway.honours_key = False
        self.assertEqual(len(self.server.requests), 6, "and nothing is asked twice by itself")

    def test_an_answer_that_breaks_off_after_its_status_was_accepted(self):
        self.server.tell(200, b'{"id": "ref', manner="cut")
        result = self._send_one()
        self.assertEqual((result.state, result.values), ("sent", {"provider_ref": False}))

    def test_without_a_connection_nothing_has_left(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            closed = f"127.0.0.1:{free.getsockname()[1]}"
        with self._allowed(closed):
            self.gateway.url = f"http://{closed}/"
            result = self.gateway._send("key-1", to="+1", text="Hi")
        self._assert_not_sent(result, "retry", "Connection refused")

    def test_a_host_that_nobody_knows_is_asked_for_again(self):
        self.gateway.url = "https://gateway.example/send"
        with patch("socket.getaddrinfo", side_effect=socket.gaierror(-2, "Name or service not known")):
            self._assert_not_sent(self._send_one(), "retry", "There is no host gateway.example")

    def test_a_server_that_does_not_accept_in_time_has_got_nothing(self):
        self.gateway.url = "https://gateway.example/send"
        public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
        with (
            patch("socket.getaddrinfo", return_value=public),
            patch("urllib3.util.connection.create_connection", side_effect=TimeoutError("timed out")) as connect,
        ):
            self._assert_not_sent(self._send_one(), "retry", "did not answer in time")
        self.assertEqual(connect.call_args.args[0], ("93.184.216.34", 443), "the address that was checked")

    def test_only_a_trusted_certificate_gets_the_message(self):
        with GatewayServer() as server, server.encrypted() as certificate, server.serving():
            with self._allowed(server.host):
                self.gateway.url = f"https://{server.host}/send"
                result = self.gateway._send("key-1", to="+1", text="Hi")
                self.assertEqual((result.state, server.requests), ("retry", []))
                self.assertIn("self-signed certificate", result.reason)
                with patch("requests.adapters.DEFAULT_CA_BUNDLE_PATH", certificate):
                    self.assertEqual(self.gateway._send("key-1", to="+1", text="Hi").state, "sent")
            self.assertEqual(len(server.requests), 1)

    def test_a_server_without_encryption_gets_nothing_over_https(self):
        with self._allowed(self.server.host):
            self.gateway.url = f"https://{self.server.host}/send"
        self._assert_not_sent(self._send_one(), "retry", "No encrypted connection")

    # === WHERE MESSAGES MAY GO === #

    def test_a_private_address_needs_the_configuration_file(self):
        self.env["ir.config_parameter"].set_param("credit_collection_gateway_allow", "127.0.0.1")
        connections = self.server.connections
        for hosts in ((), ("sms.local",), ("127.0.0.1:1",)):
            with self.subTest(hosts=hosts), self._allowed(*hosts):
                result = self.gateway._send("key-1", to="+1", text="Hi")
                self._assert_not_sent(result, "failed", "https addresses only")
        self.gateway.url = f"https://localhost:{self.server.server_port}/send"
        self._assert_not_sent(self.gateway._send("key-1", to="+1", text="Hi"), "failed", "open Internet")
        self.assertEqual(self.server.connections, connections, "nobody even knocked")

    def test_an_address_that_changes_after_the_check_gets_nothing(self):
        self.gateway.url = f"https://gateway.example:{self.server.server_port}/send"
        connections = self.server.connections

        def rebind(host, port, *args, **options):
            address = "93.184.216.34" if host == "gateway.example" else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        with patch("socket.getaddrinfo", rebind):
            self._assert_not_sent(self._send_one(), "failed", "open Internet")
        for __ in range(100):
            if self.server.connections > connections:
                return
            time.sleep(0.01)
        self.fail("the check of the connected socket was not reached")

    def test_one_private_address_among_public_ones_is_enough_to_refuse(self):
        self.gateway.url = "https://gateway.example/send"
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.8")]
        with patch("socket.getaddrinfo", return_value=found):
            self._assert_not_sent(self._send_one(), "failed", "10.0.0.8")

    def test_an_address_that_would_never_do_is_refused_on_saving(self):
        for url in (
            "http://api.example.com/", "https://me:secret@api.example.com/", "https://10.0.0.8/", "https://[::1]/",
            "ftp://api.example.com/", "api.example.com", "https:///send", "https://a\\@b.example/", "https://a b/",
        ):  # fmt: skip
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.gateway.url = url

    def test_proxies_and_passwords_of_the_environment_are_not_used(self):
        proxies = {"http_proxy": "http://127.0.0.1:1", "all_proxy": "http://127.0.0.1:1", "no_proxy": ""}
        with patch.dict(os.environ, proxies):
            self.assertEqual(self._send_one().state, "sent")

    # === SECRETS === #

    def test_nobody_but_a_system_administrator_reads_or_changes_a_gateway(self):
        secrets = ("url", "secret_header", "secret", "body_template", "callback_secret")
        for user in (self.collector, self.manager):
            gateway = self.gateway.with_user(user)
            self.assertEqual(gateway.name, "Test sms")
            for name in secrets:
                with self.subTest(user=user.name, name=name):
                    with self.assertRaises(AccessError):
                        gateway.read([name])
                    with self.assertRaises(AccessError):
                        gateway.search([(name, "like", "Bearer")])
            for forbidden in (
                lambda gateway=gateway: gateway.write({"name": "Mine"}),
                lambda gateway=gateway: gateway.unlink(),
                lambda gateway=gateway: gateway.copy(),
                lambda gateway=gateway: gateway.action_test(),
                lambda gateway=gateway: gateway.action_renew_callback_secret(),
            ):
                with self.assertRaises(AccessError):
                    forbidden()
        self.assertEqual(self.gateway.with_user(self.administrator).secret, SECRET)

    def test_what_the_service_repeats_of_our_secret_is_covered(self):
        for words in (SECRET, SECRET.split()[1]):
            self.server.tell(401, f"unknown key {words}!".encode())
            self.assertEqual(self._send_one().reason.split("key ")[1][-4:], "•••!")

    def test_secrets_and_addresses_stay_out_of_the_log(self):
        self.gateway.timeout = 1
        for manner in ("answer", "drop", "hang"):
            self.server.tell(500, SECRET.encode(), manner=manner)
            with self.assertLogs("odoo.addons.credit_collection", logging.DEBUG) as log:
                result = self._send_one(text="private words")
            for secret in ("s3cr3t", "t0ken", "private words", "+33612345678"):
                self.assertNotIn(secret, "".join(log.output) + result.reason)

    def test_a_header_that_cannot_be_sent_is_refused_on_saving(self):
        for values in (
            {"secret": "two\nlines"}, {"secret": " padded"}, {"secret": "“quoted”"}, {"secret_header": "With Space"},
            {"secret_header": "Idempotency-Key"}, {"secret_header": "Host"}, {"secret_header": "A:"},
        ):  # fmt: skip
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.gateway.write(values)

    # === BODY === #

    def test_quotes_and_line_breaks_stay_inside_their_value(self):
        text = 'He said "pay", \\ {to} </script>\nline two\t\u2028 …\x01'
        self._send_one(text=text)
        body = self.server.requests[0][2]
        self.assertEqual(body["text"], text)
        self.assertEqual(body.keys(), {"to", "text", "sender", "reference", "callback"})

    def test_a_letter_takes_its_document_and_whether_it_is_registered(self):
        gateway = self._new_gateway("letter")
        for registered in (True, False):
            self._send_one(
                gateway, document=b"%PDF-1.4", filename="l.pdf", registered=registered, street2="2nd floor", city="Lyon"
            )
            body = self.server.requests[-1][2]
            self.assertIs(body["registered"], registered)
            self.assertEqual((body["document"], body["filename"]), ("JVBERi0xLjQ=", "l.pdf"))
            self.assertEqual((body["recipient"]["street2"], body["recipient"]["zip"]), ("2nd floor", ""))

    def test_placeholders_are_filled_wherever_a_value_stands(self):
        self.gateway.body_template = json.dumps(
            {"a": [{"b": "{to}/{text}"}, "{registered}", "r={registered}", 5, None, True], "": "{text}"}
        )
        self._send_one()
        body = {"a": [{"b": "+33612345678/Hi"}, False, "r=false", 5, None, True], "": "Hi"}
        self.assertEqual(self.server.requests[0][2], body)

    def test_a_body_that_cannot_work_is_refused_with_what_is_wrong(self):
        for template, words in (
            ('{"to": {to}}', "line 1, column 9"),
            ('{"to": "{too}", "text": "{text}"}', "{too}"),
            ('{"to": "{ to }"}', "{ to }"),
            ('{"text": "open {text"}', "{text"),
            ('{"{to}": "1"}', "{to}"),
            ('{"a": NaN}', "NaN"),
            ('"{text}"', "braces"),
            ("[" * 50000, "not valid JSON"),
        ):
            with self.subTest(template=template[:40]), self.assertRaises(ValidationError) as raised:
                self.gateway.body_template = template
            self.assertIn(words, str(raised.exception))

    def test_a_value_that_no_body_can_use_is_a_mistake_of_ours(self):
        with self.assertRaisesRegex(ValueError, "sujet"):
            self._send_one(sujet="Hi")

    def test_the_proposed_body_follows_the_medium_until_it_is_written(self):
        self.gateway.medium = "letter"
        self.assertIn("{document}", self.gateway.body_template)
        self.gateway.body_template = '{"text": "{text}"}'
        self.gateway.medium = "whatsapp"
        self.assertEqual(self.gateway.body_template, '{"text": "{text}"}')

    # === ONE GATEWAY === #

    def test_a_company_has_one_active_gateway_of_a_kind(self):
        self._new_gateway("whatsapp")
        self.assertEqual(self.env["credit.collection.gateway"]._find(self.company, "sms"), self.gateway)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            self._new_gateway("sms")
        self.gateway.active = False
        self.assertFalse(self.env["credit.collection.gateway"]._find(self.company, "sms"))
        fresh = self._new_gateway("sms")
        with self._allowed(self.server.host):
            copy = fresh.copy()
        self.assertFalse(copy.active)
        self.assertFalse(copy.secret)
        self.assertNotEqual(copy.callback_secret, fresh.callback_secret)

    def test_a_timeout_is_one_to_sixty_seconds(self):
        for seconds in (0, 61):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.gateway.timeout = seconds
                self.gateway.flush_recordset()

    def test_the_test_goes_to_ourselves(self):
        gateway = self.gateway.with_user(self.administrator)
        partner = self.company.partner_id
        partner.write({"phone": False, "city": "Paris", "country_id": self.env.ref("base.fr").id})
        with self.assertRaises(UserError):
            gateway.action_test()
        partner.phone = "+33 1 23 45 67 89"
        for status, kind in ((200, "success"), (503, "warning"), (500, "warning"), (400, "danger")):
            self.server.tell(status, {"id": "ref-9"})
            with self._allowed(self.server.host):
                notice = gateway.action_test()["params"]
            self.assertEqual(notice["type"], kind)
            self.assertIn("ref-9", notice["message"])
        __, headers, body = self.server.requests[0]
        self.assertTrue(headers["Idempotency-Key"].startswith("test-"))
        self.assertEqual(body["to"], "+33123456789")
        with self._allowed(self.server.host):
            self._new_gateway("letter").with_user(self.administrator).action_test()
        self.assertEqual(self.server.requests[-1][2]["document"][:5], "JVBER")


@tagged("post_install", "-at_install")
class TestGatewayCallback(GatewayCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._new_invoice("2026-03-01")
        run = cls.env["credit.collection.run"].with_user(cls.manager)._plan(cls.company, DAY("2026-03-05"))
        cls.action = run.sudo().action_ids
        cls.action.write({"message_key": "key-1", "state": "sent"})

    def _report(self, body, gateway=None, secret=None, late=0, path=None, **headers):
        """Post what a service says; return the answer."""
        gateway = gateway or self.gateway
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        stamp = str(int(time.time()) - late)
        signed = signature.sign(secret or gateway.callback_secret, stamp, body)
        headers = {
            "Content-Type": "application/json", "X-Timestamp": stamp, "X-Signature": f"sha256={signed}", **headers,
        }  # fmt: skip
        return self.url_open(path or f"/credit_collection/gateway/{gateway.id}/callback", data=body, headers=headers)

    @contextmanager
    def _nothing_happens(self):
        before = self.action.read(["state", "delivery_state", "reason"])
        yield
        self.action.invalidate_recordset()
        self.assertEqual(self.action.read(["state", "delivery_state", "reason"]), before)

    def test_a_signed_report_is_taken_and_a_repeated_one_does_no_harm(self):
        for status, state in (("delivered", "delivered"), ("read", "read"), ("read", "read"), ("delivered", "read")):
            answer = self._report({"key": "key-1", "status": status})
            self.assertEqual((answer.status_code, answer.json()), (200, {"status": "ok"}))
            self.action.invalidate_recordset()
            self.assertEqual(self.action.delivery_state, state)

    def test_who_says_stop_is_not_written_to_on_that_channel(self):
        for __ in range(2):
            self.assertEqual(self._report({"key": "key-1", "status": "optout", "reason": "STOP"}).status_code, 200)
        self.assertEqual(self.action.debtor_id.optout_ids.mapped("channel"), [self.action.channel])

    def test_a_message_that_did_not_arrive_is_told(self):
        answer = self._report({"key": "key-1", "status": "undelivered", "reason": "No such\nnumber\x00"})
        self.assertEqual(answer.status_code, 200)
        self.action.invalidate_recordset()
        self.assertEqual((self.action.delivery_state, self.action.delivery_reason), ("undelivered", "No such number"))

    def test_what_is_not_signed_as_it_should_be_changes_nothing(self):
        good = {"key": "key-1", "status": "delivered"}
        path = "/credit_collection/gateway/%s/callback"
        for answer in (
            {"secret": "guessed"},
            {"late": 301},
            {"late": -310},
            {"X-Signature": ""},
            {"X-Signature": "sha256=é"},
            {"X-Timestamp": "now"},
            {"X-Timestamp": "9" * 30},
            {"path": path % 2147483647},
        ):
            with self.subTest(answer=answer), self._nothing_happens():
                answer = self._report(good, **answer)
                self.assertEqual((answer.status_code, answer.json()), (403, {"error": "signature"}))

    def test_a_renewed_secret_makes_the_old_one_worthless(self):
        old = self.gateway.callback_secret
        self.gateway.with_user(self.administrator).action_renew_callback_secret()
        with self._nothing_happens():
            self.assertEqual(self._report({"key": "key-1", "status": "read"}, secret=old).status_code, 403)
        self.assertEqual(self._report({"key": "key-1", "status": "read"}).status_code, 200)

    def test_a_report_that_cannot_be_read_changes_nothing(self):
        for body in (
            b" ", b"{", b"[]", b"null", b"\xff", b"[" * 60000, {"key": "key-1"}, {"status": "read"},
            {"key": "key-1", "status": "opened"}, {"key": 1, "status": "read"}, {"key": "", "status": "read"},
            {"key": "key-1\x00", "status": "read"}, {"key": "\ud800", "status": "read"},
            {"key": "key-1", "status": ["read"]}, {"key": "key-1", "status": "read", "reason": ["x"]},
        ):  # fmt: skip
            with self.subTest(body=str(body)[:40]), self._nothing_happens():
                self.assertEqual(self._report(body).status_code, 400)

    def test_a_key_of_nobody_or_of_another_company_is_unknown(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._new_gateway("sms", company_id=other.id)
        with self._nothing_happens():
            self.assertEqual(self._report({"key": "key-2", "status": "read"}).status_code, 404)
            self.assertEqual(self._report({"key": "key-1", "status": "read"}, stranger).status_code, 404)
            self.assertEqual(
                self._report({"key": "key-1", "status": "read"}, secret=stranger.callback_secret).status_code, 403
            )

    def test_a_body_that_is_too_large_is_not_read(self):
        with self._nothing_happens():
            answer = self._report({"key": "key-1", "status": "read", "reason": "x" * 70000})
        self.assertEqual(answer.status_code, 413)

    def test_a_link_that_is_only_opened_does_nothing(self):
        with self._nothing_happens(), mute_logger("odoo.http"):
            answer = self.url_open(f"/credit_collection/gateway/{self.gateway.id}/callback")
        self.assertEqual(answer.status_code, 405)

    def test_an_archived_gateway_still_reports_what_it_sent(self):
        self.gateway.active = False
        self.assertEqual(self._report({"key": "key-1", "status": "read"}).status_code, 200)
