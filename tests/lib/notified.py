"""notified.py: what Alertmanager tells people, kept and asked for.

    serve DIRECTORY        takes its webhooks; each is a line in
                           DIRECTORY/told, the port is in DIRECTORY/port
    count DIRECTORY KEY    how many notifications of firing alerts with that key
    names DIRECTORY KEY    the agents that the last one of them named, sorted
    labels DIRECTORY KEY   the label names of its first alert, sorted
    text DIRECTORY KEY     that alert's annotations, sorted, a line each
    silence URL KEY        makes a silence of an hour for that key
    held URL               keys of the alerts that this node has, sorted
    last URL...            the place, from 1, of the node that tells last, once
                           each of them knows all
"""
import datetime
import http.server
import json
import os
import sys
import urllib.request


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with open(os.path.join(self.server.directory, "told"), "ab") as file:
            file.write(json.dumps(json.loads(body)).encode() + b"\n")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def serve(directory):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.directory = directory
    path = os.path.join(directory, "port")
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(str(server.server_port))
    os.rename(path + ".new", path)
    server.serve_forever()


def told(directory, key):
    path = os.path.join(directory, "told")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        all_of_them = [json.loads(line) for line in file.read().split("\n")[:-1]]
    return [one for one in all_of_them if one["status"] == "firing" and
            any(alert["labels"].get("key") == key for alert in one["alerts"])]


def silence(url, key):
    now = datetime.datetime.now(datetime.timezone.utc)
    body = {"matchers": [{"name": "key", "value": key, "isRegex": False}],
            "startsAt": now.isoformat(),
            "endsAt": (now + datetime.timedelta(hours=1)).isoformat(),
            "createdBy": "test", "comment": "a test"}
    request = urllib.request.Request(
        url + "/api/v2/silences", json.dumps(body).encode(),
        {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        print(json.load(answer)["silenceID"])


def held(url):
    with urllib.request.urlopen(url + "/api/v2/alerts", timeout=10) as answer:
        alerts = json.load(answer)
    print(*sorted({alert["labels"].get("key", "") for alert in alerts}))


def last(urls):
    """A cluster's nodes tell in the order of their names, each waiting
    longer than the one before."""
    names = []
    for url in urls:
        with urllib.request.urlopen(url + "/api/v2/status", timeout=10) as answer:
            cluster = json.load(answer)["cluster"]
        if len(cluster["peers"]) < len(urls):
            sys.exit(1)
        names.append(cluster["name"])
    print(names.index(max(names)) + 1)


def main():
    command, where, *rest = sys.argv[1:]
    if command == "serve":
        serve(where)
    elif command == "silence":
        silence(where, rest[0])
    elif command == "held":
        held(where)
    elif command == "last":
        last([where, *rest])
    else:
        found = told(where, rest[0])
        first = found[-1]["alerts"][0] if found else None
        if command == "count":
            print(len(found))
        elif found and command == "names":
            print(*sorted(a["labels"]["agent"] for a in found[-1]["alerts"]))
        elif found and command == "labels":
            print(*sorted(first["labels"]))
        elif found and command == "text":
            for name, value in sorted(first["annotations"].items()):
                print(name + ": " + value)


main()
