"""A mail server for tests: writes what it receives to a folder, or refuses as told.

smtp_sink.py FOLDER [accept|later|never|never_data|hang|lost]
Prints its port, then serves until its standard input ends.

accept      250, FOLDER/N.eml holds the envelope in two lines and then the message as received
later       451 to the recipient         never       550 to the recipient
never_data  554 after the message        hang        no answer after the message
lost        closes after the message
"""
import asyncio
import sys

try:
    from aiosmtpd.smtp import SMTP
except ImportError:
    print("no python3-aiosmtpd")
    sys.exit(3)

folder, mode = sys.argv[1], (sys.argv[2:] or ["accept"])[0]
received = 0


class Sink:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if mode == "later":
            return "451 4.2.0 come back later"
        if mode == "never":
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 fine"

    async def handle_DATA(self, server, session, envelope):
        global received
        if mode == "hang":
            await asyncio.sleep(3600)
        if mode == "lost":
            server.transport.abort()
            return "250 never heard"
        if mode == "never_data":
            return "554 5.7.1 looks like spam"
        received += 1
        with open(f"{folder}/{received}.eml", "wb") as out:
            head = f"{envelope.mail_from}\n{','.join(envelope.rcpt_tos)}\n"
            out.write(head.encode() + envelope.original_content)
        return "250 2.0.0 taken"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="sink.test"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
