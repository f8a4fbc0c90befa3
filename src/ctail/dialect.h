/*
 * dialect: whose command line is spoken, by the name ctail was called with.
 */
#ifndef CTAIL_CTAIL_DIALECT_H
#define CTAIL_CTAIL_DIALECT_H

enum dialect {
	DIALECT_CTAIL,
	DIALECT_LOGTAIL,	/* logtail, logtail2 */
	DIALECT_PYGTAIL,
};

/* From argv[0], which may be NULL. */
enum dialect dialect_of(const char *program);

#endif
