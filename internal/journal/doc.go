// Package journal runs handlers again from what they did before, so that a dialogue needs no
// goroutine that waits.
//
// A handler that asks a question stores a [Form] and returns; when the answer comes, it runs again
// from its start. A form holds the message that the handler began with, the questions that are
// answered, the results of its sends, and the open question with its deadline. A [Run] is one
// execution of a handler: it counts the questions and the sends, returns what the form knows of
// them, and records what is new. Questions and sends are known again by their order, therefore a
// handler must take the same way each time up to its last question. An answer is stored before the
// handler runs with it, so that a crash neither loses nor repeats it. The form of a person in a
// conversation has one key, and each write compares the revision: of several processes one wins.
// A form is at most store.MaxValue bytes: an answer that does not fit gets [ErrTooLarge], and
// leaves the question open. A reminder, whose key begins with the deadline, lets a [Sweeper] end
// the forms that have no answer without a look at the others. A step by [Recall] and [Keep] has an
// entry of its own, which holds its result for a week. Messages, sends and identities are opaque to
// this package: its callers say which message is an answer, and what a time-out sends.
package journal
