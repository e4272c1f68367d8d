package api

import "context"

// FinderCommentOp selects what Comment does.
type FinderCommentOp int

// The operations of Comment.
const (
	FinderCommentAdd    FinderCommentOp = 0
	FinderCommentDelete FinderCommentOp = 1
)

// FinderCommentRequest comments on a video, answers a comment, or deletes one.
type FinderCommentRequest struct {
	FinderIdentity
	FinderVideo
	Op        FinderCommentOp `json:"opType"`
	Content   string          `json:"content"`
	CommentID ID              `json:"commentId"` // comment to delete; 0 otherwise
	// The comment to answer: its author, its id, and the id of the top-level comment of its thread.
	// Empty for a new one.
	ReplyUserName string `json:"replyUserName"`
	RefCommentID  ID     `json:"refCommentId,string"`
	RootCommentID ID     `json:"rootCommentId,string"`
}

// FinderCommented is a new comment.
type FinderCommented struct {
	CommentID ID     `json:"commentId"` // 0 if the service does not return it
	ClientID  string `json:"clientid"`  // of ScanComment only
}

// Comment comments on a video, answers a comment, or deletes one.
func (s *FinderService) Comment(ctx context.Context, r FinderCommentRequest) (*FinderCommented, error) {
	r.FinderIdentity = r.orChannels()
	fields := r.with(number("objectId", r.ObjectID), field{"sessionBuffer", r.SessionBuffer})
	if s.client.gewe() {
		fields = append(fields, field{"objectNonceId", r.ObjectNonceID})
	}
	if r.Op == FinderCommentDelete {
		fields = append(fields, number("commentId", r.CommentID))
	} else {
		fields = append(fields, field{"content", r.Content})
	}
	return ask[FinderCommented](ctx, s.client, "/finder/comment", send, r, fields...)
}

// FinderListCommentsRequest requests a page of the comments on a video.
type FinderListCommentsRequest struct {
	AppID   string `json:"appId"`
	ProxyIP string `json:"proxyIp,omitzero"` // socks5://user:password@host:port, which GeWe documents; empty for none
	FinderVideo
	LastBuffer string `json:"lastBuffer"` // cursor; empty for the first page
	// The comment whose answers are requested, and the top-level comment of its thread. 0 for the
	// comments on the video.
	RefCommentID  ID `json:"refCommentId"`
	RootCommentID ID `json:"rootCommentId"`
}

// FinderCommentPage is a page of comments.
type FinderCommentPage struct {
	Comments         []FinderComment `json:"commentInfo"`
	LastBuffer       string          `json:"lastBuffer"` // cursor
	Counts           FinderCounts    `json:"countInfo"`
	UpContinueFlag   int             `json:"upContinueFlag"`   // 1 if there are more above (presumed)
	DownContinueFlag int             `json:"downContinueFlag"` // 1 if there are more below (presumed)
	// Monotonic repeats the counters of the video.
	Monotonic struct {
		Counts FinderCounts `json:"countInfo"`
		// CommentCount wraps the counter.
		CommentCount struct {
			CommentCount int `json:"commentCount"`
		} `json:"commentCount"`
	} `json:"monotonicData"`

	Extra Extra `json:",embed"`
}

// Next returns the request for the page after p, or false if p is the last.
func (r FinderListCommentsRequest) Next(p *FinderCommentPage) (FinderListCommentsRequest, bool) {
	r.LastBuffer = p.LastBuffer
	return r, p.DownContinueFlag != 0
}

// FinderComment is a comment on a video.
type FinderComment struct {
	CommentID          ID            `json:"commentId"`
	UserName           string        `json:"username"` // author
	NickName           string        `json:"nickname"`
	HeadURL            string        `json:"headUrl"`
	Author             FinderContact `json:"authorContact"`
	Content            string        `json:"content"`
	ContentType        int           `json:"contentType"`
	CreateTime         int64         `json:"createtime"`     // Unix seconds
	ReplyCommentID     ID            `json:"replyCommentId"` // comment that it answers, or 0
	ReplyContent       string        `json:"replyContent"`
	LikeFlag           int           `json:"likeFlag"` // 1 if the account likes it (presumed)
	LikeCount          int           `json:"likeCount"`
	ExpandCommentCount int           `json:"expandCommentCount"` // answers that ListComments can ask for
	LevelTwoComments   []string      `json:"levelTwoComment"`    // answers that are shown with it; base64, undocumented
	ContinueFlag       int           `json:"continueFlag"`       // 1 if there are more answers
	UpContinueFlag     int           `json:"upContinueFlag"`     // 1 if there are more above (presumed)
	Region             FinderRegion  `json:"ipRegionInfo"`       // where it was written

	// Undocumented.
	DisplayFlag int    `json:"displayFlag"`
	ExtFlag     int    `json:"extFlag"`
	ReportJSON  string `json:"reportJson"`

	Extra Extra `json:",embed"`
}

// FinderCounts are the counters of a video.
type FinderCounts struct {
	Comments  int `json:"commentCount"`
	Likes     int `json:"likeCount"`
	Forwards  int `json:"forwardCount"`
	Favorites int `json:"favCount"`
}

// ListComments returns a page of the comments on a video, or of the answers to a comment.
func (s *FinderService) ListComments(ctx context.Context, r FinderListCommentsRequest) (*FinderCommentPage, error) {
	fields := []field{{"appId", r.AppID}, number("objectId", r.ObjectID)}
	if !s.client.gewe() {
		fields = append(fields, field{"sessionBuffer", r.SessionBuffer}, field{"objectNonceId", r.ObjectNonceID})
	}
	return ask[FinderCommentPage](ctx, s.client, "/finder/commentList", query, r, fields...)
}
