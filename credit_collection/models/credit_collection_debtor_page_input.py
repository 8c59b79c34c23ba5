import re
from datetime import date, datetime, timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools import uploads

# What stands between the digits of an amount: blanks of all widths, and the Swiss apostrophe.
BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]+")
AMOUNT = re.compile(r"[0-9]+(?:[.,][0-9]+)*[.,]?")
# Digits of the largest amount that is read.
MOST_DIGITS = 12
# What no text of a customer needs: all control signs but line breaks and tabs.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LONGEST_TEXT = 5000
MEGABYTE = 1024 * 1024
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


class PageInputError(UserError):
    """What was typed cannot be taken.

    ``field``: name of the field at fault; ``path``: below the customer's page, what helps.
    """

    def __init__(self, message, field=None, path=None):
        super().__init__(message)
        self.field = field
        self.path = path


class CreditCollectionDebtor(models.Model):
    """What customers type and upload on their page, read as their language writes it."""

    _inherit = "credit.collection.debtor"

    def _read_page_amount(self, text, currency, field="amount"):
        """Return the amount above zero that was typed: 1.234,50 or 1 234,50 or 1,234.50, with or without the currency.

        Where a sign could divide thousands or decimals, the visitor's language says which.

        :param field: the one at fault, if it is
        :raises PageInputError: when it is no amount above zero in ``currency``
        """
        plain = BLANKS.sub("", str(text or ""))
        for word in {currency.symbol, currency.name} - {False, ""}:
            plain = plain.removeprefix(word).removesuffix(word)
        if not plain:
            raise PageInputError(self.env._("Please enter the amount."), field)
        amount = self._parse_page_amount(plain, currency.decimal_places)
        if amount is None or len(plain) > MOST_DIGITS + 8 or amount >= 10**MOST_DIGITS:
            raise PageInputError(self._say_wrong_amount(str(text)[:40], plain, currency), field)
        if currency.compare_amounts(amount, 0) <= 0:
            raise PageInputError(self.env._("Please enter an amount greater than zero."), field)
        return amount

    def _say_wrong_amount(self, text, plain, currency):
        places = currency.decimal_places
        if self._parse_page_amount(plain, MOST_DIGITS) is None or len(plain) > MOST_DIGITS:
            example = self._write_page_amount(1234.5, currency)
            return self.env._("“%(text)s” is not an amount that we understand. Please enter it, for example, as"
                              " %(example)s.", text=text, example=example)  # fmt: skip
        if not places:
            return self.env._("“%s” has decimals: please enter a whole amount.", text)
        return self.env._("“%(text)s” has more than %(places)s decimals: please enter at most %(places)s.",
                          text=text, places=places)  # fmt: skip

    def _parse_page_amount(self, plain, places):
        """Return the number; None when it is none, or has more than so many decimal places."""
        if not AMOUNT.fullmatch(plain):
            return None
        signs = re.findall(r"[.,]", plain)
        decimal = self._find_decimal_sign(plain, signs)
        whole, __, cents = plain.rpartition(decimal) if decimal else (plain, "", "")
        if len(cents) > places:
            return None
        groups = re.split(r"[.,]", whole)
        if len(set(re.findall(r"[.,]", whole))) > 1 or any(len(group) != 3 for group in groups[1:]):
            return None
        return float(f"{''.join(groups)}.{cents or 0}")

    def _find_decimal_sign(self, plain, signs):
        """Return the sign before the decimals; nothing when there are none."""
        if not signs or len(signs) > 1 and len(set(signs)) == 1:
            return ""
        language = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        thousands = len(signs) == 1 and re.fullmatch(r"[0-9]{1,3}[.,][0-9]{3}", plain)
        return "" if thousands and signs[0] == language.thousands_sep else signs[-1]

    def _read_page_text(self, text, asked=None, most=LONGEST_TEXT, field="text"):
        """Return the text that was typed, without signs that nobody sees.

        :param asked: what to say when nothing was typed; without it, nothing may be typed
        :raises PageInputError: when it is missing, or longer than anybody reads
        """
        text = CONTROLS.sub("", str(text or "").replace("\r\n", "\n")).strip()
        if asked and not text:
            raise PageInputError(asked, field)
        if len(text) > most:
            raise PageInputError(self.env._("Please shorten your text to %s characters.", most), field)
        return text

    def _read_page_day(self, text, field="day"):
        """Return the day that was chosen, or typed as the visitor's language writes days.

        :raises PageInputError: when it is none, or nobody remembers it
        """
        text = (text or "").strip()
        if not text:
            raise PageInputError(self.env._("Please choose the day."), field)
        written = self.env["res.lang"]._get_data(code=self.env.lang or "en_US").date_format or "%Y-%m-%d"
        for pattern in ("%Y-%m-%d", written):
            try:
                day = datetime.strptime(text, pattern).date()
            except ValueError:
                continue
            if day < FIRST_DAY:
                raise PageInputError(self.env._("That day is too long ago: please look at the year again."), field)
            if day <= LAST_DAY:
                return day
        example = format_date(self.env, self._get_today(), date_format=None)
        raise PageInputError(
            self.env._("“%(text)s” is not a day that we understand. Please enter it like %(example)s.",
                       text=text[:40], example=example), field
        )  # fmt: skip

    def _read_page_files(self, files):
        """Return ``(name, content)`` of each file uploaded, checked by content, size and number.

        :param files: what the request brings (``request.httprequest.files.getlist(…)``); unused fields are left out
        :raises PageInputError: saying which file is not taken, and what is
        """
        files = [file for file in files if hasattr(file, "read") and (file.filename or "")]
        if len(files) > uploads.MOST_FILES:
            raise PageInputError(self._say_refused(uploads.TOO_MANY, ""), "files")
        for file in files:
            # A request that is repeated, because somebody else wrote at the same time, has read them before.
            file.seek(0)
        try:
            read = uploads.check_all((file.filename, file.read(uploads.MOST_BYTES + 1)) for file in files)
        except uploads.UploadRefusedError as error:
            raise PageInputError(self._say_refused(error.why, error.name), "files") from error
        if read:
            self._check_page_room(read)
        return read

    def _check_page_room(self, files):
        """Refuse ``files`` where the page has stored enough for this customer in the last 24 hours.

        Requests of one customer store their files one after the other: each sees what the one before has stored, for
        which it looks from a transaction of its own.
        """
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext('credit.collection.page.files'), %s)", [self.id])
        with self.env.registry.cursor() as cr:
            number, size = self.with_env(self.env(cr=cr, su=True))._get_page_stored()
        number, size = number + len(files), size + sum(len(content) for __, content in files)
        if number <= uploads.DAY_FILES and size <= uploads.DAY_BYTES:
            return
        person = self._get_page_person()
        most = {"number": uploads.DAY_FILES, "size": uploads.DAY_BYTES // MEGABYTE}
        way = self._say_other_way(person["email"], person["phone"])
        raise PageInputError(
            self.env._(
                "No more than %(number)s files or %(size)s MB a day can be taken here. %(way)s", way=way, **most
            ),
            "files",
        )

    def _say_other_way(self, email, phone):
        if email and phone:
            return self.env._("Please send the others by e-mail to %(email)s, or call %(phone)s.",
                              email=email, phone=phone)  # fmt: skip
        if email:
            return self.env._("Please send the others by e-mail to %s.", email)
        if phone:
            return self.env._("Please call %s about the others.", phone)
        return self.env._("Please send the others tomorrow.")

    def _get_page_stored(self):
        """Return number and bytes of what visitors of the page have stored in the last 24 hours."""
        groups = self.env["ir.attachment"]._read_group(
            Domain("create_date", ">", fields.Datetime.now() - timedelta(days=1))
            & (
                Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)
                | Domain("res_model", "=", self.dispute_ids._name) & Domain("res_id", "in", self.dispute_ids.ids)
                | Domain("res_model", "=", self.remark_ids._name) & Domain("res_id", "in", self.remark_ids.ids)
            ),
            ["create_uid"],
            ["__count", "file_size:sum"],
        )
        stored = [(number, size) for user, number, size in groups if not user._is_internal()]
        return sum(number for number, __ in stored), sum(size for __, size in stored)

    def _say_refused(self, why, name):
        size = uploads.MOST_BYTES // MEGABYTE
        return {
            uploads.EMPTY: self.env._("The file “%s” is empty. Please choose it again.", name),
            uploads.TOO_LARGE: self.env._("The file “%(name)s” is larger than %(size)s MB.", name=name, size=size),
            uploads.TOO_MANY: self.env._("Please choose %s files at most.", uploads.MOST_FILES),
            uploads.WRONG_ENDING: self.env._("The file “%s” is of another kind than its name says.", name),
        }.get(why) or self.env._(
            "The file “%s” cannot be taken. Please send a PDF, a picture (JPEG, PNG, WebP, HEIC) or a plain text.", name
        )
