"""What a telephone number is good for, by the numbering plans of the package phonenumbers (Google's libphonenumber)."""

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

KINDS = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "either",
}


def _parse(number: str, country_code: str = "") -> PhoneNumber | None:
    """Return the number when it is one that the numbering plan knows."""
    try:
        parsed = phonenumbers.parse(number or "", (country_code or "").upper() or None)
    except NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


def kind_of(e164: str) -> str:
    """Return what kind of line an international number is: "mobile", "fixed", "either", "other" or "" (not valid).

    "either": the plan of the country does not tell mobiles apart, as in the United States. "other": special rates,
    voice over IP, personal numbers and the like.

    >>> kind_of("+33612345678"), kind_of("+33142685300"), kind_of("+12025550123"), kind_of("+33800123456")
    ('mobile', 'fixed', 'either', 'other')
    >>> kind_of("0612345678"), kind_of("+331"), kind_of("")
    ('', '', '')
    """
    parsed = _parse(e164)
    return KINDS.get(phonenumbers.number_type(parsed), "other") if parsed else ""


def normalise(number: str, country_code: str) -> str:
    """Return ``number`` as people write it in E.164, or "" when it is not valid; an extension is dropped.

    :param country_code: two letters of the country in which a number without prefix is dialled; "" when not known

    >>> normalise("06 12 34 56 78", "FR"), normalise("+44 (0)20 7946 0018", "FR")
    ('+33612345678', '+442079460018')
    >>> normalise("(202) 555-0123 ext. 7", "us")
    '+12025550123'
    >>> normalise("06 12 34 56 78", ""), normalise("12", "FR"), normalise("ask Maria", "FR")
    ('', '', '')
    """
    parsed = _parse(number, country_code)
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164) if parsed else ""


def takes_sms(e164: str) -> bool:
    """Tell whether a text message to the number has a chance: a mobile, or where the plan does not tell.

    >>> takes_sms("+4915112345678"), takes_sms("+493012345678"), takes_sms("+12025550123")
    (True, False, True)
    """
    return kind_of(e164) in ("mobile", "either")
