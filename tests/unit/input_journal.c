/*
 * input_journal: ctaild's side of the talk with ctail-journal.
 *
 * The test is the helper: it listens where the journal connects to, reads the
 * request and writes frames.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/durable.h"
#include "base/fields.h"
#include "base/mem.h"
#include "base/sock.h"
#include "input/journal.h"
#include "input/journal_words.h"
#include "tap.h"

#define SEQUENCE "0123456789abcdef0123456789abcdef"
#define CURSOR(i) "s=" SEQUENCE ";i=" i ";b=b;m=m;t=t;x=x"
#define BUDGET 100000

/* --- What the journal hands out ------------------------------------------- */

struct seen {
	size_t records, notices[SOURCE_POLLING + 1];
	size_t bytes;
	char text[256], incarnation[64], notice[1024];
	size_t text_len;
	uint64_t offset;
	bool cut;
	char unit[64], pid[64];
};

static void
copy_field(struct span fields, const char *name, char out[64])
{
	struct span value;

	*out = '\0';
	if (fields.len && fields_get(fields, name, &value))
		snprintf(out, 64, "%.*s", (int)value.len, value.data);
}

static void
on_record(void *arg, const struct record *record)
{
	struct seen *seen = arg;

	seen->records++;
	seen->bytes += record->text.len;
	seen->text_len = record->text.len;
	snprintf(seen->text, sizeof(seen->text), "%.*s", (int)record->text.len,
	    record->text.data);
	snprintf(seen->incarnation, sizeof(seen->incarnation), "%s",
	    record->incarnation);
	seen->offset = record->offset;
	seen->cut = record->cut;
	copy_field(record->fields, "unit", seen->unit);
	copy_field(record->fields, "pid", seen->pid);
	if (strcmp(record->path, "journal:units") ||
	    strcmp(record->log_path, "journal:units") || record->log != 7)
		OK(false, "a record names its log");
}

static void
on_notice(void *arg, enum source_notice kind, const char *path,
    const char *text)
{
	struct seen *seen = arg;

	seen->notices[kind]++;
	snprintf(seen->notice, sizeof(seen->notice), "%s", text);
	if (strcmp(path, "journal:units"))
		OK(false, "a notice names its log");
}

/* --- The stage ------------------------------------------------------------ */

struct stage {
	char dir[64], socket[96];
	int listener, fd;		/* the helper's end */
	struct buf in;
	struct span request;
	struct seen seen;
	struct log_settings settings;
	struct source_log log;
	struct journal_options options;
	struct journal *journal;
};

static void
add_word(struct setting_list *list, const char *word)
{
	list->items = xreallocarray(list->items, list->count + 1,
	    sizeof(*list->items));
	list->items[list->count++] =
	    (struct setting_item){.text = xstrdup(word)};
}

static struct source_handler
handler_of(struct stage *stage)
{
	return (struct source_handler){
	    .record = on_record,
	    .notice = on_notice,
	    .arg = &stage->seen,
	};
}

static void
stage_open(struct stage *stage, const char *word, bool once)
{
	struct err err = ERR_INIT;
	struct source_handler handler = handler_of(stage);

	memset(stage, 0, sizeof(*stage));
	snprintf(stage->dir, sizeof(stage->dir), "/tmp/ctail-journal.XXXXXX");
	if (!mkdtemp(stage->dir))
		abort();
	snprintf(stage->socket, sizeof(stage->socket), "%s/s", stage->dir);
	stage->listener = sock_listen(stage->socket, 0600, &err);
	stage->fd = -1;
	stage->settings.max_line = 1000;
	add_word(&stage->settings.journal, word);
	stage->log = (struct source_log){.name = "units",
	    .settings = &stage->settings};
	stage->options.socket = stage->socket;
	stage->options.once = once;
	stage->journal =
	    journal_new(&stage->log, 7, &stage->options, handler);
}

static void
helper_leaves(struct stage *stage)
{
	if (stage->fd >= 0)
		close(stage->fd);
	stage->fd = -1;
}

static void
stage_close(struct stage *stage)
{
	journal_free(stage->journal);
	helper_leaves(stage);
	close(stage->listener);
	unlink(stage->socket);
	rmdir(stage->dir);
	setting_release(&log_setting_table, &stage->settings);
	buf_release(&stage->in);
}

/* The helper takes the connection and the request; false when there is
 * none. */
