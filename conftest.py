"""What pytest needs besides pytest-odoo."""

import os
import shutil

import odoo
import pytest


@pytest.fixture(scope="session", autouse=True)
def own_filestore(load_registry):
    """Give each of several processes files of its own, as it has a database of its own.

    They would share those of the database that theirs were cloned from, and one that tidies up deletes what only the
    others know.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    shared = odoo.tools.config.filestore()
    own = os.path.join(os.path.dirname(shared), odoo.tests.common.get_db_name())
    shutil.rmtree(own, ignore_errors=True)
    if os.path.exists(shared):
        shutil.copytree(shared, own, copy_function=os.link)
    odoo.tools.config.filestore.return_value = own
    yield
    shutil.rmtree(own, ignore_errors=True)
