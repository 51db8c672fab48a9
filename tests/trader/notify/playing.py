"""A local server that plays Telegram, or anybody's webhook."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, Any]]
OK: Answer = (200, {"ok": True, "result": {}})
HANG: Answer = (0, {})  # no answer before the test is over


@dataclass
class Played:
    """What was asked, and what is answered: `answers` one by one, then OK."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    address: str = ""

    def hang(self) -> Answer:
        """Answer only when the test is over."""
        self.released.wait(30)
        return OK

    def answer(self, path: str, body: dict[str, Any]) -> Answer:
        method = path.rsplit("/", 1)[-1]
        if method == "getUpdates":
            offset = body["offset"]
            newest = self.updates[-1:] if offset < 0 else self.updates
            return 200, {"ok": True, "result": [u for u in newest if u["update_id"] >= offset]}
        self.asked.append((path, body))
        answer = self.answers.pop(0) if self.answers else OK
        self.came.release()
        return self.hang() if answer is HANG else answer

    def texts(self) -> list[str]:
        return [body["text"] for _, body in self.asked]


@contextmanager
def playing(*answers: Answer) -> Iterator[Played]:
    played = Played(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            played.headers.append(dict(self.headers))
            status, answer = played.answer(self.path, body)
            content = json.dumps(answer).encode()
            try:
                self.send_response(status)
                for name, value in answer.get("headers", {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass  # who asked has gone

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    played.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield played
    finally:
        played.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
