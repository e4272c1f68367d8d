package api_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
)

// TestWhatARefusalIsAbout tries the texts of refusals.
func TestWhatARefusalIsAbout(t *testing.T) {
	t.Parallel()
	for want, texts := range map[api.About][]string{
		api.AboutMessage: {
			"toWxid: the account is not in the group \"1@chatroom\" (不在群聊中)", "对方不是好友", "send text msg: its not on your friend list",
			"你已被移出群聊", "该群已解散", "对方账号异常", "群不存在", "被对方加入黑名单", "xml解析失败", "XML is malformed", "文件过大", "file too large", "fileUrl 不可为空",
			"文件下载超时",
			"内容违规", "参数错误", "you are not a member of this chatroom", "对方开启了好友验证",
		},
		api.AboutAccount: {
			"会话已失效", "the session is dead, though it looks online (会话已失效)", "请重新登录", "账号异常", "微信不在线", "account is offline", "token不可用或已过期",
			"[wx_x]设备不存在", "参数 appId 错误", "账号已被冻结",
		},
		api.AboutUntold:  {"", "发送失败", "failed", "系统繁忙", "操作过于频繁", "refused on order (a fault of the simulator)"},
		api.AboutService: {"请求超时", "upstream time-out"},
	} {
		for _, text := range texts {
			t.Run(want.String()+" "+text, func(t *testing.T) {
				t.Parallel()
				for _, body := range []string{ // wherever the service writes it
					fmt.Sprintf(`{"ret":500,"msg":%q}`, text),
					fmt.Sprintf(`{"ret":500,"msg":"发送文本消息失败","data":{"code":"-2","msg":%q}}`, text),
					fmt.Sprintf(`{"ret":500,"msg":"发送文件消息失败","data":{"code":500,"msg":"","detail":%q}}`,
						fmt.Sprintf(`{"ret":-1,"msg_err":%q}`, text)),
				} {
					e := postText(t, newClient(t, answer(body)))
					assert.Equal(t, want, e.About(), body)
				}
			})
		}
	}
}

// TestWhatAnAnswerIsAboutThatIsNone has only a status to go by.
func TestWhatAnAnswerIsAboutThatIsNone(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]api.About{
		200: api.AboutService, 301: api.AboutService, 401: api.AboutAccount, 403: api.AboutAccount, 404: api.AboutService,
		413: api.AboutMessage, 429: api.AboutRate, 500: api.AboutService, 502: api.AboutService, 503: api.AboutService,
		504: api.AboutService,
	} {
		for _, body := range []string{"<html>no</html>", fmt.Sprintf(`{"ret":%d,"msg":null}`, status)} {
			if status == 200 && body[0] == '{' { // this is a success
				continue
			}
			e := postText(t, newClient(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}))
			assert.Equal(t, want, e.About(), "HTTP %d %s", status, body)
		}
	}
	slow := newClient(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the server notices when the client disconnects
		<-r.Context().Done()
	}, func(c *api.Config) { c.SendTimeout = 50 * time.Millisecond })
	assert.Equal(t, api.AboutService, postText(t, slow).About())
	_, err := slow.Message.Send(t.Context(), api.PostText{AppID: app, To: bob})
	var e *api.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, api.AboutMessage, e.About(), "it is not complete")
}

// TestARefusalThatRepeatsTheMessage checks that the text of the message does not decide what a
// refusal is about.
func TestARefusalThatRepeatsTheMessage(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"the printer is offline", "设备离线了", "token不可用", "你的账号", "文件过大"} {
		c := newClient(t, answer(fmt.Sprintf(`{"ret":500,"msg":"发送失败","data":{"code":"-2","msg":"rejected: %s"}}`, said)))
		_, err := c.Message.Send(t.Context(), api.PostText{AppID: app, To: bob, Content: said})
		var e *api.Error
		require.ErrorAs(t, err, &e)
		require.NoError(t, e.Err, said)
		assert.Equal(t, api.AboutUntold, e.About(), said)
		assert.NotContains(t, e.Error(), said)
	}
}
