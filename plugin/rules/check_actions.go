package rules

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/conf"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/wxid"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// maxCallTimeout is the longest that a rule waits for another system: its chat waits, too.
const maxCallTimeout = time.Minute

func parseDuration(s string) (time.Duration, error) { return conf.ParseDuration(s) }

// template is a text with placeholders, and where it is in a file.
type template struct{ field, text string }

// templates are the texts with placeholders, without the empty ones.
func (r *Rule) templates() (all []template) {
	add := func(field, text string) {
		if text != "" {
			all = append(all, template{field, text})
		}
	}
	for i := range r.Reply {
		field := r.partField(i)
		add(field, r.Reply[i].Text)
		if l := r.Reply[i].Link; l != nil {
			add(field+".link.title", l.Title)
			add(field+".link.desc", l.Desc)
		}
	}
	add("forward.caption", r.Forward.Caption)
	add("remark", r.Remark)
	if r.Ask != nil {
		add("ask.text", r.Ask.Text)
	}
	if r.Tell != nil {
		add("tell.text", r.Tell.Text)
	}
	if r.Append != nil {
		for i, cell := range r.Append.Row {
			add(fmt.Sprintf("append.row[%d]", i), cell)
		}
	}
	return all
}

// checkActions checks what the rule does.
func (r *Rule) checkActions(c *checker) {
	acts := len(r.Reply) > 0 || len(r.Forward.To) > 0 || r.Call != nil || r.Append != nil || r.Tell != nil || r.Label != "" ||
		r.Remark != "" || r.Accept || r.Invite != "" || r.Mute > 0
	c.wrong(!acts, "reply", "the rule does nothing: give it a reply, a forward or another action")
	c.wrong(r.Hold != "" && len(r.Reply)+len(r.Forward.To) == 0 && (r.Call == nil || !r.Call.Reply), "hold",
		"it is about replies and forwards, and there are none")
	c.wrong(r.Mute < 0, "mute", "it is less than nothing")
	c.wrong(r.Accept && !r.only(xmlmsg.KindFriendRequest), "accept", "only friend requests can be accepted: write on: friend_request")
	c.wrong(r.Accept && r.Delay.Min < 5*time.Second, "accept", "write delay: 20s-90s, too: accounts that accept at once are banned")
	c.wrong(r.Invite != "" && !strings.HasSuffix(r.Invite, "@chatroom"), "invite", "it is not a group")
	asks := r.Ask != nil || r.Forward.Confirm != nil
	c.wrong(asks && r.Continue, "continue", "a rule that asks a person keeps the message until the answer: leave continue out")
	r.checkReply(c)
	r.checkForward(c)
	r.checkCall(c)
	r.checkAppend(c)
	if r.Ask != nil {
		c.wrong(r.Ask.Text == "", "ask.text", "it is missing: what is the question?")
		c.wrong(r.Ask.Within < 0, "ask.within", "it is less than nothing")
		c.who("ask.by", r.Ask.By)
	}
	if r.Tell != nil {
		c.wrong(len(r.Tell.To) == 0, "tell.to", "it is missing: write owners, people or chats")
		for _, to := range r.Tell.To {
			c.who("tell.to", to)
		}
	}
}

// who adds a mistake if a text is neither an id nor the people in charge; empty is possible.
func (c *checker) who(field, w string) {
	if w != "" && w != wordOwner && w != wordOwners {
		c.id(field, w)
	}
}

// checkReply checks the messages of the answer.
func (r *Rule) checkReply(c *checker) {
	c.oneOf("pick", r.Pick, pickAll, pickRandom, pickFirst)
	c.wrong(r.Pick != "" && len(r.Reply) == 0, "pick", "it is about the messages of reply, and there are none")
	for i := range r.Reply {
		part, field, things := &r.Reply[i], r.partField(i), 0
		for _, set := range []bool{
			part.Text != "", part.Image != "", part.File != "", part.Voice != "", part.Link != nil, part.Card != "",
		} {
			if set {
				things++
			}
		}
		c.wrong(things != 1, field, "it is one of text, image, file, voice, link and card: write a list for several messages")
		c.wrong((part.Quote || part.Mention) && part.Text == "", field, "only a text quotes and mentions")
		c.wrong((part.Quote || part.Mention) && slices.Contains(r.On, xmlmsg.KindFriendRequest), field,
			"a friend request cannot be quoted, and its sender not mentioned")
		c.wrong(part.Quote && part.Mention, field, "a text quotes or mentions: choose one")
		for _, path := range []struct{ key, path string }{{"image", part.Image}, {"file", part.File}, {"voice", part.Voice}} {
			if path.path == "" {
				continue
			}
			if path.key == "image" && strings.Contains(path.path, "://") {
				c.url(field+".image", path.path)
				continue
			}
			if info, err := os.Stat(path.path); err != nil || !info.Mode().IsRegular() {
				c.add(field+"."+path.key, phrase.Errorf("there is no file %q: paths begin where the bot was started", path.path))
			}
		}
		if part.Link != nil {
			c.wrong(part.Link.Title == "", field+".link.title", "it is missing")
			c.url(field+".link.url", part.Link.URL)
		}
		c.wrong(part.Card != "" && !wxid.Valid(part.Card), field+".card", "it is not a wxid")
	}
}

