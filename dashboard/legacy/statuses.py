"""What a record says of itself: open, cancelled, failed, simulated; entry or exit."""

from __future__ import annotations

import re

from .aliases import normalise
from .binding import Binding
from .cells import FALSE, TRUE
from .records import Record

_STATUS = {
    "open": (
        "open open_order new pending partially_filled partiallyfilled partial active submitted "
        "placed planned geplant 예정 计划中 "
        "planejado planejada запланирован partially_closed partly_closed "
        "part_closed unfilled 미체결 대기 진행중 보유중 "
        "offen 未成交 持仓中 未平仓 aberta aberto pendente "
        "открыта открыт активен открытая открытый running ongoing laufend läuft gehalten ouvert "
        "ouverte en_cours abierta abierto aperta aperto otwarta otwarte açık 未決済 保有中 持倉中 "
        "в_позиции удерживается 보유 보유_중 진행_중 진행 미청산 미결제 holding held in_trade "
        "in_position bought 持仓 持有中 持有 未平 未结束 em_aberto ativa posicionado 保有 建玉中 "
        "devam_ediyor aktif otwarte aktywna in_corso en_curso vigente"
    ),
    "cancelled": (
        "cancelled canceled cancel storniert abgebrochen 취소 취소됨 已取消 已撤销 撤单 "
        "cancelada cancelado отменён отменен отменена "
        "expired verfallen 已过期 expirada истёк"
    ),
    "rejected": (
        "rejected denied 거부 거절 abgelehnt 已拒绝 rejeitada rejeitado отклонён отклонен"
    ),
    "error": (
        "error failed failure fail err exception 오류 실패 에러 fehler fehlgeschlagen 错误 失败 "
        "erro falha falhou ошибка"
    ),
    "heartbeat": (
        "heartbeat alive ping status info debug warning hold idle startup shutdown started "
        "stopped keepalive 하트비트 상태 대기중 心跳 herzschlag batimento пульс"
    ),
    "cash_flow": (
        "commission funding funding_fee realized_pnl realised_pnl transfer deposit withdrawal "
        "send receive staking_income rewards_income reward_income learning_reward inflation_reward "
        "exchange_deposit exchange_withdrawal pro_deposit pro_withdrawal subscription "
        "settlement transfer_in transfer_out bonus fee_refund "
        "withdraw rebate commission_rebate referral_kickback interest insurance_clear balance "
        "credit dividend airdrop staking reward 입금 출금 이체 펀딩비 수수료 einzahlung "
        "auszahlung "
        "überweisung 充值 提现 提币 充币 划转 资金费 手续费 资金费用 depósito saque retirada "
        "transferência ввод вывод депозит пополнение комиссия"
    ),
}


STATUS_WORDS = {word: kind for kind, words in _STATUS.items() for word in words.split()}
_TELLING_PARTS = ("cancelled", "rejected", "error")
_SIMULATED = (
    "paper paper_trading papertrade simulated simulation sim dry dry_run dryrun dry-run backtest "
    "backtesting test testnet demo virtual staging playback sandbox "
    "모의 모의투자 페이퍼 백테스트 simuliert papier 模拟 回测 "
    "simulado teste бумага тест симуляция"
)
SIMULATED = frozenset(_SIMULATED.split())
_SURELY_SIMULATED = SIMULATED - {
    "staging",
    "playback",
    "sim",
    "dry",
    "test",
    "demo",
    "virtual",
    "teste",
    "тест",
}
"""Words by which a log tells that nothing was really traded."""


_OPENS = (
    "entry open enter in 진입 오픈 开仓 入场 開倉 einstieg eröffnung entrada abertura вход открытие"
)
_CLOSES = (
    "exit close out 청산 종료 平仓 出场 平倉 ausstieg schließung saída saida fechamento выход "
    "закрытие"
)
OPENING = dict.fromkeys(_OPENS.split(), 1) | dict.fromkeys(_CLOSES.split(), -1)
"""Casefolded word -> +1 entry, -1 exit."""


_HOLDS = frozenset(
    [
        "hold",
        "holding",
        "holds",
        "보유",
        "보유중",
        "유지",
        "유지중",
        "持有",
        "持仓",
        "持倉",
        "halten",
        "gehalten",
        "mantida",
        "manter",
        "держать",
        "удержание",
    ]
)
"""Words by which a row tells of a position that stands still, and of no trade."""


def says_closed(record: Record) -> bool:
    """Whether a cell says that something was closed."""
    return any(OPENING.get(cell.strip().casefold()) == -1 for cell in record.fields)


