# equivalence.t: the property of tests/equivalence with many more seeds: however
# logs are read, and whenever a program restarts or is killed, the same is
# decided.
#
# CTAIL_SEEDS=N random configurations with their logs (200; each takes about
# two seconds), and ten times as many scripts with restarts; CTAIL_SEED says
# which comes first (SEED, the time, when not given).
. "${CTAIL_ENV:?}"
. "$srcdir/tests/long/lib.sh"
first=${CTAIL_SEED:-$SEED}
seeds=${CTAIL_SEEDS:-200}
worlds=$(mktemp -d "${TMPDIR:-/tmp}/ctail-equivalence.XXXXXX") || exit 99

"$python" "$srcdir/tests/equivalence/equivalence.py" "$worlds" "$first" \
    "$seeds" >"$dir/told"
ok $? "$seeds configurations from seed $first: the same, however it is read"
grep -v '^ok\|^1\.\.' "$dir/told" | sed 's/^not ok/#  not ok/'
# What failed is kept.
rmdir "$worlds" 2>/dev/null

if [ -x "$builddir/tests/equivalence/restarting" ]; then
	"$builddir/tests/equivalence/restarting" "$first" $((10 * seeds)) \
	    >"$dir/told"
	ok $? "$((10 * seeds)) scripts from seed $first: restarts change nothing"
	grep -v '^ok\|^1\.\.' "$dir/told" | sed 's/^not ok/#  not ok/'
else
	skip "restarts change nothing" \
	    "tests/equivalence/restarting is not built: make check builds it"
fi
finish equivalence
