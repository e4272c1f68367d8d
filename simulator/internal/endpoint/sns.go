package endpoint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// snsEndpoints are the calls of the module "sns" that concern existing posts.
func snsEndpoints() []endpoint {
	return []endpoint{
		{path: "/sns/snsList", handle: locked(snsList)},
		{path: "/sns/contactsSnsList", handle: locked(contactsSnsList)},
		{path: "/sns/snsDetails", handle: locked(snsDetails)},
		{path: "/sns/likeSns", handle: nothing(likeSns)},
		{path: "/sns/commentSns", handle: nothing(commentSns)},
		{path: "/sns/delSns", handle: nothing(delSns)},
		{path: "/sns/snsSetPrivacy", handle: nothing(snsSetPrivacy)},
		{path: "/sns/snsVisibleScope", handle: nothing(snsVisibleScope)},
		{path: "/sns/strangerVisibilityEnabled", handle: noted},
		{path: "/sns/downloadSnsVideo", handle: locked(downloadSnsVideo)},
	}
}

// snsList is the timeline: the account's own posts, and its friends'.
func snsList(r *request) (any, error) {
	return r.timeline(func(*world.Moment) bool { return true }), nil
}

func contactsSnsList(r *request) (any, error) {
	wxid := r.text("wxid")
	if wxid != r.account.Wxid && !slices.Contains(r.account.Friends, wxid) {
		return nil, refuse("wxid: %q is not a friend of the account (对方不是好友)", wxid)
	}
	return r.timeline(func(m *world.Moment) bool { return m.Author == wxid }), nil
}

func snsDetails(r *request) (any, error) {
	m, err := r.moment()
	if err != nil {
		return nil, err
	}
	return r.snsPost(m), nil
}

func likeSns(r *request) error {
	m, err := r.moment()
	if err != nil {
		return err
	}
	own := func(l world.SnsLike) bool { return l.UserName == r.account.Wxid }
	switch r.number("operType") {
	case 1:
		if !slices.ContainsFunc(m.Likes, own) {
			m.Likes = append(m.Likes, world.SnsLike{
				UserName: r.account.Wxid, NickName: r.account.Nickname, Type: world.ReactionLike, CreateTime: r.world.Now(),
			})
		}
	case 2:
		m.Likes = slices.DeleteFunc(m.Likes, own)
	default:
		return refuse("operType: it must be 1 (like) or 2 (take back)")
	}
	return nil
}

func commentSns(r *request) error {
	m, err := r.moment()
	if err != nil {
		return err
	}
	id := r.number("commentId")
	has := func(c world.SnsComment) bool { return c.CommentID == id }
	switch r.number("operType") {
	case 1:
		if r.text("content") == "" {
			return refuse("content 不可为空 (it is required)")
		}
		r.world.Moments.Comments++
		c := world.SnsComment{
			UserName: r.account.Wxid, NickName: r.account.Nickname, Type: world.ReactionComment, Content: r.text("content"),
			CreateTime: r.world.Now(), CommentID: r.world.Moments.Comments,
		}
		if slices.ContainsFunc(m.Comments, has) {
			c.ReplyCommentID = id
		}
		m.Comments = append(m.Comments, c)
	case 2:
		i := slices.IndexFunc(m.Comments, has)
		if i < 0 || m.Comments[i].UserName != r.account.Wxid && m.Author != r.account.Wxid {
			return refuse("commentId: there is no comment %d that the account may delete", id)
		}
		m.Comments = slices.Delete(m.Comments, i, i+1)
	default:
		return refuse("operType: it must be 1 (comment) or 2 (delete)")
	}
	return nil
}

func delSns(r *request) error {
	m, err := r.ownMoment()
	if err == nil {
		r.world.Moments.Posts = slices.DeleteFunc(r.world.Moments.Posts, func(other *world.Moment) bool { return other == m })
	}
	return err
}

