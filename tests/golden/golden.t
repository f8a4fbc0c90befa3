#!/bin/sh
# golden.t: every case in tests/golden/cases; what a case is stands in
# tests/golden/golden.c.
# shellcheck disable=SC2154,SC1090
. "$CTAIL_ENV"
exec "$builddir/tests/golden/golden" "$srcdir"/tests/golden/cases/*.case
