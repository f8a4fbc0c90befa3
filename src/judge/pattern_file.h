/*
 * pattern_file: rule files as logcheck's, POSIX extended expressions, one a
 * line.
 *
 * Blank lines and lines that begin with # are no patterns.  Each one is
 * translated to PCRE2 faithfully (posix.h).  A path that is a directory
 * stands for its files, in order, with names as run-parts(8) takes them.
 * Reading is the program's business (this room has no descriptors): it gives
 * the bytes of one file.
 */
#ifndef CTAIL_JUDGE_PATTERN_FILE_H
#define CTAIL_JUDGE_PATTERN_FILE_H

#include <stdbool.h>
#include "base/setting.h"
#include "base/span.h"

#define PATTERN_FILE_BYTES_MAX (16 * 1024 * 1024)
#define PATTERN_FILE_PATTERNS_MAX 100000

/* A name that run-parts would take: letters, digits, _ and - only. */
bool pattern_file_name_counts(struct span name);

/* Each pattern of a file with its line, translated; or what is wrong with
 * that line (pattern NULL).  Both: it is a pattern, and something is odd.
 * file is borrowed for the origins. */
void pattern_file_each(const char *file, struct span bytes,
    void (*each)(void *arg, struct origin origin, const char *pattern,
	const char *mistake),
    void *arg);

#endif
