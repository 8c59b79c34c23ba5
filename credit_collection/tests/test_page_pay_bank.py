"""The bank transfer on the customer's page: what a bank of that country asks for, and has room for."""

from odoo.tests import freeze_time, tagged

from .test_page_pay import NOW, PayCommon

BRITISH = "GB29NWBK60161331926819"
FRENCH = "FR7630006000011234567890189"


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestPagePayBank(PayCommon):
    def _bank(self, number, *moves):
        bank = self.env["res.partner.bank"].create({"acc_number": number, "partner_id": self.company.partner_id.id})
        for move in moves:
            move.partner_bank_id = bank
        return bank

    def _transfer(self, *moves):
        rows = [row for row in self.debtor._get_pay_rows() if row["move"] in moves]
        return self.debtor._get_transfers([(row, row["payable"]) for row in rows])[0]

    def test_a_british_account_has_its_sort_code(self):
        self._bank(BRITISH, self.move)
        self._enter()
        page = self._get(f"/pay/{self._choice({self.move: '1000'})}")
        words = self._words(page)
        self.assertIn("Sort code 60-16-13 Account number 31926819 IBAN", words)
        self.assertIn(f'data-copy="{BRITISH}"', page.text)
        self.assertIn('data-copy="1000.00"', page.text)
        self._bank(FRENCH, self.move)
        words = self._words(self._get(f"/pay/{self._choice({self.move: '1000'})}"))
        self.assertNotIn("Sort code", words)

    def test_a_british_bank_has_room_for_eighteen_signs(self):
        third = self._new_invoice("2026-03-12", 80)
        moves = self.move | self.second | third
        self._bank(BRITISH, *moves)
        transfer = self._transfer(*moves)
        self.assertEqual(transfer["reference"], self.move.name)
        self.assertEqual(transfer["unnamed"], [self.second.name, third.name])
        self._enter()
        words = self._words(self._get(f"/pay/{self._choice(dict.fromkeys(moves, '80'))}"))
        self.assertRegex(words, rf"tell us by e-mail to \S+ that the payment is also for {self.second.name}")

    def test_one_invoice_s_reference_fits_as_well(self):
        self._bank(BRITISH, self.move)
        self.move.payment_reference = "RF18 5390 0754 7034 0000 0000"
        self.assertEqual(self._transfer(self.move)["reference"], self.move.name)
        self.move.payment_reference = "A-1"
        self.assertEqual(self._transfer(self.move)["reference"], "A-1")
        self.move.name = "LONGPREFIX/2026/01/000001"
        self.move.payment_reference = False
        reference = self._transfer(self.move)["reference"]
        self.assertEqual((len(reference), reference[-7:]), (18, "/000001"))

    def test_others_have_room_for_a_hundred_and_forty(self):
        self._bank(FRENCH, self.move, self.second)
        transfer = self._transfer(self.move, self.second)
        self.assertEqual((transfer["reference"], transfer["unnamed"]), (f"{self.move.name} {self.second.name}", []))
        bank = self.move.partner_bank_id
        moves = [self._new_invoice("2026-03-12", 10 + number, partner_bank_id=bank.id) for number in range(12)]
        transfer = self._transfer(*moves)
        self.assertLessEqual(len(transfer["reference"]), 140)
        self.assertEqual(transfer["reference"].split(" ") + transfer["unnamed"], [move.name for move in moves])
        self.assertTrue(transfer["unnamed"])

    def test_the_code_can_be_saved_where_it_is_to_be_scanned(self):
        euro = self.setup_other_currency("EUR", rates=[("2026-01-01", 0.5)])
        move = self._new_invoice("2026-03-03", 100, currency_id=euro.id)
        self._bank(FRENCH, move)
        self._enter()
        page = self._get(f"/pay/{self._choice({move: '100'})}")
        self.assertIn("Save the picture", self._words(page))
        self.assertRegex(page.text, r'<a [^>]*download="transfer.png"')
