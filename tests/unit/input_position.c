/*
 * input_position: fingerprints and identities.
 */
#include "config.h"

#include "input/position.h"
#include "files.h"
#include "tap.h"

static void
test_fingerprints(void)
{
	struct fingerprint a, b;
	char bytes[POSITION_PRINT] = "";

	fingerprint_take(&a, span_str("abc"));
	fingerprint_take(&b, span_str("abc"));
	OK(fingerprint_equal(&a, &b), "equal bytes have equal prints");
	OK(a.hash[0] == 0xba && a.hash[1] == 0x78 && a.hash[15] == 0x23,
	    "a print is the front of the SHA-256");
	fingerprint_take(&b, span_str("abd"));
	OK(!fingerprint_equal(&a, &b), "other bytes another");
	fingerprint_take(&a, span_of(NULL, 0));
	IS_INT(a.len, 0, "no bytes give the empty print");
	fingerprint_take(&b, span_of(bytes, 1));
	OK(!fingerprint_equal(&a, &b), "which a NUL byte does not have");
	fingerprint_take(&a, span_of(bytes, sizeof(bytes)));
	IS_INT(a.len, POSITION_PRINT, "1,024 bytes are the most");
}

static struct position
identity(const char *name)
{
	struct position position = {0};
	int fd = open(files_path(name), O_RDONLY);

	OK(fd >= 0 && position_identify(&position, fd) == 0,
	    "an open file has an identity");
	close(fd);
	return position;
}

static void
test_identities(void)
{
	struct position a, b, moved;

	files_write("a", "same\n");
	files_write("b", "same\n");
	a = identity("a");
	b = identity("b");
	OK(!position_same_file(&a, &b), "two files are not the same");
	files_rename("a", "c");
	moved = identity("c");
	OK(position_same_file(&a, &moved), "a renamed one still is");
	moved.birth_ns = a.birth_ns + 1;
	OK(a.birth_ns == 0 || !position_same_file(&a, &moved),
	    "the same inode born at another time is not");
	moved.birth_ns = 0;
	OK(position_same_file(&a, &moved),
	    "an unknown time of birth says nothing");
	moved.dev++;
	OK(!position_same_file(&a, &moved), "one on another device is not");
	moved.dev = 0;
	OK(position_same_file(&a, &moved) && position_same_file(&moved, &a),
	    "an unknown device says nothing either");
	OK(position_identify(&a, -1) < 0, "a bad descriptor has none");
}

int
main(void)
{
	files_begin();
	test_fingerprints();
	test_identities();
	files_end();
	return tap_done();
}
