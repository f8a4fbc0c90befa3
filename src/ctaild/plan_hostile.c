/*
 * plan_hostile: what log text could do to the templates, tried out.
 *
 * Every template is rendered with the worst values there are.  What must
 * hold: each variable is looked up once and what it brings is never looked
 * at again; JSON stays JSON; a body stays within its service's bound.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctaild/plan_internal.h"
#include "deliver/webhook_settings.h"
#include "message/json.h"
#include "message/preset.h"
#include "message/variables.h"

#define LARGE_BYTES ((size_t)1 << 20)

#define VALUE(text)                                                            \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}

static const struct span hostile_values[] = {
    VALUE(""),
    VALUE("\0\x01\x1b[31m\x7f\r\n\v\f\b\t"),
    VALUE("a\"b\\c'd`e\n}]\",\"x\":{\"y\":\""),
    VALUE("${rule} ${line|json} ${1} $${key} $"),
    VALUE("=?utf-8?q?x?=\r\nBcc: x@example.org\r\n\r\n.\r\n"),
    VALUE("\xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xe2\x80\xa8"),
    VALUE("-rf --option=x <b>&amp;</b> %0a%00 ;|&$(id)"),
    VALUE("\\u0000\\\"\\"),
};

#define HOSTILE_COUNT (sizeof(hostile_values) / sizeof(hostile_values[0]))

/* One template on trial. */
struct trial {
	struct conf_errors *errors;
	const struct conf_section *section;
	const char *key;
	enum template_form form;
	struct span value;
	size_t lookups;
};

static void
trial_failed(const struct trial *trial, const char *what)
{
	conf_error(trial->errors, conf_origin(trial->section, trial->key),
	    "[%s %s] %s: %s", trial->section->table->section,
	    trial->section->name, trial->key, what);
}

static bool
trial_lookup(void *arg, struct span name, struct buf *value_out)
{
	struct trial *trial = arg;

	trial->lookups++;
	if (variable_is_number(name))
		buf_add_str(value_out, "18446744073709551615");
	else
		buf_add_span(value_out, trial->value);
	return true;
}

static size_t
variable_count(const struct template *template)
{
	size_t count = 0;

	while (template_variable(template, count))
		count++;
	return count;
}

/* False when the rest need not be tried. */
static bool
trial_render(struct trial *trial, const struct template *template,
    struct span value, struct buf *out)
{
	struct err err = ERR_INIT;

	buf_reset(out);
	trial->value = value;
	trial->lookups = 0;
	template_render(template, trial_lookup, trial, out);
	if (trial->lookups != variable_count(template)) {
		trial_failed(trial, "what a variable stands for would be "
				    "expanded again");
		return false;
	}
	if (trial->form == TEMPLATE_JSON && json_check(buf_span(out), &err)) {
		trial_failed(trial, "hostile log text would make it something "
				    "else than JSON");
		return false;
	}
	return true;
}

/* A long value of what escapes worst. */
static struct span
large_value(struct buf *large, size_t len)
{
	buf_reset(large);
	memset(buf_reserve(large, len), '"', len);
	large->len = len;
	return buf_span(large);
}

static bool
trial_run(struct trial *trial, const struct template *template)
{
	struct buf out = BUF_INIT;
	bool passed = true;

	for (size_t i = 0; i < HOSTILE_COUNT && passed; i++)
		passed = trial_render(trial, template, hostile_values[i], &out);
	buf_release(&out);
	return passed;
}

/* Takes its time, so that templates of sinks only, which are few, get it. */
static void
trial_run_large(struct trial *trial, const struct template *template)
{
	struct buf out = BUF_INIT, large = BUF_INIT;

	trial_render(trial, template, large_value(&large, LARGE_BYTES), &out);
	buf_release(&out);
	buf_release(&large);
}

static void
check_rule(const struct plan_rule *rule, const struct conf_section *section,
    struct conf_errors *errors)
{
	struct trial trial = {errors, section, "key", TEMPLATE_TEXT, {0}, 0};

