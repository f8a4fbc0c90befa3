/*
 * agent_restore: a session goes on where the database, an edited offset file
 * or another tool left off; alerts that waited for records do so again,
 * patterns stay in quarantine; what is known of things that are gone is
 * forgotten; and the ledger keeps what is no file's position.
 */
#include "config.h"

#include "base/clock.h"
#include "base/fields.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "ctaild/alert_row.h"
#include "ctaild/context.h"
#include "ctaild/counts.h"
#include "ctaild/export.h"
#include "ctaild/learn.h"
#include "ctaild/restore.h"
#include "ctaild/session.h"
#include "files.h"
#include "input/checkpoint_file.h"
#include "judge/quarantine.h"
#include "store/store_alert.h"
#include "store/store_internal.h"
#include "store/store_note.h"
#include "store/store_position.h"
#include "tap.h"

#define LIFE "0123456789abcdef0123456789abcdef"
#define LINES "first\nsecond\nthird\n"
#define SECOND 6
#define THIRD 13

/* What the first record of a pass was. */
struct fixture {
	struct store *store;
	struct ledger *ledger;
	struct silences *silences;
	struct session *session;
	char path[1100];  /* of the log */
	long long offset; /* -1: there was none */
	char incarnation[33];
	struct buf notices;
};

static void
take_record(void *arg, const struct record *record)
{
	struct fixture *fixture = arg;

	if (fixture->offset >= 0)
		return;
	fixture->offset = (long long)record->offset;
	snprintf(fixture->incarnation, sizeof(fixture->incarnation), "%s",
	    record->incarnation);
}

static void
take_notice(
    void *arg, enum source_notice kind, const char *path, const char *text)
{
	struct fixture *fixture = arg;

	(void)kind;
	(void)path;
	buf_addf(&fixture->notices, "%s\n", text);
}

static void
take_alert(void *arg, const struct emission *emission)
{
	(void)arg;
	(void)emission;
}

static struct session *
make_session(const char *path, const char *more)
{
	struct conf_places places = {files_dir, NULL};
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct session *session = NULL;
	struct buf text = BUF_INIT;
	struct conf *conf;

	buf_addf(&text,
	    "[agent]\nstate_dir = %s\nsink = out\n[log app]\npath = %s\n"
	    "start = start\n%s",
	    files_dir, path, more);
	buf_add_str(&text, "[file out]\npath = /dev/null\n");
	conf = conf_load_text("test", buf_span(&text), &places, &errors);
	if (conf)
		session = session_new(conf, &errors);
	if (errors.count)
		printf("# %s", buf_str(&errors.text));
	conf_errors_release(&errors);
	buf_release(&text);
	return session;
}

static void
begin(struct fixture *fixture)
{
	struct err err = ERR_INIT;

	files_clear();
	files_mkdir("offsets");
	files_write("app.log", LINES);
	*fixture = (struct fixture){.offset = -1};
	snprintf(
	    fixture->path, sizeof(fixture->path), "%s", files_path("app.log"));
	fixture->store = store_open(files_dir, STORE_FILE, &err);
	fixture->ledger = ledger_new(fixture->store, files_dir);
	fixture->silences = silences_new();
}

static void
finish(struct fixture *fixture)
{
	session_free(fixture->session);
	ledger_free(fixture->ledger);
	silences_free(fixture->silences);
	store_close(fixture->store);
	buf_release(&fixture->notices);
}

