/*
 * rule_definition: what a rule's state depends on, as one number.
 *
 * Hides the order of what goes into it, which must never change: a rule whose
 * number is another begins anew.
 */
#include "config.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/sha256.h"
#include "judge/rule_internal.h"

static void
rule_definition_list(struct sha256 *sum, const struct setting_list *list)
{
	char count[32];
	size_t i;

	snprintf(count, sizeof(count), "%zu", list->count);
	sha256_add_part(sum, span_str(count));
	for (i = 0; i < list->count; i++)
		sha256_add_part(sum, span_str(list->items[i].text));
}

/* What later versions added counts only where it is used, so that an update
 * of ctail starts nothing anew. */
static void
rule_definition_more(
    struct sha256 *sum, const char *key, const struct setting_list *list)
{
	if (!list->count)
		return;
	sha256_add_part(sum, span_str(key));
	rule_definition_list(sum, list);
}

static void
rule_definition_spec(struct sha256 *sum, const char *key, const void *spec,
    void (*format)(const void *spec, struct buf *out))
{
	struct buf text = BUF_INIT;

	if (key)
		sha256_add_part(sum, span_str(key));
	format(spec, &text);
	sha256_add_part(sum, buf_span(&text));
	buf_release(&text);
}

void
rule_definition(const struct rule *rule, char out[65])
{
	const struct rule_settings *settings = rule->settings;
	unsigned char digest[SHA256_SIZE];
	struct sha256 sum;
	char flags[32];

	sha256_init(&sum);
	rule_definition_list(&sum, &settings->match);
	rule_definition_list(&sum, &settings->exclude);
	snprintf(flags, sizeof(flags), "%u", settings->flags);
	sha256_add_part(&sum, span_str(flags));
	rule_definition_spec(&sum, NULL, &settings->when, when_format);
	sha256_add_part(&sum, span_str(settings->key));
	rule_definition_spec(&sum, NULL, &settings->throttle, throttle_format);
	rule_definition_more(&sum, "match_file", &rule->files.match);
	rule_definition_more(&sum, "exclude_file", &rule->files.exclude);
	rule_definition_more(&sum, "close", &settings->close);
	if (settings->hours.count)
		rule_definition_spec(
		    &sum, "hours", &settings->hours, hours_format);
	if (settings->batch.period_ms)
		rule_definition_spec(
		    &sum, "batch", &settings->batch, batch_format);
	sha256_final(&sum, digest);
	hex_encode(digest, sizeof(digest), out);
}
