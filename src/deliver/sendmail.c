/*
 * sendmail: alerts as mail through this machine's own mailer.
 *
 * Recipients stand behind `--`, never in the message for -t to find: its
 * headers hold log text.  Lines end with LF, as mailers want it here.
 */
#include "config.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "deliver/address_list.h"
#include "deliver/command.h"
#include "deliver/command_outcome.h"
#include "deliver/environment.h"
#include "deliver/sendmail_settings.h"
#include "deliver/worker.h"

static const char *const sendmail_paths[] = {
    "/usr/sbin/sendmail", "/usr/lib/sendmail", NULL};

struct sendmail_run {
	const struct sendmail_settings *settings;
	const char *command;
	const char **to;
	const char **argv;
	struct environment environment;
};

static const char *
sendmail_find(const struct sendmail_settings *settings)
{
	if (settings->command)
		return settings->command;
	for (size_t i = 0; sendmail_paths[i]; i++) {
		if (!access(sendmail_paths[i], X_OK))
			return sendmail_paths[i];
	}
	return NULL;
}

/* COMMAND -oi -f FROM -- TO... */
static const char **
sendmail_make_argv(const struct sendmail_run *run)
{
	const struct sendmail_settings *settings = run->settings;
	const char **argv = xcalloc(settings->to.count + 6, sizeof(*argv));
	size_t count = 0;

	argv[count++] = run->command;
	argv[count++] = "-oi";
	if (settings->from) {
		argv[count++] = "-f";
		argv[count++] = settings->from;
	}
	argv[count++] = "--";
	for (size_t i = 0; i < settings->to.count; i++)
		argv[count++] = run->to[i];
	return argv;
}

/* Who the mail is from when nobody says: whoever we are; the mailer adds its
 * domain. */
static const char *
sendmail_from(const struct sendmail_run *run)
{
	if (run->settings->from)
		return run->settings->from;
	const char *user = environment_get(&run->environment, "USER");
	if (user && !mail_address(span_str(user), MAIL_ADDRESS_LOCAL, NULL))
		return user;
	return "root";
}

static void
sendmail_send(
    void *arg, const struct delivery *delivery, struct outcome *out)
{
	const struct alert *alert = delivery->alert;
	struct sendmail_run *run = arg;
	const struct mail_envelope envelope = {
	    .from = sendmail_from(run),
	    .to = run->to,
	    .to_count = run->settings->to.count,
	    .date_ms = alert->made_ms,
	};
	struct buf message = BUF_INIT;

	mail_render(alert, &envelope, MAIL_LF, &message);
	const struct command_spec spec = {
	    .argv = run->argv,
	    .envp = (const char *const *)run->environment.entries,
	    .input = buf_span(&message),
	    .timeout_ms = run->settings->sink.timeout,
	    .output_max = COMMAND_OUTCOME_OUTPUT_MAX,
	    .streams = COMMAND_OUTPUT_AND_ERROR,
	};
	command_outcome(&spec, delivery->trace, out);
	buf_release(&message);
}

static void
sendmail_close(void *arg)
{
	struct sendmail_run *run = arg;

	environment_release(&run->environment);
	free(run->argv);
	free(run->to);
	free(run);
}

static void *
sendmail_open(const char *name, const void *settings, const char *hostname,
    struct outcome *out)
{
	struct sendmail_run *run = xcalloc(1, sizeof(*run));
	struct err err = ERR_INIT;

	(void)name, (void)hostname;
	run->settings = settings;
	run->command = sendmail_find(settings);
	if (!run->command)
		err_set(&err,
		    "there is neither %s nor %s: install a mailer, "
		    "or use an [smtp] sink",
		    sendmail_paths[0], sendmail_paths[1]);
	if (!run->command || environment_init(&run->environment, NULL, &err)) {
		outcome_set(out, OUTCOME_CONFIG, 0, "%s", err.text);
		sendmail_close(run);
		return NULL;
	}
	run->to = address_list_array(&run->settings->to);
	run->argv = sendmail_make_argv(run);
	return run;
}

const struct sink_driver sendmail_driver = {
    .table = &sendmail_setting_table,
    .open = sendmail_open,
    .send = sendmail_send,
    .close = sendmail_close,
};
