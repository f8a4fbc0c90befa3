"""resent.py DIRECTORY: a server that answers the first request of a connection
and drops the connection at the second, unanswered.

The port is in DIRECTORY/port; webhook-id of every request, answered or not, is
a line in DIRECTORY/ids.
"""
import os
import socketserver
import sys


class Connection(socketserver.StreamRequestHandler):
    def next_id(self):
        """webhook-id of one whole request; None at the end."""
        if not self.rfile.readline():
            return None
        headers = {}
        while (line := self.rfile.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            headers[name.strip().lower()] = value.strip()
        self.rfile.read(int(headers.get(b"content-length", 0)))
        return headers.get(b"webhook-id", b"none")

    def handle(self):
        for answered in (True, False):
            found = self.next_id()
            if found is None:
                return
            with open(os.path.join(self.server.directory, "ids"), "ab") as file:
                file.write(found + b"\n")
            if answered:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


def main():
    server = Server(("127.0.0.1", 0), Connection)
    server.directory = sys.argv[1]
    path = os.path.join(server.directory, "port")
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(str(server.server_address[1]))
    os.rename(path + ".new", path)
    server.serve_forever()


main()
