package simulator

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// messageEndpoints is the module "message", but for the calls that forward.
func messageEndpoints() []endpoint {
	return []endpoint{
		{path: "/message/postText", handle: postText},
		{path: "/message/postFile", handle: postFile},
		{path: "/message/postImage", handle: postImage},
		{path: "/message/postVoice", handle: postVoice},
		{path: "/message/postVideo", handle: postVideo},
		{path: "/message/postLink", blank: "desc thumbUrl", handle: postLink},
		{path: "/message/postNameCard", handle: postNameCard},
		{path: "/message/postLocation", handle: postLocation},
		{path: "/message/postEmoji", handle: postEmoji},
		{path: "/message/postAppMsg", handle: postAppMsg},
		{path: "/message/postMiniApp", blank: "pagePath", handle: postMiniApp},
		{path: "/message/revokeMsg", digits: "msgId newMsgId createTime", handle: revokeMsg},
		{path: "/message/sendFinderMsg", blank: finderBlanks, handle: sendFinderMsg},
	}
}

// finderBlanks are what a video can be shared without.
const finderBlanks = "headUrl width height thumbUrl thumbUrlToken description videoPlayLen"

// outgoing is a message that a call sends.
type outgoing struct {
	msgType int
	at      []string
	// of describes the bytes of a media message; the same description has the same md5.
	of        string
	extension string // of the bytes; empty if there are none
	// content makes the content.
	content func(media) string
	// created is what the answer has as createTime. The service leaves it out for some kinds.
	created stamp
	// answer is what the answer has as type; nil means null.
	answer any
}

// stamp is how an answer tells the time of a message.
type stamp int

const (
	stampTime stamp = iota
	stampZero
	stampNull
)

// sentMessage is the answer of most calls that send.
type sentMessage struct {
	ToWxid     string `json:"toWxid"`
	CreateTime any    `json:"createTime"`
	MsgID      int64  `json:"msgId"`
	NewMsgID   uint64 `json:"newMsgId"`
	Type       any    `json:"type"`
}

// send does what all sending calls have in common.
func (r *request) send(out outgoing) (sentMessage, media, error) {
	s, to := r.sim, r.text("toWxid")
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.people.knows(r.account, to) {
		if isGroup(to) {
			return sentMessage{}, media{}, refuse("toWxid: the account is not in the group %q (不在群聊中)", to)
		}
		return sentMessage{}, media{}, refuse("toWxid: %q is not a friend of the account (对方不是好友)", to)
	}
	if g := s.people.groupByID(to); g != nil && slices.Contains(out.at, everybody) && !g.manages(r.account.Wxid) {
		return sentMessage{}, media{}, refuse("ats: only the owner and administrators may mention %s", everybody)
	}
	now := s.now()
	m := s.newMedia(now, mediaLength, out.extension, out.of)
	e := &entry{Message: Message{
		AppID: r.account.AppID, Conversation: to, From: r.account.Wxid, To: to, MsgType: out.msgType, Content: out.content(m), At: out.at,
		Time: now, NewMsgID: s.ids.newMsgID(), Endpoint: r.endpoint, Callback: CallbackNone,
	}}
	if other := s.people.byWxid(to); other != nil && other != r.account {
		e.mirror = r.account.Wxid
	}
	e.Kind, e.Text = describe(e.MsgType, e.Content)
	switch out.created {
	case stampTime:
		e.created = now
	case stampZero:
		e.created = 0
	case stampNull:
	}
	s.publish(e, r.account)
	if r.account.lost[to] != 0 {
		s.notify(r.account, to, lostNotice(s.people.nick(to), r.account.lost[to]))
	}
	return sentMessage{ToWxid: to, CreateTime: e.created, MsgID: e.MsgID, NewMsgID: e.NewMsgID, Type: out.answer}, m, nil
}

// lostNotice is what an account is told that writes to somebody who has deleted or blocked it.
func lostNotice(nick string, relation int) string {
	if relation == relationBlocked {
		return "消息已发出，但被对方拒收了。"
	}
	return nick + "开启了朋友验证，你还不是他（她）朋友。请先发送朋友验证请求，对方验证通过后，才能聊天。"
}

// plain sends something whose content the call brings along.
func (r *request) plain(msgType int, content string, answer any) (any, error) {
	a, _, err := r.send(outgoing{msgType: msgType, content: func(media) string { return content }, answer: answer})
	return a, err
}

