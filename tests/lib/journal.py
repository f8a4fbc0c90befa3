#!/usr/bin/env python3
"""journal.py: journal entries in export format, and talks with ctail-journal.

entries FIRST LAST [NAME=VALUE ...]
    Entries numbered FIRST to LAST on standard output, for
    systemd-journal-remote; MESSAGE=line N, and what NAME=VALUE says instead.
    A value with escapes (\\n, \\xff) is written as the format writes binary.
    boot=N and at=SECONDS place them.

ask PROGRAM NAME=VALUE ...
    Sends one request to PROGRAM and prints each frame it answers with, a
    line each: its fields as NAME=VALUE with escapes, separated by tabs.
    until=N ends behind N records (of a request that follows).
"""
import socket
import struct
import subprocess
import sys

BOOT = '%032x'


def unescape(value):
    return value.encode('latin-1', 'surrogateescape').decode(
        'unicode_escape').encode('latin-1')


def entry(fields):
    out = b''
    for name, value in fields.items():
        if all(32 <= byte < 127 for byte in value):
            out += name.encode() + b'=' + value + b'\n'
        else:
            out += name.encode() + b'\n' + struct.pack('<Q', len(value))
            out += value + b'\n'
    return out + b'\n'


def entries(first, last, changes):
    boot, at = int(changes.pop('boot', '1')), int(changes.pop('at', '1700000000'))
    for number in range(first, last + 1):
        fields = {
            '__REALTIME_TIMESTAMP': str((at + number) * 1000000 + 123456),
            '__MONOTONIC_TIMESTAMP': str(number * 1000000),
            '_BOOT_ID': BOOT % boot,
            '_HOSTNAME': 'box', '_TRANSPORT': 'syslog', 'PRIORITY': '6',
            '_SYSTEMD_UNIT': 'ssh.service', 'SYSLOG_IDENTIFIER': 'sshd',
            '_PID': '711', 'MESSAGE': 'line %d' % number}
        fields.update(changes)
        fields = {name: unescape(value.replace('%N', str(number)))
                  for name, value in fields.items() if value != '-'}
        sys.stdout.buffer.write(entry(fields))


def field(name, value):
    return struct.pack('>B', len(name)) + name + struct.pack(
        '>I', len(value)) + value


def parse(frame):
    found, at = [], 0
    while at < len(frame):
        size = frame[at]
        name = frame[at + 1:at + 1 + size].decode()
        at += 1 + size
        size = struct.unpack_from('>I', frame, at)[0]
        found.append((name, frame[at + 4:at + 4 + size]))
        at += 4 + size
    return found


def shown(value):
    return ''.join(chr(byte) if 32 <= byte < 127 and byte != 92
                   else '\\x%02x' % byte for byte in value)


def receive(sock, size):
    data = b''
    while len(data) < size:
        got = sock.recv(size - len(data))
        if not got:
            return None
        data += got
    return data


def ask(program, words):
    ours, theirs = socket.socketpair()
    ours.settimeout(20)
    child = subprocess.Popen([program], stdin=theirs, stdout=theirs)
    theirs.close()
    until = -1
    body = b''
    for word in words:
        name, value = word.split('=', 1)
        if name == 'until':
            until = int(value)
        else:
            body += field(name.encode(), value.encode())
    ours.sendall(struct.pack('>I', len(body)) + body)
    while until:
        head = receive(ours, 4)
        if not head:
            break
        fields = parse(receive(ours, struct.unpack('>I', head)[0]))
        print('\t'.join('%s=%s' % (name, shown(value))
                        for name, value in fields), flush=True)
        if ('type', b'record') in fields:
            until -= 1
    ours.close()
    return child.wait(20)


def main():
    if len(sys.argv) > 3 and sys.argv[1] == 'entries':
        changes = dict(word.split('=', 1) for word in sys.argv[4:])
        entries(int(sys.argv[2]), int(sys.argv[3]), changes)
        return 0
    if len(sys.argv) > 2 and sys.argv[1] == 'ask':
        return ask(sys.argv[2], sys.argv[3:])
    sys.stderr.write(__doc__)
    return 64


if __name__ == '__main__':
    sys.exit(main())
