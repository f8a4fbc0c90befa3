/*
 * command_silence: silence, silences and unsilence.
 *
 * What is changed is stored before it is answered, and logged.
 */
#include "config.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/units.h"
#include "ctaild/command.h"
#include "ctaild/command_json.h"
#include "ctaild/command_text.h"

static const char usage_silence[] =
    "usage: ctailctl silence RULE [NAME=VALUE...] DURATION [WHY...]";

static bool
rule_may_have(const struct plan_rule *rule, struct span name)
{
	if (span_is(name, "key"))
		return rule->key != NULL;
	return rule->of_journals || rule_defines_somewhere(rule->rule, name);
}

static int
check_condition(const struct plan *plan, const struct silence *silence,
    struct span name, struct err *err)
{
	for (size_t i = 0; i < silence->condition_count; i++)
		if (span_is(name, silence->conditions[i].name))
			return err_set(err, "%.*s is given two values",
			    span_shown(name), name.data);
	for (size_t i = 0; i < plan->rule_count; i++)
		if (!fnmatch(
			silence->rule, rule_name(plan->rules[i].rule), 0) &&
		    rule_may_have(&plan->rules[i], name))
			return 0;
	if (span_is(name, "key"))
		return err_set(err, "rule %s has no key", silence->rule);
	return err_set(err, "no pattern of rule %s has a capture `%.*s'",
	    silence->rule, span_shown(name), name.data);
}

/* 1 when the word was a condition, 0 when it is none. */
static int
take_condition(const struct plan *plan, struct silence *silence,
    const char *word, struct err *err)
{
	const char *equals = strchr(word, '=');
	struct silence_condition *condition;
	struct span name;

	if (!equals || equals == word)
		return 0;
	name = span_of(word, (size_t)(equals - word));
	if (silence->condition_count == SILENCE_CONDITIONS_MAX)
		return err_set(err, "a silence takes at most %d values",
		    SILENCE_CONDITIONS_MAX);
	if (check_condition(plan, silence, name, err))
		return -1;
	condition = &silence->conditions[silence->condition_count++];
	condition->name = xstrndup(name.data, name.len);
	condition->value = xstrdup(equals + 1);
	return 1;
}

static int
take_duration(const char *word, struct silence *silence, struct err *err)
{
	int64_t length;

	if (duration_parse_most(
		span_str(word), SILENCE_LENGTH_MAX_MS, &length, err))
		return err_prefix(err, "how long");
	silence->until_ms = silence->from_ms + length;
	return 0;
}

static char *
join_words(int argc, const char *const *argv)
{
	struct buf words = BUF_INIT;

	for (int i = 0; i < argc; i++)
		buf_addf(&words, "%s%s", i ? " " : "", argv[i]);
	return buf_take(&words);
}

/* Everything but the id; the strings are the caller's to release. */
static int
parse_silence(const struct command_context *context, int argc,
    const char *const *argv, struct silence *out, struct err *err)
{
	int at = 1, taken = 1;

	*out = (struct silence){.from_ms = context->now_ms};
	if (argc < 2)
		return err_set(err, "%s", usage_silence);
	out->rule = xstrdup(argv[0]);
	out->who = command_asker(context);
	while (at < argc && taken == 1) {
		taken = take_condition(context->plan, out, argv[at], err);
		at += taken == 1;
	}
	if (taken < 0)
		return -1;
	if (at == argc)
		return err_set(err, "%s", usage_silence);
	if (take_duration(argv[at], out, err))
		return -1;
	out->why = join_words(argc - at - 1, argv + at + 1);
	return 0;
}

/* It would be carried out after all when there is room again. */
static int
check_trouble(const struct command_context *context, struct err *err)
{
	if (!context->trouble)
		return 0;
	return err_set(
	    err, "%s; ask again when that is over", context->trouble);
}

static void
log_change(const struct command_context *context, const char *what,
    const struct silence *silence)
{
	struct buf words = BUF_INIT;
	char *who;

	if (!context->started_ms)
		return;
	who = command_asker(context);
	silence_describe(silence, &words);
	diag(DIAG_NOTICE, "silence %" PRId64 " of %s %s by %s%s%s", silence->id,
	    buf_str(&words), what, who, *silence->why ? ": " : "",
	    silence->why);
	buf_release(&words);
	free(who);
}

static int
store_silence(
    const struct command_context *context, int64_t id, struct err *err)
{
	struct silence undone;

	if (!context->commit(context->arg, err))
		return 0;
	if (silences_end(context->silences, id, &undone))
		silence_release(&undone);
	return err_prefix(err, "nothing is silenced");
}

static void
print_new(const struct silence *silence, struct buf *out)
{
	struct buf words = BUF_INIT;
	char until[CLOCK_TEXT_MAX];

	clock_format_local(silence->until_ms, until);
	silence_describe(silence, &words);
	buf_addf(out, "Silence %" PRId64 ": ", silence->id);
	text_add_clean(out, buf_span(&words));
	buf_addf(out, " until %s.\n", until);
	buf_add_str(out,
	    "What it holds back is counted, and told every 24 hours and when "
	    "it ends.\n");
	buf_release(&words);
}

