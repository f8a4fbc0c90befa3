/*
 * store_order: the alerts of an incident leave a sink one by one, the oldest
 * first, whatever happens to them; compared with a model that looks at every
 * row.  What it costs when very many wait, and what becomes of a database of
 * format 3, which knew no order.
 */
#include "config.h"

#include "base/buf.h"
#include "store/store_alert.h"
#include "store/store_internal.h"
#include "tap.h"
#include "store_directory.h"

struct fixture {
	struct directory directory;
	struct store *store;
	struct err err;
	struct buf seen;
};

static void
begin(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	directory_make(&f->directory);
	f->store = store_open(f->directory.path, STORE_FILE, &f->err);
	if (!f->store)
		printf("# %s\n", f->err.text);
}

static void
finish(struct fixture *f)
{
	store_close(f->store);
	buf_release(&f->seen);
	directory_remove(&f->directory);
}

static void
close_store(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
}

static void
reopen(struct fixture *f)
{
	close_store(f);
	f->store = store_open(f->directory.path, STORE_FILE, &f->err);
	if (!f->store)
		printf("# %s\n", f->err.text);
}

static void
put(struct fixture *f, const char *id, const char *incident, int64_t made_ms)
{
	struct stored_alert alert = {
	    .id = span_str(id),
	    .incident = span_str(incident),
	    .rule = span_str("r"),
	    .kind = span_str("alert"),
	    .subject = span_str("s"),
	    .severity = 4,
	    .made_ms = made_ms,
	    .fields = span_str("f"),
	};

	if (store_alert_put(f->store, &alert, &f->err) < 0)
		printf("# %s\n", f->err.text);
}

static void
queue(struct fixture *f, const char *id, const char *sink, int64_t due_ms)
{
	if (store_outbox_put(
		f->store, span_str(id), span_str(sink), due_ms, &f->err))
		printf("# %s\n", f->err.text);
}

static void
attempt(struct fixture *f, int64_t row, enum outbox_state state, int64_t due_ms,
    const char *settled)
{
	struct outbox_attempt tried = {.row = row,
	    .at_ms = 1000,
	    .outcome = span_str("retry"),
	    .answer = span_str("tried"),
	    .state = state,
	    .due_ms = due_ms,
	    .settled = span_str(settled)};

	if (store_outbox_attempt(f->store, &tried, &f->err))
		printf("# %s\n", f->err.text);
}

/* "ID:SINK:STATE ..." of every row. */
static const char *
rows(struct fixture *f)
{
	struct query query;

	buf_reset(&f->seen);
	query_begin(&query, f->store,
	    "SELECT alert.id, sink, state FROM outbox"
	    " JOIN alert ON n = alert ORDER BY outbox.id");
	while (query_row(&query)) {
		struct span id = query_column(&query, 0);
		struct span sink = query_column(&query, 1);

		buf_addf(&f->seen, "%s%.*s>%.*s:%s", f->seen.len ? " " : "",
		    (int)id.len, id.data, (int)sink.len, sink.data,
		    outbox_state_name(
			(enum outbox_state)query_column_number(&query, 2)));
	}
	query_end(&query, NULL);
	return buf_str(&f->seen);
}

static void
row_seen(void *arg, const struct outbox_row *row)
{
	struct buf *out = arg;

	buf_addf(out, "%.*s>%.*s:%s:%lld:%.*s:%.*s ", (int)row->alert_id.len,
	    row->alert_id.data, (int)row->sink.len, row->sink.data,
	    outbox_state_name(row->state), (long long)row->attempts,
	    (int)row->last_answer.len, row->last_answer.data,
	    (int)row->settled.len, row->settled.data);
}

static const char *
listed(struct fixture *f, struct outbox_filter filter, int limit)
{
	buf_reset(&f->seen);
	if (store_outbox_list(
		f->store, &filter, limit, row_seen, &f->seen, &f->err))
		printf("# %s\n", f->err.text);
	return buf_str(&f->seen);
}

static int64_t
retried(struct fixture *f, struct outbox_filter filter, int64_t now_ms)
{
	int64_t count = -1;

	if (store_outbox_retry(f->store, &filter, now_ms, &count, &f->err))
		printf("# %s\n", f->err.text);
	return count;
}

static int64_t
dropped(struct fixture *f, struct outbox_filter filter)
{
	int64_t count = -1;

	if (store_outbox_drop(
		f->store, &filter, span_str("dropped by me"), &count, &f->err))
		printf("# %s\n", f->err.text);
	return count;
}

/* --- The order ------------------------------------------------------------ */

