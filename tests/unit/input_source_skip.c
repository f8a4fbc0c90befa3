/*
 * input_source_skip: the same files with and without passing over lines that
 * nobody wants: what is wanted must come out the same, and all must count.
 */
#include "config.h"

#include "source.h"

#define FILE_BYTES_MAX 400000

static struct buf plain, skipping;
static uint64_t seed = 1, skipped_lines, asked;
static unsigned wanted_of; /* one line of so many is wanted */
static bool bad_span, careless; /* careless: says less than it could */

static uint64_t
next_random(void)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return seed >> 33;
}

static bool
is_wanted(struct span text)
{
	uint64_t sum = 1469598103934665603U;

	for (size_t i = 0; i < text.len && i < 16; i++)
		sum = (sum ^ (unsigned char)text.data[i]) *
		      UINT64_C(1099511628211);
	return (sum >> 20) % wanted_of == 0;
}

static void
note_record(struct buf *out, const struct record *record)
{
	if (!is_wanted(record->text))
		return;
	buf_addf(out, "%s %llu-%llu %zu %s%s%s:", name_of(record->log_path),
	    (unsigned long long)record->offset,
	    (unsigned long long)record->end, record->lines,
	    record->incarnation, record->cut ? " cut" : "",
	    record->partial ? " partial" : "");
	buf_add_span(out, record->text);
	buf_add_byte(out, '\n');
}

static void
on_plain(void *arg, const struct record *record)
{
	(void)arg;
	note_record(&plain, record);
}

static void
on_skipping(void *arg, const struct record *record)
{
	(void)arg;
	note_record(&skipping, record);
}

/* Incarnations are random: those of a file are told apart by order only. */
static void
hide_incarnations(struct buf *text)
{
	char *at = text->len ? text->data : NULL;

	for (size_t i = 0; at && i + 32 < text->len; i++) {
		size_t k = 0;

		while (k < 32 && ((at[i + k] >= '0' && at[i + k] <= '9') ||
				     (at[i + k] >= 'a' && at[i + k] <= 'f')))
			k++;
		if (k == 32)
			memset(at + i, '*', 32);
		i += k;
	}
}

static size_t
on_unwanted(void *arg, size_t log, const char *log_path, struct span lines)
{
	size_t at = 0;

	(void)arg;
	asked++;
	bad_span |= !lines.len || lines.data[lines.len - 1] != '\n' || log ||
		    !log_path;
	while (at < lines.len) {
		const char *from = lines.data + at;
		const char *newline = memchr(from, '\n', lines.len - at);
		size_t len = (size_t)(newline - from);

		bad_span |= len > (size_t)setup.settings[0].max_line;
		if (len && from[len - 1] == '\r')
			len--;
		if (is_wanted(span_of(from, len)) ||
		    (careless && next_random() % 8 == 0))
			return at;
		at = (size_t)(newline - lines.data) + 1;
	}
	return at;
}

static void
on_skipped(void *arg, size_t log, uint64_t lines)
{
	(void)arg;
	bad_span |= log != 0 || lines == 0;
	skipped_lines += lines;
}

static const struct source_handler plain_handler = {
    .record = on_plain, .notice = on_notice};
static const struct source_handler skipping_handler = {.record = on_skipping,
    .notice = on_notice,
    .unwanted = on_unwanted,
    .skipped = on_skipped};

struct counts {
	uint64_t lines, records, cut, partial, bytes, offset;
};

static void
take_counts(void *arg, const struct source_file *file)
{
	struct counts *counts = arg;

	*counts = (struct counts){file->lines, file->records, file->cut,
	    file->partial, file->bytes, file->offset};
}

/* --- Files ---------------------------------------------------------------- */

static void
add_text(struct buf *out, size_t most)
{
	size_t len = next_random() % most;

	for (size_t i = 0; i < len; i++)
		buf_add_byte(out, (char)(' ' + next_random() % 90));
}

static void
add_line_to(struct buf *out)
{
	switch (next_random() % 64) {
	case 0:
		break;
	case 1:
		add_text(out, 1030);
		break;
	case 2:
		add_text(out, 5000);
		break;
	case 3:
		buf_add(out, "a\0b\xff", 4);
		break;
	case 4:
		add_text(out, 100);
		buf_add_byte(out, '\r');
		break;
	default:
		add_text(out, 100);
	}
	buf_add_byte(out, '\n');
}

static void
make_text(struct buf *out)
{
	size_t bytes = next_random() % FILE_BYTES_MAX;

	buf_reset(out);
	while (out->len < bytes)
		add_line_to(out);
	if (next_random() % 2)
		buf_add_str(out, "not a whole line");
}

