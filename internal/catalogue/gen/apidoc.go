package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
)

// The table of a manual is between these lines.
const (
	tableBegin = "<!-- table: made by go generate ./internal/catalogue -->\n"
	tableEnd   = "<!-- end of the table -->\n"
)

// commands returns the commands of hongyan that make a call, by the name of the call.
func commands() map[string]string {
	return map[string]string{
		"Login.GetLoginQRCode":            "login",
		"Login.DialogLogin":               "login",
		"Login.CheckLogin":                "login",
		"Login.Logout":                    "logout",
		"Login.CheckOnline":               "login, status, doctor",
		"Login.Reconnect":                 "login",
		"Login.SetCallback":               "callback set, callback check",
		"Personal.GetProfile":             "doctor",
		"Contacts.FetchContactsList":      "contacts, groups",
		"Contacts.FetchContactsListCache": "contacts, groups",
		"Contacts.GetBriefInfo":           "contacts, groups",
		"Group.GetChatroomInfo":           "groups",
		"Group.GetChatroomMemberList":     "members",
		"Message.PostText":                "send, forward",
		"Message.PostFile":                "send",
		"Message.PostImage":               "send",
		"Message.PostAppMsg":              "forward",
		"Message.PostEmoji":               "forward",
		"Message.PostLocation":            "forward",
		"Message.ForwardFile":             "forward",
		"Message.ForwardImage":            "forward",
		"Message.ForwardVideo":            "forward",
		"Message.ForwardURL":              "forward",
		"Message.ForwardMiniApp":          "forward",
		"Download.File":                   "download",
		"Download.Image":                  "download",
		"Download.Voice":                  "download",
		"Download.Video":                  "download",
		"Download.Emoji":                  "download",
		"Download.CDN":                    "download",
	}
}

// manual is a page with the table of all endpoints.
type manual struct {
	path              string
	head, differences string // of the tables
	summary           func(endpoint map[string]any) string
}

// manuals are the page in English and the one in Chinese.
func manuals() []manual {
	return []manual{
		{
			"../../docs/en/api.md", "| Endpoint | Method | What it does | 中文 | Command |\n|---|---|---|---|---|\n",
			"\n### Where GeWe differs\n\n| Endpoint | Optional | Must be present, may be empty | Required | Only in GeWe | Answer |\n",
			func(e map[string]any) string { return fmt.Sprintf("%s | %s", summary(e), orDash(e["title_zh"])) },
		},
		{
			"../../docs/zh/api.md", "| 接口 | 方法 | 做什么 | 命令 |\n|---|---|---|---|\n",
			"\n### GeWe 的不同\n\n| 接口 | 可以不写 | 要写，可以空 | 必填 | 只有 GeWe 有 | 返回 |\n",
			chineseSummary,
		},
	}
}

// writeAPIDocs writes the table of all endpoints into the manuals.
func writeAPIDocs(endpoints []map[string]any) error {
	for _, m := range manuals() {
		if err := m.write(endpoints); err != nil {
			return err
		}
	}
	return nil
}

func (m manual) write(endpoints []map[string]any) error {
	text, err := os.ReadFile(m.path)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(tableBegin))
	_, after, ended := bytes.Cut(rest, []byte(tableEnd))
	if !found || !ended {
		return errors.New(m.path + " has no place for the table")
	}
	known := commands()
	var table strings.Builder
	service := ""
	for _, e := range inModules(endpoints) {
		name, _ := e["name"].(string)
		if s, _, _ := strings.Cut(name, "."); s != service {
			service = s
			fmt.Fprintf(&table, "\n### %s\n\n%s", service, m.head)
		}
		fmt.Fprintf(&table, "| `%v` | `%s` | %s | %s |\n", e["path"], name, m.summary(e), command(known[name]))
		delete(known, name)
	}
	m.writeDifferences(&table, endpoints)
	if len(known) > 0 {
		return fmt.Errorf("commands of calls that do not exist: %v", known)
	}
	out := fmt.Appendf(nil, "%s%s%s\n%s%s", before, tableBegin, table.String(), tableEnd, after)
	return os.WriteFile(m.path, out, 0o644) //nolint:gosec // a document
}