static void
test_order(void)
{
	struct fixture f;

	begin(&f);
	put(&f, "a", "fire", 1);
	put(&f, "b", "fire", 2);
	put(&f, "c", "flood", 3);
	put(&f, "d", "", 4);
	put(&f, "e", "", 5);
	put(&f, "f", "fire", 6);
	queue(&f, "a", "ops", 1);
	queue(&f, "b", "ops", 1);
	queue(&f, "c", "ops", 1);
	queue(&f, "d", "ops", 1);
	queue(&f, "e", "ops", 1);
	queue(&f, "b", "phone", 1);
	IS_STR(rows(&f),
	    "a>ops:due b>ops:behind c>ops:due d>ops:due e>ops:due b>phone:due",
	    "of one incident one is due at each sink; what has none is free");
	attempt(&f, 1, OUTBOX_DUE, 900, "");
	attempt(&f, 3, OUTBOX_DELIVERED, 0, "");
	queue(&f, "f", "ops", 1);
	IS_STR(rows(&f),
	    "a>ops:due b>ops:behind c>ops:delivered d>ops:due e>ops:due "
	    "b>phone:due f>ops:behind",
	    "who waits longer holds up its own incident only");
	attempt(&f, 1, OUTBOX_DEAD, 0, "");
	OK(strstr(rows(&f), "a>ops:dead b>ops:due") &&
		strstr(rows(&f), "f>ops:behind"),
	    "when it is given up exactly the next is due");
	attempt(&f, 2, OUTBOX_DELIVERED, 0, "");
	OK(strstr(rows(&f), "b>ops:delivered") && strstr(rows(&f), "f>ops:due"),
	    "and when that is delivered the one behind it");
	queue(&f, "a", "ops", 1);
	OK(strstr(rows(&f), "a>ops:dead"),
	    "what is queued already stays what it is");
	finish(&f);
}

static void
test_retry(void)
{
	struct outbox_filter waiting = {.waiting = true};
	struct outbox_filter dead = {.dead = true};
	struct fixture f;

	begin(&f);
	put(&f, "a1", "fire", 1);
	put(&f, "a2", "fire", 2);
	put(&f, "a3", "fire", 3);
	queue(&f, "a1", "ops", 10);
	queue(&f, "a2", "ops", 20);
	queue(&f, "a3", "ops", 30);
	attempt(&f, 1, OUTBOX_DEAD, 0, "x@example.org");
	attempt(&f, 2, OUTBOX_DUE, 5000, "");
	IS_INT(retried(&f, waiting, 99), 2, "what waits can be made due now");
	IS_STR(listed(&f, waiting, -1),
	    "a2>ops:due:1:tried: a3>ops:behind:0:: ",
	    "in its order, and as often tried as it was");
	IS_INT(retried(&f, dead, 99), 1, "what is dead can be made due again");
	IS_STR(listed(&f, waiting, -1),
	    "a1>ops:due:0:tried:x@example.org a2>ops:behind:1:tried: "
	    "a3>ops:behind:0:: ",
	    "it is the oldest and goes first; what is settled stays so");
	attempt(&f, 2, OUTBOX_DUE, 7000, "");
	IS_STR(listed(&f, waiting, 2),
	    "a1>ops:due:0:tried:x@example.org a2>ops:behind:2:tried: ",
	    "what was under way meanwhile takes its place behind it");
	attempt(&f, 2, OUTBOX_DELIVERED, 0, "");
	IS_STR(rows(&f), "a1>ops:due a2>ops:delivered a3>ops:behind",
	    "or is done, which lets nobody overtake");
	attempt(&f, 1, OUTBOX_DELIVERED, 0, "");
	attempt(&f, 3, OUTBOX_DEAD, 0, "");
	IS_INT(
	    retried(&f, (struct outbox_filter){"a3", "phone", false, true}, 99),
	    0, "a filter takes the sink");
	IS_INT(
	    retried(&f, (struct outbox_filter){"a3", "ops", false, true}, 99),
	    1, "and the alert");
	IS_INT(store_alert_amend(
		   f.store, span_str("a3"), span_str("x"), 1, &f.err),
	    0, "what was dead was tried, and cannot be amended");
	finish(&f);
}

