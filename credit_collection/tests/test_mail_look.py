"""Mails as a phone shows them: laid out by a real browser, as narrow as phones are."""

import json

from odoo.tests import HttpCase, tagged

from ..tools.harmless import harmless
from .common import DAY, CollectionCommon

LANGS = ("en_US", "fr_FR", "de_DE")
NARROWEST = 320
# Nothing stands beside the card that holds it, and the card is on the screen.
MEASURE = """
    (async () => {
        const wrong = [];
        for (const [name, text] of Object.entries(MAILS)) {
            const frame = document.createElement("iframe");
            frame.style.cssText = "border: 0; height: 4000px; width: WIDTHpx";
            const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
            frame.srcdoc = text;
            document.body.append(frame);
            await loaded;
            const page = frame.contentDocument, all = page.createRange();
            const cards = [...page.body.querySelectorAll("*")].filter((node) => node.style.overflow === "hidden");
            const card = cards[0] || page.body;
            const edge = Math.min(WIDTH, card.getBoundingClientRect().right);
            all.selectNodeContents(card);
            const right = Math.max(...[...all.getClientRects()].map((part) => part.right));
            if (!(right <= edge + 0.5)) { wrong.push(`${name}: reaches to ${right} of ${edge}`); }
            if (page.documentElement.scrollWidth > WIDTH) { wrong.push(`${name}: scrolls`); }
            frame.remove();
        }
        if (wrong.length) { throw new Error(wrong.join("; ")); }
        console.log("test successful");
    })().catch((error) => console.error(`failed: ${error.message}`));
"""


@tagged("post_install", "-at_install")
class TestMailLook(CollectionCommon, HttpCase):
    browser_size = "360x740"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in LANGS:
            cls.env["res.lang"]._activate_lang(lang)
        cls.env["ir.module.module"]._load_module_terms(["credit_collection"], list(LANGS[1:]))
        euro = cls.env.ref("base.EUR")
        euro.active = True
        moves = [
            cls._new_invoice("2026-01-10", amount, currency_id=euro.id, ref="BESTELLUNG-2026/000123456789")
            for amount in (1234567.89, 9876543.21)
        ]
        cls.items = cls.env["account.move.line"].union(*(cls._item(cls, move) for move in moves))

    def _mails(self):
        """Each text that asks for money, in each language, for large amounts: ``{name: HTML}``."""
        actions = self.env["credit.collection.action"].sudo().with_context(collection_date=DAY("2026-03-01"))
        action = actions.create(
            {
                "company_id": self.company.id, "debtor_id": self._debtor().id, "contact_id": self.customer.id,
                "step_id": self.scenario.step_ids[1].id, "scenario_id": self.scenario.id, "channel": "email",
                "tone": "friendly", "planned_state": "planned", "state": "planned", "date": "2026-03-01",
                "currency_id": self.items.currency_id.id,
                "line_ids": [(0, 0, line) for line in actions._prepare_lines_of(self.items)],
            }
        )  # fmt: skip
        action.line_ids.step_id = action.step_id
        plan = self.env["credit.collection.plan"]._propose(action.debtor_id, self.items, count=4)
        proposal = plan._create_message("plan_proposal")
        texts = self.env["credit.collection.template"].search([("purpose", "=", "reminder"), ("body", "!=", False)])
        self.assertGreater(len(texts), 10)
        mails = {}
        for lang in LANGS:
            self.customer.lang = lang
            for text in texts:
                action.template_id = text
                mails[f"{text.name} {lang}"] = action._get_channel()._render(action)["body"]
            mails[f"plan {lang}"] = proposal._get_channel()._render(proposal)["body"]
        return mails

    def test_every_mail_fits_the_narrowest_phone(self):
        mails = self._mails()
        self.assertRegex(
            mails["plan fr_FR"].replace("\u202f", " ").replace("\xa0", " "), "1 234 567,89 €|11 111 111,10 €"
        )
        shown = {f"{name} on the page": harmless(body) for name, body in mails.items() if "plan" in name}
        for width in (NARROWEST, 360):
            self.browser_js(
                "/web/login",
                MEASURE.replace("MAILS", json.dumps({**mails, **shown})).replace("WIDTH", str(width)),
                "document.readyState === 'complete'",
                timeout=120,
            )
