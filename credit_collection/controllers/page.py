"""What all routes of the customer's page share: who may see it, how often, and what is said when not."""

import functools
import logging
import re
import secrets

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.func import filter_kwargs
from werkzeug.exceptions import Forbidden, TooManyRequests

from ..models.credit_collection_debtor_page import PAGE
from .page_shown import REFUSED, go_on, guard, show_door

SESSION = "collection_links"
# Links that one browser keeps at a time.
MOST_LINKS = 10
# (requests, seconds): by address, by debtor, and what is sent by debtor and kind.
LIMITS = {
    "address": (600, 300),
    "debtor": (300, 300),
    "refused": (30, 600),
    "link": (3, 86400),
    "answer": (120, 3600),
    "seen": (30, 3600),
    "choice": (60, 3600),
    "payment": (20, 3600),
    "meeting": (20, 86400),
    "print": (20, 300),
}
SECRET_PATH = re.compile(rf"({PAGE}/enter/|/c/)[^\s/?\"]+")
COLLECTORS = "credit_collection.group_credit_collection_user"


class HideTokens(logging.Filter):
    """Keeps the tokens of our links out of the access log."""

    def filter(self, record):
        if isinstance(record.args, tuple):
            record.args = tuple(SECRET_PATH.sub(r"\1***", arg) if isinstance(arg, str) else arg for arg in record.args)
        record.msg = SECRET_PATH.sub(r"\1***", record.msg) if isinstance(record.msg, str) else record.msg
        return True


logging.getLogger("werkzeug").addFilter(HideTokens())


class Refused(Exception):
    """This visitor may not see this page.

    :param why: unknown, expired, revoked, busy or preview
    :param company: of the page, where the visitor had a link to it
    :param wait: seconds after which a busy visitor may come again
    """

    def __init__(self, why, company=None, wait=0):
        super().__init__(why)
        self.why, self.company, self.wait = why, company, wait


class Visit:
    """Somebody who may see the page of one debtor, and how they came.

    ``debtor`` and ``contact`` are read as root, in the visitor's language and the debtor's company. ``how`` is "link",
    "user" (of the portal) or "preview" (a colleague, who may answer nothing).
    """

    def __init__(self, debtor, contact, how):
        context = {"lang": request.env.lang, "allowed_company_ids": debtor.company_id.ids}
        self.env = request.env(su=True, context={**request.env.context, **context})
        self.debtor = debtor.with_env(self.env)
        # Who is gone, deleted or merged, leaves the customer's.
        self.contact = (contact or self.debtor.contact_id or self.debtor.partner_id).with_env(self.env)
        self.how = how
        self.path = debtor._get_page_path()
        # Of an answer that cannot be taken: the field at fault, and where to see more.
        self.wrong = self.see = None

    @classmethod
    def open(cls, debtor_id):
        """Return the visit of the present visitor to that debtor.

        :raises Refused: in the same way whether the debtor exists or not
        """
        debtors = request.env["credit.collection.debtor"].sudo()
        user = request.env.user
        token = request.session.get(SESSION, {}).get(str(debtor_id))
        debtor, contact, state = debtors._read_page_token(token)
        if state == "valid" and debtor.id == debtor_id and not user._is_internal():
            return cls(debtor, contact, "link")
        mine = debtors._find_of_visitor(user).filtered(lambda debtor: debtor.id == debtor_id)
        if mine:
            return cls(mine, user.partner_id, "user")
        if user.has_group(COLLECTORS):
            seen = request.env["credit.collection.debtor"].search([("id", "=", debtor_id)])
            if seen:
                return cls(seen, seen.sudo().contact_id or seen.sudo().partner_id, "preview")
        if state in ("expired", "revoked") and debtor.id == debtor_id:
            raise Refused(state, debtor.company_id)
        raise Refused("unknown")

    @property
    def may_answer(self):
        return self.how != "preview"

    def get_seen_path(self):
        """Return where the page tells that it was opened; nothing when that is known, or in a preview."""
        unseen = self.may_answer and self.env["credit.collection.action"]._find_unseen(self.debtor)
        return f"{self.path}/seen" if unseen else None

    def mark(self, field):
        """Return the attributes that tell that this field is the one at fault."""
        return {"aria-invalid": "true", "aria-errormessage": f"wrong_{field}"} if self.wrong == field else {}

    def get_number(self):
        """Return a number for a form: what carries it is answered once."""
        return secrets.token_urlsafe(12)

    def get_places(self):
        """Return ``(path, label)`` of what the navigation leads to."""
        labels = {
            "": self.env._("Overview"),
            "/pay": self.env._("Pay"),
            "/answers": self.env._("Tell us"),
            "/messages": self.env._("Messages"),
            "/preferences": self.env._("Preferences"),
        }
        return list(labels.items())

    def get_title(self, place=None):
        """Return what the browser's tab and who has the page read aloud call it.

        :param place: of ``get_places``
        """
        name = dict(self.get_places()).get(place) if place else self.env._("Your account")
        return f"{name} – {self.debtor.company_id.name}"


