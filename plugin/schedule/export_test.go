package schedule

import "strings"

// FeedLinks are the links of the entries of a feed.
func FeedLinks(body []byte) (links []string, err error) {
	all, err := readFeed(body)
	for i := range all {
		_ = all[i].key()
		links = append(links, all[i].link())
	}
	return links, err
}

// Pick returns the part of a JSON answer at a path.
func Pick(body []byte, path string) (string, error) {
	f := Fetch{Values: map[string]string{"x": path}}
	values := map[string]string{}
	err := f.pick(body, values)
	return strings.TrimSpace(values["x"]), err
}
