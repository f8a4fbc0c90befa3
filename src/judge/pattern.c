/*
 * pattern: the only includer of pcre2.h.
 *
 * Hides how PCRE2 is asked (JIT first, the interpreter where there is no JIT
 * or its stack is too small) and which limits it runs under.  Whatever is
 * neither a match nor a clean "no" is "not decided".
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/bug.h"
#include "base/mem.h"
#include "judge/pattern.h"
#include "judge/pattern_internal.h"

enum {
	PATTERN_LENGTH_MAX = 65536,
	MATCH_LIMIT = 100000, /* for one place where a match may begin */
	CHEAP_LIMIT = 300,    /* the same for a try that may be given up */
	COARSE_LIMIT = 2000,  /* what nearly every place can do with */
	COARSE_PLACES = 4096, /* places tried between two looks at the clock */
	FINE_PLACES = 64,
	SLOW_PLACES = 8, /* the same where there is no JIT */
	QUICK_PLACES = 1024, /* of a long subject that goes quickly */
	LEAST_LIMIT = 16,
	SLICE_BYTES = 32 * 1024 * 1024, /* that one place may look at */
	SLICE_SHARE = 4,		/* and all of a slice, so many times */
	DEPTH_LIMIT = 100000,
	HEAP_LIMIT_KIB = 32 * 1024,
	JIT_STACK_MIN = 32 * 1024,
	JIT_STACK_MAX = 1024 * 1024,
};

/* Most patterns of a long list never come to be tried, thanks to prefilter.h:
 * compiling to machine code waits for the first time. */
enum pattern_jit { JIT_UNTRIED, JIT_READY, JIT_NONE };

struct pattern {
	char *text;
	pcre2_code *code;
	enum pattern_jit *jit; /* changes though the pattern is const */
	unsigned flags;
	bool utf;
	bool sliced;	 /* may be searched in slices */
	uint32_t groups; /* the highest number */
	uint32_t names;
	uint32_t name_size; /* of one entry in name_table */
	PCRE2_SPTR name_table;
};

struct pattern_scratch {
	pcre2_general_context *memory;
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_jit_stack *stack; /* NULL: this machine has no JIT */
	pattern_clock *clock;	/* NULL: no time limit */
	int64_t until;		/* of the search that runs; 0: not begun */
	int64_t looked;		/* at the clock, last */
};

/* PCRE2 gets its memory here, so that running out of it ends in mem.c. */
static void *
pattern_memory_get(size_t size, void *arg)
{
	(void)arg;
	return xmalloc(size);
}

static void
pattern_memory_free(void *memory, void *arg)
{
	(void)arg;
	free(memory);
}

static pcre2_general_context *
pattern_memory(void)
{
	return pcre2_general_context_create(
	    pattern_memory_get, pattern_memory_free, NULL);
}

static uint32_t
pattern_options(unsigned flags)
{
	uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C |
			   PCRE2_USE_OFFSET_LIMIT;

	if (flags & PATTERN_UTF)
		options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_UCP;
	else
		options |= PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
	if (flags & PATTERN_NOCASE)
		options |= PCRE2_CASELESS;
	if (flags & PATTERN_EXTENDED)
		options |= PCRE2_EXTENDED;
	return options;
}

static pcre2_code *
pattern_compile(const char *text, unsigned flags, struct err *err)
{
	pcre2_general_context *memory = pattern_memory();
	pcre2_compile_context *context = pcre2_compile_context_create(memory);
	pcre2_code *code;
	PCRE2_SIZE offset = 0;
	int error = 0;

	/* What was configured into the library must not change what a
	 * pattern means. */
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	pcre2_set_bsr(context, PCRE2_BSR_UNICODE);
	pcre2_set_max_pattern_length(context, PATTERN_LENGTH_MAX);
	code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED,
	    pattern_options(flags), &error, &offset, context);
	if (!code) {
		const char *ours = pattern_mistake_words(error);
		PCRE2_UCHAR words[256] = "";

		pcre2_get_error_message(error, words, sizeof(words));
		err_set(err, "column %zu: %s", (size_t)offset + 1,
		    ours ? ours : (const char *)words);
	}
	pcre2_compile_context_free(context);
	pcre2_general_context_free(memory);
	return code;
}

static void
pattern_describe(struct pattern *pattern)
{
	pcre2_pattern_info(
	    pattern->code, PCRE2_INFO_CAPTURECOUNT, &pattern->groups);
	pcre2_pattern_info(
	    pattern->code, PCRE2_INFO_NAMECOUNT, &pattern->names);
	pcre2_pattern_info(
	    pattern->code, PCRE2_INFO_NAMEENTRYSIZE, &pattern->name_size);
	pcre2_pattern_info(
	    pattern->code, PCRE2_INFO_NAMETABLE, &pattern->name_table);
}

