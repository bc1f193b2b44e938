"""The words invoices name their fields with, in English, German, French and Dutch; matched on folded text."""

import re
from collections.abc import Mapping


def pattern(alternatives: str) -> re.Pattern[str]:
    """A pattern that finds any of the alternatives as whole words of a folded text."""
    return re.compile(rf"(?<![a-z])(?:{alternatives})(?![a-z])")


INVOICE = pattern(
    r"(?:tax |retail |proforma |commercial |vat )?invoices?|(?:\w{0,20}-?)?rechnung(?:s\w{0,20}|en)?|factures?|"
    r"facturation|factuur\w{0,20}|facturen|credit notes?|credit memo|gutschrift|(?:facture d')?avoir|creditnota|"
    r"creditfactuur|billing statement|bill(?: no| number| date|ed)|account statement|nota|note d'honoraires|"
    r"honorarnote|receipt (?:no|number)"
)
TITLE = re.compile(
    r"^\W*(?:(?:tax|retail|proforma|sales|commercial|vat|your|\w+) ){0,3}(?:invoices?|credit note|"
    r"rechnung|gutschrift|facture|avoir|factuur|creditnota|creditfactuur|bill)\b"
)
CREDIT_TITLE = re.compile(
    r"^\W*(?:credit (?:note|memo)|(?:rechnungs)?gutschrift|storno(?:rechnung)?|(?:facture d')?avoir|"
    r"creditnota|creditfactuur)\b(?! card)"
)
INVOICE_NUMBER = pattern(
    r"invoice ?(?:no|number|num|nr|id|#|ref\w{0,10})\.?|invoice ?[#:]|bill (?:no|number)|"
    r"rechnungs?-?\s?(?:nr|nummer|no)\.?|beleg-?(?:nr|nummer)|"
    r"(?:facture|numero de facture|reference|no de facture)\s?(?:n|no|numero|num)?\s?[°:#]?\s?(?=[a-z]{0,4}[-/]?\d)|"
    r"numero de (?:la )?facture|facture (?:n|no|numero)\W|factuur\s?(?:nr|nummer|no)\.?"
)
BUYER = pattern(
    r"bill(?:ed|ing)? to(?: address)?|bill-to|"
    r"(?:billing|shipping|delivery|customer|installation|buyer'?s?|service) (?:address|details|information|info)|"
    r"ship(?:ped|ping)?[- ]to|deliver(?:ed|y)? to|sold to|invoice(?:d)? to|customer(?: name)?|client(?: name)?|"
    r"buyer(?: name)?|recipient|consignee|guest(?: name)?|attn\.?|attention|prepared for|account holder address|"
    r"place of supply|kunde|(?:rechnungs|liefer|kunden)-?(?:anschrift|adresse|empfanger)|rechnung an|lieferung an|"
    r"(?:rechnungs)?empfanger|auftraggeber|besteller|z\.? ?hd\.?|"
    r"adresse (?:de )?(?:facturation|livraison|l'installation|du client|client)|factur(?:e|er) a|"
    r"livr(?:e|er|aison) a|adresse a|destinataire|acheteur|(?:nom de )?l'abonne|titulaire du (?:contrat|compte)|"
    r"(?:factuur|aflever|bezorg|verzend|klant)-?adres|factu(?:ur|reren) aan|klant(?:gegevens|naam)?|afnemer|koper|"
    r"t\.a\.v\.?|ter attentie van|geleverd aan"
)
SELLER = pattern(
    r"sold by|seller(?: name)?|vendor(?: name)?|supplier(?: name)?|from|bill(?:ed)? (?:from|by)|issued by|issuer|"
    r"invoice from|service provider|provider|merchant|remit(?:tance)? to|(?:make |cheques? |checks? )?payable to|"
    r"pay(?:ment)? to|(?:bank )?account (?:name|holder)|beneficiary(?: name)?|regd\.? (?:office|address)|"
    r"registered (?:office|address)|for and on behalf of|verkaufer|verkauf durch|verkauft von|lieferant|"
    r"rechnungssteller|leistungserbringer|absender|kontoinhaber(?:in)?|zahlungsempfanger|vendeur|vendu par|"
    r"fournisseur|emetteur|emis par|prestataire|titulaire|beneficiaire|a l'ordre de|verkoper|verkocht door|"
    r"leverancier|afzender|ten name van|t\.n\.v\.?|rekeninghouder|begunstigde"
)
TAX_NUMBER = pattern(
    r"vat(?: ?(?:id|no|number|reg\w{0,10}|nr|tin))?\b\W{0,4}[a-z]{0,3}\s?\d[\d\s.]{6,16}|"
    r"(?:ust|umsatzsteuer)-?\s?\.?id\w{0,3}|ust-?id|steuer-?(?:nr|nummer)|st\.?-?nr|"
    r"btw(?:[- ](?:nr|nummer|id))?\W{0,4}(?:nl|be)|btw-?(?:nr|nummer)|tva intra\w{0,20}|"
    r"(?:numero|n°|no)(?: de)? tva\w{0,20}|gstin?(?: ?(?:no|number|in))?\W{0,4}\d{2}[a-z]{3}|gstin|cin|"
    r"pan(?: no)?\W{0,3}[a-z]{5}\d{4}|abn|tax id|siret|siren|rcs|ape|naf|kvk|k\.v\.k\.|h\.?r\.?b|"
    r"handelsregister|registergericht|amtsgericht|geschaftsfuhr\w{0,10}|vorstand|"
    r"company (?:no|number|registration|reg)\w{0,10}|registered in|capital(?: social)?|siege social|iban|swift|"
    r"bic|bank(?:verbindung| details| account| name)?|routing(?: number)?|sort code|ifsc"
)
TERMS = pattern(
    r"due date|date due|payment (?:terms|due)|terms|net (?:\d\d|due)|amount due|balance due|due by|zahlungsziel|"
    r"zahlungsbedingungen|zahlbar|fallig\w{0,12}|date limite|echeance|conditions de (?:paiement|reglement)|"
    r"verval(?:datum|dag)|betalingstermijn|betalen (?:voor|binnen)"
)
BANK = pattern(
    r"iban|swift|bic|routing|sort code|ifsc|bankverbindung|bank account|account (?:no|number)|rcs|siret|kvk|hrb|"
    r"registergericht|ust-?id\S{0,4}|gstin|vat (?:no|number|id|reg)\S{0,6}"
)
PAYMENT = pattern(
    r"paid|pay(?:ment|ments|able)?|charged|debited|be[zs]ahl\w{0,4}|gezahlt|zahl\w{0,12}|uberweis\w{0,5}|pay[e]e?|"
    r"paiement|"
    r"regle\w{0,4}|prelev\w{0,6}|betaal\w{0,8}|betaling\w{0,8}|voldaan|mode|method"
)
TILL = pattern(
    r"cash(?:ier)?|change|tender\w{0,3}|rounding|thank you|please come again|not refundable|terminal|pos|"
    r"kassierer|bar(?:geld)?|gegeben|ruckgeld|caissier|rendu|kassa|wisselgeld|bill no|table|server|pax"
)
LEGAL_FORM = re.compile(
    r"(?<![\w.])(?:societe anonyme|societe par actions simplifiee|societe a responsabilite limitee|aktiengesellschaft|"
    r"gesellschaft mit beschrankter haftung|besloten vennootschap|naamloze vennootschap|(?:private|pvt\.?|pte\.?|"
    r"pty\.?|sdn\.?)[ ]?(?:limited|ltd\.?|bhd\.?)|limited|ltd\.?|llc|l\.l\.c\.?|"
    r"llp|plc|"
    r"inc\.?|incorporated|corp\.?|corporation|gmbh(?: & co\.? kg(?:aa)?)?|mbh|ag(?: & co\.? kg(?:aa)?)?|"
    r"ug(?: \(haftungsbeschrankt\))?|"
    r"kg(?:aa)?|ohg|gbr|e\. ?k\.|e\. ?u\.|e\. ?v\.|se(?: & co\.? kg(?:aa)?)?|b\. ?v\.?(?:b\.? ?a\.?)?|bv|bvba|n\. ?v\.|"
    r"nv|v\. ?o\. ?f\.|"
    r"vof|s\.? ?a\.? ?r\.? ?l\.?|sarl|sasu?|s\.a\.s\.u?\.?|eurl|s\. ?a\.|sa|sci|snc|scop|sprl|srl|s\.r\.l\.|s\.p\.a\.|"
    r"spa|sl|"
    r"s\.l\.u?\.?|s\.r\.o\.|sp\. ?z ?o\.o\.|kft|"
    r"d\.o\.o\.|eirl|selarl|k\.k\.|co\.,? ltd\.?|oy|ab|a/s|aps|asbl|vzw)(?![\w])"
)
ISSUED = pattern(
    r"(?:invoice|inv\.?|bill(?:ing)?|document|issue|tax|receipt|credit note|statement)[- ]?date|"
    r"date of (?:invoice|issue|supply and invoice|bill)|date (?:issued|billed|invoiced|paid)|"
    r"(?:issued|invoiced|billed)(?: on| at)?|(?:rechnungs|ausstellungs|beleg|gutschrifts?|druck)-?datum|"
    r"datum der rechnung|ausgestellt am|rechnung vom|"
    r"date (?:de |d'|de la |d')?(?:facture|facturation|emission|la facture|avoir)|"
    r"(?:facture|avoir)?\s?(?:emise?|etablie?|editee?) le|factuur-?\s?datum|datum factuur|factuur d\.?d\.?"
)
NUMBERED = re.compile(
    r"(?<![a-z])(?:facture|avoir|rechnung|gutschrift|invoice|factuur|creditnota|credit note)(?![a-z]).{0,60}"
    r"(?<![a-z])(?:du|vom|dated|date|van|of|from|le)\W{0,3}$"
)
EARLIER = pattern(r"original|ursprunglich\w{0,3}|initiale|d'origine|oorspronkelijk\w{0,2}|refers? to|bezug|zu rechnung")
PLAIN_DATE = re.compile(r"(?<![a-z])(?:date|datum|le|den|dated|dd|d\.d\.)(?: ?\([a-z /.-]{0,20}\))?\W{0,3}$")
NOT_ISSUED = pattern(
    r"due(?: date| on| by| in)?|pay(?:able|ment)?(?: due| by| date| before)?|deadline|expir\w{0,10}|valid\w{0,10}|"
    r"order(?:ed)?(?: date| on)?|deliver\w{0,5}|ship\w{0,6}(?: date| on)?|dispatch\w{0,5}|period|"
    r"service (?:date|from|period)|supply|birth\w{0,5}|check-? ?(?:in|out)|arrival|departure|until|through|next|"
    r"previous|last|since|to|fallig\w{0,12}|zahlbar\w{0,5}|zahlungsziel|bis(?: zum)?|"
    r"(?:liefer|leistungs|bestell|auftrags|versand|buchungs|valuta|falligkeits|eingangs|geburts)-?(?:datum|zeitraum|"
    r"termin|tag)|"
    r"abbuchung\w{0,5}|zeitraum|echeance|limite|(?:a )?(?:payer|regler) (?:avant|le)|avant le|"
    r"(?:paiement|reglement|prelevement|prelevee?)|"
    r"(?:commande|livraison|expedition|naissance|prestation|periode|debut|fin|valeur)|jusqu'au|au|verval\w{0,5}|"
    r"betal\w{0,8}|voor|(?:order|bestel|lever|verzend|bezorg|besteldatum|geboorte|afschrijvings)-?datum|periode|"
    r"t/m|tot|op"
)

