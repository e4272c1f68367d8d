package xmlmsg

// Gift is a gift from a shop (appmsg types 115 and 124).
type Gift struct {
	Wish     string `json:"wish"`
	SKUTitle string `json:"sku_title"` // what it is

	AppInfo
}

// Kind is KindGift.
func (*Gift) Kind() Kind { return KindGift }

func parseGift(app element, info AppInfo) Payload {
	g := app.child("gift")
	return &Gift{
		Wish:     firstOf(g.text("wishmessage"), app.text("wishmessage")),
		SKUTitle: firstOf(g.text("skutitle"), app.text("skutitle")), AppInfo: info,
	}
}
