/*
 * store_note: notes, shapes and newest record times, and databases of format
 * 2, which had none of them.
 */
#include "config.h"

#include "base/buf.h"
#include "store/store_alert.h"
#include "store/store_internal.h"
#include "store/store_note.h"
#include "store/store_position.h"
#include "store/store_shape.h"
#include "store/store_state.h"
#include "store_directory.h"
#include "tap.h"

/* A database as ctail made it when the format was 2, with something in every
 * table. */
static const char version_2[] =
    "PRAGMA application_id = 1668571500;"
    "CREATE TABLE identity (uuid TEXT NOT NULL, sequence INTEGER NOT NULL);"
    "CREATE TABLE meta (name TEXT PRIMARY KEY NOT NULL,"
    " value BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE state (rule TEXT NOT NULL, definition TEXT NOT NULL,"
    " key BLOB NOT NULL, saved BLOB NOT NULL,"
    " PRIMARY KEY (rule, definition, key)) WITHOUT ROWID;"
    "CREATE TABLE alert (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
    " incident TEXT NOT NULL, rule TEXT NOT NULL, kind TEXT NOT NULL,"
    " subject TEXT NOT NULL, severity INTEGER NOT NULL,"
    " made_ms INTEGER NOT NULL, fields BLOB NOT NULL);"
    "CREATE INDEX alert_made ON alert (made_ms);"
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " alert INTEGER NOT NULL REFERENCES alert (n) ON DELETE CASCADE,"
    " sink TEXT NOT NULL, moved_from TEXT, state INTEGER NOT NULL,"
    " due_ms INTEGER NOT NULL, attempts INTEGER NOT NULL,"
    " last_answer TEXT NOT NULL, UNIQUE (alert, sink));"
    "CREATE INDEX outbox_due ON outbox (sink, due_ms, id, state)"
    " WHERE state = 0;"
    "CREATE INDEX outbox_waiting ON outbox (alert) WHERE state = 0;"
    "CREATE TABLE attempt (outbox INTEGER NOT NULL"
    " REFERENCES outbox (id) ON DELETE CASCADE, at_ms INTEGER NOT NULL,"
    " outcome TEXT NOT NULL, answer TEXT NOT NULL);"
    "CREATE INDEX attempt_outbox ON attempt (outbox);"
    "CREATE TABLE position (path BLOB PRIMARY KEY NOT NULL,"
    " log TEXT NOT NULL, checkpoint TEXT NOT NULL, exported TEXT NOT NULL,"
    " exported_before TEXT NOT NULL, changed_ms INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "INSERT INTO identity VALUES ('0123456789abcdef0123456789abcdef', 41);"
    "INSERT INTO meta VALUES ('seen a b', '1');"
    "INSERT INTO state VALUES ('r', 'd', X'6B', X'73');"
    "INSERT INTO alert VALUES (7, 'id', 'i', 'r', 'alert', 's', 3, 5, 'f');"
    "INSERT INTO outbox VALUES (9, 7, 'sink', NULL, 0, 11, 2, 'busy');"
    "INSERT INTO attempt VALUES (9, 6, 'retry', 'busy');"
    "INSERT INTO position VALUES (X'2F61', 'log', 'c', 'x', 'y', 12);"
    "PRAGMA user_version = 2";

struct fixture {
	struct directory directory;
	struct store *store;
	struct err err;
	struct buf seen;
};

static void
reopen(struct fixture *f, enum store_mode mode)
{
	store_close(f->store);
	f->store = store_open(f->directory.path, mode, &f->err);
	if (!f->store)
		printf("# %s\n", f->err.text);
}

static void
begin(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	directory_make(&f->directory);
}

static void
finish(struct fixture *f)
{
	store_close(f->store);
	buf_release(&f->seen);
	directory_remove(&f->directory);
}

static bool
seen_is(struct fixture *f, const char *want)
{
	bool same = !strcmp(buf_str(&f->seen), want);

	if (!same)
		printf("# got: %s\n", buf_str(&f->seen));
	buf_reset(&f->seen);
	return same;
}

static void
note_seen(void *arg, struct span name, struct span saved)
{
	buf_add_span(arg, name);
	buf_add_byte(arg, '=');
	buf_add_span(arg, saved);
	buf_add_byte(arg, ';');
}

static bool
notes_are(struct fixture *f, const char *kind, const char *want)
{
	store_note_each(f->store, kind, note_seen, &f->seen, &f->err);
	return seen_is(f, want);
}

static int
put(struct fixture *f, const char *kind, const char *name, const char *saved)
{
	return store_note_put(
	    f->store, kind, span_str(name), span_str(saved), &f->err);
}

