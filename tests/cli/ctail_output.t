# ctail_output.t: standard output of every kind, and what is stored when it
# breaks; --drain, --follow, progress.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/ctail.sh"

# --- Every kind of output ---------------------------------------------------

# Larger than any pipe, so that the kernel moves it.
fresh
lines 1 200000 >log
printf 'unfinished' >>log
lines 1 200000 >whole
for way in '' --no-splice --prefix '--max-lines 200000' '-n 1000'; do
	rm -f log.offset log.offset.fp
	case $way in
	--prefix) sed 's/^/log: /' whole >want ;;
	*) cp whole want ;;
	esac
	# shellcheck disable=SC2086
	"$CTAIL" $way log 2>err | cmp -s - want
	holds "a pipe gets every byte${way:+, $way}"
	position log "$(wc -c <whole | tr -d ' ')"
	holds "and the position is behind them${way:+, $way}"
	rm -f log.offset log.offset.fp
	# shellcheck disable=SC2086
	"$CTAIL" $way log >out 2>err
	cmp -s out want
	holds "so does a file${way:+, $way}"
	run log
	printed 0 ''
	holds "nothing is left${way:+, $way}"
done
rm -f log.offset log.offset.fp
echo first >appended
"$CTAIL" log >>appended
{ echo first; cat whole; } | cmp -s - appended
holds 'and a file that is appended to'
rm -f log.offset log.offset.fp
"$CTAIL" log >/dev/null
position log "$(wc -c <whole | tr -d ' ')"
holds 'and a device'
rm -f log.offset log.offset.fp
"$CTAIL" log 2>err | { dd bs=1000 2>/dev/null; } | cmp -s - whole
holds 'a reader that takes little at a time gets all'

if command -v gzip >/dev/null 2>&1 && [ -x "$CTAIL_UNPACK" ]; then
	fresh
	lines 1 10 >log
	run log
	lines 11 120000 >>log
	mv log log.1
	gzip log.1
	lines 120001 120010 >log
	lines 11 120010 >want
	"$CTAIL" log 2>err | cmp -s - want
	holds 'a packed generation goes through a pipe'
	[ ! -s err ]
	holds 'without a word'
fi

# --- Failing ----------------------------------------------------------------

if [ -c /dev/full ]; then
	fresh
	printf 'one\n' >log
	code=0
	"$CTAIL" log >/dev/full 2>err || code=$?
	[ "$code" -eq 74 ] && [ ! -e log.offset ]
	holds 'a full standard output stores nothing'
	run log
	printed 0 'one\n'
	holds 'and the lines come again'
else
	skip 'a full standard output stores nothing' 'no /dev/full'
	skip 'and the lines come again' 'no /dev/full'
fi

fresh
printf 'one\n' >log
code=0
"$CTAIL" log >&- 2>err || code=$?
[ "$code" -eq 74 ] && [ ! -e log.offset ]
holds 'a closed standard output stores nothing'

fresh
awk 'BEGIN { for (i = 0; i < 200000; i++) print "line", i }' >log
("$CTAIL" log 2>err; echo $? >code) | head -n 1 >out
[ "$(cat code)" -eq 74 ] && [ ! -e log.offset ]
holds 'a reader that goes away stores nothing'

fresh
lines 1 300000 >log
(trap '' PIPE; "$CTAIL" log 2>err; echo $? >code) | grep -q 'line 7 '
[ "$(cat code)" -eq 74 ] && [ ! -e log.offset ]
holds 'so does grep -q, which ends at its first match'
("$CTAIL" -p log 2>err; echo $? >code) | head -n 5 >first
[ "$(cat code)" -eq 74 ] && [ -s log.offset ]
holds 'with --paranoid the position is behind what the pipe has taken'
run log
lines 1 300000 | tail -n "$(wc -l <out)" | cmp -s - out &&
    [ "$(wc -l <out)" -lt 300000 ] && [ "$(wc -l <out)" -gt 200000 ]
holds 'and the next run goes on there'

# The pipe is full before anything is taken out of it.
seq 400000 >big
if command -v python3 >/dev/null; then
	python3 - "$CTAIL" >out <<'END'
import array, fcntl, os, subprocess, sys, termios
reader, writer = os.pipe()
room = fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ
fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
ctail = subprocess.Popen([sys.argv[1], "big"], stdout=writer)
os.close(writer)
waiting = array.array("i", [0])
while waiting[0] < room and ctail.poll() is None:
    fcntl.ioctl(reader, termios.FIONREAD, waiting)
