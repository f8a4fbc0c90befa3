"""fail2ban_bans.py JAIL LOG: whom fail2ban would ban, and when, by the times
of the log: its own filter and its own counting, without its server."""

import configparser
import sys
import time

from fail2ban.server.filter import Filter
from fail2ban.server.mytime import MyTime

config = configparser.RawConfigParser()
config.read(sys.argv[1])
jail = config[config.sections()[0]]
bantime = MyTime.str2seconds(jail["bantime"])
banned = {}


class Jail:
    """What a filter asks of its jail."""

    database = None
    name = jail.name

    def putFailTicket(self, ticket):
        address = str(ticket.getID())
        if banned.get(address, 0) > MyTime.time():
            return
        banned[address] = MyTime.time() + bantime
        clock = time.gmtime(MyTime.time())
        print(time.strftime("%H:%M:%S", clock), "ban", address)


watch = Filter(Jail())
watch.setUseDns("no")
for regex in jail["failregex"].strip().split("\n"):
    watch.addFailRegex(regex.strip())
for address in jail.get("ignoreip", "").split():
    watch.addIgnoreIP(address)
watch.setMaxRetry(int(jail["maxretry"]))
watch.setFindTime(jail["findtime"])

with open(sys.argv[2], encoding="ascii") as log:
    for line in log:
        MyTime.setTime(watch.dateDetector.getTime(line)[0])
        watch.processLineAndAdd(line.rstrip("\n"))
