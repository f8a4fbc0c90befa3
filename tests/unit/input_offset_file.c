/*
 * input_offset_file: the two decimal lines, read and replaced.
 */
#include "config.h"

#include "input/offset_file.h"
#include "files.h"
#include "tap.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

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
	struct err err = ERR_INIT;
	struct stat st;

	files_clear();
	OK(offset_file_writable(files_path("o"), &err) == 0,
	    "a new file in a directory of ours can be written");
	OK(offset_file_write(files_path("o"), &entry, OFFSET_SYNC, &err) == 0 &&
		holds("o", 77, 88),
	    "what is written is read back");
	chmod(files_path("o"), 0604);
	entry.offset = 89;
	OK(offset_file_write(files_path("o"), &entry, OFFSET_NO_SYNC, &err) ==
		    0 &&
		holds("o", 77, 89),
	    "a second time replaces it");
	OK(stat(files_path("o"), &st) == 0 && (st.st_mode & 07777) == 0604,
	    "with the mode it had");
	OK(rename(files_path("o"), files_path("p")) == 0 &&
		rmdir(files_dir) < 0 && remove(files_path("p")) == 0 &&
		rmdir(files_dir) == 0,
	    "and no temporary file is left");
	OK(offset_file_writable(files_path("o"), &err) < 0 &&
		strstr(err.text, "cannot store"),
	    "without the directory it fails");
	OK(offset_file_write(files_path("o"), &entry, OFFSET_SYNC, &err) < 0,
	    "early and late");
	mkdir(files_dir, 0700);
	files_write("real", "1\n2\n");
	OK(symlink(files_path("real"), files_path("o")) == 0 &&
		offset_file_writable(files_path("o"), &err) < 0 &&
		offset_file_write(files_path("o"), &entry, OFFSET_SYNC, &err) <
		    0 &&
		holds("real", 1, 2),
	    "a symbolic link is neither followed nor replaced");
	files_mkdir("d");
	OK(offset_file_writable(files_path("d"), &err) < 0 &&
		offset_file_write(files_path("d"), &entry, OFFSET_SYNC, &err) <
		    0,
	    "nor is a directory");
}

static void
test_own_names(void)
{
	OK(offset_file_is_own(span_str("app.log.offset")),
	    "an offset file is our own");
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
	test_own_names();
	files_end();
	return tap_done();
}