/* Reads what is new, as a start of the agent would. */
static void
run(struct fixture *fixture, const char *more)
{
	static const struct journal_options journal = {
	    .program = "/nonexistent/ctail-journal"};
	struct follow_now now = {clock_boot_ms(), 0};
	struct pipeline_hooks hooks = {.emit = take_alert};
	struct session_start how = {.store = fixture->store,
	    .ledger = fixture->ledger,
	    .state_dir = files_dir,
	    .hostname = "host",
	    .now_ms = clock_wall_ms(),
	    .handler = {.record = take_record,
		.notice = take_notice,
		.arg = fixture},
	    .journal = &journal,
	    .silences = fixture->silences,
	    .hooks = &hooks};
	struct err err = ERR_INIT;

	now.wall_ns = how.now_ms * 1000000;
	fixture->session = make_session(fixture->path, more);
	if (!fixture->session || session_start(fixture->session, &how, &err)) {
		printf("# %s\n", err.text);
		return;
	}
	for (int i = 0; i < 20; i++)
		if (!source_turn(fixture->session->source, &now, 1 << 20))
			break;
}

/* The position of the log at offset, its tail included. */
static void
fill(struct checkpoint *out, const char *path, uint64_t offset)
{
	int fd = open(path, O_RDONLY);

	*out = CHECKPOINT_INIT;
	position_identify(&out->position, fd);
	close(fd);
	out->position.offset = offset;
	fingerprint_take(&out->position.tail, span_of(LINES, (size_t)offset));
	fingerprint_take(&out->position.head, span_of(LINES, (size_t)offset));
	memcpy(out->position.incarnation, LIFE, sizeof(LIFE));
}

static void
store_text(struct fixture *fixture, const char *path, struct span text)
{
	struct stored_position row = {.path = span_str(path),
	    .log = span_str("app"),
	    .checkpoint = text,
	    .changed_ms = 1000};

	store_position_put(fixture->store, &row, NULL);
}

static void
store_at(struct fixture *fixture, uint64_t offset)
{
	struct checkpoint checkpoint;
	struct buf text = BUF_INIT;
	char value[64];

	fill(&checkpoint, fixture->path, offset);
	checkpoint_format(&checkpoint, &text);
	store_text(fixture, fixture->path, buf_span(&text));
	snprintf(value, sizeof(value), "%llu %llu",
	    (unsigned long long)checkpoint.position.ino,
	    (unsigned long long)offset);
	store_position_export(fixture->store, span_str(fixture->path),
	    span_str(value), EXPORTED_NEXT, NULL);
	checkpoint_release(&checkpoint);
	buf_release(&text);
}

static uint64_t
inode_of(const char *path)
{
	struct stat status;

	return stat(path, &status) ? 0 : status.st_ino;
}

static void
write_offset(const char *path, uint64_t inode, uint64_t offset)
{
	FILE *file = fopen(path, "w");

	fprintf(file, "%llu\n%llu\n", (unsigned long long)inode,
	    (unsigned long long)offset);
	fclose(file);
}

static bool
offset_file_says(const struct fixture *fixture, uint64_t offset)
{
	char *path = export_path(files_dir, fixture->path, false);
	struct offset_entry entry = {0};
	enum offset_read answer = offset_file_read(path, &entry, NULL);

	free(path);
	return answer == OFFSET_OK && entry.offset == offset;
}

static void
test_stored(void)
{
	struct fixture fixture;

	begin(&fixture);
	store_at(&fixture, SECOND);
	run(&fixture, "");
	IS_INT(fixture.offset, SECOND, "reading goes on where it was stored");
	IS_STR(fixture.incarnation, LIFE, "as the same incarnation");
	OK(offset_file_says(&fixture, SECOND),
	    "an offset file that is missing is written again");
	finish(&fixture);
	begin(&fixture);
	store_text(&fixture, fixture.path, span_str("position 1 2\n"));
	run(&fixture, "");
	IS_INT(fixture.offset, 0, "a damaged row is a new file");
	finish(&fixture);
}

