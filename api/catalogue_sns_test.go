package api_test

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
)

func (x example) audience() api.SNSAudience {
	return api.SNSAudience{
		Allow: x.list("allowWxIds"), Notify: x.list("atWxIds"), Disallow: x.list("disableWxIds"),
		AllowLabels: x.list("allowTagIds"), DisallowLabels: x.list("disableTagIds"),
	}
}

// uploaded returns a member that is an object, or the first one of an array.
func (x example) uploaded(name string) []api.UploadedMedia {
	value := x[name]
	if all, ok := value.([]any); ok {
		value = all[0]
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	m := example(object)
	return []api.UploadedMedia{{FileURL: m.str("fileUrl"), ThumbURL: m.str("thumbUrl"), FileMD5: m.str("fileMd5"),
		Length: int64(m.num("length"))}}
}

func snsCalls() calls {
	return calls{
		"/sns/likeSns": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.SNS.Like(ctx, api.SNSLikeRequest{AppID: x.str("appId"), SNSID: x.id("snsId"), Op: api.SNSOp(x.num("operType")),
				Wxid: x.str("wxid")}))
		},
		"/sns/commentSns": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.SNS.Comment(ctx, api.SNSCommentRequest{
				AppID: x.str("appId"), SNSID: x.id("snsId"), Op: api.SNSOp(x.num("operType")), Wxid: x.str("wxid"),
				CommentID: x.id("commentId"), Content: x.str("content"),
			}))
		},
		"/sns/delSns": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.SNS.Delete(ctx, x.str("appId"), x.id("snsId")))
		},
		"/sns/snsVisibleScope": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.SNS.SetVisibleScope(ctx, x.str("appId"), api.SNSScope(x.num("option"))))
		},
		"/sns/strangerVisibilityEnabled": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.SNS.SetStrangerVisibility(ctx, x.str("appId"), x.is("enabled")))
		},
		"/sns/snsSetPrivacy": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.SNS.SetPrivacy(ctx, x.str("appId"), x.id("snsId"), x.is("open")))
		},
		"/sns/downloadSnsVideo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			url, err := c.SNS.DownloadVideo(ctx, x.str("appId"), x.str("snsXml"))
			return as("fileUrl", url, err)
		},
		"/sns/sendTextSns": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.SNS.SendText(ctx, api.SNSSendTextRequest{AppID: x.str("appId"), SNSAudience: x.audience(), Private: x.is("privacy"),
				Content: x.str("content")})
		},
		"/sns/sendImgSns": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.SNS.SendImage(ctx, api.SNSSendImageRequest{
				AppID: x.str("appId"), SNSAudience: x.audience(), Private: x.is("privacy"), Content: x.str("content"),
				Images: x.uploaded("imgInfos"),
			})
		},
		"/sns/sendVideoSns": func(ctx context.Context, c *api.Client, x example) (any, error) {
			r := api.SNSSendVideoRequest{AppID: x.str("appId"), SNSAudience: x.audience(), Private: x.is("privacy"),
				Content: x.str("content")}
			for _, video := range x.uploaded("videoInfo") {
				r.Video = video
			}
			return c.SNS.SendVideo(ctx, r)
		},
		"/sns/sendUrlSns": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.SNS.SendURL(ctx, api.SNSSendURLRequest{
				AppID: x.str("appId"), SNSAudience: x.audience(), Private: x.is("privacy"), Content: x.str("content"),
				ThumbURL: x.str("thumbUrl"), LinkURL: x.str("linkUrl"), Title: x.str("title"), Description: x.str("description"),
			})
		},
		"/sns/sendFinderSns": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.SNS.SendFinder(ctx, api.SNSSendFinderRequest{
				AppID: x.str("appId"), SNSAudience: x.audience(), ID: x.id("id"), UserName: x.str("username"), NickName: x.str("nickname"),
				HeadURL: x.str("headUrl"), NonceID: x.str("nonceId"), MediaType: x.num("mediaType"), Width: x.num("width"),
				Height: x.num("height"), URL: x.str("url"), ThumbURL: x.str("thumbUrl"), ThumbURLToken: x.str("thumbUrlToken"),
				Description: x.str("description"),
				PlayLength:  x.num("videoPlayLen"),
			}))
		},
		"/sns/uploadSnsImage": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.SNS.UploadImage(ctx, x.str("appId"), x.list("imgUrls")...)
		},
		"/sns/uploadSnsVideo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.SNS.UploadVideo(ctx, x.str("appId"), x.str("videoUrl"), x.str("thumbUrl"))
		},
		"/sns/forwardSns": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.SNS.Forward(ctx, api.SNSForwardRequest{AppID: x.str("appId"), SNSAudience: x.audience(), Private: x.is("privacy"),
				XML: x.str("snsXml")})
		},
		"/sns/snsList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.SNS.List(ctx, api.SNSListRequest{
				AppID: x.str("appId"), MaxID: x.id("maxId"), Decrypt: x.is("decrypt"), FirstPageMD5: x.str("firstPageMd5"),
			})
		},
		"/sns/contactsSnsList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.SNS.ListByContact(ctx, api.SNSListByContactRequest{
				AppID: x.str("appId"), MaxID: x.id("maxId"), Decrypt: x.is("decrypt"), Wxid: x.str("wxid"),
				FirstPageMD5: x.str("firstPageMd5"),
			})
		},
		"/sns/snsDetails": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.SNS.GetDetails(ctx, x.str("appId"), x.id("snsId"))
		},
	}
}
