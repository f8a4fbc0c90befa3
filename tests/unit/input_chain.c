/*
 * input_chain: which file holds a position, and what comes after it.
 *
 * The program is its own ctail-unpack: with CHAIN_FAKE in the environment it
 * unpacks files that pack() made, which are a status, a newline and the plain
 * bytes.  One test uses the real one and gzip, where both are there.
 */
#include "config.h"

#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/durable.h"
#include "input/chain.h"
#include "input/paths.h"
#include "input/unpack_protocol.h"
#include "files.h"
#include "formats.h"
#include "tap.h"

#define SECOND INT64_C(1000000000)
#define DAY_ZERO INT64_C(1700000000)

/* --- The helper ------------------------------------------------------- */

static void
say(const unsigned char *bytes, size_t len)
{
	unsigned char head[4] = {(unsigned char)(len >> 24),
	    (unsigned char)(len >> 16), (unsigned char)(len >> 8),
	    (unsigned char)len};

	write_all(1, head, sizeof(head));
	write_all(1, bytes, len);
}

static int
fake_unpack(void)
{
	static unsigned char bytes[32 * 1024];
	unsigned char status = 0, byte;
	ssize_t got;

	while (read_some(0, &byte, 1) == 1 && byte != '\n')
		status = (unsigned char)(status * 10 + (byte - '0'));
	while ((got = read_some(0, bytes, sizeof(bytes))) > 0)
		say(bytes, (size_t)got);
	say(NULL, 0);
	write_all(1, &status, 1);
	return status;
}

/* --- Files ------------------------------------------------------------ */

/* Lines "WORD 000001" from first to last. */
static const char *
lines(const char *word, int first, int last)
{
	static struct buf texts[4];
	static unsigned at;
	struct buf *text = &texts[at++ % 4];

	buf_reset(text);
	for (int i = first; i <= last; i++)
		buf_addf(text, "%s %06d\n", word, i);
	return buf_str(text);
}

static void
set_seconds(const char *name, int64_t seconds)
{
	struct timespec times[2] = {
	    {.tv_sec = DAY_ZERO + seconds}, {.tv_sec = DAY_ZERO + seconds}};

	if (utimensat(AT_FDCWD, files_path(name), times, 0) < 0) {
		perror(name);
		exit(99);
	}
}

static void
put(const char *name, int64_t seconds, const char *text)
{
	files_write(name, text);
	set_seconds(name, seconds);
}

static void
pack(const char *name, int64_t seconds, enum unpack_status status,
    const char *text)
{
	struct buf packed = BUF_INIT;

	buf_addf(&packed, "%d\n%s", status, text);
	put(name, seconds, buf_str(&packed));
	buf_release(&packed);
}

static void
copy(const char *from, const char *to)
{
	static char bytes[1 << 20];
	int fd = open(files_path(from), O_RDONLY);
	ssize_t len = read(fd, bytes, sizeof(bytes));

	close(fd);
	files_put(to, bytes, len < 0 ? 0 : (size_t)len, O_TRUNC);
}

/* --- What is asked ---------------------------------------------------- */

struct fixture {
	struct chain chain;
	struct unpacker unpacker;
	struct checkpoint checkpoint;
	struct buf explained;
	bool live_failed;
	char said[ERR_TEXT_MAX];
};

static void
explain(void *arg, const char *text)
{
	struct fixture *fixture = arg;

	buf_addf(&fixture->explained, "%s\n", text);
}

static void
begin(struct fixture *fixture, const char *program)
{
	static char log[1100];

	files_clear();
	snprintf(log, sizeof(log), "%s", files_path("log"));
	*fixture = (struct fixture){
	    .chain = {.log = log,
		.wall_ns = (DAY_ZERO + 1000) * SECOND,
		.explain = explain,
		.explain_arg = fixture},
	    .unpacker = {.program = program},
	};
	fixture->chain.unpacker = program ? &fixture->unpacker : NULL;
}

static void
end(struct fixture *fixture)
{
	checkpoint_release(&fixture->checkpoint);
	buf_release(&fixture->explained);
}

static void
print_of(int fd, struct fingerprint *print, uint64_t offset, size_t len)
{
	char bytes[POSITION_PRINT];

	if (pread(fd, bytes, len, (off_t)offset) != (ssize_t)len)
		exit(99);
	fingerprint_take(print, span_of(bytes, len));
}

