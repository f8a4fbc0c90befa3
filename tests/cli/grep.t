# grep.t: the lines of logs that patterns match: options, rule files, rules of
# the configuration, bytes of every kind, and what perl says of the same.
. "${CTAIL_ENV:?}"
. "$srcdir/tests/lib/agent.sh"
log=$dir/app.log
HOME=$dir/nowhere
export HOME

run() { # run ARGUMENT...: $status, what was printed in $dir/out, $said
	"$CTAILCTL" grep "$@" >"$dir/out" 2>"$dir/said"
	status=$?
	said=$(cat "$dir/said")
}

found() { # found STATUS TEXT SENTENCE: exactly this (printf's escapes)
	# shellcheck disable=SC2059
	printf -- "$2" >"$dir/want"
	[ "$status" -eq "$1" ] && cmp -s "$dir/out" "$dir/want"
	found_status=$?
	ok "$found_status" "$3"
	[ "$found_status" -eq 0 ] || {
		echo "# status $status, said: $said"
		head -c 600 "$dir/out" | sed 's/^/# /'
	}
}

cat >"$log" <<END
Nov 22 14:00:01 web1 app[1]: started
Nov 22 14:00:02 web1 app[1]: ERROR disk 17 is full
Nov 22 14:00:03 web1 app[1]: a request from 192.0.2.7 was refused
Nov 22 14:00:04 web1 app[1]: ERROR disk 18 is full
END

# --- The command line -------------------------------------------------------

run
is "$status" 64 "grep needs a pattern"
like "$said" 'pattern behind -e' "which is said"
like "$said" '^usage: ctailctl grep' "with how it is used"
run "$log"
is "$status" 64 "a log alone is none"
run -e
like "$status $said" '^64 .*-e needs a pattern' "an option without its value is named"
run -x -e a
like "$status $said" '^64 .*no option .-x' "and so is one that there is not"
run -i -e a
like "$status $said" '^64 .*no option .-i.: begin the pattern with' \
    "with what to write for one that grep has"
run -c ERROR -e x "$log"
like "$status $said" '^64 .*counted with --count' \
    "-c is no count, and is not taken silently for a configuration"
run -e 'a(' "$log"
like "$status $said" '^64 .*-e 1: .*column 3' "a bad pattern is refused, with its column"
run -e ok -e '(*UTF)a' "$log"
like "$status $said" '^64 .*-e 2: ' "and its number"
run -v --with-rule -e x "$log"
like "$status $said" '^64 .*with -v there is nothing' "-v has no pattern to be named"
run --count --with-rule -e x "$log"
is "$status" 64 "nor has a count"
run -f "$dir/nothing" "$log"
like "$status $said" '^66 .*nothing: No such file' "rules that are not there"
run -e x "$dir/nothing" "$log"
like "$status $said" '^66 .*cannot open .*nothing' "a log that is not there"
run -e ERROR "$dir/nothing" "$dir" "$log"
is "$status $(grep -c . "$dir/out")" "66 2" "the others are read all the same"
like "$said" 'is a directory' "a directory is none"
run --rule x "$log"
is "$status" 78 "a rule needs a configuration"
[ ! -e "$HOME" ]
ok $? "and nothing is made"

# --- Lines ------------------------------------------------------------------

run -e ERROR "$log"
is "$status $said" "0 " "lines are found, without a word on the side"
found 0 "$(sed -n '2p;4p' "$log")\n" "and printed as they are"
run "$log" -eERROR
found 0 "$(sed -n '2p;4p' "$log")\n" "options may follow logs, joined to their value"
run -v -e ERROR "$log"
found 0 "$(sed -n '1p;3p' "$log")\n" "-v has the others"
run -e nothing "$log"
found 1 "" "none is status 1"
run -v -e . "$log"
found 1 "" "with -v, too"
run -v -e nothing "$log"
cmp -s "$dir/out" "$log"
ok $? "-v with no match is the log itself"
run -e ERROR -e refused -e full --count "$log"
found 0 '3\n' "each line is counted once, whatever matches it"
run --count -v -e ERROR "$log" "$log"
found 0 '4\n' "so are the others, over all logs"
run --count -e nothing "$log"
found 1 '0\n' "none is 0"
run -e 'disk (\d+) is' -e 'ERROR disk 18' --with-rule "$log"
found 0 "-e:1:$(sed -n 2p "$log")\n-e:1:$(sed -n 4p "$log")\n" \
    "--with-rule names the first pattern that matches"
