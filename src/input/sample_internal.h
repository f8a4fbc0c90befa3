/*
 * sample_internal: what the files of sample share.
 *
 * A sampling is one stream of records, from one file or from the generations
 * of a log one behind the other.
 */
#ifndef CTAIL_INPUT_SAMPLE_INTERNAL_H
#define CTAIL_INPUT_SAMPLE_INTERNAL_H

#include <sys/stat.h>
#include "base/buf.h"
#include "input/content.h"
#include "input/sample.h"

/* Where bytes come from. */
struct sample_origin {
	char *path;		/* owned, or NULL */
	uint64_t offset;
};

struct sampling {
	const struct sample *sample;
	const char *log_path;
	struct record_rule rule;
	struct buf bytes;	/* not handed out yet */
	size_t carry;		/* so many of them are the rest of */
	struct sample_origin before;	/* the generation before */
	struct sample_origin now;	/* the others of this one */
	uint64_t done;		/* plain bytes read of it */
	uint64_t size;		/* of it; 0: not known */
	uint64_t from, until;	/* records that begin there */
	int64_t since_ms;	/* older ones are left out; 0: none */
	int64_t newest_ms;	/* time of the record before; 0: none yet */
	bool aligned;		/* a record has begun: nothing is skipped */
	bool skipping;
	bool ended;		/* by the caller, or at until */
};

struct sample_input {
	struct content content;
	bool stream;		/* read on, not at offsets */
	uint64_t size;		/* plain: as it is now; else UINT64_MAX */
	struct stat st;
};

void sampling_init(struct sampling *sampling, const struct sample *sample,
    const char *log_path);
void sampling_release(struct sampling *sampling);

/* All of an open file; last: no generation follows.  Closes input. */
int sampling_read(struct sampling *sampling, const char *path,
    struct sample_input *input, bool last, struct err *err);

/* Opens path, packed ones too; special: also what is no regular file.
 * "-" then is standard input. */
int sample_open(const struct sample *sample, const char *path, bool special,
    struct sample_input *out, struct err *err);

#endif
