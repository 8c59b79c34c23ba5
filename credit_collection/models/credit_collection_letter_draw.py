from itertools import pairwise

from markupsafe import Markup
from odoo import api, models
from odoo.exceptions import UserError

from ..tools import pdf

DOCTYPE = Markup("<!DOCTYPE html>\n")
HEADING_HEIGHT = 12
"""Millimetres that the heading row of the table needs at most: labels on two lines."""
MARK = "@@%s@@"
PROBE_LENGTH = 180
PROBE = f"""{DOCTYPE}<html><body style="margin: 0">
<b style="position: absolute; top: 0; left: 0">{MARK % 0}</b>
<b style="position: absolute; top: 0; left: {PROBE_LENGTH}mm">{MARK % 1}</b></body></html>"""
ZOOMS = {}
"""By the arguments of the call. Kept as long as the process: it is a trait of the program, not of a database."""


class CreditCollectionLetter(models.AbstractModel):
    """How a letter becomes a PDF, by ``wkhtmltopdf``, whose builds differ.

    Distributions link it to a stock Qt. That build has a scale of its own (1.30 times too small on Debian) whatever
    ``--dpi``, ``--zoom`` and ``--disable-smart-shrinking`` say, knows no header or footer, takes one document per call,
    cuts table rows and does not repeat their heading. The build with a patched Qt is true to scale at 96 dpi without
    shrinking, which is what our paper formats ask for. So that both give the same letter, everything stands in the
    body, the scale is measured and corrected, and long tables are broken here.
    """

    _inherit = "credit.collection.letter"

    @api.model
    def _draw_pages(self, layout):
        """Return the PDF: on one page with the footer at its end, a little tighter if need be, else on several."""
        layout = {**layout, "one_page": True, "tight": False}
        document = self._draw(layout)
        if pdf.count_pages(document) == 2:
            document = self._draw({**layout, "tight": True})
        if pdf.count_pages(document) > 1:
            layout["one_page"] = False
            document = self._draw(layout, self._measure_breaks(layout))
        return document

    @api.model
    def _draw(self, layout, breaks=(), measuring=False):
        """Return the letter, with a new page and a new heading row before each of the lines ``breaks``.

        :param measuring: mark the lines, and leave room on each page for the heading row that is still to come
        """
        zoom = self._get_zoom(layout["paper"])
        layout = {**layout, "breaks": breaks, "measuring": measuring, "mark": MARK, "zoom": zoom}
        template = layout.get("template", "credit_collection.letter")
        html = DOCTYPE + self.env["ir.qweb"]._render(template, layout, minimal_qcontext=True)
        return self._run(html, layout["paper"], reserve=HEADING_HEIGHT if measuring else 0)

    @api.model
    def _measure_breaks(self, layout):
        """Return the lines that begin a page, as positions in the table."""
        document = self._draw(layout, measuring=True)
        marks = [MARK % number for number in range(-1, len(layout["lines"]))]
        pages = [page for page, __, __ in self._locate(document, marks)]
        return [number for number, (before, page) in enumerate(pairwise(pages)) if page != before]

    @api.model
    def _run(self, html, paper, reserve=0):
        report = self._get_report().new({"paperformat_id": paper.id})
        if report.get_wkhtmltopdf_state() == "install":
            raise UserError(self.env._("Letters need the program wkhtmltopdf, which this server does not have."))
        margins = {"data-report-margin-bottom": paper.margin_bottom + reserve}
        return report._run_wkhtmltopdf([html], specific_paperformat_args=margins)

    @api.model
    def _get_report(self):
        return self.env["ir.actions.report"].with_context(collection_no_scripts=True)

    @api.model
    def _get_zoom(self, paper):
        """Return by what to magnify a letter so that its millimetres are real ones, here and now."""
        arguments = " ".join(self._get_report()._build_wkhtmltopdf_args(paper, False))
        if arguments not in ZOOMS:
            begin, end = self._locate(self._run(PROBE, paper), [MARK % 0, MARK % 1])
            ZOOMS[arguments] = round(PROBE_LENGTH / (end[1] - begin[1]), 3)
        return ZOOMS[arguments]

    @api.model
    def _locate(self, document, marks):
        places = pdf.locate(document, marks)
        if len(places) < len(marks):
            raise UserError(self.env._("What wkhtmltopdf makes cannot be measured: letters would miss the window."))
        return [places[mark] for mark in marks]
