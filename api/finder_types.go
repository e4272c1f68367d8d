package api

// FinderObject is a video, or a picture post. The calls return different members; the others are
// zero.
type FinderObject struct {
	ID            ID               `json:"id"`            // the objectId of other calls
	ObjectNonceID string           `json:"objectNonceId"` // needed for reactions
	SessionBuffer string           `json:"sessionBuffer"` // needed for reactions, base64; not in the answer of ScanQRCode
	UserName      string           `json:"username"`      // Channels username of the publisher
	NickName      string           `json:"nickname"`
	Contact       FinderContact    `json:"contact"` // the publisher
	Desc          FinderObjectDesc `json:"objectDesc"`
	CreateTime    int64            `json:"createtime"` // Unix seconds
	DeleteTime    int64            `json:"deletetime"` // Unix seconds, or 0
	DisplayID     ID               `json:"displayid"`  // equal to ID where it is known

	LikeCount       int      `json:"likeCount"`
	CommentCount    int      `json:"commentCount"`
	ForwardCount    int      `json:"forwardCount"`
	FavCount        int      `json:"favCount"`
	ReadCount       int      `json:"readCount"`
	FriendLikeCount int      `json:"friendLikeCount"`
	LikeFlag        int      `json:"likeFlag"` // 1 if the account likes it (presumed)
	FavFlag         int      `json:"favFlag"`  // 1 if it is a favorite of the account (presumed)
	LikeList        []string `json:"likeList"` // base64 of protocol buffers, undocumented; the likes of Moments are objects

	URLValidTime int64        `json:"urlValidTime"` // seconds for which the URLs of the media are valid
	Region       FinderRegion `json:"ipRegionInfo"` // where it was published

	// Undocumented.
	ObjectStatus            int    `json:"objectStatus"`
	ObjectType              int    `json:"objectType"`
	OriginalFlag            int    `json:"originalFlag"`
	SecondaryShowFlag       int    `json:"secondaryShowFlag"`
	SendShareFavWording     string `json:"sendShareFavWording"`
	ForwardStyle            int    `json:"forwardStyle"`
	PermissionFlag          int64  `json:"permissionFlag"` // exceeds an int32
	FollowFeedCount         int    `json:"followFeedCount"`
	VerifyInfoBuf           string `json:"verifyInfoBuf"`
	WxStatusRefCount        int    `json:"wxStatusRefCount"`
	AdFlag                  int    `json:"adFlag"`
	RingtoneCount           int    `json:"ringtoneCount"`
	FuncFlag                int64  `json:"funcFlag"`
	InternalFeedbackURL     string `json:"internalFeedbackUrl"`
	AttachmentList          Extra  `json:"attachmentList"`
	TipsInfo                Extra  `json:"tipsInfo"`
	PlayHistoryInfo         Extra  `json:"playhistoryInfo"`
	FlowCardRecommendReason Extra  `json:"flowCardRecommandReason"`
	PromotionJumpInfo       Extra  `json:"finderPromotionJumpinfo"`

	Extra Extra `json:",embed"`
}

// FinderObjectDesc is the content of a FinderObject.
type FinderObjectDesc struct {
	Description    string        `json:"description"`
	MediaType      int           `json:"mediaType"`     // 2 picture, 4 video
	Media          []FinderMedia `json:"media"`         // one video, or the pictures
	ShortTitles    []string      `json:"shortTitle"`    // base64, undocumented
	MentionedUsers []string      `json:"mentionedUser"` // base64, undocumented
	// Topic is the topic of the post.
	Topic struct {
		Info string `json:"finderTopicInfo"`

		Extra Extra `json:",embed"`
	} `json:"topic"`
	// Link is the link below the video.
	Link struct {
		Link  string `json:"link"`
		Title string `json:"title"`

		Extra Extra `json:",embed"`
	} `json:"extReading"`
	Location       FinderPlace `json:"location"`       // place that the post names
	PosterLocation FinderPlace `json:"posterLocation"` // where it was published
	FeedLocation   FinderPlace `json:"feedLocation"`   // undocumented
	Music          FinderMusic `json:"imgFeedBgmInfo"` // background of a picture post
	// FollowPost is music that the post shares with others.
	FollowPost struct {
		Music   FinderMusic `json:"musicInfo"`
		GroupID string      `json:"groupId"`
		HasBGM  int         `json:"hasBgm"` // 1 if there is background music (presumed)

		Extra Extra `json:",embed"`
	} `json:"followPostInfo"`
	// FromApp is the app from which the post came.
	FromApp struct {
		AppID      string `json:"appid"` // of the app, not of the account
		Source     int    `json:"source"`
		ExtInfo    string `json:"extInfo"`
		UIStyle    int    `json:"uiStyle"`    // undocumented
		SDKExtInfo string `json:"sdkExtInfo"` // undocumented

		Extra Extra `json:",embed"`
	} `json:"fromApp"`
	// Event is the event to which the post belongs.
	Event struct {
		TopicID         ID     `json:"eventTopicId"`
		Name            string `json:"eventName"`
		CreatorNickName string `json:"eventCreatorNickname"`
		AttendCount     int    `json:"eventAttendCount"`
		HiddenMark      int    `json:"hiddenMark"` // undocumented

		Extra Extra `json:",embed"`
	} `json:"event"`
	DraftObjectID ID `json:"draftObjectId"` // 0 for none

	// Undocumented.
	ClientDraft struct {
		LBSFlagType  int    `json:"lbsFlagType"`
		VideoMusicID string `json:"videoMusicId"`
		WaitType     int    `json:"waitType"`

		Extra Extra `json:",embed"`
	} `json:"clientDraftExtInfo"`
	// Original is undocumented.
	Original struct {
		Type int `json:"type"`

		Extra Extra `json:",embed"`
	} `json:"originalInfoDesc"`
	MVInfo        Extra `json:"mvInfo"`
	GeneralReport Extra `json:"generalReportInfo"`
	NewLife       Extra `json:"finderNewlifeDesc"`
	More          Extra `json:"extra"`

	Extra Extra `json:",embed"`
}

// FinderMusic is a piece of music.
type FinderMusic struct {
	DocID             string `json:"docId"`
	Name              string `json:"name"`
	Artist            string `json:"artist"`
	AlbumName         string `json:"albumName"`
	AlbumThumbURL     string `json:"albumThumbUrl"`
	FloatThumbURL     string `json:"floatThumbUrl"`
	MediaStreamingURL string `json:"mediaStreamingUrl"`
	WebURL            string `json:"webUrl"`
	MiniAppInfo       string `json:"miniappInfo"`
	SongID            string `json:"songId"`
	PlayLength        int    `json:"musicPlayLen"` // seconds (presumed)
	ChorusBegin       int    `json:"chorusBegin"`  // unit undocumented

	// Undocumented.
	DocType   int `json:"docType"`
	IsTrySong int `json:"isTrySong"`

	Extra Extra `json:",embed"`
}
