package pages

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/internal/web/cards"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/trace"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// payloadOf parses a message.
func payloadOf(e *world.Entry) xmlmsg.Payload {
	source := ""
	if len(e.At) > 0 {
		source = "<msgsource><atuserlist>" + message.Escape(strings.Join(e.At, ",")) + "</atuserlist></msgsource>"
	}
	return xmlmsg.Parse(xmlmsg.Message{Type: e.MsgType, Content: e.Wire(), Source: source})
}

// cardOf returns the card of a message, as an account sees it. The caller holds the lock.
func (p *Pages) cardOf(t *lang.Printer, a *world.Account, e *world.Entry) web.Card {
	names := func(wxid string) string { return p.nameIn(e.Conversation, wxid) }
	payload := payloadOf(e)
	c := cards.Of(payload, t, names)
	chat := p.World.ChatOf(a, e)
	c.ID, c.Time = "m"+strconv.FormatInt(e.Seq, 10), time.Unix(e.Time, 0)
	c.From, c.FromID, c.Mine = names(e.From), e.From, e.From == a.Wxid
	c.Link = chatURL(a.AppID, chat) + "?msg=" + strconv.FormatInt(e.Seq, 10) + "#m" + strconv.FormatInt(e.Seq, 10)
	c.Head = true
	p.media(&c, t, e, payload)
	if q, is := payload.(*xmlmsg.Quote); is {
		if seq := p.seqOf(a, chat, q.Refer.NewMsgID); seq != 0 {
			c.Quote.Link = "#m" + strconv.FormatInt(seq, 10)
		}
	}
	if c.Look == web.LookNotice && c.Text == "" {
		c.Text = c.Kind
	}
	if e.Revoked {
		c.Look, c.Text = web.LookRevoked, cmp.Or(c.Text, c.Title, c.Name, c.Kind)
	}
	known, _ := p.Traces.Of(a.AppID, e.NewMsgID)
	if e.Endpoint != "" {
		p.sent(&c, t, known)
	} else {
		c.Marks = p.marks(t, e, known)
		if note, look := p.note(t, e, known); c.Look != web.LookNotice || look == "bad" {
			c.Note, c.NoteLook = note, look
		}
	}
	return c
}

// nameIn returns the name of a person in a chat: that in the group, else the remark or nickname.
func (p *Pages) nameIn(chat, wxid string) string {
	if g := p.World.People.GroupByID(chat); g != nil {
		for _, m := range g.Members {
			if m.Wxid == wxid && m.DisplayName != "" {
				return m.DisplayName
			}
		}
	}
	if g := p.World.People.GroupByID(wxid); g != nil {
		return g.Name
	}
	return p.World.People.Nick(wxid)
}

// near bounds how far back a quoted message is looked for.
const near = 2000

// seqOf returns the number of a message of a chat by its id; 0 if it is not found nearby.
func (p *Pages) seqOf(a *world.Account, chat string, newMsgID uint64) int64 {
	n := 0
	for e := range p.World.Backward(p.World.Messages.Next()) {
		if e.NewMsgID == newMsgID && p.in(e, a, chat) {
			return e.Seq
		}
		if n++; n == near {
			break
		}
	}
	return 0
}

// group leaves out the name of a message soon after one of the same person, and shows the time
// after a pause.
func group(c *web.Card, e, earlier *world.Entry) {
	const (
		run   = 3 * 60
		pause = 5 * 60
	)
	switch {
	case earlier == nil:
		c.Gap, c.Day = c.Time, true
	case e.Time-earlier.Time >= pause:
		c.Gap = c.Time
		c.Day = c.Time.YearDay() != time.Unix(earlier.Time, 0).YearDay()
	}
	if earlier != nil && earlier.From == e.From && e.Time-earlier.Time < run && earlier.MsgType < message.TypeNotice {
		c.Head = false
	}
}

