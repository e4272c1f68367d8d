package middleware_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/failure"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
)

// explode stands for a function deep in a plugin.
func explode(v any) { panic(v) }

func TestRecover(t *testing.T) {
	t.Parallel()
	_, _, err := through(t, middleware.Recover(), text(t, "wxid_a", "x"), func(*router.Context) error {
		explode("boom")
		return nil
	})
	require.EqualError(t, err, "middleware: handler panicked: boom")
	stack := failure.StackOf(err)
	first, _, _ := strings.Cut(stack, "\n")
	assert.Contains(t, first, "middleware_test.explode", "the stack starts where the panic was")
	assert.Contains(t, stack, "recover_test.go:")
	assert.NotContains(t, stack, "runtime.")
	assert.NotContains(t, stack, "hongyan/router.", "the stack ends where the user's code ends")
}

func TestRecoverKeepsErrors(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	_, _, err := through(t, middleware.Recover(), text(t, "wxid_a", "x"), func(*router.Context) error { panic(cause) })
	require.ErrorIs(t, err, cause)

	_, _, err = through(t, middleware.Recover(), text(t, "wxid_a", "x"), func(*router.Context) error { return cause })
	require.ErrorIs(t, err, cause)
	assert.Empty(t, failure.StackOf(err), "no panic, no stack")

	_, _, err = through(t, middleware.Recover(), text(t, "wxid_a", "x"), func(c *router.Context) error {
		var numbers []int
		numbers[len(c.Sender())]++ // a runtime error
		return nil
	})
	require.ErrorContains(t, err, "index out of range")
	assert.Contains(t, failure.StackOf(err), "recover_test.go:")
}
