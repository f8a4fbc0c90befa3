# tests/lib/logcheck.sh: Debian's logcheck in a test, as it is.
#
# Sourced after env.sh.  logcheck and its rules are unpacked by `./bootstrap
# check`, or installed.  It refuses to be root, so root runs it as nobody.
logcheck=/usr/sbin/logcheck
logcheck_rules=/etc/logcheck
if [ -x "$CTAIL_PEERS/root$logcheck" ]; then
	logcheck=$CTAIL_PEERS/root$logcheck
	logcheck_rules=$CTAIL_PEERS/root$logcheck_rules
fi
as_user=
if [ "$(id -u)" -eq 0 ]; then
	as_user='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi

# logcheck_lacks PROGRAM...: what is missing to run it, or that nobody may run
# one of these programs; false when nothing is.
logcheck_lacks() {
	chmod 755 "$dir"
	for logcheck_program in "$@" "$logcheck"; do
		$as_user test -x "$logcheck_program" 2>/dev/null ||
		    logcheck_program=none
		[ "$logcheck_program" != none ] || break
	done
	if [ ! -x "$logcheck" ]; then
		echo "logcheck is not here"
	elif [ ! -d "$logcheck_rules/ignore.d.server" ]; then
		echo "logcheck-database is not here"
	elif [ ! -x /usr/sbin/logtail2 ]; then
		echo "logtail2 is not here"
	elif [ ! -x /usr/bin/lockfile-create ]; then
		echo "lockfile-progs is not here"
	elif [ "$logcheck_program" = none ]; then
		echo "logcheck refuses root, and nobody else can run this build"
	else
		return 1
	fi
}

# logcheck_needs PROGRAM...: the whole test is skipped where something is
# missing.
logcheck_needs() {
	! logcheck_missing=$(logcheck_lacks "$@") || skip_all "$logcheck_missing"
}

# logcheck_prepare DIRECTORY: its own settings in DIRECTORY/conf; the script
# stays as it is.
logcheck_prepare() {
	mkdir "$1" "$1/lock" "$1/state"
	cat >"$1/conf" <<-END
	INTRO=0
	TMP=$1
	LOCKDIR=$1/lock
	LOCKFILE=$1/lock/logcheck
	END
	[ -z "$as_user" ] || chown -R 65534:65534 "$1"
}

# logcheck_run DIRECTORY RULES OPTION...: of the logs that $dir/logfiles
# names.
logcheck_run() {
	logcheck_of=$1
	logcheck_with=$2
	shift 2
	[ -d "$dir/logfiles.d" ] || mkdir "$dir/logfiles.d"
	$as_user env -u TMPDIR PATH="$PATH" HOME="$logcheck_of" \
	    "$logcheck" -o -c "$logcheck_of/conf" \
	    -L "$dir/logfiles" -D "$dir/logfiles.d" -r "$logcheck_with" \
	    -S "$logcheck_of/state" "$@"
}

# --- Both reports -------------------------------------------------------------
# logcheck's of $dir/logs in $dir/want, and that of a [logcheck] section in
# $dir/got.

python=$(command -v python3)
conf=$dir/ctail.ini
rules=$dir/rules level=server cracking_ignore=no

compare() {
	PYTHONDONTWRITEBYTECODE=1 "$python" "$srcdir/tests/lib/logcheck.py" \
	    "$@"
}

# forget: what was read.
forget() {
	rm -rf "$dir/theirs" "$dir/state"
	logcheck_prepare "$dir/theirs"
}

# begin: no rules and no logs.
begin() {
	forget
	rm -rf "$dir/rules" "$dir/logs"
	mkdir "$dir/logs"
	for begin_layer in cracking.d violations.d violations.ignore.d \
	    ignore.d.paranoid ignore.d.server ignore.d.workstation; do
		mkdir -p "$dir/rules/$begin_layer"
	done
	rules=$dir/rules level=server cracking_ignore=no
}

rule() { # rule DIRECTORY/FILE LINE...: added to that file
	rule_file=$dir/rules/$1
	shift
	mkdir -p "${rule_file%/*}"
	printf '%s\n' "$@" >>"$rule_file"
}

log() { # log NAME: standard input is added to that log
	cat >>"$dir/logs/$1"
}

said() { # said TEXT...: a line each, at ten o'clock, into the log
	for said_text in "$@"; do
		printf 'Nov 22 10:00:00 box %s\n' "$said_text"
	done | log syslog
}

section() { # the configuration
	cat <<-END
	[agent]
	state_dir = $dir/state
	sink = told mailed
	reserve = 0

	[log all]
	path = $dir/logs/*
	start = start

	[logcheck system]
	log = all
	level = $level
	rules = $rules
	cracking_ignore = $cracking_ignore

	[file told]
	path = $dir/alerts

	[file mailed]
	path = $dir/mbox
	format = mbox
	END
}

# theirs: logcheck's report, in $dir/want; its complaints in $dir/theirs.err.
# Of its complaints those about stray backslashes are grep's warnings only.
theirs() {
	for theirs_log in "$dir"/logs/*; do
		case $theirs_log in
		*.[0-9]) ;;
		*) echo "$theirs_log" ;;
		esac
	done >"$dir/logfiles"
	case $level in
	paranoid) set -- -p ;;
	server) set -- -s ;;
	workstation) set -- -w ;;
	esac
	[ "$cracking_ignore" = no ] ||
	    echo SUPPORT_CRACKING_IGNORE=1 >>"$dir/theirs/conf"
	logcheck_run "$dir/theirs" "$rules" "$@" >"$dir/theirs.report" \
	    2>"$dir/theirs.said"
	echo "status $?" >>"$dir/theirs.said"
	grep -v 'grep: warning: ' "$dir/theirs.said" >"$dir/theirs.err"
	compare plain "$dir/theirs.report" >"$dir/want"
}

# ours: ctail's, in $dir/got.
ours() {
	section >"$conf"
	rm -f "$dir/alerts" "$dir/mbox"
	"$CTAILD" -c "$conf" --libexec "$builddir" --once >"$dir/ours.said" \
	    2>"$dir/ours.err"
	ours_status=$?
	compare reports "$dir/alerts" >"$dir/got"
}

# same SENTENCE: both report the same, and that is in $dir/want.
same() {
	theirs
	is "$(cat "$dir/theirs.err")" "status 0" "$1: logcheck has no complaint"
	ours
	[ "$ours_status" -eq 0 ]
	ok $? "$1: ctail's pass is good"
	identical "$1"
}

identical() { # identical SENTENCE
	cmp -s "$dir/got" "$dir/want"
	ok $? "$1"
	if ! cmp -s "$dir/got" "$dir/want"; then
		diff -u "$dir/want" "$dir/got" | head -n 30 | cat -v |
		    cut -c 1-300 | sed 's/^/#  /'
		sed 's/^/#  ctaild: /' "$dir/ours.err"
	fi
}

has() { # has SENTENCE LINE...: the report has each of these lines
	has_sentence=$1
	shift
	has_missing=
	for has_line in "$@"; do
		grep -Fqxe "$has_line" "$dir/want" ||
		    has_missing="${has_missing}[$has_line]"
	done
	is "$has_missing" "" "$has_sentence"
}

hasnt() { # hasnt SENTENCE TEXT...: it has none of these texts
	hasnt_sentence=$1
	shift
	hasnt_found=
	for hasnt_text in "$@"; do
		grep -Fqe "$hasnt_text" "$dir/want" &&
		    hasnt_found="${hasnt_found}[$hasnt_text]"
	done
	is "$hasnt_found" "" "$hasnt_sentence"
}
