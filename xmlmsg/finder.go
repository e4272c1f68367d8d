package xmlmsg

// FinderFeed is a shared Channels post: a video, or a set of pictures (appmsg type 51). A live
// broadcast is a FinderLive; a Channels account is a FinderCard. The variants of types 106 and 129
// are an App.
type FinderFeed struct {
	ObjectID   uint64        `json:"object_id,string"` // exceeds int64
	NonceID    string        `json:"nonce_id"`
	Username   string        `json:"username"` // v2_…@finder
	Nickname   string        `json:"nickname"`
	Avatar     string        `json:"avatar"` // URL
	Desc       string        `json:"desc"`
	FeedType   int           `json:"feed_type"` // 2 pictures, 4 video
	MediaCount int           `json:"media_count"`
	Media      []FinderMedia `json:"media"`

	AppInfo
}

// FinderMedia is one picture or video of a FinderFeed.
type FinderMedia struct {
	Type      int    `json:"media_type"` // 2 picture, 4 video
	URL       string `json:"url"`
	ThumbURL  string `json:"thumb_url"`
	CoverURL  string `json:"cover_url"`
	Width     int    `json:"width"`      // pixels
	Height    int    `json:"height"`     // pixels
	DurationS int    `json:"duration_s"` // seconds; 0 if it cannot be read
}

// seconds reads a duration. It returns 0 if anything follows the number, because the unit is then
// unknown.
func seconds(text string) int {
	if n := digits(text); n < len(text) && text[n] != '.' {
		return 0
	}
	return toInt(text)
}

// Kind returns KindFinderFeed.
func (*FinderFeed) Kind() Kind { return KindFinderFeed }

func parseFinderFeed(app element, info AppInfo) Payload {
	f := app.child("finderFeed")
	feed := &FinderFeed{
		ObjectID: f.uint("objectId"), NonceID: f.text("objectNonceId"), Username: f.text("username"), Nickname: f.text("nickname"),
		Avatar: f.url("avatar"), Desc: f.text("desc"), FeedType: f.int("feedType"), MediaCount: f.int("mediaCount"), AppInfo: info,
	}
	for m := range f.child("mediaList").children {
		if m.name() != "media" {
			continue
		}
		feed.Media = append(feed.Media, FinderMedia{
			Type: m.int("mediaType"), URL: m.url("url"), ThumbURL: m.url("thumbUrl"), CoverURL: m.url("coverUrl"),
			Width: m.int("width"), Height: m.int("height"), DurationS: seconds(m.text("videoPlayDuration")),
		})
	}
	return feed
}

// FinderLive is a shared live broadcast of Channels (appmsg type 63, and 88 if it has a finderLive
// element; otherwise 88 is an App). An invitation to take part in one, type 65, is an App.
type FinderLive struct {
	LiveID   uint64 `json:"live_id,string"`
	ObjectID uint64 `json:"object_id,string"` // exceeds int64
	NonceID  string `json:"nonce_id"`
	Username string `json:"username"` // v2_…@finder
	Nickname string `json:"nickname"`
	HeadURL  string `json:"head_url"`
	Desc     string `json:"desc"`
	Status   int    `json:"live_status"` // 1 running, 2 ended
	CoverURL string `json:"cover_url"`

	AppInfo
}

// Kind returns KindFinderLive.
func (*FinderLive) Kind() Kind { return KindFinderLive }

func parseFinderLive(app element, info AppInfo) Payload {
	l := app.child("finderLive")
	return &FinderLive{
		LiveID: l.uint("finderLiveID"), ObjectID: l.uint("finderObjectID"), NonceID: l.text("finderNonceID"),
		Username: l.text("finderUsername"), Nickname: l.text("nickname"), HeadURL: l.url("headUrl"), Desc: l.text("desc"),
		Status:   l.int("liveStatus"),
		CoverURL: l.child("media").url("coverUrl"), AppInfo: info,
	}
}

// FinderCard is the card of a Channels account (appmsg type 50). The card of a WeChat contact is a
// Card.
type FinderCard struct {
	Username string `json:"username"` // v2_…@finder
	Nickname string `json:"nickname"`
	Avatar   string `json:"avatar"` // URL
	AuthJob  string `json:"auth_job"`

	AppInfo
}

// Kind returns KindFinderCard.
func (*FinderCard) Kind() Kind { return KindFinderCard }

func parseFinderCard(app element, info AppInfo) Payload {
	c := app.child("findernamecard")
	return &FinderCard{
		Username: c.text("username"), Nickname: c.text("nickname"), Avatar: c.url("avatar"), AuthJob: c.text("auth_job"), AppInfo: info,
	}
}
