/* Unit tests of base/durable.h. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable.h"
#include "tap.h"

static void
put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
}

static bool
holds(const char *path, const char *text)
{
	struct buf got = BUF_INIT;
	bool same = !durable_read(path, 100000, &got, NULL) &&
		    !strcmp(buf_str(&got), text);

	buf_release(&got);
	return same;
}

static int
entries(const char *path)
{
	DIR *directory = opendir(path);
	int count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count - 2;
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_mode & 07777;
}

static void
replacing(void)
{
	struct err err = ERR_INIT;

	OK(!durable_replace("file", span_str("one"), 0640, &err) &&
		holds("file", "one"),
	    "a new file holds the bytes");
	IS_INT(mode_of("file"), 0640, "it has the mode, whatever the umask");
	OK(!durable_replace("file", span_str("two, longer"), 0600, &err) &&
		holds("file", "two, longer") && mode_of("file") == 0600,
	    "an old file is replaced, mode and all");
	OK(!durable_replace("file", span_of(NULL, 0), 0600, &err) &&
		holds("file", ""),
	    "by nothing too");
	put("target", "target");
	OK(!symlink("target", "link") &&
		!durable_replace("link", span_str("new"), 0600, &err) &&
		holds("link", "new") && holds("target", "target"),
	    "a symbolic link is replaced, not followed");
	unlink("link");
	unlink("target");
	IS_INT(entries("."), 1, "no temporary file is left");
	OK(!*err.text, "the error is untouched");
}

/* A limit on the size of files is a disk that fills up in the middle. */
static void
disk_full(void)
{
	struct rlimit before, limit;
	struct err err = ERR_INIT;
	struct buf big = BUF_INIT;
	int result;

	put("file", "old");
	memset(buf_reserve(&big, 300000), 'x', 300000);
	big.len = 300000;
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	limit = before;
	limit.rlim_cur = 100000;
	setrlimit(RLIMIT_FSIZE, &limit);
	result = durable_replace("file", buf_span(&big), 0600, &err);
	setrlimit(RLIMIT_FSIZE, &before);
	IS_INT(result, -1, "a write that fails in the middle is a failure");
	OK(strstr(err.text, "cannot write file: "), "it names the file");
	OK(holds("file", "old"), "the old file is untouched");
	IS_INT(entries("."), 1, "the temporary file is gone");
	buf_release(&big);
}

static void
replacing_fails(void)
{
	struct err err = ERR_INIT;
	char name[300];

	mkdir("dir", 0700);
	mkdir("dir/full", 0700);
	OK(durable_replace("dir/full", span_str("x"), 0600, &err) < 0,
	    "a directory is not replaced by a file");
	IS_INT(entries("dir"), 1, "and no temporary file stays beside it");
	OK(durable_replace("none/file", span_str("x"), 0600, &err) < 0 &&
		strstr(err.text, "none/file") &&
		strstr(err.text, strerror(ENOENT)),
	    "a directory that is not there is named with the reason");
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	OK(durable_replace(name, span_str("x"), 0600, &err) < 0,
	    "a name that is too long is refused");
	name[255] = '\0';
	OK(!durable_replace(name, span_str("x"), 0600, &err) &&
		holds(name, "x"),
	    "the longest name there is works");
	unlink(name);
	rmdir("dir/full");
	rmdir("dir");
	disk_full();
}

