/*
 * input_rotation: names of older generations, their order, and users'
 * patterns for them.
 */
#include "config.h"

#include "input/discover.h"
#include "input/rotation.h"
#include "files.h"
#include "tap.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static const char *const generations[] = {
    "app.log.1",
    "app.log.0",
    "app.log.17",
    "app.log.1.gz",
    "app.log.2.xz",
    "app.log.3.bz2",
    "app.log.4.zst",
    "app.log.5.Z",
    "app.log-20240101",
    "app.log-20240101.bz2",
    "app.log-2024010112",
    "app.log-1700000000",
    "app.log-20240101-12",
    "app.log-20240101-120000",
    "app.log-20240101-1700000000",
    "app.log-2024-01-01",
    "app.log.2024-01-01",
    "app.log.2024-01-01_12",
    "app.log.2024-01-01_12-30",
    "app.log.2024-01-01_12-30-59",
    "app.log.2024-01-01_12-30-59.gz",
    "app.log.2024-01-01.0.gz",
    "app.log.20240101-120000",
    "app.log.old",
    "app.log_20240101",
    "app.1.log",
    "app.1.log.gz",
    "app-20240101.log",
    "app-20240101.log.gz",
    "app-2024-01-01.log",
    "app-2024-01-01-3.log.gz",
    "app.2024-01-01_12-30-59_123456.log",
    "app-2024-01-01T12-30-59.123.log",
    "app.log.2024-01-01-13",
};

static const char *const others[] = {
    "app.log",
    "app.log.gz",
    "app.log.",
    "app.log.x",
    "app.log.1x",
    "app.log1",
    "app.log-2024",
    "app.log.offset",
    "app.log.offset.fp",
    "app.log.1.2.3",
    "app.log.1.gz.gz",
    "app.log.1.gz.tmp",
    "bapp.log.1",
    "ap",
    "",
    "other.1.log",
    "app.log-2024-1-1",
    "app.log.1234567890123",
    "app.log.2024-01-01_",
    "app.1.2.log",
};

static bool
is_generation(const char *name, const char *base)
{
	return rotation_parse(span_str(name), span_str(base), NULL);
}

static void
test_names(void)
{
	for (size_t i = 0; i < ROWS(generations); i++)
		OK(is_generation(generations[i], "app.log"),
		    "%s is a generation of app.log", generations[i]);
	for (size_t i = 0; i < ROWS(others); i++)
		OK(!is_generation(others[i], "app.log"), "\"%s\" is none",
		    others[i]);
	OK(!is_generation(".1", ""),
	    "nothing is a generation of the empty name");
	OK(is_generation("my *[log].1", "my *[log]"),
	    "blanks and glob characters are bytes like others");
	OK(is_generation("app.1", "app"), "a base needs no extension");
	OK(!is_generation("-20240101.log", ".log"),
	    "nor is an extension alone a stem");
}

static struct rotation_name
parsed(const char *name)
{
	struct rotation_name out = {.family = -2};

	rotation_parse_user(span_str(name), span_str("app.log"), &out);
	return out;
}

static bool
is_newer(const char *a, const char *b)
{
	struct rotation_name left = parsed(a), right = parsed(b);

	return left.ranked && right.ranked && left.family == right.family &&
	       left.rank > right.rank;
}

/* newer, older */
static const char *const pairs[][2] = {
    {"app.log.1", "app.log.2"},
    {"app.log.0", "app.log.1"},
    {"app.log.9", "app.log.10.gz"},
    {"app.log.1", "app.log.999999999"},
    {"app.1.log", "app.2.log.xz"},
    {"app.log-20240102", "app.log-20240101.zst"},
    {"app.log-20240101", "app.log-20231231"},
    {"app-20240102.log", "app-20240101.log"},
    {"app.log-2024010113", "app.log-2024010109"},
    {"app.log-20240101-1700000001", "app.log-20240101-1700000000"},
    {"app.log-20240102-1600000000", "app.log-20240101-1700000000"},
    {"app.log.2024-01-02.0.gz", "app.log.2024-01-01.12.gz"},
    {"app-2024-01-01-10.log", "app-2024-01-01-9.log"},
    {"app.log.2024-01-01_12-30-59", "app.log.2024-01-01_12-30-58"},
    {"app.2024-01-02_00-00-00_000000.log",
	"app.2024-01-01_23-59-59_999999.log"},
    {"app.9999-12-31_23-59-59_999999.log",
	"app.2024-01-01_23-59-59_999999.log"},
};

static const char *const strangers[][2] = {
    {"app.log.1", "app.log-20240101"},
    {"app.log.1", "app.1.log"},
    {"app.log.1", "old-app.log.1"},
    {"app.log-20240101", "app.log-2024010100"},
    {"app.log-2024-01-01", "app.log.2024-01-01"},
};