static struct position
position_in(const char *name, uint64_t offset)
{
	struct position position = {.offset = offset, .incarnation = "asked"};
	size_t len = offset < POSITION_PRINT ? (size_t)offset : POSITION_PRINT;
	int fd = open(files_path(name), O_RDONLY);

	if (fd < 0 || position_identify(&position, fd) < 0)
		exit(99);
	print_of(fd, &position.head, 0, len);
	print_of(fd, &position.tail, offset - len, len);
	close(fd);
	return position;
}

static uint64_t
size_of(const char *name)
{
	struct stat st;

	return stat(files_path(name), &st) < 0 ? 0 : (uint64_t)st.st_size;
}

/* Read up to there; settled is seconds. */
static void
reading(
    struct fixture *fixture, const char *name, uint64_t offset, int64_t settled)
{
	fixture->checkpoint.position = position_in(name, offset);
	fixture->checkpoint.settled_ns = (DAY_ZERO + settled) * SECOND;
}

static const char *
in_words(enum chain_answer answer, const struct chain_found *out)
{
	static const char *const words[] = {[CHAIN_FOUND] = "found",
	    [CHAIN_AHEAD] = "ahead",
	    [CHAIN_LIVE] = "live",
	    [CHAIN_GONE] = "gone",
	    [CHAIN_WAIT] = "wait",
	    [CHAIN_FAILED] = "failed"};
	static char text[1200];

	if (answer == CHAIN_FOUND || answer == CHAIN_AHEAD)
		snprintf(text, sizeof(text), "%s %s %llu", words[answer],
		    out->path ? path_name(out->path).data : "(live)",
		    (unsigned long long)out->position.offset);
	else
		snprintf(text, sizeof(text), "%s", words[answer]);
	return text;
}

/* A found content must be readable where the position is. */
static void
check_found(const struct chain_found *out, const struct position *asked)
{
	char bytes[POSITION_PRINT];
	struct fingerprint print;
	size_t len = out->position.tail.len;
	struct content content = out->content;
	ssize_t got;

	if (!len)
		return;
	got = content_pread(
	    &content, bytes, len, out->position.offset - len, len, NULL);
	if (got == (ssize_t)len)
		fingerprint_take(&print, span_of(bytes, len));
	OK(got == (ssize_t)len &&
		fingerprint_equal(&print, &out->position.tail) &&
		!strcmp(out->position.incarnation, asked->incarnation),
	    "  and its bytes are those before the position");
}

static const char *
ask_find(struct fixture *fixture)
{
	struct chain_found out;
	struct err err = ERR_INIT;
	int live = open(files_path("log"), O_RDONLY);
	enum chain_answer answer;
	const char *text;

	answer = chain_find(&fixture->chain, &fixture->checkpoint, live,
	    fixture->live_failed, &out, &err);
	text = in_words(answer, &out);
	if (answer == CHAIN_FOUND || answer == CHAIN_AHEAD)
		check_found(&out, &fixture->checkpoint.position);
	snprintf(fixture->said, sizeof(fixture->said), "%s", err.text);
	chain_found_release(&out);
	if (live >= 0)
		close(live);
	return text;
}

static const char *
ask_next(struct fixture *fixture)
{
	static char text[1300];
	struct chain_found out;
	struct err err = ERR_INIT;
	bool proven = false;
	enum chain_answer answer = chain_next(
	    &fixture->chain, &fixture->checkpoint, &out, &proven, &err);

	snprintf(text, sizeof(text), "%s%s", in_words(answer, &out),
	    proven ? "" : " unproven");
	if (answer == CHAIN_FOUND &&
	    (!out.position.incarnation[0] || out.position.head.len))
		strcat(text, " (not fresh)");
	snprintf(fixture->said, sizeof(fixture->said), "%s", err.text);
	chain_found_release(&out);
	return text;
}

static const char *
ask_reopen(struct fixture *fixture, const char *hint)
{
	struct chain_found out;
	struct err err = ERR_INIT;
	enum chain_answer answer = chain_reopen(
	    &fixture->chain, &fixture->checkpoint.position, hint, &out, &err);
	const char *text = in_words(answer, &out);

	if (answer == CHAIN_FOUND)
		check_found(&out, &fixture->checkpoint.position);
	chain_found_release(&out);
	return text;
}

/* --- Find: plain ------------------------------------------------------ */

