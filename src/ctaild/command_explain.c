/*
 * command_explain: what the rules of a log make of one line, with the state
 * as it is now.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "ctaild/explain.h"
#include "judge/record_clock.h"
#include "judge/redact.h"
#include "judge/timestamp.h"
#include "message/text.h"

#define NAMES_MAX 2000
#define LINE_MAX_SHOWN 400

static const char usage[] = "usage: ctailctl explain [--log NAME] LINE";

/* --- What is known of the line before any rule ---------------------------- */

/* As far as one line alone can tell. */
static bool
is_believed(int64_t stamp, int64_t now_ms)
{
	return stamp >= now_ms - RECORD_CLOCK_BEHIND_MS &&
	       stamp <= now_ms + RECORD_CLOCK_AHEAD_MS;
}

static void
say_time(struct explained_line *line)
{
	const struct command_context *context = line->context;
	const char *format = context->plan->logs[line->log].settings->timestamp;
	struct timestamp *timestamp =
	    format ? timestamp_new(format, NULL) : NULL;
	struct timestamp_near near = {context->now_ms, context->now_ms};
	int64_t stamp =
	    timestamp ? timestamp_read(timestamp, line->raw, &near) : 0;
	char text[CLOCK_TEXT_MAX];
	const char *name;

	line->time_ms =
	    is_believed(stamp, context->now_ms) ? stamp : context->now_ms;
	if (stamp) {
		clock_format_local(stamp, text);
		name = timestamp_format_name(timestamp);
		buf_addf(line->out, "  time      %s (%s)%s\n", text,
		    name ? name : format,
		    line->time_ms == stamp ? ""
					   : "; a line of now with this time "
					     "counts at its arrival");
	} else {
		buf_add_str(line->out,
		    "  time      none is read: it counts at its arrival\n");
	}
	timestamp_free(timestamp);
}

static void
say_redacted(const struct explained_line *line, bool withheld)
{
	if (line->shown.data == line->raw.data)
		return;
	buf_add_str(line->out,
	    withheld ? "  redact    not decided: the line is withheld\n"
		     : "  redact    ");
	if (withheld)
		return;
	text_shown(line->out, line->shown, LINE_MAX_SHOWN);
	buf_add_byte(line->out, '\n');
}

/* --- A log ---------------------------------------------------------------- */

struct others {
	struct buf silent; /* rules that do not match */
	size_t found;
};

/* The rules of a [logcheck] are many, and go by its name. */
static void
say_unseen(const struct plan *plan, size_t rule, struct buf *out)
{
	const struct plan_report *report = plan->rules[rule].report;

	if (report && rule != report->first_rule)
		return;
	buf_addf(out, "%s %s: does not see the line (then = stop)\n",
	    report ? "logcheck" : "rule",
	    report ? report->name : rule_name(plan->rules[rule].rule));
}

static void
explain_rules(const struct explained_line *line, struct others *others)
{
	const struct plan *plan = line->context->plan;
	enum explained explained = EXPLAINED_NO;

	for (size_t i = 0; i < plan->rule_count; i++) {
		const char *name = rule_name(plan->rules[i].rule);

		if (!plan->rules[i].logs[line->log])
			continue;
		if (explained == EXPLAINED_STOPS) {
			say_unseen(plan, i, line->out);
			continue;
		}
		explained = explain_rule(line, i);
		others->found += explained != EXPLAINED_NO;
		if (explained == EXPLAINED_NO && !plan->rules[i].report &&
		    others->silent.len < NAMES_MAX)
			buf_addf(&others->silent, "%s%s",
			    others->silent.len ? ", " : "", name);
	}
}

/* True when a rule has something to say. */
static bool
explain_log(const struct command_context *context, size_t log, struct span raw,
    struct buf *out)
{
	const struct plan_log *planned = &context->plan->logs[log];
	struct buf text = BUF_INIT, copy = BUF_INIT;
	struct explained_line line = {.context = context,
	    .log = log,
	    .raw = raw,
	    .scratch = pattern_scratch_new(),
	    .out = &text};
	struct others others = {BUF_INIT, 0};
	bool withheld = false;

