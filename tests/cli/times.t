# times.t: through the real programs: a log that is read an hour late with a
# date that cannot be believed, what `new' learns from generations, and what
# it makes of secrets of several lengths.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log
TZ=UTC
export TZ

ago() { # ago SECONDS: a stamp
	date -u -d "@$(($(date +%s) - $1))" '+%Y-%m-%d %H:%M:%S'
}

# --- A backlog ----------------------------------------------------------------

backlog() { # backlog LINE: it among five that count
	fresh
	configure <<END
[log app]
path = $log
[rule r]
log = app
match = bad
when = 5 in 10m
throttle = none
subject = \${count}
END
	: >"$log"
	once
	{
		echo "$(ago 3600) bad"
		echo "$(ago 3590) bad"
		echo "$1"
		echo "$(ago 3580) bad"
		echo "$(ago 3570) bad"
	} >"$log"
	once
}

backlog "2099-01-01 00:00:00 bad"
is "$(arrived subject)" 5 "a date of the future ends no window of a backlog"
backlog "1999-01-01 00:00:00 bad"
is "$(arrived subject)" 5 "nor does one long past"
backlog "it is bad"
is "$(arrived subject)" 5 "nor a line without a date"

backlog "$(ago 60) bad forged
$(ago 3585) bad"
is "$(arrived subject)" 5 "nor one that lies between the backlog and now"
unlike "$(cat "$out")" forged "which is not shown as a part of it"

# What is read as it is written still counts as it arrives.
fresh
configure <<END
[log app]
path = $log
[rule r]
log = app
match = bad
when = 2 in 10m
throttle = none
END
echo "$(ago 3600) old" >"$log"
start
echo "$(ago 3600) bad" >>"$log"
ctl sweep
echo "it is bad" >>"$log"
ctl sweep
stop
is "$(arrived subject)" "" "to an agent that looks on a line without a date is new"

# --- What `new' learns from ---------------------------------------------------

fresh
configure <<END
[log app]
path = $log
[rule odd]
log = app
match = .
when = new
throttle = none
subject = odd \${line}
END
echo 'login ok' >"$log.2"
echo 'logout' | gzip >"$log.3.gz"
echo 'reload' >"$log.1"
: >"$log"
once
printf 'login ok\nlogout\nreload\npanic\n' >>"$log"
once
is "$(arrived subject)" "odd panic" \
    "what stands in rotated files is not new in a log that was just rotated"

# --- Secrets of several lengths -----------------------------------------------

fresh
configure <<END
[log app]
path = $log
redact = (?<=pw=)\\S+
[rule odd]
log = app
match = .
when = new
throttle = none
subject = odd \${line}
END
echo 'login pw=abc' >"$log"
once
printf 'login pw=abcdefgh\nlogin pw=x\nlogin nobody\n' >>"$log"
once
is "$(arrived subject)" "odd login nobody" \
    "how long a secret is makes no shape new"
tap_done
