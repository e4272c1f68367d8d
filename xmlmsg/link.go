package xmlmsg

// Link is a link card or an article push (appmsg types 1, 4 and 5). An invitation to a group has
// type 5, too, but is a GroupInvite; a reaction has type 1, but is a Quote. A URL in a text is part
// of the Text.
type Link struct {
	Title          string `json:"title"`
	Desc           string `json:"desc"`
	URL            string `json:"url"`
	ThumbURL       string `json:"thumb_url"`
	SourceUsername string `json:"source_username"` // id of the official account it comes from
	SourceName     string `json:"source_name"`     // its name

	// Articles are the entries of an article push (appmsg/mmreader), in order.
	Articles []Article `json:"articles"`

	AppInfo
}

// Article is one entry of an article push.
type Article struct {
	Title   string `json:"title"`
	URL     string `json:"url"`
	Cover   string `json:"cover"` // URL of the picture
	Summary string `json:"summary"`
}

// Kind returns KindLink.
func (*Link) Kind() Kind { return KindLink }

// GroupInvite is an invitation of the account to a group: an appmsg of type 5 whose URL is an
// invitation link. The title depends on the inviter's language and does not count; only the URL
// does. It does not occur if the account was added directly, which a System notice announces
// (NoticeSelfInvited).
type GroupInvite struct {
	Title    string `json:"title"`
	Desc     string `json:"desc"`
	URL      string `json:"url"` // holds a ticket; a secret
	ThumbURL string `json:"thumb_url"`

	AppInfo
}

// Kind returns KindGroupInvite.
func (*GroupInvite) Kind() Kind { return KindGroupInvite }

// String leaves the ticket out.
func (g *GroupInvite) String() string { return "group invitation" }

func parseLink(app element, info AppInfo) Payload {
	return &Link{
		Title: app.text("title"), Desc: app.text("des"), URL: app.url("url"), ThumbURL: app.url("thumburl"),
		SourceUsername: app.text("sourceusername"), SourceName: app.text("sourcedisplayname"),
		Articles: parseArticles(app.path("mmreader", "category")), AppInfo: info,
	}
}

// parseArticles reads the entries of an article push. Entries without a title are placeholders.
func parseArticles(category element) []Article {
	var articles []Article
	for item := range category.children {
		if name := item.name(); name != "item" && name != "newitem" {
			continue
		}
		a := Article{
			Title: item.firstText("title", "title_v2", "text_title"), URL: item.url("url", "longurl"),
			Cover: item.url("cover", "cover_235_1", "cover_1_1"), Summary: item.firstText("summary", "digest"),
		}
		if a.Title != "" {
			articles = append(articles, a)
		}
	}
	return articles
}

func parseGroupInvite(app element, info AppInfo) Payload {
	return &GroupInvite{
		Title: app.text("title"), Desc: app.text("des"), URL: app.url("url"), ThumbURL: app.url("thumburl"), AppInfo: info,
	}
}
