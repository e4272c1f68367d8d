package api_test

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
)

func groupCalls() calls {
	return calls{
		"/group/createChatroom": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Group.CreateChatroom(ctx, x.str("appId"), x.list("wxids")...)
		},
		"/group/modifyChatroomName": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.ModifyChatroomName(ctx, x.str("appId"), x.str("chatroomId"), x.str("chatroomName")))
		},
		"/group/modifyChatroomRemark": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.ModifyChatroomRemark(ctx, x.str("appId"), x.str("chatroomId"), x.str("chatroomRemark")))
		},
		"/group/modifyChatroomNickNameForSelf": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.ModifyChatroomNicknameForSelf(ctx, x.str("appId"), x.str("chatroomId"), x.str("nickName")))
		},
		"/group/inviteMember": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.InviteMember(ctx, api.InviteMemberRequest{
				AppID: x.str("appId"), ChatroomID: x.str("chatroomId"), Wxids: x.list("wxids"), Reason: x.str("reason"),
			}))
		},
		"/group/removeMember": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.RemoveMember(ctx, x.str("appId"), x.str("chatroomId"), x.list("wxids")...))
		},
		"/group/quitChatroom": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.QuitChatroom(ctx, x.str("appId"), x.str("chatroomId")))
		},
		"/group/disbandChatroom": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.DisbandChatroom(ctx, x.str("appId"), x.str("chatroomId")))
		},
		"/group/getChatroomInfo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Group.GetChatroomInfo(ctx, x.str("appId"), x.str("chatroomId"))
		},
		"/group/getChatroomMemberList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Group.GetChatroomMemberList(ctx, x.str("appId"), x.str("chatroomId"))
		},
		"/group/getChatroomMemberDetail": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Group.GetChatroomMemberDetail(ctx, x.str("appId"), x.str("chatroomId"), x.list("memberWxids")...)
		},
		"/group/setChatroomAnnouncement": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.SetChatroomAnnouncement(ctx, x.str("appId"), x.str("chatroomId"), x.str("content")))
		},
		"/group/getChatroomAnnouncement": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Group.GetChatroomAnnouncement(ctx, x.str("appId"), x.str("chatroomId"))
		},
		"/group/agreeJoinRoom": func(ctx context.Context, c *api.Client, x example) (any, error) {
			id, err := c.Group.AcceptInvite(ctx, x.str("appId"), x.str("url"))
			return as("chatroomId", id, err)
		},
		"/group/addGroupMemberAsFriend": func(ctx context.Context, c *api.Client, x example) (any, error) {
			v3, err := c.Group.AddGroupMemberAsFriend(ctx, api.AddGroupMemberRequest{
				AppID: x.str("appId"), ChatroomID: x.str("chatroomId"), MemberWxid: x.str("memberWxid"), Content: x.str("content"),
			})
			return as("v3", v3, err)
		},
		"/group/getChatroomQrCode": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Group.GetChatroomQRCode(ctx, x.str("appId"), x.str("chatroomId"))
		},
		"/group/saveContractList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.SaveToContacts(ctx, x.str("appId"), x.str("chatroomId"), x.num("operType") == 3))
		},
		"/group/adminOperate": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.ManageAdmins(ctx, api.ManageAdminsRequest{
				AppID: x.str("appId"), ChatroomID: x.str("chatroomId"), Op: api.AdminOp(x.num("operType")), Wxids: x.list("wxids"),
			}))
		},
		"/group/pinChat": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.PinChat(ctx, x.str("appId"), x.str("chatroomId"), x.is("top")))
		},
		"/group/setMsgSilence": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.SetMsgSilence(ctx, x.str("appId"), x.str("chatroomId"), x.is("silence")))
		},
		"/group/joinRoomUsingQRCode": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Group.JoinRoomUsingQRCode(ctx, x.str("appId"), x.str("qrUrl"))
		},
		"/group/roomAccessApplyCheckApprove": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Group.ApproveJoinRequest(ctx, api.ApproveJoinRequest{
				AppID: x.str("appId"), ChatroomID: x.str("chatroomId"), NewMsgID: x.id("newMsgId"), MsgContent: x.str("msgContent"),
			}))
		},
	}
}
