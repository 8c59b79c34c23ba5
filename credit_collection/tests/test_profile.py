from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import DAY, CollectionCommon


@tagged("post_install", "-at_install")
class TestProfile(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fast = cls._new_scenario([(1, "friendly")], on=True, name="Fast")
        profile = cls.env["credit.collection.profile"]
        cls.public = profile.create({"name": "Public", "sequence": 1, "domain": "[('collection_kind', '=', 'public')]"})
        cls.rest = profile.create({"name": "Rest", "sequence": 2, "domain": "[]", "scenario_id": cls.fast.id})

    def test_the_first_rule_that_fits_wins_and_says_why(self):
        office = self._new_customer("Town Hall", collection_kind="public")
        self._new_invoice("2026-03-01", partner=office)
        self._new_invoice("2026-03-01")
        self._plan("2026-03-02")
        self.assertEqual(self._debtor(office).profile_id, self.public)
        self.assertEqual(self._debtor().profile_id, self.rest)
        self.assertIn("Rule 1", self._debtor(office).profile_reason)
        self.assertIn("collection_kind", self._debtor(office).profile_reason)
        rule = self.public.domain
        self.public.domain = "[('name', '=', 'Nobody')]"
        self.assertEqual(self._debtor(office).profile_rule, rule, "the reason is kept as it stood")
        self._plan("2026-03-03")
        self.assertEqual(self._debtor(office).profile_id, self.rest)

    def test_a_pinned_profile_stays(self):
        debtor = self._debtor()
        debtor.with_user(self.collector).write(
            {"profile_id": self.public.id, "profile_pin_reason": "They asked for it"}
        )
        self.assertTrue(debtor.profile_pinned)
        self._new_invoice("2026-03-01")
        self._plan("2026-03-02")
        self.assertEqual(debtor.profile_id, self.public)
        self.assertIn("They asked for it", debtor.profile_reason)
        debtor.with_user(self.collector).action_unpin_profile()
        self.assertEqual(debtor.profile_id, self.rest)

    def test_two_profiles_remind_on_different_days(self):
        self.public.scenario_id = self.scenario
        office = self._new_customer("Town Hall", collection_kind="public")
        early, late = self._new_invoice("2026-03-01"), self._new_invoice("2026-03-01", partner=office)
        self.assertEqual(self._standing(early, "2026-03-01")["step_date"], DAY("2026-03-02"))
        self.assertEqual(self._standing(late, "2026-03-01")["step_date"], DAY("2026-03-05"))

    def test_invoice_goes_before_debtor_before_profile_before_company(self):
        move = self._new_invoice("2026-03-01")
        named = {
            name: self._new_scenario([(2, "friendly")], name=name)
            for name in ("Company", "Profile", "Debtor", "Invoice")
        }
        self.rest.scenario_id = False
        self.company.collection_scenario_id = named["Company"]
        steps = [
            ("Company", lambda: None),
            ("Profile", lambda: self.rest.write({"scenario_id": named["Profile"].id})),
            ("Debtor", lambda: self._debtor().write({"scenario_id": named["Debtor"].id})),
            ("Invoice", lambda: move.write({"collection_scenario_id": named["Invoice"].id})),
        ]
        for name, apply in steps:
            apply()
            self.assertEqual(self._standing(move, "2026-03-05")["scenario_id"], named[name].id)

    def test_a_rule_that_cannot_be_read_is_refused(self):
        for domain in ("[('no_such_field', '=', 1)]", "nonsense(", "[('name', '=')]"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.rest.domain = domain

    def test_turning_on_is_a_deliberate_act_with_a_preview(self):
        scenario = self._new_scenario([(1, "friendly")], name="Quiet")
        self.rest.scenario_id = scenario
        move = self._new_invoice("2026-01-01")
        action = scenario.with_user(self.manager).action_preview()
        run = self.env["credit.collection.run"].browse(action["res_id"]).with_user(self.manager)
        self.assertFalse(scenario.is_on)
        self.assertEqual((run.state, run.message_count, run.amount), ("proposal", 1, 1000))
        self.assertIn("1,000.00", run.action_ids.preview)
        with self.assertRaisesRegex(UserError, "on first"):
            run.action_confirm()
        run.action_turn_on()
        self.assertTrue(scenario.is_on)
        run.action_confirm()
        self.assertEqual(run.action_ids.state, "planned")
        scenario.with_user(self.manager).action_turn_off()
        self.assertEqual(run.action_ids.state, "cancelled")
        self.assertEqual(self._standing(move, "2026-03-05")["standing"], "scenario_off")

    def test_a_scenario_without_text_cannot_be_switched_on(self):
        scenario = self._new_scenario([(1, "friendly")])
        scenario.step_ids.template_id = False
        with self.assertRaisesRegex(UserError, "step 1. friendly .1 needs a text"):
            scenario.with_user(self.manager).action_preview()

    def test_a_ladder_only_becomes_firmer_and_later(self):
        for changes in ({"tone": "friendly", "level": 9}, {"offset_days": 1, "level": 9, "tone": "formal"}):
            with self.subTest(changes=changes), self.assertRaises(ValidationError):
                self.scenario.step_ids[1].copy({"level": 9, **changes})

    def test_a_misspelt_placeholder_is_refused_on_saving(self):
        with self.assertRaisesRegex(ValidationError, "amout"):
            self.text.body = "<p>{amout}</p>"

    def test_a_channel_that_a_person_serves_is_never_automatic(self):
        with self.assertRaisesRegex(ValidationError, "Task for a person"):
            self.scenario.step_ids[1].channel = "phone"
