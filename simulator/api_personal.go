package simulator

// personalEndpoints is the module "personal".
func personalEndpoints() []endpoint {
	return []endpoint{
		{path: "/personal/getProfile", handle: locked(getProfile)},
		{path: "/personal/getQrCode", handle: locked(getQrCode)},
		{path: "/personal/getSafetyInfo", handle: locked(getSafetyInfo)},
		{path: "/personal/privacySettings", handle: noted},
		{path: "/personal/updateProfile", handle: nothing(updateProfile)},
		{path: "/personal/updateHeadImg", handle: nothing(updateHeadImg)},
	}
}

// profile is the answer of getProfile.
type profile struct {
	Alias           *string `json:"alias"`
	Wxid            string  `json:"wxid"`
	NickName        string  `json:"nickName"`
	Mobile          string  `json:"mobile"`
	Uin             int64   `json:"uin"`
	Sex             int     `json:"sex"`
	Province        string  `json:"province"`
	City            string  `json:"city"`
	Signature       string  `json:"signature"`
	Country         string  `json:"country"`
	BigHeadImgURL   string  `json:"bigHeadImgUrl"`
	SmallHeadImgURL string  `json:"smallHeadImgUrl"`
	RegCountry      string  `json:"regCountry"`
	SnsBgImg        string  `json:"snsBgImg"`
}

func getProfile(r *request) (any, error) {
	a, c := r.account, r.account.profile()
	p := profile{
		Wxid: a.Wxid, NickName: a.Nickname, Mobile: a.mobile, Uin: a.uin, Sex: c.Sex, Province: c.Province, City: c.City, Signature: c.Signature,
		Country: c.Country, BigHeadImgURL: a.headImage(big), SmallHeadImgURL: a.headImage(small), RegCountry: "CN", SnsBgImg: avatar(a.Wxid, "background"),
	}
	if c.Alias != "" {
		p.Alias = &c.Alias
	}
	return p, nil
}

// headImage is the picture of an account: the one it has set, or one that does not exist.
func (a *account) headImage(size string) string { return or(a.picture, avatar(a.Wxid, size)) }

func getQrCode(r *request) (any, error) {
	return struct {
		QrCode string `json:"qrCode"`
	}{qrBase64("https://u.wechat.com/" + r.sim.ids.digest("code", r.account.Wxid)[:22])}, nil
}

// safetyDevice is a device of the account.
type safetyDevice struct {
	UUID       string `json:"uuid"`
	DeviceName string `json:"deviceName"`
	DeviceType string `json:"deviceType"`
	LastTime   int64  `json:"lastTime"`
}

func getSafetyInfo(r *request) (any, error) {
	var list []safetyDevice
	for _, d := range r.sim.devices.all {
		if d.owner == r.account.Wxid {
			list = append(list, safetyDevice{r.sim.ids.digest(d.id), "iPad", or(d.kind, "ipad"), r.sim.now()})
		}
	}
	return struct {
		List []safetyDevice `json:"list"`
	}{list}, nil
}

// updateProfile changes what is given. Its friends who are accounts are told.
func updateProfile(r *request) error {
	a, whole := r.account, r.gewe() // GeWe takes the whole profile, and what is empty away
	switch sex := r.text("sex"); {
	case sex == "1" || sex == "2" || sex == "0" && whole:
		a.card.Sex = int(r.number("sex"))
	case sex != "":
		return refuse("sex: it must be 1 (male) or 2 (female)")
	}
	for name, where := range map[string]*string{
		"nickName": &a.Nickname, "signature": &a.card.Signature, "country": &a.card.Country, "province": &a.card.Province, "city": &a.card.City,
	} {
		if _, given := r.body[name]; given {
			if value := r.text(name); value != "" || whole {
				*where = value
			}
		}
	}
	for _, other := range r.sim.people.accounts {
		if other != a && r.sim.people.knows(other, a.Wxid) {
			r.sim.modified(other, a.Wxid)
		}
	}
	return nil
}

func updateHeadImg(r *request) error {
	if r.text("headImgUrl") == "" {
		return refuse("headImgUrl 不可为空 (it is required)")
	}
	r.account.picture = r.text("headImgUrl")
	return nil
}
