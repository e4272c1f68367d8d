package endpoint

import (
	"cmp"

	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

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
	a, c := r.account, r.account.Profile()
	p := profile{
		Wxid: a.Wxid, NickName: a.Nickname, Mobile: a.Mobile, Uin: a.Uin, Sex: c.Sex, Province: c.Province, City: c.City,
		Signature: c.Signature,
		Country:   c.Country, BigHeadImgURL: a.HeadImage(world.AvatarLarge), SmallHeadImgURL: a.HeadImage(world.AvatarSmall),
		RegCountry: "CN", SnsBgImg: world.Avatar(a.Wxid, "background"),
	}
	if c.Alias != "" {
		p.Alias = &c.Alias
	}
	return p, nil
}

func getQrCode(r *request) (any, error) {
	return struct {
		QrCode string `json:"qrCode"`
	}{qrBase64("https://u.wechat.com/" + r.world.IDs.Digest("code", r.account.Wxid)[:22])}, nil
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
	for _, d := range r.world.Devices.All {
		if d.Owner == r.account.Wxid {
			list = append(list, safetyDevice{r.world.IDs.Digest(d.ID), "iPad", cmp.Or(d.Kind, "ipad"), r.world.Now()})
		}
	}
	return struct {
		List []safetyDevice `json:"list"`
	}{list}, nil
}

// updateProfile changes the fields of the call. Accounts that are friends get a ModContacts.
func updateProfile(r *request) error {
	a, whole := r.account, r.gewe() // in GeWe, an empty field clears the value
	switch sex := r.text("sex"); {
	case sex == "1" || sex == "2" || sex == "0" && whole:
		a.Card.Sex = int(r.number("sex"))
	case sex != "":
		return refuse("sex: it must be 1 (male) or 2 (female)")
	}
	for name, where := range map[string]*string{
		"nickName": &a.Nickname, "signature": &a.Card.Signature, "country": &a.Card.Country, "province": &a.Card.Province,
		"city": &a.Card.City,
	} {
		if _, given := r.body[name]; given {
			if value := r.text(name); value != "" || whole {
				*where = value
			}
		}
	}
	for _, other := range r.world.People.Accounts {
		if other != a && r.world.People.Knows(other, a.Wxid) {
			r.world.PostModContacts(other, a.Wxid)
		}
	}
	return nil
}

func updateHeadImg(r *request) error {
	if r.text("headImgUrl") == "" {
		return refuse("headImgUrl 不可为空 (it is required)")
	}
	r.account.Picture = r.text("headImgUrl")
	return nil
}
