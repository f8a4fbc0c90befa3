/*
 * sha256: the compression function of FIPS 180-4 and its padding.
 */
#include "config.h"

#include <string.h>

#include "base/sha256.h"

/* The first 32 bits of the fractional parts of the cube roots of the first
 * 64 primes. */
static const uint32_t round_constants[64] = {0x428a2f98, 0x71374491, 0xb5c0fbcf,
    0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
    0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7,
    0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
    0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
    0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c,
    0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee,
    0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static uint32_t
rotate_right(uint32_t word, unsigned bits)
{
	return word >> bits | word << (32 - bits);
}

/* What the rounds add: the words of the block and those made of them, each
 * with its constant. */
static void
schedule(uint32_t out[64], const unsigned char block[64])
{
	uint32_t w[64];

	for (int t = 0; t < 16; t++, block += 4)
		w[t] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 |
		       (uint32_t)block[2] << 8 | block[3];
	for (int t = 16; t < 64; t++)
		w[t] = w[t - 16] + w[t - 7] +
		       (rotate_right(w[t - 15], 7) ^
			   rotate_right(w[t - 15], 18) ^ w[t - 15] >> 3) +
		       (rotate_right(w[t - 2], 17) ^
			   rotate_right(w[t - 2], 19) ^ w[t - 2] >> 10);
	for (int t = 0; t < 64; t++)
		out[t] = w[t] + round_constants[t];
}

/* Instead of moving the eight words on by one, each round sees them in other
 * roles. */
static inline void
one_round(uint32_t a, uint32_t b, uint32_t c, uint32_t *d, uint32_t e,
    uint32_t f, uint32_t g, uint32_t *h, uint32_t word)
{
	uint32_t sum =
	    *h + word +
	    (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)) +
	    (g ^ (e & (f ^ g)));

	*d += sum;
	*h = sum +
	     (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22)) +
	     ((a & b) | (c & (a | b)));
}

static void
compress(uint32_t state[8], const unsigned char block[64])
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	uint32_t words[64];

	schedule(words, block);
	for (const uint32_t *w = words; w < words + 64; w += 8) {
		one_round(a, b, c, &d, e, f, g, &h, w[0]);
		one_round(h, a, b, &c, d, e, f, &g, w[1]);
		one_round(g, h, a, &b, c, d, e, &f, w[2]);
		one_round(f, g, h, &a, b, c, d, &e, w[3]);
		one_round(e, f, g, &h, a, b, c, &d, w[4]);
		one_round(d, e, f, &g, h, a, b, &c, w[5]);
		one_round(c, d, e, &f, g, h, a, &b, w[6]);
		one_round(b, c, d, &e, f, g, h, &a, w[7]);
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void
sha256_init(struct sha256 *sum)
{
	/* The same of the square roots of the first 8 primes. */
	static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
	    0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memset(sum, 0, sizeof(*sum));
	memcpy(sum->state, initial, sizeof(initial));
}

void
sha256_add(struct sha256 *sum, const void *bytes, size_t len)
{
	const unsigned char *from = bytes;
	size_t part;

	sum->length += len;
	while (len) {
		if (!sum->fill && len >= sizeof(sum->block)) {
			compress(sum->state, from);
			part = sizeof(sum->block);
		} else {
			part = sizeof(sum->block) - sum->fill;
			if (part > len)
				part = len;
			memcpy(sum->block + sum->fill, from, part);
			sum->fill += part;
			if (sum->fill == sizeof(sum->block)) {
				compress(sum->state, sum->block);
				sum->fill = 0;
			}
		}
		from += part;
		len -= part;
	}
}

static void
big_endian_64(uint64_t number, unsigned char out[8])
{
	int i;

	for (i = 7; i >= 0; i--, number >>= 8)
		out[i] = (unsigned char)number;
}

void
sha256_add_part(struct sha256 *sum, struct span part)
{
	unsigned char length[8];

	big_endian_64(part.len, length);
	sha256_add(sum, length, sizeof(length));
	sha256_add(sum, part.data, part.len);
}

void
sha256_final(struct sha256 *sum, unsigned char out[SHA256_SIZE])
{
	static const unsigned char padding[64] = {0x80};
	unsigned char bits[8];
	size_t pad = sum->fill < 56 ? 56 - sum->fill : 120 - sum->fill;
	int i;

	big_endian_64(sum->length * 8, bits);
	sha256_add(sum, padding, pad);
	sha256_add(sum, bits, sizeof(bits));
	for (i = 0; i < SHA256_SIZE; i++)
		out[i] =
		    (unsigned char)(sum->state[i / 4] >> (24 - 8 * (i % 4)));
}

void
hex_encode(const unsigned char *bytes, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}
