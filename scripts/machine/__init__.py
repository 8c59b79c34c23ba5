"""What `scripts/` need from the machine: system packages, Odoo, Python packages, PostgreSQL, databases, mail."""
