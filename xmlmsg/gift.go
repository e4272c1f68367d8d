package xmlmsg

// Gift is a gift from a WeChat shop (appmsg types 115 and 124). Money is a Transfer or a RedPacket,
// a sticker set an App.
type Gift struct {
	Wish     string `json:"wish"`
	SKUTitle string `json:"sku_title"` // name of the product

	AppInfo
}

// Kind returns KindGift.
func (*Gift) Kind() Kind { return KindGift }

func parseGift(app element, info AppInfo) Payload {
	g := app.child("gift")
	return &Gift{
		Wish:     firstOf(g.text("wishmessage"), app.text("wishmessage")),
		SKUTitle: firstOf(g.text("skutitle"), app.text("skutitle")), AppInfo: info,
	}
}