static void
test_renamed(struct fixture *fixture)
{
	put("log", 10, lines("a", 1, 500));
	reading(fixture, "log", 900, 10);
	IS_STR(ask_find(fixture), "gone",
	    "the log itself is not among its siblings");
	files_rename("log", "log.1");
	IS_STR(ask_find(fixture), "found log.1 900",
	    "a renamed file is found by its inode while there is no log");
	put("log", 20, lines("b", 1, 500));
	IS_STR(ask_find(fixture), "found log.1 900", "and with a new log");
	OK(strstr(buf_str(&fixture->explained), "log.1 is the file that was "
						"read"),
	    "which is explained");
	files_rename("log.1", "log-20240101");
	IS_STR(ask_find(fixture), "found log-20240101 900",
	    "whatever it is called");
	files_rename("log-20240101", "elsewhere");
	IS_STR(ask_find(fixture), "gone", "but not under no known name");
	OK(symlink(files_path("elsewhere"), files_path("log.1")) == 0,
	    "a link leads to it");
	IS_STR(ask_find(fixture), "gone", "through which it is not opened");
}

static void
test_inode_alone(struct fixture *fixture)
{
	put("log", 10, lines("a", 1, 100));
	reading(fixture, "log", 0, 10);
	fixture->checkpoint.position.birth_ns = 0;
	files_rename("log", "log.1");
	fixture->checkpoint.settled_ns = INT64_MAX;
	IS_STR(ask_find(fixture), "found log.1 0",
	    "a position at 0 is found by its inode");
	fixture->checkpoint.settled_ns = (DAY_ZERO + 1) * SECOND;
	IS_STR(ask_find(fixture), "gone",
	    "not in a file that was born after it was stored");
	fixture->checkpoint.position.birth_ns = 1;
	fixture->checkpoint.settled_ns = INT64_MAX;
	IS_STR(ask_find(fixture), "gone", "nor in one born at another time");
	fixture->checkpoint.position.birth_ns = 0;
	copy("log.1", "log.2");
	unlink(files_path("log.1"));
	IS_STR(ask_find(fixture), "gone", "and by nothing else");
	fixture->checkpoint.position.ino = 0;
	IS_STR(ask_find(fixture), "gone", "nothing read is nowhere");
}

/* rm and create give the same inode on ext4. */
static void
test_inode_reused(struct fixture *fixture)
{
	put("log.1", 10, lines("a", 1, 500));
	reading(fixture, "log.1", 900, 10);
	put("log.1", 20, lines("b", 1, 500));
	IS_STR(ask_find(fixture), "gone",
	    "the same inode with other bytes is another file");
	put("log.2", 5, lines("a", 1, 500));
	IS_STR(ask_find(fixture), "found log.2 900",
	    "the one with the bytes is found instead");
}

static void
test_copied(struct fixture *fixture)
{
	put("log", 10, lines("a", 1, 500));
	reading(fixture, "log", 2700, 10);
	copy("log", "log.1");
	put("log.2", 5, lines("z", 1, 500));
	put("log", 20, lines("b", 1, 400));
	fixture->live_failed = true;
	IS_STR(ask_find(fixture), "found log.1 2700",
	    "after copytruncate the copy is found by its bytes");
	files_rename("log.1", "log.3");
	put("log.1", 21, lines("c", 1, 500));
	IS_STR(ask_find(fixture), "found log.3 2700",
	    "a stale or newer candidate never masks it");
	unlink(files_path("log.3"));
	IS_STR(ask_find(fixture), "gone", "without it, nothing is replayed");
	OK(strstr(buf_str(&fixture->explained), "log.1 holds something else"),
	    "and every refusal is explained");
}

static void
test_ahead(struct fixture *fixture)
{
	put("log", 10, lines("a", 1, 500));
	reading(fixture, "log", 2700, 10);
	put("log.1", 11, lines("a", 1, 200));
	put("log.2", 5, lines("a", 1, 150));
	put("log", 20, "");
	IS_STR(ask_find(fixture), "gone",
	    "a shorter copy is nothing while the log was not seen to fail");
	fixture->live_failed = true;
	IS_STR(ask_find(fixture), "ahead log.1 1800",
	    "of shorter copies the newest says that we were ahead");
	pack("log.0.gz", 12, UNPACK_STATUS_COMPLETE, lines("a", 1, 220));
	IS_STR(ask_find(fixture), "ahead log.0.gz 1980",
	    "also when it is compressed");
	put("log.3", 4, lines("a", 1, 400));
	IS_STR(ask_find(fixture), "found log.3 2700",
	    "a copy that holds the position is better");
	unlink(files_path("log.3"));
	unlink(files_path("log.0.gz"));
	put("log.1", 11, lines("a", 1, 50));
	put("log.2", 11, lines("z", 1, 50));
	IS_STR(ask_find(fixture), "gone",
	    "a copy without the whole head is no proof");
}

