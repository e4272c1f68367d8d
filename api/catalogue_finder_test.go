package api_test

import (
	"context"

	"github.com/hongyan-go/hongyan/api"
)

// object returns a member that is an object.
func (x example) object(name string) example { o, _ := x[name].(map[string]any); return o }

func (x example) me() api.FinderIdentity {
	return api.FinderIdentity{
		AppID: x.str("appId"), MyUserName: x.str("myUserName"), MyRole: api.FinderRole(x.num("myRoleType")), ProxyIP: x.str("proxyIp"),
	}
}

func (x example) video() api.FinderVideo {
	return api.FinderVideo{ObjectID: x.id("objectId"), ObjectNonceID: x.str("objectNonceId"), SessionBuffer: x.str("sessionBuffer")}
}

func (x example) scan() api.FinderScanRequest {
	return api.FinderScanRequest{FinderIdentity: x.me(), QRContent: x.str("qrContent"), ObjectID: x.id("objectId")}
}

func (x example) conversation() api.FinderConversation {
	return api.FinderConversation{
		AppID: x.str("appId"), ProxyIP: x.str("proxyIp"), MyUserName: x.str("myUserName"), ToUserName: x.str("toUserName"),
		SessionID: x.str("msgSessionId"),
	}
}

func (x example) upload() api.FinderUploadRequest {
	return api.FinderUploadRequest{
		AppID: x.str("appId"), ProxyIP: x.str("proxyIp"), VideoURL: x.str("videoUrl"), CoverURL: x.str("coverImgUrl"),
	}
}

