"""logcheck.py: reports of logcheck and of ctail, so that they can be compared.

    logcheck.py reports ALERTS    what [logcheck] sections said into a [file]
    logcheck.py plain REPORT      logcheck's own, as JSON can carry it:
                                  U+FFFD for what is not UTF-8
"""
import json
import os
import sys


def reports(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        alerts = [json.loads(line) for line in file]
    return [alert["report"] for alert in alerts if alert["kind"] == "report"]


def plain(path):
    with open(path, "rb") as file:
        return file.read().decode("utf-8", "replace")


def main():
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    if sys.argv[1] == "reports":
        sys.stdout.write("".join(reports(sys.argv[2])))
    elif sys.argv[1] == "plain":
        sys.stdout.write(plain(sys.argv[2]))


main()
