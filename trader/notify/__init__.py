"""Notices to the bot's owner: what happened, by Telegram or a webhook, at no cost to the bot."""

from trader.notify.listening import AlarmHandler, NotifyingLog
from trader.notify.notices import Notice
from trader.notify.notifier import Notifier, NotSent, Sender

__all__ = ["AlarmHandler", "NotSent", "Notice", "Notifier", "NotifyingLog", "Sender"]
