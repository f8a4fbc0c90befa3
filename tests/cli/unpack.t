# unpack.t: ctail-unpack as a program: every format, whole, cut and wrong.
. "${CTAIL_ENV:?}"
python=/usr/bin/python3
[ -x "$python" ] || python=python3
command -v "$python" >/dev/null || skip_all "python3 is not installed"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
frames="$srcdir/tests/lib/unpack.py"

# unpack FILE: $status, what was said at the end in $said, $dir/plain.
unpack() {
	"$CTAIL_UNPACK" <"$1" 2>"$dir/errors" | cat >"$dir/frames"
	"$python" "$frames" read "$dir/frames" >"$dir/plain" 2>"$dir/said"
	said=$(cat "$dir/said")
}

# unpacks FILE PLAIN SENTENCE
unpacks() {
	unpack "$1"
	is "$said" 0 "$3: complete"
	cmp "$dir/plain" "$2" >/dev/null
	ok $? "$3: byte for byte"
}

ends() { # ends FILE STATUS SENTENCE
	unpack "$1"
	is "$said" "$2" "$3"
}

pack() { # pack FORMAT: standard input to standard output
	case $1 in
	gzip) gzip -nc ;;
	bzip2) bzip2 -c ;;
	xz) xz -c ;;
	zstd) zstd -qc ;;
	esac
}

builds() { # builds FORMAT: whether this ctail-unpack can read it
	"$CTAIL_UNPACK" --version | grep "^reads:.* $1\\>" >/dev/null
}

# A log, random bytes, nothing, one byte, and what compresses well.
"$python" - "$dir" <<'END'
import random, sys
random.seed(7)
d = sys.argv[1] + "/in."
log = b"".join(b"Nov 22 14:%02d:%02d web sshd[%d]: Failed password for %x\n" %
               (i // 60 % 60, i % 60, 700 + i % 90, i * 7919 % 65521)
               for i in range(40000))
files = {"log": log, "random": random.randbytes(300000), "empty": b"",
         "one": b"x", "same": b"a" * 5000000, "short": log[:3000]}
for name, data in files.items():
    open(d + name, "wb").write(data)
END

# --- What every format has ---------------------------------------------------

built=
for format in gzip bzip2 xz zstd; do
	command -v "$format" >/dev/null || {
		skip "$format" "$format is not installed"
		continue
	}
	if ! builds "$format"; then
		pack "$format" <"$dir/in.one" >"$dir/packed"
		ends "$dir/packed" 69 "$format is known and not built"
		continue
	fi
	built="$built $format"
	for kind in log random empty one same; do
		pack "$format" <"$dir/in.$kind" >"$dir/$format.$kind"
		unpacks "$dir/$format.$kind" "$dir/in.$kind" "$format, $kind"
	done

	pack "$format" <"$dir/in.short" >"$dir/$format.short"
	cat "$dir/$format.short" "$dir/$format.empty" "$dir/$format.random" \
	    >"$dir/packed"
	cat "$dir/in.short" "$dir/in.random" >"$dir/want"
	unpacks "$dir/packed" "$dir/want" "$format, several members"

	{
		cat "$dir/$format.short"
		echo "this is no $format"
	} >"$dir/packed"
	ends "$dir/packed" 65 "$format, rubbish behind: damaged"
	cmp "$dir/plain" "$dir/in.short" >/dev/null
	ok $? "$format, rubbish behind: what was right is delivered"

	# A program that is still writing, at every length near both ends of a
	# small file and many between.
	is "$("$python" "$frames" cuts "$CTAIL_UNPACK" "$dir/$format.short" \
	    "$dir/in.short" 2>&1)" "" \
	    "$format, cut anywhere: unfinished, and the start right"
	size=$(($(wc -c <"$dir/$format.short")))

	# A flipped bit in the middle, at the end, and in the first member of two.
	for at in $((size / 2)) $((size - 10)); do
		"$python" - "$dir/$format.short" "$at" >"$dir/packed" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[int(sys.argv[2])] ^= 0x10
sys.stdout.buffer.write(data)
END
		cat "$dir/$format.short" >>"$dir/packed"
		unpack "$dir/packed"
		# Some bits carry no meaning; none may pass for something else.
		if [ "$said" = 0 ]; then
			cat "$dir/in.short" "$dir/in.short" | cmp - "$dir/plain" \
			    >/dev/null
			ok $? "$format, byte $at changed: nothing else is read"
		else
			is "$said" 65 "$format, byte $at changed: damaged"
		fi
	done
done
# The rest needs one that can be read and made.
[ -n "$built" ] || tap_done

# has FORMAT: whether the loop above has tried it.
has() {
	case " $built " in *" $1 "*) return 0 ;; esac
	return 1
}

