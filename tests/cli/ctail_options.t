# ctail_options.t: every option of ctail(1).
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/ctail.sh"

# --- Where the position is --------------------------------------------------

fresh
lines 1 3 >log
run --state-dir state/of/ctail log
lines 1 3 | cmp -s - out && [ "$code" -eq 0 ] && [ ! -e log.offset ] &&
    [ "$(find state -name '*%work%log.offset' | wc -l)" -eq 1 ]
holds '--state-dir keeps the position elsewhere, and makes the directory'
run --state-dir state/of/ctail "$dir/work/../work//log"
printed 0 ''
holds 'another name of the same path has the same position'
mkdir sub
lines 7 7 >sub%log
lines 8 8 >sub/log
run --state-dir state sub%log sub/log
lines 7 8 | cmp -s - out
holds 'paths that look alike have positions of their own'
run -o x --state-dir state log
failed 64 'exclude each other'
holds '--offset-file and --state-dir exclude each other'

fresh
lines 1 3 >log
run -t log
lines 1 3 | cmp -s - out && [ -z "$(find . -name '*offset*')" ]
holds '--no-store prints and leaves nothing behind'
run log
lines 4 5 >>log
cp log.offset kept
run --no-store log
lines 4 5 | cmp -s - out && cmp -s kept log.offset
holds 'and begins where the stored position is'
run -t -p log
failed 64 'exclude each other'
holds '--no-store and --paranoid exclude each other'
if [ "$(id -u)" -ne 0 ]; then
	mkdir closed
	lines 1 2 >closed/log
	chmod 555 closed
	run -t closed/log
	lines 1 2 | cmp -s - out && [ "$code" -eq 0 ]
	holds '--no-store needs no right to write'
	run closed/log
	failed 73 'state-dir'
	holds 'without it the error names the remedy'
	chmod 755 closed
else
	skip '--no-store needs no right to write' 'root may write everywhere'
	skip 'without it the error names the remedy' \
	    'root may write everywhere'
fi

# A run that is killed in the middle: ctail hangs in a full pipe.
killed() { # killed OPTION LINES-TAKEN
	python3 - "$CTAIL" "$@" <<'END'
import os, signal, subprocess, sys
reader, writer = os.pipe()
ctail = subprocess.Popen([sys.argv[1]] + sys.argv[2].split() + ["log"],
                         stdout=writer)
os.close(writer)
taken = os.fdopen(reader, "rb", buffering=0)
lines = b""
while lines.count(b"\n") < int(sys.argv[3]):
    lines += taken.read(1)
ctail.send_signal(signal.SIGSTOP)
os.waitpid(ctail.pid, os.WUNTRACED)
ctail.kill()
ctail.wait()
os.set_blocking(reader, True)
while True:
    more = taken.read(65536)
    if not more:
        break
    lines += more
open("first", "wb").write(lines)
END
}
if command -v python3 >/dev/null 2>&1; then
	fresh
	lines 1 20000 >log
	killed --paranoid 500
	run log
	cat first out | uniq >both
	lines 1 20000 | cmp -s - both &&
	    [ "$(cat first out | wc -l)" -le 20001 ] &&
	    [ "$(wc -l <first)" -lt 20000 ]
	holds 'a --paranoid run that is killed is continued behind its last line'
	fresh
	lines 1 20000 >log
	killed '--every-n 100' 500
	before=$(wc -l <first)
	run log
	after=$(wc -l <out)
	[ "$before" -lt 20000 ] && [ $((before + after)) -ge 20000 ] &&
	    [ $((before + after)) -le 20100 ] && [ $((after % 100)) -eq 0 ]
	holds 'an --every-n run that is killed repeats at most N lines'
	fresh
	lines 1 300 >log
	run log
	lines 301 9000 >>log
	mv log log.1
	lines 9001 20000 >log
	killed --paranoid 12000
	run log
	cat first out | sort -u -k2n >both
	lines 301 20000 | cmp -s - both &&
	    [ "$(cat first out | wc -l)" -le 19701 ]
	holds 'and the same beyond a rotation'
	fresh
	lines 1 3 >log
	run log
	mv log log.1
	lines 4 6 >log
	run log
	lines 7 9 >>log.1
	lines 10 20000 >>log
	killed --paranoid 500
	run log
	cat first out | sort -u -k2n >both
	lines 7 20000 | cmp -s - both &&
	    [ "$(cat first out | wc -l)" -le 19995 ]
	holds 'and the same after lines of a late writer'
	fresh
	lines 1 3 >log
	printf '1\n0\n' >precious
	ln precious log.offset
	run -p log
	failed 73 'hard links' && [ "$(cat precious)" = "$(printf '1\n0')" ]
	holds 'a hard link is not overwritten in place'
	run log
	[ "$(cat precious)" = "$(printf '1\n0')" ] && [ -s out ] &&
	    position log 48
	holds 'but may be replaced'
