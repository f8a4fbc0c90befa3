/*
 * grep: the lines of logs that patterns match.
 *
 * What the rules of ctail match, without an agent: no state is looked at, and
 * no configuration unless one of its rules is asked for.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/diag.h"
#include "ctailctl/ctailctl.h"
#include "ctailctl/grep.h"
#include "input/compression.h"
#include "input/lines.h"

enum { EX_NONE = 1 }; /* no line */

struct grep {
	const struct grep_request *request;
	struct grep_rules rules;
	struct grep_input input;
	struct grep_scan scan;
	struct grep_output output;
	uint64_t found; /* lines to be printed; with -v only whether any */
	bool long_line_is_wanted;
	bool found_is_wanted; /* what is GREP_FOUND matches */
	int status; /* of what went wrong */
};

/* --- Blocks --------------------------------------------------------------- */

static void
put(struct grep *grep, struct span lines, size_t from, size_t to)
{
	if (from < to && !grep->request->count)
		grep_output_put(
		    &grep->output, span_of(lines.data + from, to - from));
}

static void
put_origin(struct grep *grep, struct origin origin)
{
	char line[32];
	int len = snprintf(line, sizeof(line), ":%u:", origin.line);

	grep_output_put(
	    &grep->output, span_str(origin.file ? origin.file : "?"));
	grep_output_put(&grep->output, span_of(line, (size_t)len));
}

/* Lines in a row are one piece. */
static void
print_matching(struct grep *grep, struct span lines)
{
	struct grep_line line = {0};
	size_t from = 0, to = 0;

	while (grep_scan_next(&grep->scan, line.end, &line)) {
		grep->found++;
		if (line.start != to || grep->request->with_rule) {
			put(grep, lines, from, to);
			from = line.start;
		}
		if (grep->request->with_rule)
			put_origin(grep, line.origin);
		to = line.end;
	}
	put(grep, lines, from, to);
}

/* The same with what lies between. */
static void
print_others(struct grep *grep, struct span lines)
{
	struct grep_line line = {0};
	uint64_t matching = 0, pieces = 0;
	size_t from = 0;

	while (grep_scan_next(&grep->scan, line.end, &line)) {
		pieces += from < line.start;
		put(grep, lines, from, line.start);
		from = line.end;
		matching++;
	}
	pieces += from < lines.len;
	put(grep, lines, from, lines.len);
	grep->found +=
	    grep->request->count ? lines_count(lines) - matching : pieces;
}

static void
print_lines(struct grep *grep, struct span lines)
{
	grep_scan_begin(&grep->scan, lines);
	if (grep->request->invert)
		print_others(grep, lines);
	else
		print_matching(grep, lines);
}

static void
print_found(struct grep *grep, struct span lines)
{
	if (!grep->found_is_wanted) {
		print_lines(grep, lines);
		return;
	}
	grep->found += grep->request->count ? lines_count(lines) : 1;
	put(grep, lines, 0, lines.len);
}

static void
print_head(struct grep *grep, struct span head)
{
	struct origin origin;
	bool matches = grep_scan_head(&grep->scan, head, &origin);

	grep->long_line_is_wanted = matches != grep->request->invert;
	if (!grep->long_line_is_wanted)
		return;
	grep->found++;
	if (grep->request->with_rule)
		put_origin(grep, origin);
	put(grep, head, 0, head.len);
}

/* --- Logs ----------------------------------------------------------------- */

static void
fail(struct grep *grep, const struct err *err, int status)
{
	diag(DIAG_ERROR, "%s", err->text);
	if (!grep->status)
		grep->status = status;
}

/* Nobody is kept waiting for what is found already. */
static void
keep_flowing(struct grep *grep)
{
	if (grep->output.len &&
	    (grep->output.is_terminal || grep_input_may_wait(&grep->input)))
		grep_output_flush(&grep->output);
}

