/*
 * err: what went wrong, as one whole sentence for a person.
 *
 * A function that can fail through the user's or the world's fault returns
 * -1 and fills the caller's struct err; on success it leaves it untouched.
 * The sentence names the thing and the remedy, starts with a lower-case word
 * (it is printed behind "program: "), has no final full stop, and never
 * holds a secret.  Longer text is cut at ERR_TEXT_MAX - 1 bytes.
 */
#ifndef CTAIL_BASE_ERR_H
#define CTAIL_BASE_ERR_H

#define ERR_TEXT_MAX 1024

struct err {
	char text[ERR_TEXT_MAX];
};

#define ERR_INIT {{0}}

/* Both return -1, so that "return err_set(err, ...)" reads well; err may be
 * NULL when the caller does not care. */
int err_set(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts "CONTEXT: " in front of what err holds. */
int err_prefix(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
