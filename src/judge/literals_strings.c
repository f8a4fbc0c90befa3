/*
 * literals_strings: small sets of short strings.
 *
 * Hides how a set that stands for both cases takes in strings that do not:
 * all of it becomes lower case, which only ever says less.
 */
#include "config.h"

#include <string.h>

#include "base/ascii.h"
#include "judge/literals_internal.h"

static void
string_lower(struct string *string)
{
	size_t i;

	for (i = 0; i < string->len; i++) {
		if (ascii_is_upper(string->bytes[i]))
			string->bytes[i] |= 0x20;
	}
}

static bool
string_is(const struct string *string, const struct string *other)
{
	return string->len == other->len &&
	       !memcmp(string->bytes, other->bytes, string->len);
}

static void
string_copy(struct string *to, const struct string *from)
{
	to->len = from->len;
	to->closed = from->closed;
	memcpy(to->bytes, from->bytes, from->len);
}

/* Takes in a copy of the string that already has the set's case. */
static bool
strings_put(struct strings *set, const struct string *string)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (string_is(&set->of[i], string)) {
			set->of[i].closed |= string->closed;
			return true;
		}
	}
	if (set->count == LITERALS_MAX)
		return false;
	string_copy(&set->of[set->count++], string);
	return true;
}

/* After the strings were changed: once each. */
static void
strings_unique(struct strings *set)
{
	size_t i, count = set->count;

	set->count = 0;
	for (i = 0; i < count; i++) {
		struct string string;

		string_copy(&string, &set->of[i]);
		strings_put(set, &string);
	}
}

static void
strings_lower(struct strings *set)
{
	size_t i;

	if (set->nocase)
		return;
	set->nocase = true;
	for (i = 0; i < set->count; i++)
		string_lower(&set->of[i]);
	if (set->count > 1)
		strings_unique(set);
}

bool
strings_add(struct strings *set, const void *bytes, size_t len, bool nocase)
{
	struct string string;

	if (len > STRING_BYTES_MAX)
		return false;
	if (nocase)
		strings_lower(set);
	string.len = (unsigned char)len;
	string.closed = false;
	memcpy(string.bytes, bytes, len);
	if (set->nocase)
		string_lower(&string);
	return strings_put(set, &string);
}

void
strings_none(struct strings *set)
{
	set->nocase = false;
	set->count = 0;
}

void
strings_only(struct strings *set, const void *bytes, size_t len)
{
	strings_none(set);
	strings_add(set, bytes, len, false);
}

void
strings_copy(struct strings *to, const struct strings *from)
{
	to->nocase = from->nocase;
	to->count = from->count;
	memcpy(to->of, from->of, from->count * sizeof(from->of[0]));
}

bool
strings_unite(struct strings *set, const struct strings *other)
{
	size_t i, count;

	if (other->nocase)
		strings_lower(set);
	count = set->count;
	for (i = 0; i < other->count; i++) {
		if (!strings_add(set, other->of[i].bytes, other->of[i].len,
			other->nocase)) {
			set->count = count;
			return false;
		}
	}
	return true;
}

static void
string_append(struct string *string, const struct string *more)
{
	if (string->closed)
		return;
	memcpy(string->bytes + string->len, more->bytes, more->len);
	string->len = (unsigned char)(string->len + more->len);
	string->closed = more->closed;
}

static void
strings_multiply(struct strings *set, const struct strings *other)
{
	struct strings product = {.nocase = set->nocase};
	size_t i, k;

	for (i = 0; i < set->count; i++) {
		for (k = 0; k < other->count; k++) {
			struct string string;

			string_copy(&string, &set->of[i]);
			string_append(&string, &other->of[k]);
			if (product.nocase)
				string_lower(&string);
			strings_put(&product, &string);
		}
	}
	strings_copy(set, &product);
}

static size_t
strings_longest(const struct strings *set)
{
	size_t i, longest = 0;

	for (i = 0; i < set->count; i++) {
		if (set->of[i].len > longest)
			longest = set->of[i].len;
	}
	return longest;
}

bool
strings_append(struct strings *set, const struct strings *other)
{
	if (set->count * other->count > LITERALS_MAX ||
	    strings_longest(set) + strings_longest(other) > STRING_BYTES_MAX)
		return false;
	if (other->nocase)
		strings_lower(set);
	if (other->count == 1 && set->count == 1) {
		string_append(&set->of[0], &other->of[0]);
		if (set->nocase)
			string_lower(&set->of[0]);
	} else
		strings_multiply(set, other);
	return true;
}

void
strings_cut(struct strings *set, size_t len)
{
	size_t i;

	if (strings_longest(set) <= len)
		return;
	for (i = 0; i < set->count; i++) {
		struct string *string = &set->of[i];

		if (string->len <= len)
			continue;
		memmove(string->bytes, string->bytes + string->len - len, len);
		string->len = (unsigned char)len;
	}
	strings_unique(set);
}

void
strings_close(struct strings *set)
{
	for (size_t i = 0; i < set->count; i++)
		set->of[i].closed = true;
}

bool
strings_have_empty(const struct strings *set)
{
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (!set->of[i].len)
			return true;
	}
	return false;
}
