/*
 * check: accepts or refuses exactly what ctaild does.
 */
#include "config.h"

#include <stdio.h>
#include <sysexits.h>

#include "ctailctl/ctailctl.h"
#include "ctailctl/loaded.h"

static void
compile(struct loaded *checked)
{
	if (loaded_compile(checked))
		return;
	plan_check_samples(checked->plan, &checked->errors);
	plan_check_templates(checked->plan, &checked->errors);
}

static size_t
count_sinks(const struct conf *conf)
{
	size_t count = 0;

	while (conf_sink_at(conf, count))
		count++;
	return count;
}

/* Questionable is not wrong: the exit status stays as it is. */
static void
print_warnings(const struct plan *plan)
{
	const struct buf *text = plan_warnings(plan);

	if (!text->len)
		return;
	fputs("ctailctl: warnings:\n", stderr);
	fwrite(text->data, 1, text->len, stderr);
}

static void
print_reports(const struct plan *plan)
{
	for (size_t i = 0; i < plan->report_count; i++) {
		const struct plan_report *report = &plan->reports[i];
		struct buf level = BUF_INIT;

		setting_format(setting_find(&logcheck_setting_table,
				   span_str("level")),
		    report->settings, &level);
		printf("[logcheck %s]: rules: %zu, files: %zu, level: %s\n",
		    report->name, report->pattern_count, report->file_count,
		    buf_str(&level));
		buf_release(&level);
	}
}

static void
print_good(const struct loaded *checked)
{
	printf("%s is good: logs: %zu, rules: %zu, sinks: %zu\n", checked->path,
	    conf_count(checked->conf, &log_setting_table),
	    conf_count(checked->conf, &rule_setting_table),
	    count_sinks(checked->conf));
	print_reports(checked->plan);
}

int
ctailctl_check(
    const struct agent_options *options, int argc, const char *const *argv)
{
	struct loaded checked;
	int status = EX_OK;

	if (argc > 1) {
		fputs("usage: ctailctl check [FILE]\n", stderr);
		return EX_USAGE;
	}
	loaded_read(&checked, options, argc ? argv[0] : NULL);
	if (checked.conf)
		compile(&checked);
	if (checked.plan) {
		print_warnings(checked.plan);
		ctailctl_check_logs(checked.plan);
	}
	if (checked.conf) {
		ctailctl_check_secrets(checked.conf);
		ctailctl_check_sinks(checked.conf);
	}
	if (checked.errors.count || !checked.plan) {
		loaded_print_errors(&checked);
		status = EX_CONFIG;
	} else {
		print_good(&checked);
	}
	loaded_release(&checked);
	return status;
}

int
ctailctl_show(
    const struct agent_options *options, int argc, const char *const *argv)
{
	struct loaded checked;
	struct buf text = BUF_INIT;
	int status = EX_OK;

	(void)argv;
	if (argc) {
		fputs("usage: ctailctl show\n", stderr);
		return EX_USAGE;
	}
	loaded_read(&checked, options, NULL);
	if (checked.conf) {
		conf_show(checked.conf, CONF_SHOW_PEOPLE, &text);
		fwrite(text.data, 1, text.len, stdout);
	} else {
		fwrite(checked.errors.text.data, 1, checked.errors.text.len,
		    stderr);
		status = EX_CONFIG;
	}
	buf_release(&text);
	loaded_release(&checked);
	return status;
}
