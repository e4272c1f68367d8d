package app

import (
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/asr"
	"github.com/hongyan-go/hongyan/plugin/handover"
	"github.com/hongyan-go/hongyan/plugin/llm"
	"github.com/hongyan-go/hongyan/plugin/owner"
)

// Builtin returns the plugins that every program of package app has.
func Builtin() *plugin.Registry {
	r := &plugin.Registry{}
	r.Register(
		asr.Definition(),
		handover.Definition(),
		llm.Definition(),
		owner.Definition(),
	)
	return r
}