/* Byte for byte the same start each time. */
static void
test_identical_heads(struct fixture *fixture)
{
	char text[4000];

	memset(text, '=', 2000);
	for (int i = 1; i <= 3; i++) {
		char name[16];

		snprintf(text + 2000, sizeof(text) - 2000, "\n%s",
		    lines("x", i * 100, i * 100 + 99));
		snprintf(name, sizeof(name), "log.%d", 4 - i);
		put(name, i * 10, text);
		if (i == 1)
			reading(fixture, name, 2451, 5);
	}
	fixture->checkpoint.position.ino++;
	IS_STR(ask_find(fixture), "found log.3 2451",
	    "where all heads are the same the tail decides");
	IS_STR(ask_next(fixture), "found log.3 2451 (not fresh)",
	    "what it has behind comes next");
	reading(fixture, "log.3", (uint64_t)size_of("log.3"), 5);
	fixture->checkpoint.position.ino++;
	checkpoint_add_head(
	    &fixture->checkpoint, &fixture->checkpoint.position.head);
	IS_STR(ask_next(fixture), "found log.2 0",
	    "a known head does not hide a successor that changed since");
	fixture->checkpoint.settled_ns = (DAY_ZERO + 25) * SECOND;
	IS_STR(ask_next(fixture), "found log.1 0",
	    "but one that did not change since was read before");
}

static void
test_editor(struct fixture *fixture)
{
	put("log", 10, lines("a", 1, 100));
	reading(fixture, "log", 900, 10);
	put("new", 11, lines("a", 1, 120));
	files_rename("new", "log");
	IS_STR(ask_find(fixture), "found (live) 900",
	    "an editor's replacement of the log goes on where it was");
	put("new", 12, lines("a", 1, 99));
	files_rename("new", "log");
	IS_STR(ask_find(fixture), "gone", "not when its last line is gone");
	put("log.1", 9, lines("a", 1, 100));
	IS_STR(ask_find(fixture), "found log.1 900",
	    "the backup may hold it then");
}

static void
test_head_only(struct fixture *fixture)
{
	put("log.1", 10, lines("a", 1, 300));
	reading(fixture, "log.1", 900, 9);
	fixture->checkpoint.position.tail = (struct fingerprint){0};
	fixture->checkpoint.position.offset = 1800;
	IS_STR(ask_find(fixture), "found log.1 1800",
	    "another tool read on in the same inode");
	copy("log.1", "log.2");
	put("log.1", 11, lines("b", 1, 300));
	IS_STR(ask_find(fixture), "found log.2 1800",
	    "a head and the length prove a copy then");
	fixture->checkpoint.position.offset = 99999;
	IS_STR(ask_find(fixture), "ahead log.2 2700",
	    "one that ends before the offset has nothing unread");
}

/* Two decimal numbers are all there is. */
static void
foreign(
    struct fixture *fixture, uint64_t inode, uint64_t offset, int64_t settled)
{
	fixture->checkpoint.position =
	    (struct position){.ino = inode, .offset = offset};
	fixture->checkpoint.settled_ns = (DAY_ZERO + settled) * SECOND;
}

static void
test_foreign(struct fixture *fixture)
{
	struct stat st;

	put("log", 10, lines("a", 1, 100));
	stat(files_path("log"), &st);
	files_rename("log", "log.2");
	put("log.1", 20, lines("b", 1, 200));
	foreign(fixture, st.st_ino, 450, 5);
	fixture->checkpoint.settled_ns = INT64_MAX - 1;
	IS_STR(ask_find(fixture), "found log.2 450",
	    "another tool's position is found by its inode");
	foreign(fixture, st.st_ino + 12345, 450, 15);
	IS_STR(ask_find(fixture), "found log.1 450",
	    "else in the newest file changed since that has a line there");
	foreign(fixture, st.st_ino + 12345, 451, 15);
	IS_STR(ask_find(fixture), "gone", "no line ends there, no proof");
	foreign(fixture, st.st_ino + 12345, 450, 25);
	IS_STR(ask_find(fixture), "gone", "no change since, no proof");
	foreign(fixture, st.st_ino + 12345, 900, 15);
	IS_STR(ask_find(fixture), "found log.2 900",
	    "unless it is exactly as long as what was read");
	files_rename("log.2", "x");
	pack("log.2.gz", 10, UNPACK_STATUS_COMPLETE, lines("a", 1, 100));
	IS_STR(ask_find(fixture), "found log.2.gz 900",
	    "also when it has been compressed since");
}

/* --- Find: compressed ------------------------------------------------- */

