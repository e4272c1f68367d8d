package api

import "context"

// FinderScene is a kind of notification.
type FinderScene int

// The kinds.
const (
	FinderSceneLikes    FinderScene = 3
	FinderSceneComments FinderScene = 4
	FinderSceneFollows  FinderScene = 5
)

// FinderListMentionsRequest requests a page of notifications.
type FinderListMentionsRequest struct {
	FinderIdentity
	Scene    FinderScene `json:"reqScene"`
	LastBuff string      `json:"lastBuff"` // cursor; empty for the first page, which has no notifications
}

// FinderMentionPage is a page of notifications.
type FinderMentionPage struct {
	List     FinderMentionList `json:"list"`
	LastBuff string            `json:"lastBuff"` // cursor

	Extra Extra `json:",embed"`
}

// FinderMentionList are the notifications of a page.
type FinderMentionList struct {
	Mentions []FinderMention `json:"mentions"`

	Extra Extra `json:",embed"`
}

// Next returns the request for the page after p, or false if p is the last. The first page only has
// a cursor, but is not the last.
func (r FinderListMentionsRequest) Next(p *FinderMentionPage) (FinderListMentionsRequest, bool) {
	more := p.LastBuff != "" && p.LastBuff != r.LastBuff && (r.LastBuff == "" || len(p.List.Mentions) > 0)
	r.LastBuff = p.LastBuff
	return r, more
}

// FinderMention is a notification: a user likes, comments or follows.
type FinderMention struct {
	MentionID  ID     `json:"mentionId"`
	Type       int    `json:"mentionType"`
	Content    string `json:"mentionContent"`
	CreateTime int64  `json:"createtime"` // Unix seconds
	UserName   string `json:"username"`   // who did it
	NickName   string `json:"nickname"`
	HeadURL    string `json:"headUrl"`
	// Contact wraps the user of the notification.
	Contact struct {
		Contact FinderContact `json:"contact"`

		Extra Extra `json:",embed"`
	} `json:"contact"`
	FollowFlag       int    `json:"followFlag"`       // 1 if the account follows (presumed)
	RefObjectID      ID     `json:"refObjectId"`      // the video
	RefObjectNonceID string `json:"refObjectNonceId"` // of the video (presumed)
	RefCommentID     ID     `json:"refCommentId"`     // the comment
	RefContent       string `json:"refContent"`       // what it is about (presumed)
	ReplyNickName    string `json:"replyNickname"`    // user who is answered (presumed)
	Description      string `json:"description"`      // of the video
	ThumbURL         string `json:"thumbUrl"`
	MediaType        int    `json:"mediaType"` // 2 picture, 4 video
	// ExtInfo describes the source of the notification.
	ExtInfo struct {
		AppName  string `json:"appName"`  // name of the app (presumed)
		EntityID string `json:"entityId"` // undocumented

		Extra Extra `json:",embed"`
	} `json:"extInfo"`

	// Undocumented.
	Flag               int64 `json:"flag"`
	ExtFlag            int64 `json:"extflag"`
	RefObjectType      int   `json:"refObjectType"`
	SvrMentionID       ID    `json:"svrMentionId"`
	OrderCount         int   `json:"orderCount"`
	InteractionCount   int   `json:"interactionCount"`
	ForceUseRefContent int   `json:"forceUseRefContent"`

	Extra Extra `json:",embed"`
}

// ListMentions returns a page of notifications of the identity.
func (s *FinderService) ListMentions(ctx context.Context, r FinderListMentionsRequest) (*FinderMentionPage, error) {
	r.FinderIdentity = r.orChannels()
	return ask[FinderMentionPage](ctx, s.client, "/finder/mentionList", query, r, r.with(number("reqScene", r.Scene))...)
}
