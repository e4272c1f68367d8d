package xmlmsg_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestRevokeBy reads who has withdrawn a message from the text of the notice.
func TestRevokeBy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"张三" 撤回了一条消息`:                    "张三",
		`"O"Neill" recalled a message`:    `O"Neill`,
		`"Carol" has recalled a message.`: "Carol",
		` “李四” 撤回了一条消息`:                   "李四",
		"你撤回了一条消息":                        "",
		"You recalled a message":          "",
		`"`:                               "",
		`""`:                              "",
		"":                                "",
	} {
		assert.Equal(t, want, (&xmlmsg.Revoke{Text: text}).By(), text)
	}
}
