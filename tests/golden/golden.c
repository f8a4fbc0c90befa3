/*
 * golden: cases to be read side by side: a configuration, and a script of
 * what happens, with what ctail makes of it below each line.
 *
 *	what the case shows, in a sentence
 *	=== config
 *	[log a]
 *	...
 *	=== config later             (for `reload later`)
 *	=== file rules/cracking.d/x  (in a directory that is @DIR@ above)
 *	...
 *	=== script
 *	zone Europe/Berlin           the time zone; UTC without it
 *	@ 2026-11-22 14:00:00        the clock (local time), or @ +30s
 *	a| text                      a record of [log a]
 *	a+ text                      a further line of the same record
 *	restart
 *	reload later
 *	end of pass
 *	show lines                   or details, or sinks: world.h
 *	limit keys N                 as if the limits were smaller: world.h
 *	limit shapes N
 *	limit memory
 *	ctailctl silence RULE 1h     a control command
 *
 * Lines that begin with >, - or ! are what comes out (world.h).  The program
 * plays the script and compares; with CTAIL_GOLDEN_WRITE=1 it writes what it
 * saw into the file instead, to be read by a person before it is believed.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/mem.h"
#include "base/units.h"
#include "judge/seen.h"
#include "tests/golden/world.h"
#include "tests/unit/tap.h"

#define CONFIGS_MAX 16
#define ARGS_MAX 16

struct config {
	char *name;
	struct buf text;
	bool file;			/* one beside them, not a config */
};

struct golden {
	char *path;
	struct buf title;
	struct buf head;		/* all that is before the script */
	struct config configs[CONFIGS_MAX];
	size_t config_count;
	struct buf script;
};

struct play {
	const struct golden *golden;
	const char *dir;
	struct world *world;
	struct buf said;		/* by the world, since the last line */
	struct buf script;		/* as it was played */
	struct buf record;		/* being put together */
	struct span log;
	bool has_record;
	const char *mistake;		/* in the script itself */
};

/* --- Reading -------------------------------------------------------------- */

static bool
take_line(struct span *rest, struct span *out)
{
	const char *newline;

	if (!rest->len)
		return false;
	newline = memchr(rest->data, '\n', rest->len);
	out->data = rest->data;
	out->len = newline ? (size_t)(newline - rest->data) : rest->len;
	rest->data += out->len + (newline != NULL);
	rest->len -= out->len + (newline != NULL);
	return true;
}

static bool
begins(struct span text, const char *word)
{
	size_t len = strlen(word);

	return text.len >= len && !memcmp(text.data, word, len);
}

static struct span
behind(struct span text, size_t len)
{
	return span_of(text.data + len, text.len - len);
}

static void
add_line(struct buf *out, struct span line)
{
	buf_add_span(out, line);
	buf_add_byte(out, '\n');
}

static bool
read_all(const char *path, struct buf *out)
{
	FILE *file = fopen(path, "r");
	char block[4096];
	size_t len;

	if (!file)
		return false;
	while ((len = fread(block, 1, sizeof(block), file)) > 0)
		buf_add(out, block, len);
	fclose(file);
	return true;
}

/* Which part of the file a "=== ..." line begins. */
static struct buf *
part_of(struct golden *golden, struct span line)
{
	struct config *config;
	struct span name = behind(line, strlen("=== "));

	if (span_is(name, "script"))
		return &golden->script;
	if ((!begins(name, "config") && !begins(name, "file ")) ||
	    golden->config_count == CONFIGS_MAX)
		return NULL;
	config = &golden->configs[golden->config_count++];
	config->file = begins(name, "file ");
	name = behind(name, strlen(config->file ? "file" : "config"));
	if (name.len)
		name = behind(name, 1);
	config->name = xstrndup(name.data, name.len);
	return &config->text;
}

