/*
 * sink_words: the sentences about a sink that fails.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ctaild/alert_build_internal.h"
#include "ctaild/alert_row.h"
#include "ctaild/sink_words.h"

#define SHOWN 5			/* of what waits */
#define LOOKED_AT 1000		/* of what waits, the oldest */

static const char sink_rule[] = "sink";

bool
sink_word_is(const struct outbox_row *row)
{
	return span_is(row->rule, sink_rule) &&
	       (span_is(row->kind, alert_kind_name(ALERT_NOTICE)) ||
		   span_is(row->kind, alert_kind_name(ALERT_RECOVERY)));
}

struct word_run {
	struct store *store;
	const char *sink;
	const struct sink_word *word;
	int64_t now_ms;
	struct alert *alert;
	struct err *err;
};

/* --- What waits ----------------------------------------------------------- */

struct waiting {
	const char *sink;
	int64_t count, oldest_ms;
	size_t shown;
	struct {
		enum severity severity;
		struct buf subject;
	} first[SHOWN];			/* most severe first, then oldest */
};

static void
note_totals(void *arg, const struct outbox_totals *totals)
{
	struct waiting *waiting = arg;

	if (!span_is(totals->sink, waiting->sink))
		return;
	waiting->count = totals->waiting;
	waiting->oldest_ms = totals->oldest_ms;
}

static void
note_row(void *arg, const struct outbox_row *row)
{
	struct waiting *waiting = arg;
	enum severity severity = (enum severity)row->severity;
	struct buf last = BUF_INIT;
	size_t at = waiting->shown;

	while (at && waiting->first[at - 1].severity < severity)
		at--;
	if (at == SHOWN)
		return;
	if (waiting->shown == SHOWN)
		last = waiting->first[SHOWN - 1].subject;
	else
		waiting->shown++;
	for (size_t i = waiting->shown - 1; i > at; i--)
		waiting->first[i] = waiting->first[i - 1];
	buf_reset(&last);
	buf_add_span(&last, row->subject);
	waiting->first[at].severity = severity;
	waiting->first[at].subject = last;
}

static int
look_up(const struct word_run *run, struct waiting *out)
{
	struct outbox_filter filter = {.sink = run->sink, .waiting = true};
	int result;

	*out = (struct waiting){.sink = run->sink};
	result = store_outbox_totals(run->store, note_totals, out, run->err);
	return result ? result
		      : store_outbox_list(run->store, &filter, LOOKED_AT,
			    note_row, out, run->err);
}

static void
release_waiting(struct waiting *waiting)
{
	for (size_t i = 0; i < waiting->shown; i++)
		buf_release(&waiting->first[i].subject);
}

/* --- Sentences ------------------------------------------------------------ */

/* The line is the alert's from here on. */
static void
take_line(struct alert *alert, struct buf *line)
{
	alert_add_line(alert, buf_span(line));
	buf_release(line);
}

static void
add_alerts(struct buf *out, int64_t count)
{
	alert_words_count(out, count);
	buf_add_str(out, count == 1 ? " alert" : " alerts");
}

/* "since 2026-11-22 21:48:09 (2h 5m)" */
static void
add_since(struct buf *out, int64_t since_ms, int64_t now_ms)
{
	char since[CLOCK_TEXT_MAX];

	clock_format_local(since_ms, since);
	buf_addf(out, "since %s (", since);
	alert_words_elapsed(out, now_ms > since_ms ? now_ms - since_ms : 0);
	buf_add_byte(out, ')');
}

static void
add_waiting(const struct word_run *run, const struct waiting *waiting)
{
	struct buf line = BUF_INIT;

	add_alerts(&line, waiting->count);
	buf_add_str(&line, waiting->count == 1 ? " waits" : " wait");
	if (waiting->count && waiting->oldest_ms) {
		buf_add_str(&line, ", the oldest for ");
		alert_words_elapsed(&line,
		    run->now_ms > waiting->oldest_ms
			? run->now_ms - waiting->oldest_ms
			: 0);
	}
	buf_add_str(&line, waiting->shown ? ":" : ".");
	take_line(run->alert, &line);
	for (size_t i = 0; i < waiting->shown; i++) {
		buf_addf(&line, "  %s: ",
		    severity_name(waiting->first[i].severity));
		buf_add_span(&line,
		    alert_cut(buf_span(&waiting->first[i].subject),
			ALERT_SUBJECT_LINE_BYTES));
		take_line(run->alert, &line);
	}
}

static void
add_remedy(const struct word_run *run)
{
	struct buf line = BUF_INIT;

	if (run->word->class == OUTCOME_GONE)
		buf_addf(&line, "It says that it is gone for good, and is not "
		    "tried again until the configuration is loaded again, or "
		    "by `ctailctl retry --sink %s' or `ctailctl send-test "
		    "%s'.", run->sink, run->sink);
	else
		buf_addf(&line, "%s tried again all the %s, and by "
		    "`ctailctl retry --sink %s' at once.",
		    run->word->class == OUTCOME_CONFIG
			? "Nothing will be taken until a person mends that. "
			  "It is"
			: "It is",
		    run->word->class == OUTCOME_CONFIG ? "same" : "time",
		    run->sink);
	buf_add_str(&line, " `ctailctl queue' shows what waits.");
	take_line(run->alert, &line);
}

