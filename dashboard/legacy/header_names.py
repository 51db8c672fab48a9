"""What headers call things, in several languages: role -> names.

A role is the design's own word for a column (entry_price, net_pnl ...). How names are compared
stands in aliases.py.
"""

from __future__ import annotations

ALIASES: dict[str, str] = {
    "entry_time": (
        "entry time|entry date|entry datetime|entry at|entered at|entry timestamp|"
        "entry ts|entry|open time|open date|"
        "opened|opened at|open timestamp|open ts|time opened|opening time|start time|"
        "buy time|buy date|entered|created|date opened|entry_dt|time in|ts_in|opened "
        "time|"
        "진입시간|진입시각|진입일시|진입일|진입 시간|매수시간|매수일시|오픈시간|개시시간|"
        "시작시간|"
        "einstiegszeit|einstieg|einstiegsdatum|eröffnungszeit|eröffnet|eröffnet am|"
        "öffnungszeit|kaufzeit|startzeit|einstiegszeitpunkt|eröffnung|"
        "入场时间|开仓时间|进场时间|開倉時間|进场|入場時間|進場時間|买入时间|建仓时间|开始时间|"
        "data entrada|hora entrada|data de entrada|hora de entrada|data/hora entrada|"
        "entrada|abertura|data abertura|data de abertura|hora de abertura|aberto em|"
        "horário entrada|horário de entrada|"
        "время входа|дата входа|время открытия|открытие|дата открытия|hora de "
        "apertura|fecha entrada|fecha de entrada|fecha apertura|date d'entrée|"
        "エントリー時間|エントリー日時"
        "|time open|date open|heure d'entrée|date d'ouverture|heure d'ouverture|"
        "fecha de apertura|fecha y hora de entrada|hora de entrada|время покупки|新規日時|"
        "新規約定日時|エントリー時刻|建日時|購入日時|kaufdatum|"
        "eröffnungsdatum|kauf am"
    ),
    "exit_time": (
        "exit time|exit date|exit datetime|exit at|exited at|exit timestamp|exit ts|"
        "exit|close time|close date|closed|"
        "closed at|close timestamp|close ts|time closed|closing time|end time|sell "
        "time|sell date|exited|date closed|closed time|exit_dt|time out|ts_out|"
        "청산시간|청산시각|청산일시|청산일|매도시간|매도일시|종료시간|마감시간|청산 시간|"
        "ausstiegszeit|ausstieg|ausstiegsdatum|schließzeit|schließungszeit|"
        "geschlossen|geschlossen am|schlusszeit|verkaufszeit|endzeit|"
        "ausstiegszeitpunkt|schließung|"
        "出场时间|平仓时间|离场时间|平倉時間|出場時間|卖出时间|结束时间|出场|"
        "data saída|hora saída|data de saída|hora de saída|data/hora saída|saída|"
        "saida|data saida|hora saida|fechamento|data fechamento|data de fechamento|"
        "hora de fechamento|fechado em|horário saída|horário de saída|"
        "время выхода|дата выхода|время закрытия|закрытие|дата закрытия|hora de "
        "cierre|fecha salida|fecha de salida|fecha cierre|date de sortie|決済時間|"
        "決済日時|エグジット時間"
        "|time close|date close|heure de sortie|date de clôture|date de fermeture|"
        "heure de clôture|fecha de cierre|fecha y hora de salida|hora de salida|"
        "время продажи|決済時刻|決済約定日時|エグジット日時|売却日時|"
        "verkaufsdatum|schließdatum|schlussdatum|verkauf am"
    ),
    "time": (
        "time|date|datetime|timestamp|ts|date time|trade time|trade date|filled time|"
        "fill time|settlement time|filled/settlement time|executed at|execution time|"
        "time utc|date utc|trade created at|created at|create time|transaction time|trans time|"
        "deal time|filled at|order time|"
        "시간|날짜|일시|일자|체결시간|거래시간|거래일시|체결일시|시각|"
        "datum|zeit|uhrzeit|zeitpunkt|zeitstempel|datum/uhrzeit|datum uhrzeit|handelszeit|"
        "时间|日期|日期时间|成交时间|交易时间|時間|日期/时间|日期/時間|时间戳|"
        "data|hora|data/hora|data hora|data e hora|horário|carimbo de data|"
        "время|дата|дата и время|дата/время|fecha|fecha y hora|date/heure|日時|約定日時"
        "|date et heure|heure"
    ),
    "symbol": (
        "symbol|pair|market|instrument|ticker|coin|contract|contracts|asset pair|"
        "trading pair|product|futures|"
        "종목|심볼|페어|코인|마켓|거래쌍|종목명|거래종목|종목코드|"
        "symbol|paar|handelspaar|markt|währungspaar|instrument|wertpapier|"
        "交易对|币种|合约|品种|标的|交易對|代码|币对|"
        "símbolo|simbolo|par|ativo|mercado|moeda|par de negociação|"
        "символ|пара|инструмент|тикер|торговая пара|paire|symbole|銘柄|通貨ペア"
        "|activo|actif|marché|актив|рынок|монета|シンボル|コイン|通貨"
    ),
    "side": (
        "side|direction|position|position side|pos side|trade side|long/short|"
        "buy/sell|dir|l/s|closing direction|close side|opening direction|open side|"
        "market pos|market position|trade|order side|long short|"
        "방향|포지션|구분|매매구분|사이드|매수매도|매매|거래구분|포지션방향|포지션 방향|"
        "거래종류|주문구분|"
        "art|geschäftsart|transaktionsart|vorgang|richtung|seite|handelsrichtung|positionsseite|long/short|kauf/verkauf|"
        "方向|买卖|多空|买卖方向|持仓方向|方向/类型|交易方向|仓位方向|買賣|"
        "direção|direcao|lado|sentido|posição|posicao|compra/venda|operação|operacao|"
        "сторона|направление|позиция|dirección|sens|売買|方向性"
        "|côté|sentido de la operación|operación|売買区分|ポジション|サイド"
    ),
    "type": (
        "type|trade type|event|event type|action|유형|종류|이벤트|typ|aktion|ereignis|"
        "类型|類型|操作|动作|tipo|ação|acao|evento|тип|событие|действие|種類"
    ),
    "status": (
        "status|state|order status|trade status|상태|주문상태|zustand|auftragsstatus|"
        "状态|狀態|订单状态|situação|situacao|estado|статус|состояние|状況"
        "|statut|état"
    ),
    "entry_price": (
        "entry price|entry px|entryprice|avg entry price|average entry price|avg "
        "entry|open price|open rate|opening price|buy price|price in|px_in|entry "
        "rate|entry avg price|avg. entry price|open px|entry fill|entry fill price|"
        "진입가|진입가격|진입 가격|진입단가|매수가|매수가격|평균진입가|평균매수가|시작가|오픈가|"
        "einstiegspreis|einstiegskurs|eröffnungspreis|eröffnungskurs|kaufpreis|"
        "kaufkurs|einstandspreis|eintrittspreis|"
        "入场价|入场价格|开仓价|开仓价格|开仓均价|进场价|进场价格|入場價|開倉價|"
        "買入價|买入价|买入价格|建仓价|"
        "preço entrada|preço de entrada|preco entrada|preco de entrada|preço "
        "abertura|preço de abertura|preço compra|preço de compra|preço médio de "
        "entrada|"
        "цена входа|цена открытия|цена покупки|precio entrada|precio de entrada|"
        "precio apertura|prix d'entrée|エントリー価格|建値"
        "|prix d'ouverture|prix d'achat|precio de apertura|precio de compra|precio compra|"
        "新規価格|新規約定価格|購入価格|エントリー値|建玉価格"
    ),
    "exit_price": (
        "exit price|exit px|exitprice|avg exit price|average exit price|avg exit|"
        "close price|close rate|closing price|sell price|price out|px_out|exit rate|"
        "avg. close price|avg close price|exit avg price|close px|exit fill|exit "
        "fill price|"
        "청산가|청산가격|청산 가격|청산단가|매도가|매도가격|평균청산가|평균매도가|종료가|"
        "ausstiegspreis|ausstiegskurs|schlusskurs|schließkurs|schließpreis|"
        "verkaufspreis|verkaufskurs|austrittspreis|"
        "出场价|出场价格|平仓价|平仓价格|平仓均价|离场价|离场价格|出場價|平倉價|"
        "賣出價|卖出价|卖出价格|"
        "preço saída|preço de saída|preco saida|preco de saida|preço saida|preço "
        "fechamento|preço de fechamento|preço venda|preço de venda|preço médio de "
        "saída|"
        "цена выхода|цена закрытия|цена продажи|precio salida|precio de salida|"
        "precio cierre|prix de sortie|エグジット価格|決済価格"
        "|prix de clôture|prix de fermeture|prix de vente|precio de cierre|precio de venta|"
        "precio venta|売却価格|決済値|決済約定価格"
    ),
    "price": (
        "price|deal price|avg price|average price|avg filled price|avg. filled price|"
        "fill price|filled price|execution price|executed "
        "price|rate|trade price|px|가격|체결가|체결가격|체결단가|단가|거래단가|거래가격|preis|"
        "kurs|"
        "ausführungspreis|durchschnittspreis|价格|成交价|成交均价|成交价格|價格|preço|"
        "preco|cotação|preço médio|цена|курс|precio|prix|価格|約定価格"
    ),
    "quantity": (
        "quantity|qty|size|amount|volume|vol|position size|position size qty|filled "
        "qty|filled quantity|executed|executed qty|executed quantity|base quantity|"
        "base qty|amount base|order qty|contracts qty|lot|lots|units|closed vol|"
        "closed qty|closed size|closing quantity|closed quantity|closed amount|"
        "filled|shares|sz|filled amount|"
        "수량|체결수량|거래량|주문수량|매매수량|계약수|물량|체결량|거래수량|체결됨|실행됨|"
        "menge|anzahl|größe|positionsgröße|stückzahl|volumen|stück|groesse|ausgeführt|"
        "ausgeführte menge|"
        "数量|成交数量|已成交|成交量|仓位|仓位大小|數量|持仓量|手数|"
        "quantidade|qtd|qtde|tamanho|volume|tamanho da posição|lote|executado|qtd executada|"
        "количество|объём|объем|размер|кол-во|лот|cantidad|tamaño|quantité|数量|ロット|取引量"
        "|taille|qté|tamaño de la posición|volumen de la operación|取引数量|約定数量|枚数"
    ),
    "notional": (
        "notional|ntl|funds|filled volume|trading total|value|trade value|cost|total|quote "
        "quantity|quote qty|quote amount|"
        "position value|position size value|turnover|order value|entry value|stake|stake "
        "amount|금액|거래금액|체결금액|총액|주문금액|betrag|wert|gesamtwert|gesamt|"
        "handelswert|정산금액|成交额|成交金额|金额|总额|名义价值|valor|valor total|montante|"
        "total "
        "negociado|сумма|стоимость|importe|montant|金額|約定金額"
    ),
    "fee": (
        "fee|fees|commission|commissions|trading fee|total fee|total fees|"
        "transaction fee|comm|fee paid|fee total|cost fee|"
        "수수료|거래수수료|총수수료|수수료합계|"
        "gebühr|gebühren|provision|kommission|handelsgebühr|gebuehr|gebuehren|transaktionsgebühr|"
        "手续费|交易手续费|费用|手續費|佣金|"
        "taxa|taxas|comissão|comissao|tarifa|taxa de negociação|corretagem|"
        "комиссия|комиссии|сбор|comisión|comision|frais|commission|手数料"
        "|trading fees|fees paid|total commission|frais de transaction|frais totaux|"
        "comisiones|tarifas|costes|取引手数料|手数料合計"
    ),
    "cost": (
        "tax|taxes|transaction tax|stamp duty|vat|gst|tds|clearing fee|exchange fee|ip fee|"
        "nfa fee|sec fee|regulatory fee|세금|거래세|제세금|증권거래세|농특세|부가세|steuer|steuern|"
        "börsengebühr|税|税费|税金|印花税|过户费|imposto|impostos|emolumentos|iss|irrf|налог|"
        "impuesto|impuestos|消費税"
    ),
    "entry_fee": (
        "entry fee|open fee|opening fee|buy fee|진입수수료|매수수수료|einstiegsgebühr|"
        "kaufgebühr|开仓手续费|买入手续费|taxa entrada|taxa de entrada|комиссия входа"
    ),
    "exit_fee": (
        "exit fee|close fee|closing fee|sell fee|청산수수료|매도수수료|ausstiegsgebühr|"
        "verkaufsgebühr|平仓手续费|卖出手续费|taxa saída|taxa de saída|комиссия выхода"
    ),
    "fee_asset": (
        "fee asset|fee coin|fee currency|fee unit|commission asset|commission currency|"
        "수수료코인|"
        "수수료통화|gebührenwährung|手续费币种|moeda da taxa|валюта комиссии"
    ),
    "money": (
        "currency|quote currency|quote asset|pnl currency|pnl asset|settlement asset|"
        "settlement currency|settle coin|margin asset|margin coin|통화|정산통화|결제통화|화폐|"
        "währung|moeda|валюта|通貨"
    ),
    "funding": (
        "swap|swaps|rollover|funding|funding fee|funding fees|funding payment|펀딩비|펀딩|"
        "资金费|资金费用|"
        "资金费率费用|taxa de financiamento|finanzierungsgebühr|финансирование"
    ),
    "pnl": (
        "pnl|p&l|p/l|pl|profit|profit/loss|profit loss|profit and loss|realized pnl|"
        "realised pnl|realized profit|realised profit|realized p&l|closed pnl|closed "
        "p&l|closing pnl|pnl amount|profit amount|result|gain|gain/loss|gains|trade "
        "pnl|pnl usdt|profit abs|earnings|win/loss|"
        "손익|실현손익|수익|수익금|실현수익|손익금|수익금액|손익금액|매매손익|이익|"
        "gewinn|gewinn/verlust|guv|g/v|ergebnis|realisierter gewinn|profit|ertrag|"
        "verlust/gewinn|realisierter guv|"
        "盈亏|收益|已实现盈亏|损益|利润|平仓盈亏|盈虧|已實現盈虧|獲利|实现盈亏|盈利|"
        "lucro|lucro/prejuízo|lucro/perda|lucro prejuízo|resultado|ganho|ganho/perda|"
        "lucro realizado|pnl realizado|l/p|"
        "прибыль|прибыль/убыток|пнл|результат|профит|доход|финансовый результат|"
        "ganancia|ganancia/pérdida|beneficio|bénéfice|損益|実現損益"
        "|résultat|gain/perte|gains/pertes|profit/perte|pertes et profits|pnl réalisé|"
        "pnl realizado|beneficio/pérdida|ganancias|pérdidas y ganancias|прибыль и убыток|"
        "прибыль/убытки|確定損益|決済損益|収支|利益"
    ),
    "net_pnl": (
        "net pnl|net p&l|net profit|pnl net|profit net|net result|net realized pnl|pnl "
        "after fees|profit after fees|net|realized net|순손익|순수익|순이익|실현순손익|"
        "nettogewinn|netto pnl|nettoergebnis|gewinn netto|netto|净盈亏|净利润|净收益|"
        "淨盈虧|lucro líquido|lucro liquido|resultado líquido|pnl líquido|чистая прибыль|"
        "чистый pnl|beneficio neto|純損益"
        "|résultat net|bénéfice net|profit net|gain net|ganancia neta|resultado neto|"
        "чистый результат|純利益|税引後損益"
    ),
    "gross_pnl": (
        "gross pnl|gross p&l|gross profit|pnl gross|profit gross|gross|gross result|pnl "
        "before fees|총손익|세전손익|bruttogewinn|brutto pnl|bruttoergebnis|gewinn "
        "brutto|brutto|毛利|毛盈亏|总盈亏|毛利润|lucro bruto|resultado bruto|pnl bruto|"
        "валовая прибыль|грязная прибыль|beneficio bruto"
        "|résultat brut|bénéfice brut|resultado bruto|総損益|粗利益"
    ),
    "pnl_pct": (
        "pnl pct|pnl percent|pnl percentage|profit pct|profit percent|profit ratio|roi|"
        "roe|return|return pct|returns|pct|percent|gain pct|pnl ratio|profit percentage|"
        "net pnl pct|net p&l pct|수익률|손익률|수익율|rendite|gewinn prozent|prozent|"
        "gewinn in prozent|收益率|盈亏率|回报率|报酬率|利润率|rentabilidade|retorno|"
        "lucro percentual|percentual|доходность|прибыль в процентах|процент|rentabilidad|"
        "収益率|利益率"
        "|rendement|rentabilité|rendimiento|損益率"
    ),
    "cum_pnl": (
        "cum pnl|cumulative pnl|cumulative p&l|cum profit|cumulative profit|cumulative "
        "net profit|total pnl|total profit|running pnl|running total|cumulative|cum. "
        "profit|pnl total|sum pnl|accumulated pnl|acc pnl|누적손익|누적수익|누적수익금|"
        "총실현손익|kumulierter gewinn|kumulierter pnl|gesamtgewinn|kumuliert|gewinn "
        "kumuliert|累计盈亏|累计收益|累计利润|累積盈虧|总收益|lucro acumulado|pnl "
        "acumulado|resultado acumulado|acumulado|накопленная прибыль|суммарная прибыль|"
        "累積損益"
        "|résultat cumulé|pnl cumulé|cumul|beneficio acumulado|накопленный результат|累計損益"
    ),
    "cum_pct": (
        "cum profit pct|cumulative pnl pct|cumulative profit pct|cum pnl pct|cumulative "
        "p&l pct|누적수익률|累计收益率"
    ),
    "equity": (
        "equity|balance|account balance|wallet balance|wallet|capital|account equity|"
        "portfolio|bankroll|cash|balance after|잔고|잔액|자산|총자산|평가금액|자본|"
        "예수금|kontostand|saldo|guthaben|eigenkapital|kapital|余额|账户余额|权益|净值|"
        "资金|账户权益|餘額|saldo da conta|patrimônio|capital|banca|баланс|капитал|"
        "эквити|депозит|残高|資産"
        "|solde|capital du compte|口座残高|証拠金残高"
    ),
    "exit_reason": (
        "reason|exit reason|close reason|exit type|exit|exit signal|sell reason|사유|"
        "청산사유|이유|종료사유|청산이유|grund|ausstiegsgrund|schließgrund|exit grund|"
        "原因|平仓原因|出场原因|离场原因|理由|motivo|motivo saída|motivo de saída|motivo "
        "da saída|razão|причина|причина выхода|причина закрытия|razón|決済理由"
        "|motif|raison|raison de sortie|motif de sortie|motivo de salida"
    ),
    "version": (
        "version|bot version|ver|strategy version|software version|app version|버전|"
        "봇버전|전략버전|版本|策略版本|机器人版本|versão|versao|versão do bot|версия|"
        "версия бота|versión|バージョン|bot-version|strategieversion"
    ),
    "bot_trade_id": (
        "id|trade id|trade no|no|nr|#|trade #|trade number|num|index|idx|seq|tradeid|"
        "deal id|n|번호|거래번호|순번|nummer|handels-id|trade-nr|lfd nr|编号|序号|"
        "交易编号|交易 #|número|numero|nº|no.|id da operação|номер|№|ид|取引番号"
        "|numéro|番号"
    ),
    "order_id": (
        "order id|order no|orderid|order no.|order number|ordertxid|주문번호|"
        "auftragsnummer|订单号|id da ordem|номер ордера"
    ),
    "exchange_trade_id": "txid|exchange trade id|fill id|execution id|exec id|체결번호|成交编号",
    "is_short": "is short|short position",
    "entry_fee_rate": "fee open|open fee rate|entry fee rate|fee rate open",
    "exit_fee_rate": "fee close|close fee rate|exit fee rate|fee rate close",
    "mode": (
        "mode|trading mode|run mode|trade mode|environment|env|run type|account type|live|is "
        "live|"
        "dry run|is dry run|paper|is paper|simulated|is simulated|testnet|is testnet|real|is real|"
        "모드|거래모드|실전|modus|模式|交易模式|modo|режим"
    ),
    "mark_price": (
        "mark price|mark|current price|last price|market price|cur price|현재가|현재가격|시장가|"
        "marktpreis|aktueller kurs|aktueller preis|标记价格|当前价格|现价|最新价|preço atual|"
        "preço de mercado|текущая цена"
    ),
    "unrealised": (
        "unrealized pnl|unrealised pnl|unrealized p&l|unrealised p&l|unrealized profit|u pnl|"
        "upnl|"
        "upl|unrealized|unrealised|floating pnl|floating profit|open pnl|open p&l|open profit|"
        "paper profit|미실현손익|평가손익|미실현 손익|평가 손익|unrealisierter gewinn|"
        "unrealisierter pnl|nicht realisierter gewinn|buchgewinn|未实现盈亏|浮动盈亏|未實現盈虧|"
        "持仓盈亏|lucro não realizado|pnl não realizado|lucro nao realizado|resultado em aberto|"
        "нереализованная прибыль|нереализованный pnl|плавающая прибыль"
    ),
    "planned": (
        "risk|risk amount|risk usd|planned risk|expected pnl|expected profit|potential profit|"
        "potential loss|max loss|target profit|estimated pnl|est pnl|est. profit|예상손익|"
        "예상수익|"
        "erwarteter gewinn|risiko|预期收益|预计盈亏|风险|lucro esperado|risco|риск"
    ),
    "count": (
        "trades|trade count|num trades|number of trades|# trades|total trades|wins|losses|win "
        "rate|"
        "winrate|winning trades|losing trades|거래횟수|거래수|매매횟수|승률|승|패|승리|패배|"
        "anzahl trades|gewinner|verlierer|trefferquote|gewinnrate|交易次数|交易数|胜率|盈利次数|"
        "亏损次数|número de trades|operações|vitórias|derrotas|taxa de acerto|taxa de acertos|"
        "сделок|количество сделок|винрейт"
    ),
    "leverage": "leverage|lev|레버리지|hebel|杠杆|槓桿|alavancagem|плечо|レバレッジ",
    "stop_loss_price": (
        "stop loss|stop loss price|sl|stop|stop price|sl price|손절|손절가|stop-loss|"
        "止损|止损价|stop de perda|стоп|стоп-лосс|損切り"
    ),
    "take_profit_price": (
        "take profit|take profit price|tp|target|target price|tp price|익절|익절가|"
        "목표가|take-profit|止盈|止盈价|alvo|тейк|тейк-профит|利確"
    ),
    "mae": "mae|drawdown|max adverse excursion|adverse excursion",
    "mfe": "mfe|run-up|runup|max favorable excursion|favorable excursion",
    "strategy": (
        "strategy|strategy name|setup|전략|전략명|strategie|策略|策略名称|estratégia|"
        "estrategia|стратегия|戦略"
    ),
    "other": (
        "adx|rsi|ema|ema fast|ema slow|atr|macd|signal|score|confidence|trend|regime|"
        "note|notes|comment|comments|memo|tag|tags|duration|holding time|bars|bars "
        "held|exchange|account|uid|user id|buyer|maker|"
        "timeframe|interval|ordertype|order type|margin|misc|ledgers|slippage|spread|"
        "plus_di|minus_di|di_plus|di_minus|indicator|session|costusd|reduce only|"
        "post only|role|liquidity|updated|updated at|day|"
        "weekday|"
        "메모|비고|보유시간|신호|주문유형|거래소|계정|anmerkung|notiz|kommentar|"
        "haltedauer|signal|börse|konto|备注|持仓时间|信号|交易所|账户|訊號|"
        "observação|observações|duração|sinal|corretora|conta|комментарий|заметка|"
        "длительность|сигнал|биржа|счёт"
    ),
}
"""Role -> its names, separated by "|". "other" are columns known to be no money of ours."""