def aside_kind(record: Record, binding: Binding | None = None) -> str:
    """The kind of a record that is no closed trade by its own word (status, type), or ""."""
    cells = record.fields
    if binding is not None:
        stands = binding.roles.get("stands")
        if stands is not None and stands_open(cells[stands], binding.headings[stands].name):
            return "open"
        for role in ("status", "type", "side", "action", "flow"):
            at = binding.roles.get(role)
            if at is not None and at < len(cells):
                if binding.shape == "fills" and cells[at].strip().casefold() in OPENING:
                    continue  # "open" beside "close": an entry, not an order that waits
                kind = status_kind(cells[at], parts=role == "status")
                if kind:
                    return kind
        at = binding.roles.get("exit_reason")
        if at is not None and at < len(cells):
            kind = never_closed(cells[at])
            if kind:
                return kind
        for at in binding.watched:
            kind = aside_word(cells[at], binding, at)
            if kind:
                return kind
    return ""


def status_kind(cell: str, *, parts: bool = False) -> str:
    """What a status word makes of a record that is no closed trade, or "".

    With `parts` a word within counts too, for what never closed ("cancelled by user").
    """
    text = cell.strip().casefold().replace(" ", "_")
    kind = STATUS_WORDS.get(text, "")
    if kind or not parts:
        return kind
    for word in re.split(r"[\W_]+", text):
        kind = STATUS_WORDS.get(word, "")
        if kind in _TELLING_PARTS:
            return kind
    return ""


_TOTALS = frozenset(
    ("total", "totals", "subtotal", "sum", "합계", "총계", "소계", "누계", "summe", "gesamt",
     "gesamtsumme", "zwischensumme", "合计", "合計", "总计", "小计", "soma", "итого", "всего",
     "totale", "suma", "razem", "toplam")
)  # fmt: skip


def never_closed(exit_reason: str) -> str:
    """The kind of record whose exit reason says that there was no exit, or ""."""
    if exit_reason.strip().casefold() in _TOTALS:
        return "total"
    kind = status_kind(exit_reason, parts=True)
    if kind == "cash_flow" and not is_cash_flow(exit_reason):
        return ""
    return kind if kind in ("cancelled", "rejected", "open", "cash_flow") else ""


def says_failed(exit_reason: str) -> bool:
    """Whether an exit reason is the word for a failure: of a trade's end, or of its order."""
    return status_kind(exit_reason) == "error"


def is_simulated(cell: str) -> bool:
    """True where a mode, type or status cell says that the trade was not really made."""
    return cell.strip().casefold().replace(" ", "_") in SIMULATED


_CLOSED = frozenset(
    ("closed", "close", "complete", "completed", "done", "filled", "finished", "settled",
     "exited", "win", "loss", "won", "lost", "청산", "청산완료", "청산_완료", "완료", "종료",
     "체결", "체결완료", "매도완료", "geschlossen", "erledigt", "abgeschlossen", "ausgeführt",
     "已平仓", "平仓", "已平倉", "已成交", "完成", "已完成", "結束", "fechada", "fechado",
     "concluída", "concluida", "executada", "закрыта", "закрыт", "закрыто", "закрытая",
     "завершена", "завершён", "исполнен", "cerrada", "cerrado", "fermé", "fermée", "clôturé",
     "cloturé", "chiusa", "chiuso", "zamknięta", "zamknięte", "kapalı", "kapandı", "決済",
     "決済済", "約定", "決済済み", "売却済", "sold", "exit", "out", "已平", "已结束", "已平倉",
     "encerrada", "encerrado", "finalizada", "finalizado", "concluído", "liquidada", "liquidado",
     "종료됨", "청산됨", "정리", "매도", "zakończona", "kapatıldı", "kapanmış", "terminée",
     "clôturée", "completata", "conclusa", "beendet", "verkauft", "vendida", "vendido")
)  # fmt: skip
_RESULTS = frozenset(
    ("tp", "sl", "profit", "breakeven", "break_even", "be", "lose", "loser", "winner", "gain",
     "수익", "손실", "익절", "손절", "본전", "盈利", "亏损", "止盈", "止损", "gewinn", "verlust",
     "lucro", "prejuízo", "ganho", "perda", "liquidated", "stopped", "stopped_out", "ok")
)  # fmt: skip
"""What a trade came to, or why it ended: it has."""
_TRADE_WORDS = frozenset(
    ("trade", "trades", "trading", "futures_trade", "spot_trade", "거래", "매매", "handel", "交易",
     "成交", "operação", "negócio", "сделка", "取引", "operación", "işlem", "transakcja")
)  # fmt: skip


def says_trade(cell: str) -> bool:
    """True for a word by which a row is a trade, or one that was closed."""
    word = cell.strip().casefold().replace(" ", "_")
    return word in _TRADE_WORDS or word in _CLOSED or OPENING.get(word) == -1


def may_have_closed(cell: str) -> bool:
    """True for a status by which a trade has ended, or which is a result."""
    return is_closed(cell) or cell.strip().casefold().replace(" ", "_") in _RESULTS


def is_closed(cell: str) -> bool:
    """True for a status that says that a trade has ended."""
    return cell.strip().casefold().replace(" ", "_") in _CLOSED


