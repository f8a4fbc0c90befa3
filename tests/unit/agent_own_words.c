/*
 * Which lines of a syslog are ctail's own.
 */
#include "config.h"

#include "ctaild/own_words.h"
#include "tap.h"

static void
check(const char *line, bool own, const char *sentence)
{
	OK(own_words(span_str(line)) == own, "%s", sentence);
}

int
main(void)
{
	check("Nov 22 10:00:00 host ctaild[7]: sink ops: failed", true,
	    "what ctaild says is its own");
	check("Nov  2 10:00:00 host ctail-send[123]: failed", true,
	    "a day of one digit has two blanks");
	check("2026-11-22T10:00:00.123+01:00 host ctail-exec[1]: x", true,
	    "so with an ISO stamp");
	check("Nov 22 10:00:00 host sshd[7]: user ctaild[7]: failed", false,
	    "the words elsewhere in a line hide nothing");
	check("Nov 22 10:00:00 host sshd[7]: x ctaild[7]: failed", false,
	    "wherever that is");
	check("ctaild[7]: failed", false, "nor do they without a stamp");
	check("Nov 22 10:00:00 host ctaild[7x]: y", false,
	    "a process id is digits");
	check("Nov 22 10:00:00 host ctaild[]: y", false, "at least one");
	check("Nov 22 10:00:00 host ctaild: y", false, "and has to be there");
	check("Nov 22 10:00:00 host ctaildx[7]: y", false,
	    "another program is another");
	check("Nov 22 10:00:00 host ctail-alert[7]: disk full", true,
	    "what [syslog] wrote is its own when it comes back");
	check("2026-11-22T10:00:00.123456+01:00 host ctail-alert[7]: x", true,
	    "as the journal has it too");
	check("<27>Nov 22 10:00:00 host ctail-alert[7]: x", true,
	    "with its priority, where a log keeps that");
	check("<27>1 2026-11-22T10:00:00.1Z host ctail-alert 7 match "
	      "[ctail@32473 id=\"0\"] x", true,
	    "in RFC 5424");
	check("1 2026-11-22T10:00:00.1Z host ctail-alert 7 match "
	      "[ctail@32473 id=\"0\"] x", true,
	    "and that without its priority");
	check("1 2026-11-22T10:00:00.1Z host ctail-alert 7 match - x", false,
	    "but not without its data");
	check("1 2026-11-22T10:00:00.1Z host sshd 7 - [ctail@32473 id=\"0\"] "
	      "ctail-alert", false,
	    "and another program's data are another's");
	check("192.0.2.1 - ctaild[7]: x", false,
	    "a number in front is no stamp, as in a web server's log");
	check("192.0.2.1 - frank ctail-alert[7]: x", false,
	    "wherever the name stands");
	check("a b c host ctail-alert[7]: x", false,
	    "three words are no stamp either");
	check("<27Nov 22 10:00:00 host ctaild[7]: x", false,
	    "half a priority is none");
	check("<>Nov 22 10:00:00 host ctaild[7]: x", false,
	    "nor is an empty one");
	check("<27>", false, "a priority alone is nobody's");
	check("1", false, "nor is a version alone");
	check("", false, "an empty line is nobody's");
	check("   ", false, "nor are blanks");
	check("Nov 22", false, "nor a line that breaks off");
	OK(!own_words(span_of("a b c d ctaild[7]:\0", 17)),
	    "a line that ends early is not read beyond");
	return tap_done();
}
