package api

import (
	"context"
	"strings"
)

// FinderFollowOp selects what Follow does.
type FinderFollowOp int

// The operations of Follow.
const (
	FinderFollowAdd    FinderFollowOp = 1
	FinderFollowRemove FinderFollowOp = 2
)

// FinderFollowRequest follows or unfollows an account.
type FinderFollowRequest struct {
	FinderIdentity
	ToUserName string         `json:"toUserName"` // Channels username of the other
	Op         FinderFollowOp `json:"opType"`
	Search     FinderHitRef   `json:"searchInfo"` // empty unless a search found the account
}

// Follow follows or unfollows an account.
func (s *FinderService) Follow(ctx context.Context, r FinderFollowRequest) (*FinderContact, error) {
	r.FinderIdentity = r.orChannels()
	return ask[FinderContact](ctx, s.client, "/finder/follow", send, r,
		r.with(field{"toUserName", r.ToUserName}, number("opType", r.Op))...)
}

// FinderScanFollowRequest follows the account of a QR code.
type FinderScanFollowRequest struct {
	FinderIdentity
	// QRContent is the text in the QR code, or the username of the account. With a username,
	// ObjectID and ObjectNonceID must be those of one of its videos, from GetUserPage.
	QRContent     string `json:"qrContent"`
	ObjectID      ID     `json:"objectId,string"` // a string, unlike in most other calls
	ObjectNonceID string `json:"objectNonceId"`
}

// ScanFollow follows an account by the text in its QR code, or by its username.
func (s *FinderService) ScanFollow(ctx context.Context, r FinderScanFollowRequest) (*FinderContact, error) {
	r.FinderIdentity = r.orChannels()
	fields := r.with(field{"qrContent", r.QRContent})
	if strings.HasSuffix(r.QRContent, "@finder") {
		fields = append(fields, number("objectId", r.ObjectID), field{"objectNonceId", r.ObjectNonceID})
	}
	return ask[FinderContact](ctx, s.client, "/finder/scanFollow", send, r, fields...)
}

// FinderSearchFollowRequest searches for an account and follows it.
type FinderSearchFollowRequest struct {
	FinderIdentity
	ToUserName string `json:"toUserName"` // Channels username to follow
	Keyword    string `json:"keyword"`    // search term
}

// SearchFollow searches for an account and follows it, in one call. Reportedly only GeWe has it; it
// is missing from its documentation.
func (s *FinderService) SearchFollow(ctx context.Context, r FinderSearchFollowRequest) error {
	r.FinderIdentity = r.orChannels()
	return s.client.do(ctx, "/finder/searchFollow", send, r, r.with(field{"toUserName", r.ToUserName}, field{"keyword", r.Keyword})...)
}

// FinderListFollowingRequest requests a page of the accounts that an identity follows.
type FinderListFollowingRequest struct {
	FinderIdentity
	LastBuffer string `json:"lastBuffer"` // cursor; empty for the first page
}

// FinderFollowingPage is a page of accounts.
type FinderFollowingPage struct {
	Contacts     []FinderContact `json:"contactList"`
	LastBuffer   string          `json:"lastBuffer"`   // cursor
	ContinueFlag int             `json:"continueFlag"` // 1 if there are more pages
	FollowCount  int             `json:"followCount"`  // number of accounts on all pages

	Extra Extra `json:",embed"`
}

// Next returns the request for the page after p, or false if p is the last.
func (r FinderListFollowingRequest) Next(p *FinderFollowingPage) (FinderListFollowingRequest, bool) {
	r.LastBuffer = p.LastBuffer
	return r, p.ContinueFlag != 0
}

// ListFollowing returns a page of the accounts that the identity follows.
func (s *FinderService) ListFollowing(ctx context.Context, r FinderListFollowingRequest) (*FinderFollowingPage, error) {
	r.FinderIdentity = r.orChannels()
	return ask[FinderFollowingPage](ctx, s.client, "/finder/followList", query, r, r.with()...)
}
