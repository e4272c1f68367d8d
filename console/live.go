package console

import (
	"time"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/web"
)

// The topics of the live updates.
const (
	topicQueue    = "queue"
	topicOverview = "overview"
	topicLog      = "log"
	topicLogin    = "login"
	topicChats    = "chats"
	topicWork     = "work" // and the id of the work
)

// liveEvery is how often open pages are told what is new, at most.
const liveEvery = time.Second

// chartsEvery is how often the charts of open pages are drawn anew: they change by the minute.
const chartsEvery = 20 * time.Second

// news tells that something has changed. The zero value is not valid; see newNews.
type news struct{ changed chan struct{} }

func newNews() news { return news{make(chan struct{}, 1)} }

// tell never blocks.
func (n news) tell() {
	select {
	case n.changed <- struct{}{}:
	default:
	}
}

// settles is how many publications follow the last news. What was told is stored a moment later: a
// failed message is a dead letter only after its handler has ended.
const settles = 5

// publish tells open pages what is new, until the console ends.
func (c *Console) publish() {
	defer c.pages.hub.Close()
	ticker := time.NewTicker(liveEvery)
	defer ticker.Stop()
	last := c.lines.last()
	for left := 0; ; left-- {
		if left == 0 {
			select {
			case <-c.running.Done():
				return
			case <-c.news.changed:
				left = settles
			}
		}
		if c.pages.hub.Watched() {
			c.publishAll(last)
		}
		last = c.lines.last()
		select {
		case <-c.running.Done():
			return
		case <-ticker.C:
		}
		select {
		case <-c.news.changed:
			left = settles
		default:
		}
	}
}

// publishAll publishes a change for each topic. What is shown is worked out only for pages that are
// open.
func (c *Console) publishAll(since uint64) {
	change := func(topic, key, page string, data func() any) {
		c.pages.hub.Publish(web.Change{Topic: topic, Key: key, Render: func(l lang.Lang) string {
			html, err := c.pages.site.HTML(l, page, "live", data())
			if err != nil {
				return "" // the next change tries again
			}
			return html
		}})
	}
	for _, id := range c.recentWorks() {
		change(topicWork+"/"+id, "progress", "work", func() any {
			w, _ := c.workOf(id)
			return w
		})
	}
	change(topicOverview, "all", "overview", func() any { return c.overview(c.running) })
	if now := time.Now(); now.Sub(c.charted) >= chartsEvery {
		c.charted = now
		c.pages.hub.Publish(web.Change{Topic: topicOverview, Key: "charts", Render: func(l lang.Lang) string {
			html, err := c.pages.site.HTML(l, "overview", "livecharts", c.chartsData())
			if err != nil {
				return "" // the next change tries again
			}
			return html
		}})
	}
	change(topicQueue, "counts", "queue", func() any {
		n, _ := c.freshCounts() // zero says that the numbers are not known
		return n
	})
	change(topicChats, "list", "chats", func() any { return c.chatRows(c.running) })
	change(topicLog, "", "log", func() any {
		found, _ := c.lines.find(logQuery{After: since, Limit: logPage})
		return found
	})
}
