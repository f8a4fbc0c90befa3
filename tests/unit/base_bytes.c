/* Unit tests of base/mem.h, bug.h, err.h, buf.h, random.h and diag.h. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/bug.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/platform_internal.h"
#include "base/random.h"
#include "tap.h"

/* Runs the call in a process of its own and yields what it wrote to standard
 * error, and its wait status. */
static const char *
said_by(void (*call)(void), int *status_out)
{
	static char text[4096];
	size_t len = 0;
	ssize_t got;
	int ends[2];
	pid_t pid;

	if (pipe(ends))
		abort();
	pid = fork();
	if (!pid) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		call();
		_exit(0);
	}
	close(ends[1]);
	while ((got = read(ends[0], text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	close(ends[0]);
	waitpid(pid, status_out, 0);
	return text;
}

static void
ask_too_much(void)
{
	free(xreallocarray(NULL, SIZE_MAX / 2, 3));
}

static void
memory(void)
{
	int status;
	char *text;

	IS_STR(said_by(ask_too_much, &status), "ctail: out of memory\n",
	    "an overflowing size is running out of memory, and says so");
	OK(WIFEXITED(status) && WEXITSTATUS(status) == 71,
	    "running out of memory exits with status 71");
	text = xstrndup("a\0bc", 3);
	OK(!memcmp(text, "a\0b\0", 4), "xstrndup copies NULs and adds one");
	free(text);
	text = xmemdup(NULL, 0);
	OK(text != NULL, "nothing can be duplicated and freed");
	free(text);
	text = xmalloc(0);
	OK(text != NULL, "a size of 0 yields a pointer");
	text = xreallocarray(text, 0, 8);
	OK(text != NULL, "so does a count of 0");
	free(text);
	text = xcalloc(SIZE_MAX, 0);
	OK(text != NULL, "so does a size of 0 however often");
	free(text);
}

static void
have_bug(void)
{
	signal(SIGABRT, SIG_DFL);
	BUG("%d is not %s", 3, "four");
}

static void
bugs(void)
{
	int status;
	const char *text = said_by(have_bug, &status);

	OK(strstr(text, "bug in ") && strstr(text, "base_bytes.c:") &&
		strstr(text, ": 3 is not four\n"),
	    "a bug says where and what");
	OK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "a bug aborts");
}

static void
errors(void)
{
	struct err err = ERR_INIT;
	char longer[3 * ERR_TEXT_MAX];

	IS_INT(err_set(&err, "cannot %s", "open"), -1, "err_set returns -1");
	IS_INT(err_prefix(&err, "file %d", 2), -1, "err_prefix returns -1");
	IS_STR(err.text, "file 2: cannot open", "a prefix goes in front");
	err_set(&err, "again: %s", err.text);
	IS_STR(err.text, "again: file 2: cannot open",
	    "an error may quote the one it replaces");
	err_prefix(&err, "%s", "");
	IS_STR(err.text, ": again: file 2: cannot open",
	    "an empty prefix still has its colon");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(&err, "%s", longer);
	IS_INT((long long)strlen(err.text), ERR_TEXT_MAX - 1,
	    "a long sentence is cut");
	err_prefix(&err, "where");
	OK(strlen(err.text) == ERR_TEXT_MAX - 1 &&
		!strncmp(err.text, "where: xx", 9),
	    "a prefix pushes the end out, not over");
	err_set(&err, "short");
	err_prefix(&err, "%s", longer);
	OK(strlen(err.text) == ERR_TEXT_MAX - 1, "a long prefix is cut");
	IS_INT(err_set(NULL, "x") + err_prefix(NULL, "y"), -2,
	    "who does not care passes NULL");
}

static void
buffers(void)
{
	struct buf buf = BUF_INIT;
	bool same = true;
	char *text;
	int i;

	OK(buf_span(&buf).len == 0 && buf_span(&buf).data,
	    "an empty buf has an empty span");
	IS_STR(buf_str(&buf), "", "and an empty text");
	for (i = 0; i < 10000; i++)
		buf_add_byte(&buf, (char)i);
	for (i = 0; i < 10000; i++)
		same &= buf.data[i] == (char)i;
	OK(same && buf.len == 10000, "bytes stay while it grows");
	buf_drop(&buf, 9998);
	OK(buf.len == 2 && buf.data[0] == (char)9998 &&
		buf.data[1] == (char)9999,
	    "dropping takes from the front");
	buf_drop(&buf, 2);
	OK(!buf.len && buf.data, "dropping all keeps the memory");
	buf_addf(&buf, "%s-%05d", "a", 42);
	buf_add_str(&buf, "!");
	buf_add(&buf, NULL, 0);
	IS_STR(buf_str(&buf), "a-00042!", "text is appended as printf has it");
	IS_INT((long long)buf.len, 8, "the NUL is not counted");
	buf_reset(&buf);
	for (i = 0; i < 100; i++)
		buf_addf(&buf, "%0*d", i, 0);
	OK(buf.len == strlen(buf_str(&buf)),
	    "every length of printed text fits where it goes");
	text = buf_take(&buf);
	OK(!buf.data && !buf.len && !buf.cap, "taking leaves nothing behind");
	free(text);
	text = buf_take(&buf);
	IS_STR(text, "", "taking from an empty buf yields the empty text");
	free(text);
	buf_release(&buf);
	buf_release(&buf);
}

static void
randomness(void)
{
	bool seen[6] = {false}, in_range = true, hex = true;
	unsigned char bytes[600] = {0};
	char one[33], two[33];
	size_t i, zeros = 0;

	random_bytes(bytes, sizeof(bytes));
	for (i = 0; i < sizeof(bytes); i++)
		zeros += !bytes[i];
	OK(zeros < 100, "more than one call's worth of bytes is filled");
	for (i = 0; i < 1000; i++) {
		uint64_t value = random_below(6);

		in_range &= value < 6;
		if (value < 6)
			seen[value] = true;
	}
	OK(in_range && seen[0] && seen[1] && seen[2] && seen[3] && seen[4] &&
		seen[5],
	    "a die shows all of its six sides and no other");
	OK(!random_below(0) && !random_below(1), "bounds 0 and 1 yield 0");
	random_uuid(one);
	random_uuid(two);
	for (i = 0; i < 32; i++)
		hex &= strchr("0123456789abcdef", one[i]) && one[i];
	OK(hex && !one[32], "an identity has 32 digits");
	OK(one[12] == '4' && strchr("89ab", one[16]),
	    "it says that it is of version 4");
	OK(strcmp(one, two) != 0, "two are not the same");
}

static void
say_hostile(void)
{
	errno = ENOENT;
	diag(DIAG_ERROR, "%s",
	    "a\nb\x1b[31m \xc3\xa4 \xff \xe2\x80\xae \xef\xbf\xbd\\");
	if (errno != ENOENT)
		_exit(1);
}

static void
say_to_journal(void)
{
	struct stat st;
	char name[64];

	fstat(STDERR_FILENO, &st);
	snprintf(name, sizeof(name), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", name, 1);
	diag(DIAG_WARNING, "x");
}

static void
say_elsewhere(void)
{
	setenv("JOURNAL_STREAM", "1:2", 1);
	diag(DIAG_WARNING, "x");
}

static void
diagnostics(void)
{
	char want[256];
	int status;

	snprintf(want, sizeof(want),
	    "%s: a\\x0ab\\x1b[31m \xc3\xa4 \\xff \\xe2\\x80\\xae "
	    "\xef\xbf\xbd\\\n",
	    platform_program_name());
	IS_STR(said_by(say_hostile, &status), want,
	    "a diagnostic is one line, and what could forge is spelled out");
	OK(WIFEXITED(status) && !WEXITSTATUS(status), "it leaves errno alone");
	snprintf(want, sizeof(want), "<4>%s: x\n", platform_program_name());
	IS_STR(said_by(say_to_journal, &status), want,
	    "in the journal the line starts with its priority");
	IS_STR(said_by(say_elsewhere, &status), want + 3,
	    "an inherited JOURNAL_STREAM of another stream does not count");
}

int
main(void)
{
	unsetenv("JOURNAL_STREAM");
	memory();
	bugs();
	errors();
	buffers();
	randomness();
	diagnostics();
	return tap_done();
}
