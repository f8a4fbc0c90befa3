/*
 * Fuzzes what is remembered of logs: one checkpoint, and a fingerprint file
 * as it stands and with a right sum.
 */
#include "config.h"

#include "base/bug.h"
#include "fuzz/fuzz.h"
#include "input/checkpoint_file.h"

/* Whatever is accepted is what ctail would have written. */
static void
check_again(struct span text, const struct checkpoint *checkpoint)
{
	struct buf again = BUF_INIT;

	checkpoint_format(checkpoint, &again);
	if (!span_equal(text, buf_span(&again)))
		BUG("accepted, but written differently");
	buf_release(&again);
}

static void
parse_pair(struct span text)
{
	struct offset_entry entry = {60, 600};
	struct checkpoint_pair pair;
	struct checkpoint checkpoint;

	if (checkpoint_parse_pair(text, &pair, NULL) == 0) {
		checkpoint_resume(&entry, 1, &pair, &checkpoint);
		checkpoint_release(&checkpoint);
		checkpoint_recover(&pair, &entry);
		checkpoint_pair_release(&pair);
	}
}

static void
parse_sealed(struct span text)
{
	struct buf sealed = BUF_INIT;

	buf_add_span(&sealed, text);
	checkpoint_seal(&sealed);
	parse_pair(buf_span(&sealed));
	buf_release(&sealed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = span_of((const char *)bytes, len);
	struct checkpoint checkpoint;

	if (checkpoint_parse(text, &checkpoint, NULL) == 0)
		check_again(text, &checkpoint);
	checkpoint_release(&checkpoint);
	parse_pair(text);
	parse_sealed(text);
	return 0;
}