static bool
golden_read(struct golden *golden, const char *path)
{
	struct buf text = BUF_INIT, *part = &golden->title;
	struct span rest, line;

	*golden = (struct golden){.path = xstrdup(path)};
	if (!read_all(path, &text))
		return false;
	rest = buf_span(&text);
	while (part && take_line(&rest, &line)) {
		if (begins(line, "=== "))
			part = part_of(golden, line);
		else
			add_line(part, line);
		if (part != &golden->script || begins(line, "=== "))
			add_line(&golden->head, line);
	}
	buf_release(&text);
	return part == &golden->script && golden->config_count > 0;
}

static void
golden_release(struct golden *golden)
{
	for (size_t i = 0; i < golden->config_count; i++) {
		free(golden->configs[i].name);
		buf_release(&golden->configs[i].text);
	}
	buf_release(&golden->title);
	buf_release(&golden->head);
	buf_release(&golden->script);
	free(golden->path);
}

static const char *
config_named(const struct golden *golden, struct span name)
{
	for (size_t i = 0; i < golden->config_count; i++)
		if (!golden->configs[i].file &&
		    span_is(name, golden->configs[i].name))
			return buf_str((struct buf *)&golden->configs[i].text);
	return NULL;
}

/* --- Files beside the configuration --------------------------------------- */

#define DIR_MARK "@DIR@"

static void
fill_in(struct buf *text, const char *dir)
{
	struct buf filled = BUF_INIT;
	const char *at = buf_str(text), *mark;

	for (; (mark = strstr(at, DIR_MARK)); at = mark + strlen(DIR_MARK)) {
		buf_add(&filled, at, (size_t)(mark - at));
		buf_add_str(&filled, dir);
	}
	buf_add_str(&filled, at);
	buf_release(text);
	*text = filled;
}

/* Calls for each directory on the way to the file, from the outermost, or
 * back. */
static void
each_parent(const char *path, size_t dir_len, bool back,
    void (*call)(const char *path))
{
	size_t len = strlen(path);

	for (size_t i = 1; i < len - dir_len; i++) {
		size_t at = back ? len - i : dir_len + i;
		char *parent;

		if (path[at] != '/')
			continue;
		parent = xstrndup(path, at);
		call(parent);
		free(parent);
	}
}

static void
make_directory(const char *path)
{
	mkdir(path, 0700);
}

static void
remove_directory(const char *path)
{
	rmdir(path);
}

static void
place_file(const struct config *config, const char *dir)
{
	struct buf path = BUF_INIT;
	FILE *file;

	buf_addf(&path, "%s/%s", dir, config->name);
	each_parent(buf_str(&path), strlen(dir), false, make_directory);
	file = fopen(buf_str(&path), "w");
	if (file) {
		fwrite(config->text.data, 1, config->text.len, file);
		fclose(file);
	}
	buf_release(&path);
}

static void
remove_file(const struct config *config, const char *dir)
{
	struct buf path = BUF_INIT;

	buf_addf(&path, "%s/%s", dir, config->name);
	unlink(buf_str(&path));
	each_parent(buf_str(&path), strlen(dir), true, remove_directory);
	buf_release(&path);
}

static void
place_files(struct golden *golden, const char *dir)
{
	for (size_t i = 0; i < golden->config_count; i++)
		if (golden->configs[i].file)
			place_file(&golden->configs[i], dir);
		else
			fill_in(&golden->configs[i].text, dir);
}

static void
remove_files(const struct golden *golden, const char *dir)
{
	for (size_t i = 0; i < golden->config_count; i++)
		if (golden->configs[i].file)
			remove_file(&golden->configs[i], dir);
}

/* --- Playing -------------------------------------------------------------- */

static bool
read_time(struct play *play, struct span text, int64_t *out)
{
	struct civil civil = {0};
	struct civil_zone zone = {0};
	int used = 0;

	if (begins(text, "+")) {
		int64_t step;

		if (duration_parse(behind(text, 1), &step, NULL))
			return false;
		*out = world_now(play->world) + step;
		return true;
	}
	if (sscanf(text.data, "%d-%d-%d %d:%d:%d%n", &civil.year, &civil.month,
		&civil.day, &civil.hour, &civil.minute, &civil.second,
		&used) != 6 || (size_t)used != text.len)
		return false;
	*out = civil_local_ms(&zone, &civil,
	    play->world ? world_now(play->world) : 0);
	return true;
}