static void
search(struct grep *grep)
{
	struct err err = ERR_INIT;
	struct span bytes;

	while (!grep->output.error) {
		switch (grep_input_next(&grep->input, &bytes, &err)) {
		case GREP_LINES:
			print_lines(grep, bytes);
			break;
		case GREP_FOUND:
			print_found(grep, bytes);
			break;
		case GREP_HEAD:
			print_head(grep, bytes);
			break;
		case GREP_REST:
			if (grep->long_line_is_wanted)
				put(grep, bytes, 0, bytes.len);
			break;
		case GREP_END:
			return;
		case GREP_FAILED:
			fail(grep, &err, EX_IOERR);
			return;
		}
		keep_flowing(grep);
	}
}

static void
warn_of_compressed(const char *name)
{
	if (compression_of(span_str(name), NULL))
		diag(DIAG_WARNING,
		    "%s is searched as it is, compressed; unpack it into "
		    "`ctailctl grep ... -'",
		    name);
}

/* Of lines that are printed most must be read anyway. */
static void
skim(struct grep *grep)
{
	const struct prefilter *filter =
	    grep_scan_filter(&grep->scan, &grep->found_is_wanted);

	if (filter && !grep->request->invert)
		grep_input_skim(&grep->input, filter);
}

static void
search_log(struct grep *grep, const char *name)
{
	struct err err = ERR_INIT;

	if (grep_input_open(&grep->input, name, &err)) {
		fail(grep, &err, EX_NOINPUT);
		return;
	}
	warn_of_compressed(name);
	if (!grep->scan.rules)
		grep_scan_init(&grep->scan, &grep->rules, &grep->input,
		    grep->request->with_rule);
	skim(grep);
	search(grep);
	grep_input_close(&grep->input);
}

static void
search_all(struct grep *grep)
{
	const struct grep_request *request = grep->request;

	if (!request->log_count)
		search_log(grep, "-");
	for (size_t i = 0; i < request->log_count && !grep->output.error; i++)
		search_log(grep, request->logs[i]);
}

/* --- The command ---------------------------------------------------------- */

static void
print_count(struct grep *grep)
{
	char count[32];
	int len = snprintf(count, sizeof(count), "%" PRIu64 "\n", grep->found);

	grep_output_put(&grep->output, span_of(count, (size_t)len));
}

static void
warn(const struct grep_scan *scan)
{
	if (scan->undecided)
		diag(DIAG_WARNING,
		    "lines that could not be decided within the limits of a "
		    "pattern and count as matching: %" PRIu64,
		    scan->undecided);
	if (scan->long_lines)
		diag(DIAG_WARNING,
		    "lines longer than %zu bytes, of which only so much was "
		    "matched: %" PRIu64,
		    GREP_LINE_MAX, scan->long_lines);
}

static int
finish(struct grep *grep)
{
	if (grep->request->count)
		print_count(grep);
	grep_output_flush(&grep->output);
	warn(&grep->scan);
	if (grep->output.error) {
		diag(DIAG_ERROR, "cannot write to standard output: %s",
		    strerror(grep->output.error));
		return EX_IOERR;
	}
	if (grep->status)
		return grep->status;
	return grep->found ? EX_OK : EX_NONE;
}

static int
run(struct grep *grep)
{
	int status;

	grep_input_init(&grep->input);
	grep_output_init(&grep->output);
	search_all(grep);
	status = finish(grep);
	if (grep->scan.rules)
		grep_scan_release(&grep->scan);
	grep_input_release(&grep->input);
	grep_output_release(&grep->output);
	return status;
}

int
ctailctl_grep(
    const struct agent_options *options, int argc, const char *const *argv)
{
	struct grep_request request;
	struct grep grep = {.request = &request};
	int status;

	status = grep_request_parse(&request, argc, argv);
	if (!status) {
		status = grep_rules_read(&grep.rules, &request, options);
		if (!status)
			status = run(&grep);
		grep_rules_release(&grep.rules);
	}
	grep_request_release(&request);
	return status;
}
