/*
 * command_outbox: the words of the outbox commands, and rows for people.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/severity.h"
#include "base/units.h"
#include "ctaild/command_outbox.h"
#include "ctaild/command_text.h"
#include "message/alert.h"

/* --- A row ---------------------------------------------------------------- */

/* What is more than a match says so. */
static void
add_kind(struct buf *out, struct span kind)
{
	if (span_is(kind, alert_kind_name(ALERT_MATCH)))
		return;
	buf_add_byte(out, '[');
	text_add_clean(out, kind);
	buf_add_str(out, "] ");
}

static void
add_attempts(struct buf *out, const struct outbox_row *row, const char *before)
{
	if (!row->attempts && !row->last_answer.len)
		return;
	buf_addf(out, "  %s: %" PRId64 ", last: ", before, row->attempts);
	text_add_clean(out, row->last_answer);
}

static void
add_state(struct buf *out, const struct outbox_row *row)
{
	char when[CLOCK_TEXT_MAX];

	switch (row->state) {
	case OUTBOX_DUE:
		clock_format_local(row->due_ms, when);
		buf_addf(out, "  next: %s", when);
		break;
	case OUTBOX_BEHIND:
		buf_add_str(out, "  behind an older one of its incident");
		break;
	case OUTBOX_HELD:
		buf_add_str(out, "  by the sink's cap, told in its summary");
		return;
	case OUTBOX_DEAD:
		add_attempts(out, row, "given up; attempts");
		return;
	case OUTBOX_DROPPED:
		buf_add_str(out, "  ");
		text_add_clean(out, row->last_answer);
		return;
	case OUTBOX_DELIVERED:
		break;
	}
	add_attempts(out, row, "attempts");
}

void
outbox_print_row(struct buf *out, const struct outbox_row *row)
{
	char when[CLOCK_TEXT_MAX];

	clock_format_local(row->made_ms, when);
	buf_addf(out, "%s  %-8s %-9s ", when,
	    severity_name((enum severity)row->severity),
	    row->sink.len ? outbox_state_name(row->state) : "-");
	text_add_clean(out, row->sink.len ? row->sink : span_str("(no sink)"));
	buf_add_str(out, "  ");
	add_kind(out, row->kind);
	text_add_clean(out, row->subject);
	buf_add_str(out, "\n    ");
	text_add_clean(out, row->alert_id);
	if (row->sink.len)
		add_state(out, row);
	buf_add_byte(out, '\n');
}

/* --- Words ---------------------------------------------------------------- */

int
outbox_parse_count(const char *text, int *out, struct err *err)
{
	int64_t count;

	if (number_parse(span_str(text), 1, OUTBOX_LIST_MAX, &count, err))
		return err_prefix(err, "-n");
	*out = (int)count;
	return 0;
}

static const struct {
	const char *option;
	enum outbox_word word;
	bool valued;
} options[] = {
    {"--sink", OUTBOX_WORD_SINK, true},
    {"--dead", OUTBOX_WORD_DEAD, false},
    {"--all", OUTBOX_WORD_ALL, false},
    {"--json", OUTBOX_WORD_JSON, false},
    {"-n", OUTBOX_WORD_COUNT, true},
};

static int
take_option(struct outbox_request *request, enum outbox_word word,
    const char *value, struct err *err)
{
	switch (word) {
	case OUTBOX_WORD_SINK:
		request->filter.sink = value;
		return 0;
	case OUTBOX_WORD_DEAD:
		request->dead = true;
		return 0;
	case OUTBOX_WORD_ALL:
		request->all = true;
		return 0;
	case OUTBOX_WORD_JSON:
		request->json = true;
		return 0;
	case OUTBOX_WORD_COUNT:
		return outbox_parse_count(value, &request->limit, err);
	case OUTBOX_WORD_ID:
		break;
	}
	return 0;
}

static int
take_id(struct outbox_request *request, const char *command, unsigned takes,
    const char *id, struct err *err)
{
	if (!(takes & OUTBOX_WORD_ID))
		return err_set(err, "%s takes no `%s'", command, id);
	if (request->filter.id)
		return err_set(err, "%s takes one ID, not %s and %s", command,
		    request->filter.id, id);
	if (!*id)
		return err_set(err, "the ID given to %s is empty", command);
	request->filter.id = id;
	return 1;
}

/* How many words it took, or -1. */
static int
take_word(struct outbox_request *request, const char *command, unsigned takes,
    int argc, const char *const *argv, struct err *err)
{
	if (*argv[0] != '-')
		return take_id(request, command, takes, argv[0], err);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (strcmp(options[i].option, argv[0]) != 0 ||
		    !(takes & options[i].word))
			continue;
		if (options[i].valued && argc < 2)
			return err_set(err, "%s lacks its value", argv[0]);
		if (take_option(request, options[i].word,
			options[i].valued ? argv[1] : NULL, err))
			return -1;
		return options[i].valued ? 2 : 1;
	}
	return err_set(err, "%s has no option %s", command, argv[0]);
}

struct sink_search {
	const char *name;
	bool found;
};

static void
look_for_sink(void *arg, const struct outbox_totals *totals)
{
	struct sink_search *search = arg;

	search->found = search->found || span_is(totals->sink, search->name);
}

/* Typed wrong it would do nothing, and nobody would notice. */
static int
check_sink(
    const struct command_context *context, const char *name, struct err *err)
{
	struct sink_search search = {name, false};

	if (!name || conf_sink(context->plan->conf, span_str(name)))
		return EX_OK;
	if (store_outbox_totals(context->store, look_for_sink, &search, err))
		return EX_IOERR;
	if (search.found)
		return EX_OK;
	command_refuse_sink(
	    context->plan, name, ", and nothing waits for it", err);
	return EX_NOINPUT;
}

int
outbox_parse(const struct command_context *context, const char *command,
    unsigned takes, int argc, const char *const *argv,
    struct outbox_request *out, struct err *err)
{
	*out = (struct outbox_request){.limit = OUTBOX_LIST_DEFAULT};
	for (int i = 0; i < argc;) {
		int used =
		    take_word(out, command, takes, argc - i, argv + i, err);

		if (used < 0)
			return EX_USAGE;
		i += used;
	}
	return check_sink(context, out->filter.sink, err);
}
