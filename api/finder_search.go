package api

import "context"

// FinderCategory selects what Search looks for.
type FinderCategory int

// The categories.
const (
	FinderCategoryAll      FinderCategory = 1
	FinderCategoryAccounts FinderCategory = 2
)

// FinderFilter narrows Search.
type FinderFilter int

// The filters.
const (
	FinderFilterNone           FinderFilter = 0
	FinderFilterNewest         FinderFilter = 1
	FinderFilterLikedByFriends FinderFilter = 2
)

// FinderSearchRequest requests a page of results. The four fields of the cursor are empty for the
// first page; Next fills them in.
type FinderSearchRequest struct {
	AppID    string         `json:"appId"`
	ProxyIP  string         `json:"proxyIp,omitzero"`  // socks5://user:password@host:port, which GeWe documents; empty for none
	Content  string         `json:"content"`           // search term
	Category FinderCategory `json:"category,omitzero"` // 0 leaves it to the service
	Filter   FinderFilter   `json:"filter"`

	Page     int    `json:"page"`     // cursor: counted by the caller, from 0
	Offset   int    `json:"offset"`   // cursor: Offset of the previous answer
	Cookie   string `json:"cookie"`   // cursor: Cookies of the previous answer
	SearchID string `json:"searchId"` // cursor: SearchID of the previous answer
}

// Next returns the request for the page after p, or false if p is the last.
func (r FinderSearchRequest) Next(p *FinderSearchResult) (FinderSearchRequest, bool) {
	r.Page++
	r.Offset, r.Cookie, r.SearchID = p.Offset, p.Cookies, p.SearchID
	return r, p.ContinueFlag != 0
}

