package endpoint

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// messageEndpoints are the calls of the module "message", except those that forward and download.
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

// finderBlanks are the fields that may be empty when a video is shared.
const finderBlanks = "headUrl width height thumbUrl thumbUrlToken description videoPlayLen"

// outgoing is a message that an API call sends.
type outgoing struct {
	msgType int
	at      []string
	// of describes the bytes of a media message. The same description gives the same md5.
	of        string
	extension string // of the bytes; empty if there are none
	// content returns the content.
	content func(message.Media) string
	// created is the createTime of the answer. The service leaves it out for some kinds.
	created stamp
	// answer is the type of the answer; nil means null.
	answer any
}

// stamp is the form of a createTime.
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

// send sends a message, for all calls that do.
func (r *request) send(out outgoing) (sentMessage, message.Media, error) {
	w, to := r.world, r.text("toWxid")
	w.Lock()
	defer w.Unlock()
	if !w.People.Knows(r.account, to) {
		if world.IsGroup(to) {
			return sentMessage{}, message.Media{}, refuse("toWxid: the account is not in the group %q (不在群聊中)", to)
		}
		return sentMessage{}, message.Media{}, refuse("toWxid: %q is not a friend of the account (对方不是好友)", to)
	}
	if g := w.People.GroupByID(to); g != nil && slices.Contains(out.at, world.Everybody) && !g.Manages(r.account.Wxid) {
		return sentMessage{}, message.Media{}, refuse("ats: only the owner and administrators may mention %s", world.Everybody)
	}
	now := w.Now()
	m := w.NewMedia(now, message.MediaLength, out.extension, out.of)
	e := &world.Entry{Message: message.Message{
		AppID: r.account.AppID, Conversation: to, From: r.account.Wxid, To: to, MsgType: out.msgType, Content: out.content(m), At: out.at,
		Time: now, NewMsgID: w.IDs.NewMsgID(), Endpoint: r.endpoint, Callback: message.CallbackNone,
	}}
	if other := w.People.ByWxid(to); other != nil && other != r.account {
		e.Mirror = r.account.Wxid
	}
	e.Kind, e.Text = message.Describe(e.MsgType, e.Content)
	switch out.created {
	case stampTime:
		e.Created = now
	case stampZero:
		e.Created = 0
	case stampNull:
	}
	w.Publish(e, r.account)
	r.sent = e.NewMsgID
	if r.account.Lost[to] != 0 {
		w.Notify(r.account, to, world.LostNotice(w.People.Nick(to), r.account.Lost[to]))
	}
	return sentMessage{ToWxid: to, CreateTime: e.Created, MsgID: e.MsgID, NewMsgID: e.NewMsgID, Type: out.answer}, m, nil
}

// plain sends a message whose content is known.
func (r *request) plain(msgType int, content string, answer any) (any, error) {
	a, _, err := r.send(outgoing{msgType: msgType, content: func(message.Media) string { return content }, answer: answer})
	return a, err
}

func postText(_ context.Context, r *request) (any, error) {
	a, _, err := r.send(outgoing{
		msgType: message.TypeText, at: splitIDs(r.text("ats")), content: func(message.Media) string { return r.text("content") },
		answer: message.TypeText,
	})
	return a, err
}

func splitIDs(ids string) []string {
	return strings.FieldsFunc(ids, func(c rune) bool { return c == ',' || c == ' ' })
}

func postFile(_ context.Context, r *request) (any, error) {
	f := message.File{Name: r.text("fileName"), Size: message.MediaLength}
	a, _, err := r.send(outgoing{msgType: message.TypeApp, of: r.text("fileUrl"), extension: world.FileExt(f.Ext()),
		answer: message.AppFile, content: func(m message.Media) string {
			f.MD5 = m.MD5
			return message.FileXML(r.account.Wxid, f, message.Notice{Token: r.world.IDs.UploadToken()}, m)
		}})
	return a, err
}

// sentImage is the answer for an image. It has what forwarding the image needs.
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
	a, m, err := r.send(outgoing{msgType: message.TypeImage, of: r.text("imgUrl"), extension: "jpg", content: message.ImageXML,
		created: stampZero})
	length, width, height := message.MediaLength, message.MediaWidth, message.MediaHeight
	return sentImage{
		sentMessage: a, AesKey: m.Key, FileID: m.CdnID, Length: &length, Width: &width, Height: &height, MD5: &m.MD5,
	}, err
}

func postVoice(_ context.Context, r *request) (any, error) {
	a, _, err := r.send(outgoing{msgType: message.TypeVoice, of: r.text("voiceUrl"), content: func(m message.Media) string {
		return message.VoiceXML(r.account.Wxid, r.number("voiceDuration"), m)
	}})
	return a, err
}

// sentVideo is the answer for a video. It has what forwarding the video needs.
type sentVideo struct {
	sentMessage
	AesKey string  `json:"aesKey"`
	FileID *string `json:"fileId"`
	Length int     `json:"length"`
}

func postVideo(_ context.Context, r *request) (any, error) {
	a, m, err := r.send(outgoing{msgType: message.TypeVideo, of: r.text("videoUrl"), extension: "mp4", created: stampNull,
		content: func(m message.Media) string {
			return message.VideoXML(r.account.Wxid, r.number("videoDuration"), m)
		}})
	return sentVideo{sentMessage: a, AesKey: m.Key, FileID: &m.CdnID, Length: message.MediaLength}, err
}

func postLink(_ context.Context, r *request) (any, error) {
	l := message.Link{Title: r.text("title"), Desc: r.text("desc"), URL: r.text("linkUrl"), ThumbURL: r.text("thumbUrl")}
	return r.plain(message.TypeApp, message.LinkXML(r.account.Wxid, l), message.AppLink)
}