static void
test_edits(void)
{
	struct fixture fixture;
	char *path;

	begin(&fixture);
	store_at(&fixture, SECOND);
	path = export_path(files_dir, fixture.path, false);
	write_offset(path, inode_of(fixture.path), THIRD);
	run(&fixture, "");
	IS_INT(fixture.offset, THIRD, "an edited offset file is obeyed");
	OK(strlen(fixture.incarnation) == 32 &&
		strcmp(fixture.incarnation, LIFE),
	    "and begins a new incarnation");
	finish(&fixture);
	begin(&fixture);
	files_write("other.log", LINES);
	store_at(&fixture, THIRD);
	write_offset(path, inode_of(files_path("other.log")), SECOND);
	files_rename("app.log", "app.log.2");
	files_rename("other.log", "app.log");
	run(&fixture, "");
	IS_INT(fixture.offset, SECOND, "also where it names another file");
	free(path);
	finish(&fixture);
	begin(&fixture);
	store_at(&fixture, SECOND);
	path = export_path(files_dir, fixture.path, false);
	write_offset(path, inode_of(fixture.path), THIRD);
	utimensat(AT_FDCWD, path,
	    (struct timespec[2]){{0, 500000000}, {0, 500000000}}, 0);
	run(&fixture, "");
	IS_INT(fixture.offset, SECOND, "one from before the commit is not");
	OK(offset_file_says(&fixture, SECOND), "but written anew");
	free(path);
	finish(&fixture);
}

static void
write_beside(struct fixture *fixture, uint64_t offset, bool agrees)
{
	struct checkpoint_pair pair = CHECKPOINT_PAIR_INIT;
	char *offset_path = export_path(files_dir, fixture->path, true);
	char *path = checkpoint_file_path(offset_path);

	fill(&pair.current, fixture->path, agrees ? offset : 0);
	pair.has_current = true;
	checkpoint_file_write(path, &pair, OFFSET_NO_SYNC, NULL);
	write_offset(offset_path, pair.current.position.ino, offset);
	checkpoint_pair_release(&pair);
	free(offset_path);
	free(path);
}

static void
test_takeover(void)
{
	static const char beside[] = "offset_file = beside\n";
	struct fixture fixture;

	begin(&fixture);
	write_offset(
	    files_path("app.log.offset"), inode_of(fixture.path), SECOND);
	run(&fixture, beside);
	IS_INT(fixture.offset, SECOND, "pygtail's offset is taken over");
	finish(&fixture);
	begin(&fixture);
	write_offset(
	    files_path("app.log.offset"), inode_of(fixture.path), SECOND);
	run(&fixture, "");
	IS_INT(fixture.offset, 0, "but only where that is asked for");
	finish(&fixture);
	begin(&fixture);
	write_beside(&fixture, SECOND, true);
	run(&fixture, beside);
	IS_INT(fixture.offset, SECOND, "so is ctail's");
	IS_STR(fixture.incarnation, LIFE, "with its fingerprints");
	finish(&fixture);
	begin(&fixture);
	write_beside(&fixture, SECOND, true);
	files_write("app.log", "FIRST\nsecond\n");
	run(&fixture, beside);
	IS_INT(fixture.offset, 0, "which prove another file to be another");
	finish(&fixture);
	begin(&fixture);
	write_beside(&fixture, SECOND, true);
	files_write("app.log.offset", "torn");
	run(&fixture, beside);
	IS_INT(fixture.offset, SECOND,
	    "and stand in for an offset file that is damaged");
	finish(&fixture);
	begin(&fixture);
	write_beside(&fixture, SECOND, false);
	run(&fixture, beside);
	OK(fixture.offset == SECOND && strcmp(fixture.incarnation, LIFE),
	    "where they disagree the offset file counts");
	finish(&fixture);
}