// url adds a mistake if a text is not a URL of the web.
func (c *checker) url(field, text string) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		c.add(field, errors.New("it is not a plain http or https URL"))
	}
}

// checkForward checks where the message goes, and how.
func (r *Rule) checkForward(c *checker) {
	f := &r.Forward
	for _, kind := range r.On {
		c.wrong(len(f.To) > 0 && !forwardable(kind), "forward.to", "the service cannot forward %s messages", kind)
	}
	more := f.Caption != "" || f.Title != "" || f.Dedupe != nil || f.OnRefused != "" || f.Confirm != nil || f.Hold != 0 || f.Gap.Max != 0
	c.wrong(more && len(f.To) == 0, "forward.to", "it is missing: where does the message go?")
	c.oneOf("forward.on_refused", f.OnRefused, download)
	c.wrong(f.OnRefused != "" && !r.only(xmlmsg.KindFile, xmlmsg.KindImage), "forward.on_refused",
		"only files and images can be sent as new ones")
	c.wrong(f.Hold < 0, "forward.hold", "it is less than nothing")
	if d := f.Dedupe; d != nil {
		c.oneOf("forward.dedupe.by", d.By, byMD5, byText)
		c.oneOf("forward.dedupe.then", d.Then, thenSkip, thenLine)
		c.wrong(d.For < 0, "forward.dedupe.for", "it is less than nothing")
		sums := r.only(xmlmsg.KindFile, xmlmsg.KindImage, xmlmsg.KindVideo, xmlmsg.KindEmoji)
		c.wrong(d.By != byText && !sums, "forward.dedupe.by", "only files, images, videos and emoji have an md5: write by: text")
	}
	if f.Confirm != nil {
		c.wrong(f.Confirm.Within < 0, "forward.confirm.within", "it is less than nothing")
		c.who("forward.confirm.by", f.Confirm.By)
		c.wrong(f.Confirm.Name != nil && f.Confirm.Name.String() == "", "forward.confirm.name",
			"it is empty, and would match every name: leave the key out")
	}
}

// checkCall checks the URL of another system.
func (r *Rule) checkCall(c *checker) {
	if r.Call == nil {
		return
	}
	c.url("call.url", r.Call.URL)
	c.wrong(strings.Contains(r.Call.URL, "{{"), "call.url", "it has no placeholders: the event is in the body")
	c.wrong(r.Call.Timeout < 0 || r.Call.Timeout > maxCallTimeout, "call.timeout", "it is between 1s and 1m: the chat waits for it")
}

// checkAppend checks the file of a table.
func (r *Rule) checkAppend(c *checker) {
	a := r.Append
	if a == nil {
		return
	}
	c.wrong((a.CSV == "") == (a.JSONL == ""), "append.csv", "it needs the name of one file: csv or jsonl")
	c.wrong(a.JSONL != "" && len(a.Row) > 0, "append.row", "only a line of csv has cells")
	for _, file := range []struct{ key, path string }{{"csv", a.CSV}, {"jsonl", a.JSONL}} {
		if file.path == "" {
			continue
		}
		field := "append." + file.key
		c.wrong(!filepath.IsLocal(file.path), field, "it is a path inside the data directory, such as tables/orders.%s", file.key)
		c.wrong(filepath.Ext(file.path) != "."+file.key, field, "the file ends in .%s", file.key)
	}
	c.wrong(slices.Contains(a.Row, ""), "append.row", "a cell is empty")
}
