"""How often somebody may ask: counted exactly, also when many ask at once, and by whom."""

import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.sql_db import db_connect
from odoo.tests import tagged

from ..tools.addresses import get_network
from .common import CollectionCommon

THREADS, EACH, MOST = 6, 5, 10


@tagged("post_install", "-at_install")
class TestPageRate(CollectionCommon):
    def setUp(self):
        super().setUp()
        # Counted in a transaction of its own, which a test sees and takes back.
        context = self.enter_registry_test_mode()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.hits = self.env["credit.collection.hit"]

    def _take(self, who, scope="address", most=1):
        return self.hits._take(scope, who, most, 60)

    def test_a_hit_counts_for_its_time_only(self):
        self.assertEqual([self._take("me", most=2) for __ in range(4)], [True, True, False, False])
        self.assertTrue(self._take("you"))
        self.assertTrue(self._take("me", scope="refused"))
        self.env.cr.execute(
            "UPDATE credit_collection_hit SET moment = %s", [fields.Datetime.now() - timedelta(seconds=60)]
        )
        self.assertEqual([self._take("me", most=2) for __ in range(3)], [True, True, False])
        self.assertFalse(self._take("nobody", most=0))

    def test_what_is_refused_writes_nothing(self):
        self._take("me")
        self.env.cr.execute("SELECT SUM(number), MAX(xmin::text), COUNT(*) FROM credit_collection_hit")
        before = self.env.cr.fetchall()
        self.assertFalse(self._take("me"))
        self.env.cr.execute("SELECT SUM(number), MAX(xmin::text), COUNT(*) FROM credit_collection_hit")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_once_is_once_unless_it_failed(self):
        self.assertEqual([self.hits._take_once("form", "7") for __ in range(2)], [True, False])
        self.hits._forget_once("form", "7")
        self.assertTrue(self.hits._take_once("form", "7"))

    def test_addresses_of_one_network_are_one(self):
        """A household or server has a whole /64 of IPv6 to choose its address from."""
        for scope in ("address", "refused"):
            with self.subTest(scope):
                self.assertTrue(self._take("2001:db8:1:2::1", scope))
                self.assertFalse(self._take("2001:db8:1:2:ffff:ffff:ffff:ffff", scope))
                self.assertTrue(self._take("2001:db8:1:3::1", scope))
                self.assertTrue(self._take("192.0.2.7", scope))
                self.assertFalse(self._take("::ffff:192.0.2.7", scope))
                self.assertTrue(self._take("192.0.2.8", scope))

    def test_only_addresses_are_networks(self):
        self.assertTrue(self._take("2001:db8:1:2::1", "link"))
        self.assertTrue(self._take("2001:db8:1:2::2", "link"))

    def test_what_is_no_address_stays_as_it_is(self):
        self.assertEqual(get_network("fe80::1:2%eth0"), "fe80::/64")
        self.assertEqual(get_network("testclient"), "testclient")
        self.assertEqual(get_network(None), "None")


@tagged("post_install", "-at_install")
class TestPageRateAtOnce(CollectionCommon):
    def test_of_many_at_once_exactly_so_many_go_on(self):
        """On connections of their own, as workers have them."""
        connection = db_connect(self.env.cr.dbname)
        start, taken, failed = threading.Barrier(THREADS), [], []

        def ask():
            try:
                with connection.cursor() as cr:
                    hits = api.Environment(cr, SUPERUSER_ID, {})["credit.collection.hit"]
                    hits._get_key("test", "warm")
                    for __ in range(EACH):
                        start.wait(20)
                        taken.append(hits._take("test", "at once", MOST, 60))
            except Exception as error:  # noqa: BLE001 - of a thread, told below
                failed.append(error)
                start.abort()

        try:
            with patch.object(type(self.env.registry), "cursor", lambda *args, **options: connection.cursor()):
                threads = [threading.Thread(target=ask) for __ in range(THREADS)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
        finally:
            with connection.cursor() as cr:
                hits = api.Environment(cr, SUPERUSER_ID, {})["credit.collection.hit"]
                cr.execute("DELETE FROM credit_collection_hit WHERE key = %s", [hits._get_key("test", "at once")])
        self.assertFalse(failed)
        self.assertEqual((len(taken), taken.count(True)), (THREADS * EACH, MOST))
