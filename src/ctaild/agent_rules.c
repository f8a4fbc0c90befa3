/*
 * agent_rules: rule files that have changed, and lines of them that are
 * skipped.
 *
 * The files are looked at when the agent wakes anyway: its source sweeps about
 * once a minute.  Which lines are skipped is told when they are others than
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
#define SKIPPED_NAME "rule files"
#define SKIPPED_SHOWN 20

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
sum_up(const struct conf_errors *skipped, char out[2 * SHA256_SIZE + 1])
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sum;

	*out = '\0';
	if (!skipped->count)
		return;
	sha256_init(&sum);
	sha256_add_part(&sum, buf_span(&skipped->text));
	sha256_final(&sum, digest);
	hex_encode(digest, sizeof(digest), out);
}

static void
take_told(void *arg, struct span name, struct span saved)
{
	struct buf *told = arg;

	if (span_is(name, SKIPPED_NAME))
		buf_add_span(told, saved);
}

/* Whether something else was told last; what is now is remembered. */
static bool
is_news(struct agent *agent, const struct conf_errors *skipped)
{
	char sum[2 * SHA256_SIZE + 1];
	struct buf told = BUF_INIT;
	struct err err = ERR_INIT;
	bool news;

	sum_up(skipped, sum);
	if (store_note_each(
		agent->store, SKIPPED_NOTE, take_told, &told, &err))
		diag(DIAG_WARNING, "%s", err.text);
	news = !span_is(buf_span(&told), sum);
	if (news)
		ledger_note(agent->ledger, SKIPPED_NOTE,
		    span_str(SKIPPED_NAME), span_str(sum));
	buf_release(&told);
	return news;
}

static void
add_lines(struct alert *alert, const struct conf_errors *skipped)
{
	struct span text = buf_span(&skipped->text);
	const char *end;
	size_t shown = 0;

	while (shown < SKIPPED_SHOWN &&
	       (end = memchr(text.data, '\n', text.len))) {
		size_t len = (size_t)(end - text.data);

		alert_add_line(alert, span_of(text.data, len));
		text = span_of(end + 1, text.len - len - 1);
		shown++;
	}
	if (skipped->count > shown) {
		struct buf more = BUF_INIT;

		buf_addf(&more, "... and %zu more; `ctailctl check' names them",
		    skipped->count - shown);
		alert_add_line(alert, buf_span(&more));
		buf_release(&more);
	}
}

static void
tell(struct agent *agent, const struct conf_errors *skipped)
{
	struct alert_place place = {agent->hostname, clock_wall_ms(), false};
	struct alert alert;
	struct emission emission = {.alert = &alert,
	    .sinks = conf_default_sinks(agent->session->conf)};

	alert_from_notice(&alert, &place, SEVERITY_WARNING,
	    "lines of rule files are skipped",
	    "These lines are no expressions, or their files cannot be read; "
	    "each is skipped, alone. All others are in force.");
	add_lines(&alert, skipped);
	agent_emit(agent, &emission);
	alert_release(&alert);
}

void
agent_tell_skipped(struct agent *agent)
{
	const struct conf_errors *skipped = &agent->session->plan->skipped;

	if (agent->options->mode == AGENT_OFFLINE || !is_news(agent, skipped) ||
	    !skipped->count)
		return;
	diag(DIAG_WARNING, "lines of rule files are skipped: %zu; see "
	    "`ctailctl check'", skipped->count);
	if (!agent->options->dry_run)
		tell(agent, skipped);
}
