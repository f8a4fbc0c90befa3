/*
 * input_checkpoint: what is remembered of a log, in memory and as text.
 */
#include "config.h"

#include "base/mem.h"
#include "hostile.h"
#include "input/checkpoint.h"
#include "tap.h"

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))
#define HASH "000102030405060708090a0b0c0d0e0f"
#define LIFE "0123456789abcdef0123456789abcdef"
#define POSITION "position 1 2 3 4 0: 0: 0: 0 -\n"
#define SETTLED "settled 5\n"
#define OLD "old 1 2 3 4 0: 0: 0: 0 - 4 9 1 /var/log/a.1\n"
#define HEAD "head 8:" HASH "\n"

static bool
same_position(const struct position *a, const struct position *b)
{
	return a->dev == b->dev && a->ino == b->ino &&
	       a->birth_ns == b->birth_ns && a->offset == b->offset &&
	       fingerprint_equal(&a->first, &b->first) &&
	       fingerprint_equal(&a->head, &b->head) &&
	       fingerprint_equal(&a->tail, &b->tail) &&
	       a->skipping == b->skipping &&
	       !strcmp(a->incarnation, b->incarnation);
}

static bool
same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool
same_old(const struct checkpoint_old *a, const struct checkpoint_old *b)
{
	return same_position(&a->position, &b->position) && a->end == b->end &&
	       a->changed_ms == b->changed_ms && a->flushed == b->flushed &&
	       same_text(a->path, b->path);
}

static bool
same(const struct checkpoint *a, const struct checkpoint *b)
{
	if (!same_position(&a->position, &b->position) ||
	    a->settled_ns != b->settled_ns || a->stamp_ns != b->stamp_ns ||
	    a->old_count != b->old_count || a->head_count != b->head_count)
		return false;
	for (size_t i = 0; i < a->old_count; i++)
		if (!same_old(&a->old[i], &b->old[i]))
			return false;
	for (size_t i = 0; i < a->head_count; i++)
		if (!fingerprint_equal(&a->heads[i], &b->heads[i]))
			return false;
	return true;
}

static bool
parses(const char *text)
{
	struct checkpoint checkpoint;
	struct err err = ERR_INIT;
	int result = checkpoint_parse(span_str(text), &checkpoint, &err);
	bool told = result == 0 || *err.text;

	if (result && (checkpoint.old || checkpoint.heads))
		told = false;
	checkpoint_release(&checkpoint);
	return told && result == 0;
}