static void
reading(void)
{
	struct err err = ERR_INIT;
	struct buf got = BUF_INIT;

	put("file", "0123456789");
	buf_add_str(&got, "kept ");
	OK(!durable_read("file", 10, &got, &err) &&
		!strcmp(buf_str(&got), "kept 0123456789"),
	    "a file of exactly the most is appended");
	buf_reset(&got);
	buf_add_str(&got, "kept");
	OK(durable_read("file", 9, &got, &err) < 0 && errno == EFBIG &&
		strstr(err.text, "longer than 9 bytes"),
	    "one byte more is an error");
	IS_STR(buf_str(&got), "kept", "of which nothing is kept");
	OK(durable_read("none", 9, &got, &err) < 0 && errno == ENOENT &&
		strstr(err.text, "none"),
	    "a missing file is told by errno");
	mkdir("dir", 0700);
	OK(durable_read("dir", 9, &got, &err) < 0 && errno == EINVAL &&
		strstr(err.text, "not a regular file"),
	    "a directory is refused");
	rmdir("dir");
	mkfifo("fifo", 0600);
	OK(durable_read("fifo", 9, &got, &err) < 0 && errno == EINVAL,
	    "a FIFO is refused without waiting for a writer");
	unlink("fifo");
	OK(durable_read("/dev/zero", 9, &got, &err) < 0 && errno == EINVAL,
	    "a device is refused");
	OK(!symlink("file", "link") && holds("link", "0123456789"),
	    "a symbolic link is followed");
	unlink("link");
	put("file", "");
	OK(holds("file", "") && !durable_read("file", 0, &got, &err),
	    "an empty file is read, even with room for nothing");
	buf_release(&got);
}

static void
many_bytes(void)
{
	struct buf big = BUF_INIT, got = BUF_INIT;
	int i;

	for (i = 0; i < 50000; i++)
		buf_addf(&big, "%d ", i);
	OK(!durable_replace("file", buf_span(&big), 0600, NULL) &&
		!durable_read("file", big.len, &got, NULL) &&
		span_equal(buf_span(&big), buf_span(&got)),
	    "a file of several reads comes back whole");
	OK(durable_read("file", big.len - 1, &got, NULL) < 0,
	    "its bound is checked in the last one too");
	buf_release(&big);
	buf_release(&got);
}

static void
directories(void)
{
	struct err err = ERR_INIT;

	OK(!durable_mkdir("a/b/c", &err) && mode_of("a/b/c") == 0700,
	    "a directory is made for its owner only");
	OK(mode_of("a") == 0755 && mode_of("a/b") == 0755,
	    "its parents are made for everybody");
	OK(!durable_mkdir("a/b/c", &err) && !durable_mkdir("a/b//c/", &err) &&
		!durable_mkdir("/", &err),
	    "a directory that is there is fine, however it is written");
	OK(!durable_mkdir("a/b/d//", &err) && mode_of("a/b/d") == 0700,
	    "slashes at the end do not matter");
	put("a/file", "x");
	OK(durable_mkdir("a/file", &err) < 0 && strstr(err.text, "a/file"),
	    "a file in its place is an error");
	OK(durable_mkdir("a/file/b", &err) < 0, "a file above it as well");
	OK(durable_mkdir("", &err) < 0, "the empty path is refused");
	unlink("a/file");
	rmdir("a/b/c");
	rmdir("a/b/d");
	rmdir("a/b");
	rmdir("a");
}

static void
transfers(void)
{
	char bytes[16];
	int ends[2];

	if (pipe(ends))
		abort();
	OK(!write_all(ends[1], "abc", 3) && !write_all(ends[1], NULL, 0),
	    "bytes are written, none too");
	IS_INT(read_some(ends[0], bytes, sizeof(bytes)), 3,
	    "a read returns what there is without waiting for more");
	close(ends[1]);
	IS_INT(read_some(ends[0], bytes, sizeof(bytes)), 0, "the end is 0");
	close(ends[0]);
	OK(read_some(ends[0], bytes, 1) < 0 && errno == EBADF,
	    "an error is -1 with errno");
	OK(write_all(ends[0], "x", 1) < 0 && errno == EBADF, "of a write too");
}

int
main(void)
{
	char directory[] = "/tmp/ctail-durable-XXXXXX";

	umask(022);
	if (!mkdtemp(directory) || chdir(directory))
		return 1;
	replacing();
	replacing_fails();
	reading();
	many_bytes();
	directories();
	transfers();
	unlink("file");
	OK(!chdir("/") && !rmdir(directory), "nothing else was left");
	return tap_done();
}
