/*
 * options: from argv to struct options, by the table.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/durable.h"
#include "base/mem.h"
#include "base/units.h"
#include "ctail/options.h"
#include "ctail/status.h"
#include "input/rotation.h"

#define ROW_BASE 256

/* What getopt_long wants, made from the table; a long option's value is its
 * row's number plus ROW_BASE. */
struct grammar {
	struct option *names;
	struct buf letters;
};

static void
grammar_init(struct grammar *grammar, enum dialect dialect)
{
	size_t count = 0;

	*grammar = (struct grammar){
	    .names = xcalloc(option_row_count + 1, sizeof(struct option)),
	};
	/* logtail's options end at its first argument. */
	buf_add_str(&grammar->letters, dialect == DIALECT_LOGTAIL ? "+" : "");
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (!option_is_in(row, dialect))
			continue;
		if (row->letter) {
			buf_add_byte(&grammar->letters, row->letter);
			buf_add_str(
			    &grammar->letters, row->argument ? ":" : "");
		}
		if (!row->name)
			continue;
		grammar->names[count++] = (struct option){
		    .name = row->name,
		    .has_arg = row->argument && row->kind != OPTION_AGENT,
		    .val = ROW_BASE + (int)i,
		};
	}
}

static void
grammar_release(struct grammar *grammar)
{
	free(grammar->names);
	buf_release(&grammar->letters);
}

static const struct option_row *
find_row(int option, enum dialect dialect)
{
	if (option >= ROW_BASE)
		return &option_rows[option - ROW_BASE];
	for (size_t i = 0; i < option_row_count; i++) {
		if (option_rows[i].letter == option &&
		    option_is_in(&option_rows[i], dialect))
			return &option_rows[i];
	}
	return NULL;
}

static int
misused(const struct options *options, const char *what)
{
	diag(DIAG_ERROR, "%s; see %s", what,
	    options->dialect == DIALECT_CTAIL ? "ctail --help" : "--help");
	return status_number(STATUS_USAGE, options->dialect);
}

static int
say(const struct options *options, struct span text)
{
	if (write_all(STDOUT_FILENO, text.data, text.len) == 0)
		return STATUS_OK;
	diag(DIAG_ERROR, "cannot write: %s", strerror(errno));
	return status_number(STATUS_OUTPUT, options->dialect);
}

static int
say_help(const struct options *options)
{
	struct buf text = BUF_INIT;
	int status;

	options_help(options->dialect, &text);
	status = say(options, buf_span(&text));
	buf_release(&text);
	return status;
}