/* A log of a database of version 1 goes on as well. */
static void
test_version_1(void)
{
	struct checkpoint checkpoint;
	struct fixture fixture;
	struct buf sql = BUF_INIT;
	sqlite3 *db;
	char tail[33];
	char *why = NULL;

	begin(&fixture);
	ledger_free(fixture.ledger);
	store_close(fixture.store);
	fill(&checkpoint, fixture.path, SECOND);
	hex_encode(checkpoint.position.tail.hash, 16, tail);
	buf_add_str(&sql,
	    "DROP TABLE report; DROP INDEX alert_report;"
	    "DROP TABLE note; DROP TABLE shape;"
	    "DROP INDEX outbox_waiting; DROP INDEX outbox_order;"
	    "DROP INDEX outbox_dead;"
	    "ALTER TABLE outbox DROP COLUMN incident;"
	    "ALTER TABLE outbox DROP COLUMN settled;"
	    "CREATE INDEX outbox_waiting ON outbox (alert) WHERE state = 0;"
	    "DROP TABLE position; CREATE TABLE position (path, log, dev, ino,"
	    " birth_ns, offset, head, tail, skipping, incarnation,"
	    " has_previous, previous_dev, previous_ino, previous_birth_ns,"
	    " previous_offset, previous_head, previous_tail,"
	    " previous_skipping, previous_incarnation, exported,"
	    " exported_before, changed_ms);");
	buf_addf(&sql,
	    "INSERT INTO position VALUES (CAST('%s' AS BLOB), 'app', %lld,"
	    " %lld, %lld, %d, X'', X'0600%s', 0, '" LIFE "', 1, 1, 2, 3, 4,"
	    " X'', X'', 1, '" LIFE "', '', '', 5);"
	    "PRAGMA user_version = 1",
	    fixture.path, (long long)checkpoint.position.dev,
	    (long long)checkpoint.position.ino,
	    (long long)checkpoint.position.birth_ns, SECOND, tail);
	sqlite3_open(files_path("ctail.db"), &db);
	IS_INT(sqlite3_exec(db, buf_str(&sql), NULL, NULL, &why), SQLITE_OK,
	    "there is a database of version 1");
	sqlite3_free(why);
	sqlite3_close(db);
	buf_release(&sql);
	checkpoint_release(&checkpoint);
	fixture.store = store_open(files_dir, STORE_FILE, NULL);
	fixture.ledger = ledger_new(fixture.store, files_dir);
	run(&fixture, "");
	IS_INT(fixture.offset, SECOND, "its log goes on where it was left");
	IS_STR(fixture.incarnation, LIFE, "as the same incarnation");
	finish(&fixture);
}

/* --- Positions that are no file's ------------------------------------------
 */

struct cursors {
	const char *texts[2];
};

static void
give_cursors(void *arg,
    void (*take)(void *take_arg, const struct ledger_cursor *cursor),
    void *take_arg)
{
	const struct cursors *cursors = arg;
	struct ledger_cursor a = {
	    "journal:a", "a", span_str(cursors->texts[0])};
	struct ledger_cursor b = {
	    "journal:b", "b", span_str(cursors->texts[1])};

	take(take_arg, &a);
	take(take_arg, &b);
}

static void
add_row(void *arg, const struct stored_position *row)
{
	buf_addf(arg, "%.*s=%.*s@%lld ", (int)row->path.len, row->path.data,
	    (int)row->checkpoint.len, row->checkpoint.data,
	    (long long)row->changed_ms);
}

/* All rows there are; valid until the next call. */
static const char *
rows(struct fixture *fixture, struct buf *out)
{
	buf_reset(out);
	store_position_each(fixture->store, add_row, out, NULL);
	return buf_str(out);
}

static enum ledger_result
commit(struct fixture *fixture, int64_t now_ms)
{
	return ledger_commit(fixture->ledger, now_ms, LEDGER_FINAL, NULL);
}

