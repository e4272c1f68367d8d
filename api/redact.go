package api

import (
	"bytes"
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// minHidden is the length of the shortest token or value of a request that is hidden, in bytes.
// Shorter ones occur in every sentence.
const minHidden = 4

// opaque matches keys, cdn ids and tickets.
var opaque = regexp.MustCompile(`[0-9A-Za-z+=_-]{32,}`)

// scrub removes from a text of the service the parts of the request that it repeats, and everything
// else that looks like a secret.
func scrub(s string, token secret, payload []byte) string {
	if len(*token.value) >= minHidden {
		s = strings.ReplaceAll(s, *token.value, "[token]")
	}
	for _, v := range valuesOf(payload) {
		s = strings.ReplaceAll(s, v.value, "["+v.name+"]")
	}
	if before, _, found := strings.Cut(s, "<"); found {
		s = before + "[xml]"
	}
	return shorten(opaque.ReplaceAllString(s, "[hidden]"))
}

// valuesOf returns the texts of a request that an error must not repeat, longest first. Ids are not
// among them, because an error without them would not say whom it concerns.
func valuesOf(payload []byte) []field {
	var values []field
	dec := jsontext.NewDecoder(bytes.NewReader(payload), jsontext.AllowInvalidUTF8(true))
	for {
		token, err := dec.ReadToken()
		if err != nil {
			break
		}
		in, read := dec.StackIndex(dec.StackDepth())
		if token.Kind() != '"' || in == '{' && read%2 == 1 { // no text, or the name of a member
			continue
		}
		member, _, _ := strings.Cut(strings.TrimPrefix(string(dec.StackPointer()), "/"), "/")
		if s := token.String(); len(s) >= minHidden && !isID(member) {
			values = append(values, field{member, s})
			// A server may log the address without the host, and the path may be a secret.
			if u, err := url.Parse(s); err == nil && u.Host != "" {
				values = append(values, partsOf(member, u)...)
			}
		}
	}
	slices.SortFunc(values, func(a, b field) int { return cmp.Compare(len(b.value), len(a.value)) })
	return values
}

// partsOf returns the parts of a URL that may be secret.
func partsOf(member string, u *url.URL) []field {
	var parts []field
	password, _ := u.User.Password()
	for _, part := range []string{u.RequestURI(), u.EscapedPath(), u.Path, u.RawQuery, password} {
		if len(part) >= minHidden {
			parts = append(parts, field{member, part})
		}
	}
	return parts
}

func isID(member string) bool {
	switch member {
	case "appId", "toWxid", "wxid", "wxids", "wxIds", "memberWxid", "memberWxids", "toUserName", "chatroomId", "nameCardWxid", "ats":
		return true
	}
	return false
}
