/*
 * [alertmanager]: what its section takes and what it refuses, and what the
 * answers of several nodes mean together.
 */
#include "config.h"

#include "deliver/alertmanager_nodes.h"
#include "deliver/sink_kind.h"
#include "section.h"
#include "tap.h"

#define AM "url = http://am1:9093\n"

static void
test_nodes(void)
{
	const struct setting_table *table = &alertmanager_setting_table;
	struct buf many = BUF_INIT;

	takes(table, "url = http://am1:9093 http://am2:9093 https://am3/prefix/",
	    "several nodes are fine");
	refuses(table, "url = ftp://am1", "https://",
	    "another protocol is refused");
	refuses(table, "url = am1:9093", "SCHEME", "a bare host is refused");
	refuses(table, "url = http://am1:9093 http://u:p@am2:9093",
	    "user or password", "a user in a URL is refused");
	refuses(table, "url = http://am1:9093 http://am1:9093",
	    "a second time", "a node twice is refused");
	refuses(table, "url = http://am1:9093/api/v2/alerts", "/api",
	    "the path of the API is ours");
	refuses(table, "url = http://am1:9093/?x=y", "port",
	    "a query is refused");
	for (int i = 0; i <= ALERTMANAGER_NODES_MAX; i++)
		buf_addf(&many, "url = http://am%d\n", i);
	refuses(table, buf_str(&many), "16 nodes", "17 nodes are too many");
	buf_release(&many);
	takes(table, "url = https://am1\nauthorization_file = /a",
	    "an authorization over TLS is fine");
	takes(table, "url = http://[::1]:9093\nauthorization_file = /a",
	    "so is one on this machine");
	refuses(table, AM "authorization_file = /a", "allow_http",
	    "one across the network in clear is refused");
	takes(table, AM "authorization_file = /a\nallow_http = yes",
	    "without consent");
	refuses(table, AM "proxy = ftp://p:1", "proxy",
	    "a proxy of another kind is refused");
	refuses(table, AM "key_file = /k", "cert_file",
	    "TLS is checked as everywhere");
	refuses(table, AM "resolve_after = 1s", "resolve_after",
	    "an alert cannot be over at once");
	takes(table, AM "resolve_after = 7d", "it may last a week");
	refuses(table, AM "resolve_after = 8d", "resolve_after",
	    "but not longer");
}

static void
test_labels(void)
{
	const struct setting_table *table = &alertmanager_setting_table;
	struct buf many = BUF_INIT;

	takes(table, AM "label = env=prod _x9=a=b team=caf\xc3\xa9",
	    "labels are names and values");
	refuses(table, AM "label = env", "NAME=VALUE",
	    "a name alone is refused");
	refuses(table, AM "label = 9x=a", "NAME=VALUE",
	    "a name does not begin with a digit");
	refuses(table, AM "label = a-b=c", "NAME=VALUE",
	    "a name has no dash");
	refuses(table, AM "label = =c", "NAME=VALUE", "a name is not empty");
	refuses(table, AM "label = env=", "no value", "nor is a value");
	refuses(table, AM "label = a=\xff", "UTF-8", "a value is UTF-8");
	refuses(table, AM "label = a=x\x7f", "control",
	    "without control characters");
	refuses(table, AM "label = severity=none", "cannot be set",
	    "what ctail says itself is refused");
	refuses(table, AM "label = instance=x", "cannot be set",
	    "the host, too");
	refuses(table, AM "label = __name__=x", "Prometheus",
	    "and what belongs to Prometheus");
	refuses(table, AM "label = a=1 b=2 a=3", "a second time",
	    "a name twice is refused");
	takes(table, AM "label = a=1 ab=1", "a longer name is another one");
	for (int i = 0; i <= ALERTMANAGER_LABELS_MAX; i++)
		buf_addf(&many, "label = a%d=b\n", i);
	takes(table, AM, "no label is fine");
	buf_add_str(&many, AM);
	refuses(table, buf_str(&many), "32 labels", "33 labels are too many");
	buf_release(&many);
}

/* --- Answers ------------------------------------------------------------------*/

static void
answers(struct alertmanager_nodes *nodes, size_t i, enum outcome_class class,
    int64_t now_ms)
{
	outcome_set(&nodes->all[i].outcome, class,
	    class == OUTCOME_DELIVERED ? 200 : 0, "am%zu:9093 %s", i + 1,
	    outcome_class_name(class));
	alertmanager_node_answered(&nodes->all[i], now_ms);
}

static size_t
next_of(struct alertmanager_nodes *nodes, int64_t now_ms)
{
	struct alertmanager_node *node =
	    alertmanager_nodes_next(nodes, now_ms);

	return node ? (size_t)(node - nodes->all) + 1 : 0;
}

