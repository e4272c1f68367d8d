package pages

import (
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/simulator/internal/trace"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

// follow publishes what changes, for the open pages, until the simulator is closed. It starts with
// the first page.
func (p *Pages) follow() {
	ctx := p.World.Context()
	p.World.Lock()
	seen, played, hit := p.World.Messages.Next(), p.Player.Changes(), p.Faults.Changes()
	p.Traces.Changed() // what was before the first page is on it
	p.World.Unlock()
	for {
		var fresh []*world.Entry
		var changed []uint64
		wasPlayed, wasHit := played, hit
		err := p.World.Wait(ctx, func() bool {
			played, hit = p.Player.Changes(), p.Faults.Changes()
			if p.World.Messages.Next() == seen && !p.Traces.Pending() && played == wasPlayed && hit == wasHit {
				return false
			}
			fresh, changed = p.World.Messages.After(seen-1), p.Traces.Changed()
			fresh = append([]*world.Entry(nil), fresh...)
			seen = p.World.Messages.Next()
			fresh = append(fresh, p.entries(changed)...)
			return true
		})
		if err != nil {
			return
		}
		p.publish(fresh)
		if played != wasPlayed {
			p.publishReplay()
		}
		if hit != wasHit {
			p.publishFaults()
		}
		timer := time.NewTimer(rest)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// rest is the time between two looks at what has changed: what changes often is published once in
// it, with its latest state.
const rest = 50 * time.Millisecond

// entries returns recent messages by their ids. The caller holds the lock.
func (p *Pages) entries(ids []uint64) []*world.Entry {
	if len(ids) == 0 {
		return nil
	}
	wanted := map[uint64]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	var found []*world.Entry
	n := 0
	for e := range p.World.Backward(p.World.Messages.Next()) {
		if wanted[e.NewMsgID] {
			found = append(found, e)
			delete(wanted, e.NewMsgID)
		}
		if n++; n == near || len(wanted) == 0 {
			break
		}
	}
	return found
}

// publish publishes messages that are new or have changed.
func (p *Pages) publish(entries []*world.Entry) {
	p.World.Lock()
	defer p.World.Unlock()
	done := map[int64]bool{}
	chats := map[string]bool{}
	for _, e := range entries {
		if done[e.Seq] {
			continue
		}
		done[e.Seq] = true
		for _, a := range p.World.People.Accounts {
			chat := p.World.ChatOf(a, e)
			if chat == "" {
				continue
			}
			seq := strconv.FormatInt(e.Seq, 10)
			p.hub.Publish(web.Change{
				Topic: "chat:" + a.AppID + ":" + chat, Key: seq, Render: func(l lang.Lang) string { return p.rowChange(l, a, e) },
			})
			if topic := "chats:" + a.AppID; !chats[topic+" "+chat] {
				chats[topic+" "+chat] = true
				p.hub.Publish(web.Change{Topic: topic, Key: chat, Render: func(l lang.Lang) string { return p.chatChange(l, a, chat) }})
			}
			p.hub.Publish(web.Change{
				Topic: "trace:" + seq, Key: seq, Render: func(l lang.Lang) string { return p.traceChange(l, a, chat, e) },
			})
			for _, cause := range p.causes(a, e) {
				number := strconv.FormatInt(cause.Seq, 10)
				where := p.World.ChatOf(a, cause)
				p.hub.Publish(web.Change{
					Topic: "trace:" + number, Key: number, Render: func(l lang.Lang) string { return p.traceChange(l, a, where, cause) },
				})
			}
		}
	}
}

// causes returns the message that made the bot send another one.
func (p *Pages) causes(a *world.Account, e *world.Entry) []*world.Entry {
	if e.Endpoint == "" {
		return nil
	}
	known, _ := p.Traces.Of(a.AppID, e.NewMsgID)
	call, ok := p.API.Call(known.Sent)
	if !ok || call.Event == "" {
		return nil
	}
	_, id, ok := trace.ParseEvent(call.Event)
	if !ok {
		return nil
	}
	return p.entries([]uint64{id})
}

// change renders a template of the page of a chat for the stream.
func (p *Pages) change(l lang.Lang, name string, data any) string {
	return p.changeOf(l, "chat", name, data)
}

// changeOf renders a template of a page for the stream. What cannot be rendered is left out.
func (p *Pages) changeOf(l lang.Lang, page, name string, data any) string {
	html, err := p.site.HTML(l, page, name, data)
	if err != nil {
		return ""
	}
	return html
}

// rowChange renders a message, as the page of its chat has it.
func (p *Pages) rowChange(l lang.Lang, a *world.Account, e *world.Entry) string {
	p.World.Lock()
	chat := p.World.ChatOf(a, e)
	c := p.cardOf(p.site.Texts(l), a, e)
	var earlier *world.Entry
	if before := p.before(a, chat, e.Seq, 1); len(before) > 0 {
		earlier = before[0]
	}
	p.World.Unlock()
	group(&c, e, earlier)
	return p.change(l, "rowchange", c)
}

// chatChange renders the entry of a chat in the list.
func (p *Pages) chatChange(l lang.Lang, a *world.Account, chat string) string {
	p.World.Lock()
	var last *world.Entry
	if before := p.before(a, chat, p.World.Messages.Next(), 1); len(before) > 0 {
		last = before[0]
	}
	link := p.chatLink(a, chat, last)
	p.World.Unlock()
	return p.change(l, "chatchange", link)
}

// traceChange renders the trace of a message.
func (p *Pages) traceChange(l lang.Lang, a *world.Account, chat string, e *world.Entry) string {
	p.World.Lock()
	v := p.traceOf(p.site.Texts(l), a, chat, e)
	p.World.Unlock()
	return p.change(l, "tracechange", v)
}
