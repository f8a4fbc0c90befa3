"""smtpd.py DIR TLSDIR PORT TLSPORT: the mail server of e2e.sh on aiosmtpd.

In the foreground, until it is ended.
"""
import asyncio
import mailbox
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

directory, tls_directory, port, tls_port = sys.argv[1:]


def flag(name):
    return os.path.exists(os.path.join(directory, name))


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        user = address.split("@")[0]
        if user == "grey" and flag("grey"):
            return "451 4.2.0 greylisted, try later"
        if user == "nouser":
            return "550 5.1.1 no such user"
        if user == "authonly" and not session.authenticated:
            return "550 5.7.0 authentication required"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        tls = session.ssl is not None or isinstance(server, OverTLS)
        protocol = "esmtp" + "s" * tls + "a" * bool(session.authenticated)
        content = envelope.original_content.replace(b"\r\n", b"\n")
        box = mailbox.mbox(os.path.join(directory, "mbox"))
        box.lock()
        for address in envelope.rcpt_tos:
            head = (
                f"Return-path: <{envelope.mail_from}>\n"
                f"Envelope-to: {address}\n"
                f"Received: from {session.host_name} by localhost"
                f" with {protocol}\n"
            )
            box.add(head.encode() + content)
        box.close()
        return "250 2.0.0 kept"


def authenticate(server, session, envelope, mechanism, data):
    good = LoginPassword(b"alert", b"s3cret")
    return AuthResult(success=data == good, handled=False)


class OverTLS(SMTP):
    """TLS came before the first word."""


def make(kind, **settings):
    hidden = ["LOGIN", "PLAIN"] if flag("noauth") else ["LOGIN"]
    return kind(
        Handler(),
        hostname="localhost",
        authenticator=authenticate,
        auth_exclude_mechanism=hidden,
        **settings,
    )


def starttls(context):
    offered = None if flag("notls") else context
    return make(SMTP, tls_context=offered)


def over_tls():
    return make(OverTLS, auth_require_tls=False)


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(
        os.path.join(tls_directory, "srv.pem"),
        os.path.join(tls_directory, "srv.key"),
    )
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(
            lambda: starttls(context), "127.0.0.1", int(port)
        ),
        await loop.create_server(
            over_tls, "127.0.0.1", int(tls_port), ssl=context
        ),
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(main())
