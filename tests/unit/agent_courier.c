/*
 * The courier with [file] sinks: nothing that is due later is forgotten, and
 * the fallback of a sink hears when that one fails.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctaild/courier.h"
#include "message/alert.h"
#include "store/store_alert.h"
#include "tap.h"

#define TURNS_MAX 200

static char dir[] = "/tmp/ctail-courier-XXXXXX";

/* out can be written, phone not before there is its directory; desk hears. */
static const char config[] = "[file out]\npath = %1$s/out.jsonl\n"
			     "[file phone]\npath = %1$s/later/phone.jsonl\n"
			     "fallback = desk\n"
			     "[file desk]\npath = %1$s/desk.jsonl\n"
			     "fallback = phone\n"
			     "[agent]\nsink = out\n";

static struct loop *loop;
static struct store *store;
static struct courier *courier;

static struct conf *
load_conf(void)
{
	struct conf_places places = {dir, NULL};
	struct conf_errors errors = CONF_ERRORS_INIT;
	char text[1000];
	struct conf *conf;

	snprintf(text, sizeof(text), config, dir);
	conf = conf_load_text("test", span_str(text), &places, &errors);
	if (!conf)
		printf("# %s\n", buf_str(&errors.text));
	conf_errors_release(&errors);
	return conf;
}

static void
put_as(const char *id, const char *sink, enum alert_kind kind, int64_t due_ms)
{
	struct alert alert;
	struct buf fields = BUF_INIT;
	struct err err = ERR_INIT;

	alert_init(&alert);
	alert.kind = kind;
	snprintf(alert.id, sizeof(alert.id), "%s", id);
	alert.made_ms = clock_wall_ms();
	alert_encode(&alert, &fields);
	struct stored_alert row = {.id = span_str(alert.id),
	    .kind = span_str(alert_kind_name(kind)),
	    .made_ms = alert.made_ms,
	    .fields = buf_span(&fields)};
	store_alert_put(store, &row, &err);
	store_outbox_put(store, row.id, span_str(sink), due_ms, &err);
	buf_release(&fields);
	alert_release(&alert);
}

static void
put(char digit, int64_t due_ms)
{
	char id[ALERT_ID_SIZE];

	memset(id, digit, ALERT_ID_SIZE - 1);
	id[ALERT_ID_SIZE - 1] = '\0';
	put_as(id, "out", ALERT_MATCH, due_ms);
}

static int64_t
delivered(void)
{
	struct store_counts counts = {0};
	struct err err = ERR_INIT;

	store_alert_counts(store, &counts, &err);
	return counts.delivered;
}

/* The loop itself waits for what is due; -1 for ever would show a hang. */
static void
run(int64_t want)
{
	struct err err = ERR_INIT;

	for (int i = 0; delivered() < want && i < TURNS_MAX; i++)
		if (loop_turn(loop, 50, &err))
			return;
}

static void
count_row(void *arg, const struct outbox_row *row)
{
	(void)row;
	++*(int64_t *)arg;
}

/* Rows of this sink in this state. */
static int64_t
rows(const char *sink, enum outbox_state state)
{
	struct alert_filter filter = {
	    .sink = sink, .state = (int)state, .limit = -1};
	int64_t count = 0;

	store_alert_list(store, &filter, count_row, &count, NULL);
	return count;
}

static void
test_due(void)
{
	put('a', clock_wall_ms());
	put('b', clock_wall_ms() + 300);
	courier_kick(courier);
	IS_INT(delivered(), 1, "what is due is delivered at once");
	run(2);
	IS_INT(delivered(), 2,
	    "what is due later is delivered then, though nothing happens");
	put('c', clock_wall_ms() + 400LL * 86400000);
	courier_kick(courier);
	run(3);
	IS_INT(delivered(), 3,
	    "a due time that a clock set back left far away does not silence");
}

