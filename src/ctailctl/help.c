/*
 * help: the commands on one screen, and the options of each.
 *
 * What the state is asked (ctaild/command.h) brings its usage and its line
 * along; here stand the order, the groups and the options.
 */
#include "config.h"

#include <string.h>

#include "ctailctl/help.h"
#include "ctaild/command.h"

struct topic {
	const char *heading;	/* above it, or NULL */
	const char *name;
	const char *usage;	/* NULL: the command's own, and its help */
	const char *summary;	/* NULL: the command's own */
	const char *options;	/* and what else is to be known, or NULL */
};

static const char test_options[] =
    "  SAMPLE           a file, compressed or not, or - for standard input\n"
    "  --last DURATION  the logs of the configuration, as far back as this\n"
    "  --log NAME       the log that the samples belong to\n"
    "  --unused         also the patterns that never matched\n"
    "  --all            also what was held back, and by what\n"
    "  --json           one JSON object a line\n";

static const char grep_options[] =
    "  -e PATTERN       a pattern, as `match' takes it\n"
    "  -f RULES         a file or directory of rules in logcheck's form\n"
    "  --rule NAME      a rule or [logcheck] section of the configuration\n"
    "  -v               the lines that none of these matches\n"
    "  --count          how many lines, instead of the lines\n"
    "  --with-rule      FILE:LINE: of the pattern before each line\n"
    "  -c CONFIG        the configuration for --rule\n"
    "Without a LOG, or for -, standard input. Compressed logs are not\n"
    "unpacked. Exit: 0 some line, 1 none, 64 usage, 66 no such log or rule.\n";

static const char alerts_options[] =
    "  --sink S, --rule R  only what goes there, only what this rule said\n"
    "  --due, --dead       only what waits for delivery, what was given up\n"
    "  --held, --dropped   only what a cap held back, what somebody dropped\n"
    "  -n N                at most so many (20)\n"
    "  ID                  the whole alert, as it would be mailed\n";

static const struct topic topics[] = {
    {"Configuration, rules and lines, without an agent:", "check", "[FILE]",
	"say every mistake in the configuration", NULL},
    {NULL, "show", "", "print the effective settings, secrets hidden", NULL},
    {NULL, "test", "[OPTION...] SAMPLE... | --last DURATION",
	"say what would have been told about these records", test_options},
    {NULL, "grep",
	"[OPTION...] -e PATTERN | -f RULES | --rule NAME... [LOG...]",
	"print the lines of logs that these patterns match", grep_options},
    {NULL, "explain", NULL, NULL,
	"  --log NAME       the log that it is taken for a line of\n"
	"A LINE that begins with -- stands behind --.\n"},
    {NULL, "learn", "LINE... | -", "write a pattern that excludes such lines",
	NULL},
    {"The agent and its logs:", "status", NULL, NULL,
	"  --json           the same and more, as one JSON object\n"},
    {NULL, "reload", NULL, NULL, NULL},
    {NULL, "sweep", NULL, NULL, NULL},
    {NULL, "seek", NULL, NULL,
	"  LOG              its path; OFFSET is in bytes\n"},
    {NULL, "silence", NULL, NULL,
	"  RULE             a name or a pattern of names; '*' is every rule\n"
	"  NAME=VALUE       only where this capture, or key, is exactly so\n"
	"  DURATION         like 2h, 366d at most\n"},
    {NULL, "silences", NULL, NULL,
	"  --json           as JSON\n"},
    {NULL, "unsilence", NULL, NULL, NULL},
    {"Alerts and their delivery:", "alerts", NULL, NULL, alerts_options},
    {NULL, "queue", NULL, NULL,
	"  --sink S         only this sink\n"
	"  -n N             at most so many alerts\n"
	"  --json           as JSON\n"},
    {NULL, "retry", NULL, NULL,
	"  --dead, --all    what was given up, or that and what waits\n"
	"  --sink S         only at this sink\n"
	"  ID               only this alert; how it begins is enough\n"},
    {NULL, "drop", NULL, NULL,
	"  --dead           forget what was given up\n"
	"  --sink S         only at this sink\n"
	"  ID, --all        this alert, or all\n"},
    {NULL, "send-test", NULL, NULL, NULL},
    {NULL, "delivery", NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static const char *
usage_of(const struct topic *topic)
{
	return topic->usage ? topic->usage : command_find(topic->name)->usage;
}

static const char *
summary_of(const struct topic *topic)
{
	return topic->summary ? topic->summary
			      : command_find(topic->name)->help;
}

void
help_print(FILE *to)
{
	fputs("usage: ctailctl [-c|--config FILE] [--state-dir DIR] "
	      "[--libexec DIR] COMMAND\n",
	    to);
	for (const struct topic *topic = topics; topic->name; topic++) {
		if (topic->heading)
			fprintf(to, "%s\n", topic->heading);
		fprintf(to, "  %-9s  %s\n", topic->name, summary_of(topic));
	}
	fputs("More: ctailctl help COMMAND; --help; --version. "
	      "Exit: 0 done; 64 usage.\n",
	    to);
}

bool
help_print_command(FILE *to, const char *name)
{
	const char *usage;

	for (const struct topic *topic = topics; topic->name; topic++) {
		if (strcmp(topic->name, name))
			continue;
		usage = usage_of(topic);
		fprintf(to, "usage: ctailctl %s%s%s\n%s\n", name,
		    usage[0] ? " " : "", usage, summary_of(topic));
		if (topic->options)
			fputs(topic->options, to);
		return true;
	}
	return false;
}
