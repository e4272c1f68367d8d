package replay_test

import (
	"testing"

	"github.com/hongyan-go/hongyan/replay"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// TestHandler is what the author of a plugin writes: recorded callbacks, no account, no network.
func TestHandler(t *testing.T) {
	t.Parallel()
	r := router.New()
	r.File(func(c *router.Context, f *xmlmsg.File) error {
		return c.To("30000000003@chatroom").SendText("张三: " + f.Name)
	}, match.MinSize(10<<10))

	c := replay.Check(t, r)
	c.Plays("../callback/testdata/callbacks/file_large_6.json", "../callback/testdata/callbacks/text_private.json")
	c.ExpectText("30000000003@chatroom", "张三")
	c.Plays("../callback/testdata/callbacks/file_large_6.json") // again
	c.ExpectNothing()
}
