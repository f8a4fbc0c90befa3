# logcheck_manual.t: somebody who has logcheck follows ctail-logcheck(7): what
# the page writes is written, what it says to run is run, and prints what the
# page says.
#
# The paths of the page stand below $dir/root.  Rules are few, and of our own;
# with Debian's, where they are here, the report is the same.
. "${CTAIL_ENV:?}"
TZ=UTC
export TZ
page=$srcdir/man/ctail-logcheck.7
root=$dir/root
host=$(uname -n)
python=$(command -v python3) || skip_all "python3 is not here"
mkdir -p "$root/etc/ctail" "$root/etc/cron.d" "$root/var/log" \
    "$root/var/lib/ctail" "$root/var/lib/logcheck" "$dir/bin"
peers_rules=$CTAIL_PEERS/root/etc/logcheck

# block KIND NAME: noted as used; what stands under `.\" KIND: NAME`, without what mdoc needs
# to show a backslash and the like.
block() {
	echo "$1: $2" >>"$dir/used"
	awk -v mark="$1: $2" '
	$0 == ".\\\" " mark { marked = 1; next }
	marked && /^\.Bd -literal/ { inside = 1; next }
	/^\.Ed/ { if (inside) exit }
	inside' "$page" | sed 's/\\&//g; s/\\-/-/g; s/\\e/\\/g'
}

# here: the page's paths below $root, also the one that is not written; its
# mailer is ours, and its user is who runs this.
here() {
	sed "s|/etc/|$root/etc/|g; s|/var/|$root/var/|g; s| -o ctail||
	    s|^to = root|&\\ncommand = $dir/mailer|
	    s|^\\[logcheck .*|&\\nrules = $root/etc/logcheck|"
}

page_file() { # page_file PATH: as the page has it
	mkdir -p "$root${1%/*}"
	block file "$1" | here >"$root$1"
	[ -s "$root$1" ]
	ok $? "the page has $1"
}

# follow NAME: runs the page's commands; what they print is in $dir/printed.
follow() {
	block commands "$1" | here >"$dir/commands"
	[ -s "$dir/commands" ] || ok 1 "the page has the commands $1"
	(PATH=$dir/bin:$PATH && . "$dir/commands") >"$dir/printed" 2>&1
	follow_status=$?
	sed -i "s|$root||g" "$dir/printed"
}

prints() { # prints NAME SENTENCE: just what the page says
	is "$follow_status $(cat "$dir/printed")" "0 $(block prints "$1")" "$2"
}

for name in ctaild ctailctl; do
	case $name in
	ctaild) program=$CTAILD ;;
	*) program=$CTAILCTL ;;
	esac
	cat >"$dir/bin/$name" <<-END
	#!/bin/sh
	exec $program -c $root/etc/ctail/ctail.ini --libexec $builddir "\$@"
	END
	chmod 755 "$dir/bin/$name"
done
# The mailer makes a mailbox.
cat >"$dir/mailer" <<END
#!/bin/sh
{ echo "From ctail Sun Nov 22 14:00:00 2026"; cat; echo; } >>$dir/mbox
END
chmod 755 "$dir/mailer"

mail() {
	PYTHONDONTWRITEBYTECODE=1 "$python" "$srcdir/tests/lib/mail.py" \
	    "$dir/mbox" "$@"
}

# pass [OPTION...]: one of ctail, which says $dir/said and mails $dir/mbox;
# the report is in $dir/report.
pass() {
	rm -f "$dir/mbox" "$dir/report"
	"$dir/bin/ctaild" --once "$@" >"$dir/said" 2>&1
	pass_status=$?
	if [ -e "$dir/mbox" ]; then
		mail body | sed '/^$/d' |
		    sed -n '/^S[a-z]* [AE][a-z]*/,/^-- $/p' >"$dir/report"
	fi
}

# reported: the report is the page's, which here has no blank lines.
reported() {
	block prints report | sed '/^$/d' >"$dir/want"
	grep -Fxf "$dir/want" "$dir/report" >"$dir/got"
	is "$(grep -c '^Nov' "$dir/report") $(cat "$dir/got")" \
	    "$(grep -c '^Nov' "$dir/want") $(cat "$dir/want")" "$1"
}

# --- What logcheck left --------------------------------------------------------

: >"$root/etc/cron.d/logcheck"
for layer in cracking.d violations.d violations.ignore.d ignore.d.paranoid \
    ignore.d.server ignore.d.workstation; do
	mkdir -p "$root/etc/logcheck/$layer"
done
stamp='^([[:alpha:]]{3} [ :[:digit:]]{11}|[[:digit:]T:.+-]{32})'
stamp="$stamp [._[:alnum:]-]+"
echo "$stamp CRON\\[[0-9]+\\]: \\(root\\) CMD \\(.*\\)\$" \
    >"$root/etc/logcheck/ignore.d.paranoid/cron"
echo "$stamp su: FAILED SU \\(to [^ ]+\\)" \
    >"$root/etc/logcheck/violations.d/su"

page_file /var/log/syslog
echo 'Nov 22 13:00:00 web1 shop[12]: logcheck has read this' >"$dir/read"
cat "$root/var/log/syslog" >"$dir/sample"
cat "$dir/read" "$dir/sample" >"$root/var/log/syslog"
cp "$dir/read" "$root/var/log/auth.log"
for log in syslog auth.log; do
	printf '%s\n' "$(stat -c %i "$root/var/log/$log")" \
	    "$(wc -c <"$dir/read")" \
	    >"$root/var/lib/logcheck/offset$(echo "$root/var/log/$log" |
		tr / .)"
