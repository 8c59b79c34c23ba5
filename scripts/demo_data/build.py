"""Building the demo, step by step."""

from .agreed import Agreed
from .bank import Bank
from .books import Books
from .customers import Customers
from .days import Days
from .ledger import Ledger
from .people import People
from .present import Present
from .situations import Situations


def main(env):
    env = env(context={**env.context, "tracking_disable": True, "lang": "en_US"})
    # Invoices have no scripts to wait for: each PDF is made a second faster.
    env["ir.config_parameter"].set_param("report.print_delay", "0")
    demo = Demo(env)
    demo.set_up_languages()
    demo.set_up_companies()
    demo.set_up_gateway()
    demo.set_up_people()
    demo.create_customers()
    demo.create_invoices()
    demo.set_up_situations()
    demo.live_through_the_past()
    demo.create_present()
    demo.create_bank_lines()
    demo.live_through_today()
    demo.write_info()
    env.cr.commit()


class Demo(Books, People, Customers, Ledger, Situations, Days, Agreed, Present, Bank):
    def __init__(self, env):
        self.env = env
        self.company = env.company
        self.company.collection_tz = "Europe/Paris"
        self.today = env.company._get_collection_today()
