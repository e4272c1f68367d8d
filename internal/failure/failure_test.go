package failure_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/internal/failure"
)

// reported is an error that was logged where it occurred.
type reported struct{ error }

func (reported) Reported() bool { return true }

func TestReported(t *testing.T) {
	t.Parallel()
	known, other := reported{errors.New("known")}, errors.New("other")
	for _, err := range []error{known, fmt.Errorf("wrapped: %w", known), errors.Join(known, fmt.Errorf("again: %w", known))} {
		assert.True(t, failure.Reported(err), "%v", err)
	}
	for _, err := range []error{nil, other, errors.Join(known, other), fmt.Errorf("%w: %w", other, known), errors.Join()} {
		assert.False(t, failure.Reported(err), "%v", err)
	}
}
