/*
 * builtin_rules: a small configuration that suits most logs.
 *
 * It is text like any other, so that `ctailctl check` can vouch for it and a
 * user can start from it.
 */
#include "config.h"

#include "ctaild/builtin_rules.h"

static const char rules[] =
    "\n[rule out-of-memory]\n"
    "log = files\n"
    "severity = critical\n"
    "context = 3 before\n"
    "match = Out of memory: Killed process \\d+ \\((?<process>[^)]*)\\)\n"
    "        (?<process>\\S+) invoked oom-killer\n"
    "        oom-kill:.*task=(?<process>[^,]+)\n"
    "key = ${process}\n"
    "subject = out of memory on ${hostname}: ${process}\n"
    "then = stop\n"
    "\n[rule disk]\n"
    "log = files\n"
    "severity = critical\n"
    "flags = nocase\n"
    "match = No space left on device|disk (is )?full|Disk quota exceeded\n"
    "        I/O error|EXT4-fs error|remounting filesystem read-only\n"
    "subject = disk trouble on ${hostname}: ${line|trunc:100}\n"
    "then = stop\n"
    "\n[rule crash]\n"
    "log = files\n"
    "severity = error\n"
    "match = segfault at [0-9a-f]+ ip|general protection fault\n"
    "        [Kk]ernel panic|\\bBUG: |\\bpanic: |core dumped\n"
    "        Traceback \\(most recent call last\\)\n"
    "context = 3 before\n"
    "subject = crash on ${hostname}: ${line|trunc:100}\n"
    "then = stop\n"
    "\n[rule login-failures]\n"
    "log = files\n"
    "severity = warning\n"
    "match = Failed \\w+ for (?:invalid user )?\\S* ?from (?<ip>\\S+)\n"
    "        authentication failure;.*rhost=(?<ip>\\S+)\n"
    "when = 5 in 10m\n"
    "key = ${ip}\n"
    "subject = ${count} failed logins from ${ip} on ${hostname}\n"
    "then = stop\n"
    "\n[rule errors]\n"
    "log = files\n"
    "severity = error\n"
    "match = \\b(?:EMERG|ALERT|CRIT|CRITICAL|FATAL|PANIC|ERROR)\\b\n"
    "        \\[(?:emerg|alert|crit|error)\\]\n"
    "        \\b(?:fatal|error|failed)\\b:\n"
    "context = 2 before\n"
    "subject = ${rule} on ${hostname}: ${line|trunc:100}\n";

/* Stack traces are one record.  Whoever looks at a terminal does not wait long
 * for the rest of one. */
static const char records[] =
    "record = continue ^(?:[ \\t]|Caused by: |"
    "[\\w.]+(?:Error|Exception)(?::|$))\n"
    "record_limit = 200 lines 64k 500ms\n";

/* A path in a list key stands for itself: wildcards are taken literally. */
static void
add_path(struct buf *out, const char *path)
{
	for (; *path; path++) {
		if (*path == '*' || *path == '?' || *path == '[' ||
		    *path == '\\')
			buf_add_byte(out, '\\');
		buf_add_byte(out, *path);
	}
}

void
builtin_rules(const char *const *files, size_t count, enum builtin_start start,
    struct buf *out)
{
	buf_addf(out, "[log files]\nstart = %s\n",
	    start == BUILTIN_FROM_START ? "start" : "end");
	for (size_t i = 0; i < count; i++) {
		buf_add_str(out, "path = ");
		add_path(out, files[i]);
		buf_add_byte(out, '\n');
	}
	buf_add_str(out, records);
	buf_add_str(out, rules);
}
