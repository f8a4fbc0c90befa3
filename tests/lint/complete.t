# complete.t: what there is stands everywhere it has to: a new sink kind,
# `when`, preset, command, option or key needs its table row, its line in
# Makefile.am, its section in the manual, its completion and its test.
. "${CTAIL_ENV:?}"
cd "$srcdir" || exit 99

# in_file TEXT FILE...: true when the fixed text stands in one of them.
in_file() {
	in_text=$1
	shift
	cat "$@" 2>/dev/null | grep -Fq -e "$in_text"
}

# differ LIST LIST: what is in the first only.
differ() {
	printf '%s\n' "$1" | sort -u >"$dir/first"
	printf '%s\n' "$2" | sort -u >"$dir/second"
	comm -23 "$dir/first" "$dir/second"
}

makefile=$(cat Makefile.am tests/unit/links.mk tests/fuzz/fuzz.mk \
    tests/property/property.mk tests/golden/golden.mk \
    tests/equivalence/equivalence.mk tests/elsewhere/elsewhere.mk)
manual=man/ctail.ini.5

# --- Sources, tests ---------------------------------------------------------

lacking=$(find src compat tests/unit tests/fuzz tests/property tests/golden \
    tests/equivalence tests/elsewhere -name '*.[ch]' |
    while read -r file; do
	case $file in
	compat/*) continue ;;	# AC_REPLACE_FUNCS names them
	esac
	printf '%s\n' "$makefile" | grep -Fq "$file" || echo "$file"
    done)
is "$lacking" "" "every source file stands in the makefiles"

# Those of tests/long run in `make check-long`, which takes all there are.
lacking=$(find tests -name '*.t' ! -path 'tests/long/*' |
    while read -r file; do
	printf '%s\n' "$makefile" | grep -Fq "$file" || echo "$file"
    done)
is "$lacking" "" "every shell test is run by make check"

# What is not in the list of targets is fuzzed by nobody.
targets=$(sed -n '/^fuzz_targets/,/[^\\]$/p' tests/fuzz/fuzz.mk |
    grep -Eo 'tests/fuzz/[a-z_]+')
files=$(grep -l LLVMFuzzerTestOneInput tests/fuzz/*.c |
    grep -v replay | sed 's/\.c$//')
is "$(differ "$files" "$targets")$(differ "$targets" "$files")" "" \
    "every fuzz target is run"
lacking=$(for target in $targets; do
	[ -n "$(ls "tests/fuzz/corpus/${target##*/}" 2>/dev/null)" ] ||
		echo "$target"
done)
is "$lacking" "" "and has a corpus"

# --- Sinks ------------------------------------------------------------------

# What the programs know, from their own tables: SECTION KEY built|not-built
# "DEFAULT" CHOICE...
"$builddir/tests/lint/keys" >"$dir/keys"
ok $? "the settings tables can be read"

sections=$(awk '{ print $1 }' "$dir/keys" | sort -u)
sinks=$(printf '%s\n' "$sections" | grep -Ev '^(agent|log|rule|logcheck)$')
like "$sinks" '^smtp$' "the table of sink kinds can be read"
files=$(find src/deliver -name '*_settings.c' | sed 's,.*/,,; s/_settings\.c//' |
    grep -Ev '^(sink|secret|tls|http)$')
is "$(differ "$files" "$sinks")" "" \
    "every settings file of a sink stands in the table of sink kinds"
for sink in $sinks; do
	in_file "src/deliver/${sink}_settings.c" Makefile.am
	ok $? "[$sink] stands in Makefile.am"
	cat src/ctail-send/*.c src/ctail-exec/*.c src/ctaild/*.c |
	    grep -q "${sink}_driver"
	ok $? "[$sink] is delivered by a program"
	grep -rqF "[$sink " tests/cli tests/e2e
	ok $? "[$sink] is tested through the programs"
done
grep -rqF "[logcheck " tests/cli tests/e2e
ok $? "[logcheck] is tested through the programs"

# --- Conditions and presets -------------------------------------------------

for when in $(find src/judge -name 'when_*.c' | sed 's,.*/when_,,; s/\.c//'); do
	grep -q "&when_kind_$when\\>" src/judge/when.c
	ok $? "when_$when stands in the table of conditions"
	in_file "src/judge/when_$when.c" Makefile.am
	ok $? "when_$when stands in Makefile.am"
	in_file ".\\\" when: $when" $manual
	ok $? "when_$when has its paragraph in ctail.ini(5)"
	grep -q "$when" tests/unit/judge_when*.c
	ok $? "when_$when is tested"
done

