package modlog

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/router"
)

// whom is the person that a command asks for.
type whom struct {
	Name string `arg:"人,rest" help:"wxid，或者名字"`
}

// asked says when somebody joined: in the group itself, or in private to the people in charge.
// Others get nothing.
func (p *part) asked(c *router.Context, a whom) error {
	name := strings.TrimSpace(a.Name)
	groups, err := p.asks(c)
	if err != nil || len(groups) == 0 {
		return err
	}
	var lines []string
	for _, group := range groups {
		e, found, err := p.find(c, group, name)
		if err != nil {
			return err
		}
		if found {
			lines = append(lines, fmt.Sprintf("【%s】%s：%s 进群，%s", plugin.CleanName(e.GroupName, group), plugin.CleanName(e.Name, e.Person),
				e.Time.In(c.Now().Location()).Format("2006-01-02 15:04"), e.how()))
		}
	}
	if len(lines) == 0 {
		return c.Reply("没有“" + plugin.CleanName(name, "这个人") + "”的进群记录。")
	}
	return c.Reply(strings.Join(lines[:min(len(lines), maxLines)], "\n"))
}

// find finds how somebody joined a group, by their wxid or their name.
func (p *part) find(c *router.Context, group, name string) (e event, found bool, err error) {
	store := p.h.Store().Chat(c.Account(), group)
	keys := []string{name}
	if id, err := p.h.Contacts().FindMember(c, c.Account(), group, name); err == nil {
		keys = []string{id, name}
	}
	for _, key := range keys {
		if found, err = store.Get(c, "join/"+key, &e); err != nil || found {
			return e, found, err
		}
	}
	return e, false, nil
}

// asks are the groups about which the sender of a command may ask: the group itself, or in private
// all of them for the people in charge; none for others.
func (p *part) asks(c *router.Context) ([]string, error) {
	group := c.Conversation().ID
	switch {
	case c.Conversation().IsGroup():
		if !p.h.On(c, c.Account(), group) || !p.ask.Handles(c, p.h) {
			p.h.Logger().Info("a question about members is not answered: who asks may not, or the plugin is off here")
			return nil, nil
		}
		return []string{group}, nil
	case slices.Contains(p.h.Owners(), c.Sender()):
		return p.h.Groups(c, c.Account())
	}
	return nil, nil
}

// usual is the time that invitations are counted for, if the command says none.
const usual = 30 * 24 * time.Hour

// invited says who has invited how many: of the lines of the file, each person once.
func (p *part) invited(c *router.Context, a struct {
	For *time.Duration `arg:"多久,optional" help:"例如 7d；不写就是 30 天"`
},
) error {
	groups, err := p.asks(c)
	if err != nil || len(groups) == 0 {
		return err
	}
	long := usual
	if a.For != nil {
		long = min(*a.For, p.c.Keep)
	}
	text, err := router.Remember(c, "invitations", func() (string, error) { return p.invitations(c, groups, long) })
	if err != nil {
		return err
	}
	return c.Reply(text)
}

func (p *part) invitations(c *router.Context, groups []string, long time.Duration) (string, error) {
	file, err := os.Open(p.h.Path(p.c.File))
	if errors.Is(err, fs.ErrNotExist) {
		return "还没有进群记录。", nil
	}
	if err != nil {
		return "", fmt.Errorf("modlog: file: %w", err)
	}
	defer file.Close()
	people, names := map[string]map[string]bool{}, map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Event != join || e.Account != c.Account() || c.Now().Sub(e.Time) > long ||
			!slices.Contains(groups, e.Group) || e.By+e.ByName == "" {
			continue
		}
		by := cmp.Or(e.By, e.ByName)
		if people[by] == nil {
			people[by] = map[string]bool{}
		}
		people[by][cmp.Or(e.Person, e.Name)], names[by] = true, plugin.CleanName(e.ByName, by)
	}
	if err := lines.Err(); err != nil {
		return "", fmt.Errorf("modlog: file: %w", err)
	}
	order := slices.SortedFunc(maps.Keys(people), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(people[b]), len(people[a])), cmp.Compare(names[a], names[b]))
	})
	if len(order) == 0 {
		return "这段时间没有人邀请别人进群。", nil
	}
	texts := []string{"邀请进群（" + strconv.Itoa(int(long.Hours()+23)/24) + " 天内）："}
	for i, by := range order[:min(len(order), maxLines)] {
		texts = append(texts, fmt.Sprintf("%d. %s %d 人", i+1, names[by], len(people[by])))
	}
	return strings.Join(texts, "\n"), nil
}