sys.stdout.write(os.fdopen(reader).read())
sys.exit(ctail.wait())
END
	code=$?
	[ "$code" -eq 0 ] && cmp -s out big
	holds 'a pipe that somebody made non-blocking gets every line'
else
	skip 'a pipe that somebody made non-blocking gets every line' \
	    'no python3'
fi

# --- The pipe's reader ------------------------------------------------------

fresh
lines 1 10 >log
("$CTAIL" --drain log 2>err; echo $? >code) | cat >out
[ "$(cat code)" -eq 0 ] && lines 1 10 | cmp -s - out && position log 161
holds '--drain stores what the reader has taken'
fresh
lines 1 10 >log
("$CTAIL" --drain log 2>err; echo $? >code) | { read -r line <&0; exit 0; }
# The shell's read takes a byte at a time: nine lines stay in the pipe.
[ "$(cat code)" -eq 74 ] && [ ! -e log.offset ] && grep -q 'not stored' err
holds '--drain stores nothing when the reader goes away before'
if command -v python3 >/dev/null 2>&1; then
	fresh
	lines 1 10 >log
	python3 - "$CTAIL" <<'END'
import os, subprocess, sys, time
reader, writer = os.pipe()
ctail = subprocess.Popen([sys.argv[1], "--drain", "log"], stdout=writer)
os.close(writer)
first = os.read(reader, 10)
def used():
    with open(f"/proc/{ctail.pid}/stat") as stat:
        return sum(map(int, stat.read().split()[13:15]))
before = used()
time.sleep(0.3)
assert ctail.poll() is None, "it did not wait"
assert used() - before <= 5, "it burns time"
while len(first) < 161:
    first += os.read(reader, 1000)
assert ctail.wait() == 0
END
	holds '--drain waits without burning time, and ends at the last byte'
else
	skip '--drain waits without burning time' 'no python3'
fi

# --- The log changes meanwhile ----------------------------------------------

if command -v python3 >/dev/null 2>&1; then
	for way in '' --no-splice '--every-n 100'; do
		fresh
		lines 1 250000 >log
		cp log want
		lines 1 9 >>want
		# shellcheck disable=SC2086
		python3 - "$CTAIL" $way <<'END'
import array, fcntl, os, shutil, subprocess, sys, termios, time
reader, writer = os.pipe()
ctail = subprocess.Popen(sys.argv[1:] + ["log"], stdout=writer)
os.close(writer)
waiting = array.array("i", [0])
before = None
while not waiting[0] or waiting[0] != before:   # until the pipe is full
    before = waiting[0]
    time.sleep(0.1)
    fcntl.ioctl(reader, termios.FIONREAD, waiting)
shutil.copyfile("log", "log.1")
os.truncate("log", 0)
with open("log", "w") as log:
    log.writelines(f"line {i} of a log\n" for i in range(1, 10))
with open("first", "wb") as first:
    shutil.copyfileobj(os.fdopen(reader, "rb"), first)
sys.exit(ctail.wait())
END
		holds "copytruncate in the middle of a run is no failure${way:+, $way}"
		run log
		cat first out | cmp -s - want && [ ! -s err ]
		holds "and every line comes once${way:+, $way}"
	done
else
	skip 'copytruncate in the middle of a run is no failure' 'no python3'
fi

# --- Follow -----------------------------------------------------------------

follow() { # follow ARGUMENT...: to out and err; $follower
	"$CTAIL" --follow "$@" >out 2>err &
	follower=$!
	mine "$follower"
}
has() { # has LINES: that many have come
	[ "$(wc -l <out)" -ge "$1" ]
}

fresh
lines 1 5 >log
run log
lines 6 10 >>log
follow log
until_true 10 has 5
lines 11 15 >>log
until_true 10 has 10
lines 6 15 | cmp -s - out
holds '--follow prints what is there and what comes'
until_true 10 grep -q '^0*246$' log.offset
holds 'and stores the position meanwhile'
code=0
"$CTAIL" log >second 2>&1 || code=$?
[ "$code" -eq 75 ]
holds 'nobody else may read with this position'
lines 16 20 >>log
mv log log.1
lines 21 25 >log
lines 26 26 >>log.1
lines 27 30 >>log
until_true 10 has 25
end "$follower"
# A slow machine looks between the two renames, which is said and no fault.
[ "$status" -eq 0 ] && ! grep -v 'waiting until that is done' err
holds 'SIGTERM ends it cleanly'
run log
printed 0 '' && position log "$(wc -c <log | tr -d ' ')"
holds 'with everything stored'

