package api

import "context"

// SNSItem is a post.
type SNSItem struct {
	ID           ID           `json:"id"`
	UserName     string       `json:"userName"` // wxid of the author
	NickName     string       `json:"nickName"`
	CreateTime   int64        `json:"createTime"` // Unix seconds
	XML          string       `json:"snsXml"`     // argument of Forward and DownloadVideo
	LikeCount    int          `json:"likeCount"`
	Likes        []SNSLike    `json:"likeList"`
	CommentCount int          `json:"commentCount"`
	Comments     []SNSComment `json:"commentList"`
	WithCount    int          `json:"withUserCount"` // number of people who were notified
	// With are the people who were notified. The documentation has no example, so everything is in
	// Extra.
	With []struct {
		Extra Extra `json:",embed"`
	} `json:"withUserList"`

	Extra Extra `json:",embed"`
}

// SNSLike is a like of a post.
type SNSLike struct {
	UserName   string `json:"userName"` // wxid
	NickName   string `json:"nickName"`
	Source     int    `json:"source"`     // undocumented
	Type       int    `json:"type"`       // 1 in all samples
	CreateTime int64  `json:"createTime"` // Unix seconds

	Extra Extra `json:",embed"`
}

// SNSComment is a comment on a post.
type SNSComment struct {
	UserName       string `json:"userName"` // wxid
	NickName       string `json:"nickName"`
	Source         int    `json:"source"` // undocumented
	Type           int    `json:"type"`   // 2 in most samples
	Content        string `json:"content"`
	CreateTime     int64  `json:"createTime"` // Unix seconds
	CommentID      ID     `json:"commentId"`
	ReplyCommentID ID     `json:"replyCommentId"` // comment that it answers, or 0
	IsNotRichText  int    `json:"isNotRichText"`  // 1 for plain text

	Extra Extra `json:",embed"`
}

// SNSPage is a page of posts.
type SNSPage struct {
	FirstPageMD5 string    `json:"firstPageMd5"` // cursor
	MaxID        ID        `json:"maxId"`        // cursor: id of the last post
	Count        int       `json:"snsCount"`     // may exceed the number of Items
	RequestTime  int64     `json:"requestTime"`  // Unix seconds
	Items        []SNSItem `json:"snsList"`

	Extra Extra `json:",embed"`
}

// SNSListRequest requests a page of the timeline: the posts of the account and its friends.
type SNSListRequest struct {
	AppID        string `json:"appId"`
	MaxID        ID     `json:"maxId"`        // cursor; 0 for the first page
	Decrypt      bool   `json:"decrypt"`      // whether the XML of the posts is decoded (presumed)
	FirstPageMD5 string `json:"firstPageMd5"` // cursor; empty for the first page
}

// Next returns the request for the page after p, or false if p is the last.
func (r SNSListRequest) Next(p *SNSPage) (SNSListRequest, bool) {
	more := p.follows(r.MaxID)
	r.MaxID, r.FirstPageMD5 = p.MaxID, p.FirstPageMD5
	return r, more
}

// follows reports whether there is a page after p: a page without posts, or one that ends where it
// should begin, is the last.
func (p *SNSPage) follows(from ID) bool { return len(p.Items) > 0 && p.MaxID != 0 && p.MaxID != from }

// List returns a page of the timeline. The service calls it the list of the account's own posts,
// but includes those of its friends.
func (s *SNSService) List(ctx context.Context, r SNSListRequest) (*SNSPage, error) {
	return ask[SNSPage](ctx, s.client, "/sns/snsList", query, r, field{"appId", r.AppID})
}

// SNSListByContactRequest requests a page of the posts of a contact.
type SNSListByContactRequest struct {
	AppID        string `json:"appId"`
	MaxID        ID     `json:"maxId"`        // cursor; 0 for the first page
	Decrypt      bool   `json:"decrypt"`      // whether the XML of the posts is decoded (presumed)
	Wxid         string `json:"wxid"`         // the contact
	FirstPageMD5 string `json:"firstPageMd5"` // cursor; empty for the first page
}

// Next returns the request for the page after p, or false if p is the last.
func (r SNSListByContactRequest) Next(p *SNSPage) (SNSListByContactRequest, bool) {
	more := p.follows(r.MaxID)
	r.MaxID, r.FirstPageMD5 = p.MaxID, p.FirstPageMD5
	return r, more
}

// ListByContact returns a page of the posts of a contact.
func (s *SNSService) ListByContact(ctx context.Context, r SNSListByContactRequest) (*SNSPage, error) {
	return ask[SNSPage](ctx, s.client, "/sns/contactsSnsList", query, r, field{"appId", r.AppID}, field{"wxid", r.Wxid})
}

// GetDetails returns a post with its likes and comments.
func (s *SNSService) GetDetails(ctx context.Context, appID string, snsID ID) (*SNSItem, error) {
	return ask[SNSItem](ctx, s.client, "/sns/snsDetails", query, snsRequest{appID, snsID}, field{"appId", appID}, number("snsId", snsID))
}

// DownloadVideo returns a link to the video of a post, which is valid for seven days. xml is the
// XML of the SNSItem.
func (s *SNSService) DownloadVideo(ctx context.Context, appID, xml string) (string, error) {
	return s.client.Download.link(ctx, "/sns/downloadSnsVideo", params{"appId": appID, "snsXml": xml},
		field{"appId", appID}, field{"snsXml", xml})
}
