/*
 * redact: finds what must be masked, and masks it in a copy.
 *
 * Hides that nothing is copied as long as nothing is found.
 */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "judge/redact.h"

#define REDACT_MASK '*'

struct redact {
	struct pattern **patterns;
	size_t count;
};

/* One text on its way. */
struct masking {
	struct pattern_scratch *scratch;
	struct quarantine *quarantine;
	struct span raw;
	struct buf *copy;
	bool copied;
};

struct redact *
redact_new(const struct setting_list *patterns,
    void (*report)(void *arg, struct origin origin, const char *text),
    void *arg)
{
	struct redact *redact;
	bool failed = false;

	if (!patterns->count)
		return NULL;
	redact = xcalloc(1, sizeof(*redact));
	redact->patterns = xcalloc(patterns->count, sizeof(*redact->patterns));
	for (size_t i = 0; i < patterns->count; i++) {
		const struct setting_item *item = &patterns->items[i];
		struct err err = ERR_INIT;
		struct pattern *pattern = pattern_new(item->text, 0, &err);

		if (pattern) {
			redact->patterns[redact->count++] = pattern;
			continue;
		}
		err_prefix(&err, "redact");
		report(arg, item->origin, err.text);
		failed = true;
	}
	if (!failed)
		return redact;
	redact_free(redact);
	return NULL;
}

void
redact_free(struct redact *redact)
{
	if (!redact)
		return;
	for (size_t i = 0; i < redact->count; i++)
		pattern_free(redact->patterns[i]);
	free(redact->patterns);
	free(redact);
}

bool
redact_has(const struct redact *redact, const struct pattern *pattern,
    size_t *which_out)
{
	for (size_t i = 0; redact && i < redact->count; i++) {
		if (redact->patterns[i] != pattern)
			continue;
		*which_out = i;
		return true;
	}
	return false;
}

const struct pattern *
redact_pattern(const struct redact *redact, size_t i)
{
	return redact && i < redact->count ? redact->patterns[i] : NULL;
}

static void
mask(struct masking *masking, size_t from, size_t len)
{
	if (!masking->copied)
		buf_add_span(masking->copy, masking->raw);
	masking->copied = true;
	if (len)
		memset(masking->copy->data + from, REDACT_MASK, len);
}

/* Masks every match; false: it could not be decided whether there is one. */
static bool
mask_matches(struct masking *masking, const struct pattern *pattern)
{
	struct captures captures;
	size_t from = 0;

	while (from <= masking->raw.len) {
		enum pattern_verdict verdict = pattern_match_from(
		    pattern, masking->scratch, masking->raw, from, &captures);
		size_t at;

		if (verdict != PATTERN_YES)
			return verdict == PATTERN_NO;
		/* Nothing was matched, and no place tells where. */
		if (!masking->raw.len)
			return true;
		at = (size_t)(captures.groups[0].data - masking->raw.data);
		if (captures.groups[0].len)
			mask(masking, at, captures.groups[0].len);
		at += captures.groups[0].len;
		from = at > from ? at : from + 1;
	}
	return true;
}

static bool
mask_pattern(struct masking *masking, const struct pattern *pattern)
{
	if (quarantine_holds(masking->quarantine, pattern))
		return false;
	if (mask_matches(masking, pattern))
		return true;
	quarantine_strike(masking->quarantine, pattern);
	return false;
}

struct span
redact_text(const struct redact *redact, struct pattern_scratch *scratch,
    struct quarantine *quarantine, struct span raw, struct buf *copy,
    bool *undecided_out)
{
	struct masking masking = {scratch, quarantine, raw, copy, false};

	*undecided_out = false;
	if (!redact)
		return raw;
	buf_reset(copy);
	for (size_t i = 0; i < redact->count; i++) {
		if (mask_pattern(&masking, redact->patterns[i]))
			continue;
		mask(&masking, 0, raw.len);
		*undecided_out = true;
		break;
	}
	return masking.copied ? buf_span(copy) : raw;
}

void
redact_level(struct span masked, struct buf *out)
{
	for (size_t i = 0; i < masked.len; i++)
		if (masked.data[i] != REDACT_MASK || !i ||
		    masked.data[i - 1] != REDACT_MASK)
			buf_add_byte(out, masked.data[i]);
}

void
redact_captures(struct captures *captures, struct span raw, struct span masked)
{
	if (raw.data == masked.data)
		return;
	for (size_t i = 0; i < captures->count; i++) {
		struct span *group = &captures->groups[i];

		if (group->data && group->data >= raw.data &&
		    group->data + group->len <= raw.data + raw.len)
			group->data = masked.data + (group->data - raw.data);
	}
}