static void
test_cursors(void)
{
	struct cursors cursors = {{"", "b1"}};
	struct ledger_cursors given = {give_cursors, &cursors};
	struct buf text = BUF_INIT;
	struct fixture fixture;

	begin(&fixture);
	ledger_attach_cursors(fixture.ledger, &given);
	IS_INT(commit(&fixture, 10), LEDGER_OK, "a commit asks for cursors");
	IS_STR(rows(&fixture, &text), "journal:b=b1@10 ",
	    "those that there are are stored");
	cursors.texts[0] = "a1";
	commit(&fixture, 20);
	IS_STR(rows(&fixture, &text), "journal:a=a1@20 journal:b=b1@10 ",
	    "and only when they change");
	cursors.texts[1] = "b2";
	store_exec(fixture.store, "PRAGMA query_only = 1", NULL);
	OK(commit(&fixture, 30) != LEDGER_OK, "a commit fails");
	store_exec(fixture.store, "PRAGMA query_only = 0", NULL);
	commit(&fixture, 40);
	IS_STR(rows(&fixture, &text), "journal:a=a1@20 journal:b=b2@40 ",
	    "the next one stores what it should have");
	ledger_attach(fixture.ledger, NULL, NULL, NULL, NULL);
	cursors.texts[1] = "b3";
	commit(&fixture, 50);
	IS_STR(rows(&fixture, &text), "journal:a=a1@20 journal:b=b2@40 ",
	    "those of an older session are forgotten");
	buf_release(&text);
	finish(&fixture);
}

static void
add_journal(void *arg, const char *path, struct span text)
{
	buf_addf(arg, "%s=%.*s ", path, (int)text.len, text.data);
}

#define DAY 86400000LL

static void
test_journal_rows(void)
{
	struct buf text = BUF_INIT;
	struct fixture fixture;
	struct restore restore;

	begin(&fixture);
	run(&fixture, "");
	store_text(&fixture, "journal:app", span_str("s=1"));
	store_text(&fixture, "/gone.log", span_str("x"));
	restore = (struct restore){.store = fixture.store,
	    .ledger = fixture.ledger,
	    .plan = fixture.session->plan,
	    .pipeline = fixture.session->pipeline,
	    .state_dir = files_dir,
	    .journal = add_journal,
	    .journal_arg = &text};
	IS_INT(restore_positions(&restore, fixture.session->source, NULL), 0,
	    "rows are restored");
	IS_STR(buf_str(&text), "journal:app=s=1 ",
	    "those of journals are handed out");
	restore.journal = NULL;
	IS_INT(restore_positions(&restore, fixture.session->source, NULL), 0,
	    "or left alone");
	restore_prune(&restore, fixture.session->source, 6 * DAY, NULL);
	IS_STR(rows(&fixture, &text), "/gone.log=x@1000 journal:app=s=1@1000 ",
	    "what nobody claims any more stays for a week");
	pipeline_restore_newest(restore.pipeline, "/gone.log", 1000);
	pipeline_restore_newest(restore.pipeline, "/other.log", 1000);
	restore_prune(&restore, fixture.session->source, 8 * DAY, NULL);
	IS_STR(rows(&fixture, &text), "",
	    "and no longer, a journal that became a file among them");
	OK(!pipeline_newest(restore.pipeline, "/gone.log") &&
		pipeline_newest(restore.pipeline, "/other.log") == 1000,
	    "nor is its newest time kept in memory");
	buf_release(&text);
	finish(&fixture);
}

/* Where this ctail was built without journals, there is no such [log]. */
static void
test_claimed_journal(void)
{
	struct buf text = BUF_INIT;
	struct fixture fixture;
	struct restore restore;

	begin(&fixture);
	run(&fixture, "[log units]\njournal = unit=x\n");
	if (!fixture.session) {
		tap_skip("rows of journals", "built without ctail-journal");
		finish(&fixture);
		return;
	}
	store_text(&fixture, "journal:units", span_str("s=1"));
	store_text(&fixture, "journal:unit", span_str("s=1"));
	restore = (struct restore){.store = fixture.store,
	    .plan = fixture.session->plan,
	    .pipeline = fixture.session->pipeline,
	    .state_dir = files_dir};
	restore_prune(&restore, fixture.session->source, 80 * DAY, NULL);
	IS_STR(rows(&fixture, &text), "journal:units=s=1@1000 ",
	    "the row of a journal that rests stays");
	buf_release(&text);
	finish(&fixture);
}

