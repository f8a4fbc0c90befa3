"""web.py REQUESTS COMMAND NAME [ARGUMENT]: what nginx was asked for.

    count NAME [STATUS]   how many requests, of those answered so
    all NAME FIELD        that field of each of them, a line each
    about NAME TEXT       webhook-id of each whose JSON has TEXT as a line
    body NAME             the body of the last one
    apart NAME SECONDS    passes when the second came so much after the first
"""
import json
import os
import sys


def requests(path, name):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", newline="\n") as file:
        complete = file.read().split("\n")[:-1]
    found = [json.loads(line, strict=False) for line in complete]
    return [request for request in found if request["name"] == "/" + name]


def main():
    path, command, name, *rest = sys.argv[1:]
    found = requests(path, name)
    if command == "count":
        if rest:
            found = [r for r in found if r["status"] == int(rest[0])]
        print(len(found))
    elif command == "all":
        for request in found:
            print(request[rest[0]])
    elif command == "about":
        for request in found:
            if rest[0] in json.loads(request["body"])["lines"]:
                print(request["id"])
    elif command == "body":
        if found:
            sys.stdout.buffer.write(found[-1]["body"].encode() + b"\n")
    elif command == "apart":
        times = [request["time"] for request in found]
        sys.exit(not (times[1] - times[0] >= float(rest[0])))
    else:
        sys.exit(f"web.py: no command {command}")


if __name__ == "__main__":
    main()