static void
test_notes(void)
{
	struct fixture f;
	struct buf bytes = BUF_INIT;

	begin(&f);
	reopen(&f, STORE_FILE);
	IS_INT(put(&f, "storm", "mail", "1"), 0, "a note is put");
	put(&f, "storm", "mail", "2");
	put(&f, "storm", "chat", "3");
	put(&f, "silence", "mail", "4");
	OK(notes_are(&f, "storm", "chat=3;mail=2;"),
	    "notes are kept by kind and name");
	OK(notes_are(&f, "silence", "mail=4;"), "each kind has its own");
	OK(notes_are(&f, "quiet", ""), "a kind may have none");
	put(&f, "storm", "chat", "");
	put(&f, "storm", "nobody", "");
	OK(notes_are(&f, "storm", "mail=2;"), "an empty one is deleted");
	store_note_put(
	    f.store, "x", span_of("a\0b", 3), span_of("\0\xff", 2), &f.err);
	store_note_each(f.store, "x", note_seen, &bytes, &f.err);
	OK(span_equal(buf_span(&bytes), span_of("a\0b=\0\xff;", 7)),
	    "names and values are bytes");
	store_begin(f.store, &f.err);
	put(&f, "storm", "mail", "9");
	store_rollback(f.store);
	reopen(&f, STORE_FILE);
	OK(notes_are(&f, "storm", "mail=2;"),
	    "they belong to the transaction, and last");
	buf_release(&bytes);
	finish(&f);
}

static void
shape_seen(void *arg, struct span rule, struct span definition, uint64_t shape)
{
	buf_addf(arg, "%.*s/%.*s/%llx;", (int)rule.len, rule.data,
	    (int)definition.len, definition.data, (unsigned long long)shape);
}

static bool
shapes_are(struct fixture *f, const char *want)
{
	store_shape_each(f->store, shape_seen, &f->seen, &f->err);
	return seen_is(f, want);
}

static void
learn(
    struct fixture *f, const char *rule, const char *definition, uint64_t shape)
{
	if (store_shape_put(
		f->store, span_str(rule), span_str(definition), shape, &f->err))
		printf("# %s\n", f->err.text);
}

static void
test_shapes(void)
{
	struct fixture f;

	begin(&f);
	reopen(&f, STORE_FILE);
	learn(&f, "r", "d1", UINT64_MAX);
	learn(&f, "r", "d1", UINT64_MAX);
	learn(&f, "r", "d2", 1);
	learn(&f, "s", "d1", 0x8000000000000000);
	OK(shapes_are(
	       &f, "r/d1/ffffffffffffffff;r/d2/1;s/d1/8000000000000000;"),
	    "all 64 bits of a shape are kept, each shape once");
	store_shape_forget(f.store, span_str("r"), "d2", &f.err);
	OK(shapes_are(&f, "r/d2/1;s/d1/8000000000000000;"),
	    "those of another definition can be forgotten");
	store_shape_forget(f.store, span_str("s"), NULL, &f.err);
	OK(shapes_are(&f, "r/d2/1;"), "and all of a rule");
	finish(&f);
}

static void
state_seen(void *arg, const struct stored_state *state)
{
	buf_addf(arg, "%.*s=%.*s;", (int)state->key.len, state->key.data,
	    (int)state->saved.len, state->saved.data);
}

static void
owner_seen(void *arg, struct span rule, struct span definition)
{
	buf_addf(arg, "%.*s/%.*s;", (int)rule.len, rule.data,
	    (int)definition.len, definition.data);
}

static void
put_state_of(struct fixture *f, const char *rule, const char *definition,
    const char *key)
{
	struct stored_state row = {span_str(rule), span_str(definition),
	    span_str(key), span_str("s")};

	if (store_state_put(f->store, &row, &f->err))
		printf("# %s\n", f->err.text);
}

static void
test_owners(void)
{
	struct fixture f;
	sqlite3 *db;

	begin(&f);
	reopen(&f, STORE_FILE);
	learn(&f, "s", "d1", 1);
	learn(&f, "s", "d1", 2);
	learn(&f, "t", "", 2);
	store_shape_owners(f.store, owner_seen, &f.seen, &f.err);
	OK(seen_is(&f, "s/d1;t/;"), "whose shapes there are, each once");
	put_state_of(&f, "r", "d2", "a");
	put_state_of(&f, "r", "d1", "a");
	put_state_of(&f, "r", "d1", "b");
	put_state_of(&f, "rr", "d1", "a");
	store_state_owners(f.store, owner_seen, &f.seen, &f.err);
	OK(seen_is(&f, "r/d1;r/d2;rr/d1;"), "and whose state");
	store_state_each_of(f.store, span_str("r"), span_str("d1"), state_seen,
	    &f.seen, &f.err);
	OK(seen_is(&f, "a=s;b=s;"), "the rows of one owner are its own");
	store_close(f.store);
	f.store = NULL;
	sqlite3_open(f.directory.database, &db);
	sqlite3_exec(db,
	    "INSERT INTO state VALUES (X'7A', X'64', X'61', X'73')", NULL, NULL,
	    NULL);
	sqlite3_close(db);
	reopen(&f, STORE_FILE);
	store_state_owners(f.store, owner_seen, &f.seen, &f.err);
	OK(seen_is(&f, "r/d1;r/d2;rr/d1;z/d;"),
	    "an owner that no text comes behind is the last");
	finish(&f);
}

