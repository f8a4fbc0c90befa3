# ctail_dropin.t: under the names of the old tools ctail takes their command
# lines and keeps their exit statuses, and one offset file serves all.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/ctail.sh"
mkdir "$dir/bin"
for name in logtail logtail2 pygtail; do
	ln -s "$CTAIL" "$dir/bin/$name"
done

# --- logtail ----------------------------------------------------------------

for name in logtail logtail2; do
	fresh
	lines 1 3 >log
	as $name log
	lines 1 3 | cmp -s - out && [ "$code" -eq 0 ] && position log 48
	holds "$name LOG"
	as $name -f log
	printed 0 ''
	holds "$name -f LOG"
	lines 4 4 >>log
	as $name -t -f log
	lines 4 4 | cmp -s - out && position log 48
	holds "$name -t stores nothing"
	as $name -t log
	lines 4 4 | cmp -s - out && position log 48
	holds "$name -t LOG neither"
	as $name log there
	lines 1 4 | cmp -s - out && [ -s there ]
	holds "$name LOG FILE"
	as $name -f log -o there
	printed 0 ''
	holds "$name -f LOG -o FILE"
	rm log.offset
	as $name -f log -o ''
	lines 1 4 | cmp -s - out && position log 64
	holds "$name: an empty name is the default, as of an unset variable"
	rm log.offset
	as $name log ''
	lines 1 4 | cmp -s - out && position log 64
	holds "$name: behind the log too"
	as $name -o there -f other log
	printed 0 ''
	holds "$name: a log behind the options goes before -f"
	as $name
	failed 66 'no log'
	holds "$name without a log ends with 66"
	as $name -f none
	failed 66 'none'
	holds "$name with a log that is not there too"
	as $name .
	failed 66 'not a regular file'
	holds "$name with a directory too"
	as $name -f log -o no/such/directory
	failed 73 'no/such/directory'
	holds "$name ends with 73 when the offset cannot be stored"
	as $name --version
	[ "$code" -eq 0 ] && grep -q '^ctail [0-9]' out
	holds "$name --version says who it is"
	# What logcheck does with it.
	fresh
	lines 1 3 >log
	mkdir offsets
	"$dir/bin/$name" -f log -o "$dir/work/offsets/offset.log" >report 2>&1
	[ $? -eq 0 ] && lines 1 3 | cmp -s - report
	holds "$name as logcheck calls it"
done
fresh
lines 1 3 >log
as logtail log
mv log away
lines 7 7 >log
as logtail log
lines 7 7 | cmp -s - out && [ "$code" -eq 0 ] && grep -q WARN err
holds 'logtail knows no status for a gap, but it is said'
if [ -c /dev/full ]; then
	lines 8 8 >>log
	code=0
	"$dir/bin/logtail" log >/dev/full 2>err || code=$?
	[ "$code" -eq 1 ]
	holds 'logtail ends with 1 when its output fails'
else
	skip 'logtail ends with 1 when its output fails' 'no /dev/full'
fi

# --- pygtail ----------------------------------------------------------------

fresh
lines 1 3 >log
as pygtail log
lines 1 3 | cmp -s - out && [ "$code" -eq 0 ] && position log 48
holds 'pygtail LOG'
lines 4 9 >>log
as pygtail -p -n 2 --encoding utf-8 --full_lines --log-pattern '%s-x' \
    --offset-file=log.offset log
lines 4 9 | cmp -s - out && [ "$code" -eq 0 ] && position log 144
holds 'pygtail with its options'
as pygtail -o new --read-from-end log
printed 0 '' && [ -s new ]
holds 'pygtail --read-from-end'
lines 1 1 >log
as pygtail --no-copytruncate log
printed 0 '' && grep -q 'WARN.*shrank, and copytruncate support is disabled' err
holds 'pygtail --no-copytruncate warns in its words'
lines 1 3 >log
rm log.offset
as pygtail -o '' log
lines 1 3 | cmp -s - out && position log 48
holds "pygtail -o '' is the default, as of an unset variable"
as pygtail
[ "$code" -eq 2 ]
holds 'pygtail without a log ends with 2'
as pygtail log log2
[ "$code" -eq 2 ]
holds 'with two logs too'
as pygtail --follow log
[ "$code" -eq 2 ]
holds 'and with an option that it has not'
as pygtail none
failed 1 none
holds 'everything else is 1'
printf 'x\n' >broken
as pygtail -o broken log
failed 1 'damaged.*ctail --reset'
holds 'a damaged offset file too'
as pygtail --help
[ "$code" -eq 0 ] && grep -q -e '--every-n' out && ! grep -q -e '--follow' out
holds 'pygtail --help shows what pygtail takes'

# --- The real ones, in turn -------------------------------------------------

# turns TOOL...: each reads what came since the one before; together every
# line once.
turns() {
	fresh
	: >all
	line=1
	turn=0
	while [ "$turn" -lt 40 ]; do
		lines "$line" $((line + turn % 4)) >>log
		line=$((line + turn % 4 + 1))
		for tool; do
			"$tool" log >>all 2>>err || echo "$tool failed" >>all
			[ $((turn % 3)) -ne 0 ] || break
		done
		# Renamed by the rules that all of them know, when it is
		# ctail's turn next.
		if [ $((turn % 10)) -eq 7 ]; then
			lines "$line" "$line" >>log
			line=$((line + 1))
			mv log log.1
			: >log
			"$CTAIL" log >>all 2>>err
		fi
		turn=$((turn + 1))
	done
	"$CTAIL" log >>all 2>>err
	lines 1 $((line - 1)) | cmp -s - all
}
is_usable() {
	command -v "$1" >/dev/null 2>&1 || return 1
	lines 1 1 >probe
	"$1" probe >/dev/null 2>&1
}
for real in pygtail logtail logtail2; do
	if is_usable "$real"; then
		turns "$CTAIL" "$(command -v "$real")"
		holds "$real and ctail in turn: every line once"
		turns "$(command -v "$real")" "$CTAIL"
		holds "ctail and $real in turn: every line once"
	else
		skip "$real and ctail in turn: every line once" "no $real"
		skip "ctail and $real in turn: every line once" "no $real"
	fi
done

tap_done
