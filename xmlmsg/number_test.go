package xmlmsg_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/hongyan-go/hongyan/xmlmsg"
)

func TestNumbers(t *testing.T) {
	t.Parallel()
	size := func(text string) int64 {
		return xmlmsg.Parse(xmlmsg.Message{Type: 3, Content: `<msg><img length="` + text + `"/></msg>`}).(*xmlmsg.Image).Length
	}
	assert.Equal(t, []int64{10, 1080, 1500, 12}, []int64{size("10>>"), size("1080.0"), size("1.5e3"), size(" 12 ")})
	quote := xmlmsg.Parse(xmlmsg.Message{Type: 49,
		Content: app("57", "<refermsg><svrid>6.0000000000000000011e18</svrid></refermsg>")}).(*xmlmsg.Quote)
	assert.Zero(t, quote.Refer.NewMsgID, "no whole number")
}