// FinderSearchResult is a page of results.
type FinderSearchResult struct {
	Boxes        []FinderSearchBox `json:"data"`
	ContinueFlag int               `json:"continueFlag"` // 1 if there are more pages
	Offset       int               `json:"offset"`       // cursor
	Cookies      string            `json:"cookies"`      // cursor, JSON in a string
	SearchID     string            `json:"searchID"`     // cursor
	PageNumber   int               `json:"pageNumber"`
	Query        string            `json:"query"` // search term
	Lang         string            `json:"lang"`
	TimeStamp    int64             `json:"timeStamp"` // Unix seconds
	// AdvancedSearch holds the filters that the app offers.
	AdvancedSearch struct {
		// Filters are groups of filters; one of each is selected.
		Filters []struct {
			Title    string `json:"title"`
			ParamKey string `json:"paramKey"` // name of the parameter
			// Options are the filters of the group.
			Options []struct {
				Title      string `json:"title"`
				ParamKey   string `json:"paramKey"`   // name of the parameter
				ParamValue string `json:"paramValue"` // its value
				Selected   int    `json:"selected"`   // 1 if it is selected
				ReportID   string `json:"reportId"`   // undocumented
				Type       int    `json:"type"`       // undocumented
			} `json:"options"`
			Column  int `json:"column"`  // number of columns (presumed)
			Display int `json:"display"` // 1 if it is shown (presumed)
			Type    int `json:"type"`    // undocumented
		} `json:"filters"`
		IsHold   int `json:"isHold"`   // undocumented
		ShowType int `json:"showType"` // undocumented
	} `json:"advanceSearch"`
	Ret int `json:"ret"` // of the search itself; 0 is success. The outer ret, 200, is of the call

	// Undocumented.
	Direction int `json:"direction"`
	// Experiments are settings of experiments of the service (presumed).
	Experiments []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"experiment"`
	// Feedback is undocumented.
	Feedback struct {
		IsFromMixerMainSwap int `json:"isFromMixerMainSwap"`
	} `json:"feedback"`
	IsBoxCardStyle int `json:"isBoxCardStyle"`
	IsDivide       int `json:"isDivide"`
	IsHomePage     int `json:"isHomePage"`
	ResultType     int `json:"resultType"`

	Extra Extra `json:",embed"`
}

// FinderSearchBox is a group of hits. Accounts are in Items, videos are in the Items of SubBoxes.
type FinderSearchBox struct {
	BoxID      string             `json:"boxID"`
	BoxPos     int                `json:"boxPos"` // position among the boxes
	Count      int                `json:"count"`  // hits in this box
	TotalCount int                `json:"totalCount"`
	Items      []FinderSearchItem `json:"items"`
	SubBoxes   []FinderSearchBox  `json:"subBoxes,omitzero"`
	MoreText   string             `json:"moreText"` // caption of the link to more hits
	// MoreInfo is the link to more hits.
	MoreInfo struct {
		MoreID   string `json:"moreID"`
		ReportID string `json:"reportId"`
	} `json:"moreInfo"`

	// Undocumented.
	Type          int `json:"type"`
	SubType       int `json:"subType"`
	RealType      int `json:"real_type"`
	ResultType    int `json:"resultType"`
	BoxPosMerge   int `json:"boxPosMerge"`
	BoxMergeType  int `json:"boxMergeType"`
	BoxMergeValue int `json:"boxMergeValue"`

	Extra Extra `json:",embed"`
}

// FinderSearchItem is a hit: an account or a video. Its texts are for display: Title contains <em>,
// LikeCount and Date are words.
type FinderSearchItem struct {
	DocID       string `json:"docID"` // id of the hit; the video's, as a string, if it is one
	Title       string `json:"title"` // with <em> around the matches
	Description string `json:"desc"`  // of an account
	ThumbURL    string `json:"thumbUrl"`
	// Jump is the target of the hit: UserName for an account, FeedID for a video.
	Jump struct {
		UserName string `json:"userName"` // Channels username
		FeedID   string `json:"feedId"`   // id of the video; a string here

		// Undocumented.
		ExtInfo         string `json:"extInfo"`
		JumpType        int    `json:"jumpType"`
		CommentScene    int    `json:"commentScene"`
		ReportExtraInfo string `json:"reportExtraInfo"`

		Extra Extra `json:",embed"`
	} `json:"jumpInfo"`
	Date      string `json:"dateTime"` // "3 days ago" in the service's language
	PubTime   int64  `json:"pubTime"`  // Unix seconds
	Duration  string `json:"duration"` // "03:21"
	LikeCount string `json:"likeNum"`  // "1.2万"
	Image     string `json:"image"`    // URL of the cover
	// ImageData is the cover with its size.
	ImageData struct {
		URL    string `json:"url"`
		Width  int    `json:"width"`  // pixels
		Height int    `json:"height"` // pixels
	} `json:"imageData"`
	VideoURL string `json:"videoUrl"`
	// Source is the publisher of the video.
	Source struct {
		Title   string `json:"title"` // name of the publisher
		IconURL string `json:"iconUrl"`
	} `json:"source"`

	// Undocumented.
	NoPlayIcon         bool   `json:"noPlayIcon"`
	ShowType           int    `json:"showType"`
	ReportID           string `json:"reportId"`
	ReportExtInfo      string `json:"report_extinfo_str"`
	ReportItemInfoList string `json:"report_iteminfo_list_str"`

	Extra Extra `json:",embed"`
}

// Ref identifies the search, for GetUserPage.
func (p *FinderSearchResult) Ref() FinderSearchRef {
	return FinderSearchRef{Cookies: p.Cookies, SearchID: p.SearchID}
}

// Hit identifies a hit of the search, for Follow.
func (p *FinderSearchResult) Hit(item *FinderSearchItem) FinderHitRef {
	return FinderHitRef{FinderSearchRef: p.Ref(), DocID: item.DocID}
}

// Search searches for videos and accounts.
func (s *FinderService) Search(ctx context.Context, r FinderSearchRequest) (*FinderSearchResult, error) {
	return ask[FinderSearchResult](ctx, s.client, "/finder/search", query, r, field{"appId", r.AppID}, field{"content", r.Content})
}
