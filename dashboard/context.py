"""What every page says: whose money it shows, in words."""

from django.http import HttpRequest

from dashboard.selectors.scope import Filters, Unknown, choose

NOTICES = {
    "demo": "Demo money: a generated market with a clock of its own. Nothing here is real.",
    "replay": "Replayed candles: a past market, simulated fills. No real money.",
    "paper": "Paper money: the real market, simulated fills. No real money.",
    "testnet": "Testnet money: the exchange's test market. No real money.",
}


def money_notice(request: HttpRequest) -> dict[str, str]:
    """`money_notice` for the templates, empty for real money and for strangers."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {}
    try:
        scope = choose(
            Filters(mode=request.GET.get("mode") or None, bot=request.GET.get("bot") or None)
        )
    except Unknown:
        return {}
    return {"money_notice": NOTICES.get(scope.mode or "", "")}
