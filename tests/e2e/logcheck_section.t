# logcheck_section.t: a [logcheck] section reports what Debian's real logcheck
# reports of the same logs with the same rules, byte for byte.
#
# CTAIL_LOGS names logs of which up to 2,000 lines are compared as well,
# LOGCHECK_SEED and LOGCHECK_EACH for which of Debian's rules lines are made:
# one in eight.
#
# Where they differ on purpose, the last part says so and shows it.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/logcheck.sh"
logcheck_needs "$logcheck"
[ -n "$python" ] || skip_all "python3 is not here"
make_lines=$builddir/tests/e2e/logcheck_lines
[ -x "$make_lines" ] || skip_all "$make_lines was not built"
TZ=UTC
export TZ

at_ten() { # at_ten TEXT: the line that said writes
	echo "Nov 22 10:00:00 box $1"
}

# --- Layers -------------------------------------------------------------------

begin
said 'nothing knows this'
same "without any rule everything is a system event"
has "and is told as one" 'System Events' '=-=-=-=-=-=-=' \
    "$(at_ten 'nothing knows this')"

begin
rule ignore.d.server/all '.'
said 'of no interest'
same "where everything is ignored nothing is told"
is "$(cat "$dir/want")" "" "not a word"

begin
rule cracking.d/tftpd 'tftp: attack'
rule cracking.d/rsh 'rsh: attack' 'both: attack'
rule cracking.d/Zeta 'both: attack'
rule cracking.d/logcheck ': attack' 'alone'
rule cracking.d/logcheck-own 'own: attack'
rule cracking.d/local 'local: attack'
rule cracking.d/logchecking 'ing: attack'
rule violations.d/su 'tftp: ' 'su: '
rule ignore.d.server/some 'rsh: attack' 'su: '
said 'tftp: attack' 'rsh: attack' 'both: attack' 'own: attack' \
    'local: attack' 'ing: attack' 'general: attack' 'alone' 'su: x' 'rest'
same "attacks are told file by file"
has "with the files' names in their headings" 'Security Alerts for Zeta' \
    'Security Alerts for tftpd' 'Security Alerts' 'Security Events for su' \
    'Security Alerts for logcheck-own' 'System Events'
is "$(grep -Fc 'both: attack' "$dir/want")" 2 \
    "what two files know is told by both"

begin
rule cracking.d/one 'attack'
rule cracking.ignore.d/one 'attack by myself'
rule cracking.ignore.d/logcheck-one 'attack by a friend'
rule cracking.ignore.d/local 'attack by the house'
rule cracking.ignore.d/local-cat 'attack by the cat'
rule cracking.ignore.d/other 'attack by others'
said 'attack by myself' 'attack by a friend' 'attack by the house' \
    'attack by the cat' 'attack by others' 'rest'
same "cracking.ignore.d means nothing unless it is asked for"
has "so that each is told" "$(at_ten 'attack by myself')"
begin
cracking_ignore=yes
rule cracking.d/one 'attack'
rule cracking.d/two 'attack by a friend'
rule cracking.d/logcheck 'scan'
rule cracking.ignore.d/one 'attack by myself'
rule cracking.ignore.d/logcheck-one 'attack by a friend'
rule cracking.ignore.d/local 'attack by the house'
rule cracking.ignore.d/local-cat 'attack by the cat' 'harmless scan'
rule cracking.ignore.d/other 'attack by others' 'usual scan'
rule violations.d/su 'by myself' 'by the cat'
said 'attack by myself' 'attack by a friend' 'attack by the house' \
    'attack by the cat' 'attack by others' 'usual scan' 'harmless scan' \
    'a scan' 'rest'
same "with SUPPORT_CRACKING_IGNORE it takes away what it knows"
hasnt "and nothing lower tells it" 'by myself' 'by the cat' 'usual scan'
has "a file of another name does not" "$(at_ten 'attack by others')" \
    "$(at_ten 'attack by a friend')" "$(at_ten 'a scan')"

