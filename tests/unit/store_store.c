/*
 * store_store: opening, transactions, values, positions, rule state, and what
 * the world may do to the file.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/store_internal.h"
#include "store/store_position.h"
#include "store/store_state.h"
#include "tap.h"
#include "store_directory.h"

static struct store *
open_store(const struct directory *directory, enum store_mode mode)
{
	struct err err = ERR_INIT;
	struct store *store = store_open(directory->path, mode, &err);

	if (!store)
		printf("# %s\n", err.text);
	return store;
}

static bool
refused(const struct directory *directory, const char *because)
{
	struct err err = ERR_INIT;
	struct store *store = store_open(directory->path, STORE_FILE, &err);
	bool named =
	    strstr(err.text, because) && strstr(err.text, directory->path);

	printf("# %s\n", err.text);
	if (store)
		store_close(store);
	return !store && named;
}

static bool
meta_is(struct store *store, const char *name, const char *want)
{
	struct buf value = BUF_INIT;
	struct err err = ERR_INIT;
	int found = store_meta_get(store, span_str(name), &value, &err);
	bool same =
	    want ? found == 1 && span_is(buf_span(&value), want) : found == 0;

	if (found < 0)
		printf("# %s\n", err.text);
	buf_release(&value);
	return same;
}

static int
meta_put(struct store *store, const char *name, const char *value)
{
	struct err err = ERR_INIT;
	int result =
	    store_meta_put(store, span_str(name), span_str(value), &err);

	if (result)
		printf("# %s\n", err.text);
	return result;
}

static void
test_new(void)
{
	struct directory directory;
	struct stat status;
	struct store *store;
	char uuid[33];

	directory_make(&directory);
	store = open_store(&directory, STORE_FILE);
	OK(store != NULL, "a new database is made");
	IS_INT(strlen(store_uuid(store)), 32, "it has a name of its own");
	snprintf(uuid, sizeof(uuid), "%s", store_uuid(store));
	stat(directory.database, &status);
	IS_INT(status.st_mode & 07777, 0600, "nobody else may read it");
	meta_put(store, "a", "1");
	meta_put(store, "a", "2");
	OK(meta_is(store, "a", "2"), "a value can be replaced");
	OK(meta_is(store, "b", NULL), "what was never put is absent");
	store_close(store);
	chmod(directory.database, 0644);
	store = open_store(&directory, STORE_FILE);
	OK(store && !strcmp(store_uuid(store), uuid), "it keeps its name");
	OK(meta_is(store, "a", "2"), "and its values");
	stat(directory.database, &status);
	IS_INT(status.st_mode & 07777, 0600, "and becomes private again");
	store_close(store);
	directory_remove(&directory);
}

static void
test_transactions(void)
{
	struct directory directory;
	struct store *store;
	struct err err = ERR_INIT;
	int64_t one = 0, two = 0, three = 0;

	directory_make(&directory);
	store = open_store(&directory, STORE_FILE);
	store_begin(store, &err);
	meta_put(store, "a", "1");
	store_sequence(store, &one, &err);
	store_rollback(store);
	OK(meta_is(store, "a", NULL), "what is rolled back is gone");
	store_sequence(store, &two, &err);
	store_begin(store, &err);
	meta_put(store, "a", "2");
	store_sequence(store, &three, &err);
	OK(!store_commit(store, &err) && meta_is(store, "a", "2"),
	    "what is committed is there");
	OK(one == 1 && two == 1 && three == 2,
	    "the sequence belongs to the transaction and grows");
	store_rollback(store);
	OK(meta_is(store, "a", "2"), "a rollback of nothing does nothing");
	store_close(store);
	directory_remove(&directory);
}

static int
pragma(struct store *store, const char *sql, char *out, size_t size)
{
	struct query query;
	struct span value;

	query_begin(&query, store, sql);
	if (query_row(&query)) {
		value = query_column(&query, 0);
		snprintf(out, size, "%.*s", (int)value.len, value.data);
	}
	return query_end(&query, NULL);
}

static void
test_settings(void)
{
	struct directory directory;
	struct store *store;
	char text[64] = "";

	directory_make(&directory);
	store = open_store(&directory, STORE_FILE);
	pragma(store, "PRAGMA journal_mode", text, sizeof(text));
	IS_STR(text, "wal", "there is a write-ahead log");
	pragma(store, "PRAGMA synchronous", text, sizeof(text));
	IS_STR(text, "2", "a commit is on the disk");
	pragma(store, "PRAGMA foreign_keys", text, sizeof(text));
	IS_STR(text, "1", "rows that belong together stay together");
	pragma(store, "PRAGMA trusted_schema", text, sizeof(text));
	IS_STR(text, "0", "the file's schema is not trusted");
	pragma(store, "PRAGMA journal_size_limit", text, sizeof(text));
	IS_STR(text, "4194304", "the log is kept small");
	pragma(store, "PRAGMA user_version", text, sizeof(text));
	IS_STR(text, "5", "the format has a number");
	store_close(store);
	directory_remove(&directory);
}

struct positions {
	int count;
	int64_t changed_ms;
	struct buf text;
};

static void
position_seen(void *arg, const struct stored_position *position)
{
	struct positions *seen = arg;

	seen->count++;
	seen->changed_ms = position->changed_ms;
	buf_add_span(&seen->text, position->path);
	buf_add_byte(&seen->text, '|');
	buf_add_span(&seen->text, position->log);
	buf_add_byte(&seen->text, '|');
	buf_add_span(&seen->text, position->checkpoint);
	buf_add_byte(&seen->text, '|');
	buf_add_span(&seen->text, position->exported);
	buf_add_byte(&seen->text, '|');
	buf_add_span(&seen->text, position->exported_before);
}

/* Every row, one behind the other; valid until the next call. */
static const char *
positions_of(struct store *store, struct positions *seen)
{
	struct err err = ERR_INIT;

	seen->count = 0;
	buf_reset(&seen->text);
	if (store_position_each(store, position_seen, seen, &err))
		return "cannot be read";
	return buf_str(&seen->text);
}

