/*
 * Where a system maps no files (mapping_none.c), logs are read, and have the
 * same lines.
 */
#include "config.h"

#include <errno.h>

#include "base/mapping.h"
#include "ctailctl/grep.h"
#include "files.h"
#include "tap.h"

enum { LINES = 40000 };

static struct prefilter *
make_filter(void)
{
	static const struct prefilter_pattern pattern = {"hit", 0};
	struct rarity *rarity = rarity_new();
	struct prefilter *filter =
	    prefilter_new(&pattern, 1, rarity, PREFILTER_AUTO);

	rarity_free(rarity);
	return filter;
}

static size_t
count_lines(struct grep_input *input)
{
	struct err err = ERR_INIT;
	struct span lines;
	size_t count = 0;

	while (grep_input_next(input, &lines, &err) == GREP_LINES)
		for (size_t i = 0; i < lines.len; i++)
			count += lines.data[i] == '\n';
	return count;
}

static void
test_log(void)
{
	struct prefilter *filter = make_filter();
	struct grep_input input;
	struct err err = ERR_INIT;
	FILE *log;

	files_write("log", "");
	log = fopen(files_path("log"), "w");
	for (size_t i = 0; i < LINES; i++)
		fputs("a line without a string\n", log);
	fclose(log);
	grep_input_init(&input);
	OK(!grep_input_open(&input, files_path("log"), &err), "a log");
	grep_input_skim(&input, filter);
	OK(!input.skim, "of which nothing can be left out");
	IS_INT((long long)count_lines(&input), LINES, "is read, all of it");
	grep_input_release(&input);
	prefilter_free(filter);
}

static void
test_mapping(void)
{
	struct mapping *mapping = mapping_new();
	struct span window;

	OK(!mapping, "there is no mapping");
	errno = 0;
	OK(mapping_show(mapping, 0, 0, 4096, &window) < 0 && errno == ENOSYS,
	    "it shows nothing, and why");
	OK(!mapping_holds(mapping, 0), "nor is anything to be believed of it");
	IS_INT(mapping_border(4097), 4097, "a place is as good as any");
	mapping_free(mapping);
}

int
main(void)
{
	files_begin();
	test_mapping();
	test_log();
	files_end();
	return tap_done();
}
