/*
 * agent_open: from options to an agent that holds its state.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/durable.h"
#include "base/lock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/sock.h"
#include "ctaild/accepted.h"
#include "ctaild/agent_internal.h"
#include "ctaild/builtin_rules.h"
#include "ctaild/learn.h"
#include "ctaild/restore.h"
#include "input/filesystem.h"

#define LOCK_PATIENCE_MS 3000
#define LOCK_AGAIN_MS 20

static void
print_errors(const struct conf_errors *errors)
{
	if (errors->text.len)
		fwrite(errors->text.data, 1, errors->text.len, stderr);
}

static void
find_hostname(struct agent *agent)
{
	if (gethostname(agent->hostname, sizeof(agent->hostname)) ||
	    !*agent->hostname)
		snprintf(agent->hostname, sizeof(agent->hostname),
		    "localhost");
	agent->hostname[sizeof(agent->hostname) - 1] = '\0';
}

/* Many logs mean many descriptors; the soft limit is a default, not a
 * decision. */
static void
raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static struct conf *
load_builtin(struct agent *agent, struct conf_errors *errors)
{
	const struct agent_options *options = agent->options;
	struct buf text = BUF_INIT;
	struct conf *conf;

	builtin_rules(options->files, options->file_count,
	    options->mode == AGENT_ONCE ? BUILTIN_FROM_START
					: BUILTIN_FROM_END,
	    &text);
	conf = conf_load_text("built-in rules", buf_span(&text),
	    &agent->conf_places, errors);
	buf_release(&text);
	return conf;
}

/* Where the state of a refused configuration is (caller frees). */
static char *
refused_state_dir(const struct agent_options *options,
    const struct conf_places *places, const char *path)
{
	char *named = options->state_dir ? xstrdup(options->state_dir)
					 : accepted_named_dir(path);

	return named ? named : xstrdup(places->state_dir);
}

static struct conf *
load_accepted(struct agent *agent)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf *conf;
	char *dir;

	if (agent->options->mode == AGENT_OFFLINE || agent->options->dry_run)
		return NULL;
	dir = refused_state_dir(agent->options, &agent->conf_places,
	    agent->config_path);
	conf = accepted_load(dir, agent->config_path, &agent->conf_places,
	    &errors);
	conf_errors_release(&errors);
	free(dir);
	return conf;
}

struct conf *
agent_load_conf(struct agent *agent, bool *accepted_out)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf *conf;

	*accepted_out = false;
	if (agent->options->files)
		conf = load_builtin(agent, &errors);
	else
		conf = conf_load(agent->config_path, &agent->conf_places,
		    &errors);
	print_errors(&errors);
	conf_errors_release(&errors);
	return conf;
}

/* Compiles the configuration, or the one accepted last when it is bad. */
static struct session *
make_session(struct agent *agent, bool *accepted_out)
{
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf *conf = agent_load_conf(agent, accepted_out);
	struct session *session = conf ? session_new(conf, &errors) : NULL;

	print_errors(&errors);
	if (!session && agent->config_path) {
		conf = load_accepted(agent);
		*accepted_out = conf != NULL;
		session = conf ? session_new(conf, &errors) : NULL;
	}
	conf_errors_release(&errors);
	if (session && *accepted_out)
		diag(DIAG_ERROR, "%s is refused; going on with the "
		    "configuration that was accepted last",
		    agent->config_path);
	return session;
}

static char *
helper_program(const char *libexec, const char *name)
{
	struct buf path = BUF_INIT;

	buf_addf(&path, "%s/%s", libexec, name);
	return buf_take(&path);
}