static void
test_many(void)
{
	char id[ALERT_ID_SIZE];
	int64_t before = delivered();

	for (int i = 0; i < 300; i++) {
		snprintf(id, sizeof(id), "%040d", i);
		put_as(id, "out", ALERT_MATCH, clock_wall_ms());
	}
	courier_kick(courier);
	run(before + 300);
	IS_INT(delivered(), before + 300, "many are delivered, batch by batch");
	IS_INT(rows("out", OUTBOX_DUE), 0, "and none is left");
}

struct sight {
	const char *name;
	struct courier_sink sink;
};

static void
see(void *arg, const struct courier_sink *sink)
{
	struct sight *sight = arg;

	if (!strcmp(sink->name, sight->name))
		sight->sink = *sink;
}

static struct courier_sink
look_at(const char *name)
{
	struct sight sight = {.name = name};

	courier_sinks(courier, see, &sight);
	return sight.sink;
}

static void
test_fallback(const struct conf *conf)
{
	struct courier_sink phone;
	char id[ALERT_ID_SIZE], path[100];
	int64_t before = delivered();

	snprintf(id, sizeof(id), "%040d", 1000);
	put_as(id, "phone", ALERT_MATCH, clock_wall_ms());
	courier_kick(courier);
	run(before + 1);
	IS_INT(rows("desk", OUTBOX_DELIVERED), 1,
	    "the fallback of a sink that fails hears in the same run");
	IS_INT(rows("phone", OUTBOX_DUE), 1, "what waits there waits on");
	phone = look_at("phone");
	OK(phone.failures > 0 && phone.failing_since_ms &&
		phone.open_until_ms && !phone.gone && !phone.running,
	    "and it can be seen that it fails");
	OK(strstr(phone.last_answer, "later/phone.jsonl"), "and why");

	snprintf(path, sizeof(path), "%s/later", dir);
	mkdir(path, 0700);
	courier_configure(courier, conf);
	IS_INT(look_at("phone").open_until_ms, 0,
	    "a reload may have mended it: it is tried at once");
	store_outbox_hasten(store, clock_wall_ms(), NULL);
	courier_kick(courier);
	run(before + 3);
	IS_INT(rows("desk", OUTBOX_DELIVERED), 2,
	    "the fallback hears that it works again");
	IS_INT(rows("phone", OUTBOX_DELIVERED), 1, "when it does");
	IS_INT(look_at("phone").failures, 0, "as can be seen");
}

static void
test_trace(void)
{
	char id[ALERT_ID_SIZE];
	int64_t before = delivered();

	snprintf(id, sizeof(id), "%040d", 2000);
	OK(!courier_trace(courier, "out", id), "no trace before an attempt");
	put_as(id, "out", ALERT_TEST, clock_wall_ms());
	courier_kick(courier);
	run(before + 1);
	IS_STR(courier_trace(courier, "out", id), "",
	    "a test alert has one, if only of nothing");
	OK(!courier_trace(courier, "desk", id), "at its own sink");
	OK(!courier_trace(courier, "nobody", id), "if there is one");
	OK(!courier_trace(courier, "out", ""), "and by its own id");
}

static void
clean_up(void)
{
	static const char *const names[] = {"out.jsonl", "desk.jsonl",
	    "later/phone.jsonl", "later", ""};
	char path[100];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		remove(path);
	}
}

int
main(void)
{
	struct outlet_places places = {0};
	struct err err = ERR_INIT;
	struct conf *conf;

	if (!mkdtemp(dir))
		return 99;
	loop = loop_new();
	store = store_open("/dev/null", STORE_MEMORY, &err);
	conf = load_conf();
	if (!store || !conf)
		return 99;
	courier = courier_new(loop, store, "host", &places);
	courier_configure(courier, conf);
	test_due();
	test_many();
	test_fallback(conf);
	test_trace();
	courier_free(courier);
	loop_free(loop);
	store_close(store);
	conf_free(conf);
	clean_up();
	return tap_done();
}
