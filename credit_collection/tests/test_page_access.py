"""Every route of the customer's page, for every kind of visitor: generated from the routes themselves."""

import json
import threading
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from ..controllers import page
from .page_common import PageCommon
from .page_contrast import EVERY_PAGE

ROOT = "/my/collection/<int"
# The ways in, which are a table of their own.
DOORS = {
    "/my/collection", "/my/collection/link", "/my/collection/left", "/my/collection/enter/<string:token>",
    "/c/<string:code>",
}  # fmt: skip
# Ends the visit of who came by link: they come again.
LEAVE = "/leave"
# What stands for the other variables of the addresses: each of the customer's own.
VARIABLES = {
    "<int:item_id>": lambda test: test._item(test.move).id,
    "<string:kind>": lambda test: "pdf",
    "<string:choice>": lambda test: test._sign_choice(),
    "<string:receipt>": lambda test: test._sign_receipt(),
    "<int:dispute_id>": lambda test: test._find_dispute().id,
    "<int:file_id>": lambda test: test._find_dispute().evidence_customer_ids.id,
    "<int:plan_id>": lambda test: test._find_plan().id,
    "<int:action_id>": lambda test: test.message.id,
    "<int:sent_id>": lambda test: test.sent_file.id,
}

LOOK = """
    (async () => {
        const wrong = [], theirs = "#o_payment_form";
        for (const path of PATHS) {
            const frame = document.createElement("iframe");
            frame.style.cssText = `border: 0; width: ${innerWidth}px; height: 700px`;
            frame.src = path;
            const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
            document.body.append(frame);
            await loaded;
            const page = frame.contentDocument, root = page.documentElement;
            const say = (what) => wrong.push(`${path}: ${what}`);
            if (root.scrollWidth > innerWidth) { say(`${root.scrollWidth} wide on a screen of ${innerWidth}`); }
            if (page.querySelectorAll("h1").length !== 1) { say("not one heading"); }
            if (!root.lang) { say("no language"); }
            if (!page.title.includes(" – ")) { say(`it is called “${page.title}”`); }
            const all = (what) => [...page.querySelectorAll(`.o_collection_page ${what}`)].filter(
                (node) => !node.closest(theirs));
            for (const name of ["input:not([type=hidden])", "select", "textarea"]) {
                for (const field of all(name)) {
                    if (!field.labels.length && !field.ariaLabel) { say(`${field.name} has no label`); }
                }
            }
            for (const picture of all("img")) {
                if (!picture.hasAttribute("alt")) { say("a picture without words"); }
            }
            for (const way of [...all(".btn"), ...all(".o_collection_nav a")]) {
                const { height } = way.getBoundingClientRect();
                if (height && height < 40) { say(`“${way.textContent.trim()}” is ${height} high`); }
            }
            // A finger hits what stands alone; a link within a sentence is as high as its line.
            const inSentence = (node) => [...node.parentElement.childNodes].some(
                (beside) => beside.nodeType === 3 && beside.textContent.trim());
            const boxes = [...all("input[type=checkbox]"), ...all("input[type=radio]")].map(
                (box) => box.closest("label") || box.labels[0] || box);
            for (const way of [...all("a"), ...all("button"), ...all("summary"), ...boxes]) {
                const { height } = way.getBoundingClientRect();
                if (height && height < 32 && !inSentence(way) && !way.matches(".visually-hidden-focusable")) {
                    say(`“${way.textContent.trim() || way.outerHTML}” is ${height} high`);
                }
            }
            frame.remove();
        }
        if (wrong.length) { throw new Error(wrong.join("; ")); }
        console.log("test successful");
    })().catch((error) => console.error(`failed: ${error.message}`));
"""


