package models

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/internal/phrase"
	"github.com/hongyan-go/hongyan/internal/suggest"
	"github.com/hongyan-go/hongyan/plugin/internal/model"
	"github.com/hongyan-go/hongyan/plugin/internal/service"
)

// Backend is what answers. A name of a shared model alone stands for all of it.
type Backend struct {
	Kind  string `yaml:"backend" was:"backend.kind" enum:"openai,dify,coze,fastgpt" help:"The interface at the address; openai, which many have, if absent."`
	URL   string `yaml:"url" was:"backend.url" help:"The address up to the version; without one, that of the vendor of a well-known model."`
	Key   string `yaml:"key" was:"backend.key" help:"The key for it; keep it in the environment. A model of your own may need none."`
	Model string `yaml:"model" was:"backend.model,name" help:"The model; alone, the name of one in models. The id of the bot for coze; dify and fastgpt need none."`

	shared string // the name of the shared model that it is
	price  Price  // of the shared model
}

// Alone reports whether nothing but the name of a model is written.
func (b *Backend) Alone() bool { return b.Kind == "" && b.URL == "" && b.Key == "" && b.Model != "" }

// Fill makes the backend the shared model that it names, if it does.
func (b *Backend) Fill(known Known) error {
	m, ok := known[b.Model]
	switch name := b.Model; {
	case !b.Alone():
	case ok:
		*b = m.Backend
		_, _ = b.Check() // mistakes are where the model is
		b.shared, b.price = name, m.Price
	case model.VendorOf(name) == "":
		return unknown(name, known)
	}
	return nil
}

// unknown is the mistake of a name alone that is no shared model.
func unknown(name string, known Known) error {
	return phrase.Errorf("there is no model %q in models%v: write url and key beside it, or models: {%s: {url: …, model: …}} in the file",
		name, suggest.Hint(name, slices.Sorted(maps.Keys(known))), name)
}

// Check fills in what is not written, and returns the field that is wrong, and why; an empty field
// means none.
func (b *Backend) Check() (field string, err error) {
	asked, alone := b.asked(), b.Alone()
	field, err = asked.Check()
	if field == "url" && alone && b.URL == "" {
		field, err = "model", unknown(b.Model, nil)
	}
	b.Kind, b.URL = asked.Interface, asked.URL
	return field, err
}

// asked is the backend as what is asked.
func (b *Backend) asked() model.Backend {
	return model.Backend{Interface: b.Kind, URL: b.URL, Key: b.Key, Model: b.Model}
}

// Ask asks the backend, which Check has found right.
func (b *Backend) Ask(ctx context.Context, cl *service.Client, r model.Request) (model.Answer, error) {
	return b.asked().Ask(ctx, cl, r) //nolint:wrapcheck // it says what failed
}

// Chat asks a backend with the interface of OpenAI.
func (b *Backend) Chat(ctx context.Context, cl *service.Client, q model.Question) (model.Reply, error) {
	return model.Chat(ctx, cl, b.asked(), q) //nolint:wrapcheck // it says what failed
}

// Sees reports whether the backend takes pictures.
func (b *Backend) Sees() bool { return b.asked().Sees() }

// TakesTools reports whether the backend takes tools.
func (b *Backend) TakesTools() bool { return b.Kind == model.OpenAI }

// Price is what the backend costs: the price that a plugin has for it, or that of the shared model.
func (b *Backend) Price(own Price) Price { return cmp.Or(own, b.price) }

// Shared is the purse of the shared model that the backend is, in the bot of a plugin.
func (b *Backend) Shared(h *bot.Handle) Purses {
	m, ok := h.Bot().Installed(PluginName).(*Models)
	if !ok || b.shared == "" {
		return nil
	}
	return Purses{Today(m.h, m.h.Store(), "/"+b.shared, m.known[b.shared].CostPerDay)}
}
