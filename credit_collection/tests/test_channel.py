"""What every channel keeps to: one file each, gateways in the flow, server actions, short addresses, texts."""

from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import HttpCase, TransactionCase, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..models.credit_collection_channel import DeliveryResult
from .common import DAY, CollectionCommon
from .test_gateway import GatewayCommon


class CreditCollectionChannelPigeon(models.AbstractModel):
    """A channel of the tests: all that a new one needs stands here."""

    _name = "credit.collection.channel.pigeon"
    _inherit = "credit.collection.channel"
    _description = "Pigeon Channel"
    _module = "credit_collection"
    _code = "pigeon"
    _sequence = 35
    _delivers = True
    _substitute = True
    _part = "short_text"
    flown = []

    @api.model
    def _get_label(self):
        return "Pigeon"

    @api.model
    def _sql_usable(self, company):
        return SQL("contact.city = 'Rome'")

    @api.model
    def _render(self, action):
        text = action._get_template()._render_short(action._get_text_values(self))
        return {"subject": False, "body": Markup("<p>%s</p>") % text, "short_text": text}

    @api.model
    def _deliver(self, action):
        CreditCollectionChannelPigeon.flown.append(action.short_text)
        return DeliveryResult("sent", values={"provider_ref": "Ring 7"})


@tagged("post_install", "-at_install")
class TestNewChannel(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_to_registry(cls.registry, CreditCollectionChannelPigeon)
        cls.addClassCleanup(cls.registry.__delitem__, CreditCollectionChannelPigeon._name)
        cls.registry._setup_models__(cls.env.cr, [])
        CreditCollectionChannelPigeon.flown.clear()

    def test_a_new_channel_costs_one_file(self):
        """Steps offer it, the planner finds whom it reaches, and it leaves by the same flow."""
        self.assertIn(("pigeon", "Pigeon"), self.env["credit.collection.scenario.step"]._get_channels())
        self.text.short_text = "{amount} is due."
        step = self.scenario.step_ids[1]
        step.channel = "pigeon"
        move = self._new_invoice("2026-03-01")
        self.assertEqual(self._standing(move, "2026-03-05")["channel"], "email", "no pigeon flies there")
        self.customer.city = "Rome"
        action = self._plan("2026-03-05").action_ids
        self.assertEqual(action.channel, "pigeon")
        self._send_ready("2026-03-05")
        self.assertEqual((action.state, action.provider_ref), ("sent", "Ring 7"))
        self.assertEqual(CreditCollectionChannelPigeon.flown, ["$ 1,000.00 is due."])
        self.assertEqual(self._standing(move, "2026-03-05")["level"], 2)

    def test_it_may_be_preferred_closed_and_stand_in_for_another(self):
        self.text.short_text = "{amount} is due."
        self.customer.write({"city": "Rome", "email": False})
        move = self._new_invoice("2026-03-01")
        self.assertEqual(self._standing(move, "2026-03-05")["channel"], "pigeon")
        self.env["credit.collection.optout"].create({"debtor_id": self._debtor().id, "channel": "pigeon"})
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "no_address")
        self.customer.email = "pay@albatros.example"
        self._debtor().optout_ids.unlink()
        self._debtor().preferred_channel = "pigeon"
        self.assertEqual(self._standing(move, "2026-03-05")["channel"], "pigeon")


