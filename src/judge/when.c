/*
 * when: the table of kinds, and the words of the `when` key.
 *
 * Hides which kinds have state and which have none.
 */
#include "config.h"

#include "judge/when_internal.h"
#include "judge/words.h"

/* A record's time may lie this far after now (DESIGN.md section 5). */
#define WHEN_AHEAD_MS (60 * 1000)

static const struct when_kind *const when_kinds[] = {
    &when_kind_each,
    &when_kind_count,
};

#define WHEN_KINDS (sizeof(when_kinds) / sizeof(when_kinds[0]))

/* Words that begin a condition of a later version. */
static const char *const when_not_built[] = {
    "distinct", "new", "absent", "unless", NULL};

static int
when_split(struct span text, struct when_words *out, struct err *err)
{
	struct span word;

	out->count = 0;
	while ((word = words_next(&text)).len) {
		if (out->count == WHEN_WORDS_MAX)
			return err_set(err, "too many words for a condition");
		out->word[out->count++] = word;
	}
	if (!out->count)
		return err_set(err, "a condition is missing: write \"each\" or "
				    "for example \"5 in 10m\"");
	return 0;
}

static int
when_unknown(struct span word, struct err *err)
{
	size_t i;

	for (i = 0; when_not_built[i]; i++) {
		if (span_is(word, when_not_built[i]))
			return err_set(err,
			    "the condition \"%s\" is not built yet in this "
			    "version of ctail",
			    when_not_built[i]);
	}
	return err_set(err,
	    "\"%.*s\" is no condition: write \"each\" or for example "
	    "\"5 in 10m\"",
	    words_shown(word), word.data);
}

int
when_parse(struct span text, void *spec, struct err *err)
{
	struct when_spec parsed = {0};
	struct when_words words;
	size_t i;
	int result;

	if (when_split(text, &words, err))
		return -1;
	for (i = 0; i < WHEN_KINDS; i++) {
		result = when_kinds[i]->parse(&words, &parsed, err);
		if (result < 0)
			return -1;
		if (result) {
			parsed.kind = when_kinds[i];
			*(struct when_spec *)spec = parsed;
			return 0;
		}
	}
	return when_unknown(words.word[0], err);
}

void
when_format(const void *spec, struct buf *out)
{
	const struct when_spec *when = spec;

	when->kind->format(when, out);
}

struct when_state *
when_state_new(const struct when_spec *spec)
{
	return spec->kind->state_new ? spec->kind->state_new(spec) : NULL;
}

void
when_state_free(const struct when_spec *spec, struct when_state *state)
{
	if (state)
		spec->kind->state_free(state);
}

bool
when_feed(const struct when_spec *spec, struct when_state *state,
    int64_t time_ms, int64_t *count_out, int64_t *first_ms_out)
{
	return spec->kind->feed(spec, state, time_ms, count_out, first_ms_out);
}

int64_t
when_pending(const struct when_spec *spec, const struct when_state *state)
{
	return state ? spec->kind->pending(state) : 0;
}

int64_t
when_newest(const struct when_spec *spec, const struct when_state *state)
{
	return state ? spec->kind->newest(state) : 0;
}

void
when_settle(
    const struct when_spec *spec, struct when_state *state, int64_t now_ms)
{
	if (state && spec->kind->newest(state) - WHEN_AHEAD_MS > now_ms)
		spec->kind->settle(state, now_ms);
}

void
when_save(const struct when_spec *spec, const struct when_state *state,
    struct buf *out)
{
	if (state)
		spec->kind->save(state, out);
}

int
when_load(const struct when_spec *spec, struct when_state *state,
    struct span bytes, int64_t now_ms, struct err *err)
{
	if (!state) {
		if (bytes.len)
			return err_set(err,
			    "a stored condition has a state that \"%s\" does "
			    "not know",
			    spec->kind->form);
		return 0;
	}
	if (spec->kind->load(spec, state, bytes, err))
		return -1;
	when_settle(spec, state, now_ms);
	return 0;
}
