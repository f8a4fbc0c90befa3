/*
 * grep: what the files of `ctailctl grep' share.
 *
 * grep_options.c says what is asked for, grep_rules.c which patterns that is,
 * grep_input.c cuts logs into blocks of full lines, with grep_skim.c behind it
 * for what need not be read, grep_scan.c finds the lines that patterns match,
 * grep_output.c writes, and grep.c puts it all together.
 */
#ifndef CTAIL_CTAILCTL_GREP_H
#define CTAIL_CTAILCTL_GREP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "ctailctl/loaded.h"
#include "ctaild/plan_files.h"
#include "judge/prefilter.h"
#include "judge/quarantine.h"
#include "judge/rule.h"
#include "judge/seek.h"
#include "judge/sweep.h"

/* --- grep_options.c: the command line ------------------------------------- */

enum grep_kind { GREP_PATTERN, GREP_FILE, GREP_RULE };

/* One -e, -f or --rule. */
struct grep_wish {
	enum grep_kind kind;
	const char *text;
};

struct grep_request {
	struct grep_wish *wishes;	/* in their order */
	size_t wish_count;
	const char **logs;		/* none: standard input */
	size_t log_count;
	const char *config;		/* -c behind the command, or NULL */
	bool invert, count, with_rule;
};

/* An exit status; what is wrong was said. */
int grep_request_parse(struct grep_request *request, int argc,
    const char *const *argv);
void grep_request_release(struct grep_request *request);

/* --- grep_rules.c: the patterns ------------------------------------------- */

/* A rule, and the number that its first pattern has among all. */
struct grep_rule {
	const struct rule *rule;
	size_t first;
	bool of_logcheck;	/* sees lines without blanks at their end */
};

struct grep_rules {
	struct grep_rule *rules;	/* that of -e and -f first */
	size_t count;
	const struct pattern **patterns;	/* of all; NULL: of `close' */
	size_t pattern_count;

	struct rule *own;		/* of -e and -f, or NULL */
	struct rule_settings settings;	/* of it */
	struct setting_list texts;	/* of it, borrowed from these: */
	struct setting_list own_texts;	/* those of -e */
	struct plan_files *files;
	struct loaded loaded;		/* for --rule; path NULL: not read */
};

/* An exit status; what is wrong was said, and what was skipped. */
int grep_rules_read(struct grep_rules *rules,
    const struct grep_request *request, const struct agent_options *options);
void grep_rules_release(struct grep_rules *rules);

/* Where a pattern is written. */
struct origin grep_rules_origin(const struct grep_rules *rules,
    const struct pattern *pattern);

/* --- grep_input.c: logs --------------------------------------------------- */

#define GREP_LINE_MAX ((size_t)1024 * 1024)

enum grep_got {
	GREP_LINES,	/* full lines, each with its newline */
	GREP_FOUND,	/* such lines, in each of which stands the whole of
			 * some pattern of the filter to skim with */
	GREP_HEAD,	/* GREP_LINE_MAX bytes of a longer line */
	GREP_REST,	/* more of that line; its newline is its last byte */
	GREP_END,
	GREP_FAILED,	/* err says why */
};

struct grep_input {
	const char *name;
	int fd;
	bool is_file;		/* reading it never waits */
	bool at_end, in_long_line;
	char *buffer;
	size_t from, seen, end;	/* of what is left; no newline before seen */
	struct grep_skim *skim;	/* goes before reading; or NULL */
};

void grep_input_init(struct grep_input *input);
void grep_input_release(struct grep_input *input);

/* -1: there is no such log, or not to be read.  "-": standard input. */
int grep_input_open(struct grep_input *input, const char *name,
    struct err *err);
void grep_input_close(struct grep_input *input);

/* To be called before the first block, if at all.  Lines in which no string of
 * the filter stands are not asked for, and may be left out.  The filter, none
 * of whose patterns is without a string, outlives the log. */
void grep_input_skim(struct grep_input *input, const struct prefilter *filter);

/* What comes next, valid until the next call.  A last line without a newline
 * gets one. */
enum grep_got grep_input_next(struct grep_input *input, struct span *out,
    struct err *err);

/* True when the next one may have to wait for somebody to write. */
bool grep_input_may_wait(const struct grep_input *input);

/* The first bytes of a file, without moving on; nothing of what is no file. */
void grep_input_sample(const struct grep_input *input, struct buf *out);

/* --- grep_skim.c: lines of a mapped log ----------------------------------- */

struct grep_skim;

/* NULL: this log is to be read.  fd stands at a line's first byte, and is not
 * moved. */
struct grep_skim *grep_skim_new(int fd, const struct prefilter *filter);
void grep_skim_free(struct grep_skim *skim);

/* The next lines in which strings of the filter stand, copied to room (of
 * GREP_LINE_MAX bytes); found: the whole of a pattern, in each.  False: from
 * grep_skim_at() on the log is to be read, and this is at an end. */
bool grep_skim_next(struct grep_skim *skim, char *room, struct span *out,
    bool *found_out);
off_t grep_skim_at(const struct grep_skim *skim);

/* --- grep_scan.c: lines that match ---------------------------------------- */

struct grep_scan {
	const struct grep_rules *rules;
	struct pattern_scratch *scratch;
	struct quarantine *quarantine;
	struct prefilter *filter;
	struct candidates *candidates;
	struct sweep *sweep;
	struct seek *seek;		/* instead, where it does not matter
					 * which pattern it is; or NULL */
	bool by_name;			/* it does */
	struct buf sample;		/* gathered for the choice of strings */
	bool sampled;			/* enough of it */
	struct span lines;		/* the block at hand */
	struct rule_match match;
	uint64_t undecided, long_lines;
};

struct grep_line {
	size_t start, end;	/* in the block; the newline is before end */
	struct origin origin;	/* of the pattern, if it was asked for */
};

/* input: the first log, of which a sample is taken.  by_name: origins are
 * asked for. */
void grep_scan_init(struct grep_scan *scan, const struct grep_rules *rules,
    const struct grep_input *input, bool by_name);
void grep_scan_release(struct grep_scan *scan);

/* The filter that tells which lines may match; NULL: all, or it is not chosen
 * yet.  sure: the whole of one of its patterns makes a line that does. */
const struct prefilter *grep_scan_filter(const struct grep_scan *scan,
    bool *sure_out);

void grep_scan_begin(struct grep_scan *scan, struct span lines);

/* The next line from `from' on that matches; false: there is none. */
bool grep_scan_next(struct grep_scan *scan, size_t from,
    struct grep_line *out);

/* One line that is cut. */
bool grep_scan_head(struct grep_scan *scan, struct span head,
    struct origin *origin_out);

/* --- grep_output.c: standard output --------------------------------------- */

struct grep_output {
	char *buffer;
	size_t len;
	bool is_terminal;
	int error;		/* errno of what went wrong; 0: nothing */
};

void grep_output_init(struct grep_output *output);
void grep_output_release(struct grep_output *output);

/* Both do nothing any more when there was an error. */
void grep_output_put(struct grep_output *output, struct span bytes);
void grep_output_flush(struct grep_output *output);

#endif
