"""waitress around the site: loopback only, eight threads, one clean end."""

import os

from django.core.handlers.wsgi import WSGIHandler
from waitress.server import create_server

THREADS = 8
CONNECTIONS = 500


class PortTaken(Exception):
    """The port cannot be listened on; the text says which and why."""


def serve(application: WSGIHandler, *, host: str, port: int, proxy: str = "") -> None:
    """Serve until SystemExit or KeyboardInterrupt reaches the main thread.

    `proxy` is the one address whose X-Forwarded- headers are believed; all others' are removed.
    """
    trusted = {
        "trusted_proxy": proxy,
        "trusted_proxy_count": 1,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
    }
    try:
        server = create_server(
            application,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            ident=None,
            clear_untrusted_proxy_headers=True,
            asyncore_use_poll=os.name == "posix",  # select() ends at 1024 descriptors
            **(trusted if proxy else {}),
        )
    except OSError as error:
        raise PortTaken(
            f"cannot listen on {host}:{port} ({error.strerror}); "
            "stop what uses it or choose another with --port"
        ) from error
    server.run()
    server.close()
