package api_test

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
)

func groupCalls() calls {
	return calls{
		"/group/getChatroomInfo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Group.GetChatroomInfo(ctx, x.str("appId"), x.str("chatroomId"))
		},
		"/group/getChatroomMemberList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Group.GetChatroomMemberList(ctx, x.str("appId"), x.str("chatroomId"))
		},
	}
}
