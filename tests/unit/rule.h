/*
 * rule: a rule made of "key = value" pairs, for the unit tests of judge.
 */
#ifndef CTAIL_TESTS_RULE_H
#define CTAIL_TESTS_RULE_H

#include "judge/rule.h"
#include "tap.h"

/* A rule from "key = value" pairs. */
struct fixture {
	struct rule_settings settings;
	struct rule_files files;
	struct rule *rule;
	struct quarantine *quarantine;	/* or NULL */
	struct pattern_scratch *scratch;
	struct rule_match match;
	char reports[4096];
	int report_count, skip_count;
};

static inline void
fixture_set(struct fixture *f, const char *key, const char *value)
{
	const struct setting *row =
	    setting_find(&rule_setting_table, span_str(key));
	struct origin origin = {"test.ini", (unsigned)strlen(value)};
	struct err err = ERR_INIT;

	if (!row ||
	    setting_set(row, &f->settings, span_str(value), origin, &err))
		printf("# cannot set %s: %s\n", key, err.text);
}

static inline void
fixture_report(void *arg, struct origin origin, const char *text)
{
	struct fixture *f = arg;
	size_t used = strlen(f->reports);

	f->report_count++;
	snprintf(f->reports + used, sizeof(f->reports) - used, "%s:%u:%s\n",
	    origin.file, origin.line, text);
}

static inline void
fixture_skip(void *arg, struct origin origin, const char *text)
{
	struct fixture *f = arg;

	(void)origin;
	(void)text;
	f->skip_count++;
}

static inline void
fixture_init(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->scratch = pattern_scratch_new();
	setting_defaults(&rule_setting_table, &f->settings);
}

static inline bool
fixture_make(struct fixture *f)
{
	f->rule = rule_new("test", &f->settings, &f->files, fixture_report,
	    fixture_skip, f);
	return f->rule != NULL;
}

static inline bool
fixture_try(struct fixture *f, const char *line)
{
	rule_try(f->rule, f->scratch, f->quarantine, span_str(line),
	    &f->match);
	return f->match.matched;
}

static inline void
fixture_release(struct fixture *f)
{
	rule_free(f->rule);
	pattern_scratch_free(f->scratch);
	setting_release(&rule_setting_table, &f->settings);
}

#endif
