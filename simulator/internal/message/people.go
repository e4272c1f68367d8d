package message

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Location is a place; see simulator.Location.
type Location struct {
	Lat, Lng    float64
	Label, Name string
}

// MiniProgram is the card of a mini program; see simulator.MiniProgram.
type MiniProgram struct {
	Title, Name, AppID, Username, Page, CoverURL string
}

// check returns an error for a place that is not on the map.
func (l *Location) check() error {
	if l.Lat < -90 || l.Lat > 90 || l.Lng < -180 || l.Lng > 180 {
		return errors.New(`"location": "lat" is -90 to 90 degrees, and "lng" -180 to 180`)
	}
	return nil
}

// LocationXML returns a place.
func LocationXML(from string, l Location) string {
	degrees := func(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }
	return fmt.Sprintf(`<?xml version="1.0"?>
<msg>
	<location x="%s" y="%s" scale="16" label="%s" maptype="roadmap" poiname="%s" poiid="" buildingId="" floorName="" `+
		`poiCategoryTips="" poiBusinessHour="" poiPhone="" poiPriceTips="0.0" isFromPoiList="true" adcode="" cityname="" `+
		`fromusername="%s" />
</msg>
`, degrees(l.Lat), degrees(l.Lng), Escape(l.Label), Escape(l.Name), Escape(from))
}

// MiniProgramXML returns the card of a mini program.
func MiniProgramXML(from string, m MiniProgram) string {
	program := fmt.Sprintf("<weappinfo>\n\t\t\t<username>%s</username>\n\t\t\t<appid>%s</appid>\n\t\t\t<type>2</type>\n\t\t\t"+
		"<version>1</version>\n\t\t\t<weappiconurl />\n\t\t\t<pagepath>%s</pagepath>\n\t\t</weappinfo>\n\t\t%s",
		Escape(m.Username), Escape(m.AppID), CDATA(m.Page), NoAttachment)
	content := AppXML(from, m.Title, "", AppMiniProgram, "", program, m.CoverURL, "")
	return strings.Replace(content, "<sourcedisplayname />", Element("sourcedisplayname", m.Name), 1)
}

// QuoteXML returns an answer to a message, whose author has a name.
func QuoteXML(from, text string, quoted Message, name string) string {
	refer := fmt.Sprintf("<refermsg>\n\t\t\t<type>%d</type>\n\t\t\t<svrid>%d</svrid>\n\t\t\t<fromusr>%s</fromusr>\n\t\t\t"+
		"<chatusr>%s</chatusr>\n\t\t\t%s\n\t\t\t%s\n\t\t\t<strid />\n\t\t\t<createtime>%d</createtime>\n\t\t</refermsg>\n\t\t%s",
		quoted.MsgType, quoted.NewMsgID, Escape(quoted.Conversation), Escape(quoted.From), Element("displayname", name),
		Element("content", quoted.Content), quoted.Time, NoAttachment)
	return AppXML(from, text, "", AppQuote, "", refer, "", "")
}

// PatXML returns the notice that a person has patted another one in a chat.
func PatXML(from, patted, chat string) string {
	return fmt.Sprintf("<sysmsg type=\"pat\">\n  <pat>\n    <fromusername>%[1]s</fromusername>\n    <chatusername>%[3]s</chatusername>\n"+
		"    <pattedusername>%[2]s</pattedusername>\n    <patsuffix />\n    <patsuffixversion>0</patsuffixversion>\n"+
		"    <template>%[4]s</template>\n  </pat>\n</sysmsg>\n",
		Escape(from), Escape(patted), Escape(chat), CDATA(fmt.Sprintf("%q 拍了拍 %q", "${"+from+"}", "${"+patted+"}")))
}

// redPacketDay is how long a red packet can be opened, in seconds.
const redPacketDay = 24 * 60 * 60

// RedPacketXML returns a red packet with a wish. id is its number at the bank.
func RedPacketXML(from, wish, id string, now int64) string {
	pay := fmt.Sprintf("<wcpayinfo>\n\t\t\t<iconurl>%[1]s</iconurl>\n\t\t\t<receivertitle>%[2]s</receivertitle>\n\t\t\t"+
		"<sendertitle>%[2]s</sendertitle>\n\t\t\t<scenetext>%[3]s</scenetext>\n\t\t\t<senderdes>%[4]s</senderdes>\n\t\t\t"+
		"<receiverdes>%[5]s</receiverdes>\n\t\t\t<nativeurl>%[6]s</nativeurl>\n\t\t\t<sceneid>%[7]s</sceneid>\n\t\t\t"+
		"<innertype>%[8]s</innertype>\n\t\t\t<paymsgid>%[9]s</paymsgid>\n\t\t\t<invalidtime>%[10]s</invalidtime>\n\t\t</wcpayinfo>",
		CDATA("https://wx.gtimg.com/hongbao/1800/hb.png"), CDATA(wish), CDATA("微信红包"), CDATA("查看红包"), CDATA("领取红包"),
		CDATA("wxpay://c2cbizmessagehandler/hongbao/receivehongbao?msgtype=1&channelid=1&sendid="+id+"&sendusername="+from+
			"&ver=6&total_num=1"),
		CDATA("1002"), CDATA("0"), CDATA(id), CDATA(strconv.FormatInt(now+redPacketDay, 10)))
	return AppXML(from, "微信红包", "我给你发了一个红包，赶紧去拆!", AppRedPacket, "https://wxapp.tenpay.com/mmpayhb/wxhb_personalreceive?sendid="+id,
		pay, "https://wx.gtimg.com/hongbao/1800/hb.png", "")
}
