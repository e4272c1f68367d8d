package signup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/matching"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// list is a list in a group. There is one at a time in each.
type list struct{ *part }

func listHeader() []string {
	return []string{"id", "time", "list", "name", "people", "by", "status"}
}

// Setup implements plugin.Part.
func (p *list) Setup(h *bot.Handle) error {
	p.setup(h, listHeader())
	first := strings.Join(strings.Fields(strings.TrimLeft(p.c.Start[0], "/／")), " ")
	h.Task("repost", p.repost)
	h.Task("sheet", p.sheet)
	h.Command(strings.Fields(first)[0]+"名单", p.show, match.Group(), router.Help("看接龙")).Named(h.Name() + "/show")
	h.Command("结束"+strings.Fields(first)[0], p.finish, match.Group(), router.Help("结束接龙")).Named(h.Name() + "/finish")
	h.Command(first, p.start, match.Group(), router.Alias(p.c.Start[1:]...), router.Help("发起接龙")).Named(h.Name() + "/start")
	h.Text(p.native, match.Group(), match.Regexp(`^\s*#\s*接龙`)).Named(h.Name() + "/native")
	h.Text(p.say, match.Group(), match.Regexp(`^\s*(?:[+＋\-－]|报名|参加|退出|取消)`)).Named(h.Name() + "/say")
	return nil
}

// roll is the list of a group.
type roll struct {
	ID     string // of the message that has started it
	By     string
	Title  string
	Items  []item
	Closed bool
	Posted time.Time
}

// item is a line of a list.
type item struct {
	N      int    // in the list, also after it is gone
	By     string // who has written it
	ByName string
	Name   string
	People int
	Native bool // of a list that WeChat has made
	Gone   bool
	// Recorded is the line as it is in the table.
	Recorded string
	At       time.Time
}

const (
	keyRoll   = "list"
	keepRoll  = 60 * 24 * time.Hour
	maxGuests = 20 // people that somebody brings
	maxName   = 20 // characters
	maxTitle  = 60
	postAfter = 2 * time.Second // changes of that time are posted together
	maxNative = 8 << 10         // bytes of a list of WeChat
	maxItems  = 1000            // lines, also those that are gone
	maxPosted = 100             // lines
)

var errNoRoll, errBusy = errors.New("no list is open"), errors.New("a list is open")

func (p *list) change(c *router.Context, f func(r roll) (roll, error)) (roll, error) {
	return router.Update(c, c.Store(router.ByChat), keyRoll, keepRoll, f)
}

func (r roll) open() bool { return r.ID != "" && !r.Closed }

// start starts a list. What follows the word is its title.
func (p *list) start(c *router.Context) error {
	switch {
	case p.over(c):
		return c.ReplyAt("报名已经截止。")
	case !(plugin.Scope{From: p.c.MayStart}).Handles(c, p.h):
		return c.ReplyAt("这里只有指定的人可以发起接龙。")
	}
	var before roll
	if _, err := c.Store(router.ByChat).Get(c, keyRoll, &before); err != nil {
		return err
	}
	if before.Closed { // its place is taken
		if err := p.flush(c, before); err != nil {
			return err
		}
	}
	title := plugin.CleanText(strings.TrimLeft(c.Said(), "/／ "), maxTitle)
	r, err := p.change(c, func(r roll) (roll, error) {
		switch {
		case r.ID == c.Event.Key(): // the handler runs again
			return r, nil
		case r.open():
			return r, errBusy
		}
		return roll{ID: c.Event.Key(), By: c.Sender(), Title: title}, nil
	})
	if errors.Is(err, errBusy) {
		return c.ReplyAt("这里已经有一个接龙，先由发起人或管理员发“结束" + strings.Fields(p.c.Start[0])[0] + "”。")
	}
	if err != nil {
		return err
	}
	how := "回复“+1”参加，“-1”退出。"
	if p.c.Guests {
		how = "回复“+1”参加，“+3”一共三个人，“报名 名字”替别人报，“-1”退出。"
	}
	return c.Reply(r.Title + "\n" + how)
}

