package alert

import (
	"fmt"
	"slices"
	"strings"
)

// Message is a text to a chat.
type Message struct {
	Text   string
	Urgent bool
}

// The most that is said at once.
const (
	maxMessages = 5
	maxLines    = 40
)

func isCritical(a Alert) bool { return a.Level == Critical }

// heading is the first line of the alerts of a group; empty for a bare text.
func (a *Alert) heading() string {
	title := strings.TrimSpace(a.Name + " " + strings.Join(a.Group, " "))
	if title == "" && !a.Resolved {
		return ""
	}
	mark := "【告警】"
	if a.Resolved {
		mark = "【恢复】"
	}
	heading := mark + title
	if a.Level == Critical {
		heading += "（严重）"
	}
	return heading
}

// grouped puts alerts together; the headings are in the order in which they came.
func grouped(list []Alert) (headings []string, groups map[string][]Alert) {
	groups = map[string][]Alert{}
	for _, a := range list {
		heading := a.heading()
		if groups[heading] == nil {
			headings = append(headings, heading)
		}
		groups[heading] = append(groups[heading], a)
	}
	return headings, groups
}

// Summary is the message of a storm: more are alerts that are not in the list.
func Summary(list []Alert, more int) []Message {
	headings, groups := grouped(list)
	lines := []string{fmt.Sprintf("【告警风暴】%d 条：", len(list)+more)}
	for _, heading := range headings[:min(len(headings), maxLines)] {
		lines = append(lines, fmt.Sprintf("%s × %d", strings.TrimSpace(heading), len(groups[heading])))
	}
	return []Message{{strings.Join(append(lines, "请直接查看监控系统。"), "\n"), slices.ContainsFunc(list, isCritical)}}
}

// Messages are the texts of alerts: one for each group, or a single one.
func Messages(list []Alert, single bool) (all []Message) {
	headings, groups := grouped(list)
	for _, heading := range headings {
		all = append(all, Message{groupText(heading, groups[heading]), slices.ContainsFunc(groups[heading], isCritical)})
	}
	if len(all) < 2 || !single && len(all) <= maxMessages {
		return all
	}
	var texts []string
	for _, m := range all {
		texts = append(texts, m.Text)
	}
	return []Message{{strings.Join(texts, "\n"), slices.ContainsFunc(list, isCritical)}}
}

// groupText has a line for each alert of a name.
func groupText(name string, list []Alert) string {
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
