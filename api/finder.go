package api

// FinderService is the API of Channels, WeChat's short videos.
//
// A Channels user has a username, v2_…@finder. People who write with their WeChat identity have
// only fv1_…@findermsgstranger, which GetUserPage does not accept. Ids of videos and comments
// exceed an int64.
//
// Most lists are paged. A page has a cursor, and the method Next of the request returns the request
// for the next page. The service documents few members; comments of fields that were inferred from
// samples say "presumed".
type FinderService struct{ client *Client }

// FinderRole is the identity with which an account acts in Channels.
type FinderRole int

// The roles. FinderAccountType uses other numbers for the same two.
const (
	FinderRoleWeChat   FinderRole = 1 // the WeChat identity
	FinderRoleChannels FinderRole = 3 // the Channels identity
)

// FinderIdentity says who acts. Its values come from GetProfile; one value serves all requests of
// an account.
type FinderIdentity struct {
	AppID      string     `json:"appId"`
	MyUserName string     `json:"myUserName"` // own Channels username: MainFinderUserName of GetProfile
	MyRole     FinderRole `json:"myRoleType"` // 0 means FinderRoleChannels
	// ProxyIP is socks5://user:password@host:port. Only GeWe documents it. Empty means none.
	ProxyIP string `json:"proxyIp,omitzero"`
}

// orChannels sets the default role.
func (i FinderIdentity) orChannels() FinderIdentity {
	if i.MyRole == 0 {
		i.MyRole = FinderRoleChannels
	}
	return i
}

// with returns the required fields of a request that has more than those of the identity.
func (i FinderIdentity) with(more ...field) []field {
	return append([]field{{"appId", i.AppID}, {"myUserName", i.MyUserName}}, more...)
}

// FinderVideo identifies a video for the calls that react to it; [FinderObject.Video] returns one.
// With GeWe, Comment and ThumbUp require the nonce id, while Heart, Browse and ListComments do not
// need the session buffer.
type FinderVideo struct {
	ObjectID      ID     `json:"objectId"`      // id of the video
	ObjectNonceID string `json:"objectNonceId"` // of the FinderObject
	SessionBuffer string `json:"sessionBuffer"` // of the FinderObject, base64; not in the answer of ScanQRCode
}

// Video identifies the video for ThumbUp, Heart, Comment, Browse and ListComments. A video from
// ScanQRCode has no session buffer: use ScanThumbUp and so on for it.
func (o *FinderObject) Video() FinderVideo {
	return FinderVideo{ObjectID: o.ID, ObjectNonceID: o.ObjectNonceID, SessionBuffer: o.SessionBuffer}
}

// FinderSearchRef identifies the search that found an account. It is empty for an account that was
// not found by Search.
type FinderSearchRef struct {
	Cookies  string `json:"cookies"`  // Cookies of the FinderSearchResult, JSON in a string
	SearchID string `json:"searchId"` // SearchID of the FinderSearchResult
}

// FinderHitRef identifies the hit of a search. It is empty for an account that was not found by
// Search.
type FinderHitRef struct {
	FinderSearchRef
	DocID string `json:"docId"` // DocID of the FinderSearchItem
}