presets=$(awk '$1 == "webhook" && $2 == "preset" {
    for (i = 5; i <= NF; i++) print $i }' "$dir/keys")
for preset in $presets; do
	in_file "src/message/preset_$preset.c" Makefile.am
	ok $? "preset $preset stands in Makefile.am"
	grep -q "^\\.It Cm $preset\$" $manual
	ok $? "preset $preset is described in ctail.ini(5)"
	grep -q "$preset" tests/unit/message_preset.c
	ok $? "preset $preset is tested"
done

# --- Options and commands ---------------------------------------------------

commands=$("$CTAILCTL" help 2>&1 | sed -n 's/^  \([a-z][a-z-]*\).*/\1/p' | sort -u)
like "$commands" '^status$' "ctailctl help lists its commands"

# help PROGRAM: all of it; that of ctailctl has a page for each command.
help() {
	"$1" --help 2>&1
	[ "$1" != "$CTAILCTL" ] || for command in $commands; do
		"$1" help "$command" 2>&1
	done
}

options() { # options PROGRAM: what its help offers, without dashes
	help "$1" | grep -Eo '(^|[ ,|[])--?[a-zA-Z][a-z-]*' |
	    sed 's/^[ ,|[]*//; s/^-*//' | sort -u
}

# documented PAGE: the options of its lists of options.
documented() {
	sed -n 's/^\.It Fl //p' "$1" | sed 's/ , Fl /\n/g; s/ Ns.*//' |
	    sed 's/ .*//; s/^-*//' | sort -u
}

# completed FILE: the options a completion offers.
completed() {
	grep -Eo -e '(^|[ "'"'"'])--?[a-zA-Z][a-z-]*' "$1" |
	    sed "s/^[ \"']*//; s/^-*//" | sort -u
}

check_options() { # check_options NAME PROGRAM PAGE [COMPLETION]
	offered=$(options "$2")
	like "$offered" '^help$' "$1 --help lists its options"
	is "$(differ "$offered" "$(documented "$3")")" "" \
	    "every option of $1 is described in its manual page"
	is "$(differ "$(documented "$3")" "$offered")" "" \
	    "every option in the manual page of $1 is in --help"
	[ $# -lt 4 ] || is "$(differ "$offered" "$(completed "$4")")" "" \
	    "every option of $1 is completed"
}

check_options ctail "$CTAIL" man/ctail.1 completions/ctail
check_options ctaild "$CTAILD" man/ctaild.8 completions/ctaild
check_options ctailctl "$CTAILCTL" man/ctailctl.8 completions/ctailctl
check_options ctail-send "$CTAIL_SEND" man/ctail-send.8
check_options ctail-exec "$CTAIL_EXEC" man/ctail-exec.8
check_options ctail-unpack "$CTAIL_UNPACK" man/ctail-unpack.8

# --- The JSON of an alert -----------------------------------------------------

told=$(awk '/^\.S[sh] / { inside = /The JSON of an alert/ }
    inside && /^\.(It )?Cm /' $manual |
    sed 's/^\.\(It \)*Cm //' | tr -d ' ' | tr ',' '\n' | sort -u)
members=$(grep -Eo '(add_[a-z]+|json_key)\((&?json, |json, )"[a-z_]+"' \
    src/message/alert_json.c | grep -Eo '"[a-z_]+"' | tr -d '"' | sort -u)
like "$members" '^incident$' "the members of an alert in JSON can be read"
is "$(differ "$members" "$told")" "" \
    "every member of an alert in JSON is described in ctail.ini(5)"

# --- Compressed formats -------------------------------------------------------

for codec in $(grep -l '^const struct codec ' src/ctail-unpack/*.c |
    sed 's,.*/,,; s/\.c//'); do
	upper=$(echo "$codec" | tr '[:lower:]' '[:upper:]')
	in_file "${upper}_CODEC" src/ctail-unpack/formats.c
	ok $? "$codec stands in the table of formats"
	in_file "[$upper]" configure.ac
	ok $? "$codec is looked for by configure"
	in_file "src/ctail-unpack/$codec.c" Makefile.am
	ok $? "$codec stands in Makefile.am"
	in_file ".Xr $codec 1" man/ctail-unpack.8
	ok $? "$codec is told of in ctail-unpack(8)"
	grep -q "^	$codec) " tests/cli/unpack.t
	ok $? "$codec is tested"
	[ -e "$(find tests/fuzz/corpus/unpack -name "$(echo "one.$codec" |
	    sed 's/gzip/gz/; s/bzip2/bz2/; s/zstd/zst/')")" ]
	ok $? "$codec is fuzzed"
done
[ "$have_journal" != yes ] ||
    check_options ctail-journal "$CTAIL_JOURNAL" man/ctail-journal.8

for command in $commands help; do
	grep -q "^\\.It Cm $command\\>" man/ctailctl.8
	ok $? "ctailctl $command is described in ctailctl(8)"
	grep -Eq "(^|[ (\"'])$command([ )\"']|\$)" completions/ctailctl
	ok $? "ctailctl $command is completed"
	grep -rEq "(CTAILCTL|ctl|run)\\>.* $command\\>" \
	    tests/cli tests/e2e
	ok $? "ctailctl $command is tested"
	"$CTAILCTL" help "$command" 2>&1 | grep -q "^usage: ctailctl $command" ||
		[ "$command" = help ]
	ok $? "ctailctl help $command says its usage"
done

# --- Keys of ctail.ini ------------------------------------------------------

# The keys that every sink has stand in their own section of the manual.
common='max_age timeout min_severity storm fallback'
is_common() {
	case " $common " in *" $1 "*) return 0 ;; esac
	return 1
}

# heading SECTION: its section of the manual.
heading() {
	case $1 in
	agent) echo "[agent]" ;;
	*) echo "[$1 NAME]" ;;
	esac
}