static void
test_positions(void)
{
	struct directory directory;
	struct store *store;
	struct err err = ERR_INIT;
	struct positions seen = {0};
	struct stored_position position = {
	    .path = span_str("/var/log/\xff.log"),
	    .log = span_str("app"),
	    .checkpoint = span_str("position\nsettled\n"),
	    .changed_ms = 99,
	};

	directory_make(&directory);
	store = open_store(&directory, STORE_FILE);
	OK(!store_position_put(store, &position, &err), "a position is put");
	position.checkpoint = span_str("position 2\n");
	store_position_export(
	    store, position.path, span_str("5 7"), EXPORTED_NEXT, &err);
	store_position_export(
	    store, position.path, span_str("5 9"), EXPORTED_NEXT, &err);
	OK(!store_position_put(store, &position, &err), "and replaced");
	IS_STR(positions_of(store, &seen),
	    "/var/log/\xff.log|app|position 2\n|5 9|5 7",
	    "texts come back byte for byte, what was exported among them");
	OK(seen.count == 1 && seen.changed_ms == 99, "there is one row a path");
	store_position_export(
	    store, position.path, span_str("6 1"), EXPORTED_AGAIN, &err);
	IS_STR(positions_of(store, &seen),
	    "/var/log/\xff.log|app|position 2\n|6 1|5 7",
	    "the value before stays when the last was not written");
	store_position_delete(store, position.path, &err);
	positions_of(store, &seen);
	IS_INT(seen.count, 0, "a deleted one is gone");
	store_close(store);
	buf_release(&seen.text);
	directory_remove(&directory);
}

