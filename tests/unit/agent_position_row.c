/*
 * agent_position_row: positions survive their way into rows and back, and
 * damaged rows do not become positions.
 */
#include "config.h"

#include "ctaild/position_row.h"
#include "tap.h"

static const struct position sample = {
    .dev = 1,
    .ino = UINT64_MAX,
    .birth_ns = -5,
    .offset = 5000,
    .head = {1024, {1, 2, 3}},
    .tail = {700, {4, 5, 6}},
    .skipping = true,
    .incarnation = "0123456789abcdef0123456789abcdef",
};

static void
test_round_trip(void)
{
	struct position previous = sample, back;
	struct source_position position = {"/a", "log", &sample, &previous};
	struct stored_position row;

	previous.offset = 1024;
	previous.head.len = previous.tail.len = 0;
	position_to_row(&position, &row);
	OK(span_is(row.path, "/a") && span_is(row.log, "log"),
	    "path and section are the row's");
	IS_INT(position_from_row(&row.live, &back), 0, "a row reads back");
	OK(back.dev == 1 && back.ino == UINT64_MAX && back.birth_ns == -5 &&
		back.offset == 5000 && back.skipping,
	    "with all numbers");
	IS_STR(back.incarnation, sample.incarnation, "and the incarnation");
	OK(fingerprint_equal(&back.head, &sample.head) &&
		fingerprint_equal(&back.tail, &sample.tail),
	    "and both fingerprints");
	OK(row.has_previous, "the previous generation is there");
	IS_INT(position_from_row(&row.previous, &back), 0, "and reads back");
	OK(back.offset == 1024 && back.head.len == 0 && back.tail.len == 0,
	    "fingerprints that are none stay none");
	position.previous = NULL;
	position_to_row(&position, &row);
	OK(!row.has_previous, "without a previous one there is none");
}

static void
test_damage(void)
{
	struct source_position position = {"/a", "log", &sample, NULL};
	struct position back, wrong = sample;
	struct stored_position row;
	struct stored_generation damaged;

	position_to_row(&position, &row);
	damaged = row.live;
	damaged.head.len--;
	IS_INT(position_from_row(&damaged, &back), -1,
	    "a fingerprint that is cut off is damage");
	damaged = row.live;
	damaged.incarnation.len--;
	IS_INT(position_from_row(&damaged, &back), -1, "so is an incarnation");
	damaged.incarnation.len = 0;
	IS_INT(position_from_row(&damaged, &back), -1, "or none");
	damaged = row.live;
	damaged.offset = 699;
	IS_INT(position_from_row(&damaged, &back), -1,
	    "and a tail longer than what was read");
	wrong.tail.len = POSITION_PRINT + 1;
	position.live = &wrong;
	position_to_row(&position, &row);
	IS_INT(position_from_row(&row.live, &back), -1,
	    "and a fingerprint of more than there can be");
}

int
main(void)
{
	test_round_trip();
	test_damage();
	return tap_done();
}
