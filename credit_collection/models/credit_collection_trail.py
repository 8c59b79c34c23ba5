from odoo import api, models
from odoo.exceptions import AccessError


class CreditCollectionTrail(models.AbstractModel):
    """Records that prove what happened: their facts are written by the flow, never over RPC or import."""

    _name = "credit.collection.trail"
    _description = "Collection Audit Trail"

    # The field that names the document to which a line belongs: it stays there. None: it is no line.
    _part_of = None

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
        name = self._part_of
        if name in vals and not self.env.su and any(line[name].id != vals[name] for line in self):
            label = self._fields[name]._description_string(self.env)
            raise AccessError(self.env._("%s is recorded by the collection itself and cannot be edited.", label))

    @api.model
    def _check_trail(self, names):
        forged = self._get_trail_fields() & set(names)
        if forged and not self.env.su:
            labels = ", ".join(sorted(self._fields[name]._description_string(self.env) for name in forged))
            raise AccessError(self.env._("%s is recorded by the collection itself and cannot be edited.", labels))
