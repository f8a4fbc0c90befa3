"""Writes fail2ban's regular expressions, expanded by fail2ban itself.

usage: fail2ban_patterns.py ETC

One a line, of all filters under ETC/filter.d that fail2ban can read, as
Python would compile them: what its own server would look for.
"""

import glob
import logging
import os
import sys

from fail2ban.client.filterreader import FilterReader
from fail2ban.server.failregex import Regex

logging.disable(logging.CRITICAL)


def expand(lines):
    for line in lines.split("\n"):
        if line.strip():
            yield Regex(line.strip(), useDns="no").getRegex()


def patterns(etc, path):
    name = os.path.splitext(os.path.basename(path))[0]
    reader = FilterReader(name, "test", {}, share_config=None, basedir=etc)
    if not reader.read():
        return
    reader.getOptions({})
    options = reader.getCombined()
    for key in ("prefregex", "failregex", "ignoreregex"):
        yield from expand(options.get(key) or "")


def main():
    etc = sys.argv[1]
    seen = set()
    for path in sorted(glob.glob(os.path.join(etc, "filter.d", "*.conf"))):
        try:
            for pattern in patterns(etc, path):
                if "\n" not in pattern and pattern not in seen:
                    seen.add(pattern)
                    print(pattern)
        except Exception as mistake:  # a filter that needs its jail
            print(path, mistake, file=sys.stderr)


main()
