package bot_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/store"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// shaky is a store whose inbox fails on demand.
type shaky struct {
	*memory.Store
	extend, complete func() error // nil works
}

func (s *shaky) Inbox() store.Inbox { return shakyInbox{s.Store.Inbox(), s} }

type shakyInbox struct {
	store.Inbox
	shaky *shaky
}

func (in shakyInbox) Extend(ctx context.Context, lease store.Lease, ttl time.Duration) error {
	if f := in.shaky.extend; f != nil {
		if err := f(); err != nil {
			return err
		}
	}
	return in.Inbox.Extend(ctx, lease, ttl)
}

func (in shakyInbox) Complete(ctx context.Context, lease store.Lease) error {
	if f := in.shaky.complete; f != nil {
		if err := f(); err != nil {
			return err
		}
	}
	return in.Inbox.Complete(ctx, lease)
}

func textBody(id int, text string) []byte {
	return fmt.Appendf(nil, `{"TypeName":"AddMsg","Appid":"wx_a","Wxid":"wxid_me","Data":{"MsgType":1,"NewMsgId":%d,`+
		`"FromUserName":{"string":"wxid_a"},"ToUserName":{"string":"wxid_me"},"Content":{"string":"%s"}}}`, id, text)
}

func shakyBot(t *testing.T, s *shaky, lease time.Duration) *bot.Bot {
	t.Helper()
	s.Store = memory.New(memory.Config{})
	config := configFor(simulator.Start(t).Simulator)
	config.Store, config.Lease = s, lease
	b := newBot(t, config)
	return b
}

// TestAnOutcomeIsStoredLater has a disk that is full for a moment when a message is done.
func TestAnOutcomeIsStoredLater(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	done := make(chan struct{}, 10)
	s := &shaky{complete: func() error {
		if tries.Add(1) == 1 {
			return store.ErrFull
		}
		done <- struct{}{}
		return nil
	}}
	b := shakyBot(t, s, time.Second)
	var runs atomic.Int32
	b.Text(func(*router.Context, *xmlmsg.Text) error { runs.Add(1); return nil })
	stop := start(t, b, nil)
	require.Equal(t, 200, post(t, b, "/callback", string(textBody(1, "x"))))
	<-done
	require.NoError(t, stop())
	assert.EqualValues(t, 1, runs.Load(), "the lease is kept until the outcome is stored")
	assert.EqualValues(t, 2, tries.Load())
}

// TestARunThatMayHaveLostItsLeaseEnds has a store that does not answer for longer than the lease.
func TestARunThatMayHaveLostItsLeaseEnds(t *testing.T) {
	t.Parallel()
	var away atomic.Bool
	away.Store(true)
	s := &shaky{extend: func() error {
		if away.Load() {
			return store.ErrUnavailable
		}
		return nil
	}}
	b := shakyBot(t, s, 150*time.Millisecond)
	ended := make(chan error, 1)
	var runs atomic.Int32
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		if runs.Add(1) > 1 {
			return nil
		}
		<-c.Done()
		ended <- context.Cause(c)
		away.Store(false)
		return nil
	})
	stop := start(t, b, nil)
	require.Equal(t, 200, post(t, b, "/callback", string(textBody(1, "x"))))
	require.ErrorIs(t, <-ended, store.ErrLeaseLost)
	require.NoError(t, stop())
}

// TestTwoRunsOfOneMessage lets the lease of a run run out, so that a second begins in the same
// process: the end of the first must not take the heartbeat from the second.
func TestTwoRunsOfOneMessage(t *testing.T) {
	t.Parallel()
	var stalled atomic.Bool
	stalled.Store(true)
	resume, beats, third := make(chan struct{}), make(chan struct{}, 100), make(chan struct{})
	s := &shaky{extend: func() error {
		if stalled.CompareAndSwap(true, false) {
			<-resume
			return nil
		}
		beats <- struct{}{}
		return nil
	}}
	b := shakyBot(t, s, time.Second)
	var runs atomic.Int32
	secondRuns, firstEnds, extended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	b.Text(func(c *router.Context, _ *xmlmsg.Text) error {
		switch runs.Add(1) {
		case 1:
			<-firstEnds
		case 2:
			close(secondRuns)
			select {
			case <-extended:
			case <-c.Done():
			}
		default:
			close(third)
		}
		return nil
	})
	stop := start(t, b, nil)
	require.Equal(t, 200, post(t, b, "/callback", string(textBody(1, "x"))))
	<-secondRuns
	close(firstEnds) // it cannot complete: its lease is lost
	close(resume)
	for range 6 { // two leases long
		select {
		case <-beats:
		case <-third:
		}
	}
	close(extended)
	require.NoError(t, stop())
	assert.EqualValues(t, 2, runs.Load(), "the second run keeps its lease")
}

// TestAnEventWithoutAKeyRunsAgain and its sends are single all the same.
func TestAnEventWithoutAKeyRunsAgain(t *testing.T) {
	t.Parallel()
	sim := simulator.Start(t)
	bob := sim.Friend("bob")
	b := newBot(t, configFor(sim.Simulator))
	var runs atomic.Int32
	b.Any(func(c *router.Context) error {
		if c.Event.Key() != "" {
			return nil
		}
		n := runs.Add(1)
		if err := c.To(bob.ID()).SendText("hello"); err != nil {
			return err
		}
		if n == 1 {
			return errors.New("after the send")
		}
		return c.To(bob.ID()).SendText("the end")
	})
	start(t, b, sim.Simulator)
	require.Equal(t, 200, post(t, b, "/callback", fmt.Sprintf(`{"TypeName":"ModContacts","Appid":%q,"Wxid":"wxid_me",`+
		`"Data":{"UserName":{"string":"wxid_new"}}}`, simulator.DefaultAppID)))
	bob.ExpectText("hello")
	bob.ExpectText("the end")
	said, err := bob.Messages()
	require.NoError(t, err)
	assert.Len(t, said, 2)
	assert.EqualValues(t, 2, runs.Load())
}
