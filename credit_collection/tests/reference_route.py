"""Section 5 of docs/rules.md in plain Python: by which channel a step goes, and to whom."""

from dataclasses import dataclass

from .reference_ledger import SUBSTITUTES, Debtor, Ledger, Partner, Profile, Step

SHORT_CHANNELS = ("sms", "whatsapp")  # to a mobile telephone, and with the short text
LONG_CHANNELS = ("email", "letter")


@dataclass(frozen=True)
class Route:
    channel: str
    contact_id: int


def find_route(ledger: Ledger, debtor: Debtor, step: Step, own_channel: str | None = None) -> Route | None:
    """The channel that wins and the contact; of a message asked again only its own channel is tried."""
    contacts = payer_contacts(ledger, debtor)
    for channel in [own_channel] if own_channel else _channels_to_try(ledger, debtor, step):
        usable = [contact for contact in contacts if _is_usable(ledger, contact, channel)]
        if usable and not is_closed(ledger, debtor, channel):
            return Route(channel, min(usable, key=lambda contact: _rank(contact, debtor, step)).id)
    return None


def profile_of(ledger: Ledger, debtor: Debtor) -> Profile | None:
    return next((profile for profile in ledger.profiles if profile.id == debtor.profile_id and profile.active), None)


def payer_of(ledger: Ledger, debtor: Debtor) -> int:
    """The id of the customer that pays for the debtor: itself, unless it names somebody."""
    named = debtor.payer_id or debtor.partner_id
    return next(partner.commercial_id for partner in ledger.partners if partner.id == named)


def payer_contacts(ledger: Ledger, debtor: Debtor) -> list[Partner]:
    payer_id = payer_of(ledger, debtor)
    theirs = [partner for partner in ledger.partners if partner.commercial_id == payer_id and partner.active]
    known = (payer_id, debtor.payer_id, debtor.contact_id)
    return [partner for partner in theirs if partner.id in known or partner.type == "invoice" or partner.role]


def is_closed(ledger: Ledger, debtor: Debtor, channel: str) -> bool:
    if channel in debtor.optouts:
        return True
    profile = profile_of(ledger, debtor)
    return channel == "phone" and (debtor.self_service or bool(profile and profile.self_service))


def _channels_to_try(ledger: Ledger, debtor: Debtor, step: Step) -> list[str]:
    if step.channel not in SUBSTITUTES or step.tone == "formal":
        return [step.channel]
    profile = profile_of(ledger, debtor)
    preferred = debtor.preferred_channel or (profile and profile.preferred_channel)
    order = (profile and profile.fallbacks) or ledger.company_fallbacks or SUBSTITUTES
    wanted = [preferred] if preferred else []
    return [
        channel
        for channel in [*wanted, step.channel, *order]
        if channel == step.channel or _may_replace(ledger, step, channel, is_preferred=channel == preferred)
    ]


def _may_replace(ledger: Ledger, step: Step, channel: str, is_preferred: bool) -> bool:
    if step.tone == "preventive" and channel in ("letter", "phone") and not is_preferred:
        return False
    template = next((template for template in ledger.templates if template.id == step.template_id), None)
    if channel in LONG_CHANNELS:
        return bool(template and template.text)
    return channel not in SHORT_CHANNELS or bool(template and template.short_text)


def _is_usable(ledger: Ledger, contact: Partner, channel: str) -> bool:
    mobile = contact.phone in ("mobile", "either") and not contact.phone_bounced
    found = {
        "email": contact.email and not contact.email_bounced,
        "whatsapp": mobile and ledger.whatsapp,
        "sms": mobile,
        "letter": contact.street and contact.city and contact.country is not None,
        "phone": contact.phone is not None,
    }
    return found.get(channel, True)  # a person's task and a server action need nothing


def _rank(contact: Partner, debtor: Debtor, step: Step) -> tuple:
    """What sorts first is written to."""
    return (
        not (step.role in ("buyer", "management") and contact.role == step.role),
        contact.id != debtor.contact_id,
        contact.role != "payables",
        contact.role is not None,
        contact.type != "invoice",
        contact.id,
    )