# part HEADING: that section of the manual.
part() {
	awk -v heading="$1" '
	/^\.S[sh] / { inside = index($0, heading) > 0 }
	inside { print }' $manual
}

# item HEADING KEY: what the manual says about one key there.
item() {
	part "$1" | awk -v key="$2" '
	/^\.It Ic / {
		inside = 0
		for (i = 3; i <= NF; i++) if ($i == key) inside = 1
	}
	/^\.El/ { inside = 0 }
	inside { print }'
}

# The table of what is refused as not built yet: `.It Sy SECTION` and below
# it lines `.Ic key`.
not_built() {
	part "NOT BUILT YET" | awk -v section="$1" '
	/^\.It / { inside = $3 == section; next }
	inside && /^\.Ic / { print $2 }'
}

told_keys() {
	part "$1" | sed -n 's/^\.It Ic //p' | sed 's/ , / /g' |
	    tr ' ' '\n' | grep -E '^[a-z][a-z_]*$'
}

built_keys() { # built_keys SECTION built|not-built
	awk -v section="$1" -v state="$2" \
	    '$1 == section && $3 == state { print $2 }' "$dir/keys" |
	    while read -r key; do
		{ [ "$section" != agent ] && is_common "$key"; } || echo "$key"
	    done
}

for section in $sections; do
	where=$(heading "$section")
	is "$(differ "$(built_keys "$section" built)" "$(told_keys "$where")")" \
	    "" "every key of $where is described in ctail.ini(5)"
	is "$(differ "$(told_keys "$where")" "$(built_keys "$section" built)")" \
	    "" "ctail.ini(5) describes no key that $where has not"
	is "$(differ "$(built_keys "$section" not-built)" \
	    "$(not_built "$section")")" "" \
	    "every key of $where that is not built is named so in ctail.ini(5)"
	is "$(differ "$(not_built "$section")" \
	    "$(built_keys "$section" not-built)")" "" \
	    "what ctail.ini(5) calls not built in $where is refused so"
done
is "$(differ "$(echo "$common" | tr ' ' '\n')" "$(told_keys 'Every sink'
    not_built sinks)")" "" "the keys that every sink has are described"

# A key that nothing tries may be read and ignored.
untried=$(awk '$3 == "built" && $1 ~ /^(log|rule|logcheck)$/ {
    print $1, $2 }' "$dir/keys" | while read -r section key; do
	grep -rEq "(^|[^a-z_])$key *= *[^ =]" tests/golden/cases tests/cli \
	    tests/e2e tests/scenarios tests/equivalence tests/unit ||
		echo "[$section] $key"
    done)
is "$untried" "" "every key of a log, rule or [logcheck] is tried by some test"

# Defaults and choices, where a table names them.
while read -r section key state rest; do
	[ "$state" = built ] || continue
	where=$(heading "$section")
	! is_common "$key" || where='Every sink'
	text=$(item "$where" "$key")
	fallback=${rest#\"}
	choices=${fallback#*\"}
	fallback=${fallback%%\"*}
	for word in "$fallback" $choices; do
		[ -z "$word" ] || printf '%s\n' "$text" |
		    sed 's/^\.[A-Z][a-z] //' | grep -Fq -e "$word" ||
		    echo "$where $key: $word"
	done
done <"$dir/keys" >"$dir/untold"
is "$(sort -u "$dir/untold")" "" \
    "every default and every choice of a key stands in ctail.ini(5)"

tap_done
