/*
 * logcheck: the layers of a report and the names that decide them, as tables.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "judge/logcheck.h"

/* Whose section bears no name, and to whose matches more is done. */
#define GENERAL_FILE "logcheck"

/* The script says `^logcheck*', which is this and any number of k. */
#define GENERAL_PREFIX "logchec"

/* Of these every raise file has its own: logcheck-F. */
#define OWN_PREFIX "logcheck-"

#define LOCAL_FILE "local"
#define LOCAL_PREFIX "local-"

#define SORT_FIELDS 3

static const struct layer {
	const char *heading;
	enum severity severity;
	const char *raise, *ignore;
} layers[LOGCHECK_LAYERS] = {
    [LOGCHECK_ALERTS] = {"Security Alerts", SEVERITY_CRITICAL, "cracking.d",
	"cracking.ignore.d"},
    [LOGCHECK_EVENTS] = {"Security Events", SEVERITY_WARNING, "violations.d",
	"violations.ignore.d"},
    [LOGCHECK_SYSTEM] = {"System Events", SEVERITY_NOTICE, NULL, NULL},
};

/* A level has those of the levels below, too. */
static const char *const level_directories[LOGCHECK_LEVELS] = {
    [LOGCHECK_PARANOID] = "ignore.d.paranoid",
    [LOGCHECK_SERVER] = "ignore.d.server",
    [LOGCHECK_WORKSTATION] = "ignore.d.workstation",
};

const char *
logcheck_heading(enum logcheck_layer layer)
{
	return layers[layer].heading;
}

void
logcheck_add_heading(
    struct buf *out, enum logcheck_layer layer, const char *group)
{
	buf_add_str(out, logcheck_heading(layer));
	if (group && *group)
		buf_addf(out, " for %s", group);
}

enum severity
logcheck_severity(enum logcheck_layer layer)
{
	return layers[layer].severity;
}

const char *
logcheck_raise_directory(enum logcheck_layer layer)
{
	return layers[layer].raise;
}

const char *
logcheck_ignore_directory(enum logcheck_layer layer)
{
	return layers[layer].ignore;
}

const char *
logcheck_level_directory(enum logcheck_level level, size_t i)
{
	return i <= (size_t)level ? level_directories[level - i] : NULL;
}

/* --- Names ---------------------------------------------------------------- */

bool
logcheck_is_nameless(struct span raise_file)
{
	return span_is(raise_file, GENERAL_FILE);
}

bool
logcheck_ignores(struct span raise_file, struct span ignore_file)
{
	size_t own = strlen(OWN_PREFIX);

	if (logcheck_is_nameless(raise_file) ||
	    span_equal(raise_file, ignore_file) ||
	    span_is(ignore_file, LOCAL_FILE) ||
	    span_begins(ignore_file, span_str(LOCAL_PREFIX)))
		return true;
	return span_begins(ignore_file, span_str(OWN_PREFIX)) &&
	       span_equal(raise_file,
		   span_of(ignore_file.data + own, ignore_file.len - own));
}

bool
logcheck_yields_to(struct span raise_file, struct span other_file)
{
	return logcheck_is_nameless(raise_file) &&
	       !span_begins(other_file, span_str(GENERAL_PREFIX));
}

/* --- Lines ---------------------------------------------------------------- */

struct span
logcheck_line(struct span text)
{
	while (text.len && ascii_is_space(text.data[text.len - 1]))
		text.len--;
	return text;
}

/* As Debian's rules begin. */
const char logcheck_prefix_rule[] =
    "^(\\w{3} [ :[:digit:]]{11}|[0-9T:.+-]{32}) [._[:alnum:]-]+ ";

static bool
has_old_time(struct span line)
{
	for (size_t i = 0; i < 15; i++) {
		char byte = line.data[i];

		if (i < 3 ? !ascii_is_letter(byte)
			  : !ascii_is_digit(byte) && byte != ' ' &&
				(i == 3 || byte != ':'))
			return false;
	}
	return line.data[3] == ' ';
}

static bool
has_new_time(struct span line)
{
	for (size_t i = 0; i < 32; i++)
		if (!ascii_is_digit(line.data[i]) &&
		    (!line.data[i] || !strchr("T:.+-", line.data[i])))
			return false;
	return true;
}

/* Behind the time, with the blank; 0: there is none. */
static size_t
skip_time(struct span line)
{
	if (line.len > 15 && has_old_time(line) && line.data[15] == ' ')
		return 16;
	if (line.len > 32 && has_new_time(line) && line.data[32] == ' ')
		return 33;
	return 0;
}

size_t
logcheck_prefix(struct span line)
{
	size_t start = skip_time(line), at = start;

	while (start && at < line.len &&
	       (ascii_is_alnum(line.data[at]) ||
		   (line.data[at] && strchr("._-", line.data[at]))))
		at++;
	if (at == start || at >= line.len || line.data[at] != ' ')
		return 0;
	return at + 1;
}

/* What sort(1) takes for the space between fields. */
static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n';
}

/* The first three fields, each with the blanks before it. */
static struct span
sort_key(struct span line)
{
	size_t at = 0;

	for (int i = 0; i < SORT_FIELDS; i++) {
		while (at < line.len && is_blank(line.data[at]))
			at++;
		while (at < line.len && !is_blank(line.data[at]))
			at++;
	}
	return span_of(line.data, at);
}

int
logcheck_compare(struct span line, struct span other)
{
	return span_order(sort_key(line), sort_key(other));
}
