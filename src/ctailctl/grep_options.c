/*
 * grep_options: the command line of `ctailctl grep'.
 *
 * As people write it for grep: options may follow logs, a value may be joined
 * to its option, `--' ends them.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "ctailctl/grep.h"

static const char usage[] =
    "usage: ctailctl grep [-c CONFIG] [-v] [--count] [--with-rule]\n"
    "           (-e PATTERN | -f RULES | --rule NAME)... [LOG...]\n";

/* What hands that know grep write. */
static const struct habit {
	const char *option, *instead;
} habits[] = {
    {"-i", "begin the pattern with (?i)"},
    {"-E", "-f takes extended expressions, -e Perl's"},
    {"-P", "-e takes Perl's expressions"},
    {"-a", "bytes of any kind are text here"},
    {NULL, NULL},
};

enum what {
	OPTION_WISH,
	OPTION_CONFIG,
	OPTION_INVERT,
	OPTION_COUNT,
	OPTION_WITH_RULE,
};

static const struct grep_option {
	const char *name;
	enum what what;
	enum grep_kind kind; /* of a wish */
	const char *value;   /* what it needs, for messages; NULL: nothing */
} grep_options[] = {
    {"-e", OPTION_WISH, GREP_PATTERN, "pattern"},
    {"-f", OPTION_WISH, GREP_FILE, "file or directory of rules"},
    {"--rule", OPTION_WISH, GREP_RULE, "rule of the configuration"},
    {"-c", OPTION_CONFIG, GREP_RULE, "configuration file"},
    {"--config", OPTION_CONFIG, GREP_RULE, "configuration file"},
    {"-v", OPTION_INVERT, GREP_RULE, NULL},
    {"--count", OPTION_COUNT, GREP_RULE, NULL},
    {"--with-rule", OPTION_WITH_RULE, GREP_RULE, NULL},
    {NULL, OPTION_WISH, GREP_RULE, NULL},
};

/* value_out: what is joined to it, or NULL. */
static const struct grep_option *
find_option(const char *word, const char **value_out)
{
	bool is_long = word[1] == '-';

	*value_out = NULL;
	for (const struct grep_option *option = grep_options; option->name;
	     option++) {
		size_t len = strlen(option->name);

		if (strncmp(word, option->name, len))
			continue;
		if (!word[len])
			return option;
		if (!option->value || (is_long && word[len] != '='))
			continue;
		*value_out = word + len + is_long;
		return option;
	}
	return NULL;
}

static void
take_option(struct grep_request *request, const struct grep_option *option,
    const char *value)
{
	switch (option->what) {
	case OPTION_WISH:
		request->wishes[request->wish_count++] =
		    (struct grep_wish){option->kind, value};
		break;
	case OPTION_CONFIG:
		request->config = value;
		break;
	case OPTION_INVERT:
		request->invert = true;
		break;
	case OPTION_COUNT:
		request->count = true;
		break;
	case OPTION_WITH_RULE:
		request->with_rule = true;
		break;
	}
}

static void
refuse_option(const char *word)
{
	const struct habit *habit = habits;

	while (habit->option && strcmp(habit->option, word) != 0)
		habit++;
	fprintf(stderr, "ctailctl: grep has no option `%s'%s%s\n%s", word,
	    habit->option ? ": " : "", habit->option ? habit->instead : "",
	    usage);
}

static int
parse_option(struct grep_request *request, const char *const *argv, int *at)
{
	const char *value;
	const struct grep_option *option = find_option(argv[*at], &value);

	if (!option) {
		refuse_option(argv[*at]);
		return -1;
	}
	if (option->value && !value)
		value = argv[++*at];
	if (option->value && !value) {
		fprintf(stderr, "ctailctl: %s needs a %s\n", option->name,
		    option->value);
		return -1;
	}
	take_option(request, option, value);
	return 0;
}

static int
check(const struct grep_request *request)
{
	bool names_rule = false;

	for (size_t i = 0; i < request->wish_count; i++)
		names_rule |= request->wishes[i].kind == GREP_RULE;
	if (request->config && !names_rule) {
		fputs("ctailctl: -c names a configuration, which only --rule "
		      "is looked up in; lines are counted with --count\n",
		    stderr);
		return -1;
	}
	if (!request->wish_count) {
		fprintf(stderr,
		    "ctailctl: grep wants its pattern behind -e, rules behind "
		    "-f or --rule\n%s",
		    usage);
		return -1;
	}
	if (request->with_rule && (request->invert || request->count)) {
		fprintf(stderr,
		    "ctailctl: --with-rule says which pattern found a line; "
		    "with %s there is nothing to be said\n",
		    request->invert ? "-v" : "--count");
		return -1;
	}
	return 0;
}

int
grep_request_parse(
    struct grep_request *request, int argc, const char *const *argv)
{
	bool options = true;

	*request = (struct grep_request){
	    .wishes = xcalloc((size_t)argc + 1, sizeof(*request->wishes)),
	    .logs = xcalloc((size_t)argc + 1, sizeof(*request->logs))};
	for (int at = 0; at < argc; at++) {
		if (options && !strcmp(argv[at], "--"))
			options = false;
		else if (!options || argv[at][0] != '-' || !argv[at][1])
			request->logs[request->log_count++] = argv[at];
		else if (parse_option(request, argv, &at))
			return EX_USAGE;
	}
	return check(request) ? EX_USAGE : EX_OK;
}

void
grep_request_release(struct grep_request *request)
{
	free(request->wishes);
	free(request->logs);
}
