"""Which channels the settings ask for."""

import logging
from collections.abc import Callable

from trader.commands.operate import profit_text, status_text
from trader.control import Mailbox
from trader.notify.listening import AlarmHandler
from trader.notify.notifier import Notifier, Sender
from trader.notify.telegram import Questions, Telegram
from trader.notify.webhook import BadWebhook, Webhook
from trader.settings import BotSettings, SettingsTrouble


def notifier_of(settings: BotSettings, bot: str) -> Notifier | None:
    """The notifier with its channels started; None where none is set.

    Raises SettingsTrouble for a webhook that cannot be one.
    """
    senders: list[Sender] = []
    ends: list[Callable[[], None]] = []
    if settings.telegram_token is not None and settings.telegram_chat is not None:
        telegram = _telegram(settings)
        senders.append(telegram)
        if settings.telegram_commands:
            questions = Questions(_telegram(settings), _answers(settings, bot))
            questions.start()
            ends.append(questions.stop)
    if settings.webhook_url is not None:
        try:
            senders.append(Webhook(settings.webhook_url.get_secret_value(), bot))
        except BadWebhook as wrong:
            raise SettingsTrouble(f"BLOTTER_WEBHOOK_URL cannot be used: {wrong}.") from wrong
    if not senders:
        return None
    notifier = Notifier(senders)
    alarms = AlarmHandler(notifier.tell)
    # With the formatter that takes secrets out, as every handler has it.
    root = logging.getLogger()
    if root.handlers:
        alarms.setFormatter(root.handlers[0].formatter)
    root.addHandler(alarms)
    notifier.at_close(lambda: root.removeHandler(alarms), *ends)
    return notifier


def _telegram(settings: BotSettings) -> Telegram:
    assert settings.telegram_token is not None
    assert settings.telegram_chat is not None
    token = settings.telegram_token.get_secret_value()
    return Telegram(settings.telegram_address, token, settings.telegram_chat)


def _answers(settings: BotSettings, bot: str) -> dict[str, Callable[[], str]]:
    """Nothing here opens a trade, closes one, or lets the bot enter again."""

    def pause() -> str:
        Mailbox(settings.db, bot).put("pause", "asked for by Telegram")
        return "No more entries from the next half second on. To resume: python -m trader resume"

    return {
        "/status": lambda: status_text(bot, settings.db),
        "/profit": lambda: profit_text(bot, settings.db),
        "/pause": pause,
    }
