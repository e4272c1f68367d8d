package app

import (
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/alerts"
	"github.com/hongyan-go/hongyan/plugin/antirevoke"
	"github.com/hongyan-go/hongyan/plugin/archive"
	"github.com/hongyan-go/hongyan/plugin/asr"
	"github.com/hongyan-go/hongyan/plugin/broadcast"
	"github.com/hongyan-go/hongyan/plugin/collect"
	"github.com/hongyan-go/hongyan/plugin/digest"
	"github.com/hongyan-go/hongyan/plugin/forward"
	"github.com/hongyan-go/hongyan/plugin/handover"
	"github.com/hongyan-go/hongyan/plugin/llm"
	"github.com/hongyan-go/hongyan/plugin/owner"
	"github.com/hongyan-go/hongyan/plugin/relay"
	"github.com/hongyan-go/hongyan/plugin/schedule"
	"github.com/hongyan-go/hongyan/plugin/watch"
)

// Builtin returns the plugins that every program of package app has.
func Builtin() *plugin.Registry {
	r := &plugin.Registry{}
	r.Register(
		alerts.Definition(),
		antirevoke.Definition(),
		archive.Definition(),
		asr.Definition(),
		broadcast.Definition(),
		collect.Definition(),
		digest.Definition(),
		forward.Definition(),
		handover.Definition(),
		llm.Definition(),
		owner.Definition(),
		relay.Definition(),
		schedule.Definition(),
		watch.Definition(),
	)
	return r
}
