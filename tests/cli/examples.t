# examples.t: what the manual and etc/ show works: every configuration in them
# loads, and the commands marked so run.
. "${CTAIL_ENV:?}"

# blocks KIND PAGE: writes every block of the page that stands under
# `.\" example: KIND` to $dir/blocks/N.
blocks() {
	rm -rf "$dir/blocks"
	mkdir "$dir/blocks"
	awk -v kind="$1" -v out="$dir/blocks" '
	$0 == ".\\\" example: " kind { marked = 1; next }
	marked && /^\.Bd -literal/ { inside = 1; file = out "/" ++n; next }
	/^\.Ed/ { inside = marked = 0; next }
	inside { print >file }' "$2"
	# What mdoc needs to show a backslash and the like.
	for block in "$dir"/blocks/*; do
		[ -e "$block" ] || return 0
		sed 's/\\&//g; s/\\-/-/g; s/\\e/\\/g' "$block" >"$block.ini"
		rm "$block"
	done
}

check() { # check FILE SENTENCE
	output=$("$CTAILCTL" -c "$1" --state-dir "$dir/state" check 2>&1)
	status=$?
	is "$status" 0 "$2"
	[ "$status" -eq 0 ] || printf '%s\n' "$output" | sed 's/^/#  /'
}

# --- Configurations ---------------------------------------------------------

seen=0
blocks ini "$srcdir/man/ctail.ini.5"
for block in "$dir"/blocks/*; do
	seen=$((seen + 1))
	check "$block" "block $seen of ctail.ini(5) loads"
done
[ "$seen" -ge 5 ]
ok $? "the manual has its examples"

for kind in ini fleet.ini; do
	blocks "$kind" "$srcdir/man/ctail-delivery.7"
	for block in "$dir"/blocks/*; do
		check "$block" "a block ($kind) of ctail-delivery(7) loads"
	done
done

for file in "$srcdir"/etc/examples/*.ini; do
	name=$(basename "$file")
	check "$file" "etc/examples/$name loads by itself, and its samples match"
	grep -q '^should_match' "$file" && grep -q '^should_not' "$file"
	ok $? "etc/examples/$name has samples of both kinds"
done

mkdir -p "$dir/etc/conf.d"
cp "$srcdir/etc/ctail.ini" "$dir/etc/"
check "$dir/etc/ctail.ini" "etc/ctail.ini loads"
sed 's/^enabled = no$//' "$srcdir/etc/ctail.ini" >"$dir/etc/whole.ini"
check "$dir/etc/whole.ini" "etc/ctail.ini loads with everything switched on"
cp "$srcdir"/etc/examples/*.ini "$dir/etc/conf.d/"
check "$dir/etc/ctail.ini" "etc/ctail.ini loads with all examples in conf.d"

# A sample that does not match is noticed, or the checks above mean nothing.
sed 's/^should_match = .*/should_match = something else entirely/' \
    "$srcdir/etc/examples/sshd.ini" >"$dir/etc/wrong.ini"
"$CTAILCTL" -c "$dir/etc/wrong.ini" --state-dir "$dir/state" check \
    >"$dir/out" 2>&1
is $? 78 "a sample that does not match refuses the configuration"
like "$(cat "$dir/out")" 'wrong.ini:20: .*ssh-brute-force.* should_match: the rule does not match' \
    "the file, the line and the sample are named"

# logcheck's rule files: names as run-parts takes them, a bad line is skipped
# where it excludes and a mistake where it matches.
mkdir -p "$dir/rules" "$dir/logs"
printf '%s\n' '# usual' '' '^.{15} [._[:alnum:]-]+ CRON\[[0-9]+\]: .*$' \
    '\<known\>' 'broken(' >"$dir/rules/local-usual"
echo '.*' >"$dir/rules/ignored.by.its.name"
printf '%s\n' 'attack(ed)? from [0-9.]+' >"$dir/alarming"
cat >"$dir/files.ini" <<END
[log system]
path = $dir/logs/*
exclude_path = *.skip
start = start
[rule unusual]
log = system
match = .
exclude_file = $dir/rules
throttle = none
subject = unusual: \${line}
[rule alarming]
log = system
match_file = $dir/alarming
throttle = none
subject = alarming: \${line}
[file told]
path = $dir/told.jsonl
END
printf '%s\n' 'Nov 22 12:00:01 web CRON[81]: session opened' \
    'Nov 22 12:00:02 web app[1]: a known thing' \
    'Nov 22 12:00:03 web app[1]: unknown' \
    'Nov 22 12:00:04 web fw[1]: known: attacked from 203.0.113.9' \
    >"$dir/logs/system"
echo 'Nov 22 12:00:05 web app[1]: of another file' >"$dir/logs/old.skip"
check "$dir/files.ini" "rule files of logcheck load"
like "$output" 'local-usual:5: .*skipped' "a bad line of an exclude_file is named"
"$CTAILD" -c "$dir/files.ini" --state-dir "$dir/state" --once 2>/dev/null
is "$(grep -Eo '"subject":"[^"]*"' "$dir/told.jsonl" | sed "s/web.*: /web: /; s/on $(uname -n):/on host:/")" \
    '"subject":"ctail on host: lines of rule files are skipped"
"subject":"unusual: web: unknown"
"subject":"alarming: web: attacked from 203.0.113.9"' \
    "they exclude and match as grep -E does, and exclude_path is obeyed"
echo 'broken(' >>"$dir/alarming"
"$CTAILCTL" -c "$dir/files.ini" --state-dir "$dir/state" check >"$dir/out" 2>&1
is $? 78 "a bad line of a match_file refuses the configuration"
like "$(cat "$dir/out")" 'alarming:2: ' "and is named"

# --- Commands ---------------------------------------------------------------

mkdir "$dir/bin"
for program in "$CTAIL" "$CTAILD" "$CTAILCTL"; do
	ln -s "$program" "$dir/bin/$(basename "$program")"
done
PATH=$dir/bin:$PATH

run_blocks() { # run_blocks PAGE
	blocks sh "$srcdir/man/$1"
	number=0
	for block in "$dir"/blocks/*; do
		number=$((number + 1))
		rm -rf "$dir/work"
		mkdir "$dir/work"
		printf 'one\ntwo\n' >"$dir/work/app.log"
		printf 'three\n' >"$dir/work/web.log"
		cat >"$dir/work/ctail.ini" <<END
[agent]
state_dir = $dir/work/state
[log app]
path = $dir/work/app.log
start = start
[rule two]
log = app
match = two
[file told]
path = $dir/work/told.jsonl
END
		(cd "$dir/work" && sh -e "$block") >"$dir/out" 2>&1
		status=$?
		is "$status" 0 "example $number of $1 runs: $(tail -n 1 "$block")"
		[ "$status" -eq 0 ] || sed 's/^/#  /' "$dir/out"
	done
	[ "$number" -gt 0 ]
	ok $? "$1 has examples"
}
run_blocks ctail.1
run_blocks ctaild.8
run_blocks ctailctl.8

# From what `alerts' lists to one delivery of it.
(cd "$dir/work" && ctaild -c ctail.ini --once) >"$dir/out" 2>&1
id=$(cd "$dir/work" && ctailctl -c ctail.ini alerts -n 1 |
    grep -Eo '[0-9a-f]{40}' | head -n 1)
like "$(cd "$dir/work" && ctailctl -c ctail.ini alerts "$id" 2>&1)" 'two' \
    "an alert that is listed can be shown"
like "$(cd "$dir/work" && ctailctl -c ctail.ini delivery "$id" told 2>&1)" \
    '^delivered' "and its delivery asked for"

tap_done
