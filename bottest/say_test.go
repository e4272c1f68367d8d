package bottest_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// describe says what a payload is, with the fields that a draft sets.
func describe(c *router.Context) string {
	switch m := c.Payload().(type) {
	case *xmlmsg.Text:
		return fmt.Sprintf("text %s at me %t", strings.ReplaceAll(m.Body, "\u2005", " "), c.Event.AtMe())
	case *xmlmsg.Quote:
		quoted, _ := m.Refer.Payload.(*xmlmsg.Text)
		return fmt.Sprintf("quote %s of %s %s %q %t", m.Text, m.Refer.Sender, m.Refer.Name, quoted.Body, m.Refer.NewMsgID != 0)
	case *xmlmsg.Voice:
		return fmt.Sprintf("voice %d", m.DurationMS)
	case *xmlmsg.Video:
		return fmt.Sprintf("video %d", m.DurationS)
	case *xmlmsg.File:
		return fmt.Sprintf("file %s %d", m.Name, m.Size)
	case *xmlmsg.FileNotice:
		return fmt.Sprintf("file notice %s %d", m.Name, m.Size)
	case *xmlmsg.Link:
		return fmt.Sprintf("link %s %s", m.Title, m.URL)
	case *xmlmsg.Card:
		return fmt.Sprintf("card %s %s", m.Username, m.Nickname)
	case *xmlmsg.Location:
		return fmt.Sprintf("location %v %v %s", m.Lat, m.Lng, m.Label)
	case *xmlmsg.MiniProgram:
		return fmt.Sprintf("mini program %s %s", m.AppID, m.Title)
	case *xmlmsg.RedPacket:
		return "red packet " + m.Title
	case *xmlmsg.Pat:
		return fmt.Sprintf("pat %s %s %s", m.From, m.Patted, m.Chat)
	case *xmlmsg.Revoke:
		return fmt.Sprintf("revoke %t", m.NewMsgID != 0)
	case *xmlmsg.FriendRequest:
		return fmt.Sprintf("friend request %s %s", m.FromNickname, m.Content)
	default:
		return string(m.Kind())
	}
}

func TestEveryKindArrives(t *testing.T) {
	t.Parallel()
	var got []string
	sim := bottest.RunWith(t, bottest.Config{
		Bot: func(c *bot.Config) { c.KeepSelf = true },
		Setup: func(b *bot.Bot) error {
			b.Observe(func(c *router.Context) error {
				got = append(got, describe(c))
				return nil
			})
			return nil
		},
	})
	a := sim.Group("A")
	alice := a.As("alice")
	last := func() string {
		sim.Idle()
		require.NotEmpty(t, got)
		return got[len(got)-1]
	}
	for _, c := range []struct {
		do   func() simulator.Message
		want string
	}{
		{func() simulator.Message { return alice.Say("hi") }, "text hi at me false"},
		{func() simulator.Message { return alice.SayAt("hi") }, "text @鸿雁 hi at me true"},
		{func() simulator.Message { return a.As("bob").Quote(alice.Say("<why>"), "because") },
			`quote because of wxid_alice Alice "<why>" true`},
		{alice.Image, "image"},
		{func() simulator.Message { return alice.Voice(7) }, "voice 7000"},
		{func() simulator.Message { return alice.Video(8) }, "video 8"},
		{alice.Emoji, "emoji"},
		{func() simulator.Message { return alice.FileNotice("big.zip", 99) }, "file notice big.zip 99"},
		{func() simulator.Message { return alice.File("big.zip", 99) }, "file big.zip 99"},
		{func() simulator.Message { return alice.FileWith("a.txt", []byte("hello")) }, "file a.txt 5"},
		{func() simulator.Message { return alice.Link("News", "https://example.com/") }, "link News https://example.com/"},
		{func() simulator.Message { return alice.Card("bob") }, "card wxid_bob Bob"},
		{func() simulator.Message { return alice.Location(31.25, 121.5, "Pier") }, "location 31.25 121.5 Pier"},
		{func() simulator.Message { return alice.MiniProgram("wx0123456789abcdef", "Tea") }, "mini program wx0123456789abcdef Tea"},
		{func() simulator.Message { return alice.RedPacket("手慢无") }, "red packet 手慢无"},
		{func() simulator.Message { return alice.Pat("bob") }, "pat wxid_alice wxid_bob " + a.ID()},
		{func() simulator.Message { return sim.Person("bob").Pat(simulator.DefaultWxid) }, "pat wxid_bob wxid_hongyan_bot wxid_bob"},
		{func() simulator.Message { return sim.Person("bob").Say("in private") }, "text in private at me false"},
		{func() simulator.Message { return sim.Person("bob").Phone().Say("from the phone") }, "text from the phone at me false"},
		{func() simulator.Message { return alice.Send(simulator.Raw(10002, `<sysmsg type="x"/>`)) }, "sysmsg"},
	} {
		m := c.do()
		assert.Equal(t, c.want, last())
		assert.NotZero(t, m.NewMsgID)
	}
	alice.Revoke(alice.Say("oops"))
	assert.Equal(t, "revoke true", last())
	sim.FriendRequest("li si", "你好")
	assert.Equal(t, "friend request Li Si 你好", last())
}

func TestAFileIsDownloaded(t *testing.T) {
	t.Parallel()
	var got []byte
	sim := bottest.RunWith(t, bottest.Config{Setup: func(b *bot.Bot) error {
		b.File(func(c *router.Context, _ *xmlmsg.File) error {
			f, err := c.Download()
			if err != nil {
				return err
			}
			opened, err := f.Open()
			if err != nil {
				return err
			}
			defer opened.Close()
			got, err = io.ReadAll(opened)
			return err
		})
		return nil
	}})
	sim.Person("alice").FileWith("report.csv", []byte("a,b\n1,2\n"))
	sim.Idle()
	assert.Equal(t, "a,b\n1,2\n", string(got))
}
