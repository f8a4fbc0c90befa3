/*
 * check: accepts or refuses exactly what ctaild does.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "ctailctl/ctailctl.h"
#include "ctaild/plan.h"

struct checked {
	struct conf_places places;
	struct conf_errors errors;
	char *path;
	struct conf *conf;
};

static void
checked_load(struct checked *checked, const struct agent_options *options,
    const char *path)
{
	*checked = (struct checked){.errors = CONF_ERRORS_INIT};
	conf_places_find(&checked->places);
	if (path)
		checked->path = xstrdup(path);
	else
		checked->path = options->config ? xstrdup(options->config)
						: conf_default_path();
	checked->conf =
	    conf_load(checked->path, &checked->places, &checked->errors);
}

static void
checked_release(struct checked *checked)
{
	conf_free(checked->conf);
	conf_errors_release(&checked->errors);
	conf_places_release(&checked->places);
	free(checked->path);
}

static void
compile(struct checked *checked)
{
	struct plan *plan = plan_new(checked->conf, &checked->errors);

	if (plan)
		plan_check_samples(plan, &checked->errors);
	plan_free(plan);
}

static size_t
count_sinks(const struct conf *conf)
{
	size_t count = 0;

	while (conf_sink_at(conf, count))
		count++;
	return count;
}

static void
print_good(const struct checked *checked)
{
	printf("%s is good: logs: %zu, rules: %zu, sinks: %zu\n",
	    checked->path, conf_count(checked->conf, &log_setting_table),
	    conf_count(checked->conf, &rule_setting_table),
	    count_sinks(checked->conf));
}

int
ctailctl_check(const struct agent_options *options, int argc,
    const char *const *argv)
{
	struct checked checked;
	int status = EX_OK;

	if (argc > 1) {
		fputs("usage: ctailctl check [FILE]\n", stderr);
		return EX_USAGE;
	}
	checked_load(&checked, options, argc ? argv[0] : NULL);
	if (checked.conf)
		compile(&checked);
	if (checked.errors.count) {
		fwrite(checked.errors.text.data, 1, checked.errors.text.len,
		    stderr);
		fprintf(stderr, "%s is refused: mistakes: %zu\n", checked.path,
		    checked.errors.count);
		status = EX_CONFIG;
	} else {
		print_good(&checked);
	}
	checked_release(&checked);
	return status;
}

int
ctailctl_show(const struct agent_options *options, int argc,
    const char *const *argv)
{
	struct checked checked;
	struct buf text = BUF_INIT;
	int status = EX_OK;

	(void)argv;
	if (argc) {
		fputs("usage: ctailctl show\n", stderr);
		return EX_USAGE;
	}
	checked_load(&checked, options, NULL);
	if (checked.conf) {
		conf_show(checked.conf, CONF_SHOW_PEOPLE, &text);
		fwrite(text.data, 1, text.len, stdout);
	} else {
		fwrite(checked.errors.text.data, 1, checked.errors.text.len,
		    stderr);
		status = EX_CONFIG;
	}
	buf_release(&text);
	checked_release(&checked);
	return status;
}