static void
test_compressed(struct fixture *fixture)
{
	put("log", 10, lines("a", 1, 30000));
	reading(fixture, "log", 200007, 10);
	unlink(files_path("log"));
	pack("log.2.gz", 10, UNPACK_STATUS_COMPLETE, lines("a", 1, 30000));
	pack("log.1.gz", 20, UNPACK_STATUS_COMPLETE, lines("b", 1, 30000));
	IS_STR(ask_find(fixture), "found log.2.gz 200007",
	    "a compressed file is proven by its plain bytes");
	fixture->checkpoint.position = position_in("log.2.gz", 0);
	fixture->checkpoint.position.offset = 9;
	fingerprint_take(
	    &fixture->checkpoint.position.tail, span_str("a 000001\n"));
	memcpy(fixture->checkpoint.position.incarnation, "asked", 6);
	IS_STR(ask_find(fixture), "found log.2.gz 9",
	    "one that was being read is found by its own inode");
	fixture->chain.unpacker = NULL;
	IS_STR(ask_find(fixture), "gone", "without ctail-unpack it is not");
	OK(strstr(fixture->said, "compressed and cannot be read"),
	    "which is said");
}

static void
test_unfinished(struct fixture *fixture)
{
	put("log", 10, lines("a", 1, 1000));
	reading(fixture, "log", 8100, 10);
	unlink(files_path("log"));
	pack("log.1.gz", 995, UNPACK_STATUS_UNFINISHED, lines("a", 1, 10));
	IS_STR(ask_find(fixture), "wait",
	    "a file that is being compressed is waited for");
	OK(strstr(fixture->said, "is being compressed just now"),
	    "which is said");
	set_seconds("log.1.gz", 989);
	IS_STR(ask_find(fixture), "gone",
	    "for ten seconds; then it is a damaged file");
	set_seconds("log.1.gz", 1000 + 3600);
	IS_STR(ask_find(fixture), "gone", "one from the future is no better");
	pack("log.1.gz", 995, UNPACK_STATUS_UNFINISHED, lines("a", 1, 950));
	IS_STR(ask_find(fixture), "found log.1.gz 8100",
	    "unless what is there already proves it");
	pack("log.1.gz", 995, UNPACK_STATUS_UNFINISHED, lines("a", 1, 10));
	put("log.1", 10, lines("a", 1, 1000));
	IS_STR(ask_find(fixture), "found log.1 8100",
	    "while the plain file is there, it is taken");
	put("log.1", 10, lines("b", 1, 1000));
	IS_STR(ask_find(fixture), "gone",
	    "and when that is another, nobody waits");
	pack("log.1.gz", 11, UNPACK_STATUS_COMPLETE, lines("a", 1, 1000));
	IS_STR(ask_find(fixture), "found log.1.gz 8100",
	    "but the compressed one is looked into");
}

static void
test_damaged(struct fixture *fixture)
{
	put("log", 10, lines("a", 1, 1000));
	reading(fixture, "log", 8100, 10);
	unlink(files_path("log"));
	pack("log.1.gz", 995, UNPACK_STATUS_DAMAGED, lines("a", 1, 500));
	pack("log.2.xz", 995, UNPACK_STATUS_NOT_BUILT, "");
	put("log.3.Z", 995, "?");
	pack("log.4.zst", 10, UNPACK_STATUS_COMPLETE, lines("a", 1, 1000));
	IS_STR(ask_find(fixture), "found log.4.zst 8100",
	    "damaged and unknown ones are passed over");
	unlink(files_path("log.4.zst"));
	IS_STR(ask_find(fixture), "gone", "and prove nothing");
	pack("log.1.gz", 995, UNPACK_STATUS_IO, lines("a", 1, 500));
	IS_STR(ask_find(fixture), "failed",
	    "a failing helper is a failure, not an answer");
	OK(strstr(fixture->said, "log.1.gz"), "that names the file");
}

/* --- Next ------------------------------------------------------------- */

static void
test_next_numbers(struct fixture *fixture)
{
	put("log", 50, lines("e", 1, 100));
	put("log.1", 40, lines("d", 1, 100));
	put("log.2", 30, lines("c", 1, 100));
	pack("log.3.gz", 20, UNPACK_STATUS_COMPLETE, lines("b", 1, 100));
	put("log.10", 10, lines("a", 1, 100));
	reading(fixture, "log.10", 900, 5);
	IS_STR(ask_next(fixture), "found log.3.gz 0",
	    "the nearest newer one comes next, compressed or not");
	reading(fixture, "log.2", 900, 5);
	IS_STR(ask_next(fixture), "found log.1 0", ".1 comes after .2");
	reading(fixture, "log.1", 900, 5);
	IS_STR(ask_next(fixture), "live", "the log itself comes after .1");
	IS_STR(fixture->said, "", "and nothing was passed over");
	reading(fixture, "log.10", 900, 5);
	unlink(files_path("log.10"));
	pack("log.10.gz", 10, UNPACK_STATUS_COMPLETE, lines("a", 1, 100));
	IS_STR(ask_next(fixture), "found log.3.gz 0",
	    "one compressed meanwhile is found by its bytes");
	put("log.3", 20, lines("b", 1, 100));
	IS_STR(ask_next(fixture), "found log.3 0",
	    "the plain file is taken while its twin is being made");
}

