"""More names of header_names.ALIASES: of tools, and in further languages."""

from __future__ import annotations

MORE: dict[str, str] = {
    "exit_fee": "exit fees|close fees|closing fees",
    "entry_fee": "entry fees|open fees|opening fees",
    "entry_time": (
        "date in|datein|first open time|"
        "fecha de apertura|hora apertura|hora entrada|fecha y hora entrada|date d'ouverture|"
        "date ouverture|heure d'entrée|heure d'ouverture|date entrée|data ingresso|ora ingresso|"
        "data apertura|ora apertura|data di apertura|data di ingresso|data wejścia|czas wejścia|"
        "data otwarcia|czas otwarcia|giriş zamanı|giriş tarihi|açılış zamanı|açılış tarihi|"
        "alış zamanı|エントリー日|エントリー時刻|新規日時|建玉日時|仕掛け日時|オープン時間"
    ),
    "exit_time": (
        "date out|dateout|"
        "fecha de cierre|hora cierre|hora salida|fecha y hora salida|date de clôture|"
        "date clôture|heure de sortie|heure de clôture|date sortie|date de fermeture|data uscita|"
        "ora uscita|data chiusura|ora chiusura|data di chiusura|data di uscita|data wyjścia|"
        "czas wyjścia|data zamknięcia|czas zamknięcia|çıkış zamanı|çıkış tarihi|kapanış zamanı|"
        "kapanış tarihi|satış zamanı|エグジット日時|決済日|決済時刻|手仕舞い日時|クローズ時間"
    ),
    "time": (
        "주문시간|주문일시|주문시각|체결 시간|거래 시간|"
        "hora|fecha operación|fecha de operación|date et heure|date heure|horodatage|heure|"
        "data e ora|data ora|data/ora|ora|data i godzina|czas|data transakcji|tarih|zaman|saat|"
        "tarih/saat|işlem zamanı|işlem tarihi|日付|時刻|取引日時|約定時間|約定日"
    ),
    "symbol": (
        "futures trading pair|futures pair|spot pairs|spot pair|trading pairs|contract name|"
        "símbolo|instrumento|activo|mercado|par de trading|actif|marché|instrument financier|"
        "simbolo|coppia|strumento|mercato|para|instrument|rynek|waluta|parite|sembol|çift|"
        "işlem çifti|シンボル|通貨|コイン|取引ペア|ペア"
    ),
    "side": (
        "sub type|subtype|transaction type|"
        "sentido|lado|compra/venta|operación|tipo de operación|achat/vente|position ouverte|"
        "direzione|verso|acquisto/vendita|lato|operazione|kierunek|strona|kupno/sprzedaż|yön|"
        "taraf|alış/satış|alım/satım|işlem yönü|方向|売買区分|売/買|ポジション|取引区分"
    ),
    "type": "tipo de orden|tür|tip|rodzaj|işlem tipi|işlem türü|区分|タイプ",
    "status": "statut|état|stato|durum|ステータス|状態",
    "entry_price": (
        "bought average price|average buy price|avg buy price|avg. buy price|buy average price|"
        "precio de apertura|precio compra|precio de compra|prix entrée|prix d'ouverture|"
        "prix d'achat|prezzo ingresso|prezzo di ingresso|prezzo entrata|prezzo di apertura|"
        "prezzo apertura|prezzo di acquisto|cena wejścia|cena otwarcia|cena kupna|giriş fiyatı|"
        "açılış fiyatı|alış fiyatı|建値|新規価格|エントリー値|取得価格|買値"
    ),
    "exit_price": (
        "sold average price|average sell price|avg sell price|avg. sell price|"
        "sell average price|average closing price|avg closing price|average close price|"
        "avg. closing price|"
        "precio de cierre|precio venta|precio de venta|prix sortie|prix de clôture|"
        "prix de vente|prix de fermeture|prezzo uscita|prezzo di uscita|prezzo di chiusura|"
        "prezzo chiusura|prezzo di vendita|cena wyjścia|cena zamknięcia|cena sprzedaży|"
        "çıkış fiyatı|kapanış fiyatı|satış fiyatı|決済値|エグジット値|売却価格|売値"
    ),
    "price": (
        "t. price|trade price|price at transaction|"
        "precio medio|precio ejecución|precio de ejecución|prix moyen|prix d'exécution|cours|"
        "prezzo|prezzo medio|prezzo di esecuzione|cena|kurs|cena wykonania|fiyat|"
        "ortalama fiyat|gerçekleşen fiyat|単価|約定値|レート"
    ),
    "quantity": (
        "bought amount|quantity transacted|amount closed|"
        "cantidad ejecutada|volumen|tamaño de posición|unidades|quantité exécutée|taille|"
        "volume|quantità|quantita|quantità eseguita|dimensione|ilość|ilosc|wielkość|wolumen|"
        "liczba|miktar|adet|hacim|gerçekleşen miktar|約定数量|取引数量|枚数|注文数量"
    ),
    "notional": (
        "proceeds|subtotal|"
        "valor total|importe total|total|montant total|valeur|importo|controvalore|wartość|"
        "kwota|tutar|toplam|işlem tutarı|gegenwert|kurswert|代金|受渡金額|取引金額"
    ),
    "fee": (
        "comm/fee|fees and/or spread|trading fees|total trading fees|"
        "comisiones|tarifas|tasa|gastos|frais de transaction|frais totaux|commissions|"
        "commissioni|commissione|spese|costi|prowizja|prowizje|opłata|opłaty|komisyon|ücret|"
        "işlem ücreti|kesinti|取引手数料|手数料合計"
    ),
    "pnl": (
        "final profit|actual profit|realized p/l|realised p/l|closing p&l|"
        "pérdidas y ganancias|pyg|p&g|g/p|resultado|rendimiento|gains/pertes|gain/perte|"
        "profit/perte|pertes et profits|résultat|plus-value|profitto|profitto/perdita|"
        "guadagno|guadagno/perdita|utile|utile/perdita|risultato|p/l|zysk|zysk/strata|wynik|"
        "kar|kâr|kar/zarar|kâr/zarar|kar zarar|kazanç|実現損益|損益金額|確定損益|利益"
    ),
    "net_pnl": (
        "ganancia neta|resultado neto|beneficio neto|bénéfice net|résultat net|gain net|"
        "profitto netto|utile netto|risultato netto|zysk netto|wynik netto|net kar|net kâr|"
        "net kar/zarar|純利益|差引損益"
    ),
    "gross_pnl": (
        "position pnl|"
        "ganancia bruta|resultado bruto|bénéfice brut|résultat brut|profitto lordo|utile lordo|"
        "zysk brutto|wynik brutto|brüt kar|brüt kâr|粗利益"
    ),
    "cum_pnl": (
        "ganancia acumulada|beneficio acumulado|résultat cumulé|profitto cumulato|"
        "zysk skumulowany|toplam kar|kümülatif kar|累計損益|累積利益"
    ),
    "equity": "saldo|solde|capital|saldo konta|bakiye|sermaye|口座残高|証拠金残高|資金残高",
    "exit_reason": (
        "motivo de salida|motivo salida|motivo cierre|raison|raison de sortie|motivo uscita|"
        "motivo|powód|powód wyjścia|sebep|çıkış nedeni|neden|理由|エグジット理由"
    ),
    "leverage": "apalancamiento|levier|effet de levier|leva|dźwignia|kaldıraç",
    "unrealised": "no realizado|latent|non realizzato|niezrealizowany|含み損益|評価損益",
    "unit": "trading unit|size unit|quantity unit|amount unit|balance unit|unit|단위|einheit|单位",
    "fee_rate": (
        "fee rate|fee pct|fee percent|commission rate|commission pct|taker fee|taker fee rate|"
        "maker fee|수수료율|gebührensatz|手续费率|taxa percentual|手数料率"
    ),
    "cost": "impôt|impôts|taxe|tassa|tasse|podatek|vergi|税金",
}
"""Role -> more of its names, separated by "|"."""
