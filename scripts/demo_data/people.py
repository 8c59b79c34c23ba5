"""Who works in the two companies and how they log in."""

import json
import os

LOGINS = {
    "accountant": "accountant",
    "collector": "collector",
    "manager": "manager",
    "collector.uk": "collector, sister company",
    "sales": "colleague in sales",
    "customer": "portal customer",
}
# Customers whose page is shown when the demo has started: one who speaks English, French, German.
SHOWN_PAGES = ("Harbour Lane Cafés Ltd", "Imprimerie Vasseur", "Gasthof Huber")


class People:
    def set_up_people(self):
        """The group's manager, accountant and salesman work in both companies, each collector in one."""
        collector, manager = (f"credit_collection.group_credit_collection_{group}" for group in ("user", "manager"))
        self.people = {
            "collector": self._user("Camille Rousseau", "collector", collector, ["fr"]),
            "manager": self._user("Marc Delvaux", "manager", manager, ["fr", "uk"]),
            "accountant": self._user("Anne Keller", "accountant", "account.group_account_manager", ["fr", "uk"]),
            "sales": self._user("Paul Nguyen", "sales", "base.group_user", ["fr", "uk"]),
            "collector.uk": self._user("Harriet Cole", "collector.uk", collector, ["uk"]),
        }
        self.people["manager"].group_ids += self.env.ref("account.group_account_invoice")
        self.env.ref("base.user_admin").company_ids += self.companies["uk"]
        self.collectors = {"fr": self.people["collector"], "uk": self.people["collector.uk"]}
        for key, company in self.companies.items():
            company.write(
                {"collection_user_id": self.collectors[key].id, "collection_manager_id": self.people["manager"].id}
            )

    def _user(self, name, login, group, companies):
        sister = companies == ["uk"]
        user = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": name,
                    "login": login,
                    "password": login,
                    "email": "harriet.cole@beaumonthale.example" if sister else f"{login}@beaumont.example",
                    "group_ids": [(6, 0, [self.env.ref("base.group_user").id, self.env.ref(group).id])],
                    "company_id": self.companies[companies[0]].id,
                    "company_ids": [(6, 0, [self.companies[key].id for key in companies])],
                    "tz": "Europe/London" if sister else "Europe/Paris",
                    "notification_type": "inbox",
                }
            )
        )
        user.partner_id.phone = "+44 117 496 0931" if sister else f"+33 4 65 71 09 3{len(login) % 10}"
        return user

    def write_info(self):
        """A login for a customer, and the list of logins that is shown when the demo has started."""
        portal = self.customers["Hôtel Mirabeau"].child_ids
        self.env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": portal.name,
                "login": "customer",
                "password": "customer",
                "partner_id": portal.id,
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        logins = [{"who": label, "login": login, "password": login} for login, label in LOGINS.items()]
        with open(os.environ["CREDIT_COLLECTION_DEMO_INFO"], "w") as file:
            admin = {"who": "administrator", "login": "admin", "password": "admin"}
            json.dump({"logins": [*logins, admin], "pages": self._get_pages()}, file)

    def _get_pages(self):
        """Return the ways to the pages of a few customers, as the messages carry them; these stay open longer."""
        pages = []
        for name in SHOWN_PAGES:
            debtor = self.env["credit.collection.debtor"].search(
                [("partner_id", "=", self.customers[name].id)], limit=1
            )
            sent = debtor.action_ids.filtered(lambda action: action.state == "sent").sorted("id")[-1:]
            contact = sent.contact_id or debtor.contact_id or debtor.partner_id
            link = debtor._get_page_link(contact, days=400)
            pages.append({"who": name, "path": link[len(debtor.get_base_url()) :]})
        return pages
