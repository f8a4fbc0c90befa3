/*
 * pattern_verb: what may stand before a pattern.
 *
 * Hides which of PCRE2's (*NAME) change what a pattern means, which is its
 * author's business, and which what it may cost, which is ours.
 */
#include "config.h"

#include <string.h>

#include "judge/pattern_internal.h"

/* What may stand before a pattern in the form (*NAME).  Those that take our
 * limits, the choice of bytes or the JIT out of our hands are refused. */
static const struct pattern_verb {
	const char *name;
	const char *instead; /* NULL: allowed */
} pattern_verbs[] = {
    {"UTF", "write flags = utf"},
    {"UCP", "write flags = utf"},
    {"LIMIT_MATCH=", "ctail sets the limits itself"},
    {"LIMIT_DEPTH=", "ctail sets the limits itself"},
    {"LIMIT_RECURSION=", "ctail sets the limits itself"},
    {"LIMIT_HEAP=", "ctail sets the limits itself"},
    {"NO_JIT)", "leave it out"},
    {"NO_START_OPT)", "leave it out"},
    {"NO_AUTO_POSSESS)", "leave it out"},
    {"NO_DOTSTAR_ANCHOR)", "leave it out"},
    {"NOTEMPTY)", "leave it out"},
    {"NOTEMPTY_ATSTART)", "leave it out"},
    {"CR)", NULL},
    {"LF)", NULL},
    {"CRLF)", NULL},
    {"ANYCRLF)", NULL},
    {"ANY)", NULL},
    {"NUL)", NULL},
    {"BSR_ANYCRLF)", NULL},
    {"BSR_UNICODE)", NULL},
};

static const struct pattern_verb *
pattern_verb_find(const char *text)
{
	size_t i, count = sizeof(pattern_verbs) / sizeof(pattern_verbs[0]);

	if (strncmp(text, "(*", 2))
		return NULL;
	for (i = 0; i < count; i++) {
		const char *name = pattern_verbs[i].name;

		if (!strncmp(text + 2, name, strlen(name)))
			return &pattern_verbs[i];
	}
	return NULL;
}

int
pattern_check_verbs(const char *text, struct err *err)
{
	const char *at = text;
	const struct pattern_verb *verb;

	while ((verb = pattern_verb_find(at))) {
		if (verb->instead)
			return err_set(err,
			    "column %zu: a pattern must not begin with "
			    "(*%.*s...): %s",
			    (size_t)(at - text) + 1,
			    (int)strcspn(verb->name, "=)"), verb->name,
			    verb->instead);
		at += 2 + strlen(verb->name);
	}
	return 0;
}