func postNameCard(_ context.Context, r *request) (any, error) {
	return r.plain(message.TypeCard, world.CardXML(world.Contact{Wxid: r.text("nameCardWxid"), Nickname: r.text("nickName")}),
		message.TypeCard)
}

func postLocation(_ context.Context, r *request) (any, error) {
	root, err := message.Parse(r.text("content"))
	if err != nil {
		return nil, refuse("content: %v", err)
	}
	if place := root.Child("location"); root.Name != "msg" || message.Require("", place.Attr, "x", "y") != nil {
		return nil, refuse("content: it is not <msg><location x=… y=…/></msg>")
	}
	return r.plain(message.TypeLocation, r.text("content"), 0)
}

func postEmoji(_ context.Context, r *request) (any, error) {
	a, _, err := r.send(outgoing{msgType: message.TypeEmoji, created: stampNull, content: func(message.Media) string {
		return message.EmojiXML(r.account.Wxid, r.text("toWxid"), r.text("emojiMd5"), r.number("emojiSize"))
	}})
	return a, err
}

func postAppMsg(_ context.Context, r *request) (any, error) {
	root, err := message.Parse(r.text("appmsg"))
	switch {
	case err != nil:
		return nil, refuse("appmsg: %v", err)
	case root.Name != "appmsg":
		return nil, refuse("appmsg: it must be the <appmsg> element itself, and not <%s> around it", root.Name)
	case root.AppType() == 0:
		return nil, refuse("appmsg: it has no <type>")
	}
	a, _, err := r.send(outgoing{
		msgType: message.TypeApp, at: splitIDs(r.text("ats")), content: func(message.Media) string { return r.text("appmsg") }, answer: 0,
	})
	return a, err
}

func postMiniApp(_ context.Context, r *request) (any, error) {
	return r.plain(message.TypeApp, message.MiniProgramXML(r.account.Wxid, message.MiniProgram{
		Title: r.text("title"), Name: r.text("displayName"), AppID: r.text("miniAppId"), Username: r.text("userName"),
		Page: r.text("pagePath"), CoverURL: r.text("coverImgUrl"),
	}), message.AppMiniProgram)
}

func sendFinderMsg(_ context.Context, r *request) (any, error) {
	feed := fmt.Sprintf("<finderFeed>\n\t\t\t<objectId>%s</objectId>\n\t\t\t<feedType>%s</feedType>\n\t\t\t<nickname>%s</nickname>\n\t\t\t"+
		"<avatar>%s</avatar>\n\t\t\t<desc>%s</desc>\n\t\t\t<mediaCount>1</mediaCount>\n\t\t\t<objectNonceId>%s</objectNonceId>\n\t\t\t"+
		"<username>%s</username>\n\t\t\t<mediaList>\n\t\t\t\t<media>\n\t\t\t\t\t<thumbUrl>%s</thumbUrl>\n"+
		"\t\t\t\t\t<mediaType>%s</mediaType>\n"+
		"\t\t\t\t\t<videoPlayDuration>%s</videoPlayDuration>\n\t\t\t\t\t<url>%s</url>\n\t\t\t\t\t<height>%s</height>\n\t\t\t\t\t"+
		"<width>%s</width>\n\t\t\t\t</media>\n\t\t\t</mediaList>\n\t\t</finderFeed>\n\t\t%s",
		r.text("id"), message.Escape(r.text("mediaType")), message.Escape(r.text("nickname")), message.CDATA(r.text("headUrl")),
		message.Escape(r.text("description")),
		message.Escape(r.text("nonceId")), message.Escape(r.text("username")), message.CDATA(r.text("thumbUrl")),
		message.Escape(r.text("mediaType")), message.Escape(r.text("videoPlayLen")),
		message.CDATA(r.text("url")), message.Escape(r.text("height")), message.Escape(r.text("width")), message.NoAttachment)
	_, err := r.plain(message.TypeApp, message.AppXML(r.account.Wxid, "当前微信版本不支持展示该内容，请升级至最新版本。", "", message.AppFinderFeed, "", feed, "",
		""), nil)
	return nil, err
}

// revokeLimit is how old a message that is revoked may be, in seconds.
const revokeLimit = 120

// revokeMsg needs the ids and the createTime of the send answer. If that has no createTime, any
// will do.
func revokeMsg(_ context.Context, r *request) (any, error) {
	w := r.world
	w.Lock()
	defer w.Unlock()
	for _, e := range slices.Backward(w.Messages.After(0)) {
		if strconv.FormatUint(e.NewMsgID, 10) != r.text("newMsgId") || e.Endpoint == "" || e.AppID != r.account.AppID {
			continue
		}
		sentAt, known := e.Created.(int64)
		switch {
		case e.To != r.text("toWxid"):
			return nil, refuse("toWxid: the message went to %s", e.To)
		case strconv.FormatInt(e.MsgID, 10) != r.text("msgId"):
			return nil, refuse("msgId: it is not that of the message %s", r.text("newMsgId"))
		case known && strconv.FormatInt(sentAt, 10) != r.text("createTime"):
			return nil, refuse("createTime: it is not that of the message")
		case e.Revoked:
			return nil, refuse("the message is withdrawn already")
		case w.Now()-e.Time > revokeLimit:
			return nil, refuse("the message is older than %d seconds (超过撤回时限)", revokeLimit)
		}
		e.Revoked = true
		w.Broadcast()
		return nil, nil
	}
	return nil, refuse("newMsgId: the account has sent no message %s", r.text("newMsgId"))
}