@tagged("post_install", "-at_install")
class TestGatewayFlow(GatewayCommon):
    """Messages of the ladder through a real service."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write(
            {"phone": "+33 6 12 34 56 78", "street": "1 quai du Port", "zip": "13002", "city": "Marseille",
             "country_id": cls.env.ref("base.fr").id}
        )  # fmt: skip
        cls.company.write({"street": "12 rue des Tanneurs", "zip": "69002", "city": "Lyon"})
        cls.text.short_text = "{company}: {invoice}, {amount}"
        cls.move = cls._new_invoice("2026-03-01")

    def _leave(self, channel):
        self.scenario.step_ids[1].channel = channel
        action = self._plan("2026-03-05").action_ids
        with self._allowed(self.server.host):
            self._send_ready("2026-03-05")
        return action

    def test_a_text_message_goes_through_the_company_s_gateway_rather_than_core_s_provider(self):
        action = self._leave("sms")
        ((__, headers, document),) = self.server.requests
        self.assertEqual((action.state, action.provider_ref), ("sent", "ref-1"))
        self.assertEqual(headers["Idempotency-Key"], action.message_key)
        self.assertIn("+33612345678", document.values())

    def test_whatsapp_needs_a_gateway_and_leaves_through_it(self):
        self.scenario.step_ids[1].channel = "whatsapp"
        self.assertEqual(self._standing(self.move, "2026-03-05")["channel"], "email")
        self._new_gateway("whatsapp")
        action = self._leave("whatsapp")
        self.assertEqual((action.channel, action.state), ("whatsapp", "sent"))

    def test_a_letter_through_a_gateway_is_posted_by_it(self):
        self._new_gateway(
            "letter",
            body_template='{"to": "{recipient_name}", "pdf": "{document}", "registered": "{registered}",'
            ' "zip": "{zip}"}',
        )
        self.scenario.step_ids[1].registered = True
        action = self._leave("letter")
        ((__, __, document),) = self.server.requests
        self.assertEqual((action.state, action.tracking_number), ("sent", "ref-1"))
        self.assertTrue(action.date_posted)
        self.assertEqual((document["to"], document["zip"], document["registered"]), ("Albatros SARL", "13002", True))
        self.assertTrue(document["pdf"].startswith("JVBERi"), "the PDF itself")

    def test_a_service_that_hangs_leaves_the_question_to_a_person(self):
        self.server.tell(manner="hang")
        self.gateway.timeout = 1
        action = self._leave("sms")
        self.assertEqual(action.state, "unknown")

    def test_a_service_that_is_down_is_tried_again(self):
        self.server.tell(503)
        action = self._leave("sms")
        self.assertEqual((action.state, action.tries), ("retry", 1))
        self.server.tell(200, {"id": "ref-2"})
        action.next_try = "2026-03-05"
        with self._allowed(self.server.host):
            self._send_ready("2026-03-05")
        self.assertEqual((action.state, action.provider_ref), ("sent", "ref-2"))
        keys = {headers["Idempotency-Key"] for __, headers, __ in self.server.requests}
        self.assertEqual(len(keys), 1)

    def test_an_answer_that_may_mean_yes_is_never_given_up_silently(self):
        """Eight times no answer under one key: a person decides, and nothing is planned a second time meanwhile."""
        self.gateway.honours_key = True
        self.server.tell(500)
        action = self._leave("sms")
        self.assertEqual((action.state, action.uncertain), ("retry", True))
        text = action.short_text
        self.text.short_text = "Another text {short_link}"
        self._debtor().write({"hold_until": "2026-03-05", "hold_reason": "They called"})
        self.assertEqual(action.state, "retry", "what may have arrived is not taken back")
        self._debtor().action_release_hold()
        for __ in range(7):
            action.next_try = "2026-03-05"
            with self._allowed(self.server.host):
                self._send_ready("2026-03-05")
        self.assertEqual((action.state, action.tries, action.short_text), ("unknown", 8, text))
        self.assertEqual(self._standing(self.move, "2026-03-06")["standing"], "in_progress")
        self.assertEqual(len({headers["Idempotency-Key"] for __, headers, __ in self.server.requests}), 1)
        self.assertEqual(len({str(document) for __, __, document in self.server.requests}), 1)
        action._set_delivery("delivered")
        self.assertEqual((action.state, self._standing(self.move, "2026-03-06")["level"]), ("sent", 2))

    def test_what_may_have_arrived_is_not_repeated_to_who_has_paid(self):
        self.gateway.honours_key = True
        self.server.tell(500)
        action = self._leave("sms")
        self._pay(self.move)
        action.next_try = "2026-03-05"
        with self._allowed(self.server.host):
            self._send_ready("2026-03-05")
        self.assertEqual((action.state, len(self.server.requests)), ("unknown", 1))

    def test_a_gateway_taken_away_is_found_out_before_sending(self):
        self._new_gateway("whatsapp")
        self.scenario.step_ids[1].channel = "whatsapp"
        action = self._plan("2026-03-05").action_ids
        self.env["credit.collection.gateway"].search([("medium", "=", "whatsapp")]).active = False
        self._send_ready("2026-03-05")
        self.assertEqual((action.state, action.reason), ("skipped", "No usable address for the next step"))


@tagged("post_install", "-at_install")
class TestAutomation(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server_action = cls.env["ir.actions.server"].create(
            {
                "name": "Tell sales",
                "model_id": cls.env["ir.model"]._get_id("credit.collection.debtor"),
                "state": "code",
                "code": "record.message_post(body='Please stop deliveries')",
            }
        )
        cls.scenario.step_ids[1].write({"channel": "automation", "server_action_id": cls.server_action.id})
        cls.move = cls._new_invoice("2026-03-01")

    def test_a_step_sets_off_whatever_else_odoo_can_do(self):
        action = self._plan("2026-03-05").action_ids
        self._send_ready("2026-03-05")
        self.assertEqual(action.state, "sent")
        self.assertIn("Please stop deliveries", action.debtor_id.message_ids[0].body)
        self.assertEqual(self._standing(self.move, "2026-03-05")["level"], 2)

    def test_the_customer_has_not_heard_of_it(self):
        self.scenario.step_ids[2].offset_days = 5
        self._plan("2026-03-05")
        self._send_ready("2026-03-05")
        self.assertEqual(self._standing(self.move, "2026-03-06")["standing"], "due", "no interval to keep")

    def test_one_that_breaks_leaves_nothing_half_done(self):
        self.server_action.code = "record.message_post(body='Half')\nraise ValueError('broken')"
        action = self._plan("2026-03-05").action_ids
        with mute_logger(
            "odoo.addons.credit_collection.models.credit_collection_action_send", "odoo.addons.base.models.ir_actions"
        ):
            self._send_ready("2026-03-05")
        self.assertEqual(action.state, "unknown")
        self.assertNotIn("Half", " ".join(action.debtor_id.message_ids.mapped("body")))

    def test_only_system_administrators_choose_it(self):
        step = self.scenario.step_ids[1]
        with self.assertRaises(AccessError):
            step.with_user(self.manager).server_action_id = False
        with self.assertRaises(AccessError):
            step.with_user(self.manager).read(["server_action_id"])

    def test_a_step_without_one_cannot_be_switched_on(self):
        self.scenario.step_ids[1].server_action_id = False
        with self.assertRaisesRegex(UserError, "server action"):
            self.scenario._turn_on()

    def test_a_step_whose_text_lacks_the_part_cannot_be_switched_on(self):
        self.scenario.step_ids[1].channel = "sms"
        with self.assertRaisesRegex(UserError, "Short text"):
            self.scenario._turn_on()


@tagged("post_install", "-at_install")
class TestTwoHundred(CollectionCommon):
    def test_one_broken_text_among_200_customers_stops_nobody_else(self):
        broken = self.text.copy({"name": "Broken"})
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE credit_collection_template SET body = '{"en_US": "<p>{nonsense}</p>"}' WHERE id = %s""",
            [broken.id],
        )
        self.env.invalidate_all()
        customers = [self._new_customer(f"Customer {number:03}") for number in range(200)]
        for customer in customers:
            self._new_invoice("2026-03-01", partner=customer)
        actions = self._plan("2026-03-05").action_ids
        actions[77].sudo().template_id = broken
        with mute_logger("odoo.addons.credit_collection.models.credit_collection_action_send"):
            mails = self._send("2026-03-05")
        self.assertEqual((len(actions), len(mails)), (200, 199))
        self.assertEqual(actions.filtered(lambda action: action.state == "failed"), actions[77])
        self.assertIn("nonsense", actions[77].reason)


