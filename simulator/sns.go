package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// moments are the posts of everybody. The simulator's lock guards them.
type moments struct {
	posts    []*moment // oldest first
	last     uint64    // the id of the newest
	comments int64     // the id of the last comment
}

// firstMoment is before the first id: more than an int64 can hold, as the service's are.
const firstMoment uint64 = 14_000_000_000_000_000_000

// moment is a post.
type moment struct {
	id       uint64
	author   string
	created  int64
	xml      string
	private  bool
	allowed  []string // who may see it; none means everybody
	refused  []string // who may not
	likes    []snsLike
	comments []snsComment
}

// snsLike is a like in an answer.
type snsLike struct {
	UserName   string `json:"userName"`
	NickName   string `json:"nickName"`
	Source     int    `json:"source"`
	Type       int    `json:"type"`
	CreateTime int64  `json:"createTime"`
}

// snsComment is a comment in an answer.
type snsComment struct {
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
	reactionLike    = 1
	reactionComment = 2
)

// startMoments gives the first account a post, and each contact one, a minute apart.
func (s *Simulator) startMoments() {
	s.moments.last = firstMoment
	authors := []string{s.people.accounts[0].Wxid}
	for _, c := range s.people.contacts {
		if !strings.HasPrefix(c.Wxid, "gh_") {
			authors = append(authors, c.Wxid)
		}
	}
	now := s.now()
	for i, author := range authors {
		c, _ := s.people.profile(author)
		m := s.addMoment(author, "一切都好。", "")
		m.created = now - int64(60*(len(authors)-i))
		m.xml = timelineXML(m, c.Nickname+": 一切都好。", "")
	}
}

// addMoment publishes a post.
func (s *Simulator) addMoment(author, text, object string) *moment {
	s.moments.last++
	m := &moment{id: s.moments.last, author: author, created: s.now()}
	m.xml = timelineXML(m, text, object)
	s.moments.posts = append(s.moments.posts, m)
	return m
}

// timelineXML is a post as it is sent around.
func timelineXML(m *moment, text, object string) string {
	if object == "" {
		object = "<contentStyle>2</contentStyle>"
	}
	return fmt.Sprintf("<TimelineObject><id>%d</id><username>%s</username><createTime>%d</createTime><contentDesc>%s</contentDesc>"+
		"<private>0</private><ContentObject>%s</ContentObject></TimelineObject>", m.id, esc(m.author), m.created, esc(text), object)
}

// visible tells whether an account can see a post.
func (s *Simulator) visible(m *moment, a *account) bool {
	switch {
	case m.author == a.Wxid:
		return true
	case m.private || slices.Contains(m.refused, a.Wxid) || len(m.allowed) > 0 && !slices.Contains(m.allowed, a.Wxid):
		return false
	default:
		return slices.Contains(a.Friends, m.author)
	}
}

// moment is the post of the call.
func (r *request) moment() (*moment, error) {
	for _, m := range r.sim.moments.posts {
		if m.id == r.id("snsId") && r.sim.visible(m, r.account) {
			return m, nil
		}
	}
	return nil, refuse("snsId: there is no post %d that the account can see", r.id("snsId"))
}

// ownMoment is the post of the call, which must be the account's.
func (r *request) ownMoment() (*moment, error) {
	m, err := r.moment()
	if err == nil && m.author != r.account.Wxid {
		err = refuse("snsId: the post is not the account's own")
	}
	return m, err
}

// snsPost is a post in an answer.
type snsPost struct {
	ID            uint64       `json:"id"`
	UserName      string       `json:"userName"`
	NickName      string       `json:"nickName"`
	CreateTime    int64        `json:"createTime"`
	SnsXML        string       `json:"snsXml"`
	LikeCount     int          `json:"likeCount"`
	LikeList      []snsLike    `json:"likeList"`
	CommentCount  int          `json:"commentCount"`
	CommentList   []snsComment `json:"commentList"`
	WithUserCount int          `json:"withUserCount"`
	WithUserList  []string     `json:"withUserList"`
}

func (s *Simulator) snsPost(m *moment) snsPost {
	c, _ := s.people.profile(m.author)
	return snsPost{
		ID: m.id, UserName: m.author, NickName: c.Nickname, CreateTime: m.created, SnsXML: m.xml,
		LikeCount: len(m.likes), LikeList: slices.Clone(m.likes), CommentCount: len(m.comments), CommentList: slices.Clone(m.comments),
	}
}

// snsPage is how many posts one answer has.
const snsPage = 10

// timeline is a page of posts, newest first: those before maxId. firstPageMd5 lets a client see that nothing is new.
func (r *request) timeline(of func(*moment) bool) any {
	var page []snsPost
	maxID, last := r.id("maxId"), r.id("maxId")
	for _, m := range slices.Backward(r.sim.moments.posts) {
		if maxID != 0 && m.id >= maxID || !of(m) || !r.sim.visible(m, r.account) {
			continue
		}
		if len(page) == snsPage {
			break
		}
		page, last = append(page, r.sim.snsPost(m)), m.id
	}
	first := r.text("firstPageMd5")
	if maxID == 0 {
		var ids strings.Builder
		for _, p := range page {
			ids.WriteString(strconv.FormatUint(p.ID, 10) + ",")
		}
		first = r.sim.ids.digest(ids.String())[:16]
	}
	return struct {
		FirstPageMd5 string    `json:"firstPageMd5"`
		MaxID        uint64    `json:"maxId"`
		SnsCount     int       `json:"snsCount"`
		RequestTime  int64     `json:"requestTime"`
		SnsList      []snsPost `json:"snsList"`
	}{first, last, len(page), r.sim.now(), append([]snsPost{}, page...)}
}