	if (rule->key)
		trial_run(&trial, rule->key);
	trial.key = "subject";
	trial_run(&trial, rule->subject);
}

static void
check_report(const struct plan_report *report,
    const struct conf_section *section, struct conf_errors *errors)
{
	struct trial trial = {
	    errors, section, "subject", TEMPLATE_TEXT, {0}, 0};

	if (report->subject)
		trial_run(&trial, report->subject);
}

static void
check_sink_template(void *arg, const struct conf_section *sink, const char *key,
    enum template_form form, struct template *template)
{
	struct trial trial = {arg, sink, key, form, {0}, 0};

	if (trial_run(&trial, template))
		trial_run_large(&trial, template);
}

/* --- What presets make of such an alert ----------------------------------- */

static void
hostile_alert(struct alert *alert, struct span value)
{
	alert_init(alert);
	alert_set(&alert->rule, value);
	alert_set(&alert->subject, value);
	alert_set(&alert->hostname, value);
	alert_set(&alert->file, value);
	alert_set(&alert->key, value);
	alert_add_line(alert, value);
	alert_add_line(alert, value);
	alert_add_before(alert, value);
	alert_add_after(alert, value);
	alert_add_capture(alert, span_str("name"), value);
}

/* As long as a service's own ones are: a token that takes much of the body's
 * room is not what is tried out here. */
static const struct preset_values usual_values = {{
    [PRESET_TOKEN] = VALUE("0123456789abcdef0123456789abcdef"),
    [PRESET_ROUTING_KEY] = VALUE("0123456789abcdef0123456789abcdef"),
    [PRESET_USER_KEY] = VALUE("0123456789abcdef0123456789abcdef"),
    [PRESET_CHAT_ID] = VALUE("-1001234567890"),
    [PRESET_TOPIC] = VALUE("alerts"),
}};

static bool
preset_holds(const struct preset *preset, struct span value)
{
	struct buf body = BUF_INIT;
	struct alert alert;
	bool holds;

	hostile_alert(&alert, value);
	preset->render(&alert, &usual_values, &body);
	holds = body.len <= preset->max_bytes &&
		(!strstr(preset->content_type, "json") ||
		    !json_check(buf_span(&body), NULL));
	alert_release(&alert);
	buf_release(&body);
	return holds;
}

static void
check_preset(const struct conf_section *sink, struct conf_errors *errors)
{
	const struct webhook_settings *webhook = sink->settings;
	struct trial trial = {errors, sink, "preset", TEMPLATE_JSON, {0}, 0};
	const struct preset *preset = preset_at(webhook->preset);
	struct buf large = BUF_INIT;
	bool holds = preset_holds(preset, large_value(&large, LARGE_BYTES));

	for (size_t i = 0; holds && i < HOSTILE_COUNT; i++)
		holds = preset_holds(preset, hostile_values[i]);
	if (!holds)
		trial_failed(&trial, "hostile log text would make the body "
				     "something that the service refuses");
	buf_release(&large);
}

void
plan_check_templates(const struct plan *plan, struct conf_errors *errors)
{
	const struct conf_section *sink;

	for (size_t i = 0; i < plan->rule_count && !plan->rules[i].report; i++)
		check_rule(&plan->rules[i],
		    conf_section(plan->conf, &rule_setting_table, i), errors);
	for (size_t i = 0; i < plan->report_count; i++)
		check_report(&plan->reports[i],
		    conf_section(plan->conf, &logcheck_setting_table, i),
		    errors);
	plan_each_sink_template(plan->conf, check_sink_template, errors);
	for (size_t i = 0; (sink = conf_sink_at(plan->conf, i)); i++) {
		const struct webhook_settings *webhook = sink->settings;

		if (sink->table == &webhook_setting_table && !webhook->template)
			check_preset(sink, errors);
	}
}
