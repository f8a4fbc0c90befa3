"""unpack.py: reads what ctail-unpack writes, and plays those who ask it.

  unpack.py read [FILE]         the plain bytes in FILE's frames (default:
                                standard input); "STATUS" or "none" on
                                standard error
  unpack.py ask SOCKET FILE     hands FILE over and does the same with the
                                answer; FILE "-": nothing, "dir": a directory
  unpack.py cuts PROGRAM FILE PLAIN
                                runs PROGRAM on FILE cut at many lengths; what
                                is not as it should be is printed
  unpack.py serve FILE PROGRAM  runs PROGRAM with a connection as standard
                                input and output, as systemd would, and asks it
"""
import array
import io
import os
import socket
import subprocess
import sys
import tempfile


def read(stream, out=sys.stdout.buffer):
    while True:
        head = stream.read(4)
        if len(head) < 4:
            return "none" if not head else "torn"
        length = int.from_bytes(head, "big")
        if length == 0:
            rest = stream.read()
            return str(rest[0]) if len(rest) == 1 else "torn"
        data = stream.read(length)
        out.write(data)
        if len(data) < length:
            return "torn"


def cuts(program, name, plain):
    packed = open(name, "rb").read()
    plain = open(plain, "rb").read()
    for length in range(len(packed)):
        if 40 < length < len(packed) - 40 and length % 17:
            continue
        with tempfile.TemporaryFile() as cut:
            cut.write(packed[:length])
            cut.flush()
            said = subprocess.run([program], stdin=cut,
                                  stdout=subprocess.PIPE).stdout
        got = io.BytesIO()
        status = read(io.BytesIO(said), got)
        if status != "75" or not plain.startswith(got.getvalue()):
            print(length, status, got.getvalue()[:200])


def hand_over(connection, name):
    if name == "-":
        connection.sendall(b"f")
        return
    fd = os.open("/" if name == "dir" else name, os.O_RDONLY)
    connection.sendmsg([b"f"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                 array.array("i", [fd]))])
    os.close(fd)


def answer(connection):
    status = read(connection.makefile("rb"))
    sys.stdout.buffer.flush()
    print(status, file=sys.stderr)


what = sys.argv[1]
if what == "read":
    source = open(sys.argv[2], "rb") if len(sys.argv) > 2 else sys.stdin.buffer
    verdict = read(source)
    sys.stdout.buffer.flush()
    print(verdict, file=sys.stderr)
elif what == "cuts":
    cuts(*sys.argv[2:5])
elif what == "ask":
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(sys.argv[2])
    hand_over(connection, sys.argv[3])
    answer(connection)
elif what == "serve":
    ours, theirs = socket.socketpair()
    child = subprocess.Popen([sys.argv[3]], stdin=theirs, stdout=theirs)
    theirs.close()
    hand_over(ours, sys.argv[2])
    answer(ours)
    sys.exit(child.wait())
