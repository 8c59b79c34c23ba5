import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class CreditCollectionDaily(models.AbstractModel):
    """The work of every day, one after the other: a company or a record that fails stops no other."""

    _name = "credit.collection.daily"
    _description = "Daily Work"

    @api.model
    def _for_each_company(self, companies, work, trouble):
        """Call ``work(company)`` for each of ``companies``, each in a transaction of its own, as long as there is time.

        A cron whose time is up is called again by Odoo, and begins with the first: ``work`` does nothing twice.

        :param trouble: what the log says when it goes wrong, with %s for the company
        """
        cron = self.env["ir.cron"]
        left = cron._commit_progress(remaining=len(companies))
        for company in companies:
            if not left:
                break
            self._try(company, work, trouble)
            left = cron._commit_progress(1)

    @api.model
    def _try(self, record, work, trouble, passed_on=()):
        """Call ``work(record)`` in a savepoint and return whether it went well; else it is undone and told in the log.

        :param passed_on: exceptions that are the caller's: what is to be tried again as a whole
        """
        try:
            with self.env.cr.savepoint():
                work(record)
        except passed_on:
            raise
        except Exception:  # noqa: BLE001 - told in the log; the next one has its turn
            _logger.exception(trouble, record.display_name)
            self.env.invalidate_all()
            return False
        return True
