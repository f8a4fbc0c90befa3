/*
 * links: where a path leads that has symbolic links in it.
 *
 * A log may be a link (Kubernetes: /var/log/containers/x.log -> ... -> 0.log)
 * or lie behind one.  Then names may change in several directories: where
 * each link stands, and where the last one leads.  Nothing but the names is
 * looked at, so that also a link to nothing has a target.
 */
#ifndef CTAIL_INPUT_LINKS_H
#define CTAIL_INPUT_LINKS_H

#define LINKS_MAX 40	/* as many as Linux follows */

/*
 * The path without symbolic links, whether something is there or not; NULL
 * when there is no link in it, or too many (a loop).  Unless NULL, directory is
 * called for every directory in which a link stands and for the last
 * target's, the first ones also for a loop.  The caller frees the result.
 */
char *links_resolve(const char *path,
    void (*directory)(void *arg, const char *path), void *arg);

#endif
