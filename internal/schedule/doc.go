// Package schedule runs jobs at their times, each time once over all processes.
//
// What has run is kept in a store.State. Of several processes that share one, a single process runs
// each time of a job: it claims the time, and renews the claim while it runs. When it dies, another
// process takes over as soon as the claim is over. A failed run is tried again. So a time can run
// more than once, but never twice at once, and not again after it has succeeded. What a job sends
// needs a key that contains the time, so that a second run does not send it again.
//
// The clocks of the processes may differ by much less than the lease.
package schedule