static void
test_drop(void)
{
	struct outbox_filter all = {.waiting = true, .dead = true};
	struct alert_filter gone = {.state = OUTBOX_DROPPED, .limit = -1};
	struct store_counts counts;
	struct fixture f;

	begin(&f);
	put(&f, "a1", "fire", 1);
	put(&f, "a2", "fire", 2);
	put(&f, "a3", "fire", 3);
	queue(&f, "a1", "ops", 10);
	queue(&f, "a2", "ops", 20);
	queue(&f, "a3", "ops", 30);
	IS_INT(dropped(&f, (struct outbox_filter){"a1", NULL, false, true}), 0,
	    "what waits is not dropped where the dead are meant");
	IS_INT(dropped(&f, (struct outbox_filter){"a1", NULL, true, false}), 1,
	    "one alert can be dropped");
	IS_STR(rows(&f), "a1>ops:dropped a2>ops:due a3>ops:behind",
	    "and the next is due");
	attempt(&f, 1, OUTBOX_DUE, 50, "");
	attempt(&f, 1, OUTBOX_DEAD, 50, "");
	buf_reset(&f.seen);
	store_alert_list(f.store, &gone, row_seen, &f.seen, &f.err);
	IS_STR(buf_str(&f.seen), "a1>ops:dropped:2:dropped by me: ",
	    "an attempt that was under way and failed does not undo it");
	attempt(&f, 1, OUTBOX_DELIVERED, 0, "");
	IS_STR(rows(&f), "a1>ops:delivered a2>ops:due a3>ops:behind",
	    "one that succeeded says so");
	attempt(&f, 2, OUTBOX_DEAD, 0, "");
	IS_INT(dropped(&f, all), 2, "everything can be dropped");
	store_alert_counts(f.store, &counts, &f.err);
	OK(counts.dropped == 2 && counts.dead == 0 && counts.due == 0 &&
		counts.oldest_due_ms == 0,
	    "and is counted");
	IS_STR(listed(&f, all, -1), "", "nothing is left in the queue");
	IS_INT(dropped(&f, all), 0, "nothing cannot be dropped");
	store_alert_prune(f.store, 100, &f.err);
	IS_STR(rows(&f), "", "what is dropped keeps no alert from growing old");
	finish(&f);
}

static void
totals_seen(void *arg, const struct outbox_totals *totals)
{
	buf_addf(arg, "%.*s:%lld/%lld/%lld:%lld:%lld ", (int)totals->sink.len,
	    totals->sink.data, (long long)totals->waiting,
	    (long long)totals->behind, (long long)totals->dead,
	    (long long)totals->oldest_ms, (long long)totals->next_ms);
}

static void
sink_seen(void *arg, struct span sink, int64_t due_ms)
{
	buf_addf(
	    arg, "%.*s:%lld ", (int)sink.len, sink.data, (long long)due_ms);
}

static void
test_totals(void)
{
	struct fixture f;

	begin(&f);
	put(&f, "a1", "fire", 11);
	put(&f, "a2", "fire", 12);
	put(&f, "a3", "", 13);
	queue(&f, "a1", "ops", 100);
	queue(&f, "a2", "ops", 50);
	queue(&f, "a3", "ops", 70);
	queue(&f, "a2", "phone", 10);
	queue(&f, "a3", "phone", 20);
	queue(&f, "a1", "mail", 1);
	attempt(&f, 4, OUTBOX_DEAD, 0, "");
	attempt(&f, 5, OUTBOX_DEAD, 0, "");
	attempt(&f, 6, OUTBOX_DELIVERED, 0, "");
	store_outbox_totals(f.store, totals_seen, &f.seen, &f.err);
	IS_STR(buf_str(&f.seen), "ops:3/1/0:11:70 phone:0/0/2:0:0 ",
	    "what waits and is dead is summed by sink");
	buf_reset(&f.seen);
	store_outbox_sinks(f.store, sink_seen, &f.seen, &f.err);
	IS_STR(buf_str(&f.seen), "ops:70 ",
	    "a sink's due time is that of those that are not behind");
	store_outbox_hasten(f.store, 60, &f.err);
	attempt(&f, 1, OUTBOX_DELIVERED, 0, "");
	buf_reset(&f.seen);
	store_outbox_sinks(f.store, sink_seen, &f.seen, &f.err);
	IS_STR(buf_str(&f.seen), "ops:50 ",
	    "a clock that was set back leaves earlier times alone");
	attempt(&f, 2, OUTBOX_DUE, 900, "");
	attempt(&f, 3, OUTBOX_DELIVERED, 0, "");
	put(&f, "a4", "fire", 13);
	queue(&f, "a4", "ops", 900);
	store_outbox_hasten(f.store, 60, &f.err);
	attempt(&f, 2, OUTBOX_DELIVERED, 0, "");
	buf_reset(&f.seen);
	store_outbox_sinks(f.store, sink_seen, &f.seen, &f.err);
	IS_STR(buf_str(&f.seen), "ops:60 ", "and hastens those behind too");
	finish(&f);
}

