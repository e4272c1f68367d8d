package simulator

import (
	"net/http"
	"strings"
	"text/template"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
)

// helpText is the page at /.
const helpText = `Hongyan simulator: WeChat's service without WeChat.

The service's API, for a bot ({{.Endpoints}} calls, POST with JSON):
{{range .Flavours}}  {{$.URL}}{{.Prefix}}    with the header {{.Header}}: {{$.Token}}
{{end}}
Accounts:
{{range .State.Accounts}}  {{.AppID}}  {{.Wxid}}  {{.Nickname}}{{if not .Online}}  (offline){{end}}
    callbacks go to {{with .CallbackURL}}a registered URL{{else}}nobody yet: POST /login/setCallback registers a bot{{end}}
{{end}}
Groups:
{{range .State.Groups}}  {{.ID}}  {{.Name}}  ({{len .Members}} members)
{{end}}
The control API, for you and your tests (no token):

  # say something, in a group or to the account
  curl {{.URL}}/sim/messages -d '{"from":"{{.From}}","to":"{{.To}}","kind":"text","text":"hi"}'
  curl {{.URL}}/sim/messages -d '{"from":"{{.From}}","kind":"text","text":"hi"}'
  curl {{.URL}}/sim/messages -d '{"from":"{{.From}}","to":"{{.To}}","kind":"file","file":{"name":"info.json","size":63}}'
  #   kinds: text (text, at), image, file and file_notice (file: name, size), link (link: title, desc, url, thumb_url),
  #   raw (msg_type, content)

  # read what everybody said, the bot included; with wait, the answer waits for something new
  curl '{{.URL}}/sim/messages?conversation={{.To}}&after=0&wait=10s'

  # post a message again; let people do what is not speaking; play the phone of a login
  curl -X POST {{.URL}}/sim/messages/1/again
  curl {{.URL}}/sim/actions -d '{"do":"rename","group":"{{.To}}","text":"new name"}'
  #   ask_friend, unfriend, block (from, text), invite, bring_in, scan_in, apply, leave, throw_out (group, from, who), rename,
  #   announce (group, text), give_away (group, from), disband (group), revoke (seq)
  curl {{.URL}}/sim/login -d '{"action":"confirm"}'
  #   scan, confirm, cancel, captcha, verify, verified, half, expire, accept_dialog, refuse_dialog, drop, phone_logout, disconnect
  curl {{.URL}}/sim/login

  # the API calls that were received, and who exists
  curl '{{.URL}}/sim/calls?after=0'
  curl {{.URL}}/sim/state

  # order a fault, list them, clear them
  curl {{.URL}}/sim/faults -d '{"endpoint":"/message/postText","fault":"refuse","count":2}'
  curl {{.URL}}/sim/faults
  curl -X DELETE {{.URL}}/sim/faults
  #   API calls ("endpoint" is a path or "*"): refuse, http_500, http_502, slow and slow_body (delay), drop_before, execute_then_drop,
  #   offline, zombie, clock_skew (delay); /login/setCallback: refuse_local
  #   callbacks ("endpoint" is "callback"): drop, duplicate, delay (delay), reorder, offline
`

// help is GET /.
func (s *Simulator) help(w http.ResponseWriter, r *http.Request) {
	page, err := template.New("help").Parse(helpText)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	type access struct{ Prefix, Header string }
	data := struct {
		URL, Token, From, To string
		Endpoints            int
		Flavours             []access
		State                State
	}{URL: "http://" + r.Host, Token: s.config.Token, From: "WXID", To: "GROUP_ID", Endpoints: len(s.api.Table), State: s.State()}
	for _, f := range endpoint.Flavours() {
		data.Flavours = append(data.Flavours, access{f.Prefix, f.Header})
	}
	if len(data.State.Groups) > 0 {
		data.To = data.State.Groups[0].ID
	}
	if friends := data.State.Accounts[0].Friends; len(friends) > 0 {
		data.From = friends[0]
	}
	var b strings.Builder
	if err := page.Execute(&b, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write([]byte(b.String()))
}
