# links.t: each program is linked with what it needs and nothing else
# (DESIGN.md, 2): danger and cost live in processes of their own.
. "${CTAIL_ENV:?}"

command -v readelf >/dev/null 2>&1 || skip_all "readelf is not installed"
readelf -h "$CTAIL" >/dev/null 2>&1 || skip_all "the programs are no ELF files"

# Libraries a program asks for; what a sanitizer adds is left out.
needed() {
	readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
	    sed 's/\.so.*//; s/^libc\..*/libc/' | {
		if [ -n "$sanitize_flags" ]; then
			grep -Ev '^lib(asan|ubsan|lsan|tsan|gcc_s|m|dl|rt|pthread|resolv|stdc\+\+|c\+\+)$'
		else
			# The loader is named where the architecture wants it.
			cat
		fi
	} | grep -v '^ld-' | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//'
}

is "$(needed "$CTAIL")" "libc" "ctail links the C library alone"
is "$(needed "$CTAILD")" "libc libinih libpcre2-8 libsqlite3" \
    "ctaild links PCRE2, libinih and SQLite, and no network code"
is "$(needed "$CTAILCTL")" "libc libinih libpcre2-8 libsqlite3" \
    "ctailctl links what ctaild does"
is "$(needed "$CTAIL_EXEC")" "libc libinih" \
    "ctail-exec links neither libcurl, PCRE2 nor SQLite"
# The formats that configure found, and no other program has any of them.
expected=$({
	echo libc
	! grep -q '^#define GZIP_CODEC &' "$builddir/config.h" || echo libz
	! grep -q '^#define BZIP2_CODEC &' "$builddir/config.h" || echo libbz2
	! grep -q '^#define XZ_CODEC &' "$builddir/config.h" || echo liblzma
	! grep -q '^#define ZSTD_CODEC &' "$builddir/config.h" || echo libzstd
} | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')
is "$(needed "$CTAIL_UNPACK")" "$expected" \
    "ctail-unpack links the decompressors that were found, nothing else"
for program in "$CTAIL" "$CTAILD" "$CTAILCTL" "$CTAIL_SEND" "$CTAIL_EXEC"; do
	unlike "$(needed "$program")" 'lib(z|bz2|lzma|zstd)\>' \
	    "$(basename "$program") links no decompressor"
done
like "$(needed "$CTAIL_SEND")" '^libc libcurl[a-z-]* libinih$' \
    "ctail-send links libcurl and libinih, neither PCRE2 nor SQLite"
if [ "$have_journal" = yes ]; then
	is "$(needed "$CTAIL_JOURNAL")" "libc libsystemd" \
	    "ctail-journal links libsystemd and nothing else"
else
	skip "ctail-journal links libsystemd and nothing else" \
	    "configured without the journal"
fi

# Hardening, where configure found that the linker has it.
hardened=$(sed -n 's/^harden_ldflags = //p' "$builddir/Makefile")
for program in "$CTAIL" "$CTAILD" "$CTAILCTL" "$CTAIL_SEND" "$CTAIL_EXEC" \
    "$CTAIL_UNPACK"; do
	# A sanitizer takes their place.
	[ -z "$sanitize_flags" ] || break
	name=$(basename "$program")
	case $hardened in
	*-pie*)
		like "$(readelf -h "$program")" 'Type: *DYN' \
		    "$name is position independent"
		;;
	*)
		skip "$name is position independent" \
		    "this linker has no -pie"
		;;
	esac
	case $hardened:$name in
	*now*:ctail)
		# Bound when used, for the start of a run that finds nothing
		# (configure.ac says why).
		like "$(readelf -lW "$program")" 'GNU_RELRO' \
		    "$name has what the linker filled in read-only"
		;;
	*now*)
		like "$(readelf -d "$program")" 'NOW' \
		    "$name binds every symbol at its start"
		;;
	*)
		skip "$name binds every symbol at its start" \
		    "this linker has no -z now"
		;;
	esac
done

tap_done
