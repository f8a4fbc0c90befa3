# interop.t: tests/interop, 10,000 turns.
TURNS=${TURNS:-10000}
SEED=${SEED:-$(date +%s)}
. "${CTAIL_ENV:?}"
. "$srcdir/tests/interop/interop.t"