// finish ends the list, and posts it.
func (p *list) finish(c *router.Context) error {
	if c.ArgText() != "" {
		return router.Next
	}
	text, err := router.Remember(c, "finish", func() (string, error) {
		may := (plugin.Scope{From: []string{plugin.Admins, plugin.Owners}}).Handles(c, p.h)
		r, err := p.change(c, func(r roll) (roll, error) {
			if !r.open() || r.By != c.Sender() && !may {
				return r, errNoRoll
			}
			r.Closed = true
			return r, nil
		})
		switch {
		case errors.Is(err, errNoRoll) && r.open():
			return "只有发起人和管理员可以结束接龙。", nil
		case errors.Is(err, errNoRoll):
			return "现在没有接龙。", nil
		}
		return p.text(r) + "\n接龙结束。", err
	})
	if err != nil {
		return err
	}
	return c.Reply(text)
}

// said is what people say to a list.
var said = regexp.MustCompile(`^(?:(报名|参加)(?:\s+(\S.*))?|(退出|取消|取消报名)(?:\s+(\S.*))?|([+\-])\s*(\d{1,2}))$`)

// say puts people on the list, or takes them off. What means neither is talk.
func (p *list) say(c *router.Context, _ *xmlmsg.Text) error {
	if len(c.Said()) > 10*maxTitle {
		return router.Next
	}
	m := said.FindStringSubmatch(strings.TrimSpace(matching.Fold(c.Said())))
	if m == nil {
		return router.Next
	}
	count, _ := strconv.Atoi(m[6])
	name := plugin.CleanText(m[2]+m[4], maxName)
	if m[2]+m[4] != "" { // as it was written
		name = plugin.CleanName(strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(c.Said()), m[1]+m[3])), name)
	}
	leaves := m[3] != "" || m[5] == "-"
	sorry := ""
	r, err := p.change(c, func(r roll) (roll, error) {
		sorry = ""
		switch {
		case !r.open() || !leaves && m[6] != "" && count == 0:
			return r, errNoRoll
		case leaves && !r.leave(c, name):
			return r, errNoRoll
		case leaves:
		case p.over(c):
			sorry = "报名已经截止。"
		case count > 1 && !p.c.Guests:
			sorry = "这个接龙不能带人，回复“+1”参加。"
		case count > maxGuests:
			sorry = fmt.Sprintf("一次最多 %d 个人。", maxGuests)
		case len(r.Items) >= maxItems:
			sorry = "这个接龙太长了，请重新发起一个。"
		default:
			r.join(c, name, max(count, 1), p.c.Guests)
		}
		return r, nil
	})
	switch {
	case errors.Is(err, errNoRoll):
		return router.Next
	case err != nil:
		return err
	case sorry != "":
		return c.ReplyAt(sorry)
	}
	return p.changed(c, r, true)
}

// own is the line of the sender: the one without a name if name is empty.
func (r *roll) own(c *router.Context, name string) int {
	return slices.IndexFunc(r.Items, func(i item) bool { return !i.Gone && i.By == c.Sender() && i.Name == name && !i.Native })
}

func (r *roll) join(c *router.Context, name string, people int, guests bool) {
	mine := plugin.CleanName(c.SenderName(), "群友")
	if name == "" {
		name = mine
	}
	if !guests { // one line for each person, under the name that they write
		if i := slices.IndexFunc(r.Items, func(i item) bool { return !i.Gone && i.By == c.Sender() && !i.Native }); i >= 0 {
			r.Items[i].Name = name
			return
		}
	}
	if i := r.own(c, name); i >= 0 {
		r.Items[i].People = people
		return
	}
	if i := slices.IndexFunc(r.Items, func(i item) bool { return !i.Gone && i.Native && i.Name == name }); i >= 0 {
		r.Items[i].Native, r.Items[i].By, r.Items[i].People = false, c.Sender(), people
		return
	}
	r.Items = append(r.Items, item{N: len(r.Items) + 1, By: c.Sender(), ByName: mine, Name: name, People: people, At: plugin.Written(c)})
}

// leave takes the lines of the sender off, or the one with the name, and reports whether there is
// one.
func (r *roll) leave(c *router.Context, name string) (left bool) {
	for i := range r.Items {
		it := &r.Items[i]
		if !it.Gone && it.By == c.Sender() && !it.Native && (name == "" || it.Name == name) {
			it.Gone, left = true, true
		}
	}
	return left
}

// changed has the list recorded, and posted if the chat does not see it already.
func (p *list) changed(c *router.Context, r roll, post bool) error {
	if err := c.Later("sheet", c.ChatKey(), postAfter, r.ID, bot.Keep()); err != nil || !post || p.c.Repost <= 0 {
		return err
	}
	return c.Later("repost", c.ChatKey(), max(postAfter, r.Posted.Add(p.c.Repost).Sub(c.Now())), r.ID, bot.Keep())
}