static void
position_seen(void *arg, const struct stored_position *position)
{
	buf_addf(arg, "%.*s:%.*s:%.*s:%.*s:%lld:%lld;", (int)position->path.len,
	    position->path.data, (int)position->checkpoint.len,
	    position->checkpoint.data, (int)position->exported.len,
	    position->exported.data, (int)position->exported_before.len,
	    position->exported_before.data, (long long)position->changed_ms,
	    (long long)position->newest_ms);
}

static bool
positions_are(struct fixture *f, const char *want)
{
	store_position_each(f->store, position_seen, &f->seen, &f->err);
	return seen_is(f, want);
}

static void
test_newest(void)
{
	struct stored_position position = {.path = span_str("/a"),
	    .log = span_str("log"),
	    .checkpoint = span_str("c"),
	    .changed_ms = 5,
	    .newest_ms = 1700000000000};
	struct fixture f;

	begin(&f);
	reopen(&f, STORE_FILE);
	store_position_put(f.store, &position, &f.err);
	OK(positions_are(&f, "/a:c:::5:1700000000000;"),
	    "the newest record time stands with the position");
	position.newest_ms = 1700000000001;
	store_position_put(f.store, &position, &f.err);
	OK(positions_are(&f, "/a:c:::5:1700000000001;"), "and moves with it");
	finish(&f);
}

static void
make_version_2(const struct fixture *f)
{
	sqlite3 *db;
	char *why = NULL;

	sqlite3_open(f->directory.database, &db);
	OK(sqlite3_exec(db, version_2, NULL, NULL, &why) == SQLITE_OK,
	    "there is a database of version 2");
	if (why)
		printf("# %s\n", why);
	sqlite3_free(why);
	sqlite3_close(db);
}

static void
row_seen(void *arg, const struct outbox_row *row)
{
	buf_addf(arg, "%lld %.*s %lld;", (long long)row->id,
	    (int)row->last_answer.len, row->last_answer.data,
	    (long long)row->attempts);
}

static void
look(struct fixture *f)
{
	struct alert_filter all = {.state = -1, .limit = -1};

	OK(positions_are(f, "/a:c:x:y:12:0;"),
	    "its positions are there, without a newest time");
	store_state_each(f->store, state_seen, &f->seen, &f->err);
	OK(seen_is(f, "k=s;"), "and its state");
	store_alert_list(f->store, &all, row_seen, &f->seen, &f->err);
	OK(seen_is(f, "9 busy 2;"), "and what waits");
	OK(notes_are(f, "storm", "") && shapes_are(f, ""),
	    "notes and shapes are empty");
	IS_STR(store_uuid(f->store), "0123456789abcdef0123456789abcdef",
	    "it is still itself");
}

static void
version_is(struct fixture *f, int want, const char *sentence)
{
	struct query query;
	int64_t version = 0;

	query_begin(&query, f->store, "PRAGMA user_version");
	query_one_number(&query, &version, &f->err);
	IS_INT(version, want, sentence);
}

static void
test_upgrade(void)
{
	int64_t sequence = 0;
	struct fixture f;

	begin(&f);
	make_version_2(&f);
	reopen(&f, STORE_MEMORY);
	look(&f);
	reopen(&f, STORE_FILE);
	look(&f);
	version_is(&f, 5, "opened it is of version 5");
	IS_INT(put(&f, "storm", "mail", "1"), 0, "and takes what came with it");
	reopen(&f, STORE_FILE);
	OK(notes_are(&f, "storm", "mail=1;"), "for good");
	store_sequence(f.store, &sequence, &f.err);
	IS_INT(sequence, 42, "its numbers go on");
	finish(&f);
}

/* An upgrade that cannot be finished leaves the database as it was. */
static void
test_upgrade_fails(void)
{
	struct fixture f;
	sqlite3 *db;
	sqlite3_stmt *version;

	begin(&f);
	make_version_2(&f);
	sqlite3_open(f.directory.database, &db);
	sqlite3_exec(db, "CREATE TABLE shape (x)", NULL, NULL, NULL);
	sqlite3_close(db);
	reopen(&f, STORE_FILE);
	OK(!f.store && strstr(f.err.text, "ctail.db") &&
		strstr(f.err.text, "move it away"),
	    "an upgrade that fails is an error, with a remedy");
	sqlite3_open(f.directory.database, &db);
	sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &version, NULL);
	sqlite3_step(version);
	IS_INT(sqlite3_column_int(version, 0), 2,
	    "and leaves the old format whole");
	sqlite3_finalize(version);
	sqlite3_prepare_v2(db,
	    "SELECT count(*) FROM pragma_table_info('position')", -1, &version,
	    NULL);
	sqlite3_step(version);
	IS_INT(sqlite3_column_int(version, 0), 6, "with its columns");
	sqlite3_finalize(version);
	sqlite3_close(db);
	finish(&f);
}

int
main(void)
{
	test_notes();
	test_shapes();
	test_owners();
	test_newest();
	test_upgrade();
	test_upgrade_fails();
	return tap_done();
}