/* What compiles and is still more than a capture can express. */
static int
pattern_check_groups(const struct pattern *pattern, struct err *err)
{
	const char *name, *before = NULL;
	size_t i;

	if (pattern->groups >= PATTERN_GROUPS_MAX)
		return err_set(err,
		    "the pattern has %u groups, %d are possible; write (?:...) "
		    "where nothing is to be captured",
		    (unsigned)pattern->groups, PATTERN_GROUPS_MAX - 1);
	for (i = 0; (name = pattern_group_name(pattern, i, NULL)); i++) {
		if (before && !strcmp(before, name))
			return err_set(err,
			    "two groups have the name \"%s\"; write the "
			    "alternatives as lines of their own",
			    name);
		before = name;
	}
	return 0;
}

/* \G, as opposed to an escaped backslash before a G. */
static bool
pattern_has_anchor(const char *text)
{
	const char *at = text;

	while ((at = strchr(at, '\\')) && at[1]) {
		if (at[1] == 'G')
			return true;
		at += 2;
	}
	return false;
}

struct pattern *
pattern_new(const char *text, unsigned flags, struct err *err)
{
	struct pattern *pattern;
	pcre2_code *code;

	if (pattern_check_verbs(text, err))
		return NULL;
	code = pattern_compile(text, flags, err);
	if (!code)
		return NULL;
	pattern = xcalloc(1, sizeof(*pattern));
	pattern->text = xstrdup(text);
	pattern->code = code;
	pattern->jit = xcalloc(1, sizeof(*pattern->jit));
	*pattern->jit = flags & PATTERN_INTERPRETED ? JIT_NONE : JIT_UNTRIED;
	pattern->flags = flags;
	pattern->utf = flags & PATTERN_UTF;
	/* \G means "where this search began", which a slice would move. */
	pattern->sliced = !pattern_has_anchor(text);
	pattern_describe(pattern);
	if (pattern_check_groups(pattern, err)) {
		pattern_free(pattern);
		return NULL;
	}
	return pattern;
}

void
pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_code_free(pattern->code);
	free(pattern->jit);
	free(pattern->text);
	free(pattern);
}

const char *
pattern_text(const struct pattern *pattern)
{
	return pattern->text;
}

unsigned
pattern_flags(const struct pattern *pattern)
{
	return pattern->flags;
}

bool
pattern_needs_text(const struct pattern *pattern)
{
	uint32_t least = 0;

	pcre2_pattern_info(pattern->code, PCRE2_INFO_MINLENGTH, &least);
	return least > 0;
}

const char *
pattern_group_name(const struct pattern *pattern, size_t i, size_t *number_out)
{
	PCRE2_SPTR entry;

	if (i >= pattern->names)
		return NULL;
	entry = pattern->name_table + i * pattern->name_size;
	if (number_out)
		*number_out = (size_t)entry[0] << 8 | entry[1];
	return (const char *)entry + 2;
}

size_t
pattern_group(const struct pattern *pattern, struct span name)
{
	const char *known;
	size_t i, number;

	for (i = 0; (known = pattern_group_name(pattern, i, &number)); i++) {
		if (span_is(name, known))
			return number;
	}
	return 0;
}

size_t
pattern_group_count(const struct pattern *pattern)
{
	return pattern->groups;
}