/* --- What waits, and what is not tried ------------------------------------ */

static const char slow_rule[] =
    "[rule slow]\nlog = app\nmatch = ^(a+)+$\n";
static const char other_rule[] =
    "[rule slow]\nlog = app\nmatch = ^(?:a+)+$\n";

static void
add_text(void *arg, struct span name, struct span saved)
{
	(void)saved;
	buf_add_span(arg, name);
	buf_add_byte(arg, ' ');
}

/* The names of the notes of a kind. */
static const char *
notes_of(const struct fixture *fixture, const char *kind, struct buf *out)
{
	buf_reset(out);
	store_note_each(fixture->store, kind, add_text, out, NULL);
	return buf_str(out);
}

static void
put_alert(struct fixture *fixture, char digit, int64_t due_ms)
{
	struct buf saved = BUF_INIT;
	struct alert alert;

	alert_init(&alert);
	memset(alert.id, digit, ALERT_ID_SIZE - 1);
	alert_row_put(fixture->store, &alert, NULL);
	store_outbox_put(fixture->store, span_str(alert.id), span_str("out"),
	    due_ms, NULL);
	fields_add_str(&saved, "path", fixture->path);
	fields_add_number(&saved, "want", 3);
	fields_add_number(&saved, "until", due_ms);
	store_note_put(fixture->store, PIPELINE_CONTEXT_NOTE,
	    span_str(alert.id), buf_span(&saved), NULL);
	alert_release(&alert);
	buf_release(&saved);
}

static void
note_due(void *arg, struct span sink, int64_t due_ms)
{
	(void)sink;
	*(int64_t *)arg = due_ms;
}

static int
prune(struct fixture *fixture)
{
	struct restore restore = {.store = fixture->store,
	    .ledger = fixture->ledger,
	    .plan = fixture->session->plan,
	    .pipeline = fixture->session->pipeline};

	return restore_prune(&restore, fixture->session->source,
	    clock_wall_ms(), NULL);
}

static void
test_waiting(void)
{
	int64_t before_ms = clock_wall_ms(), due_ms = 0;
	struct fixture fixture;
	struct buf names = BUF_INIT;

	begin(&fixture);
	put_alert(&fixture, 'a', before_ms - 3600000);
	store_note_put(fixture.store, PIPELINE_CONTEXT_NOTE, span_str("b"),
	    span_str("of an alert that is no more"), NULL);
	run(&fixture, slow_rule);
	OK(pipeline_has_waiting(fixture.session->pipeline,
	       span_str("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")),
	    "an alert that waited for records waits again");
	store_outbox_sinks(fixture.store, note_due, &due_ms, NULL);
	OK(due_ms >= before_ms + CONTEXT_WAIT_MS,
	    "and is not delivered before it has had its time");
	IS_INT(prune(&fixture), 0, "what is out of date goes");
	IS_STR(notes_of(&fixture, PIPELINE_CONTEXT_NOTE, &names),
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ",
	    "what waits stays, what is of no alert is forgotten");
	buf_release(&names);
	finish(&fixture);
}

static bool
is_held(const struct fixture *fixture)
{
	const struct plan *plan = fixture->session->plan;

	return quarantine_holds(pipeline_quarantine(fixture->session->pipeline),
	    plan->patterns[0].pattern);
}

/* Its pattern runs into its limits too often, and that is stored. */
static void
hold(struct fixture *fixture)
{
	struct quarantine *quarantine = (struct quarantine *)
	    pipeline_quarantine(fixture->session->pipeline);
	struct err err = ERR_INIT;

	quarantine_now(quarantine, clock_wall_ms());
	for (int i = 0; i < QUARANTINE_STRIKES; i++)
		quarantine_strike(quarantine,
		    fixture->session->plan->patterns[0].pattern);
	IS_INT(ledger_commit(fixture->ledger, clock_wall_ms(), LEDGER_NORMAL,
		   &err),
	    LEDGER_OK, "a pattern in quarantine is stored");
}