func snsSetPrivacy(r *request) error {
	m, err := r.ownMoment()
	if err == nil {
		m.Private = !r.flag("open")
	}
	return err
}

func snsVisibleScope(r *request) error {
	if n := r.number("option"); n < 1 || n > 4 {
		return refuse("option: it must be 1 (everything), 2 (half a year), 3 (a month) or 4 (three days)")
	}
	return nil
}

func downloadSnsVideo(r *request) (any, error) {
	if _, err := timelineObject(r); err != nil {
		return nil, err
	}
	return r.link(r.text("snsXml"), "", "mp4"), nil
}

// timelineObject parses the post in the XML of a call.
func timelineObject(r *request) (*message.Node, error) {
	root, err := message.Parse(r.text("snsXml"))
	if err != nil {
		return nil, refuse("snsXml: %v", err)
	}
	if root.Name != "TimelineObject" {
		return nil, refuse("snsXml: it is not <TimelineObject>")
	}
	return root, nil
}

// moment returns the post of the call.
func (r *request) moment() (*world.Moment, error) {
	for _, m := range r.world.Moments.Posts {
		if m.ID == r.id("snsId") && r.world.Visible(m, r.account) {
			return m, nil
		}
	}
	return nil, refuse("snsId: there is no post %d that the account can see", r.id("snsId"))
}

// ownMoment returns the post of the call, which must be the account's own.
func (r *request) ownMoment() (*world.Moment, error) {
	m, err := r.moment()
	if err == nil && m.Author != r.account.Wxid {
		err = refuse("snsId: the post is not the account's own")
	}
	return m, err
}

// snsPost is a post, as answers have it.
type snsPost struct {
	ID            uint64             `json:"id"`
	UserName      string             `json:"userName"`
	NickName      string             `json:"nickName"`
	CreateTime    int64              `json:"createTime"`
	SnsXML        string             `json:"snsXml"`
	LikeCount     int                `json:"likeCount"`
	LikeList      []world.SnsLike    `json:"likeList"`
	CommentCount  int                `json:"commentCount"`
	CommentList   []world.SnsComment `json:"commentList"`
	WithUserCount int                `json:"withUserCount"`
	WithUserList  []string           `json:"withUserList"`
}

func (r *request) snsPost(m *world.Moment) snsPost {
	c, _ := r.world.People.Profile(m.Author)
	return snsPost{
		ID: m.ID, UserName: m.Author, NickName: c.Nickname, CreateTime: m.Created, SnsXML: m.XML,
		LikeCount: len(m.Likes), LikeList: slices.Clone(m.Likes), CommentCount: len(m.Comments), CommentList: slices.Clone(m.Comments),
	}
}

// snsPage is the number of posts in one answer.
const snsPage = 10

// timeline returns a page of posts, newest first: those before maxId. firstPageMd5 shows a client
// whether the first page has changed.
func (r *request) timeline(of func(*world.Moment) bool) any {
	var page []snsPost
	maxID, last := r.id("maxId"), r.id("maxId")
	for _, m := range slices.Backward(r.world.Moments.Posts) {
		if maxID != 0 && m.ID >= maxID || !of(m) || !r.world.Visible(m, r.account) {
			continue
		}
		if len(page) == snsPage {
			break
		}
		page, last = append(page, r.snsPost(m)), m.ID
	}
	first := r.text("firstPageMd5")
	if maxID == 0 {
		var ids strings.Builder
		for _, p := range page {
			ids.WriteString(strconv.FormatUint(p.ID, 10) + ",")
		}
		first = r.world.IDs.Digest(ids.String())[:16]
	}
	return struct {
		FirstPageMd5 string    `json:"firstPageMd5"`
		MaxID        uint64    `json:"maxId"`
		SnsCount     int       `json:"snsCount"`
		RequestTime  int64     `json:"requestTime"`
		SnsList      []snsPost `json:"snsList"`
	}{first, last, len(page), r.world.Now(), append([]snsPost{}, page...)}
}
