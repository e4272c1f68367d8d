package peers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PaulSonOfLars/gotgbot/v2"
	"github.com/PaulSonOfLars/gotgbot/v2/ext"
	"github.com/PaulSonOfLars/gotgbot/v2/ext/handlers"
	"github.com/PaulSonOfLars/gotgbot/v2/ext/handlers/filters/message"
	"github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
	"github.com/mymmrac/telego"
	th "github.com/mymmrac/telego/telegohandler"
	"github.com/stretchr/testify/require"
	"gopkg.in/telebot.v4"

	"github.com/hongyan-go/hongyan/callback"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// library is a framework with n routes, each for a keyword of its own in a text. handled is called
// by the handler of the last one, and no other is reached.
type library struct {
	name string
	// body is the update as the service of the library posts it.
	body func(text string) []byte
	// webhook returns the library's HTTP handler, running with all that takes an update from it to
	// the route. It stops at the end of the benchmark.
	webhook func(b *testing.B, n int, handled func()) http.Handler
	// dispatch returns a function that decodes a body and takes it to its route, in the calling
	// goroutine where the library lets it.
	dispatch func(b *testing.B, n int, handled func()) func(body []byte) error
}

// Each of the Telegram libraries checks a secret of its service in this header; Hongyan's is in the
// path.
const (
	secret = "s3cret"
	path   = "/callback/" + secret
	header = "X-Telegram-Bot-Api-Secret-Token"
	token  = "123456789:aaaabbbbaaaabbbbaaaabbbbaaaabbbbccc"
)

func keyword(i int) string { return fmt.Sprintf("关键词%05d", i) }

// text is what the last of n routes waits for.
func text(n int) string { return "请问" + keyword(n-1) + "是什么？" }

func libraries() []library {
	return []library{
		{"hongyan", hongyanBody, hongyanWebhook, hongyanDispatch},
		{"go-telegram", telegramBody, goTelegramWebhook, goTelegramDispatch},
		{"telebot", telegramBody, telebotWebhook, telebotDispatch},
		{"gotgbot", telegramBody, gotgbotWebhook, gotgbotDispatch},
		{"telego", telegramBody, telegoWebhook, telegoDispatch},
	}
}

// hongyanBody is the callback of a group message.
func hongyanBody(text string) []byte {
	return fmt.Appendf(nil, `{"TypeName":"AddMsg","Appid":"wx_3NFEMzXGDmxgpZv1rDdb","Data":{"MsgId":1131200049,`+
		`"FromUserName":{"string":"20041565891@chatroom"},"ToUserName":{"string":"wxid_me"},"MsgType":1,`+
		`"Content":{"string":"wxid_alice:\n%s"},"Status":3,"ImgStatus":1,"ImgBuf":{"iLen":0},"CreateTime":1782051117,`+
		`"MsgSource":"<msgsource>\n\t<silence>1</silence>\n\t<membercount>9</membercount>\n\t<signature>`+
		`V1_TsTZK4ux|v1_j2srVmo4</signature>\n</msgsource>\n","PushContent":"Alice : %s","NewMsgId":3102924751776946850,`+
		`"MsgSeq":731200046},"Wxid":"wxid_me"}`, text, text)
}

// telegramBody is the update of a group message.
func telegramBody(text string) []byte {
	return fmt.Appendf(nil, `{"update_id":731200046,"message":{"message_id":113120,"from":{"id":1131200049,"is_bot":false,`+
		`"first_name":"Alice","last_name":"Li","username":"alice_li","language_code":"zh-hans"},"chat":{"id":-1002004156589,`+
		`"title":"采购部","type":"supergroup","is_forum":false},"date":1782051117,"reply_to_message":{"message_id":113119,`+
		`"from":{"id":1131200050,"is_bot":false,"first_name":"Bob","username":"bob"},"chat":{"id":-1002004156589,"title":"采购部",`+
		`"type":"supergroup"},"date":1782051100,"text":"早上好"},"text":"%s","entities":[{"offset":0,"length":2,"type":"bold"}]}}`, text)
}

func hongyan(n int, handled func()) *router.Router {
	r := router.New()
	for i := range n {
		r.Text(func(*router.Context, *xmlmsg.Text) error { handled(); return nil }, match.Keyword(keyword(i)))
	}
	return r
}

func hongyanDispatch(_ *testing.B, n int, handled func()) func([]byte) error {
	r := hongyan(n, handled)
	return func(body []byte) error {
		e, err := callback.Decode(body)
		if err != nil {
			return err
		}
		return r.Serve(context.Background(), e, router.Services{})
	}
}

// hongyanWebhook hands each callback over to a goroutine, as the other libraries do and as the
// inbox does.
func hongyanWebhook(b *testing.B, n int, handled func()) http.Handler {
	b.Helper()
	dispatch := hongyanDispatch(b, n, handled)
	bodies := make(chan []byte)
	go func() {
		for body := range bodies {
			if err := dispatch(body); err != nil {
				panic(err)
			}
		}
	}()
	b.Cleanup(func() { close(bodies) })
	h, err := callback.NewHandler(callback.HandlerConfig{Secret: secret, Accept: func(_ context.Context, d callback.Delivery) error {
		bodies <- d.Body
		return nil
	}})
	require.NoError(b, err)
	return h
}