/* What a database of version 1 had. */
static const char version_1[] =
    "DROP TABLE report; DROP INDEX alert_report;"
    "DROP TABLE note; DROP TABLE shape;"
    "DROP TABLE position;"
    "DROP INDEX outbox_waiting; DROP INDEX outbox_order;"
    "DROP INDEX outbox_dead; ALTER TABLE outbox DROP COLUMN incident;"
    "ALTER TABLE outbox DROP COLUMN settled;"
    "CREATE INDEX outbox_waiting ON outbox (alert) WHERE state = 0;"
    "CREATE TABLE position ("
    " path BLOB PRIMARY KEY NOT NULL, log TEXT NOT NULL,"
    " dev INTEGER NOT NULL, ino INTEGER NOT NULL,"
    " birth_ns INTEGER NOT NULL, offset INTEGER NOT NULL,"
    " head BLOB NOT NULL, tail BLOB NOT NULL,"
    " skipping INTEGER NOT NULL, incarnation TEXT NOT NULL,"
    " has_previous INTEGER NOT NULL,"
    " previous_dev INTEGER NOT NULL, previous_ino INTEGER NOT NULL,"
    " previous_birth_ns INTEGER NOT NULL, previous_offset INTEGER NOT NULL,"
    " previous_head BLOB NOT NULL, previous_tail BLOB NOT NULL,"
    " previous_skipping INTEGER NOT NULL,"
    " previous_incarnation TEXT NOT NULL,"
    " exported TEXT NOT NULL, exported_before TEXT NOT NULL,"
    " changed_ms INTEGER NOT NULL) WITHOUT ROWID;"
    "INSERT INTO position VALUES (CAST('/a' AS BLOB), 'one', -1, 2, -3, 1500,"
    " X'0004000102030405060708090a0b0c0d0e0f',"
    " X'2c01101112131415161718191a1b1c1d1e1f', 1,"
    " '0123456789abcdef0123456789abcdef',"
    " 1, 5, 6, 7, 8, X'', X'0800000000000000000000000000000000ff', 0,"
    " 'fedcba9876543210fedcba9876543210', '2 1500', '2 1400', 1700000000000);"
    "INSERT INTO position VALUES (X'2FFF62', 'two', 1, 2, 0, 0, X'', X'', 0,"
    " '0123456789abcdef0123456789abcdef', 1, 5, 6, 7, 8, X'01', X'', 0,"
    " '0123456789abcdef0123456789abcdef', '', '', -1);"
    "INSERT INTO position VALUES (X'2F63', 'three', 1, 2, 0, 0, X'0102', X'',"
    " 0, '', 0, 0, 0, 0, 0, X'', X'', 0, '', '', '', 9223372036854775807);"
    "PRAGMA user_version = 1";

static const char converted[] =
    "/a|one|"
    "position 18446744073709551615 2 -3 1500"
    " 0: 1024:000102030405060708090a0b0c0d0e0f"
    " 300:101112131415161718191a1b1c1d1e1f 1"
    " 0123456789abcdef0123456789abcdef\n"
    "settled 1700000000000000000\n"
    "old 5 6 7 8 0: 0: 8:000000000000000000000000000000ff 0"
    " fedcba9876543210fedcba9876543210 8 1700000000000 0 -\n"
    "|2 1500|2 1400"
    "/c|three|"
    "position 1 2 0 0 0: damaged 0: 0 \n"
    "settled 0\n||"
    "/\xff"
    "b|two|"
    "position 1 2 0 0 0: 0: 0: 0 0123456789abcdef0123456789abcdef\n"
    "settled 0\n||";

static bool
make_version_1(const struct directory *directory)
{
	sqlite3 *db;
	char *why = NULL;
	bool made;

	store_close(open_store(directory, STORE_FILE));
	sqlite3_open(directory->database, &db);
	made = !sqlite3_exec(db, version_1, NULL, NULL, &why);
	if (!made)
		printf("# %s\n", why);
	sqlite3_free(why);
	sqlite3_close(db);
	return made;
}

static void
test_upgrade(void)
{
	struct directory directory;
	struct positions seen = {0};
	struct store *store;
	char text[64];

	directory_make(&directory);
	OK(make_version_1(&directory), "there is a database of version 1");
	store = open_store(&directory, STORE_MEMORY);
	IS_STR(positions_of(store, &seen), converted,
	    "a copy of it in memory is converted");
	store_close(store);
	store = open_store(&directory, STORE_FILE);
	IS_STR(positions_of(store, &seen), converted,
	    "opened it is converted itself, damage staying damage");
	pragma(store, "PRAGMA user_version", text, sizeof(text));
	IS_STR(text, "5", "and of this version then");
	pragma(store,
	    "SELECT count(*) FROM sqlite_master WHERE name LIKE"
	    " 'position%'",
	    text, sizeof(text));
	IS_STR(text, "1", "without a trace of the old table");
	pragma(store,
	    "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master"
	    " WHERE name IN ('note', 'shape') ORDER BY name)",
	    text, sizeof(text));
	IS_STR(text, "note,shape", "and with the tables that came later");
	store_close(store);
	store = open_store(&directory, STORE_FILE);
	IS_STR(positions_of(store, &seen), converted, "for good");
	store_close(store);
	buf_release(&seen.text);
	directory_remove(&directory);
}