_VAT = r"(?:vat|gst|sales tax|tax(?:es)?|mwst|ust|umsatzsteuer|mehrwertsteuer|steuer|tva|taxes|btw|hst|pst|qst)"
_SUM = r"(?:totals?|amount|sum|betrag|summe|gesamt\w{0,12}|montant|prix|totaal\w{0,8}|bedrag|prijs|price|charges)"
_WITH = (
    r"(?:incl(?:uding|usive|\.|usief)?(?: of)?|inkl(?:usive|\.)?|einschlie(?:ss|s)lich|inc\.?|with|mit|avec|inclusief)"
)
_WITHOUT = (
    r"(?:excl(?:uding|usive|\.|usief)?(?: of)?|exkl(?:usive|\.)?|ex\.?|without|ohne|before|zzgl\.?|zonder|vor|hors)"
)
# The first kind whose words stand in a label is what the figure beside it is.
SUMS: Mapping[str, re.Pattern[str]] = {
    "previous": pattern(
        r"(?:previous|prior|opening|last|old|outstanding previous) (?:balance|bill|amount|invoice|statement)|"
        r"(?:balance )?(?:brought|carried) forward|(?:alter|vorheriger|letzter) (?:saldo|kontostand)|ubertrag|"
        r"(?:ancien|precedent) solde|solde (?:precedent|anterieur)|report|"
        r"(?:vorig|oud|vorige) (?:saldo|factuur|bedrag)"
    ),
    "subtotal": pattern(
        rf"sub-? ?totals?|zwischensumme|sous-?\s?total|subtotaal|"
        rf"net(?:to)?(?! a payer| du)-?(?: ?(?:amount|total|sum|value|betrag|summe|preis|bedrag|prijs|totaal|"
        rf"warenwert))?|"
        rf"(?:summe|gesamt|total|betrag|totaal) netto|(?:total|montant)?(?: \w{{1,12}})?(?: eur)? h\.?t\.?|"
        rf"hors tax(?:e|es)|{_WITHOUT} ?{_VAT}|{_SUM} {_WITHOUT}|taxable(?: (?:amount|value))?|warenwert|"
        rf"goederenbedrag|base (?:amount|ht)|exclusief|item(?:s|\(s\))? (?:sub)?total"
    ),
    "grand": pattern(
        rf"grand total|total (?:of )?(?:this |for this |current )?(?:invoice|bill)(?: (?:amount|value|total))?|"
        rf"(?:invoice|bill) (?:total|amount|value)|{_SUM}\W{{0,3}}{_WITH}\W{{0,3}}[\d.,%\s]{{0,8}}{_VAT}?|"
        rf"{_WITH} {_VAT} {_SUM}|gesamtbetrag|gesamtsumme|gesamtpreis|rechnungs-?(?:betrag|summe|total|endbetrag)|"
        rf"end-?(?:betrag|summe|preis)|brutto-?(?:betrag|summe|preis)?|gross(?: amount| total)?|"
        rf"(?:total|montant|somme|prix)?(?: \w{{1,12}})?(?: eur)? t\.?t\.?c\.?|"
        rf"(?:total|montant) (?:de la |de cette )?facture|toutes taxes comprises|factuur-?(?:bedrag|totaal)|"
        rf"(?:eind|totaal)-?bedrag|eindtotaal|totaal generaal|order total|total (?:charged|price|cost)"
    ),
    "due": pattern(
        r"(?:total |net |invoice )?(?:amount|balance|total|sum|payment|charges)(?: now| currently)? (?:due|payable|"
        r"owed|owing|outstanding)|"
        r"(?:due|payable)(?: now)?|(?:total|amount|balance) to (?:be )?pa(?:y|id)|(?:please|you) pay|to pay|"
        r"amount (?:charged|billed)|"
        r"(?:noch )?zu (?:zahlen\w{0,3}|bezahlen\w{0,3}|uberweisen\w{0,3})(?:der (?:betrag|gesamtbetrag|"
        r"rechnungsbetrag))?|"
        r"zahl-?(?:betrag|ungsbetrag)|offener? (?:betrag|restbetrag|saldo)|restbetrag|forderungsbetrag|"
        r"(?:net|reste|montant|total|somme|solde|montant total|total net)? ?(?:a|restant) (?:payer|regler|du)|"
        r"net a payer(?: ttc)?|solde(?: du)?|(?:totaal |nog |bedrag )?te (?:betalen|voldoen)(?: bedrag)?|"
        r"(?:nog )?openstaand(?: bedrag| saldo)?|balance|saldo"
    ),
    "paid": pattern(
        r"(?:amount |already |total |less )?paid(?: to date| on| by| with)?|"
        r"payments?(?: received| made| applied)?|deposit(?: paid)?|advance|(?:bereits )?(?:bezahlt|gezahlt)|"
        r"anzahlung(?:en)?|abschlag(?:szahlung)?(?:en)?|deja (?:paye|regle|verse)e?|acomptes?(?: verses?)?|"
        r"(?:reeds |al )?(?:betaald|voldaan|ontvangen)|aanbetaling|betaling(?:en)?"
    ),
    "discount": pattern(
        r"discounts?|(?:promo\w{0,6}|voucher|coupon|rebate)|rabatt|nachlass|gutschein|skonto|remises?|reductions?|"
        r"ristourne|korting(?:en)?"
    ),
    "tax": pattern(rf"total (?:vat|gst|tax)|[cisu]t?gst|cess|{_VAT}|tva\w{{0,3}}|mwst\.?|ust\.?|service tax"),
    "charge": pattern(
        r"shipping\b.{0,20}|freight|postage|handling|delivery|versand(?:kosten)?|porto|"
        r"frais (?:de |d')(?:port|envoi|livraison|expedition)|port|livraison|verzend(?:kosten|ing)?|bezorgkosten|"
        r"transport|rounding|round(?:ed)?[- ]?off|rundung"
    ),
    "total": pattern(r"totals?|summe|gesamt|totaal|total general|montant total|betrag|amount|som"),
}
INCLUSIVE = re.compile(
    rf"(?<![a-z]){_SUM}\W{{0,3}}(?:{_WITH}\W|{_VAT} (?:included|inklusive|comprise|inbegrepen))|"
    rf"(?<![a-z]){_WITH} {_VAT} {_SUM}"
)
CONTAINED = re.compile(
    rf"^\W*(?:(?:{_WITH}|davon|darin|dont|of which|waarvan|enthaltene?|zzgl\.?|plus) )?[\d.,% ]{{0,8}}{_VAT}(?![a-z])"
)
NOT_MONEY = pattern(
    r"savings?|saved|points?|weight|gewicht|poids|qty|quantity|hours|stunden|heures|uren|items?|minutes|rate|capital|"
    r"limit"
)
LATE = pattern(
    r"after (?:the )?due|late (?:fee|payment)|past due|if paid after|penalt\w{1,3}|mahngebuhr\w{0,2}|penalites?"
)
LONGEST_LABEL = 120


def kind_of(label: str) -> str | None:
    """What kind of sum a folded label announces: grand, due, total, subtotal, tax, …; None for anything else."""
    if len(label) > LONGEST_LABEL:
        return None
    if LATE.search(label):
        return None
    if CONTAINED.search(label):
        return "tax"
    if INCLUSIVE.search(label):
        return "grand"
    kind = next((kind for kind, words in SUMS.items() if words.search(label)), None)
    return None if kind in ("total", "tax") and NOT_MONEY.search(label) else kind
