# differential.t (long): many more random patterns and configurations, with a
# seed of the day.
#
# CTAIL_RANDOM says how many patterns (1000000), CTAIL_SEEDS how many
# configurations (60), CTAIL_SEED which comes first.
. "${CTAIL_ENV:?}"
seed=${CTAIL_SEED:-$(date +%Y%m%d)}
echo "# seed $seed"
[ -x "$builddir/tests/unit/judge_sweep_random" ] ||
    make -C "$builddir" -s tests/unit/judge_sweep_random >/dev/null 2>&1
"$builddir/tests/unit/judge_sweep_random" "$seed" \
    "${CTAIL_RANDOM:-1000000}" >"$dir/said" 2>&1
status=$?
sed -n 's/^\(# .*\)/\1/p' "$dir/said" | cut -c 1-200
ok "$status" "random patterns match the same with each engine, by block too"
CTAIL_SEED=$seed CTAIL_SEEDS=${CTAIL_SEEDS:-60} \
    sh "$srcdir/tests/cli/differential.t" >"$dir/said" 2>&1
status=$?
grep '^not ok\|^#' "$dir/said" | sed 's/^not ok/# not ok/' | cut -c 1-300
ok "$status" "agents tell the same with and without a sweep"
tap_done
