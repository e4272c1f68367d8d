package wxid_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/internal/wxid"
)

func TestValid(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"wxid_alice": true, "10000000001@chatroom": true, "gh_0123456789ab": true, "zhang-san_1": true,
		"25984981@openim": true, "filehelper": true, "社区一群": false, "张 三": false, "": false, "a b": false, "wxid_é": false, "a\n": false,
	} {
		assert.Equal(t, want, wxid.Valid(s), "%q", s)
	}
}
