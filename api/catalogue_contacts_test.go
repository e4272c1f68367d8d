package api_test

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
)

func contactsCalls() calls {
	return calls{
		"/contacts/fetchContactsList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Contacts.FetchContactsList(ctx, x.str("appId"))
		},
		"/contacts/fetchContactsListCache": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Contacts.FetchContactsListCache(ctx, x.str("appId"))
		},
		"/contacts/search": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Contacts.Search(ctx, x.str("appId"), x.str("contactsInfo"))
		},
		"/contacts/addContacts": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Contacts.AddContact(ctx, api.AddContactRequest{
				AppID: x.str("appId"), Scene: api.Scene(x.num("scene")), Option: api.ContactOption(x.num("option")),
				V3: x.str("v3"), V4: x.str("v4"), Content: x.str("content"),
			}))
		},
		"/contacts/deleteFriend": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Contacts.DeleteFriend(ctx, x.str("appId"), x.str("wxid")))
		},
		"/contacts/getBriefInfo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Contacts.GetBriefInfo(ctx, x.str("appId"), x.list("wxids")...)
		},
		"/contacts/getDetailInfo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Contacts.GetDetailInfo(ctx, x.str("appId"), x.list("wxids")...)
		},
		"/contacts/setFriendPermissions": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Contacts.SetFriendPermissions(ctx, x.str("appId"), x.str("wxid"), x.is("onlyChat")))
		},
		"/contacts/checkRelation": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Contacts.CheckRelation(ctx, x.str("appId"), x.list("wxids")...)
		},
		"/contacts/setFriendRemark": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Contacts.SetFriendRemark(ctx, x.str("appId"), x.str("wxid"), x.str("remark")))
		},
		"/contacts/getPhoneAddressList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Contacts.GetPhoneAddressList(ctx, x.str("appId"), x.list("phones")...)
		},
		"/contacts/uploadPhoneAddressList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Contacts.UploadPhoneAddressList(ctx, x.str("appId"), api.PhoneOp(x.num("opType")), x.list("phones")...))
		},
	}
}
