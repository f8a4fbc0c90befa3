# ctail.t: what ctail(1) prints, what it stores, and how it fails.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/ctail.sh"

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
printed 0 '' && position log 0
holds 'a long line without newline is not printed'

fresh
: >log
run log
printed 0 '' && position log 0
holds 'an empty log prints nothing, and that it was seen is stored'
printf 'later\n' >>log
mv log log.1
printf 'new\n' >log
run log
printed 0 'later\nnew\n'
holds 'so that what comes before its first rotation is not lost'

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
printed 0 'n1\n'
holds 'the last line of a rotated file may still be completed'
printf ' line\nlate\n' >>log.1
printf 'n2\n' >>log
run log
printed 0 'unfinished line\nlate\nn2\n'
holds 'and what a late writer adds there is not lost'
printf 'never finished' >>log.1
run log
printed 0 ''
holds 'an unfinished line there waits for its end'
aged log.1
quiet log
run log
printed 0 'never finished\n'
holds 'and gets its newline when the file has been quiet'
run log
printed 0 '' && [ ! -s err ]
holds 'once'

fresh
printf 'one\n' >log
run log
mv log moved-away
printf 'two\n' >log
run log
printed 79 'two\n' && grep -q 'Resetting' err && grep -q 'WARN' err
holds 'a log replaced by an unknown file: a warning, and from its start'
run log
printed 0 '' && [ ! -s err ]
holds 'which is said once'

fresh
printf 'one\n' >log
run log
mv log moved-away
printf 'two\n' >log
run -q log
printed 79 'two\n' && [ ! -s err ]
holds '--quiet says no warnings, but the status does'

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
lines 1 100 >log
run log
lines 101 200 >>log
cp log log.1
lines 201 210 >log
run log
lines 101 210 | cmp -s - out && [ "$code" -eq 0 ] && [ ! -s err ]
holds 'copytruncate: the rest of the copy, then the log'

fresh
lines 1 100 >log
run log
lines 101 200 >>log
cp log log.1
lines 201 900 >log
run log
lines 101 900 | cmp -s - out && [ "$code" -eq 0 ] && [ ! -s err ]
holds 'also when the log has grown beyond the old position'

# unpacks PACKER: whether the ctail-unpack of this build reads what it makes.
unpacks() {
	"$CTAIL_UNPACK" --version | grep -qw "$1"
}

for packer in gzip bzip2 xz zstd; do
	if ! command -v $packer >/dev/null 2>&1 || ! unpacks $packer; then
		skip "generations packed by $packer are read" \
		    "there is no $packer, here or in ctail-unpack"
		continue
	fi
	fresh
	lines 1 100 >log
	run log
	lines 101 200 >>log
	mv log log.2
	$packer -q log.2
	rm -f log.2
	lines 201 300 >log
	mv log log.1
	lines 301 310 >log
	run log
	lines 101 310 | cmp -s - out && [ "$code" -eq 0 ] && [ ! -s err ]
	holds "generations packed by $packer are read"
done

fresh
printf 'one\n' >log
run log
printf 'two\n' >>log
mv log log.1
run log
run log
printed 0 ''
holds 'a log that is still absent with its rotated file there is no error'
rm log.1
run log
failed 66 'cannot open log'
holds 'without it, it is one'

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
	rm -f log.offset.fp
	run log
	failed 65 damaged && cmp -s kept log.offset &&
	    grep -q -e '--reset.*--accept-loss' err
	holds "a damaged offset file is loud and stays: damage $number"
	number=$((number + 1))
done

: >log.offset
run log
printed 0 'one\ntwo\n' && grep -q 'empty' err
holds 'an empty offset file counts as none, with a word'

printf 'three\n' >>log
printf 'garbage' >log.offset
run log
printed 0 'three\n' && grep -q 'WARN.*damaged.*fingerprints' err &&
    position log 14
holds 'with fingerprints beside it a damaged one is made whole, and said'

printf 'four\n' >>log
printf 'garbage' >log.offset.fp
run log
printed 0 'four\n' && grep -q 'WARN.*log.offset.fp' err
holds 'damaged fingerprints are said and replaced'
printf 'five\n' >>log
run log
printed 0 'five\n' && [ ! -s err ]
holds 'once'

rm log.offset.fp
run log
printed 0 '' && [ -s log.offset.fp ] && [ ! -s err ]
holds 'fingerprints that are missing are made, though nothing is new'

printf '%s\n4\n' "$(inode log)" >log.offset
run log
printed 0 'two\nthree\nfour\nfive\n' && [ ! -s err ]
holds 'an offset that somebody edited is obeyed'

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

# With two users: as root, or as somebody who cannot write everywhere.
nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}
chmod 755 "$dir"
if [ "$(id -u)" -eq 0 ] && nobody "$CTAIL" --version >out 2>err; then
	fresh
	mkdir closed
	printf 'one\n' >closed/log
	code=0
	nobody "$CTAIL" closed/log >out 2>err || code=$?
	failed 73 'state-dir'
	holds 'a directory that cannot be written to: nothing is printed'
	: >closed/log.offset
	chown 65534 closed/log.offset
	before=$(inode closed/log.offset)
	code=0
	nobody "$CTAIL" closed/log >out 2>err || code=$?
	printed 0 'one\n' && [ "$(inode closed/log.offset)" = "$before" ]
	holds 'but a file in it that can is overwritten in place'
	printf 'two\n' >>closed/log
	code=0
	nobody "$CTAIL" closed/log >out 2>err || code=$?
	printed 0 'two\n' && [ ! -s err ]
	holds 'and read again'
	if command -v logtail2 >/dev/null 2>&1; then
		nobody logtail2 closed/log >out 2>err
		[ ! -s out ]
		holds 'logtail2 understands it'
	else
		skip 'logtail2 understands it' 'no logtail2'
	fi
	run closed/log
	failed 73 'belongs to'
	holds 'root does not use a file of somebody else'
	chown 65534 closed
	printf 'three\n' >>closed/log
	run closed/log
	printed 0 'three\n' && [ "$(stat -c %u closed/log.offset)" = 65534 ]
	holds 'unless it is the owner of its directory, who keeps it'
else
	for sentence in 'a directory that cannot be written to' \
	    'but a file in it that can is overwritten in place' \
	    'and read again' 'logtail2 understands it' \
	    'root does not use a file of somebody else' \
	    'unless it is the owner of its directory'; do
		skip "$sentence" 'not root, or no way to be another'
	done
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
[ "$code" -eq 0 ] && grep -q '75 locked' out &&
    [ "$(wc -l <out)" -le 40 ]
holds '--help lists the exit statuses, on one screen'
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
