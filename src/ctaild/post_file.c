/*
 * post_file: alerts into a local file.
 *
 * Hides that many of them are on the disk by one sync, and known to be by one
 * transaction behind it.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctaild/post.h"
#include "deliver/worker.h"
#include "message/alert.h"

/* What was written of a batch, in the order of its rows. */
struct file_batch {
	struct post *post;
	void *run;
	struct outcome *outcomes;
	bool *tried;
	size_t count;
	int64_t until_ms;		/* boot */
};

/* False when nothing more is to be written. */
static bool
write_row(struct file_batch *batch, size_t i, struct buf *fields)
{
	struct post *post = batch->post;
	struct outcome *outcome = &batch->outcomes[i];
	struct alert alert;

	if (!post_fetch(post, &post->rows[i], fields))
		return !post->unrecorded && !post->store_again_ms;
	if (alert_decode(buf_span(fields), &alert, NULL))
		return false;
	file_driver.send(batch->run,
	    &(struct delivery){.alert = &alert,
		.settled = span_str(post->rows[i].settled)},
	    outcome);
	batch->tried[i] = true;
	alert_release(&alert);
	return outcome->class == OUTCOME_DELIVERED &&
	       clock_boot_ms() <= batch->until_ms;
}

static void
write_batch(struct file_batch *batch)
{
	struct outcome synced;
	struct buf fields = BUF_INIT;
	size_t i = 0;

	while (i < batch->count && write_row(batch, i, &fields))
		i++;
	buf_release(&fields);
	outcome_set(&synced, OUTCOME_DELIVERED, 0, "stored");
	if (file_driver.sync)
		file_driver.sync(batch->run, &synced);
	for (i = 0; i < batch->count; i++) {
		if (!batch->tried[i])
			continue;
		if (synced.class != OUTCOME_DELIVERED &&
		    batch->outcomes[i].class == OUTCOME_DELIVERED)
			batch->outcomes[i] = synced;
		post_note(batch->post, batch->post->rows[i].id,
		    &batch->outcomes[i]);
	}
	post_store(batch->post);
}

static void
run_batches(struct post *post, void *run)
{
	struct file_batch batch = {.post = post,
	    .run = run,
	    .outcomes = xcalloc(POST_BATCH_MAX, sizeof(*batch.outcomes)),
	    .tried = xcalloc(POST_BATCH_MAX, sizeof(*batch.tried)),
	    .until_ms = clock_boot_ms() + POST_RUN_MS};

	while (clock_boot_ms() <= batch.until_ms &&
	       (batch.count = post_take(post))) {
		memset(batch.tried, 0,
		    POST_BATCH_MAX * sizeof(*batch.tried));
		write_batch(&batch);
	}
	free(batch.outcomes);
	free(batch.tried);
}

void
post_run_file(struct post *post)
{
	struct outcome outcome;
	void *run = file_driver.open(post->name, post->settings,
	    post->hostname, &outcome);

	if (!run) {
		post_outcome(post, 0, &outcome);
		return;
	}
	run_batches(post, run);
	file_driver.close(run);
}
