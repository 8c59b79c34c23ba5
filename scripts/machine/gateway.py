"""A messaging service for one machine: it accepts every message and stores it in a folder, as a provider would take it.

Runs as a process of its own (`python gateway.py --port 2580 --folder messages`); standard library only. A message is on
the disk before it is answered. A key that was seen before is answered with 409, as services do that honour it.
"""

import argparse
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BIGGEST = 32 * 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > BIGGEST:
            return self._answer(413, {"error": "too large"})
        try:
            message = json.loads(self.rfile.read(length))
        except ValueError:
            return self._answer(400, {"error": "not JSON"})
        key = self.headers.get("Idempotency-Key", "")
        if key in self.server.seen:
            return self._answer(409, {"id": self.server.seen[key]})
        reference = self._store(message)
        self.server.seen[key] = reference
        return self._answer(200, {"id": reference})

    def _store(self, message):
        self.server.last += 1
        reference = f"demo-{self.server.last:04}"
        path = self.server.folder / f"{self.server.last:04}.json"
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(message, indent=2, ensure_ascii=False))
        partial.rename(path)
        return reference

    def _answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def serve(options):
    options.folder.mkdir(parents=True, exist_ok=True)
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    server.folder, server.seen = options.folder, {}
    server.last = max((int(path.stem) for path in options.folder.glob("*.json")), default=0)
    print(f"listening on 127.0.0.1:{options.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="where to put the messages")
    serve(parser.parse_args())
