package pages

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web/cards"
	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
	"github.com/hongyan-go/hongyan/simulator/internal/trace"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// traceView is what is known of the selected message.
type traceView struct {
	Seq       int64
	ID        string // of the message in the service
	Kind      string
	ByBot     bool
	URL       string // of the chat
	Posts     []postView
	Waiting   bool // for the answer of the bot
	NoBot     bool
	Body      string // of the callback
	Content   string
	Reports   bool // this bot reports
	Report    *trace.Report
	Took      time.Duration
	Event     string
	Facts     []fact
	Matched   int
	Rules     []trace.Rule
	Calls     []callView
	Probably  bool // the calls are tied by time only
	Results   []result
	Cause     *result // the message that made the bot send this one
	Curl, Go  string
	CanRevoke bool
}

type fact struct{ Name, Value string }

type postView struct {
	At    time.Time
	Took  time.Duration
	Since time.Duration // after the message
	Error string
}

// callView is a call in a trace or in the list of calls.
type callView struct {
	Seq          int64
	Endpoint     string
	At           time.Time
	Took         time.Duration
	Ret          int
	OK           bool
	Reason       string
	Fault        string
	Body, Answer string
	Target       string
	Message      *result
	Event        *result
	Curl         string
}

// result is a link to a message.
type result struct {
	Seq  int64
	Text string
	URL  string
}

// traceOf returns what is known of a message. The caller holds the lock.
func (p *Pages) traceOf(t *lang.Printer, a *world.Account, chat string, e *world.Entry) *traceView {
	v := &traceView{
		Seq: e.Seq, ID: strconv.FormatUint(e.NewMsgID, 10), ByBot: e.Endpoint != "", URL: chatURL(a.AppID, chat), Content: e.Content,
		Kind: cards.Kind(t, payloadOf(e).Kind()), Reports: p.Reports && p.Traces.Heard(), NoBot: p.Out.URL() == "", Waiting: e.Posting(),
		CanRevoke: e.Endpoint == "" && !e.Revoked && e.MsgType < message.TypeNotice,
	}
	known, _ := p.Traces.Of(a.AppID, e.NewMsgID)
	v.Body = pretty(known.Body)
	for _, post := range known.Posts {
		v.Posts = append(v.Posts, postView{post.At, post.Took, post.At.Sub(known.Posts[0].At), post.Error})
	}
	if v.ByBot {
		if call, ok := p.API.Call(known.Sent); ok {
			v.Calls = []callView{p.callView(call)}
			v.Cause = v.Calls[0].Event
		}
	} else {
		p.reported(t, v, known)
		p.callsOf(v, a, chat, e, known)
		step := stepOf(e, p.World.People.Nick)
		step.phone = e.From == a.Wxid
		v.Curl, v.Go = step.curl(p.BaseURL(), e), step.goCode(p.chatName(chat), world.IsGroup(chat))
	}
	for _, c := range v.Calls {
		if c.Message != nil && !v.ByBot {
			v.Results = append(v.Results, *c.Message)
		}
	}
	return v
}

// reported fills in what the bot has reported.
func (p *Pages) reported(t *lang.Printer, v *traceView, known trace.Trace) {
	r := known.Report
	if r == nil {
		return
	}
	v.Report, v.Event, v.Rules, v.Took = r, pretty(r.Event), r.Rules, time.Duration(r.Millis)*time.Millisecond
	for _, rule := range r.Rules {
		if rule.Handles && !rule.Observer {
			v.Matched++
		}
	}
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(r.Event))
	d.UseNumber()
	if d.Decode(&fields) != nil {
		return
	}
	for _, name := range []string{"kind", "sender", "conversation", "self", "text", "title", "name", "size"} {
		if value, ok := fields[name]; ok {
			if value == false {
				continue
			}
			text := fmt.Sprint(value)
			if m, nested := value.(map[string]any); nested {
				text = fmt.Sprint(m["id"])
			}
			if value == true {
				text = "✓"
			}
			if name == "kind" {
				text = cards.Kind(t, xmlmsg.Kind(text))
			}
			v.Facts = append(v.Facts, fact{name, clip(text, 120)})
		}
	}
}

// probable bounds the time after a message within which a call is probably about it.
const probable = 10 * time.Second

