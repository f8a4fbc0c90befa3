"""as_user.py UID GID PROGRAM [ARGUMENT...]: become that user and run it."""
import os
import sys

uid, gid = int(sys.argv[1]), int(sys.argv[2])
if os.getuid() != uid:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
os.execv(sys.argv[3], sys.argv[3:])