static void
test_next_dates(struct fixture *fixture)
{
	put("log-20240101", 10, lines("a", 1, 100));
	put("log-20240103", 20, lines("c", 1, 100));
	put("log-20240102", 30, lines("b", 1, 100));
	reading(fixture, "log-20240101", 900, 5);
	IS_STR(ask_next(fixture), "found log-20240102 0",
	    "dates order themselves");
	reading(fixture, "log-20240103", 900, 5);
	IS_STR(ask_next(fixture), "live", "the last is followed by the log");
}

static void
test_next_unreadable(struct fixture *fixture)
{
	put("log.4", 10, lines("a", 1, 100));
	put("log.3.Z", 20, "?");
	pack("log.2.gz", 30, UNPACK_STATUS_DAMAGED, "");
	put("log.1", 40, lines("d", 1, 100));
	reading(fixture, "log.4", 900, 5);
	IS_STR(ask_next(fixture), "found log.1 0",
	    "what nobody can read is passed over");
	OK(strstr(fixture->said, "log.3.Z is compressed and cannot be read"),
	    "and said");
	unlink(files_path("log.3.Z"));
	IS_STR(ask_next(fixture), "found log.1 0", "so is a damaged one");
	OK(strstr(fixture->said, "log.2.gz is damaged"), "and said");
	pack("log.2.gz", 995, UNPACK_STATUS_UNFINISHED, "");
	IS_STR(ask_next(fixture), "wait", "one being compressed is waited for");
	pack("log.2.gz", 30, UNPACK_STATUS_UNFINISHED, "");
	IS_STR(ask_next(fixture), "found log.1 0", "but not for long");
	if (geteuid() != 0) {
		unlink(files_path("log.2.gz"));
		chmod(files_path("log.1"), 0);
		IS_STR(ask_next(fixture), "failed", "a forbidden one, too");
	}
}

static void
test_next_strangers(struct fixture *fixture)
{
	struct position finished;

	put("log.2", 10, lines("a", 1, 200));
	put("log.old", 11, lines("z", 1, 200));
	finished = position_in("log.old", 1100);
	checkpoint_add_head(&fixture->checkpoint, &finished.head);
	reading(fixture, "log.2", 1800, 5);
	IS_STR(ask_next(fixture), "live",
	    "a copy in another family of what was finished is not read again");
	put("log.1", 9, lines("b", 1, 200));
	IS_STR(ask_next(fixture), "found log.1 0",
	    "one's own family holds, whatever the clock says");
	put("log-20240101", 3, lines("y", 1, 200));
	reading(fixture, "log.1", 1800, 5);
	IS_STR(ask_next(fixture), "live",
	    "a stale file of another family is not read");
}

static void
test_next_left_behind(struct fixture *fixture)
{
	struct checkpoint_old *old;

	put("log.2", 10, lines("a", 1, 200));
	put("log.1", 20, lines("b", 1, 200));
	old = checkpoint_add_old(&fixture->checkpoint);
	old->position = position_in("log.1", 900);
	reading(fixture, "log.2", 1800, 5);
	IS_STR(ask_next(fixture), "live",
	    "one that is being read already is not begun again");
}

static void
test_next_unproven(struct fixture *fixture)
{
	struct position known;

	put("log", 10, lines("a", 1, 200));
	reading(fixture, "log", 1800, 15);
	put("log", 50, lines("e", 1, 200));
	IS_STR(ask_next(fixture), "live unproven", "nothing is left of it");
	put("log.4", 12, lines("x", 1, 200));
	put("log.3", 20, lines("b", 1, 200));
	put("log.2", 30, lines("c", 1, 200));
	IS_STR(ask_next(fixture), "found log.3 0 unproven",
	    "the oldest that changed since comes next, unproven");
	known = position_in("log.3", 1100);
	checkpoint_add_head(&fixture->checkpoint, &known.head);
	IS_STR(ask_next(fixture), "found log.2 0 unproven",
	    "unless it was finished before");
	put("log.2", 30, lines("a", 1, 150));
	IS_STR(ask_next(fixture), "live unproven",
	    "a part of what was read may be all of it");
	put("log.2", 30, lines("a", 1, 150));
	files_append("log.2", lines("q", 1, 200));
	set_seconds("log.2", 30);
	IS_STR(ask_next(fixture), "found log.2 0 unproven",
	    "a longer one that only begins alike is another");
	fixture->checkpoint.settled_ns = 0;
	IS_STR(ask_next(fixture), "live unproven",
	    "never settled, nothing is known to be new");
}

