package api

import "context"

// FinderScanQRCodeRequest requests the video of a link.
type FinderScanQRCodeRequest struct {
	FinderIdentity
	QRContent string `json:"qrContent"` // link to the video, as the website of the Channels assistant copies it
}

// FinderScanned is the video of a link.
type FinderScanned struct {
	Object                FinderObject `json:"object"` // without a session buffer
	CommentCount          int          `json:"commentCount"`
	NextCheckObjectStatus int          `json:"nextCheckObjectStatus"` // undocumented

	Extra Extra `json:",embed"`
}

// ScanQRCode returns the video of a link. The answer has no session buffer: use ScanHeart and so on
// to react to it.
func (s *FinderService) ScanQRCode(ctx context.Context, r FinderScanQRCodeRequest) (*FinderScanned, error) {
	r.FinderIdentity = r.orChannels()
	return ask[FinderScanned](ctx, s.client, "/finder/scanQrCode", query, r, r.with(field{"qrContent", r.QRContent})...)
}

// FinderScanRequest reacts to the video of a link.
type FinderScanRequest struct {
	FinderIdentity
	QRContent string `json:"qrContent"` // link to the video, as the website of the Channels assistant copies it
	ObjectID  ID     `json:"objectId"`  // id of the video; ScanHeart also accepts 0
}

// ScanHeart gives the video of a link a red heart. The service calls it scanLike.
func (s *FinderService) ScanHeart(ctx context.Context, r FinderScanRequest) error {
	return s.scan(ctx, "/finder/scanLike", r, field{"qrContent", r.QRContent})
}

// ScanThumbUp gives the video of a link a thumbs-up. The service calls it scanFav.
func (s *FinderService) ScanThumbUp(ctx context.Context, r FinderScanRequest) error {
	return s.scan(ctx, "/finder/scanFav", r, field{"qrContent", r.QRContent}, number("objectId", r.ObjectID))
}

// ScanBrowse counts a view of the video of a link.
func (s *FinderService) ScanBrowse(ctx context.Context, r FinderScanRequest) error {
	return s.scan(ctx, "/finder/scanBrowse", r, field{"qrContent", r.QRContent}, number("objectId", r.ObjectID))
}

func (s *FinderService) scan(ctx context.Context, endpoint string, r FinderScanRequest, fields ...field) error {
	r.FinderIdentity = r.orChannels()
	return s.client.do(ctx, endpoint, send, r, r.with(fields...)...)
}

// FinderScanCommentRequest comments on the video of a link.
type FinderScanCommentRequest struct {
	FinderIdentity
	QRContent string `json:"qrContent"` // link to the video, as the website of the Channels assistant copies it
	ObjectID  ID     `json:"objectId"`  // id of the video
	Content   string `json:"commentContent"`
	// The comment to answer: its author, its id, and the id of the top-level comment of its thread.
	// Empty for a new one.
	ReplyUserName string `json:"replyUsername,omitzero"`
	RefCommentID  ID     `json:"refCommentId"`
	RootCommentID ID     `json:"rootCommentId"`
}

// ScanComment comments on the video of a link.
func (s *FinderService) ScanComment(ctx context.Context, r FinderScanCommentRequest) (*FinderCommented, error) {
	r.FinderIdentity = r.orChannels()
	return ask[FinderCommented](ctx, s.client, "/finder/scanComment", send, r,
		r.with(field{"qrContent", r.QRContent}, number("objectId", r.ObjectID), field{"commentContent", r.Content})...)
}
