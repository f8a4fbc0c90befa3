# manual.t: the manual pages are clean mdoc and refer to pages that exist.
. "${CTAIL_ENV:?}"

pages=$(cd "$srcdir" && ls man/*.[1578])

for page in $pages; do
	if command -v mandoc >/dev/null 2>&1; then
		is "$(cd "$srcdir" && mandoc -T lint -W warning "$page" 2>&1)" "" \
		    "mandoc finds nothing wrong in $page"
	else
		skip "mandoc finds nothing wrong in $page" \
		    "mandoc is not installed"
	fi
done

for page in $pages; do
	grep -q "man/$(basename "$page")\\>" "$srcdir/Makefile.am"
	ok $? "$page is installed"
done

# A word of a heading that is a macro of mdoc's is not printed as it stands:
# `.Ss In five minutes' becomes `<five> minutes'.
swallowed=$(cd "$srcdir" && grep -nE \
    '^\.S[sh] (.* )?(An|Ar|At|Do|Em|En|Ex|In|Me|No|Ns|On|Op|Or|St|Ta)( |$)' \
    man/*.[1578])
is "$swallowed" "" "no word of a heading is taken for a macro"

# References to our own pages lead somewhere.
broken=$(cd "$srcdir" && cat man/*.[1578] |
    sed -n 's/^\.Xr \(ctail[a-z.-]*\) \([0-9]\).*/\1.\2/p' | sort -u |
    while read -r page; do
	[ -e "man/$page" ] || echo "$page"
    done)
is "$broken" "" "every reference to a page of ctail leads to one"

# Each page has what a reader looks for.
for page in $pages; do
	sections='NAME DESCRIPTION FILES EXAMPLES'
	case $page in
	*.7) sections='NAME DESCRIPTION' ;;	# examples throughout
	esac
	for section in $sections; do
		grep -q "^\\.Sh $section" "$srcdir/$page" ||
		    echo "$page has no $section"
	done
done >"$dir/lacking"
is "$(cat "$dir/lacking")" "" "every page has its usual sections"

tap_done
