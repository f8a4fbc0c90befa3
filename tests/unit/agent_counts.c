/*
 * agent_counts: what a database says was counted before is taken for no more
 * than it can be.
 */
#include "config.h"

#include <inttypes.h>

#include "base/fields.h"
#include "ctaild/counts.h"
#include "ctaild/session.h"
#include "files.h"
#include "store/store_note.h"
#include "tap.h"

#define NOW INT64_C(1700000000000)

static const char config[] = "[agent]\nsink = out\n"
			     "[file out]\npath = /dev/null\n"
			     "[log app]\npath = /nonexistent/app.log\n"
			     "[log web]\npath = /nonexistent/web.log\n"
			     "[rule one]\nlog = app\nmatch = x\n"
			     "[rule both]\nlog = app web\nmatch = y\n";

struct fixture {
	struct store *store;
	struct session *session;
	struct pipeline_hooks hooks;
	struct counts *counts;
};

static struct session *
make_session(void)
{
	struct conf_places places = {files_dir, NULL};
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf *conf =
	    conf_load_text("test", span_str(config), &places, &errors);
	struct session *session = conf ? session_new(conf, &errors) : NULL;

	if (errors.count)
		printf("# %s", buf_str(&errors.text));
	conf_errors_release(&errors);
	return session;
}

static void
begin(struct fixture *f)
{
	files_clear();
	*f = (struct fixture){.store = store_open(files_dir, STORE_FILE, NULL),
	    .session = make_session()};
	f->session->pipeline =
	    pipeline_new(f->session->plan, "host", NULL, &f->hooks);
	f->counts = counts_new(f->session->plan, f->session->pipeline);
}

static void
finish(struct fixture *f)
{
	counts_free(f->counts);
	session_free(f->session);
	store_close(f->store);
}

/* fields: "NAME NUMBER" each; number "x" stands for what is no number. */
static void
note(struct fixture *f, const char *name, const char *const *fields)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; fields[i]; i += 2)
		fields_add_str(&text, fields[i], fields[i + 1]);
	store_note_put(
	    f->store, COUNTS_NOTE, span_str(name), buf_span(&text), NULL);
	buf_release(&text);
}

static const char *
log_says(const struct fixture *f)
{
	static char text[256];
	struct pipeline_log_totals totals;

	pipeline_log_totals(f->session->pipeline, 0, &totals);
	counts_add_log(f->counts, 0, &totals);
	snprintf(text, sizeof(text),
	    "%" PRIu64 " read, %" PRIu64 " matched, %" PRIu64 " %" PRIu64
	    " %" PRIu64,
	    totals.records,
	    totals.records - totals.unmatched - totals.ignored - totals.own,
	    totals.unmatched, totals.ignored, totals.own);
	return text;
}

static uint64_t
rule_saw(const struct fixture *f, size_t rule)
{
	struct pipeline_rule_totals totals;
	struct decider_totals state;

	pipeline_rule_totals(f->session->pipeline, rule, &totals);
	decider_totals(pipeline_decider(f->session->pipeline), rule, &state);
	counts_add_rule(f->counts, rule, &totals, &state);
	return totals.records;
}

static void
test_rows(void)
{
	static const struct {
		const char *fields[12];
		const char *means, *name;
	} rows[] = {
	    {{"records", "9", "unmatched", "4", "ignored", "2", "own", "1"},
		"9 read, 2 matched, 4 2 1", "a row is what it says"},
	    {{"records", "9", "unmatched", "12", "ignored", "1"},
		"9 read, 0 matched, 9 0 0", "no more is unmatched than read"},
	    {{"records", "9", "unmatched", "4", "ignored", "4", "own", "4"},
		"9 read, 0 matched, 4 4 1", "nor all together"},
	    {{"unmatched", "3"}, "0 read, 0 matched, 0 0 0",
		"where nothing was read there is nothing"},
	    {{"records", "-5", "own", "-1"}, "0 read, 0 matched, 0 0 0",
		"nothing is less than nothing"},
	    {{"records", "9223372036854775807"}, "0 read, 0 matched, 0 0 0",
		"what no machine ever counted was not"},
	    {{"records", "x", "nonsense", "7"}, "0 read, 0 matched, 0 0 0",
		"nor what is no number"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		begin(&f);
		note(&f, "log app", rows[i].fields);
		counts_load(f.counts, f.store, NOW, NULL);
		IS_STR(log_says(&f), rows[i].means, rows[i].name);
		finish(&f);
	}
}

static void
test_torn(void)
{
	struct fixture f;

	begin(&f);
	store_note_put(f.store, COUNTS_NOTE, span_str("log app"),
	    span_of("\0\0\xff\xff\0\0\0\7records", 15), NULL);
	IS_INT(counts_load(f.counts, f.store, NOW, NULL), 0,
	    "a torn row is no error");
	IS_STR(log_says(&f), "0 read, 0 matched, 0 0 0", "and counts nothing");
	IS_INT(counts_since(f.counts), NOW, "but from now on");
	finish(&f);
}

static void
test_since(void)
{
	static const char *const ahead[] = {"records", "1", "since",
	    "9000000000000000000", NULL};
	static const char *const before[] = {"records", "1", "since",
	    "1600000000000", NULL};
	struct fixture f;

	begin(&f);
	note(&f, "log app", ahead);
	counts_load(f.counts, f.store, NOW, NULL);
	IS_INT(counts_since(f.counts), NOW,
	    "nothing is counted since a time to come");
	finish(&f);
	begin(&f);
	note(&f, "log app", before);
	counts_load(f.counts, f.store, NOW, NULL);
	IS_INT(counts_since(f.counts), 1600000000000, "but since one before");
	finish(&f);
}

static void
test_rules(void)
{
	static const char *const nine[] = {"records", "9", NULL};
	static const char *const two[] = {"records", "2", NULL};
	static const char *const four[] = {"unseen", "4", NULL};
	static const char *const most[] = {"unseen", "12", NULL};
	struct fixture f;

	begin(&f);
	note(&f, "log app", nine);
	note(&f, "log web", two);
	note(&f, "rule one app", four);
	note(&f, "rule both app web", most);
	counts_load(f.counts, f.store, NOW, NULL);
	IS_INT((long long)rule_saw(&f, 0), 5,
	    "a rule saw what its logs had but what was kept from it");
	IS_INT((long long)rule_saw(&f, 1), 0,
	    "and no less than nothing of what two of them had");
	finish(&f);
	begin(&f);
	note(&f, "log app", nine);
	counts_load(f.counts, f.store, NOW, NULL);
	IS_INT((long long)rule_saw(&f, 0), 0,
	    "one that is new saw nothing of what was before");
	finish(&f);
}

int
main(void)
{
	files_begin();
	test_rows();
	test_torn();
	test_since();
	test_rules();
	files_end();
	return tap_done();
}