static const struct {
	const char *text;
	const char *sentence;
} bad[] = {
    {"", "nothing"},
    {"\n", "an empty line"},
    {POSITION, "no settled line"},
    {SETTLED, "no position"},
    {POSITION POSITION SETTLED, "two positions"},
    {POSITION SETTLED SETTLED, "two settled lines"},
    {SETTLED POSITION, "another order"},
    {POSITION SETTLED "stamp 0\n", "a stamp of nothing"},
    {POSITION SETTLED "stamp 7\nstamp 7\n", "two stamps"},
    {POSITION "stamp 7\n" SETTLED, "a stamp before the settled line"},
    {POSITION SETTLED OLD "stamp 7\n", "a stamp behind an old line"},
    {POSITION SETTLED HEAD OLD, "an old line behind a head"},
    {POSITION SETTLED "new 1\n", "an unknown line"},
    {POSITION SETTLED "\n", "an empty line at the end"},
    {POSITION "settled 5", "a last line without its end"},
    {POSITION "settled 05\n", "a leading zero"},
    {POSITION "settled -0\n", "a negative zero"},
    {POSITION "settled +5\n", "a plus"},
    {POSITION "settled  5\n", "two blanks"},
    {POSITION "settled 5 \n", "a blank behind"},
    {POSITION "settled 5 6\n", "a field too many"},
    {POSITION "settled\n", "a field too few"},
    {POSITION "settled \n", "an empty field"},
    {POSITION "settled 9223372036854775808\n", "a number too large"},
    {POSITION "settled -9223372036854775809\n", "one too small"},
    {POSITION "settled 5\r\n", "CR LF"},
    {"position 18446744073709551616 2 3 4 0: 0: 0: 0 -\n" SETTLED,
	"a device beyond 64 bits"},
    {"position 1 2 3 9223372036854775808 0: 0: 0: 0 -\n" SETTLED,
	"an offset beyond what a file can have"},
    {"position 1 2 3 4 0: 0: 0: 2 -\n" SETTLED, "a flag that is none"},
    {"position 1 2 3 4 0: 0: 0: 0 abc\n" SETTLED, "a short incarnation"},
    {"position 1 2 3 4 0: 0: 0: 0 0123456789ABCDEF0123456789abcdef\n" SETTLED,
	"an incarnation in capitals"},
    {"position 1 2 3 4 0: 0: 0: 0\n" SETTLED, "no incarnation"},
    {"position 1 2 3 2000 0: 1025:" HASH " 0: 0 -\n" SETTLED,
	"a head longer than heads are"},
    {"position 1 2 3 4 0: 0: 5:" HASH " 0 -\n" SETTLED,
	"a tail longer than what was read"},
    {"position 1 2 3 4 0: 4:" HASH "00 0: 0 -\n" SETTLED, "a hash too long"},
    {"position 1 2 3 4 4:0001 0: 0 -\n" SETTLED, "a hash too short"},
    {"position 1 2 3 4 4:00010203040506070809 0a0b0c0d0e0f 0: 0 -\n" SETTLED,
	"a blank in a hash"},
    {"position 1 2 3 4 4:g00102030405060708090a0b0c0d0e0f 0: 0 -\n" SETTLED,
	"a digit that is none"},
    {"position 1 2 3 4 4:000102030405060708090A0B0C0D0E0F 0: 0 -\n" SETTLED,
	"capital digits"},
    {"position 1 2 3 4 0:" HASH " 0: 0: 0 -\n" SETTLED, "a hash of no bytes"},
    {"position 1 2 3 4 4 0: 0: 0 -\n" SETTLED, "a length without its hash"},
    {"position 1 2 3 4 : 0: 0: 0 -\n" SETTLED, "a hash without its length"},
    {POSITION SETTLED "head 0:\n", "a head of nothing"},
    {POSITION SETTLED "old 1 2 3 4 0: 0: 0: 0 - 4 9 1\n",
	"an old without path"},
    {POSITION SETTLED "old 1 2 3 4 0: 0: 0: 0 - 4 9 1 \n", "an empty path"},
    {POSITION SETTLED "old 1 2 3 4 0: 0: 0: 0 - 4 9 1 a%0\n", "a cut escape"},
    {POSITION SETTLED "old 1 2 3 4 0: 0: 0: 0 - 4 9 1 a%00\n",
	"a NUL in a path"},
    {POSITION SETTLED "old 1 2 3 4 0: 0: 0: 0 - 4 9 1 a%c3\n",
	"a small escape"},
    {POSITION SETTLED "old 1 2 3 4 0: 0: 0: 0 - 4 9 1 a%41\n",
	"an escape that need not be"},
    {POSITION SETTLED "old 1 2 3 4 0: 0: 0: 0 - 4 9 1 a b\n",
	"a blank in a path"},
    {POSITION SETTLED "old 1 2 3 4 0: 0: 0: 0 - 4 9 1 a\xc3\xa9\n",
	"bytes that should be escaped"},
};

static void
test_refused(void)
{
	OK(parses(POSITION SETTLED), "two lines are enough");
	OK(parses(POSITION SETTLED OLD OLD HEAD HEAD), "all kinds of lines");
	OK(parses(
	       "position 18446744073709551615 18446744073709551615 "
	       "-9223372036854775808 9223372036854775807 64:" HASH " 1024:" HASH
	       " 1024:" HASH " 1 " LIFE "\nsettled 9223372036854775807\n"),
	    "the largest and smallest numbers");
	for (size_t i = 0; i < ROWS(bad); i++)
		OK(!parses(bad[i].text), "refused: %s", bad[i].sentence);
	OK(checkpoint_parse(span_of(POSITION SETTLED "\0", 39),
	       &(struct checkpoint){.settled_ns = 1}, NULL) < 0,
	    "refused: a NUL byte, also where nobody asks why");
}