func goTelegram(b *testing.B, n int, handled func(), options ...bot.Option) *bot.Bot {
	b.Helper()
	t, err := bot.New(token, append(options, bot.WithSkipGetMe(), bot.WithWebhookSecretToken(secret))...)
	require.NoError(b, err)
	for i := range n {
		t.RegisterHandler(bot.HandlerTypeMessageText, keyword(i), bot.MatchTypeContains,
			func(context.Context, *bot.Bot, *models.Update) { handled() })
	}
	return t
}

func goTelegramDispatch(b *testing.B, n int, handled func()) func([]byte) error {
	b.Helper()
	t := goTelegram(b, n, handled, bot.WithNotAsyncHandlers())
	return func(body []byte) error {
		var u models.Update
		if err := json.Unmarshal(body, &u); err != nil {
			return err
		}
		t.ProcessUpdate(context.Background(), &u)
		return nil
	}
}

func goTelegramWebhook(b *testing.B, n int, handled func()) http.Handler {
	b.Helper()
	t := goTelegram(b, n, handled)
	go t.StartWebhook(b.Context())
	return t.WebhookHandler()
}

// newTelebot has a route for each whole text, which it looks up in a map: it knows no keywords.
func newTelebot(b *testing.B, n int, handled func(), poller telebot.Poller) *telebot.Bot {
	b.Helper()
	t, err := telebot.NewBot(telebot.Settings{Token: token, Offline: true, Synchronous: poller == nil, Poller: poller})
	require.NoError(b, err)
	for i := range n {
		t.Handle(text(i+1), func(telebot.Context) error { handled(); return nil })
	}
	return t
}

func telebotDispatch(b *testing.B, n int, handled func()) func([]byte) error {
	b.Helper()
	t := newTelebot(b, n, handled, nil)
	return func(body []byte) error {
		var u telebot.Update
		if err := json.Unmarshal(body, &u); err != nil {
			return err
		}
		t.ProcessUpdate(u)
		return nil
	}
}

// mounted is telebot's webhook without a listener of its own, and with a sign that it is ready.
type mounted struct {
	*telebot.Webhook
	ready chan struct{}
}

func (m mounted) Poll(t *telebot.Bot, updates chan telebot.Update, stop chan struct{}) {
	stopped := make(chan struct{})
	close(stopped)
	m.Webhook.Poll(t, updates, stopped) // without a listener it only keeps its arguments
	close(m.ready)
	<-stop
}

func telebotWebhook(b *testing.B, n int, handled func()) http.Handler {
	b.Helper()
	m := mounted{&telebot.Webhook{SecretToken: secret, IgnoreSetWebhook: true}, make(chan struct{})}
	t := newTelebot(b, n, handled, m)
	go t.Start()
	<-m.ready
	b.Cleanup(t.Stop)
	return m.Webhook
}

func gotgbotOf(b *testing.B, n int, handled func()) (*gotgbot.Bot, *ext.Dispatcher) {
	b.Helper()
	t, err := gotgbot.NewBot(token, &gotgbot.BotOpts{DisableTokenCheck: true})
	require.NoError(b, err)
	d := ext.NewDispatcher(nil)
	for i := range n {
		d.AddHandler(handlers.NewMessage(message.Contains(keyword(i)), func(*gotgbot.Bot, *ext.Context) error { handled(); return nil }))
	}
	return t, d
}

func gotgbotDispatch(b *testing.B, n int, handled func()) func([]byte) error {
	b.Helper()
	t, d := gotgbotOf(b, n, handled)
	return func(body []byte) error {
		var u gotgbot.Update
		if err := json.Unmarshal(body, &u); err != nil {
			return err
		}
		return d.ProcessUpdate(t, &u, nil)
	}
}

func gotgbotWebhook(b *testing.B, n int, handled func()) http.Handler {
	b.Helper()
	t, d := gotgbotOf(b, n, handled)
	u := ext.NewUpdater(d, nil)
	require.NoError(b, u.AddWebhook(t, strings.TrimPrefix(path, "/"), &ext.AddWebhookOpts{SecretToken: secret}))
	b.Cleanup(u.StopAllBots)
	return u.GetHandlerFunc("/")
}

// newTelego starts a handler of updates, each of which gets two goroutines: there is no way to call
// it directly.
func newTelego(b *testing.B, n int, handled func(), register func(telego.WebhookHandler) error) {
	b.Helper()
	t, err := telego.NewBot(token, telego.WithDiscardLogger())
	require.NoError(b, err)
	updates, err := t.UpdatesViaWebhook(b.Context(), register)
	require.NoError(b, err)
	h, err := th.NewBotHandler(t, updates)
	require.NoError(b, err)
	for i := range n {
		h.Handle(func(*th.Context, telego.Update) error { handled(); return nil }, th.TextContains(keyword(i)))
	}
	go func() { _ = h.Start() }()
}

func telegoDispatch(b *testing.B, n int, handled func()) func([]byte) error {
	b.Helper()
	ran := make(chan struct{}, 1)
	var decode telego.WebhookHandler
	newTelego(b, n, func() { handled(); ran <- struct{}{} }, func(h telego.WebhookHandler) error {
		decode = h
		return nil
	})
	return func(body []byte) error {
		if err := decode(context.Background(), body); err != nil {
			return err
		}
		<-ran
		return nil
	}
}

func telegoWebhook(b *testing.B, n int, handled func()) http.Handler {
	b.Helper()
	mux := http.NewServeMux()
	newTelego(b, n, handled, telego.WebhookHTTPServeMux(mux, path, secret))
	return mux
}