func postText(_ context.Context, r *request) (any, error) {
	a, _, err := r.send(outgoing{
		msgType: typeText, at: splitIDs(r.text("ats")), content: func(media) string { return r.text("content") }, answer: typeText,
	})
	return a, err
}

func splitIDs(ids string) []string {
	return strings.FieldsFunc(ids, func(c rune) bool { return c == ',' || c == ' ' })
}

func postFile(_ context.Context, r *request) (any, error) {
	f := File{Name: r.text("fileName"), Size: mediaLength}
	a, _, err := r.send(outgoing{msgType: typeApp, of: r.text("fileUrl"), extension: fileExt(f.ext()), answer: appFile, content: func(m media) string {
		f.MD5 = m.md5
		return fileXML(r.account.Wxid, f, notice{token: r.sim.ids.uploadToken()}, m)
	}})
	return a, err
}

// sentImage is the answer for an image: with it, the same image can be forwarded.
type sentImage struct {
	sentMessage
	AesKey string  `json:"aesKey"`
	FileID string  `json:"fileId"`
	Length *int    `json:"length"`
	Width  *int    `json:"width"`
	Height *int    `json:"height"`
	MD5    *string `json:"md5"`
}

func postImage(_ context.Context, r *request) (any, error) {
	a, m, err := r.send(outgoing{msgType: typeImage, of: r.text("imgUrl"), extension: "jpg", content: imageXML, created: stampZero})
	length, width, height := mediaLength, mediaWidth, mediaHeight
	return sentImage{
		sentMessage: a, AesKey: m.key, FileID: m.cdnID, Length: &length, Width: &width, Height: &height, MD5: &m.md5,
	}, err
}

func postVoice(_ context.Context, r *request) (any, error) {
	a, _, err := r.send(outgoing{msgType: typeVoice, of: r.text("voiceUrl"), content: func(m media) string {
		return voiceXML(r.account.Wxid, r.number("voiceDuration"), m)
	}})
	return a, err
}

// sentVideo is the answer for a video: with it, the same video can be forwarded.
type sentVideo struct {
	sentMessage
	AesKey string  `json:"aesKey"`
	FileID *string `json:"fileId"`
	Length int     `json:"length"`
}

func postVideo(_ context.Context, r *request) (any, error) {
	a, m, err := r.send(outgoing{msgType: typeVideo, of: r.text("videoUrl"), extension: "mp4", created: stampNull, content: func(m media) string {
		return videoXML(r.account.Wxid, r.number("videoDuration"), m)
	}})
	return sentVideo{sentMessage: a, AesKey: m.key, FileID: &m.cdnID, Length: mediaLength}, err
}

func postLink(_ context.Context, r *request) (any, error) {
	l := Link{Title: r.text("title"), Desc: r.text("desc"), URL: r.text("linkUrl"), ThumbURL: r.text("thumbUrl")}
	return r.plain(typeApp, linkXML(r.account.Wxid, l), appLink)
}

func postNameCard(_ context.Context, r *request) (any, error) {
	return r.plain(typeCard, cardXML(Contact{Wxid: r.text("nameCardWxid"), Nickname: r.text("nickName")}), typeCard)
}

func postLocation(_ context.Context, r *request) (any, error) {
	root, err := parse(r.text("content"))
	if err != nil {
		return nil, refuse("content: %v", err)
	}
	if place := root.child("location"); root.name != "msg" || needs("", place.attr, "x", "y") != nil {
		return nil, refuse("content: it is not <msg><location x=… y=…/></msg>")
	}
	return r.plain(typeLocation, r.text("content"), 0)
}

func postEmoji(_ context.Context, r *request) (any, error) {
	a, _, err := r.send(outgoing{msgType: typeEmoji, created: stampNull, content: func(media) string {
		return emojiXML(r.account.Wxid, r.text("toWxid"), r.text("emojiMd5"), r.number("emojiSize"))
	}})
	return a, err
}

func postAppMsg(_ context.Context, r *request) (any, error) {
	root, err := parse(r.text("appmsg"))
	switch {
	case err != nil:
		return nil, refuse("appmsg: %v", err)
	case root.name != "appmsg":
		return nil, refuse("appmsg: it must be the <appmsg> element itself, and not <%s> around it", root.name)
	case root.appType() == 0:
		return nil, refuse("appmsg: it has no <type>")
	}
	a, _, err := r.send(outgoing{
		msgType: typeApp, at: splitIDs(r.text("ats")), content: func(media) string { return r.text("appmsg") }, answer: 0,
	})
	return a, err
}