static int
run_silence(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct silence silence;

	if (check_trouble(context, err))
		return EX_IOERR;
	if (argc > 1 && command_check_rule(context->plan, argv[0], err))
		return EX_NOINPUT;
	if (parse_silence(context, argc, argv, &silence, err) ||
	    silences_add(context->silences, &silence, err)) {
		silence_release(&silence);
		return EX_USAGE;
	}
	/* From here on the strings are the list's. */
	if (store_silence(context, silence.id, err))
		return EX_IOERR;
	log_change(context, "was made", &silence);
	print_new(&silence, out);
	return EX_OK;
}

/* --- silences ------------------------------------------------------------- */

static void
print_row(void *arg, const struct silence *silence)
{
	struct buf *out = arg, words = BUF_INIT;
	char until[CLOCK_TEXT_MAX];

	clock_format_local(silence->until_ms, until);
	buf_addf(out, "%4" PRId64 "  %s  %6" PRId64 "  ", silence->id, until,
	    silence->held.events);
	buf_addf(&words, "%-10s  ", silence->who);
	silence_describe(silence, &words);
	if (*silence->why)
		buf_addf(&words, "  (%s)", silence->why);
	text_add_clean(out, buf_span(&words));
	buf_add_byte(out, '\n');
	buf_release(&words);
}

static void
print_table(const struct silences *silences, struct buf *out)
{
	static const char heading[] =
	    "  ID  UNTIL                        HELD  BY          RULE, "
	    "VALUES (WHY)\n";

	buf_add_str(out, heading);
	silences_each(silences, print_row, out);
	if (out->len == strlen(heading)) {
		buf_reset(out);
		buf_add_str(out, "Nothing is silenced.\n");
	}
}

static int
run_silences(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct json json;

	if (!argc) {
		print_table(context->silences, out);
		return EX_OK;
	}
	if (argc > 1 || strcmp(argv[0], "--json") != 0) {
		err_set(err, "usage: ctailctl silences [--json]");
		return EX_USAGE;
	}
	json_init(&json, out);
	silences_json(context->silences, &json);
	buf_add_byte(out, '\n');
	return EX_OK;
}

/* --- unsilence ------------------------------------------------------------ */

/* To the default sinks, as when it ends by itself. */
static void
tell(const struct command_context *context, const struct silence *silence)
{
	struct alert_place place = {
	    .hostname = context->hostname, .now_ms = context->now_ms};
	struct emission emission = {
	    .sinks = conf_default_sinks(context->plan->conf)};
	struct alert alert;

	if (!silence->held.events)
		return;
	alert_from_silence(&alert, &place, silence, true);
	emission.alert = &alert;
	ledger_take(context->ledger, &emission);
	alert_release(&alert);
}

static void
end_one(const struct command_context *context, int64_t id, struct buf *out)
{
	struct silence silence;
	struct buf words = BUF_INIT;

	if (!silences_end(context->silences, id, &silence))
		return;
	tell(context, &silence);
	log_change(context, "was ended", &silence);
	silence_describe(&silence, &words);
	buf_addf(out, "Silence %" PRId64 " of ", id);
	text_add_clean(out, buf_span(&words));
	buf_addf(out, " is over; it held back %" PRId64 " alert%s.\n",
	    silence.held.events, silence.held.events == 1 ? "" : "s");
	buf_release(&words);
	silence_release(&silence);
}

struct ids {
	int64_t list[SILENCE_MAX];
	size_t count;
};

static void
note_id(void *arg, const struct silence *silence)
{
	struct ids *ids = arg;

	if (ids->count < SILENCE_MAX)
		ids->list[ids->count++] = silence->id;
}

static int
choose(const struct command_context *context, const char *word, struct ids *ids,
    struct err *err)
{
	int64_t id;

	if (!strcmp(word, "all")) {
		silences_each(context->silences, note_id, ids);
		return EX_OK;
	}
	if (number_parse(span_str(word), 1, INT64_MAX, &id, err)) {
		err_prefix(err, "a silence is named by its number, or `all'");
		return EX_USAGE;
	}
	if (!silences_find(context->silences, id)) {
		err_set(err, "there is no silence %s; see `ctailctl silences'",
		    word);
		return EX_NOINPUT;
	}
	ids->list[ids->count++] = id;
	return EX_OK;
}

static int
run_unsilence(const struct command_context *context, int argc,
    const char *const *argv, struct buf *out, struct err *err)
{
	struct ids ids = {.count = 0};
	int status;

	if (argc != 1) {
		err_set(err, "usage: ctailctl unsilence ID|all");
		return EX_USAGE;
	}
	if (check_trouble(context, err))
		return EX_IOERR;
	status = choose(context, argv[0], &ids, err);
	if (status)
		return status;
	for (size_t i = 0; i < ids.count; i++)
		end_one(context, ids.list[i], out);
	if (!ids.count)
		buf_add_str(out, "Nothing is silenced.\n");
	if (ids.count && context->commit(context->arg, err)) {
		buf_reset(out);
		err_prefix(err, "it is over, but that is not stored yet");
		return EX_IOERR;
	}
	return EX_OK;
}

const struct command command_silence = {
    .name = "silence",
    .usage = "RULE [NAME=VALUE...] DURATION [WHY...]",
    .help = "hold back alerts of a rule, or of '*', for a while",
    .run = run_silence,
};

const struct command command_silences = {
    .name = "silences",
    .usage = "[--json]",
    .help = "list what is silenced, until when, by whom and why",
    .run = run_silences,
};

const struct command command_unsilence = {
    .name = "unsilence",
    .usage = "ID|all",
    .help = "end a silence now, and tell what it held back",
    .run = run_unsilence,
};
