package api

import "context"

// FinderThumbOp selects what ThumbUp does.
type FinderThumbOp int

// The operations of ThumbUp.
const (
	FinderThumbGive     FinderThumbOp = 1
	FinderThumbTakeBack FinderThumbOp = 2
)

// FinderThumbUpRequest gives a video a thumbs-up, or withdraws it.
type FinderThumbUpRequest struct {
	FinderIdentity
	FinderVideo
	ToUserName string        `json:"toUserName"` // Channels username of the publisher
	Op         FinderThumbOp `json:"opType"`
}

// ThumbUp gives a video a thumbs-up, or withdraws it. The service calls it idFav, although it has
// nothing to do with favorites.
func (s *FinderService) ThumbUp(ctx context.Context, r FinderThumbUpRequest) error {
	r.FinderIdentity = r.orChannels()
	fields := r.with(field{"toUserName", r.ToUserName}, number("opType", r.Op), number("objectId", r.ObjectID),
		field{"sessionBuffer", r.SessionBuffer})
	if s.client.gewe() {
		fields = append(fields, field{"objectNonceId", r.ObjectNonceID})
	}
	return s.client.do(ctx, "/finder/idFav", send, r, fields...)
}

// FinderHeartOp selects what Heart does. Its numbers differ from those of FinderThumbOp.
type FinderHeartOp int

// The operations of Heart.
const (
	FinderHeartGive     FinderHeartOp = 3
	FinderHeartTakeBack FinderHeartOp = 4
)

// FinderHeartRequest gives a video a red heart, or withdraws it.
type FinderHeartRequest struct {
	FinderIdentity
	FinderVideo
	ToUserName string        `json:"toUserName"` // Channels username of the publisher
	Op         FinderHeartOp `json:"opType"`
}

// Heart gives a video a red heart, or withdraws it. The service calls it idLike.
func (s *FinderService) Heart(ctx context.Context, r FinderHeartRequest) error {
	r.FinderIdentity = r.orChannels()
	fields := r.with(field{"toUserName", r.ToUserName}, number("objectId", r.ObjectID), field{"objectNonceId", r.ObjectNonceID},
		number("opType", r.Op))
	if !s.client.gewe() {
		fields = append(fields, field{"sessionBuffer", r.SessionBuffer})
	}
	return s.client.do(ctx, "/finder/idLike", send, r, fields...)
}

// FinderBrowseRequest counts a view of a video.
type FinderBrowseRequest struct {
	FinderIdentity
	FinderVideo // the session buffer may be empty
}

// Browse counts a view of a video.
func (s *FinderService) Browse(ctx context.Context, r FinderBrowseRequest) error {
	r.FinderIdentity = r.orChannels()
	return s.client.do(ctx, "/finder/browse", send, r, r.with(number("objectId", r.ObjectID), field{"objectNonceId", r.ObjectNonceID})...)
}

// FinderDelayedReactionRequest gives a video a thumbs-up or a heart later.
type FinderDelayedReactionRequest struct {
	FinderIdentity
	ToUserName string `json:"toUserName"` // Channels username of the publisher
	Op         int    `json:"opType"`     // undocumented
	ID         ID     `json:"id,string"`  // id of the video; a string here
	Remain     int    `json:"remain"`     // a duration or a number; undocumented
}

// DelayedReaction gives a video a thumbs-up or a heart later. Reportedly only GeWe has it; it is
// missing from its documentation.
func (s *FinderService) DelayedReaction(ctx context.Context, r FinderDelayedReactionRequest) error {
	r.FinderIdentity = r.orChannels()
	return s.client.do(ctx, "/finder/finderOpt", send, r, r.with(field{"toUserName", r.ToUserName}, number("id", r.ID))...)
}

// FinderLists selects lists of videos to which the account has reacted. Lists can be combined with
// |.
type FinderLists int

// The lists.
const (
	FinderHearts    FinderLists = 1
	FinderThumbs    FinderLists = 2
	FinderFavorites FinderLists = 4
)

// FinderListLikesAndFavoritesRequest requests a page of videos to which the account has reacted.
type FinderListLikesAndFavoritesRequest struct {
	FinderIdentity
	Lists      FinderLists `json:"flag,string"` // FinderHearts|FinderFavorites …; a string on the wire
	LastBuffer string      `json:"lastBuffer"`  // cursor; empty for the first page
}

// FinderObjectPage is a page of videos.
type FinderObjectPage struct {
	Objects      []FinderObject `json:"object"`       // nil on a page without videos
	ContinueFlag int            `json:"continueFlag"` // 1 if there are more pages
	LastBuffer   string         `json:"lastBuffer"`   // cursor

	Extra Extra `json:",embed"`
}

// Next returns the request for the page after p, or false if p is the last.
func (r FinderListLikesAndFavoritesRequest) Next(p *FinderObjectPage) (FinderListLikesAndFavoritesRequest, bool) {
	r.LastBuffer = p.LastBuffer
	return r, p.ContinueFlag != 0
}

// ListLikesAndFavorites returns a page of the videos to which the account gave a heart or a
// thumbs-up, or that are its favorites.
func (s *FinderService) ListLikesAndFavorites(ctx context.Context, r FinderListLikesAndFavoritesRequest) (*FinderObjectPage, error) {
	r.FinderIdentity = r.orChannels()
	return ask[FinderObjectPage](ctx, s.client, "/finder/likeFavList", query, r, r.with(number("flag", r.Lists))...)
}
