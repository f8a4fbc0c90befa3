/*
 * input_checkpoint_file: the fingerprints beside an offset file, and what to
 * go on from.
 */
#include "config.h"

#include "base/mem.h"
#include "files.h"
#include "input/checkpoint_file.h"
#include "tap.h"

#define LIFE "0123456789abcdef0123456789abcdef"

static void
fill(struct checkpoint *out, uint64_t ino, uint64_t offset)
{
	struct fingerprint head = {8, {9, 9}};
	struct checkpoint_old *old;

	*out = CHECKPOINT_INIT;
	out->position = (struct position){.dev = 3,
	    .ino = ino,
	    .birth_ns = 77,
	    .offset = offset,
	    .head = {20, {1, 2, 3}},
	    .tail = {20, {4, 5, 6}},
	    .skipping = true,
	    .incarnation = LIFE};
	out->settled_ns = 1000;
	old = checkpoint_add_old(out);
	old->position = out->position;
	old->position.ino = 40;
	old->end = offset + 7;
	old->path = xstrdup("/var/log/a.2");
	old = checkpoint_add_old(out);
	old->position = out->position;
	old->position.ino = 50;
	checkpoint_add_head(out, &head);
}

static void
fill_pair(struct checkpoint_pair *out)
{
	*out = CHECKPOINT_PAIR_INIT;
	fill(&out->current, 60, 600);
	fill(&out->previous, 60, 500);
	out->has_current = out->has_previous = true;
}

static bool
is_pair(const struct checkpoint_pair *pair)
{
	return pair->has_current && pair->has_previous &&
	       pair->current.position.offset == 600 &&
	       pair->previous.position.offset == 500 &&
	       pair->current.old_count == 2 && pair->previous.head_count == 1;
}

static bool
survives(bool has_current, bool has_previous)
{
	struct checkpoint_pair pair, back;
	bool same;

	fill_pair(&pair);
	pair.has_current = has_current;
	pair.has_previous = has_previous;
	same = checkpoint_file_write(
		   files_path("a.fp"), &pair, OFFSET_SYNC, NULL) == 0 &&
	       checkpoint_file_read(files_path("a.fp"), &back, NULL) ==
		   OFFSET_OK &&
	       back.has_current == has_current &&
	       back.has_previous == has_previous &&
	       (!has_current || back.current.position.offset == 600) &&
	       (!has_previous || back.previous.position.offset == 500);
	if (same)
		checkpoint_pair_release(&back);
	checkpoint_pair_release(&pair);
	return same;
}

static void
test_write(void)
{
	struct checkpoint_pair pair, back;
	struct err err = ERR_INIT;
	struct stat st;
	char *path = checkpoint_file_path("/var/log/a.offset");

	IS_STR(path, "/var/log/a.offset.fp", "they lie beside the offset file");
	free(path);
	IS_INT(checkpoint_file_read(files_path("a.fp"), &back, &err),
	    OFFSET_ABSENT, "no file is absent");
	fill_pair(&pair);
	OK(checkpoint_file_write(
	       files_path("a.fp"), &pair, OFFSET_SYNC, &err) == 0 &&
		checkpoint_file_read(files_path("a.fp"), &back, &err) ==
		    OFFSET_OK &&
		is_pair(&back),
	    "what is written is read back");
	checkpoint_pair_release(&back);
	OK(stat(files_path("a.fp"), &st) == 0 && (st.st_mode & 07777) == 0600,
	    "a new file is its owner's alone");
	chmod(files_path("a.fp"), 0640);
	OK(checkpoint_file_write(
	       files_path("a.fp"), &pair, OFFSET_NO_SYNC, &err) == 0 &&
		stat(files_path("a.fp"), &st) == 0 &&
		(st.st_mode & 07777) == 0640,
	    "and keeps the mode it is given");
	OK(survives(true, false) && survives(false, true) &&
		survives(false, false),
	    "any of the two entries may be missing");
	OK(checkpoint_file_write(
	       files_path("none/a.fp"), &pair, OFFSET_SYNC, &err) < 0 &&
		strstr(err.text, "none/a.fp"),
	    "what cannot be written is an error");
	files_mkdir("dir.fp");
	OK(checkpoint_file_write(
	       files_path("dir.fp"), &pair, OFFSET_SYNC, &err) < 0 &&
		checkpoint_file_read(files_path("dir.fp"), &back, &err) ==
		    OFFSET_UNREADABLE,
	    "so is a directory in its place");
	OK(symlink(files_path("a.fp"), files_path("link.fp")) == 0 &&
		checkpoint_file_write(
		    files_path("link.fp"), &pair, OFFSET_SYNC, &err) < 0 &&
		checkpoint_file_read(files_path("link.fp"), &back, &err) ==
		    OFFSET_UNREADABLE &&
		strstr(err.text, "symbolic link"),
	    "and a symbolic link");
	checkpoint_pair_release(&pair);
}

