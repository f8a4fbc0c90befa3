/*
 * Windows into files: what is seen, and that nothing happens to the process
 * when the file is cut under its eyes.
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mapping.h"
#include "mapped.h"
#include "tap.h"

enum { PAGES = 40 };

struct stage {
	int fd;
	off_t page, size;
	struct mapping *mapping;
	struct span window;
};

/* Page after page of 'a', 'b', ... */
static void
fill(int fd, off_t page, off_t pages)
{
	char *bytes = malloc((size_t)page);

	for (off_t i = 0; i < pages; i++) {
		memset(bytes, 'a' + (int)(i % 26), (size_t)page);
		if (pwrite(fd, bytes, (size_t)page, i * page) != page)
			abort();
	}
	free(bytes);
}

static void
start(struct stage *stage)
{
	char path[] = "/tmp/ctail-mapping-XXXXXX";

	stage->fd = mkstemp(path);
	unlink(path);
	stage->page = sysconf(_SC_PAGESIZE);
	stage->size = PAGES * stage->page;
	fill(stage->fd, stage->page, PAGES);
	stage->mapping = mapping_new();
}

static void
finish(struct stage *stage)
{
	mapping_free(stage->mapping);
	close(stage->fd);
}

static void
show(struct stage *stage, off_t from, off_t to)
{
	if (mapping_show(stage->mapping, stage->fd, from * stage->page,
		to * stage->page, &stage->window))
		abort();
}

static void
cut(const struct stage *stage, off_t size)
{
	if (ftruncate(stage->fd, size))
		abort();
}

/* A look that the compiler does not know the answer to. */
static int
look(const struct stage *stage, off_t at)
{
	return *(const volatile char *)(stage->window.data + at);
}

static void
test_windows(void)
{
	struct stage stage;
	bool same = true;

	start(&stage);
	for (off_t from = 0; from < PAGES; from++)
		for (off_t to = from + 1; to <= PAGES; to += 7) {
			show(&stage, from, to);
			same &= look(&stage, 0) == 'a' + from % 26 &&
				look(&stage, (to - from) * stage.page - 1) ==
				    'a' + (to - 1) % 26;
		}
	OK(same, "each window shows what is in the file there");
	OK(mapping_holds(stage.mapping, stage.size), "and holds");
	OK(mapping_show(stage.mapping, stage.fd, 0, stage.size - 1,
	       &stage.window) == 0 &&
		stage.window.len == (size_t)stage.size - 1,
	    "a window may end anywhere");
	fill(stage.fd, stage.page, 1 + 2 * MAPPING_MAX / stage.page);
	OK(!mapping_show(stage.mapping, stage.fd, MAPPING_GRAIN - stage.page,
	       MAPPING_GRAIN - stage.page + MAPPING_MAX, &stage.window) &&
		look(&stage, (off_t)stage.window.len - 1) ==
		    'a' + (int)(((MAPPING_GRAIN + MAPPING_MAX) / stage.page -
				    2) %
				26),
	    "the largest window may begin at any page");
	IS_INT(mapping_border(3 * stage.page + 17), 3 * stage.page,
	    "the border before an offset is its page's");
	finish(&stage);
}

static void
test_cut(void)
{
	struct stage stage;

	start(&stage);
	show(&stage, 2, PAGES);
	IS_INT(look(&stage, 0), 'c', "before the cut it is the file");
	cut(&stage, 0);
	IS_INT(look(&stage, 5 * stage.page), 0, "what is gone is zero");
	OK(!mapping_holds(stage.mapping, stage.page), "and does not hold");
	IS_INT(look(&stage, 0) | look(&stage, 20 * stage.page), 0,
	    "nor is anything else of the window there");
	fill(stage.fd, stage.page, PAGES);
	OK(!mapping_holds(stage.mapping, stage.page) &&
		look(&stage, 0) == 0,
	    "also when the file is as long as before");
	show(&stage, 0, 3);
	OK(look(&stage, 2 * stage.page) == 'c' &&
		mapping_holds(stage.mapping, stage.size),
	    "the next window is as good as ever");
	cut(&stage, 0);
	IS_INT(look(&stage, stage.page), 0, "and as safe");
	finish(&stage);
}

