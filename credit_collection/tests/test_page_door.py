"""The ways in: links that end, are revoked and leave no trace, and the limit of requests."""

import html
import logging
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..controllers import page
from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPageDoor(PageCommon):
    def test_the_link_of_a_message_leads_to_an_address_without_the_token(self):
        response = self._enter()
        self.assertEqual(response.status_code, 303)
        self.assertEqual(response.headers["Location"].split("/my/")[1], f"collection/{self.debtor.id}")
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertEqual(self._get().status_code, 200)

    def test_a_link_may_lead_to_one_place_of_the_page_and_nowhere_else(self):
        link = self.debtor._get_page_link(self.contact)[len(self.debtor.get_base_url()) :]
        for query, place in (
            ("item=7", "/item/7"),
            ("plan=8", "/plan/8"),
            ("dispute=9&to=paid", "/dispute/9"),
            ("to=paid", "/paid"),
            ("to=//evil.example", ""),
            ("item=../../web", ""),
            ("utm_source=mail", ""),
        ):
            with self.subTest(query):
                response = self.url_open(f"{link}?{query}", allow_redirects=False)
                self.assertTrue(response.headers["Location"].endswith(f"/my/collection/{self.debtor.id}{place}"))

    def test_the_access_log_masks_the_token(self):
        link = self.debtor._get_page_link(self.contact)
        with self.assertLogs("werkzeug", logging.INFO) as logs:
            self.url_open(link[len(self.debtor.get_base_url()) :], allow_redirects=False)
            self.url_open("/c/abc-defghjkmnp", allow_redirects=False)
        said = "\n".join(logs.output)
        self.assertIn("/my/collection/enter/***", said)
        self.assertIn("/c/***", said)
        self.assertNotIn(link.rsplit("/", 1)[1], said)
        self.assertNotIn("defghjkmnp", said)

    def test_a_link_ends_after_thirty_days_and_a_new_one_comes_to_the_same_contact(self):
        self._enter(days=-1)
        self.assertIn("This link has ended", self._words(self._get()))
        answer = self._ask_for_link()
        self.assertIn("Your new link is on its way", self._words(answer))
        action = self.debtor.action_ids.filtered(lambda action: action.purpose == "link")
        self.assertEqual((action.contact_id, action.state), (self.contact, "planned"))
        ((recipients, message),) = self._send(fields.Date.today())
        self.assertEqual(recipients, ["claire@albatros.example"])
        self.assertIn("/my/collection/enter/", self._html(message))

    def test_each_page_says_whose_account_it_is_and_with_whom(self):
        self._enter()
        for path in (
            "",
            "/pay",
            "/answers",
            "/messages",
            "/preferences",
            "/dispute",
            f"/item/{self._item(self.move).id}",
        ):
            with self.subTest(path):
                heading = self._words(self._get(path)).split("Overview")[0]
                self.assertIn("Albatros SARL Your account with company_1_data Leave this page", heading)

    def test_who_came_by_link_sees_the_company_and_no_way_to_sign_in(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.phone = "+33 1 22 33 44 55"
        own = f"/my/collection/{self.debtor.id}"
        self.collector.password = "collection_collector"
        self._enter()
        for come in (lambda: None, lambda: self.authenticate("collection_collector", "collection_collector")):
            come()
            for path in ("", "/preferences", "/dispute?x=1"):
                page = self._get(path)
                with self.subTest(path):
                    self.assertNotRegex(page.text, r"Sign in|Skip to Content|Powered by|/web/login|o_brand_promotion")
                    header = page.text.split("<header")[1].split("</header>")[0]
                    self.assertIn(f'href="{own}"', header)
                    self.assertIn("company_1_data", header)
                    footer = page.text.split("<footer")[1].split("</footer>")[0]
                    self.assertIn('href="tel:+33122334455"', footer)
                    self.assertIn("books@company.example", footer)
                    self.assertRegex(footer, r"(?s)<strong[^>]*>English</strong>.*<a[^>]*>Français</a>")
                    french = html.unescape(re.search(r'href="([^"]+)" lang="fr-FR"', footer)[1])
                    self.assertTrue(french.endswith(f"/fr{own}{path}"), french)
                    self.assertIn('lang="fr-FR"', self.url_open(french).text.split("<head")[0])
                    self.opener.cookies.set("frontend_lang", None)

    def test_a_logo_leads_to_the_overview_and_an_account_keeps_the_portal_s_header(self):
        self.company.logo = self.env["ir.binary"]._placeholder()
        self._enter()
        self.assertIn(f'src="/logo.png?company={self.company.id}"', self._get("/pay").text)
        self._new_portal_user("colleague", self.customer)
        self.authenticate("page_colleague", "page_colleague")
        page = self._get()
        self.assertIn("/web/session/logout", page.text)
        self.assertNotIn("o_collection_footer", page.text)

    def test_before_the_door_there_is_nothing_of_odoo_either(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        for path in ("/my/collection/left", f"/my/collection/{self.debtor.id}"):
            page = self.url_open(path)
            self.assertNotRegex(page.text, r"Skip to Content|Powered by|/logo.png")
            self.assertIn(">Français</a>", page.text)
        page = self.url_open("/fr/my/collection/left")
        self.assertIn(">English</a>", page.text, page.text.split("<footer")[1])

    def test_who_came_by_link_leaves_and_leaves_nothing_behind(self):
        self._enter()
        self._enter(self.strange_debtor, self.stranger)
        with self._unchanged():
            response = self._post("/leave")
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith("/my/collection/left"))
        left = self.url_open("/my/collection/left")
        self.assertEqual((left.status_code, left.headers["Cache-Control"]), (200, "no-store"))
        self.assertIn("You may close this window now", self._words(left))
        self.assertNotIn("Albatros", left.text)
        for debtor in (self.debtor, self.strange_debtor):
            self.assertEqual(self._get(debtor=debtor).status_code, 403)
        self._enter()
        self.assertEqual(self._get().status_code, 200, "the link lets in again")

    def test_who_has_an_account_or_looks_only_is_not_shown_the_way_out(self):
        self._new_portal_user("colleague", self.customer)
        self.collector.password = "collection_collector"
        for login in ("page_colleague", "collection_collector"):
            self.authenticate(login, login)
            for __ in range(2):
                with self.subTest(login):
                    shown = self._words(self._get())
                    self.assertIn("Your account with", shown)
                    self.assertNotIn("Leave this page", shown)
                self._enter()

    def test_the_door_at_the_address_with_the_token_carries_it_nowhere(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        token, code = self.debtor._sign_page_token(self.contact), self._message()._get_link_code()
        wrong = (f"/my/collection/enter/{token[:-4]}", "/c/abc-defghjkmnp")
        busy = (f"/my/collection/enter/{token}", f"/c/{code}")
        for limit, paths, status in ((10**6, wrong, 403), (0, busy, 429)):
            for path in paths:
                with self.subTest(path), patch.dict(page.LIMITS, {"address": (limit, 300)}):
                    response = self.url_open(path, allow_redirects=False)
                    self.assertEqual(response.status_code, status)
                    self._assert_carries_nothing(response, path.rsplit("/", 1)[1])

    def _assert_carries_nothing(self, response, token):
        self.assertNotIn(token, response.text)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", response.headers["X-Robots-Tag"])
        self.assertIn("default-src 'none'", response.headers["Content-Security-Policy"])
        self.assertNotIn(token, str(response.headers))
        self.assertTrue(response.text.lstrip().startswith("<!DOCTYPE html>"))
        self.assertIn('name="referrer" content="no-referrer"', response.text)
        self.assertNotRegex(response.text, r"(?i)<(script|img|iframe|object|form)|canonical|hreflang|@import|url\(")
        addresses = re.findall(r'(?:href|src|action)="(?!tel:|mailto:)([^"]*)"', response.text)
        self.assertFalse(set(addresses) - {"data:,", "/web/login?redirect=/my/collection"})

    def test_who_has_left_does_not_come_in_any_more(self):
        for change in ({"active": False}, {"active": True, "parent_id": self.stranger.id}):
            self.contact.write(change)
            with self.subTest(change):
                self._enter()
                self.assertEqual(self._get().status_code, 403)
                self.assertIn("not valid any more", self._words(self._ask_for_link()))

    def test_nobody_gets_a_new_link_for_a_revoked_or_unknown_one(self):
        self.assertEqual(self._ask_for_link().status_code, 403)
        self._enter()
        self.debtor.with_user(self.collector).action_revoke_links()
        self.assertIn("not valid any more", self._words(self._ask_for_link()))
        self.assertFalse(self.debtor.action_ids)

    def test_a_closed_door_says_whom_to_call(self):
        (self.company | self.env.ref("base.public_user").sudo().company_id).sudo().write(
            {"phone": "+33 1 02 03 04 05", "email": "ledger@company.example"}
        )
        self._enter()
        self.debtor.sudo().link_version += 1
        for page_path in (f"/my/collection/{self.debtor.id}", "/my/collection/enter/nonsense"):
            with self.subTest(page_path):
                response = self.url_open(page_path, allow_redirects=False)
                self.assertEqual(response.status_code, 403)
                self.assertIn('href="tel:+33 1 02 03 04 05"', response.text)
                self.assertIn('href="mailto:ledger@company.example"', response.text)

    def test_after_revoking_a_new_link_is_sent_at_once(self):
        debtor = self.debtor.with_user(self.collector)
        debtor.action_revoke_links()
        debtor.contact_id = self.contact
        debtor.action_send_link()
        self.assertEqual((self.debtor.action_ids.purpose, self.debtor.action_ids.contact_id), ("link", self.contact))
        self.assertIn("on its way to", self.debtor.message_ids[0].body)
        (self.contact | self.customer).email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            debtor.action_send_link()

    def test_a_link_is_asked_for_three_times_a_day(self):
        self._enter(days=-1)
        codes = [self._ask_for_link().status_code for __ in range(4)]
        self.assertEqual(codes[-1], 429)
        self.assertEqual(len(self.debtor.action_ids), 3)

    def test_a_changed_token_opens_nothing(self):
        token = self.debtor._sign_page_token(self.contact)
        for wrong in (token[:-3], token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "AAAA" * 20, "%00"):
            with self.subTest(wrong):
                response = self.url_open(f"/my/collection/enter/{wrong}", allow_redirects=False)
                self.assertEqual(response.status_code, 403)

    def test_links_of_two_customers_open_two_pages_in_one_browser(self):
        self._enter()
        self._enter(self.strange_debtor, self.stranger)
        self.assertEqual((self._get().status_code, self._get(debtor=self.strange_debtor).status_code), (200, 200))
        self.assertIn("Albatros", self._words(self.url_open("/my/collection")))

    def test_who_asks_too_often_waits(self):
        self._enter()
        with patch.dict(page.LIMITS, {"debtor": (2, 300)}):
            codes = [self._get().status_code for __ in range(4)]
        self.assertEqual(codes, [200, 200, 429, 429])
        with patch.dict(page.LIMITS, {"address": (0, 300)}):
            response = self._get()
            sent = self._post("/contact", name="Jean Petit")
        self.assertEqual(response.status_code, 429)
        self.assertTrue(280 < int(response.headers["Retry-After"]) <= 300)
        self.assertIn("try again in 5 min", self._words(response))
        self.assertIn("what you typed is still there", self._words(sent))

    def test_a_hit_counts_for_its_time_only(self):
        hits = self.env["credit.collection.hit"]
        self.assertTrue(hits._take("test", "me", 1, 60))
        self.assertFalse(hits._take("test", "me", 1, 60))
        self.assertTrue(hits._take("test", "you", 1, 60))
        self.env.cr.execute(
            "UPDATE credit_collection_hit SET moment = %s", [fields.Datetime.now() - timedelta(seconds=61)]
        )
        self.assertTrue(hits._take("test", "me", 1, 60))

    def test_a_form_that_is_sent_twice_answers_once(self):
        self._enter()
        form = self._get("/call").text
        number = re.search(r'name="once"[^>]* value="([^"]+)"', form)[1]
        hits = self.env["credit.collection.hit"]
        self.assertEqual([hits._take_once("test", number) for __ in range(2)], [True, False])
        for __ in range(2):
            answer = self._post("/contact", name="Jean Petit", email="jean@albatros.example", once=number)
            self.assertEqual(answer.status_code, 303)
        self.assertEqual(len(self.debtor.remark_ids), 1)
        self.assertIn("We have that already", self._words(self._get("/answers")))

    def test_nobody_names_the_visit_or_sends_a_file_for_a_text(self):
        self._enter()
        self.assertEqual(self._get("?visit=1&utm_source=mail").status_code, 200)
        files = {"name": ("name.txt", b"Jean", "text/plain")}
        self.assertEqual(self._post("/contact", files=files, visit="1").status_code, 422)

    def test_a_form_with_a_slip_may_be_sent_again(self):
        self._enter()
        response = self._post("/contact", once="a-number")
        self.assertEqual(response.status_code, 422)
        # The way back in the browser: a form that was sent and is not kept could not be shown again.
        self.assertNotIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(self._post("/contact", once="a-number").status_code, 422, "reloading says what is wrong again")
        shown = self._post("/contact", once="another").text
        self.assertNotIn('value="another"', shown, "the form has a new number")

    def test_the_short_link_of_a_text_message_opens_the_page_until_it_is_revoked(self):
        action = self._plan("2026-03-05").action_ids.filtered(lambda action: action.debtor_id == self.debtor)
        with patch.object(type(action), "_get_link_days", lambda action: 20):
            path = f"/c/{action._get_link_code()}"
            response = self.url_open(path, allow_redirects=False)
            self.assertIn(f"/my/collection/{action.debtor_id.id}", response.headers["Location"])
            self.assertEqual(self._get(debtor=action.debtor_id).status_code, 200)
            action.debtor_id.with_user(self.collector).action_revoke_links()
            self.assertEqual(self.url_open(path, allow_redirects=False).status_code, 403)

    def test_a_portal_user_finds_the_card_and_the_page(self):
        self._new_portal_user("colleague", self.customer)
        self.authenticate("page_colleague", "page_colleague")
        self.assertIn("Your account", self._words(self.url_open("/my/home")))
        response = self.url_open("/my/collection")
        self.assertIn("Your account with", self._words(response))
        self.assertTrue(response.url.endswith(f"/my/collection/{self.debtor.id}"))

    def test_who_has_no_account_here_sees_a_friendly_word(self):
        self._new_portal_user("nobody", self._new_customer("Nothing Ltd"))
        self.authenticate("page_nobody", "page_nobody")
        self.assertIn("There is nothing to see here yet", self._words(self.url_open("/my/collection")))

    def test_the_page_speaks_the_contact_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.contact.lang = "fr_FR"
        self.assertIn("/fr/my/collection/", self._enter().headers["Location"])
