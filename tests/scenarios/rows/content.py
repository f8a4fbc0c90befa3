"""content: what lines may be made of, and how they arrive."""
import os

from table import AGENTS, row, unless

BYTES = unless(("ctail", "follow"),
               "an alert's words are cleaned; the rules see the bytes")


@row("22", "a newline that comes late, a restart between", own=True)
def late_newline(cell):
    cell.begin()
    text = cell.new_line()
    cell.ledger.hold(text)
    cell.write_raw(text[:5])
    cell.look()
    with cell.down():
        pass
    cell.look()
    cell.write_raw(text[5:])
    cell.look()
    cell.ledger.release(text)
    cell.write_raw(b"\n")
    cell.look()
    cell.write(2)
    cell.look()


@row("22", "a line in a hundred pieces")
def in_pieces(cell):
    cell.begin()
    for _ in range(3):
        text = cell.new_line()
        cell.ledger.hold(text)
        for n in range(len(text)):
            cell.write_raw(text[n:n + 1])
            if n % 7 == 0:
                cell.look()
        cell.ledger.release(text)
        cell.write_raw(b"\n")
        cell.look()


@row("23", "a line of 64 MB, then others", own=True)
def long_line(cell):
    cell.begin()
    piece = b"x" * (1 << 20)
    for n in range(64):
        cell.write_raw(piece)
        if n == 32:
            cell.look()
    if not cell.reader.is_agent:
        cell.ledger.add(piece * 64)
    cell.write_raw(b"\n")
    cell.write(3)
    cell.look()
    if cell.reader.is_agent:
        # Its head is enough for the rules; nobody mails 64 MB.
        cell.tolerate(lambda text: text.startswith(b"xxxx"))


@row("24", "CR LF, split over two writes", skip=BYTES)
def crlf(cell):
    cell.reader.start()
    for _ in range(3):
        cell.ledger.add(b"carriage return\r")
        cell.ledger.hold(b"carriage return\r")
        cell.write_raw(b"carriage return\r")
        cell.look()
        cell.ledger.release(b"carriage return\r")
        cell.write_raw(b"\n")
        cell.look()
        cell.write(1)
        cell.look()


@row("24", "NUL, invalid UTF-8, control characters", skip=BYTES)
def any_bytes(cell):
    cell.reader.start()
    odd = (b"nul \0 in it", b"\0", b"\xff\xfe\x80 latin \xe9", b"\x1b[31mred",
           b"\xc3", b"tab\tand\x7f", bytes(set(range(256)) - {10}))
    for number, text in enumerate(odd):
        cell.write_same(b"%d " % number + text)
        cell.look()
        cell.write(1)
    cell.look()


@row("24", "CR LF under rules", skip=unless(AGENTS, "see the row above"))
def crlf_rules(cell):
    cell.begin()
    text = cell.new_line()
    cell.write_raw(text + b"\r")
    if not cell.reader.stays:
        cell.look()
    cell.write_raw(b"\n")
    cell.look()


@row("24", "UTF-16 with a byte order mark, over a restart",
     arguments=("utf-16-le", b"\xff\xfe"), own=True,
     skip=unless(("ctail",), "ctaild and --follow cut at newline bytes; "
                 "rules see the bytes"))
@row("24", "UTF-16 big-endian, over a restart",
     arguments=("utf-16-be", b"\xfe\xff"), own=True,
     skip=unless(("ctail",), "ctaild and --follow cut at newline bytes; "
                 "rules see the bytes"))
def utf16(cell, encoding, mark):
    cell.sentinel = False
    written = mark
    cell.write_raw(mark)
    for n in range(4):
        data = f"line {n} äöü\nand another\n".encode(encoding)
        written += data
        cell.write_raw(data)
        cell.look()
    cell.write_raw(b"\n")
    cell.look()
    if cell.reader.output != written + b"\n":
        cell.problem("the bytes are not what was written")
    cell.tolerate(lambda text: True)


@row("24", "invalid UTF-8 under rules",
     skip=unless(AGENTS, "see NUL, invalid UTF-8 above"))
def bytes_under_rules(cell):
    cell.begin()
    cell.write_raw(b"\xff\xfe\x80 \xe9 \0\n")
    cell.tolerate(lambda text: not text[:1].isdigit())
    cell.write(3)
    cell.look()


@row("24", "empty lines and blanks",
     skip=unless(("ctail", "follow"), "`match = .` matches no empty line"))
def empty_lines(cell):
    cell.reader.start()
    for text in (b"", b" ", b"", b"\t", b""):
        cell.write_same(text)
    cell.look()
    with open(cell.log, "ab") as file:
        os.ftruncate(file.fileno(), os.stat(cell.log).st_size)
    cell.write_same(b"")
    cell.write(1)
    cell.look()
