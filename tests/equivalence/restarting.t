#!/bin/sh
# restarting.t: a restart changes nothing about what is decided.
#
# CTAIL_SEEDS and CTAIL_SEED choose others; see tests/equivalence/restarting.c.
# shellcheck disable=SC2154,SC1090
. "$CTAIL_ENV"
exec "$builddir/tests/equivalence/restarting" "${CTAIL_SEED:-1}" \
    "${CTAIL_SEEDS:-400}"
