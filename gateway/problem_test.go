package gateway_test

import (
	"encoding/base64"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/gateway"
)

// TestEveryErrorTellsWhatIsWrong makes mistakes of each sort: each answer has a type that both
// manuals explain, says in one sentence what is wrong and where, and does not repeat what was sent.
func TestEveryErrorTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := start(t, gateway.Config{Tokens: map[string]gateway.Token{
		"all":  {Secret: secret + "all", May: []string{"send", "read", "decide"}},
		"read": {Secret: secret + "read", May: []string{"read"}},
		"chat": {Secret: secret + "chat", May: []string{"send", "read"}, Chats: []string{"B"}},
	}})
	upload := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("confidential", 10_000)))
	f.Group("A").As("alice").Say("hello")
	f.Idle()
	require.Equal(t, 202, f.post("/v1/messages", `{"to":"A","text":"x","hold":true}`, "Authorization", bearer("all"),
		"Idempotency-Key", "k").Status)
	var manuals []string
	for _, path := range []string{"../docs/en/gateway.md", "../docs/zh/gateway.md"} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		manuals = append(manuals, string(text))
	}
	for _, test := range []struct {
		token, path, body string
		status            int
		kind, says        string
	}{
		{"none", "/v1/chats", "", 401, "token", "Bearer"},
		{"read", "/v1/messages", `{"to":"A","text":"x"}`, 403, "right", "may not send"},
		{"all", "/v1/nothing", "", 404, "path", "/docs"},
		{"all", "/v1/messages", `{"to`, 400, "body", "body: unexpected"},
		{"all", "/v1/messages", `{"to":1,"text":"x"}`, 422, "body", "body.to: expected string"},
		{"all", "/v1/messages", `{"to":"A","txt":"x","file":{"base64":"` + upload + `"}}`, 422, "body", "body.txt: unexpected property"},
		{"all", "/v1/messages", `{"to":"A","file":{"base64":"` + upload, 400, "body", "body: "},
		{"all", "/v1/messages", `{"to":"Alice","text":"x","mention":["Bob"]}`, 422, "body", "only the members of a group"},
		{"all", "/v1/messages", `{"to":"A","text":"x","mention":["Nobody"]}`, 422, "to", "nobody"},
		{"all", "/v1/messages", `{"to":"A","file":{"url":"http://10.0.0.1/a"}}`, 422, "body", "gateway.allow_hosts"},
		{"all", "/v1/messages?wait=99", `{"to":"A","text":"x"}`, 422, "parameter", "query.wait: "},
		{"all", "/v1/outbox?state=hold", "", 422, "parameter", "query.state"},
		{"all", "/v1/outbox?limit=0", "", 422, "parameter", "query.limit: "},
		{"all", "/v1/chats/A/messages?from=yesterday", "", 422, "parameter", "query.from: write a time such as 2026-"},
		{"all", "/v1/explain", "", 422, "parameter", "query.event: "},
		{"all", "/v1/events?kind=txet", "", 422, "parameter", "did you mean text"},
		{"all", "/v1/events?chat=Nope", "", 422, "to", `"Nope"`},
		{"all", "/v1/events?consumer=a&chat=Nope", "", 422, "to", `"Nope"`},
		{"chat", "/v1/events?chat=A", "", 403, "to", "no right to this chat"},
		{"chat", "/v1/events?chat=" + f.Group("A").ID(), "", 403, "to", "no right to this chat"},
		{"all", "/v1/events?after=x", "", 422, "cursor", "0"},
		{"all", "/v1/consumers/crm/ack", `{"cursor":"1","lease":"over"}`, 409, "lease", "handed out again"},
		{"all", "/v1/messages/k/sent", `{}`, 409, "state", "held"},
		{"all", "/v1/search?q=x", "", 404, "history", "bot.yaml"},
		{"all", "/v1/media/nothing", "", 404, "message", "no such message"},
	} {
		method := "GET"
		if test.body != "" {
			method = "POST"
		}
		for _, accept := range []string{"", "text/event-stream"} {
			got := f.do(method, test.path, test.body, "Authorization", bearer(test.token), "Accept", accept)
			name := test.token + " " + test.path + " " + accept
			require.Equal(t, test.status, got.Status, "%s: %.300s", name, got.Text)
			assert.Equal(t, "application/problem+json", got.Header.Get("Content-Type"), name)
			_, kind, _ := strings.Cut(got.JSON["type"].(string), "gateway.md#errors-")
			assert.Equal(t, test.kind, kind, "%s: %.300s", name, got.Text)
			assert.Contains(t, got.JSON["detail"], test.says, name)
			assert.Less(t, len(got.Text), 1000, "%s: %.300s", name, got.Text)
			for i, text := range manuals {
				if !strings.Contains(text, "`"+kind+"`") {
					t.Errorf("manual %d does not explain %s", i, kind)
				}
			}
		}
	}
	assert.Equal(t, 200, f.get("/v1/events?kind=text&chat=A,wxid_alice", "Authorization", bearer("all")).Status)
	assert.Equal(t, 200, f.get("/v1/events?chat=B", "Authorization", bearer("chat")).Status)
}
