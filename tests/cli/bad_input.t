# bad_input.t: what people and machines do wrong: each is a clear sentence and
# a documented status, and nothing is lost once it is put right.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log

settings() { # settings [LINES FOR [log app]]: path is one of them
	configure <<END
[log app]
${1:-path = $log}
[rule numbered]
log = app
match = line (?<n>\\d+)
throttle = none
subject = \${n}
END
}

says_once() { # says_once ERE SENTENCE
	is "$(grep -Ec -e "$1" "$dir/said")" 1 "$2"
}

# --- A log that is not there ------------------------------------------------

fresh
settings
start
said "app.log is not there; waiting for it to appear"
ok $? "a missing log is waited for, and that is said"
ctl sweep
ctl sweep
echo "line 1" >"$log"
wait_for 1
is "$(arrived subject)" 1 "it is read from its first line when it appears"
says_once 'is not there' "waiting was said once"
like "$(cat "$dir/said")" 'app.log has appeared' "and so is its coming"
rm "$log"
ctl sweep
echo "line 2" >"$log"
wait_for 2
is "$(arrived subject | tr '\n' ' ')" "1 2 " \
    "one that goes away is read again when it is back"
stop

fresh
settings "path = $dir/none/*.log"
once
is "$status" 0 "a pattern that matches nothing is no failure of a pass"
says_once 'waiting for a file that matches' "and it is said"

# --- A log that cannot be read ----------------------------------------------
# Root reads everything, so root tests this as somebody else.

chmod 755 "$dir"
cp "$CTAILD" "$dir/ctaild"
if [ "$(id -u)" -ne 0 ]; then
	as_user=
elif setpriv --reuid=65534 --regid=65534 --clear-groups \
    "$dir/ctaild" --version >/dev/null 2>&1; then
	as_user='setpriv --reuid=65534 --regid=65534 --clear-groups'
else
	as_user=none
fi

