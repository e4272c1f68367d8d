package middleware_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/middleware"
	"github.com/hongyan-go/hongyan/router"
)

// logged returns the single log line of an event.
func logged(t *testing.T, config middleware.LogConfig, ms []router.Middleware, h router.Handler) observer.LoggedEntry {
	t.Helper()
	core, lines := observer.New(zap.DebugLevel)
	r := router.New()
	r.Use(middleware.Log(config))
	r.Use(ms...)
	if h != nil {
		r.Any(h).Named("mine")
	}
	_ = r.Serve(t.Context(), text(t, "wxid_a", "a secret text"), router.Services{Logger: zap.New(core)})
	require.Len(t, lines.All(), 1)
	return lines.All()[0]
}

func TestLog(t *testing.T) {
	t.Parallel()
	ticks := time.Unix(0, 0)
	config := middleware.LogConfig{Clock: clock.Func(func() time.Time { ticks = ticks.Add(time.Second); return ticks })}
	line := logged(t, config, nil, func(*router.Context) error { return nil })
	fields := line.ContextMap()
	assert.Equal(t, "event handled", line.Message)
	assert.Equal(t, "mine", fields["route"])
	assert.Equal(t, "wxid_a", fields["conversation"])
	assert.Equal(t, time.Second, fields["took"])
	assert.Equal(t, "text", fields["kind"])
	assert.NotContains(t, fmt.Sprint(fields), "secret", "what was said stays out of the log")
}

func TestLogSaysWhatHappened(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		level zap.AtomicLevel
		ms    []router.Middleware
		h     router.Handler
	}{
		"event failed": {level: zap.NewAtomicLevelAt(zap.ErrorLevel),
			h: func(*router.Context) error { return errors.New("broken") }},
		"event failed for good": {level: zap.NewAtomicLevelAt(zap.DebugLevel),
			h: func(*router.Context) error { return router.ErrNoConversation }},
		"event without a route": {level: zap.NewAtomicLevelAt(zap.DebugLevel)},
		"event dropped": {level: zap.NewAtomicLevelAt(zap.DebugLevel), ms: []router.Middleware{func(router.Handler) router.Handler {
			return func(c *router.Context) error { c.Drop("for a reason"); return nil }
		}}},
	} {
		line := logged(t, middleware.LogConfig{}, test.ms, test.h)
		assert.Equal(t, strings.TrimSuffix(want, " for good"), line.Message)
		assert.Equal(t, test.level.Level(), line.Level)
	}
}

func TestLogWritesStacksAndTextOnlyIfTold(t *testing.T) {
	t.Parallel()
	line := logged(t, middleware.LogConfig{Text: true}, []router.Middleware{middleware.Recover()},
		func(*router.Context) error { panic("boom") })
	assert.Contains(t, line.ContextMap()["stack"], "log_test.go:")
	assert.Equal(t, "a secret text", line.ContextMap()["text"])
}