static void
test_move(void)
{
	struct fixture f;

	begin(&f);
	put(&f, "a1", "fire", 1);
	put(&f, "a2", "fire", 2);
	put(&f, "a3", "fire", 3);
	put(&f, "a4", "fire", 4);
	queue(&f, "a1", "old", 1);
	queue(&f, "a2", "new", 1);
	queue(&f, "a3", "old", 1);
	queue(&f, "a4", "new", 1);
	queue(&f, "a2", "old", 1);
	store_outbox_move(f.store, span_str("old"), span_str("new"), &f.err);
	IS_STR(rows(&f), "a1>new:due a2>new:behind a3>new:behind a4>new:behind",
	    "what moves takes its place among what is there");
	attempt(&f, 2, OUTBOX_DUE, 1, "");
	OK(strstr(rows(&f), "a2>new:behind"),
	    "what was under way there is behind it now");
	attempt(&f, 1, OUTBOX_DUE, 1, "x@example.org");
	store_outbox_move(f.store, span_str("new"), span_str("old"), &f.err);
	IS_STR(listed(&f, (struct outbox_filter){.waiting = true}, 1),
	    "a1>old:due:1:was for the sink new, which is gone: ",
	    "what is settled with one sink is not with another");
	finish(&f);
}

static void
test_amend(void)
{
	struct fixture f;

	begin(&f);
	put(&f, "a1", "fire", 1);
	put(&f, "a2", "fire", 2);
	queue(&f, "a1", "ops", 1);
	queue(&f, "a2", "ops", 6000);
	IS_INT(store_alert_amend(
		   f.store, span_str("a2"), span_str("x"), 50, &f.err),
	    1, "what is behind can be amended");
	OK(strstr(rows(&f), "a2>ops:behind"), "and stays behind");
	attempt(&f, 1, OUTBOX_DELIVERED, 0, "");
	store_outbox_sinks(f.store, sink_seen, &f.seen, &f.err);
	OK(strstr(buf_str(&f.seen), "ops:50 "), "but waits no longer");
	finish(&f);
}

/* --- Against a model ------------------------------------------------------ */

enum { ALERTS = 40, SINKS = 3, STEPS = 400, SCRIPTS = 25 };

static const char *const sink_names[SINKS] = {"mail", "ops", "phone"};
static const char *const incident_names[] = {"", "fire", "flood"};

struct model_row {
	bool there;
	int64_t id, due_ms, attempts;
	int alert, sink, state;
};

struct model {
	struct fixture f;
	struct model_row rows[4 * ALERTS * SINKS];
	int row_count;
	char ids[ALERTS][16];
	int incidents[ALERTS];
	bool put[ALERTS];
	uint64_t seed;
};

static unsigned
roll(struct model *m, unsigned below)
{
	m->seed = m->seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(m->seed >> 33) % below;
}

static bool
model_waits(const struct model_row *row)
{
	return row->there &&
	       (row->state == OUTBOX_DUE || row->state == OUTBOX_BEHIND);
}

/* Looks at everybody: who has an older one of its incident is behind. */
static void
model_order(struct model *m)
{
	for (int i = 0; i < m->row_count; i++) {
		struct model_row *row = &m->rows[i];
		int incident = m->incidents[row->alert];

		if (!model_waits(row))
			continue;
		row->state = OUTBOX_DUE;
		for (int k = 0; k < m->row_count && incident; k++)
			if (model_waits(&m->rows[k]) &&
			    m->rows[k].sink == row->sink &&
			    m->incidents[m->rows[k].alert] == incident &&
			    m->rows[k].id < row->id)
				row->state = OUTBOX_BEHIND;
	}
}

static struct model_row *
model_find(struct model *m, int alert, int sink)
{
	for (int i = 0; i < m->row_count; i++)
		if (m->rows[i].there && m->rows[i].alert == alert &&
		    m->rows[i].sink == sink)
			return &m->rows[i];
	return NULL;
}

/* Ids grow; not every one is used. */
static int64_t
newest(struct model *m)
{
	struct query query;
	int64_t id = 0;

	query_begin(&query, m->f.store, "SELECT max(id) FROM outbox");
	query_one_number(&query, &id, &m->f.err);
	return id;
}

static void
step_put(struct model *m)
{
	int alert = (int)roll(m, ALERTS), sink = (int)roll(m, SINKS);
	bool held = !roll(m, 8);
	int64_t due_ms = roll(m, 100);

	if (!m->put[alert]) {
		put(&m->f, m->ids[alert], incident_names[m->incidents[alert]],
		    alert);
		m->put[alert] = true;
	}
	if (held)
		store_outbox_hold(m->f.store, span_str(m->ids[alert]),
		    span_str(sink_names[sink]), &m->f.err);
	else
		queue(&m->f, m->ids[alert], sink_names[sink], due_ms);
	if (model_find(m, alert, sink) ||
	    m->row_count == (int)(sizeof(m->rows) / sizeof(m->rows[0])))
		return;
	m->rows[m->row_count++] = (struct model_row){true, newest(m),
	    held ? 0 : due_ms, 0, alert, sink, held ? OUTBOX_HELD : OUTBOX_DUE};
}

