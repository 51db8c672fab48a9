"""TradingView, Strategy Tester > List of Trades: entry and exit rows, the profit on one or "
"both."""

from .base import Layout, columns

LAYOUT = Layout(
    name="tradingview-trades",
    title="TradingView list of trades",
    shape="fills",
    shorts=True,
    columns=columns(
        (
            (
                "Trade #|Trade number|交易 #|Trade-Nr.|거래 #|거래 번호|Nº da operação|"
                "Negociação #|Сделка #|Operação #|Nº|交易编号|交易編號|거래번호|Trade Nr.|"
                "Trade-Nummer"
            ),
            "group",
        ),
        ("Type|類型|类型|Typ|유형|타입|종류|Tipo|Тип", "action"),
        (
            (
                "Date/Time|Date and time|日期和时间|日期和時間|날짜와 시간|Datum/Zeit|"
                "日期/時間|日期/时间|Datum/Uhrzeit|Datum und "
                "Uhrzeit|날짜/시간|날짜 및 시간|Data/Hora|Data e hora|Дата/Время|Дата и "
                "время"
            ),
            "time",
        ),
        ("Signal|訊號|信號|信号|신호|시그널|Sinal|Сигнал", "exit_reason", False),
        ("Price|價格|价格|Preis|Kurs|가격|Preço|Цена", "price"),
        (
            (
                "Contracts|Quantity|Qty|Position size (qty)|Size (qty)|合約|合约|数量|"
                "數量|Kontrakte|Menge|Größe (Menge)|계약|수량|포지션 크기 (수량)|"
                "Positionsgröße (Menge)|Positionsgröße (Anz.)|仓位大小 (数量)|倉位大小 (數量)|"
                "部位大小 (數量)|仓位规模 (数量)|포지션 사이즈 (수량)|크기 (수량)|사이즈 (수량)|"
                "Tamanho da posição (qtd)|Tamanho da posição (quantidade)|Tamanho (qtd)|"
                "Tamanho (quantidade)|Qtd|"
                "Contratos|Quantidade|Контракты|Количество"
            ),
            "quantity",
        ),
        (
            (
                "Profit|Net P&L|P&L|獲利|利润|盈亏|淨損益|净损益|Gewinn|Netto-G/V|G&V "
                "netto|Netto G&V|Nettogewinn|Gewinn & Verlust|净盈亏|净利润|淨利潤|淨盈虧|盈利|"
                "순이익|순 손익|"
                "Lucro líquido|Resultado líquido|수익|손익|순손익|Lucro|L&P líquido|Прибыль|"
                "Чистая прибыль / убыток"
            ),
            "pnl",
        ),
        (
            (
                "Cum. Profit|Cumulative profit|Cumulative P&L|累計獲利|累计利润|累计盈亏|"
                "Kumulierter Gewinn|Kumulative G&V|Kumulierte G&V|累计损益|累計損益|累积损益|"
                "累積損益|"
                "누적손익|누적 순손익|L&P acumulado|Lucro cumulativo|누적 수익|누적 손익|Lucro "
                "acumulado|Совокупная "
                "прибыль"
            ),
            "cum_pnl",
            False,
        ),
        ("Run-up|Favorable excursion", "other", False),
        ("Drawdown|Adverse excursion", "other", False),
    ),
)
