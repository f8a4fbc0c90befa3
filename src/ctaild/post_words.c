/*
 * post_words: what of a sink's life is worth a word, to the journal and to
 * people.
 *
 * Said when something changes, never at every attempt; what a sink that comes
 * and goes, or refuses everything, could repeat is told once an hour.
 */
#include "config.h"

#include <string.h>

#include "base/diag.h"
#include "ctaild/post.h"

#define WORD_EVERY_MS (60LL * 60 * 1000)	/* of one kind, about a sink */
#define DEAD_LINES 10	/* of the journal, in that time */

static struct sink_word *
begin_word(struct post *post, enum sink_word_kind kind, const char *reason)
{
	struct sink_word *word = &post->words[kind];

	*word = (struct sink_word){0};
	memcpy(word->reason, reason, sizeof(word->reason));
	post->word_is_due[kind] = true;
	return word;
}

static bool
is_long_ago(int64_t then_ms, int64_t now_ms)
{
	return !then_ms || then_ms > now_ms ||
	       now_ms - then_ms >= WORD_EVERY_MS;
}

static void
tell_dead(struct post *post, const char *reason, int64_t now_ms)
{
	struct post_health *health = &post->health;

	begin_word(post, SINK_GIVES_UP, reason)->count = health->dead_untold;
	health->dead_untold = 0;
	health->dead_told_ms = now_ms;
}

/* `alerts --dead' lists them all; the journal of one sink's long outage must
 * not. */
static void
say_dead(struct post *post, const char *reason, int64_t now_ms)
{
	if (is_long_ago(post->dead_said_ms, now_ms)) {
		post->dead_said_ms = now_ms;
		post->dead_said = 0;
	}
	if (post->dead_said == DEAD_LINES)
		return;
	post->dead_said++;
	diag(DIAG_ERROR, "sink %s: an alert is given up: %s; see "
	    "`ctailctl alerts --dead'%s", post->name, reason,
	    post->dead_said < DEAD_LINES
		? ""
		: " (more of them within the hour are not logged)");
}

/* A word that nobody heard is not worth another one. */
void
post_note_dead(struct post *post, const struct post_row *row,
    const char *reason, int64_t now_ms)
{
	say_dead(post, reason, now_ms);
	if (row->is_word)
		return;
	post->health.given_up++;
	if (post->word_is_due[SINK_GIVES_UP]) {
		post->words[SINK_GIVES_UP].count++;
		return;
	}
	post->health.dead_untold++;
	if (is_long_ago(post->health.dead_told_ms, now_ms))
		tell_dead(post, reason, now_ms);
}

/* Once for each text, and not for each of a server that words it anew. */
void
post_note_partly(
    struct post *post, const struct outcome *outcome, int64_t now_ms)
{
	struct post_health *health = &post->health;

	if (outcome->class != OUTCOME_DELIVERED)
		return;
	if (!outcome->partly) {
		*health->partly = '\0';
		return;
	}
	if (!strcmp(health->partly, outcome->text) ||
	    (*health->partly && !is_long_ago(health->partly_told_ms, now_ms)))
		return;
	memcpy(health->partly, outcome->text, sizeof(health->partly));
	health->partly_told_ms = now_ms;
	diag(DIAG_WARNING, "sink %s delivers, but not to everybody: %s",
	    post->name, outcome->text);
	begin_word(post, SINK_PARTLY, outcome->text);
}

static void
say_failing(const struct post *post, const struct outcome *outcome,
    const struct circuit *before)
{
	const struct circuit *circuit = &post->health.circuit;

	if (circuit->gone && !before->gone)
		diag(DIAG_ERROR, "sink %s: %s; it is gone for good and is not "
		    "tried again until the configuration is loaded again, or "
		    "by `ctailctl retry --sink %s' or `ctailctl send-test "
		    "%s'", post->name, outcome->text, post->name, post->name);
	else if (circuit->failures && !before->failures)
		diag(DIAG_WARNING, "sink %s: %s; it will be tried again",
		    post->name, outcome->text);
	else if (circuit->told && !before->told)
		diag(DIAG_ERROR, "sink %s still cannot deliver: %s",
		    post->name, outcome->text);
}

/* Said when a sink begins to fail and when it works again, not at every
 * attempt. */
void
post_note_change(struct post *post, const struct outcome *outcome,
    const struct circuit *before, enum circuit_word word)
{
	struct post_health *health = &post->health;
	struct sink_word *said;

	if (outcome->class == OUTCOME_DELIVERED &&
	    (before->failures || word == CIRCUIT_WORKS))
		diag(DIAG_NOTICE, "sink %s: delivers again", post->name);
	say_failing(post, outcome, before);
	if (word == CIRCUIT_FAILS) {
		said = begin_word(post, SINK_FAILS, outcome->text);
		said->class = outcome->class;
		said->since_ms = health->circuit.failing_since_ms;
	} else if (word == CIRCUIT_WORKS) {
		said = begin_word(post, SINK_WORKS, outcome->text);
		said->since_ms = before->failing_since_ms;
		said->count = health->given_up;
	}
	if (outcome->class == OUTCOME_DELIVERED)
		health->given_up = 0;
}

int64_t
post_word_ms(const struct post *post, int64_t now_ms)
{
	const struct post_health *health = &post->health;

	if (!health->dead_untold || post->unrecorded)
		return 0;
	return is_long_ago(health->dead_told_ms, now_ms)
		   ? now_ms
		   : health->dead_told_ms + WORD_EVERY_MS;
}

void
post_tell_late(struct post *post, int64_t now_ms)
{
	tell_dead(post, post->health.last_answer, now_ms);
	post->unrecorded = true;
	post_store(post);
}
