package router_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestAFormWhenTheClockIsSetBack was asked a day ahead: it waits for as long as it was to, and not
// for a day longer.
func TestAFormWhenTheClockIsSetBack(t *testing.T) {
	t.Parallel()
	for name, restart := range map[string]bool{"while the bot runs": false, "between two runs": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Now().Round(0).Add(24 * time.Hour)
			var rows []string
			k := newTalk(t, signup(&rows))
			k.now = func() time.Time { return now }
			assert.Equal(t, []string{"wxid_alice: 你的名字？"}, k.says("wxid_alice", "报名"))
			assert.Equal(t, []string{"wxid_alice: 你好，Li", "wxid_alice: 手机号？"}, k.says("wxid_alice", "Li"))
			assert.Empty(t, k.expire())
			if restart {
				k.router = signup(&rows)
			}
			now = now.Add(-24 * time.Hour)
			assert.Empty(t, k.expire())
			now = now.Add(2 * time.Minute)
			assert.Empty(t, k.expire(), "it waits for 3 minutes")
			now = now.Add(2 * time.Minute)
			assert.Equal(t, []string{"wxid_alice: 超时了"}, k.expire())
			assert.Equal(t, []string{"wxid_alice: 其它"}, k.says("wxid_alice", "13800000000"))
			assert.Empty(t, k.expire())
		})
	}
}
