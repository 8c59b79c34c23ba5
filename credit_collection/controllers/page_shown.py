"""How what the customer's page answers is shown: its pages, and the closed door."""

import functools
import math

from odoo.http import request

from ..models.credit_collection_debtor_page import PAGE

SAID = "collection_said"
# What was typed cannot be taken: the form is shown again.
REFUSED = 422
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


def render(template, visit, **values):
    """Show a page of ``visit``. What was said by the last answer is shown once, above it."""
    said = request.session.pop(SAID, None) if SAID in request.session else None
    common = {
        "visit": visit,
        "title": visit.get_title(values.get("place_now")),
        "debtor": visit.debtor,
        "contact": visit.contact,
        "res_company": visit.debtor.company_id,
        "path": visit.path,
        "said": said,
        "error": None,
        "no_breadcrumbs": True,
        "html_data": get_html_data(),
        "format_day": functools.partial(format_day, visit.env),
    }
    return request.render(template, {**common, **values})


def show_door(why, debtor_id=None, company=None, wait=0, template="credit_collection.page_door"):
    """Show the closed door, with the ways that lead in, and whom to write to or call.

    :param company: of the page, where the visitor had a link to it; else the one that this address is of
    :param wait: seconds after which a busy visitor may come again
    """
    company = (company or request.env.company).sudo()
    values = {
        "why": why,
        "title": f"{request.env._('Your account')} – {company.name}",
        "debtor_id": debtor_id,
        "company": company,
        "res_company": company,
        "minutes": math.ceil(wait / 60) or 1,
        "sent": request.httprequest.method == "POST",
        "no_breadcrumbs": True,
        "page": PAGE,
        "html_data": get_html_data(),
    }
    response = request.render(template, values)
    response.status_code = 429 if why == "busy" else 403
    if why == "busy":
        response.headers["Retry-After"] = str(wait or 60)
    return guard(response)


def go_on(visit, said=None, path=""):
    """Lead on after an answer, with what to tell: reloading the next page answers nothing twice."""
    if said:
        request.session[SAID] = said
    return request.redirect(visit.path + path, code=303, local=True)


def format_day(env, day):
    """Write a day as the visitor's language does, the month in words."""
    return env["res.lang"]._format_day(day)


def get_html_data():
    """Return what the root of a page carries: its language, for whoever has it read aloud."""
    return {"lang": (request.env.lang or "en_US").replace("_", "-")}


def guard(response):
    """Add what each answer carries: nobody keeps it, or is told whence the visitor came."""
    response.headers.update(HEADERS)
    if response.status_code == REFUSED:
        # The browser's way back leads to the form as it was typed; it could not ask for it again.
        response.headers["Cache-Control"] = "private, no-cache"
    return response