/* --- Reopen ----------------------------------------------------------- */

static void
test_reopen(struct fixture *fixture)
{
	char hint[1100];

	put("log.1", 10, lines("a", 1, 500));
	snprintf(hint, sizeof(hint), "%s", files_path("log.1"));
	reading(fixture, "log.1", 900, 0);
	IS_STR(
	    ask_reopen(fixture, hint), "found log.1 900", "it is where it was");
	files_rename("log.1", "log.2");
	IS_STR(ask_reopen(fixture, hint), "found log.2 900",
	    "or under another name");
	put("log.1", 11, lines("b", 1, 500));
	IS_STR(ask_reopen(fixture, hint), "found log.2 900",
	    "its old name may be another's");
	unlink(files_path("log.2"));
	IS_STR(ask_reopen(fixture, hint), "gone", "it is deleted");
	pack("log.2.gz", 12, UNPACK_STATUS_COMPLETE, lines("a", 1, 600));
	IS_STR(ask_reopen(fixture, hint), "found log.2.gz 900",
	    "or compressed, with its late lines");
	files_rename("log.2.gz", "kept.gz");
	snprintf(hint, sizeof(hint), "%s", files_path("kept.gz"));
	fixture->checkpoint.position = position_in("kept.gz", 0);
	IS_STR(ask_reopen(fixture, hint), "found kept.gz 0",
	    "a hint leads to where no pattern does");
	put("log.1", 10, lines("a", 1, 500));
	reading(fixture, "log.1", 9, 0);
	copy("log.1", "log.2");
	put("log.1", 10, lines("b", 1, 500));
	IS_STR(ask_reopen(fixture, NULL), "gone",
	    "a line that is the same does not make it another file");
}

/* --- Hostile ---------------------------------------------------------- */

static void
test_hostile(struct fixture *fixture)
{
	struct position *position = &fixture->checkpoint.position;

	put("log.1", 10, lines("a", 1, 500));
	pack("log.2.gz", 9, UNPACK_STATUS_COMPLETE, lines("a", 1, 500));
	reading(fixture, "log.1", 900, 5);
	position->offset = UINT64_MAX;
	IS_STR(ask_find(fixture), "gone", "no file is that long");
	fixture->live_failed = true;
	IS_STR(ask_find(fixture), "ahead log.1 4500", "nor that short");
	position->offset = 10;
	IS_STR(ask_find(fixture), "gone",
	    "a tail longer than what it ends is none");
	position->offset = 900;
	position->tail.len = position->head.len = UINT16_MAX;
	IS_STR(ask_find(fixture), "gone", "nor are prints beyond the bound");
	IS_STR(ask_next(fixture), "found log.2.gz 0 unproven",
	    "and nothing is located by them");
}

static void
test_many_packed(struct fixture *fixture)
{
	char name[32];

	put("log", 10, lines("a", 1, 100));
	reading(fixture, "log", 900, 10);
	unlink(files_path("log"));
	for (int i = 1; i <= 70; i++) {
		snprintf(name, sizeof(name), "log.%d.gz", i);
		pack(name, 100 - i, UNPACK_STATUS_COMPLETE, lines("b", i, 99));
	}
	pack("log.70.gz", 10, UNPACK_STATUS_COMPLETE, lines("a", 1, 100));
	IS_STR(ask_find(fixture), "gone",
	    "only so many compressed files are looked into");
	files_rename("log.70.gz", "log.60.gz");
	IS_STR(ask_find(fixture), "found log.60.gz 900", "the newest of them");
}

/* Renames while it is being looked at: each explanation is an occasion. */
struct rotation_plan {
	int wait; /* so many explanations */
	int left; /* so many rotations */
};

static void
rotate_meanwhile(void *arg, const char *text)
{
	struct rotation_plan *plan = arg;

	(void)text;
	if (plan->left == 0 || plan->wait-- > 0)
		return;
	plan->left--;
	if (access(files_path("log.2"), F_OK) == 0)
		files_rename("log.2", "log.3");
	files_rename("log.1", "log.2");
	put("log.1", 90, lines("n", 1, 200));
}

