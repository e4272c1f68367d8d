package console

import (
	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
)

// loginTopic is the topic of a login: of pages that show its code, or of those that do not.
func loginTopic(id string, shown bool) string {
	if shown {
		return topicLogin + "-code/" + escape(id)
	}
	return topicLogin + "/" + escape(id)
}

// loginPanel is how a login stands, as the pages show it; false if there was none lately. The id is
// that of the path: newAccount stands for an account that has none yet.
func (c *Console) loginPanel(id string, shown bool) (accountView, bool) {
	v := accountView{New: id == newAccount, Show: shown}
	if !v.New {
		v.AppID = id
	}
	state, ok := c.loginOf(v.AppID)
	if ok {
		v.Login = &state
	}
	return v, ok
}

// publishLogin tells the pages that show a login how it stands.
func (c *Console) publishLogin(appID string) {
	id := appID
	if id == "" {
		id = newAccount
	}
	for _, shown := range []bool{false, true} {
		c.pages.hub.Publish(web.Change{Topic: loginTopic(id, shown), Key: "state", Render: func(l lang.Lang) string {
			v, _ := c.loginPanel(id, shown)
			html, err := c.pages.site.HTML(l, "account", "live", v)
			if err != nil {
				return "" // the page shows it when it is loaded anew
			}
			return html
		}})
	}
}
