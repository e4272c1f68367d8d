package router_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/media"
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