static void
test_counts(void)
{
	struct buf text = BUF_INIT;

	buf_add_str(&text, POSITION SETTLED);
	for (int i = 0; i < CHECKPOINT_OLD_MAX; i++)
		buf_add_str(&text, OLD);
	for (int i = 0; i < CHECKPOINT_HEADS_MAX; i++)
		buf_add_str(&text, HEAD);
	OK(parses(buf_str(&text)), "as many lines as there may be");
	buf_add_str(&text, HEAD);
	OK(!parses(buf_str(&text)), "refused: a head more");
	text.len -= strlen(HEAD) * (CHECKPOINT_HEADS_MAX + 1);
	buf_add_str(&text, OLD);
	OK(!parses(buf_str(&text)), "refused: an old generation more");
	buf_reset(&text);
	buf_add_str(&text, POSITION SETTLED);
	while (text.len <= CHECKPOINT_TEXT_MAX)
		buf_add_str(&text, HEAD);
	OK(!parses(buf_str(&text)), "refused: a text without end");
	buf_reset(&text);
	buf_add_str(&text, POSITION SETTLED "old 1 2 3 4 0: 0: 0: 0 - 4 9 1 ");
	for (int i = 0; i < CHECKPOINT_PATH_MAX; i++)
		buf_add_byte(&text, 'a');
	buf_add_byte(&text, '\n');
	OK(parses(buf_str(&text)), "the longest path");
	text.len--;
	buf_add_str(&text, "a\n");
	OK(!parses(buf_str(&text)), "refused: a longer one");
	buf_release(&text);
}

/* What random checkpoints are made of: a generator. */
struct random {
	unsigned long long state;
};

static uint64_t
some(struct random *random)
{
	uint64_t number = hostile_next(&random->state);

	switch (number % 5) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return number >> 40;
	default:
		return number;
	}
}

static void
random_print(struct random *random, uint64_t max, struct fingerprint *out)
{
	*out = (struct fingerprint){0};
	out->len =
	    (uint16_t)(some(random) %
		       ((max < POSITION_PRINT ? max : POSITION_PRINT) + 1));
	for (size_t i = 0; out->len && i < sizeof(out->hash); i++)
		out->hash[i] = (unsigned char)some(random);
}

static void
random_position(struct random *random, struct position *out)
{
	static const char digits[] = "0123456789abcdef";

	*out = (struct position){.dev = some(random),
	    .ino = some(random),
	    .birth_ns = (int64_t)some(random),
	    .offset = some(random) & INT64_MAX,
	    .skipping = some(random) & 1};
	random_print(random, UINT64_MAX - 1, &out->first);
	random_print(random, UINT64_MAX - 1, &out->head);
	random_print(random, out->offset, &out->tail);
	for (size_t i = 0; out->skipping && i < 32; i++)
		out->incarnation[i] = digits[some(random) % 16];
}

static char *
random_path(struct random *random)
{
	struct buf path = BUF_INIT;

	for (size_t len = some(random) % 40; len > 0; len--) {
		char byte = (char)some(random);

		buf_add_byte(&path, byte ? byte : '-');
	}
	if (path.len == 0)
		return NULL;
	return buf_take(&path);
}

static void
random_checkpoint(struct random *random, struct checkpoint *out)
{
	*out = CHECKPOINT_INIT;
	random_position(random, &out->position);
	out->settled_ns = (int64_t)some(random);
	out->stamp_ns = (int64_t)some(random);
	for (size_t i = some(random) % (CHECKPOINT_OLD_MAX + 1); i > 0; i--) {
		struct checkpoint_old *old = checkpoint_add_old(out);

		random_position(random, &old->position);
		old->end = some(random) & INT64_MAX;
		old->changed_ms = (int64_t)some(random);
		old->flushed = some(random) & 1;
		old->path = random_path(random);
	}
	for (size_t i = some(random) % (CHECKPOINT_HEADS_MAX + 1); i > 0; i--) {
		struct fingerprint head;

		random_print(random, UINT64_MAX - 1, &head);
		checkpoint_add_head(out, &head);
	}
}

static bool
round_trips(const struct checkpoint *checkpoint)
{
	struct buf text = BUF_INIT, again = BUF_INIT;
	struct checkpoint back = CHECKPOINT_INIT;
	struct err err = ERR_INIT;
	bool same_again;

	checkpoint_format(checkpoint, &text);
	same_again = checkpoint_parse(buf_span(&text), &back, &err) == 0 &&
		     same(checkpoint, &back);
	checkpoint_format(&back, &again);
	same_again &= span_equal(buf_span(&text), buf_span(&again));
	if (!same_again)
		printf("# %s\n%s# then\n%s", err.text, buf_str(&text),
		    buf_str(&again));
	checkpoint_release(&back);
	buf_release(&text);
	buf_release(&again);
	return same_again;
}

