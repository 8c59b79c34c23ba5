"""How other software calls the columns of a ledger, and the values of those that know only a few.

Words are compared without case, accents, spaces and punctuation:

>>> plain("No. de  Facture (TTC)"), plain("invoiceNumber"), plain("Fälligkeitsdatum")
('nodefacturettc', 'invoicenumber', 'falligkeitsdatum')
>>> words = [plain(word) for words in HEADERS.values() for word in words.split()]
>>> [word for word in set(words) if words.count(word) > 1]
[]
"""

import re
import unicodedata

# One meaning per word: what a header says must not depend on the order of this table.
HEADERS = {
    "record": "recordtype rowtype doctype documenttype typedocument typepiece belegart belegtyp transactiontype",
    "customer_ref": """customerid customerno customernumber customercode customerkey customeraccount accountno
        accountnumber accountcode clientid clientcode clientno codeclient numeroclient noclient compteclient comptetiers
        codetiers debtorid debtorno debtornumber debitor debitorennummer debitornr kundennummer kundennr kundenid
        partnerid partnerref partnercode externalreference codigocliente idcliente""",
    "customer_name": """customer name clientname client debtor debtorname debtorcompany company companyname nom
        nomclient
        raisonsociale societe kunde kundenname firma firmenname partner partnername nombrecliente cliente""",
    "vat": """vatnumber vatno vatid taxid taxnumber tva numerotva notva tvaintracom tvaintracommunautaire ustid ustidnr
        umsatzsteuerid nif cif""",
    "kind": "customertype customerkind kindofcustomer typeclient kundenart debtortype",
    "street": "address address1 addressline1 adresse adresse1 rue strasse direccion",
    "street2": "address2 addressline2 adresse2 complement complementadresse adresszusatz",
    "zip": "zipcode postcode postalcode codepostal cp plz postleitzahl codigopostal",
    "city": "town ville stadt ort ciudad poblacion",
    "country": "countrycode countryname pays codepays land landcode laendercode pais",
    "email": "emailaddress mail courriel adresseemail adressemail customeremail billingemail correo",
    "phone": "phonenumber telephone telephonenumber tel mobile telefon telefonnummer telefono customerphone",
    "language": "lang languagecode langue sprache idioma",
    "preferred_channel": "channel preferredcontact canal canalprefere kanal",
    "opt_outs": "optout optouts closedchannels donotcontact",
    "hold_until": "onholduntil blockeduntil mahnsperrebis bloquejusquau",
    "hold_reason": "reasonofhold holdcomment mahnsperregrund motifblocage",
    "collector": "collectorlogin creditcontroller assignedto gestionnaire sachbearbeiter",
    "contact_ref": "contactid contactno contactcode contactnumber idcontact",
    "contact_name": "contact contactperson nomcontact interlocuteur ansprechpartner",
    "contact_email": "contactmail contactemailaddress emailcontact",
    "contact_phone": "contacttelephone contacttel telcontact telephonecontact",
    "contact_role": "role contactfunction fonction funktion",
    "number": """invoicenumber invoiceno invoicenr invoiceid invoice invoiceref invoicereference documentnumber
        documentno
        docnumber docno numero numerofacture nofacture facture numeropiece nopiece piece rechnungsnummer rechnungsnr
        rechnung belegnummer belegnr belegfeld1 numerofactura factura vouchernumber""",
    "invoice_date": """date documentdate docdate dateofinvoice issuedate issued postingdate datefacture datepiece
        rechnungsdatum belegdatum fechafactura fecha billdate""",
    "due_date": """duedate due datedue dateofmaturity maturity maturitydate paymentdue netduedate echeance dateecheance
        datedecheance falligkeit falligkeitsdatum falligam fechavencimiento vencimiento""",
    "amount": """invoiceamount amountdue total totalamount totaldue gross grossamount invoicetotal originalamount
        montant
        montantttc totalttc montantfacture betrag bruttobetrag rechnungsbetrag umsatz importe importetotal""",
    "currency": "currencycode devise codedevise wahrung waehrung moneda wkz",
    "residual": """open openamount amountopen outstanding outstandingamount balance balancedue remaining remainingamount
        unpaid unpaidamount reste resteapayer restedu solde montantdu offen offenerbetrag saldo pendiente""",
    "settled_date": """settleddate settlementdate settled datesettled paiddate datepaid paidon cleareddate clearingdate
        dateofsettlement datereglement datelettrage ausgleichsdatum ausgeglichenam""",
    "order_ref": """ponumber pono po purchaseorder customerpo customerreference customerref2 yourreference ordernumber
        orderno referencecommande numerocommande bestellnummer ihrzeichen pedido""",
    "delivered": "paperlessbill delivery deliverymethod sentby howsent invoicedelivery modeenvoi versandart",
    "reverses": "reversedinvoice originalinvoice creditnoteof creditof factureorigine ursprungsrechnung stornozu",
    "level": "dunninglevel reminderlevel lastlevel remindercount niveau niveaurelance mahnstufe",
    "level_date": "dunningdate lastreminder lastreminderdate reminderdate daterelance dernierrelance mahndatum",
    "disputed": "dispute disputedamount amountdisputed isdisputed indispute litige montantlitige strittig reklamiert",
    "dispute_reason": "disputereason reasonofdispute disputecomment motiflitige reklamationsgrund",
    "promise_amount": "promisedamount amountpromised montantpromis zugesagterbetrag",
    "promise_date": "promisedate promisedon promisedfor datepromesse zugesagtam",
    "payment_ref": """paymentreference paymentid paymentno paymentnumber receiptnumber receiptno receiptid
        numeropaiement
        referencepaiement zahlungsnummer zahlungsreferenz""",
    "payment_date": "dateofpayment datepayment receiptdate datepaiement zahlungsdatum zahlungam fechapago",
    "memo": "description comment remark label libelle note text buchungstext verwendungszweck concepto",
}

# The first word of each is the code that is kept.
CHOICES = {
    "record": {
        "customer": "client debtor kunde debitor cliente",
        "contact": "person ansprechpartner interlocuteur contacto",
        "invoice": "inv bill facture rechnung fac fa re ri factura debit",
        "credit_note": "creditnote creditmemo credit refund cn avoir gutschrift notedecredit abono av gs",
        "payment": "pay receipt paiement reglement zahlung pmt pago encaissement",
    },
    "kind": {
        "business": "company firm b2b b entreprise professionnel societe unternehmen firma empresa",
        "sole_trader": "soletrader selfemployed entrepreneurindividuel autoentrepreneur freiberufler autonomo",
        "consumer": "private individual person b2c c particulier privat privatperson verbraucher particular",
        "public": "publicbody authority b2g g administration secteurpublic behorde administracion",
    },
    "contact_role": {
        "payables": "accountspayable payable ap accounting comptabilite comptabilitefournisseurs buchhaltung",
        "buyer": "purchasing procurement achats acheteur einkauf compras",
        "management": "manager director direction dirigeant geschaftsfuhrung leitung gerencia",
    },
    "delivered": {
        "paper": "post letter mail courrier papier poste brief print",
        "electronic": "email edi pdf electronique elektronisch online portal paperless",
    },
}

YES = frozenset("yes y true 1 x oui o vrai ja j wahr si s".split())
NO = frozenset("no n false 0 non faux nein falsch none".split())


def plain(text: str) -> str:
    """Return the text in small letters and digits only."""
    decomposed = unicodedata.normalize("NFKD", text).casefold().replace("ß", "ss")
    return re.sub(r"[^a-z0-9]", "", decomposed)
