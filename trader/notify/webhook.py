"""A webhook that cannot be turned against the bot's own network.

The address must be https; every address its name resolves to must be a public one; the
connection goes to an address that was checked (so a name that changes its mind between check and
use gains nothing), redirects are not followed and no proxy is used.
"""

import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from urllib.parse import SplitResult, urlsplit

import httpx

from trader.notify.notices import Notice
from trader.notify.notifier import NotSent

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_TIMEOUT = 10.0
# Addresses in which another, IPv4, address is wrapped: NAT64 and 6to4.
_WRAPPERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))


class BadWebhook(ValueError):
    """The address cannot be a webhook's; the text says why, without the address."""


def checked(url: str) -> SplitResult:
    """The address in its parts; BadWebhook where it can never be posted to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadWebhook("it is no address") from None
    if parts.scheme != "https":
        raise BadWebhook("it must begin with https://")
    if not parts.hostname or parts.username is not None or parts.password is not None:
        raise BadWebhook("it must name a host, and no user or password")
    if port == 0:
        raise BadWebhook("its port is 0")
    return parts


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, and wraps none that is not."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _WRAPPERS):
            return False
    return address.is_global and not address.is_multicast


def resolve(host: str, port: int) -> list[Address]:
    """Every address of a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(each[4][0]).split("%")[0]) for each in found]


class Webhook:
    """Posts each notice as JSON: bot, kind, title, text."""

    name = "Webhook"

    def __init__(
        self,
        url: str,
        bot: str,
        *,
        resolve: Callable[[str, int], Sequence[Address]] = resolve,
        allowed: Callable[[Address], bool] = is_public,
        tls: ssl.SSLContext | bool = True,
        timeout: float = _TIMEOUT,
    ) -> None:
        self._parts = checked(url)
        self._bot = bot
        self._resolve = resolve
        self._allowed = allowed
        self._client = httpx.Client(
            timeout=timeout, follow_redirects=False, trust_env=False, verify=tls
        )

    def send(self, notice: Notice) -> None:
        parts = self._parts
        host, port = str(parts.hostname), parts.port or 443
        address = self._address(host, port)
        shown = f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
        try:
            answer = self._client.post(
                parts._replace(netloc=f"{shown}:{port}", fragment="").geturl(),
                json=notice.json(self._bot),
                headers={"Host": host if parts.port is None else f"{host}:{port}"},
                extensions={"sni_hostname": host},
            )
        except (httpx.HTTPError, httpx.InvalidURL) as trouble:
            raise NotSent(type(trouble).__name__) from None  # its text may hold the address
        if not answer.is_success:
            after = answer.headers.get("retry-after", "")
            raise NotSent(
                f"it answered {answer.status_code}",
                retry_after=float(after) if after.isdecimal() else None,
                final=answer.status_code < 500 and answer.status_code != 429,
            )

    def close(self) -> None:
        self._client.close()

    def _address(self, host: str, port: int) -> Address:
        try:
            found = list(self._resolve(host, port))
        except (OSError, UnicodeError) as trouble:
            raise NotSent(f"its name cannot be resolved: {type(trouble).__name__}") from None
        if not found or not all(map(self._allowed, found)):
            raise NotSent("its name leads into a private network", final=True)
        return found[0]
