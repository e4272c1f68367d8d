package alerts

import (
	"fmt"
	"slices"
	"strings"
)

// message is a text to a chat.
type message struct {
	text   string
	urgent bool
}

// The most that is said at once.
const (
	maxMessages = 5
	maxLines    = 40
)

func isCritical(a alert) bool { return a.Level == critical }

// messages are the texts of what was taken.
func (x *taken) messages(by string) (list []message) {
	if len(x.List) == 0 {
		return nil
	}
	var names []string
	groups := map[string][]alert{}
	for _, a := range x.List {
		name := a.heading()
		if groups[name] == nil {
			names = append(names, name)
		}
		groups[name] = append(groups[name], a)
	}
	urgent := slices.ContainsFunc(x.List, isCritical)
	if x.Storm {
		lines := []string{fmt.Sprintf("【告警风暴】%d 条：", len(x.List)+x.More)}
		for _, name := range names[:min(len(names), maxLines)] {
			lines = append(lines, fmt.Sprintf("%s × %d", strings.TrimSpace(name), len(groups[name])))
		}
		return []message{{strings.Join(append(lines, "请直接查看监控系统。"), "\n"), urgent}}
	}
	var texts []message
	for _, name := range names {
		texts = append(texts, message{groupText(name, groups[name]), slices.ContainsFunc(groups[name], isCritical)})
	}
	if by == "all" || len(texts) > maxMessages {
		var all []string
		for _, m := range texts {
			all = append(all, m.text)
		}
		return []message{{strings.Join(all, "\n"), urgent}}
	}
	return texts
}

// groupText has a line for each alert of a name.
func groupText(name string, list []alert) string {
	var lines []string
	switch {
	case name == "": // a bare text
	case len(list) > 1:
		lines = append(lines, fmt.Sprintf("%s × %d", name, len(list)))
	default:
		lines = append(lines, name)
	}
	for _, a := range list[:min(len(list), maxLines)] {
		if line := strings.Trim(a.Host+"："+a.Text, "："); line != "" {
			lines = append(lines, line)
		}
	}
	if len(list) > maxLines {
		lines = append(lines, fmt.Sprintf("…… 共 %d 条", len(list)))
	}
	return strings.Join(lines, "\n")
}
