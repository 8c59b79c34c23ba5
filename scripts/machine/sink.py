"""A mail server for one machine: it accepts every mail and stores it in a folder, and can be told to misbehave.

Runs as a process of its own (`python sink.py --port 2525 --folder mails`), with the package aiosmtpd. A mail is on
the disk before its sender is told that it was accepted, so that what lies in the folder is what was delivered.
"""

import argparse
import asyncio
import os
import re
import signal
from pathlib import Path

from aiosmtpd.smtp import SMTP

BIGGEST_MAIL = 64 * 1024 * 1024


class Store:
    """Mails as `0001-recipient.eml`, the envelope in headers put before the others."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(name.split("-")[0]) for name in os.listdir(folder) if re.match(r"\d+-", name)]
        self.last = max(numbers, default=0)

    def save(self, envelope):
        self.last += 1
        first = re.sub(r"[^\w.@+-]", "_", envelope.rcpt_tos[0])
        path = self.folder / f"{self.last:04}-{first}.eml"
        lines = [f"X-Envelope-From: {envelope.mail_from}"]
        lines += [f"X-Envelope-To: {recipient}" for recipient in envelope.rcpt_tos]
        partial = path.with_name(f".{path.name}.partial")
        with partial.open("wb") as output:
            output.write("".join(f"{line}\r\n" for line in lines).encode())
            output.write(envelope.original_content)
        partial.rename(path)


class Handler:
    """Answers the sender; recipients that match a pattern are treated as told."""

    def __init__(self, store, options):
        self.store = store
        self.options = options

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if _matches(self.options.refuse, address):
            return "550 5.1.1 No such mailbox"
        if _matches(self.options.defer, address):
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        if any(_matches(self.options.hang, address) for address in envelope.rcpt_tos):
            await asyncio.Event().wait()
        await asyncio.sleep(self.options.delay)
        self.store.save(envelope)
        return "250 OK"


def _matches(pattern, address):
    return pattern is not None and re.search(pattern, address) is not None


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True, help="where to put the mails")
    parser.add_argument("--delay", type=float, default=0, metavar="SECONDS", help="wait before accepting each mail")
    parser.add_argument("--refuse", metavar="REGEX", help="recipients to refuse for good (550)")
    parser.add_argument("--defer", metavar="REGEX", help="recipients to put off (451)")
    parser.add_argument("--hang", metavar="REGEX", help="recipients whose mail is taken in and never answered")
    return parser.parse_args()


async def serve(options):
    handler = Handler(Store(options.folder), options)
    loop = asyncio.get_running_loop()

    def connection():
        return SMTP(handler, hostname="localhost", data_size_limit=BIGGEST_MAIL, enable_SMTPUTF8=True, loop=loop)

    server = await loop.create_server(connection, "127.0.0.1", options.port)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    print(f"listening on 127.0.0.1:{options.port}", flush=True)
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(parse_arguments()))
