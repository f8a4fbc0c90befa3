# layers.t: rooms include only what the floor plan allows (DESIGN.md, 3).
. "${CTAIL_ENV:?}"

# What each room may include, as extended regular expressions on the path
# between the quotes.  A room may always include itself.
settings='(input|judge|message)/[a-z]+_settings\.h'
sinks='deliver/([a-z]+_settings|sink_kind)\.h'
every='(base|input|judge|message|store|deliver|conf)/.*'
plan() {
	cat <<END
base ^\$
input ^base/
judge ^base/
message ^base/
store ^base/
deliver ^(base|message)/
conf ^(base/.*|$settings|$sinks)\$
ctail ^(base|input)/
ctaild ^$every\$
ctailctl ^($every|ctaild/.*)\$
ctail-send ^(base|conf|deliver|message)/
ctail-exec ^(base|conf|deliver|message)/
ctail-unpack ^(base/.*|input/unpack_protocol\.h)\$
ctail-journal ^base/
END
}

# The one place that knows each library.
libraries() {
	cat <<'END'
pcre2\.h src/judge/pattern\.c
sqlite3\.h src/store/store[a-z_]*\.(c|h)
curl/.*\.h src/deliver/transfer_internal\.h
ini\.h src/conf/ini_text\.c
sys/inotify\.h src/input/watch_inotify\.c
zlib\.h src/ctail-unpack/gzip\.c
bzlib\.h src/ctail-unpack/bzip2\.c
lzma\.h src/ctail-unpack/xz\.c
zstd[a-z_]*\.h src/ctail-unpack/zstd\.c
systemd/.*\.h src/ctail-journal/.*
END
}

includes() { # includes TREE: lines "FILE QUOTED-OR-ANGLED-NAME"
	(cd "$1" && find src -name '*.[ch]' -exec awk '
	    /^[ \t]*#[ \t]*include[ \t]*["<]/ {
		name = $0
		sub(/^[^"<]*/, "", name)
		sub(/[">][^">]*$/, "", name)
		print FILENAME, name
	    }' {} +)
}

# trespasses TREE: every include that the plan forbids, one a line.
trespasses() {
	includes "$1" >"$dir/includes"
	{
		plan | sed 's/^/room /'
		libraries | sed 's/^/library /'
		sed 's/^/include /' "$dir/includes"
	} | awk '
	$1 == "room" { may[$2] = $3; next }
	$1 == "library" { owner[$2] = $3; next }
	{
		file = $2; kind = substr($3, 1, 1); name = substr($3, 2)
		split(file, part, "/"); room = part[2]
		if (!(room in may)) { print file " stands in no known room"; next }
		if (kind == "<") {
			for (pattern in owner)
				if (name ~ "^(" pattern ")$" &&
				    file !~ "^(" owner[pattern] ")$")
					print file " includes <" name ">"
			next
		}
		if (name == "config.h") next
		from = name; sub(/\/.*/, "", from)
		if (name !~ /\//) print file " includes \"" name "\" without its room"
		else if (from == room) next
		else if (name ~ /_internal\.h$/ || name !~ may[room])
			print file " includes \"" name "\""
	}' | LC_ALL=C sort
}

is "$(trespasses "$srcdir")" "" "no room includes what it may not"

# The test itself can fail: each planted include is found.
planted() { # planted FILE INCLUDE SENTENCE
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree/$(dirname "$1")"
	printf '/* planted */\n#include "config.h"\n#include %s\n' "$2" \
	    >"$dir/tree/$1"
	like "$(trespasses "$dir/tree")" "^$1 " "$3"
}
planted src/base/buf.c '"input/lines.h"' "an upward include from base is found"
planted src/judge/when.c '"store/store.h"' "a sideways include is found"
planted src/input/follow.h '"judge/rule.h"' "one in a header is found"
planted src/store/store.c '"message/alert.h"' "the store knows no alerts"
planted src/conf/conf.c '"judge/pattern.h"' "conf sees settings tables only"
planted src/ctail/main.c '"store/store.h"' "ctail sees no database"
planted src/ctail-send/main.c '"judge/rule.h"' "ctail-send sees no rules"
planted src/ctaild/agent.c '<systemd/sd-journal.h>' \
    "libsystemd outside ctail-journal is found"
planted src/ctail-unpack/main.c '"input/follow.h"' \
    "ctail-unpack sees the protocol alone"
planted src/input/unpack.c '<zlib.h>' "a decompressor in the reader is found"
planted src/ctaild/agent.c '<curl/curl.h>' "libcurl outside transfer is found"
planted src/judge/rule.c '<pcre2.h>' "PCRE2 outside pattern is found"
planted src/ctaild/run.c '"base/platform_internal.h"' \
    "a private header of another room is found"
planted src/utils/misc.c '"base/buf.h"' "a room nobody planned is found"
rm -rf "$dir/tree"
mkdir -p "$dir/tree/src/judge"
printf '#include "config.h"\n#include "base/buf.h"\n#include "judge/when.h"\n' \
    >"$dir/tree/src/judge/when.c"
is "$(trespasses "$dir/tree")" "" "what is allowed is not reported"

tap_done