struct pattern_scratch *
pattern_scratch_new(void)
{
	struct pattern_scratch *scratch = xcalloc(1, sizeof(*scratch));

	scratch->memory = pattern_memory();
	scratch->context = pcre2_match_context_create(scratch->memory);
	pcre2_set_match_limit(scratch->context, MATCH_LIMIT);
	pcre2_set_depth_limit(scratch->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(scratch->context, HEAP_LIMIT_KIB);
	scratch->data =
	    pcre2_match_data_create(PATTERN_GROUPS_MAX, scratch->memory);
	scratch->stack = pcre2_jit_stack_create(
	    JIT_STACK_MIN, JIT_STACK_MAX, scratch->memory);
	if (scratch->stack)
		pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
	return scratch;
}

void
pattern_scratch_free(struct pattern_scratch *scratch)
{
	if (!scratch)
		return;
	pcre2_jit_stack_free(scratch->stack);
	pcre2_match_data_free(scratch->data);
	pcre2_match_context_free(scratch->context);
	pcre2_general_context_free(scratch->memory);
	free(scratch);
}

void
pattern_scratch_clock(struct pattern_scratch *scratch, pattern_clock *clock)
{
	scratch->clock = clock;
}

/* Tries the places from first to last where a match may begin. */
static int
pattern_run(const struct pattern *pattern, struct pattern_scratch *scratch,
    struct span subject, size_t first, size_t last, uint32_t limit)
{
	PCRE2_SPTR bytes = (PCRE2_SPTR)(subject.len ? subject.data : "");
	int result;

	pcre2_set_offset_limit(scratch->context, last);
	pcre2_set_match_limit(scratch->context, limit);
	if (*pattern->jit == JIT_READY) {
		result = pcre2_jit_match(pattern->code, bytes, subject.len,
		    first, 0, scratch->data, scratch->context);
		if (result != PCRE2_ERROR_JIT_STACKLIMIT &&
		    result != PCRE2_ERROR_JIT_BADOPTION)
			return result;
	}
	return pcre2_match(pattern->code, bytes, subject.len, first,
	    PCRE2_NO_JIT, scratch->data, scratch->context);
}

/* Read between slices only, so that ordinary lines never pay for it. */
static bool
pattern_time_is_up(struct pattern_scratch *scratch)
{
	int64_t now = scratch->clock();

	if (!scratch->until)
		scratch->until = now + PATTERN_BUDGET_MS;
	scratch->looked = now;
	return now > scratch->until;
}

/* A match cannot begin inside a character, where bytes make up characters. */
static size_t
pattern_next_place(
    const struct pattern *pattern, struct span subject, size_t at)
{
	while (pattern->utf && at < subject.len &&
	       ((unsigned char)subject.data[at] & 0xc0) == 0x80)
		at++;
	return at;
}

/* What counts as one step may be a look at all of a subject, and a place may
 * be given up after one: the longer it is, the fewer between two looks at the
 * clock. */
static size_t
pattern_share(struct span subject, size_t least, size_t most)
{
	size_t share = SLICE_BYTES / (subject.len + 1);

	if (share > most)
		return most;
	return share < least ? least : share;
}

/* The places up to last in small slices under the full limit, which a long
 * subject gets bit by bit: each try costs as much as all before together. */
static int
pattern_search_fine(const struct pattern *pattern,
    struct pattern_scratch *scratch, struct span subject, size_t first,
    size_t last)
{
	size_t most = *pattern->jit == JIT_READY ? FINE_PLACES : SLOW_PLACES;
	size_t limit = pattern_share(subject, LEAST_LIMIT, MATCH_LIMIT);
	size_t places = most;

	while (first <= last) {
		size_t end = last - first < places ? last : first + places - 1;
		int result = pattern_run(
		    pattern, scratch, subject, first, end, (uint32_t)limit);
		bool again = result == PCRE2_ERROR_MATCHLIMIT &&
			     limit < MATCH_LIMIT;

		if (result != PCRE2_ERROR_NOMATCH && !again)
			return result;
		if (pattern_time_is_up(scratch))
			return PCRE2_ERROR_MATCHLIMIT;
		if (!again) {
			first = pattern_next_place(pattern, subject, end + 1);
			places = most;
			continue;
		}
		limit = limit < MATCH_LIMIT / 2 ? 2 * limit : MATCH_LIMIT;
		places = places / 4 + 1;
	}
	return PCRE2_ERROR_NOMATCH;
}

static size_t
pattern_more_places(
    const struct pattern_scratch *scratch, int64_t looked, size_t places)
{
	bool quick = scratch->looked - looked <= 1;

	return quick && places < QUICK_PLACES ? 2 * places : places;
}

/* match_limit counts for each place where a match may begin, so that it does
 * not bound a whole search; the clock between slices does (matching.md,
 * section 3). */
static int
pattern_search_slices(const struct pattern *pattern,
    struct pattern_scratch *scratch, struct span subject, size_t first)
{
	size_t limit = pattern_share(subject, LEAST_LIMIT, COARSE_LIMIT);
	size_t places = SLICE_SHARE * pattern_share(subject, 1,
					  COARSE_PLACES / SLICE_SHARE);

	scratch->looked = INT64_MIN / 2;
	while (first <= subject.len) {
		size_t last = subject.len - first < places
				  ? subject.len
				  : first + places - 1;
		int64_t looked = scratch->looked;
		int result = pattern_run(pattern, scratch, subject, first,
		    last, (uint32_t)limit);

		if (result == PCRE2_ERROR_MATCHLIMIT)
			result = pattern_search_fine(
			    pattern, scratch, subject, first, last);
		if (result != PCRE2_ERROR_NOMATCH)
			return result;
		first = pattern_next_place(pattern, subject, last + 1);
		if (first <= subject.len && pattern_time_is_up(scratch))
			return PCRE2_ERROR_MATCHLIMIT;
		places = pattern_more_places(scratch, looked, places);
	}
	return PCRE2_ERROR_NOMATCH;
}

/* There is but one place where a match may begin. */
static bool
pattern_is_anchored(const struct pattern *pattern)
{
	uint32_t options = 0;

	pcre2_pattern_info(pattern->code, PCRE2_INFO_ALLOPTIONS, &options);
	return options & PCRE2_ANCHORED;
}

/* All places at once, where there is no other way: the limit must bound the
 * time of them together. */
static int
pattern_search_whole(const struct pattern *pattern,
    struct pattern_scratch *scratch, struct span subject, size_t first)
{
	size_t limit = pattern_share(subject, LEAST_LIMIT, MATCH_LIMIT);
	size_t most = pattern_is_anchored(pattern) ? MATCH_LIMIT : limit;

	for (;;) {
		int result = pattern_run(pattern, scratch, subject, first,
		    subject.len, (uint32_t)limit);

		if (result != PCRE2_ERROR_MATCHLIMIT || limit == most ||
		    pattern_time_is_up(scratch))
			return result;
		limit = limit < MATCH_LIMIT / 2 ? 2 * limit : MATCH_LIMIT;
	}
}

static int
pattern_search(const struct pattern *pattern, struct pattern_scratch *scratch,
    struct span subject, size_t first)
{
	if (!first)
		scratch->until = 0;
	else if (scratch->clock && pattern_time_is_up(scratch))
		return PCRE2_ERROR_MATCHLIMIT;
	if (!scratch->clock)
		return pattern_run(pattern, scratch, subject, first,
		    subject.len, MATCH_LIMIT);
	return pattern->sliced ? pattern_search_slices(
				     pattern, scratch, subject, first)
			       : pattern_search_whole(
				     pattern, scratch, subject, first);
}

static void
pattern_captures(const struct pattern *pattern, struct pattern_scratch *scratch,
    struct span subject, struct captures *out)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(scratch->data);
	size_t i;

	out->count = pattern->groups + 1;
	for (i = 0; i < out->count; i++, at += 2) {
		if (at[0] == PCRE2_UNSET) {
			out->groups[i] = (struct span){NULL, 0};
			continue;
		}
		if (at[0] > subject.len || at[1] > subject.len)
			BUG("PCRE2 matched outside its subject");
		/* \K may put the start of the whole behind its end. */
		out->groups[i] =
		    at[0] < at[1]
			? span_of(subject.data + at[0], at[1] - at[0])
			: span_of(subject.len ? subject.data + at[1] : "", 0);
	}
}

