"""mail.py MBOX COMMAND [ARGUMENT...]: what a mail server delivered.

    count [TEXT]         how many mails, of those that contain TEXT
    ids [TEXT]           their Message-IDs, a line each
    header NAME [TEXT]   that header of the last one, decoded and unfolded
    raw NAME [TEXT]      the same as it stands in the file
    body [TEXT]          the decoded plain part of the last one
    html [TEXT]          its decoded HTML part
    defects [TEXT]       what Python's parser has to complain about

TEXT is looked for in the decoded subject and plain part.  Where there is no such
mail the answer is "no mail".
"""
import email.policy
import mailbox
import os
import sys


def part_of(message, kind):
    part = message.get_body((kind,))
    return part.get_content() if part else ""


def text_of(message):
    return f"{message['Subject']}\n{part_of(message, 'plain')}"


def messages(path, text):
    if not os.path.exists(path):
        return []
    box = mailbox.mbox(path, create=False)
    found = [
        email.message_from_bytes(box.get_bytes(key), policy=email.policy.default)
        for key in box.keys()
    ]
    return [message for message in found if text in text_of(message)]


def main():
    path, command, *rest = sys.argv[1:]
    name = rest.pop(0) if command in ("header", "raw") else None
    found = messages(path, rest[0] if rest else "")
    if command == "count":
        print(len(found))
    elif not found:
        print("no mail")
    elif command == "ids":
        for message in found:
            print(message["Message-ID"])
    elif command == "header":
        print(*(found[-1].get_all(name) or []), sep="\n")
    elif command == "raw":
        for key, value in found[-1].raw_items():
            if key.lower() == name.lower():
                print(value)
    elif command in ("body", "html"):
        kind = "plain" if command == "body" else "html"
        sys.stdout.buffer.write(part_of(found[-1], kind).encode())
    elif command == "defects":
        for message in [part for mail in found for part in mail.walk()]:
            for _, value in message.items():
                for defect in getattr(value, "defects", ()):
                    print(repr(defect))
            for defect in message.defects:
                print(repr(defect))
    else:
        sys.exit(f"mail.py: no command {command}")


main()