begin
rule cracking.d/worm 'worm'
rule violations.d/su 'su: '
rule violations.d/logcheck 'deni' 'su: '
rule violations.d/logcheck-x 'odd denied'
rule violations.d/local 'local: '
rule violations.d/local-y 'y: '
rule violations.ignore.d/su 'su: known'
rule violations.ignore.d/logcheck-su 'su: usual'
rule violations.ignore.d/local 'su: at home' 'local: usual'
rule violations.ignore.d/local-y 'su: in y' 'y: usual'
rule violations.ignore.d/ssh 'su: of ssh' 'denied by ssh'
rule violations.ignore.d/logcheck-x 'odd denied to all'
rule violations.ignore.d/logcheck-logcheck-x 'odd denied to some'
said 'su: known' 'su: usual' 'su: at home' 'su: in y' 'su: of ssh' \
    'su: worm' 'su: new' 'denied by ssh' 'odd denied to all' \
    'odd denied to some' 'odd denied to me' 'local: usual' 'local: new' \
    'y: usual' 'y: new' 'denied' 'rest'
same "of events is taken what belongs to their file, and local files"
hasnt "which then is told nowhere" 'su: known' 'su: usual' 'su: at home' \
    'su: in y' 'denied by ssh' 'local: usual' 'y: usual' 'to some'
has "what another file ignores is told" "$(at_ten 'su: of ssh')" \
    'Security Events for su' 'Security Events' \
    'Security Events for logcheck-x' 'Security Alerts for worm'
is "$(grep -Fc 'su: new' "$dir/want")" 1 \
    "and by the file called logcheck only what no other file tells"

for level_now in paranoid server workstation; do
	begin
	level=$level_now
	rule ignore.d.paranoid/a 'of a' 'of b'
	rule ignore.d.server/a 'of c'
	rule ignore.d.workstation/b 'of d'
	rule cracking.d/a 'of a'
	said 'of a' 'of b' 'of c' 'of d' 'of e'
	same "level $level ignores what it and those below it know"
done
hasnt "workstation ignores all of it" 'of b' 'of c' 'of d'
has "and nothing is ignored of attacks" "$(at_ten 'of a')" "$(at_ten 'of e')"

# --- Files --------------------------------------------------------------------

begin
for name in a.b a~ .hidden 'a b' a,b a+b '#a#' a.dpkg-old; do
	rule "ignore.d.server/$name" '.'
	rule "cracking.d/$name" '.'
done
for name in a A_b 0-9 -x _; do
	rule "ignore.d.server/$name" "of $name\$"
	rule "violations.d/$name" "to $name\$"
done
mkdir "$dir/rules/ignore.d.server/directory"
echo '.' >"$dir/rules/ignore.d.server/directory/rule"
echo 'of link$' >"$dir/elsewhere"
ln -s "$dir/elsewhere" "$dir/rules/ignore.d.server/link"
for name in a A_b 0-9 -x _ link; do
	said "of $name" "to $name" "by $name"
done
same "a file counts when run-parts would take its name"
has "in the order of their bytes" 'Security Events for A_b' \
    'Security Events for -x' 'Security Events for _'

begin
printf '%s\n' '# a comment' '' '   ' "$(printf '\t')" 'plain' \
    '#.* a comment, too' '  # indented' ' led' 'trailed  ' 'in # side' \
    >"$dir/rules/ignore.d.server/a"
printf 'no newline' >"$dir/rules/ignore.d.server/c"
: >"$dir/rules/ignore.d.server/empty"
echo '# nothing else' >"$dir/rules/ignore.d.server/comments"
: >"$dir/rules/violations.d/empty"
: >"$dir/rules/violations.d/logcheck"
: >"$dir/rules/violations.ignore.d/local"
said 'plain' '# a comment' 'x  # indented' 'x # indented' 'a led' '>led' \
    'trailed' 'trailed  on' 'in # side' 'no newline' ''
