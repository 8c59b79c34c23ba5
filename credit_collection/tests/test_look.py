"""What people read on the screens: which message, which invoice, and nothing that stands in the way of a phone."""

from lxml import etree
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .common import CollectionCommon
from .test_browser import WAIT, BrowserCommon


@freeze_time("2026-03-05 09:00:00")
@tagged("post_install", "-at_install")
class TestLook(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._new_user("seller", "base.group_user")

    def _dialog(self, record, user):
        """Press “Something is wrong” as ``user``."""
        action = record.with_user(user).action_report_collection_remark()
        return Form(self.env[action["res_model"]].with_user(user).with_context(**action["context"]))

    def _report(self, numbers):
        with self._dialog(self.customer, self.seller) as form:
            form.text, form.numbers = "They say it came broken", numbers
        form.record.action_report()
        return self.env["credit.collection.remark"].search([], limit=1).line_ids.move_id

    # === WHICH MESSAGE === #

    def test_a_message_beside_the_ladder_says_what_it_is_where_others_name_their_step(self):
        self._new_invoice("2026-03-01")
        reminder = self._plan("2026-03-05").action_ids.with_user(self.collector)
        self.assertEqual(reminder.step_label, reminder.step_id.display_name)
        debtor, actions = self._debtor(), self.env["credit.collection.action"]
        labels = dict(actions._fields["purpose"]._description_selection(self.env))
        for purpose in ("thanks", "dispute_received", "dispute_outcome", "promise"):
            message = actions._create_beside(purpose, debtor).with_user(self.collector)
            self.assertEqual((message.step_label, message.step_id.id), (labels[purpose], False))
        arch = etree.fromstring(actions.with_user(self.collector).get_view(view_type="list")["arch"])
        self.assertEqual(arch.find(".//field[@name='step_label']").get("string"), "Step")

    # === WHICH INVOICE === #

    def test_three_digits_are_enough_where_one_invoice_ends_so(self):
        first, __ = self._new_invoice("2026-02-20", name="INV/2026/00213"), self._new_invoice("2026-02-21")
        self.assertEqual(self._report("213"), first)

    def test_three_digits_that_fit_several_invoices_name_them_and_two_are_too_few(self):
        for number in ("INV/2026/00213", "INV/2026/01213"):
            self._new_invoice("2026-02-20", name=number)
        with self.assertRaisesRegex(UserError, "213 fits several invoices: .*00213.* Write more"):
            self._report("213")
        with self.assertRaisesRegex(UserError, "at least the last three digits"):
            self._report("13")
        self.assertEqual(self._report("0213").name, "INV/2026/00213")

    def test_the_dialog_names_the_invoice_from_which_it_was_opened_to_whoever_may_read_it(self):
        move = self._new_invoice("2026-02-20")
        form = self._dialog(move, self.accountant)
        self.assertEqual(form.invoice_name, move.name)
        self.assertFalse(self._dialog(self.customer, self.accountant).invoice_name)
        wizards = self.env["credit.collection.remark.report"].with_user(self.seller)
        self.assertFalse(wizards.new({"partner_id": self.customer.id, "invoice_id": move.id}).invoice_name)

    # === WHAT IS OVER === #

    def test_what_was_judged_holds_until_no_day_any_more(self):
        view = self.env["credit.collection.remark"].with_user(self.collector).get_view(view_type="form")
        hidden = etree.fromstring(view["arch"]).find(".//field[@name='date_until']").get("invisible")
        self.assertEqual(hidden, "state != 'open' or expired", "neither where it is judged nor where it holds nothing")


@tagged("post_install", "-at_install")
class TestLookDesk(BrowserCommon):
    def test_an_amount_that_nobody_named_is_empty_and_one_that_is_typed_is_kept(self):
        self._debtor()
        remark = self.env["credit.collection.remark"]._report(
            self._debtor(), "We shall look into it", self._item(self.move), user=self.manager
        )
        self.assertFalse(remark.promise_amount)
        self._look(
            "credit_collection_remark_action",
            """
            (await text('.o_data_row', 'look into it')).querySelector('.o_data_cell').click();
            const input = await until('the amount', () => document.querySelector('[name=promise_amount] input'));
            if (input.value !== '') { throw new Error(`the amount reads ${input.value}`); }
            input.focus();
            input.value = '12.50';
            input.dispatchEvent(new Event('input', {bubbles: true}));
            input.dispatchEvent(new Event('change', {bubbles: true}));
            const buttons = await until('unsaved', () =>
                document.querySelector('.o_form_status_indicator_buttons:not(.invisible)'));
            buttons.querySelector('.o_form_button_save').click();
            await until('saved', () => document.querySelector('.o_form_status_indicator_buttons.invisible'));
            """,
        )
        self.env.invalidate_all()
        self.assertEqual(remark.promise_amount, 12.5)

    def _ask_all(self):
        """A promise, a plan and an outcome that a collector may not agree to; one invoice each."""
        debtor, today = self._debtor().with_user(self.collector), self._debtor()._get_today()
        items = [self._item(self._new_invoice("2026-03-01", 9000)).with_user(self.collector) for __ in range(3)]
        later = today.replace(year=today.year + 1, day=1)
        promise = debtor.env["credit.collection.promise"]._make(debtor, items[0], 500, later)
        plan = debtor.env["credit.collection.plan"]._propose(debtor, items[1], count=2, first=later)
        plan._accept()
        dispute = debtor.env["credit.collection.dispute"].create(
            {
                "debtor_id": debtor.id,
                "reason_id": self.env["credit.collection.dispute.reason"].create({"name": "Price"}).id,
                "line_ids": [Command.create({"move_line_id": items[2].id, "amount": 900})],
            }
        )
        dispute._settle("credit", "Sorry", amounts={dispute.line_ids: 900})
        return promise, plan, dispute

    def test_the_banner_of_an_approval_is_one_paragraph(self):
        self.company.collection_credit_limit_user = 100
        documents = self._ask_all()
        documents[0].with_user(self.manager)._refuse("They broke two promises, and the third is three months away")
        for document in documents:
            refused = document.approval_state == "refused"
            with self.subTest(document._name):
                self.browser_js(
                    f"/odoo/{document._name}/{document.id}",
                    f"""(async () => {{ {WAIT}
                    const selector = '.alert [name={"refusal" if refused else "approval_reason"}]';
                    const reason = await until('why', () => document.querySelector(selector));
                    const box = reason.closest('.alert').getBoundingClientRect();
                    const own = reason.getBoundingClientRect();
                    const title = reason.closest('.alert').querySelector('strong').getBoundingClientRect();
                    if (own.width < 0.9 * (box.width - 48)) {{ throw new Error(`${{own.width}} of ${{box.width}}`); }}
                    if (title.bottom > own.top + 1) {{ throw new Error('the title is not above'); }}
                    if (title.height > 30) {{ throw new Error(`the title is ${{title.height}} high`); }}
                    console.log('test successful'); }})()
                    .catch((error) => console.error(`failed: ${{error.message}}`));""",
                    "document.querySelector('.o_form_view') && odoo.isReady !== false",
                    login=self.manager.login,
                    timeout=60,
                )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.password = "collection_manager"


@tagged("post_install", "-at_install")
class TestLookPhone(BrowserCommon):
    browser_size = "400x800"

    def test_the_word_in_difficulty_covers_nothing_on_a_phone(self):
        debtor = self._debtor()
        today = debtor._get_today()
        debtor.sudo().write(
            {"difficulty_from": today, "difficulty_until": today.replace(year=today.year + 1, day=1),
             "difficulty_reason": "Short of money"}
        )  # fmt: skip
        self._look(
            "credit_collection_debtor_action",
            """
            const row = await text('.o_data_row, .o_kanban_record', 'Albatros SARL');
            row.querySelector('.o_data_cell, .fw-bold').click();
            const word = await text('.o_form_view .badge', 'In difficulty');
            if (document.querySelector('.o_form_view .ribbon')) { throw new Error('a ribbon'); }
            const own = word.getBoundingClientRect();
            if (!own.width || own.right > window.innerWidth) { throw new Error('it does not fit'); }
            for (const other of document.querySelectorAll('.o_form_view .oe_stat_button, .o_form_view h1')) {
                const box = other.getBoundingClientRect();
                const beside = own.left >= box.right || box.left >= own.right;
                if (box.width && !beside && own.top < box.bottom && box.top < own.bottom) {
                    throw new Error(`it covers ${other.textContent}`);
                }
            }
            """,
        )
