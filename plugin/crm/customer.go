package crm

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	maxLastText = 100                 // characters of a message that a text quotes
	requestFor  = 30 * 24 * time.Hour // how long it is known where a friend request came from
)

// customer is what is known of a person.
type customer struct {
	Name     string            `json:"name"`
	Since    time.Time         `json:"since"` // when they became a friend, or wrote first
	Source   string            `json:"source,omitempty"`
	Remark   string            `json:"remark,omitempty"`
	Labels   []string          `json:"labels,omitempty"`
	Never    string            `json:"never,omitempty"` // the label for which nothing is sent
	Last     time.Time         `json:"last,omitzero"`   // when they wrote last
	LastText string            `json:"last_text,omitempty"`
	Waiting  map[string]string `json:"waiting,omitempty"` // the messages with which follow-ups began, by follow-up
	Sent     []string          `json:"sent,omitempty"`    // follow-ups without an answer
	Notes    []string          `json:"notes,omitempty"`
}

func (p *part) load(ctx context.Context, account, who string) (c customer, err error) {
	_, err = p.h.Store().Account(account).Get(ctx, "customer/"+who, &c)
	return c, err
}

func (p *part) update(ctx context.Context, account, who string, change func(c *customer)) (customer, error) {
	return router.Update(ctx, p.h.Store().Account(account), "customer/"+who, p.c.Keep, func(c customer) (customer, error) {
		change(&c)
		return c, nil
	})
}

// seen looks at all that comes, and takes nothing.
func (p *part) seen(c *router.Context) error {
	if r, ok := c.Payload().(*xmlmsg.FriendRequest); ok && r.FromUsername != "" {
		return c.Store(router.ByAccount).Set(c, "request/"+r.FromUsername, source(r), requestFor)
	}
	if !c.Conversation().IsPrivate() || slices.Contains(p.h.Owners(), c.Conversation().ID) {
		return nil
	}
	switch m := c.Payload().(type) {
	case *xmlmsg.System:
		switch m.Notice { //nolint:exhaustive // the others are not about friends
		case xmlmsg.NoticeFriendAdded:
			return p.friend(c)
		case xmlmsg.NoticeNotFriend, xmlmsg.NoticeRejected:
			return p.lost(c)
		}
		return nil
	case *xmlmsg.Revoke:
		return nil
	case *xmlmsg.Text:
		if !c.Event.Self && accepts(m.Body) {
			return p.friend(c)
		}
	}
	if c.Event.Self || c.Sender() == "" || !c.Event.IsMessage() {
		return nil
	}
	return p.said(c)
}

// accepts reports whether a text is the one that WeChat sends for who accepts a friend request.
func accepts(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "我通过了你的朋友验证请求") || strings.HasPrefix(text, "I've accepted your friend request")
}

// source says where a friend request came from.
func source(r *xmlmsg.FriendRequest) string {
	switch r.Scene {
	case 3:
		return "微信号"
	case 4:
		return "QQ"
	case 8, 14:
		return "群聊"
	case 15:
		return "手机号"
	case 17:
		return "名片"
	case 30:
		return "二维码"
	}
	return ""
}

// friend begins with a new friend, once a day: several messages tell of one.
func (p *part) friend(c *router.Context) error {
	who := c.Conversation().ID
	first, err := c.Store(router.ByAccount).Claim(c, "friend/"+who, 24*time.Hour)
	if err != nil || !first {
		return err
	}
	var from string
	if _, err := c.Store(router.ByAccount).Get(c, "request/"+who, &from); err != nil {
		return err
	}
	name := p.h.Contacts().Contact(c, c.Account(), who)
	cust, err := p.update(c, c.Account(), who, func(cust *customer) {
		cust.Name, cust.Since, cust.Source = name, c.Event.Time, from
	})
	if err != nil {
		return err
	}
	wait := plugin.Draw(p.c.NewFriends.Wait)
	if len(p.greet) > 0 {
		if err := c.Later("welcome", "welcome/"+c.Account()+"/"+who, wait, who); err != nil {
			return err
		}
	}
	todo := change{Who: who, Labels: p.c.NewFriends.Label, Remark: p.remark.Fill(p.fill(&cust, "", c.Now()))}
	if err := p.askChange(c, todo, wait); err != nil {
		return err
	}
	return p.begin(c, who, append([]string{""}, p.c.NewFriends.Label...))
}

// lost tells that a message did not arrive because the customer is not a friend any more.
func (p *part) lost(c *router.Context) error {
	who := c.Conversation().ID
	cust, err := p.load(c, c.Account(), who)
	if err != nil || !p.c.Lost || cust.Since.IsZero() {
		return err
	}
	first, err := c.Store(router.ByAccount).Claim(c, "lost/"+who, requestFor)
	if err != nil || !first {
		return err
	}
	if _, err := p.update(c, c.Account(), who, func(c *customer) { c.Waiting = nil }); err != nil {
		return err
	}
	return p.c.Tell(c, p.h, c.Account(), "客户“"+plugin.CleanName(cust.Name, who)+"”（"+who+"）删除或拉黑了本账号，消息发不过去。")
}