run -e ERROR "$log" "$log"
is "$status $(grep -c . "$dir/out")" "0 4" "several logs are read in turn"
{ run -e started; } <"$log"
found 0 "$(sed -n 1p "$log")\n" "no log is standard input"
{ run -e started "$log" -; } <"$log"
is "$(grep -c . "$dir/out")" 2 "and so is -"
cp "$log" "$dir/-v"
(cd "$dir" && "$CTAILCTL" grep -e started -- -v) >"$dir/out"
is "$(grep -c . "$dir/out")" 1 "behind -- there are logs only"
run -e '' "$log"
cmp -s "$dir/out" "$log"
ok $? "the empty pattern is on every line"
cp "$log" "$dir/itself"
"$CTAILCTL" grep -e ERROR "$dir/itself" >>"$dir/itself" 2>"$dir/said"
like "$? $(cat "$dir/said")" '^66 .*standard output as well' \
    "a log that is the output as well would have no end"

# --- Bytes ------------------------------------------------------------------

: >"$dir/empty"
run -e x "$dir/empty"
found 1 "" "an empty log"
run -v --count -e x "$dir/empty"
found 1 '0\n' "has no other lines either"
printf 'one\ntwo' >"$dir/bytes"
run -e 'two$' "$dir/bytes"
found 0 'two\n' "a last line without its newline gets one"
run -v -e one "$dir/bytes"
found 0 'two\n' "with -v, too"
printf 'two' >"$dir/bytes"
run -v --count -e one "$dir/bytes"
found 0 '1\n' "and is counted"
printf 'one\r\ntwo\r\n\r\n' >"$dir/bytes"
run -e 'e$' -e '^$' "$dir/bytes"
found 0 'one\r\n\r\n' "a CR is not matched, and is printed"
printf 'a\0b\n\n\377\376 bad\n\0\n' >"$dir/bytes"
run -e 'a\x00b' -e '\xff' "$dir/bytes"
found 0 'a\0b\n\377\376 bad\n' "bytes are bytes"
run -v -e b "$dir/bytes"
found 0 '\n\0\n' "with -v, too"
run -e '^\W*$' "$dir/bytes"
found 0 '\n\0\n' "and none ends a line"
gzip -c "$log" >"$dir/app.log.gz"
run -e started "$dir/app.log.gz"
found 1 "" "what is compressed is not unpacked"
like "$said" 'app.log.gz is searched as it is' "which is said"

x() { head -c "$1" /dev/zero | tr '\0' x; }
max=1048576
{ x $max; echo; x $((max - 1)); echo y; x $max; echo y; echo end; } \
    >"$dir/long"
run --count -e xy "$dir/long"
found 0 '1\n' "a line of a megabyte is matched whole, of a longer one as much"
like "$said" 'lines longer than 1048576 bytes, .*: 1$' "which is said"
run -e '^x' "$dir/long"
head -n 3 "$dir/long" | cmp -s - "$dir/out"
ok $? "and printed whole"
run -v -e xy "$dir/long"
sed 2d "$dir/long" | cmp -s - "$dir/out"
ok $? "also with -v"
run -v -e x "$dir/long"
found 0 'end\n' "or not at all"
{ x $((5 * max)); echo; echo end; x $((3 * max)); } >"$dir/long"
run -e x "$dir/long"
{ grep x "$dir/long"; } | cmp -s - "$dir/out"
ok $? "however long they are, and without a newline"
# shellcheck disable=SC2002 # a pipe is what is wanted
cat "$dir/long" | "$CTAILCTL" grep -v -e x >"$dir/out" 2>/dev/null
is "$(cat "$dir/out")" end "and out of a pipe"

# Lines that begin and end at every place of a block.
awk 'BEGIN { for (i = 0; i < 60000; i++) printf "%d%s%s\n", i,
    substr("........................................", 1, i * 7 % 41),
    i % 3 ? "" : " hit" }' </dev/null >"$dir/many"