@tagged("post_install", "-at_install")
class TestLink(CollectionCommon, HttpCase):
    def _action(self):
        self._new_invoice("2026-03-01")
        action = self._plan("2026-03-05").action_ids
        return action

    def test_a_short_address_leads_to_the_customer_s_page_and_tells_nobody_where_from(self):
        action = self._action()
        answer = self.url_open(f"/c/{action._get_link_code()}", allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(f"/my/collection/{action.debtor_id.id}"))
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", answer.headers["X-Robots-Tag"])
        self.assertLessEqual(len(action._get_link_code()), 16)

    def test_one_that_was_guessed_or_is_over_leads_nowhere(self):
        action = self._action()
        code = action._get_link_code()
        wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
        for path in (wrong, "2-2222222222", "x", code.partition("-")[0]):
            self.assertEqual(self.url_open(f"/c/{path}").status_code, 403, path)
        with freeze_time("2026-03-05"):
            action._set_sending()
            action._set_sent(DAY("2026-03-05"))
        with freeze_time("2026-04-03"):
            self.assertEqual(action._find_by_link(code), action)
        with freeze_time("2026-04-05"):
            debtor, __, state = action.debtor_id._read_page_token(action._find_by_link(code)._sign_link_token())
            self.assertEqual((debtor, state), (action.debtor_id, "expired"))
        # It is over: a new link can be asked for, and no page is seen.
        action.sent_at = fields.Datetime.now() - timedelta(days=31)
        answer = self.url_open(f"/c/{code}")
        self.assertEqual(answer.status_code, 403)
        self.assertIn("This link has ended", answer.text)
        self.assertNotIn(action.line_ids.reference, answer.text)
        self.assertEqual(self.url_open(f"/my/collection/{action.debtor_id.id}").status_code, 403)
        action.sent_at = fields.Datetime.now() - timedelta(days=366)
        self.assertFalse(action._find_by_link(code))