// writeDifferences writes the differences of GeWe: the presence of request fields, and the members
// of answers.
func (m manual) writeDifferences(table *strings.Builder, endpoints []map[string]any) {
	table.WriteString(m.differences + "|---|---|---|---|---|---|\n")
	for _, e := range endpoints {
		names := map[string][]string{}
		fields, _ := e["request"].([]any)
		for _, f := range fields {
			if field, ok := f.(map[string]any); ok && field["gewe"] != nil {
				presence := fmt.Sprint(field["gewe"])
				names[presence] = append(names[presence], fmt.Sprintf("`%v`", field["name"]))
			}
		}
		answer := "-"
		if response, ok := e["gewe_response"].(map[string]any); ok {
			var members []string
			list, _ := response["fields"].([]any)
			for _, f := range list {
				if field, ok := f.(map[string]any); ok {
					members = append(members, fmt.Sprintf("`%v`", field["name"]))
				}
			}
			answer = strings.Join(members, ", ")
		}
		if len(names) == 0 && answer == "-" {
			continue
		}
		fmt.Fprintf(table, "| `%v`", e["path"])
		for _, presence := range []string{"optional", "present", "required", "only"} {
			fmt.Fprintf(table, " | %s", cmp.Or(strings.Join(names[presence], ", "), "-"))
		}
		fmt.Fprintf(table, " | %s |\n", answer)
	}
}

// inModules groups the endpoints by service, in the order of the first endpoint of each.
func inModules(endpoints []map[string]any) []map[string]any {
	var order []string
	of := map[string][]map[string]any{}
	for _, e := range endpoints {
		service, _, _ := strings.Cut(fmt.Sprint(e["name"]), ".")
		if of[service] == nil {
			order = append(order, service)
		}
		of[service] = append(of[service], e)
	}
	var all []map[string]any
	for _, service := range order {
		all = append(all, of[service]...)
	}
	return all
}

// summary describes a call, and its reliability if it is missing from the public description.
func summary(e map[string]any) string {
	s := strings.TrimSuffix(fmt.Sprint(e["summary"]), ".")
	if e["extra"] != nil {
		var where []string
		list, _ := e["applies_to"].([]any)
		for _, w := range list {
			where = append(where, fmt.Sprint(w))
		}
		s += fmt.Sprintf(" (not in the public description: %s, confidence %v)", strings.Join(where, " and "), e["confidence"])
	}
	if e["deprecated"] == true {
		s += " (switched off)"
	}
	return strings.NewReplacer("|", `\|`, "<", `\<`).Replace(s) // Markdown would take <appmsg> for HTML
}

// chineseSummary names a call, and its reliability if it is missing from the public description.
func chineseSummary(e map[string]any) string {
	s := fmt.Sprint(orDash(e["title_zh"]))
	if e["extra"] != nil {
		var where []string
		list, _ := e["applies_to"].([]any)
		for _, w := range list {
			where = append(where, fmt.Sprint(w))
		}
		how := map[string]string{"high": "高", "medium": "中", "low": "低"}[fmt.Sprint(e["confidence"])]
		s += fmt.Sprintf("（公开文档没有：%s，可信度%s）", strings.Join(where, "、"), how)
	}
	if e["deprecated"] == true {
		s += "（已停用）"
	}
	return strings.NewReplacer("|", `\|`, "<", `\<`).Replace(s)
}

func command(names string) string {
	if names == "" {
		return "-"
	}
	return "`hongyan " + strings.ReplaceAll(names, ", ", "`, `hongyan ") + "`"
}

func orDash(v any) any {
	if v == nil {
		return "-"
	}
	return v
}