for options in '' -v; do
	# shellcheck disable=SC2086 # none or one
	grep $options 'hit$' "$dir/many" >"$dir/want"
	# shellcheck disable=SC2086
	run $options -e 'hit$' "$dir/many"
	cmp -s "$dir/out" "$dir/want"
	ok $? "all of many blocks is found${options:+ with $options}"
	# shellcheck disable=SC2086,SC2002
	cat "$dir/many" | "$CTAILCTL" grep $options -e 'hit$' | cmp -s - "$dir/want"
	ok $? "out of a pipe as well"
done
run -e . "$dir/many"
cmp -s "$dir/out" "$dir/many"
ok $? "and all of them where all match"

# A log of which most is not even read, against the same out of a pipe.
awk 'BEGIN { for (i = 0; i < 150000; i++) printf "%d%s%s\n", i,
    substr("........................................", 1, i * 7 % 41),
    i % 61 ? "" : i % 2 ? " a hit" : " a Hit 17" }' </dev/null >"$dir/sparse"
printf 'a hit at the end' >>"$dir/sparse"
echo 'a [Hh]it' >"$dir/ten"
seq 9 | sed 's/^/never seen /' >>"$dir/ten"
cp "$dir/ten" "$dir/hundred"
seq 100 | sed 's/^/nor is number /' >>"$dir/hundred"
configure <<END
[log app]
path = $log
[rule hits]
log = app
match = hit
    Hit \d
exclude = ^1\d*\.+ a
END
same=0
for options in '' --count --with-rule -v '-v --count' '-e Hit' '-e (?i)HIT' \
    '-e Hit.\d' '-e ^' '-e broken -e refused -e panic' "-f $dir/ten" \
    "-f $dir/ten --with-rule" "-f $dir/hundred" "-f $dir/hundred --count"; do
	for with in '-e hit' "-c $conf --rule hits"; do
		# shellcheck disable=SC2086 # words
		run $options $with "$dir/sparse"
		# shellcheck disable=SC2086,SC2002
		cat "$dir/sparse" |
		    "$CTAILCTL" grep $options $with >"$dir/want"
		cmp -s "$dir/out" "$dir/want" && [ -s "$dir/out" ] && continue
		same=1
		echo "# $options $with"
	done
done
ok $same "with every option a file has what a pipe has"
run -e hit "$dir/sparse"
cat "$dir/out" "$dir/out" "$dir/out" >"$dir/want"
{
	read -r line
	run -e hit "$dir/sparse" - "$dir/sparse"
	cat
} <"$dir/sparse" >"$dir/left"
cmp -s "$dir/out" "$dir/want" && [ ! -s "$dir/left" ]
ok $? "several logs too, one by one, and standard input is left at its end"
for i in 1 2 3 4 5 6 7 8; do
	cat "$dir/sparse"
	echo
done >"$dir/vast"
run -e hit -e Hit "$dir/vast"
mv "$dir/out" "$dir/want"
mkfifo "$dir/slow"
"$CTAILCTL" grep -e hit -e Hit "$dir/vast" >"$dir/slow" 2>"$dir/said" &
mine $!
grepping=$!
exec 9<"$dir/slow"
dd bs=1000 count=1 <&9 >"$dir/out" 2>/dev/null
: >"$dir/vast"
cat <&9 >>"$dir/out"
exec 9<&-
wait "$grepping"
is "$? $(cat "$dir/said")" "0 " "a log that is cut meanwhile ends there"
size=$(($(wc -c <"$dir/out")))
head -c "$size" "$dir/want" | cmp -s - "$dir/out" &&
    [ "$size" -lt $(($(wc -c <"$dir/want"))) ] &&
    [ -z "$(tail -c 1 "$dir/out")" ]
ok $? "and what was printed is what there was, in full lines"

# --- Where it goes ----------------------------------------------------------

(
	"$CTAILCTL" grep -e . "$dir/many" 2>"$dir/said"
	echo $? >"$dir/status"
) | head -n 1 >/dev/null
like "$(cat "$dir/status")" '^(141|269|397)$' "a reader that has enough ends it"
is "$(cat "$dir/said")" "" "without a word"
(
	trap '' PIPE
	"$CTAILCTL" grep -e . "$dir/many" 2>"$dir/said"
	echo $? >"$dir/status"
) | head -n 1 >/dev/null
like "$(cat "$dir/status") $(cat "$dir/said")" '^74 .*standard output: Broken' \
    "unless it was told to go on: then it says so"
