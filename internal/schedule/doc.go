// Package schedule runs jobs at their times: once each, whoever runs.
//
// What has run is kept in a store.State. Of several processes that share one, a single one runs each time of a job: it claims the time, and
// keeps the claim alive while it runs. When it dies, another takes over as soon as the claim is over. A job that fails is tried again. So a
// time can run more than once, but never twice at once, and not again after it has succeeded; what a job sends needs a key that contains
// the time, so that a second try sends nothing again.
//
// The clocks of the processes may differ by much less than the lease.
package schedule
