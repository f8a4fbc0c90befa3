/* Unit tests of base/base64.h and base/hmac.h. */
#include "config.h"

#include "base/base64.h"
#include "base/hmac.h"
#include "tap.h"

static void
encodes(const char *bytes, const char *want)
{
	struct buf text = BUF_INIT, back = BUF_INIT;

	base64_encode(&text, span_str(bytes));
	IS_STR(buf_str(&text), want, "base64 as in RFC 4648, section 10");
	OK(!base64_decode(&back, buf_span(&text)) &&
		span_equal(buf_span(&back), span_str(bytes)),
	    "and \"%s\" comes back", bytes);
	buf_release(&text);
	buf_release(&back);
}

static void
test_base64(void)
{
	static const char *const bad[] = {"Z", "Zg", "Zg=", "Zg==Zg==",
	    "Zg= =", "Zm9v\n", "Zm9 v", "Zm9-", "Zm9_", "====", "=AAA",
	    "A===", "Zh==", "Zm9=", "Zm\xc3\xa4=", "Z=g=", "Zm9vYg="};
	struct buf out = BUF_INIT;

	encodes("", "");
	encodes("f", "Zg==");
	encodes("fo", "Zm8=");
	encodes("foo", "Zm9v");
	encodes("foob", "Zm9vYg==");
	encodes("fooba", "Zm9vYmE=");
	encodes("foobar", "Zm9vYmFy");
	encodes("\xff\xef\xbe\xfb", "/+++" "+w==");

	buf_add_str(&out, "kept");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		OK(base64_decode(&out, span_str(bad[i])) == -1 &&
			span_is(buf_span(&out), "kept"),
		    "text %zu is no base64, and nothing is left of it", i);
	OK(base64_decode(&out, span_of("Zm9v\0g==", 8)) == -1,
	    "a NUL is no digit");
	OK(!base64_decode(&out, span_str("AP8=")) && out.len == 6 &&
		!memcmp(out.data, "kept\0\xff", 6),
	    "what is decoded is appended, NUL and all");
	buf_release(&out);
}

static void
test_every_length(void)
{
	char bytes[256];
	bool same = true;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		struct buf text = BUF_INIT, back = BUF_INIT;

		base64_encode(&text, span_of(bytes, len));
		same = same && text.len == (len + 2) / 3 * 4 &&
		       !base64_decode(&back, buf_span(&text)) &&
		       span_equal(buf_span(&back), span_of(bytes, len));
		buf_release(&text);
		buf_release(&back);
	}
	OK(same, "every length comes back");
}

static void
hmac_is(struct span key, struct span bytes, const char *want,
    const char *sentence)
{
	unsigned char digest[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];
	struct hmac hmac;

	hmac_init(&hmac, key);
	for (size_t i = 0; i < bytes.len; i++)
		hmac_add(&hmac, span_of(bytes.data + i, 1));
	hmac_final(&hmac, digest);
	hex_encode(digest, sizeof(digest), text);
	IS_STR(text, want, sentence);
}

static struct span
repeated(char *bytes, char byte, size_t len)
{
	memset(bytes, byte, len);
	return span_of(bytes, len);
}

static void
test_hmac(void)
{
	char key[131], bytes[64];
	struct hmac hmac;
	unsigned char digest[SHA256_SIZE];
	char zeros[sizeof(hmac)] = {0};

	hmac_is(repeated(key, 0x0b, 20), span_str("Hi There"),
	    "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7",
	    "RFC 4231, test case 1");
	hmac_is(span_str("Jefe"), span_str("what do ya want for nothing?"),
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843",
	    "test case 2: a key shorter than the digest");
	hmac_is(repeated(key, '\xaa', 20), repeated(bytes, '\xdd', 50),
	    "773ea91e36800e46854db8ebd09181a7"
	    "2959098b3ef8c122d9635514ced565fe",
	    "test case 3: more than a block altogether");
	for (size_t i = 0; i < 25; i++)
		key[i] = (char)(i + 1);
	hmac_is(span_of(key, 25), repeated(bytes, '\xcd', 50),
	    "82558a389a443c0ea4cc819899f2083a"
	    "85f0faa3e578f8077a2e3ff46729665b",
	    "test case 4");
	hmac_is(repeated(key, '\xaa', 131),
	    span_str("Test Using Larger Than Block-Size Key - Hash Key First"),
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54",
	    "test case 6: a key longer than a block");
	hmac_is(repeated(key, '\xaa', 131),
	    span_str("This is a test using a larger than block-size key and a "
		     "larger than block-size data. The key needs to be hashed "
		     "before being used by the HMAC algorithm."),
	    "9b09ffa71b942fcb27635fbcd5b0e944"
	    "bfdc63644f0713938a7f51535c3a35e2",
	    "test case 7: both longer");
	hmac_is(span_of("", 0), span_of("", 0),
	    "b613679a0814d9ec772f95d778c35fc5"
	    "ff1697c493715653c6c712144292c5ad",
	    "nothing with no key has a digest too");

	hmac_init(&hmac, span_str("secret"));
	hmac_final(&hmac, digest);
	OK(!memcmp(&hmac, zeros, sizeof(hmac)), "the key's traces are wiped");
}

int
main(void)
{
	test_base64();
	test_every_length();
	test_hmac();
	return tap_done();
}
