package digest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/plugin/digest"
)

// FuzzPeriod checks that what people ask for never begins after its end, or ends after now.
func FuzzPeriod(f *testing.F) {
	for _, text := range []string{"3小时", "9:00-12:00", "22:00 到 2:00", "9点-12点半", "24:00-1:00", "0h", "点-点", "-"} {
		f.Add(text, int64(1767578400))
		f.Add(text, int64(0))
	}
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		now := time.Unix(unix%(1<<40), 0).UTC()
		from, to, ok := digest.Period(text, now)
		if ok {
			require.False(t, from.After(to), "%v to %v", from, to)
			require.False(t, to.After(now.Add(time.Second)), "%v to %v at %v", from, to, now)
		}
	})
}
