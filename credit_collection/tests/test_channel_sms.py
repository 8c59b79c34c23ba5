"""Text messages and WhatsApp: numbers, lengths, providers that answer, refuse or break, reports that come later."""

from unittest.mock import patch

from odoo.addons.sms.tools.sms_api import SmsApiBase
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CollectionCommon


class FakeProvider(SmsApiBase):
    """Records what it is asked to send, and answers what it is told to."""

    PROVIDER_TO_SMS_FAILURE_TYPE = SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE | {"insufficient_credit": "sms_credit"}
    sent, answer, error = [], "success", None

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        if FakeProvider.error:
            raise FakeProvider.error
        for message in messages:
            for number in message["numbers"]:
                FakeProvider.sent.append((self.company, number["number"], message["content"]))
        return [{"uuid": number["uuid"], "state": FakeProvider.answer}
                for message in messages for number in message["numbers"]]  # fmt: skip


@tagged("post_install", "-at_install")
class TestChannelSms(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.phone = "06 12 34 56 78"
        cls.customer.country_id = cls.env.ref("base.fr")
        cls.text.short_text = "{company}: {invoice} ({amount}) was due {due_date}. {short_link} {direct_line}"
        cls.scenario.step_ids[1].channel = "sms"
        cls.company.name = "Beaumont"

    def setUp(self):
        super().setUp()
        FakeProvider.sent, FakeProvider.answer, FakeProvider.error = [], "success", None
        provider = patch.object(self.env.registry["res.company"], "_get_sms_api_class", lambda company: FakeProvider)
        self.startPatcher(provider)
        self._new_invoice("2026-03-01")

    def _leave(self):
        action = self._plan("2026-03-05").action_ids
        self._send_ready("2026-03-05")
        return action

    def test_a_text_message_goes_to_the_normalised_number_through_the_company_s_provider(self):
        action = self._leave()
        ((company, number, text),) = FakeProvider.sent
        self.assertEqual((company, number), (self.company, "+33612345678"))
        self.assertTrue(text.startswith("Beaumont: invoice INV/2026/00001 ($ 1,000.00) was due 1 Mar. http"), text)
        self.assertEqual((action.state, action.delivery_state, action.phone_to), ("sent", "accepted", "+33612345678"))
        self.assertEqual(self._standing(action.line_ids.move_id, "2026-03-05")["level"], 2)
        self.assertFalse(self.env["sms.sms"].search([("state", "=", "outgoing")]), "nothing for core's queue")
        self.assertIn("Text message to +33612345678", action.debtor_id.message_ids[0].body)

    def test_the_length_is_told_with_the_character_that_makes_it_dear(self):
        action = self._plan("2026-03-05").action_ids
        self.assertRegex(action.sms_length, r"^\d+ characters, 1 part\(s\)$")
        self.customer.name = "Forêt"
        self.text.short_text = "{debtor} {short_link}"
        action.invalidate_recordset()
        self.assertIn("ê leaves only 70 characters", action.sms_length)
        self.assertIn("ê leaves only 70 characters", self.text.short_preview)

    def test_a_text_is_typed_with_the_preview_beside_it(self):
        self._plan("2026-03-05")
        with Form(self.text.with_user(self.manager)) as form:
            form.short_text = "{company}: {amount}, {short_link}"
        self.assertIn("1 part(s)", self.text.short_preview)

    def test_no_space_of_an_amount_makes_a_message_dear(self):
        self.customer.lang = "en_US"
        action = self._leave()
        self.assertNotIn("\N{NO-BREAK SPACE}", action.short_text)

    def test_a_landline_gets_no_text_message(self):
        self.customer.phone = "01 44 55 66 77"
        self.text.body = False
        self.assertEqual(self.customer.collection_phone_kind, "fixed")
        move = self.env["account.move"].search([("partner_id", "=", self.customer.id)])
        standing = self._standing(move, "2026-03-05")
        self.assertEqual((standing["standing"], standing["channel"]), ("due", "phone"), "it is called instead")

    def test_no_credit_at_the_provider_is_tried_again_under_the_same_key(self):
        FakeProvider.answer = "insufficient_credit"
        action = self._leave()
        self.assertEqual((action.state, action.tries), ("retry", 1))
        key = action.message_key
        FakeProvider.answer = "success"
        action.next_try = "2026-03-05"
        self._send_ready("2026-03-05")
        self.assertEqual((action.state, action.message_key), ("sent", key))
        self.assertEqual(len(self.env["sms.tracker"].search([("sms_uuid", "=", key)])), 1)

    def test_a_number_that_the_provider_refuses_fails_for_good(self):
        FakeProvider.answer = "wrong_number_format"
        action = self._leave()
        self.assertEqual((action.state, action.reason), ("failed", "Wrong Number Format"))

    def test_a_provider_that_breaks_leaves_the_question_to_a_person(self):
        FakeProvider.error = TimeoutError("no answer in time")
        with mute_logger(
            "odoo.addons.credit_collection.models.credit_collection_channel_sms", "odoo.addons.sms.models.sms_sms"
        ):
            action = self._leave()
        self.assertEqual((action.state, action.reason), ("unknown", "no answer in time"))
        self.assertEqual(FakeProvider.sent, [])
        self.assertFalse(self.env["sms.sms"].search([]), "core's queue would send it by itself")

    def test_a_server_error_may_have_left(self):
        FakeProvider.answer = "server_error"
        self.assertEqual(self._leave().state, "unknown")

    def test_a_delivery_report_is_kept_on_the_action(self):
        action = self._leave()
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", action.message_key)])
        tracker._action_update_from_sms_state("sent")
        tracker._action_update_from_sms_state("sent")
        self.assertEqual(action.delivery_state, "delivered")

    def test_a_number_that_does_not_exist_is_passed_over_from_then_on(self):
        action = self._leave()
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", action.message_key)])
        tracker._action_update_from_provider_error("invalid_destination")
        self.assertEqual((action.state, action.delivery_state, action.bounced), ("sent", "undelivered", True))
        self.assertEqual(self.customer.collection_bounced_phone, "+33612345678")
        self.assertEqual(action.debtor_id.activity_ids.user_id, self.collector)
        self.scenario.step_ids[2].channel = "sms"
        move = action.line_ids.move_id
        self.assertEqual(self._standing(move, "2026-03-20")["channel"], "email")
        self.customer.phone = "06 98 76 54 32"
        self.assertEqual(self._standing(move, "2026-03-20")["channel"], "sms")

    def test_a_telephone_that_is_off_today_keeps_its_number(self):
        action = self._leave()
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", action.message_key)])
        tracker._action_update_from_provider_error("expired")
        self.assertEqual(action.delivery_state, "undelivered")
        self.assertFalse(self.customer.collection_bounced_phone)

    def test_who_answers_stop_closes_the_channel_and_not_the_debt(self):
        action = self._leave()
        for __ in range(2):
            action._set_delivery("optout")
        self.assertEqual(action.debtor_id.optout_ids.mapped("channel"), ["sms"])
        self.scenario.step_ids[2].channel = "sms"
        standing = self._standing(action.line_ids.move_id, "2026-03-20")
        self.assertEqual((standing["standing"], standing["channel"]), ("due", "email"))
