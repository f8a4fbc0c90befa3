"""What each web service may be sent of a hostile record (for
hostile_judge.py): its structure, its limits, and that nothing in it is a
command to the service.  By the services' documentation, not by ctail's code.
"""
import json
import re

from hostile import CONTROL

GAP = "\u200b"      # a zero-width space
FENCE = "```"
# What stands for characters that would format, as readers see it.
LOOKS = str.maketrans({
    "\u2217": "*", "\u223c": "~", "\uff3f": "_", "`": "'", GAP: None})


def units(text):        # UTF-16's, which is how most services count
    return len(text.encode("utf-16-le")) // 2


def unique(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key that is there twice")
    return dict(pairs)


def constant(name):
    raise ValueError(f"{name} is no JSON")


def parse(body):
    return json.loads(body.decode("utf-8"), object_pairs_hook=unique,
                      parse_constant=constant)


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def shape(value):
    """The structure without the words: of lists the kinds of items."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        kinds = []
        for item in value:
            if shape(item) not in kinds:
                kinds.append(shape(item))
        return kinds
    return type(value).__name__


def outside_code(text, escapes):
    """(What is in no code block or span, number of fences)."""
    parts = text.split(FENCE)
    outside = "\n".join(parts[::2])
    code = "`[^`\n]*`"
    if escapes:
        code += r"|\\[!-/:-@\[-`{-~]"
    return re.sub(code, "", outside), len(parts) - 1


def own_words(text, mark):
    """Without the word in bold that every message begins with."""
    found = re.match(re.escape(mark) + "(warning|critical)" +
                     re.escape(mark) + " ", text)
    return text[found.end():] if found else None


def chat_wrong(text, bold, forbidden, anywhere="(?!)", escapes=False):
    if re.search(anywhere, text):
        yield f"a command: {re.search(anywhere, text)[0]!r}"
    rest = own_words(text, bold) if bold else text
    if rest is None:
        yield "it does not begin with how bad it is"
        return
    outside, fences = outside_code(rest, escapes)
    if fences not in (0, 2):
        yield f"{fences} fences"
    found = re.search(forbidden, outside)
    if found:
        yield f"markup: {outside[max(0, found.start() - 20):found.end()]!r}"


# Where an underscore can begin or end what is in italics.
EDGES = r"(?a:(?<![^\W_])_|_(?![^\W_]))"
FORMATS = r"[*_~`|>\[\]()#]"


def slack(body, told):
    yield from told.lacks(
        re.sub("&(lt|gt|amp);", lambda m: {"lt": "<", "gt": ">", "amp": "&"}
               [m[1]], body["text"]))
    if len(body["text"]) > 40000 or body["unfurl_links"]:
        yield "its limits"
    yield from chat_wrong(body["text"], "*", r"[*~`]|://|%s" % EDGES,
                          "[<>]|&(?!amp;|lt;|gt;)")


def discord(body, told):
    embed = body["embeds"][0]
    yield from told.lacks(embed["description"])
    if body["allowed_mentions"] != {"parse": []}:
        yield "it allows mentions"
    if units(body["content"]) > 2000 or units(embed["description"]) > 4096:
        yield "its limits"
    forbidden = FORMATS + r"|<|@(?!\u200b)|://"
    yield from chat_wrong(body["content"], "**", forbidden, escapes=True)
    yield from chat_wrong(embed["description"], "",
                          r"[*~`|<]|@(?!\u200b)|://")


def mattermost(body, told):
    yield from told.lacks(body["text"])
    if len(body["text"]) > 16383:
        yield "its limits"
    # <!channel> and <url|text> are understood in code, too.
    yield from chat_wrong(body["text"], "**", FORMATS + r"|@(?!\u200b)|://",
                          r"<(?!\u200b)", escapes=True)


def googlechat(body, told):
    yield from told.lacks(body["text"])
    if units(body["text"]) > 4096:
        yield "its limits"
    yield from chat_wrong(body["text"], "*", r"[*~`]|://|%s" % EDGES,
                          r"<(?!\u200b)")


def telegram(body, told):
    text = body["text"].encode("utf-16-le")
    yield from told.lacks(body["text"])
    if len(text) // 2 > 4096 or body["chat_id"] != "-100":
        yield "its limits"
    if not body["link_preview_options"]["is_disabled"]:
        yield "it fetches links"
    (code,) = body["entities"]
    start, end = 2 * code["offset"], 2 * (code["offset"] + code["length"])
    inside = text[start:end].decode("utf-16-le")
    outside = (text[:start] + b"\n\0" + text[end:]).decode("utf-16-le")
    if code["type"] != "pre" or end > len(text):
        yield "its entity"
    if not told.lacks_not(inside):
        yield f"its code is {inside[:80]!r}"
    if re.search(r"@(?!\u200b)|://", outside):
        yield "a mention or a link"


def teams(body, told):
    (card,) = body["attachments"]
    rows = [row["inlines"] for row in card["content"]["body"]]
    words = "\n".join("".join(run["text"] for run in row) for row in rows)
    yield from told.lacks(words)
    if len(json.dumps(body, ensure_ascii=False).encode()) > 28 * 1024:
        yield "its limits"
    for row in card["content"]["body"]:
        if row["type"] != "RichTextBlock" or {
                run["type"] for run in row["inlines"]} != {"TextRun"}:
            yield "a block that reads Markdown"
    if re.search(r"\{\{|\$\{", words):
        yield "a function of a template"


def pagerduty(body, told):
    inner = body["payload"]
    yield from told.lacks(inner["custom_details"]["lines"])
    if len(inner["summary"]) > 1024 or len(body["dedup_key"]) > 255:
        yield "its limits"
    if body["routing_key"] != "rkey" or body["event_action"] != "trigger":
        yield "its event"
    if inner["severity"] not in ("critical", "error", "warning", "info"):
        yield "its severity"


def ntfy(body, told):
    yield from told.lacks(body["message"])
    if len(body["message"].encode()) > 4096 or body["topic"] != "ops":
        yield "its limits"
    if body["tags"] not in (["warning"], ["rotating_light"]):
        yield f"its tags are {body['tags']}"


def gotify(body, told):
    yield from told.lacks(body["message"])
    if body["extras"] != {"client::display": {"contentType": "text/plain"}}:
        yield "it may be read as Markdown"


def pushover(body, told):
    yield from told.lacks(body["message"])
    if len(body["message"]) > 1024 or len(body["title"]) > 250:
        yield "its limits"
    if body["token"] != "ptoken" or body["user"] != "ukey":
        yield "its keys"


def alertmanager(body, told):
    (alert,) = body
    labels = {"alertname": told.rule, "instance": told.host,
              "severity": told.severity}
    key = alert["labels"].pop("key", "")
    if alert["labels"] != labels:
        yield f"its labels are {alert['labels']}"
    if not told.is_key(key):
        yield f"its key is {key!r}"
    if len(alert["annotations"].get("description", "").encode()) > 2048:
        yield "its limits"
    if set(alert["annotations"]) - {
            "summary", "description", "log", "file", "count", "id", "exclude",
            "silence"}:
        yield f"its annotations are {set(alert['annotations'])}"
    yield from told.lacks(alert["annotations"]["description"])


RUN = {"type": "str", "text": "str", "fontType": "str"}
BOLD = {"type": "str", "text": "str", "weight": "str"}
ROW = {"type": "str", "inlines": [RUN], "spacing": "str"}
HEAD = {"type": "str", "inlines": [{**BOLD, "color": "str"}, BOLD]}
TITLED = {"title": "str", "message": "str", "priority": "int"}

# Of each service: its judge, and the only structure it may be sent.
SERVICES = {
    "slack": (slack, {
        "text": "str", "unfurl_links": "bool", "unfurl_media": "bool"}),
    "discord": (discord, {
        "content": "str", "embeds": [{"color": "int", "description": "str"}],
        "allowed_mentions": {"parse": []}}),
    "teams": (teams, {
        "type": "str", "attachments": [{"contentType": "str", "content": {
            "$schema": "str", "type": "str", "version": "str",
            "body": [HEAD, ROW]}}]}),
    "mattermost": (mattermost, {"text": "str"}),
    "googlechat": (googlechat, {"text": "str"}),
    "telegram": (telegram, {
        "chat_id": "str", "text": "str", "entities": [
            {"type": "str", "offset": "int", "length": "int"}],
        "link_preview_options": {"is_disabled": "bool"}}),
    "pagerduty": (pagerduty, {
        "routing_key": "str", "event_action": "str", "dedup_key": "str",
        "client": "str", "payload": {
            "summary": "str", "source": "str", "severity": "str",
            "timestamp": "str", "group": "str", "class": "str",
            "custom_details": {"lines": "str", "where": "str", "count": "int",
                               "hints": "str", "id": "str"}}}),
    "ntfy": (ntfy, {**TITLED, "topic": "str", "tags": ["str"]}),
    "gotify": (gotify, {
        **TITLED, "extras": {"client::display": {"contentType": "str"}}}),
    "pushover": (pushover, {
        **TITLED, "token": "str", "user": "str", "timestamp": "int"}),
}


def clean_wrong(value):
    for text in strings(value):
        found = CONTROL.search(re.sub("[\n\t]", "", text))
        if found:
            yield f"a control {found[0]!r}"
        text.encode("utf-8")    # no half of a surrogate pair
