// Package task keeps what is to be done later, and hands it to the inbox when it is due.
//
// A task that is pending is an entry of the state: its data, when it is due, and which message
// asked for it. [Tasks.Later] makes or changes it, one per name and key. An index entry, whose key
// begins with the day, the hour and the minute, lets a [Runner] look only at what is due: a million
// pending tasks are neither in memory nor read. When a task is due, its entry becomes "firing", by
// compare-and-swap; a [Trigger] that holds all of it is appended to the inbox under a key made of
// the revision of that change; then the entry is empty again. Each step can be done again by any
// process, so a crash between them loses nothing and repeats nothing. From there on a task is an
// item like a message, in a lane of its own: leased, retried, buried and revived by
// internal/worker.
//
// The index entry is written before the entry of the task, so that there is never a task without
// one. An index entry without a task is left alone for a while, as the task may be about to be
// written, and then deleted.
package task