func finderCalls() calls {
	return calls{
		"/finder/search": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.Search(ctx, api.FinderSearchRequest{
				AppID: x.str("appId"), ProxyIP: x.str("proxyIp"), Content: x.str("content"),
				Category: api.FinderCategory(x.num("category")), Filter: api.FinderFilter(x.num("filter")),
				Page: x.num("page"), Offset: x.num("offset"), Cookie: x.str("cookie"), SearchID: x.str("searchId"),
			})
		},
		"/finder/getProfile": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.GetProfile(ctx, x.str("appId"))
		},
		"/finder/createFinder": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.Create(ctx, api.FinderCreateRequest{
				AppID: x.str("appId"), ProxyIP: x.str("proxyIp"), NickName: x.str("nickName"), HeadImg: x.str("headImg"),
				Signature: x.str("signature"), Sex: x.num("sex"),
			})
		},
		"/finder/updateProfile": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Finder.UpdateProfile(ctx, api.FinderUpdateProfileRequest{
				FinderIdentity: x.me(), NickName: x.str("nickName"), HeadImg: x.str("headImg"), Signature: x.str("signature"),
				Sex:     x.num("sex"),
				Country: x.str("country"), Province: x.str("province"), City: x.str("city"),
			}))
		},
		"/finder/getFinderInfo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.ListIdentities(ctx, x.str("appId"))
		},
		"/finder/scanLoginChannels": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.ScanLoginChannels(ctx, api.FinderScanLoginRequest{
				AppID: x.str("appId"), ProxyIP: x.str("proxyIp"), QRContent: x.str("qrContent"), UserName: x.str("username"),
			})
		},
		"/finder/getQrCode": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.GetQRCode(ctx, x.me())
		},
		"/finder/follow": func(ctx context.Context, c *api.Client, x example) (any, error) {
			search := x.object("searchInfo")
			return c.Finder.Follow(ctx, api.FinderFollowRequest{
				FinderIdentity: x.me(), ToUserName: x.str("toUserName"), Op: api.FinderFollowOp(x.num("opType")),
				Search: api.FinderHitRef{
					FinderSearchRef: api.FinderSearchRef{Cookies: search.str("cookies"), SearchID: search.str("searchId")},
					DocID:           search.str("docId"),
				},
			})
		},
		"/finder/scanFollow": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.ScanFollow(ctx, api.FinderScanFollowRequest{
				FinderIdentity: x.me(), QRContent: x.str("qrContent"),
				ObjectID: x.id("objectId"), ObjectNonceID: x.str("objectNonceId"),
			})
		},
		"/finder/searchFollow": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Finder.SearchFollow(ctx,
				api.FinderSearchFollowRequest{FinderIdentity: x.me(), ToUserName: x.str("toUserName"), Keyword: x.str("keyword")}))
		},
		"/finder/followList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.ListFollowing(ctx, api.FinderListFollowingRequest{FinderIdentity: x.me(), LastBuffer: x.str("lastBuffer")})
		},
		"/finder/userPage": func(ctx context.Context, c *api.Client, x example) (any, error) {
			search := x.object("searchInfo")
			return c.Finder.GetUserPage(ctx, api.FinderGetUserPageRequest{
				AppID: x.str("appId"), ProxyIP: x.str("proxyIp"), ToUserName: x.str("toUserName"), LastBuffer: x.str("lastBuffer"),
				MaxID:  x.id("maxId"),
				Search: api.FinderSearchRef{Cookies: search.str("cookies"), SearchID: search.str("searchId")},
			})
		},
		"/finder/likeFavList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.ListLikesAndFavorites(ctx, api.FinderListLikesAndFavoritesRequest{
				FinderIdentity: x.me(), Lists: api.FinderLists(x.num("flag")), LastBuffer: x.str("lastBuffer"),
			})
		},
		"/finder/mentionList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.ListMentions(ctx, api.FinderListMentionsRequest{
				FinderIdentity: x.me(), Scene: api.FinderScene(x.num("reqScene")), LastBuff: x.str("lastBuff"),
			})
		},
		"/finder/idFav": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Finder.ThumbUp(ctx, api.FinderThumbUpRequest{
				FinderIdentity: x.me(), FinderVideo: x.video(), ToUserName: x.str("toUserName"), Op: api.FinderThumbOp(x.num("opType")),
			}))
		},
		"/finder/idLike": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Finder.Heart(ctx, api.FinderHeartRequest{
				FinderIdentity: x.me(), FinderVideo: x.video(), ToUserName: x.str("toUserName"), Op: api.FinderHeartOp(x.num("opType")),
			}))
		},
		"/finder/browse": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Finder.Browse(ctx, api.FinderBrowseRequest{FinderIdentity: x.me(), FinderVideo: x.video()}))
		},
		"/finder/finderOpt": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Finder.DelayedReaction(ctx, api.FinderDelayedReactionRequest{
				FinderIdentity: x.me(), ToUserName: x.str("toUserName"), Op: x.num("opType"), ID: x.id("id"), Remain: x.num("remain"),
			}))
		},
		"/finder/commentList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.ListComments(ctx, api.FinderListCommentsRequest{
				AppID: x.str("appId"), ProxyIP: x.str("proxyIp"), FinderVideo: x.video(), LastBuffer: x.str("lastBuffer"),
				RefCommentID: x.id("refCommentId"), RootCommentID: x.id("rootCommentId"),
			})
		},
		"/finder/comment": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.Comment(ctx, api.FinderCommentRequest{
				FinderIdentity: x.me(), FinderVideo: x.video(), Op: api.FinderCommentOp(x.num("opType")), Content: x.str("content"),
				CommentID: x.id("commentId"), ReplyUserName: x.str("replyUserName"),
				RefCommentID: x.id("refCommentId"), RootCommentID: x.id("rootCommentId"),
			})
		},
		"/finder/scanQrCode": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.ScanQRCode(ctx, api.FinderScanQRCodeRequest{FinderIdentity: x.me(), QRContent: x.str("qrContent")})
		},
		"/finder/scanLike": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Finder.ScanHeart(ctx, x.scan()))
		},
		"/finder/scanFav": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Finder.ScanThumbUp(ctx, x.scan()))
		},
		"/finder/scanBrowse": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return done(c.Finder.ScanBrowse(ctx, x.scan()))
		},
		"/finder/scanComment": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.ScanComment(ctx, api.FinderScanCommentRequest{
				FinderIdentity: x.me(), QRContent: x.str("qrContent"), ObjectID: x.id("objectId"), Content: x.str("commentContent"),
				ReplyUserName: x.str("replyUsername"), RefCommentID: x.id("refCommentId"), RootCommentID: x.id("rootCommentId"),
			})
		},
		"/finder/publishFinder": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.Publish(ctx, api.FinderPublishRequest{
				FinderIdentity: x.me(), VideoURL: x.str("videoUrl"), ThumbURL: x.str("thumbUrl"), Description: x.str("description"),
				Topics: x.list("topic"), Width: x.num("width"), Height: x.num("height"), PlayLength: x.num("playLen"),
			})
		},
		"/finder/publishFinderWeb": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.PublishWeb(ctx, api.FinderPublishWebRequest{
				AppID: x.str("appId"), ProxyIP: x.str("proxyIp"), Title: x.str("title"), VideoURL: x.str("videoUrl"),
				ThumbURL:    x.str("thumbUrl"),
				Description: x.str("description"), MyRole: api.FinderRole(x.num("myRoleType")),
			})
		},
		"/finder/uploadFinderVideo": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.UploadVideo(ctx, x.upload())
		},
		"/finder/uploadFinderVideoAsync": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.UploadVideoAsync(ctx, x.upload())
		},
		"/finder/queryFinderVideoAsync": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.QueryVideoAsync(ctx, x.str("appId"), x.str("uuid"))
		},
		"/finder/publishFinderCdn": func(ctx context.Context, c *api.Client, x example) (any, error) {
			v := x.object("videoCdn")
			return c.Finder.PublishCDN(ctx, api.FinderPublishCDNRequest{
				FinderIdentity: x.me(), Topics: x.list("topic"), Description: x.str("description"),
				Video: api.FinderCDNVideo{
					FileURL: v.str("fileUrl"), ThumbURL: v.str("thumbUrl"), MP4Identify: v.str("mp4Identify"),
					FileSize: int64(v.num("fileSize")), ThumbMD5: v.str("thumbMD5"), FileKey: v.str("fileKey"), Width: v.num("width"),
					Height: v.num("height"),
				},
			})
		},
		"/finder/getMsgSessionId": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.GetMsgSessionID(ctx, api.FinderGetMsgSessionIDRequest{
				AppID: x.str("appId"), ProxyIP: x.str("proxyIp"), MyUserName: x.str("myUserName"),
				MyType:     api.FinderAccountType(x.num("myAccountType")),
				ToUserName: x.str("toUserName"),
			})
		},
		"/finder/postPrivateLetter": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.PostDirectMessage(ctx,
				api.FinderPostDirectMessageRequest{FinderConversation: x.conversation(), Content: x.str("content")})
		},
		"/finder/postPrivateLetterImg": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.PostDirectImage(ctx,
				api.FinderPostDirectImageRequest{FinderConversation: x.conversation(), ImageURL: x.str("imgUrl")})
		},
		"/finder/contactList": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.GetContacts(ctx, api.FinderGetContactsRequest{FinderIdentity: x.me(), UserName: x.str("queryInfo")})
		},
		"/finder/syncPrivateLetterMsg": func(ctx context.Context, c *api.Client, x example) (any, error) {
			return c.Finder.SyncDirectMessages(ctx, x.str("appId"), x.str("keyBuff"))
		},
	}
}