@tagged("post_install", "-at_install")
class TestTexts(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.templates = cls.env["credit.collection.template"]

    def _new(self, **values):
        return self.templates.create({"name": "Test", "subject": "Hello", "body": "<p>{amount}</p>", **values})

    def test_a_friendly_or_firm_text_threatens_nothing(self):
        for tone, words in (
            ("friendly", "Otherwise we shall go to court."),
            ("firm", "Our lawyer will write to you."),
            ("formal", "We shall tell your employer."),
        ):
            with self.assertRaisesRegex(ValidationError, "nothing is threatened"):
                self._new(tone=tone, body=f"<p>{words}</p>")
        self._new(tone="formal", body="<p>We shall refer the claim to the court.</p>")

    def test_threats_are_found_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self._new()
        with self.assertRaisesRegex(ValidationError, "tribunal"):
            template.with_context(lang="fr_FR").body = "<p>Nous saisirons le tribunal.</p>"
        template = self._new()
        with self.assertRaisesRegex(ValidationError, "there is no placeholder {montant}"):
            template.update_field_translations("subject", {"fr_FR": "{montant}"})

    def test_a_text_with_nothing_in_it_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "is empty"):
            self._new(body=False)
        with self.assertRaisesRegex(ValidationError, "no subject"):
            self._new(subject=False)

    def test_a_wording_needs_its_text_and_its_reason(self):
        with self.assertRaisesRegex(ValidationError, "needs both"):
            self._new(variant_of_id=self._new().id)

    def test_a_paragraph_added_in_english_takes_the_whole_text_back_to_the_fallback(self):
        """Html is translated paragraph by paragraph: the new one would stand in English among French ones."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["credit_collection"], ["fr_FR"])
        self.env.company.partner_id.lang = "en_US"
        template = self.env.ref("credit_collection.credit_collection_template_friendly_first")
        self.assertEqual(template._get_language("fr_FR", self.env.company, "body"), "fr_FR")
        template.body += "<p>By the way, our office is closed on Friday.</p>"
        self.assertEqual(template._get_language("fr_FR", self.env.company, "body"), "en_US")

    def test_a_language_without_the_whole_text_gets_the_fallback_entirely(self):
        """Subject translated, body not: neither is used."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["res.lang"]._activate_lang("it_IT")
        template, company = self._new(body="<p>Please pay {amount}.</p>"), self.env.company
        company.partner_id.lang = "en_US"
        template.with_context(lang="fr_FR").subject = "Bonjour"
        self.assertEqual(template._get_language("fr_FR", company, "body"), "en_US")
        term = "Please pay {amount}."
        template.update_field_translations("body", {"fr_FR": {term: "Merci de régler {amount}."}})
        self.assertEqual(template._get_language("fr_FR", company, "body"), "fr_FR")
        template.with_context(lang="it_IT").subject = "Ciao"
        template.update_field_translations("body", {"it_IT": {term: "Paghi {amount}."}})
        self.assertEqual(template._get_language("it_IT", company, "body"), "en_US", "the words around it are missing")
        company.collection_lang = "fr_FR"
        self.assertEqual(template._get_language("it_IT", company, "body"), "fr_FR")
        self.assertEqual(template._get_language(False, company, "body"), "fr_FR")