// marks returns how far a message of a person came: callback, event, rules, calls.
func (p *Pages) marks(t *lang.Printer, e *world.Entry, known trace.Trace) []web.Mark {
	return []web.Mark{p.callbackMark(t, e), p.eventMark(t, known), rulesMark(t, known), p.callsMark(t, known)}
}

func (p *Pages) callbackMark(t *lang.Printer, e *world.Entry) web.Mark {
	switch {
	case e.Callback == message.CallbackAcknowledged:
		return web.Mark{Look: "ok", Text: t.T("mark.callback.ok")}
	case e.Callback == message.CallbackFailed:
		return web.Mark{Look: "bad", Text: t.T("mark.callback.bad", e.CallbackError)}
	case e.Posting():
		return web.Mark{Look: "wait", Text: t.T("mark.callback.wait")}
	default:
		return web.Mark{Look: "none", Text: t.T("mark.callback.none")}
	}
}

func (p *Pages) eventMark(t *lang.Printer, known trace.Trace) web.Mark {
	if known.Report != nil {
		return web.Mark{Look: "ok", Text: t.T("mark.event.ok")}
	}
	return web.Mark{Look: "none", Text: t.T("mark.event.none")}
}

func rulesMark(t *lang.Printer, known trace.Trace) web.Mark {
	switch r := known.Report; {
	case r == nil:
		return web.Mark{Look: "none", Text: t.T("mark.rules.unknown")}
	case r.Error != "":
		return web.Mark{Look: "bad", Text: t.T("mark.rules.error", r.Error)}
	case !r.Done:
		return web.Mark{Look: "wait", Text: t.T("mark.rules.wait")}
	case r.Route != "":
		return web.Mark{Look: "ok", Text: t.T("mark.rules.ok", r.Route)}
	default:
		return web.Mark{Look: "none", Text: t.T("mark.rules.none")}
	}
}

func (p *Pages) callsMark(t *lang.Printer, known trace.Trace) web.Mark {
	look, n := "none", 0
	for _, seq := range known.Calls {
		c, ok := p.API.Call(seq)
		switch n++; {
		case !ok:
		case !c.Executed || c.Ret != 200:
			look = "bad"
		case look == "none":
			look = "ok"
		}
	}
	return web.Mark{Look: look, Text: t.T("mark.calls", n)}
}

// note returns the line below a message that got no answer, or whose answer failed.
func (p *Pages) note(t *lang.Printer, e *world.Entry, known trace.Trace) (text, look string) {
	if e.Callback == message.CallbackFailed {
		return t.T("note.callback", e.CallbackError), "bad"
	}
	for _, seq := range known.Calls {
		if c, ok := p.API.Call(seq); ok && (!c.Executed || c.Ret != 200) {
			return t.T("note.call", c.Endpoint, cmp.Or(c.Reason, c.Fault)), "bad"
		}
	}
	switch r := known.Report; {
	case r == nil || !r.Done:
		return "", ""
	case r.Error != "":
		return t.T("note.error", r.Error), "bad"
	case r.Dropped != "":
		return t.T("note.dropped", r.Dropped), "wait"
	case r.Route == "" && len(known.Calls) == 0:
		return t.T("note.none"), "wait"
	}
	return "", ""
}

// sent sets the state of a message that the bot has sent.
func (p *Pages) sent(c *web.Card, t *lang.Printer, known trace.Trace) {
	c.State, c.StateLook = t.T("state.sent"), "ok"
	call, ok := p.API.Call(known.Sent)
	if !ok {
		return
	}
	if call.Ret != 200 {
		c.State, c.StateLook = t.T("state.lost"), "warn"
	}
	account, id, ok := trace.ParseEvent(call.Event)
	if !ok {
		return
	}
	if cause, ok := p.Traces.Of(account, id); ok && len(cause.Posts) > 0 {
		c.State += " · " + web.Span(call.At.Sub(cause.Posts[0].At)+time.Duration(call.Millis)*time.Millisecond)
	}
}
