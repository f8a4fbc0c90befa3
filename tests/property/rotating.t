#!/bin/sh
# rotating.t: random programs of what happens to a log, and the ones that
# failed once.
#
# CTAIL_PROGRAMS and CTAIL_SEED choose others; see tests/property/rotating.c.
# shellcheck disable=SC2154,SC1090
. "$CTAIL_ENV"
if [ -x "$CTAIL_UNPACK" ] && command -v gzip >/dev/null 2>&1; then
	export CTAIL_UNPACK
else
	echo "# nothing is compressed: no gzip, or no ctail-unpack"
	unset CTAIL_UNPACK
fi
set -- "$srcdir"/tests/property/kept/*
[ -e "$1" ] || shift
exec "$builddir/tests/property/rotating" "$@"