# --- What single formats have ------------------------------------------------

if has gzip; then
	{
		cat "$dir/gzip.short"
		head -c 5000 /dev/zero
	} >"$dir/packed"
	unpacks "$dir/packed" "$dir/in.short" "gzip, NULs behind"
	{
		cat "$dir/gzip.short"
		head -c 200000 /dev/zero
		echo x
	} >"$dir/packed"
	ends "$dir/packed" 65 "gzip, NULs and rubbish behind: damaged"
	gzip -9 <"$dir/in.log" >"$dir/renamed.bz2"
	unpacks "$dir/renamed.bz2" "$dir/in.log" "gzip under another name"
	# A gzip that is at work, as its reader sees it.
	: >"$dir/growing.gz"
	mkfifo "$dir/feed"
	gzip -nc <"$dir/feed" >"$dir/growing.gz" &
	gzip=$!
	mine "$gzip"
	exec 8>"$dir/feed"
	ends "$dir/growing.gz" 75 "a gzip that has just begun: unfinished"
	cat "$dir/in.random" "$dir/in.log" >&8
	grown() {
		[ "$(wc -c <"$dir/growing.gz")" -gt 200000 ]
	}
	until_true 10 grown
	ends "$dir/growing.gz" 75 "and in the middle of its work"
	exec 8>&-
	wait "$gzip"
	cat "$dir/in.random" "$dir/in.log" >"$dir/want"
	unpacks "$dir/growing.gz" "$dir/want" "when it is done"
fi
if has xz; then
	{
		cat "$dir/xz.short"
		head -c 8 /dev/zero
		cat "$dir/xz.one"
	} >"$dir/packed"
	cat "$dir/in.short" "$dir/in.one" >"$dir/want"
	unpacks "$dir/packed" "$dir/want" "xz, padding between streams"
	for options in -9e "-T2 --block-size=100000" --check=sha256 \
	    --check=none --x86\ --lzma2; do
		# shellcheck disable=SC2086
		xz -c $options <"$dir/in.log" >"$dir/packed"
		unpacks "$dir/packed" "$dir/in.log" "xz $options"
	done
	xz -c --lzma2=dict=256MiB <"$dir/in.short" >"$dir/packed"
	ends "$dir/packed" 76 "xz with a dictionary of 256 MiB: too large"
fi
if has zstd; then
	{
		printf '\120\052\115\030\004\000\000\000skip'
		cat "$dir/zstd.short"
		printf '\137\052\115\030\000\000\000\000'
		cat "$dir/zstd.one"
		printf '\121\052\115\030\000\000\000\000'
	} >"$dir/packed"
	cat "$dir/in.short" "$dir/in.one" >"$dir/want"
	unpacks "$dir/packed" "$dir/want" "zstd, skippable frames"
	printf '\120\052\115\030\011\000\000\000skip' >"$dir/packed"
	ends "$dir/packed" 75 "zstd, a skippable frame cut: unfinished"
	for options in "--ultra -22" --long=27 --no-check --fast=5; do
		# shellcheck disable=SC2086
		zstd -qc $options <"$dir/in.log" >"$dir/packed"
		unpacks "$dir/packed" "$dir/in.log" "zstd $options"
	done
	zstd -qc --long=28 --zstd=wlog=28 <"$dir/in.log" >"$dir/packed"
	ends "$dir/packed" 76 "zstd with a window of 256 MiB: too large"
fi
if has bzip2; then
	for options in -1 -9; do
		bzip2 -c $options <"$dir/in.log" >"$dir/packed"
		unpacks "$dir/packed" "$dir/in.log" "bzip2 $options"
	done
fi

# --- Bombs --------------------------------------------------------------------
# NULs by the hundred million.  The most that gzip can do is 1,032 for each
# byte, which is no bomb by this measure.

