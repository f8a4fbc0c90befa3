/*
 * journal_words: checks the words of `journal =` and says them in the
 * journal's own fields.
 *
 * Hides what journalctl's options stand for; what a unit matches beside its
 * own entries is for ctail-journal to know.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "base/fields.h"
#include "input/journal_words.h"

#define FIELD_MAX 64 /* the journal's own bound */
#define REQUEST_WORDS_MAX 256
#define WORD_MAX 256

static const char *const levels[] = {
    "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};

#define LEVEL_COUNT (sizeof(levels) / sizeof(levels[0]))

static const char *const unit_suffixes[] = {".service", ".socket", ".device",
    ".mount", ".automount", ".swap", ".target", ".path", ".timer", ".slice",
    ".scope", NULL};

/* Name and journal field of each capture. */
static const struct capture {
	const char *name, *field;
} captures[] = {
    {"boot_id", "_BOOT_ID"},
    {"comm", "_COMM"},
    {"exe", "_EXE"},
    {"facility", "SYSLOG_FACILITY"},
    {"gid", "_GID"},
    {"identifier", "SYSLOG_IDENTIFIER"},
    {"machine_id", "_MACHINE_ID"},
    {"message_id", "MESSAGE_ID"},
    {"pid", "_PID"},
    {"priority", "PRIORITY"},
    {"transport", "_TRANSPORT"},
    {"uid", "_UID"},
    {"unit", "_SYSTEMD_UNIT"},
    {"user_unit", "_SYSTEMD_USER_UNIT"},
};

#define CAPTURE_COUNT (sizeof(captures) / sizeof(captures[0]))

bool
journal_capture_is(struct span name)
{
	for (size_t i = 0; i < CAPTURE_COUNT; i++)
		if (span_is(name, captures[i].name))
			return true;
	return false;
}

static void
add_pair(
    struct buf *request, const char *field, const char *name, struct span value)
{
	struct buf pair = BUF_INIT;

	buf_addf(&pair, "%s=", name);
	buf_add_span(&pair, value);
	fields_add(request, field, buf_span(&pair));
	buf_release(&pair);
}

void
journal_captures_add(struct buf *request)
{
	for (size_t i = 0; i < CAPTURE_COUNT; i++)
		add_pair(request, "capture", captures[i].name,
		    span_str(captures[i].field));
}

/* --- One kind of word each ------------------------------------------------ */

static int
level_of(const char *value)
{
	if (value[0] >= '0' && value[0] <= '7' && !value[1])
		return value[0] - '0';
	if (!strcmp(value, "error"))
		return 3;
	for (size_t i = 0; i < LEVEL_COUNT; i++)
		if (!strcmp(value, levels[i]))
			return (int)i;
	return -1;
}

static int
check_priority(const char *value, struct err *err)
{
	if (level_of(value) >= 0)
		return 0;
	return err_set(err,
	    "journal: priority=%s is no level; the levels are "
	    "emerg, alert, crit, err, warning, notice, info and debug, or 0 "
	    "to 7",
	    value);
}

static int
check_unit(const char *value, struct err *err)
{
	if (!strpbrk(value, "*?["))
		return 0;
	return err_set(err,
	    "journal: unit=%s is a pattern; name each unit in "
	    "a word of its own",
	    value);
}

static int
check_boot(const char *value, struct err *err)
{
	if (!strcmp(value, "current"))
		return 0;
	return err_set(err,
	    "journal: boot=%s is not known; the only value is "
	    "`current', the boot that is running (a certain one is "
	    "_BOOT_ID=ID)",
	    value);
}

/* "ssh" is short for "ssh.service", as everywhere in systemd. */
static void
add_unit(struct buf *request, const char *value)
{
	struct buf unit = BUF_INIT;
	const char *suffix = strrchr(value, '.');
	bool whole = false;

	for (size_t i = 0; suffix && unit_suffixes[i]; i++)
		whole |= !strcmp(suffix, unit_suffixes[i]);
	buf_addf(&unit, "%s%s", value, whole ? "" : ".service");
	fields_add(request, "unit", buf_span(&unit));
	buf_release(&unit);
}

static void
add_priority(struct buf *request, const char *value)
{
	for (int level = 0; level <= level_of(value); level++) {
		const char digit = (char)('0' + level);

		add_pair(request, "match", "PRIORITY", span_of(&digit, 1));
	}
}

static void
add_identifier(struct buf *request, const char *value)
{
	add_pair(request, "match", "SYSLOG_IDENTIFIER", span_str(value));
}

static void
add_transport(struct buf *request, const char *value)
{
	add_pair(request, "match", "_TRANSPORT", span_str(value));
}

static void
add_boot(struct buf *request, const char *value)
{
	fields_add_str(request, "boot", value);
}

static const struct word_kind {
	const char *name;
	int (*check)(const char *value, struct err *err);
	void (*add)(struct buf *request, const char *value);
} word_kinds[] = {
    {"unit", check_unit, add_unit},
    {"identifier", NULL, add_identifier},
    {"priority", check_priority, add_priority},
    {"transport", NULL, add_transport},
    {"boot", check_boot, add_boot},
};

#define KIND_COUNT (sizeof(word_kinds) / sizeof(word_kinds[0]))

/* --- A word --------------------------------------------------------------- */

/* Its kind and value, or NULL. */
static const struct word_kind *
kind_of(const char *word, const char **value_out)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		size_t len = strlen(word_kinds[i].name);

		if (strncmp(word, word_kinds[i].name, len) || word[len] != '=')
			continue;
		*value_out = word + len + 1;
		return &word_kinds[i];
	}
	return NULL;
}

static bool
is_field_word(const char *word)
{
	size_t len = strcspn(word, "=");

	return len >= 1 && len <= FIELD_MAX && word[len] == '=' &&
	       !ascii_is_digit(word[0]) &&
	       strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == len;
}

static int
check_word(const char *word, struct err *err)
{
	const char *value = NULL;
	const struct word_kind *kind = kind_of(word, &value);

	if (strlen(word) > WORD_MAX)
		return err_set(err,
		    "journal: %.40s... is longer than the %d "
		    "bytes that a word may have",
		    word, WORD_MAX);
	if (kind && !*value)
		return err_set(err, "journal: nothing stands behind %s", word);
	if (kind)
		return kind->check ? kind->check(value, err) : 0;
	if (is_field_word(word))
		return 0;
	return err_set(err,
	    "journal: %s is not understood; write unit=NAME, "
	    "identifier=NAME, priority=LEVEL, transport=NAME, boot=current, "
	    "FIELD=VALUE for a field of the journal, or the single word `all'",
	    word);
}

int
journal_words_check(const struct setting_list *words, struct err *err)
{
	if (words->count > REQUEST_WORDS_MAX)
		return err_set(err,
		    "journal: %zu words are more than the %d "
		    "that may be; make several [log] sections of them",
		    words->count, REQUEST_WORDS_MAX);
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i].text;

		if (!strcmp(word, "all") && words->count > 1)
			return err_set(err, "journal: `all' stands alone; "
					    "leave it or the other words out");
		if (strcmp(word, "all") && check_word(word, err))
			return -1;
	}
	return 0;
}

void
journal_words_add(const struct setting_list *words, struct buf *request)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i].text, *value = NULL;
		const struct word_kind *kind = kind_of(word, &value);

		if (kind)
			kind->add(request, value);
		else if (strcmp(word, "all"))
			fields_add_str(request, "match", word);
	}
}
