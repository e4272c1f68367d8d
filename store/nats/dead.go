package nats

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/hongyan-go/hongyan/store"
)

const (
	maxReason = 1 << 10
	maxStack  = 8 << 10
	// deadRoom is the space that the headers of a dead letter need in addition to those of its
	// item.
	deadRoom = 4*(maxReason+maxStack) + 1<<10
)

// deadLetter returns the message that Bury stores.
func deadLetter(n names, partition int, e *ending) *nats.Msg {
	item := *e.entry.item
	h := itemHeader(item)
	h.Set(headAttempts, strconv.Itoa(e.entry.attempt))
	setText(h, headReason, cut(e.why.Reason, maxReason))
	setText(h, headStack, cut(e.why.Stack, maxStack))
	setTime(h, headBuried, e.at)
	return &nats.Msg{Subject: n.dead(partition, e.entry.seq), Header: h, Data: item.Body}
}

// deadSeq returns the Seq in the subject of a dead letter.
func deadSeq(subject string) uint64 {
	seq, _ := strconv.ParseUint(subject[strings.LastIndexByte(subject, '.')+1:], 10, 64)
	return seq
}

// Dead implements store.Inbox.
func (in *inbox) Dead(ctx context.Context, after uint64, limit int) ([]store.DeadItem, error) {
	if err := in.usable(ctx); err != nil {
		return nil, err
	}
	var found []record
	err := in.work.scan(ctx, in.prefix+".work.dead.>", func(r record) {
		if deadSeq(r.subject) <= after {
			return
		}
		at, known := slices.BinarySearchFunc(found, deadSeq(r.subject),
			func(r record, seq uint64) int { return cmp.Compare(deadSeq(r.subject), seq) })
		if known {
			return
		}
		if found = slices.Insert(found, at, r); len(found) > limit {
			found = found[:limit]
		}
	})
	if err != nil {
		return nil, err
	}
	full, err := in.work.fill(ctx, found)
	if err != nil {
		return nil, err
	}
	list := make([]store.DeadItem, 0, len(full))
	for _, r := range full {
		attempts, _ := strconv.Atoi(r.header.Get(headAttempts))
		list = append(list, store.DeadItem{
			Item: itemOf(r.header, r.data), Seq: deadSeq(r.subject), Attempts: attempts,
			Failure: store.Failure{Reason: text(r.header, headReason), Stack: text(r.header, headStack)},
			Buried:  timeOf(r.header, headBuried),
		})
	}
	return list, nil
}

// deadRecord reads a dead letter.
func (in *inbox) deadRecord(ctx context.Context, seq uint64) (record, error) {
	if err := in.usable(ctx); err != nil {
		return record{}, err
	}
	return in.work.last(ctx, in.prefix+".work.dead.*."+strconv.FormatUint(seq, 10))
}

// Revive implements store.Inbox. The subject of the new item contains the old Seq: if Revive is
// interrupted between the append and the removal of the dead letter, the next Revive only removes
// it.
func (in *inbox) Revive(ctx context.Context, seq uint64) error {
	r, err := in.deadRecord(ctx, seq)
	if err != nil {
		return err
	}
	err = in.add(ctx, itemOf(r.header, r.data), kindRevived, strconv.FormatUint(seq, 10))
	if err != nil && !errors.Is(err, store.ErrConflict) {
		return err
	}
	_, err = in.work.remove(ctx, r.revision)
	return err
}

// Drop implements store.Inbox.
func (in *inbox) Drop(ctx context.Context, seq uint64) error {
	r, err := in.deadRecord(ctx, seq)
	if err != nil {
		return err
	}
	removed, err := in.work.remove(ctx, r.revision)
	if err == nil && !removed {
		return store.ErrNotFound
	}
	return err
}