// callsOf fills in the calls that a message has caused. Those of a bot that does not say which are
// found by their time and chat.
func (p *Pages) callsOf(v *traceView, a *world.Account, chat string, e *world.Entry, known trace.Trace) {
	for _, seq := range known.Calls {
		if c, ok := p.API.Call(seq); ok {
			v.Calls = append(v.Calls, p.callView(c))
		}
	}
	if len(v.Calls) > 0 || known.Report != nil || len(known.Posts) == 0 {
		return
	}
	began := known.Posts[0].At
	ended := began.Add(probable)
	if next, ok := p.nextOf(a, chat, e); ok && len(next.Posts) > 0 && next.Posts[0].At.Before(ended) {
		ended = next.Posts[0].At
	}
	for seq, n := p.API.LastCall(), 0; seq > 0 && n < near; seq, n = seq-1, n+1 {
		c, ok := p.API.Call(seq)
		if !ok || c.At.Before(began) {
			break
		}
		if c.At.Before(ended) && c.Event == "" && targetOf(c) == chat {
			v.Calls = append([]callView{p.callView(c)}, v.Calls...)
			v.Probably = true
		}
	}
}

// nextOf returns the trace of the next message of a person in a chat.
func (p *Pages) nextOf(a *world.Account, chat string, e *world.Entry) (trace.Trace, bool) {
	for seq := e.Seq + 1; seq < min(e.Seq+near, p.World.Messages.Next()); seq++ {
		if next, ok := p.World.Messages.At(seq); ok && next.Endpoint == "" && p.in(next, a, chat) {
			return p.Traces.Of(a.AppID, next.NewMsgID)
		}
	}
	return trace.Trace{}, false
}

// targetOf returns the chat that a call is about; empty if it names none.
func targetOf(c endpoint.Call) string {
	var body struct {
		ToWxid     string `json:"toWxid"`
		ChatroomID string `json:"chatroomId"`
		Wxid       string `json:"wxid"`
	}
	_ = json.Unmarshal(c.Body, &body) // a body of another shape names none
	for _, id := range []string{body.ToWxid, body.ChatroomID, body.Wxid} {
		if id != "" {
			return id
		}
	}
	return ""
}

// callView returns what pages show of a call. The caller holds the lock.
func (p *Pages) callView(c endpoint.Call) callView {
	body := p.HideCall(c)
	v := callView{
		Seq: c.Seq, Endpoint: c.Endpoint, At: c.At, Took: time.Duration(c.Millis) * time.Millisecond, Ret: c.Ret,
		OK: c.Executed && c.Ret == 200, Reason: c.Reason, Fault: c.Fault, Body: pretty(body), Answer: pretty(c.Answer),
		Target: p.targetName(targetOf(c)),
		Curl: fmt.Sprintf("curl %s%s \\\n  -H 'VideosApi-token: '\"$HONGYAN_TOKEN\" \\\n  -d %s", p.BaseURL(), c.Endpoint,
			shell(string(body))),
	}
	if a := p.World.People.ByApp(appOf(c)); a != nil && c.NewMsgID != 0 {
		v.Message = p.result(a, c.NewMsgID)
	}
	if account, id, ok := trace.ParseEvent(c.Event); ok {
		if a := p.World.People.ByApp(account); a != nil {
			v.Event = p.result(a, id)
		}
	}
	return v
}

func (p *Pages) targetName(id string) string {
	if id == "" {
		return ""
	}
	return p.chatName(id)
}

func appOf(c endpoint.Call) string {
	var body struct {
		AppID string `json:"appId"`
	}
	_ = json.Unmarshal(c.Body, &body) // a body of another shape names none
	return body.AppID
}

// result returns a link to a message of an account; nil if it is not found nearby.
func (p *Pages) result(a *world.Account, newMsgID uint64) *result {
	n := 0
	for e := range p.World.Backward(p.World.Messages.Next()) {
		if e.NewMsgID == newMsgID {
			chat := p.World.ChatOf(a, e)
			if chat == "" {
				return nil
			}
			seq := strconv.FormatInt(e.Seq, 10)
			return &result{e.Seq, p.chatName(chat), chatURL(a.AppID, chat) + "?msg=" + url.QueryEscape(seq) + "#m" + seq}
		}
		if n++; n == near {
			break
		}
	}
	return nil
}

// maxShown bounds the bodies that a page shows, in bytes.
const maxShown = 32 << 10

// pretty indents JSON. What is not JSON stays as it is.
func pretty(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	var b bytes.Buffer
	if json.Indent(&b, body, "", "  ") != nil {
		b.Reset()
		b.Write(body)
	}
	return clip(b.String(), maxShown)
}

// clip returns at most n bytes of a text.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "…"
}

// shell quotes a word for a shell.
func shell(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
