/*
 * generate: a synthetic system log on standard output.
 *
 *   generate LINES
 *
 * The same lines every time.  One in 10,000 contains "segfault at", which is
 * what the measured rule looks for; no other one contains "segfault".
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>

#include "probe.h"

#define HIT_EVERY 10000

/* What some program says, with three numbers in it. */
static void
put_message(unsigned program, unsigned a, unsigned b, unsigned c)
{
	switch (program % 6) {
	case 0:
		printf("sshd[%u]: Accepted publickey for deploy from "
		       "192.0.2.%u port %u ssh2: ED25519",
		    a, b, c);
		break;
	case 1:
		printf("systemd[1]: session-%u.scope: Consumed %ums CPU time, "
		       "%uK memory peak.",
		    a, b, c);
		break;
	case 2:
		printf("nginx[%u]: 198.51.100.%u - GET /api/v1/items/%u "
		       "HTTP/1.1 200 512",
		    a, b, c);
		break;
	case 3:
		printf("kernel: [%u.%06u] eth0: renamed from veth%x", a, b, c);
		break;
	case 4:
		printf("postfix/smtpd[%u]: disconnect from "
		       "unknown[203.0.113.%u] commands=%u",
		    a, b, c);
		break;
	default:
		printf("CRON[%u]: (root) CMD (test -x /usr/sbin/job%u && run "
		       "%u)",
		    a, b, c);
	}
}

static void
put_line(long number, uint64_t *state)
{
	uint64_t r = probe_random(state);
	unsigned a = (unsigned)(r >> 8) % 90000 + 1000;
	unsigned b = (unsigned)(r >> 24) % 254 + 1;
	unsigned c = (unsigned)(r >> 40) % 60000 + 1;

	printf("Nov 22 %02ld:%02ld:%02ld node%02u ", number / 360000 % 24,
	    number / 6000 % 60, number / 100 % 60, (unsigned)r & 15);
	if (number % HIT_EVERY == HIT_EVERY - 1)
		printf(
		    "kernel: train[%u]: segfault at %x ip %x error 4", a, b, c);
	else
		put_message((unsigned)(r >> 56), a, b, c);
	putchar('\n');
}

int
main(int argc, char **argv)
{
	uint64_t state = UINT64_C(88172645463325252);
	long lines;

	if (argc != 2)
		probe_die("usage: generate LINES");
	lines = probe_number(argv[1], 1, 1000000000);
	for (long i = 0; i < lines; i++)
		put_line(i, &state);
	if (fflush(stdout))
		probe_die("standard output does not take the lines");
	return 0;
}