def check_printing(visit):
    """:raises TooManyRequests: when documents are made for this debtor again and again: each keeps a worker busy"""
    try:
        check_rate("print", visit.debtor.id)
    except Refused as refused:
        raise TooManyRequests() from refused


def check_rate(scope, who):
    """:raises Refused: when ``who`` has asked too often"""
    hits = request.env["credit.collection.hit"]
    if not hits._take(scope, who, *LIMITS[scope]):
        raise Refused("busy", wait=hits._get_wait(scope, who, LIMITS[scope][1]))


def page_route(path="", *, methods=("GET",), type="http", form=None, limit="answer"):  # noqa: A002 - Odoo's name
    """Make a route of the customer's page of a method ``(self, visit, …)``.

    The visitor is let in, counted, and kept from answering in a preview. What a ``UserError`` says about an answer is
    shown on the form again, with what was typed.

    :param path: below the debtor's page
    :param form: name of the method that shows the form: ``(self, visit, error=None, **typed)``
    :param limit: which of ``LIMITS`` counts what is sent
    """

    def decorate(method):
        def endpoint(self, debtor_id, **params):
            try:
                visit = _let_in(debtor_id, limit)
            except Refused as refused:
                return _refuse(refused, debtor_id, type)
            # Nobody names the visit.
            params.pop("visit", None)
            if type != "http":
                return method(self, visit, **filter_kwargs(method, params))
            # Files are read from the request.
            params = {name: value for name, value in params.items() if isinstance(value, str | int)}
            if request.httprequest.method != "POST":
                return guard(method(self, visit, **filter_kwargs(method, params)))
            number = params.pop("once", "")[:64]
            return guard(_answer_once(self, visit, method, form, filter_kwargs(method, params), number))

        functools.update_wrapper(endpoint, method)
        # Odoo drops what the signature does not name: it has to see the one with the debtor.
        del endpoint.__wrapped__
        return http.route(
            f"{PAGE}/<int(max=2147483647):debtor_id>{path}",
            type=type,
            auth="public",
            website=True,
            sitemap=False,
            methods=list(methods),
        )(endpoint)

    return decorate


def _let_in(debtor_id, limit):
    address = request.httprequest.remote_addr
    check_rate("address", address)
    try:
        visit = Visit.open(debtor_id)
    except Refused:
        check_rate("refused", address)
        raise
    check_rate("debtor", debtor_id)
    if request.httprequest.method not in ("GET", "HEAD"):
        if not visit.may_answer:
            raise Refused("preview")
        check_rate(limit, debtor_id)
    return visit


def _answer_once(controller, visit, method, form, params, number):
    """Answer a form the first time that it is sent: not twice by a double click. One that failed may be sent again."""
    hits, scope = request.env["credit.collection.hit"], f"form/{visit.debtor.id}"
    if number and not hits._take_once(scope, number):
        return go_on(visit, visit.env._("We have that already: you see below what became of it."), "/answers")
    response = None
    try:
        response = _answer(controller, visit, method, form, params)
    finally:
        if number and (response is None or response.status_code == REFUSED):
            hits._forget_once(scope, number)
    return response


def _answer(controller, visit, method, form, params):
    if not form:
        return method(controller, visit, **params)
    try:
        with visit.env.cr.savepoint():
            return method(controller, visit, **params)
    except UserError as error:
        visit.env.invalidate_all()
        visit.wrong, visit.see = getattr(error, "field", None), getattr(error, "path", None)
        response = getattr(controller, form)(visit, error=str(error), **params)
        response.status_code = REFUSED
        return response


def _refuse(refused, debtor_id, kind="http"):
    """Tell why the page stays closed. Whether there is such a page at all is not told."""
    if kind != "http":
        raise TooManyRequests() if refused.why == "busy" else Forbidden()
    return show_door(refused.why, debtor_id, refused.company, wait=refused.wait)


def remember_link(debtor_id, token):
    """Keep a link in this browser's session; the oldest goes when there are many."""
    links = {**request.session.get(SESSION, {}), str(debtor_id): token}
    request.session[SESSION] = dict(list(links.items())[-MOST_LINKS:])
