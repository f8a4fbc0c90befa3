# differential.t: an agent that passes over lines nobody wants tells the same
# as one that looks at each: context, windows, `new', joined records, cut lines,
# CRLF, last lines completed later, rotations, files that grow in pieces.
#
# CTAIL_SEEDS says how many random configurations with their logs (5),
# CTAIL_SEED which comes first.  See differential.py.
. "${CTAIL_ENV:?}"
python=/usr/bin/python3
[ -x "$python" ] || python=python3
command -v "$python" >/dev/null || skip_all "python3 is not here"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
worlds=$(mktemp -d "${TMPDIR:-/tmp}/ctail-differential.XXXXXX") || exit 99
"$python" "$srcdir/tests/cli/differential.py" "$worlds" \
    "${CTAIL_SEED:-1}" "${CTAIL_SEEDS:-5}"
result=$?
# What failed is kept.
rmdir "$worlds" 2>/dev/null
exit "$result"
