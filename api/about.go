package api

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
)

// About says what a failed call is about: whether other calls of the account will fail as well.
type About int

// The values of About.
const (
	// AboutUntold means that the answer does not say. A series of such refusals by different
	// recipients is about the account.
	AboutUntold About = iota
	// AboutMessage means the recipient or the content: not a friend, not in the group, invalid XML,
	// a file that is too large. It says nothing about other messages.
	AboutMessage
	// AboutAccount means the account, its session, its device or the token.
	AboutAccount
	// AboutService means the service or the connection to it: a timeout, a lost connection, the
	// error page of a gateway.
	AboutService
	// AboutRate means too many requests (429).
	AboutRate
)

// String returns "untold", "message", "account", "service" or "rate".
func (a About) String() string {
	switch a {
	case AboutMessage:
		return "message"
	case AboutAccount:
		return "account"
	case AboutService:
		return "service"
	case AboutRate:
		return "rate"
	case AboutUntold:
	}
	return "untold"
}

// About says what the failure is about, according to the reason, the status and the texts of the
// answer. The service documents no list of codes, so the texts decide; an unknown text gives
// AboutUntold.
func (e *Error) About() About {
	switch {
	case errors.Is(e.Err, ErrTokenInvalid), errors.Is(e.Err, ErrOffline), errors.Is(e.Err, ErrDeviceUnknown):
		return AboutAccount
	case errors.Is(e.Err, ErrMissingField), errors.Is(e.Err, ErrNoSuchUser), errors.Is(e.Err, ErrBadMembers):
		return AboutMessage
	case e.executed == ExecutedYes:
		return AboutUntold
	case e.Ret == 0:
		return aboutStatus(e.HTTPStatus)
	}
	if a := aboutText(e.Message + " " + e.said); a != AboutUntold {
		return a
	}
	switch {
	case e.Ret == http.StatusInternalServerError && e.HTTPStatus < http.StatusInternalServerError: // an ordinary refusal of the service
		if timedOut(strings.ToLower(e.Message + " " + e.said)) {
			return AboutService
		}
		return AboutUntold
	case e.Ret >= 400 && e.Ret < 500:
		return aboutStatus(e.Ret)
	}
	return AboutService
}

// aboutStatus says what an HTTP status means if the response is not an answer of the service.
func aboutStatus(status int) About {
	switch status {
	case http.StatusTooManyRequests:
		return AboutRate
	case http.StatusUnauthorized, http.StatusForbidden:
		return AboutAccount
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusUnsupportedMediaType,
		http.StatusUnprocessableEntity, http.StatusRequestHeaderFieldsTooLarge:
		return AboutMessage
	}
	return AboutService
}

// placeholder matches the words that scrub puts in the place of parts of the request.
var placeholder = regexp.MustCompile(`\[[a-z]+\]`)

// aboutText says what a text of the service is about. The recipient is tested first: "the account
// of the recipient is blocked" is about the recipient.
func aboutText(text string) About {
	text = placeholder.ReplaceAllString(strings.ToLower(text), "") // scrub wrote it, not the service
	switch {
	case containsAny(text, // the recipient
		"不是好友", "非好友", "不是你的好友", "不是您的好友", "好友验证", "朋友验证", "好友关系", "删除了你", "删除了您", "对方", "黑名单", "拉黑", "拒收",
		"不在群", "不在该群", "不在此群", "不在本群", "群成员", "未加入群", "不是群", "群不存在", "群聊不存在", "群已", "群聊已", "移出群", "移出了群", "踢出", "退群", "退出群",
		"禁言", "接收方", "接收人", "接收者", "收件人", "用户不存在", "好友不存在", "联系人不存在",
		"not a friend", "not your friend", "not on your friend list", "not friends", "not in the group", "not in group",
		"not in the chatroom", "not in chatroom", "not a member", "no such group", "no such chatroom", "no such user", "user not found",
		"group not found", "chatroom not found", "blacklist", "blocked by",
		"recipient", "receiver", "towxid", "chatroomid", "only the owner"):
		return AboutMessage
	case containsAny(text, // the account and its session
		"会话", "session", "登录", "登陆", "重新登", "已退出", "挤下线", "被下线", "设备", "appid", "账号", "帐号", "封号", "冻结", "风控", "环境异常",
		"logged out", "not logged in", "log in", "login", "account"):
		return AboutAccount
	case containsAny(text, // the content
		"xml", "格式", "参数", "不能为空", "不可为空", "过大", "太大", "过长", "太长", "大小超", "长度超", "超过大小", "超过长度", "下载失败", "下载超时", "文件不存在", "文件为空",
		"图片不存在", "敏感", "违规", "违法", "非法内容", "链接", "url", "silk", "md5",
		"too large", "too long", "too big", "size limit", "malformed", "invalid format", "bad format", "invalid parameter",
		"invalid argument", "bad request",
		"must not be empty", "download", "content"):
		return AboutMessage
	}
	return AboutUntold
}
