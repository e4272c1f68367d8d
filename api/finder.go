package api

// FinderService is about Channels, WeChat's short videos.
//
// A Channels user has a username, v2_…@finder. Somebody who writes with the WeChat identity shows only fv1_…@findermsgstranger, with which
// GetUserPage does not work. Ids of videos and comments exceed an int64.
//
// Most lists come in pages. A page carries a cursor, and the request has a method Next that puts it into the request of the next page.
type FinderService struct{ client *Client }

// FinderRole is the identity with which an account acts in Channels.
type FinderRole int

// The roles. FinderAccountType numbers the same two in another way.
const (
	FinderRoleWeChat   FinderRole = 1 // the WeChat identity
	FinderRoleChannels FinderRole = 3 // the Channels identity
)

// FinderIdentity is who acts. GetProfile tells it; one value serves all requests of an account.
type FinderIdentity struct {
	AppID      string     `json:"appId"`
	MyUserName string     `json:"myUserName"` // own Channels username: MainFinderUserName of GetProfile
	MyRole     FinderRole `json:"myRoleType"` // 0 means FinderRoleChannels
	// ProxyIP is socks5://user:password@host:port. Only GeWe documents it. Empty means none.
	ProxyIP string `json:"proxyIp,omitzero"`
}

// orChannels fills in the role.
func (i FinderIdentity) orChannels() FinderIdentity {
	if i.MyRole == 0 {
		i.MyRole = FinderRoleChannels
	}
	return i
}

// with are the required fields of a request in which there are some more.
func (i FinderIdentity) with(more ...field) []field {
	return append([]field{{"appId", i.AppID}, {"myUserName", i.MyUserName}}, more...)
}

// FinderVideo points at a video for the calls that react to it. [FinderObject.Video] makes it. With GeWe, Comment and ThumbUp want the
// nonce id, and Heart, Browse and ListComments do without the session buffer.
type FinderVideo struct {
	ObjectID      ID     `json:"objectId"`      // id of the video
	ObjectNonceID string `json:"objectNonceId"` // of the FinderObject
	SessionBuffer string `json:"sessionBuffer"` // of the FinderObject, base64; ScanQRCode does not tell it
}

// Video points at the video for ThumbUp, Heart, Comment, Browse and ListComments. A video from ScanQRCode has no session buffer: use
// ScanThumbUp and so on for it.
func (o *FinderObject) Video() FinderVideo {
	return FinderVideo{ObjectID: o.ID, ObjectNonceID: o.ObjectNonceID, SessionBuffer: o.SessionBuffer}
}

// FinderSearchRef points at the search that found an account. It is empty for an account that was not found by Search.
type FinderSearchRef struct {
	Cookies  string `json:"cookies"`  // Cookies of the FinderSearchResult, JSON in a string
	SearchID string `json:"searchId"` // SearchID of the FinderSearchResult
}

// FinderHitRef points at the hit of a search. It is empty for an account that was not found by Search.
type FinderHitRef struct {
	FinderSearchRef
	DocID string `json:"docId"` // DocID of the FinderSearchItem
}
