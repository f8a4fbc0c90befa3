# interop.t: ctail and the real pygtail, logtail and logtail2 take turns on one
# offset file: no line is lost, none is told twice.
#
# TURNS=300 (check-long: 10000); SEED chooses what is random (1).
SEED=${SEED:-1}
. "${CTAIL_ENV:?}"
. "$srcdir/tests/long/lib.sh"
for tool in pygtail logtail logtail2; do
	command -v "$tool" >/dev/null || skip_all "$tool is not here"
done
turns=${TURNS:-300}

mkdir "$dir/log"
"$python" "$srcdir/tests/interop/alternate.py" "$dir/log" "$turns" \
    2>"$dir/said"
is "$?" 0 "$turns turns"
mv "$dir/log/counted" "$dir/log/details" "$dir" 2>/dev/null
zero lost
ok $? "no line is lost"
zero repeated
ok $? "none is told twice"
zero failed
ok $? "each program prints just what is new, and ends well"
tell interop
finish interop
