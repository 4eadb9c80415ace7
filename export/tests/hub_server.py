"""A server on this machine that speaks as much of the Hub's HTTP API as a download uses, and can misbehave."""

import hashlib
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlparse

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LFS_FROM = 10_000  # bytes; smaller files are plain Git blobs


@dataclass
class Hub:
    """What the server holds and does. Change it while it runs."""

    files: dict[str, bytes] = field(default_factory=dict)
    repository: str = "tiny/model"
    revisions: tuple[str, ...] = ("main", "v1", COMMIT)
    token: str | None = None
    """Files are gated: only this token may read them."""
    private: bool = False
    down: bool = False
    cut_after: dict[str, int] = field(default_factory=dict)
    """The connection ends after so many bytes of a file, once for each entry."""
    altered: set[str] = field(default_factory=set)
    """Files of which one byte is wrong on its way."""
    log: list[str] = field(default_factory=list)
    """File requests: name and Range."""
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        hub, path = self.hub, unquote(urlparse(self.path).path)
        if hub.down:
            return self._refuse(503)
        if info := re.fullmatch(r"/api/models/([^/]+/[^/]+)/revision/(.+)", path):
            return self._info(*info.groups())
        if file := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([0-9a-f]+)/(.+)", path):
            return self._file(file[3])
        self._refuse(404)

    def _refuse(self, status: int, code: str | None = None) -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _info(self, repository: str, revision: str) -> None:
        if repository != self.hub.repository or self.hub.private:
            return self._refuse(401, "RepoNotFound")
        if revision not in self.hub.revisions:
            return self._refuse(404, "RevisionNotFound")
        siblings = [self._sibling(name, data) for name, data in self.hub.files.items()]
        body = {"id": repository, "sha": COMMIT, "tags": ["license:apache-2.0"], "siblings": siblings}
        self._send(200, json.dumps(body).encode())

    @staticmethod
    def _sibling(name: str, data: bytes) -> dict:
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        entry = {"rfilename": name, "size": len(data), "blobId": blob}
        if len(data) >= LFS_FROM:
            entry["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
        return entry

    def _file(self, name: str) -> None:
        hub, data = self.hub, self.hub.files[name]
        hub.log.append(f"{name} {self.headers.get('Range', '')}".strip())
        if hub.token and self.headers.get("Authorization") != f"Bearer {hub.token}":
            return self._refuse(403 if self.headers.get("Authorization") else 401, "GatedRepo")
        if name in hub.altered:
            data = data[:-1] + bytes([data[-1] ^ 1])
        start = int(re.fullmatch(r"bytes=(\d+)-", self.headers["Range"])[1]) if "Range" in self.headers else 0
        self._send(206 if start else 200, data[start:], hub.cut_after.pop(name, None), start, len(data))

    def _send(self, status: int, body: bytes, cut: int | None = None, start: int = 0, total: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.end_headers()
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.close_connection = True


@contextmanager
def serve(hub: Hub):
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