/* The world begins with the first time that the script says. */
static bool
do_time(struct play *play, struct span text)
{
	int64_t now_ms;

	if (!play->world && begins(text, "+"))
		return false;
	if (!read_time(play, text, &now_ms))
		return false;
	if (play->world)
		world_advance(play->world, now_ms);
	else
		play->world = world_new(play->dir,
		    config_named(play->golden, span_str("")), now_ms,
		    &play->said);
	return play->world != NULL || play->said.len > 0;
}

static bool
do_command(struct play *play, struct span text)
{
	char *copy = xstrndup(text.data, text.len), *rest = copy, *word;
	const char *argv[ARGS_MAX];
	int argc = 0;
	bool done;

	while ((word = strsep(&rest, " ")) && argc < ARGS_MAX)
		if (*word)
			argv[argc++] = word;
	done = world_command(play->world, argc, argv);
	free(copy);
	return done;
}

static bool
do_zone(struct span name)
{
	char *copy = xstrndup(name.data, name.len);

	setenv("TZ", copy, 1);
	tzset();
	free(copy);
	return true;
}

static bool
do_limit(struct play *play, struct span text)
{
	bool keys = begins(text, "keys ");
	int64_t count;

	if (span_is(text, "memory"))
		return world_limit_memory(play->world), true;
	if (!keys && !begins(text, "shapes "))
		return false;
	text = behind(text, strlen(keys ? "keys " : "shapes "));
	if (number_parse(text, 0, SEEN_MAX, &count, NULL))
		return false;
	if (keys)
		world_limit_keys(play->world, (size_t)count);
	else
		world_limit_shapes(play->world, (size_t)count);
	return true;
}

static bool
do_step(struct play *play, struct span line)
{
	const char *config;

	if (begins(line, "zone "))
		return do_zone(behind(line, strlen("zone ")));
	if (begins(line, "@ "))
		return do_time(play, behind(line, strlen("@ ")));
	if (!play->world)
		return play->said.len > 0;
	if (span_is(line, "restart"))
		return world_restart(play->world);
	if (span_is(line, "end of pass"))
		return world_end_pass(play->world), true;
	if (span_is(line, "show lines"))
		return world_show(play->world, WORLD_LINES), true;
	if (span_is(line, "show details"))
		return world_show(play->world, WORLD_DETAILS), true;
	if (span_is(line, "show sinks"))
		return world_show(play->world, WORLD_SINKS), true;
	if (begins(line, "limit "))
		return do_limit(play, behind(line, strlen("limit ")));
	if (begins(line, "ctailctl "))
		return do_command(play, behind(line, strlen("ctailctl ")));
	if (!begins(line, "reload "))
		return false;
	config = config_named(play->golden, behind(line, strlen("reload ")));
	return config && world_reload(play->world, config);
}

/* "LOG| text" or "LOG+ text". */
static bool
is_record(struct span line, char mark, struct span *log_out,
    struct span *text_out)
{
	size_t at = 0;

	while (at < line.len && line.data[at] >= 'a' && line.data[at] <= 'z')
		at++;
	if (!at || at == line.len || line.data[at] != mark)
		return false;
	*log_out = span_of(line.data, at);
	*text_out = behind(line, at + 1);
	if (text_out->len)
		*text_out = behind(*text_out, 1);
	return true;
}

static void
end_record(struct play *play)
{
	if (!play->has_record)
		return;
	play->has_record = false;
	if (!play->world ||
	    !world_record(play->world, play->log, buf_span(&play->record)))
		play->mistake = "a record of an unknown log";
}

static void
flush_said(struct play *play)
{
	buf_add_span(&play->script, buf_span(&play->said));
	buf_reset(&play->said);
}