static void
test_rest(void)
{
	static struct alertmanager_nodes nodes;
	struct outcome outcome;

	nodes.count = 3;
	alertmanager_nodes_begin(&nodes);
	IS_INT((int)alertmanager_nodes_left(&nodes, 0), 3,
	    "at first all are to be asked");
	IS_INT((int)next_of(&nodes, 0), 1, "beginning with the first");
	answers(&nodes, 0, OUTCOME_RETRY, 1000);
	IS_INT((int)next_of(&nodes, 1000), 2, "then the second");
	answers(&nodes, 1, OUTCOME_DELIVERED, 1000);
	IS_INT((int)next_of(&nodes, 1000), 3,
	    "and the third, though one took it");
	answers(&nodes, 2, OUTCOME_DELIVERED, 1000);
	IS_INT((int)next_of(&nodes, 1000), 0, "then no more");
	alertmanager_nodes_outcome(&nodes, &outcome);
	OK(outcome.class == OUTCOME_DELIVERED && outcome.partly &&
		outcome.code == 200,
	    "it is delivered, partly");
	IS_STR(outcome.text,
	    "taken by 2 of 3 nodes; not all did: am1:9093 retry",
	    "and who did not take it is named");

	alertmanager_nodes_begin(&nodes);
	IS_INT((int)next_of(&nodes, 2000), 2, "the one that failed rests");
	IS_INT((int)alertmanager_nodes_left(&nodes, 2000), 3,
	    "but time is kept for it");
	answers(&nodes, 1, OUTCOME_DELIVERED, 2000);
	IS_INT((int)alertmanager_nodes_left(&nodes, 2000), 1,
	    "until another has taken the alert");
	answers(&nodes, 2, OUTCOME_CONFIG, 2000);
	IS_INT((int)next_of(&nodes, 2000), 0, "then it is left out");
	alertmanager_nodes_outcome(&nodes, &outcome);
	IS_STR(outcome.text,
	    "taken by 1 of 3 nodes; not all did: am1:9093 retry (not asked "
	    "again yet); am3:9093 config",
	    "and still named");

	alertmanager_nodes_begin(&nodes);
	IS_INT((int)next_of(&nodes, 3000), 2, "when the only one that works");
	answers(&nodes, 1, OUTCOME_RETRY, 3000);
	IS_INT((int)next_of(&nodes, 3000), 1, "fails, the others are asked");
	answers(&nodes, 0, OUTCOME_DELIVERED, 3000);
	IS_INT((int)next_of(&nodes, 3000), 0, "as far as it needs");

	alertmanager_nodes_begin(&nodes);
	IS_INT((int)next_of(&nodes, 2000 + ALERTMANAGER_REST_MS), 1,
	    "who took one rests no more");
	answers(&nodes, 0, OUTCOME_DELIVERED, 2000 + ALERTMANAGER_REST_MS);
	IS_INT((int)next_of(&nodes, 2000 + ALERTMANAGER_REST_MS), 3,
	    "after 30 s a node is asked again");
}

static void
all_say(const enum outcome_class *classes, size_t count,
    struct outcome *outcome)
{
	static struct alertmanager_nodes nodes;

	nodes.count = count;
	for (size_t i = 0; i < count; i++)
		answers(&nodes, i, classes[i], 0);
	alertmanager_nodes_outcome(&nodes, outcome);
}

static void
test_classes(void)
{
	static const struct {
		enum outcome_class said[3], want;
	} rows[] = {
	    {{OUTCOME_CONFIG, OUTCOME_RETRY, OUTCOME_CONFIG}, OUTCOME_RETRY},
	    {{OUTCOME_CONFIG, OUTCOME_GONE, OUTCOME_GONE}, OUTCOME_CONFIG},
	    {{OUTCOME_GONE, OUTCOME_GONE, OUTCOME_GONE}, OUTCOME_GONE},
	    {{OUTCOME_RETRY, OUTCOME_REFUSED, OUTCOME_DOUBT}, OUTCOME_REFUSED},
	    {{OUTCOME_RETRY, OUTCOME_DOUBT, OUTCOME_CONFIG}, OUTCOME_DOUBT},
	    {{OUTCOME_REFUSED, OUTCOME_REFUSED, OUTCOME_DELIVERED},
		OUTCOME_DELIVERED},
	};
	struct outcome outcome;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		all_say(rows[i].said, 3, &outcome);
		OK(outcome.class == rows[i].want, "%s, %s, %s means %s",
		    outcome_class_name(rows[i].said[0]),
		    outcome_class_name(rows[i].said[1]),
		    outcome_class_name(rows[i].said[2]),
		    outcome_class_name(rows[i].want));
	}
	all_say(rows[1].said, 3, &outcome);
	IS_STR(outcome.text,
	    "none of 3 nodes took it; am1:9093 config; am2:9093 gone; "
	    "am3:9093 gone",
	    "each is named");
	all_say(rows[0].said, 1, &outcome);
	IS_STR(outcome.text, "am1:9093 config", "a single one speaks itself");
	all_say(&(enum outcome_class){OUTCOME_DELIVERED}, 1, &outcome);
	IS_STR(outcome.text, "taken by 1 of 1 node", "also of success");
	OK(!outcome.partly, "which is whole");
}

int
main(void)
{
	test_nodes();
	test_labels();
	test_rest();
	test_classes();
	return tap_done();
}
