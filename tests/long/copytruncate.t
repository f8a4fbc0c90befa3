# copytruncate.t: logrotate copies and truncates a log under a flood of lines:
# what is in any file is told once, whole, in its order; lost is only what
# logrotate has destroyed before anybody could read it.
#
# ROTATIONS=1000 of a log with RATE=50000 lines a second, read by
# `ctail --follow' and by ctaild, undisturbed and stopped at random; killed at
# random for ROTATIONS/5.  A killed `ctail --follow' tells again what it had
# not stored yet; ctaild does not.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/long/lib.sh"
command -v logrotate >/dev/null || skip_all "logrotate is not here"
rotations=${ROTATIONS:-1000}

# churn READER DISTURB ROTATIONS
churn() {
	churn_name="$1, $2, $3 rotations"
	rm -rf "$dir/churn"
	mkdir "$dir/churn"
	chmod 755 "$dir/churn"
	DISTURB=$2 ROTATIONS=$3 "$python" "$long/churn.py" "$dir/churn" "$1" \
	    2>"$dir/said"
	is "$?" 0 "$churn_name"
	mv "$dir/churn/counted" "$dir/churn/details" "$dir"
	zero lost
	ok $? "$churn_name: lost is only what is in no file"
	if [ "$1 $2" != "follow kill" ]; then
		zero repeated out_of_order
		ok $? "$churn_name: nothing is told twice, or out of order"
		zero torn gaps
		ok $? "$churn_name: nothing is torn but by logrotate, no gap told"
	fi
	tell "copytruncate: $1 $2"
	[ "$tap_failed" -eq 0 ] || head -n 20 "$dir/details" | sed 's/^/#  /'
	unlike "$(cat "$dir/said" "$dir/churn/said")" \
	    'Sanitizer|runtime error|BUG|stored already' \
	    "$churn_name: no program complained about itself"
}

churn follow none "$rotations"
churn follow stop "$rotations"
churn agent none "$rotations"
churn agent stop "$rotations"
churn agent kill $((rotations / 5))
churn follow kill $((rotations / 5))
rm -rf "$dir/churn"
finish copytruncate
