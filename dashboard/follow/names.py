"""What bots call things in their state files, in the languages of their authors."""

from __future__ import annotations

from dashboard.legacy.aliases import normalise

_NAMES: dict[str, str] = {
    "balance": (
        "balance|wallet balance|account balance|total balance|cash|cash balance|usdt balance|"
        "balance usdt|quote balance|current balance|잔고|잔액|예수금|현금|보유현금|계좌잔고|"
        "kontostand|guthaben|saldo|余额|餘額|账户余额|钱包余额|现金|баланс|остаток|solde|残高|資金"
    ),
    "equity": (
        "equity|total equity|account equity|net equity|equity usdt|nav|net asset value|"
        "portfolio value|account value|total value|net worth|평가금액|총평가금액|총자산|순자산|"
        "자산총액|평가자산|eigenkapital|gesamtwert|kontowert|depotwert|权益|權益|账户权益|总权益|"
        "总资产|總資產|净值|淨值|净资产|patrimônio|patrimonio|patrimônio líquido|valor total|"
        "эквити|капитал|собственный капитал|capitaux|valeur totale|純資産|有効証拠金|評価額"
    ),
    "unrealised": (
        "unrealized pnl|unrealised pnl|unrealized profit|unrealised profit|unrealized|unrealised|"
        "upnl|u pnl|floating pnl|floating profit|open pnl|open profit|미실현손익|평가손익|"
        "미실현수익|unrealisierter gewinn|offener gewinn|buchgewinn|未实现盈亏|浮动盈亏|浮盈|"
        "未實現盈虧|lucro não realizado|pnl não realizado|resultado não realizado|"
        "нереализованная прибыль|нереализованный pnl|含み損益|未実現損益"
    ),
    "positions": (
        "positions|open positions|position|open position|current position|active positions|"
        "open trades|active trades|current trade|포지션|보유포지션|현재포지션|보유종목|"
        "positionen|offene positionen|持仓|持倉|仓位|当前持仓|posições|posicoes|"
        "posições abertas|posición|posiciones|posição|позиции|открытые позиции|позиция|"
        "ポジション|建玉"
    ),
    "version": "version|bot version|ver|버전|版本|versão|versión|версия|バージョン",
    "strategy": "strategy|strategy name|전략|strategie|策略|estratégia|estrategia|стратегия|戦略",
    "symbol": "symbol|pair|market|ticker|심볼|종목|페어|handelspaar|交易对|par|символ|пара|銘柄",
    "time": (
        "updated at|updated|last update|last updated|update time|timestamp|time|ts|saved at|"
        "as of|업데이트|갱신시간|갱신시각|시간|시각|aktualisiert|zeitstempel|zeit|更新时间|"
        "更新時間|时间|atualizado em|atualizado|actualizado|обновлено|время|更新日時|時刻"
    ),
    "settings": (
        "settings|config|configuration|parameters|params|설정|einstellungen|parameter|设置|"
        "配置|参数|configurações|configuración|настройки|параметры|設定"
    ),
    "interval": (
        "interval|timeframe|time frame|tf|candle|주기|봉|zeitrahmen|周期|intervalo|таймфрейм"
    ),
    "indicators": "indicators|signals|지표|indikatoren|指标|指標|indicadores|индикаторы",
    "quote_asset": (
        "quote asset|quote currency|currency|margin asset|stake currency|통화|"
        "währung|币种|moeda|moneda|валюта|通貨"
    ),
}
STATE: dict[str, str] = {
    normalise(name): role for role, names in _NAMES.items() for name in names.split("|")
}
"""Normalised name -> what it is in a state."""

CONTAINERS = frozenset(
    normalise(name)
    for name in [
        "account", "wallet", "state", "status", "data", "portfolio", "futures", "spot",
        "result", "bot", "info", "summary", "current", "live", "balances", "funds", "계좌",
        "지갑", "상태", "konto", "zustand", "账户", "帳戶", "钱包", "状态", "conta", "carteira",
        "estado", "cuenta", "счёт", "счет", "кошелек", "состояние", "compte", "口座", "状態",
    ]
)  # fmt: skip
"""Objects that are looked into. Others, such as "initial" or "backtest", hold other numbers."""

INDICATORS = frozenset(
    [
        "adx", "rsi", "atr", "macd", "macdsignal", "macdhist", "ema", "sma", "plusdi",
        "minusdi", "pdi", "mdi", "cci", "mfi", "obv", "vwap", "stochk", "stochd", "bbupper",
        "bblower", "bbmiddle", "volatility", "trend", "zscore",
    ]
)  # fmt: skip
"""Normalised names of numbers that are indicators wherever they stand."""

POSITION: dict[str, str] = {
    normalise(name): role
    for role, names in {
        "entry_price": "entry|entry px|avg price|average price|avg entry|진입가|平均价格",
        "price": (
            "price|mark price|last price|current price|market price|현재가|标记价格|aktueller kurs"
        ),
        "quantity": "position amt|contracts|base size|보유수량|持仓数量",
        "stop_loss_price": (
            "sl|stop|stop loss|stop price|stop loss price|손절가|손절|止损|止损价|stopp"
        ),
        "take_profit_price": (
            "tp|target|take profit|take profit price|target price|익절가|익절|목표가|止盈|"
            "止盈价|ziel"
        ),
        "trade_id": "trade id|position id|id|order id",
        "fee": "fee|entry fee|fees|commission",
    }.items()
    for name in names.split("|")
}
"""Of a position's members: asked before the names that columns of logs have."""
