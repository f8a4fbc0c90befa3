/*
 * input_source_restart: what happens to logs while nobody looks.
 */
#include "config.h"

#include "source.h"

static void
test_restore(void)
{
	struct source *source;

	start_over();
	files_write("a.log", "one\n");
	add_log("a.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	stop(source);
	files_append("a.log", "two\n");
	files_rename("a.log", "a.log.1");
	files_write("a.log", "three\n");
	source = start_again();
	turn(source, 0);
	OK(is(&got, "a.log:two|a.log:three|"),
	    "a restart goes on where it was, across a rotation, whatever "
	    "start says");
	source_free(source);
}

static void
test_rotated_while_stopped(void)
{
	struct source *source;

	start_over();
	files_write("app.log", "one\n");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	stop(source);
	files_append("app.log", "two\n");
	files_rename("app.log", "app.1.log");
	source = start_again();
	settle(source);
	OK(is(&got, "app.log:two|"),
	    "a generation whose log is not back yet is read on, not again");
	files_write("app.log", "three\n");
	settle(source);
	OK(is(&got, "app.log:three|"), "nor when the log is back");
	stop(source);
}

static void
test_renamed_while_stopped(void)
{
	struct source *source;

	start_over();
	files_write("b.log", "one\n");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	stop(source);
	files_append("b.log", "two\n");
	files_rename("b.log", "a.log");
	source = start_again();
	settle(source);
	OK(is(&got, "a.log:two|"),
	    "a file renamed to another log's name is read on");
	stop(source);
	source = start_again();
	settle(source);
	OK(is(&got, ""), "and is known by that name at the next start");
	stop(source);
}

/* The other name takes over what the first one has drained. */
static void
test_second_name_takes_over(void)
{
	struct source *source;

	start_over();
	files_write("app.log", "one\n");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	files_rename("app.log", "saved.log");
	files_write("app.log", "two\n");
	settle(source);
	files_append("saved.log", "late\n");
	settle(source);
	OK(is(&got, "app.log:one|app.log:two|app.log:late|"),
	    "a writer that is late is still heard");
	turn(source, 11000);
	turn(source, 11000);
	files_append("saved.log", "later\n");
	for (int i = 0; i < 5; i++)
		turn(source, 61000);
	OK(is(&got, "saved.log:later|"), "then its lines come once only");
	stop(source);
	source = start_again();
	settle(source);
	OK(is(&got, ""), "and the store knows both");
	stop(source);
}

static void
test_moved_to_no_known_name(void)
{
	struct source *source;

	start_over();
	files_write("app.log", "one\n");
	add_log("*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	files_rename("app.log", "saved.log");
	files_write("app.log", "two\n");
	for (int i = 0; i < 5; i++)
		turn(source, 11000);
	OK(is(&got, "app.log:one|app.log:two|"),
	    "a log moved to a name that matches is not read again");
	source_free(source);
}

/* Long enough that it is forgotten as a log. */
static void
let_it_go(struct source *source)
{
	for (int i = 0; i < 5; i++) {
		turn(source, 61000);
		source_positions_changed(source, on_position, NULL);
		source_positions_stored(source);
	}
	buf_reset(&positions);
}

static void
test_away_and_back(void)
{
	struct source *source;

	start_over();
	files_mkdir("logs");
	files_mkdir("attic");
	files_write("logs/a.log", "one\n");
	add_log("logs/*.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	files_rename("logs/a.log", "attic/a.log");
	let_it_go(source);
	OK(is(&got, "logs/a.log:one|") &&
		states_are(source, "logs/a.log vanished -1|"),
	    "a log that is moved away is not forgotten");
	files_append("attic/a.log", "two\n");
	files_rename("attic/a.log", "logs/a.log");
	settle(source);
	OK(is(&got, "logs/a.log:two|"), "when it comes back it is read on");
	unlink(files_path("logs/a.log"));
	let_it_go(source);
	files_write("logs/a.log", "another\n");
	settle(source);
	OK(is(&got, "logs/a.log:another|"), "another one is read whole");
	unlink(files_path("logs/a.log"));
	let_it_go(source);
	files_write("logs/b.log", "fresh\n");
	settle(source);
	OK(is(&got, "logs/b.log:fresh|"),
	    "one that gets the number of one that went is new");
	source_free(source);
}

static void
test_directory_recreated(const char *pattern, const char *sentence)
{
	struct source *source;

	start_over();
	files_mkdir("srv");
	files_mkdir("srv/log");
	files_write("srv/log/a.log", "one\n");
	add_log(pattern, LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	files_append("srv/log/a.log", "two\n");
	files_rename("srv/log", "srv/gone");
	files_mkdir("srv/log");
	files_write("srv/log/a.log", "three\n");
	settle(source);
	turn(source, 61000);
	OK(is(&got, "srv/log/a.log:one|srv/log/a.log:two|"
		    "srv/log/a.log:three|"),
	    "%s: a directory that is renamed and made again", sentence);
	unlink(files_path("srv/log/a.log"));
	rmdir(files_path("srv/log"));
	let_it_go(source);
	files_mkdir("srv/log");
	files_write("srv/log/a.log", "four\n");
	settle(source);
	OK(is(&got, "srv/log/a.log:four|"),
	    "%s: one that is removed and made again", sentence);
	source_free(source);
}

/* Only who opens it again notices that it may not be read any more. */
static void
test_refused(const char *refused, const char *sentence)
{
	struct source *source;

	start_over();
	files_mkdir("d");
	files_write("d/a.log", "one\n");
	add_log("d/a.log", LOG_START_START, false, NULL);
	source = open_source();
	settle(source);
	stop(source);
	files_append("d/a.log", "two\n");
	chmod(files_path(refused), 0);
	source = start_again();
	settle(source);
	turn(source, 61000);
	OK(is(&got, "") && is(&notices, "unreadable d/a.log|"),
	    "%s is told once", sentence);
	chmod(files_path(refused), 0700);
	settle(source);
	OK(is(&got, "d/a.log:two|"), "and read on when it may be");
	source_free(source);
}

/* Root may read everything, so somebody else does it. */
static void
test_permissions(void)
{
	bool root = geteuid() == 0;

	if (root && (chown(files_dir, 65534, 65534) < 0 || seteuid(65534) < 0))
		exit(99);
	test_refused("d/a.log", "a log that may not be read");
	test_refused("d", "a directory that may not be entered");
	files_clear();
	if (root && seteuid(0) < 0)
		exit(99);
}

static void
test_own_names(void)
{
	struct source *source;

	start_over();
	files_mkdir("old");
	files_write("a.log", "one\n");
	add_log("*.log", LOG_START_START, false, NULL);
	add_rotated("old/%s~*");
	source = open_source();
	settle(source);
	stop(source);
	files_append("a.log", "two\n");
	files_rename("a.log", "old/a.log~monday");
	files_write("a.log", "three\n");
	source = start_again();
	settle(source);
	OK(is(&got, "a.log:two|a.log:three|"),
	    "a generation is found where `rotated' says");
	OK(!strstr(buf_str(&notices), "gap"), "with nothing lost");
	source_free(source);
}

int
main(void)
{
	files_begin();
	test_restore();
	test_rotated_while_stopped();
	test_renamed_while_stopped();
	test_second_name_takes_over();
	test_moved_to_no_known_name();
	test_away_and_back();
	test_directory_recreated("srv/log/a.log", "by name");
	test_directory_recreated("srv/*/a.log", "by pattern");
	test_directory_recreated("srv/**/*.log", "at any depth");
	test_permissions();
	test_own_names();
	return end_tests();
}
