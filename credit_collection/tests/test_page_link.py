"""What becomes of links: when customers are merged, when the contact is gone, when the time is over."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..controllers import page
from .page_common import PageCommon


@tagged("post_install", "-at_install")
class TestPageLink(PageCommon):
    def _code_of(self, debtor, days_ago=0):
        """Return the short address of a message that was sent so long ago."""
        moment = fields.Datetime.now() - timedelta(days=days_ago)
        return f"/c/{self._message(debtor_id=debtor.id, sent_at=moment)._get_link_code()}"

    def _link_of(self, debtor, contact):
        return debtor._get_page_link(contact)[len(debtor.get_base_url()) :]

    def _follow(self, path):
        return self.url_open(path, allow_redirects=True)

    def _third(self):
        return self.env["credit.collection.debtor"]._get_or_create(self._new_customer("Third Ltd"), self.company)

    def _revoke(self, debtor, times=1):
        for __ in range(times):
            debtor.with_user(self.collector).action_revoke_links()

    # === CUSTOMERS ARE MERGED === #

    @patch.dict(page.LIMITS, refused=(10**6, 60))
    def test_no_revoked_link_of_either_customer_opens_the_joined_account(self):
        for ours, others in ((0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (3, 1)):
            with self.subTest(ours=ours, others=others):
                target, other = self._third(), self._third_beside()
                paths = []
                for debtor, times in ((target, ours), (other, others)):
                    for __ in range(times):
                        paths += [self._code_of(debtor), self._link_of(debtor, self.contact)]
                        self._revoke(debtor)
                target._absorb(other)
                for path in paths:
                    self.authenticate(None, None)
                    response = self._follow(path)
                    self.assertEqual(response.status_code, 403, path)
                    self.assertEqual(self._get(debtor=target).status_code, 403, path)

    def _third_beside(self):
        return self.env["credit.collection.debtor"]._get_or_create(self._new_customer("Fourth Ltd"), self.company)

    def test_links_that_live_lead_to_the_joined_account(self):
        paths = [self._code_of(debtor) for debtor in (self.debtor, self.strange_debtor)]
        paths += [self._link_of(self.debtor, self.contact), self._link_of(self.strange_debtor, self.stranger)]
        # It becomes a part of the other company: its file joins the other's.
        self.stranger.write({"is_company": False, "parent_id": self.customer.id})
        self.assertFalse(self.strange_debtor.exists())
        for path in paths:
            self.authenticate(None, None)
            response = self.url_open(path, allow_redirects=False)
            self.assertTrue(response.headers["Location"].endswith(f"/my/collection/{self.debtor.id}"), path)
            self.assertEqual(self._get().status_code, 200, path)
        self._revoke(self.debtor)
        for path in paths:
            self.authenticate(None, None)
            self.assertEqual(self._follow(path).status_code, 403, path)

    def test_a_link_lives_through_two_mergers_and_dies_with_the_versions(self):
        path = self._link_of(self.strange_debtor, self.stranger)
        second = self._third()
        second._absorb(self.strange_debtor)
        self.debtor._absorb(second)
        self.assertTrue(self._follow(path).url.endswith(f"/my/collection/{self.debtor.id}"))
        last = self._third_beside()
        self._revoke(last)
        last._absorb(self.debtor)
        response = self._follow(path)
        self.assertEqual(response.status_code, 403)
        self.assertIn("not valid any more", self._words(response))
        self.assertGreater(last.link_version, 1, "older than any version that a link was signed with")

    def test_a_link_that_was_revoked_before_the_merger_is_called_so(self):
        path = self._link_of(self.strange_debtor, self.stranger)
        self._revoke(self.strange_debtor)
        self._revoke(self.debtor)
        self.debtor._absorb(self.strange_debtor)
        self.assertIn("not valid any more", self._words(self._follow(path)))

    def test_an_ended_link_of_an_absorbed_account_brings_a_new_one(self):
        link = self.strange_debtor._get_page_link(self.stranger, -1)[len(self.debtor.get_base_url()) :]
        # It becomes a part of the other company: its file joins the other's.
        self.stranger.write({"is_company": False, "parent_id": self.customer.id})
        self.assertFalse(self.strange_debtor.exists())
        self.assertIn("This link has ended", self._words(self._follow(link)))
        self.assertIn("on its way", self._words(self._ask_for_link()))
        self.assertEqual(self.debtor.action_ids.contact_id, self.stranger)

    def test_the_meeting_is_taken_over(self):
        moment = fields.Datetime.now() + timedelta(days=1)
        self.strange_debtor.write({"meeting_link": "https://meet.example/x", "meeting_at": moment})
        self.debtor._absorb(self.strange_debtor)
        self.assertEqual((self.debtor.meeting_link, self.debtor.meeting_at), ("https://meet.example/x", moment))

    # === THE CONTACT IS GONE === #

    def test_the_link_of_a_contact_who_was_deleted_is_the_customer_s(self):
        self._enter()
        self.contact.unlink()
        for path in ("", "/pay", "/answers", "/messages", "/preferences", "/call", "/contact"):
            with self.subTest(path):
                self.assertEqual(self._get(path).status_code, 200)
        answer = self._post("/contact", name="Jean Petit", email="jean@albatros.example")
        self.assertEqual(answer.status_code, 303)
        self.assertIn(f"Told by: {self.customer.name}", self.debtor.remark_ids.text)
        self.assertEqual(self.debtor.action_ids.contact_id, self.customer)

    # === THE TIME IS OVER === #

    def test_the_short_link_of_an_old_message_brings_a_new_one(self):
        path = self._code_of(self.debtor, days_ago=40)
        response = self._follow(path)
        self.assertEqual(response.status_code, 403)
        self.assertIn("This link has ended", self._words(response))
        self.assertNotIn(self.move.name, response.text)
        self.assertIn("on its way", self._words(self._ask_for_link()))
        self._revoke(self.debtor)
        self.assertNotIn("This link has ended", self._words(self._follow(path)))

    def test_the_short_link_of_a_very_old_message_is_unknown(self):
        response = self._follow(self._code_of(self.debtor, days_ago=366))
        self.assertEqual(response.status_code, 403)
        self.assertNotIn("This link has ended", self._words(response))

    # === A NEW LINK === #

    def _check_not_sent(self):
        response = self._ask_for_link()
        words = self._words(response)
        self.assertEqual(response.status_code, 403)
        self.assertNotIn("on its way", words)
        self.assertIn("We cannot send you a new link", words)
        for way in (self.company.name, "books@company.example", "+33 1 00 00 00 01"):
            self.assertIn(way, words)
        for address in (self.customer.email, "claire@albatros.example"):
            self.assertNotIn(address, response.text)
        self.assertFalse(self.debtor.action_ids)

    def test_a_new_link_goes_to_nobody_else(self):
        self.company.phone = "+33 1 00 00 00 01"
        self.assertTrue(self.customer.email_normalized, "somebody else could be written to")
        self._enter(days=-1)
        email, self.contact.email = self.contact.email, False
        self._check_not_sent()
        self.contact.write({"email": email})
        self.contact.unlink()
        self._check_not_sent()

    def test_no_new_link_comes_where_e_mail_is_closed(self):
        self.company.phone = "+33 1 00 00 00 01"
        self._enter(days=-1)
        self.env["credit.collection.optout"].create({"debtor_id": self.debtor.id, "channel": "email"})
        self._check_not_sent()

    # === HOW OFTEN === #

    def _begin_payment(self):
        """Ask for a payment of nothing that was chosen."""
        return self.url_open(
            f"/my/collection/{self.debtor.id}/pay/x/transaction",
            data=json.dumps({"jsonrpc": "2.0", "params": {}}),
            headers={"Content-Type": "application/json"},
        )

    def test_looking_and_paying_use_up_no_answers(self):
        self._enter()
        with patch.dict(page.LIMITS, {"answer": (0, 3600)}):
            self.assertEqual(self._post("/seen").status_code, 204)
            self.assertNotIn("429", self._begin_payment().text)
            self.assertEqual(self._post("/pay").status_code, 422)
            self.assertEqual(self._post("/contact").status_code, 429)

    def test_looking_and_paying_have_limits_of_their_own(self):
        self._enter()
        with patch.dict(page.LIMITS, dict.fromkeys(("seen", "payment", "choice"), (0, 3600))):
            self.assertEqual(self._post("/seen").status_code, 429)
            self.assertIn("429", self._begin_payment().text)
            self.assertEqual(self._post("/pay").status_code, 429)
            self.assertEqual(self._post("/contact").status_code, 422)
