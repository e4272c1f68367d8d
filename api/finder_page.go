package api

import "context"

// FinderGetUserPageRequest requests a page of the videos of a user.
type FinderGetUserPageRequest struct {
	AppID      string          `json:"appId"`
	ProxyIP    string          `json:"proxyIp,omitzero"`    // socks5://user:password@host:port, which GeWe documents; empty for none
	ToUserName string          `json:"toUserName"`          // v2_…@finder; fv1_… does not work
	LastBuffer string          `json:"lastBuffer"`          // cursor; empty for the first page
	MaxID      ID              `json:"maxId"`               // cursor: id of the last video; 0 for the first page
	Search     FinderSearchRef `json:"searchInfo,omitzero"` // empty unless a search found the user
}

// Next returns the request for the page after p, or false if p is the last.
func (r FinderGetUserPageRequest) Next(p *FinderUserPage) (FinderGetUserPageRequest, bool) {
	r.LastBuffer = p.LastBuffer
	if n := len(p.Objects); n > 0 {
		r.MaxID = p.Objects[n-1].ID
	}
	return r, p.ContinueFlag != 0
}

// FinderUserPage is the page of a user, with a page of videos.
type FinderUserPage struct {
	Objects []FinderObject `json:"object"`
	Contact FinderContact  `json:"contact"` // the user
	// Decoration is the design of the user's page.
	Decoration struct {
		CoverImgURL string `json:"coverImgUrl"`

		Extra Extra `json:",embed"`
	} `json:"finderUserInfo"`
	FeedsCount        int          `json:"feedsCount"`   // number of videos (presumed)
	ContinueFlag      int          `json:"continueFlag"` // 1 if there are more pages
	LastBuffer        string       `json:"lastBuffer"`   // cursor
	FriendFollowCount int          `json:"friendFollowCount"`
	UserTags          []string     `json:"userTags"`     // base64 of text
	Region            FinderRegion `json:"ipRegionInfo"` // often empty
	// MCN is the agency of the user.
	MCN struct {
		AgencyName string `json:"agencyName"` // name of the agency or of a region (presumed)

		Extra Extra `json:",embed"`
	} `json:"mcnInfo"`

	// Undocumented.
	Preload struct {
		StrategyID int64 `json:"preloadStrategyId"` // exceeds an int32
		// Global holds undocumented settings for preloading videos.
		Global struct {
			PrevCount                  int   `json:"prevCount"`
			NextCount                  int   `json:"nextCount"`
			MaxBitRate                 int   `json:"maxBitRate"`
			FileMinBytes               int64 `json:"preloadFileMinBytes"`
			MaxConcurrentCount         int   `json:"preloadMaxConcurrentCount"`
			MegaVideoMaxBitRate        int   `json:"megavideoMaxBitRate"`
			MegaVideoPrevCount         int   `json:"megavideoPrevCount"`
			MegaVideoNextCount         int   `json:"megavideoNextCount"`
			MinBufferLength            int   `json:"minBufferLength"`
			MaxBufferLength            int   `json:"maxBufferLength"`
			MinCurrentFeedBufferLength int   `json:"minCurrentFeedBufferLength"`
			CanPreCreatedPlayer        int   `json:"canPreCreatedPlayer"`

			Extra Extra `json:",embed"`
		} `json:"globalInfo"`

		Extra Extra `json:",embed"`
	} `json:"preloadInfo"`
	PrivateLock       int `json:"privateLock"`
	LiveDurationHours int `json:"liveDurationHours"`
	// JustWatch is undocumented.
	JustWatch struct {
		Show          int `json:"showJustWatch"`
		AllowPrefetch int `json:"allowPrefetch"`

		Extra Extra `json:",embed"`
	} `json:"justWatch"`
	ProductInfo Extra `json:"productInfo"`

	Extra Extra `json:",embed"`
}

// GetUserPage returns the page of a user, with its videos. The videos have the fields that
// reactions need; see [FinderObject.Video].
func (s *FinderService) GetUserPage(ctx context.Context, r FinderGetUserPageRequest) (*FinderUserPage, error) {
	return ask[FinderUserPage](ctx, s.client, "/finder/userPage", query, r, field{"appId", r.AppID}, field{"toUserName", r.ToUserName})
}