static bool
helper_comes(struct stage *stage)
{
	struct err err = ERR_INIT;

	helper_leaves(stage);
	stage->fd = sock_accept(stage->listener);
	if (stage->fd < 0)
		return false;
	fd_nonblocking(stage->fd, 0);
	buf_reset(&stage->in);
	return frame_read(stage->fd, &stage->in, &stage->request, &err) == 1;
}

static void
stage_begin(struct stage *stage, const char *word, bool once)
{
	stage_open(stage, word, once);
	journal_turn(stage->journal, 1000, BUDGET);
	if (!helper_comes(stage))
		OK(false, "the journal asks its helper");
}

static bool
asked(const struct stage *stage, const char *name, const char *value)
{
	struct span its_name, its_value;
	size_t cursor = 0;

	while (fields_next(stage->request, &cursor, &its_name, &its_value))
		if (span_is(its_name, name) && span_is(its_value, value))
			return true;
	return false;
}

/* --- What the helper says ------------------------------------------------- */

static void
say(struct stage *stage, const struct buf *fields)
{
	struct err err = ERR_INIT;

	if (frame_write(stage->fd, buf_span(fields), &err))
		OK(false, "the helper can speak: %s", err.text);
}

static void
say_text(struct stage *stage, const char *type, const char *name,
    const char *value)
{
	struct buf fields = BUF_INIT;

	fields_add_str(&fields, "type", type);
	if (name)
		fields_add_str(&fields, name, value);
	say(stage, &fields);
	buf_release(&fields);
}

static void
make_record(struct buf *fields, const char *cursor, struct span line)
{
	fields_add_str(fields, "type", "record");
	fields_add_str(fields, "cursor", cursor);
	fields_add(fields, "line", line);
}

static void
say_record(struct stage *stage, const char *cursor, const char *line)
{
	struct buf fields = BUF_INIT;

	make_record(&fields, cursor, span_str(line));
	fields_add_str(&fields, "field.unit", "ssh.service");
	fields_add_str(&fields, "field.pid", "711");
	say(stage, &fields);
	buf_release(&fields);
}

static bool
cursor_is(const struct stage *stage, const char *text)
{
	return span_is(journal_cursor(stage->journal), text);
}

/* --- Tests ---------------------------------------------------------------- */

static void
test_request(void)
{
	struct stage stage;
	struct err err = ERR_INIT;

	stage_begin(&stage, "unit=ssh", false);
	OK(asked(&stage, "begin", "end") && asked(&stage, "follow", "yes"),
	    "a new journal begins at its end and is followed");
	OK(asked(&stage, "unit", "ssh.service"),
	    "a unit without its kind is a service");
	OK(asked(&stage, "max_line", "1000"), "the helper knows max_line");
	OK(asked(&stage, "capture", "unit=_SYSTEMD_UNIT"),
	    "the helper is told what comes along");
	OK(journal_fd(stage.journal) >= 0 && journal_due(stage.journal) < 0,
	    "with a helper there is something to poll and no time to wait for");
	stage_close(&stage);

	stage_open(&stage, "all", true);
	stage.settings.start.place = LOG_START_START;
	journal_turn(stage.journal, 1000, BUDGET);
	helper_comes(&stage);
	OK(asked(&stage, "begin", "start") && asked(&stage, "follow", "no"),
	    "start = start and --once are told");
	OK(!asked(&stage, "match", "all"), "`all' matches everything");
	stage_close(&stage);

	stage_open(&stage, "all", false);
	OK(!journal_restore(stage.journal, span_str(CURSOR("1f")), &err),
	    "a cursor is taken over");
	journal_turn(stage.journal, 1000, BUDGET);
	helper_comes(&stage);
	OK(asked(&stage, "cursor", CURSOR("1f")) &&
		!asked(&stage, "begin", "end"),
	    "a stored cursor is where reading goes on");
	stage_close(&stage);
}

