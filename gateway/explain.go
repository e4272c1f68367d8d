package gateway

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// explanation is what each route says to an event, in JSON.
type explanation struct {
	Event  string        `json:"event" doc:"The key of the event."`
	Kind   string        `json:"kind"`
	Routes []verdictView `json:"routes" doc:"In the order in which they are tried."`
}

type verdictView struct {
	Name     string `json:"name"`
	Handles  bool   `json:"handles"`
	Observer bool   `json:"observer,omitempty" doc:"It sees events, and answers none."`
	Reason   string `json:"reason,omitempty" doc:"Why it does not handle the event."`
}

type explainOutput struct{ Body explanation }

func (g *Gateway) registerExplain(api huma.API) {
	op := g.operation(api, mayRead, http.MethodGet, "/v1/explain", "explain", "Tell why the bot answers an event, or does not",
		"What each route would say to the event now.", http.StatusNotFound)
	huma.Register(api, op, func(ctx context.Context, in *struct {
		Event string `query:"event" required:"true" minLength:"1" maxLength:"512" doc:"The key or id of an event."`
	}) (*explainOutput, error) {
		e, err := g.seen(ctx, in.Event)
		if err != nil {
			return nil, problemOf(err)
		}
		x := g.h.Bot().Explain(e) //nolint:contextcheck // the matchers have that of the bot
		out := &explainOutput{Body: explanation{Event: e.Key(), Kind: string(x.Kind), Routes: []verdictView{}}}
		for _, v := range x.Routes {
			out.Body.Routes = append(out.Body.Routes, verdictView{Name: v.Name, Handles: v.Handles, Observer: v.Observer, Reason: v.Reason})
		}
		return out, nil
	})
}
