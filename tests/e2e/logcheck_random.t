# logcheck_random.t: rule directories made by chance are reported as Debian's
# real logcheck reports them, byte for byte.
#
# LOGCHECK_SEED is the first that is tried, LOGCHECK_ROUNDS how many are.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/logcheck.sh"
logcheck_needs "$logcheck"
[ -n "$python" ] || skip_all "python3 is not here"
TZ=UTC
PYTHONDONTWRITEBYTECODE=1
export TZ PYTHONDONTWRITEBYTECODE

seed=${LOGCHECK_SEED:-1}
last=$((seed + ${LOGCHECK_ROUNDS:-6} - 1))
told=0
while [ "$seed" -le "$last" ]; do
	begin
	case $((seed % 3)) in
	0) level=paranoid ;;
	1) level=server ;;
	2) level=workstation ;;
	esac
	"$python" "$srcdir/tests/lib/logcheck_random.py" "$seed" "$dir/rules" \
	    "$dir/logs"
	same "seed $seed, level $level"
	told=$((told + $(wc -l <"$dir/want")))
	seed=$((seed + 1))
done
[ "$told" -gt 0 ]
ok $? "$told lines were told by both"
tap_done
