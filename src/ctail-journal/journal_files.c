/*
 * journal_files: libsystemd's journal, opened for one question.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "ctail-journal/journal_files.h"

int
journal_files_open(const char *directory, sd_journal **out, struct err *err)
{
	int result = directory ? sd_journal_open_directory(out, directory, 0)
			       : sd_journal_open(out, SD_JOURNAL_LOCAL_ONLY);

	if (result >= 0)
		return 0;
	return err_set(err, "cannot open the journal%s%s: %s",
	    directory ? " in " : "", directory ? directory : "",
	    strerror(-result));
}

static int
failed(const char *doing, int result, struct err *err)
{
	return err_set(
	    err, "cannot %s the journal: %s", doing, strerror(-result));
}

int
journal_files_last(const char *directory, char **cursor_out, struct err *err)
{
	sd_journal *journal;
	int result;

	if (journal_files_open(directory, &journal, err))
		return -1;
	result = sd_journal_seek_tail(journal);
	if (result >= 0)
		result = sd_journal_previous(journal);
	if (result > 0)
		result = sd_journal_get_cursor(journal, cursor_out) < 0
			     ? -EBADMSG
			     : 1;
	sd_journal_close(journal);
	return result < 0 ? failed("find the end of", result, err) : result;
}

/* --- Cursors -------------------------------------------------------------- */

/* The value of one item of "s=...;i=...;..." in hexadecimal digits. */
static int
cursor_number(const char *cursor, char name, unsigned long long *out)
{
	for (const char *at = cursor; at; at = strchr(at, ';')) {
		at += *at == ';';
		if (at[0] != name || at[1] != '=')
			continue;
		return sscanf(at + 2, "%llx", out) == 1 ? 0 : -1;
	}
	return -1;
}

int64_t
cursor_time_us(const char *cursor)
{
	unsigned long long us;

	return cursor_number(cursor, 't', &us) ? 0 : (int64_t)us;
}

/* Whether next follows cursor in the same run of numbers, so that nothing can
 * have stood between them. */
static int
is_successor(const char *cursor, const char *next)
{
	unsigned long long a, b;
	size_t len = strcspn(cursor, ";");

	return !strncmp(cursor, "s=", 2) && !strncmp(cursor, next, len + 1) &&
	       !cursor_number(cursor, 'i', &a) &&
	       !cursor_number(next, 'i', &b) && b == a + 1;
}

static int
look_behind(sd_journal *journal, const char *cursor, enum cursor_state *out,
    int64_t *next_us)
{
	char *next = NULL;
	int result = sd_journal_next(journal);

	*out = CURSOR_ALONE;
	if (result <= 0)
		return result;
	result = sd_journal_test_cursor(journal, cursor);
	if (result < 0)
		return result;
	*out = result ? CURSOR_THERE : CURSOR_GONE;
	if (result || (result = sd_journal_get_cursor(journal, &next)) < 0)
		return result;
	*next_us = cursor_time_us(next);
	if (is_successor(cursor, next))
		*out = CURSOR_THERE;
	free(next);
	return 0;
}

int
journal_files_look(const char *directory, const char *cursor,
    enum cursor_state *out, int64_t *next_us, struct err *err)
{
	sd_journal *journal;
	int result;

	*next_us = 0;
	if (journal_files_open(directory, &journal, err))
		return -1;
	result = sd_journal_seek_cursor(journal, cursor);
	if (result >= 0)
		result = look_behind(journal, cursor, out, next_us);
	sd_journal_close(journal);
	return result < 0 ? failed("find a place in", result, err) : 0;
}

/* --- Rights --------------------------------------------------------------- */

/* How many journal files are there, and whether one may not be read. */
static void
count_files(
    const char *parent, const char *machine, unsigned *there, unsigned *barred)
{
	char path[256];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s", parent, machine);
	dir = opendir(path);
	if (!dir) {
		*barred += errno == EACCES;
		return;
	}
	while ((entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".journal"))
			continue;
		++*there;
		/* The journals of users are their own business. */
		if (!strcmp(entry->d_name, "system.journal"))
			*barred +=
			    faccessat(dirfd(dir), entry->d_name, R_OK, 0) < 0;
	}
	closedir(dir);
}

void
journal_files_access(const char *directory, struct buf *why_out)
{
	char machine[SD_ID128_STRING_MAX] = "";
	unsigned there = 0, barred = 0;
	sd_id128_t id;

	if (directory)
		return;
	if (sd_id128_get_machine(&id) >= 0)
		sd_id128_to_string(id, machine);
	count_files("/var/log/journal", machine, &there, &barred);
	count_files("/run/log/journal", machine, &there, &barred);
	if (barred)
		buf_add_str(why_out,
		    "the system's journal may not be read by "
		    "this user; add the user to the group systemd-journal and "
		    "start ctail again");
	else if (!there)
		buf_add_str(why_out,
		    "there is no journal of this system, "
		    "neither in /var/log/journal nor in /run/log/journal");
}
