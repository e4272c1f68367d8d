package router_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/outbox"
	"github.com/hongyan-go/hongyan/router"
)

func TestPermanent(t *testing.T) {
	t.Parallel()
	require.NoError(t, router.Permanent(nil))
	err := fmt.Errorf("plugin: %w", router.Permanent(fmt.Errorf("no such order: %w", io.EOF)))
	assert.True(t, router.IsPermanent(err))
	require.ErrorIs(t, err, io.EOF)
	require.EqualError(t, err, "plugin: no such order: EOF")
	assert.False(t, router.IsPermanent(errors.New("x")))
	assert.False(t, router.IsPermanent(nil))
}

// TestOutcomesOfTheLedger compares the errors of package outbox by whether the ledger gives another
// run the same answer.
func TestOutcomesOfTheLedger(t *testing.T) {
	t.Parallel()
	refused, unknown, expired := &outbox.RefusedError{}, &outbox.UnknownError{}, &outbox.NotSentError{Err: outbox.ErrExpired}
	for _, test := range []struct {
		err       error
		permanent bool
	}{
		{refused, true},
		{&outbox.RefusedError{Err: &api.Error{Ret: 500}}, true},
		{&outbox.RefusedError{Err: &api.Error{Err: api.ErrOffline}}, false},
		{&outbox.RefusedError{Err: api.ErrTokenInvalid}, false},
		{fmt.Errorf("send: %w", unknown), true},
		{&outbox.MismatchError{}, true},
		{expired, false},
		{fmt.Errorf("%w: %w", outbox.ErrPending, context.DeadlineExceeded), false},
		{router.Each(refused, unknown), true},
		{router.Each(refused, expired), false},
		{errors.Join(refused, expired), true},
	} {
		assert.Equal(t, test.permanent, router.IsPermanent(test.err), "%v", test.err)
	}
}

func TestEach(t *testing.T) {
	t.Parallel()
	final, other := router.Permanent(errors.New("final")), errors.New("other")
	require.NoError(t, router.Each())
	require.NoError(t, router.Each(nil, nil))
	for _, test := range []struct {
		err       error
		permanent bool
	}{
		{router.Each(final), true},
		{router.Each(nil, final, final), true},
		{router.Each(final, other), false},
		{router.Each(final, fmt.Errorf("x: %w", router.Each(final, other))), false},
		{fmt.Errorf("x: %w", router.Each(final, router.Each(final))), true},
		{router.Permanent(router.Each(final, other)), true},
		{errors.Join(final, other), true},
		{fmt.Errorf("%w: %w", other, final), true},
	} {
		assert.Equal(t, test.permanent, router.IsPermanent(test.err), "%v", test.err)
	}
	require.ErrorIs(t, router.Each(final, other), other)
	require.EqualError(t, router.Each(final, nil, other), "final\nother")
}

// Each lets a handler do all that it has to do, and run again for what another run can mend.
func ExampleEach() {
	err := router.Each(nil, router.Permanent(errors.New("the first group has removed the bot")), errors.New("the second has to wait"))
	fmt.Println(router.IsPermanent(err))
	// Output: false
}

func ExamplePermanent() {
	err := router.Permanent(errors.New("shop: the order does not exist")) // no retry will change that
	fmt.Println(err, router.IsPermanent(err))
	// Output: shop: the order does not exist true
}

func TestFinal(t *testing.T) {
	t.Parallel()
	for err, final := range map[error]bool{
		router.ErrNoConversation: true,
		fmt.Errorf("plugin: %w", router.Permanent(fmt.Errorf("send: %w", router.ErrNoConversation))): true,
		media.ErrNotDownloadable: true,
		errors.Join(router.ErrNotForwardable, router.ErrNoConversation): true,
		errors.Join(io.EOF, router.ErrNoConversation):                   false, // the other one may be mended
		router.Permanent(io.EOF):                                        false, // a dead letter may help
		io.EOF:                                                          false,
	} {
		assert.Equal(t, final, router.IsFinal(err), "%v", err)
		if final {
			assert.True(t, router.IsPermanent(err), "%v", err)
		}
	}
	assert.False(t, router.IsFinal(nil))
}