func postMiniApp(_ context.Context, r *request) (any, error) {
	program := fmt.Sprintf("<weappinfo>\n\t\t\t<username>%s</username>\n\t\t\t<appid>%s</appid>\n\t\t\t<type>2</type>\n\t\t\t"+
		"<version>1</version>\n\t\t\t<weappiconurl />\n\t\t\t<pagepath>%s</pagepath>\n\t\t</weappinfo>\n\t\t%s",
		esc(r.text("userName")), esc(r.text("miniAppId")), cdata(r.text("pagePath")), noAttachment)
	content := appXML(r.account.Wxid, r.text("title"), "", appMiniProgram, "", program, r.text("coverImgUrl"), "")
	content = strings.Replace(content, "<sourcedisplayname />", element("sourcedisplayname", r.text("displayName")), 1)
	return r.plain(typeApp, content, appMiniProgram)
}

func sendFinderMsg(_ context.Context, r *request) (any, error) {
	feed := fmt.Sprintf("<finderFeed>\n\t\t\t<objectId>%s</objectId>\n\t\t\t<feedType>%s</feedType>\n\t\t\t<nickname>%s</nickname>\n\t\t\t"+
		"<avatar>%s</avatar>\n\t\t\t<desc>%s</desc>\n\t\t\t<mediaCount>1</mediaCount>\n\t\t\t<objectNonceId>%s</objectNonceId>\n\t\t\t"+
		"<username>%s</username>\n\t\t\t<mediaList>\n\t\t\t\t<media>\n\t\t\t\t\t<thumbUrl>%s</thumbUrl>\n\t\t\t\t\t<mediaType>%s</mediaType>\n"+
		"\t\t\t\t\t<videoPlayDuration>%s</videoPlayDuration>\n\t\t\t\t\t<url>%s</url>\n\t\t\t\t\t<height>%s</height>\n\t\t\t\t\t"+
		"<width>%s</width>\n\t\t\t\t</media>\n\t\t\t</mediaList>\n\t\t</finderFeed>\n\t\t%s",
		r.text("id"), esc(r.text("mediaType")), esc(r.text("nickname")), cdata(r.text("headUrl")), esc(r.text("description")),
		esc(r.text("nonceId")), esc(r.text("username")), cdata(r.text("thumbUrl")), esc(r.text("mediaType")), esc(r.text("videoPlayLen")),
		cdata(r.text("url")), esc(r.text("height")), esc(r.text("width")), noAttachment)
	_, err := r.plain(typeApp, appXML(r.account.Wxid, "当前微信版本不支持展示该内容，请升级至最新版本。", "", appFinderFeed, "", feed, "", ""), nil)
	return nil, err
}

// revokeLimit is how old a message may be that is withdrawn, in seconds.
const revokeLimit = 120

// revokeMsg wants the ids and the time of the send answer. Where that has no time, any will do.
func revokeMsg(_ context.Context, r *request) (any, error) {
	s := r.sim
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range slices.Backward(s.messages.after(0)) {
		if strconv.FormatUint(e.NewMsgID, 10) != r.text("newMsgId") || e.Endpoint == "" || e.AppID != r.account.AppID {
			continue
		}
		sentAt, known := e.created.(int64)
		switch {
		case e.To != r.text("toWxid"):
			return nil, refuse("toWxid: the message went to %s", e.To)
		case strconv.FormatInt(e.MsgID, 10) != r.text("msgId"):
			return nil, refuse("msgId: it is not that of the message %s", r.text("newMsgId"))
		case known && strconv.FormatInt(sentAt, 10) != r.text("createTime"):
			return nil, refuse("createTime: it is not that of the message")
		case e.Revoked:
			return nil, refuse("the message is withdrawn already")
		case s.now()-e.Time > revokeLimit:
			return nil, refuse("the message is older than %d seconds (超过撤回时限)", revokeLimit)
		}
		e.Revoked = true
		s.broadcast()
		return nil, nil
	}
	return nil, refuse("newMsgId: the account has sent no message %s", r.text("newMsgId"))
}
