package api_test

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
)

func smallCalls() calls {
	return calls{
		"/im/sync": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.IM.Sync(ctx, x.str("appId"))
		},
		"/im/detail": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.IM.GetDetail(ctx, x.str("appId"), x.str("toUserName"))
		},
		"/im/search": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.IM.Search(ctx, x.str("appId"), x.num("scene"), x.str("content"))
		},
		"/im/add": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.IM.Add(ctx, x.str("appId"), x.str("v3"), x.str("v4")))
		},
		"/label/add": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Label.Add(ctx, x.str("appId"), x.str("labelName"))
		},
		"/label/delete": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Label.Delete(ctx, x.str("appId"), x.ids("labelIds")...))
		},
		"/label/list": func(ctx context.Context, c *api.Client, x example) (any, error) {
			labels, err := c.Label.List(ctx, x.str("appId"))
			return as("labelList", labels, err)
		},
		"/label/modifyMemberList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Label.ModifyMemberList(ctx, api.ModifyMemberListRequest{
				AppID: x.str("appId"), Labels: x.ids("labelIds"), Wxids: x.list("wxIds"),
			}))
		},
		"/personal/getProfile": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Personal.GetProfile(ctx, x.str("appId"))
		},
		"/personal/getQrCode": func(ctx context.Context, c *api.Client, x example) (any, error) {
			code, err := c.Personal.GetQRCode(ctx, x.str("appId"))
			return as("qrCode", code, err)
		},
		"/personal/getSafetyInfo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			devices, err := c.Personal.GetSafetyInfo(ctx, x.str("appId"))
			return as("list", devices, err)
		},
		"/personal/privacySettings": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Personal.SetPrivacy(ctx, x.str("appId"), api.PrivacyOption(x.num("option")), x.is("open")))
		},
		"/personal/updateProfile": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Personal.UpdateProfile(ctx, api.UpdateProfileRequest{
				AppID: x.str("appId"), NickName: x.str("nickName"), Sex: api.Sex(x.num("sex")), Signature: x.str("signature"),
				Country: x.str("country"), Province: x.str("province"), City: x.str("city"),
			}))
		},
		"/personal/updateHeadImg": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Personal.UpdateAvatar(ctx, x.str("appId"), x.str("headImgUrl")))
		},
		"/favor/sync": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Favor.Sync(ctx, x.str("appId"), x.str("syncKey"))
		},
		"/favor/getContent": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Favor.GetContent(ctx, x.str("appId"), x.id("favId"))
		},
		"/favor/delete": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Favor.Delete(ctx, x.str("appId"), x.id("favId")))
		},
	}
}
