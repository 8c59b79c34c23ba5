from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.http import request

from ..models.credit_collection_debtor_page import PAGE
from .page import SESSION, Refused, check_rate, remember_link
from .page_shown import get_html_data, show_door

# Where a link may lead besides the front page.
NAMED = ("item", "dispute", "plan")
PLACES = ("pay", "paid", "dispute", "promise", "plan", "call", "preferences", "why", "contact")
# Of what a page may load or send to: its own words and looks.
NOTHING_ELSE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class CollectionDoor(http.Controller):
    """The ways in: by signed link, by the short one of text messages, by the portal account."""

    # Neither is ever prefixed with a language: the token would be seen twice.
    @http.route(
        f"{PAGE}/enter/<string:token>", type="http", auth="public", methods=["GET"], sitemap=False, website=True,
        multilang=False,
    )  # fmt: skip
    def collection_enter(self, token, to=None, **named):
        """Keep the token in the session and lead on to an address without it."""
        return self._enter(token, to, named)

    @http.route(
        "/c/<string:code>", type="http", auth="public", methods=["GET"], sitemap=False, website=True, multilang=False
    )
    def collection_enter_short(self, code):
        try:
            check_rate("address", request.httprequest.remote_addr)
            action = request.env["credit.collection.action"]._find_by_link(code)
            if not action:
                check_rate("refused", request.httprequest.remote_addr)
        except Refused as refused:
            return self._close(refused)
        if not action:
            return self._enter("")
        place = {name: str(number) for name, number in action._get_page_place().items()}
        return self._enter(action._sign_link_token(), named=place)

    def _enter(self, token, to=None, named=()):
        address = request.httprequest.remote_addr
        debtor, contact, state = request.env["credit.collection.debtor"]._read_page_token(token)
        try:
            check_rate("address", address)
            if state == "unknown":
                check_rate("refused", address)
                raise Refused(state)
        except Refused as refused:
            return self._close(refused)
        remember_link(debtor.id, token)
        found = next((f"{name}/{named[name]}" for name in NAMED if name in named and named[name].isdecimal()), None)
        place = found or (to if to in PLACES else None)
        path = f"{debtor._get_page_path()}/{place}" if place else debtor._get_page_path()
        installed = dict(request.env["res.lang"].get_installed())
        language = contact.lang if contact.lang in installed else None
        path = request.env["ir.http"]._url_lang(path, lang_code=language)
        return self._lead(request.redirect(path, code=303, local=True))

    def _close(self, refused):
        """Show the door at an address that names the token: nothing is loaded, and no link is made of the address."""
        response = show_door(refused.why, wait=refused.wait, template="credit_collection.page_door_bare")
        response.headers["Content-Security-Policy"] = NOTHING_ELSE
        return response

    def _lead(self, response):
        response.headers.update({"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"})
        response.headers["Cache-Control"] = "no-store"
        return response

    @http.route(f"{PAGE}/link", type="http", auth="public", methods=["POST"], website=True, sitemap=False)
    def collection_new_link(self, debtor_id=""):
        """Send a new link to whom the one that has ended was sent; nobody else can ask for it, and nowhere else."""
        token = request.session.get(SESSION, {}).get(debtor_id)
        debtor, contact, state = request.env["credit.collection.debtor"]._read_page_token(token)
        try:
            check_rate("address", request.httprequest.remote_addr)
            if state != "expired" or str(debtor.id) != debtor_id:
                raise Refused("unknown" if state == "valid" else state, debtor.company_id)
            check_rate("link", debtor.id)
        except Refused as refused:
            return show_door(refused.why, company=refused.company, wait=refused.wait)
        if debtor._send_page_link(contact):
            return show_door("sent", company=debtor.company_id)
        return show_door("unsent", company=debtor.company_id)

    @http.route(PAGE, type="http", auth="public", methods=["GET"], website=True, sitemap=False)
    def collection_choose(self):
        """Lead to the one page that the visitor may see, or let them choose."""
        try:
            check_rate("address", request.httprequest.remote_addr)
        except Refused as refused:
            return show_door(refused.why, wait=refused.wait)
        debtors = request.env["credit.collection.debtor"]._find_of_visitor(request.env.user)
        for token in request.session.get(SESSION, {}).values():
            debtor, __, state = debtors._read_page_token(token)
            debtors |= debtor if state == "valid" else debtors.browse()
        if len(debtors) == 1:
            return request.redirect(debtors._get_page_path(), code=303, local=True)
        if not debtors and request.env.user._is_public():
            return request.redirect(f"/web/login?redirect={PAGE}", code=303, local=True)
        response = request.render(
            "credit_collection.page_choose",
            {
                "debtors": debtors,
                "page_name": "collection",
                "title": f"{request.env._('Your account')} – {request.env.company.sudo().name}",
                "html_data": get_html_data(),
            },
        )
        response.headers["Cache-Control"] = "no-store"
        return response


class CollectionHome(CustomerPortal):
    """The card "Your account" on the portal's home."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "collection_count" in counters:
            debtors = request.env["credit.collection.debtor"]._find_of_visitor(request.env.user)
            values["collection_count"] = len(debtors)
        return values
