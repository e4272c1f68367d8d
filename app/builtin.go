package app

import (
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/alerts"
	"github.com/hongyan-go/hongyan/plugin/antirevoke"
	"github.com/hongyan-go/hongyan/plugin/archive"
	"github.com/hongyan-go/hongyan/plugin/asr"
	"github.com/hongyan-go/hongyan/plugin/blocked"
	"github.com/hongyan-go/hongyan/plugin/broadcast"
	"github.com/hongyan-go/hongyan/plugin/channels"
	"github.com/hongyan-go/hongyan/plugin/collect"
	"github.com/hongyan-go/hongyan/plugin/crm"
	"github.com/hongyan-go/hongyan/plugin/digest"
	"github.com/hongyan-go/hongyan/plugin/forward"
	"github.com/hongyan-go/hongyan/plugin/friends"
	"github.com/hongyan-go/hongyan/plugin/guard"
	"github.com/hongyan-go/hongyan/plugin/handover"
	"github.com/hongyan-go/hongyan/plugin/livecode"
	"github.com/hongyan-go/hongyan/plugin/llm"
	"github.com/hongyan-go/hongyan/plugin/modlog"
	"github.com/hongyan-go/hongyan/plugin/owner"
	"github.com/hongyan-go/hongyan/plugin/poll"
	"github.com/hongyan-go/hongyan/plugin/relay"
	"github.com/hongyan-go/hongyan/plugin/schedule"
	"github.com/hongyan-go/hongyan/plugin/signup"
	"github.com/hongyan-go/hongyan/plugin/teach"
	"github.com/hongyan-go/hongyan/plugin/watch"
	"github.com/hongyan-go/hongyan/plugin/welcome"
	"github.com/hongyan-go/hongyan/plugin/wordfilter"
)

// Builtin returns the plugins that every program of package app has.
func Builtin() *plugin.Registry {
	r := &plugin.Registry{}
	r.Register(
		alerts.Definition(),
		antirevoke.Definition(),
		archive.Definition(),
		asr.Definition(),
		blocked.Definition(),
		broadcast.Definition(),
		channels.Definition(),
		collect.Definition(),
		crm.Definition(),
		digest.Definition(),
		forward.Definition(),
		friends.Definition(),
		guard.Definition(),
		handover.Definition(),
		livecode.Definition(),
		llm.Definition(),
		modlog.Definition(),
		owner.Definition(),
		poll.Definition(),
		relay.Definition(),
		schedule.Definition(),
		signup.Definition(),
		teach.Definition(),
		watch.Definition(),
		welcome.Definition(),
		wordfilter.Definition(),
	)
	return r
}
