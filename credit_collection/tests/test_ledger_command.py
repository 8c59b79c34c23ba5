"""The command line: run as a program, as an administrator runs it. It only checks and exports: nothing is committed."""

import subprocess
import sys
import tempfile
from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tools import config

GOOD = "C1,F-1,2026-01-01,2026-01-31,100.00"
BAD = "C1,F-2,2026-01-01,31/31/2026,100.00"


@tagged("post_install", "-at_install")
class TestLedgerCommand(TransactionCase):
    def _run(self, *arguments):
        addons = ",".join(str(path) for path in config["addons_path"])
        command = [sys.executable, "-m", "odoo", f"--addons-path={addons}", "collection", *arguments]
        command += ["-c", config["config"]] if Path(config["config"]).is_file() else []
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr

    def _check(self, *rows):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "ledger.csv"
            path.write_text("\n".join(["Customer No,Number,Invoice Date,Due Date,Amount", *rows]))
            return self._run("import", "-d", self.env.cr.dbname, "--check", str(path))

    def test_a_good_file_is_counted_and_a_wrong_row_is_told_with_its_line(self):
        code, __, said = self._check(GOOD)
        self.assertEqual(code, 0, said)
        self.assertIn("due_date=Due Date", said)
        self.assertIn("New: 1, Unchanged: 0, Conflict: 0, Wrong: 0", said)
        self.assertIn("MB of memory", said)
        code, __, said = self._check(GOOD, BAD)
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"line 3: .*31/31/2026")

    def test_the_ledger_goes_to_standard_output(self):
        code, told, said = self._run("export", "-d", self.env.cr.dbname, "-")
        self.assertEqual(code, 0, said)
        self.assertTrue(told.lstrip("\ufeff").startswith("record,customer_ref,"), told[:100])
        self.assertIn("Exported", said)

    def test_what_is_missing_is_named(self):
        code, __, said = self._run("import", "-d", self.env.cr.dbname, "nowhere.csv")
        self.assertEqual(code, 2)
        self.assertIn("there is no file nowhere.csv", said)
