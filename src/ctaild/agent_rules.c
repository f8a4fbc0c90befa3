/*
 * agent_rules: rule files that have changed, and lines of them that are
 * skipped or match everything.
 *
 * The files are looked at when the agent wakes anyway: its source sweeps about
 * once a minute.  Which lines these are is told when they are others than
 * those told last, by this process or one before.
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/sha256.h"
#include "ctaild/agent_internal.h"
#include "ctaild/alert_build.h"
#include "store/store_note.h"

#define LOOK_EVERY_MS 55000	/* so that each sweep finds it due */
#define SKIPPED_NOTE "skipped"
#define LINES_SHOWN 20

/* What is said of lines of rule files; name is that of the note. */
struct remark {
	const char *name, *subject, *text;
};

static const struct remark skipped_remark = {"rule files",
    "lines of rule files are skipped",
    "These lines are no expressions, or their files cannot be read; each is "
    "skipped, alone. All others are in force."};

static const struct remark takes_all_remark = {"take all",
    "rules match every line",
    "With such a rule in an ignore directory nothing more is reported that it "
    "is asked of. They are in force."};

/* --- Files ---------------------------------------------------------------- */

static bool
have_changed(struct agent *agent)
{
	int64_t now_ms = clock_boot_ms();

	if (!agent->rules_looked_ms ||
	    now_ms - agent->rules_looked_ms >= LOOK_EVERY_MS) {
		agent->rules_looked_ms = now_ms;
		agent->rules_changed |=
		    plan_files_changed(agent->session->plan);
	}
	return agent->rules_changed;
}

bool
agent_look_rules(struct agent *agent)
{
	struct err err = ERR_INIT;

	if (!agent->config_path || agent->stopping || agent->paused ||
	    !have_changed(agent))
		return false;
	diag(DIAG_NOTICE, "rule files have changed");
	if (!agent_reload_rules(agent, &err))
		return true;
	diag(DIAG_ERROR, "%s", err.text);
	/* What is refused is refused until it changes again. */
	agent->rules_changed = agent->paused;
	return false;
}

/* --- Lines ---------------------------------------------------------------- */

/* "" when there are none. */
static void
sum_up(const struct conf_errors *lines, char out[2 * SHA256_SIZE + 1])
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sum;

	*out = '\0';
	if (!lines->count)
		return;
	sha256_init(&sum);
	sha256_add_part(&sum, buf_span(&lines->text));
	sha256_final(&sum, digest);
	hex_encode(digest, sizeof(digest), out);
}

struct told {
	const char *name;
	struct buf sum;
};

static void
take_told(void *arg, struct span name, struct span saved)
{
	struct told *told = arg;

	if (span_is(name, told->name))
		buf_add_span(&told->sum, saved);
}

/* Whether something else was told last; what is now is remembered. */
static bool
is_news(struct agent *agent, const struct remark *remark,
    const struct conf_errors *lines)
{
	char sum[2 * SHA256_SIZE + 1];
	struct told told = {remark->name, BUF_INIT};
	struct err err = ERR_INIT;
	bool news;

	sum_up(lines, sum);
	if (store_note_each(
		agent->store, SKIPPED_NOTE, take_told, &told, &err))
		diag(DIAG_WARNING, "%s", err.text);
	news = !span_is(buf_span(&told.sum), sum);
	if (news)
		ledger_note(agent->ledger, SKIPPED_NOTE,
		    span_str(remark->name), span_str(sum));
	buf_release(&told.sum);
	return news;
}

static void
add_lines(struct alert *alert, const struct conf_errors *lines)
{
	struct span text = buf_span(&lines->text);
	const char *end;
	size_t shown = 0;

	while (shown < LINES_SHOWN &&
	       (end = memchr(text.data, '\n', text.len))) {
		size_t len = (size_t)(end - text.data);

		alert_add_line(alert, span_of(text.data, len));
		text = span_of(end + 1, text.len - len - 1);
		shown++;
	}
	if (lines->count > shown) {
		struct buf more = BUF_INIT;

		buf_addf(&more, "... and %zu more; `ctailctl check' names them",
		    lines->count - shown);
		alert_add_line(alert, buf_span(&more));
		buf_release(&more);
	}
}

static void
tell(struct agent *agent, const struct remark *remark,
    const struct conf_errors *lines)
{
	struct alert_place place = {agent->hostname, clock_wall_ms(), false};
	struct alert alert;
	struct emission emission = {.alert = &alert,
	    .sinks = conf_default_sinks(agent->session->conf)};

	alert_from_notice(&alert, &place, SEVERITY_WARNING, remark->subject,
	    remark->text);
	add_lines(&alert, lines);
	agent_emit(agent, &emission);
	alert_release(&alert);
}

static void
tell_news(struct agent *agent, const struct remark *remark,
    const struct conf_errors *lines)
{
	if (!is_news(agent, remark, lines) || !lines->count)
		return;
	diag(DIAG_WARNING, "%s: %zu; see `ctailctl check'", remark->subject,
	    lines->count);
	if (!agent->options->dry_run)
		tell(agent, remark, lines);
}

void
agent_tell_skipped(struct agent *agent)
{
	const struct plan *plan = agent->session->plan;

	if (agent->options->mode == AGENT_OFFLINE)
		return;
	tell_news(agent, &skipped_remark, &plan->skipped);
	tell_news(agent, &takes_all_remark, &plan->takes_all);
}