done

# --- In five minutes -------------------------------------------------------------

page_file /etc/ctail/ctail.ini
follow check
is "$follow_status $(cat "$dir/printed")" \
    "0 /etc/ctail/ctail.ini is good: logs: 1, rules: 0, sinks: 1
[logcheck system]: rules: 2, files: 2, level: server" \
    "the configuration is good, and nothing is questionable"
follow last
is "$follow_status" 0 "a rehearsal can be asked for"
follow takeover
is "$follow_status $(cat "$dir/printed")" "0 " \
    "the positions are handed over"
[ ! -e "$root/etc/cron.d/logcheck" ]
ok $? "and logcheck does not run any more"
pass --dry-run
like "$(cat "$dir/said")" 'cannot reach the bank' \
    "what would be mailed can be seen before"
[ ! -e "$dir/mbox" ]
ok $? "and is not mailed"
pass
is "$pass_status" 0 "the first pass is good"
like "$(cat "$dir/said")" 'syslog: taking over at the offset' \
    "and goes on where logcheck stopped"
reported "the report is what the page says"
like "$(mail header Subject)" \
    "^$host [0-9-]+ [0-9:]+ [+]0000 Security Events\$" \
    "its mail has logcheck's subject"
pass
is "$pass_status $(cat "$dir/said")" "0 " "then there is nothing new"
[ ! -e "$dir/mbox" ]
ok $? "and no mail"
follow forget
grep -q offset_file "$root/etc/ctail/ctail.ini"
[ $? -eq 1 ] && [ ! -e "$root/var/log/syslog.offset" ]
ok $? "what handed over is removed"
echo 'Nov 22 15:00:00 web1 shop[12]: one more' >>"$root/var/log/syslog"
pass
is "$pass_status $(cat "$dir/said")" "0 " "the next pass is good"
is "$(grep '^Nov' "$dir/report")" \
    'Nov 22 15:00:00 web1 shop[12]: one more' "and tells what is new"

# --- The rest of the page ----------------------------------------------------------

page_file /etc/logcheck/ignore.d.server/local-shop
mv "$root/var/log/syslog" "$dir/syslog.kept"
cp "$dir/sample" "$root/var/log/syslog"
mv "$root/etc/logcheck/ignore.d.paranoid/cron" \
    "$root/etc/logcheck/ignore.d.server/cron"
follow grep
prints grep "what a rule file matches"
follow grep-v
prints grep-v "what no rule of a directory matches"
echo 'nothing is so' >"$root/etc/logcheck/ignore.d.server/never"
follow grep-rule
prints grep-rule "which lines would be reported of a log"
follow learn
prints learn "a rule is learned from a line of the report"
follow test
is "$follow_status" 0 "how much would be reported of a log"
like "$(cat "$dir/printed")" \
    '^logcheck system would be reported: 2 lines' "is told"
like "$(cat "$dir/printed")" 'ignore.d.server/never:1' \
    "and what never matches"
unlike "$(sed -n '/never matched/,$p' "$dir/printed")" 'local-shop' \
    "but not what does"
follow dry-run
is "$follow_status" 0 "what would be mailed can be asked for at any time"
follow explain
is "$follow_status" 0 "why a line is not told"
like "$(cat "$dir/printed")" 'ignore.d.server/local-shop:2' \
    "is said with file and line"
follow silence
is "$follow_status" 0 "a report can be silenced"
mv "$dir/syslog.kept" "$root/var/log/syslog"
echo 'Nov 22 15:00:01 web1 shop[12]: silenced' >>"$root/var/log/syslog"
pass
is "$pass_status $(cat "$dir/said")" "0 " "a pass is good then, too"
[ ! -e "$dir/mbox" ]
ok $? "and tells nothing"

page_file /etc/ctail/journal.ini
"$CTAILCTL" -c "$root/etc/ctail/journal.ini" --state-dir "$dir/state" check \
    >"$dir/said" 2>&1
is "$? $(sed -n 1p "$dir/said")" \
    "0 $root/etc/ctail/journal.ini is good: logs: 1, rules: 0, sinks: 1" \
    "the journal's configuration is good"

# --- With Debian's rules ------------------------------------------------------------

sentence="with Debian's rules the report is what the page says, too"
if [ -d "$peers_rules/ignore.d.server" ]; then
	page_file /etc/ctail/ctail.ini
	rm -rf "$root/etc/logcheck" "$root/var/lib/ctail" \
	    "$root/var/log/syslog"
	mkdir "$root/var/lib/ctail"
	ln -s "$peers_rules" "$root/etc/logcheck"
	sed -i 's/^offset_file.*/start = start/' "$root/etc/ctail/ctail.ini"
	cp "$dir/sample" "$root/var/log/syslog"
	rm "$root/var/log/auth.log"
	pass
	reported "$sentence"
else
	skip "$sentence" "logcheck-database is not here"
fi

# Every block that is marked was used.
sed -n 's/^\.\\" \(\(file\|commands\|prints\): .*\)/\1/p' "$page" |
    sort >"$dir/marked"
is "$(sort -u "$dir/used")" "$(cat "$dir/marked")" \
    "the page has no block that nobody tries"
tap_done
