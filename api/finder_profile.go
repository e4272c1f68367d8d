package api

import "context"

// FinderProfile describes the account in Channels.
type FinderProfile struct {
	MainFinderUserName string `json:"mainFinderUsername"` // the MyUserName of other calls
	// Aliases are the identities that the account can act with.
	Aliases []struct {
		NickName   string     `json:"nickname"`
		HeadImgURL string     `json:"headImgUrl"`
		Role       FinderRole `json:"roleType"`
	} `json:"aliasInfo"`
	CurrentAliasRole          FinderRole `json:"currentAliasRoleType"`
	NextAliasModAvailableTime int64      `json:"nextAliasModAvailableTime"` // earliest change of the identity (presumed)
	SignatureMaxLength        int        `json:"signatureMaxLength"`        // characters
	NickNameMinLength         int        `json:"nicknameMinLength"`         // characters
	NickNameMaxLength         int        `json:"nicknameMaxLength"`         // characters
	// Privacy holds the privacy settings.
	Privacy struct {
		ExportJumpLink string `json:"exportJumpLink"` // page of the data export (presumed)
	} `json:"privacySetting"`

	// Undocumented.
	UserNoFinder        int   `json:"userNoFinder"`
	PurchasedTotalCount int   `json:"purchasedTotalCount"`
	ActionWording       Extra `json:"actionWording"`
	UserFlag            int   `json:"userFlag"`

	Extra Extra `json:",embed"`
}

// GetProfile returns the account's own Channels identity.
func (s *FinderService) GetProfile(ctx context.Context, appID string) (*FinderProfile, error) {
	return ask[FinderProfile](ctx, s.client, "/finder/getProfile", query, params{"appId": appID}, field{"appId", appID})
}

// FinderCreateRequest creates a Channels account.
type FinderCreateRequest struct {
	AppID     string `json:"appId"`
	ProxyIP   string `json:"proxyIp,omitzero"` // socks5://user:password@host:port, which GeWe documents; empty for none
	NickName  string `json:"nickName"`
	HeadImg   string `json:"headImg"` // public URL of the avatar
	Signature string `json:"signature,omitzero"`
	Sex       int    `json:"sex,omitzero"` // 1 male, 2 female
}

// Create creates a Channels account. It returns ErrNameTaken if another account has the name.
func (s *FinderService) Create(ctx context.Context, r FinderCreateRequest) (*FinderContact, error) {
	return ask[FinderContact](ctx, s.client, "/finder/createFinder", media, r,
		field{"appId", r.AppID}, field{"nickName", r.NickName}, field{"headImg", r.HeadImg})
}

// FinderUpdateProfileRequest changes the fields that are not empty.
type FinderUpdateProfileRequest struct {
	FinderIdentity
	NickName  string `json:"nickName,omitzero"`
	HeadImg   string `json:"headImg,omitzero"` // public URL of the avatar
	Signature string `json:"signature,omitzero"`
	Sex       int    `json:"sex,omitzero"`     // 1 male, 2 female
	Country   string `json:"country,omitzero"` // country code
	Province  string `json:"province,omitzero"`
	City      string `json:"city,omitzero"`
}

// UpdateProfile changes the account's Channels profile. It returns ErrNameTaken if another account
// has the name.
func (s *FinderService) UpdateProfile(ctx context.Context, r FinderUpdateProfileRequest) error {
	r.FinderIdentity = r.orChannels()
	return s.client.do(ctx, "/finder/updateProfile", media, r, r.with()...)
}

// FinderAccount is a Channels account that the user may operate. ListIdentities returns the first
// five fields only.
type FinderAccount struct {
	FinderUserName string `json:"finderUsername"`
	NickName       string `json:"nickname"`
	HeadImgURL     string `json:"headImgUrl"`
	Type           int    `json:"acctType"`   // 1 administrator, 2 operator
	OwnerUin       int64  `json:"ownerWxUin"` // uin of the owner (presumed); exceeds an int32
	CoverImgURL    string `json:"coverImgUrl"`
	AdminNickName  string `json:"adminNickname"`
	UniqID         string `json:"uniqId"`         // public short id (presumed)
	IsMaster       bool   `json:"isMasterFinder"` // the main account (presumed)
	AuthIconType   int    `json:"authIconType"`   // kind of badge (presumed)
	SpamFlag       int    `json:"spamFlag"`       // undocumented
	CategoryFlag   string `json:"categoryFlag"`   // undocumented

	Extra Extra `json:",embed"`
}

// ListIdentities lists the Channels accounts that the user owns or operates.
func (s *FinderService) ListIdentities(ctx context.Context, appID string) ([]FinderAccount, error) {
	accounts, err := ask[[]FinderAccount](ctx, s.client, "/finder/getFinderInfo", query, params{"appId": appID}, field{"appId", appID})
	if err != nil {
		return nil, err
	}
	return *accounts, nil
}

// FinderScanLoginRequest logs in to the website of the Channels assistant.
type FinderScanLoginRequest struct {
	AppID     string `json:"appId"`
	ProxyIP   string `json:"proxyIp,omitzero"` // socks5://user:password@host:port, which GeWe documents; empty for none
	QRContent string `json:"qrContent"`        // text in the QR code on the website
	UserName  string `json:"username"`         // FinderUserName of an operator's account; empty for the administrator's
}

// FinderLogin is a session on the website of the Channels assistant.
type FinderLogin struct {
	SessionID     string          `json:"sessionId"`
	Accounts      []FinderAccount `json:"finderList"`
	AccountStatus int             `json:"acctStatus"` // undocumented

	Extra Extra `json:",embed"`
}

// ScanLoginChannels logs in to the website of the Channels assistant by its QR code.
func (s *FinderService) ScanLoginChannels(ctx context.Context, r FinderScanLoginRequest) (*FinderLogin, error) {
	return ask[FinderLogin](ctx, s.client, "/finder/scanLoginChannels", send, r, field{"appId", r.AppID}, field{"qrContent", r.QRContent})
}

// FinderQRCode is the QR code of a Channels identity.
type FinderQRCode struct {
	URL   string `json:"qrcodeUrl"` // the text in the code: draw the code from it
	Image string `json:"qrcode"`    // documented as base64, but arrives broken: do not use it
}

// GetQRCode returns the QR code of the account's Channels identity.
func (s *FinderService) GetQRCode(ctx context.Context, me FinderIdentity) (*FinderQRCode, error) {
	me = me.orChannels()
	return ask[FinderQRCode](ctx, s.client, "/finder/getQrCode", query, me, me.with()...)
}