static int
add_pattern(struct setting_list *list, char *text, struct err *err)
{
	if (rotation_pattern_check(text, err) < 0)
		return -1;
	list->items =
	    xreallocarray(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = (struct setting_item){.text = text};
	return 0;
}

/* 0, or -1 with what is wrong with its argument. */
static int
take_value(const struct option_row *row, struct options *out, char *text,
    struct err *err)
{
	char *field = (char *)out + row->offset;
	struct span value = span_str(text);

	switch (row->kind) {
	case OPTION_FLAG:
	case OPTION_CLEAR:
		*(bool *)(void *)field = row->kind == OPTION_FLAG;
		return 0;
	case OPTION_ONE:
		*(int64_t *)(void *)field = 1;
		return 0;
	case OPTION_COUNT:
		return number_parse(
		    value, 0, INT64_MAX, (int64_t *)(void *)field, err);
	case OPTION_SIZE:
		return size_parse(value, (int64_t *)(void *)field, err);
	case OPTION_DURATION:
		return duration_parse(value, (int64_t *)(void *)field, err);
	case OPTION_PATTERN:
		return add_pattern(
		    (struct setting_list *)(void *)field, text, err);
	case OPTION_TEXT:
	default:
		/* The old tools take the default for an empty one. */
		if (value.len == 0 && out->dialect == DIALECT_CTAIL)
			return err_set(err, "a name is missing");
		*(const char **)(void *)field = value.len ? text : NULL;
		return 0;
	}
}

/* -1 to go on, else what main returns. */
static int
take_option(const struct option_row *row, struct options *out, char **named_log)
{
	struct err err = ERR_INIT;

	if (!row)
		return misused(out, "wrong option");
	switch (row->kind) {
	case OPTION_HELP:
		return say_help(out);
	case OPTION_VERSION:
		return say(out, span_str("ctail " PACKAGE_VERSION "\n"));
	case OPTION_AGENT:
		return misused(out, "--agent must come first");
	case OPTION_LOG:
		*named_log = optarg;
		return -1;
	default:
		break;
	}
	if (take_value(row, out, optarg, &err) == 0)
		return -1;
	if (row->name)
		err_prefix(&err, "--%s", row->name);
	else
		err_prefix(&err, "-%c", row->letter);
	return misused(out, err.text);
}

/* Pairs that cannot be meant. */
static const char *
contradiction(const struct options *options)
{
	const struct {
		bool both;
		const char *words;
	} pairs[] = {
	    {options->count > 1 && options->offset_file,
		"--offset-file is for one log only"},
	    {options->offset_file && options->state_dir,
		"--offset-file and --state-dir exclude each other"},
	    {options->no_store && options->every_n,
		"--no-store and --every-n (or --paranoid) exclude each other"},
	    {options->no_store && options->drain,
		"--no-store and --drain exclude each other"},
	    {options->partial_lines && options->follow,
		"--partial-lines and --follow exclude each other"},
	    {options->partial_lines &&
		    (options->max_lines || options->max_bytes),
		"--partial-lines goes with neither --max-lines nor "
		"--max-bytes"},
	    {options->exit_code && options->follow,
		"--exit-code and --follow exclude each other"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		if (pairs[i].both)
			return pairs[i].words;
	}
	return NULL;
}

/* LOG [FILE] goes before -f LOG -o FILE, as in logtail. */
static int
take_logtail_arguments(
    int argc, char **argv, char *named_log, struct options *out)
{
	int given = argc - optind;

	out->logs = argv + optind;
	out->count = 1;
	if (given == 2)
		out->offset_file = *argv[optind + 1] ? argv[optind + 1] : NULL;
	if (given == 1 || given == 2)
		return -1;
	if (!named_log || given > 2)
		return misused(out, "no log to read: use -f LOG");
	out->single = named_log;
	out->logs = &out->single;
	return -1;
}

static int
take_arguments(int argc, char **argv, struct options *out)
{
	const char *wrong;

	out->logs = argv + optind;
	out->count = argc - optind;
	if (out->count == 0)
		return misused(out, "no log is named");
	if (out->dialect == DIALECT_PYGTAIL && out->count > 1)
		return misused(out, "only one log can be read");
	wrong = contradiction(out);
	return wrong ? misused(out, wrong) : -1;
}

bool
options_parse(int argc, char **argv, struct options *out, int *status_out)
{
	enum dialect dialect = dialect_of(argc > 0 ? argv[0] : NULL);
	char *named_log = NULL;
	struct grammar grammar;
	int option;
	int status = -1;

	*out = (struct options){.dialect = dialect};
	grammar_init(&grammar, dialect);
	while (status < 0 &&
	       (option = getopt_long(argc, argv, buf_str(&grammar.letters),
		    grammar.names, NULL)) != -1)
		status =
		    take_option(find_row(option, dialect), out, &named_log);
	grammar_release(&grammar);
	if (status < 0 && dialect == DIALECT_LOGTAIL)
		status = take_logtail_arguments(argc, argv, named_log, out);
	else if (status < 0)
		status = take_arguments(argc, argv, out);
	if (status >= 0)
		*status_out = status;
	return status < 0;
}

void
options_release(struct options *options)
{
	free(options->patterns.items);
}
