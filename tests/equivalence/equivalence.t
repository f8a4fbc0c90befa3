# equivalence.t: however logs are read, the same is decided of them: by an
# agent, by passes, under kills, in a rehearsal and by `ctailctl test`.
#
# CTAIL_SEEDS says how many random configurations with their logs (12),
# CTAIL_SEED which comes first.  See equivalence.py.
. "${CTAIL_ENV:?}"
python=/usr/bin/python3
[ -x "$python" ] || python=python3
command -v "$python" >/dev/null || skip_all "python3 is not here"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
worlds=$(mktemp -d "${TMPDIR:-/tmp}/ctail-equivalence.XXXXXX") || exit 99
"$python" "$srcdir/tests/equivalence/equivalence.py" "$worlds" \
    "${CTAIL_SEED:-1}" "${CTAIL_SEEDS:-12}"
result=$?
# What failed is kept.
rmdir "$worlds" 2>/dev/null
exit "$result"