def is_cash_flow(cell: str) -> bool:
    """True for a word by which money moved without a trade, in whatever column it stands."""
    text = cell.strip().casefold().replace(" ", "_")
    return STATUS_WORDS.get(text) == "cash_flow" and text not in _ALSO_OF_TRADES


_LONGEST_WORD = 40
_ALSO_OF_TRADES = frozenset(
    ("commission", "realized_pnl", "realised_pnl", "balance", "credit", "interest", "reward",
     "staking", "수수료", "手续费", "комиссия")
)  # fmt: skip
_OPEN_NAMES = frozenset(("isopen", "open", "active", "isactive", "inposition", "openposition"))
_DONE_NAMES = frozenset(
    ("isclosed", "closed", "executed", "isexecuted", "filled", "isfilled", "done", "completed")
)


def stands_open(cell: str, name: str) -> bool | None:
    """What yes or no under a header such as "is_open" or "closed" says; None for nothing."""
    word, key = cell.strip().casefold(), normalise(name)
    if word not in TRUE | FALSE or key not in _OPEN_NAMES | _DONE_NAMES:
        return None
    return (word in TRUE) == (key in _OPEN_NAMES)


_SHORT, _WITHOUT_SPACES = 8, ("모의", "模拟", "模擬", "回测", "백테스트")
_OF_ACCOUNTS = frozenset(
    ("account", "accountid", "accountname", "subaccount", "exchange", "venue", "broker", "server",
     "network", "env", "environment", "bot", "botname", "konto", "depot", "börse", "conta",
     "cuenta", "corretora", "compte", "계좌", "계정", "거래소", "账户", "帐户", "交易所", "счёт",
     "биржа")
)  # fmt: skip
_NO_ACCOUNTS = SIMULATED | {"demokonto", "musterdepot"}


def is_no_real_account(cell: str) -> bool:
    """True for what accounts on paper are called ("Sim101", "Demo", "demo-01")."""
    return not _NO_ACCOUNTS.isdisjoint(re.split(r"[\W\d_]+", cell.strip().casefold()))


def is_surely_simulated(cell: str) -> bool:
    """True for a word that says so in any column ("paper", "Binance testnet")."""
    text = cell.strip().casefold()
    if len(text) <= _SHORT and any(word in text for word in _WITHOUT_SPACES):
        return True
    words = re.split(r"[\W_]+", text)
    return not _SURELY_SIMULATED.isdisjoint(("_".join(words), *(words if len(words) <= 2 else ())))


_PAPER_NAMES = frozenset(
    ("dryrun", "isdryrun", "paper", "ispaper", "papertrade", "simulated", "issimulated",
     "testnet", "istestnet")
)  # fmt: skip
_LIVE_NAMES = frozenset(("live", "islive", "real", "isreal"))


def is_paper(cell: str, binding: Binding, at: int) -> bool:
    """As is_simulated; "true" under "dry_run" and "false" under "is_live" say so as well."""
    word = cell.strip().casefold()
    if is_simulated(cell):
        return True
    name = normalise(binding.headings[at].name) if binding.headings else ""
    return (name in _PAPER_NAMES and word in TRUE) or (name in _LIVE_NAMES and word in FALSE)


def aside_word(cell: str, binding: Binding, at: int) -> str:
    """What a cell of a watched column makes of a row that is no real trade, or ""."""
    text = cell.strip()
    if at in (binding.roles.get(role) for role in ("mode", "status", "type")):
        return "simulated" if is_paper(text, binding, at) else ""
    if not could_be_a_word(text):
        return ""
    named = normalise(binding.headings[at].name) if binding.headings else ""
    if is_surely_simulated(text) or (named in _OF_ACCOUNTS and is_no_real_account(text)):
        return "simulated"
    return "cash_flow" if is_cash_flow(text) else ""


def could_be_a_word(cell: str) -> bool:
    """False for a stripped cell that is empty, a number, a time, or a whole sentence."""
    return 0 < len(cell) <= _LONGEST_WORD and cell[0] not in "0123456789+-."


def says_it_is_none(record: Record) -> str:
    """Where no header tells the columns, any cell may be the status that says "cancelled"."""
    return next(filter(None, map(none_by, record.fields)), "")


def none_by(cell: str) -> str:
    """The kind of record that is no closed trade by this cell, whatever its column, or ""."""
    kind = status_kind(cell, parts=" " not in cell.strip())
    if kind in ("open", "cancelled", "rejected", "error"):
        return kind
    if cell.strip().casefold() in _HOLDS:
        return "open"
    if could_be_a_word(cell.strip()):
        if is_surely_simulated(cell):
            return "simulated"
        if is_cash_flow(cell):
            return "cash_flow"
    return ""


def any_status_word(record: Record) -> str:
    """A status word anywhere in a record that could not be read as a trade."""
    for cell in record.fields:
        kind = STATUS_WORDS.get(cell.strip().casefold().replace(" ", "_"))
        if kind and kind != "open":
            return kind
    return ""