static void
step_attempt(struct model *m)
{
	static const enum outbox_state ends[] = {
	    OUTBOX_DUE, OUTBOX_DUE, OUTBOX_DELIVERED, OUTBOX_DEAD};
	enum outbox_state state = ends[roll(m, 4)];
	struct model_row *row;

	if (!m->row_count)
		return;
	row = &m->rows[roll(m, (unsigned)m->row_count)];
	if (!model_waits(row) && !(row->there && row->state == OUTBOX_DROPPED))
		return;
	row->due_ms = roll(m, 100);
	row->attempts++;
	attempt(&m->f, row->id, state, row->due_ms, "");
	if (state == OUTBOX_DELIVERED || row->state != OUTBOX_DROPPED)
		row->state = state;
}

static void
random_filter(struct model *m, struct outbox_filter *filter)
{
	*filter =
	    (struct outbox_filter){.waiting = roll(m, 2), .dead = roll(m, 2)};
	if (roll(m, 2))
		filter->id = m->ids[roll(m, ALERTS)];
	if (roll(m, 2))
		filter->sink = sink_names[roll(m, SINKS)];
}

static bool
model_takes(const struct model *m, const struct model_row *row,
    const struct outbox_filter *filter)
{
	if (!row->there ||
	    (filter->sink && filter->sink != sink_names[row->sink]) ||
	    (filter->id && strncmp(m->ids[row->alert], filter->id,
			       strlen(filter->id)) != 0))
		return false;
	return model_waits(row) ? filter->waiting
				: row->state == OUTBOX_DEAD && filter->dead;
}

static bool
step_retry(struct model *m)
{
	struct outbox_filter filter;
	int64_t want = 0, now_ms = roll(m, 100);

	random_filter(m, &filter);
	for (int i = 0; i < m->row_count; i++) {
		struct model_row *row = &m->rows[i];

		if (!model_takes(m, row, &filter))
			continue;
		want++;
		row->due_ms = now_ms;
		if (row->state == OUTBOX_DEAD) {
			row->attempts = 0;
			row->state = OUTBOX_DUE;
		}
	}
	return retried(&m->f, filter, now_ms) == want;
}

static bool
step_drop(struct model *m)
{
	struct outbox_filter filter;
	int64_t want = 0;

	random_filter(m, &filter);
	if (!filter.id && roll(m, 4))
		filter.id = m->ids[roll(m, ALERTS)];
	for (int i = 0; i < m->row_count; i++)
		if (model_takes(m, &m->rows[i], &filter)) {
			m->rows[i].state = OUTBOX_DROPPED;
			want++;
		}
	return dropped(&m->f, filter) == want;
}

static void
step_move(struct model *m)
{
	int from = (int)roll(m, SINKS), to = (int)roll(m, SINKS);

	store_outbox_move(m->f.store, span_str(sink_names[from]),
	    span_str(sink_names[to]), &m->f.err);
	for (int i = 0; i < m->row_count && from != to; i++) {
		struct model_row *row = &m->rows[i];

		if (!model_waits(row) || row->sink != from)
			continue;
		if (model_find(m, row->alert, to))
			row->there = false;
		else
			row->sink = to;
	}
}

static void
step_hasten(struct model *m)
{
	int64_t latest_ms = 50 + roll(m, 50);

	store_outbox_hasten(m->f.store, latest_ms, &m->f.err);
	for (int i = 0; i < m->row_count; i++)
		if (model_waits(&m->rows[i]) && m->rows[i].due_ms > latest_ms)
			m->rows[i].due_ms = latest_ms;
}

static void
step_prune(struct model *m)
{
	int before = (int)roll(m, ALERTS);

	store_alert_prune(m->f.store, before, &m->f.err);
	for (int alert = 0; alert < before; alert++) {
		bool waits = false;

		for (int i = 0; i < m->row_count; i++)
			waits = waits || (m->rows[i].alert == alert &&
					     model_waits(&m->rows[i]));
		for (int i = 0; i < m->row_count && !waits; i++)
			if (m->rows[i].alert == alert)
				m->rows[i].there = false;
		m->put[alert] = m->put[alert] && waits;
	}
}

static void
add_row(struct buf *out, int64_t id, struct span sink, int64_t state,
    int64_t due_ms, int64_t attempts)
{
	buf_addf(out, "%lld %.*s %s %lld %lld\n", (long long)id, (int)sink.len,
	    sink.data, outbox_state_name((enum outbox_state)state),
	    (long long)due_ms, (long long)attempts);
}

