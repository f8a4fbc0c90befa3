/*
 * follow_gap: what follow says: losses, reasons, and why it waits.
 *
 * Nothing is given up without a word, and every gap is counted.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "input/follow_internal.h"

const char *
follow_shown(const struct follow *follow, const struct generation *generation)
{
	return generation->path ? generation->path : follow->path;
}

void
follow_explain(const struct follow *follow, const char *format, ...)
{
	const struct follow_options *options = follow->options;
	char text[ERR_TEXT_MAX];
	va_list args;

	if (!options->explain)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	options->explain(options->explain_arg, text);
}

enum follow_verdict
follow_gap(struct follow *follow, uint64_t bytes, struct err *err,
    const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	follow->gaps.count++;
	follow->gaps.bytes += bytes;
	err_set(err, "%s", text);
	follow_explain(follow, "gap: %s", text);
	return FOLLOW_GAP;
}

void
follow_tell_next(
    struct follow *follow, enum follow_verdict verdict, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_addv(&text, format, args);
	va_end(args);
	free(follow->pending_text);
	follow->pending_text = buf_take(&text);
	follow->pending = verdict;
}

enum follow_verdict
follow_tell_pending(struct follow *follow, struct err *err)
{
	enum follow_verdict verdict = follow->pending;

	if (verdict == FOLLOW_EOF)
		return verdict;
	err_set(err, "%s", follow->pending_text);
	free(follow->pending_text);
	follow->pending_text = NULL;
	follow->pending = FOLLOW_EOF;
	return verdict;
}

enum follow_verdict
follow_wait(struct follow *follow)
{
	follow->waiting = true;
	return FOLLOW_WAIT;
}

enum follow_verdict
follow_not_now(struct follow *follow, enum chain_answer answer, struct err *err)
{
	follow->waiting = true;
	if (answer == CHAIN_FAILED)
		return FOLLOW_UNREADABLE;
	if (!err->text[0])
		err_set(err,
		    "the rotated files of %s are being compressed or renamed; "
		    "waiting until that is done",
		    follow->path);
	return FOLLOW_WAIT;
}

/* Opened anew by its name the next time (ESTALE), unless it has none. */
enum follow_verdict
follow_unreadable(
    struct follow *follow, struct generation *generation, struct err *err)
{
	struct err why = *err;
	struct stat st;

	err_set(err, "%s %s", follow_shown(follow, generation), why.text);
	if (!generation_is_open(generation) ||
	    fstat(generation->content.fd, &st) < 0 || st.st_nlink > 0)
		generation_close(generation);
	follow->waiting = true;
	return FOLLOW_UNREADABLE;
}
