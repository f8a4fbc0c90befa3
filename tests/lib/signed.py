"""signed.py REQUESTS NAME HOW SECRET: what is wrong with the signatures.

Each request to /NAME must be signed with each key of SECRET, as HOW says:
standard (https://www.standardwebhooks.com) or github; prints what is not.
"""
import base64
import hashlib
import hmac
import sys

from web import requests


def digest(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256)


def standard(request, body, secret):
    signed = f"{request['id']}.{request['timestamp']}.".encode()
    want = [
        base64.b64decode(word.removeprefix("whsec_")) for word in secret.split()
    ]
    want = [base64.b64encode(digest(key, signed, body).digest()) for key in want]
    want = " ".join("v1," + one.decode() for one in want)
    if abs(int(request["timestamp"]) - request["time"]) > 60:
        return "its time is another one"
    return "" if request["signature"] == want else "not " + want


def github(request, body, secret):
    want = "sha256=" + digest(secret.encode(), body).hexdigest()
    return "" if request["hub"] == want else "not " + want


def main():
    path, name, how, secret = sys.argv[1:]
    found = requests(path, name)
    if not found:
        print("no request")
    for request in found:
        wrong = {"standard": standard, "github": github}[how](
            request, request["body"].encode(), secret
        )
        if wrong:
            print(request["id"], request["signature"], request["hub"], wrong)


main()