/* The interpreter keeps what memory it needed; a hostile line must not raise
 * what the process holds for good. */
static void
pattern_scratch_renew(struct pattern_scratch *scratch)
{
	pcre2_match_data_free(scratch->data);
	scratch->data =
	    pcre2_match_data_create(PATTERN_GROUPS_MAX, scratch->memory);
}

enum pattern_verdict
pattern_match(const struct pattern *pattern, struct pattern_scratch *scratch,
    struct span subject, struct captures *captures_out)
{
	return pattern_match_from(pattern, scratch, subject, 0, captures_out);
}

/* Refused where memory must not be executable, for one. */
__attribute__((noinline)) static void
pattern_compile_jit(const struct pattern *pattern)
{
	int error = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE);

	*pattern->jit = error ? JIT_NONE : JIT_READY;
}

enum pattern_verdict
pattern_match_from(const struct pattern *pattern,
    struct pattern_scratch *scratch, struct span subject, size_t from,
    struct captures *captures_out)
{
	int result;

	if (from > subject.len)
		BUG("a search from %zu in %zu bytes", from, subject.len);
	if (*pattern->jit == JIT_UNTRIED)
		pattern_compile_jit(pattern);
	from = pattern_next_place(pattern, subject, from);
	result = pattern_search(pattern, scratch, subject, from);
	if (captures_out)
		captures_out->count = 0;
	if (result == PCRE2_ERROR_NOMATCH)
		return PATTERN_NO;
	if (result < 0) {
		pattern_scratch_renew(scratch);
		return PATTERN_UNDECIDED;
	}
	if (captures_out)
		pattern_captures(pattern, scratch, subject, captures_out);
	return PATTERN_YES;
}

enum pattern_verdict
pattern_match_cheaply(const struct pattern *pattern,
    struct pattern_scratch *scratch, struct span subject)
{
	PCRE2_SPTR bytes = (PCRE2_SPTR)(subject.len ? subject.data : "");
	int result;

	if (*pattern->jit == JIT_UNTRIED)
		pattern_compile_jit(pattern);
	if (*pattern->jit != JIT_READY)
		return PATTERN_UNDECIDED;
	pcre2_set_offset_limit(scratch->context, PCRE2_UNSET);
	pcre2_set_match_limit(scratch->context, CHEAP_LIMIT);
	result = pcre2_jit_match(pattern->code, bytes, subject.len, 0, 0,
	    scratch->data, scratch->context);
	if (result == PCRE2_ERROR_NOMATCH)
		return PATTERN_NO;
	return result >= 0 ? PATTERN_YES : PATTERN_UNDECIDED;
}
