from datetime import timedelta

from odoo import models
from odoo.tools.misc import format_amount

# Days for which it is remembered what somebody gave as the reason of being late.
REASON_DAYS = 180
# Invoices that are named one by one in a sentence.
MOST_NAMED = 3
REASONS = "credit_collection.credit_collection_late_reason_"


class CreditCollectionDebtor(models.Model):
    """What the customer's page says in words: friendly, short, and nothing of what we think of the customer.

    The words go by the situation first, then by the manner of the profile and by how the customer usually pays. None
    of these is ever named.
    """

    _inherit = "credit.collection.debtor"

    def _get_page_words(self, rows):
        """Return the sentences that open the page, the weightiest first.

        Each is a dict of ``text``, ``path`` and ``label`` of a way on (or None).

        :param rows: of ``_mark_page_rows``
        """
        self.ensure_one()
        owed = [row for row in rows if not row["is_credit"]]
        if not owed:
            return [self._say_all_paid(rows)]
        # The rest is in question, covered, promised, looked for or on its way.
        asked = [row for row in owed if self._is_page_asked(row)]
        said = [*self._say_proposal(), *self._say_promises(owed), *self._say_plans(owed)]
        said += [*self._say_told_paid(owed), *self._say_questions(owed), *self._say_under_way(owed)]
        if asked:
            # What is to be done comes first.
            said = [self._say_asked(asked), *said, *self._say_reason()]
        else:
            said.append(self._say_nothing_to_do(owed, bool(said)))
        return said

    def _say(self, text, path=None, label=None):
        return {"text": text, "path": path, "label": label}

    def _sum_page_amounts(self, pairs):
        """Return the sum of ``(currency, amount)`` pairs in words, for each currency."""
        sums = {}
        for currency, amount in pairs:
            sums[currency] = sums.get(currency, 0) + amount
        parts = [format_amount(self.env, amount, currency) for currency, amount in sums.items()]
        return " + ".join(parts)

    # === SITUATIONS === #

    def _say_all_paid(self, rows):
        if rows:
            amount = self._sum_page_amounts((row["currency"], -row["residual"]) for row in rows)
            return self._say(self.env._("Nothing is open: thank you. You have a credit of %s with us.", amount))
        thanks = {
            "new": self.env._("Nothing is open: thank you, and welcome as our customer."),
            "thankful": self.env._("Nothing is open: thank you for working with us."),
        }
        return self._say(thanks.get(self._get_page_manner(), self.env._("Everything is paid: thank you.")))

    def _say_proposal(self):
        """A plan that was sent to the customer and waits for an answer."""
        plans = self.plan_ids.filtered(lambda plan: plan._is_on_page() and plan._get_page_state() == "proposal")
        if not plans:
            return []
        text = self.env._(
            "We have proposed to you to pay in instalments. Have a look: nothing is agreed before you say yes."
        )
        return [self._say(text, f"/plan/{plans[0].id}", self.env._("See the proposal"))]

    def _say_promises(self, owed):
        promises = self.env["credit.collection.promise"].sudo().union(*(row["promise"] for row in owed))
        return [
            self._say(
                self.env._(
                    "You told us that you would pay %(amount)s on %(day)s: thank you.",
                    amount=format_amount(self.env, promise.amount, promise.currency_id),
                    day=self._format_page_day(promise.date),
                )
            )
            for promise in promises.sorted(lambda promise: (promise.date, promise.id))[:2]
        ]

    def _say_plans(self, owed):
        plans = self.env["credit.collection.plan"].sudo().union(*(row["plan"] for row in owed))
        said = []
        for plan in plans.filtered("next_date").sorted("next_date")[:2]:
            text = self.env._(
                "You pay in instalments: the next one is %(amount)s on %(day)s. Thank you for keeping to it.",
                amount=format_amount(self.env, plan.next_amount, plan.currency_id),
                day=self._format_page_day(plan.next_date),
            )
            said.append(self._say(text, f"/plan/{plan.id}", self.env._("See your instalments")))
        return said

    def _say_told_paid(self, owed):
        names = list(dict.fromkeys(row["move"].name for row in owed if row["told_paid"]))
        if not names:
            return []
        if len(names) > MOST_NAMED:
            text = self.env._("You told us that you paid %s invoices: we are looking for your payment.", len(names))
        else:
            text = self.env._("You told us that you paid %s: we are looking for your payment.", ", ".join(names))
        return [self._say(text, "/answers", self.env._("See what you told us"))]

    def _say_questions(self, owed):
        disputed = [(row["currency"], row["disputed"]) for row in owed if row["disputed"]]
        if not disputed:
            return []
        amount = self._sum_page_amounts(disputed)
        return [self._say(self.env._("We are looking into %s: until that is settled it need not be paid.", amount))]

    def _say_under_way(self, owed):
        """Payments that are under way or being booked: thanked for, and not asked for again."""
        amounts = [
            (row["currency"], row["under_way"] + row["arrived"]) for row in owed if row["paying"] or row["arrived"]
        ]
        if not amounts:
            return []
        return [self._say(self.env._("Your payment of %s is under way: thank you.", self._sum_page_amounts(amounts)))]

    def _say_nothing_to_do(self, owed, more):
        """Nothing is asked for now: when is the next day?"""
        coming = [row for row in owed if not row["overdue"] and row["asked"] > 0 and not self._is_page_settled(row)]
        if coming:
            day = self._format_page_day(min(row["due"] for row in coming))
            if more:
                return self._say(self.env._("There is nothing else to do before %s.", day))
            return self._say(self.env._("All is well: there is nothing to do before %s.", day))
        if more:
            return self._say(self.env._("There is nothing else to do at the moment."))
        return self._say(self.env._("All is well: there is nothing to do at the moment."))

    def _say_asked(self, asked):
        amount = self._sum_page_amounts((row["currency"], row["asked"]) for row in asked)
        words = {
            "new": self.env._(
                "Welcome as our customer. %s was due by now; perhaps the invoice has not reached the right person "
                "yet? You find it below.",
                amount,
            ),
            "thankful": self.env._(
                "Thank you for working with us. %s may just have slipped through: you find it below.", amount
            ),
            "helpful": self.env._(
                "%s was due by now. If it does not suit you at the moment, tell us: we find a way together.", amount
            ),
            "formal": self.env._(
                "%s was due by now. Below you find each invoice, with all documents that are needed to pay it.", amount
            ),
            "plain": self.env._("%s was due by now. You can pay it here, or tell us what stands in the way.", amount),
        }
        return self._say(words[self._get_page_manner()], "/pay", self.env._("Pay now"))

    # === MANNER AND REASON === #

    def _get_page_manner(self):
        """Return how to speak to the customer: as the profile says, else as it usually pays."""
        manner = self.profile_id.page_manner or "plain"
        if manner == "formal":
            return manner
        habit = self._get_page_habit()
        if habit == "new":
            return habit
        if manner == "plain":
            return {"reliable": "thankful", "late": "helpful"}.get(habit, manner)
        return manner

    def _say_reason(self):
        """Offer what helps against the reason that was given for being late. The reason itself is not repeated."""
        reason = self.late_reason_id
        if self._is_in_difficulty():
            code = "cash"
        elif reason and self.late_reason_date and self._get_today() - self.late_reason_date <= timedelta(REASON_DAYS):
            name = reason.get_external_id()[reason.id]
            code = name.removeprefix(REASONS) if name.startswith(REASONS) else ""
        else:
            return []
        wrong = self.env._("In case something is not right with an invoice: tell us, and we look into it.")
        other = self.env._("In case our messages reach the wrong person: tell us who is the right one.")
        offers = {
            "not_received": (
                self.env._("In case an invoice has not reached you: open it below and download it."),
                None,
            ),
            "reference": (self.env._("In case an order number is missing: tell us, and we add it."), "/dispute"),
            "approval": (self.env._("For whoever approves it, each invoice can be downloaded below."), None),
            "payment_run": (self.env._("Do other payment days suit you better? Tell us."), "/preferences"),
            "dispute": (wrong, "/dispute"),
            "refuses": (wrong, "/dispute"),
            "paid": (self.env._("In case you have paid already: tell us day and amount, and we look for it."), "/paid"),
            "cash": (self.env._("In case it is too much at once: instalments may help."), "/plan"),
            "contact": (other, "/contact"),
        }
        if code not in offers or not self._is_in_difficulty() and self._has_answered_reason():
            return []
        text, path = offers[code]
        return [self._say(text, path, self.env._("Tell us") if path else None)]

    def _has_answered_reason(self):
        """Whether the reason was told on the page, and a colleague has answered: nobody asks for it again."""
        told = self.sudo().feedback_ids.filtered(lambda one: one.late_reason_id == self.late_reason_id)
        return any(one.state == "answered" and one.date >= self.late_reason_date for one in told)

    def _get_page_person(self):
        """Return who is in charge, with telephone and address; the company's where the person has none."""
        user, company = self._get_collector(), self.company_id
        return {
            "name": user.name or company.name,
            "phone": user.partner_id.phone or company.phone or False,
            "email": user.email_normalized or company.email or False,
        }
