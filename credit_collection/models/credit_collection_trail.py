from odoo import api, models
from odoo.exceptions import AccessError


class CreditCollectionTrail(models.AbstractModel):
    """Records that prove what happened: their facts are written by the flow, never over RPC or import."""

    _name = "credit.collection.trail"
    _description = "Collection Audit Trail"

    # The field that names the document to which a line belongs: it stays there. None: it is no line.
    _part_of = None
    # The field with the number that the record was given: it stays, too. None: it has no number.
    _numbered = None

    @api.model
    def _get_trail_fields(self):
        """Return the names of the fields that only the flow (as superuser) writes."""
        return set()

    @api.model_create_multi
    def create(self, vals_list):
        prefix = "default_"
        defaults = {key.removeprefix(prefix) for key in self.env.context if key.startswith(prefix)}
        for vals in vals_list:
            self._check_trail({*vals, *defaults})
        return super().create(vals_list)

    def write(self, vals):
        self._check_trail(vals)
        self._check_stays(vals)
        return super().write(vals)

    def _check_stays(self, vals):
        """The checks of a line look at its document: what moves would slip past those of the other one."""
        fixed = [] if self.env.su else [name for name in (self._part_of, self._numbered) if name in vals]
        for name in fixed:
            field = self._fields[name]
            if all(field.convert_to_write(record[name], record) == vals[name] for record in self):
                continue
            label = field._description_string(self.env)
            raise AccessError(self.env._("%s is recorded by the collection itself and cannot be edited.", label))

    @api.model
    def _check_trail(self, names):
        forged = self._get_trail_fields() & set(names)
        if forged and not self.env.su:
            labels = ", ".join(sorted(self._fields[name]._description_string(self.env) for name in forged))
            raise AccessError(self.env._("%s is recorded by the collection itself and cannot be edited.", labels))