@tagged("post_install", "-at_install")
class TestPageAccess(PageCommon):
    browser_size = "360x740"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_move = cls._new_invoice("2026-03-02", 400)
        cls.colleague = cls._new_portal_user("colleague", cls.customer)
        cls.strange_user = cls._new_portal_user("zoe", cls.stranger)
        cls.employee = new_test_user(cls.env, "page_employee", groups="base.group_user", password="page_employee")
        cls.collector.password = "collection_collector"
        other = cls.env["res.company"].create({"name": "Second Company"})
        cls.payment = cls.env["payment.transaction"].create(
            {
                "provider_id": cls.env["payment.provider"].search([], limit=1).id,
                "payment_method_id": cls.env["payment.method"].search([], limit=1).id,
                "amount": 1,
                "currency_id": cls.company.currency_id.id,
                "partner_id": cls.customer.id,
            }
        )
        cls.other_debtor = cls.env["credit.collection.debtor"]._get_or_create(cls.customer, other)
        new_test_user(
            cls.env, "page_second", groups="credit_collection.group_credit_collection_user", password="page_second",
            company_id=other.id, company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        # Pays for the customer, and may see the page, in the other company alone.
        payer = cls._new_customer("Payer Ltd")
        cls._new_portal_user("paul", payer)
        cls.other_debtor.payer_id = payer

    def setUp(self):
        super().setUp()
        # How often somebody may ask is a story of its own.
        self.startPatcher(patch.dict(page.LIMITS, dict.fromkeys(page.LIMITS, (10**6, 60))))
        self.message = self._message()
        self.sent_file = self._sent_file(self.message)

    def _find_dispute(self):
        amounts = {self._item(self.second_move): 100}
        return self.debtor.dispute_ids or self.env["credit.collection.dispute"]._open_for(
            self.debtor, amounts, None, "Broken", attachments=[("photo.txt", b"Broken")]
        )

    def _find_plan(self):
        """A proposal that was sent."""
        plans = self.env["credit.collection.plan"]
        plan = self.debtor.plan_ids.filtered(lambda plan: plan.state == "proposal")
        if not plan:
            plan = plans._propose(self.debtor, self._item(self.second_move), count=2)
            plan._create_message("plan_proposal").date_sent = plan._get_today()
        return plan

    def _routes(self):
        """Each route of the page as ``(path below the debtor, method, type)``."""
        # The map is made for the database of the thread, as a worker has one.
        threading.current_thread().dbname = self.env.cr.dbname
        found = set()
        for rule in self.env["ir.http"].routing_map().iter_rules():
            if rule.rule.startswith(ROOT):
                path = rule.rule.split(">", 1)[1]
                for method in rule.methods - {"HEAD", "OPTIONS"}:
                    found.add((path, method, rule.endpoint.routing["type"]))
        self.assertTrue(found)
        return sorted(found)

    def _visitors(self):
        """Name, how they come, and whether they may see the page and answer there."""
        return [
            ("anonymous", lambda: None, 0),
            ("expired link", lambda: self._enter(days=-1), 0),
            ("revoked link", self._come_revoked, 0),
            ("link of another customer", lambda: self._enter(self.strange_debtor, self.stranger), 0),
            ("another customer", lambda: self.authenticate("page_zoe", "page_zoe"), 0),
            ("link of the other company", lambda: self._enter(self.other_debtor), 0),
            ("payer in the other company", lambda: self.authenticate("page_paul", "page_paul"), 0),
            ("collector of the other company", lambda: self.authenticate("page_second", "page_second"), 0),
            ("employee", lambda: self.authenticate("page_employee", "page_employee"), 0),
            ("collector", lambda: self.authenticate("collection_collector", "collection_collector"), 1),
            ("colleague of the customer", lambda: self.authenticate("page_colleague", "page_colleague"), 2),
            ("link", self._enter, 2),
        ]

    def _come_revoked(self):
        self._enter()
        self.debtor.with_user(self.collector).action_revoke_links()

    def _sign_choice(self):
        item = self._item(self.move)
        return self.debtor._sign_choice([({"item": item}, 1000.0)])

    def _sign_receipt(self):
        return self.debtor._sign_receipt(self.payment)

    def _fill(self, path):
        for name, find in VARIABLES.items():
            path = path.replace(name, str(find(self)))
        self.assertNotIn("<", path, "say in VARIABLES what stands for it")
        return path

    def _ask(self, path, method, kind):
        if kind == "jsonrpc":
            return self.url_open(
                f"/my/collection/{self.debtor.id}{path}",
                data=json.dumps({"jsonrpc": "2.0", "params": {}}),
                headers={"Content-Type": "application/json"},
            )
        return self._get(path) if method == "GET" else self._post(path)

    def test_the_table_of_routes_and_visitors(self):
        for name, come, rights in self._visitors():
            self.authenticate(None, None)
            come()
            for path, method, kind in self._routes():
                with self.subTest(name, path=path, method=method):
                    self._check(path, method, kind, rights)
                if path == LEAVE:
                    come()
            self.debtor.link_version = 0

    def _check(self, path, method, kind, rights):
        filled = self._fill(path)
        allowed = rights == 2 or rights == 1 and method == "GET"
        if not allowed:
            with self._unchanged():
                response = self._ask(filled, method, kind)
            self._assert_refused(response, kind)
        elif method == "GET":
            with self._unchanged():
                response = self._ask(filled, method, kind)
            self.assertIn(response.status_code, (200, 303))
            for header, value in (("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store")):
                self.assertEqual(response.headers[header], value)
            self.assertIn("noindex", response.headers["X-Robots-Tag"])
        else:
            self.assertNotIn(self._ask(filled, method, kind).status_code, (403, 404, 500))

    def _assert_refused(self, response, kind):
        if kind == "jsonrpc":
            self.assertIn("error", response.json())
        else:
            self.assertEqual(response.status_code, 403)
        self._assert_tells_nothing(response)

    def _assert_tells_nothing(self, response):
        for secret in (self.customer.name, self.move.name, "PO-77", "1,000.00", self.contact.name):
            self.assertNotIn(secret, response.text)

    def _find_pages(self):
        """Return the addresses of all pages; those of files are none."""
        self._enter()
        pages = []
        for path, method, kind in self._routes():
            if method == "GET" and kind == "http":
                address = f"/my/collection/{self.debtor.id}{self._fill(path)}"
                response = self.url_open(address, allow_redirects=False)
                if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
                    pages.append(address)
        self.assertGreater(len(pages), 15)
        return pages

    def _look(self, script, timeout):
        link = self.debtor._get_page_link(self.contact)
        path = link[len(self.debtor.get_base_url()) :]
        self.browser_js(path, script, "document.readyState === 'complete'", timeout=timeout)

    def test_every_page_fits_a_phone_and_can_be_read_by_ear(self):
        self._look(LOOK.replace("PATHS", json.dumps(self._find_pages())), 120)

    def test_every_text_has_contrast_and_the_keyboard_is_seen_also_after_errors(self):
        pages = [*self._find_pages(), "/my/collection/left"]
        forms = [
            f"/my/collection/{self.debtor.id}{self._fill(path)}"
            for path, method, kind in self._routes()
            if method == "POST" and kind == "http" and path not in (LEAVE, "/seen")
        ]
        script = EVERY_PAGE.replace("PATHS", json.dumps(pages)).replace("FORMS", json.dumps(forms))
        self._look(script, 240)

    def test_a_form_without_its_token_is_refused(self):
        self._enter()
        for path, method, kind in self._routes():
            if method == "POST" and kind == "http":
                address = f"/my/collection/{self.debtor.id}{self._fill(path)}"
                with self.subTest(path=path), self._unchanged():
                    response = self.url_open(address, data={"x": "1"}, allow_redirects=False)
                    self.assertEqual(response.status_code, 400)

    def test_a_page_that_does_not_exist_is_refused_like_one_of_somebody_else(self):
        nobody = self.env["credit.collection.debtor"].browse(2147483646)
        self.assertEqual(self._words(self._get(debtor=nobody)), self._words(self._get(debtor=self.strange_debtor)))

    def test_who_belongs_to_the_other_company_sees_the_page_there(self):
        for login in ("page_paul", "page_second"):
            self.authenticate(login, login)
            with self.subTest(login), self._unchanged():
                self.assertEqual(self._get(debtor=self.other_debtor).status_code, 200)

    # === THE WAYS IN === #

    def test_every_way_in_stands_in_the_table(self):
        threading.current_thread().dbname = self.env.cr.dbname
        rules = {rule.rule for rule in self.env["ir.http"].routing_map().iter_rules()}
        ours = {rule for rule in rules if rule.startswith(("/my/collection", "/c/")) and not rule.startswith(ROOT)}
        self.assertEqual(ours, DOORS)

    def _doors(self):
        """What is wrong, has ended or was revoked, and the address without any: ``(name, path)``."""
        self.debtor.link_version += 9
        token, code = self.debtor._sign_page_token(self.contact), self.message._get_link_code()
        self.debtor.link_version -= 9
        ended = self.debtor._sign_page_token(self.contact, -1)
        self.message.sent_at = self.message.create_date - timedelta(days=31)
        return [
            ("choose", "/my/collection"),
            ("wrong token", f"/my/collection/enter/{ended[:-2]}"),
            ("token of another version", f"/my/collection/enter/{token}"),
            ("ended token", f"/my/collection/enter/{ended}"),
            ("wrong code", f"/c/{code[:-1]}"),
            ("code of another version", f"/c/{code}"),
            ("ended code", f"/c/{self.message._get_link_code()}"),
        ]

    def test_the_table_of_ways_in_and_visitors(self):
        for visitor, come, rights in self._visitors():
            for door, path in self._doors():
                self.authenticate(None, None)
                come()
                with self.subTest(visitor, door=door):
                    with self._unchanged():
                        response = self.url_open(path, allow_redirects=False)
                    self.assertIn(response.status_code, (200, 303, 403))
                    if door != "choose":
                        self.assertNotEqual(response.status_code, 200)
                        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
                    if door != "choose" or rights < 2:
                        self._assert_tells_nothing(response)
                    if not rights:
                        with self._unchanged():
                            self._assert_refused(self._get(), "http")
                self.debtor.link_version = 0

    def test_only_who_has_an_ended_link_is_sent_a_new_one(self):
        for visitor, come, __ in self._visitors():
            self.authenticate(None, None)
            come()
            with self.subTest(visitor):
                if visitor == "expired link":
                    self.assertIn("on its way", self._words(self._ask_for_link()))
                    continue
                with self._unchanged():
                    response = self._ask_for_link()
                self._assert_refused(response, "http")
                self.assertNotIn("on its way", self._words(response))
            self.debtor.link_version = 0

    def test_the_link_of_a_customer_gives_no_rights_to_who_works_here(self):
        for login in ("page_employee", "page_second"):
            self.authenticate(login, login)
            with self.subTest(login), self._unchanged():
                self._assert_tells_nothing(self._enter())
                self._assert_refused(self._get(), "http")