static void
state_seen(void *arg, const struct stored_state *state)
{
	struct buf *out = arg;

	buf_addf(out, "%.*s/%.*s/%.*s=%.*s;", (int)state->rule.len,
	    state->rule.data, (int)state->definition.len,
	    state->definition.data, (int)state->key.len, state->key.data,
	    (int)state->saved.len, state->saved.data);
}

static void
state_put(struct store *store, const char *rule, const char *definition,
    const char *key, const char *saved)
{
	struct stored_state state = {span_str(rule), span_str(definition),
	    span_str(key), span_str(saved)};
	struct err err = ERR_INIT;

	if (store_state_put(store, &state, &err))
		printf("# %s\n", err.text);
}

static bool
states_are(struct store *store, const char *want)
{
	struct buf seen = BUF_INIT;
	struct err err = ERR_INIT;
	bool same;

	store_state_each(store, state_seen, &seen, &err);
	same = !strcmp(buf_str(&seen), want);
	if (!same)
		printf("# got: %s\n", buf_str(&seen));
	buf_release(&seen);
	return same;
}

static void
test_states(void)
{
	struct directory directory;
	struct store *store;
	struct err err = ERR_INIT;

	directory_make(&directory);
	store = open_store(&directory, STORE_FILE);
	state_put(store, "r", "d1", "k", "1");
	state_put(store, "r", "d1", "k", "2");
	state_put(store, "r", "d1", "", "3");
	state_put(store, "r", "d2", "k", "4");
	state_put(store, "s", "d1", "k", "5");
	OK(states_are(store, "r/d1/=3;r/d1/k=2;r/d2/k=4;s/d1/k=5;"),
	    "state is kept by rule, definition and key");
	state_put(store, "r", "d1", "", "");
	OK(states_are(store, "r/d1/k=2;r/d2/k=4;s/d1/k=5;"),
	    "an empty one is deleted");
	store_state_forget(store, span_str("r"), "d2", &err);
	OK(states_are(store, "r/d2/k=4;s/d1/k=5;"),
	    "state of other definitions can be forgotten");
	store_state_forget(store, span_str("r"), NULL, &err);
	OK(states_are(store, "s/d1/k=5;"), "and all of a rule");
	store_close(store);
	directory_remove(&directory);
}

static void
write_file(const char *path, const char *bytes, size_t len)
{
	FILE *file = fopen(path, "w");

	fwrite(bytes, 1, len, file);
	fclose(file);
}

static void
test_not_ours(void)
{
	struct directory directory;
	struct store *store;
	struct stat status;
	sqlite3 *db;

	directory_make(&directory);
	write_file(directory.database,
	    "this is no database at all, but "
	    "a text that is long enough to be looked at as one, and longer",
	    93);
	OK(refused(&directory, "no database of ctail"),
	    "a file that is no database is refused");
	stat(directory.database, &status);
	IS_INT(status.st_size, 93, "and left as it is");
	unlink(directory.database);
	sqlite3_open(directory.database, &db);
	sqlite3_exec(db, "CREATE TABLE x (y)", NULL, NULL, NULL);
	sqlite3_close(db);
	OK(refused(&directory, "no database of ctail"),
	    "somebody else's database is refused");
	unlink(directory.database);
	store_close(open_store(&directory, STORE_FILE));
	sqlite3_open(directory.database, &db);
	sqlite3_exec(db, "PRAGMA user_version = 6", NULL, NULL, NULL);
	sqlite3_close(db);
	OK(refused(&directory, "newer ctail"), "a newer format is refused");
	unlink(directory.database);
	write_file(directory.database, "", 0);
	store = open_store(&directory, STORE_FILE);
	OK(store != NULL, "an empty file becomes a database");
	store_close(store);
	unlink(directory.database);
	IS_INT(symlink("/dev/null", directory.database), 0, "a link");
	OK(refused(&directory, "symbolic link"), "a link is not followed");
	unlink(directory.database);
	mkfifo(directory.database, 0600);
	OK(refused(&directory, "regular file"), "a pipe does not stop us");
	directory_remove(&directory);
	OK(refused(&directory, "create it"), "a missing directory is named");
}

static void
test_linked_directory(void)
{
	struct directory directory, link;
	struct store *store;

	directory_make(&directory);
	link = directory;
	snprintf(link.path, sizeof(link.path), "%.200s-link", directory.path);
	IS_INT(symlink(directory.path, link.path), 0, "a link");
	store = open_store(&link, STORE_FILE);
	OK(store != NULL, "a directory may be reached by a link");
	store_close(store);
	unlink(link.path);
	directory_remove(&directory);
}

