package alert

import (
	"cmp"
	"strings"
)

// kuma reads what Uptime Kuma posts.
func kuma(all map[string]any) map[string]any {
	monitor, beat := object(all, "monitor"), object(all, "heartbeat")
	a := map[string]any{
		"name": cmp.Or(text(monitor, "name"), "Uptime Kuma"), "host": text(monitor, "hostname", "url"),
		"text": cmp.Or(text(beat, "msg"), text(all, "msg")),
	}
	switch text(beat, "status") {
	case "0":
		a["level"] = Critical
	case "1":
		a["status"] = "resolved"
	}
	return a
}

// github reads an event of GitHub: who did what, in which repository.
func github(all map[string]any) map[string]any {
	a := map[string]any{"name": cmp.Or(text(object(all, "repository"), "full_name"), "GitHub")}
	var about []string
	add := func(words ...string) {
		for _, w := range words {
			if w != "" {
				about = append(about, w)
			}
		}
	}
	add(text(object(all, "sender"), "login"), text(all, "action"))
	for _, subject := range []string{"workflow_run", "check_run", "pull_request", "issue", "release", "discussion"} {
		x := object(all, subject)
		if x == nil {
			continue
		}
		conclusion := text(x, "conclusion")
		if conclusion == "failure" || conclusion == "timed_out" {
			a["level"] = Warning
		}
		add(strings.ReplaceAll(subject, "_", " "), conclusion, text(x, "title", "display_title", "name", "tag_name"),
			text(object(all, "comment"), "html_url"), text(x, "html_url"))
		break
	}
	if commit := object(all, "head_commit"); commit != nil {
		first, _, _ := strings.Cut(text(commit, "message"), "\n")
		add("push", strings.TrimPrefix(text(all, "ref"), "refs/heads/"), first, text(all, "compare"))
	}
	add(text(all, "zen"))
	a["text"] = strings.Join(about, " ")
	a["key"] = a["text"]
	return a
}

func object(all map[string]any, name string) map[string]any {
	x, _ := all[name].(map[string]any)
	return x
}