static void
test_restore(void)
{
	static const char *const bad[] = {"", "x", "s=12;i=1", "head2",
	    "s=" SEQUENCE, "s=" SEQUENCE ";i=", "s=" SEQUENCE ";i=zz",
	    "s=" SEQUENCE "0;i=1", "s=" SEQUENCE ";i=12345678901234567",
	    "S=" SEQUENCE ";i=1"};
	char longest[JOURNAL_CURSOR_MAX + 2];
	struct stage stage;
	struct err err = ERR_INIT;

	stage_open(&stage, "all", false);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		OK(journal_restore(stage.journal, span_str(bad[i]), &err) < 0,
		    "\"%s\" is no cursor", bad[i]);
	snprintf(longest, sizeof(longest), "%s", CURSOR("1"));
	memset(longest + strlen(longest), 'x',
	    sizeof(longest) - strlen(longest));
	OK(journal_restore(stage.journal,
	       span_of(longest, sizeof(longest)), &err) < 0,
	    "nor is one that is too long");
	OK(journal_restore(stage.journal,
	       span_of(CURSOR("1") "\0x", sizeof(CURSOR("1")) + 1), &err) < 0,
	    "nor one with a NUL in it");
	OK(cursor_is(&stage, ""), "what is refused changes nothing");
	OK(!journal_restore(stage.journal, span_str("head"), &err) &&
		cursor_is(&stage, "head"),
	    "the place before the first entry is one");
	stage_close(&stage);
}

static void
test_records(void)
{
	struct stage stage;
	struct source_file file;

	stage_begin(&stage, "all", false);
	say_text(&stage, "ready", NULL, NULL);
	say_text(&stage, "position", "cursor", CURSOR("0f"));
	journal_turn(stage.journal, 1001, BUDGET);
	OK(cursor_is(&stage, CURSOR("0f")) && !stage.seen.records,
	    "a position moves the cursor without a record");
	say_record(&stage, CURSOR("ff"), "one\ntwo");
	OK(!journal_turn(stage.journal, 1001, BUDGET),
	    "when everything is taken there is nothing more at once");
	IS_INT(stage.seen.records, 1, "a record is handed out");
	IS_STR(stage.seen.text, "one\ntwo", "with its newlines");
	IS_STR(stage.seen.incarnation, SEQUENCE,
	    "its incarnation is the cursor's sequence");
	IS_INT(stage.seen.offset, 255, "its offset is the cursor's number");
	IS_STR(stage.seen.unit, "ssh.service", "its fields come along");
	IS_STR(stage.seen.pid, "711", "all of them");
	OK(cursor_is(&stage, CURSOR("ff")), "the cursor stands behind it");
	OK(!stage.seen.cut, "it is whole");
	OK(!journal_is_done(stage.journal), "nobody has said it is all");
	say_text(&stage, "idle", NULL, NULL);
	journal_turn(stage.journal, 1001, BUDGET);
	OK(journal_is_done(stage.journal), "until the helper does");
	journal_status(stage.journal, &file);
	IS_STR(file.path, "journal:units", "the status names it");
	IS_INT(file.lines, 1, "and counts");
	IS_INT(file.offset, 255, "and says where it is");
	IS_STR(file.state, "journal", "and how");
	stage_close(&stage);
}

static void
test_cut(void)
{
	struct stage stage;
	struct buf fields = BUF_INIT, line = BUF_INIT;

	stage_begin(&stage, "all", false);
	memset(buf_reserve(&line, 5000), 'x', 5000);
	line.len = 5000;
	make_record(&fields, CURSOR("1"), buf_span(&line));
	say(&stage, &fields);
	journal_turn(stage.journal, 1001, BUDGET);
	OK(stage.seen.cut && stage.seen.text_len == 1000,
	    "a line beyond max_line is cut, whatever the helper sends");
	say(&stage, &fields);
	journal_turn(stage.journal, 1001, BUDGET);
	IS_INT(stage.seen.notices[SOURCE_CUT_LINE], 1, "and that is said once");
	buf_reset(&fields);
	make_record(&fields, CURSOR("2"), span_of("a\0b", 3));
	fields_add_number(&fields, "cut", 1);
	say(&stage, &fields);
	journal_turn(stage.journal, 1001, BUDGET);
	OK(stage.seen.cut && stage.seen.text_len == 3,
	    "what the helper has cut is marked so; a NUL is a byte");
	buf_release(&line);
	buf_release(&fields);
	stage_close(&stage);
}

