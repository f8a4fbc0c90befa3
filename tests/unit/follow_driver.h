/*
 * follow_driver: drives a follow over real files, a clock in the hand.
 *
 * Both ways of taking what is new are driven alike (take_extents); what came
 * is collected as text, each line with '|', a cut one with '!', a partial one
 * with '?'.  Restarts go through the text form of the checkpoint.  The boot
 * clock is ours, the wall clock is the one that stamps the files.
 */
#ifndef CTAIL_TESTS_FOLLOW_DRIVER_H
#define CTAIL_TESTS_FOLLOW_DRIVER_H

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "input/follow.h"
#include "input/lines.h"
#include "files.h"
#include "packer.h"
#include "tap.h"

#define MAX_LINE 1000

/* Long enough for a fingerprint of it to prove something. */
#define LONG                                                                   \
	"a line that is long enough to be told from other lines by what it "   \
	"says\n"

static struct unpacker unpacker = {.program = "./ctail-unpack"};
static struct follow_options options = {.max_line = MAX_LINE};
static struct buf shared;
static struct buf got;
static struct buf said; /* every error and explanation, a line each */
static struct err err;
static struct err told_err; /* of the last verdict that is no end */
static int64_t now = 5000;
static bool take_extents;
static unsigned gaps_told;

static inline void
note_said(void *arg, const char *text)
{
	(void)arg;
	buf_add_str(&said, text);
	buf_add_byte(&said, '\n');
}

static inline struct follow_now
driver_now(void)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME_COARSE, &wall);
	return (struct follow_now){
	    now, (int64_t)wall.tv_sec * 1000000000 + wall.tv_nsec};
}

static inline void
collect_text(struct span text, bool partial)
{
	for (size_t i = 0; i < text.len; i++)
		buf_add_byte(&got, text.data[i] == '\n' ? '|' : text.data[i]);
	if (partial)
		buf_add_byte(&got, '?');
}

static inline enum follow_verdict
look_block(struct follow *follow)
{
	struct follow_now when = driver_now();
	struct follow_block block;
	enum follow_verdict verdict =
	    follow_read(follow, &shared, &when, &block, &err);
	struct lines lines;
	struct line line;

	if (verdict != FOLLOW_DATA)
		return verdict;
	lines_init(&lines, block.bytes, MAX_LINE, block.position.skipping);
	while (lines_next(&lines, &line)) {
		buf_add_span(&got, line.text);
		buf_add_str(&got, line.cut ? "!" : "|");
	}
	if (block.partial) {
		collect_text(span_of(block.bytes.data + lines.at,
				 block.bytes.len - lines.at),
		    true);
		lines.at = block.bytes.len;
	}
	follow_consume(follow, &block, lines.at, lines.skipping);
	return verdict;
}

static inline enum follow_verdict
look_extent(struct follow *follow)
{
	struct follow_now when = driver_now();
	struct follow_extent extent;
	struct span bytes = {0};
	enum follow_verdict verdict =
	    follow_extent(follow, &shared, &when, &extent, &bytes, &err);
	struct buf copy = BUF_INIT;
	size_t len, keep;

	if (verdict != FOLLOW_DATA)
		return verdict;
	len = (size_t)(extent.end - extent.position.offset);
	if (bytes.len) {
		buf_add_span(&copy, bytes);
	} else {
		buf_reserve(&copy, len);
		if (content_pread(extent.content, copy.data, len,
			extent.position.offset, len, &err) != (ssize_t)len)
			exit(99);
		copy.len = len;
	}
	collect_text(buf_span(&copy), extent.partial);
	keep = len < POSITION_PRINT ? len : POSITION_PRINT;
	follow_consume_extent(follow, &extent, extent.end,
	    span_of(copy.data + len - keep, keep));
	buf_release(&copy);
	return verdict;
}

static inline enum follow_verdict
look(struct follow *follow)
{
	enum follow_verdict verdict;

	err.text[0] = '\0';
	verdict = take_extents ? look_extent(follow) : look_block(follow);
	if (verdict != FOLLOW_DATA && err.text[0])
		note_said(NULL, err.text);
	if (verdict == FOLLOW_GAP)
		gaps_told++;
	return verdict;
}

/* Until there is nothing more now; the last verdict before the end that was
 * no data, a gap or truncation rather than a rotation, else what ended it. */
