package channels

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

const (
	maxPages   = 10  // of notifications, and of own videos
	maxNew     = 500 // comments that one summary counts
	maxListed  = 10  // comments that a summary quotes
	maxSeen    = 2000
	rememberIn = 48 * time.Hour
)

// comment is a comment on a video of the account.
type comment struct {
	ID      string
	Account string
	Who     string
	Name    string
	Text    string
	Title   string // of the video
	Video   api.ID
	Comment api.ID
	Time    int64 // Unix seconds
}

// comments are those that were seen, and those that are not told yet: a run that is tried again
// tells of the same.
type comments struct {
	Since int64            `json:"since"` // Unix seconds: older ones were there before the plugin
	Seen  map[string]int64 `json:"seen"`
	New   []comment        `json:"new,omitempty"`
	Until time.Time        `json:"until"` // the run that has read them
}

// comments reads the comments since the last time, and tells of them in one summary.
func (p *part) comments(j *bot.Job) error {
	var errs []error
	for _, account := range p.h.Accounts() {
		errs = append(errs, p.commentsOf(j, account))
	}
	return errors.Join(errs...)
}

func (p *part) commentsOf(j *bot.Job, account string) error {
	store := p.h.Store().Account(account)
	var last comments
	known, err := store.Get(j, "comments", &last)
	if err != nil {
		return err
	}
	if !last.Until.Equal(j.Due) {
		me, err := p.me(j, account)
		if err != nil || me == "" { // it has no channel
			return err
		}
		last.Until = j.Due
		if !known {
			last.Since = j.Due.Unix()
		}
		if err := p.read(j, account, me, &last); err != nil {
			return err
		}
		if err := store.Set(j, "comments", last, 0); err != nil {
			return err
		}
	}
	if len(last.New) == 0 {
		return nil
	}
	scope := p.c.Scope
	if len(p.c.Comments.Notify) > 0 {
		scope.Notify = p.c.Comments.Notify
	}
	errs := []error{scope.Tell(j, p.h, account, summary(last.New))}
	for _, c := range last.New {
		if p.c.Comments.wants(c.Text) {
			errs = append(errs, j.Later("comment", account+"/"+c.ID, plugin.Draw(p.c.Comments.Delay), c, bot.InChat(account, "")))
		}
	}
	if err := router.Each(errs...); err != nil {
		return err
	}
	last.New = nil
	return store.Set(j, "comments", last, 0)
}

// summary tells of comments.
func summary(list []comment) string {
	lines := []string{fmt.Sprintf("视频号有 %d 条新评论：", len(list))}
	for _, c := range list[:min(len(list), maxListed)] {
		lines = append(lines, fmt.Sprintf("【%s】%s：%s", c.Title, c.Name, c.Text))
	}
	if more := len(list) - maxListed; more > 0 {
		lines = append(lines, fmt.Sprintf("另有 %d 条。", more))
	}
	return strings.Join(lines, "\n")
}

// read reads the pages of notifications, and adds the comments that are new. It is not documented
// whether the newest or the oldest page comes first.
func (p *part) read(ctx context.Context, account, me string, last *comments) error {
	from := max(last.Since, last.Until.Add(-rememberIn).Unix())
	maps.DeleteFunc(last.Seen, func(_ string, at int64) bool { return at < from })
	if last.Seen == nil {
		last.Seen = map[string]int64{}
	}
	request := api.FinderListMentionsRequest{
		FinderIdentity: api.FinderIdentity{AppID: account, MyUserName: me}, Scene: api.FinderSceneComments,
	}
	for range maxPages + 1 { // the first has only a cursor
		page, err := p.h.Client().Finder.ListMentions(ctx, request)
		if err != nil {
			return err //nolint:wrapcheck // it says what failed
		}
		older := len(page.List.Mentions) > 0
		for i := range page.List.Mentions {
			m := &page.List.Mentions[i]
			c := commentOf(account, m)
			_, seen := last.Seen[c.ID]
			older = older && (seen || m.CreateTime < from)
			if seen || m.CreateTime < from || m.UserName == me || len(last.New) >= maxNew {
				continue
			}
			last.Seen[c.ID] = m.CreateTime
			last.New = append(last.New, c)
		}
		next, more := request.Next(page)
		if request = next; !more || older && newestFirst(page.List.Mentions) {
			break
		}
	}
	if over := len(last.Seen) - maxSeen; over > 0 {
		times := slices.Sorted(maps.Values(last.Seen))
		maps.DeleteFunc(last.Seen, func(_ string, at int64) bool { return at < times[over] })
	}
	slices.SortStableFunc(last.New, func(a, b comment) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Comment, b.Comment))
	})
	return nil
}

func newestFirst(list []api.FinderMention) bool {
	return list[0].CreateTime >= list[len(list)-1].CreateTime
}

func commentOf(account string, m *api.FinderMention) comment {
	sum := sha256.Sum256(fmt.Append(nil, m.MentionID, "/", m.RefCommentID, "/", m.UserName, "/", m.CreateTime, "/", m.Content))
	return comment{
		ID: hex.EncodeToString(sum[:12]), Account: account, Who: m.UserName, Name: plugin.CleanName(m.NickName, "有人"),
		Text: plugin.CleanText(m.Content, maxQuoted), Title: plugin.CleanName(m.Description, "视频"),
		Video: m.RefObjectID, Comment: m.RefCommentID, Time: m.CreateTime,
	}
}

// comment answers a comment.
func (p *part) comment(t *bot.Task[comment]) error {
	c := t.Data
	if ok, err := p.may(t.Context, &p.c.Comments.Answers, "comments", c.Who, c.ID); err != nil || !ok {
		return err
	}
	me, err := p.me(t, c.Account)
	if err != nil {
		return err
	}
	video, err := p.video(t, c.Account, me, c.Video)
	if err != nil {
		return err
	}
	if video == nil {
		p.h.Logger().Info("a comment is not answered: its video is not among the newest of the account")
		return nil
	}
	_, err = p.h.Send(t, api.FinderCommentRequest{
		FinderIdentity: api.FinderIdentity{AppID: c.Account, MyUserName: me, MyRole: api.FinderRoleChannels}, FinderVideo: video.Video(),
		Content:       p.c.Comments.text.Fill(map[string]string{"Name": c.Name, "Time": t.Now().Format("15:04")}),
		ReplyUserName: c.Who, RefCommentID: c.Comment, RootCommentID: c.Comment,
	}, router.Key(p.h.Name()+"/comment/"+c.ID), router.AsAnswer())
	if err != nil {
		p.h.Logger().Warn("a comment is not answered", zap.Error(err))
	}
	return err
}

// video finds a video of somebody in Channels; nil if it is not among their newest.
func (p *part) video(ctx context.Context, account, of string, id api.ID) (*api.FinderObject, error) {
	request := api.FinderGetUserPageRequest{AppID: account, ToUserName: of}
	for range maxPages {
		page, err := p.h.Client().Finder.GetUserPage(ctx, request)
		if err != nil {
			return nil, err //nolint:wrapcheck // it says what failed
		}
		if i := slices.IndexFunc(page.Objects, func(o api.FinderObject) bool { return o.ID == id }); i >= 0 {
			return &page.Objects[i], nil
		}
		next, more := request.Next(page)
		if request = next; !more {
			break
		}
	}
	return nil, nil
}
