// Package nats is the store back end for more than one machine: what must survive is in a NATS JetStream cluster, and several bot
// processes share the work.
//
// # How it works
//
// Everything is in four streams. The inbox keeps each callback under a subject of its own, made of its partition and a hash of its key;
// the server refuses a second one as long as the first is kept, which is for days and not for the time of a deduplication window. The
// lanes are spread over partitions by a hash, and each partition is owned by one process. The owner reads it in order, hands its items
// out lane by lane, and writes the progress of the partition into one record: how far it is, and for each lane that is behind, where
// it stands, with attempts and delays. Items that end within the same moment share one write.
//
// A process is a member as long as it renews its member record, by a compare-and-swap. A member that was silent for Config.Takeover is removed by
// deleting exactly the revision that was seen: either the delete comes first, and the member's next renewal fails, or the renewal
// comes first, and the delete does. So both sides agree who is gone, with no clocks to compare. Only then do others take its partitions, by a
// compare-and-swap on their records with a higher epoch. Whatever an owner of old tries to complete afterwards compares with a
// revision that is gone, and is store.ErrLeaseLost. It stops handing out before: when its last renewal is three quarters of Takeover old.
//
// Dead letters are written in one atomic batch with the progress, so that no item is both dead and not done.
//
// # What differs from the obvious
//
//   - No pinned consumers: a pin is not exclusive, and breaks the order at each fail-over. Consumers here are short-lived and acknowledge nothing;
//     the record of the partition is the only truth about what is done.
//   - Plain streams instead of key-value buckets: those read from any replica, which may not know yet what this process has
//     just written, and leave a marker for each delete. Here the leader is asked, and a delete leaves nothing.
//   - One heartbeat for each process instead of one for each partition: sixteen times less to write, and the same fence.
//   - A lane that is behind is one line in the record, however many messages it holds: its items are done in order.
//
// # What is not promised
//
// A process that the cluster cannot reach is not stopped by it: a handler that runs there runs on until its lease is to be extended,
// while another process may begin with the same item after the takeover. It cannot complete the item, and it cannot send either, as the ledger of
// sends is out of its reach. The order between lanes is kept within a process only.
package nats
