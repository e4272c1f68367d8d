package world

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// Moments are the posts of all people.
type Moments struct {
	Posts    []*Moment // oldest first
	last     uint64    // the id of the newest
	Comments int64     // the id of the last comment
}

// firstMoment precedes the first id: more than an int64 can hold, as the ids of the service are.
const firstMoment uint64 = 14_000_000_000_000_000_000

// Moment is a post.
type Moment struct {
	ID       uint64
	Author   string
	Created  int64
	XML      string
	Private  bool
	Allowed  []string // who may see it; empty means all
	Refused  []string // who may not
	Likes    []SnsLike
	Comments []SnsComment
}

// SnsLike is a like, as answers have it.
type SnsLike struct {
	UserName   string `json:"userName"`
	NickName   string `json:"nickName"`
	Source     int    `json:"source"`
	Type       int    `json:"type"`
	CreateTime int64  `json:"createTime"`
}

// SnsComment is a comment, as answers have it.
type SnsComment struct {
	UserName       string `json:"userName"`
	NickName       string `json:"nickName"`
	Source         int    `json:"source"`
	Type           int    `json:"type"`
	Content        string `json:"content"`
	CreateTime     int64  `json:"createTime"`
	CommentID      int64  `json:"commentId"`
	ReplyCommentID int64  `json:"replyCommentId"`
	IsNotRichText  int    `json:"isNotRichText"`
}

// The types of a reaction.
const (
	ReactionLike    = 1
	ReactionComment = 2
)

// startMoments makes a post of the first account and of each contact, one minute apart.
func (w *World) startMoments() {
	w.Moments.last = firstMoment
	authors := []string{w.People.Accounts[0].Wxid}
	for _, c := range w.People.Contacts {
		if !strings.HasPrefix(c.Wxid, "gh_") {
			authors = append(authors, c.Wxid)
		}
	}
	now := w.Now()
	for i, author := range authors {
		c, _ := w.People.Profile(author)
		m := w.AddMoment(author, "一切都好。", "")
		m.Created = now - int64(60*(len(authors)-i))
		m.XML = timelineXML(m, c.Nickname+": 一切都好。", "")
	}
}

// AddMoment publishes a post.
func (w *World) AddMoment(author, text, object string) *Moment {
	w.Moments.last++
	m := &Moment{ID: w.Moments.last, Author: author, Created: w.Now()}
	m.XML = timelineXML(m, text, object)
	w.Moments.Posts = append(w.Moments.Posts, m)
	return m
}

// timelineXML returns the XML of a post.
func timelineXML(m *Moment, text, object string) string {
	if object == "" {
		object = "<contentStyle>2</contentStyle>"
	}
	return fmt.Sprintf("<TimelineObject><id>%d</id><username>%s</username><createTime>%d</createTime><contentDesc>%s</contentDesc>"+
		"<private>0</private><ContentObject>%s</ContentObject></TimelineObject>", m.ID, message.Escape(m.Author), m.Created,
		message.Escape(text), object)
}

// Visible reports whether an account can see a post.
func (w *World) Visible(m *Moment, a *Account) bool {
	switch {
	case m.Author == a.Wxid:
		return true
	case m.Private || slices.Contains(m.Refused, a.Wxid) || len(m.Allowed) > 0 && !slices.Contains(m.Allowed, a.Wxid):
		return false
	default:
		return slices.Contains(a.Friends, m.Author)
	}
}
