/*
 * ctailctl: what the files of the program share.
 */
#ifndef CTAIL_CTAILCTL_CTAILCTL_H
#define CTAIL_CTAILCTL_CTAILCTL_H

#include "ctaild/agent.h"

/* check.c: what needs the configuration only.  Exit statuses. */
int ctailctl_check(const struct agent_options *options, int argc,
    const char *const *argv);
int ctailctl_show(const struct agent_options *options, int argc,
    const char *const *argv);

/* test.c, learn.c: what the rules would make of records. */
int ctailctl_test(const struct agent_options *options, int argc,
    const char *const *argv);
int ctailctl_learn(const struct agent_options *options, int argc,
    const char *const *argv);

/* grep.c: the lines of logs that patterns match. */
int ctailctl_grep(const struct agent_options *options, int argc,
    const char *const *argv);

/* explain.c: asked of the agent, else of the stored state, else of the
 * configuration alone. */
int ctailctl_explain(const struct agent_options *options, int argc,
    const char *const *argv);

/* ask.c: what needs the state, from the agent or from the database. */
int ctailctl_ask(const struct agent_options *options, int argc,
    const char *const *argv);

/* send_test.c: a test alert to one sink, and the conversation. */
int ctailctl_send_test(const struct agent_options *options, int argc,
    const char *const *argv);

/* check_secrets.c: warns of secrets in files that everybody may read. */
struct conf;
void ctailctl_check_secrets(const struct conf *conf);

/* check_sinks.c: warns of what keeps a sink from sending: files that are not
 * there, a URL that its service does not expect. */
void ctailctl_check_sinks(const struct conf *conf);

/* check_logs.c: warns of files that two [log] sections name. */
struct plan;
void ctailctl_check_logs(const struct plan *plan);

#endif
