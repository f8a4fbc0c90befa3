/*
 * bug: broken invariants stop the program at once.
 *
 * BUG is for what only a programming error can cause.  It writes the place
 * and the sentence to standard error and aborts; what the user or the world
 * did wrong is reported with struct err instead.
 */
#ifndef CTAIL_BASE_BUG_H
#define CTAIL_BASE_BUG_H

_Noreturn void bug_at(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define BUG(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)

#endif
