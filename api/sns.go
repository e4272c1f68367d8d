package api

import "context"

// SNSService manages Moments. The service refuses posts, likes and comments during the first one to
// three days of a new device, and WeChat warns the account's owner about the attempt.
type SNSService struct{ client *Client }

// SNSOp selects what Like and Comment do.
type SNSOp int

// The operations of Like and Comment.
const (
	SNSDo   SNSOp = 1 // like, or comment
	SNSUndo SNSOp = 2 // withdraw the like, or delete the comment
)

// SNSLikeRequest likes a post, or withdraws the like.
type SNSLikeRequest struct {
	AppID string `json:"appId"`
	SNSID ID     `json:"snsId"`    // the post
	Op    SNSOp  `json:"operType"` // SNSDo or SNSUndo
	Wxid  string `json:"wxid"`     // author of the post
}

// Like likes a post, or withdraws the like.
func (s *SNSService) Like(ctx context.Context, r SNSLikeRequest) error {
	const endpoint = "/sns/likeSns"
	return s.client.do(ctx, endpoint, send, r,
		field{"appId", r.AppID}, number("snsId", r.SNSID), number("operType", r.Op), field{"wxid", r.Wxid})
}

// SNSCommentRequest comments on a post, answers a comment, or deletes one.
type SNSCommentRequest struct {
	AppID string `json:"appId"`
	SNSID ID     `json:"snsId"`    // the post
	Op    SNSOp  `json:"operType"` // SNSDo or SNSUndo
	Wxid  string `json:"wxid"`     // author of the post
	// CommentID is the comment to answer or to delete. 0 means a new comment on the post. It is a
	// string on the wire, but a number in the answers of the service.
	CommentID ID     `json:"commentId,omitzero,string"`
	Content   string `json:"content,omitzero"` // text of the comment
}

// Comment comments on a post, answers a comment, or deletes one.
func (s *SNSService) Comment(ctx context.Context, r SNSCommentRequest) error {
	const endpoint = "/sns/commentSns"
	fields := []field{{"appId", r.AppID}, number("snsId", r.SNSID), number("operType", r.Op), {"wxid", r.Wxid}}
	if r.Op == SNSUndo {
		fields = append(fields, number("commentId", r.CommentID))
	} else {
		fields = append(fields, field{"content", r.Content})
	}
	return s.client.do(ctx, endpoint, send, r, fields...)
}

// Delete deletes a post of the account.
func (s *SNSService) Delete(ctx context.Context, appID string, snsID ID) error {
	return s.client.do(ctx, "/sns/delSns", send, snsRequest{appID, snsID}, field{"appId", appID}, number("snsId", snsID))
}

// snsRequest is a request about a post.
type snsRequest struct {
	AppID string `json:"appId"`
	SNSID ID     `json:"snsId"`
}

// SetPrivacy hides a post of the account from all others, or shows it again: open is true for
// public.
func (s *SNSService) SetPrivacy(ctx context.Context, appID string, snsID ID, open bool) error {
	return s.client.do(ctx, "/sns/snsSetPrivacy", send, params{"appId": appID, "snsId": snsID, "open": open},
		field{"appId", appID}, number("snsId", snsID))
}

// SNSScope is the period in which others see the account's Moments.
type SNSScope int

// The periods of SetVisibleScope.
const (
	SNSScopeAll       SNSScope = 1 // everything
	SNSScopeHalfYear  SNSScope = 2 // the last half year
	SNSScopeMonth     SNSScope = 3 // the last month
	SNSScopeThreeDays SNSScope = 4 // the last three days
)

// SetVisibleScope sets the period in which others see the account's Moments.
func (s *SNSService) SetVisibleScope(ctx context.Context, appID string, scope SNSScope) error {
	return s.client.do(ctx, "/sns/snsVisibleScope", send, params{"appId": appID, "option": scope},
		field{"appId", appID}, number("option", scope))
}

// SetStrangerVisibility allows or forbids strangers to see posts.
func (s *SNSService) SetStrangerVisibility(ctx context.Context, appID string, enabled bool) error {
	return s.client.do(ctx, "/sns/strangerVisibilityEnabled", send, params{"appId": appID, "enabled": enabled}, field{"appId", appID})
}
