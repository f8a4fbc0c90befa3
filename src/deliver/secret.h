/*
 * secret: a password or token, read when it is needed.
 *
 * Five sources, of which a section names at most one: X_file, X_credential
 * (systemd, under $CREDENTIALS_DIRECTORY), X_command (argv by blanks, no
 * shell, 10 s), X_env, X itself.  Read in the worker before every attempt, so
 * that a new one needs no reload, and wiped afterwards; only what a command
 * printed is kept for the run, and asked for again when it was refused: it may
 * cost a second, or a touch of somebody's key.  Never in argv, logs or errors.
 * A file must belong to root or to the worker's user and be readable by its
 * owner alone; one of root's may also be readable by its group
 * (root:ctail-send 0640).
 */
#ifndef CTAIL_DELIVER_SECRET_H
#define CTAIL_DELIVER_SECRET_H

#include "base/buf.h"
#include "base/err.h"
#include "base/setting.h"

#define SECRET_MAX 4096

struct secret_settings {
	char *file;
	char *credential;
	char *command;
	char *env;
	char *text;
};

/* Rows for key "X": SECRET_SETTING_ROWS("password", struct smtp_settings,
 * password, 0). */
#define SECRET_SETTING_ROWS(key, type_, member, text_flags) \
	{.name = key "_file", .type = SETTING_TEXT, \
	    .offset = offsetof(type_, member.file), \
	    .help = "file whose first line is the " key}, \
	{.name = key "_credential", .type = SETTING_TEXT, \
	    .offset = offsetof(type_, member.credential), \
	    .help = "systemd credential that is the " key}, \
	{.name = key "_command", .type = SETTING_TEXT, \
	    .offset = offsetof(type_, member.command), \
	    .help = "program and arguments that print the " key}, \
	{.name = key "_env", .type = SETTING_TEXT, \
	    .offset = offsetof(type_, member.env), \
	    .help = "environment variable that holds the " key}, \
	{.name = key, .type = SETTING_TEXT, \
	    .flags = SETTING_SECRET | (text_flags), \
	    .offset = offsetof(type_, member.text), \
	    .help = "the " key " itself"}

/* True when a source is named. */
bool secret_is_set(const struct secret_settings *settings);

/* True in the kept copy of a configuration, which holds no secret. */
bool secret_is_left_out(const struct secret_settings *settings);

/* -1 when more than one source of key is named. */
int secret_check(const struct secret_settings *settings, const char *key,
    struct err *err);

/* Appends the secret: the first line, without its end. */
int secret_read(const struct secret_settings *settings, const char *key,
    struct buf *out, struct err *err);

/* Overwrites before freeing. */
void secret_wipe(struct buf *secret);

/* A secret that a run needs again and again. */
struct secret_cache {
	struct buf kept;	/* what the command printed; else empty */
	bool is_old;		/* it was read before this attempt */
};

#define SECRET_CACHE_INIT {BUF_INIT, false}

/* secret_read, but for a command that was run already. */
int secret_cache_read(struct secret_cache *cache,
    const struct secret_settings *settings, const char *key, struct buf *out,
    struct err *err);

/* The server refused what was read last: forgets it.  True when it was an old
 * one, so that reading again at once may bring another. */
bool secret_cache_refused(struct secret_cache *cache);

void secret_cache_release(struct secret_cache *cache);

#endif