static void
test_races(struct fixture *fixture)
{
	struct rotation_plan plan;

	fixture->chain.explain = rotate_meanwhile;
	fixture->chain.explain_arg = &plan;
	for (int i = 0; i < 2; i++) {
		files_clear();
		put("log.2", 10, lines("a", 1, 200));
		put("log.1", 20, lines("b", 1, 200));
		reading(fixture, "log.2", 1800, 5);
		plan = (struct rotation_plan){.wait = i, .left = 1};
		IS_STR(ask_next(fixture), "found log.2 0",
		    "a rotation meanwhile does not skip the successor");
		OK(plan.left == 0, "  (and there was one)");
	}
	files_clear();
	put("log.1", 20, lines("b", 1, 200));
	reading(fixture, "log.1", 1800, 5);
	plan = (struct rotation_plan){.wait = 0, .left = 1};
	IS_STR(ask_next(fixture), "found log.1 0",
	    "nor is the log next when a file has come between");
	OK(plan.left == 0, "  (and it came)");
}

static void
appear(void *arg, const char *text)
{
	(void)arg;
	(void)text;
	if (access(files_path("kept"), F_OK) == 0)
		files_rename("kept", "log.3");
}

static void
test_appearing(struct fixture *fixture)
{
	put("kept", 10, lines("a", 1, 200));
	put("log.1", 20, lines("b", 1, 200));
	reading(fixture, "kept", 1800, 5);
	fixture->chain.explain = appear;
	IS_STR(ask_find(fixture), "found log.3 1800",
	    "nothing is gone before the names stood still");
}

static void
rename_always(void *arg, const char *text)
{
	int *turn = arg;

	(void)text;
	if (++*turn % 2)
		files_rename("log.8", "log.9");
	else
		files_rename("log.9", "log.8");
}

static void
test_restless(struct fixture *fixture)
{
	int turn = 0;

	put("log.8", 1, "x\n");
	put("log.1", 20, lines("b", 1, 200));
	reading(fixture, "log.1", 1800, 0);
	put("log.1", 20, lines("c", 1, 200));
	fixture->chain.explain = rename_always;
	fixture->chain.explain_arg = &turn;
	OK(!strcmp(ask_find(fixture), "wait") ||
		!strcmp(ask_find(fixture), "gone"),
	    "names that never stand still come to an end");
	OK(turn > 0 && turn < 200, "after a bounded number of looks");
}

/* --- The real thing --------------------------------------------------- */

static bool
run_gzip(const char *path)
{
	const char *argv[] = {"/bin/gzip", path, NULL};
	struct child_spec spec = {
	    .argv = argv, .in = -1, .out = -1, .error = -1};
	pid_t pid = access(argv[0], X_OK) ? -1 : child_start(&spec, NULL);
	int status = -1;

	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void
test_gzip(struct fixture *fixture)
{
	put("log", 10, lines("a", 1, 30000));
	reading(fixture, "log", 200007, 10);
	files_rename("log", "log.1");
	if (access(fixture->unpacker.program, X_OK) || !formats_has("gzip") ||
	    !run_gzip(files_path("log.1"))) {
		tap_skip("real gzip and ctail-unpack", "not both are here");
		return;
	}
	IS_STR(ask_find(fixture), "found log.1.gz 200007",
	    "what gzip made is proven through ctail-unpack");
	OK(size_of("log.1.gz") < 200007, "though it is smaller");
	IS_STR(ask_next(fixture), "found log.1.gz 200007 (not fresh)",
	    "and located, with what it has behind");
}

/* --- Main ------------------------------------------------------------- */

static void
run(void (*test)(struct fixture *fixture), const char *program)
{
	struct fixture fixture;

	begin(&fixture, program);
	test(&fixture);
	end(&fixture);
}

int
main(int argc, char **argv)
{
	void (*const tests[])(struct fixture * fixture) = {test_renamed,
	    test_inode_alone, test_inode_reused, test_copied, test_ahead,
	    test_identical_heads, test_editor, test_head_only, test_foreign,
	    test_compressed, test_unfinished, test_damaged, test_next_numbers,
	    test_next_dates, test_next_unreadable, test_next_strangers,
	    test_next_left_behind, test_next_unproven, test_reopen,
	    test_hostile, test_many_packed, test_races, test_appearing,
	    test_restless};

	(void)argc;
	if (getenv("CHAIN_FAKE"))
		return fake_unpack();
	files_begin();
	setenv("CHAIN_FAKE", "1", 1);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		run(tests[i], argv[0]);
	unsetenv("CHAIN_FAKE");
	run(test_gzip, "./ctail-unpack");
	files_end();
	return tap_done();
}
