from odoo import Command, fields, models
from odoo.tools import SQL

PARTNER = {
    "customer_name": "name",
    "vat": "vat",
    "kind": "collection_kind",
    "street": "street",
    "street2": "street2",
    "zip": "zip",
    "city": "city",
    "email": "email",
    "phone": "phone",
}
CONTACT = {
    "contact_name": "name",
    "contact_email": "email",
    "contact_phone": "phone",
    "contact_role": "collection_role",
}


class CreditCollectionImport(models.Model):
    """Customers with their debtor files, and their contacts."""

    _inherit = "credit.collection.import"

    # === CUSTOMERS === #

    def _apply_customers(self):
        """Make the customers that are not in Odoo, a debtor file for each that has none, and the new contacts."""
        first = SQL("row.names_customer AND row.status <> 'wrong'")
        for batch in self._iter_batches("customers", "customer_ref", SQL("%s AND row.partner_id IS NULL", first)):
            self._create_customers(batch)
        unfiled = SQL(
            """%s AND NOT EXISTS (
               SELECT FROM credit_collection_debtor debtor
                WHERE debtor.company_id = %s AND debtor.partner_id = row.partner_id
                  AND COALESCE(debtor.external_ref, 'P' || debtor.partner_id) = row.customer_ref)""",
            first,
            self.company_id.id,
        )
        for batch in self._iter_batches("customers", "customer_ref", unfiled):
            self._file_customers(batch)
        for batch in self._iter_batches(
            "customers", "customer_ref", SQL("row.record = 'contact' AND row.status = 'new'")
        ):
            self.env["res.partner"].create([self._prepare_contact(row) for rows in batch.values() for row in rows])

    def _create_customers(self, batch):
        partners = self.env["res.partner"].create(
            [
                {
                    **self._prepare_partner(rows[0]["data"]),
                    "name": rows[0]["data"].get("customer_name") or ref,
                    "is_company": rows[0]["data"].get("kind") != "consumer",
                    "ref": ref,
                    "customer_rank": 1,
                    "collection_import_id": self.id,
                }
                for ref, rows in batch.items()
            ]
        )
        self._link_customers(dict(zip(batch, partners.ids, strict=True)))

    def _link_customers(self, ids):
        self.env.flush_all()
        self.env.cr.execute_values(
            """UPDATE credit_collection_import_row AS row SET partner_id = made.id
                 FROM (VALUES %s) AS made (import_id, ref, id)
                WHERE row.import_id = made.import_id AND row.customer_ref = made.ref""",
            [(self.id, ref, id_) for ref, id_ in ids.items()],
            page_size=len(ids),
        )

    def _file_customers(self, batch):
        """Keep the external reference on the debtor file; what else the file says goes onto new ones only."""
        debtors = self.env["credit.collection.debtor"]
        known = debtors.search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "in", [rows[0]["partner_id"] for rows in batch.values()]),
            ]
        ).grouped("partner_id")
        new = []
        for ref, rows in batch.items():
            debtor = known.get(self.env["res.partner"].browse(rows[0]["partner_id"]))
            if debtor and not debtor.external_ref:
                debtor.external_ref = ref
            elif not debtor:
                new.append(
                    {
                        **self._prepare_debtor(rows[0]["data"]),
                        "partner_id": rows[0]["partner_id"],
                        "company_id": self.company_id.id,
                        "external_ref": ref,
                    }
                )
        created = debtors.create(new)
        if created:
            self.env["credit.collection.profile"]._assign(self.company_id, created)

    def _prepare_partner(self, data):
        """Return what ``data`` says of a customer as values of its partner; what it does not say is left out."""
        values = {field: data[column] for column, field in PARTNER.items() if data.get(column)}
        if data.get("country"):
            values["country_id"] = self._get_country(data["country"]).id
        if data.get("language"):
            values["lang"] = self._get_language(data["language"])
        return values

    def _prepare_debtor(self, data):
        """Return what ``data`` says of a debtor file as its values; what it does not say is left out."""
        values = {}
        if data.get("preferred_channel"):
            values["preferred_channel"] = data["preferred_channel"]
        if data.get("collector"):
            values["user_id"] = self.env["res.users"].sudo().search([("login", "=", data["collector"])], limit=1).id
        if data.get("hold_until"):
            values["hold_until"] = data["hold_until"]
            values["hold_reason"] = data.get("hold_reason") or self.env._("On hold in the imported ledger")
        if data.get("opt_outs"):
            codes = dict.fromkeys(code.strip() for code in data["opt_outs"].split(";") if code.strip())
            values["optout_ids"] = [Command.create({"channel": code}) for code in codes]
        return values

    def _prepare_contact(self, row):
        values = {field: row["data"][column] for column, field in CONTACT.items() if row["data"].get(column)}
        return {
            "name": row["contact_ref"],
            **values,
            "parent_id": row["partner_id"],
            "type": "contact",
            "collection_external_ref": row["contact_ref"],
            "collection_import_id": self.id,
        }

    def _get_country(self, text):
        """Return the country of this code or name, in any language."""
        countries = self.env["res.country"]
        found = countries.search([("code", "=", text.upper())], limit=1)
        for lang, __ in () if found else self.env["res.lang"].get_installed():
            found = found or countries.with_context(lang=lang).search([("name", "=ilike", text)], limit=1)
        return found

    def _get_language(self, text):
        """Return the installed language of this code: fr_FR, or fr for the first French one."""
        codes = [code for code, __ in self.env["res.lang"].get_installed()]
        iso = {self.env["res.lang"]._get_data(code=code).iso_code: code for code in codes}
        near = [code for code in codes if code.split("_")[0] == text]
        return text if text in codes else iso.get(text) or (near or [False])[0]

    # === WHAT WAS DECIDED === #

    def _apply_decisions(self):
        """Take over the file's data for the conflicts that were decided so, as far as posted documents allow it."""
        condition = SQL("row.status IN ('conflict', 'new') AND row.decision = 'take'")
        for batch in self._iter_batches("customers", "customer_ref", condition):
            for row in (row for rows in batch.values() for row in rows):
                takeable = self.env["credit.collection.import.row"].browse(row["id"]).takeable or []
                data = {column: row["data"].get(column) for column in takeable}
                self._take_customer(row, data)
                self._take_contact(row, data)
                self._take_document(row, data)

    def _take_customer(self, row, data):
        partner = self.env["res.partner"].browse(row["partner_id"])
        if values := self._prepare_partner(data):
            partner.write(values)
        debtor = self.env["credit.collection.debtor"]._get_or_create(partner, self.company_id)
        values = self._prepare_debtor(data)
        if optouts := values.pop("optout_ids", None):
            closed = debtor.optout_ids.mapped("channel")
            values["optout_ids"] = [command for command in optouts if command[2]["channel"] not in closed]
        if values:
            debtor.write(values)

    def _take_contact(self, row, data):
        values = {field: data[column] for column, field in CONTACT.items() if data.get(column)}
        if values:
            self._find_contacts([row])[row["partner_id"], row["contact_ref"]].write(values)

    def _take_document(self, row, data):
        if not (data.get("order_ref") or data.get("due_date")):
            return
        move = self.env["account.move"].browse(row["move_id"])
        if data.get("order_ref"):
            move.ref = data["order_ref"]
        if data.get("due_date"):
            self._get_receivable_lines(move).date_maturity = fields.Date.to_date(data["due_date"])
            move.invoice_date_due = fields.Date.to_date(data["due_date"])
