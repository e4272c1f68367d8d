package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
)

// The table of docs/en/api.md is between these lines.
const (
	apiDoc     = "../../docs/en/api.md"
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

// writeAPIDoc writes the table of all endpoints into the manual.
func writeAPIDoc(endpoints []map[string]any) error {
	text, err := os.ReadFile(apiDoc)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(tableBegin))
	_, after, ended := bytes.Cut(rest, []byte(tableEnd))
	if !found || !ended {
		return errors.New(apiDoc + " has no place for the table")
	}
	known := commands()
	var table strings.Builder
	service := ""
	for _, e := range inModules(endpoints) {
		name, _ := e["name"].(string)
		if s, _, _ := strings.Cut(name, "."); s != service {
			service = s
			fmt.Fprintf(&table, "\n### %s\n\n| Endpoint | Method | What it does | 中文 | Command |\n|---|---|---|---|---|\n", service)
		}
		fmt.Fprintf(&table, "| `%v` | `%s` | %s | %s | %s |\n", e["path"], name, summary(e), orDash(e["title_zh"]), command(known[name]))
		delete(known, name)
	}
	writeDifferences(&table, endpoints)
	if len(known) > 0 {
		return fmt.Errorf("commands of calls that do not exist: %v", known)
	}
	out := fmt.Appendf(nil, "%s%s%s\n%s%s", before, tableBegin, table.String(), tableEnd, after)
	return os.WriteFile(apiDoc, out, 0o644) //nolint:gosec // a document
}

// writeDifferences writes the differences of GeWe: the presence of request fields, and the members
// of answers.
func writeDifferences(table *strings.Builder, endpoints []map[string]any) {
	table.WriteString("\n### Where GeWe differs\n\n| Endpoint | Optional | Must be present, may be empty | Required | Only in GeWe | " +
		"Answer |\n|---|---|---|---|---|---|\n")
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
