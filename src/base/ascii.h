/*
 * ascii: what kind of character a byte is, whatever the locale says.
 *
 * As <ctype.h>, but of ASCII alone, and for any int: a plain char, which may
 * be negative, an unsigned one, a code point and EOF need no cast.  What is not
 * ASCII is of no kind, has no value, and stays as it is.
 */
#ifndef CTAIL_BASE_ASCII_H
#define CTAIL_BASE_ASCII_H

#include <stdbool.h>

/* 0-9 */
static inline bool
ascii_is_digit(int byte)
{
	return byte >= '0' && byte <= '9';
}

/* a-z */
static inline bool
ascii_is_lower(int byte)
{
	return byte >= 'a' && byte <= 'z';
}

/* A-Z */
static inline bool
ascii_is_upper(int byte)
{
	return byte >= 'A' && byte <= 'Z';
}

/* a-z A-Z */
static inline bool
ascii_is_letter(int byte)
{
	return ascii_is_lower(byte) || ascii_is_upper(byte);
}

/* a-z A-Z 0-9 */
static inline bool
ascii_is_alnum(int byte)
{
	return ascii_is_letter(byte) || ascii_is_digit(byte);
}

/* a-z A-Z 0-9 _ */
static inline bool
ascii_is_word(int byte)
{
	return ascii_is_alnum(byte) || byte == '_';
}

/* A blank, \t \n \v \f \r.  (span_blank: a blank and \t.) */
static inline bool
ascii_is_space(int byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* 0 to 31, and DEL */
static inline bool
ascii_is_control(int byte)
{
	return (byte >= 0 && byte < ' ') || byte == 0x7f;
}

static inline char
ascii_lower(char byte)
{
	return ascii_is_upper(byte) ? (char)(byte + ('a' - 'A')) : byte;
}

static inline char
ascii_upper(char byte)
{
	return ascii_is_lower(byte) ? (char)(byte - ('a' - 'A')) : byte;
}

/* What it is worth as one of 0-9 a-f; -1: it is none of them. */
static inline int
ascii_hex_lower(int byte)
{
	if (ascii_is_digit(byte))
		return byte - '0';
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The same of 0-9 A-F. */
static inline int
ascii_hex_upper(int byte)
{
	if (ascii_is_digit(byte))
		return byte - '0';
	return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* And of 0-9 a-f A-F. */
static inline int
ascii_hex_value(int byte)
{
	int value = ascii_hex_lower(byte);

	return value >= 0 ? value : ascii_hex_upper(byte);
}

#endif