// sheet records the lines that have changed.
func (p *list) sheet(t *bot.Task[string]) error {
	var r roll
	if _, err := t.Store(router.ByChat).Get(t, keyRoll, &r); err != nil || r.ID != t.Data {
		return err
	}
	return p.flush(t.Context, r)
}

// flush records the lines that have changed, and then notes that.
func (p *list) flush(c *router.Context, r roll) error {
	waiting, status := p.waiting(r), map[int]string{}
	var rows [][]string
	for _, it := range r.Items {
		now := statusIn
		switch {
		case it.Gone:
			now = statusGone
		case waiting[it.N]:
			now = statusWaiting
		}
		id, people := sha256.Sum256(fmt.Appendf(nil, "%s/%d", r.ID, it.N)), strconv.Itoa(it.People)
		if recorded := strings.Join([]string{now, people, it.Name}, " "); recorded != it.Recorded {
			status[it.N] = recorded
			rows = append(rows, []string{
				hex.EncodeToString(id[:6]), it.At.Local().Format(time.DateTime), r.Title, it.Name, people, it.ByName, now,
			})
		}
	}
	if err := p.record(c, listHeader(), rows...); err != nil {
		return err
	}
	_, err := p.change(c, func(now roll) (roll, error) {
		for i := range now.Items {
			if recorded, ok := status[now.Items[i].N]; ok && now.ID == r.ID {
				now.Items[i].Recorded = recorded
			}
		}
		return now, nil
	})
	return err
}

// show posts the list for somebody who asks, no more often than by itself.
func (p *list) show(c *router.Context) error {
	if c.ArgText() != "" {
		return router.Next
	}
	left, err := c.Store(router.ByChat).Cooldown(c, "show", max(p.c.Repost, time.Minute))
	if err != nil || left > 0 {
		return err //nolint:wrapcheck // it names the value
	}
	text, err := router.Remember(c, "show", func() (string, error) {
		var r roll
		if _, err := c.Store(router.ByChat).Get(c, keyRoll, &r); err != nil || !r.open() {
			return "现在没有接龙。", err
		}
		return p.text(r), nil
	})
	if err != nil {
		return err //nolint:wrapcheck // it names the step
	}
	return c.Reply(text)
}

// repost posts the list.
func (p *list) repost(t *bot.Task[string]) error {
	if few, err := p.c.Reposts.Take(t.Context, t.Store(router.ByChat), "reposts", t.Due.String()); err != nil || !few {
		return err //nolint:wrapcheck // it names the value
	}
	text, err := router.Remember(t.Context, "text", func() (string, error) {
		r, err := p.change(t.Context, func(r roll) (roll, error) {
			if !r.open() || r.ID != t.Data {
				return r, errNoRoll
			}
			r.Posted = t.Now()
			return r, nil
		})
		if errors.Is(err, errNoRoll) {
			return "", nil
		}
		return p.text(r), err
	})
	if err != nil || text == "" {
		return err
	}
	return t.Reply(text)
}

// waiting has the lines for which there is no place.
func (p *list) waiting(r roll) map[int]bool {
	waiting, people, full := map[int]bool{}, 0, false
	for _, i := range r.Items {
		if i.Gone || p.c.Places <= 0 {
			continue
		}
		if full = full || people+i.People > p.c.Places; full {
			waiting[i.N] = true
			continue
		}
		people += i.People
	}
	return waiting
}

// text is the list as it is posted.
func (p *list) text(r roll) string {
	waiting := p.waiting(r)
	var in, out []string
	people := 0
	for _, i := range r.Items {
		if i.Gone {
			continue
		}
		line := i.Name
		if i.People > 1 {
			line += fmt.Sprintf("（%d 人）", i.People)
		}
		if i.ByName != i.Name && i.ByName != "" && p.c.Guests {
			line += "（" + i.ByName + " 报）"
		}
		if waiting[i.N] {
			out = append(out, fmt.Sprintf("候补 %d. %s", len(out)+1, line))
			continue
		}
		people += i.People
		in = append(in, fmt.Sprintf("%d. %s", len(in)+1, line))
	}
	lines := slices.Concat(in, out)
	if len(lines) > maxPosted {
		lines = append(lines[:maxPosted], "…")
	}
	head := fmt.Sprintf("%s（%d 人）", r.Title, people)
	if p.c.Places > 0 {
		head = fmt.Sprintf("%s（%d/%d 人）", r.Title, people, p.c.Places)
	}
	return strings.Join(append([]string{head}, lines...), "\n")
}
