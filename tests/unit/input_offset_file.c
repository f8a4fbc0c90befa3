/*
 * input_offset_file: the two decimal lines, read, replaced and written over.
 *
 * pwrite and ftruncate are this file's own: a crash is a moment from which on
 * nothing reaches the disk any more.
 */
#include "config.h"

#include <sys/wait.h>

#include "input/offset_file.h"
#include "files.h"
#include "tap.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* How many calls still reach the disk, and how many bytes of the one after
 * them. */
static struct {
	int calls;
	size_t bytes;
	int refuse; /* errno of each pwrite, or 0 */
} disk = {1000, 0, 0};

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	size_t lasting = disk.calls > 0	   ? len
			 : disk.calls == 0 ? disk.bytes
					   : 0;

	if (disk.refuse) {
		errno = disk.refuse;
		return -1;
	}
	disk.calls--;
	if (lasting > len)
		lasting = len;
	if (lseek(fd, at, SEEK_SET) < 0 ||
	    write(fd, bytes, lasting) != (ssize_t)lasting)
		return -1;
	return (ssize_t)len;
}

int
ftruncate(int fd, off_t len)
{
	(void)fd;
	if (disk.calls-- <= 0)
		return 0;
	return truncate(files_path("o"), len);
}

static const struct {
	const char *text;
	uint64_t inode, offset;
	const char *sentence;
} good[] = {
    {"12\n34\n", 12, 34, "two lines"},
    {"12\n34", 12, 34, "no last newline"},
    {"0012\n000\n", 12, 0, "leading zeros"},
    {"12 \t\n34  \n", 12, 34, "blanks behind"},
    {"12\r\n34\r\n", 12, 34, "CRLF"},
    {"12\n34\n\n", 12, 34, "an empty third line"},
    {"12\n34\nfp abc\n", 12, 34, "any third line"},
    {"18446744073709551615\n9223372036854775807\n", UINT64_MAX, INT64_MAX,
	"the largest numbers"},
};

static const char *const bad[] = {
    "",
    "\n",
    "12",
    "12\n",
    "12\n\n",
    "x\n1\n",
    "1\nx\n",
    " 1\n1\n",
    "1\n 1\n",
    "-1\n1\n",
    "1\n-1\n",
    "+1\n1\n",
    "1 2\n3\n",
    "1\n2 3\n",
    "1\n2x\n",
    "0x10\n1\n",
    "1.0\n1\n",
    "18446744073709551616\n1\n",
    "1\n9223372036854775808\n",
    "99999999999999999999999\n1\n",
};

static void
test_parse(void)
{
	struct offset_entry entry;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ROWS(good); i++)
		OK(offset_parse(span_str(good[i].text), &entry, &err) == 0 &&
			entry.inode == good[i].inode &&
			entry.offset == good[i].offset,
		    "accepted: %s", good[i].sentence);
	for (size_t i = 0; i < ROWS(bad); i++) {
		err.text[0] = '\0';
		OK(offset_parse(span_str(bad[i]), &entry, &err) < 0 &&
			err.text[0],
		    "refused: damage number %zu", i);
	}
	OK(offset_parse(span_of("1\0\n2\n", 5), &entry, NULL) < 0,
	    "refused: a NUL byte");
	OK(offset_parse(span_of("1\n2\0\n", 5), &entry, NULL) < 0,
	    "refused: a NUL byte behind the offset");
}