if [ -w /dev/full ]; then
	"$CTAILCTL" grep -e ERROR "$log" >/dev/full 2>"$dir/said"
	like "$? $(cat "$dir/said")" '^74 .*standard output: No space' \
	    "output that is not taken is an error"
else
	skip "output that is not taken is an error" "there is no /dev/full"
fi
mkfifo "$dir/pipe"
"$CTAILCTL" grep -e ERROR "$dir/pipe" >"$dir/out" &
mine $!
grepping=$!
exec 9>"$dir/pipe"
sed -n 2p "$log" >&9
until_true 10 grep -q 'disk 17' "$dir/out"
ok $? "what is found is there while the input goes on"
exec 9>&-
wait "$grepping"
is $? 0 "until it ends"

# --- Rule files -------------------------------------------------------------

mkdir "$dir/rules"
cat >"$dir/rules/one" <<'END'
# comments and empty lines are none

^\w{3} [ :[:digit:]]{11} web1 app\[[0-9]+\]: ERROR
(unclosed
a{3,1}
END
cat >"$dir/rules/two" <<'END'
from [0-9.]+ was refused$
[.\]ERROR
END
echo 'started' >"$dir/rules/not.this"
run -f "$dir/rules" --with-rule "$log"
found 0 "$dir/rules/one:3:$(sed -n 2p "$log")\n$dir/rules/two:1:$(sed -n 3p \
    "$log")\n$dir/rules/one:3:$(sed -n 4p "$log")\n" \
    "a directory of rules as logcheck's, each with its file and line"
like "$said" 'rules/one:4: this line is skipped: ' "a bad one is named, and skipped"
like "$said" 'rules/one:5: this line is skipped: ' "so is another"
like "$said" 'that were skipped: 2$' "and counted"
run -v -f "$dir/rules" "$log"
found 0 "$(sed -n 1p "$log")\n" "-v has what none of them matches"
run -f "$dir/rules/two" -e started --with-rule "$log"
found 0 "-e:1:$(sed -n 1p "$log")\n$dir/rules/two:1:$(sed -n 3p "$log")\n" \
    "files and patterns together"
mkdir "$dir/none"
run -v -f "$dir/none" "$log"
cmp -s "$dir/out" "$log"
like "$? $said" '^0 .*none: there is no rule in it' \
    "a directory without rules matches nothing, and it is said"
run -f "$dir/none" -f "$dir/pipe" "$log"
is "$status" 66 "rules out of a pipe are none"
awk 'BEGIN { for (i = 0; i < 3000; i++) printf "number %d[^0-9]\n", 7 * i }' \
    </dev/null >"$dir/thousands"
awk 'BEGIN { for (i = 0; i < 40000; i++) printf "the number %d is this\n", i }' \
    </dev/null >"$dir/numbers"
awk '$3 % 7 == 0 && $3 < 21000' "$dir/numbers" >"$dir/want"
run -f "$dir/thousands" "$dir/numbers"
cmp -s "$dir/out" "$dir/want"
ok $? "thousands of rules"
# shellcheck disable=SC2002
cat "$dir/numbers" "$dir/numbers" |
    "$CTAILCTL" grep -f "$dir/thousands" >"$dir/out"
cat "$dir/want" "$dir/want" | cmp -s - "$dir/out"
ok $? "whose strings are chosen anew in the midst of a pipe"

# --- Rules of the configuration ---------------------------------------------

configure <<END
[log app]
path = $log
[rule disks]
log = app
match = ERROR
    was refused
exclude = disk 18
close = started
[rule all]
log = app
match = ^
END
for rule in disks all; do
	run -c "$conf" --rule $rule "$log"
	while read -r line; do
		ctl explain --log app "$line" 2>/dev/null |
		    grep -q "^rule $rule: matches" && echo "$line"
	done <"$log" | cmp -s - "$dir/out"
	is "$? $status" "0 0" "--rule $rule has what explain says of each line"
done
run -c "$conf" --rule=disks --with-rule "$log"
found 0 "$conf:$(grep -n ERROR "$conf" | cut -d : -f 1):$(sed -n 2p "$log")\n$conf:$(
    grep -n refused "$conf" | cut -d : -f 1):$(sed -n 3p "$log")\n" \
    "with the place of the pattern"
