# cookbook.t: every recipe of ctail-cookbook(7) is run: its configuration is
# good, and of its lines it tells what the page says.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/page.sh"
TZ=UTC
export TZ
host=$(uname -n)

recipes=$(blocks recipe)
count=0
for recipe in $recipes; do
	count=$((count + 1))
	block recipe "$recipe" >"$dir/try.ini"
	block sample "$recipe" >"$dir/sample.log"
	block told "$recipe" >"$dir/told"
	[ -s "$dir/try.ini" ] && [ -s "$dir/sample.log" ] && [ -s "$dir/told" ]
	ok $? "$recipe: the page has a rule, lines and what they tell"
	output=$("$CTAILCTL" -c "$dir/try.ini" --state-dir "$dir/state" \
	    check 2>&1)
	status=$?
	# Not every machine has every program and log of the page.
	output=$(printf '%s\n' "$output" |
	    grep -Ev ' is not there$|^ctailctl: note: .* there yet')
	is "$status $output" "0 $dir/try.ini is good: ${output#*is good: }" \
	    "$recipe: the configuration is good, and nothing is questionable"
	"$CTAILCTL" -c "$dir/try.ini" test "$dir/sample.log" >"$dir/out" \
	    2>"$dir/err"
	is "$? $(cat "$dir/err")" "0 " "$recipe: the test runs without a word"
	is "$(sed "/^\$/,\$d; s/^[0-9-]* //; s/ on $host\\([: ]\\)/ on HOST\\1/" \
	    "$dir/out")" \
	    "$(cat "$dir/told")" "$recipe: and tells what the page says"
done
[ "$count" -ge 18 ]
ok $? "the page has its recipes"

# One that tells something else would be noticed.
block recipe sec-single >"$dir/try.ini"
echo "Nov 22 14:03:08 web1 kernel: nothing of interest" >"$dir/sample.log"
is "$("$CTAILCTL" -c "$dir/try.ini" test "$dir/sample.log" |
    sed '/^$/,$d')" "" "a line that does not match tells nothing"

tap_done
