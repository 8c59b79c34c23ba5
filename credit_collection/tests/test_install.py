from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestInstall(TransactionCase):
    def test_module_is_installed_as_an_application(self):
        module = self.env["ir.module.module"].search([("name", "=", "credit_collection")])
        self.assertEqual(module.state, "installed")
        self.assertTrue(module.application)