static bool
model_agrees(struct model *m)
{
	struct buf want = BUF_INIT;
	struct query query;
	bool same;

	buf_reset(&m->f.seen);
	query_begin(&query, m->f.store,
	    "SELECT id, sink, state, due_ms, attempts FROM outbox ORDER BY id");
	while (query_row(&query))
		add_row(&m->f.seen, query_column_number(&query, 0),
		    query_column(&query, 1), query_column_number(&query, 2),
		    query_column_number(&query, 3),
		    query_column_number(&query, 4));
	query_end(&query, &m->f.err);
	for (int i = 0; i < m->row_count; i++)
		if (m->rows[i].there)
			add_row(&want, m->rows[i].id,
			    span_str(sink_names[m->rows[i].sink]),
			    m->rows[i].state, m->rows[i].due_ms,
			    m->rows[i].attempts);
	same = !strcmp(buf_str(&want), buf_str(&m->f.seen));
	if (!same)
		printf("#\n# want:\n%s# got:\n%s", buf_str(&want),
		    buf_str(&m->f.seen));
	buf_release(&want);
	return same;
}

static bool
step(struct model *m)
{
	bool right = true;

	switch (roll(m, 24)) {
	case 0:
		right = step_retry(m);
		break;
	case 1:
		right = step_drop(m);
		break;
	case 2:
		step_move(m);
		break;
	case 3:
		step_hasten(m);
		break;
	case 4:
		step_prune(m);
		break;
	default:
		if (roll(m, 2))
			step_put(m);
		else
			step_attempt(m);
	}
	model_order(m);
	return right;
}

static bool
script(struct model *m, uint64_t seed)
{
	bool right = true;
	int at;

	memset(m, 0, sizeof(*m));
	begin(&m->f);
	m->seed = seed;
	for (int i = 0; i < ALERTS; i++) {
		snprintf(m->ids[i], sizeof(m->ids[i]), "a%d", i);
		m->incidents[i] = (int)roll(m, 3);
	}
	store_begin(m->f.store, &m->f.err);
	for (at = 0; at < STEPS && right; at++)
		right = step(m) && model_agrees(m);
	if (!right)
		printf("# script %llu, step %d: %s\n", (unsigned long long)seed,
		    at, m->f.err.text);
	store_commit(m->f.store, &m->f.err);
	finish(&m->f);
	return right;
}

static void
test_random(void)
{
	static struct model model;
	int right = 0;

	for (int i = 0; i < SCRIPTS; i++)
		right += script(&model, (uint64_t)i + 1);
	IS_INT(right, SCRIPTS,
	    "whatever is done to it, the outbox is what the model says");
}

/* --- Cost ----------------------------------------------------------------- */

enum { MANY = 100000, SINK_COUNT = 3, STEPS_MAX = 2000 };

/* Steps of SQLite's machine since the last call, of every statement. */
static int
steps(struct fixture *f)
{
	int sum = 0;

	for (size_t i = 0; i < f->store->statement_count; i++)
		sum += sqlite3_stmt_status(f->store->statements[i].prepared,
		    SQLITE_STMTSTATUS_VM_STEP, 1);
	return sum;
}

static void
cheap(struct fixture *f, const char *sentence)
{
	int got = steps(f);

	OK(got > 0 && got < STEPS_MAX, "%s: %d steps", sentence, got);
}

static void
fill(struct fixture *f)
{
	char id[16];

	store_begin(f->store, &f->err);
	for (int i = 0; i < MANY; i++) {
		snprintf(id, sizeof(id), "m%07d", i);
		put(f, id, "fire", i);
		queue(f, id, "ops", 1);
	}
	put(f, "x1", "", MANY);
	queue(f, "x1", "mail", 1);
	queue(f, "x1", "phone", 1);
	if (store_commit(f->store, &f->err))
		printf("# %s\n", f->err.text);
}

