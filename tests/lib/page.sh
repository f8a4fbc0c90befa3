# page.sh: the parts of ctail-cookbook(7), for the tests that run them.
page=$srcdir/man/ctail-cookbook.7

# block KIND NAME: what stands under `.\" KIND: NAME`, without what mdoc needs
# to show a backslash and the like.
block() {
	awk -v mark="$1: $2" '
	$0 == ".\\\" " mark { marked = 1; next }
	marked && /^\.Bd -literal/ { inside = 1; next }
	/^\.Ed/ { if (inside) exit }
	inside' "$page" | sed 's/\\&//g; s/\\-/-/g; s/\\e/\\/g'
}

# blocks KIND: the names of those of a kind.
blocks() {
	sed -n "s/^\\.\\\\\" $1: //p" "$page"
}