static void
play_line(struct play *play, struct span line)
{
	struct span log, text;

	if (is_record(line, '+', &log, &text) && play->has_record) {
		buf_add_byte(&play->record, '\n');
		buf_add_span(&play->record, text);
		add_line(&play->script, line);
		return;
	}
	end_record(play);
	flush_said(play);
	add_line(&play->script, line);
	if (is_record(line, '|', &log, &text)) {
		play->has_record = true;
		play->log = log;
		buf_reset(&play->record);
		buf_add_span(&play->record, text);
	} else if (line.len && line.data[0] != '#' && !do_step(play, line)) {
		play->mistake = "a line that is no step";
	}
}

static bool
is_outcome(struct span line)
{
	return begins(line, "> ") || begins(line, "- ") || begins(line, "! ");
}

static void
play_all(struct play *play)
{
	struct span rest, line;

	rest = span_of(play->golden->script.data, play->golden->script.len);
	while (!play->mistake && take_line(&rest, &line)) {
		if (is_outcome(line))
			continue;
		play_line(play, line);
		if (!play->has_record)
			flush_said(play);
	}
	end_record(play);
	flush_said(play);
	world_free(play->world);
}

/* --- Comparing ------------------------------------------------------------ */

static void
print_difference(struct span want, struct span got)
{
	struct span wanted = {"", 0}, seen = {"", 0};
	int line = 0;

	for (;;) {
		bool more = take_line(&want, &wanted);
		bool has = take_line(&got, &seen);

		line++;
		if (more && has && span_equal(wanted, seen))
			continue;
		printf("#   line %d of the script\n#  want: %.*s\n"
		       "#   got: %.*s\n", line,
		    more ? (int)wanted.len : 5, more ? wanted.data : "(end)",
		    has ? (int)seen.len : 5, has ? seen.data : "(end)");
		return;
	}
}

static void
write_back(const struct golden *golden, const struct play *play)
{
	FILE *file = fopen(golden->path, "w");

	if (!file)
		return;
	fwrite(golden->head.data, 1, golden->head.len, file);
	fwrite(play->script.data, 1, play->script.len, file);
	fclose(file);
}

static void
run_case(const char *path, const char *dir)
{
	struct golden golden;
	struct play play = {.golden = &golden, .dir = dir};
	bool same, read = golden_read(&golden, path);
	struct span title = buf_span(&golden.title);

	setenv("TZ", "UTC", 1);
	tzset();
	title.len = title.len ? title.len - 1 : 0;
	if (read) {
		place_files(&golden, dir);
		play_all(&play);
		remove_files(&golden, dir);
	}
	same = read && !play.mistake &&
	       span_equal(buf_span(&play.script), buf_span(&golden.script));
	OK(same, "%.*s", (int)title.len, title.data);
	if (!read || play.mistake)
		printf("#   %s: %s\n", path,
		    read ? play.mistake : "not a case");
	else if (!same && getenv("CTAIL_GOLDEN_WRITE"))
		write_back(&golden, &play);
	else if (!same)
		printf("#   %s\n", path), print_difference(
		    buf_span(&golden.script), buf_span(&play.script));
	buf_release(&play.said);
	buf_release(&play.script);
	buf_release(&play.record);
	golden_release(&golden);
}

int
main(int argc, char **argv)
{
	const char *base = getenv("TMPDIR");

	for (int i = 1; i < argc; i++) {
		struct buf dir = BUF_INIT, remove = BUF_INIT;

		buf_addf(&dir, "%s/ctail-golden-XXXXXX", base ? base : "/tmp");
		if (!mkdtemp((char *)buf_str(&dir))) {
			fprintf(stderr, "%s: %s\n", buf_str(&dir),
			    strerror(errno));
			return 99;
		}
		run_case(argv[i], buf_str(&dir));
		for (const char *const *name = (const char *const[]){
			 "ctail.db", "ctail.db-wal", "ctail.db-shm", NULL};
		     *name; name++) {
			buf_reset(&remove);
			buf_addf(&remove, "%s/%s", buf_str(&dir), *name);
			unlink(buf_str(&remove));
		}
		rmdir(buf_str(&dir));
		buf_release(&dir);
		buf_release(&remove);
	}
	return tap_done();
}
