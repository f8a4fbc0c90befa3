# descriptors.t: no process that ctail starts has other descriptors than the
# intended ones, or a signal held back, whatever its ancestors had.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log
[ -d /proc/self/fd ] || skip_all "no /proc/self/fd here"

# The command lists its own descriptors, then its parent's, the worker's; the
# shell that does so would add one of its own for a redirection.
cat >"$dir/list" <<END
#!/bin/sh
ls -l /proc/self/fd >>$dir/command.fds
ls /proc/self/fd >>$dir/command.numbers
ls -l /proc/\$PPID/fd >>$dir/worker.fds
grep -h SigBlk /proc/self/status /proc/\$PPID/status >>$dir/held
tr '\\\\0' ' ' </proc/\$PPID/cmdline >>$dir/worker.name
END
chmod +x "$dir/list"
configure <<END
[exec list]
command = $dir/list
[webhook hang]
url = http://127.0.0.1:9/
[log app]
path = $log
[rule numbered]
log = app
match = line
throttle = none
sink = list
END

# numbers LISTING: the descriptors, without the one ls reads the directory by.
numbers() {
	sort -n "$1" | tr '\n' ' '
}

: >"$log"
exec 7<"$conf" 8>"$dir/extra" 9</dev/null
start
exec 7<&- 8>&- 9<&-
echo "line 1" >>"$log"
until_true 10 test -s "$dir/worker.name"
ok $? "the command has run"
is "$(sort -u "$dir/held")" "$(printf 'SigBlk:\t0000000000000000')" \
    "no signal is held back from it, nor from its worker"
is "$(numbers "$dir/command.numbers")" "0 1 2 3 " \
    "a command has 0, 1 and 2, and ls a directory"
like "$(grep ' 3 -> ' "$dir/command.fds")" '/proc/[0-9]+/fd' \
    "which is the listing's own"
like "$(cat "$dir/worker.name")" 'ctail-exec' "its parent is the worker"
grep -v ' [0-2] -> ' "$dir/worker.fds" | grep -e '->' >"$dir/worker.more"
is "$(grep -Evc 'pipe:|anon_inode:|signalfd' "$dir/worker.more")" 0 \
    "the worker has nothing open but its connection and the command's pipes"
like "$(grep ' [01] -> ' "$dir/worker.fds")" 'socket:' \
    "its standard input and output are the connection"
unlike "$(cat "$dir/worker.fds" "$dir/command.fds")" \
    'ctail\.db|app\.log|inotify|extra|ctail\.ini|control|lock' \
    "neither has the database, a log, the lock or what the shell had open"

# The agent itself: the same again with its descriptors in the way from 3 on.
stop
rm -f "$dir"/*.fds "$dir"/*.numbers "$dir/worker.name"
("$CTAILD" -c "$conf" --libexec "$builddir" 2>"$dir/said" <&- >&- &
    echo $! >"$dir/pid")
agent=$(cat "$dir/pid")
mine "$agent"
until_true 10 agent_answers
ok $? "an agent started without standard input and output runs"
echo "line 2" >>"$log"
until_true 10 test -s "$dir/worker.name"
ok $? "and runs the command"
is "$(numbers "$dir/command.numbers")" "0 1 2 3 " \
    "which has the same descriptors"
like "$(grep ' [01] -> ' "$dir/worker.fds")" 'socket:' \
    "the worker has its connection there"
kill "$agent"
gone() {
	! kill -0 "$agent"
}
until_true 10 gone
ok $? "it ends"
agent=

# ctail-send, while it waits for a server that says nothing.
if command -v python3 >/dev/null; then
	cat >"$dir/silent.py" <<END
import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(5)
open("$dir/port.new", "w").write(str(s.getsockname()[1]))
import os
os.rename("$dir/port.new", "$dir/port")
held = []
while True:
    held.append(s.accept())
    open("$dir/accepted", "w").write("1")
END
	python3 "$dir/silent.py" &
	mine $!
	until_true 10 test -s "$dir/port"
	sed "s/127.0.0.1:9/127.0.0.1:$(cat "$dir/port")/
	    s/^sink = list/sink = hang/" "$conf" >"$conf.new"
	mv "$conf.new" "$conf"
	exec 7<"$conf"
	start
	exec 7<&-
	echo "line 3" >>"$log"
	until_true 10 test -s "$dir/accepted"
	ok $? "ctail-send waits for a silent server"
	for child in $(cat "/proc/$agent/task/$agent/children"); do
		tr '\0' ' ' <"/proc/$child/cmdline" | grep -q ctail-send &&
		    ls -l "/proc/$child/fd" >"$dir/send.fds"
	done
	is "$(grep -e '->' "$dir/send.fds" |
	    grep -Evc 'socket:|pipe:|anon_inode:| 2 -> ')" 0 \
	    "it has sockets and nothing of ctaild's"
	stop
else
	skip "ctail-send waits for a silent server" "no python3"
fi

tap_done
