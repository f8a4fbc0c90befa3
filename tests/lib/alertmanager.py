"""alertmanager.py: stands in for a node of Alertmanager, and asks one.

    serve DIRECTORY [PREFIX]    takes what is posted to PREFIX/api/v2/alerts and
                                refuses what Alertmanager 0.25 refuses; each
                                alert is a line in DIRECTORY/taken, the port is
                                in DIRECTORY/port.  DIRECTORY/answer holds a
                                status to answer with instead; who asks while
                                DIRECTORY/hang is there is not answered.
    count DIRECTORY [KEY]       how many alerts it took, with that label `key'
    get DIRECTORY KEY PATH      of the last of them: labels, annotations.file
    left DIRECTORY KEY          seconds from when it came to its endsAt
    asked DIRECTORY             how many requests came, however answered
    keys URL                    labels `key' that a real one holds as active,
                                sorted, a line each, as JSON
"""
import datetime
import http.server
import json
import os
import re
import sys
import time
import urllib.request

NAME = re.compile("[a-zA-Z_][a-zA-Z0-9_]*$")


def moment(words):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", words):
        raise ValueError("no time: " + words)
    return datetime.datetime.fromisoformat(words.replace("Z", "+00:00")).timestamp()


def check(alert):
    """What Alertmanager would say against it."""
    if set(alert) != {"labels", "annotations", "startsAt", "endsAt"}:
        return "its fields are " + " ".join(sorted(alert))
    if not alert["labels"].get("alertname"):
        return "at least one label pair required"
    for name, value in {**alert["labels"], **alert["annotations"]}.items():
        if not NAME.match(name) or not isinstance(value, str):
            return f"invalid label set: {name}={value}"
    if moment(alert["startsAt"]) > moment(alert["endsAt"]):
        return "start time must be before end time"
    return ""


class Node(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, words=""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(words.encode())))
        self.end_headers()
        self.wfile.write(words.encode())

    def hangs(self):
        """Whoever was kept waiting gets nothing."""
        path = os.path.join(self.server.directory, "hang")
        hung = False
        while os.path.exists(path):
            hung = True
            time.sleep(0.05)
        return hung

    def do_POST(self):
        directory = self.server.directory
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with open(os.path.join(directory, "asked"), "ab") as file:
            file.write(b"1\n")
        if self.hangs():
            self.close_connection = True
            return
        try:
            with open(os.path.join(directory, "answer"), encoding="ascii") as file:
                self.answer(int(file.read()), "as it was told")
        except FileNotFoundError:
            self.take(body)

    def take(self, body):
        if self.path != self.server.prefix + "/api/v2/alerts":
            return self.answer(404, "404 page not found")
        if self.headers.get("Content-Type") != "application/json":
            return self.answer(415, "unsupported media type")
        try:
            alerts = json.loads(body)
            wrong = "".join(check(alert) for alert in alerts)
        except (ValueError, AttributeError, TypeError) as error:
            wrong = str(error)
        if wrong:
            return self.answer(400, json.dumps(wrong))
        with open(os.path.join(self.server.directory, "taken"), "ab") as file:
            for alert in alerts:
                alert["came"] = time.time()
                file.write(json.dumps(alert).encode() + b"\n")
        return self.answer(200)

    def log_message(self, *_):
        pass


def serve(directory, prefix):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Node)
    server.directory = directory
    server.prefix = prefix
    path = os.path.join(directory, "port")
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(str(server.server_port))
    os.rename(path + ".new", path)
    server.serve_forever()


def lines(directory, name):
    path = os.path.join(directory, name)
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file.read().split("\n")[:-1]]


def taken(directory, *key):
    found = lines(directory, "taken")
    return [one for one in found if not key or one["labels"].get("key") == key[0]]


def keys(url):
    with urllib.request.urlopen(url + "/api/v2/alerts", timeout=10) as answer:
        alerts = json.load(answer)
    found = {alert["labels"].get("key", "") for alert in alerts
             if alert["status"]["state"] == "active"}
    for key in sorted(found):
        print(json.dumps(key))


def main():
    command, where, *rest = sys.argv[1:]
    if command == "serve":
        serve(where, rest[0] if rest else "")
    elif command == "count":
        print(len(taken(where, *rest)))
    elif command == "asked":
        print(len(lines(where, "asked")))
    elif command == "keys":
        keys(where)
    elif command in ("get", "left"):
        found = taken(where, rest[0])
        if not found:
            print("no such alert")
        elif command == "left":
            print(round(moment(found[-1]["endsAt"]) - found[-1]["came"]))
        else:
            value = found[-1]
            for name in rest[1].split("."):
                value = value[name]
            print(value if isinstance(value, str) else json.dumps(value))
    else:
        sys.exit(f"alertmanager.py: no command {command}")


if __name__ == "__main__":
    main()
