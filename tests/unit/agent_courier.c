/*
 * The courier with a [file] sink: nothing that is due later is forgotten.
 */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctaild/courier.h"
#include "message/alert.h"
#include "store/store_alert.h"
#include "tap.h"

#define TURNS_MAX 200

static char dir[] = "/tmp/ctail-courier-XXXXXX";

static struct conf *
load_conf(void)
{
	struct conf_places places = {dir, NULL};
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct buf text = BUF_INIT;
	struct conf *conf;

	buf_addf(&text, "[file out]\npath = %s/out.jsonl\n", dir);
	conf = conf_load_text("test", buf_span(&text), &places, &errors);
	buf_release(&text);
	conf_errors_release(&errors);
	return conf;
}

static void
put(struct store *store, char digit, int64_t due_ms)
{
	struct alert alert;
	struct buf fields = BUF_INIT;
	struct err err = ERR_INIT;

	alert_init(&alert);
	memset(alert.id, digit, ALERT_ID_SIZE - 1);
	alert.made_ms = clock_wall_ms();
	alert_encode(&alert, &fields);
	struct stored_alert row = {.id = span_str(alert.id),
	    .kind = span_str("match"),
	    .made_ms = alert.made_ms,
	    .fields = buf_span(&fields)};
	store_alert_put(store, &row, &err);
	store_outbox_put(store, row.id, span_str("out"), due_ms, &err);
	buf_release(&fields);
	alert_release(&alert);
}

static int64_t
delivered(struct store *store)
{
	struct store_counts counts = {0};
	struct err err = ERR_INIT;

	store_alert_counts(store, &counts, &err);
	return counts.delivered;
}

/* The loop itself waits for what is due; -1 for ever would show a hang. */
static void
run(struct loop *loop, struct store *store, int64_t want)
{
	struct err err = ERR_INIT;

	for (int i = 0; delivered(store) < want && i < TURNS_MAX; i++)
		if (loop_turn(loop, 50, &err))
			return;
}

int
main(void)
{
	struct outlet_places places = {0};
	struct err err = ERR_INIT;
	struct store *store;
	struct courier *courier;
	struct loop *loop = loop_new();
	struct conf *conf;
	char path[64];

	if (!mkdtemp(dir))
		return 99;
	store = store_open("/dev/null", STORE_MEMORY, &err);
	conf = load_conf();
	courier = courier_new(loop, store, "host", &places);
	courier_configure(courier, conf);
	put(store, 'a', clock_wall_ms());
	put(store, 'b', clock_wall_ms() + 300);
	courier_kick(courier);
	IS_INT(delivered(store), 1, "what is due is delivered at once");
	run(loop, store, 2);
	IS_INT(delivered(store), 2,
	    "what is due later is delivered then, though nothing happens");
	put(store, 'c', clock_wall_ms() + 400LL * 86400000);
	courier_kick(courier);
	run(loop, store, 3);
	IS_INT(delivered(store), 3,
	    "a due time that a clock set back left far away does not silence");
	courier_free(courier);
	loop_free(loop);
	store_close(store);
	conf_free(conf);
	snprintf(path, sizeof(path), "%s/out.jsonl", dir);
	unlink(path);
	rmdir(dir);
	return tap_done();
}
