// Package nats is the store back end for several machines: the data is in a NATS JetStream cluster,
// and several bot processes share the work.
//
// # How it works
// The data is in five streams. The inbox keeps each callback under its own subject, made of its
// partition and a hash of its key; the server rejects a second one as long as the first is kept,
// which is days and not the length of a deduplication window. Lanes are distributed over partitions
// by a hash, and each partition is owned by one process. The owner reads it in order, leases its
// items lane by lane, and writes the progress of the partition into one record: the position up to
// which items are done and, for each lane that lags, its next item with attempts and delay. Items
// that end at about the same time share one write. A process is a member as long as it renews its
// member record by compare-and-swap. A member that has not renewed for Config.Takeover is removed
// by deleting exactly the revision that was seen: either the delete comes first and the member's
// next renewal fails, or the renewal comes first and the delete fails. Both sides therefore agree
// without comparing clocks. Only then do other processes take its partitions, by compare-and-swap
// on their records with a higher epoch. Whatever the former owner tries to complete afterwards
// compares with an old revision and returns store.ErrLeaseLost. It stops leasing earlier, when its
// last renewal is three quarters of Takeover old. Dead letters are written in one atomic batch with
// the progress, so no item is both dead and not done.
// # Design decisions
//   - No pinned consumers: a pin is not exclusive, and breaks the order at each fail-over.
//     Consumers are short-lived and acknowledge nothing; only the record of the partition says what
//     is done.
//   - Plain streams instead of key-value buckets: buckets read from any replica, which may lag
//     behind the last write of this process, and leave a marker for each delete. Here the leader
//     answers, and a delete leaves nothing.
//   - Writes that come at the same time share a batch. A server that is alone flushes each message
//     by itself, so the first caller writes, and what comes meanwhile goes out in one atomic batch,
//     which is flushed once. A batch that is refused, because the condition of one write does not
//     hold, is sent again one by one.
//   - A change of a record that this process has written or read last does not read it again: the
//     write compares the revision.
//   - One heartbeat per process instead of one per partition: a sixteenth of the writes, and the
//     same fencing.
//   - A lane that lags is one entry in the record, however many messages it holds, because its
//     items are done in order.
//
// # What a write promises
// Every change is durable when its call returns, so it is ordered too: the servers have flushed it,
// on most of them if there are several. No change returns earlier, although the contract of package
// store allows that for some: the records are shared, and whether a change was made at all is known
// only from the answer. Complete must return store.ErrLeaseLost if another process has taken the
// partition over, and Update store.ErrConflict if another has changed the send.
// # What is not promised
// The cluster cannot stop a process that it cannot reach: a handler there keeps running until its
// lease has to be extended, while another process may start the same item after the takeover. The
// first process can neither complete the item nor send, because it cannot reach the ledger. The
// order between lanes holds within one process only.
package nats