static void
test_cost(void)
{
	struct outbox_filter one = {"m0050000", NULL, true, true};
	struct outbox_filter all = {.waiting = true, .dead = true};
	struct fixture f;

	begin(&f);
	fill(&f);
	OK(steps(&f) / MANY < 200, "to put the last of very many costs no more "
				   "than the first");
	buf_reset(&f.seen);
	store_outbox_sinks(f.store, sink_seen, &f.seen, &f.err);
	IS_STR(buf_str(&f.seen), "mail:1 ops:1 phone:1 ",
	    "100,000 alerts of one incident wait at a sink");
	cheap(&f, "the sinks are found");
	put(&f, "y1", "fire", MANY);
	queue(&f, "y1", "ops", 1);
	cheap(&f, "one more is put behind them");
	attempt(&f, 1, OUTBOX_DUE, 1, "");
	cheap(&f, "the oldest is tried and stays");
	attempt(&f, 1, OUTBOX_DELIVERED, 0, "");
	cheap(&f, "it is delivered, and the next is due");
	attempt(&f, 2, OUTBOX_DEAD, 0, "");
	cheap(&f, "that is given up, and the next is due");
	buf_reset(&f.seen);
	store_outbox_due(
	    f.store, span_str("ops"), 1, 10, row_seen, &f.seen, &f.err);
	IS_STR(buf_str(&f.seen), "m0000002>ops:due:0:: ", "exactly one is");
	cheap(&f, "which is found");
	IS_INT(retried(&f,
		   (struct outbox_filter){"m0000001", NULL, false, true}, 5),
	    1, "a dead one comes back");
	cheap(&f, "in front of all others");
	IS_INT(dropped(&f, one), 1, "one in the middle is dropped");
	cheap(&f, "which moves nobody");
	listed(&f, one, 1);
	cheap(&f, "one is looked up");
	store_alert_amend(
	    f.store, span_str("m0060000"), span_str("x"), 1, &f.err);
	cheap(&f, "one is amended");
	IS_INT(dropped(&f, all), MANY - 1 + 3 - 1,
	    "all of them can be dropped at once");
	OK(steps(&f) / MANY < 400, "for as much each as for one");
	finish(&f);
}

/* --- Older and damaged databases ------------------------------------------ */

static bool
change(const struct fixture *f, const char *sql)
{
	sqlite3 *db;
	char *why = NULL;
	bool done;

	sqlite3_open(f->directory.database, &db);
	done = !sqlite3_exec(db, sql, NULL, NULL, &why);
	if (!done)
		printf("# %s\n", why);
	sqlite3_free(why);
	sqlite3_close(db);
	return done;
}

/* What format 3 had; everything that waits is due. */
static const char version_3[] =
    "DROP TABLE report; DROP INDEX alert_report;"
    "DROP INDEX outbox_waiting; DROP INDEX outbox_order; DROP INDEX "
    "outbox_dead;"
    "ALTER TABLE outbox DROP COLUMN incident;"
    "ALTER TABLE outbox DROP COLUMN settled;"
    "UPDATE outbox SET state = 0 WHERE state = 4;"
    "CREATE INDEX outbox_waiting ON outbox (alert) WHERE state = 0;"
    "PRAGMA user_version = 3";

static void
test_upgrade(void)
{
	struct outbox_filter dead = {.dead = true};
	struct fixture f;

	begin(&f);
	put(&f, "a1", "fire", 1);
	put(&f, "a2", "fire", 2);
	put(&f, "a3", "fire", 3);
	put(&f, "a4", "flood", 4);
	put(&f, "a5", "", 5);
	put(&f, "a6", "", 6);
	queue(&f, "a1", "ops", 1);
	queue(&f, "a2", "ops", 1);
	queue(&f, "a2", "phone", 1);
	queue(&f, "a3", "ops", 1);
	queue(&f, "a4", "ops", 1);
	queue(&f, "a5", "ops", 1);
	queue(&f, "a6", "ops", 1);
	attempt(&f, 1, OUTBOX_DEAD, 0, "");
	close_store(&f);
	OK(change(&f, version_3), "there is a database of version 3");
	f.store = store_open(f.directory.path, STORE_MEMORY, &f.err);
	IS_STR(rows(&f),
	    "a1>ops:dead a2>ops:due a2>phone:due a3>ops:behind a4>ops:due "
	    "a5>ops:due a6>ops:due",
	    "a copy of it in memory is in order");
	reopen(&f);
	IS_STR(rows(&f),
	    "a1>ops:dead a2>ops:due a2>phone:due a3>ops:behind a4>ops:due "
	    "a5>ops:due a6>ops:due",
	    "opened, what waits is put in order");
	IS_INT(retried(&f, dead, 9), 1, "what was dead then can come back");
	OK(strstr(rows(&f), "a1>ops:due a2>ops:behind"), "in its order");
	IS_STR(listed(&f, (struct outbox_filter){"a4", NULL, true, true}, 9),
	    "a4>ops:due:0:: ", "nothing is settled");
	reopen(&f);
	OK(strstr(rows(&f), "a1>ops:due a2>ops:behind"), "for good");
	finish(&f);
}