static void
test_read(void)
{
	struct offset_entry entry;
	struct err err = ERR_INIT;

	IS_INT(offset_file_read(files_path("none"), &entry, &err),
	    OFFSET_ABSENT, "no file is absent");
	files_write("f", "");
	IS_INT(offset_file_read(files_path("f"), &entry, &err), OFFSET_EMPTY,
	    "zero bytes are empty");
	files_write("f", "torn");
	IS_INT(offset_file_read(files_path("f"), &entry, &err), OFFSET_DAMAGED,
	    "anything else is damaged");
	OK(strstr(err.text, files_path("f")), "and the file is named");
	files_put("f", "\0\0\0\0", 4, O_TRUNC);
	IS_INT(offset_file_read(files_path("f"), &entry, &err), OFFSET_DAMAGED,
	    "so are zeros left by a power cut");
	files_write("f", "5\n6\n");
	OK(symlink(files_path("f"), files_path("link")) == 0 &&
		offset_file_read(files_path("link"), &entry, &err) ==
		    OFFSET_UNREADABLE &&
		strstr(err.text, "symbolic link"),
	    "a symbolic link is refused");
	IS_INT(offset_file_read(files_path(""), &entry, &err),
	    OFFSET_UNREADABLE, "so is a directory");
	OK(mkfifo(files_path("fifo"), 0600) == 0 &&
		offset_file_read(files_path("fifo"), &entry, &err) ==
		    OFFSET_UNREADABLE,
	    "and a FIFO, without blocking");
}

static bool
holds(const char *name, uint64_t inode, uint64_t offset)
{
	struct offset_entry entry;

	return offset_file_read(files_path(name), &entry, NULL) == OFFSET_OK &&
	       entry.inode == inode && entry.offset == offset;
}

static void
test_write(void)
{
	struct offset_entry entry = {77, 88};
	enum offset_place place;
	struct err err = ERR_INIT;
	struct stat st;

	files_clear();
	OK(offset_file_writable(files_path("o"), &place, &err) == 0 &&
		place == OFFSET_REPLACE,
	    "a new file in a directory of ours can be written");
	OK(offset_file_write(files_path("o"), &entry, OFFSET_REPLACE,
	       OFFSET_SYNC, &err) == 0 &&
		holds("o", 77, 88),
	    "what is written is read back");
	chmod(files_path("o"), 0604);
	entry.offset = 89;
	OK(offset_file_write(files_path("o"), &entry, OFFSET_REPLACE,
	       OFFSET_NO_SYNC, &err) == 0 &&
		holds("o", 77, 89),
	    "a second time replaces it");
	OK(stat(files_path("o"), &st) == 0 && (st.st_mode & 07777) == 0604,
	    "with the mode it had");
	OK(rename(files_path("o"), files_path("p")) == 0 &&
		rmdir(files_dir) < 0 && remove(files_path("p")) == 0 &&
		rmdir(files_dir) == 0,
	    "and no temporary file is left");
	OK(offset_file_writable(files_path("o"), &place, &err) < 0 &&
		strstr(err.text, "cannot store"),
	    "without the directory it fails");
	OK(offset_file_write(
	       files_path("o"), &entry, OFFSET_REPLACE, OFFSET_SYNC, &err) < 0,
	    "early and late");
	mkdir(files_dir, 0700);
	files_write("real", "1\n2\n");
	OK(symlink(files_path("real"), files_path("o")) == 0 &&
		offset_file_writable(files_path("o"), &place, &err) < 0 &&
		offset_file_write(files_path("o"), &entry, OFFSET_REPLACE,
		    OFFSET_SYNC, &err) < 0 &&
		holds("real", 1, 2),
	    "a symbolic link is neither followed nor replaced");
	files_mkdir("d");
	OK(offset_file_writable(files_path("d"), &place, &err) < 0 &&
		offset_file_write(files_path("d"), &entry, OFFSET_REPLACE,
		    OFFSET_SYNC, &err) < 0,
	    "nor is a directory");
}

/* What a file of this length and content may hold when a pwrite is over. */
static const struct {
	const char *text;
	const char *sentence;
	bool short_of; /* it is padded first */
} befores[] = {
    {"12\n34\n", "a short file", true},
    {"12\n34", "one without its last newline", true},
    {"12 \n34\t\n", "one with blanks", true},
    {"12\n34\nthird\n", "one with a third line", true},
    {"12\n34\n\n", "one with an empty third line", true},
    {"00000000000000000012\n00000000000000000034\n", "one of our size", false},
    {"00000000000000000000000000012\n000000000000000000034\n",
	"one with more zeros", false},
    {"12\n34\nand a long line that somebody has put behind it\n",
	"one with a long third line", false},
};

