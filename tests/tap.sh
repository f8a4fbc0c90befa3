# tests/tap.sh: TAP, a private directory and bounded waiting for shell tests.
#
# A test sources env.sh, calls ok/is/like/skip with a sentence, and ends with
# `tap_done`.  $dir is its own directory, removed at the end (kept when
# CTAIL_KEEP is set).  Processes whose ids are given to `mine` are ended by id.
LC_ALL=C
export LC_ALL
umask 022
unset STATE_DIRECTORY XDG_STATE_HOME XDG_CONFIG_HOME CREDENTIALS_DIRECTORY \
    JOURNAL_STREAM ALL_PROXY all_proxy http_proxy https_proxy HTTP_PROXY \
    HTTPS_PROXY 2>/dev/null || true
tap_count=0
tap_failed=0
tap_mine=
dir=$(mktemp -d "${TMPDIR:-/tmp}/ctail-test.XXXXXX") || exit 99
HOME=$dir
export HOME

tap_cleanup() {
	for tap_pid in $tap_mine; do
		kill "$tap_pid" 2>/dev/null
	done
	for tap_pid in $tap_mine; do
		wait "$tap_pid" 2>/dev/null
	done
	[ -n "${CTAIL_KEEP:-}" ] || rm -rf "$dir"
}
trap tap_cleanup EXIT
trap 'exit 99' INT TERM HUP

mine() {
	tap_mine="$tap_mine $1"
}

# end PID: TERM, and wait for it; its status is in $status.
end() {
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	status=$?
}

ok() { # ok STATUS SENTENCE
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		echo "not ok $tap_count - $2"
		tap_failed=$((tap_failed + 1))
	fi
}

is() { # is GOT WANT SENTENCE
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '%s\n' "--- got:" "$1" "--- want:" "$2" | sed 's/^/#  /'
	fi
}

like() { # like TEXT ERE SENTENCE
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '%s\n' "--- got:" "$1" "--- not like:" "$2" | sed 's/^/#  /'
	fi
}

unlike() { # unlike TEXT ERE SENTENCE
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		ok 1 "$3"
		printf '%s\n' "--- got:" "$1" "--- is like:" "$2" | sed 's/^/#  /'
	else
		ok 0 "$3"
	fi
}

skip() { # skip SENTENCE REASON
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

skip_all() { # skip_all REASON
	echo "1..0 # SKIP $1"
	exit 0
}

# until_true SECONDS COMMAND...: tries until it succeeds or time is up.
until_true() {
	tap_until=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$tap_until" ] || return 1
		sleep 0.05
	done
	return 0
}

tap_done() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}
