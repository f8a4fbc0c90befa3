/*
 * when: the table of kinds, and the words of the `when` key.
 *
 * Hides which kinds have state, and which are clocks.
 */
#include "config.h"

#include <string.h>

#include "base/units.h"
#include "base/words.h"
#include "judge/record_clock.h"
#include "judge/when_internal.h"

static const struct when_kind *const when_kinds[] = {
    &when_kind_each,
    &when_kind_count,
    &when_kind_distinct,
    &when_kind_new,
    &when_kind_absent,
    &when_kind_unless,
};

#define WHEN_KINDS (sizeof(when_kinds) / sizeof(when_kinds[0]))

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
	return err_set(err,
	    "\"%.*s\" is no condition: there are \"each\", \"5 in 10m\", "
	    "\"distinct 5 CAPTURE in 10m\", \"new\", \"absent 26h\" and "
	    "\"unless RULE in 10m\"",
	    span_shown(word), word.data);
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

int
when_parse_time(struct span word, int64_t max_ms, int64_t *out, struct err *err)
{
	char longest[UNITS_TEXT_MAX];

	if (duration_parse(word, out, err))
		return -1;
	if (*out >= 1 && *out <= max_ms)
		return 0;
	duration_format(max_ms, longest);
	return err_set(err,
	    "the time of a condition must be longer than 0 and at most %s",
	    longest);
}

int
when_parse_name(
    struct span word, const char *what, struct when_spec *spec, struct err *err)
{
	if (word.len >= sizeof(spec->name) || memchr(word.data, 0, word.len))
		return err_set(err,
		    "\"%.*s\" cannot be the name of a %s: it is too long",
		    span_shown(word), word.data, what);
	memcpy(spec->name, word.data, word.len);
	spec->name[word.len] = 0;
	return 0;
}

void
when_format(const void *spec, struct buf *out)
{
	const struct when_spec *when = spec;

	when->kind->format(when, out);
}

enum when_class
when_class(const struct when_spec *spec)
{
	return spec->kind->class;
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

size_t
when_bytes(const struct when_spec *spec, const struct when_state *state)
{
	return state ? spec->kind->bytes(state) : 0;
}

enum when_answer
when_feed(const struct when_spec *spec, struct when_state *state,
    const struct when_match *match, struct when_met *met_out)
{
	return spec->kind->feed(spec, state, match, met_out);
}

enum when_answer
when_partner(const struct when_spec *spec, struct when_state *state,
    const struct when_match *match, struct when_met *met_out)
{
	if (!state || !spec->kind->partner)
		return WHEN_COUNTED;
	return spec->kind->partner(spec, state, match, met_out);
}

void
when_start(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, int64_t now_ms)
{
	if (state && spec->kind->start)
		spec->kind->start(spec, state, hours, now_ms);
}

int64_t
when_deadline(const struct when_spec *spec, const struct when_state *state)
{
	return state && spec->kind->deadline ? spec->kind->deadline(state) : 0;
}

bool
when_ring(const struct when_spec *spec, struct when_state *state,
    int64_t now_ms, struct when_met *met_out)
{
	if (!state || !spec->kind->ring)
		return false;
	return spec->kind->ring(spec, state, now_ms, met_out);
}

int64_t
when_pending(const struct when_spec *spec, const struct when_state *state)
{
	return state ? spec->kind->pending(spec, state) : 0;
}

int64_t
when_kept(const struct when_spec *spec, const struct when_state *state)
{
	if (state && spec->kind->kept)
		return spec->kind->kept(state);
	return when_pending(spec, state);
}

int64_t
when_newest(const struct when_spec *spec, const struct when_state *state)
{
	return state ? spec->kind->newest(state) : 0;
}

void
when_settle(const struct when_spec *spec, struct when_state *state,
    const struct hours_spec *hours, int64_t now_ms)
{
	if (state)
		spec->kind->settle(spec, state, hours, now_ms);
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
    const struct hours_spec *hours, struct span bytes, int64_t now_ms,
    struct err *err)
{
	if (!state) {
		if (bytes.len)
			return err_set(err,
			    "a stored condition has a state that \"%s\" does "
			    "not know",
			    spec->kind->form);
		return 0;
	}
	if (spec->kind->load(spec, state, hours, bytes, now_ms, err))
		return -1;
	when_settle(spec, state, hours, now_ms);
	return 0;
}

int64_t
when_window_start(
    const struct when_spec *spec, int64_t newest_ms, int64_t second_ms)
{
	int64_t furthest_ms =
	    newest_ms - spec->window_ms - RECORD_CLOCK_BEHIND_MS;
	int64_t start_ms = second_ms - spec->window_ms;

	return start_ms > furthest_ms ? start_ms : furthest_ms;
}

void
when_put(struct buf *out, uint64_t number, int bytes)
{
	while (bytes-- > 0)
		buf_add_byte(out, (char)(number >> (8 * bytes) & 0xff));
}

uint64_t
when_get(const char *data, int bytes)
{
	uint64_t number = 0;

	while (bytes-- > 0)
		number = number << 8 | (unsigned char)*data++;
	return number;
}
