package api_test

import (
	"context"
	"time"

	"github.com/hongyan-go/hongyan/api"
)

func messageCalls() calls {
	return calls{
		"/message/postText": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.PostText{AppID: x.str("appId"), To: x.str("toWxid"), Content: x.str("content"),
				At: x.list("ats")})
		},
		"/message/postFile": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.PostFile{AppID: x.str("appId"), To: x.str("toWxid"), FileURL: x.str("fileUrl"),
				FileName: x.str("fileName")})
		},
		"/message/postImage": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.PostImage(ctx, api.PostImage{AppID: x.str("appId"), To: x.str("toWxid"), ImageURL: x.str("imgUrl")})
		},
		"/message/postVoice": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.PostVoice{AppID: x.str("appId"), To: x.str("toWxid"), VoiceURL: x.str("voiceUrl"),
				Duration: x.num("voiceDuration")})
		},
		"/message/postVideo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.PostVideo(ctx, api.PostVideo{
				AppID: x.str("appId"), To: x.str("toWxid"), VideoURL: x.str("videoUrl"), ThumbURL: x.str("thumbUrl"),
				Duration: x.num("videoDuration"),
			})
		},
		"/message/postLink": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.PostLink{
				AppID: x.str("appId"), To: x.str("toWxid"), Title: x.str("title"), Desc: x.str("desc"), LinkURL: x.str("linkUrl"),
				ThumbURL: x.str("thumbUrl"),
			})
		},
		"/message/postNameCard": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx,
				api.PostNameCard{AppID: x.str("appId"), To: x.str("toWxid"), NickName: x.str("nickName"), Wxid: x.str("nameCardWxid")})
		},
		"/message/postLocation": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.PostLocation{AppID: x.str("appId"), To: x.str("toWxid"), Content: x.str("content")})
		},
		"/message/postEmoji": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.PostEmoji{AppID: x.str("appId"), To: x.str("toWxid"), MD5: x.str("emojiMd5"),
				Size: int64(x.num("emojiSize"))})
		},
		"/message/postAppMsg": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.PostAppMsg{AppID: x.str("appId"), To: x.str("toWxid"), AppMsg: x.str("appmsg"),
				At: x.list("ats")})
		},
		"/message/postMiniApp": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.PostMiniApp{
				AppID: x.str("appId"), To: x.str("toWxid"), MiniAppID: x.str("miniAppId"), DisplayName: x.str("displayName"),
				PagePath: x.str("pagePath"), CoverURL: x.str("coverImgUrl"), Title: x.str("title"), UserName: x.str("userName"),
			})
		},
		"/message/forwardFile": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.ForwardFile{AppID: x.str("appId"), To: x.str("toWxid"), XML: x.str("xml")})
		},
		"/message/forwardImage": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.ForwardImage(ctx, api.ForwardImage{AppID: x.str("appId"), To: x.str("toWxid"), XML: x.str("xml")})
		},
		"/message/forwardVideo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.ForwardVideo(ctx, api.ForwardVideo{AppID: x.str("appId"), To: x.str("toWxid"), XML: x.str("xml")})
		},
		"/message/forwardUrl": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.ForwardURL{AppID: x.str("appId"), To: x.str("toWxid"), XML: x.str("xml")})
		},
		"/message/forwardMiniApp": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx,
				api.ForwardMiniApp{AppID: x.str("appId"), To: x.str("toWxid"), XML: x.str("xml"), CoverURL: x.str("coverImgUrl")})
		},
		"/message/sendFinderMsg": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Message.Send(ctx, api.SendFinderMsg{
				AppID: x.str("appId"), To: x.str("toWxid"), ID: x.id("id"), UserName: x.str("username"), NickName: x.str("nickname"),
				HeadURL: x.str("headUrl"), NonceID: x.str("nonceId"), MediaType: x.str("mediaType"), Width: x.str("width"),
				Height: x.str("height"), URL: x.str("url"), ThumbURL: x.str("thumbUrl"), ThumbURLToken: x.str("thumbUrlToken"),
				Description: x.str("description"), PlayLength: x.str("videoPlayLen"),
			})
		},
		"/message/revokeMsg": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Message.RevokeMsg(ctx, api.RevokeMsg{
				AppID: x.str("appId"), To: x.str("toWxid"), MsgID: x.id("msgId"), NewMsgID: x.id("newMsgId"),
				Created: time.Unix(int64(x.num("createTime")), 0),
			}))
		},
	}
}
