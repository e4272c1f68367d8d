package history_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/simulator/internal/history"
)

// TestLog adds entries whose value is their number, beyond the bound.
func TestLog(t *testing.T) {
	t.Parallel()
	const added = 1000
	for _, most := range []int{0, 1, 3, 8, 100} {
		h := history.Log[int64]{Most: most}
		for n := int64(1); n <= added; n++ {
			assert.Equal(t, n, h.Next())
			h.Add(n)
			at, found := h.At(n)
			assert.Equal(t, []any{n, true}, []any{at, found})
		}
		all := h.After(0)
		assert.GreaterOrEqual(t, len(all), most)
		assert.LessOrEqual(t, len(all), most+most/4+1)
		assert.Equal(t, int64(added), all[len(all)-1])
		assert.Equal(t, []int64{added}, h.After(added-1))
		assert.Empty(t, h.After(added))
		assert.Empty(t, h.After(added+5))
		for _, n := range []int64{-1, 0, all[0] - 1, added + 1} {
			_, found := h.At(n)
			assert.False(t, found, n)
		}
	}
}
