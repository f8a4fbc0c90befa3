/* Unit tests of base/sha256.h. */
#include "config.h"

#include "base/sha256.h"
#include "tap.h"

static const char *
digest(struct sha256 *sum)
{
	static char text[2 * SHA256_SIZE + 1];
	unsigned char bytes[SHA256_SIZE];

	sha256_final(sum, bytes);
	hex_encode(bytes, sizeof(bytes), text);
	return text;
}

static const char *
digest_of(const char *text)
{
	struct sha256 sum;

	sha256_init(&sum);
	sha256_add(&sum, text, strlen(text));
	return digest(&sum);
}

static void
published_vectors(void)
{
	struct sha256 sum;
	int i;

	IS_STR(digest_of(""),
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c"
	    "a495991b7852b855",
	    "the digest of nothing is the published one");
	IS_STR(digest_of("abc"),
	    "ba7816bf8f01cfea414140de5dae2223b00361a39617"
	    "7a9cb410ff61f20015ad",
	    "the digest of abc is that of FIPS 180");
	IS_STR(digest_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmno"
			 "mnopnopq"),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	    "the digest of the 448-bit message is that of FIPS 180");
	IS_STR(digest_of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghij"
			 "klmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrst"
			 "nopqrstu"),
	    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
	    "the digest of the 896-bit message is that of FIPS 180");
	sha256_init(&sum);
	for (i = 0; i < 1000; i++) {
		char block[1000];

		memset(block, 'a', sizeof(block));
		sha256_add(&sum, block, sizeof(block));
	}
	IS_STR(digest(&sum),
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e"
	    "046d39ccc7112cd0",
	    "the digest of a million letters a is that of FIPS 180");
}

/* Every length around the padding's borders, cut at every place. */
static void
pieces(void)
{
	unsigned char bytes[140];
	bool same = true;
	char whole[2 * SHA256_SIZE + 1];
	struct sha256 sum;
	size_t len, cut;

	for (len = 0; len < sizeof(bytes); len++)
		bytes[len] = (unsigned char)(len * 7);
	for (len = 0; len <= sizeof(bytes); len++) {
		sha256_init(&sum);
		sha256_add(&sum, bytes, len);
		memcpy(whole, digest(&sum), sizeof(whole));
		for (cut = 0; cut <= len; cut++) {
			sha256_init(&sum);
			sha256_add(&sum, bytes, cut);
			sha256_add(&sum, bytes + cut, len - cut);
			same &= !strcmp(digest(&sum), whole);
		}
	}
	OK(same, "the digest does not depend on how the bytes are cut up");
}

static void
parts(void)
{
	struct sha256 first, second;
	char text[2 * SHA256_SIZE + 1];

	sha256_init(&first);
	sha256_add_part(&first, span_str("ab"));
	sha256_add_part(&first, span_str("c"));
	sha256_init(&second);
	sha256_add_part(&second, span_str("a"));
	sha256_add_part(&second, span_str("bc"));
	memcpy(text, digest(&first), sizeof(text));
	OK(strcmp(text, digest(&second)) != 0,
	    "parts that join to the same bytes have other digests");
	sha256_init(&first);
	sha256_add_part(&first, span_of(NULL, 0));
	IS_STR(digest(&first),
	    "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4"
	    "de5b2328de0e83dfc",
	    "an empty part is eight zero bytes");
}

static void
hexadecimal(void)
{
	const unsigned char bytes[] = {0x00, 0x0f, 0xa0, 0xff};
	char text[9];

	hex_encode(bytes, sizeof(bytes), text);
	IS_STR(text, "000fa0ff", "bytes become two lower-case digits each");
	hex_encode(bytes, 0, text);
	IS_STR(text, "", "no bytes become the empty text");
}

int
main(void)
{
	published_vectors();
	pieces();
	parts();
	hexadecimal();
	return tap_done();
}
