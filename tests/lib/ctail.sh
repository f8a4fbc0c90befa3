# ctail.sh: what the tests of ctail(1) share.  Sourced after env.sh; works in
# a directory of its own.
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

# as PROGRAM ARGUMENT...: the same under another name.
as() {
	as_name=$1
	shift
	code=0
	"$dir/bin/$as_name" "$@" >out 2>err || code=$?
}

# printed CODE TEXT: exactly that on standard output.
printed() {
	# shellcheck disable=SC2059
	printf "$2" >want
	[ "$code" -eq "$1" ] && cmp -s out want
}

# failed CODE WORDS: nothing on standard output, and these words.
failed() {
	[ "$code" -eq "$1" ] && [ ! -s out ] && grep -q -e "$2" err
}

fresh() {
	rm -rf "$dir/work"/* "$dir/work"/.[!.]*
}

inode() {
	stat -c %i "$1" 2>/dev/null || stat -f %i "$1"
}

# position LOG OFFSET: that is what its offset file says, padded or not.
position() {
	[ "$(inode "$1") $2" = \
	    "$(awk '{ printf "%s%.0f", sep, $1; sep = " " }' "$1.offset")" ]
}

# aged FILE...: nobody has written to it for a while.
aged() {
	touch -d '1 hour ago' "$@" 2>/dev/null || touch -t 202001010000 "$@"
}

adler32() {
	od -A n -t u1 -v "$1" | awk 'BEGIN { a = 1 }
	    { for (i = 1; i <= NF; i++) { a += $i; b += a } }
	    END { printf "%.0f", b % 65521 * 65536 + a % 65521 }'
}

# quiet LOG: as if its older generations had not grown for a minute; in the
# fingerprints, which are a sum over their own lines.
quiet() {
	awk '$1 == "old" { $(NF - 2) = sprintf("%d", $(NF - 2) / 1000 - 60) "000" }
	    $1 != "sum"' "$1.offset.fp" >"$1.quiet"
	printf 'sum %010d\n' "$(adler32 "$1.quiet")" >>"$1.quiet"
	cat "$1.quiet" >"$1.offset.fp"
	rm "$1.quiet"
}

# lines FROM TO: numbered lines.
lines() {
	awk -v i="$1" -v to="$2" 'BEGIN {
	    for (; i <= to; i++) printf "line %d of a log\n", i }'
}