	pattern_scratch_clock(line.scratch, clock_boot_ms);
	line.shown = redact_text(
	    planned->redact, line.scratch, NULL, raw, &copy, &withheld);
	buf_addf(&text, "log %s\n", planned->name);
	say_time(&line);
	say_redacted(&line, withheld);
	explain_rules(&line, &others);
	if (others.silent.len)
		buf_addf(&text, "no match: %s\n", buf_str(&others.silent));
	buf_add_span(out, buf_span(&text));
	pattern_scratch_free(line.scratch);
	buf_release(&others.silent);
	buf_release(&copy);
	buf_release(&text);
	return others.found > 0;
}

static void
explain_unknown(const struct command_context *context, size_t log,
    struct span raw, struct buf *out)
{
	struct explained_line line = {.context = context,
	    .log = log,
	    .raw = raw,
	    .scratch = pattern_scratch_new(),
	    .out = out};

	pattern_scratch_clock(line.scratch, clock_boot_ms);
	explain_nearest(&line);
	pattern_scratch_free(line.scratch);
}

/* --- The command ---------------------------------------------------------- */

/* SIZE_MAX: every log. */
static int
find_log(
    const struct plan *plan, const char *name, size_t *out, struct err *err)
{
	*out = SIZE_MAX;
	if (!name)
		return 0;
	for (size_t i = 0; i < plan->log_count; i++)
		if (!strcmp(plan->logs[i].name, name)) {
			*out = i;
			return 0;
		}
	return err_set(err, "there is no log `%s'", name);
}

/* Where no log was named: those with something to say, and the names of the
 * others. */
static void
explain_all(
    const struct command_context *context, struct span line, struct buf *out)
{
	struct buf text = BUF_INIT, silent = BUF_INIT;
	bool one = context->plan->log_count == 1, any = false;

	for (size_t i = 0; i < context->plan->log_count; i++) {
		bool found;

		buf_reset(&text);
		found = explain_log(context, i, line, &text);
		any = any || found;
		if (found || one)
			buf_add_span(out, buf_span(&text));
		else if (silent.len < NAMES_MAX)
			buf_addf(&silent, "%s%s", silent.len ? ", " : "",
			    context->plan->logs[i].name);
	}
	if (silent.len)
		buf_addf(out, "no rule of these logs matches: %s\n",
		    buf_str(&silent));
	if (!any)
		explain_unknown(context, EXPLAIN_ALL_LOGS, line, out);
	buf_release(&text);
	buf_release(&silent);
}

/* It may be the beginning of a line, but then it can be said so. */
static int
refuse_option(const char *word, struct err *err)
{
	err_set(err,
	    "explain has no option `%.40s'; a line that begins so is "
	    "written behind `--'",
	    word);
	return EX_USAGE;
}

static int
run(const struct command_context *context, int argc, const char *const *argv,
    struct buf *out, struct err *err)
{
	const char *name = NULL;
	size_t log;
	int at = 0;

	if (argc && !strcmp(argv[0], "--log")) {
		name = argc > 1 ? argv[1] : NULL;
		at = name ? 2 : 1;
	}
	if (at < argc && !strcmp(argv[at], "--"))
		at++;
	else if (at < argc && !strncmp(argv[at], "--", 2))
		return refuse_option(argv[at], err);
	if (argc - at != 1) {
		err_set(err, "%s", usage);
		return EX_USAGE;
	}
	if (find_log(context->plan, name, &log, err))
		return EX_NOINPUT;
	if (log == SIZE_MAX)
		explain_all(context, span_str(argv[at]), out);
	else if (!explain_log(context, log, span_str(argv[at]), out))
		explain_unknown(context, log, span_str(argv[at]), out);
	return EX_OK;
}

const struct command command_explain = {
    .name = "explain",
    .usage = "[--log NAME] LINE",
    .help = "say what each rule makes of this line, and why",
    .run = run,
};
