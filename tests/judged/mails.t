# mails.t: mails of hostile alerts, judged by Python's parsers of mail,
# mailboxes and HTML.
#
# MAILS=400 and SEED=1 choose others.
# shellcheck disable=SC2154
. "${CTAIL_ENV:?}"
python=${PYTHON:-$(command -v python3)} || skip_all "python3 is not here"

TZ=UTC "$builddir/tests/judged/mails" "${MAILS:-400}" "${SEED:-1}" \
    >"$dir/frames"
is "$?" 0 "mails are made of alerts"
is "$("$python" "$srcdir/tests/judged/mails.py" "$dir/frames" \
    "$dir/mbox" 2>&1)" \
    "${MAILS:-400} mails, some matches, 0 wrong" \
    "each header, part, mark and mailbox entry says what it was given"
tap_done