static size_t
read_file(const char *name, char *out, size_t max)
{
	int fd = open(files_path(name), O_RDONLY);
	ssize_t len = read(fd, out, max);

	close(fd);
	return len < 0 ? 0 : (size_t)len;
}

static enum offset_read
read_bytes(const char *bytes, size_t len)
{
	struct checkpoint_pair pair;
	struct err err = ERR_INIT;
	enum offset_read answer;

	files_put("d.fp", bytes, len, O_TRUNC);
	answer = checkpoint_file_read(files_path("d.fp"), &pair, &err);
	if (answer == OFFSET_OK)
		checkpoint_pair_release(&pair);
	else if (answer == OFFSET_DAMAGED && !strstr(err.text, "d.fp"))
		answer = OFFSET_UNREADABLE;
	return answer;
}

/* 0: none; each byte of a good file is changed, each prefix of it kept. */
static size_t
count_accepted(char *text, size_t len)
{
	size_t accepted = 0;

	for (size_t i = 0; i < len; i++) {
		text[i] ^= 1;
		accepted += read_bytes(text, len) != OFFSET_DAMAGED;
		text[i] ^= 1;
	}
	for (size_t i = 1; i < len; i++)
		accepted += read_bytes(text, i) != OFFSET_DAMAGED;
	return accepted;
}

static void
test_damage(void)
{
	static char text[200000];
	struct checkpoint_pair pair;
	size_t len;

	fill_pair(&pair);
	checkpoint_file_write(files_path("a.fp"), &pair, OFFSET_NO_SYNC, NULL);
	checkpoint_pair_release(&pair);
	len = read_file("a.fp", text, sizeof(text) - 1);
	OK(len > 100 && read_bytes(text, len) == OFFSET_OK,
	    "a good file is accepted");
	IS_INT(
	    count_accepted(text, len), 0, "no changed byte and no torn end is");
	text[len] = '\n';
	IS_INT(read_bytes(text, len + 1), OFFSET_DAMAGED, "nor a byte behind");
	IS_INT(read_bytes("", 0), OFFSET_EMPTY, "zero bytes are empty");
	memset(text, 'x', sizeof(text));
	IS_INT(read_bytes(text, sizeof(text)), OFFSET_DAMAGED,
	    "a huge file is damaged");
}

#define LINES "position 1 2 3 4 0: 0: 0: 0 -\nsettled 5\n"

/* With a right sum. */
static bool
is_accepted(const char *text)
{
	struct buf sealed = BUF_INIT;
	struct checkpoint_pair pair;
	struct err err = ERR_INIT;
	bool accepted;

	buf_add_str(&sealed, text);
	checkpoint_seal(&sealed);
	accepted = !checkpoint_parse_pair(buf_span(&sealed), &pair, &err);
	if (accepted)
		checkpoint_pair_release(&pair);
	else
		accepted = !*err.text || pair.has_current || pair.current.old;
	buf_release(&sealed);
	return accepted;
}

static void
test_right_sums(void)
{
	OK(is_accepted("ctail-fp 1\n") &&
		is_accepted("ctail-fp 1\ncurrent\n" LINES) &&
		is_accepted("ctail-fp 1\nprevious\n" LINES) &&
		is_accepted("ctail-fp 1\ncurrent\n" LINES "previous\n" LINES),
	    "a file with any of its entries");
	OK(!is_accepted(""), "refused: nothing");
	OK(!is_accepted("ctail-fp 2\n"), "refused: another format");
	OK(!is_accepted("ctail-fp 1\nother\n"), "refused: another section");
	OK(!is_accepted("ctail-fp 1\nprevious\n" LINES "current\n" LINES),
	    "refused: another order");
	OK(!is_accepted("ctail-fp 1\ncurrent\n" LINES "previous\n" LINES
			"previous\n" LINES),
	    "refused: a section twice");
	OK(!is_accepted("ctail-fp 1\ncurrent\nprevious\n" LINES),
	    "refused: an empty section");
	OK(!is_accepted("ctail-fp 1\n" LINES), "refused: no section");
	OK(!is_accepted("ctail-fp 1\ncurrent\n" LINES "sum 0\n"),
	    "refused: two sums");
}

struct resumed {
	enum checkpoint_agreement agreement;
	struct checkpoint checkpoint;
};

static struct resumed
resume(uint64_t inode, uint64_t offset)
{
	struct offset_entry entry = {inode, offset};
	struct checkpoint_pair pair;
	struct resumed resumed;

	fill_pair(&pair);
	pair.previous.position.ino = 59;
	resumed.agreement =
	    checkpoint_resume(&entry, 5000, &pair, &resumed.checkpoint);
	checkpoint_pair_release(&pair);
	return resumed;
}

