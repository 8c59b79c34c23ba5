"""Two years of invoices and how each customer pays them: plain Python, the same for the same day.

A story tells for the invoice with a number (0 is the oldest) out of a total what is paid when: pairs of the share of
the amount and the days after the due date. A share of 1 is whatever is left; what no pair covers stays open.
"""

import datetime
from dataclasses import dataclass, field

ONE_DAY = datetime.timedelta(days=1)
YEARS = 730
# Due dates in days after the invoice and their shares, by the name of the terms.
INSTALMENTS = {"instalments": ((30, 0.4), (60, 0.3), (90, 0.3))}
PAYMENT_RUN = (10, 25)
SEASONS = (1.0, 0.8, 1.3, 0.9, 1.15, 0.7, 1.5)
CENTS = (0, 0.5, 0.2, 0.9, 0.4)
GOODS = {
    "fr_FR": (
        "Tables en chêne massif, finition huilée",
        "Chaises empilables, lot de douze",
        "Comptoir d'accueil sur mesure, pose comprise",
        "Étagères murales en frêne",
        "Bancs de terrasse en robinier",
        "Réfection d'assises, tissu gris",
        "Armoires basses à portes coulissantes",
    ),
    "de_DE": (
        "Tische aus massiver Eiche, geölt",
        "Stapelstühle, zwölf Stück",
        "Empfangstheke nach Maß, mit Einbau",
        "Wandregale aus Esche",
        "Terrassenbänke aus Robinie",
        "Neue Polsterung der Sitze, Stoff grau",
        "Niedrige Schränke mit Schiebetüren",
    ),
    "en_US": (
        "Tables in solid oak, oiled",
        "Stacking chairs, set of twelve",
        "Reception desk made to measure, fitted",
        "Wall shelves in ash",
        "Terrace benches in robinia",
        "Seats re-covered, grey fabric",
        "Low cabinets with sliding doors",
    ),
}
RETURNS = {"fr_FR": "Retour d'une pièce abîmée", "de_DE": "Rückgabe eines beschädigten Stücks"}


@dataclass
class Settlement:
    """A payment or a credit note that settles (part of) an invoice."""

    date: datetime.date
    amount: float
    credit: bool = False
    last: bool = False


@dataclass
class Invoice:
    """An invoice to be made. ``due`` is its due date, or the name of terms with several."""

    customer: str
    company: str
    currency: str
    date: datetime.date
    due: datetime.date | str
    amount: float
    reference: str
    text: str
    settlements: list = field(default_factory=list)
    move: object = None


# === STORIES === #


def _steady(*delays):
    return lambda number, total: [(1, delays[number % len(delays)])]


def _worse(number, total):
    return [(1, round(-6 + 55 * number / total))]


def _better(number, total):
    return [(1, round(48 - 55 * number / total))]


def _part_payer(number, total):
    return [(0.6, 4), (1, 34)]


def _keeps_charges(number, total):
    """Pays early and takes the bank's charges off; the older rests were settled, the last three never."""
    return [(0.996, -5)] if 3 <= total - number <= 5 else [(0.996, -5), (1, 40)] if number % 2 else [(1, -4)]


def _instalments(number, total):
    return [(0.4, 2), (0.3, 6), (1, 20)]


def _hopeless(number, total):
    """Late at first, then in halves, in the end hardly anything."""
    age = number / total
    if age < 0.4:
        return [(1, 60)]
    if age < 0.65:
        return [(0.5, 75), (1, 130)]
    return [(0.3, 50)] if number % 3 == 0 else []


STORIES = {
    "new": None,
    "exemplary": _steady(-12, -9, -14, -8, -10),
    "punctual": _steady(0, -1, 0, 1, 0, -2),
    "payment run": _steady(0),
    "direct debit": _steady(0, 1, 2),
    "five late": _steady(5, 4, 6, 3, 7),
    "fifteen late": _steady(15, 12, 18, 14, 17),
    "public": _steady(32, 25, 40, 28),
    "forty late": _steady(40, 36, 45, 38),
    "ninety late": _steady(90, 78, 96, 85),
    "consumer late": _steady(20, 6, 45),
    "erratic": _steady(0, 35, -3, 60, 8, 2, 22, 90),
    "worse": _worse,
    "better": _better,
    "part payer": _part_payer,
    "discount": _keeps_charges,
    "instalments": _instalments,
    "hopeless": _hopeless,
}


# === PLAN === #


def plan_history(row, company, order, today, quiet_from):
    """Return the invoices of one customer (a row of the portfolio) from one company (its column), oldest first.

    :param order: the place of the customer, which shifts its dates
    :param quiet_from: a customer with situations of its own has nothing else open or paid from this day on
    """
    if not row[company] or not STORIES[row["story"]]:
        return []
    amount, currency, __, every = row[company].split()
    first = today - YEARS * ONE_DAY + (order * 7 % int(every)) * ONE_DAY
    total = (today - 3 * ONE_DAY - first).days // int(every) + 1
    plans = [
        _plan_invoice(row, company, float(amount), currency, first + number * int(every) * ONE_DAY, number, total)
        for number in range(total)
    ]
    return [plan for plan in plans if not row["quiet"] or _is_settled_before(plan, quiet_from)]


def _is_settled_before(plan, day):
    left = plan.amount - sum(settlement.amount for settlement in plan.settlements)
    return not round(left, 2) and all(settlement.date < day for settlement in plan.settlements)


def _plan_invoice(row, company, base, currency, date, number, total):
    date = to_weekday(date)
    terms = row["terms"]
    amount = base * SEASONS[number % len(SEASONS)]
    amount = round(amount, -1) if terms in INSTALMENTS else round(amount) + CENTS[number % len(CENTS)]
    initials = "".join(word[0] for word in row["name"].split() if word[0].isalpha()).upper()
    goods = GOODS[row["lang"]]
    plan = Invoice(
        customer=row["name"],
        company=company,
        currency=currency,
        date=date,
        due=terms if terms in INSTALMENTS else date + int(terms) * ONE_DAY,
        amount=amount,
        reference=f"{initials}-{number + 101}",
        text=goods[(number + len(row["name"])) % len(goods)],
    )
    plan.settlements = _plan_settlements(row, plan, number, total)
    return plan


def _plan_settlements(row, plan, number, total):
    settlements, left = [], plan.amount
    returns = int(row["returns"] or 0)
    if returns and number % returns == returns - 1:
        settlements.append(Settlement(plan.date + 12 * ONE_DAY, round(0.15 * plan.amount), credit=True))
        left -= settlements[0].amount
    for place, (share, delay) in enumerate(STORIES[row["story"]](number, total)):
        amount = round(left if share == 1 else share * plan.amount, 2)
        left = round(left - amount, 2)
        date = max(_get_due(plan, place) + delay * ONE_DAY, plan.date + ONE_DAY)
        settlements.append(Settlement(_to_bank_day(row, date, delay), amount, last=not left))
    return settlements


def _get_due(plan, place):
    if plan.due in INSTALMENTS:
        return plan.date + INSTALMENTS[plan.due][place][0] * ONE_DAY
    return plan.due


def to_weekday(date):
    """Return the day itself, or the Friday before it."""
    return date - max(date.weekday() - 4, 0) * ONE_DAY


def _to_bank_day(row, date, delay):
    """Nobody pays at the weekend: who is early pays before it, who is late after it; some only on two days a month."""
    while row["story"] == "payment run" and date.day not in PAYMENT_RUN:
        date += ONE_DAY
    late = 7 - date.weekday()
    return date if date.weekday() < 5 else to_weekday(date) if delay <= 0 else date + late * ONE_DAY
