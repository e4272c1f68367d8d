package pages

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"rsc.io/qr"

	"github.com/hongyan-go/hongyan/internal/web"
	"github.com/hongyan-go/hongyan/simulator/internal/world"
)

type loginView struct {
	Devices []deviceLink
	Device  *world.LoginState
	Name    string
	Online  bool
	Calls   []callView
	Steps   []string
	URL     string
}

type deviceLink struct {
	ID, Name, Stage, URL string
	Online, Current      bool
}

// loginSteps are the buttons of the phone, in the order of a login.
func loginSteps() []string {
	return []string{
		world.LoginScan, world.LoginConfirm, world.LoginCancel, world.LoginExpire, world.LoginCaptcha, world.LoginAcceptDialog,
		world.LoginRefuseDialog, world.LoginHalf, world.LoginDrop, world.LoginPhoneLogout, world.LoginDisconnect,
	}
}

// loginPage is GET /login/{account}.
func (p *Pages) loginPage(w http.ResponseWriter, r *http.Request) {
	v := loginView{Steps: loginSteps()}
	id := chi.URLParam(r, "account")
	states := p.World.Logins()
	if id == "" && len(states) > 0 {
		id = states[len(states)-1].AppID
		for _, s := range states {
			if s.Stage != "" {
				id = s.AppID
			}
		}
	}
	p.World.Lock()
	for _, s := range states {
		link := deviceLink{
			ID: s.AppID, Name: p.World.People.Nick(s.Wxid), Stage: s.Stage, URL: "/login/" + escape(s.AppID), Current: s.AppID == id,
		}
		if a := p.World.People.ByApp(s.AppID); a != nil {
			link.Online = !a.Offline
		}
		if link.Current {
			v.Device, v.Name, v.Online, v.URL = &s, link.Name, link.Online, link.URL
		}
		v.Devices = append(v.Devices, link)
	}
	if v.Device != nil {
		v.Calls = p.callsAbout(v.Device.AppID, "/login/", 20)
	}
	p.World.Unlock()
	if v.Device == nil {
		p.render(w, r, "", web.Page{
			Name: "oops", Title: p.texts(r).T("oops.title"), Nav: "login", Status: http.StatusNotFound,
			Data: oops{p.texts(r).T("login.nodevice", id), "/login"},
		})
		return
	}
	p.render(w, r, v.Device.AppID, web.Page{Name: "login", Title: p.texts(r).T("nav.login"), Nav: "login", Data: v})
}

// callsAbout returns the last calls of an account to a module, newest first. The caller holds the
// lock.
func (p *Pages) callsAbout(account, module string, most int) []callView {
	var calls []callView
	for seq, n := p.API.LastCall(), 0; seq > 0 && n < near && len(calls) < most; seq, n = seq-1, n+1 {
		c, ok := p.API.Call(seq)
		if !ok {
			break
		}
		if len(c.Endpoint) > len(module) && c.Endpoint[:len(module)] == module && (appOf(c) == account || appOf(c) == "") {
			calls = append(calls, p.callView(c))
		}
	}
	return calls
}

// loginStep is POST /login/{account}: what happens on the phone, as POST /sim/login.
func (p *Pages) loginStep(w http.ResponseWriter, r *http.Request) {
	step := world.LoginStep{AppID: chi.URLParam(r, "account"), Action: r.FormValue("action"), Code: r.FormValue("code")}
	if _, err := p.World.Advance(step); err != nil {
		p.fail(w, r, http.StatusUnprocessableEntity, err)
		return
	}
	http.Redirect(w, r, "/login/"+escape(step.AppID), http.StatusSeeOther)
}

// loginCode is GET /login/{account}/{uuid}.png: the QR code of a login.
func (p *Pages) loginCode(w http.ResponseWriter, r *http.Request) {
	for _, s := range p.World.Logins() {
		if s.AppID != chi.URLParam(r, "account") || s.UUID == "" || s.UUID != chi.URLParam(r, "uuid") {
			continue
		}
		code, err := qr.Encode("http://weixin.qq.com/x/"+s.UUID, qr.M)
		if err != nil {
			http.Error(w, "the code cannot be drawn", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(code.PNG()) // the browser is gone
		return
	}
	http.NotFound(w, r)
}