// said looks at what a customer writes: it ends follow-ups, and may bring a label.
func (p *part) said(c *router.Context) error {
	who, text := c.Sender(), c.Folded()
	var labels []string
	for _, l := range p.labels {
		said := slices.ContainsFunc(l.Words, func(word string) bool { return strings.Contains(text, word) })
		if said && !slices.Contains(labels, l.Label) {
			labels = append(labels, l.Label)
		}
	}
	name, by := c.SenderName(), c.Event.Key()
	cust, err := p.update(c, c.Account(), who, func(cust *customer) {
		cust.Name, cust.Last, cust.Sent = name, c.Event.Time, nil
		if cust.Since.IsZero() {
			cust.Since = c.Event.Time
		}
		if said := plugin.CleanText(c.Said(), maxLastText); said != "" {
			cust.LastText = said
		}
		for id, began := range cust.Waiting {
			if began != by { // a handler that runs again does not end what it began
				delete(cust.Waiting, id)
			}
		}
		for _, l := range labels {
			if slices.Contains(p.c.Never, l) { // at once: the label of the service comes later
				cust.Never = l
			}
		}
	})
	if err != nil {
		return err
	}
	var missing []string
	for _, l := range labels {
		if !slices.Contains(cust.Labels, l) {
			missing = append(missing, l)
		}
	}
	if err := p.askChange(c, change{Who: who, Labels: missing}, 0); err != nil {
		return err
	}
	return p.begin(c, who, labels)
}

// change is what a customer gets in WeChat.
type change struct {
	Who    string
	Labels []string
	Remark string
	Over   bool // the remark takes the place of another one
}

// askChange has a change made, one at a time for each customer, and the table written.
func (p *part) askChange(c *router.Context, todo change, wait time.Duration) error {
	if err := p.table(c, todo.Who); err != nil || len(todo.Labels) == 0 && todo.Remark == "" {
		return err
	}
	merge := bot.Merge(func(before, now change) change {
		now.Labels = append(before.Labels, now.Labels...)
		if now.Remark == "" {
			now.Remark, now.Over = before.Remark, before.Over
		}
		return now
	})
	return c.Later("change", c.Account()+"/"+todo.Who, wait, todo, bot.InChat(c.Account(), todo.Who), merge)
}

// change gives a customer labels and a remark.
func (p *part) change(t *bot.Task[change]) error {
	account, who := t.Account(), t.Data.Who
	if p.h.Dry() {
		p.h.Logger().Info("dry run: a customer would get labels or a remark", zap.String("person", who),
			zap.Strings("labels", t.Data.Labels))
		return nil
	}
	people, err := t.API().Contacts.GetDetailInfo(t, account, who)
	if err != nil || len(people) == 0 {
		return err
	}
	remark := people[0].Remark
	if t.Data.Remark != "" && (remark == "" || t.Data.Over) {
		remark = t.Data.Remark
		if err := t.Once("remark", func() error { return t.API().Contacts.SetFriendRemark(t, account, who, remark) }); err != nil {
			return err
		}
	}
	labels, err := plugin.AddLabels(t, t.API(), account, who, t.Data.Labels...)
	if err != nil {
		return err
	}
	if _, err := p.update(t, account, who, func(c *customer) { c.Remark = remark; p.labelled(c, labels) }); err != nil {
		return err
	}
	return p.table(t.Context, who)
}

// labelled notes the labels that a customer has in WeChat.
func (p *part) labelled(c *customer, labels []string) {
	c.Labels, c.Never = labels, ""
	if i := slices.IndexFunc(labels, func(l string) bool { return slices.Contains(p.c.Never, l) }); i >= 0 {
		c.Never = labels[i]
	}
}

// batch is a part of the address book whose labels are read.
type batch struct{ Account, After string }

const (
	batchSize = 20 // people whom the service describes at once
	batchGap  = 10 * time.Second
)

// beginRefresh begins to read the labels of all friends, when that is due.
func (p *part) beginRefresh(j *bot.Job) error {
	for _, account := range p.h.Accounts() {
		left, err := p.h.Store().Account(account).Cooldown(j, "refresh", p.c.Refresh)
		if err != nil {
			return err
		}
		if left > 0 {
			continue
		}
		if err := j.Later("refresh", account, 0, batch{Account: account}); err != nil {
			return err
		}
	}
	return nil
}

// refresh reads the labels of the next friends: those that a person has set on the phone.
func (p *part) refresh(t *bot.Task[batch]) error {
	account := t.Data.Account
	book, err := p.h.Contacts().List(t, account)
	if err != nil {
		return err
	}
	friends := slices.Sorted(slices.Values(book.Friends))
	from, found := slices.BinarySearch(friends, t.Data.After)
	if found {
		from++
	}
	now := friends[from:min(from+batchSize, len(friends))]
	if len(now) == 0 {
		return nil
	}
	labels, err := t.API().Label.List(t, account)
	if err != nil {
		return err
	}
	people, err := t.API().Contacts.GetDetailInfo(t, account, now...)
	if err != nil {
		return err
	}
	for i := range people {
		if err := p.refreshOne(t, account, &people[i], plugin.LabelNames(labels, people[i].LabelList)); err != nil {
			return err
		}
	}
	return t.Later("refresh", account, batchGap, batch{account, now[len(now)-1]})
}

func (p *part) refreshOne(ctx context.Context, account string, info *api.ContactInfo, labels []string) error {
	cust, err := p.load(ctx, account, info.UserName)
	if err != nil || callback.ConversationOf(info.UserName).Type != callback.Private {
		return err
	}
	var now customer
	p.labelled(&now, labels)
	if cust.Never == now.Never && (cust.Since.IsZero() || slices.Equal(cust.Labels, labels)) {
		return nil
	}
	_, err = p.update(ctx, account, info.UserName, func(c *customer) { p.labelled(c, labels) })
	return err
}