static void
append(const struct buf *text, size_t from, size_t to)
{
	FILE *file = fopen(files_path("x.log"), "ab");

	if (!file || fwrite(text->data + from, 1, to - from, file) !=
			 to - from ||
	    fclose(file))
		exit(99);
}

/* The same pieces of the same text each time. */
static struct counts
follow_text(struct source_handler with, const struct buf *text, uint64_t steps)
{
	struct counts counts = {0};
	struct source *source;
	size_t at = 0;

	start_over();
	files_write("x.log", "");
	add_log("x.log", LOG_START_START, false, NULL);
	source = source_new(setup.logs, setup.count, with, &err);
	for (uint64_t i = 0; i <= steps; i++) {
		size_t to = i == steps ? text->len
				       : text->len / (steps + 1) * (i + 1);

		append(text, at, to);
		at = to;
		settle(source);
	}
	files_rename("x.log", "x.log.1");
	files_write("x.log", "the next\nof the next\n");
	settle(source);
	for (int i = 0; i < 12; i++)
		turn(source, 61000);
	source_files(source, take_counts, &counts);
	source_free(source);
	return counts;
}

static bool
same_counts(struct counts a, struct counts b)
{
	bool same = a.lines == b.lines && a.records == b.records &&
		    a.cut == b.cut && a.partial == b.partial &&
		    a.bytes == b.bytes && a.offset == b.offset;

	if (!same)
		printf("# lines %llu %llu, cut %llu %llu, bytes %llu %llu\n",
		    (unsigned long long)a.lines, (unsigned long long)b.lines,
		    (unsigned long long)a.cut, (unsigned long long)b.cut,
		    (unsigned long long)a.bytes, (unsigned long long)b.bytes);
	return same;
}

static void
test_same(void)
{
	struct buf text = BUF_INIT;
	bool same = true, counts_same = true;

	for (int round = 0; round < 40; round++) {
		uint64_t steps = next_random() % 4;
		struct counts a, b;

		wanted_of = round % 4 ? 1u << (next_random() % 12) : 1u << 30;
		careless = round % 3 == 0;
		make_text(&text);
		buf_reset(&plain);
		buf_reset(&skipping);
		a = follow_text(plain_handler, &text, steps);
		b = follow_text(skipping_handler, &text, steps);
		hide_incarnations(&plain);
		hide_incarnations(&skipping);
		same = same && plain.len == skipping.len &&
		       !memcmp(buf_span(&plain).data,
			   buf_span(&skipping).data, plain.len);
		counts_same = counts_same && same_counts(a, b);
	}
	OK(same, "the wanted records are the same, with the same offsets");
	OK(counts_same, "and so are all counts and positions");
	OK(!bad_span, "it is asked about whole lines only, none too long");
	OK(skipped_lines > 1000 && asked > 100, "many lines were passed over");
	buf_release(&text);
}

/* --- Where it is not asked ------------------------------------------------ */

static void
test_joined(void)
{
	struct source_handler joining = skipping_handler;
	struct source *source;

	start_over();
	asked = 0;
	wanted_of = 1u << 30;
	joining.place = on_place;
	files_write("x.log", "one\n two\nthree\n");
	add_log("x.log", LOG_START_START, false, NULL);
	setup.settings[0].record = (char *)"continue ^ ";
	setup.settings[0].record_limit.lines = 10;
	setup.settings[0].record_limit.bytes = 1000;
	setup.settings[0].record_limit.ms = 1000;
	source = source_new(setup.logs, setup.count, joining, &err);
	settle(source);
	OK(asked == 0, "nobody is asked where lines are joined");
	source_free(source);
	setup.settings[0].record = NULL;
}

static void
test_merged(void)
{
	struct source_handler merging = skipping_handler;
	struct source *source;

	start_over();
	asked = 0;
	merging.time = on_time;
	files_write("a.log", "@1 a\n@3 a\n");
	files_write("b.log", "@2 b\n@4 b\n");
	add_log("a.log", LOG_START_START, false, NULL);
	add_log("b.log", LOG_START_START, false, NULL);
	setup.logs[0].group = setup.logs[1].group = 1;
	source = source_new(setup.logs, setup.count, merging, &err);
	settle(source);
	OK(asked == 0, "nor where files are merged");
	source_free(source);
}

int
main(void)
{
	files_begin();
	test_same();
	test_joined();
	test_merged();
	buf_release(&plain);
	buf_release(&skipping);
	return end_tests();
}
