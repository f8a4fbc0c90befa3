/*
 * harden: give up what a program that holds passwords and talks to strangers
 * does not need.  A seam: configure picks the file.
 */
#ifndef CTAIL_SEND_HARDEN_H
#define CTAIL_SEND_HARDEN_H

/* No core files, no debugger of the same user, no gain of rights by exec, as
 * far as the system can. */
void harden_process(void);

#endif