/* Fills the database, then overwrites all pages behind the first. */
static void
damage(const struct directory *directory)
{
	struct store *store = open_store(directory, STORE_FILE);
	char name[32], page[4096];
	struct stat status;
	int i, fd;

	for (i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "name %d", i);
		meta_put(store, name, "a value that fills the pages");
	}
	store_close(store);
	memset(page, 0xa5, sizeof(page));
	fd = open(directory->database, O_RDWR);
	fstat(fd, &status);
	for (off_t at = 4096; at < status.st_size; at += 4096) {
		if (pwrite(fd, page, sizeof(page), at) != sizeof(page))
			perror("pwrite");
	}
	close(fd);
}

static void
test_damaged(void)
{
	struct directory directory;
	struct store *store;
	struct err err = ERR_INIT;
	struct buf value = BUF_INIT;

	directory_make(&directory);
	damage(&directory);
	store = store_open(directory.path, STORE_FILE, &err);
	if (store) {
		store_meta_get(store, span_str("name 1"), &value, &err);
		store_close(store);
	}
	OK(strstr(err.text, "is damaged") &&
		strstr(err.text, directory.database),
	    "damage is a sentence that names the file");
	OK(!store_open(directory.path, STORE_MEMORY, &err),
	    "and is not taken for an empty one");
	buf_release(&value);
	directory_remove(&directory);
}

static void
test_memory(void)
{
	struct directory directory;
	struct store *store, *agent;
	struct stat before, after;

	directory_make(&directory);
	store = open_store(&directory, STORE_MEMORY);
	OK(store && !meta_put(store, "a", "x") && meta_is(store, "a", "x"),
	    "without a file a memory store is empty and works");
	store_close(store);
	IS_INT(directory_entries(&directory, false), 0, "and makes no file");
	agent = open_store(&directory, STORE_FILE);
	meta_put(agent, "a", "1");
	store_close(agent);
	stat(directory.database, &before);
	store = open_store(&directory, STORE_MEMORY);
	OK(store && meta_is(store, "a", "1"), "with one it has its content");
	meta_put(store, "a", "2");
	store_close(store);
	stat(directory.database, &after);
	OK(directory_entries(&directory, false) == 1 &&
		before.st_mtim.tv_nsec == after.st_mtim.tv_nsec &&
		before.st_mtim.tv_sec == after.st_mtim.tv_sec,
	    "and leaves it untouched");
	agent = open_store(&directory, STORE_FILE);
	OK(meta_is(agent, "a", "1"), "nothing of it is kept");
	meta_put(agent, "a", "3");
	store = open_store(&directory, STORE_MEMORY);
	OK(store && meta_is(store, "a", "3"),
	    "beside an agent it sees what that has committed");
	store_close(store);
	OK(!meta_put(agent, "a", "4") && meta_is(agent, "a", "4"),
	    "and does not disturb it");
	store_close(agent);
	directory_remove(&directory);
	store = open_store(&directory, STORE_MEMORY);
	OK(store && meta_is(store, "a", NULL),
	    "without a state directory a memory store is empty too");
	store_close(store);
}

/* The sentence that an ordinary user gets, or "" when it works. */
static void
open_as_nobody(const struct directory *directory, char *out, size_t size)
{
	struct err err = ERR_INIT;
	struct store *store;
	int pipes[2];
	ssize_t got;
	pid_t pid;

	if (pipe(pipes))
		perror("pipe");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (!getuid() && setuid(65534))
			_exit(1);
		store = store_open(directory->path, STORE_FILE, &err);
		if (write(pipes[1], err.text, strlen(err.text)) < 0)
			_exit(1);
		store_close(store);
		_exit(0);
	}
	close(pipes[1]);
	got = read(pipes[0], out, size - 1);
	out[got > 0 ? got : 0] = '\0';
	close(pipes[0]);
	waitpid(pid, NULL, 0);
}

