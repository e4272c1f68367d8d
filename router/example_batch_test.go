package router_test

import (
	"fmt"
	"time"

	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// ExampleGroup_Batch answers what a person writes in several messages once, when nothing more has
// come for two seconds. A picture ends the turn before it.
func ExampleGroup_Batch() {
	r := router.New()
	r.Where(match.Private()).Batch(router.BySender, 2*time.Second, func(c *router.Context, turn []*router.Context) error {
		return c.Replyf("%d messages, the first is %q", len(turn), turn[0].Said())
	}, router.FlushOn(match.Kind(xmlmsg.KindImage))).Named("chat")
	fmt.Println(r.HasBatch(router.BatchPrefix + "chat"))
	// Output: true
}