static inline enum follow_verdict
look_all(struct follow *follow)
{
	enum follow_verdict told = FOLLOW_EOF;

	buf_reset(&got);
	for (int i = 0; i < 10000; i++) {
		enum follow_verdict verdict = look(follow);

		switch (verdict) {
		case FOLLOW_DATA:
			break;
		case FOLLOW_ROTATED:
			if (told == FOLLOW_EOF)
				told = verdict;
			break;
		case FOLLOW_TRUNCATED:
		case FOLLOW_GAP:
			told = verdict;
			told_err = err;
			break;
		default:
			return told == FOLLOW_EOF ||
				(told == FOLLOW_ROTATED &&
				    verdict != FOLLOW_EOF &&
				    verdict != FOLLOW_GONE)
			    ? verdict
			    : told;
		}
	}
	return FOLLOW_DATA;
}

static inline bool
got_is(const char *want)
{
	bool same = !strcmp(buf_str(&got), want);

	if (!same)
		printf("#   got: %s\n#  want: %s\n", buf_str(&got), want);
	return same;
}

static inline bool
ends_with(const char *want)
{
	size_t len = strlen(want);
	const char *text = buf_str(&got);

	if (got.len >= len && !strcmp(text + got.len - len, want))
		return true;
	printf("#  got ...%s\n# want ...%s\n",
	    got.len > 200 ? text + got.len - 200 : text, want);
	return false;
}

static inline bool
err_says(const struct err *text, const char *part)
{
	bool found = strstr(text->text, part) != NULL;

	if (!found)
		printf("#   err: %s\n", text->text);
	return found;
}

static inline struct follow *
begin(const char *text)
{
	struct follow *follow;

	files_clear();
	if (text)
		files_write("log", text);
	follow = follow_new(files_path("log"), &options, NULL);
	look_all(follow);
	gaps_told = 0;
	return follow;
}

/* All that is kept is what is written down. */
static inline struct follow *
restart(struct follow *follow)
{
	struct checkpoint before, after;
	struct buf text = BUF_INIT, again = BUF_INIT;
	struct follow *new;

	follow_checkpoint(follow, &before);
	checkpoint_format(&before, &text);
	if (checkpoint_parse(buf_span(&text), &after, &err) < 0) {
		printf("# %s\n", err.text);
		exit(99);
	}
	new = follow_new(follow_path(follow), &options, &after);
	follow_free(follow);
	checkpoint_release(&after);
	follow_checkpoint(new, &after);
	checkpoint_format(&after, &again);
	if (!span_equal(buf_span(&text), buf_span(&again))) {
		printf("# %s\n# %s\n", buf_str(&text), buf_str(&again));
		exit(98);
	}
	checkpoint_release(&before);
	checkpoint_release(&after);
	buf_release(&text);
	buf_release(&again);
	return new;
}

/* As after an hour: what was written is old, what is known of it too. */
static inline void
long_ago(const char *name)
{
	struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

	utimensat(AT_FDCWD, files_path(name), times, 0);
}

static inline void
copy_file(const char *from, const char *to)
{
	static char bytes[1 << 20];
	int fd = open(files_path(from), O_RDONLY);
	ssize_t len = read(fd, bytes, sizeof(bytes));

	close(fd);
	files_put(to, bytes, len > 0 ? (size_t)len : 0, O_TRUNC);
}

static inline void
copytruncate(const char *to)
{
	copy_file("log", to);
	if (truncate(files_path("log"), 0) < 0)
		exit(99);
}

/* Moves log.N up to log.N+1, packed or not. */
static inline void
shift_generations(int highest)
{
	static const char *const endings[] = {"", ".gz", ".xz"};
	char from[32], to[32];

	for (int n = highest; n > 0; n--) {
		for (size_t i = 0; i < 3; i++) {
			snprintf(
			    from, sizeof(from), "log.%d%s", n, endings[i]);
			snprintf(
			    to, sizeof(to), "log.%d%s", n + 1, endings[i]);
			rename(files_path(from), files_path(to));
		}
	}
}

static inline void
driver_begin(void)
{
	options.explain = note_said;
	if (access(unpacker.program, X_OK) == 0)
		options.unpacker = &unpacker;
	files_begin();
}

static inline int
driver_end(void)
{
	buf_release(&shared);
	buf_release(&got);
	buf_release(&said);
	files_end();
	return tap_done();
}

#endif
