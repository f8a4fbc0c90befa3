# source.t: the house rules that a machine can check, on every source file,
# each with a planted offence that it must find.
. "${CTAIL_ENV:?}"

sources() { # sources TREE SUFFIX...
	sources_tree=$1
	shift
	for suffix; do
		(cd "$sources_tree" && find src compat -name "*.$suffix" 2>/dev/null)
	done | LC_ALL=C sort
}

# code TREE: "FILE:LINE: text" of its sources, without comments and the insides
# of strings and character constants.  That of the real tree is made once.
code() {
	if [ "$1" != "$srcdir" ]; then
		strip "$1"
	else
		[ -e "$dir/code" ] || strip "$1" >"$dir/code"
		cat "$dir/code"
	fi
}

strip() {
	(cd "$1" && sources . c h | xargs awk '
	FNR == 1 { comment = 0 }
	# Nothing begins or ends here.
	!comment && !/["\047\/]/ { print FILENAME ":" FNR ": " $0; next }
	comment && !/\*\// { print FILENAME ":" FNR ": "; next }
	{
		out = ""; quote = ""
		for (i = 1; i <= length($0); i++) {
			two = substr($0, i, 2); one = substr($0, i, 1)
			if (comment) {
				if (two == "*/") { comment = 0; i++ }
			} else if (quote != "") {
				if (one == "\\") i++
				else if (one == quote) { quote = ""; out = out one }
			} else if (two == "/*") { comment = 1; i++ }
			else if (two == "//") break
			else {
				if (one == "\"" || one == "\047") quote = one
				out = out one
			}
		}
		print FILENAME ":" FNR ": " out
	}')
}

# Each rule is a function that prints offences of the tree in $1.
banned_calls() {
	code "$1" | grep -E '[^a-zA-Z0-9_.>](strcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|gets|localtime|gmtime|ctime|asctime|alloca|system|popen|mktemp|tmpnam|atoi|atol|setenv|putenv)[ ]*\('
}

conditions() {
	# Seams: what configure picks, what bridges systems, include guards.
	code "$1" |
	    grep -Ev '^(compat/|src/base/platform\.c:|src/input/watch_)' |
	    grep -E ': *# *(if|elif|ifdef|ifndef)' |
	    grep -Ev '# *ifndef CTAIL_[A-Z0-9_]*_H$'
}

# <ctype.h> asks the locale, and wants casts; what is written by hand stands
# everywhere.
own_classes() {
	(cd "$1" && sources . c h | xargs grep -HnE \
	    "include <ctype\.h>|>= '[0aA]' && [^|]*<= '[9zZ]'|< '[0aA]' [|][|] [^&]*> '[9zZ]'") |
	    grep -v '^src/base/ascii\.h:'
}

# shellcheck disable=SC2016
long_files() {
	(cd "$1" && sources . c h | xargs wc -l | awk '
	$2 != "total" && $1 > 600 { print $2 ": " $1 " lines" }')
}

# (shellcheck takes the $0 of awk for one of the shell.)
# shellcheck disable=SC2016
long_functions() {
	(cd "$1" && sources . c | xargs awk '
	/^[a-zA-Z_].*\(/ && !/;[ \t]*$/ {
		name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
	}
	/^\{/ { start = FNR }
	/^\}/ {
		if (start && FNR - start > 80)
			print FILENAME ":" start ": " name " has " FNR - start " lines"
		start = 0
	}')
}

# shellcheck disable=SC2016
silent_files() {
	(cd "$1" && sources . c h | xargs awk '
	function close_file() {
		if (file ~ /\.c$/ && first != "#include \"config.h\"")
			print file ": config.h is not its first include"
	}
	FNR == 1 {
		close_file()
		file = FILENAME
		first = ""
		if (!/^\/\*/) print file " does not say what it is"
	}
	first == "" && /^# *include/ { first = $0 }
	END { close_file() }')
}

open_ends() {
	(cd "$1" && sources . c h | xargs grep -HnE '\b(TODO|FIXME|XXX|HACK)\b')
}

# What outlives a call and is not const; but for what a signal handler can reach
# in no other way.
mutable_state() {
	{
		mutable_names "$1"
		mutable_structs "$1"
	} | grep -Ev 'volatile sig_atomic_t' |
	    grep -Ev '^src/base/mapping_mmap\.c:[0-9]*: \} window;$'
}

# A pointer to const may change, one that is const does not.
mutable_names() {
	code "$1" | grep -E '^[^:]*\.c:' |
	    grep -E '^[^:]*:[0-9]*: ([a-zA-Z][a-zA-Z0-9_ ]*[ *]|[[:blank:]]+static [a-zA-Z0-9_ ]*[ *])[a-zA-Z0-9_]+(\[[^]]*\])* *(;|=)' |
	    grep -Ev ': *(typedef|extern|return|goto|break|continue|struct [a-z_]+;|enum [a-z_]+;|union [a-z_]+;)' |
	    grep -Ev '[[:blank:]]const [^*]*(;|=)|\* *const '
}

# One whose type is written with it.
# shellcheck disable=SC2016
mutable_structs() {
	code "$1" | grep -E '^[^:]*\.c:' | awk '
	{ text = $0; sub(/^[^:]*:[0-9]*: /, "", text) }
	text ~ /^[a-z].*\{/ { head = text }
	text ~ /^([a-z].*\{.*)?\} *[a-zA-Z_]/ &&
	    text !~ /\} *__attribute__[^=]*;$/ &&
	    head !~ /(^|[ *])(const|typedef) / { print }'
}

# shellcheck disable=SC2016
wide_lines() {
	(cd "$1" && sources . c h | xargs awk '
	# (Too short, were each byte a tab.)
	length($0) > 10 {
		width = 0
		rest = $0
		while (at = index(rest, "\t")) {
			width += at - 1
			width += 8 - width % 8
			rest = substr(rest, at + 1)
		}
		width += length(rest)
		if (width > 80) print FILENAME ":" FNR ": " width " columns"
	}
	/[ \t]$/ { print FILENAME ":" FNR ": blanks at the end" }')
}

# rule NAME SENTENCE FILE PLANTED-TEXT: the tree is clean, and the planted
# offence is found.
rule() {
	is "$("$1" "$srcdir")" "" "$2"
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree/$(dirname "$3")"
	printf '/* planted */\n#include "config.h"\n' >"$dir/tree/$3"
	printf '%b' "$4" >>"$dir/tree/$3"
	like "$("$1" "$dir/tree")" "$(basename "$3")" \
	    "the rule finds what offends it: $2"
}

rule banned_calls "no function that cannot be used safely is called" \
    src/base/buf.c 'int f(char *a, char *b)\n{\n\tstrcpy(a, b);\n}\n'
rule conditions "no condition on the system outside the seams" \
    src/base/buf.c '#ifdef __linux__\n#endif\n'
rule own_classes "what kind of character a byte is, base/ascii.h alone says" \
    src/base/buf.c "int f(int c)\n{\n\treturn c >= '0' && c <= '9';\n}\n"
rule long_files "no file has more than 600 lines" \
    src/base/buf.c "$(awk 'BEGIN { for (i = 0; i < 600; i++) printf "\\n" }')"
rule long_functions "no function has more than 80 lines" \
    src/base/buf.c "int\nf(void)\n{\n$(awk 'BEGIN { for (i = 0; i < 81; i++) printf "\\n" }')}\n"
rule open_ends "nothing is left for later" \
    src/base/buf.c '/* TODO: later */\n'
rule mutable_state "no file keeps state of its own" \
    src/base/buf.c 'static int counter;\n'
rule wide_lines "no line is wider than 80 columns or ends in blanks" \
    src/base/buf.c 'int a; \n'

is "$(silent_files "$srcdir")" "" \
    "every source file opens by saying what it is"
rm -rf "$dir/tree"
mkdir -p "$dir/tree/src/base"
echo 'int a;' >"$dir/tree/src/base/buf.c"
like "$(silent_files "$dir/tree")" "buf.c does not say" \
    "a file that says nothing is found"

# Comments and strings are not code.
mkdir -p "$dir/tree/src/base"
cat >"$dir/tree/src/base/buf.c" <<'END'
/* planted: system(3) and strcpy() are only spoken of */
#include "config.h"
static const char text[] = "do not use gets(line)"; /* sprintf( */
END
is "$(banned_calls "$dir/tree")" "" "words in comments and strings are free"
is "$(mutable_state "$dir/tree")" "" "constants are not state"
cat >"$dir/tree/src/base/buf.c" <<'END'
/* planted */
#include "config.h"
struct word {
	const char *text;
} __attribute__((packed));
typedef struct {
	int a;
} pair;
static const struct kind {
	const char *name;
} kinds[] = {
    {"a"},
};
static const char *const names[] = {"a"};
static volatile sig_atomic_t ended;
int
f(void)
{
	static const int squares[] = {1, 4};
	return squares[0];
}
END
is "$(mutable_state "$dir/tree")" "" "nor are types, nor what a signal sets"
planted=0
while IFS= read -r state; do
	planted=$((planted + 1))
	printf '/* planted */\n%b\n' "$state" >"$dir/tree/src/base/buf.c"
	like "$(mutable_state "$dir/tree")" "buf.c" \
	    "but this is: $(printf %s "$state" | sed 's,\\[nt], ,g')"
done <<'END'
static struct window {\n\tint a;\n} window;
struct {\n\tint a;\n} windows[2];
static enum { A, B } which = A;
static struct pair { int a; } pair;
static const char *name;
static const char *names[] = {"a"};
int\nf(void)\n{\n\tstatic int calls;\n}
END
is "$planted" 7 "each was tried"

scripts() {
	(cd "$srcdir" && for script in bootstrap demo/* .ci/run tests/summary tests/driver \
	    tests/tap.sh tests/lint/*.t tests/cli/*.t tests/e2e/*.t \
	    tests/lib/*.sh tests/long/run tests/long/*.sh tests/long/*.t \
	    tests/property/*.t tests/golden/*.t tests/equivalence/*.t \
	    tests/scenarios/*.t tests/interop/*.t bench/run \
	    bench/*.sh completions/*; do
		[ -f "$script" ] || continue
		case $script in
		*.md | *.c | *.py | *.awk | *.conf) continue ;;
		esac
		echo "$script"
	done)
}

if command -v shellcheck >/dev/null 2>&1; then
	for script in $(scripts); do
		case $script in
		completions/* | .ci/run) shell="bash" ;;
		*) shell="sh" ;;
		esac
		# What env.sh defines is not seen, nor who calls a function.
		is "$(cd "$srcdir" && shellcheck -s "$shell" -S warning -f gcc \
		    -e SC1090,SC1091,SC2154,SC2034,SC2317 "$script" 2>&1)" "" \
		    "shellcheck finds nothing wrong in $script"
	done
else
	skip "shellcheck finds nothing wrong in the scripts" \
	    "shellcheck is not installed"
fi

tap_done
