# ctail.t: what ctail(1) prints, what it stores, and how it fails.
. "${CTAIL_ENV:?}"
mkdir "$dir/work"
cd "$dir/work" || exit 99
code=0

# holds SENTENCE: the status of the command before it decides.
holds() {
	holds_status=$?
	ok "$holds_status" "$1"
	[ "$holds_status" -eq 0 ] || sed 's/^/#  /' out err 2>/dev/null
}

# run ARGUMENT...: out, err and $code.
run() {
	code=0
	"$CTAIL" "$@" >out 2>err || code=$?
}

# printed CODE TEXT: exactly that on standard output.
printed() {
	# shellcheck disable=SC2059
	printf "$2" >want
	[ "$code" -eq "$1" ] && cmp -s out want
}

fresh() {
	rm -rf "$dir/work"/* "$dir/work"/.[!.]*
}

inode() {
	stat -c %i "$1" 2>/dev/null || stat -f %i "$1"
}

# --- Printing ---------------------------------------------------------------

fresh
printf 'one\ntwo\n' >log
run log
printed 0 'one\ntwo\n'
holds 'the first run prints everything'
printf '%s\n8\n' "$(inode log)" | cmp -s - log.offset
holds 'the offset file is inode and offset, two lines'

before=$(inode log.offset)
run log
printed 0 '' && [ ! -s err ]
holds 'nothing new prints nothing'
[ "$before" = "$(inode log.offset)" ]
holds 'nothing new writes nothing'

printf 'three\npart' >>log
run log
printed 0 'three\n'
holds 'a line without its newline waits'
printf 'ial\n' >>log
run log
printed 0 'partial\n'
holds 'and is printed whole when it is complete'

printf 'a\0b\r\n\377\376\n' >>log
run log
printed 0 'a\0b\r\n\377\376\n'
holds 'NUL, CR and invalid UTF-8 pass unchanged'

fresh
awk 'BEGIN { for (i = 0; i < 60000; i++) print "line", i, "of many" }' >log
cp log want
run log
cmp -s out want
holds 'a large file goes to a regular file byte for byte'
rm log.offset
"$CTAIL" log | cmp -s - want
holds 'and through a pipe'
rm log.offset
echo first >appended
"$CTAIL" log >>appended
(echo first; cat want) | cmp -s - appended
holds 'and behind what a file opened for appending has'

fresh
awk 'BEGIN { for (i = 0; i < 300000; i++) printf "x" }' >log
run log
printed 0 ''
holds 'a long line without newline is not printed'
[ ! -e log.offset ]
holds 'and leaves no offset file behind'

fresh
: >log
run log
printed 0 '' && [ ! -e log.offset ]
holds 'an empty log prints nothing and stores nothing'

fresh
printf 'x\n' >log
run --offset-file elsewhere log
printed 0 'x\n' && [ -s elsewhere ] && [ ! -e log.offset ]
holds '--offset-file says where the position is kept'
run -o elsewhere log
printed 0 ''
holds '-o is the same'

fresh
printf 'a1\na2\n' >a
printf 'b1\n' >b
run --prefix a b
printed 0 'a: a1\na: a2\nb: b1\n'
holds '--prefix puts the log before each line'

# --- Rotation ---------------------------------------------------------------

fresh
printf 'old1\nold2\n' >log
run log
printf 'old3\n' >>log
mv log log.1
printf 'new1\n' >log
run log
printed 0 'old3\nnew1\n'
holds 'a rename to .1: its rest first, then the new file'
printf '%s\n5\n' "$(inode log)" | cmp -s - log.offset
holds 'the position is then in the new file'

fresh
printf 'g0\n' >log
run log
printf 'g0b\n' >>log
mv log log.1
printf 'g1\n' >log
mv log.1 log.2
mv log log.1
printf 'g2\n' >log
run log
printed 0 'g0b\ng1\ng2\n'
holds 'two rotations at once: every generation, oldest first'

fresh
printf 'd0\n' >log
run log
printf 'd1\n' >>log
mv log log-20240101
printf 'd2\n' >log
mv log log-20240102
printf 'd3\n' >log
run log
printed 0 'd1\nd2\nd3\n'
holds 'dated names are followed as well'

fresh
printf 'r0\n' >log
run log
printf 'r1\n' >>log
mv log log.1
run log
printed 0 'r1\n'
holds 'the log is gone but its rotated file is there: that is printed'
printf 'r2\n' >>log.1
printf 'n1\n' >log
run log
printed 0 'r2\nn1\n'
holds 'and left when the new log appears'

fresh
printf 'p0\n' >log
run log
printf 'unfinished' >>log
mv log log.1
printf 'n1\n' >log
run log
printed 0 'unfinished\nn1\n'
holds 'the last line of a rotated file gets its newline'

fresh
printf 'one\n' >log
run log
mv log moved-away
printf 'two\n' >log
run log
printed 0 'two\n' && grep -q 'Resetting' err && grep -q 'WARN' err
holds 'a log replaced by an unknown file: a warning, and from its start'

fresh
printf 'one\n' >log
run log
mv log moved-away
printf 'two\n' >log
run -q log
printed 0 'two\n' && [ ! -s err ]
holds '--quiet says no warnings'

fresh
printf 'a long first line\n' >log
run log
printf 's\n' >log
run log
printed 0 's\n' && grep -q 'WARN' err && grep -q 'shrank' err
holds 'a log that shrank: a warning, and from its start'

fresh
printf 'one\n' >log
run log
cp log log.1
printf 'x\n' >log.2
run log
printed 0 ''
holds 'a stale .1 with other contents is not printed'

fresh
printf 'one\n' >log
run log
printf 'rest\n' >>log
mv log 'log.1'
gzip -c log.1 >log.2.gz 2>/dev/null || printf 'gz' >log.2.gz
printf 'new\n' >log
run log
printed 0 'rest\nnew\n' && [ ! -s err ]
holds 'an older compressed generation does not matter'

# --- The offset file --------------------------------------------------------

fresh
printf 'one\ntwo\n' >log
printf '%020d  \n0004 \nsomething else\n' "$(inode log)" >log.offset
run log
printed 0 'two\n'
holds 'leading zeros, trailing blanks and further lines are accepted'

printf '%s\n4' "$(inode log)" >log.offset
run log
printed 0 'two\n'
holds 'a missing last newline is accepted'

number=0
for bad in 'x\n1\n' '12\n' '12\n-1\n' ' 12\n1\n' '12 13\n1\n' \
    '12\n99999999999999999999\n' '\0\0\0\0'; do
	# shellcheck disable=SC2059
	printf "$bad" >log.offset
	cp log.offset kept
	run log
	[ "$code" -eq 65 ] && [ ! -s out ] && grep -q 'damaged' err &&
	    cmp -s kept log.offset
	holds "a damaged offset file is loud and stays: damage $number"
	number=$((number + 1))
done

: >log.offset
run log
printed 0 'one\ntwo\n' && grep -q 'empty' err
holds 'an empty offset file counts as none, with a word'

fresh
printf 'one\n' >log
printf '%s\n0\n' "$(inode log)" >real
ln -s real log.offset
run log
[ "$code" -eq 73 ] && [ ! -s out ] && grep -q 'symbolic link' err
holds 'an offset file that is a symbolic link is refused before printing'
grep -q '^0$' real
holds 'and what it points to is untouched'

fresh
printf 'one\n' >log
mkdir log.offset
run log
[ "$code" -eq 73 ] && [ ! -s out ]
holds 'a directory as offset file is refused'

fresh
printf 'one\n' >log
run -o no/such/directory/file log
[ "$code" -eq 73 ] && [ ! -s out ]
holds 'no directory for the offset file: nothing is printed'

fresh
printf 'one\n' >log
run log
chmod 640 log.offset
printf 'two\n' >>log
run log
[ "$(stat -c %a log.offset 2>/dev/null || echo 640)" = 640 ]
holds 'the mode of the offset file is kept'
[ -z "$(find . -name '.?*')" ]
holds 'no temporary file is left'

if [ "$(id -u)" -ne 0 ]; then
	mkdir closed
	printf 'one\n' >closed/log
	chmod 555 closed
	run closed/log
	[ "$code" -eq 73 ] && [ ! -s out ]
	holds 'a directory that cannot be written to: nothing is printed'
	chmod 755 closed
else
	skip 'a directory that cannot be written to: nothing is printed' \
	    'root may write everywhere'
fi

# --- Failing ----------------------------------------------------------------

fresh
run nothing-here
[ "$code" -eq 66 ] && [ ! -e nothing-here.offset ] && [ -s err ]
holds 'a missing log has its own status and leaves nothing behind'

mkdir directory
run directory
[ "$code" -eq 66 ] && grep -q 'directory' err
holds 'a directory is no log'

mkfifo pipe
run pipe
[ "$code" -eq 66 ]
holds 'a FIFO is no log and does not block'

printf 'x\n' >here
run nothing-here here
printed 66 'x\n'
holds 'several logs: the first failure counts, the others are printed'

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
printf 'one\n' >log
: >log.offset
if command -v flock >/dev/null 2>&1; then
	flock log.offset "$CTAIL" log >out 2>err
	code=$?
	[ "$code" -eq 75 ] && [ ! -s out ] && grep -q 'locked' err
	holds 'a second run at the same time is refused'
else
	skip 'a second run at the same time is refused' 'no flock(1)'
fi

# The pipe is full before anything is taken out of it.
seq 20000 >big
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

run
[ "$code" -eq 64 ]
holds 'no log is a usage error'
run --no-such-option log
[ "$code" -eq 64 ]
holds 'so is an unknown option'
run -o x log log2
[ "$code" -eq 64 ]
holds 'so is one offset file for two logs'
run --prefix --agent
[ "$code" -eq 64 ]
holds 'so is --agent behind something else'
run --help
[ "$code" -eq 0 ] && grep -q '75  another' out
holds '--help lists the exit statuses'
run --version
[ "$code" -eq 0 ] && grep -q '^ctail [0-9]' out
holds '--version says the version'

cat >agent <<'END'
#!/bin/sh
echo "agent: $*"
END
chmod 755 agent
CTAIL_AGENT=./agent "$CTAIL" --agent --once -c x >out 2>err
grep -q '^agent: --once -c x$' out
holds '--agent becomes ctaild with the arguments behind it'
code=0
CTAIL_AGENT=./no-such-agent "$CTAIL" --agent >out 2>err || code=$?
[ "$code" -eq 69 ] && grep -q 'no-such-agent' err
holds 'an agent that is not there has its own status'

tap_done