static void
test_death(void)
{
	struct stage stage;

	stage_begin(&stage, "all", false);
	say_record(&stage, CURSOR("a"), "before");
	helper_leaves(&stage);
	OK(!journal_turn(stage.journal, 2000, BUDGET), "a helper may die");
	IS_INT(stage.seen.records, 1, "what it had sent is taken");
	OK(journal_fd(stage.journal) < 0, "then there is nothing to poll");
	IS_INT(journal_due(stage.journal), 1000 + JOURNAL_RESTART_MS,
	    "it is started again, not more often than every so long");
	IS_INT(stage.seen.notices[SOURCE_UNREADABLE], 0,
	    "one that did its work is not worth a word");
	journal_turn(stage.journal, 1000 + JOURNAL_RESTART_MS - 1, BUDGET);
	OK(!helper_comes(&stage), "not a moment too early");
	journal_turn(stage.journal, 1000 + JOURNAL_RESTART_MS, BUDGET);
	OK(helper_comes(&stage) && asked(&stage, "cursor", CURSOR("a")),
	    "then from behind the last record");

	helper_leaves(&stage);
	journal_turn(stage.journal, 6001, BUDGET);
	IS_INT(stage.seen.notices[SOURCE_UNREADABLE], 1,
	    "one that did nothing is told");
	journal_turn(stage.journal, 11001, BUDGET);
	helper_comes(&stage);
	helper_leaves(&stage);
	journal_turn(stage.journal, 11002, BUDGET);
	IS_INT(stage.seen.notices[SOURCE_UNREADABLE], 1, "once");
	journal_turn(stage.journal, 16001, BUDGET);
	helper_comes(&stage);
	say_record(&stage, CURSOR("b"), "again");
	journal_turn(stage.journal, 16001, BUDGET);
	IS_INT(stage.seen.notices[SOURCE_APPEARED], 1, "and that it is over");
	stage_close(&stage);
}

static void
test_torn(void)
{
	struct stage stage;
	struct buf fields = BUF_INIT, frame = BUF_INIT;

	stage_begin(&stage, "all", false);
	make_record(&fields, CURSOR("3"), span_str("in pieces"));
	frame_add(&frame, buf_span(&fields));
	for (size_t i = 0; i < frame.len; i++) {
		if (write_all(stage.fd, frame.data + i, 1))
			OK(false, "a byte can be sent");
		if (stage.seen.records)
			OK(false, "half a record is none");
		journal_turn(stage.journal, 1001, BUDGET);
	}
	IS_STR(stage.seen.text, "in pieces", "a record may come in pieces");
	write_all(stage.fd, frame.data, frame.len - 1);
	helper_leaves(&stage);
	journal_turn(stage.journal, 1002, BUDGET);
	IS_INT(stage.seen.records, 1, "half of one at the end is none");
	buf_release(&fields);
	buf_release(&frame);
	stage_close(&stage);
}

static void
test_flood(void)
{
	struct stage stage;
	size_t before = 0, turns = 0;
	bool more = true;
	struct buf fields = BUF_INIT, frames = BUF_INIT;

	/* In one write: the helper of this test must not have to wait. */
	stage_begin(&stage, "all", false);
	make_record(&fields, CURSOR("c"), span_str("a line of some length"));
	for (int i = 0; i < 500; i++)
		frame_add(&frames, buf_span(&fields));
	write_all(stage.fd, frames.data, frames.len);
	while (more && turns++ < 1000) {
		more = journal_turn(stage.journal, 1001, 1000);
		if (stage.seen.records - before > 20)
			OK(false, "a turn keeps to its budget");
		before = stage.seen.records;
	}
	IS_INT(stage.seen.records, 500, "all of a flood arrives in the end");
	OK(turns > 20, "in many turns");
	buf_release(&fields);
	buf_release(&frames);
	stage_close(&stage);
}

static void
expect_refusal(const char *sentence, struct span bytes)
{
	struct stage stage;

	stage_begin(&stage, "all", false);
	write_all(stage.fd, bytes.data, bytes.len);
	journal_turn(stage.journal, 1001, BUDGET);
	OK(journal_fd(stage.journal) < 0 && !stage.seen.records &&
		stage.seen.notices[SOURCE_UNREADABLE] == 1 &&
		cursor_is(&stage, ""),
	    "%s ends the talk and is told", sentence);
	stage_close(&stage);
}

static void
expect_frame_refusal(const char *sentence, const char *type,
    const char *cursor, const char *line)
{
	struct buf fields = BUF_INIT, frame = BUF_INIT;

	if (type)
		fields_add_str(&fields, "type", type);
	if (cursor)
		fields_add_str(&fields, "cursor", cursor);
	if (line)
		fields_add_str(&fields, "line", line);
	frame_add(&frame, buf_span(&fields));
	expect_refusal(sentence, buf_span(&frame));
	buf_release(&fields);
	buf_release(&frame);
}