fresh
lines 1 3 >log
follow log
until_true 10 has 3
lines 4 6 >>log
mv log log.1
lines 9 9 >log
lines 7 8 >>log.1
until_true 10 has 9
sort -k2n out | cmp -s - - <<END && [ "$(wc -l <out)" -eq 9 ]
$(lines 1 9)
END
holds '--follow goes through a rotation with a late writer'
cp log log.1.copy
: >log
mv log.1.copy log.2
lines 10 12 >>log
until_true 10 has 12
[ "$(sort -k2n out)" = "$(lines 1 12)" ]
holds 'and through a truncation'
end "$follower"

fresh
follow log
until_true 10 grep -q 'WARN.*log is not there' err
holds '--follow waits for a log that is not there'
lines 1 2 >log
until_true 10 has 2
lines 1 2 | cmp -s - out
holds 'and reads it from its start'
end "$follower"

fresh
lines 1 2 >a
lines 1 2 >b
follow --prefix a b
until_true 10 has 4
lines 3 3 >>b
lines 3 3 >>a
until_true 10 has 6
[ "$(grep -c '^a: line' out)" -eq 3 ] && [ "$(grep -c '^b: line' out)" -eq 3 ]
holds '--follow follows several logs'
kill -INT "$follower"
end "$follower"
run a b
printed 0 ''
holds 'and stores the position of each'

fresh
lines 1 5 >log
follow --max-lines 7 log
until_true 10 has 5
lines 6 9 >>log
wait "$follower"
[ $? -eq 0 ] && lines 1 7 | cmp -s - out && position log 112
holds '--follow with --max-lines ends after so many'

fresh
lines 1 5 >log
follow --every-n 2 log
until_true 10 has 5
lines 6 6 >>log
until_true 10 grep -q '^0*96$' log.offset
holds '--follow stores after every N lines, however they come'
end "$follower"
fresh
lines 1 5 >log
follow --no-store log
until_true 10 has 5
end "$follower"
[ "$status" -eq 0 ] && [ ! -e log.offset ]
holds '--follow with --no-store stores nothing'

fresh
lines 1 5 >log
mkfifo pipe
("$CTAIL" --follow log 2>err >pipe; echo $? >code) &
mine $!
head -n 2 <pipe >first
until_true 10 test -s code
[ "$(cat code)" = 74 ]
holds '--follow ends when its reader goes away'

fresh
lines 1 20000 >log
if command -v python3 >/dev/null 2>&1; then
	python3 - "$CTAIL" <<'END'
import array, fcntl, os, signal, subprocess, sys, termios, time
reader, writer = os.pipe()
room = fcntl.fcntl(writer, 1032)  # F_GETPIPE_SZ
ctail = subprocess.Popen([sys.argv[1], "--follow", "--no-splice", "log"],
                         stdout=writer)
os.close(writer)
waiting = array.array("i", [0])
# The last page of a piece may stay in part empty.
while waiting[0] < room - 3 * 4096:
    fcntl.ioctl(reader, termios.FIONREAD, waiting)
    time.sleep(0.001)
ctail.terminate()
assert ctail.wait(10) == 0
taken = os.fdopen(reader, "rb").read()
open("first", "wb").write(taken)
END
	holds '--follow in a full pipe ends at SIGTERM'
	run log
	lines 1 20000 >want
	{ sed '/^line [0-9]* of a log$/!d' first; cat out; } | uniq | cmp -s - want
	holds 'with the position behind the last whole line that was taken'
fi

if command -v python3 >/dev/null 2>&1; then
	for way in '' --prefix; do
		fresh
		lines 1 20000 >log
		# shellcheck disable=SC2086
		python3 - "$CTAIL" --follow $way log <<'END'
import fcntl, os, subprocess, sys, threading
reader, writer = os.pipe()
fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ
ctail = subprocess.Popen(sys.argv[1:], stdout=writer)
os.close(writer)
taken = bytearray(os.read(reader, 100))
ctail.terminate()
while more := os.read(reader, 1000):
    taken += more
assert ctail.wait(10) == 0
open("out", "wb").write(taken)
END
		sed 's/^log: //' out >first
		run log
		lines 1 20000 >want
		cat first out | cmp -s - want
		holds "SIGTERM ends it at the end of a line${way:+, $way}"
	done
