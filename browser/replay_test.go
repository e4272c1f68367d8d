package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// recorded is a line of a recording: a private text of a person of whom this world knows nothing.
func recorded(id int, text string) string {
	return fmt.Sprintf(`{"received":"2026-03-02T14:03:%02dZ","body":{"TypeName":"AddMsg","Appid":"wx_theirs","Wxid":"wxid_their_bot",`+
		`"Data":{"MsgId":%d,"NewMsgId":%d,"MsgType":1,"CreateTime":1772460180,"FromUserName":{"string":"wxid_zoe"},`+
		`"ToUserName":{"string":"wxid_their_bot"},"Content":{"string":%q},"PushContent":%q}}}`,
		id, 1_500_000_000+id, 7_000_000_000_000_000_000+id, text, "Zoe : "+text)
}

// TestReplay drops a recording into the page, sees the bot react to it in the chat, and plays it
// again into chats of their own.
func TestReplay(t *testing.T) {
	t.Parallel()
	r := start(t)
	b := open(t, r.URL)
	bob := strings.Replace(chatA, groupA, "wxid_bob", 1)
	b.visit(bob + "?lang=en")
	b.click(`.tools summary`)
	b.click(`.tools a[href$="/replay"]`)
	b.until(`document.documentElement.dataset.live === "up" && document.querySelector("#recording") !== null`)
	b.shows("Nothing was replayed yet")
	b.drop("section[data-drop]", "rec.jsonl", recorded(1, "hello")+"\n"+recorded(2, "几点开门？")+"\n"+recorded(2, "几点开门？")+"\nnoise\n")
	b.shows("✓ done")
	b.shows("2 of 3 messages")
	b.shows("1 callback came twice")
	b.shows("1 line was left out")
	b.click(`#replay a`)
	b.until(`document.querySelector("h1").textContent === "Bob"`)
	b.shows("营业时间 9:00-18:00")
	assert.Equal(t, 2, evaluate[int](b, `document.querySelectorAll("#msgs > li:not(.mine)").length`))

	b.visit(bob + "/replay")
	for _, choice := range []string{"[name=where][value=own]", "[name=gaps][value=jump]"} {
		b.click(choice)
	}
	b.drop("section[data-drop]", "rec.jsonl", recorded(1, "hello"))
	b.until(`document.querySelector("#replay a") !== null && document.querySelector("#replay a").textContent === "Zoe"`)
	b.visit(bob + "/replay")
	b.drop("section[data-drop]", "empty.jsonl", "no recording")
	b.shows("there is no message in it")
}