"$python" - "$dir" <<'END'
import bz2, lzma, sys
d = sys.argv[1]
open(d + "/bomb.bzip2", "wb").write(bz2.compress(bytes(10**7)) * 12)
open(d + "/bomb.xz", "wb").write(lzma.compress(bytes(4 * 10**7), preset=1) * 6)
END
! has zstd || head -c 400000000 /dev/zero | zstd -qc >"$dir/bomb.zstd"
for format in bzip2 xz zstd; do
	has "$format" || continue
	most=$(($(wc -c <"$dir/bomb.$format") * 2000 + 64 * 1024 * 1024))
	"$CTAIL_UNPACK" <"$dir/bomb.$format" | "$python" "$frames" read \
	    2>"$dir/said" | wc -c >"$dir/count"
	is "$(cat "$dir/said")" 76 "a bomb in $format is too large"
	[ "$(cat "$dir/count")" -le "$most" ]
	ok $? "and no more than allowed came out of it ($format)"
	rm "$dir/bomb.$format"
done

# --- What is no compressed file ------------------------------------------------

ends "$dir/in.empty" 75 "an empty file is one that has just been begun"
ends "$dir/in.log" 66 "plain text is no compressed file"
ends "$dir/in.random" 66 "nor are random bytes"
head -c 100000 /dev/zero >"$dir/zeros"
ends "$dir/zeros" 66 "nor are NULs"
printf '\037' >"$dir/packed"
ends "$dir/packed" 75 "the first byte of a magic number may become one"
printf '\037\235\220abc' >"$dir/packed"
ends "$dir/packed" 69 "compress(1) is known and cannot be read"
printf '\004\042\115\030abc' >"$dir/packed"
ends "$dir/packed" 69 "lz4(1) is known and cannot be read"
ends /dev/null 66 "a device is no file"
ends / 66 "nor is a directory"
cat "$dir"/*.short | "$CTAIL_UNPACK" 2>/dev/null |
    "$python" "$frames" read 2>"$dir/said"
is "$(cat "$dir/said")" 66 "a pipe is not waited for"

# --- Exit status, options, descriptors -----------------------------------------

# status INPUT: the exit status.
status() {
	{
		"$CTAIL_UNPACK" <"$1" 2>/dev/null
		echo $? >"$dir/status"
	} | cat >/dev/null
	cat "$dir/status"
}
first=${built# }
first=${first%% *}
is "$(status "$dir/$first.log")" 0 "status 0: complete"
is "$(status "$dir/in.log")" 66 "status 66: not compressed"
is "$(status "$dir/in.empty")" 75 "status 75: unfinished"
printf 'LZIP\1' >"$dir/packed"
is "$(status "$dir/packed")" 69 "status 69: a format that it cannot read"
{
	cat "$dir/$first.short"
	echo rubbish
} >"$dir/packed"
is "$(status "$dir/packed")" 65 "status 65: damaged"

{
	"$CTAIL_UNPACK" <"$dir/$first.same" 2>"$dir/errors"
	echo $? >"$dir/status"
} | head -c 10 >/dev/null
is "$(cat "$dir/status")" 74 "status 74: the reader is gone"
is "$(cat "$dir/errors")" "" "which is nothing to talk about"

"$CTAIL_UNPACK" --nonsense </dev/null >/dev/null 2>"$dir/errors"
is $? 64 "status 64: an option it does not have"
"$CTAIL_UNPACK" "$dir/$first.log" </dev/null >/dev/null 2>"$dir/errors"
is $? 64 "or an operand"
like "$(cat "$dir/errors")" '^usage: ctail-unpack' "with its usage"
"$CTAIL_UNPACK" --help | grep '^usage: ctail-unpack' >/dev/null
ok $? "--help helps"
like "$("$CTAIL_UNPACK" --version)" '^ctail-unpack [0-9.]+' \
    "--version tells the version"
"$CTAIL_UNPACK" <"$dir/$first.log" >"$dir/file" 2>"$dir/errors"
is $? 64 "output to a file is refused"
like "$(cat "$dir/errors")" 'has to be a pipe' "and said"
is "$(wc -c <"$dir/file" | tr -d ' ')" 0 "before anything is written"
"$CTAIL_UNPACK" <&- 2>/dev/null | "$python" "$frames" read 2>"$dir/said"
is "$(cat "$dir/said")" 66 "closed standard input: not a file"
"$CTAIL_UNPACK" <"$dir/$first.log" >&- 2>"$dir/errors"
is $? 64 "closed standard output: refused"
"$CTAIL_UNPACK" <"$dir/$first.short" 2>&- | "$python" "$frames" read \
    >"$dir/plain" 2>"$dir/said"
cmp "$dir/plain" "$dir/in.short" >/dev/null
ok $? "closed standard error does not matter"
{
	"$CTAIL_UNPACK" 2>&1 0>"$dir/written"
	echo $? >"$dir/status"
} | cat >/dev/null
is "$(cat "$dir/status")" 74 "an input that cannot be read: status 74"

# The offset belongs to whoever opened the file.
{
	"$CTAIL_UNPACK" | "$python" "$frames" read >"$dir/plain" 2>/dev/null
	cat >"$dir/after"
} <"$dir/$first.short"
cmp "$dir/after" "$dir/$first.short" >/dev/null
ok $? "the offset of standard input stays where it was"
cmp "$dir/plain" "$dir/in.short" >/dev/null
ok $? "and does not matter"

# --- Over a socket ------------------------------------------------------------

served() { # served FILE: as systemd starts it; $said, $dir/plain
	"$python" "$frames" serve "$1" "$CTAIL_UNPACK" >"$dir/plain" \
	    2>"$dir/said.all"
	status=$?
	said=$(tail -n 1 "$dir/said.all")
}
served "$dir/$first.log"
is "$said $status" "0 0" "a file handed over a socket is unpacked"
cmp "$dir/plain" "$dir/in.log" >/dev/null
ok $? "byte for byte"
served "$dir/in.log"
is "$said" 66 "the status comes over the socket"
served dir
is "$said" 66 "a directory is no file there either"
served -
is "$said $status" "none 64" "nothing handed over: nothing is said"
like "$(cat "$dir/said.all")" 'no file was handed over' \
    "but on standard error"

sentence="one for each connection"
if command -v systemd-socket-activate >/dev/null; then
	systemd-socket-activate --accept --inetd --listen="$dir/sock" \
	    "$CTAIL_UNPACK" 2>"$dir/activate.log" &
	mine $!
	until_true 10 test -S "$dir/sock"
	good=0
	for try in 1 2 3; do
		"$python" "$frames" ask "$dir/sock" "$dir/$first.short" \
		    >"$dir/plain" 2>"$dir/said" &&
		    cmp "$dir/plain" "$dir/in.short" >/dev/null &&
		    good=$((good + 1))
	done
	is "$good" 3 "$sentence"
else
	skip "$sentence" "systemd-socket-activate is not installed"
fi

# --- What it may do -----------------------------------------------------------

# One that waits for its reader can be looked at.
mkfifo "$dir/pipe"
"$CTAIL_UNPACK" <"$dir/$first.same" >"$dir/pipe" &
busy=$!
exec 7<"$dir/pipe"
proc=/proc/$busy/status
waits() {
	grep '^State:.S' "$proc" && [ "$(wc -l </proc/$busy/maps)" -gt 5 ] &&
	    grep -q '^Max core file size *0 *0 ' /proc/$busy/limits
}
if [ -r "$proc" ] && until_true 10 waits; then
	for limit in "Max file size" "Max open files" "Max processes"; do
		like "$(grep "^$limit" /proc/$busy/limits)" "^$limit +0 +0 " \
		    "its limit is none: $limit"
	done
	if grep -q 'define CONFINE_AUDIT_ARCH' "$builddir/config.h" &&
	    [ -z "$sanitize_flags" ]; then
		like "$(cat "$proc")" '^Seccomp:.2' \
		    "the kernel filters its system calls"
		like "$(cat "$proc")" '^NoNewPrivs:.1' \
		    "it can gain no privilege"
		like "$(grep "^Max address space" /proc/$busy/limits)" \
		    ' 268435456 +268435456 ' "its memory is bounded"
	else
		skip "the kernel filters its system calls" "not in this build"
	fi
	if [ "$(id -u)" = 0 ]; then
		like "$(cat "$proc")" '^Uid:.65534.65534.65534.65534' \
		    "root becomes nobody"
		like "$(cat "$proc")" '^Gid:.65534.65534.65534.65534' \
		    "and nobody's group"
		like "$(cat "$proc")" '^Groups:[[:space:]]*$' "and no other"
	else
		skip "root becomes nobody" "the test is not root's"
	fi
	rss=$(awk '/^VmHWM/ { print $2 }' "$proc")
	if [ -z "$sanitize_flags" ]; then
		[ "$rss" -lt 16384 ]
		ok $? "it is small ($rss kB)"
	fi
else
	skip "its limits" "there is no /proc to see them in"
fi
exec 7<&-
wait "$busy"
is $? 74 "it ends when its reader does"

tap_done