static void
test_hostile(void)
{
	expect_refusal("a frame beyond all bounds",
	    span_of("\xff\xff\xff\xff", 4));
	expect_refusal("a frame of junk", span_of("\0\0\0\4junk", 8));
	expect_frame_refusal("an unknown word", "x", NULL, NULL);
	expect_frame_refusal("no word at all", NULL, NULL, NULL);
	expect_frame_refusal("a record without a cursor", "record", NULL, "x");
	expect_frame_refusal("a record without a line", "record", CURSOR("1"),
	    NULL);
	expect_frame_refusal("a record with a bad cursor", "record", "s=1",
	    "x");
	expect_frame_refusal("a position without a cursor", "position", NULL,
	    NULL);
	expect_frame_refusal("an error", "error", NULL, NULL);
}

/* Any bytes at all: no crash, no record that was not sent. */
static void
test_mutations(void)
{
	struct buf fields = BUF_INIT, frame = BUF_INIT;
	uint32_t random = 1;
	size_t wrong = 0;

	make_record(&fields, CURSOR("1"), span_str("text"));
	fields_add_str(&fields, "field.unit", "u");
	frame_add(&frame, buf_span(&fields));
	for (int i = 0; i < 300; i++) {
		struct stage stage;
		size_t at;

		stage_begin(&stage, "all", false);
		random = random * 1103515245 + 12345;
		at = (random >> 8) % frame.len;
		frame.data[at] ^= (char)(1 << (random >> 28 & 7));
		write_all(stage.fd, frame.data, frame.len);
		helper_leaves(&stage);
		journal_turn(stage.journal, 1001, BUDGET);
		wrong += stage.seen.records > 1;
		frame.data[at] ^= (char)(1 << (random >> 28 & 7));
		stage_close(&stage);
	}
	IS_INT(wrong, 0, "flipped bits make no further records");
	buf_release(&fields);
	buf_release(&frame);
}

static void
test_gap(void)
{
	struct stage stage;
	struct buf fields = BUF_INIT;
	struct source_file file;

	stage_begin(&stage, "all", false);
	fields_add_str(&fields, "type", "gap");
	fields_add_number(&fields, "from_us", 1700000000000000);
	fields_add_number(&fields, "to_us", 1700000060000000);
	say(&stage, &fields);
	journal_turn(stage.journal, 1001, BUDGET);
	IS_INT(stage.seen.notices[SOURCE_GAP], 1, "a gap is told");
	OK(strstr(stage.seen.notice, "2023-11-1") &&
		strstr(stage.seen.notice, "journal:units"),
	    "with its log and its times");
	journal_status(stage.journal, &file);
	IS_INT(file.gaps.count, 1, "and counted");
	say_text(&stage, "warning", "text", "no rights");
	say_text(&stage, "warning", "text", "no rights");
	journal_turn(stage.journal, 1001, BUDGET);
	IS_INT(stage.seen.notices[SOURCE_UNREADABLE], 1,
	    "a warning is told once");
	buf_release(&fields);
	stage_close(&stage);
}

static void
test_once(void)
{
	struct stage stage;

	stage_begin(&stage, "all", true);
	OK(!journal_is_done(stage.journal), "a pass waits for its helper");
	say_record(&stage, CURSOR("1"), "x");
	say_text(&stage, "idle", NULL, NULL);
	helper_leaves(&stage);
	journal_turn(stage.journal, 1001, BUDGET);
	OK(journal_is_done(stage.journal) && stage.seen.records == 1,
	    "and is done when it has said so");
	OK(!journal_turn(stage.journal, 99999, BUDGET) &&
		journal_due(stage.journal) < 0 && !helper_comes(&stage),
	    "then nothing is started any more");
	stage_close(&stage);

	stage_begin(&stage, "all", true);
	helper_leaves(&stage);
	journal_turn(stage.journal, 1001, BUDGET);
	OK(journal_is_done(stage.journal) &&
		stage.seen.notices[SOURCE_UNREADABLE] == 1,
	    "a pass does not wait for a helper that died, and says so");
	stage_close(&stage);

	stage_begin(&stage, "all", true);
	IS_INT(journal_due(stage.journal), 1000 + JOURNAL_PATIENCE_MS,
	    "nor for ever for one that is silent");
	journal_turn(stage.journal, 1000 + JOURNAL_PATIENCE_MS, BUDGET);
	OK(journal_is_done(stage.journal) &&
		stage.seen.notices[SOURCE_UNREADABLE] == 1,
	    "its time is over at last");
	stage_close(&stage);
}