static void
again(struct fixture *fixture, const char *more)
{
	ledger_attach(fixture->ledger, NULL, NULL, NULL, NULL);
	session_free(fixture->session);
	run(fixture, more);
}

static void
test_quarantine(void)
{
	struct fixture fixture;
	struct buf names = BUF_INIT;

	begin(&fixture);
	run(&fixture, slow_rule);
	hold(&fixture);
	again(&fixture, slow_rule);
	OK(is_held(&fixture), "the next run knows it");
	IS_INT(prune(&fixture), 0, "what is out of date goes");
	OK(!strncmp(notes_of(&fixture, PIPELINE_QUARANTINE_NOTE, &names),
	       "rule slow ", 10),
	    "which it is not");
	again(&fixture, other_rule);
	OK(!is_held(&fixture), "a pattern that says something else is another");
	again(&fixture, "[rule quick]\nlog = app\nmatch = ^(a+)+$\n");
	OK(!is_held(&fixture), "and so is another rule's");
	IS_INT(prune(&fixture), 0, "with its rule");
	IS_STR(notes_of(&fixture, PIPELINE_QUARANTINE_NOTE, &names), "",
	    "it is forgotten");
	buf_release(&names);
	finish(&fixture);
}

/* --- Notes of what is there, and of what is gone -------------------------- */

struct survey {
	struct span current;
	int kept, others;
};

static void
count_note(void *arg, struct span name, struct span saved)
{
	struct survey *survey = arg;

	(void)saved;
	if (span_equal(name, survey->current))
		survey->kept++;
	else
		survey->others++;
}

/* Of two notes of a kind the current one stays. */
static void
stays(struct fixture *fixture, const char *kind, struct span current,
    struct span gone)
{
	struct survey survey = {.current = current};
	struct span saved = span_str("x");

	store_note_put(fixture->store, kind, current, saved, NULL);
	store_note_put(fixture->store, kind, gone, saved, NULL);
	IS_INT(prune(fixture), 0, "what is out of date goes");
	store_note_each(fixture->store, kind, count_note, &survey, NULL);
	OK(survey.kept == 1 && survey.others == 0,
	    "of the kind `%s' what is there stays, what is gone goes", kind);
}

static void
test_notes(void)
{
	struct buf learned = BUF_INIT;
	struct fixture fixture;
	const struct plan *plan;
	struct span counted = {"", 0};
	struct map *names;
	size_t at = 0;
	void *value;

	begin(&fixture);
	run(&fixture,
	    "quiet = 1h\n[log rest]\npath = /var/empty/rest.log\n"
	    "[rule fresh]\nlog = app\nmatch = .\nwhen = new\n");
	plan = fixture.session->plan;
	buf_addf(&learned, "fresh%c%s%capp", 0, plan->rules[0].definition, 0);
	stays(&fixture, LEARN_NOTE, buf_span(&learned),
	    span_of("fresh\0old\0app", 13));
	stays(&fixture, QUIET_NOTE, span_str("app"), span_str("rest"));
	stays(&fixture, PIPELINE_DATES_NOTE, span_str("app"), span_str("no"));
	names = counts_note_names(plan);
	OK(map_next(names, &at, &counted, &value), "something is counted");
	stays(&fixture, COUNTS_NOTE, counted, span_str("no such thing"));
	map_free(names, NULL);
	buf_release(&learned);
	finish(&fixture);
}

int
main(void)
{
	files_begin();
	test_stored();
	test_edits();
	test_takeover();
	test_version_1();
	test_cursors();
	test_journal_rows();
	test_claimed_journal();
	test_waiting();
	test_quarantine();
	test_notes();
	files_end();
	return tap_done();
}
