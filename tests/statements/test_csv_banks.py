"""CSV in the layouts of real banks, wallets and trackers; the rows are made up."""

# ruff: noqa: E501 -- a line of a bank stays a line here

from itertools import cycle
from typing import NamedTuple

import pytest

from app.services.statements import Entry
from tests.statements.reading import OPTIONS, entries

SIGNS = {"expense": "-", "income": "+", "refund": "r"}


class Layout(NamedTuple):
    """A file as a bank writes it, in its encoding, and what it says: day, signed amount, currency, text, merchant."""

    bank: str
    encoding: str
    text: str
    expected: list[str]
    currency: str | None = None


def told(entry: Entry) -> str:
    currency = entry.currency or "?"
    return f"{entry.day} {SIGNS[entry.type]}{entry.amount} {currency} {entry.description} / {entry.merchant or '-'}"


LAYOUTS = [
    Layout(
        "ING Germany",
        "cp1252",
        "Umsatzanzeige;Datei erstellt am: 20.02.2026 17:01\n\nIBAN;DE12 3456\nKontoname;Girokonto\nBank;ING\n"
        "Kunde;Jörg Muster\nZeitraum;01.02.2026 - 20.02.2026\nSaldo;1.234,56;EUR\n\nSortierung;Datum absteigend\n\n"
        "In der CSV-Datei finden Sie alle bereits gebuchten Umsätze.\n\n"
        "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung\n"
        "19.02.2026;19.02.2026;Bäckerei Groß;Lastschrift;Brötchen;1.234,56;EUR;-4,50;EUR\n"
        "03.02.2026;03.02.2026;Firma AG;Gehalt/Rente;Lohn Februar;1.239,06;EUR;2.500,00;EUR\n",
        ["2026-02-19 -4.50 EUR Brötchen / Bäckerei Groß", "2026-02-03 +2500.00 EUR Lohn Februar / Firma AG"],
    ),
    Layout(
        "ING Netherlands",
        "utf-8",
        '"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","Mutatiesoort","Mededelingen"\n'
        '"20260105","Albert Heijn 1234","NL00INGB1","","BA","Af","12,34","Betaalautomaat","Pas 001"\n'
        '"20260125","Werkgever BV","NL00INGB1","NL00RABO1","OV","Bij","2.000,00","Overschrijving","Loon januari"\n',
        ["2026-01-05 -12.34 EUR Pas 001 / Albert Heijn 1234", "2026-01-25 +2000.00 EUR Loon januari / Werkgever BV"],
    ),
    Layout(
        "N26",
        "utf-8",
        '"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)",'
        '"Original Amount","Original Currency","Exchange Rate"\n'
        '2026-03-02,2026-03-02,"Café Zürich",,"Presentment","","Main Account",-8.40,-8.00,CHF,0.95\n'
        '2026-03-03,2026-03-03,"ACME GmbH",DE001,"Credit Transfer","Invoice 12","Main Account",150.00,,,\n',
        ["2026-03-02 -8.40 EUR Café Zürich / Café Zürich", "2026-03-03 +150.00 EUR Invoice 12 / ACME GmbH"],
    ),
    Layout(
        "Postbank",
        "utf-8-sig",
        "Umsätze\nKonto;Filial-/Kontonummer;IBAN;Währung\nGirokonto;123;DE00;EUR\n\n1.1.2026 - 31.1.2026\nLetzter Kontostand;;;;100,00;EUR\n"
        "Vorgemerkte und noch nicht gebuchte Umsätze sind nicht Bestandteil dieser Übersicht.\n"
        "Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN / Kontonummer;BIC;Kundenreferenz;Betrag;Soll;Haben;Währung\n"
        "15.1.2026;15.1.2026;SEPA Lastschrift;Stadtwerke;Strom;DE01;;;-85,00;-85,00;;EUR\n"
        "16.1.2026;16.1.2026;SEPA Gutschrift;Firma;Lohn;DE02;;;1.900,00;;1.900,00;EUR\n"
        "Kontostand;31.1.2026;;;1.815,00;EUR\n",
        ["2026-01-15 -85.00 EUR Strom / Stadtwerke", "2026-01-16 +1900.00 EUR Lohn / Firma"],
    ),
    Layout(
        "Sparkasse",
        "cp1252",
        '"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Beguenstigter/Zahlungspflichtiger";'
        '"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"\n'
        '"DE00";"05.01.26";"05.01.26";"KARTENZAHLUNG";"EDEKA SAGT DANKE";"EDEKA MÜNCHEN";"DE01";"X";"-23,10";"EUR";"Umsatz gebucht"\n'
        '"DE00";"07.01.26";"07.01.26";"GUTSCHRIFT";"Miete Anteil";"Ute";"DE02";"X";"300,00";"EUR";"Umsatz gebucht"\n',
        ["2026-01-05 -23.10 EUR EDEKA SAGT DANKE / EDEKA MÜNCHEN", "2026-01-07 +300.00 EUR Miete Anteil / Ute"],
    ),
    Layout(
        "DKB",
        "utf-8-sig",
        '"Girokonto";"DE00"\n"Zeitraum:";"01.01.2026 - 31.01.2026"\n"Kontostand vom 31.01.2026:";"1.234,56\xa0€"\n""\n'
        '"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID"\n'
        '"30.01.26";"30.01.26";"Gebucht";"Ich";"Vermieter";"Miete";"Ausgang";"DE01";"-800";""\n'
        '"29.01.26";"29.01.26";"Gebucht";"Firma";"Ich";"Lohn";"Eingang";"DE02";"2.345,67";""\n',
        ["2026-01-30 -800 EUR Miete / Vermieter", "2026-01-29 +2345.67 EUR Lohn / Ich"],
    ),
    Layout(
        "Revolut",
        "utf-8",
        "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
        "CARD_PAYMENT,Current,2026-01-05 10:11:12,2026-01-06 03:00:00,Tesco,-12.30,0.00,GBP,COMPLETED,100.00\n"
        "TOPUP,Current,2026-01-07 10:11:12,2026-01-07 10:12:00,Top-Up by *1234,50.00,0.00,GBP,COMPLETED,150.00\n",
        ["2026-01-06 -12.30 GBP Tesco / -", "2026-01-07 +50.00 GBP Top-Up by *1234 / -"],
    ),
    Layout(
        "Wise",
        "utf-8",
        '"TransferWise ID",Date,Amount,Currency,Description,"Payment Reference","Running Balance","Exchange From","Exchange To","Merchant"\n'
        '"CARD-100000001",13-01-2026,-9.99,EUR,"Card transaction","",90.01,,,"Spotify"\n'
        '"TRANSFER-20000002",02-01-2026,100.00,EUR,"Received money","thanks",100.00,,,\n',
        ["2026-01-13 -9.99 EUR Card transaction / Spotify", "2026-01-02 +100.00 EUR Received money / -"],
    ),
    Layout(
        "PayPal",
        "utf-8-sig",
        '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID"\n'
        '"01/15/2026","10:00:00","PST","Etsy","Express Checkout Payment","Completed","USD","-1,045.50","0.00","-1,045.50","1AB23456CD789012E"\n'
        '"01/16/2026","10:00:00","PST","Jane","Mobile Payment","Completed","USD","20.00","0.00","20.00","2AB23456CD789012E"\n',
        ["2026-01-15 -1045.50 USD Etsy / Etsy", "2026-01-16 +20.00 USD Jane / Jane"],
    ),
    Layout(
        "Chase checking",
        "utf-8",
        "Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #\n"
        'DEBIT,01/15/2026,"WHOLEFDS MKT 10234",-45.67,DEBIT_CARD,1000.00,,\n'
        "CREDIT,01/16/2026,PAYROLL,2500.00,ACH_CREDIT,3500.00,,\n",
        ["2026-01-15 -45.67 ? WHOLEFDS MKT 10234 / -", "2026-01-16 +2500.00 ? PAYROLL / -"],
    ),
    Layout(
        "Chase card",
        "utf-8",
        "Transaction Date,Post Date,Description,Category,Type,Amount,Memo\n"
        "01/13/2026,01/14/2026,AMAZON,Shopping,Sale,-30.00,\n01/20/2026,01/21/2026,AMAZON,Shopping,Return,30.00,\n",
        ["2026-01-13 -30.00 ? AMAZON / -", "2026-01-20 r30.00 ? AMAZON / -"],
    ),
    Layout(
        "Capital One",
        "utf-8",
        "Transaction Date,Posted Date,Card No.,Description,Category,Debit,Credit\n"
        "2026-01-05,2026-01-06,1234,COFFEE,Dining,4.50,\n2026-01-07,2026-01-08,1234,PAYMENT,Payment,,100.00\n",
        ["2026-01-05 -4.50 ? COFFEE / -", "2026-01-07 +100.00 ? PAYMENT / -"],
    ),
    Layout(
        "Bank of America",
        "utf-8",
        'Description,,Summary Amt.\nBeginning balance as of 01/01/2026,,"1,000.00"\nTotal credits,,"2,500.00"\n'
        'Total debits,,"-45.67"\nEnding balance as of 01/31/2026,,"3,454.33"\n\nDate,Description,Amount,Running Bal.\n'
        '01/01/2026,Beginning balance as of 01/01/2026,,"1,000.00"\n'
        '01/15/2026,"CVS","-45.67","954.33"\n01/16/2026,"PAYROLL","2,500.00","3,454.33"\n',
        ["2026-01-15 -45.67 ? CVS / -", "2026-01-16 +2500.00 ? PAYROLL / -"],
    ),
    Layout(
        "Barclays",
        "utf-8",
        "Number,Date,Account,Amount,Subcategory,Memo\n"
        "    ,13/01/2026,20-00-00 1,-12.00,PAYMENT,TESCO STORES   ON 12 JAN\n    ,14/01/2026,20-00-00 1,5.00,FT,MUM\n",
        ["2026-01-13 -12.00 ? TESCO STORES ON 12 JAN / -", "2026-01-14 +5.00 ? MUM / -"],
    ),
    Layout(
        "Lloyds",
        "utf-8",
        "Transaction Date,Transaction Type,Sort Code,Account Number,Transaction Description,Debit Amount,Credit Amount,Balance\n"
        "28/01/2026,DEB,'11-22-33,123,COSTA,3.20,,96.80\n27/01/2026,FPI,'11-22-33,123,A SMITH,,100.00,100.00\n",
        ["2026-01-28 -3.20 ? COSTA / -", "2026-01-27 +100.00 ? A SMITH / -"],
    ),
    Layout(
        "Nationwide",
        "cp1252",
        '"Account Name:","FlexAccount ****12345"\n"Account Balance:","£1,234.56"\n"Available Balance: ","£1,234.56"\n\n'
        '"Date","Transaction type","Description","Paid out","Paid in","Balance"\n'
        '"02 Jan 2026","Visa purchase","ALDI","£12.50","","£1,234.56"\n"03 Jan 2026","Bank credit","WAGES","","£1,500.00","£2,734.56"\n',
        ["2026-01-02 -12.50 GBP ALDI / -", "2026-01-03 +1500.00 GBP WAGES / -"],
    ),
    Layout(
        "HDFC",
        "utf-8",
        "\n  Date     ,Narration,Value Dat,Debit Amount       ,Credit Amount      ,Chq/Ref Number   ,Closing Balance\n"
        " 05/01/26  ,UPI-SWIGGY-1@ok,05/01/26 ,      450.00       ,       0.00        ,0000600512345678       ,      1000.00\n"
        ' 25/01/26  ,SALARY JAN,25/01/26 ,      0.00       , "1,25,000.00"        ,0000600512345679       ,      126000.00\n',
        ["2026-01-05 -450.00 ? UPI-SWIGGY-1@ok / -", "2026-01-25 +125000.00 ? SALARY JAN / -"],
    ),
    Layout(
        "ICICI",
        "utf-8",
        ",,DETAILED STATEMENT,,,,,\n,,Transactions List - SAVING,,,,,\n,,,,,,,\n"
        ",S No.,Value Date,Transaction Date,Cheque Number,Transaction Remarks,Withdrawal Amount (INR ),Deposit Amount (INR ),Balance (INR )\n"
        ',1,13/01/2026,13/01/2026,-,UPI/ZOMATO,320.00,0.00,"9,680.00"\n,2,14/01/2026,14/01/2026,-,NEFT/ACME,0.00,"50,000.00","59,680.00"\n'
        ",Legends Used in Account Statement,,,,,,\n",
        ["2026-01-13 -320.00 INR UPI/ZOMATO / -", "2026-01-14 +50000.00 INR NEFT/ACME / -"],
    ),
    Layout(
        "SBI",
        "utf-8",
        "Account Name       :\tMr X\nAddress\t:\tPune\nAccount Number\t:\t_00000012345\nBalance on 1 Jan 2026\t:\t5,000.00\n\n"
        "Txn Date\tValue Date\tDescription\tRef No./Cheque No.\t        Debit\tCredit\tBalance\t\n"
        "2 Jan 2026\t2 Jan 2026\tTO TRANSFER-UPI\tTRANSFER TO 489\t200.00\t \t4,800.00\t\n"
        "3 Jan 2026\t3 Jan 2026\tBY SALARY\t\t \t1,00,000.00\t1,04,800.00\t\n"
        "**This is a computer generated statement and does not require a signature\n",
        ["2026-01-02 -200.00 ? TO TRANSFER-UPI / -", "2026-01-03 +100000.00 ? BY SALARY / -"],
    ),
    Layout(
        "Indian passbook app",
        "utf-8",
        "Dinank,Vivran,Nikasi,Jama,Shesh\n13-01-2026,Kirana dukan,250.00,,750.00\n14-01-2026,Vetan,,20000.00,20750.00\n",
        ["2026-01-13 -250.00 ? Kirana dukan / -", "2026-01-14 +20000.00 ? Vetan / -"],
    ),
    Layout(
        "Axis with DR and CR",
        "utf-8",
        "Tran Date,PARTICULARS,CHQNO,Amount(INR),DR|CR,Balance(INR)\n05-01-2026,ATM,-,500.00,DR,100\n15-01-2026,INT,-,12.00,CR,112\n",
        ["2026-01-05 -500.00 INR ATM / -", "2026-01-15 +12.00 INR INT / -"],
    ),
    Layout(
        "Crédit Agricole",
        "cp1252",
        "Téléchargement du 31/01/2026;\n\n\nM. DUPONT;\nCompte de Dépôt carte n° 123;\nSolde au 30/01/2026 1 234,56 €\n\n"
        "Liste des opérations du compte entre le 01/01/2026 et le 12/01/2026;\n\nDate;Libellé;Débit euros;Crédit euros;\n"
        '05/01/2026;"PAIEMENT PAR CARTE          \n X1234 CARREFOUR 04/01           ";45,30;;\n'
        '06/01/2026;"VIREMENT EN VOTRE FAVEUR";;1\xa0234,00;\n',
        [
            "2026-01-05 -45.30 EUR PAIEMENT PAR CARTE X1234 CARREFOUR 04/01 / -",
            "2026-01-06 +1234.00 EUR VIREMENT EN VOTRE FAVEUR / -",
        ],
    ),
    Layout(
        "Boursorama",
        "utf-8-sig",
        "dateOp;dateVal;label;category;categoryParent;supplierFound;amount;comment;accountNum;accountLabel;accountbalance\n"
        '2026-01-05;2026-01-05;"CARTE MONOPRIX";"Alimentation";"Vie quotidienne";monoprix;-23,45;;123;BOURSO;100.00\n'
        '2026-01-06;2026-01-06;"VIR SALAIRE";"Salaire";"Revenus";employeur;"1 800,00";;123;BOURSO;1900.00\n',
        ["2026-01-05 -23.45 ? CARTE MONOPRIX / monoprix", "2026-01-06 +1800.00 ? VIR SALAIRE / employeur"],
    ),
    Layout(
        "Santander Spain",
        "cp1252",
        "Movimientos de cuenta;;;;\nTitular;Núñez;;;\n\nFECHA OPERACIÓN;FECHA VALOR;CONCEPTO;IMPORTE EUR;SALDO\n"
        "05/01/2026;05/01/2026;Compra Peluquería;-15,00;1.000,00\n06/01/2026;06/01/2026;Nómina;1.500,00;2.500,00\n",
        ["2026-01-05 -15.00 EUR Compra Peluquería / -", "2026-01-06 +1500.00 EUR Nómina / -"],
    ),
    Layout(
        "Intesa",
        "cp1252",
        "Data operazione;Data valuta;Descrizione;Addebiti;Accrediti\n"
        "05/01/2026;05/01/2026;Caffè;1,20;\n07/01/2026;07/01/2026;Stipendio;;1.600,00\n",
        ["2026-01-05 -1.20 ? Caffè / -", "2026-01-07 +1600.00 ? Stipendio / -"],
    ),
    Layout(
        "Nubank",
        "utf-8",
        "Data,Valor,Identificador,Descrição\n05/01/2026,-25.90,aaaaaaaa-0001,Compra no débito - Padaria\n"
        "20/01/2026,1200.00,aaaaaaaa-0002,Transferência recebida\n",
        ["2026-01-05 -25.90 ? Compra no débito - Padaria / -", "2026-01-20 +1200.00 ? Transferência recebida / -"],
    ),
    Layout(
        "Itaú",
        "cp1252",
        "data;lançamento;valor\n05/01/2026;PIX AÇOUGUE;-50,00\n06/01/2026;SALÁRIO;2.000,00\n",
        ["2026-01-05 -50.00 ? PIX AÇOUGUE / -", "2026-01-06 +2000.00 ? SALÁRIO / -"],
    ),
    Layout(
        "PostFinance",
        "cp1252",
        "Datum von:;2026-01-01\nBuchungsart:;Alle\nKonto:;CH00\nWährung:;CHF\n\nBuchungsdatum;Avisierungstext;Gutschrift in CHF;Lastschrift in CHF;Valuta;Saldo in CHF\n"
        "2026-01-05;KAUF MIGROS;;-1'045.50;2026-01-05;1000.00\n2026-01-06;GIRO AUS KONTO;500.00;;2026-01-06;1500.00\n",
        ["2026-01-05 -1045.50 CHF KAUF MIGROS / -", "2026-01-06 +500.00 CHF GIRO AUS KONTO / -"],
    ),
    Layout(
        "MUFG",
        "euc_jp",
        '"日付","摘要","摘要内容","支払い金額","預かり金額","差引残高","メモ","未資金化区分","入払区分"\n'
        '"2026/1/5","口座振替３","デンキリヨウ","12,345","","100,000","","","出金"\n'
        '"2026/1/6","給料","カ）ヤマダ","","250,000","350,000","","","入金"\n',
        ["2026-01-05 -12345 ? デンキリヨウ / -", "2026-01-06 +250000 ? カ）ヤマダ / -"],
        "JPY",
    ),
    Layout(
        "Rakuten card",
        "cp932",
        '"利用日","利用店名・商品名","利用者","支払方法","利用金額"\n"2026/01/05","セブンイレブン","本人","1回払い","540"\n"2026/01/06","マルエツ","本人","1回払い","2310"\n',
        ["2026-01-05 -540 ? セブンイレブン / セブンイレブン", "2026-01-06 -2310 ? マルエツ / マルエツ"],
        "JPY",
    ),
    Layout(
        "WeChat Pay",
        "gb18030",
        "微信支付账单明细,,,,,,,,\n微信昵称：[小明],,,,,,,,\n起始时间：[2026-01-01 00:00:00] 终止时间：[2026-02-01 00:00:00],,,,,,,,\n,,,,,,,,\n"
        "----------------------微信支付账单明细列表--------------------,,,,,,,,\n"
        "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n"
        '2026-01-15 12:00:00,商户消费,美团,"午餐",支出,¥45.00,零钱,支付成功,1000001234567890\t,1\t,"/"\n'
        '2026-01-14 09:00:00,微信红包,张三,"/",收入,¥88.00,/,已存入零钱,1000001234567891\t,1\t,"/"\n',
        ["2026-01-15 -45.00 CNY 午餐 / 美团", "2026-01-14 +88.00 CNY 张三 / 张三"],
    ),
    Layout(
        "Alipay",
        "gb18030",
        "------------------------\n导出信息：\n姓名：小明\n------------------------支付宝支付科技有限公司  电子客户回单------------------------\n"
        "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,\n"
        "2026-01-15 12:00:00,餐饮美食,饿了么,e@x,外卖,支出,32.50,花呗,交易成功,2026011522001100001\t,1\t,,\n"
        "2026-01-16 12:00:00,转账,李四,l@x,还钱,收入,100.00,余额,交易成功,2026011522001100002\t,1\t,,\n",
        ["2026-01-15 -32.50 ? 外卖 / 饿了么", "2026-01-16 +100.00 ? 还钱 / 李四"],
        "CNY",
    ),
    Layout(
        "ICBC",
        "gb18030",
        "明细查询文件下载\n卡号：6222\n\n交易日期,摘要,交易场所,交易国家或地区简称,钞/汇,交易金额(收入),交易金额(支出),交易币种,记账金额(收入),记账金额(支出),记账币种,余额,对方户名\n"
        '2026-01-05,消费,超市,CHN,钞,,"1,045.50",人民币,,"1,045.50",人民币,"9,000.00",沃尔玛\n'
        '2026-01-06,工资,,CHN,钞,"8,000.00",,人民币,"8,000.00",,人民币,"17,000.00",公司\n合计金额,,,,,,,,8000.00,1045.50\n',
        ["2026-01-05 -1045.50 CNY 消费 / 沃尔玛", "2026-01-06 +8000.00 CNY 工资 / 公司"],
    ),
    Layout(
        "an expense tracker",
        "utf-8",
        "Date;Category;Amount;Note;Tags\n13/01/2026;Food;4.50;Coffee;work, fun\n14/01/2026;Transport;12;Bus;\n",
        ["2026-01-13 -4.50 ? Coffee / -", "2026-01-14 -12 ? Bus / -"],
    ),
    Layout(
        "a tracker with types",
        "utf-8",
        "Date|Type|Category|Amount|Currency|Description\n2026-01-05|Expense|Food|4.50|USD|Coffee\n2026-01-06|Income|Salary|3000|USD|Pay\n"
        "2026-01-07|Refund|Food|2.25|USD|Half a coffee\n",
        ["2026-01-05 -4.50 USD Coffee / -", "2026-01-06 +3000 USD Pay / -", "2026-01-07 r2.25 USD Half a coffee / -"],
    ),
    Layout(
        "a spreadsheet saved by Excel",
        "utf-16",
        "Date\tPayee\tOutflow\tInflow\n2026-01-05\tŁukasz\t$4.50\t\n2026-01-06\tBoss\t\t$3,000.00\n",
        ["2026-01-05 -4.50 USD Łukasz / Łukasz", "2026-01-06 +3000.00 USD Boss / Boss"],
    ),
    Layout(
        "a spreadsheet with its delimiter told",
        "utf-8",
        "sep=;\nDate;Description;Amount\n2026-01-05;Tea, green;-4,50\n2026-01-06;Pay;1.200,00\n",
        ["2026-01-05 -4.50 ? Tea, green / -", "2026-01-06 +1200.00 ? Pay / -"],
    ),
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.bank)
def test_layouts_of_banks_are_read(layout: Layout) -> None:
    found = entries(layout.text.encode(layout.encoding), OPTIONS._replace(currency=layout.currency))
    assert [told(entry) for entry in found] == layout.expected


UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")


@pytest.mark.parametrize(
    ("layout", "encoding"),
    list(zip(LAYOUTS, cycle(UNICODE), strict=False)),
    ids=lambda each: getattr(each, "bank", each),
)
def test_layouts_of_banks_are_read_saved_in_another_encoding(layout: Layout, encoding: str) -> None:
    content = layout.text.replace("\n", "\r\n").encode(encoding)
    found = entries(content, OPTIONS._replace(currency=layout.currency))
    assert [told(entry) for entry in found] == layout.expected