static void
test_agrees(void)
{
	struct resumed now = resume(60, 600), before = resume(59, 500);

	OK(now.agreement == CHECKPOINT_AGREES &&
		now.checkpoint.position.offset == 600 &&
		now.checkpoint.position.tail.len == 20 &&
		now.checkpoint.position.skipping &&
		now.checkpoint.settled_ns == 1000 &&
		now.checkpoint.old_count == 2,
	    "the same numbers: the current entry as it is");
	IS_STR(
	    now.checkpoint.position.incarnation, LIFE, "with its incarnation");
	OK(before.agreement == CHECKPOINT_AGREES &&
		before.checkpoint.position.ino == 59 &&
		before.checkpoint.position.tail.len == 20,
	    "or the previous one, where a crash came between the two files");
	checkpoint_release(&now.checkpoint);
	checkpoint_release(&before.checkpoint);
}

static void
test_moved(void)
{
	struct resumed on = resume(60, 700), back = resume(60, 10);
	const struct checkpoint *checkpoint = &on.checkpoint;

	OK(on.agreement == CHECKPOINT_MOVED &&
		checkpoint->position.offset == 700 &&
		checkpoint->position.dev == 3 &&
		checkpoint->position.birth_ns == 77,
	    "another offset of the same file is gone to");
	OK(checkpoint->position.head.len == 20 &&
		checkpoint->position.tail.len == 0 &&
		!checkpoint->position.skipping,
	    "with the head of the file, and nothing known of its end");
	OK(strlen(checkpoint->position.incarnation) == 32 &&
		strcmp(checkpoint->position.incarnation, LIFE),
	    "as a new incarnation");
	OK(checkpoint->settled_ns == 5000 && checkpoint->old_count == 2 &&
		!checkpoint->old[0].flushed && checkpoint->old[0].end == 607 &&
		checkpoint->head_count == 1,
	    "what else is remembered stays");
	OK(back.agreement == CHECKPOINT_MOVED &&
		back.checkpoint.position.head.len == 0,
	    "before the end of the head there is no head");
	checkpoint_release(&on.checkpoint);
	checkpoint_release(&back.checkpoint);
}

static void
test_elsewhere(void)
{
	struct resumed other = resume(61, 30), older = resume(40, 30);
	struct resumed begun = resume(61, 0);
	const struct checkpoint *checkpoint = &other.checkpoint;

	OK(other.agreement == CHECKPOINT_ELSEWHERE &&
		checkpoint->position.ino == 61 &&
		checkpoint->position.offset == 30 &&
		checkpoint->position.dev == 0 &&
		checkpoint->position.birth_ns == 0 &&
		checkpoint->position.head.len == 0 &&
		checkpoint->position.tail.len == 0 &&
		checkpoint->settled_ns == 5000,
	    "another file: the two numbers alone");
	OK(checkpoint->old_count == 2 && checkpoint->old[0].flushed &&
		checkpoint->old[0].end == 600 && checkpoint->head_count == 1,
	    "older generations only say what came before");
	OK(older.agreement == CHECKPOINT_ELSEWHERE &&
		older.checkpoint.old_count == 1 &&
		older.checkpoint.old[0].position.ino == 50,
	    "the one that is gone back to is none any more");
	OK(begun.checkpoint.old_count == 3 &&
		begun.checkpoint.old[1].position.ino != 0 &&
		begun.checkpoint.old[2].position.ino == 0 &&
		begun.checkpoint.old[2].flushed,
	    "whoever begins another file has read what came before it");
	checkpoint_release(&begun.checkpoint);
	checkpoint_release(&other.checkpoint);
	checkpoint_release(&older.checkpoint);
}

static void
test_none(void)
{
	struct checkpoint_pair pair = CHECKPOINT_PAIR_INIT;
	struct offset_entry entry = {60, 600};
	struct checkpoint checkpoint;

	OK(checkpoint_resume(&entry, 5000, &pair, &checkpoint) ==
		    CHECKPOINT_NONE &&
		checkpoint.position.ino == 60 &&
		checkpoint.position.offset == 600 &&
		strlen(checkpoint.position.incarnation) == 32 &&
		checkpoint.settled_ns == 5000 && !checkpoint.old,
	    "without fingerprints there are the two numbers");
	checkpoint_release(&checkpoint);
	OK(!checkpoint_recover(&pair, &entry),
	    "a damaged offset file is not made good without them");
	fill_pair(&pair);
	OK(checkpoint_recover(&pair, &entry) && entry.inode == 60 &&
		entry.offset == 600,
	    "with them it is");
	pair.has_current = false;
	OK(!checkpoint_recover(&pair, &entry), "by the current entry only");
	checkpoint_pair_release(&pair);
}

int
main(void)
{
	files_begin();
	test_write();
	test_damage();
	test_right_sums();
	test_agrees();
	test_moved();
	test_elsewhere();
	test_none();
	files_end();
	return tap_done();
}