else
	for sentence in 'a --paranoid run that is killed is continued' \
	    'an --every-n run that is killed repeats at most N lines' \
	    'and the same beyond a rotation' \
	    'and the same after lines of a late writer' \
	    'a hard link is not overwritten in place' \
	    'but may be replaced'; do
		skip "$sentence" 'no python3'
	done
fi
if command -v strace >/dev/null 2>&1 && strace true >/dev/null 2>&1; then
	fresh
	lines 1 50 >log
	strace -e trace=write,pwrite64 -o trace "$CTAIL" -p log >out 2>err
	[ "$(grep -c '^write(1, ' trace)" -eq 50 ] &&
	    [ "$(grep -c '^pwrite64(' trace)" -le 52 ]
	holds '--paranoid: one write and one store a line'
else
	skip '--paranoid: one write and one store a line' 'no strace'
fi
fresh
lines 1 25 >log
run -n 10 log
lines 1 25 | cmp -s - out && position log 416
holds '-n stores the end too'
for bad in x -1 '' 1.5; do
	run --every-n "$bad" log
	failed 64 'every-n'
	holds "--every-n refuses '$bad'"
done

if command -v flock >/dev/null 2>&1; then
	fresh
	lines 1 2 >log
	run log
	lines 3 3 >>log
	flock log.offset "$CTAIL" --wait-lock 20ms log >out 2>err
	code=$?
	failed 75 'locked'
	holds '--wait-lock gives up when its time is over'
	mkfifo go
	flock log.offset sh -c 'read -r line <go' &
	holder=$!
	mine $holder
	exec 8>go
	"$CTAIL" --wait-lock 1m log >out 2>err &
	waiter=$!
	mine $waiter
	[ ! -s out ] && echo >&8
	exec 8>&-
	wait $waiter
	code=$?
	lines 3 3 | cmp -s - out && [ "$code" -eq 0 ]
	holds 'and goes on when the other one ends'
else
	skip '--wait-lock gives up when its time is over' 'no flock(1)'
	skip 'and goes on when the other one ends' 'no flock(1)'
fi
run --wait-lock 5 log
failed 64 'wait-lock'
holds '--wait-lock refuses a time without a unit'

fresh
lines 1 3 >log
run log
run --reset log
lines 1 3 | cmp -s - out && [ "$code" -eq 0 ] && position log 48 &&
    grep -q 'WARN.*offset 48.*reset.*start' err
holds '--reset begins anew, and says what it threw away'
run --reset --read-from-end log
printed 0 '' && grep -q 'reset.*its end' err
holds '--reset with --read-from-end begins at the end'
printf 'garbage\n' >log.offset
rm log.offset.fp
run --reset log
lines 1 3 | cmp -s - out && [ "$code" -eq 0 ] && position log 48
holds '--reset mends a damaged offset file'
printf 'garbage\n' >log.offset
rm log.offset.fp
printf 'unfinished' >>log
run --accept-loss log
printed 0 '' && position log 48 && grep -q 'WARN.*damaged.*given up' err
holds '--accept-loss goes on at the end of the last line, and says so'
printf ' line\n' >>log
run --accept-loss log
printed 0 'unfinished line\n' && [ ! -s err ]
holds 'and does nothing where nothing is damaged'
mv log elsewhere
lines 1 1 >log
run --accept-loss log
lines 1 1 | cmp -s - out && [ "$code" -eq 0 ] && grep -q 'Resetting' err
holds 'with it a gap is told and no failure'

# --- What is printed --------------------------------------------------------

fresh
lines 1 3 >log
run --read-from-end log
printed 0 '' && position log 48
holds '--read-from-end begins at the end the first time'
lines 4 5 >>log
run --read-from-end log
lines 4 5 | cmp -s - out
holds 'and only then'
run --read-from-end none
failed 66 none
holds 'a log that is not there has no end'

fresh
lines 1 9 >log
run --max-lines 4 log
lines 1 4 | cmp -s - out && [ "$code" -eq 0 ]
holds '--max-lines prints that many'
lines 10 12 >>log
mv log log.1
lines 13 14 >log
run --max-lines 9 log
lines 5 13 | cmp -s - out
holds 'the next come next time, beyond a rotation too'
run --max-lines 9 log
lines 14 14 | cmp -s - out
holds 'until there are no more'

fresh
lines 1 9 >log
run --max-bytes 47 log
lines 1 2 | cmp -s - out && position log 32
holds '--max-bytes prints whole lines only'
run --max-bytes 32 log
lines 3 4 | cmp -s - out && position log 64
holds 'as many as fit exactly'
run --max-bytes 1 log
lines 5 5 | cmp -s - out
holds 'and one when none fits'
run --max-bytes 1k log
lines 6 9 | cmp -s - out
holds 'sizes have units'
run --max-bytes nonsense log
failed 64 'max-bytes'
holds 'or are refused'