static bool
is_old_or_new(const char *name)
{
	return holds(name, 12, 34) || holds(name, 98765432109876, 4321);
}

static void
put_number(size_t i)
{
	files_put("o", befores[i].text, strlen(befores[i].text), O_TRUNC);
}

static int
overwrite(const char *name)
{
	struct offset_entry entry = {98765432109876, 4321};
	int fd = offset_file_open(files_path(name), NULL);
	int result = offset_file_pwrite(fd, files_path(name), &entry, NULL);

	close(fd);
	return result;
}

static void
test_torn(size_t i)
{
	size_t torn = 0;

	for (int calls = 0; calls < 4; calls++)
		for (size_t bytes = 0; bytes <= OFFSET_FIXED; bytes++) {
			/* A write within the file's size is not torn: it is
			 * one page. */
			if (calls > 0 || !befores[i].short_of)
				bytes = OFFSET_FIXED;
			disk.calls = calls;
			disk.bytes = bytes == OFFSET_FIXED ? 0 : bytes;
			put_number(i);
			overwrite("o");
			torn += !is_old_or_new("o");
		}
	disk.calls = 1000;
	IS_INT(torn, 0, befores[i].sentence);
}

static bool
is_fixed(const char *name)
{
	static const char text[] =
	    "00000098765432109876\n00000000000000004321\n";
	char bytes[100];
	int fd = open(files_path(name), O_RDONLY);
	ssize_t len = read(fd, bytes, sizeof(bytes));

	close(fd);
	return len == OFFSET_FIXED && !memcmp(bytes, text, OFFSET_FIXED);
}

static void
test_in_place(void)
{
	struct offset_entry entry = {98765432109876, 4321};
	struct err err = ERR_INIT;

	files_clear();
	for (size_t i = 0; i < ROWS(befores); i++) {
		put_number(i);
		OK(overwrite("o") == 0 && is_fixed("o"), "written over: %s",
		    befores[i].sentence);
		test_torn(i);
	}
	files_write("o", "");
	OK(overwrite("o") == 0 && is_fixed("o"), "an empty file is filled");
	files_write("o", "");
	disk.refuse = ENOSPC;
	OK(overwrite("o") < 0 &&
		offset_file_read(files_path("o"), &entry, NULL) == OFFSET_EMPTY,
	    "or stays empty");
	files_write("o", "12\n34\n");
	OK(overwrite("o") < 0 && holds("o", 12, 34),
	    "what cannot be written over stays as it is");
	disk.refuse = 0;
	entry = (struct offset_entry){98765432109876, 4321};
	OK(offset_file_write(files_path("o"), &entry, OFFSET_IN_PLACE,
	       OFFSET_SYNC, &err) == 0 &&
		is_fixed("o"),
	    "a whole write can be in place");
	OK(offset_file_write(files_path("none"), &entry, OFFSET_IN_PLACE,
	       OFFSET_SYNC, &err) < 0 &&
		strstr(err.text, files_path("none")),
	    "but not of a file that is not there");
	OK(symlink(files_path("o"), files_path("l")) == 0 &&
		offset_file_write(files_path("l"), &entry, OFFSET_IN_PLACE,
		    OFFSET_SYNC, &err) < 0 &&
		strstr(err.text, "symbolic link"),
	    "nor through a symbolic link");
}

#define SOMEBODY 4711

/* What another user gets to see; true when all holds. */
static bool
as_somebody(bool (*holds_for)(void))
{
	int status = 1;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0)
		_exit(setgid(SOMEBODY) || setuid(SOMEBODY) || !holds_for());
	return child > 0 && waitpid(child, &status, 0) == child && !status;
}