same "comments and blank lines are no rules, an indented # is one"
has "of a rule each blank counts" "$(at_ten '# a comment')" \
    "$(at_ten '>led')" "$(at_ten 'trailed')"
hasnt "whose text is there" 'plain' 'x  # indented' 'in # side' \
    'no newline'

# --- Expressions --------------------------------------------------------------
# Each is a file of violations.d, whose section shows what it matches.

begin
count=0
while IFS= read -r pattern; do
	count=$((count + 1))
	rule "violations.d/r$(printf %03d $count)" "$pattern"
done <<'END'
\<cat
cat\>
\bcat\b
\Bcat
cat\B
\`Nov.*cat
cat\'
^cat$
[\./]x
[\n]x
[]x]y
[^]x]q
[a-]z
[]-a]w
[\]w]
[[:digit:][:upper:]]{2}-
[^[:alnum:][:space:]]{3}
[[.-.]]k
[[=e=]]q
[+--]~
(ab|cd)\1
box (.)(.)\2\1$
(a*)b\1c
a{2}b
a{,2}c
 a{2,}d
a{0}e
(ab){2}
u{x
u{1
v{1,2
w{,
a+?b
a**b
a+*b
a?{2}c
(|none)e:
x||y9
()empty
one|two|
\.dot
\/slash
\-dash
\_under
\"quoted\"
\w+\W\w+!
\s\S\s\S\s\S\s
[\w]k
a\{2\}
a\|b
\(par\)
(^Nov|mid)ner
(cat$)
cat$|^$
a^b
a$b
cat^
x$y|z
 cat
cat .
[[:space:]]$
Nov 22 .*: .*[[:xdigit:].:]{3,9}$
^(\w{3} [ :[:digit:]]{11}|[0-9T:.+-]{32}) [._[:alnum:]-]+ prog\[[[:digit:]]+\]: ok$
^[^ ]+ +[^ ]+ [^ ]+ [^ ]+ $
.{250}
€
[€]x
x.y
^.*x[^a]y.*$
x\Sy
x[[:print:]]y
x[[:cntrl:]]y
x\wy
END
said 'cat' 'concat' 'cats' 'the cat.' 'scatter' 'a cat' 'catalogue' './x' \
    '\x' 'nx' ']y' 'xy' 'aq' ']q' '-z' 'az' '-w' ']w' '\w' '^w]' 'A1-' 'a1-' \
    '###' '-k' 'eq' ' k' 'd~' '-~' 'e~' 'abab' 'cdcd' 'abcd' 'xyyx' 'xyxy' \
    'aabaac' 'abc' 'aab' 'ab' 'aac' 'aaaac' 'c' ' aad' ' ad' 'e' 'ababab' \
    'u{x' 'u{1' 'v{1,2' 'w{,' 'b' 'a+?b' 'a**b' 'a?c' 'e:' 'none:' 'nonee:' \
    'x' '€x' 'y9' 'empty' 'one' 'two' '.dot' 'xdot' '/slash' '-dash' '_under' \
    '"quoted"' 'a b!' 'ab!' ' a b c ' 'wk' 'a{2}' 'a|b' 'par' '(par)' \
    'midner' 'inner' 'a^b' 'a$b' 'cat^' 'x$y' 'z' 'f:e' 'ff:ee' 'f:g' \
    'prog[7]: ok' 'prog[x]: ok' '€' 'x€' 'x€y' 'x-y' 'x1y' 'x y' \
    "$(printf 'x\201y')" "$(printf 'x\303\244y')" "$(printf 'x\001y')" \
    "$(printf '%0249d' 0)" "$(printf '%0226d' 0)"
same "$count expressions match what grep -E -f matches"
has "each file has its section" 'Security Events for r001' \
    'Security Events for r063'

# --- Lines --------------------------------------------------------------------

begin
rule ignore.d.server/a 'known$' '^Nov 22 10:00:00$'
{
	printf 'Nov 22 10:00:00 box known  \n'
	printf 'Nov 22 10:00:00 box known\r\n'
	printf 'Nov 22 10:00:00 box known\t \r\n'
	printf 'Nov 22 10:00:00 box known\v\f\r\r\n'
	printf 'Nov 22 10:00:00 box known\240\n'
	printf 'Nov 22 10:00:00 box new \t\r\n'
	printf 'Nov 22 10:00:00 box \tnew in\rside\r\n'
	printf 'Nov 22 10:00:00\n'
	printf 'Nov 22 10:00:00   \n'
	printf '\n   \n\t\n\r\n \r\n'
	printf '  Nov 22 10:00:00 box led\n'
	printf 'one\ntwo words\nthree words here\n'
	printf 'two  words\ntwo\twords\ntwo words x\ntwo words  \n'
} | log syslog
same "blanks at a line's end are no part of it"
hasnt "for the rules" 'box known '
has "and the report" "$(at_ten new)" ''

begin
{
	printf 'Nov 22 10:00:00 box \303\244 ok\n'
	printf 'Nov 22 10:00:00 box \377\376 bad\n'
	printf 'Nov 22 10:00:00 box \355\240\200 \360\200\200\200 bad\n'
	printf 'Nov 22 10:00:00 box cut \342\202\n'
	printf 'Nov 22 10:00:00 box \033[1mbold\033[0m \a\b \177\n'
	printf 'Nov 22 10:00:00 box =-=-=- \342\200\256 turned\n'
	printf '\377 first\n\001 second\n'
	printf 'Nov 22 10:00:00 box %07000d long\n' 0
} | log syslog
rule violations.d/bad "box $(printf '\377')" 'x.y'
rule ignore.d.server/ok "$(printf '\303').* ok\$"
same "bytes are bytes, whatever they mean"
has "to the rules, too" 'Security Events for bad'
hasnt "as to those that ignore" ' ok'

begin
rule ignore.d.server/a ' one$'
log zeta <<-'END'
Nov 22 10:00:02 box zeta one
Nov 22 10:00:02 box zeta two
Nov 22 10:00:01 box zeta three
Nov 21 10:00:01 box zeta four
2026-11-22T10:00:00.000000+00:00 box zeta 5
2026-11-22T10:00:00.000000+00:00 box alpha 6
2026-11-22T09:00:00.000000+00:00 box zeta 7
END
log Alpha <<-'END'
Nov 22 10:00:02 box alpha two
Nov 22 10:00:00 box alpha three
Nov 22 10:00:02 box alpha three
Oct 22 10:00:02 box alpha four
Nov  3 10:00:02 box alpha five
END
log alpha.log <<-'END'
Nov 22 10:00:02 box log two
Nov 22 9:00:02 box log three
Nov 22 10:00:02 box alpha two
Nov 22 10:00:02 box alpha two
END
same "several logs are one report, in logcheck's order"

# --- One pass after another ---------------------------------------------------

begin
rule ignore.d.server/a 'known'
rule violations.d/a 'denied'
said 'first' 'known' 'denied'
same "the first pass"
same "a pass with nothing new says nothing"
is "$(cat "$dir/want")" "" "not a word"
said 'second' 'known'
same "the next one tells what is new"
hasnt "and nothing twice" first denied
said 'before the rotation'
mv "$dir/logs/syslog" "$dir/logs/syslog.1"
said 'after the rotation'
same "over a rotation, too"
has "with the rest of the old file" "$(at_ten 'before the rotation')" \
    "$(at_ten 'after the rotation')"

# --- The mail -----------------------------------------------------------------

begin
rule violations.d/su 'su: '
rule cracking.d/worm 'worm'
said 'su: new' 'rest'
same "a report is one alert"
mail() {
	PYTHONDONTWRITEBYTECODE=1 "$python" "$srcdir/tests/lib/mail.py" \
	    "$dir/mbox" "$@"
}
is "$(mail count)" 1 "and one mail"
like "$(mail header Subject)" \
    "^$(uname -n) [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} [+]0000 Security Events\$" \
    "with logcheck's subject: host, time, and what is most severe in it"
is "$(mail header Auto-Submitted)" auto-generated "made by a machine"
mail body >"$dir/body"
is "$(grep -Fxf "$dir/want" "$dir/body" | cat -s)" "$(cat -s "$dir/want")" \
    "and its text is the report"
said 'a worm'
same "an attack that comes later"
like "$(mail header Subject)" ' Security Alerts$' "is in the subject, too"
said 'and a rest'
same "a rest that comes later"
like "$(mail header Subject)" ' System Events$' "as well"
said 'and more'
section | sed 's/^level = .*/&\
subject = [logcheck] ${subject}/' >"$conf"
rm -f "$dir/mbox"
"$CTAILD" -c "$conf" --libexec "$builddir" --once >"$dir/ours.said" 2>&1
like "$(mail header Subject)" \
    "^\\[logcheck\\] $(uname -n) [0-9-]+ [0-9:]+ [+]0000 System Events\$" \
    "which can have more before it, as with ADDTAG"

# --- Debian's rules -----------------------------------------------------------

begin
rules=$logcheck_rules
for rule_file in "$rules"/*.d/* "$rules"/ignore.d.*/*; do
	[ -f "$rule_file" ] && echo "$rule_file"
done >"$dir/rule-files"
# shellcheck disable=SC2046 # names without blanks
"$make_lines" "${LOGCHECK_SEED:-1}" "${LOGCHECK_EACH:-8}" \
    $(cat "$dir/rule-files") | log made
said 'nothing knows this' 'nor this'
lines=$(cat "$dir"/logs/* | wc -l)
for level_now in paranoid server workstation; do
	level=$level_now
	forget
	same "all of Debian's rules, level $level, over $lines lines"
	grep -c . "$dir/want" >"$dir/$level.count"
done
[ "$(cat "$dir/paranoid.count")" -gt "$(cat "$dir/server.count")" ] &&
    [ "$(cat "$dir/server.count")" -gt "$(cat "$dir/workstation.count")" ]
ok $? "of which each level tells fewer than the one before"
[ $((lines - $(cat "$dir/workstation.count"))) -gt $((lines / 4)) ]
ok $? "and the last ignores a good part"
has "not what no rule knows" "$(at_ten 'nor this')"

level=server
for given in ${CTAIL_LOGS:-}; do
	rm -rf "$dir/logs"
	mkdir "$dir/logs"
	# So much is one report.
	head -n 2000 "$given" |
	    awk '{ bytes += length($0) + 1 } bytes < 500000' |
	    log "$(basename "$given")"
	for level in paranoid server workstation; do
		forget
		same "Debian's rules of $level over ${given##*/}"
		echo "# $(cat "$dir"/logs/* | wc -l) lines, a report of" \
		    "$(wc -l <"$dir/want")"
	done
done

# --- What is different --------------------------------------------------------
# Each is a defect of logcheck that ctail does not share.

# A rule that is no expression: grep fails, and with it goes whatever the
# file's rules were asked of.
begin
rule ignore.d.server/good 'known'
rule ignore.d.server/bad 'well' 'a(b' 'also known' '[z' 'a{2,1}'
rule violations.d/worse 'denied' '*)('
rule violations.d/su 'su: '
rule violations.ignore.d/su 'su: me' 'x\{1' '[[:nonsense:]]'
rule cracking.d/worst 'worm' '(('
said 'known' 'also known' 'unknown' 'su: you' 'su: me' 'denied' 'a worm'
theirs
is "$(cat "$dir/want")" "" "one bad rule, and logcheck tells nothing at all"
like "$(cat "$dir/theirs.err")" 'Unmatched' "grep's complaint goes to cron"
like "$(cat "$dir/theirs.err")" '^status 0$' "which is told that all is well"
ours
is "$ours_status" 0 "ctail goes on with the others"
bad="ignore.d.server/bad:2 ignore.d.server/bad:4 ignore.d.server/bad:5"
bad="$bad violations.d/worse:2 violations.ignore.d/su:3 cracking.d/worst:2"
"$CTAILCTL" -c "$conf" check >"$dir/check" 2>&1
missing=
for place in $bad; do
	grep -Fq "$dir/rules/$place:" "$dir/check" || missing="$missing $place"
done
is "$missing" "" "and check names each of them, with its file and line"
missing=
for place in $bad; do
	grep -Fq "$dir/rules/$place:" "$dir/ours.err" "$dir/alerts" ||
	    missing="$missing $place"
done
is "$missing" "" "so does the pass"
for place in $bad; do
	sed -i "${place#*:}s/.*/#/" "$dir/rules/${place%:*}"
done
forget
cp "$dir/got" "$dir/with-bad"
same "without them both report the same"
sed '/^Logcheck Warnings$/,$d' "$dir/with-bad" >"$dir/got"
identical "which ctail did all the time"

# SUPPORT_CRACKING_IGNORE: when nothing of cracking.d is told in a pass, lines
# that cracking.ignore.d took away come back as violations; when something is,
# they do not.  README.logcheck-database says that they are to be ignored.
begin
cracking_ignore=yes
rule cracking.d/one 'attack'
rule cracking.ignore.d/one 'attack by myself'
rule violations.d/su 'by myself'
said 'attack by myself' 'rest'
theirs
has "what is no attack after all may come back as a violation" \
    "$(at_ten 'attack by myself')"
ours
unlike "$(cat "$dir/got")" 'by myself' "in ctail it is ignored"
like "$(cat "$dir/got")" 'rest$' "and the rest is told"

# Without cracking.ignore.d nothing of cracking.d is told at all.
begin
cracking_ignore=yes
rule cracking.d/one 'attack'
said 'an attack' 'rest'
theirs
hasnt "without the directory for exceptions attacks are not told" attack
ours
is "$(cat "$dir/got")" "$(printf '%s\n' 'Security Alerts for one' \
    '=-=-=-=-=-=-=-=-=-=-=-=' "$(at_ten 'an attack')" '' 'System Events' \
    '=-=-=-=-=-=-=' "$(at_ten 'rest')")" "ctail tells them"

# A layer without a directory is an error to logcheck, and nothing is told.
begin
rm -r "$dir/rules/cracking.d"
said 'rest'
theirs
like "$(cat "$dir/theirs.err")" 'Not a file or a directory' \
    "without cracking.d logcheck gives up"
ours
like "$(cat "$dir/got")" 'rest$' "ctail tells what there is"

# A rule with a carriage return behind it matches nothing in logcheck, which
# takes blanks from the ends of lines, but not of rules.
begin
printf 'known\r\n\r\n' >"$dir/rules/ignore.d.server/windows"
said 'known' 'rest'
theirs
has "rules with carriage returns match nothing" "$(at_ten known)"
ours
unlike "$(cat "$dir/got")" known "for ctail they are no part of the rule"
like "$(cat "$dir/got")" 'rest$' "and the rest is told"
like "$("$CTAILCTL" -c "$conf" check 2>&1)" \
    'ignore.d.server/windows:1: .*carriage returns' "check says so"

# A line is told when it is whole.
begin
printf 'Nov 22 10:00:00 box half a' >"$dir/logs/syslog"
theirs
has "a line that is not finished is told in two halves" "$(at_ten 'half a')"
ours
is "$(cat "$dir/got")" "" "ctail waits for its end"
printf ' line\n' >>"$dir/logs/syslog"
theirs
has "of which the second makes no sense" ' line'
ours
like "$(cat "$dir/got")" 'half a line$' "and tells it whole"
tap_done
