"""standard_webhooks.py DIR SECRET...: a receiver that verifies.

By the letter of https://www.standardwebhooks.com: HMAC-SHA256 of id, timestamp
and body with dots between them; any of the signatures may fit any of the
SECRETs (whsec_..., base64); the timestamp may be 5 minutes off.  It answers
204, or 401; a line "ID TIMESTAMP VERDICT SIGNATURES" goes to DIR/requests for
each request, the port to DIR/port.  While DIR/later is there it answers 503.
"""
import base64
import hashlib
import hmac
import http.server
import os
import sys
import time

where, *secrets = sys.argv[1:]
keys = [base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        for secret in secrets]


def verdict(headers, body):
    id_, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(time.time() - int(timestamp)) > 300:
        return "late"
    signed = f"{id_}.{timestamp}.".encode() + body
    for signature in headers["webhook-signature"].split(" "):
        version, _, value = signature.partition(",")
        if version != "v1":
            continue
        got = base64.b64decode(value, validate=True)
        for key in keys:
            if hmac.compare_digest(
                    hmac.digest(key, signed, hashlib.sha256), got):
                return "good"
    return "bad"


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        found = verdict(self.headers, body)
        signatures = len(self.headers["webhook-signature"].split(" "))
        with open(where + "/requests", "a", encoding="ascii") as file:
            file.write("%s %s %s %d\n" % (
                self.headers["webhook-id"], self.headers["webhook-timestamp"],
                found, signatures))
        status = 204 if found == "good" else 401
        if os.path.exists(where + "/later"):
            status = 503
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
with open(where + "/port.new", "w", encoding="ascii") as file:
    file.write(str(server.server_address[1]))
os.rename(where + "/port.new", where + "/port")
server.serve_forever()