run -v -c "$conf" --rule disks "$log"
found 0 "$(sed -n '1p;4p' "$log")\n" "and -v what it does not want"
"$CTAILCTL" -c "$conf" grep --rule disks -e started "$log" >"$dir/out"
is "$? $(grep -c . "$dir/out")" "0 3" "patterns may be added"
run -c "$conf" --rule nothing "$log"
like "$status $said" '^66 .*no rule .nothing' "a rule that is not there is named"
echo 'match = (' >>"$conf"
run -c "$conf" --rule all "$log"
is "$status" 78 "a configuration that is refused is"
run -e ERROR "$log"
is "$status" 0 "and matters only where it is asked for"
[ ! -e "$state" ]
ok $? "no state is made or looked at"

# --- Limits -----------------------------------------------------------------

{ printf a%.0s $(seq 400); echo '!'; echo ab; } >"$dir/hostile"
run -e '(a+)+$' "$dir/hostile"
is "$status $(grep -c . "$dir/out")" "0 1" "what cannot be decided counts as a match"
like "$said" 'lines that could not be decided .*: 1$' "and is said"
for i in 1 2 3 4 5 6; do
	set -- "$@" "$dir/hostile"
done
run -e '(a+)+$' "$@"
like "$said" ': -e:1: this pattern ran into its limits 5 times' \
    "a pattern that does it again and again is not tried any more"

# --- What perl says ---------------------------------------------------------

cat >"$dir/random.pl" <<'END'
use strict;
my ($dir, $program, $cases, $seed) = @ARGV;
srand($seed);
my @words = qw(disk full error failed ab a b 17 192 x);
sub piece {
	my $depth = shift;
	my $kind = int(rand(9));
	return $words[rand(@words)] if $kind < 3;
	return "." if $kind == 3;
	return "[" . ("a-f", "0-9", "^ ", "xyz")[rand(4)] . "]" if $kind == 4;
	return "\\d" if $kind == 5;
	return " " if $kind == 6;
	return $words[rand(@words)] unless $depth;
	return "(" . pattern($depth - 1) . "|" . pattern($depth - 1) . ")"
	    if $kind == 7;
	return "(?i:" . pattern($depth - 1) . ")";
}
sub pattern {
	my $depth = shift;
	my $text = join "", map { piece($depth) .
	    ("", "", "", "?", "*", "+", "{2}")[rand(7)] } 1 .. 1 + rand(3);
	$text = "^$text" if rand() < .1;
	$text = "$text\$" if rand() < .1;
	return $text;
}
my ($wrong, $undecided) = (0, 0);
open STDERR, ">", "$dir/said" or die;
for my $case (1 .. $cases) {
	my @patterns = map { pattern(2) } 1 .. 1 + rand(rand() < .1 ? 60 : 4);
	my @lines = map { join((" ", "", "-")[rand(3)],
	    map { $words[rand(@words)] } 1 .. rand(7)) } 1 .. rand(60);
	my $invert = rand() < .3;
	my @want = grep { my $line = $_; my $any = 0;
	    $line =~ /$_/ and $any = 1 for @patterns; $any != $invert } @lines;
	open my $out, ">", "$dir/lines" or die;
	print $out "$_\n" for @lines;
	close $out;
	my @arguments = ($invert ? "-v" : (), map { ("-e", $_) } @patterns);
	open my $in, "-|", $program, "grep", @arguments, "$dir/lines" or die;
	my $got = join "", <$in>;
	close $in;
	next if $got eq join "", map { "$_\n" } @want;
	if (-s "$dir/said" > $undecided) {
		$undecided = -s "$dir/said";
		next;
	}
	$wrong++;
	print "# case $case: @arguments\n";
}
print "$wrong wrong\n";
END
if command -v perl >/dev/null; then
	is "$(perl "$dir/random.pl" "$dir" "$CTAILCTL" "${CTAIL_RANDOM_GREPS:-200}" \
	    20261123)" "0 wrong" "random patterns find what perl finds"
else
	skip "random patterns find what perl finds" "there is no perl"
fi
tap_done
