"""The one module that knows python-binance: its clients, and what it raises."""

import warnings

import requests
from requests.adapters import HTTPAdapter

with warnings.catch_warnings():
    # Its websocket module, which the bot does not use, imports a deprecated name.
    warnings.simplefilter("ignore", DeprecationWarning)
    from binance import Client
    from binance.exceptions import BinanceAPIException, BinanceRequestException

PUBLIC_ADDRESS: str = Client.API_URL
TESTNET_ADDRESS: str = Client.API_TESTNET_URL
TROUBLE = (BinanceAPIException, BinanceRequestException, requests.RequestException)
RECEIVE_WINDOW = 5000  # milliseconds after which the exchange no longer takes a request

__all__ = [
    "PUBLIC_ADDRESS",
    "RECEIVE_WINDOW",
    "TESTNET_ADDRESS",
    "TROUBLE",
    "BinanceAPIException",
    "Client",
    "public_client",
    "signed_client",
]


def public_client(address: str) -> Client:
    """A client without keys for the REST API at `address`, such as Binance's own or a simulation.

    Its time-out is 10 seconds; nothing is asked of the exchange yet.
    """
    return signed_client(address, "", "")


def signed_client(address: str, key: str, secret: str, timeout: float = 10.0) -> Client:
    """A client for the account that `key` opens; `timeout` in seconds. Nothing is asked yet.

    What it raises is one of TROUBLE. No request is ever sent twice by it.
    """
    margin = Client.MARGIN_API_URL
    if address != PUBLIC_ADDRESS:
        margin = address.removesuffix("/api") + "/sapi"

    class Addressed(Client):  # type: ignore[misc]
        API_URL = address
        MARGIN_API_URL = margin
        REQUEST_TIMEOUT = timeout
        REQUEST_RECVWINDOW = RECEIVE_WINDOW

    with warnings.catch_warnings():
        # It asks for an event loop, which the synchronous client then never uses.
        warnings.simplefilter("ignore", DeprecationWarning)
        client = Addressed(key or None, secret or None, ping=False)
    client.session.mount("http://", HTTPAdapter(max_retries=0))
    client.session.mount("https://", HTTPAdapter(max_retries=0))
    return client