static void
set_places(struct agent *agent)
{
	struct outlet_places *places = &agent->outlet_places;

	places->libexec = agent->options->libexec ? agent->options->libexec
						  : CTAIL_LIBEXECDIR;
	places->send_socket = agent->options->send_socket;
	places->exec_socket = agent->options->exec_socket;
	places->config = agent->config_path;
	agent->journal_program =
	    helper_program(places->libexec, "ctail-journal");
	agent->unpack_program =
	    helper_program(places->libexec, "ctail-unpack");
	agent->unpacker = (struct unpacker){
	    .program = agent->unpack_program,
	    .socket = agent->options->unpack_socket};
	agent->accepted_path = accepted_path(agent->state_dir);
	places->accepted = agent->accepted_path;
}

/* Whether it is an agent that holds the lock, not somebody who will be done
 * with the state in a moment. */
static bool
agent_answers(const char *state_dir)
{
	char *path = control_path(state_dir);
	int fd = sock_connect(path, NULL);

	free(path);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Neither configuration is of use; another agent may run on all the same. */
static void
tell_refused(struct agent *agent)
{
	struct conf *conf = agent->config_path ? load_accepted(agent) : NULL;

	if (!conf)
		return;
	agent->state_dir = refused_state_dir(
	    agent->options, &agent->conf_places, agent->config_path);
	set_places(agent);
	if (!agent_answers(agent->state_dir))
		agent_tell_refused(agent, conf);
	conf_free(conf);
}

static int
make_dirs(struct agent *agent, struct err *err)
{
	struct buf offsets = BUF_INIT;
	int result;

	buf_addf(&offsets, "%s/offsets", agent->state_dir);
	result = durable_mkdir(agent->state_dir, err) ||
		 durable_mkdir(buf_str(&offsets), err);
	buf_release(&offsets);
	return result ? -1 : 0;
}

/* -1 with errno EAGAIN when somebody holds the lock and goes on doing so: a
 * ctailctl that just answers a question must not keep an agent from
 * starting. */
static int
wait_for_lock(const char *state_dir, const char *path, pid_t *holder_out,
    struct err *err)
{
	int64_t until = clock_boot_ms() + LOCK_PATIENCE_MS;
	int fd;

	while ((fd = lock_take(path, holder_out, err)) < 0 &&
	       errno == EAGAIN && clock_boot_ms() < until) {
		if (agent_answers(state_dir)) {
			errno = EAGAIN;
			break;
		}
		poll(NULL, 0, LOCK_AGAIN_MS);
		errno = EAGAIN;
	}
	return fd;
}

/* 0, or an exit status with err. */
static int
take_state(struct agent *agent, struct err *err)
{
	struct buf path = BUF_INIT;
	pid_t holder = 0;
	int why;

	if (make_dirs(agent, err))
		return EX_CANTCREAT;
	buf_addf(&path, "%s/lock", agent->state_dir);
	agent->lock =
	    wait_for_lock(agent->state_dir, buf_str(&path), &holder, err);
	why = errno;
	buf_release(&path);
	if (agent->lock >= 0)
		return 0;
	if (why != EAGAIN)
		return EX_CANTCREAT;
	if (holder && agent->options->mode == AGENT_OFFLINE)
		err_set(err, "process %ld holds the state in %s and does not "
		    "answer; try again, or restart it", (long)holder,
		    agent->state_dir);
	else if (holder)
		err_set(err, "process %ld already runs on the state in %s; "
		    "stop it, or give this one another state_dir",
		    (long)holder, agent->state_dir);
	return EX_UNAVAILABLE;
}

/* Whose disk this is, its file system says. */
static enum store_mode
store_mode_of(const struct agent *agent)
{
	uint32_t type;

	if (agent->options->dry_run)
		return STORE_MEMORY;
	if (durable_filesystem(agent->state_dir, &type) ||
	    filesystem_of_type(type)->tells)
		return STORE_FILE;
	return STORE_REMOTE_FILE;
}

static int
open_store(struct agent *agent, struct err *err)
{
	enum store_mode mode = store_mode_of(agent);

	agent->store = store_open(agent->state_dir, mode, err);
	if (!agent->store && agent->options->mode != AGENT_OFFLINE &&
	    mode != STORE_MEMORY && reserve_is_needed(agent->reserve) &&
	    reserve_give_up(agent->reserve)) {
		agent->reserve_spent = true;
		agent->store = store_open(agent->state_dir, mode, err);
	}
	return agent->store ? 0 : EX_CANTCREAT;
}

/* With built-in rules nothing is kept and nothing is looked up. */
static const char *
state_dir_of(const struct agent *agent, const struct conf *conf)
{
	if (agent->options->files)
		return "/dev/null";
	if (agent->options->state_dir)
		return agent->options->state_dir;
	return conf_agent(conf)->state_dir;
}

static int
open_state(struct agent *agent, struct err *err)
{
	const struct conf *conf = agent->session->conf;
	int status;

	agent->state_dir = xstrdup(state_dir_of(agent, conf));
	set_places(agent);
	if (!agent->options->dry_run && (status = take_state(agent, err)))
		return status;
	agent->reserve =
	    reserve_new(agent->state_dir, conf_agent(conf)->reserve);
	if ((status = open_store(agent, err)))
		return status;
	agent->loop = loop_new();
	agent->ledger = ledger_new(agent->store,
	    agent->options->dry_run ? NULL : agent->state_dir);
	agent->courier = courier_new(agent->loop, agent->store,
	    agent->hostname, &agent->outlet_places);
	agent->emergency = emergency_new(agent->loop, agent->hostname,
	    &agent->outlet_places);
	return agent_notices_load(agent, err) ||
		       restore_silences(agent->store, agent->silences,
			   clock_wall_ms(), err)
		   ? EX_IOERR
		   : 0;
}

/* Who only asks has nothing to learn. */
static int
learn(struct agent *agent, struct session *session, struct err *err)
{
	struct learn learn = {.plan = session->plan,
	    .logs = session->logs,
	    .source = session->source,
	    .pipeline = session->pipeline,
	    .store = agent->store,
	    .ledger = agent->ledger,
	    .now_ms = clock_wall_ms(),
	    .silent = agent->options->mode == AGENT_ONCE};

	if (agent->options->mode == AGENT_OFFLINE)
		return 0;
	return learn_run(&learn, err);
}

int
agent_start_session(struct agent *agent, struct session *session,
    struct err *err)
{
	struct journal_options journal = {
	    .program = agent->journal_program,
	    .socket = agent->options->journal_socket,
	    .directory = agent->options->journal_directory,
	    .once = agent->options->mode == AGENT_ONCE,
	};
	struct pipeline_hooks hooks = agent_hooks(agent);
	struct session_start how = {
	    .store = agent->store,
	    .ledger = agent->ledger,
	    .state_dir = agent->state_dir,
	    .hostname = agent->hostname,
	    .now_ms = clock_wall_ms(),
	    .handler = agent_source_handler(agent),
	    .journal = &journal,
	    .unpacker = &agent->unpacker,
	    .silences = agent->silences,
	    .hooks = &hooks,
	    .only_asks = agent->options->mode == AGENT_OFFLINE,
	};

	agent->quiet_looked_ms = 0;
	agent->quiet_again_ms = -1;
	plan_name_config(session->plan, agent->config_named);
	if (session_start(session, &how, err) || learn(agent, session, err))
		return -1;
	courier_configure(agent->courier, session->conf);
	/* Who only asks must not decide where alerts go. */
	if (agent->options->mode == AGENT_OFFLINE)
		return 0;
	return courier_move_orphans(agent->courier, session->conf, err);
}

static char *
config_path(const struct agent_options *options)
{
	if (options->files)
		return NULL;
	return options->config ? xstrdup(options->config)
			       : conf_default_path();
}

static char *
config_named(const struct agent_options *options)
{
	char *usual = options->config ? conf_default_path() : NULL;
	char *path = usual && strcmp(options->config, usual)
			 ? realpath(options->config, NULL)
			 : NULL;

	if (path && !strcmp(path, usual)) {
		free(path);
		path = NULL;
	}
	free(usual);
	return path;
}

/* What already went wrong before anything could be told. */
static void
tell_beginning(struct agent *agent, bool accepted)
{
	if (agent->reserve_spent)
		agent_notice(agent, SEVERITY_CRITICAL, "the disk is full",
		    "There was no room for the database; the reserve was "
		    "given up for it.");
	if (accepted)
		agent_notice(agent, SEVERITY_ERROR,
		    "the configuration is refused",
		    "The configuration that was accepted last is in force. "
		    "Run `ctailctl check' to see what is wrong.");
}

/* The agent that holds the state does the work of a --once, and answers what
 * ctailctl wants to know. */
static bool
holder_answers(const struct agent *agent, struct err *err)
{
	static const char *const words[] = {
	    [AGENT_ONCE] = "sweep", [AGENT_OFFLINE] = "status"};
	const char *word = words[agent->options->mode];
	struct buf out = BUF_INIT;
	struct err why = ERR_INIT;
	int status;

	if (!word)
		return false;
	status = control_ask(agent->state_dir, 1, &word, &out, &why);
	buf_release(&out);
	if (status == EX_OK)
		return true;
	err_prefix(err, "asked for `%s', in vain (%s)", word, why.text);
	return false;
}

/* Frees the agent that could not be made, having said why. */
static struct agent *
give_up(struct agent *agent, int *status_out, struct err *err)
{
	if (*status_out == EX_UNAVAILABLE && holder_answers(agent, err))
		*status_out = EX_OK;
	else if (*err->text)
		diag(DIAG_ERROR, "%s", err->text);
	agent_close(agent);
	return NULL;
}

struct agent *
agent_new(const struct agent_options *options, int *status_out)
{
	struct agent *agent = xcalloc(1, sizeof(*agent));
	struct err err = ERR_INIT;
	bool accepted = false;

	agent->options = options;
	agent->lock = -1;
	agent->told = map_new();
	agent->waiting = map_new();
	agent->silences = silences_new();
	find_hostname(agent);
	conf_places_find(&agent->conf_places);
	agent->config_path = config_path(options);
	agent->config_named = config_named(options);
	raise_file_limit();
	*status_out = EX_CONFIG;
	agent->session = make_session(agent, &accepted);
	if (!agent->session) {
		tell_refused(agent);
	} else {
		*status_out = open_state(agent, &err);
		if (!*status_out &&
		    agent_start_session(agent, agent->session, &err))
			*status_out = EX_IOERR;
	}
	if (*status_out)
		return give_up(agent, status_out, &err);
	if (options->mode != AGENT_OFFLINE && !options->dry_run)
		agent_forget_refused(agent);
	tell_beginning(agent, accepted);
	agent_tell_skipped(agent);
	agent->rules_looked_ms = clock_boot_ms();
	return agent;
}

/* An agent that runs on what it accepted before can still be asked. */
static char *
dir_of_running(const struct agent_options *options,
    const struct conf_places *places, const char *path)
{
	char *dir = refused_state_dir(options, places, path);

	if (agent_answers(dir))
		return dir;
	free(dir);
	return NULL;
}

char *
agent_state_dir(const struct agent_options *options)
{
	struct conf_places places;
	struct conf_errors errors = CONF_ERRORS_INIT;
	struct conf *conf;
	char *path, *dir = NULL;

	if (options->state_dir)
		return xstrdup(options->state_dir);
	conf_places_find(&places);
	path = config_path(options);
	conf = conf_load(path, &places, &errors);
	print_errors(&errors);
	if (conf)
		dir = xstrdup(conf_agent(conf)->state_dir);
	else
		dir = dir_of_running(options, &places, path);
	conf_free(conf);
	conf_errors_release(&errors);
	conf_places_release(&places);
	free(path);
	return dir;
}