else
	skip 'SIGTERM ends it at the end of a line' 'no python3'
	skip 'SIGTERM ends it at the end of a line, --prefix' 'no python3'
fi

# Many logs and few descriptors, and another reader in between.
if command -v prlimit >/dev/null 2>&1; then
	fresh
	names=
	for n in $(seq 60); do
		echo "a $n" >"l$n"
		names="$names l$n"
	done
	# shellcheck disable=SC2086
	prlimit --nofile=40:40 "$CTAIL" --follow $names >out 2>err &
	follower=$!
	mine "$follower"
	until_true 20 has 60
	for n in $(seq 60); do
		echo "b $n" >>"l$n"
	done
	until_true 20 has 120
	end "$follower"
	[ "$status" -eq 0 ] && [ ! -s err ] &&
	    [ "$(sort out | uniq | wc -l)" -eq 120 ] && ! has 121
	holds '--follow reads more logs than it may open files'
	# shellcheck disable=SC2086
	run $names
	printed 0 ''
	holds 'and stores the position of each'
else
	skip '--follow reads more logs than it may open files' 'no prlimit'
	skip 'and stores the position of each' 'no prlimit'
fi

fresh
mkdir place
echo one >place/log
follow place/log
until_true 10 grep -qs '^0*4$' place/log.offset
mv place moved
mkdir place
echo two >place/log
until_true 10 has 2
until_true 10 grep -qs '^0*4$' place/log.offset
end "$follower"
run place/log
printed 0 ''
holds 'the position is stored in a directory that was made anew'
rm -rf place moved
run place/log
printed 66 ''
holds 'where the directory is gone, the log is missing'

fresh
lines 1 200000 >log
"$CTAIL" --follow log 2>err | {
	head -n 100000 >first
	until_true 10 test -s log.offset
	sed -n '2s/^0*//p' log.offset >stored
}
[ "$(cat stored)" -gt "$(wc -c <first)" ] ||
    [ "$(($(wc -c <first) - $(cat stored)))" -lt 600000 ]
holds '--follow stores the position while it prints much'

fresh
lines 1 100 >log
("$CTAIL" -f --drain log 2>err; echo $? >code) | {
	read -r line
	echo "$line" >first
	until_true 3 test -s log.offset
	[ -s log.offset ] && echo stored >first
	exec <&-
}
until_true 10 test -s code
[ "$(cat first)" = 'line 1 of a log' ] && [ "$(cat code)" = 74 ]
holds '--follow with --drain stores nothing that was not taken'

# --- A terminal -------------------------------------------------------------

if command -v python3 >/dev/null 2>&1; then
	fresh
	awk 'BEGIN { for (i = 0; i < 400000; i++)
	    print "a line that is long enough to make a large file of it" }' >log
	cat log log >longer
	mv longer log
	cat >watch.py <<'END'
import os, pty, select, subprocess, sys, time
# A slow reader, and a terminal as standard error.
terminal, slave = pty.openpty()
reader, writer = os.pipe()
ctail = subprocess.Popen(sys.argv[1:] + ["log"], stdout=writer, stderr=slave)
os.close(writer)
os.close(slave)
size = os.stat("log").st_size
taken = 0
start = time.monotonic()
while taken < size:
    taken += len(os.read(reader, 1 << 20))
    while taken / size > (time.monotonic() - start) / 1.2:
        time.sleep(0.01)
ctail.wait()
text = b""
while select.select([terminal], [], [], 0.1)[0]:
    try:
        more = os.read(terminal, 65536)
    except OSError:
        break
    if not more:
        break
    text += more
sys.stdout.buffer.write(text)
END
	python3 watch.py "$CTAIL" >shown
	grep -q 'of 41 MiB' shown &&
	    [ "$(tr '\r' '\n' <shown | grep -c MiB)" -le 8 ] &&
	    [ -z "$(tr '\r' '\n' <shown | tail -n 1 | tr -d ' ')" ]
	holds 'a long backlog shows progress at a terminal, and erases it'
	rm -f log.offset*
	python3 watch.py "$CTAIL" -q >shown
	[ ! -s shown ]
	holds 'not with --quiet'
else
	skip 'a long backlog shows progress at a terminal' 'no python3'
	skip 'not with --quiet' 'no python3'
fi

tap_done
