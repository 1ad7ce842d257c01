"""A mail server for tests: keeps every message as a file, and misbehaves as recipients and files ask for.

Arguments: folder for messages, and optionally certificate and key for STARTTLS, which is then required.
A file `hold` in the folder makes it take a message and never answer; `slow` makes it wait before it takes one.
"""

import asyncio
import itertools
import os
import ssl
import sys

from aiosmtpd.controller import Controller

folder = sys.argv[1]
numbers = itertools.count(1)


class Keeper:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 no such mailbox"
        if address.startswith("busy"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if os.path.exists(os.path.join(folder, "slow")):
            await asyncio.sleep(0.05)
        name = os.path.join(folder, "%06d-%d.eml" % (next(numbers), os.getpid()))
        with open(name + ".part", "wb") as out:
            out.write(envelope.content)
        os.rename(name + ".part", name)
        while os.path.exists(os.path.join(folder, "hold")):
            await asyncio.sleep(0.02)
        return "250 taken"


context = None
if len(sys.argv) > 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
controller = Controller(
    Keeper(),
    hostname="127.0.0.1",
    port=0,
    tls_context=context,
    require_starttls=context is not None,
)
controller.ready_timeout = 30


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(controller.factory, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