fresh
printf 'one\ntw' >log
run --partial-lines log
printed 0 'one\ntw' && position log 6
holds '--partial-lines prints what is there of the last line'
printf 'o\nthree' >>log
run --full-lines log
printed 0 'o\n'
holds 'and goes on inside it'
run --full_lines --partial-lines log
printed 0 'three'
holds 'the last of --full-lines and --partial-lines counts'
run --partial-lines log
printed 0 '' && [ ! -s err ]
holds 'nothing is printed twice'
mv log log.1
printf 'four\n' >log
aged log.1
run log
printed 0 'four\n' && [ ! -s err ]
holds 'an unfinished line that was printed is not printed again'
run --partial-lines --follow log
failed 64 'exclude each other'
holds '--partial-lines and --follow exclude each other'

fresh
mkdir old
lines 1 2 >log
run log
lines 3 4 >>log
mv log 'old/saved-log-then'
lines 5 6 >log
run --log-pattern 'old/saved-%s-*' log
lines 3 6 | cmp -s - out && [ "$code" -eq 0 ] && [ ! -s err ]
holds '--log-pattern names further places of rotated files'
run --log-pattern none log
failed 64 '%s'
holds 'and needs its %s'

fresh
lines 1 5 >log
run log
lines 1 1 >log
run --no-copytruncate log
printed 0 '' && grep -q 'WARN.*shrank.*expected at least 80' err &&
    position log 80
holds '--no-copytruncate: a log that shrank is waited for'

fresh
lines 1 2 >log
run --encoding no-such-codec log
lines 1 2 | cmp -s - out
holds '--encoding changes nothing'

# --- Several logs -----------------------------------------------------------

fresh
mkdir logs
for log in a b 'c d' '[e]' '*'; do
	echo "$log" >"logs/$log.log"
done
echo old >logs/a.log.1
echo packed >logs/b.log.2.gz
mkdir logs/directory.log
ln logs/a.log logs/hardlink.log
run --prefix 'logs/*.log*'
printed 0 'logs/*.log: *\nlogs/[e].log: [e]\nlogs/a.log: a\nlogs/b.log: b\nlogs/c d.log: c d\n'
holds 'a pattern means the logs it matches, each once'
run 'logs/*.log*'
printed 0 ''
holds 'and never what ctail itself has written'
run 'logs/[e].log' 'logs/*.log'
printed 0 ''
holds 'a name that exists is no pattern'
run 'nothing/*' logs/a.log
printed 66 '' && grep -q 'nothing/\*' err
holds 'a pattern that matches nothing is an error'
echo x >>logs/a.log
run logs/a.log logs/a.log ./logs/a.log
printed 0 'x\n'
holds 'a log that is named twice is read once'

# --- What is told -----------------------------------------------------------

fresh
lines 1 2 >log
run --exit-code log
lines 1 2 | cmp -s - out && [ "$code" -eq 0 ]
holds '--exit-code: 0 when there is something new'
run --exit-code log
printed 1 ''
holds '1 when there is not'
lines 3 3 >>log
: >other
run --exit-code other log
lines 3 3 | cmp -s - out && [ "$code" -eq 0 ]
holds '0 when one of several logs has something'
run --exit-code none log
failed 66 none
holds 'a failure is a failure'

fresh
lines 1 2 >'lo"g'
run --json-status 'lo"g'
if command -v python3 >/dev/null 2>&1; then
	python3 -c '
import json, sys
o = json.loads(open("err").read())
assert o["log"] == "lo\"g" and o["offset_file"] == "lo\"g.offset", o
assert o["status"] == "ok" and o["exit_status"] == 0, o
assert (o["lines"], o["bytes"], o["offset"]) == (2, 32, 32), o
assert o["stored"] is True and o["error"] is None, o' 2>trouble
	holds '--json-status tells what was done, as JSON'
	printf '\377\n' >"$(printf 'a\377\033b')"
	run -q --json-status 'lo"g' a* none
	python3 -c '
import json
rows = [json.loads(line) for line in open("err", encoding="utf-8")
        if line.startswith("{")]
assert len(rows) == 3, rows
assert rows[0]["stored"] is False and rows[0]["bytes"] == 0, rows[0]
assert rows[1]["log"] == "a\ufffd\x1bb", rows[1]
assert rows[2]["exit_status"] == 66 and "none" in rows[2]["error"], rows[2]
'
	holds 'one object a log, whatever its name and its fate'
else
	skip '--json-status tells what was done, as JSON' 'no python3'
	skip 'one object a log, whatever its name and its fate' 'no python3'
fi

fresh
lines 1 2 >log
run log
lines 3 3 >>log
mv log log.1
lines 4 4 >log
run --explain log
lines 3 4 | cmp -s - out && grep -q 'fingerprints agree' err &&
    grep -q 'log.1' err
holds '--explain says which file and why, on standard error'

run --drain log
failed 64 'pipe'
holds '--drain refuses what is no pipe'

tap_done
