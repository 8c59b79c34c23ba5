"""What Odoo's shell reads, called in the project's folder."""

import sys

sys.path.insert(0, "scripts")

from demo_data.build import main  # noqa: E402

main(env)  # noqa: F821 - Odoo's shell provides it