static void
test_cut_in_page(void)
{
	struct stage stage;

	start(&stage);
	show(&stage, 0, PAGES);
	cut(&stage, 100);
	OK(look(&stage, 99) == 'a' && look(&stage, 100) == 0,
	    "what is cut off in a page is zero without a signal");
	OK(!mapping_holds(stage.mapping, 101), "and does not hold");
	OK(mapping_holds(stage.mapping, 100), "what is before it does");
	finish(&stage);
}

static void
test_behind_end(void)
{
	struct stage stage;

	start(&stage);
	show(&stage, 0, PAGES + 8);
	OK(look(&stage, stage.size - 1) == 'a' + (PAGES - 1) % 26 &&
		look(&stage, stage.size) == 0,
	    "behind the end of the file are zeros");
	OK(!mapping_holds(stage.mapping, 1), "to look there is the end of it");
	finish(&stage);
}

static void
test_what_has_no_pages(void)
{
	struct mapping *mapping = mapping_new();
	struct span window;
	int ends[2];

	if (pipe(ends))
		abort();
	OK(mapping_show(mapping, ends[0], 0, 4096, &window) < 0,
	    "a pipe has no window");
	close(ends[0]);
	close(ends[1]);
	mapping_free(mapping);
}

/* --- Other faults --------------------------------------------------------- */

static void
leave(int number)
{
	(void)number;
	_exit(17);
}

static void
fault_elsewhere(struct stage *stage)
{
	const volatile char *other =
	    mmap(NULL, (size_t)stage->size, PROT_READ, MAP_SHARED, stage->fd,
		0);

	cut(stage, 0);
	_exit(other[stage->page] ? 1 : 2);
}

static void
fault_after(struct stage *stage)
{
	struct sigaction now;

	mapping_free(stage->mapping);
	stage->mapping = NULL;
	if (sigaction(SIGBUS, NULL, &now) || now.sa_handler != leave)
		_exit(3);
	fault_elsewhere(stage);
}

static void
be_sent_one(struct stage *stage)
{
	(void)stage;
	kill(getpid(), SIGBUS);
	_exit(1);
}

static void
fault_held_back(struct stage *stage)
{
	cut(stage, 0);
	_exit(look(stage, stage->page) ? 1 : 18);
}

/* What becomes of a process that does this while a window is shown. */
static int
fate(void (*act)(struct stage *stage), bool prepared, bool blocked)
{
	pid_t pid = fork();
	struct stage stage;
	sigset_t bus;
	int status;

	if (!pid) {
		signal(SIGBUS, prepared ? leave : SIG_DFL);
		sigemptyset(&bus);
		sigaddset(&bus, SIGBUS);
		if (blocked)
			sigprocmask(SIG_BLOCK, &bus, NULL);
		start(&stage);
		show(&stage, 0, PAGES);
		act(&stage);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
test_other_faults(void)
{
	IS_INT(fate(fault_elsewhere, false, false), -SIGBUS,
	    "a fault at any other address ends the process");
	IS_INT(fate(fault_elsewhere, true, false), 17,
	    "or is told to who was to be told before");
	IS_INT(fate(be_sent_one, false, false), -SIGBUS,
	    "so does a signal that somebody sends");
	IS_INT(fate(be_sent_one, true, false), 17, "or is told");
	IS_INT(fate(fault_after, true, false), 17,
	    "without a mapping all is as it was");
	IS_INT(fate(fault_held_back, false, true), 18,
	    "where the signal was held back, it is not any more");
}

int
main(void)
{
	mapped_or_skip();
	test_windows();
	test_cut();
	test_cut_in_page();
	test_behind_end();
	test_what_has_no_pages();
	test_other_faults();
	return tap_done();
}