static bool
writes_in_place(void)
{
	struct offset_entry entry = {1, 2};
	enum offset_place place = OFFSET_REPLACE;

	return offset_file_writable(files_path("o"), &place, NULL) == 0 &&
	       place == OFFSET_IN_PLACE &&
	       offset_file_write(
		   files_path("o"), &entry, place, OFFSET_SYNC, NULL) == 0 &&
	       holds("o", 1, 2) &&
	       offset_file_writable(files_path("new"), &place, NULL) < 0;
}

static bool
is_refused(void)
{
	struct offset_entry entry = {1, 2};
	enum offset_place place;
	struct err err = ERR_INIT;

	return offset_file_read(files_path("o"), &entry, &err) ==
		   OFFSET_UNREADABLE &&
	       strstr(err.text, "chown") &&
	       offset_file_writable(files_path("o"), &place, &err) < 0 &&
	       offset_file_open(files_path("o"), &err) < 0 &&
	       offset_file_write(files_path("o"), &entry, OFFSET_REPLACE,
		   OFFSET_NO_SYNC, &err) < 0 &&
	       offset_file_write(files_path("o"), &entry, OFFSET_IN_PLACE,
		   OFFSET_NO_SYNC, &err) < 0;
}

static void
test_owners(void)
{
	struct offset_entry entry = {7, 8};
	struct stat st;

	files_clear();
	files_write("o", "5\n6\n");
	chmod(files_path("o"), 0666);
	chmod(files_dir, 0777);
	if (geteuid() != 0) {
		tap_skip("files of other owners", "needs root");
		return;
	}
	OK(as_somebody(is_refused), "another user's file is refused");
	OK(chown(files_path("o"), SOMEBODY, SOMEBODY) == 0 && is_refused(),
	    "by root as well");
	OK(holds("o", 5, 6) == false && chown(files_dir, SOMEBODY, 0) == 0 &&
		holds("o", 5, 6),
	    "unless the directory is that user's");
	OK(offset_file_write(files_path("o"), &entry, OFFSET_REPLACE,
	       OFFSET_SYNC, NULL) == 0 &&
		holds("o", 7, 8) && stat(files_path("o"), &st) == 0 &&
		st.st_uid == SOMEBODY && st.st_gid == SOMEBODY &&
		(st.st_mode & 07777) == 0666,
	    "who then still owns it");
	OK(chown(files_dir, 0, 0) == 0 && chmod(files_dir, 0755) == 0 &&
		as_somebody(writes_in_place),
	    "where only the file may be written it is written over");
	chmod(files_dir, 01777);
	OK(chown(files_path("o"), 0, 0) == 0 && as_somebody(is_refused),
	    "and nothing else in a directory that is sticky");
}

static void
test_own_names(void)
{
	OK(offset_file_is_own(span_str("app.log.offset")),
	    "an offset file is our own");
	OK(offset_file_is_own(span_str("app.log.offset.fp")),
	    "so are its fingerprints");
	OK(offset_file_is_own(span_str(".app.log.offset.fp.a1B2c3")),
	    "and what those are made from");
	OK(offset_file_is_own(span_str(".app.log.offset.a1B2c3")),
	    "so is what it is made from");
	OK(!offset_file_is_own(span_str("app.log")), "a log is not");
	OK(!offset_file_is_own(span_str(".hidden.log")),
	    "nor is a hidden file");
	OK(!offset_file_is_own(span_str("app.abcdef")),
	    "nor a visible name with such an end");
	OK(!offset_file_is_own(span_str("")), "nor the empty name");
}

int
main(void)
{
	files_begin();
	test_parse();
	test_read();
	test_write();
	test_in_place();
	test_owners();
	test_own_names();
	files_end();
	return tap_done();
}