own() { # own FILE...: gives it to the user of as_user
	[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$@"
}

if [ "$as_user" = none ]; then
	skip "an unreadable log" "root, and no setpriv"
else
	fresh
	settings
	mkdir "$state" && own "$state"
	echo "line 1" >"$log"
	chmod 000 "$log"
	: >"$out"
	own "$out"
	$as_user "$dir/ctaild" -c "$conf" 2>"$dir/said" &
	agent=$!
	mine "$agent"
	said "app.log: Permission denied; put the user that reads it into"
	ok $? "an unreadable log is said, with what to do"
	says_once 'Permission denied' "once"
	chmod 644 "$log"
	said 'app.log has appeared'
	echo "line 2" >>"$log"
	wait_for 2
	is "$(arrived subject | sed 's/^ctail on [^:]*: //')" \
	    "$log cannot be read
2" "and told, and read when it can be"
	stop
	is "$status" 0 "the agent lived through it"
	cp "$CTAILCTL" "$dir/ctailctl"
	chmod 000 "$log"
	$as_user "$dir/ctailctl" -c "$conf" check >"$dir/printed" 2>&1
	is $? 0 "check takes a log that may not be read"
	like "$(cat "$dir/printed")" "note: .*you may not read $log " \
	    "and notes it"
	$as_user "$dir/ctailctl" -c "$conf" status >"$dir/printed" 2>&1
	like "$(cat "$dir/printed")" "app.log  \[app\] unreadable" \
	    "status says so without an agent, too"
	chmod 644 "$log"

	fresh
	settings
	mkdir "$state"
	chmod 555 "$state"
	$as_user "$dir/ctaild" -c "$conf" --once 2>"$dir/said"
	is $? 73 "a state directory that cannot be written: 73"
	like "$(cat "$dir/said")" "$state" "it is named"
	chmod 755 "$state"
fi

# --- Something else than a file ---------------------------------------------

fresh
settings
mkdir "$log"
once
is "$status" 0 "a directory in place of a log does not fail a pass"
like "$(cat "$dir/said")" 'app.log.*director' "it is said what it is"
rmdir "$log"
echo "line 1" >"$log"
once
is "$(arrived subject | sed 's/^ctail on [^:]*: //')" "$log cannot be read
1" "it is told, and a file in its place is read"

fresh
settings
mkfifo "$log"
start
said 'app.log.*(FIFO|pipe|regular)'
ok $? "a FIFO in place of a log is said, and blocks nothing"
ctl status >"$dir/printed"
like "$(cat "$dir/printed")" 'app.log' "the agent answers"
rm "$log"
echo "line 1" >"$log"
wait_for 2
is "$(arrived subject | sed 's/^ctail on [^:]*: //')" "$log cannot be read
1" "it is told, and a file in its place is read"
stop

# --- A configuration with mistakes ------------------------------------------

refused() { # refused ERE SENTENCE: of the file on standard input
	cat >"$dir/bad.ini"
	"$CTAILD" -c "$dir/bad.ini" --state-dir "$dir/unborn" --once \
	    >/dev/null 2>"$dir/said"
	is $? 78 "$2: 78"
	like "$(cat "$dir/said")" "$1" "and it is said where and what"
	if [ -e "$dir/unborn" ]; then
		ok 1 "nothing is made for it"
		rm -rf "$dir/unborn"
	fi
}

"$CTAILD" -c "$dir/none.ini" --once 2>"$dir/said"
is $? 78 "a configuration that is not there: 78"
like "$(cat "$dir/said")" 'none.ini: there is no configuration file' "and it is named"
"$CTAILD" -c "$dir" --once 2>"$dir/said"
is $? 78 "a directory in its place: 78"

refused 'bad.ini:5: .rule one. match: .*parenthesis.*write' "a bad regex" <<END
[log app]
path = $log
[rule one]
log = app
match = (
END
refused 'bad.ini:6: .*there is no sink .nobody.' "an unknown sink" <<END
[log app]
path = $log
[rule one]
log = app
match = x
sink = nobody
END
refused 'bad.ini:6: .*sevrity.*did you mean .severity.' "an unknown key" <<END
[log app]
path = $log
[rule one]
log = app
match = x
sevrity = error
END
refused 'bad.ini:1: .*rul.*did you mean .*rule' "an unknown section" <<END
[rul one]
match = x
END
refused 'bad.ini:[12]: .*metrics_file.*not built yet' "a key of a later version" <<END
[agent]
metrics_file = /tmp/ctail.prom
END
refused 'bad.ini:3: .*there is no sink .two' "a fallback that is not there" <<END
[file one]
path = /tmp/one
fallback = two
END
refused 'bad.ini:1: .*\[job\] is not built yet' "a section of a later version" \
<<END
[job import]
command = /bin/true
END
refused 'no log .ap.; did you mean .app.' "an unknown log" <<END
[log app]
path = $log
[rule one]
log = ap
match = x
END
refused 'key: every .match. must define' "a key that a match lacks" <<END
[log app]
path = $log
[rule one]
log = app
match = x(?<n>.)
        y
key = \${n}
END
refused 'bad.ini:6: .*when' "a when that is none" <<END
[log app]
path = $log
[rule one]
log = app
match = x
when = 5 in
END
printf '[log app]\npath = %s\n[rule a]\nlog = app\nmatch = (\n[rule b]\n' \
    "$log" >"$dir/many.ini"
printf 'log = app\nmatch = x\nkye = y\nsnik = z\n' >>"$dir/many.ini"
"$CTAILD" -c "$dir/many.ini" --once 2>"$dir/said"
is "$(grep -c '^/.*many.ini:[0-9]*: ' "$dir/said")" 2 \
    "all the mistakes of one kind are said at once"

# --- Secrets that everybody can read ----------------------------------------

fresh
configure <<END
[webhook phone]
url_file = $dir/url
[log app]
path = $log
start = start
[rule numbered]
log = app
match = line
sink = phone
END
echo 'http://127.0.0.1:9/x' >"$dir/url"
chmod 644 "$dir/url"
echo "line 1" >"$log"
once
is "$status" 75 "a secret that everybody can read is not used: 75"
like "$(cat "$dir/said")" "sink phone: .*$dir/url.*(read|mode|permission)" \
    "the file is named, and why"
like "$(ctl alerts --due)" 'due +phone' "the alert waits"
unlike "$(cat "$dir/said")" '127.0.0.1' "the secret is not shown"

# --- A state that cannot be used --------------------------------------------

fresh
long=$dir/$(printf 'x%.0s' 1 2 3 4 5 6 7 8 9 10 | tr x 0)
long=$long/$(printf 'a-long-name-%s/' 1 2 3 4 5 6 7 8 9)
mkdir -p "$long"
settings
"$CTAILD" -c "$conf" --state-dir "$long" 2>"$dir/said"
is $? 73 "a state directory too long for a socket: 73"
like "$(cat "$dir/said")" 'too long' "and that is said"
"$CTAILD" -c "$conf" --state-dir "$long" --once 2>"$dir/said"
is $? 0 "a single pass needs none"

fresh
settings
echo "not a directory" >"$dir/plain"
"$CTAILD" -c "$conf" --state-dir "$dir/plain" --once 2>"$dir/said"
is $? 73 "a file in place of the state directory: 73"
like "$(cat "$dir/said")" "$dir/plain" "it is named"

fresh
settings 'start = start
path = '"$log"
echo "line 1" >"$log"
once
cp "$state/ctail.db" "$dir/good.db"
head -c 20000 /dev/urandom >"$state/ctail.db"
once
is "$status" 73 "a damaged database: 73"
like "$(cat "$dir/said")" 'ctail.db.*(damaged|not a database|no database)' \
    "it is named, and what it is"
cp "$dir/good.db" "$state/ctail.db"
echo "line 2" >>"$log"
once
is "$(arrived subject | tr '\n' ' ')" "1 2 " "with a good one it goes on"
# Damage in the middle: the head is in order.
dd if=/dev/urandom of="$state/ctail.db" bs=4096 seek=2 conv=notrunc \
    count=8 2>/dev/null
once
[ "$status" -ne 0 ] && [ "$status" -lt 128 ]
ok $? "damage further inside is noticed as well"
like "$(cat "$dir/said")" 'ctail.db' "and the database is named"

cp "$dir/good.db" "$state/ctail.db"
rm -f "$state/ctail.db-wal" "$state/ctail.db-shm"
printf '\000\000\003\347' | dd of="$state/ctail.db" bs=1 seek=60 \
    conv=notrunc 2>/dev/null
once
is "$status" 73 "a database of a newer version: 73"
like "$(cat "$dir/said")" 'newer ctail' "it is said what it is"
ctl status >/dev/null 2>"$dir/said"
is $? 73 "ctailctl says the same"
cp "$dir/good.db" "$state/ctail.db"

fresh
settings
: >"$log"
once
echo "line 1" >>"$log"
once
echo "line 2" >>"$log"
echo 'garbage here' >"$(offset_file "$log")"
once
is "$status" 0 "a damaged offset file does not stop a pass"
like "$(cat "$dir/said")" 'written anew' "it is said"
is "$(arrived subject | tr '\n' ' ')" "1 2 " "the position is kept"
is "$(sed -n 2p "$(offset_file "$log")")" 14 "and the file is good again"
: >"$(offset_file "$log")"
echo "line 3" >>"$log"
once
is "$(arrived subject | tr '\n' ' ')" "1 2 3 " \
    "an empty offset file loses nothing"

# --- Lines that nobody expected ---------------------------------------------

fresh
configure <<END
[log app]
path = $log
start = start
max_line = 64k
[rule any]
log = app
match = ^(?<all>(?<most>.*)).$
throttle = none
key = \${all}
subject = \${all}
[rule seen]
log = app
match = end
subject = end
END
{
	head -c 3000000 /dev/zero | tr '\0' 'a'
	printf '\nnul \000 here\n\377\376 not UTF-8\n'
	printf 'esc \033[31m red\r\nend\n'
} >"$log"
once
is "$status" 0 "long lines, NUL, bad UTF-8 and escapes end well"
like "$(cat "$dir/said")" 'line longer than max_line' "a cut line is said"
is "$(arrived subject | tail -n 1)" end "and what comes behind is read"
ctl alerts >"$dir/printed"
is "$(tr -d '\033\000' <"$dir/printed" | wc -c)" "$(wc -c <"$dir/printed")" \
    "no control byte of a log reaches the terminal"

"$CTAILD" --once "$dir/nowhere.log" >"$dir/printed" 2>"$dir/said"
is $? 66 "a pass over a LOG that is not there fails"
like "$(cat "$dir/said")" 'nowhere.log: No such file' "and says so"
"$CTAILD" --once "$dir" >"$dir/printed" 2>"$dir/said"
is $? 66 "so does one over a directory"

tap_done
