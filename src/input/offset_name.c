/*
 * offset_name: a path as one file name, reversibly.
 */
#include "config.h"

#include "base/sha256.h"
#include "input/offset_name.h"

#define NAME_BYTES_MAX 200

/* Slashes become '%'.  What would be taken for one gets a name of its own, and
 * so does the '=' that begins such names: read from the left, every name has
 * one meaning.  What is too long for a file name ends in a hash. */
void
offset_name_add(struct buf *out, const char *log_path)
{
	size_t start = out->len;
	struct sha256 sum;
	unsigned char hash[SHA256_SIZE];
	char digits[2 * SHA256_SIZE + 1];

	for (const char *at = log_path + (*log_path == '/'); *at; at++) {
		if (*at == '/')
			buf_add_byte(out, '%');
		else if (*at == '%')
			buf_add_str(out, "=p");
		else if (*at == '=')
			buf_add_str(out, "==");
		else
			buf_add_byte(out, *at);
	}
	if (out->len - start > NAME_BYTES_MAX) {
		sha256_init(&sum);
		sha256_add_part(&sum, span_str(log_path));
		sha256_final(&sum, hash);
		hex_encode(hash, sizeof(hash), digits);
		out->len = start + NAME_BYTES_MAX - 66;
		buf_addf(out, "=h%s", digits);
	}
	buf_add_str(out, ".offset");
}
