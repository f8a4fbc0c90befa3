# table.t: every everyday situation of a log file under every reader.
#
# A cell of the table is a scenario (tests/scenarios/rows) under `ctail',
# `ctail --follow', ctaild or `ctaild --once', with the notify backend of this
# build; its lines are numbered, and none is lost, repeated, torn or out of
# order.  ROWS and READERS (regular expressions) choose some of them.
. "${CTAIL_ENV:?}"
python=/usr/bin/python3
[ -x "$python" ] || python=python3
command -v "$python" >/dev/null || skip_all "python3 is not here"
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE
"$python" "$srcdir/tests/scenarios/run.py" "$dir/cells"