static void
test_round_trips(void)
{
	struct random random = {20241122};
	size_t failed = 0;

	for (int i = 0; i < 2000; i++) {
		struct checkpoint checkpoint, copy;

		random_checkpoint(&random, &checkpoint);
		checkpoint_copy(&copy, &checkpoint);
		failed += !same(&checkpoint, &copy);
		checkpoint_release(&checkpoint);
		failed += !round_trips(&copy);
		checkpoint_release(&copy);
	}
	IS_INT(failed, 0, "2000 random checkpoints read back as they were");
}

static void
test_paths(void)
{
	static const char *const paths[] = {"-", "--", "%", "%2D", " ", "a b",
	    "/var/log/caf\xc3\xa9\n.1", "\x7f\x01\xff"};
	struct checkpoint checkpoint = CHECKPOINT_INIT;
	struct checkpoint back;
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < ROWS(paths); i++) {
		checkpoint_add_old(&checkpoint)->path = xstrdup(paths[i]);
		OK(round_trips(&checkpoint), "path number %zu survives", i);
	}
	checkpoint_release(&checkpoint);
	checkpoint_add_old(&checkpoint)->path = xcalloc(1, 9000);
	memset(checkpoint.old[0].path, '\n', 8999);
	checkpoint_format(&checkpoint, &text);
	OK(checkpoint_parse(buf_span(&text), &back, NULL) == 0 &&
		back.old_count == 1 && !back.old[0].path,
	    "an absurdly long one is left out");
	checkpoint_release(&back);
	checkpoint_release(&checkpoint);
	buf_release(&text);
}

static bool
has_head(
    const struct checkpoint *checkpoint, const struct fingerprint *head)
{
	if (head->len == 0)
		return false;
	for (size_t i = 0; i < checkpoint->head_count; i++)
		if (fingerprint_equal(&checkpoint->heads[i], head))
			return true;
	return false;
}

static void
test_lists(void)
{
	struct checkpoint checkpoint = CHECKPOINT_INIT;
	struct fingerprint head = {4, {1}}, none = {0};

	for (uint64_t i = 1; i <= CHECKPOINT_OLD_MAX + 2; i++) {
		struct checkpoint_old *old = checkpoint_add_old(&checkpoint);

		old->end = i;
		old->path = xstrdup("a");
	}
	OK(checkpoint.old_count == CHECKPOINT_OLD_MAX &&
		checkpoint.old[0].end == 3 &&
		checkpoint.old[CHECKPOINT_OLD_MAX - 1].end ==
		    CHECKPOINT_OLD_MAX + 2,
	    "beyond the maximum the oldest generation is dropped");
	checkpoint_drop_old(&checkpoint, 1);
	OK(checkpoint.old_count == CHECKPOINT_OLD_MAX - 1 &&
		checkpoint.old[0].end == 3 && checkpoint.old[1].end == 5,
	    "any of them can be");
	for (unsigned char i = 1; i <= CHECKPOINT_HEADS_MAX + 2; i++) {
		head.hash[1] = i;
		checkpoint_add_head(&checkpoint, &head);
	}
	OK(checkpoint.head_count == CHECKPOINT_HEADS_MAX &&
		has_head(&checkpoint, &head),
	    "of the heads the newest stay");
	head.hash[1] = 2;
	OK(!has_head(&checkpoint, &head), "the oldest do not");
	checkpoint_add_head(&checkpoint, &none);
	OK(!has_head(&checkpoint, &none) &&
		checkpoint.heads[CHECKPOINT_HEADS_MAX - 1].len == 4,
	    "a head of nothing is none");
	checkpoint_release(&checkpoint);
	OK(!checkpoint.old && !checkpoint.heads && !checkpoint.old_count,
	    "released it is empty");
}

int
main(void)
{
	test_refused();
	test_counts();
	test_round_trips();
	test_paths();
	test_lists();
	return tap_done();
}
