/*
 * decimal: digits to numbers, without overflow.
 */
#include "config.h"

#include "input/decimal.h"

int
decimal_take(struct span *text, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;
	size_t at = 0;

	for (; at < text->len; at++) {
		unsigned digit = (unsigned char)text->data[at] - (unsigned)'0';

		if (digit > 9)
			break;
		if (digit > max || value > (max - digit) / 10)
			return -1;
		value = value * 10 + digit;
	}
	if (at == 0)
		return -1;
	*out = value;
	*text = span_of(text->data + at, text->len - at);
	return 0;
}
