"""The house rules that a machine can keep: who may read what, who knows whom."""

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

from lxml import etree
from odoo.addons.credit_collection import tools
from odoo.tests import TransactionCase, tagged

ADDON = Path(tools.__file__).parent.parent


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module


@tagged("post_install", "-at_install")
class TestHouse(TransactionCase):
    def _models(self):
        return [
            model
            for name, model in self.env.items()
            if name.startswith("credit.collection.") and not model._abstract and not model._transient
        ]

    def test_tools_do_not_know_odoo(self):
        for path in (ADDON / "tools").glob("*.py"):
            self.assertFalse([name for name in imports(path) if name.split(".")[0] == "odoo"], path.name)

    def test_requests_are_made_in_tools_only(self):
        for path in ADDON.rglob("*.py"):
            if path.parent.name not in ("tools", "tests"):
                self.assertNotIn("requests", list(imports(path)), path.name)

    def test_every_model_has_access_rights_and_a_company_rule(self):
        for model in self._models():
            with self.subTest(model=model._name):
                record = self.env["ir.model"]._get(model._name)
                self.assertTrue(record.access_ids, "no access rights")
                if "company_id" in model._fields:
                    rules = self.env["ir.rule"].search([("model_id", "=", record.id), ("groups", "=", False)])
                    self.assertTrue(rules, "no company rule")

    def test_nobody_has_rights_without_a_group(self):
        open_to_all = self.env["ir.model.access"].search(
            [("model_id.model", "=like", "credit.collection.%"), ("group_id", "=", False)]
        )
        self.assertFalse(open_to_all)

    def test_no_record_takes_the_place_of_another(self):
        """Two records of one name in two files: the later would change the earlier without a word."""
        places = {}
        for path in ADDON.rglob("*.xml"):
            if path.is_relative_to(ADDON / "static"):
                continue
            for record in etree.parse(path).iter("record", "template", "menuitem"):
                places.setdefault(record.get("id"), []).append(path.name)
        self.assertFalse({name: files for name, files in places.items() if name and len(files) > 1})

    def test_the_published_examples_of_the_formulas_hold(self):
        for module in pkgutil.iter_modules(tools.__path__):
            result = doctest.testmod(importlib.import_module(f"{tools.__name__}.{module.name}"))
            self.assertEqual(result.failed, 0, module.name)
            self.assertGreater(result.attempted, 0, f"{module.name} has no example")
