/*
 * message_preset: what web services are told, and what counts as yes.
 */
#include "config.h"

#include "hostile.h"
#include "message/json.h"
#include "message/preset.h"
#include "tap.h"

static void
test_table(void)
{
	size_t count = 0;

	for (; preset_names[count]; count++) {
		const struct preset *preset = preset_at((int)count);

		IS_STR(preset->name, preset_names[count],
		    "the names are in the order of the table");
		OK(preset_find(span_str(preset->name)) == preset,
		    "%s is found by name", preset->name);
		OK(preset->content_type && preset->max_bytes &&
			preset->render && preset->max_bytes > 0,
		    "%s is whole", preset->name);
	}
	OK(count == 2, "there are two");
	OK(preset_find(span_str("none")) == NULL, "another one is unknown");
	OK(preset_find(span_str("")) == NULL, "so is nothing");
}

static void
test_accepted(void)
{
	const struct preset *slack = &preset_slack;

	OK(slack->answer(200, span_str("ok")) == PRESET_TAKEN, "slack says 200 and ok");
	OK(slack->answer(200, span_str("")) != PRESET_TAKEN, "200 alone is no yes");
	OK(slack->answer(200, span_str("okay")) != PRESET_TAKEN, "okay is not ok");
	OK(slack->answer(200, span_str("<html>ok</html>")) != PRESET_TAKEN,
	    "nor is a proxy's page");
	OK(slack->answer(201, span_str("ok")) != PRESET_TAKEN, "nor another status");
}

static void
fill(struct alert *alert, unsigned long long *state, struct buf *scratch)
{
	alert_init(alert);
	alert->count = 3;
	hostile_text(state, 600, scratch);
	alert_set(&alert->subject, buf_span(scratch));
	alert_set(&alert->file, buf_span(scratch));
	hostile_text(state, 600, scratch);
	alert_set(&alert->rule, buf_span(scratch));
	alert_set(&alert->hostname, buf_span(scratch));
	for (size_t i = hostile_next(state) % 60; i > 0; i--) {
		hostile_text(state, 2000, scratch);
		alert_add_line(alert, buf_span(scratch));
	}
}

static void
test_hostile(const struct preset *preset)
{
	struct buf scratch = BUF_INIT, out = BUF_INIT;
	unsigned long long state = 41;
	int valid = 0, bounded = 0, total = 300;

	for (int i = 0; i < total; i++) {
		struct alert alert;

		fill(&alert, &state, &scratch);
		buf_reset(&out);
		preset->render(&alert, &(struct preset_values){0}, &out);
		valid += json_check(buf_span(&out), NULL) == 0;
		bounded += out.len <= preset->max_bytes;
		alert_release(&alert);
	}
	OK(valid == total, "%s: hostile alerts are valid JSON (%d)",
	    preset->name, valid);
	OK(bounded == total, "%s: and keep the bound (%d)", preset->name,
	    bounded);
	buf_release(&scratch);
	buf_release(&out);
}

/* After unescaping, no < > & of a log may be left as such. */
static bool
has_command(struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '<' || text.data[i] == '>')
			return true;
		if (text.data[i] == '&' &&
		    strncmp(text.data + i, "&amp;", 5) != 0 &&
		    strncmp(text.data + i, "&lt;", 4) != 0 &&
		    strncmp(text.data + i, "&gt;", 4) != 0)
			return true;
	}
	return false;
}

static void
test_slack_pings(void)
{
	struct buf scratch = BUF_INIT, out = BUF_INIT, text = BUF_INIT;
	unsigned long long state = 43;
	int harmless = 0, total = 300;

	for (int i = 0; i < total; i++) {
		struct alert alert;

		fill(&alert, &state, &scratch);
		buf_reset(&out);
		buf_reset(&text);
		preset_slack.render(&alert, &(struct preset_values){0}, &out);
		json_member(buf_span(&out), "text", &text);
		buf_str(&text);
		harmless += text.len > 0 && !has_command(buf_span(&text));
		alert_release(&alert);
	}
	IS_INT(harmless, total, "slack: no log text can ping anybody");
	buf_release(&scratch);
	buf_release(&out);
	buf_release(&text);
}

static void
test_slack_text(void)
{
	struct buf out = BUF_INIT;
	struct alert alert;

	alert_init(&alert);
	alert.severity = SEVERITY_ERROR;
	alert.count = 2;
	alert_set(&alert.subject, span_str("<!channel> & co"));
	alert_set(&alert.rule, span_str("r"));
	alert_set(&alert.hostname, span_str("web1"));
	alert_set(&alert.file, span_str("/var/log/a"));
	alert.offset = 7;
	alert_add_line(&alert, span_str("one ```"));
	alert_add_line(&alert, span_str("two <@U1>"));
	preset_slack.render(&alert, &(struct preset_values){0}, &out);
	IS_STR(buf_str(&out),
	    "{\"text\":\"*error* &lt;!channel&gt; &amp; co\\n```\\none '''\\n"
	    "two &lt;@U1&gt;\\n```\\nrule r on web1, /var/log/a at 7, 2 "
	    "times\"}",
	    "slack: a message reads well");
	alert_release(&alert);
	buf_release(&out);
}

int
main(void)
{
	test_table();
	test_accepted();
	test_hostile(&preset_json);
	test_hostile(&preset_slack);
	test_slack_pings();
	test_slack_text();
	return tap_done();
}
