/* store/sqlite_log.h: SQLite's log written in few large pieces.
 *
 * SQLite writes each frame of a commit by two calls, one for its head and one for its page. Here
 * what follows each other is gathered and written at once: at the latest before the log is flushed,
 * which happens before any commit is told to readers. So it needs synchronous=FULL. */
#pragma once

/* The name of the VFS, for the connection that writes; NULL when there is none. */
const char *log_vfs(void);
