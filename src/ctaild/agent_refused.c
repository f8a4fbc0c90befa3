/*
 * agent_refused: an agent that cannot start, neither on its configuration nor
 * on the one it accepted last: a rule file that both name is bad or cannot be
 * read.  No log is read then, and who only hears of alerts would take that for
 * quiet.
 *
 * Hides that it is told once an hour, whoever starts it again and again, and
 * how that is remembered without the database.
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "ctaild/agent_internal.h"

#define TELL_EVERY_S 3600
#define PATIENCE_MS 20000	/* for workers: a stop is not heeded here */

static char *
mark_path(const struct agent *agent)
{
	struct buf path = BUF_INIT;

	buf_addf(&path, "%s/refused", agent->state_dir);
	return buf_take(&path);
}

static bool
was_told(const char *mark)
{
	struct stat st;
	int64_t now_s = clock_wall_ms() / 1000;

	return !lstat(mark, &st) && st.st_mtime <= now_s &&
	       now_s - st.st_mtime < TELL_EVERY_S;
}

/* Where that is impossible nothing is told: it would be told with each start,
 * of which there may be one a second. */
static bool
note_told(const char *mark)
{
	int fd;

	unlink(mark);
	fd = open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static void
send_word(struct agent *agent, const struct conf *conf)
{
	int64_t until = clock_boot_ms() + PATIENCE_MS;

	agent->loop = loop_new();
	agent->emergency = emergency_new(
	    agent->loop, agent->hostname, &agent->outlet_places);
	agent_send_emergency(agent, conf, "it does not start",
	    "Its configuration is refused, and so is the one that was accepted "
	    "last, mostly since both name the same rule files. No log is read, "
	    "and nothing is sent, until that is mended and it is started "
	    "again; run `ctailctl check' to see what is wrong.");
	while (emergency_busy(agent->emergency) && clock_boot_ms() < until &&
	       !loop_turn(agent->loop, 1000, NULL))
		;
	emergency_free(agent->emergency);
	loop_free(agent->loop);
	agent->emergency = NULL;
	agent->loop = NULL;
}

void
agent_tell_refused(struct agent *agent, const struct conf *conf)
{
	char *mark = mark_path(agent);

	if (!was_told(mark) && note_told(mark))
		send_word(agent, conf);
	free(mark);
}

void
agent_forget_refused(const struct agent *agent)
{
	char *mark = mark_path(agent);

	unlink(mark);
	free(mark);
}
