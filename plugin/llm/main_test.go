package llm_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/llm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// said is a message that the model gets.
type said struct {
	From, Text string
	Quoted     *said
}

// asked is a request to the model.
type asked struct {
	System string
	Turns  [][]said // of the user
	Told   []string // answers that the model is reminded of
	Path   string
	Key    string
	Body   map[string]any
	// Results are what tools have returned, Tools the names of those that are offered.
	Results, Tools []string
	Choice         string
	// Pictures are the addresses of those in the last message.
	Pictures []string
}

func (a asked) last() []said { return a.Turns[len(a.Turns)-1] }

// model is a service with the interface of OpenAI.
type model struct {
	URL string

	mu    sync.Mutex
	asked []asked
	// answer answers a request; it is called without the lock.
	answer func(w http.ResponseWriter, r *http.Request, a asked)
}

// newModel runs a model that answers what it was asked last.
func newModel(t *testing.T) *model {
	t.Helper()
	m := &model{answer: func(w http.ResponseWriter, _ *http.Request, a asked) { says(w, "re: "+a.last()[len(a.last())-1].Text) }}
	server := httptest.NewServer(m)
	t.Cleanup(server.Close)
	m.URL = server.URL + "/v1"
	return m
}

func says(w io.Writer, text string) {
	_ = json.NewEncoder(w).Encode(map[string]any{
		"choices": []any{map[string]any{"message": map[string]any{"role": "assistant", "content": text}}},
		"usage":   map[string]any{"prompt_tokens": 1000, "completion_tokens": 500},
	})
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := asked{Path: r.URL.Path, Key: r.Header.Get("Authorization")}
	body, _ := io.ReadAll(r.Body)
	var read struct {
		Messages []struct {
			Role    string
			Content any
		}
		Tools  []struct{ Function struct{ Name string } }
		Choice string `json:"tool_choice"`
	}
	_ = json.Unmarshal(body, &a.Body)
	_ = json.Unmarshal(body, &read)
	a.Choice = read.Choice
	for _, tool := range read.Tools {
		a.Tools = append(a.Tools, tool.Function.Name)
	}
	for _, m := range read.Messages {
		one := struct{ Role, Content string }{Role: m.Role}
		switch content := m.Content.(type) {
		case string:
			one.Content = content
		case []any: // parts: the text, and the pictures
			for i, p := range content {
				if part, _ := p.(map[string]any); i == 0 {
					one.Content, _ = part["text"].(string)
				} else {
					at, _ := part["image_url"].(map[string]any)
					address, _ := at["url"].(string)
					a.Pictures = append(a.Pictures, address)
				}
			}
		}
		var list []said
		switch one.Role {
		case "system":
			a.System += one.Content
		case "tool":
			a.Results = append(a.Results, one.Content)
		case "assistant":
			a.Told = append(a.Told, one.Content)
		default:
			if err := json.Unmarshal([]byte(one.Content), &list); err != nil {
				w.WriteHeader(http.StatusTeapot)
				return
			}
			a.Turns = append(a.Turns, list)
		}
	}
	m.mu.Lock()
	m.asked = append(m.asked, a)
	m.mu.Unlock()
	m.answer(w, r, a)
}

// requests are those until now.
func (m *model) requests() []asked {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]asked(nil), m.asked...)
}

// config is a plugin that asks the model in the groups A and B and in private.
func config(m *model) llm.Config {
	c := llm.Config{Scope: plugin.Scope{In: []string{"A", "B", "private"}}}
	c.URL, c.Model, c.Key = m.URL, "m", "k3y"
	c.Debounce = -1
	return c
}

// run runs the plugin; it survives Restart.
func run(t *testing.T, c llm.Config, config bottest.Config) *bottest.Sim {
	t.Helper()
	others := config.Setup
	config.Setup = func(b *bot.Bot) error {
		if others != nil {
			if err := others(b); err != nil {
				return err
			}
		}
		return b.Install(bottest.Must(llm.New(c)))
	}
	return bottest.RunWith(t, config)
}

// ask says something to the bot, and lets the debounce end.
func ask(sim *bottest.Sim, who bottest.Person, text string) {
	who.SayAt(text)
	sim.Advance(3 * time.Second)
}
