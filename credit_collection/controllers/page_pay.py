"""Paying on the customer's page: choose what, then how; the payment itself is core's."""

from odoo.addons.payment.controllers.portal import PaymentPortal
from odoo.exceptions import UserError
from odoo.http import request

from .page import page_route
from .page_shown import go_on, render

FLOWS = ("redirect", "direct", "token")


class CollectionPay(PaymentPortal):
    """Amount, currency, payer and where it leads are ours in each step, whatever the browser says."""

    # === CHOOSE WHAT === #

    @page_route("/pay")
    def collection_pay(self, visit):
        return self._show_choice(visit)

    @page_route("/pay", methods=("POST",), form="_show_choice", limit="choice")
    def collection_pay_choose(self, visit):
        form, debtor = request.httprequest.form, visit.debtor
        wanted = set(form.getlist("item"))
        own = debtor._get_own_items(int(text) for text in wanted if text.isdecimal() and len(text) < 10)
        if len(own) != len(wanted):
            raise request.not_found()
        chosen, wrong = debtor._read_amounts(own, form)
        if wrong:
            raise UserError(" ".join(wrong.values()))
        choice = debtor._sign_choice(debtor._check_chosen(chosen))
        return go_on(visit, path=f"/pay/{choice}")

    def _show_choice(self, visit, error=None, wanted=None):
        """Show what can be paid.

        :param wanted: ``{item id: amount}`` chosen before; else what was typed, or the address names, or is overdue
        """
        rows = visit.debtor._get_pay_rows()
        typed = request.httprequest.form if request.httprequest.method == "POST" and wanted is None else None
        if typed:
            self._fill_typed(visit.debtor, rows, typed)
        else:
            asked = request.httprequest.args
            wanted = wanted or visit.debtor._read_proposal(asked.get("choice"))
            self._fill_wanted(visit.debtor, rows, wanted or visit.debtor._propose_chosen(rows, asked))
        groups = {}
        for row in rows:
            groups.setdefault(row["currency"], []).append(row)
        language = visit.env["res.lang"]._get_data(code=visit.env.lang or "en_US")
        return render("credit_collection.page_pay", visit, groups=groups, language=language, error=error,
                      place_now="/pay")  # fmt: skip

    def _fill_typed(self, debtor, rows, typed):
        """Show what was typed, each mistake beside its field."""
        ticked = set(typed.getlist("item"))
        for row in rows:
            row["checked"] = str(row["item"].id) in ticked
            row["amount"] = typed.get(f"amount_{row['item'].id}", "")
            row["wrong"] = debtor._find_wrong(row, typed) if row["checked"] else None

    def _fill_wanted(self, debtor, rows, wanted):
        for row in rows:
            number = row["item"].id
            amount = min(wanted.get(number) or debtor._propose_amount(row), row["payable"])
            row["checked"] = number in wanted and not row["closed_because"]
            row["amount"] = debtor._write_page_amount(amount, row["currency"])
            row["wrong"] = None

    # === CHOOSE HOW === #

    @page_route("/pay/<string:choice>")
    def collection_pay_chosen(self, visit, choice=None):
        return self._show_way(visit, choice=choice)

    @page_route("/pay/<string:choice>", methods=("POST",), form="_show_way", limit="choice")
    def collection_pay_unpaid(self, visit, choice=None):
        """Take the visitor's word that what was begun before was not paid; of exactly what was asked about."""
        debtor = visit.debtor
        chosen = self._check_choice(visit, choice)
        said = set(request.httprequest.form.getlist("unpaid"))
        asked = debtor._find_in_doubt(chosen, choice)
        if any(str(tx.id) not in said for tx in asked):
            raise UserError(visit.env._("Did you pay then? If so, please wait. If not, please say so below."))
        return go_on(visit, path=f"/pay/{debtor._sign_choice(chosen, debtor._read_unpaid(choice) | asked)}")

    def _show_way(self, visit, error=None, choice=None):
        try:
            chosen = self._check_choice(visit, choice)
        except UserError as refusal:
            response = self._show_choice(visit, error=str(refusal), wanted=visit.debtor._read_proposal(choice))
            response.status_code = 422
            return response
        values = self._get_way_values(visit, chosen)
        begun = visit.debtor._find_begun(chosen)
        return render(
            "credit_collection.page_pay_way",
            visit,
            **values,
            error=error,
            chosen=chosen,
            waits=begun._say_begun() if begun else None,
            doubts=[(tx.id, visit.debtor._say_in_doubt(tx)) for tx in visit.debtor._find_in_doubt(chosen, choice)],
            transfers=visit.debtor._get_transfers(chosen),
            back=f"{visit.path}/pay?choice={choice}",
            transaction_route=f"{visit.path}/pay/{choice}/transaction",
            landing_route=f"{visit.path}/pay/{choice}",
            place_now="/pay",
        )

    def _check_choice(self, visit, choice):
        wanted = visit.debtor._read_choice(choice)
        if not wanted:
            raise UserError(visit.env._("Some time has passed since you chose. Please choose again what you pay."))
        chosen = visit.debtor._check_chosen(wanted, signed=True)
        visit.debtor._check_discounts(chosen, choice)
        return chosen

    def _get_payer(self, visit):
        """Return who pays, and whether they have signed in: saved cards are shown to nobody else, nor kept for them."""
        user = request.env.user
        if visit.debtor in visit.debtor._find_of_visitor(user):
            return user.partner_id.with_env(visit.env), True
        return visit.contact, False

    def _get_way_values(self, visit, chosen):
        """Return what core's payment form is made of: amount and currency are those of what was chosen."""
        env, company = visit.env, visit.debtor.company_id
        payer, signed_in = self._get_payer(visit)
        currency = chosen[0][0]["currency"]
        amount = currency.round(sum(amount for __, amount in chosen))
        providers = env["payment.provider"]
        if self._can_partner_pay_in_company(payer, company):
            providers = providers._get_compatible_providers(company.id, payer.id, amount, currency_id=currency.id)
        methods = env["payment.method"]._get_compatible_payment_methods(
            providers.ids, payer.id, currency_id=currency.id
        )
        tokens = env["payment.token"]
        keeps = dict.fromkeys(providers.ids, False)
        if signed_in:
            tokens = tokens._get_available_tokens(providers.ids, payer.id)
            keeps = self._compute_show_tokenize_input_mapping(providers)
        return {
            "amount": amount,
            "currency": currency,
            "partner_id": payer.id,
            "signed_in": signed_in,
            "providers_sudo": providers,
            "payment_methods_sudo": methods,
            "tokens_sudo": tokens,
            "show_tokenize_input_mapping": keeps,
        }

    # === PAY === #

    @page_route("/pay/<string:choice>/transaction", methods=("POST",), type="jsonrpc", limit="payment")
    def collection_pay_transaction(self, visit, choice=None, access_token=None, **kwargs):  # noqa: ARG002 - of the form
        """Begin the payment; two at once are put in a row, and the later one sees what the first began."""
        self._validate_transaction_kwargs(kwargs)
        debtor = visit.debtor
        if debtor._read_choice(choice):
            debtor.env["credit.collection.dispute.line"]._take_turn(debtor)
        try:
            chosen = self._check_choice(visit, choice)
        except UserError as error:
            why = str(error)
            raise UserError(visit.env._("Nothing was charged. %s Please reload this page.", why)) from error
        debtor._check_nothing_begun(chosen, choice)
        values = self._get_way_values(visit, chosen)
        way = self._check_way(visit, values, **kwargs)
        # A saved card is charged after the commit: what is repeated after a conflict finds this payment, and stops.
        request.update_context(delay_token_charge=True)
        tx = self._create_transaction(
            **way,
            amount=values["amount"],
            currency_id=values["currency"].id,
            partner_id=values["partner_id"],
            landing_route=f"{visit.path}/pay",
            reference_prefix=debtor._get_payment_reference(chosen),
            custom_create_values=debtor._prepare_payment(chosen),
        )
        tx.landing_route = f"{visit.path}/pay/receipt/{debtor._sign_receipt(tx)}"
        if way["flow"] == "token":
            request.env.cr.commit()
            tx._charge_with_token()
        return tx._get_processing_values()

    def _check_way(self, visit, values, flow=None, provider_id=None, payment_method_id=None, token_id=None, **kwargs):
        """Return how it is paid, if that is one of the ways that the page offers to this visitor."""
        provider = values["providers_sudo"].filtered(lambda provider: provider.id == provider_id)
        method = values["payment_methods_sudo"].filtered(lambda method: method.id == payment_method_id)
        token = values["tokens_sudo"].filtered(lambda token: token.id == token_id and token.provider_id == provider)
        fits = token if flow == "token" else method & provider.payment_method_ids
        if not provider or flow not in FLOWS or not fits:
            raise UserError(visit.env._("This way to pay is not available. Please reload the page and choose another."))
        return {
            "flow": flow,
            "provider_id": provider.id,
            "payment_method_id": method.id,
            "token_id": token.id if flow == "token" else None,
            "tokenization_requested": values["signed_in"] and kwargs.get("tokenization_requested") is True,
        }

    # === WHAT BECAME OF IT === #

    @page_route("/pay/receipt/<string:receipt>")
    def collection_pay_receipt(self, visit, receipt=None):
        tx = visit.debtor._read_receipt(receipt)
        if not tx:
            raise request.not_found()
        back = f"{visit.path}/pay?" + "&".join(f"item={number}" for number in tx.collection_item_ids.move_line_id.ids)
        title = f"{visit.env._('Payment')} {tx.reference} – {visit.debtor.company_id.name}"
        return render(
            "credit_collection.page_pay_receipt",
            visit,
            tx=tx,
            title=title,
            back=back,
            place_now="/pay",
            **visit.debtor._get_receipt(tx),
        )
