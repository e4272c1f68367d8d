package api

// FinderContact is a user of Channels. The calls return different members; the others are zero.
type FinderContact struct {
	UserName          string `json:"username"` // v2_…@finder, or fv1_…@findermsgstranger for the WeChat identity
	NickName          string `json:"nickname"`
	HeadURL           string `json:"headUrl"` // avatar
	Signature         string `json:"signature"`
	CoverImgURL       string `json:"coverImgUrl"`
	FollowFlag        int    `json:"followFlag"` // 1 if the account follows (presumed)
	FollowTime        int64  `json:"followTime"` // Unix seconds
	FriendFollowCount int    `json:"friendFollowCount"`
	// Auth is the verification of the user; often empty.
	Auth struct {
		IconType   int    `json:"authIconType"`   // kind of badge (presumed)
		Profession string `json:"authProfession"` // verified profession or organisation (presumed)
		DetailLink string `json:"detailLink"`     // page of a mini program (presumed)
		AppName    string `json:"appName"`

		Extra Extra `json:",embed"`
	} `json:"authInfo"`
	// ExtInfo is the origin of the user.
	ExtInfo struct {
		Country  string `json:"country"` // country code
		Province string `json:"province"`
		City     string `json:"city"`
		Sex      int    `json:"sex"` // 1 male, 2 female, 0 unknown

		Extra Extra `json:",embed"`
	} `json:"extInfo"`
	// MsgInfo holds what is needed to send direct messages to the user; from GetContacts only.
	MsgInfo struct {
		UserName  string `json:"msgUsername"` // username in direct messages (presumed)
		SessionID string `json:"sessionId"`   // …@findermsg

		Extra Extra `json:",embed"`
	} `json:"msgInfo"`
	WxUserNameV5    string `json:"wxUsernameV5"`    // v5_…, of the WeChat identity (presumed); of GetContacts only
	LiveCoverImgURL string `json:"liveCoverImgUrl"` // cover of a live stream
	BindInfo        string `json:"bindInfo"`        // base64, about an account that belongs to it (presumed)

	// Undocumented.
	Seq                  int64 `json:"seq"`
	Status               int   `json:"status"`
	SpamStatus           int   `json:"spamStatus"`
	ExtFlag              int64 `json:"extFlag"`
	OriginalFlag         int   `json:"originalFlag"`
	OriginalEntranceFlag int   `json:"originalEntranceFlag"`
	LiveStatus           int   `json:"liveStatus"`
	// LiveInfo holds undocumented settings of live streams.
	LiveInfo struct {
		AnchorStatusFlag int64 `json:"anchorStatusFlag"`
		SwitchFlag       int64 `json:"switchFlag"`
		// Lottery is undocumented.
		Lottery struct {
			SettingFlag int64 `json:"settingFlag"`
			AttendType  int   `json:"attendType"`

			Extra Extra `json:",embed"`
		} `json:"lotterySetting"`
		Mic Extra `json:"micSetting"`

		Extra Extra `json:",embed"`
	} `json:"liveInfo"`
	OneTimeFlag int   `json:"oneTimeFlag"`
	UserMode    int   `json:"userMode"`
	ClubInfo    Extra `json:"clubInfo"`

	Extra Extra `json:",embed"`
}