static void
test_programs(void)
{
	struct stage stage;

	stage_open(&stage, "all", false);
	stage.options = (struct journal_options){
	    .program = "/nonexistent/ctail-journal"};
	journal_free(stage.journal);
	stage.journal = journal_new(&stage.log, 7, &stage.options,
	    handler_of(&stage));
	journal_turn(stage.journal, 1000, BUDGET);
	OK(stage.seen.notices[SOURCE_UNREADABLE] == 1 &&
		strstr(stage.seen.notice, "/nonexistent/ctail-journal"),
	    "a program that is not there is named");
	IS_INT(journal_due(stage.journal), 1000 + JOURNAL_RESTART_MS,
	    "and tried again later");
	stage_close(&stage);

	stage_open(&stage, "all", false);
	unlink(stage.socket);
	journal_turn(stage.journal, 1000, BUDGET);
	OK(stage.seen.notices[SOURCE_UNREADABLE] == 1 &&
		strstr(stage.seen.notice, stage.socket),
	    "a socket that is not there is named");
	stage_close(&stage);
}

static void
on_child_gone(struct stage *stage)
{
	while (waitpid(-1, NULL, 0) < 0 && errno == EINTR)
		;
	journal_turn(stage->journal, 1001, BUDGET);
}

static void
test_child(void)
{
	struct stage stage;

	stage_open(&stage, "all", false);
	stage.options = (struct journal_options){.program = "/bin/true"};
	journal_free(stage.journal);
	stage.journal = journal_new(&stage.log, 7, &stage.options,
	    handler_of(&stage));
	journal_turn(stage.journal, 1000, BUDGET);
	on_child_gone(&stage);
	OK(stage.seen.notices[SOURCE_UNREADABLE] == 1 &&
		journal_fd(stage.journal) < 0,
	    "a program that says nothing is told and left");
	stage_close(&stage);
}

/* --- Words ---------------------------------------------------------------- */

static void
words(const char *first, const char *second, const char *refusal)
{
	struct log_settings settings = {0};
	struct err err = ERR_INIT;
	int result;

	add_word(&settings.journal, first);
	if (second)
		add_word(&settings.journal, second);
	result = journal_words_check(&settings.journal, &err);
	if (refusal)
		OK(result < 0 && strstr(err.text, refusal) &&
			!strncmp(err.text, "journal", 7),
		    "refused: %.40s %s", first, second ? second : "");
	else
		OK(!result, "accepted: %.40s %s", first, second ? second : "");
	setting_release(&log_setting_table, &settings);
}

static void
test_words(void)
{
	char longest[400];

	memset(longest, 'A', sizeof(longest));
	memcpy(longest + 300, "=x", 3);
	words("all", NULL, NULL);
	words("unit=ssh.service", "unit=nginx.service", NULL);
	words("priority=warning", "transport=kernel", NULL);
	words("priority=0", "boot=current", NULL);
	words("priority=error", "_COMM=x=y", NULL);
	words("identifier=x", "MY_FIELD9=", NULL);
	words("all", "unit=x", "alone");
	words("unit=ss*", NULL, "pattern");
	words("unit=", NULL, "nothing");
	words("priority=8", NULL, "level");
	words("priority=loud", NULL, "level");
	words("boot=last", NULL, "current");
	words("ssh.service", NULL, "not understood");
	words("Unit=x", NULL, "not understood");
	words("9A=x", NULL, "not understood");
	words("=x", NULL, "not understood");
	words(longest, NULL, "longer");
}

static void
test_priority(void)
{
	struct stage stage;

	stage_begin(&stage, "priority=crit", false);
	OK(asked(&stage, "match", "PRIORITY=0") &&
		asked(&stage, "match", "PRIORITY=2") &&
		!asked(&stage, "match", "PRIORITY=3"),
	    "a level stands for itself and what is more severe");
	stage_close(&stage);
	OK(journal_capture_is(span_str("unit")) &&
		!journal_capture_is(span_str("cmdline")),
	    "what comes along is known by name");
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	test_request();
	test_restore();
	test_records();
	test_cut();
	test_death();
	test_torn();
	test_flood();
	test_hostile();
	test_mutations();
	test_gap();
	test_once();
	test_programs();
	test_child();
	test_words();
	test_priority();
	return tap_done();
}