/* By hand: everybody behind, two due at once, a state that is none. */
static void
test_damage(void)
{
	struct outbox_filter all = {.waiting = true};
	struct err err = ERR_INIT;
	struct fixture f;

	begin(&f);
	put(&f, "a1", "fire", 1);
	put(&f, "a2", "fire", 2);
	put(&f, "a3", "fire", 3);
	queue(&f, "a1", "ops", 1);
	queue(&f, "a2", "ops", 1);
	queue(&f, "a3", "ops", 1);
	close_store(&f);
	change(&f, "UPDATE outbox SET state = 4 - state WHERE id < 3");
	reopen(&f);
	IS_STR(rows(&f), "a1>ops:behind a2>ops:due a3>ops:behind",
	    "somebody has turned the order round");
	attempt(&f, 2, OUTBOX_DELIVERED, 0, "");
	IS_STR(rows(&f), "a1>ops:due a2>ops:delivered a3>ops:behind",
	    "an attempt goes on with the oldest");
	close_store(&f);
	change(&f, "UPDATE outbox SET state = 4 WHERE state = 0");
	reopen(&f);
	IS_INT(retried(&f, all, 5), 2, "where nobody is due");
	IS_STR(rows(&f), "a1>ops:due a2>ops:delivered a3>ops:behind",
	    "a retry of everything mends it");
	close_store(&f);
	change(&f, "UPDATE outbox SET state = 99, settled = X'00ff',"
		   " incident = 'text', last_answer = 7 WHERE id = 1");
	reopen(&f);
	buf_reset(&f.seen);
	store_alert_list(f.store,
	    &(struct alert_filter){"a1", NULL, NULL, -1, NULL, 9}, row_seen, &f.seen,
	    &f.err);
	OK(strstr(buf_str(&f.seen), "a1>ops:dead:0:7:"),
	    "an unknown state is shown as dead, whatever stands beside it");
	close_store(&f);
	change(&f, "DROP INDEX outbox_order");
	reopen(&f);
	OK(store_outbox_list(f.store, &all, 1, row_seen, &f.seen, &err) < 0 &&
		strstr(err.text, "not made as its format says"),
	    "a missing index is a sentence");
	finish(&f);
}

/* --- Durability ----------------------------------------------------------- */

/* Prepared each time: a pragma answers what was so when it was prepared. */
static int
pragma(struct fixture *f, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int value = -1;

	sqlite3_prepare_v2(f->store->db, sql, -1, &stmt, NULL);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		value = sqlite3_column_int(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

static int
durability(struct fixture *f)
{
	return pragma(f, "PRAGMA synchronous");
}

static void
test_durability(void)
{
	struct fixture f;

	begin(&f);
	IS_INT(durability(&f), 2, "commits are durable from the start");
	OK(!store_sync(f.store, &f.err), "there is nothing to put on the disk");
	OK(!store_set_durability(f.store, STORE_LAZY, &f.err),
	    "the store can be told to be lazy");
	IS_INT(durability(&f), 1, "then a commit does not wait for the disk");
	put(&f, "a1", "fire", 1);
	queue(&f, "a1", "ops", 1);
	OK(!store_sync(f.store, &f.err) && f.store->unsynced,
	    "until that is asked for");
	put(&f, "a2", "fire", 2);
	OK(!store_set_durability(f.store, STORE_DURABLE, &f.err) &&
		durability(&f) == 2,
	    "and durable again");
	OK(f.store->unsynced && !store_sync(f.store, &f.err) &&
		!f.store->unsynced,
	    "what was lazy before that can still be put on the disk");
	store_set_durability(f.store, STORE_LAZY, &f.err);
	queue(&f, "a2", "ops", 1);
	reopen(&f);
	IS_STR(rows(&f), "a1>ops:due a2>ops:behind",
	    "what was committed is there, lazy or not");
	IS_INT(durability(&f), 2, "a store that is opened again is durable");
	close_store(&f);
	f.store = store_open(f.directory.path, STORE_MEMORY, &f.err);
	OK(!store_set_durability(f.store, STORE_LAZY, &f.err) &&
		!store_sync(f.store, &f.err),
	    "a store in memory takes it, and has no disk");
	finish(&f);
}

/* Where there is no write-ahead log a lazy commit could cost the database. */
static void
test_durability_journal(void)
{
	struct fixture f;

	begin(&f);
	pragma(&f, "PRAGMA journal_mode = DELETE");
	f.store->log = false;
	OK(!store_set_durability(f.store, STORE_LAZY, &f.err) &&
		durability(&f) == 2,
	    "with a rollback journal every commit stays durable");
	put(&f, "a1", "fire", 1);
	OK(!store_sync(f.store, &f.err), "and none is left to be synced");
	finish(&f);
}

int
main(void)
{
	test_order();
	test_retry();
	test_drop();
	test_totals();
	test_move();
	test_amend();
	test_random();
	test_cost();
	test_upgrade();
	test_damage();
	test_durability();
	test_durability_journal();
	return tap_done();
}