static void
test_not_writable(void)
{
	struct directory directory;
	char text[ERR_TEXT_MAX];

	directory_make(&directory);
	chmod(directory.path, 0555);
	open_as_nobody(&directory, text, sizeof(text));
	OK(strstr(text, "cannot be opened: Permission denied"),
	    "a directory that cannot be written is a sentence");
	chmod(directory.path, 0755);
	store_close(open_store(&directory, STORE_FILE));
	chmod(directory.database, 0444);
	chmod(directory.path, 0555);
	open_as_nobody(&directory, text, sizeof(text));
	OK(strstr(text, "check the owner"), "and so is a file that cannot");
	directory_remove(&directory);
}

static void
limit_files(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
}

/* Puts values of 4 KB until one fails; what it said. */
static int
fill(struct store *store)
{
	char value[4096], name[32];
	struct err err = ERR_INIT;
	int i, result = 0;

	memset(value, 'v', sizeof(value));
	for (i = 0; i < 1000 && !result; i++) {
		snprintf(name, sizeof(name), "fill %d", i);
		result = store_meta_put(
		    store, span_str(name), span_of(value, sizeof(value)), &err);
	}
	if (result)
		printf("# %s\n", err.text);
	return result;
}

static void
test_full(void)
{
	struct directory directory;
	struct store *store;
	struct err err = ERR_INIT;
	int result;

	/* What the kernel answers on a full disk differs in the number
	 * only. */
	signal(SIGXFSZ, SIG_IGN);
	directory_make(&directory);
	store = open_store(&directory, STORE_FILE);
	meta_put(store, "before", "1");
	limit_files(256 * 1024);
	IS_INT(fill(store), STORE_FULL, "a full disk has an answer of its own");
	result = store_begin(store, &err);
	if (!result)
		result = fill(store);
	if (!result)
		result = store_commit(store, &err);
	IS_INT(result, STORE_FULL, "inside a transaction too");
	IS_INT(store_meta_put(store, span_str("after"), span_str("1"), &err),
	    STORE_FULL, "which then takes nothing more");
	result = store->in_transaction ? store_commit(store, &err) : -1;
	IS_INT(result, STORE_FULL, "and cannot be committed");
	limit_files(RLIM_INFINITY);
	OK(!meta_put(store, "again", "2") && meta_is(store, "again", "2"),
	    "with room again the store works on");
	OK(meta_is(store, "before", "1") && meta_is(store, "after", NULL),
	    "and has lost and gained nothing");
	store_close(store);
	directory_remove(&directory);
}

static void
test_busy_transaction(void)
{
	struct directory directory;
	struct store *store;
	struct err err = ERR_INIT;
	sqlite3 *other;

	directory_make(&directory);
	store = open_store(&directory, STORE_FILE);
	sqlite3_busy_timeout(store->db, 1);
	sqlite3_open(directory.database, &other);
	sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	OK(store_begin(store, &err) && strstr(err.text, "in use"),
	    "a database that somebody else writes is said to be in use");
	sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL);
	sqlite3_close(other);
	OK(!store_begin(store, &err) && !store_commit(store, &err),
	    "and can be used afterwards");
	store_close(store);
	directory_remove(&directory);
}

static void
test_remote(void)
{
	struct directory directory;
	struct store *store;
	char text[64] = "", *log;

	directory_make(&directory);
	store_close(open_store(&directory, STORE_FILE));
	store = open_store(&directory, STORE_REMOTE_FILE);
	pragma(store, "PRAGMA journal_mode", text, sizeof(text));
	IS_STR(text, "delete", "on a network's disk there is a rollback journal");
	pragma(store, "PRAGMA synchronous", text, sizeof(text));
	IS_STR(text, "2", "and a commit is on the disk");
	OK(!store_set_durability(store, STORE_LAZY, NULL) &&
		!store_begin(store, NULL) && !store_commit(store, NULL),
	    "commits work");
	if (asprintf(&log, "%s-wal", directory.database) > 0) {
		OK(access(log, F_OK), "there is no write-ahead log");
		free(log);
	}
	store_close(store);
	store = open_store(&directory, STORE_FILE);
	pragma(store, "PRAGMA journal_mode", text, sizeof(text));
	IS_STR(text, "wal", "moved to a disk of its own it has one again");
	store_close(store);
	directory_remove(&directory);
}

int
main(void)
{
	test_new();
	test_remote();
	test_transactions();
	test_settings();
	test_positions();
	test_upgrade();
	test_states();
	test_not_ours();
	test_linked_directory();
	test_damaged();
	test_memory();
	test_not_writable();
	test_full();
	test_busy_transaction();
	return tap_done();
}