static int
tell_fails(const struct word_run *run, struct buf *subject)
{
	struct waiting waiting;
	struct buf line = BUF_INIT;
	int result = look_up(run, &waiting);

	buf_addf(subject, "sink %s cannot deliver: %s", run->sink,
	    run->word->reason);
	buf_add_str(&line, "It fails ");
	add_since(&line, run->word->since_ms, run->now_ms);
	buf_addf(&line, ": %s", run->word->reason);
	take_line(run->alert, &line);
	add_waiting(run, &waiting);
	add_remedy(run);
	release_waiting(&waiting);
	return result;
}

static int
tell_works(const struct word_run *run, struct buf *subject)
{
	struct waiting waiting;
	struct buf line = BUF_INIT;
	int result = look_up(run, &waiting);

	buf_addf(subject, "sink %s delivers again", run->sink);
	if (run->word->since_ms) {
		buf_add_str(&line, "It failed ");
		add_since(&line, run->word->since_ms, run->now_ms);
		buf_add_str(&line, ". ");
	}
	if (run->word->count) {
		add_alerts(&line, run->word->count);
		buf_add_str(&line, " of that time could not be delivered; see "
		    "`ctailctl alerts --dead'.");
	} else {
		buf_add_str(&line, "No alert was given up.");
	}
	take_line(run->alert, &line);
	if (waiting.count) {
		add_alerts(&line, waiting.count);
		buf_add_str(&line, waiting.count == 1 ? " goes" : " go");
		buf_add_str(&line, " out now.");
		take_line(run->alert, &line);
	}
	release_waiting(&waiting);
	return result;
}

static int
tell_gives_up(const struct word_run *run, struct buf *subject)
{
	struct buf line = BUF_INIT;

	buf_addf(subject, "sink %s: ", run->sink);
	add_alerts(subject, run->word->count);
	buf_addf(subject, " could not be delivered: %s", run->word->reason);
	buf_addf(&line, "Given up for good: %s", run->word->reason);
	take_line(run->alert, &line);
	buf_add_str(&line, "`ctailctl alerts --dead' shows what it was, "
	    "`ctailctl retry --dead' sends it all the same.");
	take_line(run->alert, &line);
	return 0;
}

static int
tell_partly(const struct word_run *run, struct buf *subject)
{
	struct buf line = BUF_INIT;

	buf_addf(subject, "sink %s does not reach everybody: %s", run->sink,
	    run->word->reason);
	buf_addf(&line, "Its alerts are delivered, but: %s",
	    run->word->reason);
	take_line(run->alert, &line);
	return 0;
}

/* --- The alert ------------------------------------------------------------ */

/* What fails and works again is one incident; the rest is none of it. */
static const struct word_kind {
	enum alert_kind kind;
	enum severity severity;
	const char *about;		/* of the incident's key */
	int (*tell)(const struct word_run *run, struct buf *subject);
} word_kinds[SINK_WORDS] = {
    [SINK_FAILS] = {ALERT_NOTICE, SEVERITY_ERROR, "", tell_fails},
    [SINK_WORKS] = {ALERT_RECOVERY, SEVERITY_NOTICE, "", tell_works},
    [SINK_GIVES_UP] = {ALERT_NOTICE, SEVERITY_ERROR, " gives up",
	tell_gives_up},
    [SINK_PARTLY] = {ALERT_NOTICE, SEVERITY_WARNING, " partly", tell_partly},
};

static int
build(const struct word_run *run, const struct alert_place *place,
    const struct word_kind *kind)
{
	struct buf subject = BUF_INIT, key = BUF_INIT;
	int result;

	alert_begin(run->alert, place, kind->kind, kind->severity, sink_rule);
	buf_addf(&subject, "ctail on %s: ", place->hostname);
	result = kind->tell(run, &subject);
	alert_take_subject(run->alert, &subject);
	buf_addf(&key, "%s%s", run->sink, kind->about);
	alert_set(&run->alert->key, buf_span(&key));
	buf_release(&key);
	alert_set_incident(run->alert);
	if (run->word->since_ms)
		run->alert->first_ms = run->word->since_ms;
	return result;
}

static int
store_word(struct store *store, struct alert *alert, const char *fallback,
    int64_t now_ms, struct err *err)
{
	int result = alert_row_name(store, alert, err);

	if (result < 0)
		return result;
	result = alert_row_put(store, alert, err);
	if (result < 0)
		return result;
	return store_outbox_put(store, span_str(alert->id),
	    span_str(fallback), now_ms, err);
}

int
sink_word_put(struct store *store, const char *hostname, const char *sink,
    const char *fallback, enum sink_word_kind kind,
    const struct sink_word *word, int64_t now_ms, struct err *err)
{
	struct alert_place place = {hostname, now_ms, false};
	struct alert alert;
	struct word_run run = {store, sink, word, now_ms, &alert, err};
	int result = build(&run, &place, &word_kinds[kind]);

	if (!result)
		result = store_word(store, &alert, fallback, now_ms, err);
	alert_release(&alert);
	return result;
}