static void
test_order(void)
{
	for (size_t i = 0; i < ROWS(pairs); i++)
		OK(is_newer(pairs[i][0], pairs[i][1]) &&
			!is_newer(pairs[i][1], pairs[i][0]),
		    "%s is newer than %s", pairs[i][0], pairs[i][1]);
	for (size_t i = 0; i < ROWS(strangers); i++)
		OK(parsed(strangers[i][0]).family !=
			parsed(strangers[i][1]).family,
		    "%s and %s are of two families", strangers[i][0],
		    strangers[i][1]);
}

static enum compression
compression(const char *name)
{
	return compression_of(span_str(name), NULL);
}

static void
test_compression(void)
{
	struct span plain;

	OK(compression("a.gz") == COMPRESSION_GZIP &&
		compression("a.bz2") == COMPRESSION_BZIP2 &&
		compression("a.xz") == COMPRESSION_XZ &&
		compression("a.zst") == COMPRESSION_ZSTD,
	    "what ctail-unpack reads is known by its ending");
	OK(compression("a.Z") == COMPRESSION_OTHER &&
		compression("a.lz4") == COMPRESSION_OTHER,
	    "and what it does not");
	OK(!compression(".gz") && !compression("gz") && !compression("a.log") &&
		!compression("a.GZ") && !compression(""),
	    "other names are plain");
	compression_of(span_str("a.1.gz"), &plain);
	OK(span_is(plain, "a.1"), "the plain name lacks the ending");
	IS_INT(parsed("app.log.1.xz").compression, COMPRESSION_XZ,
	    "a generation's name says how it is packed");
}

static void
test_user_names(void)
{
	OK(parsed("app.log.3").ranked &&
		parsed("app.log.3").rank == UINT64_MAX - 3,
	    "a pattern's match with a known suffix has its rank");
	OK(parsed("old-app.log.3").ranked &&
		is_newer("old-app.log.2.gz", "old-app.log.3"),
	    "also behind a prefix");
	OK(!parsed("app.log-keep").ranked && !parsed("zzz").ranked &&
		!parsed("app.log").ranked,
	    "other names have none");
	IS_INT(parsed("app.log-keep.gz").compression, COMPRESSION_GZIP,
	    "but may be packed");
}

/* --- Which log a name belongs to -------------------------------------- */

static bool
is_app_log(void *arg, struct span base)
{
	++*(int *)arg;
	return span_is(base, "app.log");
}

static void
test_bases(void)
{
	int asked = 0;

	for (size_t i = 0; i < ROWS(generations); i++)
		OK(rotation_of_any(
		       span_str(generations[i]), is_app_log, &asked),
		    "%s leads to its base", generations[i]);
	asked = 0;
	OK(!rotation_of_any(span_str("app.log"), is_app_log, &asked) &&
		asked == 0,
	    "a plain name has no base to ask about");
}

/* --- Patterns --------------------------------------------------------- */

static void
test_pattern_check(void)
{
	struct err err = ERR_INIT;

	OK(!rotation_pattern_check("%s.*", &err) &&
		!rotation_pattern_check("old/%s.*", &err) &&
		!rotation_pattern_check("/var/old/x-%s-*.gz", &err),
	    "one %%s in the last component makes a pattern");
	OK(rotation_pattern_check("", &err) &&
		rotation_pattern_check("x", &err) &&
		strstr(err.text, "must have one %s"),
	    "none does not, and that is said");
	OK(rotation_pattern_check("%s.%s", &err) &&
		rotation_pattern_check("%s/%s", &err),
	    "nor do two");
	OK(rotation_pattern_check("%s/x", &err) &&
		strstr(err.text, "last slash"),
	    "nor does one before a slash");
}

static void
glob_is(const char *pattern, const char *log, const char *want,
    const char *sentence)
{
	char *glob = rotation_pattern_glob(pattern, log);

	IS_STR(glob, want, sentence);
	free(glob);
}

static void
test_pattern_glob(void)
{
	char *glob;

	glob_is("old/%s.*", "/var/log/app.log", "/var/log/old/app.log.*",
	    "a relative pattern starts in the log's directory");
	glob_is("/mnt/%s-*", "/var/log/app.log", "/mnt/app.log-*",
	    "an absolute one at the root");
	glob_is("%s.*", "/a*b/[x]?\\y", "/a\\*b/\\[x\\]\\?\\\\y.*",
	    "the log's own bytes are no wildcards");
	glob_is("100%-%s", "/l/a%sb", "/l/100%-a%sb",
	    "only the pattern's own %s is replaced");
	glob = rotation_pattern_glob("%s.?", "/l/my [*] log");
	OK(discover_matches(glob, "/l/my [*] log.1") &&
		!discover_matches(glob, "/l/my x log.1"),
	    "the glob matches what it should and nothing else");
	free(glob);
}

int
main(void)
{
	test_names();
	test_order();
	test_compression();
	test_user_names();
	test_bases();
	test_pattern_check();
	test_pattern_glob();
	return tap_done();
}
